#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/inner.h"
#include "base_test.h"
#include "congvu/clock.h"

static void zone(const char *name)
{
    struct cv_error err;

    assert_true(cv_clock_init(name, 0, &err));
}

static void unknown_zones_are_refused(void **state)
{
    static const char *const names[] = {"", "Asia/Hanoi_", "Nowhere", "Asia/Ho_Chi_Minh/x"};
    struct cv_error err;

    (void)state;
    for (size_t i = 0; i < CV_COUNT(names); i++) {
        assert_false(cv_clock_init(names[i], 0, &err));
        assert_int_equal(err.kind, CV_INVALID);
        assert_string_equal(err.field, "time_zone");
    }
}

static void texts_at_the_site(void **state)
{
    char m[CV_MOMENT_TEXT], d[CV_DAY_TEXT];

    (void)state;
    zone("Asia/Ho_Chi_Minh");
    setenv("TZ", "America/New_York", 1);
    tzset();
    assert_string_equal(cv_moment_rfc3339(1795478700, m), "2026-11-24T07:05:00+07:00");
    assert_string_equal(cv_moment_ldap(1795478700, m), "20261124000500Z");
    assert_string_equal(cv_moment_rfc3339(CV_NO_MOMENT, m), "");
    assert_string_equal(cv_moment_ldap(CV_NO_MOMENT, m), "");
    cv_day day = cv_day_of(1795478700);

    assert_string_equal(cv_day_iso(day, d), "2026-11-24");
    assert_string_equal(cv_day_people(day, d), "24/11/2026");
    assert_string_equal(cv_moment_people(1795478700, m), "24/11/2026 07:05");
    assert_string_equal(cv_moment_people(CV_NO_MOMENT, m), "");
    assert_string_equal(cv_day_iso(CV_NO_DAY, d), "");
    char words[CV_DAY_WORDS];
    assert_string_equal(cv_day_words(day, words), "ngày 24 tháng 11 năm 2026");
    assert_string_equal(cv_day_words(day - 80, words), "ngày 05 tháng 9 năm 2026");
    assert_string_equal(cv_day_words(day + 99, words), "ngày 03 tháng 3 năm 2027");
    assert_string_equal(cv_day_words(day + 68, words), "ngày 31 tháng 01 năm 2027");
    assert_string_equal(cv_day_words(CV_NO_DAY, words), "");
    /* 00:00 here is 17:00 UTC of the day before; one second earlier is yesterday */
    assert_int_equal(cv_day_start(day), 1795478700 - 7 * 3600 - 5 * 60);
    assert_int_equal(cv_day_of(cv_day_start(day)), day);
    assert_int_equal(cv_day_of(cv_day_start(day) - 1), day - 1);
}

static void summer_time(void **state)
{
    char m[CV_MOMENT_TEXT];
    cv_day d;

    (void)state;
    zone("Europe/Berlin");
    assert_string_equal(cv_moment_rfc3339(1774745999, m), "2026-03-29T01:59:59+01:00");
    assert_string_equal(cv_moment_rfc3339(1774746000, m), "2026-03-29T03:00:00+02:00");
    assert_true(cv_day_parse("2026-03-29", &d));
    assert_int_equal(cv_day_start(d + 1) - cv_day_start(d), 23 * 3600);
    zone("America/Sao_Paulo"); /* 00:00 did not exist on this Sunday */
    assert_true(cv_day_parse("2017-10-15", &d));
    assert_string_equal(cv_moment_rfc3339(cv_day_start(d), m), "2017-10-15T01:00:00-02:00");
    assert_int_equal(cv_day_of(cv_day_start(d) - 1), d - 1);
    zone("Australia/Lord_Howe"); /* half an hour of summer time */
    assert_true(cv_day_parse("2026-04-05", &d));
    assert_int_equal(cv_day_start(d + 1) - cv_day_start(d), 24 * 3600 + 1800);
    zone("America/St_Johns");
    assert_string_equal(cv_moment_rfc3339(0, m), "1969-12-31T20:30:00-03:30");
}

static void every_day_begins_once(void **state)
{
    static const char *const zones[] = {"Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Apia"};

    (void)state;
    for (size_t z = 0; z < CV_COUNT(zones); z++) {
        zone(zones[z]);
        for (cv_day d = 18000; d < 22000; d++) {
            assert_int_equal(cv_day_of(cv_day_start(d)), d);
            assert_true(cv_day_of(cv_day_start(d) - 1) < d);
        }
    }
}

