/* Keys, keyed digests, random bytes and ids, by libcrypto. */
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/inner.h"
#include "congvu/secret.h"

enum { NONCE = 12, TAG = 16, SEAL_MAX = 64 << 10 };

static const char lower_signs[] = "0123456789abcdefghjkmnpqrstvwxyz";
static const char upper_signs[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char url_signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Fetching an algorithm costs more than running it: once per process, and one context per thread. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t mac_key, tag_key;
static EVP_MAC *hmac, *siphash;
static EVP_KDF *hkdf;
static EVP_CIPHER *aes;

static void free_mac(void *mac)
{
    EVP_MAC_CTX_free(mac);
}

static void fetch_all(void)
{
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    siphash = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (!hmac || !siphash || !hkdf || !aes || pthread_key_create(&mac_key, free_mac) != 0 ||
        pthread_key_create(&tag_key, free_mac) != 0)
        cv_die("OpenSSL lacks HMAC, SipHash, HKDF or AES-256-GCM");
}

static void hex(const uint8_t *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = lower_signs[bytes[i] >> 4];
        out[2 * i + 1] = lower_signs[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

void cv_random(void *out, size_t n)
{
    uint8_t *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got < 0 && errno != EINTR)
            cv_die("the system gives no random bytes");
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
}

void cv_key_derive(const struct cv_key *master, const char *purpose, struct cv_key *out)
{
    char digest[] = "SHA256";

    pthread_once(&once, fetch_all);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(hkdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)master->bytes, sizeof(master->bytes)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)purpose, strlen(purpose)),
        OSSL_PARAM_construct_end(),
    };
    struct cv_key fresh;

    if (!ctx || EVP_KDF_derive(ctx, fresh.bytes, sizeof(fresh.bytes), params) != 1)
        cv_die("HKDF");
    EVP_KDF_CTX_free(ctx);
    *out = fresh;
    OPENSSL_cleanse(&fresh, sizeof(fresh));
}

/* This thread's own context; `params` once, when it is made. */
static EVP_MAC_CTX *context_of(pthread_key_t slot, EVP_MAC *algorithm, const OSSL_PARAM *params)
{
    EVP_MAC_CTX *ctx = pthread_getspecific(slot);

    if (ctx)
        return ctx;
    ctx = EVP_MAC_CTX_new(algorithm);
    if (!ctx || EVP_MAC_CTX_set_params(ctx, params) != 1 || pthread_setspecific(slot, ctx) != 0)
        cv_die("no memory for a MAC");
    return ctx;
}

static void mac_of(EVP_MAC_CTX *ctx, const uint8_t *key, size_t key_len, const void *data, size_t len, void *out,
                   size_t out_len)
{
    size_t size = 0;

    if (EVP_MAC_init(ctx, key, key_len, NULL) != 1 || EVP_MAC_update(ctx, data, len) != 1 ||
        EVP_MAC_final(ctx, out, &size, out_len) != 1 || size != out_len)
        cv_die("a MAC failed");
}

static void hmac_sha256(const struct cv_key *key, const void *data, size_t len, uint8_t out[32])
{
    static char digest[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };

    pthread_once(&once, fetch_all);
    mac_of(context_of(mac_key, hmac, params), key->bytes, sizeof(key->bytes), data, len, out, 32);
}

struct cv_tag cv_tag_make(const struct cv_key *key, const void *data, size_t len)
{
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_end()};
    struct cv_tag tag;

    pthread_once(&once, fetch_all);
    mac_of(context_of(tag_key, siphash, params), key->bytes, TAG, data, len, &tag, sizeof(tag));
    return tag;
}

bool cv_tag_equal(struct cv_tag a, struct cv_tag b)
{
    return ((a.half[0] ^ b.half[0]) | (a.half[1] ^ b.half[1])) == 0;
}

void cv_digest(const struct cv_key *key, const void *data, size_t len, char out[CV_DIGEST_TEXT])
{
    uint8_t mac[32];

    hmac_sha256(key, data, len, mac);
    hex(mac, sizeof(mac), out);
}

