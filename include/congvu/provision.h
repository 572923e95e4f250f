/* Use cases: what people and scripts ask for, one function each.
 *
 * Story of use. A handler fills a prov_call (who asks, with which session, until when), turns the body into an input
 * struct and calls one use case. The use case reads the record, lets the domain judge, saves it in ONE directory write
 * and waits until the view has seen it. All faults of the input come at once in call->faults; the first of other errors
 * in *err.
 *
 *     struct prov_call call = {...};
 *     if (!prov_staff_create(&call, &input, &result, err)) return htp_problem(x, err, call.faults);
 *
 * Every use case passes the audit port: prov_audit_begin() before the first write, prov_audit_end() with the outcome.
 * What lies outside call->scope does not exist: staff_not_found, unit_not_found.
 *
 * Safe to repeat: PUTs by nature; POSTs with an idempotency key (call->idempotency), whose digest lies on the entry
 * itself. After outcome_unknown a repeat finds what was done.
 *
 * Thread: a prov_call belongs to one thread; struct prov is shared and safe. Memory: results live in call->arena. */
#pragma once

#include "congvu/directory.h"
#include "congvu/domain.h"
#include "congvu/domain_naming.h"
#include "congvu/json.h"
#include "congvu/view.h"

struct prov;
struct prov_options {
    struct view *view;
    const struct dom_policy *policy;
    struct cv_key code_key;           /* one-time codes */
    struct cv_key token_key;          /* API token secrets */
    int activation_hours;             /* validity of a one-time code */
    int history_days;                 /* how long daily snapshots are kept; 0 = none are taken */
    const char *connector_secret_dir; /* folder of the files that connectors name; "" = none may be named */
};
bool prov_new(const struct prov_options *options, struct prov **out, struct cv_error *err);
void prov_free(struct prov **prov);
/* Called after every write that changed something, from the thread that wrote; set before there are several. */
void prov_on_write(struct prov *prov, void (*wrote)(void *ctx), void *ctx);

struct prov_call {
    struct prov *prov;
    struct dir_session *dir;
    struct cv_arena *arena;
    struct cv_faults *faults;
    struct cv_deadline deadline;
    struct view_scope scope;
    uint32_t scopes;    /* rights of the caller, enum dom_scope */
    struct cv_id token; /* zero for the scheduler */
    const char *actor;  /* "tok_..." or "system" */
    const char *via;    /* "http", "scheduler" */
    const char *request_id;
    bool validate_only;
    struct dom_brake *trial;            /* what a dry run has counted so far; NULL = nothing */
    struct dom_idempotency idempotency; /* digests of this request's key and body; key NULL = none */
    enum { PROV_MATCH_ABSENT, PROV_MATCH_ANY, PROV_MATCH_REVISION } match;
    int64_t match_revision;
    bool create_only; /* If-None-Match: * */
};

/* A member of the input: not given, null (clear), or a value. */
struct prov_text {
    enum cv_presence given;
    const char *value;
};
struct prov_day {
    enum cv_presence given;
    cv_day value;
};
struct prov_int {
    enum cv_presence given;
    int64_t value;
};

struct prov_decision {
    enum cv_presence given;
    struct dom_decision value;
};

/* ---- people ---- */
struct prov_post_input {
    const char *unit, *title;
    enum dom_post_kind kind;
    bool primary;
    cv_day from, to;
    struct dom_decision decision;
};
struct prov_account_input {
    const char *system;
    enum dom_desired state;
    const char *reason;
};
struct prov_staff_input {
    struct prov_text staff_code, full_name, family_name, middle_name, given_name, unit, title, mobile, login;
    struct prov_int category; /* enum dom_category */
    struct prov_int birth_year;
    struct prov_int mail_quota_mib;
    struct prov_day hired_on;
    struct prov_decision decision;
    enum cv_presence posts_given;
    struct prov_post_input *posts;
    size_t post_count;
    struct prov_account_input *accounts;
    size_t account_count;
    const char **not_same_as;
    size_t not_same_as_count;
    bool new_address;
    /* PATCH only */
    struct prov_int status; /* DOM_ACTIVE or DOM_ON_LEAVE */
    enum cv_presence leave_given;
    int leave_kind;
    cv_day leave_from, leave_to;
};
enum prov_outcome { PROV_UNCHANGED, PROV_CREATED, PROV_CHANGED, PROV_REPLAYED, PROV_WOULD };
struct prov_staff_result {
    enum prov_outcome outcome;
    struct dom_staff before; /* revision 0 = was not there */
    struct dom_staff staff;
    struct cv_id *candidates;
    size_t candidate_count; /* with possible_duplicate: the ones the caller may see */
};
bool prov_staff_create(struct prov_call *call, const struct prov_staff_input *in, struct prov_staff_result *out,
                       struct cv_error *err);
