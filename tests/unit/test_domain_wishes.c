#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/wish.h"

enum { TODAY = 20000 };
static const cv_moment NOW = 1728000000;
static const struct dom_system mailbox = {.slug = "mailbox", .kind = DOM_DIRECTORY, .receives_mail = true},
                               office = {.slug = "td-office", .kind = DOM_DIRECTORY},
                               paper = {.slug = "certificate", .kind = DOM_MANUAL},
                               remote = {.slug = "dms", .kind = DOM_CONNECTOR};

struct person {
    struct cv_arena *arena;
    struct dom_staff before, staff;
    struct dom_account was[DOM_SYSTEMS_MAX], accounts[DOM_SYSTEMS_MAX];
};

static void person_new(struct person *p)
{
    *p = (struct person){.arena = cv_arena_new(1 << 16)};
    p->staff = dom_staff_new((struct cv_id){0});
    p->staff.accounts = p->accounts;
    p->before = p->staff;
    p->before.accounts = p->was;
}

static bool wish(struct person *p, const struct dom_system *system, struct dom_wish w)
{
    struct dom_wishing how = {
        .before = &p->before, .staff = &p->staff, .system = system, .arena = p->arena, .now = NOW};
    return dom_wish_apply(&how, dom_account_need(&p->staff, system->slug), &w);
}

/* What was done so far is how the next change finds the person. */
static void saved(struct person *p)
{
    memcpy(p->was, p->accounts, sizeof(p->was));
    p->before = p->staff;
    p->before.accounts = p->was;
}

static bool by_hand(struct person *p, const struct dom_system *system, enum dom_desired desired, const char *reason)
{
    saved(p);
    return wish(p, system, (struct dom_wish){.state = desired, .reason = reason});
}

static const struct dom_account *of(const struct person *p, const struct dom_system *system)
{
    return dom_account_of(&p->staff, system->slug);
}

/* Everything given, an own password set. */
static void at_work(struct person *p)
{
    person_new(p);
    by_hand(p, &mailbox, DOM_PRESENT, NULL);
    by_hand(p, &office, DOM_PRESENT, NULL);
    p->staff.credential_set = true;
}

static void a_lock_says_why(void **state)
{
    static const struct {
        enum dom_desired wanted;
        enum dom_cause cause;
        const char *reason;
        const char *fault;
    } rows[] = {{DOM_LOCKED, DOM_BY_HAND, NULL, "required"},
                {DOM_LOCKED, DOM_BY_HAND, "compromized", "not_allowed_value"},
                {DOM_LOCKED, DOM_BY_HAND, "compromised", NULL},
                {DOM_LOCKED, DOM_BY_DEPARTURE, "departure", NULL},
                {DOM_CLOSED, DOM_BY_HAND, "a word of one's own", NULL},
                {DOM_CLOSED, DOM_BY_HAND, NULL, NULL},
                {DOM_PRESENT, DOM_BY_HAND, NULL, NULL}};
    struct cv_arena *arena = cv_arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < CV_COUNT(rows); i++) {
        struct dom_wish w = {.state = rows[i].wanted, .reason = rows[i].reason, .cause = rows[i].cause};
        struct cv_faults faults;
        cv_faults_init(&faults, arena);
        dom_wish_check(&w, "/accounts/0/desired", &faults);
        assert_int_equal(faults.count, rows[i].fault != NULL);
        if (rows[i].fault != NULL) {
            assert_string_equal(faults.items[0].code, rows[i].fault);
            assert_string_equal(faults.items[0].at, "/accounts/0/desired/reason");
        }
    }
    cv_arena_free(&arena);
}

