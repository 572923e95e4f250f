#include <cjose/cjose.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "oidc/pkce.h"
#include "oidc/token.h"

enum { NOW = 1798700000, TEXT = 16 << 10 };

/* A provider with an RSA and an EC key, and a stranger with his own. */
struct provider {
    cjose_jwk_t *rsa, *ec, *stranger, *secret;
    struct oidc_keys *keys;
    struct cv_arena *arena;
};

static const struct oidc_wanted wanted = {
    .issuer = "https://id.example.vn", .audience = "congvu", .nonce = "n-0S6_WzA2Mj", .claim = "email", .now = NOW};
static const char good[] =
    "{\"iss\":\"https://id.example.vn\",\"aud\":\"congvu\",\"sub\":\"an\",\"exp\":1798700300,"
    "\"iat\":1798699990,\"nonce\":\"n-0S6_WzA2Mj\",\"email\":\"an@x.vn\",\"email_verified\":true}";

static char *public_half(cjose_jwk_t *jwk, const char *kid, const char *more)
{
    cjose_err why;
    assert_true(cjose_jwk_set_kid(jwk, kid, strlen(kid), &why));
    char *json = cjose_jwk_to_json(jwk, false, &why), *out = NULL;
    assert_non_null(json);
    json[strlen(json) - 1] = '\0';
    assert_true(asprintf(&out, "%s%s}", json, more) > 0);
    free(json);
    return out;
}

static int provider_make(void **state)
{
    cjose_err why;
    struct provider *p = calloc(1, sizeof *p);
    static const uint8_t e[] = {1, 0, 1};
    char *text = NULL;
    p->arena = cv_arena_new(CV_MAX_ARENA);
    p->rsa = cjose_jwk_create_RSA_random(2048, e, sizeof e, &why);
    p->ec = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &why);
    p->stranger = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &why);
    char *rsa = public_half(p->rsa, "r1", ",\"alg\":\"RS256\",\"use\":\"sig\""), *ec = public_half(p->ec, "e1", "");
    assert_true(asprintf(&text, "{\"keys\":[%s,%s]}", rsa, ec) > 0);
    p->keys = oidc_keys_parse(text, strlen(text));
    assert_int_equal(oidc_keys_count(p->keys), 2);
    p->secret =
        cjose_jwk_create_oct_spec((const uint8_t *)rsa, strlen(rsa), &why); /* the public key as a shared secret */
    free(rsa);
    free(ec);
    free(text);
    *state = p;
    return 0;
}

static int provider_free(void **state)
{
    struct provider *p = *state;
    oidc_keys_unref(&p->keys);
    cjose_jwk_release(p->rsa);
    cjose_jwk_release(p->ec);
    cjose_jwk_release(p->stranger);
    cjose_jwk_release(p->secret);
    cv_arena_free(&p->arena);
    free(p);
    return 0;
}

/* `more`: a further member of the head, as JSON, or NULL. */
static const char *token(struct provider *p, cjose_jwk_t *jwk, const char *algorithm, const char *kid, const char *more,
                         const char *more_value, const char *claims)
{
    cjose_err why;
    const char *text = NULL;
    cjose_header_t *header = cjose_header_new(&why);
    assert_true(cjose_header_set(header, CJOSE_HDR_ALG, algorithm, &why));
    if (kid != NULL)
        assert_true(cjose_header_set(header, CJOSE_HDR_KID, kid, &why));
    if (more != NULL) { /* the library's own setter takes objects and lists only */
        char *wrapped = cv_arena_printf(p->arena, "{\"%s\":%s}", more, more_value);
        json_t *object = json_loads(wrapped, 0, NULL);
        assert_int_equal(json_object_update((json_t *)header, object), 0);
        json_decref(object);
    }
    cjose_jws_t *jws = cjose_jws_sign(jwk, header, (const uint8_t *)claims, strlen(claims), &why);
    assert_non_null(jws);
    assert_true(cjose_jws_export(jws, &text, &why));
    const char *kept = cv_arena_strdup(p->arena, text);
    cjose_jws_release(jws);
    cjose_header_release(header);
    return kept;
}

static const char *judged(struct provider *p, const char *text, struct oidc_person *out)
{
    bool unknown;
    return oidc_judge(p->keys, &wanted, text, strlen(text), p->arena, out, &unknown);
}

static void believed(struct provider *p, const char *text)
{
    struct oidc_person person = {0};
    const char *why = judged(p, text, &person);
    if (why != NULL)
        fail_msg("refused: %s", why);
    assert_string_equal(person.subject, "an");
    assert_string_equal(person.claim, "an@x.vn");
}

static void refused(struct provider *p, const char *text, const char *because)
{
    struct oidc_person person = {0};
    const char *why = judged(p, text, &person);
    if (why == NULL || strstr(why, because) == NULL)
        fail_msg("“%s” is not refused because “%s” but “%s”", text, because, why ? why : "(believed)");
    assert_null(person.subject);
}

