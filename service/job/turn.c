/* Turns of writing, shared with whoever waits. */
#include <poll.h>
#include <stdatomic.h>

#include "congvu/clock.h"
#include "congvu/job.h"

enum { STILL_NS = 20000000, REST_LEAST_MS = 1, REST_TIMES = 3, REST_MOST_MS = 200 };

/* People come one request after the other: between two of them they wait too. */
static bool busy(struct job_turns *turns)
{
    int64_t now = cv_mono_ns();
    if (turns->others_wait(turns->ctx))
        atomic_store_explicit(&turns->seen_ns, now, memory_order_relaxed);
    return now - atomic_load_explicit(&turns->seen_ns, memory_order_relaxed) < STILL_NS;
}

int64_t job_turn_take(struct job_turns *turns, const _Atomic bool *given_up)
{
    while (!atomic_load(given_up)) {
        int most = busy(turns) ? 1 : turns->most, out = atomic_load(&turns->out);
        if (out < most && atomic_compare_exchange_strong(&turns->out, &out, out + 1))
            return cv_mono_ns();
        poll(NULL, 0, REST_LEAST_MS);
    }
    atomic_fetch_add(&turns->out, 1);
    return cv_mono_ns();
}

void job_turn_give(struct job_turns *turns, int64_t since_ns)
{
    int64_t ms = REST_TIMES * ((cv_mono_ns() - since_ns) / 1000000 + REST_LEAST_MS);
    if (busy(turns))
        poll(NULL, 0, (int)(ms < REST_MOST_MS ? ms : REST_MOST_MS));
    atomic_fetch_sub(&turns->out, 1);
}
