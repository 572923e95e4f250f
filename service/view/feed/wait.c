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

bool view_wait(struct view *view, const struct dir_stamp *stamp, struct cv_deadline deadline)
{
    struct view_wait *w = &view->wait;
    struct timespec until = {.tv_sec = deadline.at_ns / 1000000000, .tv_nsec = deadline.at_ns % 1000000000};
    uint64_t seen = 0;
    bool found = false;
    if (!stamp->changed)
        return true;
    cv_lock_take(&w->lock);
    for (;;) {
        found = was_applied(w, stamp, seen);
        seen = w->count;
        if (found || cv_deadline_passed(deadline))
            break;
        while (w->count == seen && pthread_cond_timedwait(&w->more, &w->lock.mutex, &until) == 0)
            ;
    }
    if (!found)
        owe(w, stamp);
    cv_lock_give(&w->lock);
    return found;
}