/* `key`: a staff code (made when nobody has it) or an id. */
bool prov_staff_put(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                    struct prov_staff_result *out, struct cv_error *err);
bool prov_staff_patch(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                      struct prov_staff_result *out, struct cv_error *err);
bool prov_staff_read(struct prov_call *call, const char *key, struct dom_staff *out, struct cv_error *err);
bool prov_staff_delete(struct prov_call *call, const char *key, struct cv_error *err);

/* Does any current post require this system? (The view answers the same for lists and figures.) */
bool prov_requires(const struct view *view, struct cv_arena *arena, const struct dom_staff *staff,
                   const struct dom_system *system);

/* ---- accounts ---- */
/* The caller's language out of an account's last error; NULL stays NULL. */
const char *prov_text_in(struct cv_arena *arena, const char *last_error, enum cv_lang lang);
struct prov_account_change {
    enum dom_desired state;
    const char *reason;
    const char *login;
};
bool prov_account_put(struct prov_call *call, const char *key, const char *system, const struct prov_account_change *in,
                      struct prov_staff_result *out, struct cv_error *err);
struct prov_observation {
    enum dom_observed state;
    cv_moment since;
    const char *login;
};
bool prov_observation_put(struct prov_call *call, const char *key, const char *system,
                          const struct prov_observation *in, struct prov_staff_result *out, struct cv_error *err);
struct prov_code {
    char code[32];
    cv_moment expires_at;
};
bool prov_credential_reset(struct prov_call *call, const char *key, const char *system, struct prov_code *out_code,
                           struct prov_staff_result *out, struct cv_error *err);
/* No credential of the caller: the code is it. One refusal for wrong, used and expired: activation_refused. */
bool prov_activate(struct prov_call *call, const char *code, const char *password, struct cv_error *err);

/* ---- leaving ---- */
struct prov_departure_input {
    enum dom_reason reason;
    const char *reason_text;
    cv_day effective_on; /* CV_NO_DAY = now */
    struct dom_decision decision;
    const char *keep_mail_until;  /* ISO day */
    struct prov_text delegate_to; /* staff key */
    struct prov_text auto_reply;
    char keep_mail_text[CV_DAY_TEXT]; /* where keep_mail_until may point */
    bool batch;
};
bool prov_departure_put(struct prov_call *call, const char *key, const struct prov_departure_input *in,
                        struct prov_staff_result *out, struct cv_error *err);
bool prov_departure_withdraw(struct prov_call *call, const char *key, struct prov_staff_result *out,
                             struct cv_error *err);
/* A batch's Idempotency-Key lies on a document of its own, claimed before the first line and completed after the last
 * one. Between the two every line is safe to repeat by itself, so an unfinished batch is simply run again. */
struct prov_batch {
    bool keyed;           /* has a key to be completed */
    const char *outcomes; /* as given to prov_batch_end by the first one: a replay; or NULL */
    struct dir_document document;
};
bool prov_batch_begin(struct prov_call *call, struct prov_batch *out, struct cv_error *err);
/* Nothing to do without a key. A failure is logged only: what the lines did is done. */
void prov_batch_end(struct prov_call *call, const struct prov_batch *batch, const char *outcomes);
struct prov_reinstatement_input {
    struct prov_text unit, title;
    struct prov_decision decision;
    struct prov_day effective_on;
};
bool prov_reinstate(struct prov_call *call, const char *key, const struct prov_reinstatement_input *in,
                    struct prov_staff_result *out, struct cv_error *err);
