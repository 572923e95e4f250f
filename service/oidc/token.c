/* Is this ID token the provider's word, for us, now, in answer to this very question? */
#include <stdlib.h>
#include <string.h>

#include "congvu/json.h"
#include "congvu/secret.h"
#include "oidc/token_keys.h"

enum { SUBJECT_MAX = 255, CLAIM_MAX = 320 };

static void free_jws(cjose_jws_t **jws)
{
    cjose_jws_release(*jws);
}
#define auto_jws __attribute__((cleanup(free_jws))) cjose_jws_t *

/* ---- the form ---- three parts of base64url; the library is shown nothing else */
static bool well_formed(const char *token, size_t len)
{
    size_t dots = 0, part = 0;
    for (size_t i = 0; i < len; i++) {
        char c = token[i];
        bool sign = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (c == '.' ? part == 0 : !sign)
            return false;
        dots += c == '.';
        part = c == '.' ? 0 : part + 1;
    }
    return dots == 2 && part > 0;
}

/* The head once more: the library shows no members that are neither texts nor lists. */
static const struct cv_jany *head_of(const char *token, struct cv_arena *arena)
{
    cjose_err why;
    struct cv_error err = {0};
    uint8_t *bytes = NULL;
    size_t len = 0;
    if (!cjose_base64url_decode(token, strcspn(token, "."), &bytes, &len, &why))
        return NULL;
    const struct cv_jany *head = cv_jany_parse(arena, (const char *)bytes, len, &err);
    free(bytes);
    return head;
}

/* What would let a token choose its own key, or asks for rules that we do not know. */
static const char *odd(const struct cv_jany *head)
{
    static const char *const names[] = {"jwk", "jku", "x5c", "x5u", "x5t", "crit", "b64", "zip"};
    const struct cv_jany *kid = cv_jany_get(head, "kid");
    if (cv_jany_kind(head) != CV_JANY_OBJECT)
        return "it cannot be read";
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (cv_jany_get(head, names[i]) != NULL)
            return "its head brings a key, an address of one, or rules of its own";
    return kid == NULL || cv_jany_kind(kid) == CV_JANY_TEXT ? NULL : "the name of its key is no text";
}

/* ---- the key ---- */

/* By its name; a token without one may only be of the only key. */
static const struct oidc_key *key_of(const struct oidc_keys *keys, const char *kid, const char *algorithm)
{
    const struct oidc_key *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < keys->count; i++) {
        const struct oidc_key *key = &keys->items[i];
        bool named = kid != NULL ? strcmp(key->kid, kid) == 0 : true;
        if (!named || (kid == NULL && strcmp(key->algorithm, algorithm) != 0))
            continue;
        found = key;
        count++;
    }
    return count == 1 ? found : NULL;
}

static const char *signed_by(const struct oidc_keys *keys, cjose_jws_t *jws, bool *out_unknown_key)
{
    cjose_err why;
    cjose_header_t *header = cjose_jws_get_protected(jws);
    const char *algorithm = header ? cjose_header_get(header, "alg", &why) : NULL;
    const char *kid = header ? cjose_header_get(header, "kid", &why) : NULL;
    if (algorithm == NULL)
        return "its head names no algorithm";
    if (kid != NULL && strlen(kid) > OIDC_KID_MAX)
        return "the name of its key is too long";
    const struct oidc_key *key = key_of(keys, kid, algorithm);
    *out_unknown_key = key == NULL;
    if (key == NULL)
        return "no key of the provider has this name";
    if (strcmp(key->algorithm, algorithm) != 0)
        return "its algorithm is not that of the key";
    return cjose_jws_verify(jws, key->jwk, &why) ? NULL : "the signature is not right";
}

/* ---- what it says ---- */

static bool is(const char *text, const char *wanted)
{
    return text != NULL && strcmp(text, wanted) == 0;
}

static bool for_us(const struct cv_jany *claims, const char *audience, struct cv_arena *arena)
{
    const struct cv_jany *aud = cv_jany_get(claims, "aud"), *azp = cv_jany_get(claims, "azp");
    bool list = cv_jany_kind(aud) == CV_JANY_LIST, found = !list && is(cv_jany_text(aud, arena), audience);
    for (size_t i = 0; i < cv_jany_count(aud); i++)
        found = found || is(cv_jany_text(cv_jany_item(aud, i), arena), audience);
    bool others = list && cv_jany_count(aud) > 1;
    if (azp != NULL || others)
        found = found && is(cv_jany_text(azp, arena), audience);
    return found;
}

