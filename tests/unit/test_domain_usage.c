/* Bits of days against a plain set of days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/usage.h"

enum { SPAN = 440, ROUNDS = 300 };

static cv_day day_of(const char *text)
{
    cv_day day = CV_NO_DAY;

    assert_true(cv_day_parse(text, &day));
    return day;
}

static void thirteen_months_before_this_one_are_kept(void **unused)
{
    (void)unused;
    assert_int_equal(dom_use_keep_from(day_of("2026-11-26")), day_of("2025-10-01"));
    assert_int_equal(dom_use_keep_from(day_of("2026-11-01")), day_of("2025-10-01"));
    assert_int_equal(dom_use_keep_from(day_of("2026-01-31")), day_of("2024-12-01"));
    assert_int_equal(dom_use_keep_from(day_of("2024-02-29")), day_of("2023-01-01"));
}

static void a_system_has_one_place(void **unused)
{
    static struct dom_usage usage;
    char names[DOM_SYSTEMS_MAX + 1][16];

    (void)unused;
    assert_null(dom_use_of(&usage, "mailbox"));
    for (int i = 0; i <= DOM_SYSTEMS_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "s%d", i);
        struct dom_use *use = dom_use_need(&usage, names[i]);

        assert_true(i < DOM_SYSTEMS_MAX ? use && use->last_on == CV_NO_DAY : use == NULL);
        assert_ptr_equal(use, dom_use_of(&usage, names[i]));
    }
    assert_ptr_equal(dom_use_need(&usage, "s3"), &usage.uses[3]);
}

/* A plain set of days, one byte each. */
struct plain {
    cv_day from;
    unsigned char days[SPAN];
};

static int plain_count(const struct plain *p, cv_day from, cv_day to)
{
    int count = 0;

    for (int i = 0; i < SPAN; i++)
        count += p->days[i] && p->from + i >= from && p->from + i <= to;
    return count;
}

static cv_day plain_last(const struct plain *p)
{
    for (int i = SPAN - 1; i >= 0; i--)
        if (p->days[i])
            return p->from + i;
    return CV_NO_DAY;
}

static void well_formed(const struct dom_use *use)
{
    assert_true(use->month_count <= DOM_USE_MONTHS_MAX);
    for (size_t i = 0; i < use->month_count; i++) {
        assert_true(use->months[i].days != 0);
        assert_true(i == 0 || use->months[i - 1].month < use->months[i].month);
    }
}

static void fill(struct plain *p, struct dom_use *use, int days, cv_day keep_from, cv_day today)
{
    for (int i = 0; i < days; i++) {
        cv_day day = keep_from + rand() % (today - keep_from + 1);
        unsigned char *known = &p->days[day - p->from];

        assert_int_equal(dom_use_set(use, day), !*known);
        *known = 1;
    }
}

static void counts_like_a_plain_set(void **unused)
{
    (void)unused;
    srand(20261126);
    for (int round = 0; round < ROUNDS; round++) {
        cv_day today = day_of("2024-01-01") + rand() % 1500, keep_from = dom_use_keep_from(today);
        struct plain p = {.from = keep_from};
        struct dom_use use = {.last_on = CV_NO_DAY};

        fill(&p, &use, rand() % 200, keep_from, today);
        well_formed(&use);
        assert_int_equal(use.last_on, plain_last(&p));
        for (int i = 0; i < 50; i++) {
            cv_day from = keep_from - 40 + rand() % 500, to = from - 5 + rand() % 200;

            assert_int_equal(dom_use_count(&use, from, to), plain_count(&p, from, to));
        }
    }
}

static void merges_like_plain_sets(void **unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        cv_day today = day_of("2024-01-01") + rand() % 1500, keep_from = dom_use_keep_from(today);
        struct plain p = {.from = keep_from}, q = {.from = keep_from};
        struct dom_use a = {.last_on = CV_NO_DAY, .earlier_days = 7}, b = {.last_on = CV_NO_DAY};

        fill(&p, &a, rand() % 60, keep_from, today);
        fill(&q, &b, rand() % 60, keep_from, today);
        int before = plain_count(&p, keep_from, today);

        for (int i = 0; i < SPAN; i++)
            p.days[i] |= q.days[i];
        assert_int_equal(dom_use_merge(&a, &b), plain_count(&p, keep_from, today) - before);
        assert_int_equal(dom_use_count(&a, keep_from, today), plain_count(&p, keep_from, today));
        assert_int_equal(a.last_on, plain_last(&p));
        assert_int_equal(a.earlier_days, 7);
        assert_int_equal(dom_use_merge(&a, &b), 0);
        well_formed(&a);
    }
}

/* Time goes on: what is no longer kept is counted, no day is lost or counted twice. */
static void folding_loses_no_day(void **unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        cv_day today = day_of("2024-01-01") + rand() % 1500, keep_from = dom_use_keep_from(today);
        struct plain p = {.from = keep_from};
        struct dom_use use = {.last_on = CV_NO_DAY};

        fill(&p, &use, rand() % 200, keep_from, today);
        assert_false(dom_use_fold(&use, today));
        int all = plain_count(&p, keep_from, today);
        cv_day later = today + rand() % 600, kept = dom_use_keep_from(later);

        dom_use_fold(&use, later);
        well_formed(&use);
        assert_int_equal(use.earlier_days, plain_count(&p, keep_from, kept - 1));
        assert_int_equal(dom_use_count(&use, keep_from, later), all - use.earlier_days);
        assert_int_equal(use.last_on, plain_last(&p));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirteen_months_before_this_one_are_kept),
        cmocka_unit_test(a_system_has_one_place),
        cmocka_unit_test(counts_like_a_plain_set),
        cmocka_unit_test(merges_like_plain_sets),
        cmocka_unit_test(folding_loses_no_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
