/* Use cases about people: onboarding, changes, accounts, leaving, the brake.
 *
 * Story of use. See provision.h; a result holds the person before and after.
 *
 * Thread: that of the call. */
#pragma once

#include "congvu/prov_fields.h"
#include "congvu/provision.h"
#include "congvu/records.h"
#include "congvu/wish.h"

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
    struct dom_wish wish;
};
struct prov_staff_input {
    struct prov_given given; /* of what goes onto the person by itself */
    struct prov_text staff_code, full_name, family_name, middle_name, given_name, unit, title, login;
    struct prov_text hr_ref; /* a number of the HR system, for matching; only its digest is kept */
    struct prov_day hired_on;
    struct prov_decision decision;
    enum cv_presence posts_given;
    struct prov_post_input *posts;
    size_t post_count;
    const struct prov_post_input *add_post, *end_post; /* one beside the primary one, without sending all; or NULL */
    struct prov_account_input *accounts;
    size_t account_count;
    const char **not_same_as;
    size_t not_same_as_count;
    bool nobody_there; /* not_same_as ["*"]: whoever looks like him is somebody else */
    bool new_address;
    /* PATCH only */
    struct prov_int status; /* DOM_ACTIVE or DOM_ON_LEAVE */
    enum cv_presence leave_given;
    int leave_kind;
    cv_day leave_from, leave_to;
    struct prov_decision leave_decision; /* absent keeps that of the leave with the same first day */
};

/* People as the earlier lines of a dry run would have left them: the next line about one of them goes on from there. */
struct prov_drafts {
    struct dom_staff *items; /* one for each line */
    size_t count;
};

enum { PROV_TWINS_MAX = 20 };
struct prov_staff_result {
    enum prov_outcome outcome;
    bool same;               /* with PROV_WOULD: the real call would change nothing */
    struct dom_staff before; /* revision 0 = was not there */
    struct dom_staff staff;
    struct cv_id *candidates; /* with possible_duplicate, PROV_TWINS_MAX at most: first the ones the caller may see */
    size_t candidate_count;   /* so many, */
    size_t elsewhere;         /* and behind them so many whom he may not */
    const struct prov_duplicate *question; /* with PROV_NEEDS_DECISION */
    bool last_administrator;               /* of an account: after it nobody can sign in as one */
    bool overtaken;                        /* a later decision holds; unit and title of this one were left alone */
};
bool prov_staff_create(struct prov_call *call, const struct prov_staff_input *in, struct prov_staff_result *out,
                       struct cv_error *err);
/* Before a caller is told, by an answer that is kept nowhere, that somebody beyond his scope looks like a newcomer:
 * counted as wrong pairs of a request are. False + rate_limited in place of what *err said: he waits. */
bool prov_elsewhere_told(struct prov_call *call, const struct prov_staff_result *result, struct cv_error *err);
/* *out_replay: *out holds what a POST with the call's idempotency key has made. Nothing is written. */
bool prov_staff_seen(struct prov_call *call, struct prov_staff_result *out, bool *out_replay, struct cv_error *err);
/* `key`: a staff code (made when nobody has it) or an id. */
bool prov_staff_put(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                    struct prov_staff_result *out, struct cv_error *err);
bool prov_staff_patch(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                      struct prov_staff_result *out, struct cv_error *err);
/* Does a post carry the decision that the body had, or does a category begin on its day? A decision that decides
 * nothing here, or that a later one has overtaken, is not kept. True without one. */
bool prov_decision_kept(const struct prov_staff_input *in, const struct prov_staff_result *result);
/* Another code, also one that somebody else has or had: a current code beats a former one. */
struct prov_renumber {
    const char *code, *was; /* `was`: the code that the caller knows of, or NULL: etag_mismatch when it is another */
    const char *from;       /* id of who has or had `code`: he loses it, also as a former one; or NULL */
    bool given_on;          /* `was` goes to somebody else: it is not kept as a former code */
};
/* `key`: an id. Two writes when it is taken from somebody; between the two he has none, and a repeat goes on. */
bool prov_renumber(struct prov_call *call, const char *key, const struct prov_renumber *in,
                   struct prov_staff_result *out, struct cv_error *err);
/* The person has and had no such code any more. */
bool prov_code_lost(struct prov_call *call, const char *key, const char *code, struct cv_error *err);
bool prov_staff_read(struct prov_call *call, const char *key, struct dom_staff *out, struct cv_error *err);
bool prov_staff_delete(struct prov_call *call, const char *key, struct cv_error *err);

/* Does any current post require this system? (The view answers the same for lists and figures.) */
bool prov_requires(const struct view *view, struct cv_arena *arena, const struct dom_staff *staff,
                   const struct dom_system *system);

/* Facts of the person that the feed of the HR system keeps, as struct dom_unit has them; 0 = nobody owns anything. */
uint32_t prov_hr_feed(const struct view *view, const struct dom_staff *staff, struct cv_arena *arena);

/* ---- accounts ---- */
/* The caller's language out of an account's last error; NULL stays NULL. */
const char *prov_text_in(struct cv_arena *arena, const char *last_error, enum cv_lang lang);
struct prov_account_change {
    struct dom_wish wish;
    const char *login;
    struct prov_decision decision;
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
/* Absent keeps, null clears. */
struct prov_certificate {
    struct prov_given given;    /* of what goes onto the certificate by itself */
    struct prov_text custodian; /* id or HR code of somebody who stays; null = the holder */
};
bool prov_certificate_put(struct prov_call *call, const char *key, const char *system,
                          const struct prov_certificate *in, struct prov_staff_result *out, struct cv_error *err);
struct prov_code {
    char code[32];
    cv_moment expires_at;
};
bool prov_credential_reset(struct prov_call *call, const char *key, const char *system, struct prov_code *out_code,
                           struct prov_staff_result *out, struct cv_error *err);
/* Days to set the first password in, and how long before the end one is reminded; 0 = no end. */
int prov_activation_days(const struct prov *prov, int *out_warn);
/* No credential of the caller: the code is it. One refusal for wrong, used and expired: activation_refused; of a right
 * one before the first day of work it says the day, and that is no wrong attempt. */
bool prov_activate(struct prov_call *call, const char *code, const char *password, struct cv_error *err);
/* Whose code it is, without redeeming it: the same refusal, and a wrong one counts as a wrong redemption. */
bool prov_activation_look(struct prov_call *call, const char *code, struct dom_staff *out, struct cv_error *err);

/* ---- leaving ---- */
struct prov_departure_input {
    struct dom_order order;           /* delegate_to is a staff key */
    const char *full_name;            /* of whom the sender means, or NULL */
    char keep_mail_text[CV_DAY_TEXT]; /* where keep_mail_until may point */
    bool batch;
};
/* The last day on which mail of who leaves comes in: one of his own, or as the policy says; CV_NO_DAY = it goes on. */
cv_day prov_mail_until(const struct prov *prov, const struct dom_departure *d);
/* By a code it may be somebody else who is meant: then nothing is done, and the outcome is PROV_NEEDS_DECISION. */
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
    struct prov_text unit, title, staff_code;
    struct prov_int category;      /* enum dom_category */
    struct prov_decision decision; /* its effective_on is the day of coming back */
};
bool prov_reinstate(struct prov_call *call, const char *key, const struct prov_reinstatement_input *in,
                    struct prov_staff_result *out, struct cv_error *err);
