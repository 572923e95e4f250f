#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/adoption.h"
#include "congvu/coverage.h"

enum { TODAY = 20783 }; /* 2026-11-26 */
static const int lengths[] = {7, 30, 90, 180};

static struct dom_activity usual(void)
{
    return (struct dom_activity){.reported = true, .regular_days = 4, .regular_of = 30, .stale_after = 3, .version = 1};
}

/* A record of the days given as "so many days ago", latest last. */
static struct dom_use record(const int *ago, size_t count)
{
    struct dom_use use = {.system = "mailbox", .last_on = CV_NO_DAY};
    for (size_t i = 0; i < count; i++)
        dom_use_set(&use, TODAY - ago[i]);
    return use;
}

static struct dom_use_verdict judged(const struct dom_activity *rule, const int *ago, size_t count, cv_day issued)
{
    uint8_t bits[DOM_ACTIVE_BYTES_MAX];
    struct dom_active days;
    struct dom_use_verdict said;
    struct dom_use use = record(ago, count);
    struct dom_use_case at = {.rule = rule, .issued_on = issued, .day = TODAY};
    dom_active_pack(&use, TODAY - 399, bits, &days);
    dom_use_judge(&at, &days, lengths, 4, &said);
    return said;
}

static void rule_scales_with_the_window(void **state)
{
    struct dom_activity rule = usual();
    (void)state;
    assert_int_equal(dom_regular_days(&rule, 7), 0); /* shorter than the rule */
    assert_int_equal(dom_regular_days(&rule, 27), 0);
    assert_int_equal(dom_regular_days(&rule, 28), 4); /* February is a month */
    assert_int_equal(dom_regular_days(&rule, 30), 4);
    assert_int_equal(dom_regular_days(&rule, 29), 4);
    assert_int_equal(dom_regular_days(&rule, 31), 4); /* the same days in every month */
    assert_int_equal(dom_regular_days(&rule, 45), 6); /* no whole months: its share */
    for (int quarter = 89; quarter <= 92; quarter++)
        assert_int_equal(dom_regular_days(&rule, quarter), 12);
    for (int half = 180; half <= 184; half++)
        assert_int_equal(dom_regular_days(&rule, half), 24);
    assert_int_equal(dom_regular_days(&rule, 273), 36);
    assert_int_equal(dom_regular_days(&rule, 365), 48);
    assert_int_equal(dom_regular_days(&rule, 366), 48);
    for (int days = 29; days <= 400; days++) /* a longer window never asks for less */
        assert_true(dom_regular_days(&rule, days) >= dom_regular_days(&rule, days - 1));
    rule.regular_days = 20;
    assert_int_equal(dom_regular_days(&rule, 28), 20);
    rule.regular_of = 7;
    rule.regular_days = 1;
    assert_int_equal(dom_regular_days(&rule, 7), 1);
    assert_int_equal(dom_regular_days(&rule, 6), 0);
}

static void a_source_grows_stale(void **state)
{
    struct dom_activity rule = usual();
    (void)state;
    assert_false(dom_usage_stale(&rule, TODAY - 1, TODAY));
    assert_false(dom_usage_stale(&rule, TODAY - 4, TODAY));
    assert_true(dom_usage_stale(&rule, TODAY - 5, TODAY));
    assert_false(dom_usage_stale(&rule, TODAY, TODAY));
    assert_true(dom_usage_stale(&rule, CV_NO_DAY, TODAY));
    rule.reported = false;
    assert_true(dom_usage_stale(&rule, TODAY, TODAY));
}

static void adoption_leaves_out_who_is_away(void **state)
{
    struct dom_counts c = {.eligible = 100, .unrecorded = 5, .on_leave_unused = 3};
    (void)state;
    assert_int_equal(dom_adoption_base(&c, true), 102);
    assert_int_equal(dom_adoption_base(&c, false), 97);
}

