/* Use cases about tokens: made, changed, ended.
 *
 * Story of use. See provision.h. prov_token_create() gives the secret once; only its digest is kept, under which the
 * view finds the token at each request.
 *
 * Thread: that of the call. */
#pragma once

#include "congvu/provision.h"
#include "congvu/token.h"

struct prov_token_input {
    const char *name;
    uint32_t scopes;
    const char *unit;
    bool feed;
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
struct prov_token_patch {
    const char *name; /* NULL = as it is */
    enum cv_presence expires_given;
    cv_moment expires_at; /* CV_NO_MOMENT = never */
};
/* Never for longer than the caller's own token holds, and never longer for a token that the caller could not make:
 * with scopes that he lacks, or of the HR system (faults at /expires_at). */
bool prov_token_change(struct prov_call *call, const char *id, const struct prov_token_patch *in, struct dom_token *out,
                       struct cv_error *err);
/* last_token (409): no unlimited token with tokens:write that lasts as long would be left. `with_descendants`: those
 * that it made, and theirs, end too; what was ended before an error stays so, and the call can be repeated. */
bool prov_token_revoke(struct prov_call *call, const char *id, bool with_descendants, struct cv_error *err);
/* What the token may now: nothing once it has ended or expired. What a person made has no more than he has, over the
 * same units; with his last role or his departure it ends. */
uint32_t prov_token_rights(const struct view *view, const struct dom_token *token);
/* The first start: an admin token for everything; its secret goes to the caller. False + CV_CONFLICT when tokens exist.
 */
bool prov_token_bootstrap(struct prov_call *call, char out_secret[PROV_SECRET_TEXT], struct cv_error *err);
/* Another one of that kind, whatever tokens there are: the way back of who sits at the machine. */
bool prov_token_on_machine(struct prov_call *call, char out_secret[PROV_SECRET_TEXT], struct cv_error *err);
/* Digest under which the view knows a secret. */
void prov_token_digest(const struct prov *prov, const char *secret, char out[CV_DIGEST_TEXT]);
