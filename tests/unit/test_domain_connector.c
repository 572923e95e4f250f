/* When an account of a connector system wants something done. */
#include "base_test.h"
#include "congvu/connector.h"

enum { DAY_S = 86400 };

static bool due(enum dom_desired desired, enum dom_observed observed, bool synced, int keep)
{
    const struct dom_connector_look look = {.desired = desired, .observed = observed, .since = 1000, .synced = synced};
    const struct dom_connector connector = {.delete_after_days = keep};
    bool now = dom_connector_due(&look, &connector, 1000 + 10 * DAY_S);
    assert_true(!now || dom_connector_ever_due(&look));
    return now;
}

static void test_what_is_as_wanted_is_left_alone(void **state)
{
    (void)state;
    assert_false(due(DOM_PRESENT, DOM_PROVISIONED, true, -1) || due(DOM_PRESENT, DOM_OBS_ACTIVE, true, -1));
    assert_false(due(DOM_LOCKED, DOM_TEMP_LOCKED, true, -1) || due(DOM_LOCKED, DOM_REQUESTED, true, -1));
    assert_false(due(DOM_CLOSED, DOM_OBS_CLOSED, false, -1) || due(DOM_CLOSED, DOM_OBS_REVOKED, false, 3));
    assert_false(due(DOM_REVOKED, DOM_OBS_REVOKED, false, 3) || due(DOM_REVOKED, DOM_OBS_CLOSED, false, 30));
}

static void test_what_differs_or_is_not_confirmed_is_due(void **state)
{
    (void)state;
    assert_true(due(DOM_PRESENT, DOM_REQUESTED, true, -1) && due(DOM_PRESENT, DOM_TEMP_LOCKED, true, -1));
    assert_true(due(DOM_PRESENT, DOM_PROVISIONED, false, -1) && due(DOM_LOCKED, DOM_TEMP_LOCKED, false, -1));
    assert_true(due(DOM_CLOSED, DOM_OBS_ACTIVE, true, -1) && due(DOM_REVOKED, DOM_OBS_CLOSED, true, -1));
    /* perhaps it was made and the answer got lost */
    assert_true(due(DOM_CLOSED, DOM_REQUESTED, true, -1) && due(DOM_REVOKED, DOM_REQUESTED, true, 3));
}

static void test_closed_accounts_come_to_their_end(void **state)
{
    (void)state;
    assert_false(due(DOM_CLOSED, DOM_OBS_CLOSED, true, 11) || due(DOM_REVOKED, DOM_OBS_CLOSED, true, 11));
    assert_true(due(DOM_CLOSED, DOM_OBS_CLOSED, true, 10) && due(DOM_REVOKED, DOM_OBS_CLOSED, true, 10));
}

static void test_what_a_move_left_behind_is_due(void **state)
{
    const struct dom_connector_look look = {
        .desired = DOM_PRESENT, .observed = DOM_PROVISIONED, .since = 1000, .synced = true, .formers = true};
    (void)state;
    const struct dom_connector connector = {.delete_after_days = -1};
    assert_true(dom_connector_due(&look, &connector, 2000) && dom_connector_ever_due(&look));
}

static void test_what_is_gone_waits_until_somebody_says_so(void **state)
{
    const struct dom_connector_look look = {
        .desired = DOM_PRESENT, .observed = DOM_PROVISIONED, .since = 1000, .synced = true, .lost_at = 5000};
    struct dom_connector connector = {.delete_after_days = -1, .restore_at = 4999};
    (void)state;
    assert_false(dom_connector_due(&look, &connector, 9000));
    assert_true(dom_connector_ever_due(&look));
    connector.restore_at = 5000;
    assert_true(dom_connector_due(&look, &connector, 9000));
}

static void test_names_of_secret_files(void **state)
{
    (void)state;
    assert_true(dom_secret_name_valid("td-office.token") && dom_secret_name_valid("a"));
    assert_false(dom_secret_name_valid("") || dom_secret_name_valid("../secret.key") ||
                 dom_secret_name_valid(".hidden") || dom_secret_name_valid("a/b") || dom_secret_name_valid("a b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_as_wanted_is_left_alone),
        cmocka_unit_test(test_what_differs_or_is_not_confirmed_is_due),
        cmocka_unit_test(test_closed_accounts_come_to_their_end),
        cmocka_unit_test(test_what_a_move_left_behind_is_due),
        cmocka_unit_test(test_what_is_gone_waits_until_somebody_says_so),
        cmocka_unit_test(test_names_of_secret_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
