/* The view as a whole: making, freeing, locking, and the index of entries by entryUUID. */
#include <stdlib.h>
#include <string.h>

#include "view/internal.h"

enum { SCRATCH = 4 << 20 };

static bool locks_open(struct view *v)
{
    pthread_rwlockattr_t attr;
    pthread_condattr_t cond;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_condattr_init(&cond);
    pthread_condattr_setclock(&cond, CLOCK_MONOTONIC);
    bool ok = pthread_rwlock_init(&v->lock, &attr) == 0 && pthread_mutex_init(&v->wait.lock, NULL) == 0 &&
              pthread_cond_init(&v->wait.more, &cond) == 0;
    pthread_condattr_destroy(&cond);
    pthread_rwlockattr_destroy(&attr);
    return ok;
}

bool view_new(struct view **out, struct cv_error *err)
{
    struct view *v = calloc(1, sizeof(*v));
    struct cv_arena *scratch = cv_arena_new(SCRATCH);
    struct view_applied *ring = calloc(APPLIED, sizeof(*ring));
    uint8_t *build = malloc(PERSON_DATA_MAX);
    if (v == NULL || scratch == NULL || ring == NULL || build == NULL || !locks_open(v)) {
        free(v);
        free(ring);
        free(build);
        cv_arena_free(&scratch);
        return cv_fail_as(err, CV_INTERNAL, NULL, "Không đủ bộ nhớ", "Out of memory");
    }
    v->scratch = scratch;
    v->build = build;
    v->wait.ring = ring;
    v->day = cv_today();
    v->kept_days = DOM_KEPT_DAYS_MAX;
    v->changed_at = cv_now();
    v->complete_ns = cv_mono_ns();
    view_unit_slot(v, (struct cv_id){0}); /* slot 0: the root of roots */
    *out = v;
    return true;
}

void view_free(struct view **view)
{
    struct view *v = view ? *view : NULL;
    if (v == NULL)
        return;
    view_people_free(v);
    view_units_free(v);
    view_catalog_free(v);
    view_usage_free(v);
    view_words_free(&v->words);
    free(v->by_uuid.cells);
    free(v->wait.ring);
    free(v->build);
    cv_arena_free(&v->scratch);
    pthread_cond_destroy(&v->wait.more);
    pthread_mutex_destroy(&v->wait.lock);
    pthread_rwlock_destroy(&v->lock);
    free(v);
    *view = NULL;
}

/* ---- locking ---- */
bool view_enter(const struct view *view, struct cv_error *err)
{
    struct view *v = (struct view *)view; /* the lock and the day are no part of what a reader calls const */
    if (!atomic_load(&v->loaded))
        return err && cv_fail(err, cvp_directory_unavailable, NULL,
                              "Dịch vụ đang nạp dữ liệu từ thư mục, xin thử lại sau ít giây",
                              "The service is still reading the directory, please try again in a few seconds");
    if (atomic_load(&v->day) != cv_today())
        view_roll_day(v);
    pthread_rwlock_rdlock(&v->lock);
    return true;
}

void view_leave(const struct view *view)
{
    pthread_rwlock_unlock(&((struct view *)view)->lock);
}

void view_write(struct view *v)
{
    pthread_rwlock_wrlock(&v->lock);
}

void view_write_end(struct view *v)
{
    pthread_rwlock_unlock(&v->lock);
}

void view_changed(struct view *v)
{
    v->changed_at = cv_now();
    atomic_fetch_add(&v->generation, 1);
}

/* ---- entries by entryUUID ---- */
uint32_t view_entry(enum kind kind, uint32_t slot)
{
    return (uint32_t)kind << 29 | slot;
}

const uint8_t *view_entry_uuid(const struct view *v, uint32_t entry)
{
    uint32_t slot = view_entry_slot(entry);
    switch (view_entry_kind(entry)) {
    case PERSON:
        return v->people[slot]->uuid;
    case UNIT:
        return v->units[slot]->uuid;
    case SYSTEM:
        return v->systems[slot].uuid;
    default:
        return v->tokens[slot]->uuid;
    }
}

uint32_t *view_entry_mark(struct view *v, uint32_t entry)
{
    uint32_t slot = view_entry_slot(entry);
    switch (view_entry_kind(entry)) {
    case PERSON:
        return &v->people[slot]->mark;
    case UNIT:
        return &v->units[slot]->mark;
    case SYSTEM:
        return &v->systems[slot].mark;
    default:
        return &v->tokens[slot]->mark;
    }
}

uint32_t view_entry_find(const struct view *v, const uint8_t uuid[16])
{
    struct view_probe probe;
    uint32_t entry = view_lookup_first(&v->by_uuid, view_hash(uuid, 16), &probe);
    while (entry != NONE && memcmp(view_entry_uuid(v, entry), uuid, 16) != 0)
        entry = view_lookup_next(&v->by_uuid, &probe);
    return entry;
}

void view_entry_add(struct view *v, const uint8_t uuid[16], enum kind kind, uint32_t slot)
{
    view_lookup_put(&v->by_uuid, view_hash(uuid, 16), view_entry(kind, slot));
    v->known[kind]++;
}

void view_entry_drop(struct view *v, const uint8_t uuid[16], uint32_t entry)
{
    view_lookup_drop(&v->by_uuid, view_hash(uuid, 16), entry);
    v->known[view_entry_kind(entry)]--;
}

/* ---- arrays of slots ---- */
void view_slots_insert(struct view_slots *s, size_t at, uint32_t slot)
{
    s->items = view_grow(s->items, &s->cap, s->count + 1, sizeof(*s->items));
    memmove(s->items + at + 1, s->items + at, (s->count - at) * sizeof(*s->items));
    s->items[at] = slot;
    s->count++;
}

void view_slots_add(struct view_slots *s, uint32_t slot)
{
    view_slots_insert(s, s->count, slot);
}

void view_slots_cut(struct view_slots *s, size_t at)
{
    s->count--;
    memmove(s->items + at, s->items + at + 1, (s->count - at) * sizeof(*s->items));
}

bool view_slots_take_out(struct view_slots *s, uint32_t slot)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->items[i] != slot)
            continue;
        s->items[i] = s->items[--s->count];
        return true;
    }
    return false;
}
