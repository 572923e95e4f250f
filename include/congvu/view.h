/* The live view: everything that is read often, in memory, fed by the directory.
 *
 * Story of use. main makes one view, hands view_feed() to the sync consumer, and everybody asks the view: who holds a
 * code, which units lie below, the coverage of a subtree, one page of a list. Writes go to the directory; after a write
 * view_wait() blocks (at most 250 ms) until the view has seen it, so a client reads what it wrote.
 *
 *     struct view_staff_page page;
 *     struct view_staff_query q = {.scope = actor->top, .q = "nguyen an", .page_size = 50};
 *     if (!view_staff_list(view, &q, arena, &page, err)) ...
 *
 * Until the first refresh is complete every question fails with CV_UNAVAILABLE (directory_unavailable). While the feed
 * is silent what is found is answered, what is not found is CV_UNAVAILABLE, and lists of people end after some minutes.
 * An empty or
 * failed answer of the directory never empties the view: a sweep that would remove more than max(20, 10 %) of the
 * people or units is refused (view_guard_release lets one pass).
 *
 * Thread: the feed's callbacks run in the consumer's thread; all questions from any thread (one reader-writer lock
 * inside, held only within a call). Memory: answers are copied into the arena given; nothing points into the view but
 * the slugs of systems, which stay as long as it does. */
#pragma once

#include "congvu/feed.h"
#include "congvu/staff.h"
#include "congvu/unit.h"

struct dom_system;
struct dom_token;

struct view;
bool view_new(struct view **out, struct cv_error *err);
void view_free(struct view **view);
struct dir_feed view_feed(struct view *view);
/* How many days of activity are kept: 180 to DOM_KEPT_DAYS_MAX, which it is without this call. Before the feed starts.
 */
void view_keep_activity(struct view *view, int days);
/* For how many months facts are kept with their days; without this call as long as activity. Before the feed starts. */
void view_keep_dated(struct view *view, int months);
/* From this day on former values are kept; before it the past is what is known of it today. Before the feed starts. */
void view_date_since(struct view *view, cv_day day);
cv_day view_dated_since(const struct view *v);
/* How old lists of people may become while the directory is not heard; 300 s without this call. Before the feed starts.
 */
void view_lists_until(struct view *view, int seconds);

/* ---- state ---- */
struct view_state {
    bool loaded;    /* a first refresh is complete */
    bool alive;     /* the feed answers and the view is complete; without it an unknown name is no proof */
    int64_t age_ms; /* since it was last known to be complete and alive; 0 when alive */
    size_t people, units, systems, tokens;
    uint64_t generation; /* grows when something visible changed */
    bool sweep_refused;  /* the guard is holding one */
    size_t sweep_size;
    size_t doubles;       /* pairs of people with one name or code; the log names them */
    cv_moment changed_at; /* last change of figures, or the last midnight */
    bool usage_ready;     /* the first refresh of usage is complete too: figures of use are whole */
};
void view_state(const struct view *view, struct view_state *out);
uint64_t view_generation(
    const struct view *view); /* one atomic read: for caches; also moves at midnight (figures depend on the day) */
/* True when the view has seen this write, or when nothing had changed. Waits at most until the deadline. */
bool view_wait(struct view *view, const struct dir_stamp *stamp, struct cv_deadline deadline);
/* The same for all that view_wait() gave up waiting for. False at once when the feed is silent. */
bool view_wait_owed(struct view *view, struct cv_deadline deadline);
/* The same for a person or a unit that was deleted. */
bool view_wait_gone(struct view *view, struct cv_id id, struct cv_deadline deadline);
/* Lets a sweep of that many records, or fewer, pass at the next refresh. False: that many are not being held. */
bool view_guard_release(struct view *view, size_t records);

/* ---- scope: what a caller may see ---- */
/* Units and sums: all that lies at or below `top`. People by name: those of the block (Party and Front, government)
 * that `top` itself is of; of a unit of another block, or of none, the sums alone. Whoever shall know both has a role
 * at each, or one everywhere. */
struct view_scope {
    bool everywhere;
    struct cv_id top;
};

