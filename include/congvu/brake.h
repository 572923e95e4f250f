/* The brake on mass deactivation: what one line of tokens (token.h) may stop in an hour before a second person has to
 * look.
 *
 * Story of use. Whatever stops something that works is judged first: the use case reads the dom_brake of the caller's
 * line, dom_brake_judge() adds the event and says whether it passes, and the brake is saved before the deactivation is
 * written. Of what does not pass, locks and refused changes are noted on the brake itself (an order to leave waits on
 * the person), so that somebody of another line sees them and releases exactly those.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/record.h"

/* Each is counted by itself, an hour and line. */
enum dom_brake_kind {
    DOM_BRAKE_ORDINARY,  /* max(5, min(20, 2 % of the subtree)), and never more than half of a unit of 4 or more */
    DOM_BRAKE_LOCK,      /* of a stolen password: 30 */
    DOM_BRAKE_DISMISSAL, /* departures for buoc_thoi_viec: 5 */
    DOM_BRAKE_OPENED,    /* a lock that a second person allowed beforehand: counted nowhere */
    DOM_BRAKE_KINDS
};
extern const char *const dom_brake_kind_words[]; /* ordinary lock dismissal opened */

struct dom_brake_event {
    cv_moment at;
    struct cv_id unit, staff;
    enum dom_brake_kind kind;
};

/* Locks that a second person allowed beforehand. */
struct dom_brake_opening {
    const char *by, *reason;
    bool everywhere;
    struct cv_id unit; /* and below it, unless everywhere */
    int allow, used;
    cv_moment until;
};

/* A lock that is held: the order itself, never lost. */
struct dom_brake_lock {
    struct cv_id staff;
    const char *system;
    const char *by; /* who ordered it */
    cv_moment at;
};

/* A change that was refused, to be sent again by who wants it: of a person, or of a rule for many. */
struct dom_brake_refusal {
    const char *target; /* "staff/stf_...", "system/e-office", "unit/unt_..." */
    const char *digest; /* of the people it concerns; "" for one person */
    int people;
    const char *by;
    cv_moment at;
    cv_moment released_until; /* until then it passes; CV_NO_MOMENT = it waits */
};

struct dom_brake {
    struct cv_id line;
    struct dom_brake_event *events;
    size_t event_count;
    struct dom_brake_opening *openings;
    size_t opening_count;
    struct dom_brake_lock *locks;
    size_t lock_count;
    struct dom_brake_refusal *refusals;
    size_t refusal_count;
    int64_t revision; /* 0 = no entry yet */
};

enum { DOM_BRAKE_LOCKS_HELD_MAX = 5000, DOM_BRAKE_REFUSALS_MAX = 1000, DOM_BRAKE_LOCKS_AHEAD_MAX = 200 };

/* What an hour has room for. `subtree_size` counts for ordinary ones only. */
int dom_brake_limit(enum dom_brake_kind kind, int subtree_size);
/* Of the hour before `now`. */
int dom_brake_done(const struct dom_brake *brake, enum dom_brake_kind kind, cv_moment now);
/* When the hour has room again by itself for one of the kind; CV_NO_MOMENT = it has now. */
cv_moment dom_brake_room_at(const struct dom_brake *brake, enum dom_brake_kind kind, int subtree_size, cv_moment now);

/* One more deactivation. */
struct dom_brake_case {
    enum dom_brake_kind kind;
    struct cv_id unit, staff;
    int subtree_size;
    int unit_size; /* the unit's recorded people whom nothing has deactivated yet (without those departing, departed or
                      locked); this hour's events of the unit are added back to it */
    int opening;   /* index of an opening that the unit lies in, for a lock; -1 = none */
};
enum dom_brake_verdict { DOM_BRAKE_PASS, DOM_BRAKE_HOLD_HOUR, DOM_BRAKE_HOLD_UNIT };
/* When it passes it is added to *brake (lists in the arena; what is over goes). The same person within the hour passes
 * and does not count twice: after an ordinary one always, else for the same kind. */
enum dom_brake_verdict dom_brake_judge(struct dom_brake *brake, struct cv_arena *arena, cv_moment now,
                                       const struct dom_brake_case *one);

/* Was exactly this, of exactly these people, released? */
bool dom_brake_released(const struct dom_brake *brake, const char *target, const char *digest, cv_moment now);
/* Notes a refused change, or a held lock. What is there already keeps its moment. */
enum dom_brake_noted { DOM_BRAKE_NOTED, DOM_BRAKE_THERE, DOM_BRAKE_NO_ROOM };
enum dom_brake_noted dom_brake_refuse(struct dom_brake *brake, struct cv_arena *arena,
                                      const struct dom_brake_refusal *refusal);
enum dom_brake_noted dom_brake_hold(struct dom_brake *brake, struct cv_arena *arena, const struct dom_brake_lock *lock);
/* The held lock is done or no longer wanted. */
void dom_brake_drop_lock(struct dom_brake *brake, struct cv_arena *arena, struct cv_id staff, const char *system);
