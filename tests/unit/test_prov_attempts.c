#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "provision/core/attempts.h"

static const int64_t second = 1000000000;

static bool try(struct prov_attempts *a, const char *peer, int64_t now, bool wrong)
{
    int wait = 0;
    if (!prov_attempt_begin(a, peer, now, &wait)) {
        assert_true(wait >= 1);
        return false;
    }
    prov_attempt_end(a, peer, now, wrong);
    return true;
}

static int wrong_until_stopped(struct prov_attempts *a, const char *peer, int64_t now)
{
    int count = 0;
    while (count < 1000 && try(a, peer, now, true))
        count++;
    return count;
}

static void one_client_is_slowed_and_rests(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    int wait = 0;
    (void)state;
    assert_int_equal(wrong_until_stopped(a, "192.0.2.1", second), PROV_WRONG_BURST);
    assert_false(prov_attempt_begin(a, "192.0.2.1", second, &wait));
    assert_int_equal(wait, PROV_WRONG_REST_S);
    assert_false(try(a, "::ffff:192.0.2.1", second, false)); /* the same one */
    assert_true(try(a, "192.0.2.2", second, false));
    assert_true(try(a, "192.0.2.1", second * (1 + PROV_WRONG_REST_S), true));
    assert_false(try(a, "192.0.2.1", second * (1 + PROV_WRONG_REST_S), true));
    prov_attempts_free(&a);
}

static void right_ones_cost_nothing(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_true(try(a, "192.0.2.1", second, false));
    prov_attempts_free(&a);
}

static void what_runs_counts_until_it_ends(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    int wait = 0;
    (void)state;
    for (int i = 0; i < PROV_WRONG_BURST; i++)
        assert_true(prov_attempt_begin(a, "192.0.2.1", second, &wait));
    assert_false(prov_attempt_begin(a, "192.0.2.1", second, &wait));
    prov_attempt_end(a, "192.0.2.1", second, false);
    assert_true(prov_attempt_begin(a, "192.0.2.1", second, &wait));
    prov_attempts_free(&a);
}

static void all_together_slow_only_who_was_wrong(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    char peer[32];
    (void)state;
    for (int i = 0; i < PROV_WRONG_ALL_BURST; i++) {
        snprintf(peer, sizeof(peer), "10.0.%d.%d", i / 200, i % 200);
        assert_true(try(a, peer, second, true));
    }
    assert_false(try(a, "10.0.0.7", second, true));
    assert_true(try(a, "192.0.2.1", second, false)); /* never wrong: never slowed */
    assert_true(try(a, "192.0.2.1", second, true));
    assert_false(try(a, "192.0.2.1", second, false));
    assert_true(try(a, "10.0.0.7", second * 20, true));
    prov_attempts_free(&a);
}

static void one_network_of_ipv6_is_one_client(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    (void)state;
    assert_int_equal(wrong_until_stopped(a, "2001:db8:1:2::5", second), PROV_WRONG_BURST);
    assert_false(try(a, "2001:db8:1:2:9::1", second, true));
    assert_true(try(a, "2001:db8:1:3::5", second, true));
    prov_attempts_free(&a);
}

static void the_table_is_bounded(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    char peer[32];
    (void)state;
    for (int i = 0; i < 100000; i++) {
        snprintf(peer, sizeof(peer), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        assert_true(try(a, peer, second * (i + 1), false));
    }
    prov_attempts_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_client_is_slowed_and_rests),    cmocka_unit_test(right_ones_cost_nothing),
        cmocka_unit_test(what_runs_counts_until_it_ends),    cmocka_unit_test(all_together_slow_only_who_was_wrong),
        cmocka_unit_test(one_network_of_ipv6_is_one_client), cmocka_unit_test(the_table_is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