/* ---- units ---- */
struct view_unit {
    struct cv_id id;
    const char *code, *name[CV_LANGS], *slug;
    enum dom_unit_kind kind;
    int block;           /* own, -1 inherited */
    int effective_block; /* -1 when no ancestor sets one */
    uint32_t hr_feed;    /* its own or that of the nearest unit above that says it; 0 = said nowhere */
    bool has_parent;
    struct cv_id parent;
    int position, depth; /* depth 0 = a root */
    cv_day active_from, active_to;
    int children;
    int64_t revision;
    int recorded;                          /* own people today */
    const char *mail_login, *mail_address; /* of its mailbox, or NULL */
};
/* `key` is an id or a code (caseless; former codes too; valid on `as_of`, CV_NO_DAY = today). CV_NOT_FOUND
 * (unit_not_found) also when outside the scope. */
bool view_unit_find(const struct view *v, struct view_scope scope, const char *key, cv_day as_of,
                    struct cv_arena *arena, struct view_unit *out, struct cv_error *err);
bool view_unit_by_id(const struct view *v, struct cv_id id, struct cv_arena *arena,
                     struct view_unit *out); /* no scope */
/* Whose mailbox has this login. No scope. */
bool view_unit_by_mailbox(const struct view *v, const char *login, struct cv_arena *arena, struct view_unit *out);
/* All units of the scope that have a mailbox, dissolved ones too; in no order. */
bool view_unit_mailboxes(const struct view *v, struct view_scope scope, struct cv_arena *arena, struct view_unit **out,
                         size_t *out_count, struct cv_error *err);
/* Accounts of units at other systems than the mailbox, or at this one, dissolved units too; in no order. No scope. */
struct view_unit_account {
    struct view_unit unit;
    struct dom_unit_account of; /* without last_error */
};
bool view_unit_accounts(const struct view *v, const char *system, struct cv_arena *arena,
                        struct view_unit_account **out, size_t *out_count, struct cv_error *err);
bool view_unit_within(const struct view *v, struct cv_id unit, struct cv_id top); /* unit == top or below it */
/* The unit and what it hung below at the end of that day, upwards; 0 = there is none of that id. */
enum { VIEW_DEEPEST = 64 };
size_t view_unit_way(const struct view *v, struct cv_id unit, cv_day day, struct cv_id out[VIEW_DEEPEST]);
bool view_in_scope(const struct view *v, struct view_scope scope, struct cv_id unit);
/* In the scope, and its people are known there by name. */
bool view_reaches_people(const struct view *v, struct view_scope scope, struct cv_id unit);
/* view_unit_find() among those units. */
bool view_unit_of_people(const struct view *v, struct view_scope scope, const char *key, struct cv_arena *arena,
                         struct view_unit *out, struct cv_error *err);
/* From the root down to the unit itself, cut at the top of the scope. */
bool view_unit_ancestors(const struct view *v, struct view_scope scope, struct cv_id unit, struct cv_arena *arena,
                         struct view_unit **out, size_t *out_count, struct cv_error *err);
/* ---- targets ---- */
struct view_target {
    struct dom_target target;
    struct cv_id set_at; /* the unit that sets it */
};
/* The one in force: of the unit itself or the nearest one above that sets any for the system. False: none. */
bool view_target_of(const struct view *v, struct cv_id unit, const char *system, struct cv_arena *arena,
                    struct view_target *out);
/* Those set at the unit and, `recursive`, below it, in tree order; `system` NULL = all. Never more than `max`. */
bool view_targets(const struct view *v, struct view_scope scope, struct cv_id unit, bool recursive, const char *system,
                  size_t max, struct cv_arena *arena, struct view_target **out, size_t *out_count,
                  struct cv_error *err);
struct view_unit_query {
    struct view_scope scope;
    bool has_parent;
    struct cv_id parent; /* below this one */
    bool recursive;
    int depth;     /* depth -1 = all */
    const char *q; /* folded words, prefix match */
    bool include_dissolved;
    bool by_code; /* a flat list by code instead of tree order */
    size_t page_size;
    const void *after;
    size_t after_len; /* position in the order; from the last page */
};
struct view_unit_page {
    struct view_unit *items;
    size_t count;
    const void *next;
    size_t next_len; /* NULL at the end */
    size_t total;
};
/* Tree order: parents before children, siblings by position, then vi order of names, then id. total counts all matches.
 */
