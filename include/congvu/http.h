/* HTTP: the only user of libmicrohttpd. Guard, routes, lanes, deadlines, problem+json.
 *
 * Story of use. main gives htp_server_start() a table of routes, the lanes and an authenticator. For each request the
 * guard looks at the raw head, the route is found, the credential is checked, then
 *   - an inline route is answered at once in the event loop: memory only, never blocking;
 *   - any other: slot, suspend, publish to its lane; a worker runs the handler; resume.
 * A handler reads the exchange, writes JSON into x->out and says the status, or answers a cv_error:
 *
 *     void get_unit(struct htp_exchange *x)
 *     {
 *             struct cv_error err = {0};
 *             if (!prov_unit_read(..., htp_param(x, "unit"), &unit, &err)) { htp_problem(x, &err, NULL); return; }
 *             htp_etag(x, unit.revision);
 *             write_unit(&x->out, &unit);
 *             htp_reply(x, 200);
 *     }
 *
 * Every answer has a request id; every error is application/problem+json (RFC 9457), also what the guard refuses.
 *
 * Thread: an exchange belongs to one thread at a time (event loop, then worker). Memory: x->arena lives until the
 * answer is sent. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/job.h"
#include "congvu/json.h"
#include "congvu/memory.h"

enum htp_lane { HTP_INLINE, HTP_INTERACTIVE, HTP_BULK, HTP_CONNECT, HTP_LANES };
enum htp_method { HTP_GET, HTP_POST, HTP_PUT, HTP_PATCH, HTP_DELETE, HTP_METHODS };

struct htp_exchange;
typedef void htp_handler(struct htp_exchange *x);

struct htp_route {
    enum htp_method method; /* HEAD is answered by GET's handler, without a body; OPTIONS by the server itself */
    const char *pattern;    /* "/v1/staff/{staff}/accounts/{system}" */
    const char *operation;  /* operationId of the contract */
    enum htp_lane lane;
    uint32_t scopes; /* any of these bits is needed; 0 = no credential needed; HTP_ANY_TOKEN = any valid credential */
    uint32_t shows;  /* all of these bits are needed to be shown the answer's body: who lacks one is answered 204 with
                        the same headers. 0 = whoever may ask may see */
    htp_handler *handler;
    const char *query;    /* names of allowed query parameters, blank-separated; others are 400 unknown_parameter */
    const char *accepts;  /* media types of the body, blank-separated; NULL = application/json, with PATCH
                             merge-patch+json too */
    size_t body_max;      /* bytes that its body may have; 0 = the server's max_body */
    const char *produces; /* media types of the answer beside JSON, blank-separated, for 406; NULL = only JSON; "*" =
                             the handler looks */
    bool tail;            /* the last parameter takes all that follows, slashes too */
    bool (*costly)(const struct htp_exchange *x); /* of an INLINE route: this request costs too much for the event loop
                                                   and goes to INTERACTIVE; NULL = none does */
};
#define HTP_ANY_TOKEN UINT32_C(0x80000000)

/* A ready answer that many requests may share; counted references, any thread. `body` is copied. `etag` goes out weak:
 * "118-4711" becomes W/"118-4711"; one that has quotes already goes out as it is; NULL = none. NULL result: out of
 * memory. */
struct htp_shared;
struct htp_shared *htp_shared_new(const char *body, size_t len, const char *media_type, const char *etag);
struct htp_shared *htp_shared_ref(struct htp_shared *shared);
void htp_shared_unref(struct htp_shared **shared);

struct htp_exchange {
    const struct htp_route *route;
    void *app;    /* from the options */
    void *thread; /* the worker's own context (directory session); NULL in inline handlers */
    struct cv_arena *arena;
    struct cv_faults faults; /* of this request */
    struct cv_buf body_out;  /* written through out */
    struct cv_jout out;
    struct cv_deadline deadline;
    const char *request_id;
    const char *path, *query_string; /* as sent (query undecoded, "" when none) */
    enum cv_lang lang;
    const void *aside; /* the handler's own, for problem_members */
    uint64_t mark;     /* the same, for succeeded; 0 at first */
    void *actor;       /* set by the authenticator, lives in the arena; NULL on open routes */
    struct htp_private *priv;
};

/* Decoded value of a {parameter} of the pattern. Never NULL for a declared one. */
const char *htp_param(const struct htp_exchange *x, const char *name);
/* Decoded query value (valid UTF-8, no control characters), or NULL. Given twice: 400 before the handler runs. */
const char *htp_query(const struct htp_exchange *x, const char *name);
const char *htp_header(const struct htp_exchange *x, const char *name); /* or NULL */
/* Does the client accept this media type? The first choice of several that a route produces is the handler's. */
bool htp_accepts(const struct htp_exchange *x, const char *media_type);
/* Does the request's If-None-Match hold this entity tag (with its quotes)? */
bool htp_none_match(const struct htp_exchange *x, const char *etag);
const char *htp_body(const struct htp_exchange *x, size_t *out_len);
const char *
htp_peer(const struct htp_exchange *x); /* address of the client, as the connection or a named proxy has it */

