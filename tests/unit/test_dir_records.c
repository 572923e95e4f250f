/* Records against a real slapd: one write each, asserted revisions, claims, redeeming a code once, the brake's
 * compare-and-swap. */
#include <time.h>

#include "congvu/brake.h"
#include "congvu/records.h"
#include "congvu/staff.h"
#include "congvu/text.h"
#include "congvu/token.h"
#include "congvu/trace.h"
#include "congvu/unit.h"
#include "dir_server.h"

static const struct dir_actor actor = {"tok_x", "req-7", "http", NULL};

static struct dom_staff a_person(struct dom_post *post, struct dom_account *account)
{
    *post = dom_post_new(cv_id_make());
    post->primary = true;
    post->title = "Chuyên viên";
    *account = (struct dom_account){
        .system = "mailbox", .desired = DOM_PRESENT, .observed = DOM_PROVISIONED, .login = "an", .since = 1700000000};
    struct dom_staff s = dom_staff_new(cv_id_make());
    s.full_name = "Nguyễn An";
    s.family_name = "Nguyễn";
    s.given_name = "An";
    s.posts = post;
    s.post_count = 1;
    s.accounts = account;
    s.account_count = 1;
    return s;
}

static void add_save_read(void **state)
{
    struct server *s = *state;
    struct dom_post post;
    struct dom_account account;
    struct dom_staff in = a_person(&post, &account), back, changed;
    struct dir_stamp stamp;
    struct dir_entry entry;

    assert_ok(s, dir_staff_add(s->session, &in, &actor, &stamp, &s->err));
    assert_true(stamp.changed && stamp.revision == 1 && stamp.csn[0]);
    assert_false(dir_staff_add(s->session, &in, &actor, &stamp, &s->err));
    assert_int_equal(s->err.kind, CV_EXISTS);
    assert_ok(s, dir_staff_read(s->session, in.id, s->arena, &back, &s->err));
    assert_true(back.revision == 1 && back.created_at != CV_NO_MOMENT && back.updated_at == back.created_at);
    assert_string_equal(back.accounts[0].login, "an");

    assert_ok(s, dir_staff_save(s->session, &back, &back, false, &actor, &stamp, &s->err));
    assert_true(!stamp.changed && stamp.revision == 1);
    changed = back;
    changed.mobile = "+84901234567";
    assert_ok(s, dir_staff_save(s->session, &back, &changed, false, &actor, &stamp, &s->err));
    assert_true(stamp.changed && stamp.revision == 2);
    changed.mobile = "+84901234568";
    assert_false(
        dir_staff_save(s->session, &back, &changed, false, &actor, &stamp, &s->err)); /* still from revision 1 */
    assert_int_equal(s->err.kind, CV_STALE);
    assert_ok(s, dir_read_entry(s->session, dir_dn_staff(s->arena, BASE, in.id), s->arena, &entry, &s->err));
    assert_string_equal(dir_get_text(&entry, "cvActor"), "tok_x req-7 http");
    assert_string_equal(dir_get_text(&entry, "authorizedService"), "mailbox");
}

static void quiet_save_keeps_the_revision(void **state)
{
    struct server *s = *state;
    struct dom_post post;
    struct dom_account account, closed;
    struct dom_staff in = a_person(&post, &account), after, back;
    struct dir_stamp stamp;
    struct dir_entry entry;

    assert_ok(s, dir_staff_add(s->session, &in, &actor, &stamp, &s->err));
    in.revision = 1;
    after = in;
    closed = account;
    closed.observed = DOM_OBS_CLOSED;
    after.accounts = &closed;
    assert_ok(s, dir_staff_save(s->session, &in, &after, true, &actor, &stamp, &s->err));
    assert_true(stamp.changed);
    assert_ok(s, dir_staff_read(s->session, in.id, s->arena, &back, &s->err));
    assert_true(back.revision == 1 && back.accounts[0].observed == DOM_OBS_CLOSED);
    assert_ok(s, dir_read_entry(s->session, dir_dn_staff(s->arena, BASE, in.id), s->arena, &entry, &s->err));
    assert_null(dir_get(&entry, "authorizedService"));
    assert_null(dir_get(&entry, "cvReceives"));
}