struct prov_release_input {
    const char *token, *unit, *reason;
    int allow;
    cv_moment until;
};
struct prov_release {
    struct cv_id id, token;
    int allow;
    cv_moment at, until;
    const char *reason, *by;
};
bool prov_brake_release(struct prov_call *call, const struct prov_release_input *in, struct prov_release *out,
                        struct cv_error *err);

/* ---- units ---- */
struct prov_letterhead_input {
    enum cv_presence given; /* null: none of its own */
    struct prov_text superior_body, issuing_body, place, on_behalf, signatory_title, signatory_name;
    enum cv_presence recipients_given;
    const char **recipients;
    size_t recipient_count;
};
struct prov_unit_input {
    struct prov_text code, name_vi, name_en, parent, slug;
    struct prov_letterhead_input letterhead;
    struct prov_int kind, block, position;
    struct prov_day active_from, active_to;
};
struct prov_unit_result {
    enum prov_outcome outcome;
    struct dom_unit before, unit;
};
bool prov_unit_create(struct prov_call *call, const struct prov_unit_input *in, struct prov_unit_result *out,
                      struct cv_error *err);
bool prov_unit_put(struct prov_call *call, const char *code, const struct prov_unit_input *in,
                   struct prov_unit_result *out, struct cv_error *err);
bool prov_unit_patch(struct prov_call *call, const char *key, const struct prov_unit_input *in,
                     struct prov_unit_result *out, struct cv_error *err);
bool prov_unit_read(struct prov_call *call, const char *key, struct dom_unit *out, struct cv_error *err);
/* What the unit is to reach with a system (slug or "required"); nothing set in `in` takes its own target away. */
bool prov_target_put(struct prov_call *call, const char *key, const struct dom_target *in, struct prov_unit_result *out,
                     struct cv_error *err);
/* What a unit's papers carry: its own letterhead or that of the nearest unit above, also above the caller's scope;
 * empty when there is none. */
bool prov_unit_letterhead(struct prov_call *call, struct cv_id unit, struct dom_letterhead *out, struct cv_error *err);
bool prov_unit_delete(struct prov_call *call, const char *key, struct cv_error *err);
bool prov_headcount_put(struct prov_call *call, const char *key, const struct dom_headcount *in,
                        struct prov_unit_result *out, struct cv_error *err);

/* ---- unit mailboxes: owned by a unit, read by its holders with their own passwords, never closed with a person ----
 */
struct prov_unit_mailbox_input {
    const char **holders; /* staff keys; all of them */
    size_t holder_count;
    const char *login; /* HR's own choice for a new one, or NULL: by the policy's rule */
};
struct prov_unit_mailbox {
    enum prov_outcome outcome;
    struct dom_unit unit;
    struct view_staff *holders;
    size_t holder_count;
};
/* Makes it when there is none. Safe to repeat, also after it broke off between two people. */
bool prov_unit_mailbox_put(struct prov_call *call, const char *key, const struct prov_unit_mailbox_input *in,
                           struct prov_unit_mailbox *out, struct cv_error *err);
bool prov_unit_mailbox_read(struct prov_call *call, const char *key, struct prov_unit_mailbox *out,
                            struct cv_error *err);
struct prov_hand_over {
    struct dom_unit unit;
    struct view_staff staff; /* who holds it and leaves */
};
/* Unit mailboxes in the hands of people with a departure, in the caller's scope; at most `max`. */
bool prov_hand_overs(struct prov_call *call, struct prov_hand_over *out, size_t max, size_t *out_count,
                     struct cv_error *err);

