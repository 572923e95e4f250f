/* Systems: who must have an account there, what counts as use, how sessions are ended.
 *
 * Story of use. A system is an entry of the catalogue. dom_required_by() says whether a post requires it; the rule of
 * activity says what "used regularly" means there.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/record.h"
#include "congvu/unit.h"

struct dom_connector;

enum dom_system_kind { DOM_DIRECTORY, DOM_CONNECTOR, DOM_MANUAL, DOM_SYSTEM_KINDS };

extern const char *const dom_system_kind_words[]; /* directory connector manual */

/* One line of required_for: a post matches when every list that is not empty has it. Bits by enum value. */
struct dom_required {
    uint32_t blocks, unit_kinds, categories;
    const char **positions;
    size_t position_count; /* folded titles; empty = any */
};

/* What counts as use of a system, and when its figures go stale. A change of the rule makes a new version. */
enum dom_precision {
    DOM_BY_DAY,    /* every active day is reported */
    DOM_LAST_ONLY, /* only the latest one: `used` can be told, `regular` cannot */
    DOM_PRECISIONS
};

extern const char *const dom_precision_words[]; /* by_day last_only */

struct dom_activity {
    bool reported;    /* does any source report usage? Without one everything is unknown */
    int regular_days; /* active days ... */
    int regular_of;   /* ... of so many, for "regular" (4 of 30); in a period ceil(regular_days * days / regular_of) */
    int stale_after;  /* days behind yesterday after which usage figures are null */
    enum dom_precision precision;
    int version; /* 1, 2, ... */
};

/* Where running sessions of a system can be seen and ended: Dovecot's doveadm over HTTP. */
struct dom_sessions {
    const char *url;
    const char *credential; /* name of a file in the service's folder of credentials */
    const char **allow;     /* special addresses that it may lie at */
    size_t allow_count;
    bool no_cache; /* Dovecot remembers no sign-in, so there is nothing to empty */
};

/* What was required and counted as regular before the day `to`, the first on which it was not. */
struct dom_past_rules {
    cv_day to;
    bool retired;
    struct dom_required *required;
    size_t required_count;
    struct dom_activity activity;
};

enum { DOM_LOGIN_MAX = 64, DOM_LOGIN_MAX_LEAST = 12 };
struct dom_system {
    const char *slug;
    const char *name[CV_LANGS];
    enum dom_system_kind kind;
    const char *login_rule;       /* naming pattern for its login, e.g. "{donvi}_{ho_dem_ten}"; "address" = the mailbox
                                     address; NULL = the mailbox login */
    const char *login_short_rule; /* for who would be too long by login_rule; NULL = that one is cut */
    int login_max;                /* signs of a login; 0 = DOM_LOGIN_MAX */
    bool login_per_unit;          /* a move closes the old login and opens one of the new unit */
    bool receives_mail;           /* locked keeps receiving */
    bool certificates;            /* its accounts are digital certificates: a move never closes one */
    bool retired;                 /* out of use: required of nobody, no account can be wanted; never deleted */
    struct dom_required *required;
    size_t required_count;               /* empty = optional for all */
    const struct dom_sessions *sessions; /* NULL = not reachable */
    struct dom_activity activity;
    struct dom_past_rules *past; /* ascending */
    size_t past_count;
    const struct dom_connector *connector; /* or NULL */
    int64_t revision;
    cv_moment updated_at;
};

/* Required by any current post? `block` is the unit's effective block, `title_folded` cv_text_fold of the post's title.
 */
bool dom_required_by(const struct dom_system *system, int block, enum dom_unit_kind kind, enum dom_category category,
                     const char *title_folded);
/* With the rules of that day: itself, or a copy in *space. */
/* The kinds of units in which somebody must have it, bits; 0 = all. */
uint32_t dom_required_kinds(const struct dom_system *system);
const struct dom_system *dom_system_on(const struct dom_system *system, cv_day day, struct dom_system *space);
/* What `after` changes of them holds from that day on, which is none before the last change (CV_NO_DAY: always). */
void dom_system_keep_past(const struct dom_system *before, struct dom_system *after, cv_day from,
                          struct cv_arena *arena);
bool dom_same_required(const struct dom_system *a, const struct dom_system *b);
bool dom_same_activity(const struct dom_activity *a, const struct dom_activity *b); /* whatever their version */
/* Regular = 4 days of 30, stale 3 days behind yesterday, by day, not reported, version 1. */
struct dom_activity dom_activity_default(void);
/* [a-z][a-z0-9-]{0,31}, and no word that means something else in a path. */
bool dom_system_slug_valid(const char *slug);
int dom_login_max(const struct dom_system *system);
