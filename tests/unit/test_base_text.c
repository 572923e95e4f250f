#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>

#include "base_test.h"
#include "congvu/text.h"

static void nfc_makes_one_spelling(void **state)
{
    static const char *const cases[][2] = {
        {"Nguyễn", "Nguyễn"},
        {"Nguye\xCC\x82\xCC\x83n", "Nguyễn"}, /* NFD */
        {"Nguyê\xCC\x83n", "Nguyễn"},         /* Windows-1258: letter + mark */
        {"\xC3\x8A\xCC\x80", "Ề"},
        {"  Trần \t Thị\xC2\xA0\xC2\xA0Hương ", "Trần Thị Hương"},
        {"An\xE2\x80\x8B\x68", "Anh"},  /* U+200B */
        {"e\xE2\x80\x8D\xCC\x82", "ê"}, /* U+200D between letter and mark */
        {"\xEF\xBB\xBFLan", "Lan"},     /* U+FEFF */
        {"\xE3\x80\x80Lan\xE2\x80\x83"
         "Anh",
         "Lan Anh"}, /* U+3000, U+2003 */
        {"plain  ascii\r\n", "plain ascii"},
        {"   ", ""},
        {"", ""},
        {"\xC2\xA0", ""},
        {"A\xF0\x9F\x98\x80 B", "A\xF0\x9F\x98\x80 B"},
    };
    for (size_t i = 0; i < CV_COUNT(cases); i++)
        assert_string_equal(cv_text_nfc(*state, cases[i][0]), cases[i][1]);
    assert_null(cv_text_nfc(*state, "\xC3"));
    assert_null(cv_text_nfc(*state, "ab\xC0\x80"));
    assert_null(cv_text_nfc(*state, "\xED\xA0\x80"));
}

static void a_sign_without_width_between_letters_is_told(void **state)
{
    static const struct {
        const char *text;
        uint32_t sign;
    } cases[] = {
        {"Nguyễn\xE2\x80\x8BVăn", 0x200B},
        {"Nguye\xCC\x82\xCC\x83n Đu\xCC\x9B\xCC\x81\xEF\xBB\xBF\x63", 0xFEFF}, /* behind a mark */
        {"An \xE2\x80\x8BTý\xE2\x80\x8B", 0},
        {"\xEF\xBB\xBFLan\xE2\x80\x8B Anh", 0},
        {"e\xE2\x80\x8D\xCC\x82", 0}, /* between letter and mark */
        {"A\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB", 0},
        {"", 0},
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(cases); i++)
        assert_int_equal(cv_text_hidden_sign(cases[i].text), cases[i].sign);
}

static void fold_is_the_search_key(void **state)
{
    static const char *const cases[][2] = {
        {"Nguyễn Đức Ước", "nguyen duc uoc"},
        {"Đỗ Thị Ý", "do thi y"},
        {"K'Bảy", "kbay"},
        {"H’Hen Niê", "hhen nie"},
        {"Chamaléa Thị Hường", "chamalea thi huong"},
        {"Pa-tâu  Axá", "pa tau axa"},
        {"ĐẶNG NĂNG THỌ", "dang nang tho"},
        {"Nguye\xCC\x82\xCC\x83n \xC4\x90u\xCC\x9B\xCC\x81\x63", "nguyen duc"},
        {"Mlô", "mlo"},
        {"Ka Tơr", "ka tor"},
        {"O'Brien_x@y.vn", "obrien x y vn"},
        {"--", ""},
        {"", ""},
        {"Số 12/QĐ–UBND", "so 12 qd ubnd"},
        {"an\xE2\x80\x8Bh ơi", "anh oi"},
        {"İI", "ii"},
        {" Ẩn ", "an"},
    };
    for (size_t i = 0; i < CV_COUNT(cases); i++)
        assert_string_equal(cv_text_fold(*state, cases[i][0]), cases[i][1]);
}

static void a_long_text_folds_like_a_short_one(void **state)
{
    char text[6001] = "";

    for (int i = 0; i < 1000; i++) {
        memcpy(text + strlen(text), "Ưở", 6);
        if (strlen(text) > 5990)
            break;
    }
    const char *folded = cv_text_fold(*state, text);

    assert_int_equal(strlen(folded), cv_text_length(text));
    assert_int_equal(folded[0], 'u');
    assert_int_equal(folded[strlen(folded) - 1], 'o');
}

static int compare(struct cv_arena *arena, const char *a, const char *b)
{
    size_t la, lb;
    const uint8_t *ka = cv_text_sort_key(arena, a, &la), *kb = cv_text_sort_key(arena, b, &lb);
    int r = memcmp(ka, kb, la < lb ? la : lb);

    return r ? r : (la > lb) - (la < lb);
}