static void what_the_provider_signed_is_believed(void **state)
{
    struct provider *p = *state;
    believed(p, token(p, p->rsa, "RS256", "r1", NULL, NULL, good));
    believed(p, token(p, p->ec, "ES256", "e1", NULL, NULL, good));
    believed(p, token(p, p->ec, "ES256", NULL, NULL, NULL, good)); /* the only key of its algorithm */
    believed(p, token(p, p->rsa, "RS256", "r1", "typ", "\"JWT\"", good));
}

/* "eyJ...". */
static const char *raw(struct provider *p, const char *head, const char *claims, const char *signature)
{
    cjose_err why;
    char *a = NULL, *b = NULL;
    size_t a_len = 0, b_len = 0;
    assert_true(cjose_base64url_encode((const uint8_t *)head, strlen(head), &a, &a_len, &why));
    assert_true(cjose_base64url_encode((const uint8_t *)claims, strlen(claims), &b, &b_len, &why));
    const char *text = cv_arena_printf(p->arena, "%.*s.%.*s.%s", (int)a_len, a, (int)b_len, b, signature);
    free(a);
    free(b);
    return text;
}

static void nobody_else_signs(void **state)
{
    struct provider *p = *state;
    refused(p, raw(p, "{\"alg\":\"none\"}", good, ""), "no signed token");
    refused(p, raw(p, "{\"alg\":\"none\"}", good, "AA"), "");
    refused(p, raw(p, "{\"alg\":\"none\",\"kid\":\"r1\"}", good, "AA"), "");
    refused(p, raw(p, "{\"alg\":\"NoNe\",\"kid\":\"e1\"}", good, "AA"), "");
    refused(p, token(p, p->stranger, "ES256", "e1", NULL, NULL, good), "signature");
    refused(p, token(p, p->stranger, "ES256", "s1", NULL, NULL, good), "no key");
    refused(p, token(p, p->stranger, "ES256", NULL, NULL, NULL, good), "signature");
    refused(p, token(p, p->rsa, "RS256", "r1", NULL, NULL, good) + 1, "");
}

static void a_key_verifies_its_own_algorithm_only(void **state)
{
    struct provider *p = *state;
    refused(p, token(p, p->secret, "HS256", "r1", NULL, NULL, good),
            "algorithm"); /* the public key taken for a secret */
    refused(p, token(p, p->secret, "HS256", "e1", NULL, NULL, good), "algorithm");
    refused(p, token(p, p->secret, "HS256", NULL, NULL, NULL, good), "no key");
    refused(p, token(p, p->rsa, "RS512", "r1", NULL, NULL, good), "algorithm");
    refused(p, token(p, p->rsa, "PS256", "r1", NULL, NULL, good), "algorithm");
    refused(p, token(p, p->rsa, "RS256", "e1", NULL, NULL, good), "algorithm");
}

static void a_token_does_not_bring_its_key(void **state)
{
    struct provider *p = *state;
    cjose_err why;
    char *own = cjose_jwk_to_json(p->stranger, false, &why);
    refused(p, token(p, p->stranger, "ES256", "e1", "jwk", own, good), "brings a key");
    refused(p, token(p, p->stranger, "ES256", "e1", "jku", "\"https://evil.example/keys\"", good), "brings a key");
    refused(p, token(p, p->stranger, "ES256", "e1", "x5u", "\"https://evil.example/cert\"", good), "brings a key");
    refused(p, token(p, p->stranger, "ES256", "e1", "x5c", "[\"MII\"]", good), "brings a key");
    refused(p, token(p, p->rsa, "RS256", "r1", "jwk", own, good), "brings a key"); /* even rightly signed */
    refused(p, token(p, p->rsa, "RS256", "r1", "crit", "[\"exp\"]", good), "rules of its own");
    refused(p, token(p, p->rsa, "RS256", "r1", "b64", "false", good), "rules of its own");
    free(own);
}

static void names_of_keys_are_bounded_texts(void **state)
{
    struct provider *p = *state;
    static char huge[OIDC_KID_MAX + 2];
    memset(huge, 'k', sizeof huge - 1);
    refused(p, token(p, p->stranger, "ES256", huge, NULL, NULL, good), "too long");
    refused(p, token(p, p->stranger, "ES256", "../../etc/passwd", NULL, NULL, good), "no key");
    refused(p, token(p, p->rsa, "RS256", NULL, "kid", "[\"r1\"]", good), "no text");
    refused(p, token(p, p->rsa, "RS256", NULL, "kid", "7", good), "no text");
    char *vast = cv_arena_alloc(p->arena, OIDC_TOKEN_MAX + 2);
    memset(vast, 'A', OIDC_TOKEN_MAX + 1);
    refused(p, vast, "no signed token");
}

