#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/period.h"

static struct dom_period parsed(const char *text, enum dom_calendar calendar)
{
    struct dom_period p;
    char again[DOM_PERIOD_TEXT];
    assert_true(dom_period_parse(text, calendar, &p));
    assert_string_equal(dom_period_text(&p, again), text);
    return p;
}

static void expect_days(const char *text, enum dom_calendar calendar, const char *from, const char *to)
{
    struct dom_period p = parsed(text, calendar);
    cv_day a, b;
    char space[CV_DAY_TEXT];
    dom_period_days(&p, &a, &b);
    assert_string_equal(cv_day_iso(a, space), from);
    assert_string_equal(cv_day_iso(b, space), to);
}

static void civil_days(void **state)
{
    (void)state;
    expect_days("2026-11", DOM_CIVIL, "2026-11-01", "2026-11-30");
    expect_days("2024-02", DOM_CIVIL, "2024-02-01", "2024-02-29");
    expect_days("2026-12", DOM_CIVIL, "2026-12-01", "2026-12-31");
    expect_days("2026-Q4", DOM_CIVIL, "2026-10-01", "2026-12-31");
    expect_days("2026-Q1", DOM_CIVIL, "2026-01-01", "2026-03-31");
    expect_days("2026-H1", DOM_CIVIL, "2026-01-01", "2026-06-30");
    expect_days("2026-H2", DOM_CIVIL, "2026-07-01", "2026-12-31");
    expect_days("2026-9M", DOM_CIVIL, "2026-01-01", "2026-09-30");
    expect_days("2026", DOM_CIVIL, "2026-01-01", "2026-12-31");
}

static void administrative_days(void **state)
{
    (void)state;
    expect_days("2026-11", DOM_ADMIN, "2026-10-15", "2026-11-14");
    expect_days("2026-01", DOM_ADMIN, "2025-12-15", "2026-01-14");
    expect_days("2026-03", DOM_ADMIN, "2026-02-15", "2026-03-14");
    expect_days("2026-Q4", DOM_ADMIN, "2026-09-15", "2026-12-14");
    expect_days("2026-H1", DOM_ADMIN, "2025-12-15", "2026-06-14");
    expect_days("2026-9M", DOM_ADMIN, "2025-12-15", "2026-09-14");
    expect_days("2026", DOM_ADMIN, "2025-12-15", "2026-12-14");
}

static void twelve_months_make_the_year(void **state)
{
    (void)state;
    for (int calendar = 0; calendar < DOM_CALENDARS; calendar++) {
        struct dom_period year = parsed("2024", (enum dom_calendar)calendar);
        cv_day from, to, next, end;
        dom_period_days(&year, &from, &to);
        next = from;
        for (int m = 1; m <= 12; m++) {
            struct dom_period month = {DOM_MONTH, (enum dom_calendar)calendar, 2024, m};
            cv_day a;
            dom_period_days(&month, &a, &end);
            assert_int_equal(a, next);
            next = end + 1;
        }
        assert_int_equal(end, to);
    }
}

static void what_is_no_period(void **state)
{
    static const char *const bad[] = {"",        "26",      "2026-",   "2026-00", "2026-13",  "2026-1",  "2026-Q0",
                                      "2026-Q5", "2026-H3", "2026-6M", "2026-q1", "2026-9m",  "1800",    "2200",
                                      "2026 ",   "2026-Q",  "x026",    "2026/11", "2026-111", "2026-Q11"};
    struct dom_period p;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (dom_period_parse(bad[i], DOM_CIVIL, &p))
            fail_msg("\"%s\" was taken for a period", bad[i]);
}

static void expect_previous(const char *text, const char *before)
{
    struct dom_period p = parsed(text, DOM_ADMIN), previous = dom_period_previous(&p);
    char space[DOM_PERIOD_TEXT];
    assert_string_equal(dom_period_text(&previous, space), before);
    assert_int_equal(previous.calendar, DOM_ADMIN);
}