static void days_are_packed(void **state)
{
    static const int ago[] = {410, 399, 100, 31, 0};
    uint8_t bits[DOM_ACTIVE_BYTES_MAX];
    struct dom_active days;
    struct dom_use use = record(ago, 5);
    (void)state;
    dom_active_pack(&use, TODAY - 399, bits, &days);
    assert_int_equal(days.first, TODAY - 399);
    assert_int_equal(days.len, 50);
    assert_true(days.older);
    assert_int_equal(dom_active_last(&days), TODAY);
    assert_int_equal(dom_active_count(&days, TODAY - 1000, TODAY + 1000), 4);
    assert_int_equal(dom_active_count(&days, TODAY - 99, TODAY - 1), 1);
    assert_int_equal(dom_active_count(&days, TODAY - 100, TODAY - 31), 2);
    dom_active_pack(&use, TODAY - 50, bits, &days);
    assert_int_equal(days.first, TODAY - 31);
    assert_true(days.older);
    dom_active_pack(&use, TODAY + 5, bits, &days); /* nothing kept but the latest */
    assert_int_equal(days.first, TODAY);
    assert_int_equal(days.len, 1);
    use = record(ago, 0);
    dom_active_pack(&use, TODAY - 399, bits, &days);
    assert_int_equal(days.first, CV_NO_DAY);
    assert_int_equal(dom_active_last(&days), CV_NO_DAY);
    use.last_on = TODAY - 2; /* a source that tells the latest day only */
    dom_active_pack(&use, TODAY - 399, bits, &days);
    assert_int_equal(dom_active_last(&days), TODAY - 2);
}

static void used_and_regular(void **state)
{
    static const int monthly[] = {29, 20, 10, 5};
    struct dom_activity rule = usual();
    (void)state;
    struct dom_use_verdict said = judged(&rule, monthly, 4, TODAY - 300);
    assert_int_equal(said.used, 0xF);
    assert_int_equal(said.regular, 1 << 1); /* 4 days: enough for 30, not for 90 and 180; 7 is too short for the rule */
    assert_true(said.ever);
    assert_false(said.too_new);
    assert_int_equal(said.next_day, TODAY - 29 + 30); /* tomorrow the oldest of the four leaves the window */
    said = judged(&rule, monthly + 1, 3, TODAY - 300);
    assert_int_equal(said.regular, 0);
    assert_int_equal(said.next_day, TODAY - 5 + 7);
    said = judged(&rule, monthly, 0, TODAY - 300);
    assert_int_equal(said.used, 0);
    assert_false(said.ever);
    assert_int_equal(said.next_day, CV_NO_DAY);
}

static void a_new_account_is_asked_for_less(void **state)
{
    static const int days[] = {9, 3};
    struct dom_activity rule = usual();
    (void)state;
    struct dom_use_verdict said = judged(&rule, days, 2, TODAY - 9); /* 10 days: ceil(4 * 10 / 30) = 2 */
    assert_int_equal(said.regular, 0xE);
    assert_true(said.too_new); /* and regular: both are said */
    said = judged(&rule, days + 1, 1, TODAY - 9);
    assert_int_equal(said.regular, 0);
    assert_true(said.too_new);
    said = judged(&rule, days + 1, 1, TODAY - 14); /* two weeks are enough */
    assert_false(said.too_new);
    said = judged(&rule, days, 2, TODAY - 2); /* used before its state changed: it was issued by then */
    assert_int_equal(said.regular, 0xE);
    assert_int_equal(said.next_day, TODAY - 3 + 7); /* the week ends before day 16 asks for a third */
}

static void only_the_latest_day_is_reported(void **state)
{
    static const int days[] = {9, 8, 7, 6, 5};
    struct dom_activity rule = usual();
    rule.precision = DOM_LAST_ONLY;
    (void)state;
    struct dom_use_verdict said = judged(&rule, days, 5, TODAY - 300);
    assert_int_equal(said.used, 0xF);
    assert_int_equal(said.regular, 0);
}

