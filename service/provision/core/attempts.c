/* Wrong secrets, counted by client and in all. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "congvu/network.h"
#include "congvu/secret.h"
#include "provision/core/attempts.h"

enum { WAYS = 4 };

/* What was wrong, less what has been forgotten since. */
struct tally {
    double wrong;
    int64_t at_ns;
};

struct client {
    struct cv_tag tag; /* keyed, so that nobody can choose who shares a place */
    struct tally tally;
    int running; /* between begin and end */
};

struct prov_attempts {
    struct cv_key key;
    struct cv_lock lock; /* guards what follows */
    struct tally all;
    struct client clients[PROV_WRONG_CLIENTS];
};

struct prov_attempts *prov_attempts_new(void)
{
    struct prov_attempts *a = calloc(1, sizeof(*a));
    if (a == NULL)
        return NULL;
    cv_random(&a->key, sizeof(a->key));
    cv_lock_init(&a->lock, CV_RANK_ATTEMPTS);
    return a;
}

void prov_attempts_free(struct prov_attempts **attempts)
{
    if (*attempts == NULL)
        return;
    cv_lock_destroy(&(*attempts)->lock);
    free(*attempts);
    *attempts = NULL;
}

static void forget(struct tally *t, int64_t now_ns, double a_second)
{
    double left = t->wrong - (double)(now_ns - t->at_ns) * 1e-9 * a_second;
    t->wrong = left > 0 ? left : 0;
    t->at_ns = now_ns;
}

static struct cv_tag tag_of(const struct prov_attempts *a, const char *peer)
{
    struct cv_address address;
    if (!cv_address_parse(peer, strlen(peer), &address))
        return cv_tag_make(&a->key, peer, strlen(peer));
    return cv_tag_make(&a->key, address.bytes, address.len == 16 ? 8 : 4);
}

/* The client's place, or the one that it may have: the one longest unheard of that nothing runs for. */
static struct client *client_of(struct prov_attempts *a, struct cv_tag tag)
{
    struct client *way = &a->clients[tag.half[0] % (PROV_WRONG_CLIENTS / WAYS) * WAYS], *best = way;
    for (int i = 0; i < WAYS; i++)
        if (cv_tag_equal(way[i].tag, tag))
            return &way[i];
    for (int i = 1; i < WAYS; i++)
        if (way[i].running < best->running ||
            (way[i].running == best->running && way[i].tally.at_ns < best->tally.at_ns))
            best = &way[i];
    *best = (struct client){.tag = tag};
    return best;
}

/* Seconds until one more would be allowed. */
static int wait_of(double wrong, double allowed, double a_second)
{
    double seconds = (wrong + 1 - allowed) / a_second;
    return seconds > 1 ? (int)(seconds + 0.999) : 1;
}

static bool allowed(const struct prov_attempts *a, const struct client *c, int *out_wait_s)
{
    if (c->tally.wrong + c->running > PROV_WRONG_BURST - 1) {
        *out_wait_s = wait_of(c->tally.wrong + c->running, PROV_WRONG_BURST, 1.0 / PROV_WRONG_REST_S);
        return false;
    }
    if (c->tally.wrong > 0 && a->all.wrong > PROV_WRONG_ALL_BURST - 1) {
        *out_wait_s = wait_of(a->all.wrong, PROV_WRONG_ALL_BURST, 1);
        return false;
    }
    return true;
}

bool prov_attempt_begin(struct prov_attempts *attempts, const char *peer, int64_t now_ns, int *out_wait_s)
{
    struct cv_tag tag = tag_of(attempts, peer);
    cv_lock_take(&attempts->lock);
    struct client *c = client_of(attempts, tag);
    forget(&c->tally, now_ns, 1.0 / PROV_WRONG_REST_S);
    forget(&attempts->all, now_ns, 1);
    bool ok = allowed(attempts, c, out_wait_s);
    c->running += ok;
    cv_lock_give(&attempts->lock);
    return ok;
}

void prov_attempt_end(struct prov_attempts *attempts, const char *peer, int64_t now_ns, bool wrong)
{
    struct cv_tag tag = tag_of(attempts, peer);
    cv_lock_take(&attempts->lock);
    struct client *c = client_of(attempts, tag);
    forget(&c->tally, now_ns, 1.0 / PROV_WRONG_REST_S);
    forget(&attempts->all, now_ns, 1);
    c->running -= c->running > 0;
    c->tally.wrong += wrong;
    attempts->all.wrong += wrong;
    cv_lock_give(&attempts->lock);
}