static void claims_and_names(void **state)
{
    struct server *s = *state;
    struct dom_post post;
    struct dom_account account;
    struct dom_staff in = a_person(&post, &account), twin = a_person(&post, &account), found;
    const char *names[] = {"an@x.vn", "mailbox/an"};
    bool held = false;

    in.staff_code = "NS-0001";
    in.names = names;
    in.name_count = 2;
    in.idempotency = (struct dom_idempotency){"k1", "b1", 1700000000};
    assert_ok(s, dir_staff_add(s->session, &in, &actor, NULL, &s->err));
    twin.staff_code = "ns-0001";
    assert_false(dir_staff_add(s->session, &twin, &actor, NULL, &s->err));
    assert_int_equal(s->err.kind, CV_CONFLICT);
    assert_string_equal(s->err.field, "cvCode");
    assert_ok(s, dir_staff_find_code(s->session, "ns-0001", s->arena, &found, &s->err));
    assert_true(cv_id_equal(found.id, in.id));
    assert_ok(s, dir_staff_find_idempotency(s->session, "k1", s->arena, &found, &s->err));
    assert_string_equal(found.idempotency.body, "b1");
    assert_false(dir_staff_find_code(s->session, "nobody", s->arena, &found, &s->err));
    assert_int_equal(s->err.kind, CV_NOT_FOUND);
    const char *more[] = {"an@x.vn", "mailbox/an", "an2@x.vn"};
    struct dom_staff renamed;
    struct dir_stamp stamp;

    renamed = found;
    renamed.names = more;
    renamed.name_count = 3;
    renamed.staff_code = "NS-0002";
    assert_ok(s, dir_staff_save(s->session, &found, &renamed, false, &actor, &stamp,
                                &s->err)); /* unique under an assertion */
    assert_int_equal(stamp.revision, 2);
    assert_false(dir_staff_save(s->session, &found, &renamed, false, &actor, &stamp, &s->err));
    assert_int_equal(s->err.kind, CV_STALE);
    twin.staff_code = NULL;
    twin.names = more + 2;
    twin.name_count = 1;
    assert_false(dir_staff_add(s->session, &twin, &actor, NULL, &s->err));
    assert_int_equal(s->err.kind, CV_CONFLICT);
    assert_string_equal(s->err.field, "cvName");
    assert_ok(s, dir_name_held(s->session, "AN@x.vn", &held, &s->err));
    assert_true(held);
    assert_ok(s, dir_name_held(s->session, "nobody@x.vn", &held, &s->err));
    assert_false(held);
}

static void a_code_is_redeemed_once(void **state)
{
    struct server *s = *state;
    struct dom_post post;
    struct dom_account account, active;
    struct dom_staff in = a_person(&post, &account), after, back;
    struct dir_stamp stamp;

    in.activation_digest = "d1e2";
    in.activation_until = 1900000000;
    assert_ok(s, dir_staff_add(s->session, &in, &actor, &stamp, &s->err));
    assert_ok(s, dir_staff_find_activation(s->session, "d1e2", s->arena, &in, &s->err));
    after = in;
    after.credential_set = true;
    active = in.accounts[0];
    active.observed = DOM_OBS_ACTIVE;
    after.accounts = &active;
    assert_false(dir_staff_activate(s->session, &in, &after, "short", &actor, &stamp, &s->err));
    assert_int_equal(s->err.kind, CV_INVALID);
    assert_string_equal(s->err.field, "userPassword");
    assert_ok(s, dir_staff_activate(s->session, &in, &after, "Mưa-rào-2026!", &actor, &stamp, &s->err));
    assert_true(stamp.changed && stamp.revision == 2);
    assert_false(dir_staff_activate(s->session, &in, &after, "Nắng-to-2026!", &actor, &stamp, &s->err));
    assert_int_equal(s->err.kind, CV_STALE);
    assert_ok(s, dir_staff_read(s->session, in.id, s->arena, &back, &s->err));
    assert_true(back.credential_set && !back.activation_digest && back.activation_until == CV_NO_MOMENT);
    assert_int_equal(back.accounts[0].observed, DOM_OBS_ACTIVE);
}