static void what_it_says_is_for_us_now_and_here(void **state)
{
    struct provider *p = *state;
    static const struct {
        const char *from, *to, *because;
    } forged[] = {{"https://id.example.vn", "https://id.example.vn.evil", "another issuer"},
                  {"https://id.example.vn", "https://ID.example.vn", "another issuer"},
                  {"\"aud\":\"congvu\"", "\"aud\":\"other\"", "somebody else"},
                  {"\"aud\":\"congvu\"", "\"aud\":[\"other\"]", "somebody else"},
                  {"\"aud\":\"congvu\"", "\"aud\":[\"congvu\",\"other\"]", "somebody else"},
                  {"\"aud\":\"congvu\"", "\"aud\":\"congvu\",\"azp\":\"other\"", "somebody else"},
                  {"\"aud\":\"congvu\",", "", "somebody else"},
                  {"1798700300", "1798699939", "expired"},
                  {"1798700300", "\"1798700300\"", "expired"},
                  {"\"exp\":1798700300,", "", "expired"},
                  {"1798699990", "1798700061", "future"},
                  {"\"iat\":1798699990,", "", "future"},
                  {"\"sub\":\"an\"", "\"sub\":\"an\",\"nbf\":1798700061", "not hold yet"},
                  {"n-0S6_WzA2Mj", "n-0S6_WzA2Mk", "another question"},
                  {"\"nonce\":\"n-0S6_WzA2Mj\",", "", "another question"},
                  {"\"sub\":\"an\"", "\"sub\":\"\"", "nobody"},
                  {"\"sub\":\"an\"", "\"sub\":7", "nobody"},
                  {"\"sub\":\"an\"", "\"sub\":\"an an\"", "nobody"}};
    for (size_t i = 0; i < CV_COUNT(forged); i++) {
        const char *at = strstr(good, forged[i].from);
        assert_non_null(at);
        const char *claims =
            cv_arena_printf(p->arena, "%.*s%s%s", (int)(at - good), good, forged[i].to, at + strlen(forged[i].from));
        refused(p, token(p, p->rsa, "RS256", "r1", NULL, NULL, claims), forged[i].because);
    }
    refused(p, token(p, p->rsa, "RS256", "r1", NULL, NULL, "[]"), "cannot be read");
    refused(p, token(p, p->rsa, "RS256", "r1", NULL, NULL, "{"), "cannot be read");
}

static void an_address_counts_when_it_is_verified(void **state)
{
    struct provider *p = *state;
    struct oidc_person person;
    static const char *const others[] = {"\"email_verified\":false}", "\"email_verified\":1}", "\"x\":1}"};
    const char *at = strstr(good, "\"email_verified\"");
    for (size_t i = 0; i < CV_COUNT(others); i++) {
        const char *claims = cv_arena_printf(p->arena, "%.*s%s", (int)(at - good), good, others[i]);
        assert_null(judged(p, token(p, p->rsa, "RS256", "r1", NULL, NULL, claims), &person));
        assert_null(person.claim);
        assert_false(person.with_factor);
    }
    const char *claims = cv_arena_printf(p->arena, "%.*s\"amr\":[\"pwd\",\"otp\"]}", (int)(at - good), good);
    assert_null(judged(p, token(p, p->rsa, "RS256", "r1", NULL, NULL, claims), &person));
    assert_true(person.with_factor);
}

static void keys_that_are_none_are_passed_over(void **state)
{
    static const char *const sets[] = {
        "",
        "[]",
        "{}",
        "{\"keys\":7}",
        "{\"keys\":[]}",
        "{\"keys\":[7,null,{}]}",
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":7,\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"a b c+/\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"none\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}"};
    (void)state;
    for (size_t i = 0; i < CV_COUNT(sets); i++) {
        struct oidc_keys *keys = oidc_keys_parse(sets[i], strlen(sets[i]));
        assert_int_equal(oidc_keys_count(keys), 0);
        oidc_keys_unref(&keys);
    }
}

/* RFC 7636, appendix B. */
static void the_challenge_is_that_of_the_rfc(void **state)
{
    struct provider *p = *state;
    assert_string_equal(oidc_challenge(p->arena, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
                        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_provider_signed_is_believed),  cmocka_unit_test(nobody_else_signs),
        cmocka_unit_test(a_key_verifies_its_own_algorithm_only), cmocka_unit_test(a_token_does_not_bring_its_key),
        cmocka_unit_test(names_of_keys_are_bounded_texts),       cmocka_unit_test(what_it_says_is_for_us_now_and_here),
        cmocka_unit_test(an_address_counts_when_it_is_verified), cmocka_unit_test(keys_that_are_none_are_passed_over),
        cmocka_unit_test(the_challenge_is_that_of_the_rfc)};
    return cmocka_run_group_tests(tests, provider_make, provider_free);
}
