/* Signing in through an OpenID provider: the code flow with PKCE (OpenID Connect Core, RFC 7636, RFC 9207, RFC 9700).
 *
 * Story of use. oidc_begin() says where the browser is to go and what has to be remembered until it comes back (sealed
 * into a cookie by the caller); oidc_finish() exchanges the code that it brought and judges the ID token. What the
 * provider publishes (endpoints, keys) is asked for when it is first needed, again each hour, and when a token names a
 * key that is not known: keys change without a restart.
 *
 *     if (!oidc_begin(oidc, deadline, arena, &start, err)) ...           // 303 to start.url
 *     if (!oidc_finish(oidc, deadline, code, &kept, arena, &person, err)) ...
 *
 * A token is believed when it is signed by a key of the provider with the algorithm that the key is for, whatever the
 * token says of itself: none, shared secrets, keys inside the token, other keys and critical extensions are refused;
 * then issuer, audience, expiry and nonce. Errors: provider_unavailable, sign_in_refused (why goes to the log alone).
 *
 * Thread: any; calls of several threads go on side by side, none holds a lock over a call to the provider. Memory:
 * results live in the arena. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/memory.h"

struct oidc_options {
    const char *issuer; /* as the provider names itself, no closing slash but its own */
    const char *client_id;
    const char *credential_file; /* 0600, "Basic CLIENT:SECRET"; NULL = a public client, PKCE alone */
    const char *redirect_uri;    /* .../v1/oidc/callback, as registered there */
    const char *claim;           /* that names the person the first time: "email", ... */
    const char *ca_file;         /* or NULL */
    const char *const *allow;    /* special addresses it may lie at, see con_target */
    size_t allow_count;
};
struct oidc;
/* The options are kept as they are: they live as long as the result. Asks nothing yet. */
bool oidc_open(const struct oidc_options *options, struct oidc **out, struct cv_error *err);
void oidc_close(struct oidc **oidc);

enum { OIDC_RANDOM_TEXT = 49 };
struct oidc_kept {
    char state[OIDC_RANDOM_TEXT], nonce[OIDC_RANDOM_TEXT], verifier[OIDC_RANDOM_TEXT];
};
struct oidc_start {
    const char *url;
    struct oidc_kept kept;
};
bool oidc_begin(struct oidc *oidc, struct cv_deadline deadline, struct cv_arena *arena, struct oidc_start *out,
                struct cv_error *err);

struct oidc_person {
    const char *issuer, *subject;
    const char *claim; /* NULL: absent, or an address that the provider has not verified */
    bool with_factor;  /* the provider says that it asked for a second factor (amr: mfa, otp, hwk ...) */
};
/* `issuer`: what came back beside the code, or NULL. The caller has compared the state. */
bool oidc_finish(struct oidc *oidc, struct cv_deadline deadline, const char *code, const char *issuer,
                 const struct oidc_kept *kept, struct cv_arena *arena, struct oidc_person *out, struct cv_error *err);
