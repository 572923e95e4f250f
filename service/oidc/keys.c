/* The keys of a provider: each verifies one algorithm, said by the key and never by a token. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/json.h"
#include "congvu/text.h"
#include "oidc/token_keys.h"

enum { KEY_TEXT_MAX = 16 << 10, SET_TEXT_MAX = 1 << 20, RSA_BITS_MIN = 2048 };

static bool among(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static const char *const rsa_words[] = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", NULL};

/* NULL: no algorithm that a signature of ours may have. The words live for ever. */
static const char *rsa_algorithm(const char *said)
{
    if (said == NULL)
        return rsa_words[0];
    for (size_t i = 0; rsa_words[i] != NULL; i++)
        if (strcmp(said, rsa_words[i]) == 0)
            return rsa_words[i];
    return NULL;
}

static const char *ec_algorithm(const char *said, const char *curve)
{
    static const char *const pairs[][2] = {{"P-256", "ES256"}, {"P-384", "ES384"}, {"P-521", "ES512"}};
    for (size_t i = 0; curve != NULL && i < CV_COUNT(pairs); i++)
        if (strcmp(curve, pairs[i][0]) == 0)
            return said == NULL || strcmp(said, pairs[i][1]) == 0 ? pairs[i][1] : NULL;
    return NULL;
}

static const char *algorithm_of(const struct cv_jany *key, struct cv_arena *arena)
{
    const char *kind = cv_jany_text(cv_jany_get(key, "kty"), arena);
    const char *said = cv_jany_text(cv_jany_get(key, "alg"), arena);
    if (kind != NULL && strcmp(kind, "RSA") == 0)
        return rsa_algorithm(said);
    if (kind != NULL && strcmp(kind, "EC") == 0)
        return ec_algorithm(said, cv_jany_text(cv_jany_get(key, "crv"), arena));
    return NULL; /* a secret that both sides share is no key of a provider */
}

static bool for_signatures(const struct cv_jany *key, struct cv_arena *arena)
{
    static const char *const verify[] = {"verify", NULL};
    const char *use = cv_jany_text(cv_jany_get(key, "use"), arena);
    const struct cv_jany *operations = cv_jany_get(key, "key_ops");
    bool found = operations == NULL;
    for (size_t i = 0; i < cv_jany_count(operations); i++) {
        const char *word = cv_jany_text(cv_jany_item(operations, i), arena);
        found = found || (word != NULL && among(word, verify));
    }
    return found && (use == NULL || strcmp(use, "sig") == 0);
}

static bool strong(const cjose_jwk_t *jwk)
{
    cjose_err why;
    return cjose_jwk_get_kty(jwk, &why) != CJOSE_JWK_KTY_RSA || cjose_jwk_get_keysize(jwk, &why) >= RSA_BITS_MIN;
}

static bool base64url_sign(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The library is shown no number of a key that is not written as RFC 7518, 6 says: it may end the process over one. */
static bool numbers_well_formed(const struct cv_jany *key, struct cv_arena *arena)
{
    static const char *const numbers[] = {"n", "e", "x", "y", "d", "p", "q", "dp", "dq", "qi", "k"};
    for (size_t i = 0; i < CV_COUNT(numbers); i++) {
        const struct cv_jany *number = cv_jany_get(key, numbers[i]);
        const char *text = cv_jany_text(number, arena);
        if (number != NULL && (text == NULL || !cv_ascii_is(text, base64url_sign) || strlen(text) % 4 == 1))
            return false;
    }
    return true;
}

static cjose_jwk_t *import(const struct cv_jany *key)
{
    cv_auto_buf text = {0};
    struct cv_jout out;
    cjose_err why;
    cv_buf_init(&text, KEY_TEXT_MAX);
    cv_jout_init(&out, &text);
    cv_jout_any(&out, NULL, key);
    cjose_jwk_t *jwk = cv_buf_ok(&text) ? cjose_jwk_import(cv_buf_str(&text), text.len, &why) : NULL;
    if (jwk != NULL && !strong(jwk)) {
        cjose_jwk_release(jwk);
        jwk = NULL;
    }
    return jwk;
}

static void take(struct oidc_keys *keys, const struct cv_jany *key, struct cv_arena *arena)
{
    struct oidc_key *out = &keys->items[keys->count];
    const char *kid = cv_jany_text(cv_jany_get(key, "kid"), arena);
    out->algorithm = algorithm_of(key, arena);
    if (out->algorithm == NULL || !for_signatures(key, arena) || (kid != NULL && strlen(kid) > OIDC_KID_MAX))
        return;
    out->jwk = numbers_well_formed(key, arena) ? import(key) : NULL;
    snprintf(out->kid, sizeof out->kid, "%s", kid != NULL ? kid : "");
    keys->count += out->jwk != NULL;
}

struct oidc_keys *oidc_keys_parse(const char *json, size_t len)
{
    cv_auto_arena arena = cv_arena_new(SET_TEXT_MAX * 4);
    struct cv_error err = {0};
    const struct cv_jany *set = arena != NULL && len < SET_TEXT_MAX ? cv_jany_parse(arena, json, len, &err) : NULL;
    const struct cv_jany *list = cv_jany_get(set, "keys");
    struct oidc_keys *keys = cv_jany_kind(list) == CV_JANY_LIST ? calloc(1, sizeof *keys) : NULL;
    if (keys == NULL)
        return NULL;
    keys->refs = 1;
    for (size_t i = 0; i < cv_jany_count(list) && keys->count < OIDC_KEYS_MAX; i++)
        take(keys, cv_jany_item(list, i), arena);
    return keys;
}

struct oidc_keys *oidc_keys_ref(struct oidc_keys *keys)
{
    if (keys != NULL)
        keys->refs++;
    return keys;
}

void oidc_keys_unref(struct oidc_keys **keys)
{
    struct oidc_keys *gone = *keys;
    *keys = NULL;
    if (gone == NULL || --gone->refs > 0)
        return;
    for (size_t i = 0; i < gone->count; i++)
        cjose_jwk_release(gone->items[i].jwk);
    free(gone);
}

size_t oidc_keys_count(const struct oidc_keys *keys)
{
    return keys != NULL ? keys->count : 0;
}
