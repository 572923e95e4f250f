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

#include "congvu/brake.h"
#include "congvu/json.h"
#include "congvu/view.h"

struct prov;
struct prov_evidence;
struct prov_options {
    struct view *view;
    const struct dom_policy *policy;
    struct cv_key code_key;           /* one-time codes */
    struct cv_key token_key;          /* API token secrets */
    struct cv_key hr_key;             /* numbers of the HR system */
    struct cv_key factor_key;         /* seeds of second factors */
    uint32_t factor_roles;            /* 1 << enum dom_role_kind: acted in only with a second factor */
    int activation_hours;             /* validity of a one-time code */
    int history_days;                 /* how long daily snapshots are kept; 0 = none are taken */
    const char *connector_file_dir;   /* folder of the folders for exchange by file; "" = none may be named */
    const char *connector_secret_dir; /* folder of the files that connectors name; "" = none may be named */
    struct prov_evidence *evidence;   /* where readings are recorded; NULL = nowhere */
};
bool prov_new(const struct prov_options *options, struct prov **out, struct cv_error *err);
void prov_free(struct prov **prov);
/* The last day whose figures this process kept; CV_NO_DAY = none so far. Any thread. */
cv_day prov_snapshot_day(const struct prov *prov);
/* Called after every write that changed something, from the thread that wrote; set before there are several. */
void prov_on_write(struct prov *prov, void (*wrote)(void *ctx), void *ctx);

struct prov_call {
    struct prov *prov;
    struct dir_session *dir;
    struct cv_arena *arena;
    struct cv_faults *faults;
    struct cv_deadline deadline;
    struct view_scope scope;
    struct cv_id settled; /* a unit that another one has settled as somebody's next: found beyond the scope; or zero */
    uint32_t scopes;      /* rights of the caller, enum dom_scope */
    struct cv_id token;   /* zero for the scheduler */
    const char *actor;    /* "tok_..." or "system" */
    const char *role;     /* word of the role in which a person acts; NULL = none */
    const char *behalf;   /* "stf_...": whose lent role this is; NULL = nobody's */
    const char *reason;   /* of a correction, for the evidence and the history; NULL = none */
    const char *via;      /* "http", "scheduler" */
    const char *request_id;
    const char *peer;      /* address of the client where no token says who asks; else NULL */
    const char *agreed_by; /* "tok_..." or "stf_...": a second person, who has seen the departures that this call is of;
                              NULL = nobody */
    bool validate_only;
    struct dom_brake *trial;            /* what a dry run has counted so far; NULL = nothing */
    struct prov_drafts *drafts;         /* of a dry run of several lines; NULL = it has one */
    struct prov_planned *planned;       /* names that earlier lines of a dry run would have; NULL = none count */
    const char *told;                   /* by a plan: whom this call makes has this address, if it is free; or NULL */
    struct dom_idempotency idempotency; /* digests of this request's key and body; key NULL = none */
    enum { PROV_MATCH_ABSENT, PROV_MATCH_ANY, PROV_MATCH_REVISION } match;
    int64_t match_revision;
    bool create_only; /* If-None-Match: * */
};

/* Who writes, as the directory keeps it beside the record. */
struct dir_actor prov_dir_actor(const struct prov_call *call);

/* Names that a plan proposes: the next line of it gets another one. In the arena, empty at first. */
struct prov_planned *prov_planned_new(struct cv_arena *arena, size_t lines);
/* Those of the call's plan that the directory has and the view had not heard of, to plan anew with; NULL = none. */
bool prov_planned_held(struct prov_call *call, struct prov_planned **out, struct cv_error *err);

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

enum prov_outcome { PROV_UNCHANGED, PROV_CREATED, PROV_CHANGED, PROV_REPLAYED, PROV_WOULD, PROV_NEEDS_DECISION };

/* ---- audit port ---- between the two, writes of the call's session are recorded as this action (prov_evidence.h) */
struct prov_audit {
    const struct prov_call *call;
    const char *action, *target;
    const struct dom_decision *decision;
    const void *outer; /* what the session was doing before */
};
void prov_audit_begin(struct prov_audit *audit, const struct prov_call *call, const char *action, const char *target,
                      const struct dom_decision *decision);
void prov_audit_end(struct prov_audit *audit, bool ok, const struct cv_error *err);
/* A list of people was read: recorded with the next flush, not waited for; the same again within a minute is counted.
 */
void prov_audit_reading(const struct prov_call *call, const char *operation, const char *filter, size_t rows);
