/* Inside api/: what lives as long as the server. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "api/internal.h"
#include "congvu/lock.h"

enum {
    API_BUCKETS = 4096,         /* callers whose rate is remembered */
    API_ANSWERS = 256,          /* ready answers kept */
    API_ANSWER_MAX = 1 << 20,   /* one of them */
    API_ANSWERS_MAX = 32 << 20, /* all of them */
    API_KNOWN = 1024            /* secrets recognised without their HMAC */
};

struct api_bucket {
    struct cv_id token;
    double left;
    int64_t at_ns;
};
struct api_answer {
    char *key;
    uint64_t generation, used;
    size_t size;
    struct htp_shared *shared;
};

/* Which digest a secret has, so that a busy caller does not cost an HMAC for each request. Whether that digest is a
 * valid token is asked of the view every time. The secret itself is not here: only a keyed hash of it. */
struct api_known {
    struct cv_tag tag;
    char digest[CV_DIGEST_TEXT]; /* "" = free */
};

struct api_state {
    struct cv_lock lock;     /* guards what follows */
    struct cv_key known_key; /* random, never leaves the process */
    struct api_known known[API_KNOWN];
    struct api_bucket buckets[API_BUCKETS];
    struct api_answer answers[API_ANSWERS];
    size_t answer_bytes;
    uint64_t clock;
    _Atomic int64_t ticked_ns; /* the scheduler's last sign of life */
    struct htp_shared *json, *yaml, *html;
};

/* False: too fast; the bucket refills at `rate` a second and holds two seconds' worth. */
bool api_rate_pass(struct api *api, struct cv_id token);

/* A ready answer of this generation, with a reference for the caller, or NULL. */
struct htp_shared *api_answer_get(struct api *api, const char *key, uint64_t generation);
/* Keeps a reference of its own; an old answer may go for it. */
void api_answer_put(struct api *api, const char *key, uint64_t generation, struct htp_shared *shared, size_t size);
/* Short text that changes when the bytes do. Holds CV_DIGEST_TEXT. */
void api_body_tag(const struct api *api, const char *bytes, size_t len, char out[CV_DIGEST_TEXT]);

/* credential.c */
bool api_view_lives(const struct api *api);
bool api_token_good(const struct htp_exchange *x, const struct dom_token *token, bool found, struct cv_error *err);
/* Is the caller's token good in the directory itself? Asked only while the view may be behind. */
bool api_token_asked(struct htp_exchange *x, struct cv_error *err);

/* docs.c */
bool api_docs_open(struct api *api);
void api_docs_close(struct api *api);
