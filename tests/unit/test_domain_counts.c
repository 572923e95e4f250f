#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/coverage.h"
#include "congvu/json.h"

static const uint32_t cong_chuc = 1u << DOM_CONG_CHUC, vien_chuc = 1u << DOM_VIEN_CHUC;

static struct dom_headcount total_only(int total)
{
    struct dom_headcount h = {.total = total, .establishment = -1};
    for (int c = 0; c < DOM_CATEGORIES; c++)
        h.by_category[c] = -1;
    return h;
}

static void expect_gap(const struct dom_headcount *h, const int by[DOM_CATEGORIES], int recorded, int eligible,
                       bool here, uint32_t categories, int missing, int over)
{
    int m = -7, o = -7;
    dom_gap(h, by, recorded, eligible, here, categories, &m, &o);
    assert_int_equal(m, missing);
    assert_int_equal(o, over);
}

static void gap_by_total(void **state)
{
    const int by[DOM_CATEGORIES] = {0, 28, 0, 0, 0, 0};
    struct dom_headcount h = total_only(30);
    (void)state;
    expect_gap(&h, by, 28, 28, true, 0, 2, 0);
    expect_gap(&h, by, 28, 28, true, cong_chuc, 2, 0); /* a total only counts in full */
    expect_gap(&h, by, 28, 10, true, cong_chuc, 2, 0);
    expect_gap(&h, by, 33, 33, true, 0, 0, 3); /* over, and never negative */
    expect_gap(&h, by, 30, 30, true, 0, 0, 0);
    expect_gap(&h, by, 0, 0, true, 0, 30, 0);         /* nobody recorded yet: all are missing */
    expect_gap(&h, by, 28, 0, true, vien_chuc, 0, 0); /* recorded and none eligible */
    expect_gap(&h, by, 28, 28, false, 0, 0, 0);       /* block or kind not required */
    expect_gap(&h, by, 0, 0, false, 0, 0, 0);
    expect_gap(NULL, by, 28, 28, true, 0, 0, 0); /* undeclared is not zero people */
}

static void gap_by_category(void **state)
{
    struct dom_headcount h = total_only(15);
    int by[DOM_CATEGORIES] = {0};
    (void)state;
    h.has_categories = true;
    h.by_category[DOM_CONG_CHUC] = 10;
    h.by_category[DOM_VIEN_CHUC] = 5;
    by[DOM_CONG_CHUC] = 7;
    by[DOM_VIEN_CHUC] = 6;
    expect_gap(&h, by, 13, 7, true, cong_chuc, 3, 0);
    expect_gap(&h, by, 13, 6, true, vien_chuc, 0, 1);
    expect_gap(&h, by, 13, 13, true, cong_chuc | vien_chuc, 3, 1); /* not netted */
    expect_gap(&h, by, 13, 13, true, 0, 2, 0);                     /* no limit by category: the total */
    expect_gap(&h, by, 13, 13, true, (1u << DOM_CATEGORIES) - 1, 2, 0);
    expect_gap(&h, by, 13, 7, false, cong_chuc, 0, 0);
    by[DOM_CONG_CHUC] = 0;
    expect_gap(&h, by, 6, 0, true, cong_chuc, 10, 0); /* none eligible, yet ten are declared in the category */
    h.has_categories = false;
    expect_gap(&h, by, 6, 0, true, cong_chuc, 0, 0);
    /* A category left out shares what the total leaves. */
    h.has_categories = true;
    h.total = 18;
    by[DOM_NLD_HOP_DONG] = 1;
    expect_gap(&h, by, 7, 1, true, 1u << DOM_NLD_HOP_DONG, 2, 0);
    h.total = 12;
    expect_gap(&h, by, 7, 1, true, 1u << DOM_NLD_HOP_DONG, 0, 1);
}

static void headcount_in_force(void **state)
{
    struct dom_headcount all[] = {total_only(1), total_only(2), total_only(3)};
    struct dom_unit u = {.headcounts = all, .headcount_count = 3};
    (void)state;
    all[0].on = 10;
    all[1].on = 20;
    all[2].on = 30;
    assert_null(dom_headcount_on(&u, 9));
    assert_int_equal(dom_headcount_on(&u, 10)->total, 1);
    assert_int_equal(dom_headcount_on(&u, 29)->total, 2);
    assert_int_equal(dom_headcount_on(&u, 3000)->total, 3);
    u.headcount_count = 0;
    assert_null(dom_headcount_on(&u, 10));
}

static struct dom_counts filled(int32_t first)
{
    int32_t all[sizeof(struct dom_counts) / sizeof(int32_t)];
    struct dom_counts c;
    for (size_t i = 0; i < CV_COUNT(all); i++)
        all[i] = first + (int32_t)i;
    memcpy(&c, all, sizeof c);
    return c;
}

