/* The brake: a script that goes wild must not empty a district. */
#include <string.h>

#include "congvu/brake.h"

enum {
    HOUR_S = 3600,
    DAY_S = 24 * HOUR_S,
    FLOOR = 5,
    CEILING = 20,
    SMALLEST_UNIT = 4,
    LOCKS = 30,
    DISMISSALS = 5,
};

int dom_brake_limit(enum dom_brake_kind kind, int subtree_size)
{
    int two_percent = subtree_size / 50;
    if (kind == DOM_BRAKE_LOCK)
        return LOCKS;
    if (kind == DOM_BRAKE_DISMISSAL)
        return DISMISSALS;
    if (two_percent < FLOOR)
        return FLOOR;
    return two_percent > CEILING ? CEILING : two_percent;
}

static bool within_hour(const struct dom_brake_event *e, cv_moment now)
{
    return now - e->at < HOUR_S;
}

int dom_brake_done(const struct dom_brake *brake, enum dom_brake_kind kind, cv_moment now)
{
    int done = 0;
    for (size_t i = 0; i < brake->event_count; i++)
        done += brake->events[i].kind == kind && within_hour(&brake->events[i], now);
    return done;
}

/* Events lie in the order of their moments. */
cv_moment dom_brake_room_at(const struct dom_brake *brake, enum dom_brake_kind kind, int subtree_size, cv_moment now)
{
    int over = dom_brake_done(brake, kind, now) - dom_brake_limit(kind, subtree_size);
    for (size_t i = 0; i < brake->event_count && over >= 0; i++)
        if (brake->events[i].kind == kind && within_hour(&brake->events[i], now) && over-- == 0)
            return brake->events[i].at + HOUR_S;
    return CV_NO_MOMENT;
}

/* ---- what is over goes ---- the lists are copied, not compacted in place: the caller may still hold the record as it
 * was read. Each has room for one more. */

static void keep_events(struct dom_brake *brake, struct cv_arena *arena, cv_moment now)
{
    struct dom_brake_event *kept = CV_NEWS(arena, struct dom_brake_event, brake->event_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < brake->event_count && cv_arena_ok(arena); i++)
        if (within_hour(&brake->events[i], now))
            kept[count++] = brake->events[i];
    brake->events = kept;
    brake->event_count = count;
}

static void keep_openings(struct dom_brake *brake, struct cv_arena *arena)
{
    struct dom_brake_opening *kept = CV_NEWS(arena, struct dom_brake_opening, brake->opening_count + 1);
    if (brake->opening_count > 0 && cv_arena_ok(arena))
        memcpy(kept, brake->openings, brake->opening_count * sizeof(*kept));
    brake->openings = kept;
}

static bool over(const struct dom_brake_refusal *r, cv_moment now)
{
    return r->released_until != CV_NO_MOMENT ? r->released_until <= now : now - r->at >= DAY_S;
}

static void keep_refusals(struct dom_brake *brake, struct cv_arena *arena, cv_moment now)
{
    struct dom_brake_refusal *kept = CV_NEWS(arena, struct dom_brake_refusal, brake->refusal_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < brake->refusal_count && cv_arena_ok(arena); i++)
        if (!over(&brake->refusals[i], now))
            kept[count++] = brake->refusals[i];
    brake->refusals = kept;
    brake->refusal_count = count;
}

/* ---- judging ---- */

static bool covers(enum dom_brake_kind done, enum dom_brake_kind asked)
{
    return done == DOM_BRAKE_ORDINARY || done == asked || (done == DOM_BRAKE_OPENED && asked == DOM_BRAKE_LOCK);
}

static bool judged_before(const struct dom_brake *brake, const struct dom_brake_case *one)
{
    for (size_t i = 0; i < brake->event_count; i++)
        if (cv_id_equal(brake->events[i].staff, one->staff) && covers(brake->events[i].kind, one->kind))
            return true;
    return false;
}

static bool more_than_half(const struct dom_brake *brake, const struct dom_brake_case *one)
{
    int here = 0;
    if (cv_id_is_zero(one->unit))
        return false; /* of a change of rules, whose people are of many units */
    for (size_t i = 0; i < brake->event_count; i++)
        here += cv_id_equal(brake->events[i].unit, one->unit);
    int before = one->unit_size + here;
    return before >= SMALLEST_UNIT && here + 1 > before / 2;
}

