/* What the files of http/ share; nobody outside includes this.
 *
 * One request, in order: on_target (watch its deadline, keep the raw target) ->
 * on_request, first call (take a call from the free list, guard, route, credential, what can be refused without the
 * body) -> body pieces -> last call (inline handler, or suspend and publish) -> [worker: handler, resume] -> last call
 * again (queue) -> on_completed (count, back to the free list).
 *
 * Thread: everything but the handler itself runs in the one event loop thread. That is load-bearing: the free list has
 * no lock, and shared responses get their request id just before their head is rendered (shared.c). */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "congvu/http.h"
#include "congvu/lock.h"
#include "congvu/network.h"

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;

enum {
    HTP_MAX_TARGET = 6000, /* leaves room for the other fields in the connection's memory */
    HTP_MAX_SEGMENTS = 16,
    HTP_MAX_PARAMS = 6,
    HTP_MAX_QUERY = 40,
    HTP_MAX_HEADERS = 12, /* set by one handler */
    HTP_REQUEST_ID = 64,
    HTP_SPARE_CALLS = 256, /* kept for reuse */
    HTP_KEEP_BUFFER = 128 << 10,
    HTP_TICK_MS = 250,
    HTP_SEND_MS = 120000,    /* an answer must have been taken within this time */
    HTP_STOP_MS = 3000,      /* in a stop, what is begun must have arrived within this time */
    HTP_DROP_MAX = 64 << 20, /* of a refused body is read and dropped */
};

/* ---- target.c, pure ---- */
enum htp_target_kind { HTP_TARGET_BAD, HTP_TARGET_LONG, HTP_TARGET_STAR, HTP_TARGET_PATH };
struct htp_target {
    size_t path_len;
    bool encoded; /* the path holds percent signs */
    bool query;   /* a '?' follows the path */
};
/* Only the origin form; no controls, no dot segments in any spelling, no empty segments, no encoded slash, backslash or
 * NUL. */
enum htp_target_kind htp_target_check(const char *raw, struct htp_target *out);
/* In place is allowed; `out` needs len + 1 bytes. False: a broken escape, an escaped NUL, or not UTF-8. */
bool htp_decode(const char *in, size_t len, bool plus_is_blank, char *out);

struct htp_pair {
    const char *name, *value;
};
/* Splits and decodes. False: too many, or not decodable (then out_name, when set, says where). */
bool htp_query_split(struct cv_arena *arena, const char *query, struct htp_pair out[HTP_MAX_QUERY], size_t *out_count);

/* ---- fields.c, pure: values of header fields ---- */
enum cv_lang htp_language(const char *accept_language); /* NULL = vi */
/* Does `accept` (NULL = everything) allow one of the blank-separated types? */
bool htp_accept_allows(const char *accept, const char *types);
bool htp_media_type_in(const char *content_type, const char *types);
bool htp_word_in(const char *words, const char *word, size_t len);
bool htp_request_id_ok(const char *value);
bool htp_traceparent_ok(const char *value);
enum htp_match htp_match_parse(const char *value, int64_t *out_revision);
bool htp_none_match_holds(const char *value, const char *etag); /* weak comparison */
const char *htp_bearer(const char *authorization);              /* the token, or NULL */
bool htp_content_length(const char *value, uint64_t *out);
bool htp_host_ok(const char *value); /* host [":" port], RFC 9112, 3.2; may be empty */

/* For pages: nothing but their own text and style. NULL for any other media type. */
const char *htp_page_policy(const char *media_type);

/* ---- guard.c, pure ---- */
enum htp_field {
    HTP_HOST,
    HTP_CONTENT_LENGTH,
    HTP_TRANSFER_ENCODING,
    HTP_AUTHORIZATION,
    HTP_CONTENT_TYPE,
    HTP_ACCEPT,
    HTP_ACCEPT_LANGUAGE,
    HTP_IF_MATCH,
    HTP_IF_NONE_MATCH,
    HTP_REQUEST_ID_FIELD,
    HTP_TRACEPARENT,
    HTP_EXPECT,
    HTP_CONTENT_ENCODING,
    HTP_FORWARDED_FOR,
    HTP_FIELDS
};
struct htp_head {
    const char *value[HTP_FIELDS]; /* the first one; NULL = not sent */
    uint16_t count[HTP_FIELDS];
    const char *fault; /* English, for the debug log; NULL = clean */
    /* The library leaves the lines where they arrived: what it hands out must follow each other without a gap. */
    const char *begin, *end; /* of what was seen so far; end = the NUL behind the last word */
    bool trims;              /* this library cuts the blanks behind a value (1.0 and later) */
};
/* The request line, its three words as the library hands them over; `target` with the length that it came with. */
void htp_guard_line(struct htp_head *head, const char *method, const char *target, size_t target_len,
                    const char *version);