/* ---- systems and tokens ---- */
struct prov_system_input {
    struct prov_text name_vi, name_en;
    struct prov_int kind;
    enum cv_presence required_given;
    struct dom_required *required;
    size_t required_count;
    struct prov_activity_input {
        enum cv_presence reported_given;
        bool reported;
        struct prov_int precision, regular_days, regular_of, stale_after;
    } activity;
    enum cv_presence sessions_given;
    struct dom_sessions sessions;
    enum cv_presence connector_given;
    const struct cv_jin *connector; /* a merge patch: read onto what the system has */
};
struct prov_system_result {
    enum prov_outcome outcome;
    struct dom_system before, system;
};
bool prov_system_patch(struct prov_call *call, const char *slug, const struct prov_system_input *in,
                       struct prov_system_result *out, struct cv_error *err);
struct prov_token_input {
    const char *name;
    uint32_t scopes;
    const char *unit;
    cv_moment expires_at;
};
enum { PROV_SECRET_TEXT = 64 };
struct prov_token_result {
    enum prov_outcome outcome;
    struct dom_token token;
    char secret[PROV_SECRET_TEXT]; /* "" on a replay */
};
bool prov_token_create(struct prov_call *call, const struct prov_token_input *in, struct prov_token_result *out,
                       struct cv_error *err);
bool prov_token_revoke(struct prov_call *call, const char *id, struct cv_error *err);
/* The first start: an admin token for everything; its secret goes to the caller. False + CV_CONFLICT when tokens exist.
 */
bool prov_token_bootstrap(struct prov_call *call, char out_secret[PROV_SECRET_TEXT], struct cv_error *err);
/* Digest under which the view knows a secret. */
void prov_token_digest(const struct prov *prov, const char *secret, char out[CV_DIGEST_TEXT]);

/* ---- usage: who used a system on which day ---- */
enum prov_usage_by { PROV_BY_LOGIN, PROV_BY_ADDRESS, PROV_BY_CODE, PROV_BY_ID };
struct prov_usage_event {
    const char *event_id; /* or NULL */
    enum prov_usage_by by;
    const char *key;
    cv_day on;
    const char
        *code; /* why it is not taken, or NULL; set by the reader for what cannot be read, else by the use case */
    const char *text[CV_LANGS];
    struct cv_id staff; /* found */
    bool repeated;      /* an earlier event of this call has the same event_id */
};
enum { PROV_USAGE_EVENTS_MAX = 5000 };
struct prov_usage_input {
    const char *system;
    struct prov_usage_event *events; /* PROV_USAGE_EVENTS_MAX at most; may be none */
    size_t count;
    cv_day data_through; /* CV_NO_DAY = not said; not in the future */
    bool rewind;         /* data_through may go back */
};
struct prov_usage_result {
    size_t accepted;  /* days that were not known */
    size_t duplicate; /* days that were, and repeated event_ids */
    size_t rejected;  /* events with a code */
    struct dom_system system;
    cv_day data_through; /* as it stands now */
};
/* Stores one bit per person and day, in one write a person; data_through last. Safe to repeat: what was stored before
 * an error stays, and counts as duplicate the next time. */
bool prov_usage_record(struct prov_call *call, struct prov_usage_input *in, struct prov_usage_result *out,
                       struct cv_error *err);

/* ---- the calendar's work: dated departures, held ones that were released, newly required accounts, ends of
 * aliases and kept mailboxes, idempotency keys that have had their 24 hours. Safe on every
 * replica at once. ---- */
void prov_tick(struct prov_call *call);

/* ---- ending sessions: a thread of its own, several times a second; safe on every replica at once ---- */
struct prov_cutter;
/* `credentials_dir` must outlive it: where the files lie that systems name as their sessions' credential. */
bool prov_cutter_new(const char *credentials_dir, struct prov_cutter **out, struct cv_error *err);
void prov_cutter_free(struct prov_cutter **cutter);
/* Takes what is open, tells the systems, writes down what is proven. */
void prov_cut_off_round(struct prov_cutter *cutter, struct prov_call *call);

/* ---- audit port ---- */
struct prov_audit {
    const struct prov_call *call;
    const char *action, *target;
    const struct dom_decision *decision;
};
void prov_audit_begin(struct prov_audit *audit, const struct prov_call *call, const char *action, const char *target,
                      const struct dom_decision *decision);
void prov_audit_end(struct prov_audit *audit, bool ok, const struct cv_error *err);
