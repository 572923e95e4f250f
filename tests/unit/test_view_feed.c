/* The feed: order of arrival, refreshes, the guard, waiting, tokens, and readers beside the writer. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "congvu/token.h"
#include "congvu/view_figures.h"
#include "congvu/view_lists.h"
#include "view/store/view.h"
#include "view_test.h"

static const struct view_scope everywhere = {.everywhere = true};

static void nothing_is_answered_before_the_first_refresh(void **state)
{
    struct world *w = w_new(1);
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct cv_error err = {0};
    struct view_staff_page page;
    struct view_staff_query q = {.scope = everywhere, .page_size = 5};
    struct view_state now;
    (void)state;
    assert_false(view_staff_list(w->view, &q, arena, &page, &err));
    assert_int_equal(err.kind, CV_UNAVAILABLE);
    w_load(w, 2, 5);
    assert_true(view_staff_list(w->view, &q, arena, &page, &err));
    view_state(w->view, &now);
    assert_true(now.loaded && now.alive && now.age_ms == 0 && now.people == 5 && now.units == 2 && now.systems == 4);
    w->feed.alive(w->feed.ctx, false);
    view_state(w->view, &now);
    assert_false(now.alive);
    assert_true(view_staff_list(w->view, &q, arena, &page, &err)); /* reads go on */
    w_free(w);
}

static size_t people_of(struct world *w)
{
    struct view_state now;
    view_state(w->view, &now);
    return now.people;
}

static void an_empty_answer_empties_nothing(void **state)
{
    struct world *w = w_new(2);
    struct view_state now;
    (void)state;
    w_load(w, 3, 10); /* fewer than the guard's twenty */
    w->feed.begin(w->feed.ctx, true);
    assert_false(w->feed.end(w->feed.ctx, true));
    view_state(w->view, &now);
    assert_true(now.people == 10 && now.units == 3 && now.sweep_refused && now.sweep_size == 17);
    w->feed.begin(w->feed.ctx, true); /* cut off: no end at all */
    w->feed.begin(w->feed.ctx, true);
    for (int i = 0; i < 10; i++)
        w->feed.present(w->feed.ctx, w->people[i].uuid);
    assert_false(w->feed.end(w->feed.ctx, true)); /* all units gone */
    assert_int_equal(people_of(w), 10);
    w_free(w);
}

static void name_all_but(struct world *w, int people, int missing)
{
    uint8_t uuid[16] = {0xEE};
    w->feed.begin(w->feed.ctx, false);
    for (int i = 0; i < 4; i++) {
        uuid[1] = (uint8_t)i;
        w->feed.present(w->feed.ctx, uuid);
    }
    for (int i = 0; i < W_UNITS; i++)
        if (w->units[i].used)
            w->feed.present(w->feed.ctx, w->units[i].uuid);
    for (int i = missing; i < people; i++)
        w->feed.present(w->feed.ctx, w->people[i].uuid);
}

static void the_guard_holds_a_large_sweep_until_released(void **state)
{
    struct world *w = w_new(3);
    struct view_state now;
    (void)state;
    w_load(w, 3, 300);
    name_all_but(w, 300, 30);
    assert_true(w->feed.end(w->feed.ctx, true)); /* a tenth passes */
    assert_int_equal(people_of(w), 270);
    for (int i = 0; i < 30; i++)
        w_send_person(w, &w->people[i]);
    name_all_but(w, 300, 31);
    assert_false(w->feed.end(w->feed.ctx, true));
    view_state(w->view, &now);
    assert_true(now.people == 300 && now.sweep_refused && now.sweep_size == 31);
    assert_false(view_guard_release(w->view, 30)); /* only the number that was seen */
    assert_true(view_guard_release(w->view, 31));
    name_all_but(w, 300, 31);
    assert_true(w->feed.end(w->feed.ctx, true));
    view_state(w->view, &now);
    assert_true(now.people == 269 && !now.sweep_refused);
    name_all_but(w, 300, 200); /* the release was for one */
    assert_false(w->feed.end(w->feed.ctx, true));
    w_free(w);
}