bool view_unit_list(const struct view *v, const struct view_unit_query *q, struct cv_arena *arena,
                    struct view_unit_page *out, struct cv_error *err);
/* Had, has or is anybody to have a post in the unit (not below), or a unit its place there? */
bool view_unit_used(const struct view *v, struct cv_id unit, bool *out, struct cv_error *err);
/* Has anybody who has not left a post there (not below), or a unit its place, on that day or a later one? */
bool view_unit_awaits(const struct view *v, struct cv_id unit, cv_day day, bool *out, struct cv_error *err);
/* Another unit that has, or once had, this code and goes on in the time from <= day < to; CV_NO_DAY is open. */
bool view_unit_rival(const struct view *v, const struct dom_unit *unit, const char *code, cv_day from,
                     struct cv_id *out);
/* Would `parent` as parent of `unit` close a cycle? */
bool view_unit_cycle(const struct view *v, struct cv_id unit, struct cv_id parent);
/* Recorded people today in the subtree / the unit itself. */
int view_recorded(const struct view *v, struct view_scope scope);
int view_unit_recorded(const struct view *v, struct cv_id unit);

/* ---- systems and tokens ---- */
bool view_systems(const struct view *v, struct cv_arena *arena, struct dom_system **out, size_t *out_count,
                  struct cv_error *err);
bool view_system_find(const struct view *v, const char *slug, struct cv_arena *arena, struct dom_system *out,
                      struct cv_error *err);
/* By the secret's digest: CV_NOT_FOUND when there is none. Does not judge expiry. Fast: it is on every request. */
bool view_token_by_digest(const struct view *v, const char *digest, struct cv_arena *arena, struct dom_token *out);
bool view_token_by_id(const struct view *v, struct cv_id id, struct cv_arena *arena, struct dom_token *out);
bool view_tokens(const struct view *v, struct cv_arena *arena, struct dom_token **out, size_t *out_count,
                 struct cv_error *err);

/* ---- the window of use ---- */
/* Days that usage is judged over, both included. The four standard lengths (7, 30, 90, 180) ending today are kept up to
 * date and cost nothing; any other window costs O(people) when it is first asked for, must lie inside the days that the
 * view keeps (else CV_INVALID, validation_failed at "period"), and takes people, posts, headcounts and accounts as of
 * `to`. All zero = the default of 30 days until today. */
enum { VIEW_DEFAULT_WINDOW = 30 };
/* The day that all figures stand for: today, but for the moments behind midnight in which the feed's thread works those
 * of many people out anew, also while the directory is not heard; nobody waits for it. What asks for figures until
 * today asks until this day. */
cv_day view_day(const struct view *v);
struct view_window {
    cv_day from, to; /* to = today for the live figures */
};
cv_day view_activity_from(const struct view *v); /* the first day of use that is kept */
cv_day view_dated_from(const struct view *v);    /* the first day of which facts are kept with their days */
/* Can anything be told of these days? Of such as begin before view_activity_from nothing of use. */
bool view_tells_of(const struct view *v, struct view_window window);

/* ---- people ---- */
struct view_account {
    const char *system;
    enum dom_desired desired;
    enum dom_observed observed;
    const char *login;
    const char *reason;
    cv_moment since;
    const char *last_error; /* or NULL */
    const char *remote_id;  /* in a connector system, or NULL */
    int attempts;           /* failures in a row there */
    cv_moment next_try_at;  /* CV_NO_MOMENT = nothing to wait for */
    uint32_t not_taken;     /* see struct dom_account; and the next two */
    bool kept, lost;
    bool drifts;
    bool required;
    const struct dom_certificate *certificate; /* or NULL */
    cv_day last_active_on;                     /* CV_NO_DAY = never, or unknown */
    cv_day ended_on; /* of lists that ask for it: the last day in the window asked for on which it stopped counting as
                        issued; else CV_NO_DAY */
};
struct view_staff {
    struct cv_id id;
    const char *staff_code, *full_name, *title, *address;
    struct cv_id unit; /* primary */
    const char *unit_code, *unit_name[CV_LANGS];
    enum dom_category category;
    int birth_year;         /* 0 = not given */
    enum dom_status status; /* today */
    cv_day hired_on;
    struct view_account *accounts;
    size_t account_count;
    bool has_departure;
    enum dom_departure_state departure_state;
    enum dom_reason departure_reason;
    cv_day departure_on;
    int departure_number;
    cv_moment departure_recorded_at;
    int64_t revision;
    cv_moment updated_at;
};
/* `key` is stf_... or a staff code, present or former (caseless); of a merged record, who it was merged into, for who
 * sees both. CV_NOT_FOUND (staff_not_found) also when no current post lies in the scope. */