static const char *in_time(const struct cv_jany *claims, cv_moment now)
{
    int64_t ends, made, begins;
    if (cv_jany_kind(cv_jany_get(claims, "exp")) != CV_JANY_NUMBER || !cv_jany_int(cv_jany_get(claims, "exp"), &ends) ||
        ends + OIDC_LEEWAY_S <= now)
        return "it has expired, or never does";
    if (!cv_jany_int(cv_jany_get(claims, "iat"), &made) || made > now + OIDC_LEEWAY_S)
        return "it was made in the future, or nobody knows when";
    if (cv_jany_get(claims, "nbf") != NULL &&
        (!cv_jany_int(cv_jany_get(claims, "nbf"), &begins) || begins > now + OIDC_LEEWAY_S))
        return "it does not hold yet";
    return NULL;
}

static bool subject_ok(const char *subject)
{
    size_t len = subject != NULL ? strlen(subject) : 0;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)subject[i] <= ' ' || (unsigned char)subject[i] > '~')
            return false;
    return len > 0 && len <= SUBJECT_MAX;
}

/* An address counts only when the provider has verified it. */
static const char *claim_of(const struct cv_jany *claims, const char *name, struct cv_arena *arena)
{
    const struct cv_jany *value = cv_jany_get(claims, name);
    const char *text = cv_jany_kind(value) == CV_JANY_TEXT ? cv_jany_text(value, arena) : NULL;
    bool verified = false;
    if (strcmp(name, "email") == 0 && (!cv_jany_bool(cv_jany_get(claims, "email_verified"), &verified) || !verified))
        return NULL;
    return text != NULL && *text != '\0' && strlen(text) <= CLAIM_MAX ? cv_arena_strdup(arena, text) : NULL;
}

/* RFC 8176 */
static bool second_factor(const struct cv_jany *claims, struct cv_arena *arena)
{
    static const char *const words[] = {"mfa", "otp", "hwk", "swk", "sc"};
    const struct cv_jany *amr = cv_jany_get(claims, "amr");
    for (size_t i = 0; i < cv_jany_count(amr); i++)
        for (size_t k = 0; k < CV_COUNT(words); k++)
            if (is(cv_jany_text(cv_jany_item(amr, i), arena), words[k]))
                return true;
    return false;
}

static const char *read_claims(const struct cv_jany *claims, const struct oidc_wanted *wanted, struct cv_arena *arena,
                               struct oidc_person *out)
{
    const char *nonce = cv_jany_text(cv_jany_get(claims, "nonce"), arena);
    const char *subject = cv_jany_text(cv_jany_get(claims, "sub"), arena), *late;
    if (!is(cv_jany_text(cv_jany_get(claims, "iss"), arena), wanted->issuer))
        return "it is another issuer's";
    if (!for_us(claims, wanted->audience, arena))
        return "it is for somebody else";
    if ((late = in_time(claims, wanted->now)) != NULL)
        return late;
    if (nonce == NULL || !cv_secret_equal(nonce, wanted->nonce))
        return "it answers another question";
    if (cv_jany_kind(cv_jany_get(claims, "sub")) != CV_JANY_TEXT || !subject_ok(subject))
        return "it says nobody";
    *out = (struct oidc_person){.issuer = cv_arena_strdup(arena, wanted->issuer),
                                .subject = cv_arena_strdup(arena, subject),
                                .claim = claim_of(claims, wanted->claim, arena),
                                .with_factor = second_factor(claims, arena)};
    return NULL;
}

const char *oidc_judge(const struct oidc_keys *keys, const struct oidc_wanted *wanted, const char *token, size_t len,
                       struct cv_arena *arena, struct oidc_person *out, bool *out_unknown_key)
{
    cjose_err why;
    struct cv_error err = {0};
    uint8_t *plain = NULL;
    size_t plain_len = 0;
    *out_unknown_key = false;
    if (len > OIDC_TOKEN_MAX || !well_formed(token, len))
        return "it is no signed token";
    const char *text = cv_arena_strndup(arena, token, len), *wrong = odd(head_of(text, arena));
    if (wrong != NULL)
        return wrong;
    auto_jws jws = cjose_jws_import(text, len, &why);
    if (jws == NULL)
        return "it cannot be read";
    wrong = signed_by(keys, jws, out_unknown_key);
    if (wrong != NULL)
        return wrong;
    if (!cjose_jws_get_plaintext(jws, &plain, &plain_len, &why))
        return "it says nothing";
    const struct cv_jany *claims = cv_jany_parse(arena, (const char *)plain, plain_len, &err);
    if (cv_jany_kind(claims) != CV_JANY_OBJECT)
        return "what it says cannot be read";
    return read_claims(claims, wanted, arena, out);
}
