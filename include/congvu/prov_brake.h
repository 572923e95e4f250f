/* Use cases about the brake: what waits for a second person, and letting exactly that go on.
 *
 * Story of use. Somebody is told `brake_engaged`, or finds lines of a batch `held`. prov_brake_status() shows what
 * waits in each line of tokens, with a digest of the list; a person of another line looks at it and calls
 * prov_brake_release() with the people, or with the digest of what was seen. What was kept runs in that call; what was
 * refused may then be sent again for a day. Nobody else runs on a release.
 *
 * Thread: that of the call. */
#pragma once

#include "congvu/brake.h"
#include "congvu/departure.h"
#include "congvu/provision.h"
#include "congvu/view_lists.h"

enum prov_waiting_kind {
    PROV_WAITS_DEPARTURE, /* an order to leave, kept */
    PROV_WAITS_LOCK,      /* a lock for a stolen password, kept */
    PROV_WAITS_CHANGE,    /* a change of a person, refused */
    PROV_WAITS_SYSTEM,    /* new rules of a system, refused */
    PROV_WAITS_UNIT,      /* a unit's new kind, block or place, refused */
    PROV_WAITING_KINDS
};
extern const char *const prov_waiting_words[]; /* departure lock change system unit */

struct prov_waiting {
    enum prov_waiting_kind kind;
    const char *key;         /* unique among those that wait, the same as long as it waits */
    struct view_staff staff; /* of the first three */
    const char *system;      /* of a lock and of a system's rules */
    struct cv_id unit;
    const char *change;          /* of refused rules, by its people: for others there it is another one */
    const char *target, *digest; /* of the refused ones, as the brake has them */
    int people;
    const char *by; /* who was stopped: "tok_..." */
    cv_moment since;
    enum dom_reason reason; /* of a departure; so is the day */
    cv_day effective_on;
    bool touched; /* something of it was done already: never, unless by hand or by an earlier version */
};

struct prov_releaser {
    struct cv_id id;
    bool person; /* else a token */
    const char *name;
};
enum { PROV_RELEASERS_MAX = 20 };

/* Why two are no second person for each other: see prov_oneness(). */
enum prov_oneness { PROV_TWO, PROV_ONE_LINE, PROV_ONE_BY_LOAN, PROV_ONE_BY_WAY_IN, PROV_ONENESSES };
extern const char *const prov_oneness_words[]; /* "" own_line lent_role way_in */

struct prov_brake_line {
    struct cv_id line;
    bool person;      /* who signed in, else the token that begins it */
    const char *name; /* of either, when the caller sees it; or NULL */
    bool own;
    int done[DOM_BRAKE_OPENED], limit[DOM_BRAKE_OPENED]; /* by kind, of this hour */
    cv_moment room_at[DOM_BRAKE_OPENED]; /* when one of the kind may pass again by itself; CV_NO_MOMENT = now */
    struct prov_waiting *items;          /* in the caller's scope, by key */
    size_t count, untouched;
    char digest[CV_DIGEST_TEXT];                        /* of the list as the caller sees it */
    struct prov_releaser releasers[PROV_RELEASERS_MAX]; /* whose reach covers all that waits */
    size_t releaser_count;
    bool may_release;          /* the caller */
    enum prov_oneness why_not; /* of who has the right; PROV_TWO = nothing stands against it */
};
/* The caller's own line, and with brake:release or staff:read every other one in which something waits in his scope. */
bool prov_brake_status(struct prov_call *call, struct prov_brake_line **out, size_t *out_count, struct cv_error *err);
/* The caller's own line, with who may release `subject` (of the error that stopped it) and without what waits: one
 * reading. */
bool prov_brake_own(struct prov_call *call, const char *subject, struct prov_brake_line *out, struct cv_error *err);

struct prov_release_input {
    const char *token; /* any one of the stopped line, or the person who was stopped */
    const char *reason;
    const char **people; /* staff keys */
    size_t person_count;
    const char **changes; /* refused changes of rules, by their `change` */
    size_t change_count;
    const char *digest;     /* or: all that the caller saw */
    int locks_ahead;        /* or: so many locks for a stolen password, for an hour; 0 = no */
    const char *ahead_unit; /* and below it; NULL = the caller's whole scope */
};
enum prov_released_as {
    PROV_RELEASED_DONE,
    PROV_RELEASED_SCHEDULED,   /* its day is yet to come */
    PROV_RELEASED_OPEN,        /* refused before: passes when it is sent again, until the release ends */
    PROV_RELEASED_NOT_WAITING, /* any more, or for somebody else */
    PROV_RELEASED_FAILED,      /* waits still */
    PROV_RELEASED_AS
};
extern const char *const prov_released_words[]; /* done scheduled open not_waiting failed */
struct prov_released {
    const char *asked;                  /* key or change as sent; NULL with a digest */
    const struct prov_waiting *waiting; /* or NULL */
    enum prov_released_as as;
    struct cv_error err;
};
struct prov_release {
    struct cv_id id, line;
    bool person; /* whose line it is, else a token's */
    const char *reason, *by;
    cv_moment at;
    struct prov_released *items;
    size_t count, left; /* of those seen, what still waits */
    cv_moment until;    /* of what is open or allowed beforehand; CV_NO_MOMENT = nothing is */
    int locks_ahead;
    bool ahead_everywhere;
    struct cv_id ahead_unit;
};
/* token_not_found; scope_missing for who is no second person (nobody releases what he, or who made him, was stopped
 * from); brake_changed when the list is no longer the one of the digest. What was done before an error stays done; the
 * call can be repeated. */
bool prov_brake_release(struct prov_call *call, const struct prov_release_input *in, struct prov_release *out,
                        struct cv_error *err);
/* How much waits in all lines, as the calendar last saw it (each minute). Any thread. */
int prov_brake_waiting(const struct prov *prov);

/* People whom a plan lets go. */
struct prov_leaver {
    struct cv_id staff, unit; /* the home unit */
    enum dom_brake_kind kind;
};
/* *out: would the brake hold one of them, were they let go by the caller now, one after the other? Nothing is counted.
 */
bool prov_brake_too_many(struct prov_call *call, const struct prov_leaver *leavers, size_t count, bool *out,
                         struct cv_error *err);
/* Whom to ask, people first: may release, is of another line than who made it, and knows by name whoever `made_in`
 * knows. At most PROV_RELEASERS_MAX. */
bool prov_second_people(struct prov_call *call, const char *made_by, struct view_scope made_in,
                        struct prov_releaser *out, size_t *out_count, struct cv_error *err);
/* Their names for a sentence, the first few of them. */
const char *prov_releaser_names(struct cv_arena *arena, const struct prov_releaser *people, size_t count);
/* Is the caller a second person to who made it ("tok_...", "stf_...") in `made_in`? False: scope_missing, with who is.
 */
bool prov_second_person(struct prov_call *call, const char *made_by, struct view_scope made_in, struct cv_error *err);
