/* The brake on mass deactivation: max(5, min(20, 2 % of the subtree)) an hour, never more than half of a unit of 4 or
 * more.
 *
 * Story of use. Before a deactivation is written its actor's struct dom_brake is read, dom_brake_judge() adds the event
 * and says whether it passes, and the counter is saved first.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/record.h"

/* The brake of one token: what it did in the last hour and what was released. */
struct dom_brake_event {
    cv_moment at;
    struct cv_id unit, staff;
};

struct dom_brake_release {
    struct cv_id id;
    const char *by, *reason;
    int allow, used;
    cv_moment at, until;
};

struct dom_brake {
    struct cv_id token;
    struct dom_brake_event *events;
    size_t event_count;
    struct dom_brake_release *releases;
    size_t release_count;
    int64_t revision; /* 0 = no entry yet */
};

/* Deactivations that may pass in an hour. */
int dom_brake_limit(int subtree_size);

enum dom_brake_verdict { DOM_BRAKE_PASS, DOM_BRAKE_HOLD_HOUR, DOM_BRAKE_HOLD_UNIT };

/* Judges one more deactivation of `staff` in `unit` and, when it passes, adds it to *brake (events in the arena; those
 * older than an hour go; a release with room lets it pass and is used). The same staff within the hour passes and does
 * not count twice. `unit_size`: the unit's recorded people whom nothing has deactivated yet (without those departing,
 * departed or locked); this hour's events of the unit are added back to it. */
enum dom_brake_verdict dom_brake_judge(struct dom_brake *brake, struct cv_arena *arena, cv_moment now, int subtree_size,
                                       int unit_size, struct cv_id unit, struct cv_id staff);
/* How many more may pass now; for answers. */
int dom_brake_room(const struct dom_brake *brake, cv_moment now, int subtree_size);
