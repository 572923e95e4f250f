/* Memory and lock: entries by entryUUID, arrays of slots. */
#include <stdlib.h>
#include <string.h>

#include "congvu/log.h"
#include "view/store/view.h"

void view_write(struct view *v)
{
    cv_rank_take(CV_RANK_VIEW);
    pthread_rwlock_wrlock(&v->lock);
}

void view_write_end(struct view *v)
{
    pthread_rwlock_unlock(&v->lock);
    cv_rank_give(CV_RANK_VIEW);
}

void view_changed(struct view *v)
{
    v->changed_at = cv_now();
    cv_count(CVM_view_changes);
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

/* ---- people ---- */
uint32_t view_person_slot(const struct view *v, struct cv_id id)
{
    struct view_probe probe;
    uint32_t at = view_lookup_first(&v->by_id, view_hash(id.bytes, 16), &probe);
    while (at != NONE && !cv_id_equal(v->people[at]->id, id))
        at = view_lookup_next(&v->by_id, &probe);
    return at;
}