static bool opened(const struct dom_brake *brake, const struct dom_brake_case *one, cv_moment now)
{
    if (one->kind != DOM_BRAKE_LOCK || one->opening < 0)
        return false;
    const struct dom_brake_opening *o = &brake->openings[one->opening];
    return o->until > now && o->used < o->allow;
}

enum dom_brake_verdict dom_brake_judge(struct dom_brake *brake, struct cv_arena *arena, cv_moment now,
                                       const struct dom_brake_case *one)
{
    keep_events(brake, arena, now);
    keep_openings(brake, arena);
    if (!cv_arena_ok(arena)) /* nothing could be noted down: better held than uncounted */
        return DOM_BRAKE_HOLD_HOUR;
    if (judged_before(brake, one))
        return DOM_BRAKE_PASS;
    bool by_opening = opened(brake, one, now);
    if (!by_opening && dom_brake_done(brake, one->kind, now) >= dom_brake_limit(one->kind, one->subtree_size))
        return DOM_BRAKE_HOLD_HOUR;
    if (one->kind == DOM_BRAKE_ORDINARY && more_than_half(brake, one))
        return DOM_BRAKE_HOLD_UNIT;
    if (by_opening)
        brake->openings[one->opening].used++;
    brake->events[brake->event_count++] = (struct dom_brake_event){
        .at = now, .unit = one->unit, .staff = one->staff, .kind = by_opening ? DOM_BRAKE_OPENED : one->kind};
    return DOM_BRAKE_PASS;
}

/* ---- what waits ---- */

static bool same_change(const struct dom_brake_refusal *r, const char *target, const char *digest)
{
    return strcmp(r->target, target) == 0 && strcmp(r->digest, digest) == 0;
}

bool dom_brake_released(const struct dom_brake *brake, const char *target, const char *digest, cv_moment now)
{
    for (size_t i = 0; i < brake->refusal_count; i++) {
        const struct dom_brake_refusal *r = &brake->refusals[i];
        if (same_change(r, target, digest) && r->released_until != CV_NO_MOMENT && r->released_until > now)
            return true;
    }
    return false;
}

enum dom_brake_noted dom_brake_refuse(struct dom_brake *brake, struct cv_arena *arena,
                                      const struct dom_brake_refusal *refusal)
{
    keep_refusals(brake, arena, refusal->at);
    for (size_t i = 0; i < brake->refusal_count; i++)
        if (same_change(&brake->refusals[i], refusal->target, refusal->digest))
            return DOM_BRAKE_THERE;
    if (!cv_arena_ok(arena) || brake->refusal_count >= DOM_BRAKE_REFUSALS_MAX)
        return DOM_BRAKE_NO_ROOM;
    brake->refusals[brake->refusal_count++] = *refusal;
    return DOM_BRAKE_NOTED;
}

static bool same_lock(const struct dom_brake_lock *lock, struct cv_id staff, const char *system)
{
    return cv_id_equal(lock->staff, staff) && strcmp(lock->system, system) == 0;
}

enum dom_brake_noted dom_brake_hold(struct dom_brake *brake, struct cv_arena *arena, const struct dom_brake_lock *lock)
{
    for (size_t i = 0; i < brake->lock_count; i++)
        if (same_lock(&brake->locks[i], lock->staff, lock->system))
            return DOM_BRAKE_THERE;
    struct dom_brake_lock *grown = CV_NEWS(arena, struct dom_brake_lock, brake->lock_count + 1);
    if (!cv_arena_ok(arena) || brake->lock_count >= DOM_BRAKE_LOCKS_HELD_MAX)
        return DOM_BRAKE_NO_ROOM;
    if (brake->lock_count > 0)
        memcpy(grown, brake->locks, brake->lock_count * sizeof(*grown));
    grown[brake->lock_count++] = *lock;
    brake->locks = grown;
    return DOM_BRAKE_NOTED;
}

void dom_brake_drop_lock(struct dom_brake *brake, struct cv_arena *arena, struct cv_id staff, const char *system)
{
    struct dom_brake_lock *kept = CV_NEWS(arena, struct dom_brake_lock, brake->lock_count + 1);
    size_t count = 0;
    if (!cv_arena_ok(arena))
        return;
    for (size_t i = 0; i < brake->lock_count; i++)
        if (!same_lock(&brake->locks[i], staff, system))
            kept[count++] = brake->locks[i];
    brake->locks = kept;
    brake->lock_count = count;
}