void cv_sha256(const void *data, size_t len, char out[CV_DIGEST_TEXT])
{
    uint8_t digest[32];

    if (EVP_Q_digest(NULL, "SHA256", NULL, data, len, digest, NULL) != 1)
        cv_die("SHA-256");
    hex(digest, sizeof(digest), out);
}

void cv_key_fingerprint(const struct cv_key *master, char out[17])
{
    static const char purpose[] = "congvu key fingerprint";
    uint8_t mac[32];

    hmac_sha256(master, purpose, sizeof(purpose) - 1, mac);
    hex(mac, 8, out);
}

bool cv_secret_equal(const char *a, const char *b)
{
    size_t len = strlen(a);

    return len == strlen(b) && CRYPTO_memcmp(a, b, len) == 0;
}

static char *to_url64(struct cv_arena *arena, const uint8_t *bytes, size_t n)
{
    char *out = cv_arena_alloc(arena, (n + 2) / 3 * 4 + 1), *p = out;
    uint32_t word = 0;
    int bits = 0;

    for (size_t i = 0; i < n; i++) {
        word = word << 8 | bytes[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *p++ = url_signs[word >> (bits - 6) & 63];
    }
    if (bits > 0)
        *p++ = url_signs[word << (6 - bits) & 63];
    return out;
}

/* Only the one spelling that to_url64 writes. */
static uint8_t *from_url64(struct cv_arena *arena, const char *text, size_t len, size_t *out_len)
{
    uint8_t *out = cv_arena_alloc(arena, len * 3 / 4 + 1), *p = out;
    uint32_t word = 0;
    int bits = 0;

    for (size_t i = 0; i < len; i++) {
        const char *at = strchr(url_signs, text[i]);

        if (!at)
            return NULL;
        word = word << 6 | (uint32_t)(at - url_signs);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *p++ = (uint8_t)(word >> bits);
        }
    }
    *out_len = (size_t)(p - out);
    return bits < 6 && (word & ((1u << bits) - 1)) == 0 ? out : NULL;
}

const char *cv_seal(struct cv_arena *arena, const struct cv_key *key, const void *plain, size_t len,
                    const char *bound_to)
{
    pthread_once(&once, fetch_all);
    if (len > SEAL_MAX)
        cv_die("too much to seal");
    uint8_t *bytes = cv_arena_alloc(arena, NONCE + len + TAG);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, last = 0;
    bool ok;

    cv_random(bytes, NONCE);
    ok = ctx && EVP_EncryptInit_ex2(ctx, aes, key->bytes, bytes, NULL) == 1 &&
         EVP_EncryptUpdate(ctx, NULL, &n, (const uint8_t *)bound_to, (int)strlen(bound_to)) == 1 &&
         EVP_EncryptUpdate(ctx, bytes + NONCE, &n, plain, (int)len) == 1 &&
         EVP_EncryptFinal_ex(ctx, bytes + NONCE + len, &last) == 1 &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, bytes + NONCE + len) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok ? to_url64(arena, bytes, NONCE + len + TAG) : NULL;
}

const void *cv_unseal(struct cv_arena *arena, const struct cv_key *key, const char *sealed, const char *bound_to,
                      size_t *out_len)
{
    size_t text_len = strlen(sealed), size = 0;

    pthread_once(&once, fetch_all);
    if (text_len > (NONCE + SEAL_MAX + TAG) * 4 / 3 + 4)
        return NULL;
    uint8_t *bytes = from_url64(arena, sealed, text_len, &size);

    if (!bytes || size < NONCE + TAG)
        return NULL;
    size_t len = size - NONCE - TAG;
    uint8_t *plain = cv_arena_alloc(arena, len + 1);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, last = 0;
    bool ok = ctx && EVP_DecryptInit_ex2(ctx, aes, key->bytes, bytes, NULL) == 1 &&
              EVP_DecryptUpdate(ctx, NULL, &n, (const uint8_t *)bound_to, (int)strlen(bound_to)) == 1 &&
              EVP_DecryptUpdate(ctx, plain, &n, bytes + NONCE, (int)len) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, bytes + NONCE + len) == 1 &&
              EVP_DecryptFinal_ex(ctx, plain + len, &last) == 1;

    EVP_CIPHER_CTX_free(ctx);
    if (!ok) {
        OPENSSL_cleanse(plain, len);
        return NULL;
    }
    *out_len = len;
    return plain;
}

