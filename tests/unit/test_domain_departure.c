#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/wish.h"

static const struct dom_system mailbox = {.slug = "mailbox", .kind = DOM_DIRECTORY, .receives_mail = true},
                               office = {.slug = "td-office", .kind = DOM_DIRECTORY};

struct leaving {
    struct dom_staff staff;
    struct dom_departure departures[DOM_DEPARTURES_MAX + 1];
    struct dom_account accounts[DOM_SYSTEMS_MAX];
    struct dom_departure *d;
    bool began;
    struct cv_error err;
};

static void leaving_new(struct leaving *l)
{
    memset(l, 0, sizeof(*l));
    l->staff = dom_staff_new((struct cv_id){0});
    l->staff.departures = l->departures;
    l->staff.accounts = l->accounts;
}

static cv_moment noon(cv_day day)
{
    return cv_day_start(day) + 43200;
}

static bool order_on(struct leaving *l, cv_day today, cv_day on, const char *number)
{
    struct dom_order order = {.effective_on = on,
                              .decision = {.number = number, .signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY}};
    cv_error_clear(&l->err);
    return dom_departure_take(&l->staff, &order, "tok_1", noon(today), &l->d, &l->began, &l->err);
}

enum { TODAY = 20000 };

static void the_earlier_date_wins(void **state)
{
    struct leaving l;
    (void)state;
    leaving_new(&l);
    assert_true(order_on(&l, TODAY, TODAY + 10, "1"));
    assert_int_equal(l.d->state, DOM_SCHEDULED);
    l.d->counted = true;
    assert_true(order_on(&l, TODAY, TODAY + 10, "2") && l.d->counted);
    assert_string_equal(l.d->decision.number, "2"); /* corrected */
    assert_true(order_on(&l, TODAY, TODAY + 5, NULL) && !l.d->counted);
    assert_int_equal(l.d->effective_on, TODAY + 5);
    assert_string_equal(l.d->decision.number, "2");
    assert_false(order_on(&l, TODAY, TODAY + 6, NULL));
    assert_int_equal(l.err.problem, cvp_departure_conflict);
    assert_true(order_on(&l, TODAY, CV_NO_DAY, NULL));
    assert_int_equal(l.d->effective_on, TODAY); /* now */
    assert_int_equal(l.staff.departure_count, 1);
}

static void what_was_carried_out_keeps_its_day(void **state)
{
    struct leaving l;
    (void)state;
    leaving_new(&l);
    assert_true(order_on(&l, TODAY, TODAY, "1") && !l.began);
    l.staff.credential_set = true;
    l.staff.activation_digest = "x";
    dom_departure_begin(&l.staff, l.d, noon(TODAY));
    assert_false(l.staff.credential_set);
    assert_null(l.staff.activation_digest);
    assert_true(order_on(&l, TODAY + 3, CV_NO_DAY, NULL) && l.began);
    assert_true(order_on(&l, TODAY + 3, TODAY - 5, NULL) && l.began);
    assert_int_equal(l.d->effective_on, TODAY);
    assert_false(order_on(&l, TODAY + 3, TODAY + 3, NULL));
    assert_false(dom_departure_withdraw(&l.staff, "tok_2", noon(TODAY), &l.err));
    assert_int_equal(l.err.problem, cvp_departure_done);
}

static void a_stale_export_undoes_nothing(void **state)
{
    static const struct {
        cv_day on;
        const char *number;
        bool taken;
    } rows[] = {{TODAY + 1, "1", false}, {TODAY, "2", false},      {CV_NO_DAY, NULL, false},
                {TODAY + 1, "2", true},  {TODAY + 1, NULL, false}, {TODAY + 2, NULL, true},
                {CV_NO_DAY, "2", true},  {CV_NO_DAY, "1", false},  {TODAY - 3, "2", false}};
    (void)state;
    for (size_t i = 0; i < CV_COUNT(rows); i++) {
        struct leaving l;
        leaving_new(&l);
        assert_true(order_on(&l, TODAY, TODAY + 1, "1"));
        assert_true(dom_departure_withdraw(&l.staff, "tok_2", noon(TODAY), &l.err));
        assert_false(dom_departure_withdraw(&l.staff, "tok_2", noon(TODAY), &l.err));
        assert_int_equal(order_on(&l, TODAY, rows[i].on, rows[i].number), rows[i].taken);
        assert_int_equal(l.err.problem, rows[i].taken ? cvp_none : cvp_departure_withdrawn);
    }
}