static void order_is_vietnamese(void **state)
{
    static const char *const sorted[] = {
        "a", "à", "ả", "ã", "á", "ạ", "ă", "ằ", "ẳ", "ẵ", "ắ", "ặ", "â", "ầ", "ẩ", "ẫ",
        "ấ", "ậ", "b", "c", "d", "đ", "e", "ê", "g", "i", "o", "ô", "ơ", "u", "ư", "y",
    };
    static const char *const names[] = {"Ái", "An", "Anh", "Ánh", "Ân", "Bình", "Dũng", "Duy", "Đạt", "Đức"};
    static const char *const tones[] = {"ma", "mà", "mả", "mã", "má", "mạ"};

    for (size_t i = 1; i < CV_COUNT(sorted); i++)
        assert_true(compare(*state, sorted[i - 1], sorted[i]) < 0);
    for (size_t i = 1; i < CV_COUNT(names); i++)
        assert_true(compare(*state, names[i - 1], names[i]) < 0);
    for (size_t i = 1; i < CV_COUNT(tones); i++)
        assert_true(compare(*state, tones[i - 1], tones[i]) < 0);
    assert_int_equal(compare(*state, "Nguye\xCC\x82\xCC\x83n", "Nguyễn"), 0);
}

static void the_locale_has_no_say(void **state)
{
    UErrorCode status = U_ZERO_ERROR;

    uloc_setDefault("tr_TR", &status);
    setenv("LC_ALL", "tr_TR.UTF-8", 1);
    setlocale(LC_ALL, "");
    assert_string_equal(cv_text_fold(*state, "IHIḾ Đ"), "ihim d");
    assert_string_equal(cv_text_fold(*state, "IH"), "ih");
    assert_true(compare(*state, "d", "đ") < 0 && compare(*state, "đ", "e") < 0);
    uloc_setDefault("en_US", &status);
    setlocale(LC_ALL, "C");
}

static void *sort_in_a_thread(void *unused)
{
    struct cv_arena *arena = cv_arena_new(CV_MAX_ARENA);
    bool right = true;

    (void)unused;
    for (int i = 0; i < 2000; i++) {
        right = right && compare(arena, "Đạt", "Đức") < 0 && compare(arena, "Ánh", "Ân") < 0;
        cv_arena_reset(arena);
    }
    cv_arena_free(&arena);
    return right ? arena_setup : NULL; /* anything that is not NULL */
}

static void keys_are_made_by_many_threads(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < CV_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sort_in_a_thread, NULL), 0);
    for (size_t i = 0; i < CV_COUNT(threads); i++) {
        void *right = NULL;

        pthread_join(threads[i], &right);
        assert_non_null(right);
    }
}

static void validity(void **state)
{
    (void)state;
    assert_true(cv_text_valid("", 0));
    assert_true(cv_text_valid("Nguyễn \xF0\x9F\x98\x80", strlen("Nguyễn \xF0\x9F\x98\x80")));
    static const char *const bad[] = {"\xC0\x80",         "\xC3",     "a\x80", "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80", "\xE1\xBB", "\xFF"};

    for (size_t i = 0; i < CV_COUNT(bad); i++)
        assert_false(cv_text_valid(bad[i], strlen(bad[i])));
    assert_false(cv_text_valid("a\0b", 3));
    assert_int_equal(cv_text_length("Nguyễn"), 6);
}

