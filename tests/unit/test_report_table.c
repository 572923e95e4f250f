/* Numbers and files for people: rounding, printing, CSV. */
#include <string.h>

#include "base_test.h"
#include "congvu/table.h"

static void percent_is_half_up_and_honest(void **state)
{
    (void)state;
    static const struct {
        int64_t a, b;
        const char *vi, *en;
    } vectors[] = {
        {1199, 1200, "99,92", "99.92"},
        {99996, 100000, "99,99", "99.99"},
        {1200, 1200, "100,00", "100.00"},
        {0, 1200, "0,00", "0.00"},
        {1, 100000, "0,01", "0.01"},
        {1, 3, "33,33", "33.33"},
        {2, 3, "66,67", "66.67"},
        {1, 800, "0,13", "0.13"},
        {987, 1000, "98,70", "98.70"},
        {3, 0, "–", "–"},
        {0, 0, "–", "–"},
        {1, 1, "100,00", "100.00"},
        {803, 1194, "67,25", "67.25"},
        {961, 1194, "80,49", "80.49"},
        {1165, 1194, "97,57", "97.57"},
    };
    cv_auto_arena a = cv_arena_new(1 << 16);
    for (size_t i = 0; i < CV_COUNT(vectors); i++) {
        struct rep_cell c = rep_percent(vectors[i].a, vectors[i].b);
        assert_string_equal(rep_cell_text(a, CV_VI, c), vectors[i].vi);
        assert_string_equal(rep_cell_text(a, CV_EN, c), vectors[i].en);
    }
}

static void every_rate_is_within_half_a_hundredth(void **state)
{
    (void)state;
    for (int64_t b = 1; b <= 400; b++)
        for (int64_t a = 0; a <= b; a++) {
            int64_t n = rep_percent_of(a, b);
            assert_int_equal(n == 10000, a == b);
            assert_int_equal(n == 0, a == 0);
            int64_t off = 10000 * a - n * b; /* b hundredths of what was rounded away */
            assert_true(2 * off < b && 2 * off >= -b);
        }
}

static void thousands_have_dots(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(1 << 16);
    assert_string_equal(rep_number(a, CV_VI, 29676), "29.676");
    assert_string_equal(rep_number(a, CV_EN, 1234567), "1,234,567");
    assert_string_equal(rep_number(a, CV_VI, 0), "0");
    assert_string_equal(rep_number(a, CV_VI, 999), "999");
    assert_string_equal(rep_decimal(a, CV_VI, 205), "2,05");
}

static struct rep_table *dangerous(struct cv_arena *a)
{
    static const char *const texts[] = {"=1+1",        "+84900",    "-x",  "@cmd",   "\tx",   "\rx",
                                        "bình thường", "a,b;\"c\"", "'=1", "x;=1+1", "x\n-1", "a;b = c"};
    struct rep_table *t = rep_table_new(a, CV_VI, 2);
    t->columns[0].title = "Tên";
    t->columns[1].title = "Tỷ lệ";
    for (size_t i = 0; i < CV_COUNT(texts); i++) {
        struct rep_cell *cells = rep_table_line(t, REP_LINE_PLAIN);
        cells[0] = rep_text(texts[i]);
        cells[1] = rep_percent((int64_t)i, 12);
    }
    return t;
}

static void csv_is_no_formula(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(1 << 16);
    const struct rep_table *t = dangerous(a);
    cv_auto_buf b;
    cv_buf_init(&b, 1 << 16);
    rep_csv(&b, &t, 1, ',');
    assert_string_equal(cv_buf_str(&b), "\xEF\xBB\xBFTên,Tỷ lệ\r\n"
                                        "'=1+1,0.00\r\n'+84900,8.33\r\n'-x,16.67\r\n'@cmd,25.00\r\n"
                                        "'\tx,33.33\r\n\"'\rx\",41.67\r\nbình thường,50.00\r\n"
                                        "\"a,b;\"\"c\"\"\",58.33\r\n'=1,66.67\r\n"
                                        "x;'=1+1,75.00\r\n\"x\n'-1\",83.33\r\na;b = c,91.67\r\n");
    cv_buf_reset(&b);
    rep_csv(&b, &t, 1, ';');
    assert_non_null(strstr(cv_buf_str(&b), "Tên;Tỷ lệ\r\n'=1+1;0,00\r\n"));
    assert_non_null(strstr(cv_buf_str(&b), "\"a,b;\"\"c\"\"\";58,33\r\n"));
    assert_non_null(strstr(cv_buf_str(&b), "\"x;'=1+1\";75,00\r\n"));
}

static void codes_stay_text(void **state)
{
    static const char *const codes[] = {"0012", "NS-1", "1-2", "12E5", "H43.99.01", "12.07"};
    (void)state;
    cv_auto_arena a = cv_arena_new(1 << 16);
    struct rep_table *t = rep_table_new(a, CV_VI, 1);
    const struct rep_table *one = t;
    cv_auto_buf b;
    t->columns[0].title = "Mã";
    for (size_t i = 0; i < CV_COUNT(codes); i++)
        rep_table_line(t, REP_LINE_PLAIN)[0] = rep_code(codes[i]);
    cv_buf_init(&b, 1 << 16);
    rep_csv(&b, &one, 1, ';');
    assert_string_equal(
        cv_buf_str(&b),
        "\xEF\xBB\xBFMã\r\n\"=\"\"0012\"\"\"\r\nNS-1\r\n\"=\"\"1-2\"\"\"\r\n\"=\"\"12E5\"\"\"\r\nH43.99.01\r\n"
        "\"=\"\"12.07\"\"\"\r\n");
}

static void a_keyed_csv_tells_its_tables_apart(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(1 << 16);
    struct rep_table *one = dangerous(a), *two = dangerous(a);
    const struct rep_table *both[] = {one, two};
    cv_auto_buf b;
    one->key = "mailbox";
    two->key = "td-office";
    cv_buf_init(&b, 1 << 16);
    rep_csv(&b, both, 2, ';');
    assert_non_null(strstr(cv_buf_str(&b), "\xEF\xBB\xBFHệ thống;Tên;Tỷ lệ\r\nmailbox;'=1+1;0,00\r\n"));
    assert_non_null(strstr(cv_buf_str(&b), "\r\ntd-office;'=1+1;0,00\r\n"));
}

static void an_xlsx_is_the_same_bytes_again(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(1 << 16);
    struct rep_table *t = dangerous(a);
    const struct rep_table *tables[] = {t};
    struct rep_xlsx_options options = {.title = "Báo cáo", .author = "Huyện Thử", .made_at = 1790000000};
    struct cv_error err = {0};
    cv_auto_buf one, two;
    t->sheet = "mailbox";
    cv_buf_init(&one, 1 << 20);
    cv_buf_init(&two, 1 << 20);
    assert_true(rep_xlsx(&one, tables, 1, &options, &err));
    assert_true(rep_xlsx(&two, tables, 1, &options, &err));
    assert_true(one.len > 1000 && one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
    assert_memory_equal(one.data, "PK", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percent_is_half_up_and_honest),
        cmocka_unit_test(every_rate_is_within_half_a_hundredth),
        cmocka_unit_test(thousands_have_dots),
        cmocka_unit_test(csv_is_no_formula),
        cmocka_unit_test(codes_stay_text),
        cmocka_unit_test(a_keyed_csv_tells_its_tables_apart),
        cmocka_unit_test(an_xlsx_is_the_same_bytes_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
