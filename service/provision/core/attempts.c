/* Wrong secrets, counted by network, by account as tried from there, and in all. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "congvu/network.h"
#include "congvu/secret.h"
#include "provision/core/attempts.h"

enum { WAYS = 4, TRIER_TEXT = 640, KEYS_MAX = 2 };

static const int64_t second_ns = 1000000000;

/* What was wrong, less what has been forgotten since. */
struct tally {
    double wrong;
    int64_t at_ns; /* from when on calm counts: the end of a wait */
};

struct place {
    struct cv_tag tag; /* keyed, so that nobody can choose who shares a place */
    struct tally tally;
    int running; /* between begin and end */
};

struct prov_attempts {
    struct cv_key key;
    struct cv_lock lock; /* guards what follows */
    struct tally all;
    struct place places[PROV_WRONG_PLACES];
};

struct rule {
    int burst, wait_s, rest_s;
};
static const struct rule network = {PROV_WRONG_BURST, PROV_WRONG_REST_S, PROV_WRONG_REST_S};
static const struct rule account = {PROV_WRONG_ACCOUNT, PROV_WRONG_ACCOUNT_WAIT_S, PROV_WRONG_ACCOUNT_REST_S};

/* What one attempt is counted under. */
struct keys {
    size_t count;
    struct {
        const struct rule *rule;
        struct cv_tag tag;
    } items[KEYS_MAX];
    bool counts_in_all;
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

/* ---- under which keys ---- */

static struct cv_tag network_of(const struct prov_attempts *a, const char *peer)
{
    struct cv_address address;
    if (!cv_address_parse(peer, strlen(peer), &address))
        return cv_tag_make(&a->key, peer, strlen(peer));
    return cv_tag_make(&a->key, address.bytes, address.len == 16 ? 8 : 4);
}

static struct cv_tag account_of(const struct prov_attempts *a, const struct prov_trier *who, struct cv_tag from)
{
    char text[TRIER_TEXT];
    if (who->browser != NULL)
        snprintf(text, sizeof text, "browser %s %s", who->browser, who->account);
    else
        snprintf(text, sizeof text, "account %016llx%016llx %s", (unsigned long long)from.half[0],
                 (unsigned long long)from.half[1], who->account);
    return cv_tag_make(&a->key, text, strlen(text));
}

static struct keys keys_of(const struct prov_attempts *a, const struct prov_trier *who)
{
    struct keys keys = {.counts_in_all = who->browser == NULL};
    struct cv_tag from = network_of(a, who->peer);
    if (who->browser == NULL) {
        keys.items[keys.count].rule = &network;
        keys.items[keys.count++].tag = from;
    }
    if (who->account != NULL) {
        keys.items[keys.count].rule = &account;
        keys.items[keys.count++].tag = account_of(a, who, from);
    }
    return keys;
}

/* ---- counting ---- */

static void forget(struct tally *t, int64_t now_ns, double a_second)
{
    if (now_ns <= t->at_ns)
        return;
    double left = t->wrong - (double)(now_ns - t->at_ns) * 1e-9 * a_second;
    t->wrong = left > 0 ? left : 0;
    t->at_ns = now_ns;
}

static int64_t wait_after(const struct rule *rule, double wrong)
{
    int64_t wait_s = rule->wait_s;
    for (int over = (int)(wrong + 0.5) - rule->burst; over > 0 && wait_s < PROV_WRONG_MOST_S; over--)
        wait_s *= 2;
    return (wait_s < PROV_WRONG_MOST_S ? wait_s : PROV_WRONG_MOST_S) * second_ns;
}

static void count_wrong(struct place *place, const struct rule *rule, int64_t now_ns)
{
    place->tally.wrong += 1;
    if (place->tally.wrong > rule->burst - 0.5)
        place->tally.at_ns = now_ns + wait_after(rule, place->tally.wrong);
}

/* The key's place, or the one that it may have: the one longest unheard of that nothing runs for. */
static struct place *place_of(struct prov_attempts *a, struct cv_tag tag)
{
    struct place *way = &a->places[tag.half[0] % (PROV_WRONG_PLACES / WAYS) * WAYS], *best = way;
    for (int i = 0; i < WAYS; i++)
        if (cv_tag_equal(way[i].tag, tag))
            return &way[i];
    for (int i = 1; i < WAYS; i++)
        if (way[i].running < best->running ||
            (way[i].running == best->running && way[i].tally.at_ns < best->tally.at_ns))
            best = &way[i];
    *best = (struct place){.tag = tag};
    return best;
}

static int seconds(int64_t ns)
{
    return ns > second_ns ? (int)((ns + second_ns - 1) / second_ns) : 1;
}

/* What runs counts as wrong until it ends; after a wait one at a time is let through. */
static bool allowed(const struct place *place, const struct rule *rule, int64_t now_ns, int *out_wait_s)
{
    if (now_ns < place->tally.at_ns) {
        *out_wait_s = seconds(place->tally.at_ns - now_ns);
        return false;
    }
    bool full = place->tally.wrong + place->running > rule->burst - 0.5;
    if (place->running > 0 && full) {
        *out_wait_s = rule->wait_s;
        return false;
    }
    return true;
}

static bool allowed_in_all(const struct prov_attempts *a, const struct place *place, int *out_wait_s)
{
    if (place->tally.wrong <= 0 || a->all.wrong <= PROV_WRONG_ALL_BURST - 1)
        return true;
    *out_wait_s = seconds((int64_t)((a->all.wrong + 1 - PROV_WRONG_ALL_BURST) * 1e9));
    return false;
}

static bool all_allowed(struct prov_attempts *a, const struct keys *keys, int64_t now_ns, int *out_wait_s)
{
    for (size_t i = 0; i < keys->count; i++) {
        struct place *place = place_of(a, keys->items[i].tag);
        forget(&place->tally, now_ns, 1.0 / keys->items[i].rule->rest_s);
        if (!allowed(place, keys->items[i].rule, now_ns, out_wait_s) ||
            (keys->counts_in_all && !allowed_in_all(a, place, out_wait_s)))
            return false;
    }
    return true;
}

bool prov_attempt_begin(struct prov_attempts *attempts, const struct prov_trier *who, int64_t now_ns, int *out_wait_s)
{
    struct keys keys = keys_of(attempts, who);
    cv_lock_take(&attempts->lock);
    forget(&attempts->all, now_ns, 1);
    bool ok = all_allowed(attempts, &keys, now_ns, out_wait_s);
    for (size_t i = 0; ok && i < keys.count; i++)
        place_of(attempts, keys.items[i].tag)->running++;
    cv_lock_give(&attempts->lock);
    return ok;
}

void prov_attempt_end(struct prov_attempts *attempts, const struct prov_trier *who, int64_t now_ns,
                      enum prov_tried tried)
{
    bool wrong = tried == PROV_TRIED_WRONG;
    struct keys keys = keys_of(attempts, who);
    cv_lock_take(&attempts->lock);
    forget(&attempts->all, now_ns, 1);
    attempts->all.wrong += wrong && keys.counts_in_all;
    for (size_t i = 0; i < keys.count; i++) {
        struct place *place = place_of(attempts, keys.items[i].tag);
        place->running -= place->running > 0;
        if (wrong)
            count_wrong(place, keys.items[i].rule, now_ns);
        else if (tried == PROV_TRIED_RIGHT && keys.items[i].rule == &account)
            place->tally = (struct tally){.at_ns = now_ns};
    }
    cv_lock_give(&attempts->lock);
}

bool prov_too_fast(struct cv_error *err, int wait_s)
{
    cv_fail(err, cvp_rate_limited, NULL, "Đã sai nhiều lần; vui lòng chờ %d giây rồi thử lại",
            "Wrong too often; please wait %d seconds and try again", wait_s);
    err->retry_after_s = wait_s;
    return false;
}
