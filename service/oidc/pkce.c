/* The challenge of a verifier: base64url of its SHA-256. */
#include <cjose/cjose.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/secret.h"
#include "oidc/pkce.h"

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

const char *oidc_challenge(struct cv_arena *arena, const char *verifier)
{
    enum { BYTES = (CV_DIGEST_TEXT - 1) / 2 };
    char hex[CV_DIGEST_TEXT], *text = NULL;
    uint8_t bytes[BYTES];
    size_t len = 0;
    cjose_err why;
    cv_sha256(verifier, strlen(verifier), hex);
    for (int i = 0; i < BYTES; i++)
        bytes[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    if (!cjose_base64url_encode(bytes, BYTES, &text, &len, &why))
        return "";
    const char *kept = cv_arena_strndup(arena, text, len);
    free(text);
    return kept;
}
