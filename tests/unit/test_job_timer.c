#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "congvu/clock.h"
#include "congvu/job.h"

struct ticks {
    sem_t each;
    atomic_int inside;
    atomic_bool overlapped;
};

static void on_tick(void *ctx)
{
    struct ticks *t = ctx;

    if (atomic_fetch_add(&t->inside, 1) != 0)
        atomic_store(&t->overlapped, true);
    sem_post(&t->each);
    atomic_fetch_sub(&t->inside, 1);
}

static bool wait_tick(struct ticks *t, int ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    return sem_clockwait(&t->each, CLOCK_MONOTONIC, &until) == 0;
}

static void test_ticks_by_itself_and_when_poked(void **state)
{
    struct ticks t = {0};
    struct job_timer *timer = NULL;
    struct cv_error err = {0};
    int64_t began;

    (void)state;
    sem_init(&t.each, 0, 0);
    assert_true(job_timer_start("quick", 20, on_tick, &t, &timer, &err));
    assert_true(wait_tick(&t, 20000));
    assert_true(wait_tick(&t, 20000));
    job_timer_stop(&timer);
    assert_null(timer);

    sem_destroy(&t.each);
    sem_init(&t.each, 0, 0);
    began = cv_mono_ns();
    assert_true(job_timer_start("lazy", 3600000, on_tick, &t, &timer, &err));
    job_timer_poke(timer);
    assert_true(wait_tick(&t, 20000));
    assert_true(cv_mono_ns() - began < INT64_C(3600000) * 1000000);
    job_timer_stop(&timer); /* does not wait for the period */
    assert_false(atomic_load(&t.overlapped));
    job_timer_stop(&timer);
    sem_destroy(&t.each);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ticks_by_itself_and_when_poked)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
