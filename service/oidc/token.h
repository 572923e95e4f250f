/* Inside oidc/: the keys of a provider and the judging of a token, without any call. */
#pragma once

#include "congvu/oidc.h"

enum { OIDC_KEYS_MAX = 32, OIDC_TOKEN_MAX = 16 << 10, OIDC_KID_MAX = 256, OIDC_LEEWAY_S = 60 };

struct oidc_keys;
/* A JWK set (RFC 7517); keys that are not for signatures, too weak or not understood are passed over. NULL: no set. */
struct oidc_keys *oidc_keys_parse(const char *json, size_t len);
struct oidc_keys *oidc_keys_ref(struct oidc_keys *keys);
void oidc_keys_unref(struct oidc_keys **keys); /* accepts NULL inside */
size_t oidc_keys_count(const struct oidc_keys *keys);

struct oidc_wanted {
    const char *issuer, *audience, *nonce, *claim;
    cv_moment now;
};
/* NULL = believed, and *out is filled; else why not, in plain English for the log. *out_unknown_key: the provider may
 * have changed its keys. */
const char *oidc_judge(const struct oidc_keys *keys, const struct oidc_wanted *wanted, const char *token, size_t len,
                       struct cv_arena *arena, struct oidc_person *out, bool *out_unknown_key);
