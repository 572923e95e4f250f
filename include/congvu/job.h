/* Lanes: bounded queues with their own workers.
 *
 * Story of use. main makes one lane per kind of work (interactive, bulk, connect). The event loop asks for a slot;
 * without one the client is told to come back. With one it suspends the connection and then publishes the item; from
 * that moment the lane owns it, and the worker that takes it calls `run` with its own per-thread context (a directory
 * session); the worker that has been idle for the shortest time, whose memory is still warm. Workers are started by
 * job_lane_start with `thread_open`, ended by job_lane_stop after everything published has run.
 *
 *     struct job_slot slot;
 *     if (!job_lane_reserve(lane, &slot)) return answer_busy();
 *     suspend(connection);
 *     job_lane_publish(lane, slot, item);
 *
 * Who owns an item: the caller until publish, the lane until `run` is called, `run` after that. `run` never runs under
 * the lane's lock. Stop: job_lane_close refuses new slots; job_lane_stop waits for what is queued and joins the
 * workers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/error.h"

struct job_lane;
struct job_slot {
    struct job_lane *lane;
};
struct job_lane_options {
    const char *name;
    int workers;
    size_t queue; /* slots: queued + running */
    void *ctx;
    bool (*thread_open)(void *ctx, void **out_thread); /* once per worker, in its thread; may be NULL */
    void (*thread_close)(void *ctx, void *thread);
    void (*run)(void *ctx, void *thread, void *item);
};
bool job_lane_start(const struct job_lane_options *options, struct job_lane **out, struct cv_error *err);
/* Any thread. False: full or closed. A reserved slot must be published or released. */
bool job_lane_reserve(struct job_lane *lane, struct job_slot *out);
void job_lane_release(struct job_slot slot);
/* Any thread. Cannot fail. */
void job_lane_publish(struct job_lane *lane, struct job_slot slot, void *item);
void job_lane_close(struct job_lane *lane);
void job_lane_stop(struct job_lane **lane);
/* Now in use (queued + running), for metrics. */
size_t job_lane_load(const struct job_lane *lane);
const char *job_lane_name(const struct job_lane *lane);

/* A clockwork thread: calls `tick` about every period_ms (monotonic), and at once when poked; never two at a time. */
struct job_timer;
bool job_timer_start(const char *name, int period_ms, void (*tick)(void *ctx), void *ctx, struct job_timer **out,
                     struct cv_error *err);
void job_timer_poke(struct job_timer *timer);
void job_timer_stop(struct job_timer **timer);

/* Turns of writing: long work that others must not wait for.
 *
 * Story of use. Each thread of the long work takes a turn before a write and gives it back after. As long as nobody
 * else waits, `most` write at once, without a pause. While others wait one turn is out at a time, and it is given back
 * only after a rest three times as long as the write took: so the long work has at most a quarter of the writers' time.
 *
 *     int64_t since = job_turn_take(&turns, &stopping);
 *     write();
 *     job_turn_give(&turns, since);
 *
 * Thread: any; no lock is held meanwhile. */
struct job_turns {
    int most;
    bool (*others_wait)(void *ctx); /* any thread */
    void *ctx;
    _Atomic int out;
    _Atomic int64_t seen_ns; /* when somebody else was last seen waiting */
};
/* Comes back at once when *given_up. */
int64_t job_turn_take(struct job_turns *turns, const _Atomic bool *given_up);
void job_turn_give(struct job_turns *turns, int64_t since_ns);
