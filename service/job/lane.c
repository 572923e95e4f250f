/* Bounded queues with workers of their own. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#include "congvu/job.h"
#include "congvu/lock.h"

/* An idle worker waits here, on its own stack, and is handed its item: called by a condition it would wake only to wait
 * for the lock of whoever called it. */
struct waiter {
    sem_t called;
    void *item; /* NULL = look whether there is still something to come */
    struct waiter *below;
};

struct job_lane {
    struct job_lane_options options;
    struct cv_lock lock;
    pthread_cond_t opened; /* a worker has opened its context, or failed to */
    struct waiter *idle;   /* the last to sit down is called first: its memory and session are still warm */
    void **ring;           /* options.queue items */
    size_t head, queued;
    size_t in_use; /* reserved + queued + running; never above options.queue, so publishing cannot fail */
    size_t ready, failed;
    bool closed, stopping;
    pthread_t *threads;
    size_t thread_count;
    char name[16]; /* what the kernel takes */
};

/* The one who sat down last, under the lock. */
static struct waiter *stand_up(struct job_lane *lane)
{
    struct waiter *waiter = lane->idle;

    if (waiter)
        lane->idle = waiter->below;
    return waiter;
}

static void call(struct waiter *waiter, void *item)
{
    if (waiter) {
        waiter->item = item;
        sem_post(&waiter->called);
    }
}

static void call_all(struct job_lane *lane)
{
    while (lane->idle)
        call(stand_up(lane), NULL);
}

/* Under the lock, which it gives back meanwhile. */
static void *sit(struct job_lane *lane)
{
    struct waiter waiter = {.below = lane->idle};

    sem_init(&waiter.called, 0, 0);
    lane->idle = &waiter;
    cv_lock_give(&lane->lock);
    while (sem_wait(&waiter.called) != 0)
        cv_must(errno == EINTR);
    sem_destroy(&waiter.called);
    return waiter.item;
}

static void *from_ring(struct job_lane *lane)
{
    void *item = lane->ring[lane->head];

    lane->head = (lane->head + 1) % lane->options.queue;
    lane->queued--;
    return item;
}

/* The next item, or NULL when the lane has stopped and nothing can come any more. */
static void *take(struct job_lane *lane)
{
    void *item = NULL;

    cv_lock_take(&lane->lock);
    while (lane->queued == 0 && !(lane->stopping && lane->in_use == 0)) {
        item = sit(lane);
        if (item != NULL)
            return item;
        cv_lock_take(&lane->lock);
    }
    if (lane->queued > 0)
        item = from_ring(lane);
    cv_lock_give(&lane->lock);
    return item;
}

static void give_back(struct job_lane *lane)
{
    cv_lock_take(&lane->lock);
    lane->in_use--;
    if (lane->stopping && lane->in_use == 0)
        call_all(lane);
    cv_lock_give(&lane->lock);
}

static bool open_context(struct job_lane *lane, void **out_thread)
{
    bool ok = !lane->options.thread_open || lane->options.thread_open(lane->options.ctx, out_thread);

    cv_lock_take(&lane->lock);
    if (ok)
        lane->ready++;
    else
        lane->failed++;
    pthread_cond_signal(&lane->opened);
    cv_lock_give(&lane->lock);
    return ok;
}

static void *worker_main(void *arg)
{
    struct job_lane *lane = arg;
    void *thread = NULL;
    void *item;

    (void)pthread_setname_np(pthread_self(), lane->name);
    if (!open_context(lane, &thread))
        return NULL;
    while ((item = take(lane))) {
        lane->options.run(lane->options.ctx, thread, item);
        give_back(lane);
    }
    if (lane->options.thread_close)
        lane->options.thread_close(lane->options.ctx, thread);
    return NULL;
}

static void join_workers(struct job_lane *lane)
{
    for (size_t i = 0; i < lane->thread_count; i++)
        pthread_join(lane->threads[i], NULL);
    lane->thread_count = 0;
}

static void lane_free(struct job_lane *lane)
{
    pthread_cond_destroy(&lane->opened);
    cv_lock_destroy(&lane->lock);
    free(lane->ring);
    free(lane->threads);
    free(lane);
}

