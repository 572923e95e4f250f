/* The clockwork: one thread that does a round again and again. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "congvu/clock.h"
#include "congvu/job.h"
#include "congvu/lock.h"

struct job_timer {
    void (*tick)(void *ctx);
    void *ctx;
    int period_ms;
    pthread_t thread;
    struct cv_lock lock;
    pthread_cond_t wake;
    bool poked, stopping;
    char name[16];
};

/* Waits for the next round. False: the end. */
static bool next_round(struct job_timer *timer)
{
    struct timespec due = cv_timespec(cv_deadline_in_ms(timer->period_ms));
    int rc = 0;
    bool go_on;

    cv_lock_take(&timer->lock);
    while (!timer->poked && !timer->stopping && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&timer->wake, &timer->lock.mutex, &due);
    timer->poked = false;
    go_on = !timer->stopping;
    cv_lock_give(&timer->lock);
    return go_on;
}

static void *timer_main(void *arg)
{
    struct job_timer *timer = arg;

    (void)pthread_setname_np(pthread_self(), timer->name);
    while (next_round(timer))
        timer->tick(timer->ctx);
    return NULL;
}

static struct job_timer *timer_new(const char *name, int period_ms)
{
    struct job_timer *timer = calloc(1, sizeof(*timer));

    if (!timer)
        return NULL;
    timer->period_ms = period_ms;
    snprintf(timer->name, sizeof(timer->name), "%s", name);
    cv_lock_init(&timer->lock, CV_RANK_TIMER);
    cv_cond_init(&timer->wake);
    return timer;
}

static void timer_free(struct job_timer *timer)
{
    pthread_cond_destroy(&timer->wake);
    cv_lock_destroy(&timer->lock);
    free(timer);
}

bool job_timer_start(const char *name, int period_ms, void (*tick)(void *ctx), void *ctx, struct job_timer **out,
                     struct cv_error *err)
{
    struct job_timer *timer = timer_new(name, period_ms);

    if (timer) {
        timer->tick = tick;
        timer->ctx = ctx;
    }
    if (!timer || pthread_create(&timer->thread, NULL, timer_main, timer) != 0) {
        if (timer)
            timer_free(timer);
        return cv_fail_as(err, CV_INTERNAL, NULL, "Không khởi động được luồng hẹn giờ \"%s\"",
                          "The timer thread \"%s\" could not start", name);
    }
    *out = timer;
    return true;
}

void job_timer_poke(struct job_timer *timer)
{
    cv_lock_take(&timer->lock);
    timer->poked = true;
    pthread_cond_signal(&timer->wake);
    cv_lock_give(&timer->lock);
}

void job_timer_stop(struct job_timer **timer_p)
{
    struct job_timer *timer = *timer_p;

    if (!timer)
        return;
    *timer_p = NULL;
    cv_lock_take(&timer->lock);
    timer->stopping = true;
    pthread_cond_signal(&timer->wake);
    cv_lock_give(&timer->lock);
    pthread_join(timer->thread, NULL);
    timer_free(timer);
}
