/* Read-your-writes: a writer waits until the feed has brought its own change. */
#include <string.h>
#include <time.h>

#include "congvu/lock.h"
#include "view/feed/feed.h"

/* Looks at what was applied since `seen`. CSNs compare bytewise; a later one of the same entry will do. Under the lock.
 */
static bool was_applied(const struct view_wait *w, const struct dir_stamp *stamp, uint64_t seen)
{
    uint64_t oldest = w->count > APPLIED ? w->count - APPLIED : 0;
    for (uint64_t i = w->count; i > seen && i > oldest; i--) {
        const struct view_applied *a = &w->ring[(i - 1) % APPLIED];
        if (memcmp(a->uuid, stamp->uuid, 16) == 0 && strcmp(a->csn, stamp->csn) >= 0)
            return true;
    }
    return false;
}

static void note_oldest(struct view_wait *w)
{
    int64_t oldest = 0;
    for (size_t i = 0; i < OWED; i++)
        if (w->owed[i].since_ns != 0 && (oldest == 0 || w->owed[i].since_ns < oldest))
            oldest = w->owed[i].since_ns;
    atomic_store(&w->owed_since, oldest);
}

static struct view_owed *free_place(struct view_wait *w)
{
    for (size_t i = 0; i < OWED; i++)
        if (w->owed[i].since_ns == 0)
            return &w->owed[i];
    return NULL;
}

/* When all places are taken there is enough to go by. */
static void owe(struct view_wait *w, const struct dir_stamp *stamp)
{
    struct view_owed *owed = free_place(w);
    if (owed == NULL)
        return;
    struct view_owed fresh = {.since_ns = cv_mono_ns()};
    memcpy(fresh.what.uuid, stamp->uuid, sizeof(stamp->uuid));
    memcpy(fresh.what.csn, stamp->csn, sizeof(stamp->csn));
    *owed = fresh;
    note_oldest(w);
}

void view_paid(struct view_wait *w, const uint8_t uuid[16], const char *csn)
{
    if (atomic_load(&w->owed_since) == 0)
        return;
    for (size_t i = 0; i < OWED; i++) {
        const struct view_applied *what = &w->owed[i].what;
        if (uuid == NULL ||
            (memcmp(what->uuid, uuid, sizeof(what->uuid)) == 0 && (csn == NULL || strcmp(csn, what->csn) >= 0)))
            w->owed[i].since_ns = 0;
    }
    note_oldest(w);
}

/* Under the lock. Until something more than `seen` was applied; false when it is too late. */
static bool more_than(struct view_wait *w, uint64_t seen, struct cv_deadline deadline)
{
    struct timespec until = cv_timespec(deadline);
    while (w->count == seen && pthread_cond_timedwait(&w->more, &w->lock.mutex, &until) == 0)
        ;
    return w->count != seen || !cv_deadline_passed(deadline);
}

bool view_wait(struct view *view, const struct dir_stamp *stamp, struct cv_deadline deadline)
{
    struct view_wait *w = &view->wait;
    uint64_t seen = 0;
    bool found = false, in_time = true;
    if (!stamp->changed)
        return true;
    cv_lock_take(&w->lock);
    while (!found && in_time) {
        found = was_applied(w, stamp, seen);
        seen = w->count;
        in_time = found || more_than(w, seen, deadline);
    }
    if (!found)
        owe(w, stamp);
    cv_lock_give(&w->lock);
    return found;
}

bool view_wait_owed(struct view *view, struct cv_deadline deadline)
{
    struct view_wait *w = &view->wait;
    bool in_time = true;
    cv_lock_take(&w->lock);
    while (atomic_load(&w->owed_since) != 0 && in_time)
        in_time = view_lives(view) && more_than(w, w->count, deadline);
    cv_lock_give(&w->lock);
    return in_time;
}

static bool is_there(struct view *view, struct cv_id id, uint64_t *out_seen)
{
    cv_lock_take(&view->wait.lock);
    *out_seen = view->wait.count; /* what comes later is looked at again */
    cv_lock_give(&view->wait.lock);
    if (!view_enter(view, NULL))
        return false;
    bool there = view_person_slot(view, id) != NONE || view_unit_slot_of(view, id) != NONE;
    view_leave(view);
    return there;
}

bool view_wait_gone(struct view *view, struct cv_id id, struct cv_deadline deadline)
{
    uint64_t seen;
    bool in_time = true;
    while (in_time && is_there(view, id, &seen)) {
        cv_lock_take(&view->wait.lock);
        in_time = more_than(&view->wait, seen, deadline);
        cv_lock_give(&view->wait.lock);
    }
    return in_time;
}