static void calendar_arithmetic_agrees_with_itself(void **state)
{
    cv_day days = cv_days_from_civil(1899, 12, 31) + 1;

    (void)state;
    assert_int_equal(cv_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(cv_days_from_civil(2000, 2, 29) + 1, cv_days_from_civil(2000, 3, 1));
    for (; days < cv_days_from_civil(2200, 1, 1); days++) {
        char text[CV_DAY_TEXT];
        int y, m, d;
        cv_day back = CV_NO_DAY;

        cv_day_split(days, &y, &m, &d);
        assert_int_equal(cv_days_from_civil(y, m, d), days);
        assert_true(cv_day_parse(cv_day_iso(days, text), &back));
        assert_int_equal(back, days);
    }
}

static void parsing_is_strict(void **state)
{
    static const char *const days[] = {
        "",           "2026-2-03",   "2026-02-29",  "2026-13-01", "2026-00-10", "2026-01-00", "1899-12-31",
        "2200-01-01", "2026-01-01 ", " 2026-01-01", "20260101",   "2026/01/01", "01/01/2026", "2026-01-01T00:00:00Z",
        "1900-02-29", "2026-04-31",  "+026-01-01",
    };
    static const char *const moments[] = {
        "",
        "2026-11-24",
        "2026-11-24T07:05:00",
        "2026-11-24T24:00:00Z",
        "2026-11-24T07:60:00Z",
        "2026-11-24T07:05:60Z",
        "2026-11-24T07:05:00.Z",
        "2026-11-24T07:05:00+0700",
        "2026-11-24T07:05:00+07:60",
        "2026-11-24T07:05:00Zx",
        "2026-11-24 07:05:00Z",
        "2026-11-24T07:05Z",
        "2026-11-24T07:05:00+7:00",
    };
    cv_day day = 77;
    cv_moment m = 77;

    (void)state;
    for (size_t i = 0; i < CV_COUNT(days); i++) {
        assert_false(cv_day_parse(days[i], &day));
        assert_int_equal(day, 77);
    }
    for (size_t i = 0; i < CV_COUNT(moments); i++) {
        assert_false(cv_moment_parse_rfc3339(moments[i], &m));
        assert_int_equal(m, 77);
    }
    assert_false(cv_moment_parse_ldap("2026112400050Z", &m));
    assert_false(cv_moment_parse_ldap("20261124000500", &m));
    assert_false(cv_moment_parse_ldap("20261124000500+07:00", &m));
    assert_int_equal(m, 77);
}

static void parsing_reads_all_right_forms(void **state)
{
    static const char *const same[] = {
        "2026-11-24T07:05:00+07:00",
        "2026-11-24T00:05:00Z",
        "2026-11-24t00:05:00.999999z",
        "2026-11-23T19:05:00-05:00",
    };
    static const char *const ldap[] = {"20261124000500Z", "20261124000500.123456Z", "20261124070500+0700",
                                       "20261124000500,5Z"};
    cv_moment m;

    (void)state;
    for (size_t i = 0; i < CV_COUNT(same); i++) {
        assert_true(cv_moment_parse_rfc3339(same[i], &m));
        assert_int_equal(m, 1795478700);
        assert_true(cv_moment_parse_ldap(ldap[i], &m));
        assert_int_equal(m, 1795478700);
    }
}

static void the_offset_moves_now_but_no_deadline(void **state)
{
    struct cv_deadline d = cv_deadline_in_ms(60000);

    (void)state;
    zone("Asia/Ho_Chi_Minh");
    cv_moment before = cv_now();
    cv_clock_set_offset(86400 * 40);
#ifdef CONGVU_TEST_CLOCK
    assert_in_range(cv_now() - before, 86400 * 40, 86400 * 40 + 5);
#else
    assert_in_range(cv_now() - before, 0, 5);
#endif
    assert_in_range(cv_deadline_left_ms(d), 1, 60000);
    cv_clock_set_offset(0);
}

static void deadlines(void **state)
{
    struct cv_deadline past = cv_deadline_in_ms(-5), far = cv_deadline_in_ms(INT64_MAX), soon = cv_deadline_in_ms(5000);

    (void)state;
    assert_true(cv_deadline_passed(past));
    assert_int_equal(cv_deadline_left_ms(past), 0);
    assert_false(cv_deadline_passed(far));
    assert_int_equal(far.at_ns, INT64_MAX);
    assert_int_equal(cv_deadline_min(far, soon).at_ns, soon.at_ns);
    assert_int_equal(cv_deadline_min(past, soon).at_ns, past.at_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_zones_are_refused),
        cmocka_unit_test(texts_at_the_site),
        cmocka_unit_test(summer_time),
        cmocka_unit_test(every_day_begins_once),
        cmocka_unit_test(calendar_arithmetic_agrees_with_itself),
        cmocka_unit_test(parsing_is_strict),
        cmocka_unit_test(parsing_reads_all_right_forms),
        cmocka_unit_test(the_offset_moves_now_but_no_deadline),
        cmocka_unit_test(deadlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
