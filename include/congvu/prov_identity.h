/* Use cases of who asks: signing in and out, roles given and taken.
 *
 * Story of use. prov_sign_in() says who somebody is that knows a login and its password; what a session is, the API
 * decides. Who has no role signs in as well: to look after his own account. Roles are given by people and tokens that
 * have every right of the role themselves, over the same units.
 *
 * Thread: that of the call. */
#pragma once

#include "congvu/provision.h"
#include "congvu/role.h"
#include "congvu/view.h"

/* A browser in which `staff` has signed in before, by the mark that it was given then; NULL = not known. */
struct prov_browser {
    struct cv_id staff;
    const char *mark;
};
struct prov_sign_in {
    const char *login; /* mailbox login or address */
    const char *password;
    const char *code; /* of the second factor; NULL = none was given */
    struct prov_browser browser;
};
struct prov_signed_in {
    struct view_signer signer;
    bool with_factor;
    bool own_account_only; /* he has a second factor, and it was not shown */
};
/* One answer, sign_in_refused, for unknown, wrong and locked: it costs the same each time. Who was wrong too often has
 * to wait (rate_limited): counted by call->peer, and by account as tried from there or from a known browser.
 * second_factor_needed, only after a right password: whoever has set one up gives a code too, a new one each time. */
bool prov_sign_in(struct prov_call *call, const struct prov_sign_in *in, struct prov_signed_in *out,
                  struct cv_error *err);
/* A part of signing in that has no password to be looked at: under the same limits, by call->peer or a known browser.
 * `fn` is not called for who has to wait (rate_limited); its sign_in_refused counts as wrong. */
typedef bool prov_sign_in_fn(void *ctx, struct cv_error *err);
bool prov_sign_in_try(struct prov_call *call, const struct prov_browser *browser, prov_sign_in_fn *fn, void *ctx,
                      struct cv_error *err);
/* May a session act in a role of this kind? Some only with a second factor. */
bool prov_role_open(const struct prov *prov, enum dom_role_kind kind, bool with_factor);

struct prov_password_change {
    struct cv_id staff;
    const char *current, *password;
    struct prov_browser browser;
};
/* Of the person himself: all his sessions are over but those of *out_epoch. The present password is tried under the
 * same limits as at a sign-in. password_too_weak, conflict. */
bool prov_password_change(struct prov_call *call, const struct prov_password_change *in, int *out_epoch,
                          struct cv_error *err);
/* Every session of the person is over. */
bool prov_sign_out(struct prov_call *call, struct cv_id staff, struct cv_error *err);

/* ---- through an OpenID provider ---- the claim names the person once; from then on the subject does, and nothing
 * else. Nobody is made by signing in. sign_in_refused. */
enum prov_claim { PROV_CLAIM_ADDRESS, PROV_CLAIM_LOGIN, PROV_CLAIM_CODE };
struct prov_subject {
    const char *issuer, *subject;
    const char *claim; /* NULL = none that counts */
    enum prov_claim claim_is;
    bool with_factor;
};
bool prov_sign_in_subject(struct prov_call *call, const struct prov_subject *in, struct prov_signed_in *out,
                          struct cv_error *err);
/* The next sign-in there names him anew. Not by oneself. */
bool prov_subject_drop(struct prov_call *call, const char *key, struct cv_error *err);

/* ---- the second factor ---- begun by the person with the present password, confirmed by a code of the app that took
 * the seed; then every sign-in needs one. Taken away by another administrator alone (not_by_oneself). */
struct prov_factor {
    char seed[CV_TOTP_SEED_TEXT]; /* shown once; the caller wipes it */
    const char *login;
};
bool prov_factor_begin(struct prov_call *call, const struct prov_password_change *in, struct prov_factor *out,
                       struct cv_error *err);
/* second_factor_needed: the code is not right. Sessions other than those of *out_epoch are over. */
bool prov_factor_confirm(struct prov_call *call, struct cv_id staff, const char *code, int *out_epoch,
                         struct cv_error *err);
bool prov_factor_reset(struct prov_call *call, const char *key, struct cv_error *err);

struct prov_role_input {
    enum dom_role_kind kind;
    const char *unit; /* id or code; NULL = everywhere */
    struct prov_day from, to;
    struct prov_decision decision;
};
bool prov_role_give(struct prov_call *call, const char *key, const struct prov_role_input *in, struct dom_role *out,
                    struct dom_staff *out_staff, struct cv_error *err);
/* ---- deputies ---- call->token is the person who lends a role of his own; the deputy lies within its reach. It ends
 * by itself: on its day, and with the lender's own. role_not_found, staff_not_found, faults at /staff and /to. */
struct prov_deputy_input {
    int number;         /* of his own role */
    const char *deputy; /* id or code */
    cv_day from, to;    /* `to` is the first day without it; 92 days at most */
};
bool prov_role_lend(struct prov_call *call, const struct prov_deputy_input *in, struct dom_role *out,
                    struct view_staff *out_deputy, struct cv_error *err);
/* Taken back today by whoever lent it; `deputy` is an id. */
bool prov_role_return(struct prov_call *call, const char *deputy, int number, struct cv_error *err);
/* It ends today. */
bool prov_role_take(struct prov_call *call, const char *key, int number, struct cv_error *err);
