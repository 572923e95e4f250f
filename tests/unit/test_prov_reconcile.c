/* The engine of the reconciler, with a source that only counts; and the breaker with a clock of its own. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base_test.h"
#include "congvu/reconcile.h"

enum { PEOPLE = 40 };
static const int64_t second = 1000000000;

/* ---- a source over a table of people ---- */
struct fake {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool done[PEOPLE], busy[PEOPLE];
    bool overlapped, target_down, allowed, block;
    int calls, in_work, most_in_work;
};

static struct cv_id id_of(int i)
{
    return (struct cv_id){{[0] = 1, [15] = (uint8_t)i}};
}

static void offer(void *ctx, struct rec_scan *scan)
{
    struct fake *f = ctx;
    size_t queue = 0;
    pthread_mutex_lock(&f->lock);
    size_t room = rec_room(scan, "e-office");
    for (int i = 0; i < PEOPLE; i++) {
        if (f->done[i])
            continue;
        queue++;
        if (room > 0 && rec_offer(scan, "e-office", id_of(i)))
            room--;
    }
    rec_backlog(scan, "e-office", queue, queue ? 1000 : CV_NO_MOMENT);
    pthread_mutex_unlock(&f->lock);
}

static bool work(void *ctx, struct rec_worker *w, const char *target, struct cv_id staff, struct cv_error *err)
{
    struct fake *f = ctx;
    int i = staff.bytes[15];
    assert_string_equal(target, "e-office");
    pthread_mutex_lock(&f->lock);
    f->overlapped = f->overlapped || f->busy[i];
    f->busy[i] = true;
    f->calls++;
    f->in_work++;
    f->most_in_work = f->in_work > f->most_in_work ? f->in_work : f->most_in_work;
    pthread_cond_broadcast(&f->moved);
    while (f->block && !rec_stopping(w)) {
        struct timespec soon;
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_nsec = (soon.tv_nsec + 5000000) % 1000000000;
        pthread_cond_timedwait(&f->moved, &f->lock, &soon);
    }
    bool ok = !f->target_down;
    f->done[i] = f->done[i] || ok;
    f->busy[i] = false;
    f->in_work--;
    pthread_cond_broadcast(&f->moved);
    pthread_mutex_unlock(&f->lock);
    return ok || cv_fail_as(err, CV_UNAVAILABLE, NULL, "x", "x");
}

static bool allowed(void *ctx)
{
    struct fake *f = ctx;
    pthread_mutex_lock(&f->lock);
    bool yes = f->allowed;
    pthread_mutex_unlock(&f->lock);
    return yes;
}

static int count_done(struct fake *f)
{
    int n = 0;
    for (int i = 0; i < PEOPLE; i++)
        n += f->done[i];
    return n;
}

/* Waits under the lock until holds(f), at most 20 s. */
static void until(struct fake *f, bool (*holds)(struct fake *))
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 20;
    pthread_mutex_lock(&f->lock);
    while (!holds(f))
        assert_int_equal(pthread_cond_timedwait(&f->moved, &f->lock, &end), 0);
    pthread_mutex_unlock(&f->lock);
}

static bool all_done(struct fake *f)
{
    return count_done(f) == PEOPLE;
}

static bool failed_enough(struct fake *f)
{
    return f->calls >= PROV_BREAKER_FAILURES;
}

static bool two_at_work(struct fake *f)
{
    return f->in_work == 2;
}

static const struct dir_config nowhere = {.uri = "ldapi://%2Fnowhere", .base = "dc=congvu", .connect_ms = 100};

static struct rec *start(struct fake *f, int period_ms)
{
    struct rec *rec = NULL;
    struct cv_error err = {0};
    struct rec_options options = {.directory = &nowhere,
                                  .workers = 2,
                                  .period_ms = period_ms,
                                  .work_ms = 5000,
                                  .may_work = allowed,
                                  .may_ctx = f,
                                  .sources = {{.ctx = f, .offer = offer, .work = work}},
                                  .source_count = 1};
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->moved, NULL);
    assert_true(rec_start(&options, &rec, &err));
    return rec;
}