bool view_staff_find(const struct view *v, struct view_scope scope, const char *key, struct cv_arena *arena,
                     struct view_staff *out, struct cv_error *err);
/* The same by id; false also when nobody can say. */
bool view_staff_by_id(const struct view *v, struct view_scope scope, struct cv_id id, struct cv_arena *arena,
                      struct view_staff *out);
/* The record itself, also one that was merged into another (then without posts and accounts, `unit` as it was); as
 * view_staff_holder() does too; finding and listing people leads on to the one that stands for him. False: not there,
 * or not visible. */
bool view_staff_itself(const struct view *v, struct view_scope scope, const char *key, struct cv_arena *arena,
                       struct view_staff *out, bool *out_merged);
/* Who holds this code, present or former, anywhere (no scope)? False = nobody. */
bool view_code_holder(const struct view *v, const char *code, struct cv_id *out_staff);
/* A code that differs only by leading zeros ("0012" and "12"), if any; copied into the arena or NULL. */
const char *view_code_clash(const struct view *v, const char *code, struct cv_arena *arena);
/* Does anybody hold, or ever held, this name ("annv@x", "mailbox/annv")? */
bool view_name_taken(const struct view *v, const char *name);
/* Who holds or held it, or carries or carried this code, or has this id; false when nobody whom the scope shows. A name
 * that a person once had stays his for ever. */
/* ---- who signs in ---- */
struct view_role {
    int number;
    enum dom_role_kind kind;
    bool everywhere;
    struct cv_id unit;
    struct cv_id lent_by; /* zero = his own */
};
struct view_signer {
    struct cv_id staff;
    int epoch;
    struct view_role roles[DOM_ROLES_MAX]; /* in force today, at units that go on */
    size_t role_count;
};
/* False: nobody of that id may sign in: not there, departed, not yet there, or without an account that opens. Without a
 * role he may look after his own account, and nothing else. */
bool view_signer(const struct view *v, struct cv_id id, struct view_signer *out);
/* Who may sign in today and has one of these rights (bits of enum dom_scope) in a role: at most `max`, with those roles
 * alone. Returns how many. */
size_t view_signers_with(const struct view *v, uint32_t rights, struct view_signer *out, size_t max);
/* Who gave him a way in less than DOM_WAY_IN_S ago, people and tokens; returns how many. */
size_t view_ways_in(const struct view *v, struct cv_id id, cv_moment now, struct cv_id out[DOM_WAYS_IN_MAX]);
enum view_key { VIEW_BY_NAME, VIEW_BY_CODE, VIEW_BY_ID, VIEW_BY_LOGIN /* in any system; not of view_staff_holder */ };
bool view_staff_holder(const struct view *v, struct view_scope scope, enum view_key by, const char *key,
                       struct cv_id *out);
/* May "nobody" be taken for an answer? Not while the feed is silent or a write of ours has not come: false with
 * directory_unavailable (err may be NULL). Whoever judges somebody absent by a question without an error asks this. */
bool view_may_deny(const struct view *v, struct cv_error *err);
/* Whose login it is in this system. */
bool view_login_holder(const struct view *v, struct view_scope scope, const char *system, const char *login,
                       struct cv_id *out);
/* The same for many keys, in their order; a login may have a holder in each system, and VIEW_BY_LOGIN tells all of
 * them: room for VIEW_HOLDERS_MAX of each key, of the others for one. `current`: he carries it today (address, login of
 * an account, code), not only once. */
enum { VIEW_HOLDERS_MAX = DOM_SYSTEMS_MAX };
struct view_holding {
    const char *key;
    bool found, current;
    struct cv_id staff;
};
bool view_staff_holdings(const struct view *v, struct view_scope scope, enum view_key by, const char *const *keys,
                         size_t count, struct view_holding *out, size_t *out_count, struct cv_error *err);
