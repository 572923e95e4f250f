/* Pages of people, accounts and departures, and what the calendar and the reconciler have to look at.
 *
 * Story of use. Fill a query (scope first), ask, write the page; `next` is the position that the following page begins
 * behind.
 *
 * Thread: any; see view.h. */
#pragma once

#include "congvu/view.h"

enum view_sort {
    VIEW_BY_GIVEN_NAME,
    VIEW_BY_STAFF_CODE,
    VIEW_BY_HIRED_ON,
    VIEW_BY_UPDATED_AT,
    VIEW_BY_MATCH, /* of `q`: first those whose name has all the words, whole and in order; then by name */
};
/* What a figure counts: of those required to have an account, but for the last one. */
enum view_stage {
    VIEW_ANY_STAGE,
    VIEW_MISSING, /* not issued */
    VIEW_ISSUED,
    VIEW_NOT_ACTIVATED, /* issued */
    VIEW_LOCKED,
    VIEW_UNUSED,      /* issued, no active day in the window; like the next two only where use is known */
    VIEW_NEVER_USED,  /* issued, no active day ever */
    VIEW_NOT_REGULAR, /* used in the window, not regularly */
    VIEW_UNKNOWN,     /* issued where the source is stale or absent */
    VIEW_BEYOND,      /* issued, and not required */
    VIEW_STAGES
};
struct view_staff_query {
    struct view_scope scope;
    bool has_unit;
    struct cv_id unit;
    bool recursive;
    uint32_t statuses;       /* bits; 0 = all */
    uint32_t categories;     /* bits; 0 = all */
    const char *q;           /* beginnings of words of name, login, address, code, in any order, no marks needed */
    bool phones;             /* q looks at phone numbers too: for who may read them */
    enum view_key by;        /* with keys: exactly these (caseless), present or former */
    const char *const *keys; /* codes, addresses, logins of any system (VIEW_BY_LOGIN), ids */
    size_t key_count;
    const char *has, *missing; /* system slugs: has = issued there; missing = required, not issued */
    const char *system;
    uint32_t stages; /* bits of view_stage, any of them: exactly the people that coverage figures count: recorded on the
                        window's last day, required; system NULL with a stage = all required */
    struct view_window window; /* for stages */
    bool then;                 /* with stages: how each one stood is told too */
    cv_moment updated_since;   /* CV_NO_MOMENT = any */
    enum view_sort sort;
    bool descending;
    size_t page_size;
    const void *after;
    size_t after_len; /* the last page's next */
    bool want_total;
};
/* How somebody stood at the end of the window's last day. */
struct view_then {
    uint32_t stages;   /* bits, of those asked for */
    struct cv_id unit; /* zero = none */
    const char *title, *unit_code, *unit_name[CV_LANGS];
};
struct view_staff_page {
    struct view_staff *items;
    struct view_then *then; /* of each, where the query asks for it; else NULL */
    size_t count;
    const void *next;
    size_t next_len;
    size_t total;
};
bool view_staff_list(const struct view *v, const struct view_staff_query *q, struct cv_arena *arena,
                     struct view_staff_page *out, struct cv_error *err);

struct view_account_query {
    struct view_scope scope;
    bool has_unit;
    struct cv_id unit;
    bool recursive;
    const char *system;           /* NULL = all */
    uint32_t states;              /* bits of dom_observed; 0 = all */
    bool drift_only, failed_only; /* failed: the last try at its system */
    cv_day expires_before;        /* 0 = any. Issued, with a certificate whose last day is before it */
    bool kept_elsewhere;          /* the device with the key is out, with somebody else than the holder */
    cv_day last_active_before;    /* 0 = any. Issued, in a system whose use is reported, last active before or never */
    uint32_t pending; /* 0 = any. No password was ever set: bits of dom_pending, by these days of the policy */
    int activation_days, activation_warn;
    bool ended; /* stopped counting as issued in ended_in, and did not go on that day: fills ended_on */
    struct view_window ended_in;
    size_t page_size;
    const void *after;
    size_t after_len;
    bool want_total;
};
struct view_account_row {
    struct view_staff staff; /* without its accounts array */
    struct view_account account;
};
struct view_account_page {
    struct view_account_row *items;
    size_t count;
    const void *next;
    size_t next_len;
    size_t total;
};
bool view_account_list(const struct view *v, const struct view_account_query *q, struct cv_arena *arena,
                       struct view_account_page *out, struct cv_error *err);