static void there_is_an_end_of_departures(void **state)
{
    struct leaving l;
    (void)state;
    leaving_new(&l);
    for (int i = 0; i < DOM_DEPARTURES_MAX; i++) {
        assert_true(order_on(&l, TODAY + i, TODAY + i + 1, NULL));
        assert_int_equal(l.d->number, i + 1);
        assert_true(dom_departure_withdraw(&l.staff, "tok_2", noon(TODAY + i), &l.err));
    }
    assert_false(order_on(&l, TODAY + 100, TODAY + 101, NULL));
    assert_int_equal(l.err.problem, cvp_conflict);
}

/* A departure under way, and an account as given. */
static struct dom_account *begun(struct leaving *l, const char *keep, struct dom_account account)
{
    leaving_new(l);
    assert_true(order_on(l, TODAY, TODAY, NULL));
    l->d->keep_mail_until = keep;
    dom_departure_begin(&l->staff, l->d, noon(TODAY));
    l->accounts[0] = account;
    l->staff.account_count = 1;
    return &l->accounts[0];
}

static void what_a_departure_takes(void **state)
{
    char until[CV_DAY_TEXT];
    cv_day_iso(TODAY + 5, until);
    const struct {
        struct dom_account account;
        const struct dom_system *system;
        cv_day today;
        bool wanted;
        enum dom_desired state;
        enum dom_cause cause;
    } rows[] = {
        {{.system = "td-office"}, &office, TODAY, true, DOM_CLOSED, DOM_BY_DEPARTURE},
        {{.system = "td-office", .desired = DOM_CLOSED}, &office, TODAY, false, 0, 0},
        {{.system = "td-office", .desired = DOM_REVOKED}, &office, TODAY, false, 0, 0},
        {{.system = "td-office", .desired = DOM_LOCKED, .reason = "violation"},
         &office,
         TODAY,
         true,
         DOM_CLOSED,
         DOM_BY_DEPARTURE_LOCKED},
        {{.system = "mailbox"}, &mailbox, TODAY + 5, true, DOM_LOCKED, DOM_BY_DEPARTURE},
        {{.system = "mailbox", .desired = DOM_LOCKED, .cause = DOM_BY_DEPARTURE}, &mailbox, TODAY + 5, false, 0, 0},
        {{.system = "mailbox", .desired = DOM_LOCKED, .cause = DOM_BY_DEPARTURE},
         &mailbox,
         TODAY + 6,
         true,
         DOM_CLOSED,
         DOM_BY_DEPARTURE},
        {{.system = "mailbox", .desired = DOM_CLOSED, .cause = DOM_BY_DEPARTURE},
         &mailbox,
         TODAY,
         true,
         DOM_LOCKED,
         DOM_BY_DEPARTURE}, /* kept longer after all */
        {{.system = "mailbox", .desired = DOM_CLOSED, .reason = "departure"}, &mailbox, TODAY, false, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(rows); i++) {
        struct leaving l;
        struct dom_wish w;
        begun(&l, until, rows[i].account);
        bool wanted = dom_leaver_wish(&l.staff, rows[i].system, DOM_CLOSED, rows[i].today, &w);
        assert_int_equal(wanted, rows[i].wanted);
        if (wanted) {
            assert_int_equal(w.state, rows[i].state);
            assert_int_equal(w.cause, rows[i].cause);
        }
    }
}

static void nothing_is_taken_before_it_begins(void **state)
{
    struct leaving l;
    struct dom_wish w;
    (void)state;
    begun(&l, NULL, (struct dom_account){.system = "mailbox"});
    l.d->started_at = CV_NO_MOMENT;
    assert_false(dom_leaver_wish(&l.staff, &mailbox, DOM_CLOSED, TODAY, &w));
}

static void who_comes_back_gets_what_the_departure_took(void **state)
{
    static const struct {
        enum dom_cause cause;
        bool asked, required, wanted;
        enum dom_desired state;
    } rows[] = {{DOM_BY_DEPARTURE, false, true, true, DOM_PRESENT},
                {DOM_BY_DEPARTURE, true, false, true, DOM_PRESENT},
                {DOM_BY_DEPARTURE, false, false, false, 0},
                {DOM_BY_HAND, true, true, false, 0},
                {DOM_BY_COMPROMISE, true, true, false, 0},
                {DOM_BY_TRANSFER, false, true, false, 0},
                {DOM_BY_DEPARTURE_LOCKED, true, false, true, DOM_LOCKED}};
    (void)state;
    for (size_t i = 0; i < CV_COUNT(rows); i++) {
        struct dom_account a = {
            .desired = DOM_CLOSED, .reason = "departure", .cause = rows[i].cause, .asked = rows[i].asked};
        struct dom_wish w;
        assert_int_equal(dom_returner_wish(&a, rows[i].required, &w), rows[i].wanted);
        if (rows[i].wanted)
            assert_int_equal(w.state, rows[i].state);
    }
}

static void coming_back_ends_the_departure(void **state)
{
    struct leaving l;
    (void)state;
    leaving_new(&l);
    assert_false(dom_reinstate(&l.staff, "tok_2", noon(TODAY), &l.err));
    assert_int_equal(l.err.problem, cvp_not_departed);
    assert_true(order_on(&l, TODAY, TODAY + 1, NULL));
    assert_false(dom_reinstate(&l.staff, "tok_2", noon(TODAY), &l.err));
    l.staff.credential_set = true;
    assert_true(dom_reinstate(&l.staff, "tok_2", noon(TODAY + 1), &l.err));
    assert_false(l.staff.credential_set);
    assert_null(dom_current_departure(&l.staff));
    assert_string_equal(l.departures[0].ended_by, "tok_2");
}

static void done_when_every_account_is_settled(void **state)
{
    struct leaving l;
    struct dom_account *a = begun(&l, NULL, (struct dom_account){.system = "x", .observed = DOM_OBS_ACTIVE});
    (void)state;
    a->desired = DOM_CLOSED;
    assert_int_equal(dom_departure_state_now(&l.staff, l.d), DOM_IN_PROGRESS);
    a->observed = DOM_OBS_CLOSED;
    assert_int_equal(dom_departure_state_now(&l.staff, l.d), DOM_DONE);
    dom_departure_settle(&l.staff);
    assert_int_equal(l.d->state, DOM_DONE);
    l.d->state = DOM_HELD;
    assert_int_equal(dom_departure_state_now(&l.staff, l.d), DOM_HELD);
}

static void the_next_day_that_matters(void **state)
{
    struct dom_alias aliases[] = {{.address = "a", .until = TODAY + 9}, {.address = "b", .until = CV_NO_DAY}};
    struct dom_system systems[] = {mailbox, office};
    char until[CV_DAY_TEXT];
    struct leaving l;
    (void)state;
    cv_day_iso(TODAY + 5, until);
    struct dom_account *a = begun(&l, until, (struct dom_account){.system = "mailbox", .desired = DOM_LOCKED});
    assert_int_equal(dom_due_at(&l.staff, systems, 2, TODAY), cv_day_start(TODAY + 6));
    l.staff.aliases = aliases;
    l.staff.alias_count = 2;
    assert_int_equal(dom_due_at(&l.staff, systems, 2, TODAY), cv_day_start(TODAY + 6));
    a->desired = DOM_CLOSED;
    assert_int_equal(dom_due_at(&l.staff, systems, 2, TODAY), cv_day_start(TODAY + 10));
    l.staff.alias_count = 0;
    assert_int_equal(dom_due_at(&l.staff, systems, 2, TODAY), CV_NO_MOMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earlier_date_wins),
        cmocka_unit_test(what_was_carried_out_keeps_its_day),
        cmocka_unit_test(a_stale_export_undoes_nothing),
        cmocka_unit_test(there_is_an_end_of_departures),
        cmocka_unit_test(what_a_departure_takes),
        cmocka_unit_test(nothing_is_taken_before_it_begins),
        cmocka_unit_test(who_comes_back_gets_what_the_departure_took),
        cmocka_unit_test(coming_back_ends_the_departure),
        cmocka_unit_test(done_when_every_account_is_settled),
        cmocka_unit_test(the_next_day_that_matters),
    };
    struct cv_error err = {0};
    if (!cv_clock_init("Asia/Ho_Chi_Minh", 0, &err))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