static void a_delta_without_sweep_loses_nobody(void **state)
{
    struct world *w = w_new(4);
    (void)state;
    w_load(w, 3, 50);
    w->feed.begin(w->feed.ctx, false);
    w_send_person(w, &w->people[7]);
    assert_true(w->feed.end(w->feed.ctx, false));
    assert_int_equal(people_of(w), 50);
    w_free(w);
}

static void the_generation_moves_with_changes_and_midnight_only(void **state)
{
    struct world *w = w_new(5);
    (void)state;
    w_load(w, 3, 50);
    uint64_t before = view_generation(w->view);
    w_send_person(w, &w->people[7]); /* as it was */
    w->feed.settled(w->feed.ctx);
    assert_int_equal(view_generation(w->view), before);
    w->people[7].revision++;
    w_send_person(w, &w->people[7]);
    uint64_t changed = view_generation(w->view);
    assert_true(changed > before);
    cv_clock_set_offset(86400);
    assert_true(view_generation(w->view) > changed);
    cv_clock_set_offset(0);
    w_free(w);
}

/* ---- waiting ---- */
struct later {
    struct world *w;
    int person;
};

static void *send_later(void *ctx)
{
    struct later *l = ctx;
    w_send_person(l->w, &l->w->people[l->person]);
    return NULL;
}

/* What is said of somebody whom the view does not know. */
static enum cv_problem denied(struct world *w)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct view_staff out;
    struct cv_error err = {0};
    assert_false(view_staff_find(w->view, (struct view_scope){.everywhere = true}, "NOBODY", arena, &out, &err));
    return err.problem;
}

static void waiting_ends_with_the_change(void **state)
{
    struct world *w = w_new(6);
    struct dir_stamp stamp = {.changed = true};
    pthread_t thread;
    struct later later = {w, 3};
    (void)state;
    w_load(w, 2, 10);
    assert_true(view_wait(w->view, &(struct dir_stamp){.changed = false}, cv_deadline_in_ms(0)));
    memcpy(stamp.uuid, w->people[3].uuid, 16);
    w_csn(w, stamp.csn);
    assert_int_equal(denied(w), cvp_staff_not_found);
    assert_false(view_wait(w->view, &stamp, cv_deadline_in_ms(20)));
    assert_int_equal(denied(w), cvp_directory_unavailable); /* it may be what was written and has not come yet */
    w->people[3].revision++;
    assert_int_equal(pthread_create(&thread, NULL, send_later, &later), 0);
    assert_true(view_wait(w->view, &stamp, cv_deadline_in_ms(10000)));
    pthread_join(thread, NULL);
    assert_int_equal(denied(w), cvp_staff_not_found);
    assert_true(view_wait(w->view, &stamp, cv_deadline_in_ms(0))); /* seen already */
    memcpy(stamp.uuid, w->people[4].uuid, 16);
    assert_false(view_wait(w->view, &stamp, cv_deadline_in_ms(0)));
    w_free(w);
}

/* ---- tokens ---- */
static void tokens_by_digest_and_id(void **state)
{
    struct world *w = w_new(7);
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct dom_token token = {.id = w_id(w),
                              .name = "cron",
                              .digest = "abc",
                              .scopes = DOM_STAFF_READ,
                              .everywhere = true,
                              .expires_at = CV_NO_MOMENT,
                              .revoked_at = CV_NO_MOMENT,
                              .created_by = "system"};
    struct dom_token got;
    uint8_t uuid[16] = {9};
    (void)state;
    w_load(w, 1, 1);
    w->feed.token(w->feed.ctx, uuid, "1", &token);
    assert_true(view_token_by_digest(w->view, "abc", arena, &got));
    assert_string_equal(got.name, "cron");
    assert_false(view_token_by_digest(w->view, "abd", arena, &got));
    token.digest = "new";
    w->feed.token(w->feed.ctx, uuid, "2", &token);
    assert_false(view_token_by_digest(w->view, "abc", arena, &got));
    assert_true(view_token_by_digest(w->view, "new", arena, &got));
    assert_true(view_token_by_id(w->view, token.id, arena, &got));
    w->feed.remove(w->feed.ctx, uuid);
    assert_false(view_token_by_digest(w->view, "new", arena, &got));
    w_free(w);
}