/* Then each header, in the order of arrival: where it stands, and what it says. */
void htp_guard_follow(struct htp_head *head, const char *name, size_t name_len, const char *value, size_t value_len);
void htp_guard_field(struct htp_head *head, const char *name, size_t name_len, const char *value, size_t value_len);
/* Then the size of the whole head, the empty line included. */
void htp_guard_end(struct htp_head *head, size_t size);
/* NULL, or why the request must not be trusted. */
const char *htp_guard_verdict(const struct htp_head *head, const char *method, const char *version);
enum htp_verb { HTP_VERB_UNKNOWN = -2, HTP_VERB_OPTIONS = -1 }; /* else an enum htp_method */
int htp_verb_of(const char *method, bool *out_head);
bool htp_body_follows(const struct htp_head *head);

/* ---- peer.c ---- */
struct htp_proxies {
    struct cv_network networks[CV_MAX_NETWORKS];
    size_t count;
};
/* Pure. A proxy's word is taken from the right as long as who says it is a named proxy itself. */
struct cv_address htp_peer_of(struct cv_address connection, const char *forwarded, const struct htp_proxies *proxies);

/* ---- router.c ---- */
struct htp_router;
struct htp_place { /* one pattern */
    const struct htp_route *by_method[HTP_METHODS];
    char allow[64];
};
struct htp_router *htp_router_new(const struct htp_route *routes, size_t count, struct cv_error *err);
void htp_router_free(struct htp_router **router);
/* `path` is decoded and begins with '/'. The values point into `path`, each with its length. */
struct htp_piece {
    const char *at;
    size_t len;
};
const struct htp_place *htp_router_find(const struct htp_router *router, const char *path,
                                        struct htp_piece out_params[HTP_MAX_PARAMS], size_t *out_count);

/* ---- watch.c: connections and their deadlines ---- */
struct htp_conn {
    int fd;
    bool over;                 /* accepted above the high-water mark */
    bool fresh;                /* no request yet */
    struct htp_private *begun; /* event loop: the request on it, until it is ended (request.c) */
    /* event loop, of the request line seen last: its target in the library's buffer, of which the byte behind the first
     * '?' is kept here (request.c), and when it has to have arrived */
    const char *target;
    size_t target_len, mark; /* mark = target_len when there is no '?' */
    char behind_mark;
    int64_t began_ns, due_ns;
    _Atomic int64_t cut_at; /* CLOCK_MONOTONIC ns; INT64_MAX = never */
    _Atomic uint32_t steps; /* moved on by whatever arrives and is ended */
    atomic_bool answering;  /* from the end of the request to the end of the answer: nothing is read */
    /* of an answer that comes bit by bit and has nothing to say now: the watch takes it and lets it be asked again */
    _Atomic(struct MHD_Connection *) waiting;
    uint32_t left_at; /* watch: the step at which the client was seen to have left */
    int left_ticks;   /* watch: for so many ticks */
    struct htp_conn *prev, *next;
};
struct htp_watch {
    struct cv_lock lock; /* the list; fds in it are open */
    struct htp_conn *first;
    struct job_timer *timer;
    _Atomic int open;
};
bool htp_watch_start(struct htp_watch *watch, struct cv_error *err);
void htp_watch_stop(struct htp_watch *watch);
/* Whatever is not being answered ends at `cut_at` at the latest. */
void htp_watch_hurry(struct htp_watch *watch, int64_t cut_at);
struct htp_conn *htp_watch_add(struct htp_watch *watch, int fd, int64_t cut_at);
void htp_watch_remove(struct htp_watch *watch, struct htp_conn *conn);