static void parents_are_sums(void **state)
{
    (void)state;
    struct dom_counts sum = filled(5), part = filled(100), before = sum;
    dom_counts_add(&sum, &part);
    assert_int_equal(sum.headcount, before.headcount + part.headcount);
    assert_int_equal(sum.issued, before.issued + part.issued);
    assert_int_equal(sum.seconded_out, before.seconded_out + part.seconded_out);
    dom_counts_sub(&sum, &part);
    assert_memory_equal(&sum, &before, sizeof sum);

    /* 1/1 and 1/9: the parent is 2/10, not the mean of the two */
    struct dom_counts a = {.eligible = 1, .issued = 1}, b = {.eligible = 9, .issued = 1}, parent = {0};
    dom_counts_add(&parent, &a);
    dom_counts_add(&parent, &b);
    assert_int_equal(parent.issued * 5, dom_coverage_base(&parent, true));
}

static void coverage_base(void **state)
{
    struct dom_counts c = {.headcount = 30, .recorded = 28, .eligible = 28, .issued = 28, .unrecorded = 2};
    (void)state;
    assert_int_equal(dom_coverage_base(&c, true), 30);
    assert_int_equal(dom_coverage_base(&c, false), 28);
    struct dom_counts empty = {0};
    assert_int_equal(dom_coverage_base(&empty, true), 0);
}

static void ratio_of(int64_t a, int64_t b, const char *expected)
{
    cv_auto_buf buf = {0};
    struct cv_jout j;
    cv_buf_init(&buf, 256);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_ratio(&j, "r", a, b);
    cv_jout_end(&j);
    assert_true(cv_jout_ok(&j));
    assert_string_equal(cv_buf_str(&buf), expected);
}

static void ratios_are_honest(void **state)
{
    struct dom_counts c = {.eligible = 28, .issued = 28, .unrecorded = 2};
    (void)state;
    ratio_of(c.issued, dom_coverage_base(&c, true), "{\"r\":0.9333}");
    ratio_of(0, 0, "{\"r\":null}");
    ratio_of(1199, 1200, "{\"r\":0.9992}");
    ratio_of(99999, 100000, "{\"r\":0.9999}");
}

/* One has it and uses it; the other, on long leave, has none: he is out of the base of adoption all the same. */
static void use_told_later_takes_leave_out_of_the_base(void **state)
{
    struct dom_counts kept = {.eligible = 2, .issued = 1, .on_long_leave = 1},
                      later = {.eligible = 2, .issued = 1, .on_long_leave = 1, .used = 1, .on_leave_unused = 1};
    (void)state;
    dom_counts_take_use(&kept, &later);
    assert_int_equal(kept.on_leave_unused, 1);
    assert_int_equal(dom_adoption_base(&kept, true), 1);
    /* whoever was recorded or went on leave later is not of that day */
    later = (struct dom_counts){.eligible = 9, .issued = 5, .on_long_leave = 4, .used = 5, .on_leave_unused = 4};
    dom_counts_take_use(&kept, &later);
    assert_int_equal(kept.on_leave_unused, 1);
    kept = (struct dom_counts){.eligible = 2, .issued = 2, .on_long_leave = 2};
    dom_counts_take_use(&kept, &later);
    assert_int_equal(kept.used, 2);
    assert_int_equal(kept.on_leave_unused, 0);
}

/* The limit itself belongs to the better band, and what only rounds up to it does not. */
static void bands_are_exact(void **state)
{
    const struct dom_bands bands = {{85, 70, 50}};

    (void)state;
    assert_int_equal(dom_band_of(&bands, 85, 100), DOM_BAND_TOT);
    assert_int_equal(dom_band_of(&bands, 849999, 1000000), DOM_BAND_KHA);
    assert_int_equal(dom_band_of(&bands, 7, 10), DOM_BAND_KHA);
    assert_int_equal(dom_band_of(&bands, 1, 2), DOM_BAND_TRUNG_BINH);
    assert_int_equal(dom_band_of(&bands, 0, 2), DOM_BAND_YEU);
    assert_int_equal(dom_band_of(&bands, 0, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gap_by_total),       cmocka_unit_test(gap_by_category),
        cmocka_unit_test(headcount_in_force), cmocka_unit_test(bands_are_exact),
        cmocka_unit_test(parents_are_sums),   cmocka_unit_test(coverage_base),
        cmocka_unit_test(ratios_are_honest),  cmocka_unit_test(use_told_later_takes_leave_out_of_the_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