static void real_names_pass(void **state)
{
    static const char *const names[] = {
        "Nguyễn Văn An",
        "Trần Thị Hương",
        "Lê Hoàng Oanh",
        "Phạm Thị Thủy",
        "Huỳnh Ngọc Hòa",
        "Hoàng Hoà",
        "Phan Thuý Khoẻ",
        "Vũ Quốc Khánh",
        "Võ Văn Kiệt",
        "Đặng Năng Thọ",
        "Bùi Đức Thắng",
        "Đỗ Thị Ý",
        "Hồ Xuân Hương",
        "Ngô Quyền",
        "Dương Quý Lý",
        "Đinh Bộ Lĩnh",
        "Trương Thị Hoài",
        "Đoàn Loã",
        "Chamaléa Thị Hường",
        "Pi Năng Thị Thủy",
        "Patâu Axá Minh",
        "Ka Tơr Lan",
        "Katơr Thị Sính",
        "K'Bảy",
        "Touneh Hàn Minh",
        "Bá Trung Phụ",
        "Niê",
        "Mlô",
        "Êban",
        "H'Hen Niê",
        "H’Hen Êban",
        "Y Moan Ênuôl",
        "H'Ñuôn Niê",
        "Y Ñuân Mlô",
        "Siu Krŏ Ñan",
        "Rơ Ô Bhung",
        "Rơ Châm Pyưih",
        "Y Bhĭu Mlô",
        "Čil Yŭ Hai",
        "NGUYỄN THỊ HOÀNG OANH",
        "TRẦN QUỐC TOẢN",
        "HUỲNH THUÝ HOÀ",
        "nguyễn văn an",
        "Thò",
        "Toàn",
        "Loan Oánh",
        "Quỳnh Uyên",
        "Thuỳ",
        "Khuê",
        "Nguyễn Thị Yến",
        "Nguyễn Xuân Uý",
        "Lưu Ngoã",
        "Ly Lý",
        "Kiều Hoè",
        "Trượng Văn Lượng",
        "Thập Liên Trưởng",
        "Đạo Thanh Quyến",
        "Inrasara",
        "Bạch Ôn",
        "Ưng Hoàng Phúc",
        "Ông Văn Ổn",
        "Ấu",
        "Ỷ Lan",
        "\xC3\x90\xE1\xBA\xB7ng V\xC4\x83n", /* an eth meant as Đ */
        "Aliya",
        "Raglai Ma Ty",
        "Mang Thị Ơi",
        "Chế Thị Ố",
        "Cao Văn Đơ'ơ",
        "Tạ Yên Thị Ba",
        "Nguyê\xCC\x83n Văn Bi\xCC\x80nh",
        "Nguye\xCC\x82\xCC\x83n",
        /* texts around names */
        "Sở Nội vụ (25 °C) 30 m² – «Quy chế» © 2026 §12",
        "Phần mềm ABC® và DEF™",
        "Bộ phận ½ ngày, 3 × 4",
        "Phó Trưởng phòng TC–HC",
        "BQL DA ĐTXD huyện Ninh Sơn",
        "12/QĐ-UBND",
        "a.nguyen@example.gov.vn",
        "Cà phê · Trà",
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (cv_text_legacy_charset(names[i]))
            fail_msg("a real name is refused: %s", names[i]);
}

static void damaged_names_are_caught(void **state)
{
    static const char *const names[] = {
        /* TCVN3 */
        "NguyÔn V¨n An",
        "TrÇn ThÞ H­¬ng",
        "NguyÔn ThÞ Thñy",
        "Lª V¨n Dòng",
        "Ph¹m Ngäc Hµ",
        "Hoµng Minh §øc",
        "Huúnh TÊn Tµi",
        "Bïi Quang Th¾ng",
        "§ç ThÞ ý",
        "§Æng Th¸i S¬n",
        "Ng« QuyÒn",
        "D­¬ng M¹nh Hïng",
        "Lý B×nh",
        "Vò ThÞ Thu HiÒn",
        "Phan V¨n Tr­êng",
        "§inh C«ng Tr¸ng",
        "Tr­¬ng Mü Hoa",
        "Hå B¶o Long",
        "Vâ ThÞ Hång Nhung",
        "NguyÔn §¾c L÷",
        "TiÕng ViÖt",
        "Ninh B×nh",
        "Th¶o",
        "Lª ¸nh",
        "H·i",
        "®ång chÝ",
        "B»ng",
        "Mai Kh«i",
        "nguyÔn v¨n nam",
        "C«ng ty",
        /* VNI */
        "Nguyeãn Vaên An",
        "Traàn Thò Höông",
        "Leâ Thò Thuûy",
        "Phaïm Ngoïc Haø",
        "Hoaøng Minh Ñöùc",
        "Huyønh Taán Taøi",
        "Voõ Thò Hoàng Nhung",
        "Ñoã Thò An",
        "Ñaëng Thaùi Sôn",
        "Ngoâ Quyeàn",
        "Döông Maïnh Huøng",
        "Lyù Thaùi Toå",
        "Vuõ Thò Thu Hieàn",
        "Buøi Quang Thaéng",
        "Ñinh Coâng Traùng",
        "Tröông Myõ Hoa",
        "NGUYEÃN VAÊN AN",
        "TRAÀN THÒ HÖÔNG",
        "Tieáng Vieät",
        "Thaûo",
        "Baèng",
        "Höõu",
        "Phuø Caùt",
        "Beán Tre",
        "Quaân",
        "Thuyû",
        "Traâm Anh",
        /* other damage */
        "NguyêÞn Vãn An",
        "TrâÌn Thiò",
        "B\xC3\x90", /* TCVN3 of Bé */
        "NguyÃªn",
        "Trá»\xC2\x8Bnh",
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (!cv_text_legacy_charset(names[i]))
            fail_msg("a damaged name passes: %s", names[i]);
}

static void letters_that_look_like_d(void **state)
{
    static const char *const same[][2] = {
        {"\u00D0inh \u00D0\u1EE9c", "Đinh Đức"},
        {"\u0189inh", "Đinh"},
        {"\u00F0inh", "đinh"},
        {"\u0256inh", "đinh"},
        {"B\u00D0", "B\u00D0"},
        {"\u00D0", "\u00D0"},
    };
    cv_auto_arena arena = cv_arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < CV_COUNT(same); i++)
        assert_string_equal(cv_text_nfc(arena, same[i][0]), same[i][1]);
    assert_string_equal(cv_text_fold(arena, "\u00D0inh \u0189\u1EE9c"), "dinh duc");
}

static void signs_of_a_name(void **state)
{
    static const struct {
        const char *name;
        enum cv_name_sign sign;
        const char *text;
    } cases[] = {
        {"Nguyễn Văn An", CV_SIGN_FINE, ""},      {"H’Ñuôn Niê-Kdăm", CV_SIGN_FINE, ""},
        {"Nguye\u0302\u0303n", CV_SIGN_FINE, ""}, {"1. Nguyễn Văn An", CV_SIGN_LIST_NUMBER, "1"},
        {"Nguyễn Văn An 2", CV_SIGN_DIGIT, "2"},  {"Nguyễn Văn An \u0662", CV_SIGN_DIGIT, "\u0662"},
        {"Nguyễn V. An", CV_SIGN_STOP, "."},      {"Nguyễn Văn \u0410n", CV_SIGN_FOREIGN, "\u0410"},
        {"Ông/Bà Lan", CV_SIGN_OTHER, "/"},       {"'An", CV_SIGN_OTHER, "'"},
        {"An \xFF", CV_SIGN_OTHER, "\xFF"},       {"", CV_SIGN_FINE, ""},
    };
    char text[CV_SIGN_TEXT];
    (void)state;
    for (size_t i = 0; i < CV_COUNT(cases); i++) {
        assert_int_equal(cv_text_name_sign(cases[i].name, text), cases[i].sign);
        assert_string_equal(text, cases[i].text);
    }
}

static void capitals(void **state)
{
    static const char *const proper[][2] = {
        {"NGUYỄN THỊ ÁNH", "Nguyễn Thị Ánh"},
        {"H'HEN NIÊ-KDĂM", "H'Hen Niê-Kdăm"},
        {"đỗ thị ý", "Đỗ Thị Ý"},
        {"Y BLÔ ÊBAN", "Y Blô Êban"},
    };
    static const char *const as_it_is[] = {"Nguyễn Thị Ánh", "K'Bảy", "Ý", "A Y", ""};
    cv_auto_arena arena = cv_arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < CV_COUNT(proper); i++)
        assert_string_equal(cv_text_proper(arena, proper[i][0]), proper[i][1]);
    for (size_t i = 0; i < CV_COUNT(as_it_is); i++)
        assert_null(cv_text_proper(arena, as_it_is[i]));
    assert_string_equal(cv_text_lower(arena, "BÀ Đ"), "bà đ");
}