/* ---- use ---- */
static struct view_coverage_row use_now(struct world *w, struct cv_arena *arena, struct view_system_usage *out_usage)
{
    struct cv_error err = {0};
    struct view_coverage c;
    const char *slug = w_slugs[0];
    struct view_coverage_query q = {.scope = everywhere,
                                    .unit = w->units[0].id,
                                    .recursive = true,
                                    .systems = &slug,
                                    .system_count = 1,
                                    .window = {cv_today() - 179, cv_today()}};
    cv_arena_reset(arena);
    assert_true(view_coverage(w->view, &q, arena, &c, &err));
    *out_usage = c.systems[0];
    return c.rows[0];
}

static void make_users(struct world *w, int people)
{
    w->systems[0].activity = dom_activity_default();
    w->systems[0].activity.reported = true;
    w->data_through[0] = cv_today() - 1;
    w_send_system(w, 0);
    w_send_data_through(w, 0);
    for (int i = 0; i < people; i++) {
        struct w_person *p = &w->people[i];
        p->accounts[0] = (struct dom_account){.system = w_slugs[0], .observed = DOM_PROVISIONED, .since = 1000};
        p->account_count = 1;
        p->has_departure = false;
        p->hired_on = CV_NO_DAY;
        w_send_person(w, p);
        p->active[0][W_DAYS - W_AHEAD - 10] = true;
        w_send_use(w, p);
    }
}

static void use_is_unknown_until_it_is_all_here(void **state)
{
    struct world *w = w_new(21);
    struct cv_arena *arena = cv_arena_new(8 << 20);
    struct view_system_usage usage;
    (void)state;
    w->use_open = true;
    w_load(w, 3, 20);
    make_users(w, 20);
    struct view_coverage_row row = use_now(w, arena, &usage);
    assert_true(usage.stale);
    assert_int_equal(usage.data_through, CV_NO_DAY);
    assert_false(row.used_known);
    assert_int_equal(row.counts.unknown, row.counts.issued);
    w->feed.usage_end(w->feed.ctx);
    row = use_now(w, arena, &usage);
    assert_false(usage.stale);
    assert_true(row.counts.used > 0);
    assert_int_equal(row.counts.used, row.counts.issued);
    cv_arena_free(&arena);
    w_free(w);
}

/* The directory keeps use under the id: it outlives its person here, and a refresh that goes on loses nobody's. */
static void use_outlives_its_person(void **state)
{
    struct world *w = w_new(22);
    struct cv_arena *arena = cv_arena_new(8 << 20);
    struct view_system_usage usage;
    (void)state;
    w_load(w, 3, 20);
    make_users(w, 20);
    int before = use_now(w, arena, &usage).counts.used;
    w->feed.remove(w->feed.ctx, w->people[4].uuid);
    w_send_person(w, &w->people[4]);
    assert_int_equal(use_now(w, arena, &usage).counts.used, before);
    w->feed.usage_begin(w->feed.ctx, false);
    w_send_use(w, &w->people[5]);
    w->feed.usage_end(w->feed.ctx);
    assert_int_equal(use_now(w, arena, &usage).counts.used, before);
    w->feed.usage_begin(w->feed.ctx, true);
    w_send_use(w, &w->people[5]);
    w->feed.usage_end(w->feed.ctx);
    assert_true(use_now(w, arena, &usage).counts.used <= 1);
    cv_arena_free(&arena);
    w_free(w);
}

