#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "congvu/staff.h"
#include "congvu/system.h"

static void the_table_of_states(void **state)
{
    static const struct {
        enum dom_observed at;
        bool login, receives, issued;
    } rows[] = {
        {DOM_REQUESTED, false, false, false},  {DOM_PROVISIONED, true, true, true},
        {DOM_OBS_ACTIVE, true, true, true},    {DOM_TEMP_LOCKED, false, true, true},
        {DOM_OBS_CLOSED, false, false, false}, {DOM_OBS_REVOKED, false, false, false},
        {DOM_MIGRATING, false, true, true},
    };
    (void)state;
    assert_int_equal(CV_COUNT(rows), DOM_OBSERVEDS);
    for (size_t i = 0; i < CV_COUNT(rows); i++) {
        assert_int_equal(dom_may_login(rows[i].at), rows[i].login);
        assert_int_equal(dom_may_receive(rows[i].at), rows[i].receives);
        assert_int_equal(dom_counts_issued(rows[i].at), rows[i].issued);
    }
}

static void desired_becomes_observed(void **state)
{
    (void)state;
    assert_int_equal(dom_observed_for(DOM_PRESENT, false), DOM_PROVISIONED);
    assert_int_equal(dom_observed_for(DOM_PRESENT, true), DOM_OBS_ACTIVE);
    for (int set = 0; set < 2; set++) {
        assert_int_equal(dom_observed_for(DOM_LOCKED, set), DOM_TEMP_LOCKED);
        assert_int_equal(dom_observed_for(DOM_CLOSED, set), DOM_OBS_CLOSED);
        assert_int_equal(dom_observed_for(DOM_REVOKED, set), DOM_OBS_REVOKED);
    }
    for (int d = 0; d < DOM_DESIREDS; d++)
        for (int set = 0; set < 2; set++)
            assert_false(dom_in_drift((enum dom_desired)d, dom_observed_for((enum dom_desired)d, set)));
}

static void drift(void **state)
{
    (void)state;
    assert_true(dom_in_drift(DOM_PRESENT, DOM_REQUESTED));
    assert_true(dom_in_drift(DOM_PRESENT, DOM_TEMP_LOCKED));
    assert_true(dom_in_drift(DOM_PRESENT, DOM_OBS_CLOSED));
    assert_false(dom_in_drift(DOM_PRESENT, DOM_MIGRATING));
    assert_true(dom_in_drift(DOM_CLOSED, DOM_OBS_ACTIVE));
    assert_true(dom_in_drift(DOM_CLOSED, DOM_PROVISIONED));
    assert_true(dom_in_drift(DOM_LOCKED, DOM_OBS_CLOSED));
    assert_true(dom_in_drift(DOM_REVOKED, DOM_OBS_CLOSED));
    assert_false(dom_in_drift(DOM_CLOSED, DOM_REQUESTED));
    assert_false(dom_in_drift(DOM_CLOSED, DOM_OBS_REVOKED));
    assert_false(dom_in_drift(DOM_REVOKED, DOM_REQUESTED));
}

static void who_must_have_it(void **state)
{
    const char *positions[] = {"ke toan", "hieu truong"};
    struct dom_required lines[] = {
        {.blocks = 1u << DOM_CHINH_QUYEN, .categories = 1u << DOM_CONG_CHUC | 1u << DOM_VIEN_CHUC},
        {.unit_kinds = 1u << DOM_TRUONG_HOC, .positions = positions, .position_count = 2},
    };
    struct dom_system s = {.slug = "x", .required = lines, .required_count = 2};
    (void)state;
    assert_true(dom_required_by(&s, DOM_CHINH_QUYEN, DOM_PHONG, DOM_CONG_CHUC, "chuyen vien"));
    assert_true(dom_required_by(&s, DOM_CHINH_QUYEN, DOM_PHONG, DOM_VIEN_CHUC, NULL));
    assert_false(dom_required_by(&s, DOM_CHINH_QUYEN, DOM_PHONG, DOM_CAN_BO, NULL));
    assert_false(dom_required_by(&s, DOM_DANG_DOAN_THE, DOM_PHONG, DOM_CONG_CHUC, NULL));
    assert_false(dom_required_by(&s, -1, DOM_PHONG, DOM_CONG_CHUC, NULL)); /* block unknown */
    assert_true(dom_required_by(&s, DOM_DANG_DOAN_THE, DOM_TRUONG_HOC, DOM_CAN_BO, "ke toan"));
    assert_true(dom_required_by(&s, -1, DOM_TRUONG_HOC, DOM_CAN_BO, "hieu truong"));
    assert_false(dom_required_by(&s, DOM_DANG_DOAN_THE, DOM_TRUONG_HOC, DOM_CAN_BO, "ke toan truong"));
    assert_false(dom_required_by(&s, DOM_DANG_DOAN_THE, DOM_TRUONG_HOC, DOM_CAN_BO, NULL));
    struct dom_required any = {0};
    s.required = &any;
    s.required_count = 1;
    assert_true(dom_required_by(&s, -1, DOM_DANG, DOM_NLD_HOP_DONG, NULL));
    s.required_count = 0; /* optional for all */
    assert_false(dom_required_by(&s, DOM_CHINH_QUYEN, DOM_PHONG, DOM_CONG_CHUC, NULL));
}

static void finding_an_account(void **state)
{
    struct dom_account accounts[] = {{.system = "mailbox"}, {.system = "td-office"}};
    struct dom_staff s = {.accounts = accounts, .account_count = 2};
    (void)state;
    assert_ptr_equal(dom_account_of(&s, "td-office"), &accounts[1]);
    assert_null(dom_account_of(&s, "td"));
}