static void the_one_before(void **state)
{
    (void)state;
    expect_previous("2026-11", "2026-10");
    expect_previous("2026-01", "2025-12");
    expect_previous("2026-Q1", "2025-Q4");
    expect_previous("2026-H1", "2025-H2");
    expect_previous("2026-H2", "2026-H1");
    expect_previous("2026-9M", "2025-9M");
    expect_previous("2026", "2025");
}

static void cumulative_begins_with_the_year(void **state)
{
    struct dom_period p = parsed("2026-Q3", DOM_CIVIL), a = parsed("2026-Q3", DOM_ADMIN);
    cv_day from, to;
    char space[CV_DAY_TEXT];
    (void)state;
    dom_period_cumulative(&p, &from, &to);
    assert_string_equal(cv_day_iso(from, space), "2026-01-01");
    assert_string_equal(cv_day_iso(to, space), "2026-09-30");
    dom_period_cumulative(&a, &from, &to);
    assert_string_equal(cv_day_iso(from, space), "2025-12-15");
    assert_string_equal(cv_day_iso(to, space), "2026-09-14");
}

static void expect_label(const char *text, const char *vi, const char *en)
{
    struct dom_period p = parsed(text, DOM_CIVIL);
    char space[DOM_PERIOD_LABEL];
    assert_string_equal(dom_period_label(&p, CV_VI, space), vi);
    assert_string_equal(dom_period_label(&p, CV_EN, space), en);
}

static void labels(void **state)
{
    (void)state;
    expect_label("2026-03", "tháng 3 năm 2026", "March 2026");
    expect_label("2026-Q4", "quý IV năm 2026", "quarter IV 2026");
    expect_label("2026-H1", "6 tháng đầu năm 2026", "first half of 2026");
    expect_label("2026-H2", "6 tháng cuối năm 2026", "second half of 2026");
    expect_label("2026-9M", "9 tháng đầu năm 2026", "first nine months of 2026");
    expect_label("2026", "năm 2026", "year 2026");
}

static void expect_over(int year, int month, int day, enum dom_period_kind kind, enum dom_calendar calendar,
                        const char *over, const char *following)
{
    char space[DOM_PERIOD_TEXT];
    struct dom_period last = dom_period_over(kind, calendar, cv_day_join(year, month, day));
    struct dom_period next = dom_period_following(&last);
    assert_string_equal(dom_period_text(&last, space), over);
    assert_string_equal(dom_period_text(&next, space), following);
}

static void the_last_that_was_over(void **state)
{
    (void)state;
    expect_over(2026, 11, 30, DOM_MONTH, DOM_CIVIL, "2026-11", "2026-12");
    expect_over(2026, 11, 29, DOM_MONTH, DOM_CIVIL, "2026-10", "2026-11");
    expect_over(2026, 11, 14, DOM_MONTH, DOM_ADMIN, "2026-11", "2026-12");
    expect_over(2026, 11, 13, DOM_MONTH, DOM_ADMIN, "2026-10", "2026-11");
    expect_over(2027, 1, 5, DOM_MONTH, DOM_CIVIL, "2026-12", "2027-01");
    expect_over(2026, 12, 30, DOM_QUARTER, DOM_CIVIL, "2026-Q3", "2026-Q4");
    expect_over(2026, 12, 14, DOM_QUARTER, DOM_ADMIN, "2026-Q4", "2027-Q1");
    expect_over(2026, 7, 1, DOM_HALF_YEAR, DOM_CIVIL, "2026-H1", "2026-H2");
    expect_over(2026, 9, 29, DOM_NINE_MONTHS, DOM_CIVIL, "2025-9M", "2026-9M");
    expect_over(2026, 12, 31, DOM_YEAR, DOM_CIVIL, "2026", "2027");
    expect_over(2028, 2, 29, DOM_MONTH, DOM_CIVIL, "2028-02", "2028-03");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_days),
        cmocka_unit_test(administrative_days),
        cmocka_unit_test(what_is_no_period),
        cmocka_unit_test(twelve_months_make_the_year),
        cmocka_unit_test(the_one_before),
        cmocka_unit_test(the_last_that_was_over),
        cmocka_unit_test(cumulative_begins_with_the_year),
        cmocka_unit_test(labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