static void locked_for_inactivity_is_never_regular(void **state)
{
    static const int ago[] = {29, 20, 10, 5};
    uint8_t bits[DOM_ACTIVE_BYTES_MAX];
    struct dom_active days;
    struct dom_use_verdict said;
    struct dom_activity rule = usual();
    struct dom_use use = record(ago, 4);
    struct dom_use_case at = {.rule = &rule, .issued_on = CV_NO_DAY, .idle = true, .day = TODAY};
    (void)state;
    dom_active_pack(&use, TODAY - 399, bits, &days);
    dom_use_judge(&at, &days, lengths, 4, &said);
    assert_int_equal(said.used, 0xF);
    assert_int_equal(said.regular, 0);
}

/* Whatever lies where in its word or month: as counted one day after the other. */
static void days_count_as_one_by_one(void **state)
{
    enum { DAYS = 365 };
    uint64_t random = 11;
    (void)state;
    for (int round = 0; round < 400; round++) {
        bool active[DAYS] = {false};
        int ago[DAYS];
        size_t count = 0, oldest = DAYS - 1 - (size_t)round % 90;
        for (int day = DAYS - 1; day >= 0; day--) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            if ((random >> 33) % (1 + (unsigned)round % 23) != 0)
                continue;
            ago[count++] = day;
            active[day] = day <= (int)oldest;
        }
        struct dom_use use = record(ago, count);
        uint8_t bits[DOM_ACTIVE_BYTES_MAX];
        struct dom_active days;
        dom_active_pack(&use, TODAY - (cv_day)oldest, bits, &days);
        for (int step = 0; step < 60; step++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            int from = (int)(random >> 33) % DAYS, to = (int)(random >> 45) % DAYS, wanted = 0;
            for (int day = from; day >= to; day--)
                wanted += active[day];
            assert_int_equal(dom_active_count(&days, TODAY - from, TODAY - to), wanted);
        }
        int last = 0;
        while (last < DAYS && !active[last])
            last++;
        assert_int_equal(dom_active_last(&days), TODAY - last);
    }
}

/* Between today and next_day nothing may change. */
static void nothing_changes_before_the_next_day(void **state)
{
    uint64_t random = 7;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        uint8_t bits[DOM_ACTIVE_BYTES_MAX];
        int ago[64];
        size_t count = 0;
        struct dom_activity rule = usual();
        rule.regular_of = round % 3 ? 30 : 7;
        for (int day = round % 2 ? 250 : round % 40; day >= -3 && count < 64; day--) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            if ((random >> 33) % (2 + (unsigned)round % 17) == 0)
                ago[count++] = day;
        }
        struct dom_use use = record(ago, count);
        struct dom_active days;
        dom_active_pack(&use, TODAY - 399, bits, &days);
        struct dom_use_case at = {.rule = &rule, .issued_on = TODAY - round % 40, .day = TODAY};
        struct dom_use_verdict first, later;
        dom_use_judge(&at, &days, lengths, 4, &first);
        for (at.day = TODAY + 1; at.day < TODAY + 200 && (first.next_day == CV_NO_DAY || at.day < first.next_day);
             at.day++) {
            dom_use_judge(&at, &days, lengths, 4, &later);
            if (later.used != first.used || later.regular != first.regular || later.too_new != first.too_new ||
                later.ever != first.ever)
                fail_msg("round %d: changed on day %d, promised for %d", round, at.day - TODAY, first.next_day - TODAY);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_scales_with_the_window),
        cmocka_unit_test(a_source_grows_stale),
        cmocka_unit_test(adoption_leaves_out_who_is_away),
        cmocka_unit_test(days_are_packed),
        cmocka_unit_test(days_count_as_one_by_one),
        cmocka_unit_test(used_and_regular),
        cmocka_unit_test(a_new_account_is_asked_for_less),
        cmocka_unit_test(only_the_latest_day_is_reported),
        cmocka_unit_test(locked_for_inactivity_is_never_regular),
        cmocka_unit_test(nothing_changes_before_the_next_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
