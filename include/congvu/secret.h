/* Secrets: random, digests, sealed tokens, ids. OpenSSL stays inside.
 *
 * Story of use. The service has one key file (32 bytes, mode 0600). cv_key_load() reads it, making it when it does not
 * exist and the caller allows that; cv_key_derive() gives one subkey per purpose (HKDF-SHA-256, RFC 5869), so a digest
 * of one purpose is worth nothing for another. Token secrets, one-time codes and idempotency keys are stored only as
 * cv_digest(). Page tokens are cv_seal()ed (AES-256-GCM) with what they are bound to as associated data.
 *
 * Thread: any; a cv_key is read-only after loading. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/error.h"
#include "congvu/memory.h"

struct cv_key {
    uint8_t bytes[32];
};

/* Refuses a file that others can read or write, that is not a plain file of 32 bytes, or not owned by this user. */
bool cv_key_load(const char *path, bool create, struct cv_key *out, struct cv_error *err);
void cv_key_derive(const struct cv_key *master, const char *purpose, struct cv_key *out);
/* First 16 hex digits of the key's digest: safe to publish in the directory. */
void cv_key_fingerprint(const struct cv_key *master, char out[17]);

/* Flushes the folder in which the file lies: a name that it was just given outlives a power cut. False: errno. */
bool cv_folder_flush(const char *path);

/* Reads a file with a secret of somebody else (a password, a token), without its closing line end. The file must be
 * plain, owned by this user or root, and closed to others (0600). NULL = done (*out is terminated, *out_len < size);
 * else why not, in plain English for the operator. The caller wipes *out. */
const char *cv_secret_read(const char *path, char *out, size_t size, size_t *out_len);

/* HMAC-SHA-256, as 64 lower-case hex digits. */
enum { CV_DIGEST_TEXT = 65 };
void cv_digest(const struct cv_key *key, const void *data, size_t len, char out[CV_DIGEST_TEXT]);
/* SHA-256 without a key, in the same form: anybody can check it. */
void cv_sha256(const void *data, size_t len, char out[CV_DIGEST_TEXT]);
bool cv_secret_equal(const char *a, const char *b); /* constant time for equal lengths */

/* SipHash-2-4 of 128 bits under the first 16 bytes of a random key: many times cheaper than cv_digest(), for tables in
 * memory that must recognise a secret without holding it. Never stored, never sent. */
struct cv_tag {
    uint64_t half[2];
};
struct cv_tag cv_tag_make(const struct cv_key *key, const void *data, size_t len);
bool cv_tag_equal(struct cv_tag a, struct cv_tag b); /* constant time */

/* Sealed text (base64url, no padding) in the arena; NULL when out of memory. */
const char *cv_seal(struct cv_arena *arena, const struct cv_key *key, const void *plain, size_t len,
                    const char *bound_to);
/* NULL when it was not sealed with this key for `bound_to`. */
const void *cv_unseal(struct cv_arena *arena, const struct cv_key *key, const char *sealed, const char *bound_to,
                      size_t *out_len);

/* A one-time password of six digits (RFC 4226; over time steps of 30 s it is RFC 6238), by HMAC-SHA-1 as every
 * authenticator app does it. */
enum { CV_TOTP_STEP_S = 30, CV_TOTP_DIGITS = 6, CV_TOTP_SEED = 20 };
void cv_one_time_password(const uint8_t seed[CV_TOTP_SEED], uint64_t counter, char out[CV_TOTP_DIGITS + 1]);
/* RFC 4648 base 32 without padding, as these apps take a seed; out has CV_TOTP_SEED_TEXT bytes. */
enum { CV_TOTP_SEED_TEXT = CV_TOTP_SEED * 8 / 5 + 1 };
void cv_seed_text(const uint8_t seed[CV_TOTP_SEED], char out[CV_TOTP_SEED_TEXT]);

void cv_random(void *out, size_t n); /* aborts the process when the system has no randomness */

/* Ids: 128 random bits, written as prefix + 26 lower-case Crockford base-32 signs ("stf_0123..."). */
struct cv_id {
    uint8_t bytes[16];
};
enum { CV_ID_TEXT = 32 };
struct cv_id cv_id_make(void);
const char *cv_id_text(const char *prefix, struct cv_id id, char out[CV_ID_TEXT]);   /* prefix "stf_" */
const char *cv_id_kept(const char *prefix, struct cv_id id, struct cv_arena *arena); /* the same, in an arena */
bool cv_id_parse(const char *prefix, const char *text, struct cv_id *out);
bool cv_id_equal(struct cv_id a, struct cv_id b);
bool cv_id_is_zero(struct cv_id id);
/* n signs of Crockford base 32 of fresh randomness, upper case when asked: secrets and one-time codes. out has n + 1
 * bytes. */
void cv_random_text(char *out, size_t n, bool upper);