/* One wake suffices for all of them, although only a few fit at a time. */
static void test_everything_is_worked_off_after_one_wake(void **state)
{
    struct fake f = {.allowed = true};
    struct rec *rec = start(&f, 600000);
    struct rec_health health;
    (void)state;
    assert_false(rec_health(rec, "e-office", &health));
    rec_wake(rec);
    until(&f, all_done);
    assert_false(f.overlapped);
    assert_in_range(f.most_in_work, 1, 2);
    assert_int_equal(f.calls, PEOPLE);
    assert_true(rec_health(rec, "e-office", &health));
    assert_int_equal(health.breaker, PROV_BREAKER_CLOSED);
    rec_stop(&rec);
    assert_null(rec);
}

static void test_a_failing_target_is_left_alone_and_then_tried_again(void **state)
{
    struct fake f = {.allowed = true, .target_down = true};
    struct rec *rec = start(&f, 10);
    struct rec_health health;
    (void)state;
    until(&f, failed_enough);
    do {
        assert_true(rec_health(rec, "e-office", &health));
    } while (health.breaker == PROV_BREAKER_CLOSED);
    assert_true(health.error_rate > 0.99);
    pthread_mutex_lock(&f.lock);
    assert_true(f.calls <= PROV_BREAKER_FAILURES + 2 * 4); /* what was handed out already, and no more */
    f.target_down = false;
    pthread_mutex_unlock(&f.lock);
    until(&f, all_done);
    rec_stop(&rec);
}

static void test_nothing_begins_without_the_lease(void **state)
{
    struct fake f = {0};
    struct rec *rec = start(&f, 5);
    struct rec_health health;
    (void)state;
    for (int i = 0; i < 50; i++)
        rec_wake(rec);
    assert_false(rec_health(rec, "e-office", &health));
    assert_int_equal(f.calls, 0);
    pthread_mutex_lock(&f.lock);
    f.allowed = true;
    pthread_mutex_unlock(&f.lock);
    until(&f, all_done);
    rec_stop(&rec);
}

static void test_a_stop_ends_what_runs_and_drops_the_rest(void **state)
{
    struct fake f = {.allowed = true, .block = true};
    struct rec *rec = start(&f, 5);
    (void)state;
    until(&f, two_at_work);
    rec_stop(&rec);
    assert_int_equal(f.calls, 2);
    assert_int_equal(f.in_work, 0);
}

/* ---- the breaker ---- */
static const struct cv_id nobody;

static void fail_times(struct prov_breaker_state *b, int times, int64_t now)
{
    for (int i = 0; i < times; i++)
        prov_breaker_note(b, false, true, nobody, 0, now);
}

static void test_the_breaker_opens_probes_and_closes(void **state)
{
    struct prov_breaker_state b;
    (void)state;
    prov_breaker_init(&b);
    fail_times(&b, PROV_BREAKER_FAILURES - 1, 0);
    assert_int_equal(prov_breaker_now(&b, 0), PROV_BREAKER_CLOSED);
    assert_true(prov_breaker_note(&b, false, true, nobody, 0, 0));
    assert_int_equal(prov_breaker_now(&b, 0), PROV_BREAKER_OPEN);
    assert_int_equal(prov_breaker_now(&b, 2 * second), PROV_BREAKER_HALF_OPEN);
    fail_times(&b, 1, 2 * second); /* the probe failed: the pause grows */
    assert_int_equal(prov_breaker_now(&b, 2 * second + second / 2), PROV_BREAKER_OPEN);
    assert_int_equal(prov_breaker_now(&b, 20 * second), PROV_BREAKER_HALF_OPEN);
    assert_false(prov_breaker_note(&b, true, false, nobody, 0, 20 * second));
    assert_int_equal(prov_breaker_now(&b, 20 * second), PROV_BREAKER_CLOSED);
    assert_true(prov_breaker_error_rate(&b) > 0.8 && prov_breaker_error_rate(&b) < 1);
}

