/* Everything that is decided from the head alone, in this order: guard, stopping or too full, path, method, credential,
 * scope, what the answer may look like, query, and what is known of the body before it comes. */
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "congvu/log.h"
#include "http/internal.h"

/* RFC 9110, 5.5: blanks around a value are not part of it. */
static size_t without_blanks(const char *value, size_t len)
{
    while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        len--;
    return len;
}

/* By these the library itself has found the end of the request: they count as it has read them. */
static bool framing(const char *name, size_t len)
{
    return (len == 17 && strncasecmp(name, "transfer-encoding", len) == 0) ||
           (len == 14 && strncasecmp(name, "content-length", len) == 0);
}

static enum MHD_Result on_field(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                const char *value, size_t value_len)
{
    struct htp_private *p = cls;
    size_t len = value ? without_blanks(value, value_len) : 0;

    (void)kind;
    htp_guard_follow(&p->head, name, name_len, value, value_len);
    if (len < value_len && !framing(name, name_len)) {
        value = cv_arena_strndup(p->arena, value, len);
        value_len = len;
    }
    htp_guard_field(&p->head, name, name_len, value, value_len);
    return MHD_YES;
}

/* The library's own words, in its own buffer: the guard wants them as they came. */
static void read_head(struct htp_private *p, const char *method, const char *version)
{
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(p->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    p->head.trims = p->server->library_trims;
    htp_guard_line(&p->head, method, p->conn->target, p->conn->target_len, version);
    (void)MHD_get_connection_values_n(p->connection, MHD_HEADER_KIND, on_field, p);
    htp_guard_end(&p->head, size ? size->header_size : 0);
}

static bool pass_guard(struct htp_private *p, const char *method, const char *version)
{
    const char *why;

    read_head(p, method, version);
    p->x.lang = htp_language(p->head.value[HTP_ACCEPT_LANGUAGE]);
    htp_request_id_set(p);
    p->body_pending = htp_body_follows(&p->head);
    why = htp_guard_verdict(&p->head, method, version);
    p->verb = htp_verb_of(method, &p->is_head);
    if (!why && p->target_kind == HTP_TARGET_BAD)
        why = "the request target";
    if (!why && p->target_kind == HTP_TARGET_STAR && p->verb != HTP_VERB_OPTIONS)
        why = "the target * is for OPTIONS only";
    if (!why && p->target_kind != HTP_TARGET_LONG)
        return true;
    cv_count(CVM_http_refused_by_guard);
    cv_log(CV_LOG_DEBUG, "guard", "%s", why ? why : "the target is too long");
    p->close = true;
    if (why) {
        htp_refuse(p, cvp_bad_request, "Yêu cầu HTTP không hợp lệ (%s)", "This is not a clean HTTP request (%s)", why);
    } else {
        htp_refuse(p, cvp_uri_too_long, "Đường dẫn dài quá %d byte", "The target is longer than %d bytes",
                   HTP_MAX_TARGET);
    }
    return false;
}

static bool pass_load(struct htp_private *p)
{
    struct htp_server *server = p->server;

    if (atomic_load(&server->stopping)) {
        p->close = true;
        htp_refuse(p, cvp_stopping, "Dịch vụ đang dừng; vui lòng gửi lại sau ít phút",
                   "The service is stopping; please send this again in a moment");
        return false;
    }
    if (p->conn && p->conn->over && atomic_load(&server->watch.open) > server->high_water) {
        p->close = true;
        cv_count(CVM_http_refused_busy);
        htp_refuse(p, cvp_busy, "Có quá nhiều kết nối; vui lòng gửi lại sau",
                   "There are too many connections; please send this again later");
        return false;
    }
    return true;
}

static bool decode_path(struct htp_private *p)
{
    if (!p->target.encoded) {
        p->path_decoded = (char *)(uintptr_t)p->x.path;
        return true;
    }
    p->path_decoded = cv_arena_alloc(p->arena, p->target.path_len + 1);
    return cv_arena_ok(p->arena) && htp_decode(p->x.path, p->target.path_len, false, p->path_decoded);
}

static bool find_place(struct htp_private *p)
{
    struct htp_piece pieces[HTP_MAX_PARAMS];
    size_t count = 0;

    if (!decode_path(p)) {
        htp_refuse(p, cvp_bad_request, "Đường dẫn không phải UTF-8", "The path is not UTF-8");
        return false;
    }
    p->place = htp_router_find(p->server->router, p->path_decoded, pieces, &count);
    if (!p->place) {
        htp_refuse(p, cvp_not_found, "Không có gì ở đường dẫn này", "There is nothing at this path");
        return false;
    }
    for (size_t i = 0; i < count; i++)
        p->params[i] = cv_arena_strndup(p->arena, pieces[i].at, pieces[i].len);
    return true;
}

static void answer_options(struct htp_private *p)
{
    bool star = p->target_kind == HTP_TARGET_STAR;

    htp_answer_header(p, "Allow", star ? "OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE" : p->place->allow);
    htp_reply_empty(&p->x, 204);
}

static bool find_route(struct htp_private *p)
{
    if (p->target_kind == HTP_TARGET_STAR) {
        answer_options(p);
        return false;
    }
    if (!find_place(p))
        return false;
    if (p->verb == HTP_VERB_OPTIONS) {
        answer_options(p);
        return false;
    }
    p->x.route = p->verb >= 0 ? p->place->by_method[p->verb] : NULL;
    if (!p->x.route) {
        p->close = p->verb == HTP_VERB_UNKNOWN; /* who knows what follows it */
        htp_answer_header(p, "Allow", p->place->allow);
        htp_refuse(p, cvp_method_not_allowed, "Đường dẫn này nhận: %s", "This path takes: %s", p->place->allow);
        return false;
    }
    return true;
}

/* Names of the scopes that would do, into `out`, blank-separated. */
static void scope_names(const struct htp_private *p, const char *between, struct cv_buf *out)
{
    const char *const *names = p->server->options.scope_names;

    for (int i = 0; names && i < 31 && names[i]; i++)
        if (p->x.route->scopes & (UINT32_C(1) << i))
            cv_buf_printf(out, "%s%s", out->len ? between : "", names[i]);
}

static void refuse_scope(struct htp_private *p)
{
    cv_auto_buf words = {0};
    cv_auto_buf sentence = {0};

    cv_buf_init(&words, 200);
    cv_buf_init(&sentence, 200);
    scope_names(p, " ", &words);
    scope_names(p, ", ", &sentence);
    htp_header_set(&p->x, "WWW-Authenticate", "Bearer realm=\"congvu\", error=\"insufficient_scope\", scope=\"%s\"",
                   cv_buf_str(&words));
    htp_refuse(p, cvp_scope_missing, "Cần một trong các quyền: %s", "One of these scopes is needed: %s",
               cv_buf_str(&sentence));
}

static bool pass_credential(struct htp_private *p)
{
    uint32_t needed = p->x.route->scopes;
    const char *bearer;
    struct cv_error err = {0};

    if (needed == 0)
        return true;
    bearer = htp_bearer(p->head.value[HTP_AUTHORIZATION]);
    if (!bearer && !htp_header(&p->x, "Cookie")) {
        cv_count(CVM_auth_failures);
        htp_refuse(p, cvp_unauthenticated, "Vui lòng gửi mã truy cập: Authorization: Bearer …",
                   "Please send an access token: Authorization: Bearer …");
        return false;
    }
    if (!p->server->options.authenticate(&p->x, bearer, &p->scopes, &err)) {
        cv_count(CVM_auth_failures);
        htp_problem(&p->x, &err, NULL);
        return false;
    }
    if (!(needed & HTP_ANY_TOKEN) && !(needed & p->scopes)) {
        refuse_scope(p);
        return false;
    }
    return true;
}

static bool pass_accept(struct htp_private *p)
{
    const char *more = p->x.route->produces;
    const char *accept = p->head.value[HTP_ACCEPT];

    if (htp_accept_allows(accept, "application/json application/problem+json") ||
        (more && (strcmp(more, "*") == 0 || htp_accept_allows(accept, more))))
        return true;
    htp_refuse(p, cvp_not_acceptable, "Ở đây chỉ có application/json%s%s", "Only application/json%s%s is spoken here",
               more ? " " : "", more ? more : "");
    return false;
}

static const char *body_types(const struct htp_route *route)
{
    if (route->accepts)
        return route->accepts;
    return route->method == HTP_PATCH ? "application/merge-patch+json application/json" : "application/json";
}

/* Blank-separated types as a field value: with commas. */
static const char *comma_list(struct htp_private *p, const char *types)
{
    char *list = cv_arena_alloc(p->arena, strlen(types) * 2 + 1);
    size_t n = 0;

    for (const char *t = types; cv_arena_ok(p->arena) && *t; t++) {
        if (*t == ' ')
            list[n++] = ',';
        list[n++] = *t;
    }
    return list;
}

static bool pass_media_type(struct htp_private *p)
{
    enum htp_method method = p->x.route->method;
    const char *types = body_types(p->x.route);

    if (!p->body_pending || htp_media_type_in(p->head.value[HTP_CONTENT_TYPE], types))
        return true;
    htp_answer_header(p,
                      method == HTP_POST    ? "Accept-Post"
                      : method == HTP_PATCH ? "Accept-Patch"
                                            : "Accept",
                      comma_list(p, types));
    htp_refuse(p, cvp_unsupported_media_type, "Vui lòng gửi với Content-Type: %s",
               "Please send it with Content-Type: %s", types);
    return false;
}

/* RFC 9110, 8.4: a body that is packed is refused, not misread. */
static bool pass_encoding(struct htp_private *p)
{
    const char *coding = p->head.value[HTP_CONTENT_ENCODING];

    if (!p->body_pending || !coding ||
        (p->head.count[HTP_CONTENT_ENCODING] == 1 && (!*coding || strcasecmp(coding, "identity") == 0)))
        return true;
    htp_answer_header(p, "Accept-Encoding", "identity");
    htp_refuse(p, cvp_unsupported_media_type, "Vui lòng gửi nội dung không nén (không có Content-Encoding)",
               "Please send the body as it is, without Content-Encoding");
    return false;
}

static bool pass_length(struct htp_private *p)
{
    uint64_t length = 0;

    if (!p->head.value[HTP_CONTENT_LENGTH] || !htp_content_length(p->head.value[HTP_CONTENT_LENGTH], &length) ||
        length <= htp_body_max(p))
        return true;
    htp_refuse(p, cvp_body_too_large, "Nội dung gửi lớn hơn %zu byte", "The body is larger than %zu bytes",
               htp_body_max(p));
    return false;
}

static bool pass_query(struct htp_private *p)
{
    struct cv_error err = {0};

    if (p->x.query_string[0] == '\0' || htp_query_admit(p, &err))
        return true;
    htp_problem(&p->x, &err, &p->x.faults);
    return false;
}

bool htp_admit(struct htp_private *p, const char *method, const char *version)
{
    return pass_guard(p, method, version) && pass_load(p) && find_route(p) && pass_credential(p) && pass_accept(p) &&
           pass_query(p) && pass_media_type(p) && pass_encoding(p) && pass_length(p);
}