static void who_has_left_gets_nothing(void **state)
{
    struct dom_departure d = {.state = DOM_DONE, .effective_on = TODAY, .ended_at = CV_NO_MOMENT};
    struct dom_account account = {.desired = DOM_PRESENT, .observed = DOM_OBS_ACTIVE};
    struct person p;
    (void)state;
    person_new(&p);
    p.staff.departures = &d;
    p.staff.departure_count = 1;
    for (cv_day today = TODAY - 1; today <= TODAY + 1; today++) {
        for (int wanted = 0; wanted < DOM_DESIREDS; wanted++) {
            struct dom_wish w = {.state = (enum dom_desired)wanted};
            struct cv_error err = {0};
            bool refused = wanted == DOM_PRESENT && today >= TODAY;
            assert_int_equal(dom_wish_allowed(&p.staff, &w, today, &err), !refused);
            assert_int_equal(err.problem, refused ? cvp_staff_departed : cvp_none);
            assert_int_equal(*err.link != '\0', refused);
        }
        struct cv_error err = {0};
        assert_int_equal(dom_code_allowed(&p.staff, &account, today, &err), today < TODAY);
    }
    cv_arena_free(&p.arena);
}

static void a_code_is_for_what_is_wanted_and_works(void **state)
{
    struct person p;
    (void)state;
    person_new(&p);
    for (int wanted = 0; wanted < DOM_DESIREDS; wanted++)
        for (int seen = 0; seen < DOM_OBSERVEDS; seen++) {
            struct dom_account a = {.desired = (enum dom_desired)wanted, .observed = (enum dom_observed)seen};
            struct cv_error err = {0};
            bool fine = wanted == DOM_PRESENT && dom_may_login(a.observed);
            assert_int_equal(dom_code_allowed(&p.staff, &a, TODAY, &err), fine);
        }
    cv_arena_free(&p.arena);
}

static void a_code_ends_with_its_time_and_its_person(void **state)
{
    struct dom_departure d = {.state = DOM_SCHEDULED, .effective_on = cv_day_of(NOW) + 1, .ended_at = CV_NO_MOMENT};
    struct person p;
    (void)state;
    person_new(&p);
    assert_false(dom_code_redeemable(&p.staff, NOW));
    p.staff.activation_until = NOW + 2 * 86400;
    assert_true(dom_code_redeemable(&p.staff, NOW));
    assert_false(dom_code_redeemable(&p.staff, NOW + 2 * 86400));
    p.staff.departures = &d;
    p.staff.departure_count = 1;
    assert_true(dom_code_redeemable(&p.staff, NOW));
    assert_false(dom_code_redeemable(&p.staff, NOW + 86400)); /* though nothing has carried it out yet */
    cv_arena_free(&p.arena);
}

static void what_is_seen_by_kind_of_system(void **state)
{
    static const struct {
        const struct dom_system *system;
        enum dom_observed present, locked, closed, again;
    } rows[] = {{&mailbox, DOM_PROVISIONED, DOM_TEMP_LOCKED, DOM_OBS_CLOSED, DOM_PROVISIONED},
                {&paper, DOM_REQUESTED, DOM_REQUESTED, DOM_OBS_CLOSED, DOM_REQUESTED},
                {&remote, DOM_REQUESTED, DOM_REQUESTED, DOM_REQUESTED, DOM_REQUESTED}};
    (void)state;
    for (size_t i = 0; i < CV_COUNT(rows); i++) {
        struct person p;
        person_new(&p);
        bool works = rows[i].system == &mailbox;
        assert_false(by_hand(&p, rows[i].system, DOM_PRESENT, NULL));
        assert_int_equal(of(&p, rows[i].system)->observed, rows[i].present);
        assert_int_equal(by_hand(&p, rows[i].system, DOM_LOCKED, "leave"), works);
        assert_int_equal(of(&p, rows[i].system)->observed, rows[i].locked);
        assert_false(by_hand(&p, rows[i].system, DOM_CLOSED, NULL));
        assert_int_equal(of(&p, rows[i].system)->observed, rows[i].closed);
        by_hand(&p, rows[i].system, DOM_PRESENT, NULL);
        assert_int_equal(of(&p, rows[i].system)->observed, rows[i].again);
        assert_true(of(&p, rows[i].system)->asked);
        cv_arena_free(&p.arena);
    }
}

