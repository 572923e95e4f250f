/* What a complete refresh did not name is gone, unless that would be so much that the answer itself is in doubt. */
#include <stdlib.h>

#include "congvu/log.h"
#include "view/feed/feed.h"

enum { ALWAYS_ALLOWED = 20, SHARE = 10 };

static const size_t batch = 64; /* entries dropped per lock */

static bool is_lost(struct view *v, uint32_t entry)
{
    return *view_entry_mark(v, entry) != v->refresh;
}

/* Entries that were not named, of all kinds. */
static void collect(struct view *v, struct view_slots *lost, size_t by_kind[KINDS])
{
    for (size_t i = 0; i < v->by_uuid.cap; i++) {
        uint32_t entry = v->by_uuid.cells[i].value;
        if (entry == NONE || !is_lost(v, entry))
            continue;
        view_slots_add(lost, entry);
        by_kind[view_entry_kind(entry)]++;
    }
}

static bool too_many(size_t lost, size_t known)
{
    size_t limit = known / SHARE > ALWAYS_ALLOWED ? known / SHARE : ALWAYS_ALLOWED;
    return lost > limit || (lost == known && known > 1);
}

static bool in_doubt(const struct view *v, const size_t lost[KINDS])
{
    size_t known = v->known[PERSON] + v->known[UNIT] + v->known[SYSTEM] + v->known[TOKEN];
    if (known > 0 && v->named == 0)
        return true; /* an empty answer */
    for (int k = 0; k < KINDS; k++)
        if (too_many(lost[k], v->known[k]))
            return true;
    return false;
}

bool view_sweep_allowed(struct view *v)
{
    struct view_slots lost = {0};
    size_t by_kind[KINDS] = {0};
    collect(v, &lost, by_kind);
    bool doubt = in_doubt(v, by_kind);
    bool allowed = !doubt || lost.count <= atomic_load(&v->release);
    view_write(v);
    v->sweep_refused = !allowed;
    v->sweep_size = allowed ? 0 : lost.count;
    view_write_end(v);
    if (doubt && allowed)
        atomic_store(&v->release, 0);
    if (!allowed)
        cv_count(CVM_view_sweeps_refused);
    free(lost.items);
    return allowed;
}

static void drop_locked(struct view *v, uint32_t entry)
{
    uint32_t slot = view_entry_slot(entry);
    switch (view_entry_kind(entry)) {
    case PERSON:
        view_drop_person(v, slot);
        break;
    case SYSTEM:
        view_drop_system(v, slot);
        break;
    case TOKEN:
        view_drop_token(v, slot);
        break;
    default:
        break;
    }
    view_changed(v);
}

void view_drop_entry(struct view *v, uint32_t entry)
{
    if (view_entry_kind(entry) == UNIT) {
        view_drop_unit(v, view_entry_slot(entry));
        return;
    }
    view_write(v);
    drop_locked(v, entry);
    view_write_end(v);
    if (view_entry_kind(entry) == SYSTEM)
        view_recount_below(v, 0);
}

void view_feed_sweep(struct view *v)
{
    struct view_slots lost = {0};
    size_t by_kind[KINDS] = {0}, done = 0;
    collect(v, &lost, by_kind);
    while (done < lost.count) {
        size_t end = done + batch < lost.count ? done + batch : lost.count;
        view_write(v);
        for (size_t i = done; i < end; i++)
            if (view_entry_kind(lost.items[i]) == PERSON)
                drop_locked(v, lost.items[i]);
        view_write_end(v);
        done = end;
    }
    for (size_t i = 0; i < lost.count; i++)
        if (view_entry_kind(lost.items[i]) != PERSON)
            view_drop_entry(v, lost.items[i]);
    free(lost.items);
}

bool view_guard_release(struct view *view, size_t records)
{
    cv_rank_take(CV_RANK_VIEW);
    pthread_rwlock_rdlock(&view->lock);
    bool held = view->sweep_refused && view->sweep_size == records;
    pthread_rwlock_unlock(&view->lock);
    cv_rank_give(CV_RANK_VIEW);
    if (held)
        atomic_store(&view->release, records);
    return held;
}
