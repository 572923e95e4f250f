/* Ed25519, raw SHA-256 and base64, by libcrypto. */
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/inner.h"
#include "congvu/signature.h"

struct cv_signer {
    EVP_PKEY *key;
    uint8_t public[CV_PUBLIC_KEY];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256)
        cv_die("OpenSSL lacks SHA-256");
}

bool cv_signer_open(const struct cv_key *seed, struct cv_signer **out, struct cv_error *err)
{
    struct cv_signer *s = calloc(1, sizeof(*s));
    size_t len = CV_PUBLIC_KEY;

    if (s)
        s->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed->bytes, sizeof(seed->bytes));
    if (s && s->key && EVP_PKEY_get_raw_public_key(s->key, s->public, &len) == 1 && len == CV_PUBLIC_KEY) {
        *out = s;
        return true;
    }
    cv_signer_close(&s);
    return cv_fail_as(err, CV_INTERNAL, "audit_key", "Không dùng được khóa ký", "The signing key cannot be used");
}

void cv_signer_close(struct cv_signer **signer)
{
    if (*signer)
        EVP_PKEY_free((*signer)->key);
    free(*signer);
    *signer = NULL;
}

const uint8_t *cv_signer_public(const struct cv_signer *signer)
{
    return signer->public;
}

void cv_sign(const struct cv_signer *signer, const void *data, size_t len, uint8_t out[CV_SIGNATURE])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t size = CV_SIGNATURE;

    if (!ctx || EVP_DigestSignInit(ctx, NULL, NULL, NULL, signer->key) != 1 ||
        EVP_DigestSign(ctx, out, &size, data, len) != 1 || size != CV_SIGNATURE)
        cv_die("Ed25519");
    EVP_MD_CTX_free(ctx);
}

bool cv_signed(const uint8_t key[CV_PUBLIC_KEY], const void *data, size_t len, const uint8_t signature[CV_SIGNATURE])
{
    EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, CV_PUBLIC_KEY);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool right = public && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public) == 1 &&
                 EVP_DigestVerify(ctx, signature, CV_SIGNATURE, data, len) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(public);
    return right;
}

void cv_hash(int prefix, const void *a, size_t a_len, const void *b, size_t b_len, uint8_t out[CV_HASH])
{
    uint8_t first = (uint8_t)prefix;

    pthread_once(&once, fetch);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || EVP_DigestInit_ex(ctx, sha256, NULL) != 1 || (prefix >= 0 && EVP_DigestUpdate(ctx, &first, 1) != 1) ||
        EVP_DigestUpdate(ctx, a, a_len) != 1 || (b_len > 0 && EVP_DigestUpdate(ctx, b, b_len) != 1) ||
        EVP_DigestFinal_ex(ctx, out, NULL) != 1)
        cv_die("SHA-256");
    EVP_MD_CTX_free(ctx);
}

void cv_base64(const uint8_t *bytes, size_t n, char *out)
{
    EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
}

bool cv_unbase64(const char *text, size_t len, uint8_t *out, size_t size, size_t *out_len)
{
    uint8_t bytes[768];
    size_t padding = len >= 2 ? (size_t)(text[len - 1] == '=') + (text[len - 2] == '=') : 0;

    if (len == 0 || len % 4 != 0 || len / 4 * 3 > sizeof(bytes) || memchr(text, '=', len - padding) != NULL)
        return false;
    int got = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len);
    if (got < (int)padding || (size_t)got - padding > size)
        return false;
    *out_len = (size_t)got - padding;
    memcpy(out, bytes, *out_len);
    return true;
}