/* ---- what is read again ---- waits for no reader, so that none waits for it */
static void *send_again(void *ctx)
{
    struct world *w = ctx;
    w->feed.begin(w->feed.ctx, true);
    for (int i = 0; i < 20; i++)
        w_send_person(w, &w->people[i]);
    for (int i = 1; i < 20; i += 2)
        w_send_use(w, &w->people[i]);
    return NULL;
}

static void what_is_read_again_waits_for_nobody(void **state)
{
    struct world *w = w_new(23);
    struct timespec until;
    pthread_t thread;
    (void)state;
    w_load(w, 3, 20);
    assert_true(view_enter(w->view, NULL));
    assert_int_equal(pthread_create(&thread, NULL, send_again, w), 0);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    bool waited = pthread_timedjoin_np(thread, NULL, &until) != 0;
    view_leave(w->view);
    if (waited)
        pthread_join(thread, NULL);
    assert_false(waited);
    w_free(w);
}

/* ---- readers beside the writer ---- */
struct reader {
    struct view *view;
    struct cv_id top;
    _Atomic bool *stop;
    size_t rounds, faults;
};

static void read_once(struct reader *r, struct cv_arena *arena)
{
    struct cv_error err = {0};
    struct view_staff_page people;
    struct view_unit_page units;
    struct view_coverage coverage;
    struct view_staff_query q = {
        .scope = everywhere, .q = "an", .page_size = 20, .want_total = true, .updated_since = CV_NO_MOMENT};
    struct view_unit_query uq = {.scope = everywhere, .recursive = true, .depth = -1, .page_size = 100};
    struct view_coverage_query cq = {
        .scope = everywhere, .unit = r->top, .recursive = true, .depth = 3, .by_unit = true, .by_system = true};
    cv_arena_reset(arena);
    r->faults += !view_staff_list(r->view, &q, arena, &people, &err);
    for (size_t i = 0; i < people.count; i++)
        r->faults += people.items[i].full_name == NULL;
    r->faults += !view_unit_list(r->view, &uq, arena, &units, &err);
    r->faults += !view_coverage(r->view, &cq, arena, &coverage, &err);
    cq.window = (struct view_window){cv_today() - 50, cv_today() - 10}; /* worked out from the people */
    r->faults += !view_coverage(r->view, &cq, arena, &coverage, &err);
    r->rounds++;
}

static void *read_on(void *ctx)
{
    struct reader *r = ctx;
    struct cv_arena *arena = cv_arena_new(CV_MAX_ARENA);
    while (!atomic_load(r->stop))
        read_once(r, arena);
    cv_arena_free(&arena);
    return NULL;
}

static void write_much(struct world *w)
{
    for (int n = 0; n < 1500; n++) {
        int i = (int)w_random(w, 200);
        struct w_person *p = &w->people[i];
        switch (w_random(w, 6)) {
        case 0:
            w_second(w, p);
            break;
        case 1:
            w_depart(w, p);
            break;
        case 2:
            w_new_accounts(w, p);
            break;
        case 3:
            p->posts[0].unit = w->units[w_any_unit(w, true)].id;
            break;
        case 4:
            w->feed.remove(w->feed.ctx, p->uuid);
            break;
        default:
            p->revision++;
        }
        w_send_person(w, p);
        if (n % 3 == 0)
            w_send_use(w, p);
        if (n % 50 == 0) {
            int u = 1 + (int)w_random(w, 11);
            w_move_unit(w, u);
            if (w->units[u].parent < 0)
                w->units[u].parent = 0;
            w_send_unit(w, &w->units[u]);
        }
        if (n % 300 == 0)
            cv_clock_set_offset(86400 * (n / 300)); /* readers and writer meet at midnight */
    }
}

static void readers_and_a_writer(void **state)
{
    struct world *w = w_new(8);
    _Atomic bool stop = false;
    struct reader readers[2];
    pthread_t threads[2];
    (void)state;
    w_load(w, 12, 200);
    for (int i = 0; i < 2; i++) {
        readers[i] = (struct reader){.view = w->view, .top = w->units[0].id, .stop = &stop};
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    write_much(w);
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(readers[i].faults, 0);
        assert_true(readers[i].rounds > 0);
    }
    cv_clock_set_offset(0);
    w_free(w);
}