static void units_and_tokens(void **state)
{
    struct server *s = *state;
    struct dom_unit unit = {.id = cv_id_make(),
                            .code = "H43.99",
                            .name = {"Sở Nội vụ", NULL},
                            .block = -1,
                            .active_from = CV_NO_DAY,
                            .active_to = CV_NO_DAY,
                            .idempotency.at = CV_NO_MOMENT,
                            .created_at = CV_NO_MOMENT,
                            .updated_at = CV_NO_MOMENT},
                    after, back;
    struct dom_token token = {.id = cv_id_make(),
                              .name = "n",
                              .digest = "abcd",
                              .scopes = DOM_STAFF_READ | DOM_TOKENS_WRITE,
                              .unit = unit.id,
                              .expires_at = 1900000000,
                              .revoked_at = CV_NO_MOMENT,
                              .created_at = CV_NO_MOMENT,
                              .idempotency = {"tk", "tb", 1700000000}},
                     kept;
    struct dir_stamp stamp;

    assert_ok(s, dir_unit_add(s->session, &unit, &actor, &stamp, &s->err));
    assert_ok(s, dir_unit_find_code(s->session, "h43.99", s->arena, &back, &s->err));
    after = back;
    assert_true(cv_day_parse("2025-07-01", &after.active_to));
    assert_ok(s, dir_unit_save(s->session, &back, &after, false, &actor, &stamp, &s->err));
    assert_int_equal(stamp.revision, 2);
    assert_false(dir_unit_find_code(s->session, "H43.99", s->arena, &back, &s->err)); /* the code is free again */
    assert_int_equal(s->err.kind, CV_NOT_FOUND);
    assert_ok(s, dir_unit_read(s->session, unit.id, s->arena, &back, &s->err));
    assert_ok(s, dir_unit_delete(s->session, &back, &actor, &s->err));
    assert_ok(s, dir_token_add(s->session, &token, &actor, &stamp, &s->err));
    assert_ok(s, dir_token_find_idempotency(s->session, "tk", s->arena, &token, &s->err));
    kept = token;
    kept.revoked_at = 1800000000;
    assert_ok(s, dir_token_save(s->session, &token, &kept, &actor, &stamp, &s->err));
    assert_ok(s, dir_token_read(s->session, token.id, s->arena, &kept, &s->err));
    assert_true(kept.revoked_at == 1800000000 && kept.revision == 2 &&
                kept.scopes == (DOM_STAFF_READ | DOM_TOKENS_WRITE));
}

