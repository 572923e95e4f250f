/* The brake: a script that goes wild must not empty a district. */
#include "congvu/brake.h"

enum { HOUR_S = 3600, FLOOR = 5, CEILING = 20, SMALLEST_UNIT = 4 };

int dom_brake_limit(int subtree_size)
{
    int two_percent = subtree_size / 50;
    if (two_percent < FLOOR)
        return FLOOR;
    return two_percent > CEILING ? CEILING : two_percent;
}

static bool within_hour(const struct dom_brake_event *e, cv_moment now)
{
    return now - e->at < HOUR_S;
}

/* Both lists are copied, not compacted in place: the caller may still hold the record as it was read. */
static void drop_old(struct dom_brake *brake, struct cv_arena *arena, cv_moment now)
{
    struct dom_brake_event *events = CV_NEWS(arena, struct dom_brake_event, brake->event_count + 1);
    size_t kept = 0;
    if (!cv_arena_ok(arena))
        return;
    for (size_t i = 0; i < brake->event_count; i++)
        if (within_hour(&brake->events[i], now))
            events[kept++] = brake->events[i];
    brake->events = events;
    brake->event_count = kept;

    struct dom_brake_release *releases = CV_NEWS(arena, struct dom_brake_release, brake->release_count + 1);
    kept = 0;
    if (!cv_arena_ok(arena))
        return;
    for (size_t i = 0; i < brake->release_count; i++)
        if (brake->releases[i].until > now)
            releases[kept++] = brake->releases[i];
    brake->releases = releases;
    brake->release_count = kept;
}

static bool judged_before(const struct dom_brake *brake, struct cv_id staff)
{
    for (size_t i = 0; i < brake->event_count; i++)
        if (cv_id_equal(brake->events[i].staff, staff))
            return true;
    return false;
}

static enum dom_brake_verdict verdict(const struct dom_brake *brake, int subtree_size, int unit_size, struct cv_id unit)
{
    int here = 0;
    if (brake->event_count >= (size_t)dom_brake_limit(subtree_size))
        return DOM_BRAKE_HOLD_HOUR;
    for (size_t i = 0; i < brake->event_count; i++)
        here += cv_id_equal(brake->events[i].unit, unit);
    int before = unit_size + here;
    if (before >= SMALLEST_UNIT && here + 1 > before / 2)
        return DOM_BRAKE_HOLD_UNIT;
    return DOM_BRAKE_PASS;
}

static bool use_release(struct dom_brake *brake)
{
    for (size_t i = 0; i < brake->release_count; i++) {
        struct dom_brake_release *r = &brake->releases[i];
        if (r->used < r->allow) {
            r->used++;
            return true;
        }
    }
    return false;
}

enum dom_brake_verdict dom_brake_judge(struct dom_brake *brake, struct cv_arena *arena, cv_moment now, int subtree_size,
                                       int unit_size, struct cv_id unit, struct cv_id staff)
{
    drop_old(brake, arena, now);
    if (!cv_arena_ok(arena)) /* nothing could be noted down: better held than uncounted */
        return DOM_BRAKE_HOLD_HOUR;
    if (judged_before(brake, staff))
        return DOM_BRAKE_PASS;
    enum dom_brake_verdict v = verdict(brake, subtree_size, unit_size, unit);
    if (v != DOM_BRAKE_PASS && !use_release(brake))
        return v;
    /* drop_old left room for one more */
    brake->events[brake->event_count++] = (struct dom_brake_event){.at = now, .unit = unit, .staff = staff};
    return DOM_BRAKE_PASS;
}

int dom_brake_room(const struct dom_brake *brake, cv_moment now, int subtree_size)
{
    int room = dom_brake_limit(subtree_size);
    for (size_t i = 0; i < brake->event_count; i++)
        room -= within_hour(&brake->events[i], now);
    if (room < 0)
        room = 0;
    for (size_t i = 0; i < brake->release_count; i++)
        if (brake->releases[i].until > now && brake->releases[i].allow > brake->releases[i].used)
            room += brake->releases[i].allow - brake->releases[i].used;
    return room;
}
