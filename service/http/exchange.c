/* The exchange as handlers see it, and where calls come from. */
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "congvu/secret.h"
#include "http/internal.h"

static struct htp_private *call_new(void)
{
    struct htp_private *p = calloc(1, sizeof(*p));

    if (p && !(p->arena = cv_arena_new(CV_MAX_ARENA))) {
        free(p);
        p = NULL;
    }
    return p;
}

struct htp_private *htp_call_take(struct htp_server *server)
{
    struct htp_private *p = server->spare;

    if (p) {
        server->spare = p->next_free;
        server->spare_count--;
    } else if (!(p = call_new())) {
        return NULL;
    }
    memset(&p->x, 0, sizeof(*p) - offsetof(struct htp_private, x));
    p->server = server;
    p->x.priv = p;
    p->x.app = server->options.app;
    p->x.arena = p->arena;
    p->x.body_out = p->body_out_kept;
    p->x.body_out.max = CV_MAX_RESPONSE;
    p->body_in.max = server->options.max_body;
    cv_faults_init(&p->x.faults, p->arena);
    cv_jout_init(&p->x.out, &p->x.body_out);
    return p;
}

size_t htp_body_max(const struct htp_private *p)
{
    const struct htp_route *route = p->x.route;

    return route && route->body_max > 0 ? route->body_max : p->server->options.max_body;
}

/* Passwords, codes and tokens pass here: what was read or said does not wait for the next call to write over it. */
static void keep_small(struct cv_buf *b)
{
    if (b->len > 0)
        explicit_bzero(b->data, b->len);
    cv_buf_reset(b);
    if (b->cap > HTP_KEEP_BUFFER)
        cv_buf_free(b);
}

void htp_call_free(struct htp_private *p)
{
    cv_arena_free(&p->arena);
    cv_buf_free(&p->body_in);
    cv_buf_free(&p->body_out_kept);
    free(p);
}

void htp_call_give_back(struct htp_private *p)
{
    struct htp_server *server = p->server;

    p->body_out_kept = p->x.body_out;
    keep_small(&p->body_out_kept);
    keep_small(&p->body_in);
    cv_arena_reset(p->arena);
    if (server->spare_count >= HTP_SPARE_CALLS) {
        htp_call_free(p);
        return;
    }
    p->next_free = server->spare;
    server->spare = p;
    server->spare_count++;
}

/* The client's own when it is presentable; else prefix of this process + running number. */
void htp_request_id_set(struct htp_private *p)
{
    static const char digits[] = "0123456789abcdef";
    const char *given = p->head.value[HTP_REQUEST_ID_FIELD];
    uint64_t n;

    p->x.request_id = p->id;
    if (given && htp_request_id_ok(given)) {
        memcpy(p->id, given, strlen(given) + 1);
        return;
    }
    n = ++p->server->next_id;
    memcpy(p->id, p->server->id_prefix, 8);
    p->id[8] = '-';
    for (int i = 0; i < 10; i++) {
        p->id[18 - i] = digits[n & 15];
        n >>= 4;
    }
    p->id[19] = '\0';
}

const char *htp_param(const struct htp_exchange *x, const char *name)
{
    size_t len = strlen(name);
    size_t index = 0;

    for (const char *p = strchr(x->route->pattern, '{'); p; p = strchr(p + 1, '{'), index++)
        if (strncmp(p + 1, name, len) == 0 && p[1 + len] == '}')
            return x->priv->params[index];
    cv_broken("a handler asks for parameters of its own pattern only", __FILE__, __LINE__);
}

const char *htp_query(const struct htp_exchange *x, const char *name)
{
    const struct htp_private *p = x->priv;

    for (size_t i = 0; i < p->query_count; i++)
        if (strcmp(p->query[i].name, name) == 0)
            return p->query[i].value;
    return NULL;
}

const char *htp_header(const struct htp_exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->priv->connection, MHD_HEADER_KIND, name);
}

bool htp_accepts(const struct htp_exchange *x, const char *media_type)
{
    return htp_accept_allows(x->priv->head.value[HTP_ACCEPT], media_type);
}

bool htp_none_match(const struct htp_exchange *x, const char *etag)
{
    const char *held = x->priv->head.value[HTP_IF_NONE_MATCH];

    return held && htp_none_match_holds(held, etag);
}

const char *htp_body(const struct htp_exchange *x, size_t *out_len)
{
    *out_len = x->priv->body_in.len;
    return cv_buf_str(&x->priv->body_in);
}

enum htp_match htp_if_match(const struct htp_exchange *x, int64_t *out_revision)
{
    if (x->priv->head.count[HTP_IF_MATCH] > 1) {
        *out_revision = -1;
        return HTP_MATCH_VALUE;
    }
    return htp_match_parse(x->priv->head.value[HTP_IF_MATCH], out_revision);
}

bool htp_if_none_match_any(const struct htp_exchange *x)
{
    const char *value = x->priv->head.value[HTP_IF_NONE_MATCH];

    return value && strcmp(value, "*") == 0;
}

/* ---- header fields of the answer ---- */

bool htp_answered(const struct htp_private *p)
{
    return p->status != 0;
}

/* One header of a name; of cookies one of each. */
static bool replaces(const struct htp_pair *there, const char *name, const char *value)
{
    if (strcasecmp(there->name, name) != 0)
        return false;
    if (strcasecmp(name, "Set-Cookie") != 0)
        return true;
    return there->value && value && strncmp(there->value, value, strcspn(value, "=") + 1) == 0;
}

void htp_answer_header(struct htp_private *p, const char *name, const char *value)
{
    for (size_t i = 0; i < p->header_count; i++) {
        if (replaces(&p->headers[i], name, value)) {
            p->headers[i].value = value;
            return;
        }
    }
    if (p->header_count < HTP_MAX_HEADERS)
        p->headers[p->header_count++] = (struct htp_pair){name, value};
    else
        cv_log(CV_LOG_ERROR, "too_many_headers", "%s is left out", name);
}

const char *htp_answer_header_get(const struct htp_private *p, const char *name)
{
    for (size_t i = 0; i < p->header_count; i++)
        if (strcasecmp(p->headers[i].name, name) == 0)
            return p->headers[i].value;
    return NULL;
}

void htp_header_set(struct htp_exchange *x, const char *name, const char *fmt, ...)
{
    va_list ap;
    char *value;

    va_start(ap, fmt);
    value = cv_arena_vprintf(x->arena, fmt, ap);
    va_end(ap);
    htp_answer_header(x->priv, cv_arena_strdup(x->arena, name), value);
}