/* As full as it may be, each text as long as it may be; and one that is too full is refused, not the end of it all. */
static void a_full_brake_is_written(void **state)
{
    enum { OPENINGS = 100, EVENTS = 30 * DOM_BRAKE_LOCKS_AHEAD_MAX + 55, TOO_MANY = 10000, SIGNS = 500, WIDE = 3 };
    static const char who[] = "tok_0123456789abcdefghjkmnpqrst", slug[] = "a-system-with-the-longest-slug-s";
    struct server *s = *state;
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct dom_brake brake, back;
    char *reason = cv_arena_alloc(arena, SIGNS * WIDE + 1), digest[CV_DIGEST_TEXT] = {0};
    for (int i = 0; i < SIGNS; i++)
        memcpy(reason + i * WIDE, "ộ", WIDE);
    memset(digest, 'd', sizeof digest - 1);
    assert_ok(s, dir_brake_read(s->session, cv_id_make(), arena, &brake, &s->err));
    brake.events = CV_NEWS(arena, struct dom_brake_event, TOO_MANY);
    brake.openings = CV_NEWS(arena, struct dom_brake_opening, OPENINGS);
    brake.locks = CV_NEWS(arena, struct dom_brake_lock, DOM_BRAKE_LOCKS_HELD_MAX);
    brake.refusals = CV_NEWS(arena, struct dom_brake_refusal, DOM_BRAKE_REFUSALS_MAX);
    brake.event_count = EVENTS;
    brake.opening_count = OPENINGS;
    brake.lock_count = DOM_BRAKE_LOCKS_HELD_MAX;
    brake.refusal_count = DOM_BRAKE_REFUSALS_MAX;
    for (int i = 0; i < TOO_MANY; i++)
        brake.events[i] = (struct dom_brake_event){1700000000, cv_id_make(), cv_id_make(), DOM_BRAKE_DISMISSAL};
    for (int i = 0; i < OPENINGS; i++)
        brake.openings[i] = (struct dom_brake_opening){who, reason, false, cv_id_make(), 200, 200, 1700003600};
    for (int i = 0; i < DOM_BRAKE_LOCKS_HELD_MAX; i++)
        brake.locks[i] = (struct dom_brake_lock){cv_id_make(), slug, who, 1700000001};
    for (int i = 0; i < DOM_BRAKE_REFUSALS_MAX; i++)
        brake.refusals[i] = (struct dom_brake_refusal){
            cv_arena_printf(arena, "system/%s", slug), digest, INT32_MAX, who, 1700000002, 1700086402};
    assert_ok(s, dir_brake_save(s->session, &brake, &actor, &s->err));
    assert_ok(s, dir_brake_read(s->session, brake.line, arena, &back, &s->err));
    assert_true(back.event_count == EVENTS && back.lock_count == DOM_BRAKE_LOCKS_HELD_MAX &&
                back.refusal_count == DOM_BRAKE_REFUSALS_MAX && back.opening_count == OPENINGS);
    back.events = brake.events;
    back.event_count = TOO_MANY;
    assert_false(dir_brake_save(s->session, &back, &actor, &s->err));
    assert_int_equal(s->err.kind, CV_LIMIT);
}

static void brake_swaps(void **state)
{
    struct server *s = *state;
    struct cv_id token = cv_id_make();
    struct dom_brake first, second;
    struct dom_brake_event event = {1700000000, cv_id_make(), cv_id_make(), DOM_BRAKE_LOCK};
    struct dom_brake_opening opening = {"tok_y", "thư giả mạo", false, cv_id_make(), 60, 2, 1700003600};
    struct dom_brake_lock lock = {cv_id_make(), "mailbox", "tok_x", 1700000001};
    struct dom_brake_refusal refusal = {"system/e-office", "ab", 300, "tok_x", 1700000002, CV_NO_MOMENT};

    assert_ok(s, dir_brake_read(s->session, token, s->arena, &first, &s->err));
    assert_int_equal(first.revision, 0);
    second = first;
    first.events = &event;
    first.event_count = 1;
    assert_ok(s, dir_brake_save(s->session, &first, &actor, &s->err));
    assert_false(dir_brake_save(s->session, &second, &actor, &s->err)); /* both believed to be the first */
    assert_int_equal(s->err.kind, CV_STALE);
    assert_ok(s, dir_brake_read(s->session, token, s->arena, &second, &s->err));
    assert_true(second.revision == 1 && second.event_count == 1 && second.opening_count == 0 &&
                second.lock_count == 0 && second.refusal_count == 0);
    assert_true(cv_id_equal(second.events[0].staff, event.staff) && second.events[0].at == event.at &&
                second.events[0].kind == DOM_BRAKE_LOCK);
    first = second;
    second.openings = &opening;
    second.locks = &lock;
    second.refusals = &refusal;
    second.opening_count = second.lock_count = second.refusal_count = 1;
    assert_ok(s, dir_brake_save(s->session, &second, &actor, &s->err));
    assert_false(dir_brake_save(s->session, &first, &actor, &s->err));
    assert_int_equal(s->err.kind, CV_STALE);
    assert_ok(s, dir_brake_read(s->session, token, s->arena, &first, &s->err));
    assert_true(first.revision == 2 && first.opening_count == 1 && first.lock_count == 1 && first.refusal_count == 1);
    assert_true(first.openings[0].allow == 60 && first.openings[0].used == 2 &&
                cv_id_equal(first.openings[0].unit, opening.unit));
    assert_string_equal(first.openings[0].reason, "thư giả mạo");
    assert_true(cv_id_equal(first.locks[0].staff, lock.staff) && first.locks[0].at == lock.at);
    assert_string_equal(first.refusals[0].target, "system/e-office");
    assert_true(first.refusals[0].people == 300 && first.refusals[0].released_until == CV_NO_MOMENT);
    struct dom_brake *all;
    size_t count;
    assert_ok(s, dir_brake_list(s->session, s->arena, &all, &count, &s->err));
    assert_true(count == 1 && cv_id_equal(all[0].line, token) && all[0].lock_count == 1);
}