static void a_lock_beside_a_working_account_keeps_the_password(void **state)
{
    struct person p;
    (void)state;
    at_work(&p);
    by_hand(&p, &mailbox, DOM_LOCKED, "leave");
    by_hand(&p, &mailbox, DOM_PRESENT, NULL);
    assert_true(p.staff.credential_set);
    assert_int_equal(of(&p, &mailbox)->observed, DOM_OBS_ACTIVE);
    by_hand(&p, &mailbox, DOM_LOCKED, "leave");
    by_hand(&p, &office, DOM_LOCKED, "leave");
    by_hand(&p, &mailbox, DOM_PRESENT, NULL);
    assert_false(p.staff.credential_set); /* could sign in nowhere */
    assert_int_equal(of(&p, &mailbox)->observed, DOM_PROVISIONED);
    cv_arena_free(&p.arena);
}

static void an_own_password_is_kept_with_its_days(void **state)
{
    struct dom_staff s = dom_staff_new((struct cv_id){{1}});
    (void)state;
    dom_forget_password(&s, 90);
    assert_int_equal(s.password_count, 0);
    dom_set_password(&s, 100);
    dom_set_password(&s, 100);
    assert_int_equal(s.password_count, 0); /* most people never have more than the first one */
    dom_set_password(&s, 110);
    dom_set_password(&s, 120);
    assert_true(s.credential_set && s.credential_on == 120 && s.password_count == 1);
    assert_true(s.passwords[0].from == 100 && s.passwords[0].to == 120);
    dom_forget_password(&s, 130);
    dom_forget_password(&s, 140);
    assert_true(!s.credential_set && s.credential_on == CV_NO_DAY && s.password_count == 1);
    assert_true(s.passwords[0].from == 100 && s.passwords[0].to == 130);
    dom_set_password(&s, 150);
    dom_forget_password(&s, 150);
    assert_int_equal(s.password_count, 1); /* no day's end saw it */
    s.credential_set = true;               /* of a version that kept no day */
    dom_set_password(&s, 160);
    assert_true(s.password_count == 2 && s.passwords[1].from == CV_NO_DAY && s.passwords[1].to == 160);
}

static void a_stolen_password_opens_nothing_new(void **state)
{
    static const struct dom_system *const opened[] = {&mailbox, &office, &paper};
    (void)state;
    for (size_t i = 0; i < CV_COUNT(opened); i++) {
        struct person p;
        at_work(&p);
        by_hand(&p, &office, DOM_LOCKED, "leave");
        by_hand(&p, &paper, DOM_PRESENT, NULL);
        by_hand(&p, &paper, DOM_CLOSED, NULL);
        p.staff.activation_digest = "handed out before";
        by_hand(&p, &mailbox, DOM_LOCKED, "compromised");
        assert_null(p.staff.activation_digest);
        by_hand(&p, &mailbox, DOM_LOCKED, "other");
        by_hand(&p, &mailbox, DOM_CLOSED, NULL);
        assert_int_equal(of(&p, &mailbox)->cause, DOM_BY_COMPROMISE);
        assert_true(p.staff.credential_set);
        by_hand(&p, opened[i], DOM_PRESENT, NULL);
        assert_false(p.staff.credential_set);
        p.staff.credential_set = true; /* a new one */
        dom_trust_password(&p.staff);
        by_hand(&p, &office, DOM_PRESENT, NULL);
        by_hand(&p, &mailbox, DOM_PRESENT, NULL);
        assert_int_equal(p.staff.credential_set, opened[i] != &paper); /* with that alone he could sign in nowhere */
        cv_arena_free(&p.arena);
    }
}

static void only_a_lock_is_urgent(void **state)
{
    (void)state;
    assert_true(dom_wish_is_urgent(&(struct dom_wish){.state = DOM_LOCKED, .reason = "compromised"}));
    assert_false(dom_wish_is_urgent(&(struct dom_wish){.state = DOM_LOCKED, .reason = "other"}));
    assert_false(dom_wish_is_urgent(&(struct dom_wish){.state = DOM_CLOSED, .reason = "compromised"}));
    assert_false(dom_wish_is_urgent(
        &(struct dom_wish){.state = DOM_LOCKED, .reason = "compromised", .cause = DOM_BY_DEPARTURE}));
}

