#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "congvu/job.h"
#include "congvu/memory.h"

/* A gate that workers wait at, so that the tests decide when something runs. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool open;
    int waiting;
    atomic_int ran, opened, closed;
    bool refuse_open;
};

static void gate_init(struct gate *g, bool open)
{
    *g = (struct gate){.lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER, .open = open};
}

static void gate_run(void *ctx, void *thread, void *item)
{
    struct gate *g = ctx;

    (void)thread;
    pthread_mutex_lock(&g->lock);
    g->waiting++;
    pthread_cond_broadcast(&g->moved);
    while (!g->open)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
    atomic_fetch_add((atomic_int *)item, 1);
    atomic_fetch_add(&g->ran, 1);
}

static void gate_wait_for(struct gate *g, int waiting)
{
    pthread_mutex_lock(&g->lock);
    while (g->waiting < waiting)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static void gate_open(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

static bool open_thread(void *ctx, void **out_thread)
{
    struct gate *g = ctx;

    if (g->refuse_open && atomic_fetch_add(&g->opened, 1) == 1)
        return false;
    atomic_fetch_add(&g->opened, g->refuse_open ? 0 : 1);
    *out_thread = g;
    return true;
}

static void close_thread(void *ctx, void *thread)
{
    struct gate *g = ctx;

    assert_ptr_equal(thread, ctx);
    atomic_fetch_add(&g->closed, 1);
}

static struct job_lane *start(struct gate *g, int workers, size_t queue)
{
    struct job_lane_options options = {.name = "test",
                                       .workers = workers,
                                       .queue = queue,
                                       .ctx = g,
                                       .thread_open = open_thread,
                                       .thread_close = close_thread,
                                       .run = gate_run};
    struct job_lane *lane = NULL;
    struct cv_error err = {0};

    assert_true(job_lane_start(&options, &lane, &err));
    return lane;
}

static void submit(struct job_lane *lane, atomic_int *item)
{
    struct job_slot slot;

    assert_true(job_lane_reserve(lane, &slot));
    job_lane_publish(lane, slot, item);
}

static void test_bound_counts_queued_and_running(void **state)
{
    struct gate g;
    atomic_int item = 0;
    struct job_slot slot;
    struct job_lane *lane;

    (void)state;
    gate_init(&g, false);
    lane = start(&g, 2, 5);
    for (int i = 0; i < 5; i++)
        submit(lane, &item);
    gate_wait_for(&g, 2);
    assert_int_equal(job_lane_load(lane), 5);
    assert_false(job_lane_reserve(lane, &slot));
    gate_open(&g);
    job_lane_stop(&lane);
    assert_null(lane);
    assert_int_equal(atomic_load(&item), 5);
    assert_int_equal(atomic_load(&g.closed), 2);
}

static void test_reserved_slots_count_and_can_be_released(void **state)
{
    struct gate g;
    atomic_int item = 0;
    struct job_slot a, b, c;
    struct job_lane *lane;

    (void)state;
    gate_init(&g, true);
    lane = start(&g, 1, 2);
    assert_true(job_lane_reserve(lane, &a));
    assert_true(job_lane_reserve(lane, &b));
    assert_false(job_lane_reserve(lane, &c));
    job_lane_release(a);
    assert_true(job_lane_reserve(lane, &c));
    job_lane_publish(lane, b, &item);
    job_lane_publish(lane, c, &item);
    job_lane_stop(&lane);
    assert_int_equal(atomic_load(&item), 2);
}

static void test_closed_refuses_and_stop_runs_the_rest(void **state)
{
    struct gate g;
    atomic_int item = 0;
    struct job_slot early, late;
    struct job_lane *lane;

    (void)state;
    gate_init(&g, false);
    lane = start(&g, 1, 8);
    submit(lane, &item);
    submit(lane, &item);
    assert_true(job_lane_reserve(lane, &early));
    job_lane_close(lane);
    assert_false(job_lane_reserve(lane, &late));
    job_lane_publish(lane, early, &item); /* reserved before the close: still runs */
    gate_open(&g);
    job_lane_stop(&lane);
    assert_int_equal(atomic_load(&item), 3);
}

static void test_a_worker_that_cannot_open_fails_the_start(void **state)
{
    struct gate g;
    struct job_lane_options options = {.name = "bad",
                                       .workers = 3,
                                       .queue = 1,
                                       .ctx = &g,
                                       .thread_open = open_thread,
                                       .thread_close = close_thread,
                                       .run = gate_run};
    struct job_lane *lane = NULL;
    struct cv_error err = {0};

    (void)state;
    gate_init(&g, true);
    g.refuse_open = true;
    assert_false(job_lane_start(&options, &lane, &err));
    assert_null(lane);
    assert_int_equal(err.kind, CV_UNAVAILABLE);
    assert_int_equal(atomic_load(&g.closed), 2);
    options.queue = 0;
    assert_false(job_lane_start(&options, &lane, &err));
    assert_null(lane);
    job_lane_stop(&lane);
}

struct feeder {
    struct job_lane *lane;
    atomic_int *item;
    int published;
};

static void *feed(void *arg)
{
    struct feeder *f = arg;
    struct job_slot slot;

    for (int i = 0; i < 2000; i++) {
        if (job_lane_reserve(f->lane, &slot)) {
            assert_true(job_lane_load(f->lane) <= 7);
            job_lane_publish(f->lane, slot, f->item);
            f->published++;
        }
    }
    return NULL;
}

static void test_nothing_is_lost_under_many_feeders(void **state)
{
    struct gate g;
    atomic_int item = 0;
    pthread_t threads[3];
    struct feeder feeders[3];
    int published = 0;
    struct job_lane *lane;

    (void)state;
    gate_init(&g, true);
    lane = start(&g, 3, 7);
    for (size_t i = 0; i < CV_COUNT(threads); i++) {
        feeders[i] = (struct feeder){.lane = lane, .item = &item};
        assert_int_equal(pthread_create(&threads[i], NULL, feed, &feeders[i]), 0);
    }
    for (size_t i = 0; i < CV_COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        published += feeders[i].published;
    }
    job_lane_stop(&lane);
    assert_true(published > 0);
    assert_int_equal(atomic_load(&item), published);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound_counts_queued_and_running),
        cmocka_unit_test(test_reserved_slots_count_and_can_be_released),
        cmocka_unit_test(test_closed_refuses_and_stop_runs_the_rest),
        cmocka_unit_test(test_a_worker_that_cannot_open_fails_the_start),
        cmocka_unit_test(test_nothing_is_lost_under_many_feeders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
