/* Inside oidc/: a key as it is used. */
#pragma once

#include <cjose/cjose.h>
#include <stdatomic.h>

#include "oidc/token.h"

struct oidc_key {
    cjose_jwk_t *jwk;
    char kid[OIDC_KID_MAX + 1]; /* "" = none */
    const char *algorithm;      /* the only one that it verifies */
};
struct oidc_keys {
    atomic_int refs;
    size_t count;
    struct oidc_key items[OIDC_KEYS_MAX];
};
