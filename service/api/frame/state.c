/* Buckets and ready answers: bounded, under one small lock. */
#include <stdlib.h>
#include <string.h>

#include "api/frame/state.h"
#include "congvu/lock.h"

enum { WAYS = 4, BURST_S = 2 };

bool api_open(struct api *api, struct cv_error *err)
{
    api->state = calloc(1, sizeof(*api->state));
    if (api->state == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    cv_lock_init(&api->state->lock, CV_RANK_STATE);
    cv_random(&api->state->known_key, sizeof(api->state->known_key));
    if (api_docs_open(api))
        return true;
    api_close(api);
    return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
}

static void drop(struct api_state *s, struct api_answer *a)
{
    s->answer_bytes -= a->size;
    free(a->key);
    htp_shared_unref(&a->shared);
    *a = (struct api_answer){0};
}

void api_close(struct api *api)
{
    struct api_state *s = api->state;
    if (s == NULL)
        return;
    for (size_t i = 0; i < API_ANSWERS; i++)
        if (s->answers[i].key != NULL)
            drop(s, &s->answers[i]);
    api_docs_close(api);
    cv_lock_destroy(&s->lock);
    explicit_bzero(&s->known_key, sizeof(s->known_key));
    explicit_bzero(s->known, sizeof(s->known));
    free(s);
    api->state = NULL;
}

void api_scheduler_ticked(struct api *api)
{
    if (api->state != NULL)
        atomic_store(&api->state->ticked_ns, cv_mono_ns());
}

static uint64_t hash(const void *bytes, size_t len)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a; whoever makes keys collide only makes answers dearer */
    for (size_t i = 0; i < len; i++)
        h = (h ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
    return h ^ h >> 29;
}

/* ---- rates ---- */

static struct api_bucket *bucket_of(struct api_state *s, struct cv_id token, int64_t now, int rate)
{
    struct api_bucket *way = &s->buckets[hash(token.bytes, sizeof(token.bytes)) % (API_BUCKETS / WAYS) * WAYS],
                      *oldest = way;
    for (int i = 0; i < WAYS; i++) {
        if (cv_id_equal(way[i].token, token))
            return &way[i];
        if (way[i].at_ns < oldest->at_ns)
            oldest = &way[i];
    }
    *oldest = (struct api_bucket){.token = token, .left = (double)rate * BURST_S, .at_ns = now};
    return oldest;
}

bool api_rate_pass(struct api *api, struct cv_id token)
{
    struct api_state *s = api->state;
    double full = (double)api->rate_per_second * BURST_S;
    int64_t now = cv_mono_ns();
    if (api->rate_per_second <= 0)
        return true;
    cv_lock_take(&s->lock);
    struct api_bucket *b = bucket_of(s, token, now, api->rate_per_second);
    b->left += (double)(now - b->at_ns) * 1e-9 * api->rate_per_second;
    b->left = b->left > full ? full : b->left;
    b->at_ns = now;
    bool pass = b->left >= 1;
    if (pass)
        b->left -= 1;
    cv_lock_give(&s->lock);
    return pass;
}

/* ---- answers ---- */

static struct api_answer *answers_of(struct api_state *s, const char *key)
{
    return &s->answers[hash(key, strlen(key)) % (API_ANSWERS / WAYS) * WAYS];
}

struct htp_shared *api_answer_get(struct api *api, const char *key, uint64_t generation)
{
    struct api_state *s = api->state;
    struct htp_shared *found = NULL;
    cv_lock_take(&s->lock);
    struct api_answer *way = answers_of(s, key);
    for (int i = 0; i < WAYS && found == NULL; i++)
        if (way[i].key != NULL && way[i].generation == generation && strcmp(way[i].key, key) == 0) {
            way[i].used = ++s->clock;
            found = htp_shared_ref(way[i].shared);
        }
    cv_lock_give(&s->lock);
    return found;
}

static void make_room(struct api_state *s, size_t size)
{
    for (size_t i = 0; i < API_ANSWERS && s->answer_bytes + size > API_ANSWERS_MAX; i++)
        if (s->answers[i].key != NULL)
            drop(s, &s->answers[i]);
}

/* The same question's old answer goes first, then an empty place, then the one longest unused. */
static struct api_answer *place_for(struct api_state *s, const char *key)
{
    struct api_answer *way = answers_of(s, key), *best = way;
    for (int i = 0; i < WAYS; i++) {
        if (way[i].key != NULL && strcmp(way[i].key, key) == 0)
            return &way[i];
        if (way[i].used < best->used)
            best = &way[i];
    }
    return best;
}

void api_answer_put(struct api *api, const char *key, uint64_t generation, struct htp_shared *shared, size_t size)
{
    struct api_state *s = api->state;
    char *copy = size <= API_ANSWER_MAX ? strdup(key) : NULL;
    size += strlen(key);
    if (copy == NULL)
        return;
    cv_lock_take(&s->lock);
    make_room(s, size);
    struct api_answer *a = place_for(s, key);
    if (a->key != NULL)
        drop(s, a);
    *a = (struct api_answer){
        .key = copy, .generation = generation, .used = ++s->clock, .size = size, .shared = htp_shared_ref(shared)};
    s->answer_bytes += size;
    cv_lock_give(&s->lock);
}