static int setup(void **state)
{
    struct cv_error err;

    return cv_clock_init("Asia/Ho_Chi_Minh", 0, &err) && cv_text_init(&err) ? server_setup(state) : -1;
}

static struct dir_actor marked(struct server *s, int n)
{
    return (struct dir_actor){"tok_x", "req-7", cv_arena_printf(s->arena, "http tinh.vn/x/%d", n), NULL};
}

/* In a log of more than a page, by a clock that is behind ours. */
static void a_mark_is_found_wherever_it_stands(void **state)
{
    enum { WRITES = 220 };
    struct server *s = *state;
    struct dom_post post;
    struct dom_account account;
    struct dom_staff in = a_person(&post, &account), is, will;
    struct dir_stamp stamp;
    struct dir_actor by = marked(s, 0);
    assert_ok(s, dir_staff_add(s->session, &in, &by, &stamp, &s->err));
    assert_ok(s, dir_staff_read(s->session, in.id, s->arena, &is, &s->err));
    for (int n = 1; n < WRITES; n++, is = will) {
        will = is;
        will.mobile = cv_arena_printf(s->arena, "+849012%05d", n);
        by = marked(s, n);
        assert_ok(s, dir_staff_save(s->session, &is, &will, false, &by, &stamp, &s->err));
        will.revision = stamp.revision;
    }
    const char *dn = dir_dn_staff(s->arena, BASE, in.id);
    cv_moment now = (cv_moment)time(NULL);
    struct dir_sought items[] = {{dn, "tinh.vn/x/7", now - 7200, 0}, {dn, "tinh.vn/x/0", now, 0},
                                 {dn, "tinh.vn/x/218", now, 0},      {dn, "tinh.vn/x/220", now, 0},
                                 {dn, "tinh.vn/x/1", now + 7200, 0}, {dn, "tinh.vn/x/221", now + 7200, 0}};
    const enum dir_found wanted[] = {DIR_FOUND, DIR_FOUND, DIR_FOUND, DIR_FOUND_NOT, DIR_FOUND, DIR_FOUND_NOT};
    assert_ok(s, dir_trace_find(s->session, items, CV_COUNT(items), &s->err));
    for (size_t i = 0; i < CV_COUNT(items); i++)
        assert_int_equal(items[i].found, wanted[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add_save_read),
        cmocka_unit_test(a_mark_is_found_wherever_it_stands),
        cmocka_unit_test(quiet_save_keeps_the_revision),
        cmocka_unit_test(claims_and_names),
        cmocka_unit_test(a_code_is_redeemed_once),
        cmocka_unit_test(units_and_tokens),
        cmocka_unit_test(brake_swaps),
        cmocka_unit_test(a_full_brake_is_written),
    };

    return cmocka_run_group_tests(tests, setup, server_teardown);
}
