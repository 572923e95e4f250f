/* One ready response for many requests.
 *
 * Its few per-answer headers (request id, traceparent, the handler's own) are exchanged just before it is queued. That
 * is sound because there is one event loop thread, and the library renders the head of an answer in the very call that
 * queued it, before it looks at any other connection (MHD 0.9.75: FULL_REQ_RECEIVED -> START_REPLY ->
 * build_header_response). tests/service/test_http_guard.py sends many pipelined requests with ids of their own and
 * compares. */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"

enum { EXTRAS = 6 };

struct extra {
    char name[40];
    char value[128];
};

struct htp_shared {
    atomic_int refs;
    struct MHD_Response *full, *not_modified;
    struct extra extras[2][EXTRAS]; /* event loop: what full and not_modified carry now */
    size_t extra_count[2];
    char etag[128];
};

static struct MHD_Response *make(const char *body, size_t len, const char *media_type, const char *etag)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(len, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    bool ok = r && (!media_type || MHD_add_response_header(r, "Content-Type", media_type) == MHD_YES) &&
              (!etag[0] || MHD_add_response_header(r, "ETag", etag) == MHD_YES) &&
              MHD_add_response_header(r, "Cache-Control", "private, max-age=30") == MHD_YES &&
              MHD_add_response_header(r, "Vary", "Accept-Language, Accept, Authorization") == MHD_YES &&
              MHD_add_response_header(r, "X-Content-Type-Options", "nosniff") == MHD_YES;

    if (r && !ok) {
        MHD_destroy_response(r);
        r = NULL;
    }
    return r;
}

static void destroy(struct htp_shared *shared)
{
    if (shared->full) {
        MHD_destroy_response(shared->full);
    }
    if (shared->not_modified) {
        MHD_destroy_response(shared->not_modified);
    }
    free(shared);
}

struct htp_shared *htp_shared_new(const char *body, size_t len, const char *media_type, const char *etag)
{
    struct htp_shared *shared = calloc(1, sizeof(*shared));
    bool quoted = etag && strchr(etag, '"');

    if (!shared) {
        return NULL;
    }
    atomic_init(&shared->refs, 1);
    if (etag) {
        snprintf(shared->etag, sizeof(shared->etag), quoted ? "%s" : "W/\"%s\"", etag);
    }
    shared->full = make(body, len, media_type, shared->etag);
    shared->not_modified = make("", 0, NULL, shared->etag);
    if (!shared->full || !shared->not_modified) {
        destroy(shared);
        return NULL;
    }
    return shared;
}

struct htp_shared *htp_shared_ref(struct htp_shared *shared)
{
    atomic_fetch_add_explicit(&shared->refs, 1, memory_order_relaxed);
    return shared;
}

void htp_shared_unref(struct htp_shared **shared_p)
{
    struct htp_shared *shared = *shared_p;

    *shared_p = NULL;
    if (shared && atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) == 1) {
        destroy(shared);
    }
}

const char *htp_shared_etag(const struct htp_shared *shared)
{
    return shared->etag[0] ? shared->etag : NULL;
}

struct dressing {
    struct MHD_Response *response;
    struct extra *extras;
    size_t *count;
};

static void undress(struct dressing *d)
{
    for (size_t i = 0; i < *d->count; i++) {
        (void)MHD_del_response_header(d->response, d->extras[i].name, d->extras[i].value);
    }
    *d->count = 0;
}

static void put_on(struct dressing *d, const char *name, const char *value)
{
    struct extra *extra = &d->extras[*d->count];
    size_t name_len = strlen(name);
    size_t value_len = value ? strlen(value) : 0;

    if (!value || *d->count == EXTRAS || name_len >= sizeof(extra->name) || value_len >= sizeof(extra->value) ||
        MHD_add_response_header(d->response, name, value) != MHD_YES) {
        return;
    }
    memcpy(extra->name, name, name_len + 1);
    memcpy(extra->value, value, value_len + 1);
    (*d->count)++;
}

struct MHD_Response *htp_shared_dress(struct htp_shared *shared, const struct htp_private *p)
{
    int which = p->status == 304;
    struct dressing d = {which ? shared->not_modified : shared->full, shared->extras[which],
                         &shared->extra_count[which]};
    const char *trace = p->head.value[HTP_TRACEPARENT];

    undress(&d);
    put_on(&d, "X-Request-Id", p->x.request_id);
    if (trace && htp_traceparent_ok(trace)) {
        put_on(&d, "traceparent", trace);
    }
    for (size_t i = 0; i < p->header_count; i++) {
        put_on(&d, p->headers[i].name, p->headers[i].value);
    }
    return d.response;
}
