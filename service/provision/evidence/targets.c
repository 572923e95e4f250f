/* An index over the evidence log: entries about the same target hang together, the youngest first, five bytes each. */
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "provision/evidence/evidence.h"
#include "provision/evidence/targets.h"

struct slot {
    uint64_t hash;
    uint32_t last; /* index + 1 */
};

struct prov_targets {
    struct cv_lock lock; /* guards what follows */
    uint32_t *before;    /* of the same target: index + 1, 0 = none */
    uint8_t *ended;
    size_t count, room;
    struct slot *slots;
    size_t slot_count, slot_room; /* a power of two */
};

struct prov_targets *prov_targets_new(void)
{
    struct prov_targets *t = calloc(1, sizeof(*t));
    if (t != NULL)
        cv_lock_init(&t->lock, CV_RANK_TARGETS);
    return t;
}

void prov_targets_free(struct prov_targets **targets)
{
    struct prov_targets *t = *targets;
    *targets = NULL;
    if (t == NULL)
        return;
    free(t->before);
    free(t->ended);
    free(t->slots);
    cv_lock_destroy(&t->lock);
    free(t);
}

static uint64_t hash_of(const char *text, size_t len)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return h | 1; /* 0 = a free slot */
}

static struct slot *slot_of(const struct prov_targets *t, uint64_t hash)
{
    size_t at = (size_t)(hash >> 20) & (t->slot_room - 1);
    while (t->slots[at].hash != 0 && t->slots[at].hash != hash)
        at = (at + 1) & (t->slot_room - 1);
    return &t->slots[at];
}

static bool grow_slots(struct prov_targets *t)
{
    struct prov_targets wider = {.slot_room = t->slot_room == 0 ? 4096 : t->slot_room * 2};
    wider.slots = calloc(wider.slot_room, sizeof(*wider.slots));
    if (wider.slots == NULL)
        return false;
    for (size_t i = 0; i < t->slot_room; i++)
        if (t->slots[i].hash != 0)
            *slot_of(&wider, t->slots[i].hash) = t->slots[i];
    free(t->slots);
    t->slots = wider.slots;
    t->slot_room = wider.slot_room;
    return true;
}

static bool make_room(struct prov_targets *t)
{
    if (t->slot_count * 2 >= t->slot_room && !grow_slots(t))
        return false;
    if (t->count < t->room)
        return true;
    size_t room = t->room == 0 ? 4096 : t->room * 2;
    uint32_t *before = realloc(t->before, room * sizeof(*before));
    t->before = before != NULL ? before : t->before;
    uint8_t *ended = realloc(t->ended, room);
    t->ended = ended != NULL ? ended : t->ended;
    if (before == NULL || ended == NULL)
        return false;
    t->room = room;
    return true;
}

/* Where the value of a member begins. Entries are written by us, and inside a text every quote has a backslash. */
static const char *member(const char *entry, size_t len, const char *name, size_t name_len, size_t *out_len)
{
    const char *at = memmem(entry, len, name, name_len);
    if (at == NULL)
        return NULL;
    at += name_len;
    const char *end = at;
    while (end < entry + len && *end != '"' && *end != ',' && *end != '}')
        end++;
    *out_len = (size_t)(end - at);
    return at;
}
#define MEMBER(entry, len, text, out_len) member((entry), (len), (text), sizeof(text) - 1, (out_len))

static enum prov_ended ended_of(const char *entry, size_t len)
{
    size_t n = 0;
    const char *word = MEMBER(entry, len, "\"outcome\":\"", &n);
    if (word == NULL)
        return PROV_ENDED_ABANDONED;
    return n == 4 && memcmp(word, "done", 4) == 0       ? PROV_ENDED_DONE
           : n == 8 && memcmp(word, "not_done", 8) == 0 ? PROV_ENDED_NOT
                                                        : PROV_ENDED_UNKNOWN;
}

static bool take(struct prov_targets *t, const char *entry, size_t len)
{
    size_t n = 0;
    if (!make_room(t))
        return false;
    t->before[t->count] = 0;
    t->ended[t->count] = PROV_ENDED_OPEN;
    const char *of = MEMBER(entry, len, "\"of\":", &n);
    if (of != NULL) {
        uint64_t index = strtoull(of, NULL, 10);
        if (index < t->count)
            t->ended[index] = (uint8_t)ended_of(entry, len);
    }
    const char *target = MEMBER(entry, len, "\"target\":\"", &n);
    if (target != NULL && n > 0) {
        struct slot *slot = slot_of(t, hash_of(target, n));
        t->slot_count += slot->hash == 0;
        slot->hash = hash_of(target, n);
        t->before[t->count] = slot->last;
        slot->last = (uint32_t)t->count + 1;
    }
    t->count++;
    return true;
}

bool prov_targets_follow(struct prov_targets *targets, struct ev_log *log)
{
    struct ev_state state;
    struct ev_reader reader;
    bool ok = true;
    ev_state(log, &state);
    ev_reader_init(&reader, log);
    cv_lock_take(&targets->lock);
    while (ok && (int64_t)targets->count < state.size) {
        const char *entry;
        size_t len;
        ok = ev_read(&reader, (int64_t)targets->count, &entry, &len) && take(targets, entry, len);
    }
    cv_lock_give(&targets->lock);
    ev_reader_free(&reader);
    return ok;
}

int64_t prov_targets_size(struct prov_targets *targets)
{
    cv_lock_take(&targets->lock);
    int64_t size = (int64_t)targets->count;
    cv_lock_give(&targets->lock);
    return size;
}

int64_t prov_targets_before(struct prov_targets *targets, const char *target, int64_t before)
{
    cv_lock_take(&targets->lock);
    uint32_t at = targets->slot_room > 0 ? slot_of(targets, hash_of(target, strlen(target)))->last : 0;
    while (at != 0 && (int64_t)at - 1 >= before)
        at = targets->before[at - 1];
    cv_lock_give(&targets->lock);
    return (int64_t)at - 1;
}

enum prov_ended prov_targets_ended(struct prov_targets *targets, int64_t index)
{
    cv_lock_take(&targets->lock);
    enum prov_ended ended =
        index >= 0 && (size_t)index < targets->count ? (enum prov_ended)targets->ended[index] : PROV_ENDED_OPEN;
    cv_lock_give(&targets->lock);
    return ended;
}