struct cv_id cv_id_make(void)
{
    struct cv_id id;

    cv_random(id.bytes, sizeof(id.bytes));
    return id;
}

/* 130 bits in 26 signs: the first sign holds the top three bits. */
const char *cv_id_text(const char *prefix, struct cv_id id, char out[CV_ID_TEXT])
{
    size_t n = strlen(prefix);
    uint32_t word = 0;
    int bits = 2; /* two zero bits in front */

    if (n + 27 > CV_ID_TEXT)
        cv_die("an id's prefix is too long");
    memcpy(out, prefix, n);
    for (size_t i = 0; i < sizeof(id.bytes); i++) {
        word = word << 8 | id.bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            out[n++] = lower_signs[word >> (bits - 5) & 31];
    }
    out[n] = '\0';
    return out;
}

const char *cv_id_kept(const char *prefix, struct cv_id id, struct cv_arena *arena)
{
    return cv_id_text(prefix, id, cv_arena_alloc(arena, CV_ID_TEXT));
}

bool cv_id_parse(const char *prefix, const char *text, struct cv_id *out)
{
    size_t n = strlen(prefix);
    struct cv_id id;
    uint32_t word = 0;
    int bits = -2;
    size_t byte = 0;

    if (strncmp(text, prefix, n) != 0 || strlen(text + n) != 26 || text[n] > '7')
        return false;
    for (const char *p = text + n; *p; p++) {
        const char *at = strchr(lower_signs, *p);

        if (!at)
            return false;
        word = word << 5 | (uint32_t)(at - lower_signs);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            id.bytes[byte++] = (uint8_t)(word >> bits);
        }
    }
    *out = id;
    return true;
}

bool cv_id_equal(struct cv_id a, struct cv_id b)
{
    return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

bool cv_id_is_zero(struct cv_id id)
{
    static const struct cv_id zero;

    return cv_id_equal(id, zero);
}

void cv_random_text(char *out, size_t n, bool upper)
{
    const char *signs = upper ? upper_signs : lower_signs;

    cv_random(out, n);
    for (size_t i = 0; i < n; i++)
        out[i] = signs[(unsigned char)out[i] & 31];
    out[n] = '\0';
}

/* ---- one-time passwords ---- */

void cv_one_time_password(const uint8_t seed[CV_TOTP_SEED], uint64_t counter, char out[CV_TOTP_DIGITS + 1])
{
    uint8_t message[8], mac[20];
    size_t len = 0;

    for (int i = 0; i < 8; i++)
        message[i] = (uint8_t)(counter >> (56 - 8 * i));
    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, seed, CV_TOTP_SEED, message, sizeof message, mac, sizeof mac,
                   &len) ||
        len != sizeof mac)
        cv_die("HMAC-SHA-1 failed");
    const uint8_t *at = mac + (mac[19] & 15);
    uint32_t number = ((uint32_t)(at[0] & 127) << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3];
    snprintf(out, CV_TOTP_DIGITS + 1, "%06u", number % 1000000);
    OPENSSL_cleanse(mac, sizeof mac);
}

void cv_seed_text(const uint8_t seed[CV_TOTP_SEED], char out[CV_TOTP_SEED_TEXT])
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    for (int i = 0; i < CV_TOTP_SEED_TEXT - 1; i++) {
        int bit = i * 5, byte = bit / 8;
        unsigned pair = (unsigned)seed[byte] << 8 | (byte + 1 < CV_TOTP_SEED ? seed[byte + 1] : 0);
        out[i] = signs[pair >> (11 - bit % 8) & 31];
    }
    out[CV_TOTP_SEED_TEXT - 1] = '\0';
}
