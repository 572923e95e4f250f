/* Signatures that others check: Ed25519 (RFC 8032). OpenSSL stays inside.
 *
 * Story of use. Whoever must be able to prove what he said owns a key file of 32 bytes (0600, made once, see
 * cv_key_load); cv_signer_open() makes a signer of it, cv_sign() signs, and anybody with the 32 public bytes checks by
 * cv_signed(). Beside it, because both serve the same proofs: SHA-256 in raw bytes and base64 (RFC 4648, with padding);
 * and whether a file of certificates is one.
 *
 * Thread: a signer is read-only after opening, any thread may use it; the rest has no state. */
#pragma once

#include "congvu/secret.h"

enum { CV_SIGNATURE = 64, CV_PUBLIC_KEY = 32, CV_HASH = 32 };

struct cv_signer;
bool cv_signer_open(const struct cv_key *seed, struct cv_signer **out, struct cv_error *err);
void cv_signer_close(struct cv_signer **signer);
const uint8_t *cv_signer_public(const struct cv_signer *signer); /* CV_PUBLIC_KEY bytes, as long as the signer lives */
void cv_sign(const struct cv_signer *signer, const void *data, size_t len, uint8_t out[CV_SIGNATURE]);
bool cv_signed(const uint8_t key[CV_PUBLIC_KEY], const void *data, size_t len, const uint8_t signature[CV_SIGNATURE]);

/* SHA-256 over `prefix` (one byte, RFC 6962; below 0 = none) and two pieces. */
void cv_hash(int prefix, const void *a, size_t a_len, const void *b, size_t b_len, uint8_t out[CV_HASH]);

/* `out` has room for (n + 2) / 3 * 4 + 1 signs. */
void cv_base64(const uint8_t *bytes, size_t n, char *out);
/* False: not base64 of at most `size` bytes. */
bool cv_unbase64(const char *text, size_t len, uint8_t *out, size_t size, size_t *out_len);

/* Whether a file holds certificates in PEM, all of them readable and one at least not over. */
bool cv_certificates_read(const char *path, struct cv_error *err);
