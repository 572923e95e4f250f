#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/text.h"
#include "intake/internal.h"

/* Samples as the programs of the nineties write them, read as Latin-1. */
static void old_fonts(void **state)
{
    static const char *const tcvn3[][2] = {
        {"NguyÔn V¨n An", "Nguyễn Văn An"},     {"TrÇn ThÞ H­¬ng", "Trần Thị Hương"},
        {"§Æng Th¸i S¬n", "Đặng Thái Sơn"},     {"Huúnh TÊn Tµi", "Huỳnh Tấn Tài"},
        {"D­¬ng M¹nh Hïng", "Dương Mạnh Hùng"}, {"NguyÔn §¾c L÷", "Nguyễn Đắc Lữ"},
        {"NGUYÔN V¡N HïNG", "NGUYỄN VĂN HÙNG"}, {"Ninh B×nh", "Ninh Bình"},
        {"Vò ThÞ Thu HiÒn", "Vũ Thị Thu Hiền"}, {"Lý B×nh", "Lý Bình"},
    };
    static const char *const vni[][2] = {
        {"Nguyeãn Vaên An", "Nguyễn Văn An"},     {"Traàn Thò Höông", "Trần Thị Hương"},
        {"Ñaëng Thaùi Sôn", "Đặng Thái Sơn"},     {"Huyønh Taán Taøi", "Huỳnh Tấn Tài"},
        {"Döông Maïnh Huøng", "Dương Mạnh Hùng"}, {"NGUYEÃN VAÊN HUØNG", "NGUYỄN VĂN HÙNG"},
        {"Hoaøng Minh Ñöùc", "Hoàng Minh Đức"},   {"Leâ Thò Thuûy", "Lê Thị Thủy"},
        {"Tröông Myõ Hoa", "Trương Mỹ Hoa"},      {"Phuø Caùt", "Phù Cát"},
    };
    cv_auto_arena arena = cv_arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < CV_COUNT(tcvn3); i++)
        assert_string_equal(int_from_tcvn3(arena, tcvn3[i][0]), tcvn3[i][1]);
    for (size_t i = 0; i < CV_COUNT(vni); i++)
        assert_string_equal(int_from_vni(arena, vni[i][0]), vni[i][1]);
}

static void syllables(void **state)
{
    static const char good[] = "Nguyễn Huỳnh Quỳnh Hương Đức Ước Giữa Khuỷu Quốc Nghiêm Thủy Hoà Hòa Ý Lý";
    static const char bad[] = "NguyÔn Vaên H­¬ng Traàn Viêt mấk";
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct int_score score = {0};
    (void)state;
    int_score_text(good, arena, &score);
    assert_int_equal(score.good, 15);
    assert_int_equal(score.bad, 0);
    score = (struct int_score){0};
    int_score_text(bad, arena, &score);
    assert_int_equal(score.good, 0);
    assert_true(score.bad >= 5);
}

static void letters_of_columns(void **state)
{
    char out[INT_COLUMN_TEXT];
    (void)state;
    assert_string_equal(int_column_letters(0, out), "A");
    assert_string_equal(int_column_letters(25, out), "Z");
    assert_string_equal(int_column_letters(26, out), "AA");
    assert_string_equal(int_column_letters(255, out), "IV");
}

static int begin(void **state)
{
    struct cv_error err = {0};
    (void)state;
    return cv_text_init(&err) ? 0 : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_fonts),
        cmocka_unit_test(syllables),
        cmocka_unit_test(letters_of_columns),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
