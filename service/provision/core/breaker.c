/* A target's breaker. */
#include "congvu/prov_breaker.h"

const char *const prov_breaker_words[] = {"closed", "open", "half_open", NULL};

enum { RETRY_MAX_S = 3600, RETRY_BLAMED_MAX_S = 15, DOUBLINGS = 20 };

/* Anything from half to the whole: callers that failed together do not come back together. */
static int64_t jitter(int64_t most)
{
    uint32_t random;
    cv_random(&random, sizeof random);
    return most / 2 + (int64_t)(random % (uint64_t)(most / 2 + 1));
}

static int64_t doubled(int64_t first, int times, int64_t most)
{
    int64_t value = first << (times < DOUBLINGS ? times : DOUBLINGS);
    return value < most ? value : most;
}

void prov_breaker_init(struct prov_breaker_state *b)
{
    *b = (struct prov_breaker_state){.last_success_at = CV_NO_MOMENT};
}

enum prov_breaker prov_breaker_now(const struct prov_breaker_state *b, int64_t now_ns)
{
    return !b->open ? PROV_BREAKER_CLOSED : now_ns < b->until_ns ? PROV_BREAKER_OPEN : PROV_BREAKER_HALF_OPEN;
}

static void remember(struct prov_breaker_state *b, bool failed)
{
    b->history = b->history << 1 | (failed ? 1u : 0u);
    b->outcomes += b->outcomes < PROV_BREAKER_HISTORY ? 1 : 0;
}

static void pause_target(struct prov_breaker_state *b, unsigned retry_after_s, int64_t now_ns)
{
    int64_t ms = jitter(doubled(PROV_BREAKER_PAUSE_MS, b->pauses++, PROV_BREAKER_PAUSE_MAX_MS));
    int64_t asked_ms = (int64_t)retry_after_s * 1000;
    b->open = true;
    b->until_ns = now_ns + (asked_ms > ms ? asked_ms : ms) * 1000000;
}

/* One account that always fails says nothing of the others. */
static bool counted_before(struct prov_breaker_state *b, struct cv_id culprit)
{
    if (cv_id_is_zero(culprit))
        return false;
    for (size_t i = 0; i < b->culprit_count; i++)
        if (cv_id_equal(b->culprits[i], culprit))
            return true;
    if (b->culprit_count < PROV_BREAKER_FAILURES)
        b->culprits[b->culprit_count++] = culprit;
    return false;
}

bool prov_breaker_note(struct prov_breaker_state *b, bool ok, bool blamed, struct cv_id culprit, unsigned retry_after_s,
                       int64_t now_ns)
{
    bool was_open = b->open;
    remember(b, !ok);
    if (ok)
        b->last_success_at = cv_now();
    if (!blamed) { /* the target answered */
        b->failures = b->pauses = 0;
        b->culprit_count = 0;
        b->open = false;
        return false;
    }
    b->failures += counted_before(b, culprit) ? 0 : 1;
    bool told = retry_after_s > 0;
    if (b->failures >= PROV_BREAKER_FAILURES || was_open || told)
        pause_target(b, retry_after_s, now_ns);
    return b->open && !was_open;
}

double prov_breaker_error_rate(const struct prov_breaker_state *b)
{
    uint64_t seen = b->outcomes == PROV_BREAKER_HISTORY ? UINT64_MAX : (UINT64_C(1) << b->outcomes) - 1;
    return b->outcomes == 0 ? -1 : (double)__builtin_popcountll(b->history & seen) / b->outcomes;
}

cv_moment prov_retry(const struct cv_error *err, int attempts)
{
    bool blamed = err->kind == CV_UNAVAILABLE || err->kind == CV_LIMIT || err->kind == CV_UNKNOWN;
    int64_t most = blamed ? RETRY_BLAMED_MAX_S : RETRY_MAX_S;
    int64_t wait = jitter(doubled(2, attempts - 1, most));
    int64_t asked = err->retry_after_s;
    return cv_now() + (asked > wait ? asked : wait);
}