/* Typed query parameters; faults go to x->faults as CV_AT_PARAMETER (problem invalid_parameter). */
enum cv_presence htp_query_bool(struct htp_exchange *x, const char *name, bool *out);
enum cv_presence htp_query_int(struct htp_exchange *x, const char *name, int64_t min, int64_t max, int64_t *out);
enum cv_presence htp_query_day(struct htp_exchange *x, const char *name, cv_day *out);
enum cv_presence htp_query_moment(struct htp_exchange *x, const char *name, cv_moment *out);
/* Comma list of words -> bits. */
enum cv_presence htp_query_words(struct htp_exchange *x, const char *name, const char *const *words,
                                 uint32_t *out_bits);

/* If-Match / If-None-Match of this request against a revision. */
enum htp_match { HTP_MATCH_ABSENT, HTP_MATCH_ANY, HTP_MATCH_VALUE };
enum htp_match htp_if_match(const struct htp_exchange *x,
                            int64_t *out_revision);       /* rubbish = a revision that never matches (-1) */
bool htp_if_none_match_any(const struct htp_exchange *x); /* If-None-Match: * */
bool htp_validate_only(struct htp_exchange *x);           /* ?validate_only=true; sets the answer's header */

/* Answers. Exactly one of htp_reply, htp_reply_empty, htp_reply_shared, htp_reply_text, htp_reply_stream, htp_problem
 * per request. */
void htp_reply(struct htp_exchange *x, int status);       /* JSON in x->out */
void htp_reply_empty(struct htp_exchange *x, int status); /* 204 */
void htp_reply_text(struct htp_exchange *x, int status, const char *media_type, const char *body,
                    size_t len); /* copied */
/* Takes a reference of its own. Answers 304 when If-None-Match holds its ETag. Adds Cache-Control: private, max-age=30.
 * At most four headers of the handler's own (htp_header_set, up to 127 bytes each) go with it; it has no
 * Content-Language of its own. */
void htp_reply_shared(struct htp_exchange *x, struct htp_shared *shared);
/* An answer that comes bit by bit, for as long as its source has something to say: no deadline but that the client
 * takes what there is. `pull` is asked in the event loop, so memory only: it writes up to `max` bytes and says how
 * many; 0 = nothing yet, asked again within a quarter of a second (not any more once the service stops); -1 = that was
 * all. `close` is called once, whatever came of it, after the last pull. */
struct htp_source {
    int64_t (*pull)(void *ctx, char *out, size_t max);
    void (*close)(void *ctx);
    void *ctx;
};
void htp_reply_stream(struct htp_exchange *x, int status, const char *media_type, const struct htp_source *source);
/* `faults` may be NULL; when it holds any they become errors[]. */
void htp_problem(struct htp_exchange *x, const struct cv_error *err, const struct cv_faults *faults);
void htp_header_set(struct htp_exchange *x, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "12", for If-Match. A GET of what the client has already (If-None-Match) is answered 304. */
void htp_etag(struct htp_exchange *x, int64_t revision);
/* The same for what also shows something that moves without a revision (observed states, health, how far data
 * reach): never 304. */
void htp_etag_moving(struct htp_exchange *x, int64_t revision);

/* Checks `Authorization`, or without one (`bearer` NULL) the cookie: fills x->actor and the caller's scopes, or fails
 * with unauthenticated / token_expired / rate_limited and the like. Called in the event loop: memory only. */
typedef bool htp_authenticate(struct htp_exchange *x, const char *bearer, uint32_t *out_scopes, struct cv_error *err);

struct htp_options {
    const char *listen; /* "127.0.0.1:8080", "[::1]:0", port 0 = a free one */
    const struct htp_route *routes;
    size_t route_count;
    struct job_lane *lanes[HTP_LANES]; /* HTP_INLINE unused; created by main with htp_run_item as `run`, see below */
    htp_authenticate *authenticate;
    void *app;
    int request_ms;  /* a request's own deadline, from its first byte: also cuts trickling clients */
    int idle_ms;     /* keep-alive silence */
    int connections; /* hard limit; above 90 % of it new requests get 503 busy */
    size_t max_body;
    /* Writes what a problem carries beside its usual members, into its open object; NULL = nothing ever. */
    void (*problem_members)(struct htp_exchange *x, const struct cv_error *err);
    /* Before an answer says that what a request names is not there (a fault `not_found`): may that be said? False:
     * *err is answered instead; NULL = always. */
    bool (*may_deny)(struct htp_exchange *x, struct cv_error *err);
    /* Before the answer of something that succeeded is sent: header fields that all of them have; NULL = none. */
    void (*succeeded)(struct htp_exchange *x);
    const char *proxies; /* networks whose X-Forwarded-For says who the client is, see cv_networks_parse; "" = none */
    const char *const *scope_names; /* name of bit i, NULL at the end: for the text of 403; may be NULL */
};
/* The `run` callback for lanes: main passes it in job_lane_options. */
void htp_run_item(void *ctx, void *thread, void *item);

struct htp_server;
bool htp_server_start(const struct htp_options *options, struct htp_server **out, struct cv_error *err);
int htp_server_port(const struct htp_server *server);
/* Requests that were begun and are not ended yet, of all servers of this process; any thread. */
int htp_in_flight(void);
/* Graceful stop, step 1: no new connections, new requests on old ones get 503 `stopping` + Connection: close. */
void htp_server_quiesce(struct htp_server *server);
/* Step 2: returns when no request is in flight, or at the deadline (then what is left is answered 503 through its
 * worker's end). True = empty. */
bool htp_server_drain(struct htp_server *server, struct cv_deadline deadline);
/* Step 3: after the lanes have stopped. */
void htp_server_stop(struct htp_server **server);
