/* A target's breaker: after some failures in a row it is left alone for growing, jittered pauses, then tried with one
 * piece of work. Plain data; the caller locks. Moments are nanoseconds of the monotonic clock. */
#pragma once

#include "congvu/reconcile.h"

enum { REC_FAILURES = 5, REC_PAUSE_MS = 1000, REC_PAUSE_MAX_MS = 15000, REC_HISTORY = 64 };

struct rec_breaker_state {
    int failures;                        /* in a row, of the target */
    struct cv_id culprits[REC_FAILURES]; /* accounts that were answered with an error: each counts once */
    size_t culprit_count;
    int pauses; /* in a row */
    bool open;
    int64_t until_ns;
    uint64_t history; /* bit per outcome, newest lowest: 1 = failed */
    int outcomes;     /* at most REC_HISTORY */
    cv_moment last_success_at;
};
void rec_breaker_init(struct rec_breaker_state *b);
enum rec_breaker rec_breaker_now(const struct rec_breaker_state *b, int64_t now_ns);
/* `blamed`: the failure speaks of the target. `culprit`: of this account perhaps as well, since the target answered;
 * zero = not so. True when this opened it. */
bool rec_breaker_note(struct rec_breaker_state *b, bool ok, bool blamed, struct cv_id culprit, unsigned retry_after_s,
                      int64_t now_ns);
double rec_breaker_error_rate(const struct rec_breaker_state *b); /* negative = none yet */