/* What a connector system lacks. Of those due now (nothing to wait for), at most `max`, beginning behind the person
 * that
 * `*cursor` names, so that nobody starves; the cursor moves. */
struct view_connector_backlog {
    size_t queue;        /* accounts that want something done, due or waiting */
    cv_moment oldest_at; /* since when the oldest of them is as it is; CV_NO_MOMENT = none */
};
struct dom_connector;
size_t view_connector_due(const struct view *v, const char *system, const struct dom_connector *connector,
                          cv_moment now, size_t *cursor, struct cv_id *out, size_t max,
                          struct view_connector_backlog *out_backlog);
/* How many accounts a whole comparison missed there. */
size_t view_connector_lost(const struct view *v, const char *system);
/* All accounts of a system, of people and units, for a comparison with what is there: about 200 bytes each. CV_LIMIT
 * when the arena cannot hold them, then none is told. */
struct view_connector_account {
    struct cv_id owner;
    bool of_unit;
    const char *login, *remote_id, *code, *address, *title; /* or NULL; the HR code, or the unit's */
    uint32_t not_taken;
    bool synced;
    cv_moment lost_at;
    enum dom_desired desired;
    enum dom_observed observed;
};
bool view_connector_accounts(const struct view *v, const char *system, struct cv_arena *arena,
                             struct view_connector_account **out, size_t *out_count, struct cv_error *err);

struct view_departure_query {
    struct view_scope scope;
    bool has_unit;
    struct cv_id unit;
    bool recursive;
    uint32_t states; /* bits of dom_departure_state; 0 = all */
    cv_day from, to; /* effective_on, inclusive; CV_NO_DAY = open */
    size_t page_size;
    const void *after;
    size_t after_len;
    bool want_total;
};
/* Current departures by effective_on, then id. */
bool view_departure_list(const struct view *v, const struct view_departure_query *q, struct cv_arena *arena,
                         struct view_staff_page *out, struct cv_error *err);

/* Likely the same person: folded name equal and (birth year or mobile or unit equal). At most `max`. */
struct view_twin_query {
    const char *full_name;
    int birth_year;
    const char *mobile;
    bool has_unit;
    struct cv_id unit;
};
size_t view_twins(const struct view *v, const struct view_twin_query *q, struct cv_id *out, size_t max);

/* ---- for the scheduler ---- at most max ids; *cursor, 0 at first, is where the next call goes on, so that those who
 * fail again and again keep nobody else waiting */
/* Units of which something planned is to happen on that day or before. */
size_t view_units_to_turn(const struct view *v, cv_day day, size_t *cursor, struct cv_id *out, size_t max);
/* People whose current departure is scheduled with effective_on <= day (one in progress waits for other systems, a held
 * one for a second person, neither for the calendar). */
size_t view_due_departures(const struct view *v, cv_day day, size_t *cursor, struct cv_id *out, size_t max);
/* The next person whose departure was carried out, in the order in which they lie in memory; false: there is none
 * behind *cursor. */
bool view_next_leaver(const struct view *v, size_t *cursor, struct cv_id *out);
/* People with sessions that have to end. */
size_t view_open_cut_offs(const struct view *v, size_t *cursor, struct cv_id *out, size_t max);
/* Merges that lack their second write: `emptied` leads to `into`, which does not know of it; or it stands by itself
 * again, and `into` still has its addresses. */
struct view_half_merge {
    struct cv_id emptied, into;
};
size_t view_half_merged(const struct view *v, struct view_half_merge *out, size_t max);
/* People whose required accounts differ from their accounts (a required system without desired state): for the sweep
 * after required_for, unit kind or block changed. */
size_t view_unprovisioned(const struct view *v, cv_day day, size_t *cursor, struct cv_id *out, size_t max);