/* ---- one request ---- */
enum htp_phase {
    HTP_PHASE_HEAD,
    HTP_PHASE_BODY,
    HTP_PHASE_DROP, /* refused; the body is read to its end all the same, so that the client sees the answer */
    HTP_PHASE_RUNNING,
    HTP_PHASE_ANSWERED,
    HTP_PHASE_QUEUED
};

struct htp_private {
    /* kept from request to request */
    struct cv_arena *arena;
    struct cv_buf body_in, body_out_kept;
    struct htp_private *next_free;
    /* fresh for each */
    struct htp_exchange x; /* zeroed from here on */
    int64_t revision;      /* of htp_etag(); 0 = none */
    struct htp_server *server;
    struct MHD_Connection *connection;
    struct htp_conn *conn;
    enum htp_phase phase;
    int64_t began_ns;
    enum htp_target_kind target_kind;
    struct htp_target target;
    char *path_decoded; /* == x.path when nothing is encoded */
    struct htp_head head;
    const struct htp_place *place;
    int verb;
    bool is_head, close, body_pending, too_large;
    uint32_t scopes; /* of the credential */
    bool costly;     /* an inline route's request that was handed to a lane */
    bool suspended;  /* handed to a lane and not yet seen again in the event loop */
    size_t dropped;  /* of a refused body */
    struct htp_pair query[HTP_MAX_QUERY];
    size_t query_count;
    const char *params[HTP_MAX_PARAMS];
    /* the answer */
    int status;
    const char *media_type;
    const char *text; /* instead of x.body_out */
    size_t text_len;
    struct htp_shared *shared;
    struct htp_source source; /* pull NULL = none */
    struct MHD_Response *response;
    struct htp_pair headers[HTP_MAX_HEADERS];
    size_t header_count;
    char id[HTP_REQUEST_ID + 1];
};

struct htp_server {
    struct htp_options options;
    struct htp_router *router;
    struct MHD_Daemon *daemon;
    struct htp_watch watch;
    int port;
    int high_water;
    struct htp_proxies proxies;
    bool library_trims; /* see htp_head */
    char id_prefix[9];
    uint64_t next_id;          /* event loop */
    struct htp_private *spare; /* event loop */
    size_t spare_count;
    atomic_bool stopping;  /* quiesced */
    atomic_bool expired;   /* the drain's deadline has passed: queued requests are not begun any more */
    atomic_int in_flight;  /* from the whole head to the last byte of the answer */
    atomic_int suspended;  /* from suspend to re-entry in the event loop */
    atomic_bool waited_on; /* somebody sleeps on `quiet` */
    struct cv_lock quiet_lock;
    pthread_cond_t quiet;
};

/* exchange.c */
struct htp_private *htp_call_take(struct htp_server *server);
void htp_call_give_back(struct htp_private *p);
void htp_call_free(struct htp_private *p);
void htp_request_id_set(struct htp_private *p);

/* query.c: splits, then refuses unknown, repeated and unreadable parameters. */
bool htp_query_admit(struct htp_private *p, struct cv_error *err);

/* answer.c */
bool htp_answered(const struct htp_private *p);
void htp_answer_header(struct htp_private *p, const char *name,
                       const char *value); /* both live with the request; NULL takes back */
const char *htp_answer_header_get(const struct htp_private *p, const char *name);
/* Any thread. Makes p->response from what was said; never fails to leave one unless memory is out. */
void htp_answer_build(struct htp_private *p);
/* Of an answer that comes bit by bit: its end; letting it be asked again (any thread). */
void htp_stream_close(struct htp_private *p);
void htp_stream_ask_again(struct MHD_Connection *waiting);
/* problem.c */
size_t htp_body_max(const struct htp_private *p); /* bytes, of its route or the server */
void htp_refuse(struct htp_private *p, enum cv_problem problem, const char *vi, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
const char *htp_link_name(const char *link);

/* shared.c, event loop only: the response to queue, its per-answer headers set. */
struct MHD_Response *htp_shared_dress(struct htp_shared *shared, const struct htp_private *p);
const char *htp_shared_etag(const struct htp_shared *shared);

/* admit.c: everything that can be decided from the head alone. True: go on; false: answered. */
bool htp_admit(struct htp_private *p, const char *method, const char *version);

/* request.c: what the library calls is declared in request.h, with the library's types. */