static struct job_lane *lane_new(const struct job_lane_options *options)
{
    struct job_lane *lane = calloc(1, sizeof(*lane));

    if (!lane)
        return NULL;
    lane->options = *options;
    snprintf(lane->name, sizeof(lane->name), "%s", options->name);
    cv_lock_init(&lane->lock, CV_RANK_LANE);
    pthread_cond_init(&lane->opened, NULL);
    lane->ring = calloc(options->queue, sizeof(*lane->ring));
    lane->threads = calloc((size_t)options->workers, sizeof(*lane->threads));
    if (!lane->ring || !lane->threads) {
        lane_free(lane);
        return NULL;
    }
    return lane;
}

/* Starts the workers and waits until each has opened its context. */
static bool start_workers(struct job_lane *lane)
{
    bool ok = true;

    for (int i = 0; ok && i < lane->options.workers; i++) {
        ok = pthread_create(&lane->threads[i], NULL, worker_main, lane) == 0;
        lane->thread_count += ok ? 1 : 0;
    }
    cv_lock_take(&lane->lock);
    while (lane->ready + lane->failed < lane->thread_count)
        pthread_cond_wait(&lane->opened, &lane->lock.mutex);
    ok = ok && lane->failed == 0;
    cv_lock_give(&lane->lock);
    return ok;
}

bool job_lane_start(const struct job_lane_options *options, struct job_lane **out, struct cv_error *err)
{
    struct job_lane *lane;

    if (options->workers < 1 || options->queue < 1 || !options->run) {
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hàng việc \"%s\" cần ít nhất một luồng và một chỗ",
                          "The lane \"%s\" needs at least one worker and one slot", options->name);
    }
    lane = lane_new(options);
    if (!lane) {
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ khi tạo hàng việc \"%s\"",
                          "Out of memory making the lane \"%s\"", options->name);
    }
    if (!start_workers(lane)) {
        job_lane_stop(&lane);
        return cv_fail_as(err, CV_UNAVAILABLE, NULL, "Không khởi động được các luồng của hàng việc \"%s\"",
                          "The workers of the lane \"%s\" could not start", options->name);
    }
    *out = lane;
    return true;
}

bool job_lane_reserve(struct job_lane *lane, struct job_slot *out)
{
    bool ok;

    cv_lock_take(&lane->lock);
    ok = !lane->closed && lane->in_use < lane->options.queue;
    if (ok)
        lane->in_use++;
    cv_lock_give(&lane->lock);
    if (ok)
        out->lane = lane;
    return ok;
}

void job_lane_release(struct job_slot slot)
{
    give_back(slot.lane);
}

void job_lane_publish(struct job_lane *lane, struct job_slot slot, void *item)
{
    (void)slot; /* its right to a place was taken into in_use by job_lane_reserve */
    cv_lock_take(&lane->lock);
    struct waiter *waiter = stand_up(lane);

    if (!waiter)
        lane->ring[(lane->head + lane->queued++) % lane->options.queue] = item;
    cv_lock_give(&lane->lock);
    call(waiter, item);
}

void job_lane_close(struct job_lane *lane)
{
    cv_lock_take(&lane->lock);
    lane->closed = true;
    cv_lock_give(&lane->lock);
}

void job_lane_stop(struct job_lane **lane_p)
{
    struct job_lane *lane = *lane_p;

    if (!lane)
        return;
    *lane_p = NULL;
    cv_lock_take(&lane->lock);
    lane->closed = true;
    lane->stopping = true;
    call_all(lane);
    cv_lock_give(&lane->lock);
    join_workers(lane);
    lane_free(lane);
}

size_t job_lane_load(const struct job_lane *lane)
{
    struct job_lane *l = (struct job_lane *)lane; /* the lock is no part of what "const" promises */
    size_t in_use;

    cv_lock_take(&l->lock);
    in_use = l->in_use;
    cv_lock_give(&l->lock);
    return in_use;
}

const char *job_lane_name(const struct job_lane *lane)
{
    return lane->options.name;
}