/* Noon at the site. */
static cv_moment at(cv_day day)
{
    return cv_day_start(day) + 12 * 3600;
}

static void a_lock_is_no_new_issue(void **state)
{
    struct cv_error err;
    struct dom_account a = {.observed = DOM_REQUESTED, .since = CV_NO_MOMENT};
    (void)state;
    assert_true(cv_clock_init("Asia/Ho_Chi_Minh", 0, &err));
    dom_observe(&a, DOM_PROVISIONED, at(100));
    assert_true(a.observed == DOM_PROVISIONED && a.since == at(100) && a.issued_on == 100);
    dom_observe(&a, DOM_OBS_ACTIVE, at(110));
    dom_observe(&a, DOM_TEMP_LOCKED, at(120));
    dom_observe(&a, DOM_OBS_ACTIVE, at(130));
    assert_true(a.since == at(130) && a.issued_on == 100);
    dom_observe(&a, DOM_OBS_CLOSED, at(140));
    assert_int_equal(a.issued_on, 0);
    dom_observe(&a, DOM_PROVISIONED, at(150));
    assert_int_equal(a.issued_on, 150);
    dom_observe(&a, DOM_PROVISIONED, at(90)); /* told wrongly at first */
    assert_int_equal(a.issued_on, 90);
}

static void a_part_of_one_day_is_told_once(void **state)
{
    struct dom_account a = {.observed = DOM_REQUESTED, .since = CV_NO_MOMENT};
    (void)state;
    dom_observe(&a, DOM_PROVISIONED, at(100));
    dom_observe(&a, DOM_TEMP_LOCKED, at(100));
    assert_int_equal(a.span_count, 0); /* still issued: no day's end saw another state */
    dom_observe(&a, DOM_OBS_CLOSED, at(100));
    assert_true(a.span_count == 1 && a.spans[0].from == 100 && a.spans[0].to == 100);
    dom_observe(&a, DOM_PROVISIONED, at(100));
    dom_observe(&a, DOM_OBS_CLOSED, at(100));
    assert_int_equal(a.span_count, 1);
}

static void has_span(const struct dom_account *a, size_t i, cv_day from, cv_day to, enum dom_stand how)
{
    assert_true(i < a->span_count);
    assert_int_equal(a->spans[i].from, from);
    assert_int_equal(a->spans[i].to, to);
    assert_int_equal(a->spans[i].how, how);
}

static void what_figures_ask_is_kept_with_its_days(void **state)
{
    struct dom_account a = {.observed = DOM_REQUESTED, .since = CV_NO_MOMENT};
    (void)state;
    dom_observe(&a, DOM_PROVISIONED, at(100));
    dom_observe(&a, DOM_OBS_ACTIVE, at(110));
    assert_int_equal(a.span_count, 0); /* told by its moment */
    dom_give_reason(&a, "leave", at(120));
    dom_observe(&a, DOM_TEMP_LOCKED, at(120));
    assert_int_equal(a.span_count, 2);
    has_span(&a, 0, 100, 110, DOM_STOOD_ISSUED);
    has_span(&a, 1, 110, 120, DOM_STOOD_ACTIVE);
    dom_give_reason(&a, "inactivity", at(125));
    dom_give_reason(&a, "inactivity", at(126));
    dom_give_reason(&a, NULL, at(130));
    dom_observe(&a, DOM_OBS_ACTIVE, at(130));
    assert_int_equal(a.span_count, 4);
    has_span(&a, 2, 120, 125, DOM_STOOD_LOCKED);
    has_span(&a, 3, 125, 130, DOM_STOOD_IDLE);
    dom_observe(&a, DOM_PROVISIONED, at(140));
    dom_observe(&a, DOM_OBS_CLOSED, at(150));
    assert_int_equal(a.span_count, 6);
    has_span(&a, 4, 130, 140, DOM_STOOD_ACTIVE);
    has_span(&a, 5, 140, 150, DOM_STOOD_ISSUED);
    dom_give_reason(&a, "departure", at(160));
    assert_int_equal(a.span_count, 6);
}

static void older_data_know_it_from_the_state(void **state)
{
    struct dom_account a = {.observed = DOM_OBS_ACTIVE, .since = at(100)};
    (void)state;
    dom_observe(&a, DOM_TEMP_LOCKED, at(120));
    assert_int_equal(a.issued_on, 100);
}

static void an_unlock_leaves_older_data_what_they_were(void **state)
{
    struct dom_account a = {.observed = DOM_TEMP_LOCKED, .since = at(100), .reason = "leave"};
    enum dom_stand how;
    (void)state;
    assert_false(dom_stood_on(&a, 99, &how));
    dom_give_reason(&a, NULL, at(120));
    dom_observe(&a, DOM_OBS_ACTIVE, at(120));
    assert_int_equal(a.span_count, 1);
    has_span(&a, 0, 100, 120, DOM_STOOD_LOCKED);
    assert_false(dom_stood_on(&a, 99, &how));
    assert_true(dom_stood_on(&a, 100, &how) && how == DOM_STOOD_LOCKED);
    assert_true(dom_stood_on(&a, 120, &how) && how == DOM_STOOD_ACTIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_states),
        cmocka_unit_test(desired_becomes_observed),
        cmocka_unit_test(drift),
        cmocka_unit_test(who_must_have_it),
        cmocka_unit_test(finding_an_account),
        cmocka_unit_test(a_lock_is_no_new_issue),
        cmocka_unit_test(a_part_of_one_day_is_told_once),
        cmocka_unit_test(what_figures_ask_is_kept_with_its_days),
        cmocka_unit_test(older_data_know_it_from_the_state),
        cmocka_unit_test(an_unlock_leaves_older_data_what_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