static void what_posts_want(void **state)
{
    struct dom_account given = {.desired = DOM_PRESENT}, asked = {.desired = DOM_PRESENT, .asked = true},
                       closed = {.desired = DOM_CLOSED, .cause = DOM_BY_TRANSFER},
                       hand = {.desired = DOM_CLOSED, .asked = true, .reason = "transfer"};
    struct dom_system usual = {.slug = "td-office"}, certificate = {.slug = "certificate", .certificates = true};
    struct dom_wish w;
    (void)state;
    assert_false(dom_post_wish(&certificate, &given, false, true, &w)); /* goes along inside the State */
    assert_true(dom_post_wish(&certificate, &closed, true, true, &w) && w.state == DOM_PRESENT);
    assert_true(dom_post_wish(&usual, NULL, true, false, &w) && w.state == DOM_PRESENT);
    assert_false(dom_post_wish(&usual, NULL, false, true, &w));
    assert_false(dom_post_wish(&usual, &given, false, false, &w));
    assert_true(dom_post_wish(&usual, &given, false, true, &w) && w.state == DOM_CLOSED && w.cause == DOM_BY_TRANSFER);
    assert_false(dom_post_wish(&usual, &asked, false, true, &w));
    assert_true(dom_post_wish(&usual, &closed, true, true, &w) && w.state == DOM_PRESENT);
    assert_false(dom_post_wish(&usual, &closed, true, false, &w));
    assert_false(dom_post_wish(&usual, &hand, true, true, &w));
}

static void data_that_kept_only_the_word(void **state)
{
    struct dom_departure d = {.started_at = 1000, .ended_at = CV_NO_MOMENT};
    struct dom_staff none = {0}, left = {.departures = &d, .departure_count = 1};
    (void)state;
    struct dom_account a = {.desired = DOM_CLOSED, .reason = "departure", .since = 1000};
    assert_int_equal(dom_cause_guess(&left, &a), DOM_BY_DEPARTURE);
    assert_int_equal(dom_cause_guess(&none, &a), DOM_BY_HAND);
    a.since = 999; /* closed before anything began */
    assert_int_equal(dom_cause_guess(&left, &a), DOM_BY_HAND);
    a = (struct dom_account){.desired = DOM_LOCKED, .reason = "compromised"};
    assert_int_equal(dom_cause_guess(&none, &a), DOM_BY_COMPROMISE);
    a = (struct dom_account){.desired = DOM_CLOSED, .reason = "transfer"};
    assert_int_equal(dom_cause_guess(&none, &a), DOM_BY_TRANSFER);
    a.asked = true;
    assert_int_equal(dom_cause_guess(&none, &a), DOM_BY_HAND);
    a = (struct dom_account){.desired = DOM_PRESENT, .reason = "compromised"};
    assert_int_equal(dom_cause_guess(&none, &a), DOM_BY_HAND);
}

static void there_is_an_end_of_systems(void **state)
{
    static char slugs[DOM_SYSTEMS_MAX + 1][8];
    struct person p;
    (void)state;
    person_new(&p);
    for (int i = 0; i <= DOM_SYSTEMS_MAX; i++) {
        slugs[i][0] = (char)('a' + i);
        struct dom_account *account = dom_account_need(&p.staff, slugs[i]);
        assert_int_equal(account != NULL, i < DOM_SYSTEMS_MAX);
    }
    assert_ptr_equal(dom_account_need(&p.staff, "a"), &p.accounts[0]);
    cv_arena_free(&p.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_says_why),
        cmocka_unit_test(who_has_left_gets_nothing),
        cmocka_unit_test(a_code_is_for_what_is_wanted_and_works),
        cmocka_unit_test(a_code_ends_with_its_time_and_its_person),
        cmocka_unit_test(what_is_seen_by_kind_of_system),
        cmocka_unit_test(a_lock_beside_a_working_account_keeps_the_password),
        cmocka_unit_test(an_own_password_is_kept_with_its_days),
        cmocka_unit_test(a_stolen_password_opens_nothing_new),
        cmocka_unit_test(only_a_lock_is_urgent),
        cmocka_unit_test(what_posts_want),
        cmocka_unit_test(data_that_kept_only_the_word),
        cmocka_unit_test(there_is_an_end_of_systems),
    };
    struct cv_error err = {0};
    if (!cv_clock_init("Asia/Ho_Chi_Minh", 0, &err))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