/* ---- what weighs for many ---- is of before or of after, never of both */
struct watcher {
    struct view *view;
    struct cv_id top;
    _Atomic bool *stop;
    _Atomic size_t seen[2];
    size_t mixed;
};

static struct dom_counts mailbox_now(const struct view *view, struct cv_id top, struct cv_arena *arena)
{
    const char *slug = w_slugs[0];
    struct cv_error err = {0};
    struct view_coverage c;
    struct view_coverage_query q = {
        .scope = everywhere, .unit = top, .recursive = true, .systems = &slug, .system_count = 1};
    cv_arena_reset(arena);
    assert_true(view_coverage(view, &q, arena, &c, &err));
    return c.rows[0].counts;
}

static void *watch(void *ctx)
{
    struct watcher *me = ctx;
    struct cv_arena *arena = cv_arena_new(1 << 20);
    while (!atomic_load(me->stop)) {
        struct dom_counts now = mailbox_now(me->view, me->top, arena);
        bool all = now.eligible == now.recorded;
        me->mixed += !all && now.eligible != 0;
        me->seen[all]++;
    }
    cv_arena_free(&arena);
    return NULL;
}

/* Required for everybody, for nobody, and so on. */
static void a_rule_changes_for_all_at_once(void **state)
{
    struct world *w = w_new(31);
    _Atomic bool stop = false;
    struct watcher watcher = {.stop = &stop};
    pthread_t thread;
    (void)state;
    w_load(w, 12, 300);
    watcher.view = w->view;
    watcher.top = w->units[0].id;
    w->rules[0][0] = (struct dom_required){0};
    for (int n = 0; n < 300 || ((!watcher.seen[0] || !watcher.seen[1]) && n < 1000000); n++) {
        w->systems[0].required_count = n % 2;
        w_send_system(w, 0);
        if (n == 0)
            assert_int_equal(pthread_create(&thread, NULL, watch, &watcher), 0);
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(watcher.mixed, 0);
    assert_true(watcher.seen[0] > 0 && watcher.seen[1] > 0);
    w_free(w);
}

/* ---- midnight of many ---- */
enum { LOTS = 20100 };

/* One of them is hired on the day that comes. */
static void send_lots(struct world *w)
{
    struct w_person *p = &w->people[0];
    w_new_person(w, 0);
    for (int i = 0; i < LOTS; i++) {
        p->id = w_id(w);
        memcpy(p->uuid, w_id(w).bytes, sizeof p->uuid);
        p->post_count = 1;
        p->posts[0] = (struct dom_post){.unit = w->units[0].id, .primary = true, .from = CV_NO_DAY, .to = CV_NO_DAY};
        p->hired_on = i == 7 ? cv_today() + 1 : CV_NO_DAY;
        p->code[0] = p->former[0] = p->names[0][0] = '\0';
        p->has_departure = p->on_leave = false;
        w_send_person(w, p);
    }
}

struct moment {
    int recorded;
    cv_day day, as_of;
};

static struct moment now_of(struct world *w, struct cv_arena *arena)
{
    struct cv_error err = {0};
    struct view_coverage c;
    struct view_coverage_query q = {.scope = everywhere, .unit = w->units[0].id, .recursive = true};
    cv_arena_reset(arena);
    assert_true(view_coverage(w->view, &q, arena, &c, &err));
    return (struct moment){c.rows[0].counts.recorded, c.window.to, cv_day_of(c.as_of)};
}

/* Of so many people the day is rolled by the feed's thread, never by who asks, be the directory heard or not; until it
 * did, answers are wholly those of the day before and say so. */
static void midnight_of_many(bool heard)
{
    struct world *w = w_new(32);
    struct cv_arena *arena = cv_arena_new(1 << 20);
    w_load(w, 2, 0);
    send_lots(w);
    w->feed.alive(w->feed.ctx, heard);
    struct moment before = now_of(w, arena);
    cv_day today = cv_today();
    cv_clock_set_offset(86400);
    struct moment still = now_of(w, arena);
    assert_int_equal(still.recorded, before.recorded);
    assert_true(still.day == today && still.as_of == today && view_day(w->view) == today);
    w->people[0].revision++;
    w_send_person(w, &w->people[0]); /* behind midnight, but into the figures of the old day */
    assert_int_equal(now_of(w, arena).as_of, today);
    w->feed.tick(w->feed.ctx);
    struct moment after = now_of(w, arena);
    assert_int_equal(after.recorded, before.recorded + 1);
    assert_true(after.day == today + 1 && after.as_of == today + 1 && view_day(w->view) == today + 1);
    cv_clock_set_offset(0);
    cv_arena_free(&arena);
    w_free(w);
}

static void midnight_of_many_waits_for_the_feed(void **state)
{
    (void)state;
    midnight_of_many(true);
}

static void midnight_of_many_while_the_directory_is_away(void **state)
{
    (void)state;
    midnight_of_many(false);
}

/* Old or new, never both. */
struct sleepless {
    struct world *w;
    struct moment before;
    _Atomic bool *stop;
    _Atomic size_t asked;
    size_t mixed;
};

static void *ask_on(void *ctx)
{
    struct sleepless *me = ctx;
    struct cv_arena *arena = cv_arena_new(1 << 20);
    while (!atomic_load(me->stop)) {
        struct moment now = now_of(me->w, arena);
        int days = now.day - me->before.day;
        me->mixed += now.recorded != me->before.recorded + (days > 0);
        atomic_fetch_add(&me->asked, 1);
    }
    cv_arena_free(&arena);
    return NULL;
}

static void nobody_sees_half_a_midnight(void **state)
{
    struct world *w = w_new(33);
    struct cv_arena *arena = cv_arena_new(1 << 20);
    _Atomic bool stop = false;
    struct sleepless me = {.w = w, .stop = &stop};
    pthread_t thread;
    (void)state;
    w_load(w, 2, 0);
    send_lots(w);
    w->feed.alive(w->feed.ctx, false);
    me.before = now_of(w, arena);
    assert_int_equal(pthread_create(&thread, NULL, ask_on, &me), 0);
    for (int day = 1; day <= 5; day++) {
        size_t asked = atomic_load(&me.asked);
        cv_clock_set_offset(86400 * day);
        w->feed.tick(w->feed.ctx);
        while (atomic_load(&me.asked) < asked + 2)
            sched_yield();
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(me.mixed, 0);
    assert_int_equal(view_day(w->view), me.before.day + 5);
    cv_clock_set_offset(0);
    cv_arena_free(&arena);
    w_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_answered_before_the_first_refresh),
        cmocka_unit_test(an_empty_answer_empties_nothing),
        cmocka_unit_test(the_guard_holds_a_large_sweep_until_released),
        cmocka_unit_test(a_delta_without_sweep_loses_nobody),
        cmocka_unit_test(the_generation_moves_with_changes_and_midnight_only),
        cmocka_unit_test(waiting_ends_with_the_change),
        cmocka_unit_test(tokens_by_digest_and_id),
        cmocka_unit_test(use_is_unknown_until_it_is_all_here),
        cmocka_unit_test(use_outlives_its_person),
        cmocka_unit_test(what_is_read_again_waits_for_nobody),
        cmocka_unit_test(readers_and_a_writer),
        cmocka_unit_test(a_rule_changes_for_all_at_once),
        cmocka_unit_test(midnight_of_many_waits_for_the_feed),
        cmocka_unit_test(midnight_of_many_while_the_directory_is_away),
        cmocka_unit_test(nobody_sees_half_a_midnight),
    };
    return cmocka_run_group_tests(tests, w_group_setup, w_group_teardown);
}
