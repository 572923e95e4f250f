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
    const struct prov_trier who = {.peer = peer};
    int wait = 0;
    if (!prov_attempt_begin(a, &who, now, &wait)) {
        assert_true(wait >= 1);
        return false;
    }
    prov_attempt_end(a, &who, now, wrong ? PROV_TRIED_WRONG : PROV_TRIED_RIGHT);
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
    assert_false(prov_attempt_begin(a, &(struct prov_trier){.peer = "192.0.2.1"}, second, &wait));
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
        assert_true(prov_attempt_begin(a, &(struct prov_trier){.peer = "192.0.2.1"}, second, &wait));
    assert_false(prov_attempt_begin(a, &(struct prov_trier){.peer = "192.0.2.1"}, second, &wait));
    prov_attempt_end(a, &(struct prov_trier){.peer = "192.0.2.1"}, second, PROV_TRIED_RIGHT);
    assert_true(prov_attempt_begin(a, &(struct prov_trier){.peer = "192.0.2.1"}, second, &wait));
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

/* The wait, 0 = it was let through and was wrong (or right). */
static int password(struct prov_attempts *a, struct prov_trier who, int64_t now, bool wrong)
{
    int wait = 0;
    if (!prov_attempt_begin(a, &who, now, &wait))
        return wait;
    prov_attempt_end(a, &who, now, wrong ? PROV_TRIED_WRONG : PROV_TRIED_RIGHT);
    return 0;
}

static void each_further_wrong_password_doubles_the_wait(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    struct prov_trier who = {.peer = "192.0.2.1", .account = "stf_lan"};
    int64_t now = second;
    (void)state;
    for (int i = 0; i < PROV_WRONG_ACCOUNT; i++)
        assert_int_equal(password(a, who, now, true), 0);
    int waits[] = {2, 4, 8, 16};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        assert_int_equal(password(a, who, now, true), waits[i]);
        now += waits[i] * second;
        assert_int_equal(password(a, who, now, true), 0);
    }
    for (int i = 0; i < 40; i++) {
        int wait = password(a, who, now, true);
        assert_in_range(wait, 0, PROV_WRONG_MOST_S);
        now += wait * second;
    }
    prov_attempts_free(&a);
}

static void nobody_is_held_out_by_who_fails_in_her_name(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    struct prov_trier far = {.peer = "192.0.2.66", .account = "stf_lan"},
                      near = {.peer = "10.0.0.5", .account = "stf_lan"};
    struct prov_trier her = {.peer = "10.0.0.5", .account = "stf_lan"},
                      known = {.peer = "10.0.0.5", .account = "stf_lan", .browser = "b1"};
    (void)state;
    while (password(a, far, second, true) == 0)
        ;
    assert_int_equal(password(a, her, second, false), 0); /* from another network */
    while (password(a, near, second, true) == 0)
        ;
    assert_int_not_equal(password(a, her, second, false), 0);
    assert_int_equal(password(a, known, second, false),
                     0); /* in the attacker's own network, from the browser she uses */
    for (int i = 0; i < PROV_WRONG_ACCOUNT; i++)
        assert_int_equal(password(a, known, second, true), 0);
    assert_int_not_equal(password(a, known, second, true), 0); /* which is no way round the rule */
    prov_attempts_free(&a);
}

static void a_right_password_clears_its_account(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    struct prov_trier who = {.peer = "192.0.2.1", .account = "stf_lan"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        for (int k = 1; k < PROV_WRONG_ACCOUNT; k++)
            assert_int_equal(password(a, who, second, true), 0);
        assert_int_equal(password(a, who, second, false), 0);
    }
    prov_attempts_free(&a);
}

static void what_nobody_answered_clears_nothing(void **state)
{
    struct prov_attempts *a = prov_attempts_new();
    struct prov_trier who = {.peer = "192.0.2.1", .account = "stf_lan"};
    int wait = 0;
    (void)state;
    for (int i = 1; i < PROV_WRONG_ACCOUNT; i++)
        assert_int_equal(password(a, who, second, true), 0);
    assert_true(prov_attempt_begin(a, &who, second, &wait));
    prov_attempt_end(a, &who, second, PROV_TRIED_UNKNOWN);
    assert_int_equal(password(a, who, second, true), 0);
    assert_int_not_equal(password(a, who, second, true), 0);
    prov_attempts_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_client_is_slowed_and_rests),
                                       cmocka_unit_test(right_ones_cost_nothing),
                                       cmocka_unit_test(what_runs_counts_until_it_ends),
                                       cmocka_unit_test(all_together_slow_only_who_was_wrong),
                                       cmocka_unit_test(one_network_of_ipv6_is_one_client),
                                       cmocka_unit_test(the_table_is_bounded),
                                       cmocka_unit_test(each_further_wrong_password_doubles_the_wait),
                                       cmocka_unit_test(nobody_is_held_out_by_who_fails_in_her_name),
                                       cmocka_unit_test(a_right_password_clears_its_account),
                                       cmocka_unit_test(what_nobody_answered_clears_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
