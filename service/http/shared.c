/* One ready response for many requests.
 *
 * Its few per-answer headers (date, request id, traceparent, the handler's own) are exchanged just before it is
 * queued. That
 * is sound because there is one event loop thread, and the library renders the head of an answer in the very call that
 * queued it, before it looks at any other connection (MHD 0.9.75: FULL_REQ_RECEIVED -> START_REPLY ->
 * build_header_response). tests/service/test_http_guard.py sends many pipelined requests with ids of their own and
 * compares. */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "http/internal.h"

enum { EXTRAS = 6, EXTRA_MAX = 255 };

struct extra {
    char name[40];
    char *value; /* the library's own copy, ours to change while no answer is being made */
    size_t len;
};

/* The library would format the date for each answer. */
struct date {
    time_t at;
    char text[32]; /* "" = none yet */
};

struct htp_shared {
    atomic_int refs;
    struct MHD_Response *full, *not_modified;
    struct extra extras[2][EXTRAS]; /* event loop: what full and not_modified carry now */
    size_t extra_count[2];
    struct date dates[2];
    char etag[128];
};

static struct MHD_Response *make(const char *body, size_t len, const char *media_type, const char *etag)
{
    const char *policy = htp_page_policy(media_type);
    struct MHD_Response *r = MHD_create_response_from_buffer(len, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    bool ok = r && (!media_type || MHD_add_response_header(r, "Content-Type", media_type) == MHD_YES) &&
              (!policy || MHD_add_response_header(r, "Content-Security-Policy", policy) == MHD_YES) &&
              (!etag[0] || MHD_add_response_header(r, "ETag", etag) == MHD_YES) &&
              MHD_add_response_header(r, "Cache-Control", "private, no-cache") == MHD_YES &&
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
    if (shared->full)
        MHD_destroy_response(shared->full);
    if (shared->not_modified)
        MHD_destroy_response(shared->not_modified);
    free(shared);
}

struct htp_shared *htp_shared_new(const char *body, size_t len, const char *media_type, const char *etag)
{
    struct htp_shared *shared = calloc(1, sizeof(*shared));
    bool quoted = etag && strchr(etag, '"');

    if (!shared)
        return NULL;
    atomic_init(&shared->refs, 1);
    if (etag)
        snprintf(shared->etag, sizeof(shared->etag), quoted ? "%s" : "W/\"%s\"", etag);
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
    if (shared && atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) == 1)
        destroy(shared);
}

const char *htp_shared_etag(const struct htp_shared *shared)
{
    return shared->etag[0] ? shared->etag : NULL;
}

static void date(struct MHD_Response *response, struct date *d)
{
    time_t now = time(NULL);
    struct tm utc;

    if (d->at == now)
        return;
    if (d->text[0])
        (void)MHD_del_response_header(response, "Date", d->text);
    d->at = now;
    if (strftime(d->text, sizeof(d->text), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &utc)) == 0 ||
        MHD_add_response_header(response, "Date", d->text) != MHD_YES)
        d->text[0] = '\0';
}

struct dressing {
    struct MHD_Response *response;
    struct extra *extras;
    size_t on, *count; /* of extras: fit for this answer so far, on the response */
};

/* Takes off what an earlier answer carried beyond the `on` ones. */
static void undress(struct dressing *d)
{
    while (*d->count > d->on) {
        struct extra *extra = &d->extras[--*d->count];

        (void)MHD_del_response_header(d->response, extra->name, extra->value);
    }
}

/* Nearly always the header that the last answer had at this place, as long as that one: then only its bytes change. */
static bool change(struct dressing *d, const char *name, const char *value, size_t len)
{
    struct extra *extra = &d->extras[d->on];

    if (d->on == *d->count || extra->len != len || strcmp(extra->name, name) != 0)
        return false;
    memcpy(extra->value, value, len);
    d->on++;
    return true;
}

static void put_on(struct dressing *d, const char *name, const char *value)
{
    size_t name_len = strlen(name);
    size_t len = value ? strlen(value) : 0;
    struct extra *extra;

    if (!value || len > EXTRA_MAX || name_len >= sizeof(extra->name) || change(d, name, value, len))
        return;
    undress(d);
    if (d->on == EXTRAS || MHD_get_response_header(d->response, name) || /* what the answer has of its own stands */
        MHD_add_response_header(d->response, name, value) != MHD_YES)
        return;
    extra = &d->extras[d->on++];
    memcpy(extra->name, name, name_len + 1);
    extra->value = (char *)(uintptr_t)MHD_get_response_header(d->response, name);
    extra->len = len;
    *d->count = d->on;
}

struct MHD_Response *htp_shared_dress(struct htp_shared *shared, const struct htp_private *p)
{
    int which = p->status == 304;
    struct dressing d = {which ? shared->not_modified : shared->full, shared->extras[which], 0,
                         &shared->extra_count[which]};
    const char *trace = p->head.value[HTP_TRACEPARENT];

    date(d.response, &shared->dates[which]);
    put_on(&d, "X-Request-Id", p->x.request_id);
    if (trace && htp_traceparent_ok(trace))
        put_on(&d, "traceparent", trace);
    for (size_t i = 0; i < p->header_count; i++)
        put_on(&d, p->headers[i].name, p->headers[i].value);
    undress(&d);
    return d.response;
}
