/* A target's breaker: after some failures in a row it is left alone for growing, jittered pauses, then tried with one
 * piece of work.
 *
 * Story of use. Whoever works at other systems keeps a prov_breaker_state for each, asks prov_breaker_now() before he
 * begins and tells prov_breaker_note() how it ended; what failed is tried again at prov_retry(). Moments are
 * nanoseconds of the monotonic clock.
 *
 * Thread: plain data, the caller locks. */
#pragma once

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/secret.h"

enum prov_breaker { PROV_BREAKER_CLOSED, PROV_BREAKER_OPEN, PROV_BREAKER_HALF_OPEN, PROV_BREAKERS };
extern const char *const prov_breaker_words[]; /* closed open half_open */

enum {
    PROV_BREAKER_FAILURES = 5,
    PROV_BREAKER_PAUSE_MS = 1000,
    PROV_BREAKER_PAUSE_MAX_MS = 15000,
    PROV_BREAKER_HISTORY = 64
};

struct prov_breaker_state {
    int failures;                                 /* in a row, of the target */
    struct cv_id culprits[PROV_BREAKER_FAILURES]; /* accounts that were answered with an error: each counts once */
    size_t culprit_count;
    int pauses; /* in a row */
    bool open;
    int64_t until_ns;
    uint64_t history; /* bit per outcome, newest lowest: 1 = failed */
    int outcomes;     /* at most PROV_BREAKER_HISTORY */
    cv_moment last_success_at;
};
void prov_breaker_init(struct prov_breaker_state *b);
enum prov_breaker prov_breaker_now(const struct prov_breaker_state *b, int64_t now_ns);
/* `blamed`: the failure speaks of the target. `culprit`: of this account perhaps as well, since the target answered;
 * zero = not so. True when this opened it. */
bool prov_breaker_note(struct prov_breaker_state *b, bool ok, bool blamed, struct cv_id culprit, unsigned retry_after_s,
                       int64_t now_ns);
double prov_breaker_error_rate(const struct prov_breaker_state *b); /* negative = none yet */
/* When to try again after `attempts` failures in a row (1, 2, ...): doubling from one second, with full jitter; at most
 * 15 s when the target is to blame, else an hour; never before the target's own Retry-After. */
cv_moment prov_retry(const struct cv_error *err, int attempts);