static void test_pauses_stay_below_their_bound(void **state)
{
    struct prov_breaker_state b;
    (void)state;
    prov_breaker_init(&b);
    fail_times(&b, 200, 0);
    assert_int_equal(prov_breaker_now(&b, (int64_t)(PROV_BREAKER_PAUSE_MAX_MS + 1) * 1000000), PROV_BREAKER_HALF_OPEN);
    assert_true(b.until_ns >= (int64_t)PROV_BREAKER_PAUSE_MAX_MS / 2 * 1000000);
}

static void test_a_persons_own_failure_opens_nothing(void **state)
{
    struct prov_breaker_state b;
    (void)state;
    prov_breaker_init(&b);
    assert_true(prov_breaker_error_rate(&b) < 0);
    for (int i = 0; i < 100; i++)
        prov_breaker_note(&b, false, false, nobody, 0, 0);
    assert_int_equal(prov_breaker_now(&b, 0), PROV_BREAKER_CLOSED);
    assert_true(prov_breaker_error_rate(&b) == 1);
}

static void test_one_account_that_always_fails_opens_nothing(void **state)
{
    struct prov_breaker_state b;
    (void)state;
    prov_breaker_init(&b);
    for (int round = 0; round < 50; round++)
        for (uint8_t i = 1; i < PROV_BREAKER_FAILURES; i++)
            prov_breaker_note(&b, false, true, (struct cv_id){.bytes = {i}}, 0, 0);
    assert_int_equal(prov_breaker_now(&b, 0), PROV_BREAKER_CLOSED);
    assert_true(prov_breaker_note(&b, false, true, (struct cv_id){.bytes = {PROV_BREAKER_FAILURES}}, 0, 0));
}

static void test_a_retry_after_is_kept_to_at_once(void **state)
{
    struct prov_breaker_state b;
    (void)state;
    prov_breaker_init(&b);
    prov_breaker_note(&b, false, true, nobody, 40, 0);
    assert_int_equal(prov_breaker_now(&b, 39 * second), PROV_BREAKER_OPEN);
    assert_int_equal(prov_breaker_now(&b, 41 * second), PROV_BREAKER_HALF_OPEN);
}

static void test_when_to_try_again(void **state)
{
    struct cv_error away = {.kind = CV_UNAVAILABLE}, wrong = {.kind = CV_INVALID},
                    busy = {.kind = CV_LIMIT, .retry_after_s = 90};
    (void)state;
    for (int i = 1; i < 100; i++) {
        assert_in_range(prov_retry(&away, i) - cv_now(), 0, 15);
        assert_in_range(prov_retry(&wrong, i) - cv_now(), 0, 3600);
    }
    assert_true(prov_retry(&wrong, 30) - cv_now() >= 1799);
    assert_true(prov_retry(&busy, 1) - cv_now() >= 89);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_worked_off_after_one_wake),
        cmocka_unit_test(test_a_failing_target_is_left_alone_and_then_tried_again),
        cmocka_unit_test(test_nothing_begins_without_the_lease),
        cmocka_unit_test(test_a_stop_ends_what_runs_and_drops_the_rest),
        cmocka_unit_test(test_the_breaker_opens_probes_and_closes),
        cmocka_unit_test(test_pauses_stay_below_their_bound),
        cmocka_unit_test(test_a_persons_own_failure_opens_nothing),
        cmocka_unit_test(test_one_account_that_always_fails_opens_nothing),
        cmocka_unit_test(test_a_retry_after_is_kept_to_at_once),
        cmocka_unit_test(test_when_to_try_again),
    };
    struct cv_error err = {0};
    if (!cv_clock_init("Asia/Ho_Chi_Minh", 0, &err))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
