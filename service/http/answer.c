/* The answer of a request: status, header fields, body; sent once. */
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "congvu/log.h"
#include "http/internal.h"

enum { BLOCK = 4096 };
static const char vary[] = "Accept-Language, Accept";

/* A second answer to one request is a mistake of the handler: the first one stands. */
static bool begin(struct htp_private *p, int status)
{
    if (htp_answered(p)) {
        cv_log(CV_LOG_ERROR, "answered_twice", "%s: %d, then %d", p->x.route ? p->x.route->operation : "-", p->status,
               status);
        return false;
    }
    p->status = status;
    if (status < 300 && p->x.route && p->server->options.succeeded)
        p->server->options.succeeded(&p->x);
    return true;
}

void htp_etag_moving(struct htp_exchange *x, int64_t revision)
{
    htp_header_set(x, "ETag", "\"%lld\"", (long long)revision);
}

void htp_etag(struct htp_exchange *x, int64_t revision)
{
    x->priv->revision = revision;
    htp_etag_moving(x, revision);
}

/* What was built may not be sent: memory ran out, or the JSON is broken. */
static bool sound(struct htp_private *p)
{
    bool json = cv_jout_ok(&p->x.out);

    if (json && cv_arena_ok(p->arena))
        return true;
    cv_log(CV_LOG_ERROR, "answer_broken", "%s: %s", p->x.route ? p->x.route->operation : "-",
           json ? "the request's memory limit" : "unfinished JSON or the answer's size limit");
    return false;
}

/* A GET of what the client has already (RFC 9110, 13.1.2). */
static bool unchanged(const struct htp_private *p, int status)
{
    char etag[32];
    const char *held = p->head.value[HTP_IF_NONE_MATCH];

    if (status != 200 || !held || p->revision == 0 || p->x.route->method != HTP_GET)
        return false;
    snprintf(etag, sizeof(etag), "\"%lld\"", (long long)p->revision);
    return htp_none_match_holds(held, etag);
}

/* The right to do is not the right to see: who has only the former is told that it is done. */
static bool may_see(const struct htp_private *p)
{
    return p->x.route == NULL || (p->x.route->shows & ~p->scopes) == 0;
}

void htp_reply(struct htp_exchange *x, int status)
{
    struct htp_private *p = x->priv;

    if (!htp_answered(p) && !sound(p)) {
        htp_refuse(p, cvp_internal, "Không lập được câu trả lời", "The answer could not be made");
        return;
    }
    if (!may_see(p))
        htp_reply_empty(x, 204);
    else if (unchanged(p, status))
        htp_reply_empty(x, 304);
    else if (begin(p, status))
        p->media_type = "application/json";
}

void htp_reply_empty(struct htp_exchange *x, int status)
{
    if (begin(x->priv, status))
        x->priv->text = "";
}

void htp_reply_text(struct htp_exchange *x, int status, const char *media_type, const char *body, size_t len)
{
    struct htp_private *p = x->priv;
    char *copy;

    if (htp_answered(p)) {
        begin(p, status);
        return;
    }
    copy = cv_arena_alloc(x->arena, len + 1);
    if (!cv_arena_ok(x->arena)) {
        htp_refuse(p, cvp_internal, "Không lập được câu trả lời", "The answer could not be made");
        return;
    }
    memcpy(copy, body, len);
    begin(p, status);
    p->text = copy;
    p->text_len = len;
    p->media_type = cv_arena_strdup(x->arena, media_type);
}

void htp_reply_shared(struct htp_exchange *x, struct htp_shared *shared)
{
    struct htp_private *p = x->priv;
    const char *etag = htp_shared_etag(shared);
    bool same = etag && htp_none_match_holds(p->head.value[HTP_IF_NONE_MATCH], etag);

    if (begin(p, same ? 304 : 200))
        p->shared = htp_shared_ref(shared);
}

void htp_reply_stream(struct htp_exchange *x, int status, const char *media_type, const struct htp_source *source)
{
    struct htp_private *p = x->priv;
    bool mine = begin(p, status);

    if (!mine) {
        source->close(source->ctx);
        return;
    }
    p->media_type = media_type;
    p->source = *source;
    htp_header_set(x, "X-Accel-Buffering", "no"); /* a proxy before us would keep it until it is complete */
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES)
        cv_log(CV_LOG_ERROR, "bad_header", "%s cannot be sent", name);
}

static void add_default(struct htp_private *p, const char *name, const char *value)
{
    if (!htp_answer_header_get(p, name))
        add(p->response, name, value);
}

static void add_headers(struct htp_private *p)
{
    for (size_t i = 0; i < p->header_count; i++)
        if (p->headers[i].value)
            add(p->response, p->headers[i].name, p->headers[i].value);
    add_default(p, "X-Request-Id", p->x.request_id);
    add_default(p, "Content-Language", p->x.lang == CV_EN ? "en" : "vi");
    add_default(p, "Vary", vary);
    add_default(p, "Cache-Control", "no-store");
    add_default(p, "X-Content-Type-Options", "nosniff");
    if (p->media_type)
        add_default(p, "Content-Type", p->media_type);
    if (htp_page_policy(p->media_type))
        add_default(p, "Content-Security-Policy", htp_page_policy(p->media_type));
    if (p->head.value[HTP_TRACEPARENT] && htp_traceparent_ok(p->head.value[HTP_TRACEPARENT]))
        add_default(p, "traceparent", p->head.value[HTP_TRACEPARENT]);
    if (p->close || atomic_load_explicit(&p->server->stopping, memory_order_relaxed))
        add_default(p, "Connection", "close");
}

/* ---- answers that come bit by bit: asked for more as long as the client takes it, and four times a second while
 * there is nothing ---- */

/* In the event loop. Suspended first: the watch may let it go on before this returns. */
static ssize_t pull(void *cls, uint64_t position, char *out, size_t max)
{
    struct htp_private *p = cls;
    int64_t n = p->source.pull(p->source.ctx, out, max);

    (void)position;
    atomic_store_explicit(&p->conn->cut_at, cv_mono_ns() + HTP_SEND_MS * INT64_C(1000000), memory_order_relaxed);
    if (n > 0)
        return (ssize_t)n;
    if (n < 0 || atomic_load(&p->server->stopping))
        return MHD_CONTENT_READER_END_OF_STREAM;
    MHD_suspend_connection(p->connection);
    atomic_store(&p->conn->waiting, p->connection);
    return 0;
}

static struct MHD_Response *stream_response(struct htp_private *p)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, pull, p, NULL);
}

void htp_stream_close(struct htp_private *p)
{
    if (p->source.pull != NULL)
        p->source.close(p->source.ctx);
    p->source.pull = NULL;
}

void htp_stream_ask_again(struct MHD_Connection *waiting)
{
    MHD_resume_connection(waiting);
}

void htp_answer_build(struct htp_private *p)
{
    bool text = p->text != NULL;
    const char *body = text ? p->text : cv_buf_str(&p->x.body_out);
    size_t len = text ? p->text_len : p->x.body_out.len;

    if (p->shared || p->response)
        return;
    /* the bytes live with the request, which outlives the sending */
    p->response = p->source.pull != NULL
                      ? stream_response(p)
                      : MHD_create_response_from_buffer(len, (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
    if (p->response)
        add_headers(p);
}