static bool is_x(char c)
{
    return c == 'x';
}

static void ascii_helpers(void **state)
{
    (void)state;
    assert_int_equal(cv_ascii_casecmp("Content-Type", "content-TYPE"), 0);
    assert_true(cv_ascii_casecmp("a", "B") < 0 && cv_ascii_casecmp("ab", "a") > 0);
    assert_int_equal(cv_ascii_lower('['), '[');
    assert_true(cv_ascii_is("", is_x) && cv_ascii_is("xx", is_x));
    assert_false(cv_ascii_is("xy", is_x));
    assert_non_null(strstr(cv_text_collation_version(), "icu-"));
}

static int start(void **state)
{
    struct cv_error err;

    (void)state;
    return cv_text_init(&err) && cv_text_init(&err) ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    cv_text_close();
    cv_text_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(nfc_makes_one_spelling),
        with_arena(a_sign_without_width_between_letters_is_told),
        with_arena(fold_is_the_search_key),
        with_arena(a_long_text_folds_like_a_short_one),
        with_arena(order_is_vietnamese),
        with_arena(the_locale_has_no_say),
        cmocka_unit_test(keys_are_made_by_many_threads),
        cmocka_unit_test(validity),
        cmocka_unit_test(real_names_pass),
        cmocka_unit_test(damaged_names_are_caught),
        cmocka_unit_test(letters_that_look_like_d),
        cmocka_unit_test(signs_of_a_name),
        cmocka_unit_test(capitals),
        cmocka_unit_test(ascii_helpers),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
