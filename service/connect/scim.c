/* The calls about one account. */
#include "connect/scim.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "congvu/text.h"

enum { BODY_MAX = 1 << 20, DETAIL_MAX = 120, TRIES = 3 };
#define ACCEPT "application/scim+json, application/json"

/* ---- sending ---- */
/* What the server says about it, for people: one line, without control signs. */
static void add_detail(struct cv_error *err, const char *detail)
{
    size_t len = strnlen(detail, DETAIL_MAX + 1);
    char line[DETAIL_MAX + 1];
    if (!cv_text_valid(detail, strlen(detail)))
        return;
    len = len > DETAIL_MAX ? DETAIL_MAX : len;
    while (len > 0 && ((unsigned char)detail[len] & 0xC0) == 0x80)
        len--;
    for (size_t i = 0; i < len; i++)
        line[i] = (unsigned char)detail[i] < 0x20 || detail[i] == 0x7F ? ' ' : detail[i];
    line[len] = '\0';
    for (int i = 0; i < CV_LANGS; i++) {
        size_t at = strlen(err->text[i]);
        if (at + len + 3 < sizeof err->text[i])
            snprintf(err->text[i] + at, sizeof err->text[i] - at, ": %s", line);
    }
}

static void explain(const struct cv_jany *document, struct cv_arena *arena, struct cv_error *err)
{
    const char *detail = cv_jany_text(cv_jany_get(document, "detail"), arena);
    const char *type = cv_jany_text(cv_jany_get(document, "scimType"), arena);
    if (type && strcasecmp(type, "uniqueness") == 0 && err->kind == CV_INVALID) {
        int status = err->lib_code;
        cv_fail_as(err, CV_CONFLICT, NULL, "Hệ thống ở xa đã có giá trị này",
                   "The other system has this value already");
        err->lib_code = status;
    }
    if (detail != NULL)
        add_detail(err, detail);
}

bool scim_send(struct con_scim_call *call, struct con_request *request, struct con_answer *answer,
               const struct cv_jany **out_document, struct cv_error *err)
{
    struct con_scim *m = call->manners;
    bool ok;
    request->accept = ACCEPT;
    do {
        bool plain = m->plain_json;
        if (request->body != NULL)
            request->content_type = plain ? "application/json" : "application/scim+json";
        ok = con_send(call->client, call->target, request, call->arena, answer, err);
        if (ok || answer->status != 415 || request->body == NULL || plain)
            break;
        m->plain_json = true;
    } while (true);
    struct cv_error not_json;
    const struct cv_jany *document =
        answer->len > 0 ? cv_jany_parse(call->arena, answer->body, answer->len, &not_json) : NULL;
    if (out_document)
        *out_document = document;
    if (!ok)
        explain(document, call->arena, err);
    return ok;
}

/* ---- accounts ---- */
static const char *resource_id(const struct cv_jany *resource, struct cv_arena *arena)
{
    const char *id = cv_jany_text(cv_jany_get(resource, "id"), arena);
    return id && *id ? id : NULL;
}

bool con_scim_account_of(const struct con_scim_call *call, const struct cv_jany *resource, struct con_scim_account *out)
{
    struct cv_arena *arena = call->arena;
    const struct con_scim_field active = {.path = call->active_path, .value = "true", .truth = true};
    *out = (struct con_scim_account){.id = resource_id(resource, arena), .resource = resource};
    if (out->id == NULL)
        return false;
    out->login = con_scim_value(resource, call->login_path, arena);
    out->mark = con_scim_value(resource, call->mark_path, arena);
    if (call->manners != NULL && out->mark != NULL && *out->mark != '\0')
        call->manners->marks = true;
    out->version = cv_jany_text(cv_jany_get(cv_jany_get(resource, "meta"), "version"), arena);
    const struct scim_field *f = scim_fields(arena, &active, 1);
    const struct cv_jany *there = cv_jany_get(scim_holder(resource, &f->path), f->path.attr);
    out->has_active = cv_jany_bool(f->path.sub ? cv_jany_get(there, f->path.sub) : there, &out->active);
    return true;
}

bool con_scim_keeps_marks(const struct con_scim *scim)
{
    return scim->marks;
}

static const char *user_path(struct con_scim_call *call, const char *id)
{
    return cv_arena_printf(call->arena, "/Users/%s", con_escape(call->arena, id));
}

static bool unreadable(struct cv_error *err, enum cv_kind kind)
{
    return cv_fail_as(err, kind, NULL, "Không hiểu câu trả lời của hệ thống ở xa",
                      "The answer of the other system is not understood");
}

bool con_scim_get(struct con_scim_call *call, const char *id, struct con_scim_account *out, struct cv_error *err)
{
    struct con_request request = {.method = CON_GET, .path = user_path(call, id)};
    struct con_answer answer;
    const struct cv_jany *document;
    if (!scim_send(call, &request, &answer, &document, err))
        return false;
    if (!con_scim_account_of(call, document, out))
        return unreadable(err, CV_UNAVAILABLE);
    if (answer.etag != NULL && call->manners->etags) /* some send one of their cache */
        out->version = answer.etag;
    return true;
}

/* ---- creating ---- */
static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The last segment of Location, decoded: the id where the answer has no body. */
static const char *id_of_location(const char *location, struct cv_arena *arena)
{
    const char *slash = location ? strrchr(location, '/') : NULL;
    if (slash == NULL || slash[1] == '\0')
        return NULL;
    char *out = cv_arena_strndup(arena, slash + 1, strcspn(slash + 1, "?#")), *to = out;
    for (const char *c = out; *c; c++) {
        bool coded = *c == '%' && digit_of(c[1]) >= 0 && digit_of(c[2]) >= 0;
        *to++ = coded ? (char)(digit_of(c[1]) * 16 + digit_of(c[2])) : *c;
        c += coded ? 2 : 0;
    }
    *to = '\0';
    return out;
}

static bool post(struct con_scim_call *call, const struct scim_field *fields, size_t count,
                 struct con_scim_account *out, struct cv_error *err)
{
    cv_auto_buf body = {0};
    struct con_answer answer;
    const struct cv_jany *document;
    cv_buf_init(&body, BODY_MAX);
    scim_write_resource(&body, NULL, fields, count, call->arena);
    struct con_request request = {
        .method = CON_POST, .path = "/Users", .body = cv_buf_str(&body), .body_len = body.len};
    if (!scim_send(call, &request, &answer, &document, err))
        return false;
    if (con_scim_account_of(call, document, out) && out->has_active)
        return true;
    const struct con_scim_account shown = *out;
    const char *id = shown.id != NULL ? shown.id : id_of_location(answer.location, call->arena);
    if (id == NULL)
        return unreadable(err, CV_UNKNOWN);
    if (con_scim_get(call, id, out, err))
        return true;
    if (shown.id == NULL || err->kind != CV_NOT_FOUND)
        return false;
    cv_error_clear(err);
    *out = shown;
    return true;
}

static bool has_enterprise(const struct scim_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].path.schema && strcasecmp(fields[i].path.schema, SCIM_ENTERPRISE) == 0)
            return true;
    return false;
}

/* Refused with an extension that nobody announced: perhaps because of it. */
static bool worth_without_extension(const struct con_scim *m, const struct scim_field *fields, size_t count,
                                    const struct cv_error *err)
{
    return err->kind == CV_INVALID && m->extension == SCIM_EXTENSION_UNKNOWN && has_enterprise(fields, count);
}

bool con_scim_create(struct con_scim_call *call, const struct con_scim_field *wanted, size_t count,
                     struct con_scim_account *out, struct cv_error *err)
{
    struct con_scim *m = call->manners;
    struct scim_field *fields = scim_fields(call->arena, wanted, count);
    count = scim_fields_known(m, fields, count);
    if (post(call, fields, count, out, err))
        return true;
    if (!worth_without_extension(m, fields, count, err))
        return false;
    m->extension = SCIM_EXTENSION_REFUSED;
    count = scim_fields_known(m, fields, count);
    if (post(call, fields, count, out, err))
        return true;
    if (err->kind == CV_INVALID) /* it was something else */
        m->extension = SCIM_EXTENSION_UNKNOWN;
    return false;
}

/* ---- changing ---- */
struct change {
    struct con_scim_call *call;
    struct con_scim_account there;
    const struct scim_field *fields;
    size_t count;
};

static bool send_change(struct change *c, enum scim_method method, struct con_scim_account *out, struct cv_error *err)
{
    cv_auto_buf body = {0};
    struct con_answer answer;
    const struct cv_jany *document;
    struct con_scim_call *call = c->call;
    cv_buf_init(&body, BODY_MAX);
    if (method == SCIM_PUT)
        scim_write_resource(&body, c->there.resource, c->fields, c->count, call->arena);
    else if (method == SCIM_PATCH_VALUE)
        scim_write_value_patch(&body, c->there.resource, c->fields, c->count, call->arena);
    else
        scim_write_patch(&body, c->there.resource, c->fields, c->count, method == SCIM_PATCH_CAPITALS, call->arena);
    struct con_request request = {.method = method == SCIM_PUT ? CON_PUT : CON_PATCH,
                                  .path = user_path(call, c->there.id),
                                  .body = cv_buf_str(&body),
                                  .body_len = body.len,
                                  .if_match = c->there.version};
    if (!scim_send(call, &request, &answer, &document, err))
        return false;
    if (con_scim_account_of(call, document, out) && out->has_active)
        return true;
    if (con_scim_get(call, c->there.id, out, err))
        return true;
    if (err->kind != CV_NOT_FOUND) /* some hide what is not active any more */
        return false;
    cv_error_clear(err);
    *out = (struct con_scim_account){.id = c->there.id};
    return true;
}

/* `active` is what the whole thing is for: a server that answers 200 and keeps it is not believed. */
static bool took_effect(const struct change *c, const struct con_scim_account *now)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->fields[i].truth && now->has_active && strcasecmp(c->fields[i].text, c->call->active_path) == 0)
            return now->active == (strcmp(c->fields[i].value, "true") == 0);
    return true;
}

static bool try_method(struct change *c, enum scim_method method, struct con_scim_account *out, struct cv_error *err)
{
    if (!send_change(c, method, out, err))
        return false;
    if (!took_effect(c, out))
        return cv_fail_as(err, CV_INVALID, NULL, "Hệ thống ở xa nhận lệnh nhưng không đổi trạng thái",
                          "The other system took the change and kept its state");
    c->call->manners->method = method;
    return true;
}

static bool allowed_method(enum con_scim_patch style, enum scim_method method)
{
    switch (style) {
    case CON_PATCH_STANDARD:
        return method == SCIM_PATCH;
    case CON_PATCH_CAPITALIZED:
        return method == SCIM_PATCH_CAPITALS;
    case CON_PATCH_NONE:
        return method == SCIM_PUT;
    default:
        return true;
    }
}

/* Refused as a request, so nothing was done: the next way may be understood. */
static bool worth_another_way(const struct cv_error *err)
{
    return err->kind == CV_INVALID || err->kind == CV_NOT_FOUND || err->lib_code == 403;
}

/* Says less than another refusal would. */
static bool says_only_no(const struct cv_error *err)
{
    return err->lib_code == 405 || err->lib_code == 501 || err->lib_code == 404;
}

/* First the way that was announced or worked before, then every other one: announcements may be wrong. */
static bool change_somehow(struct change *c, struct con_scim_account *out, struct cv_error *err)
{
    struct cv_error first = {0};
    int known = c->call->manners->method;
    for (int i = -1; i < SCIM_METHODS; i++) {
        int method = i < 0 ? known : i;
        if (i == known || !allowed_method(c->call->patch, (enum scim_method)method))
            continue;
        if (try_method(c, (enum scim_method)method, out, err))
            return true;
        if (!worth_another_way(err))
            return false;
        if (first.kind == CV_OK || says_only_no(&first))
            first = *err;
    }
    *err = first;
    return false;
}

static bool any_difference(const struct change *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (scim_field_differs(c->there.resource, &c->fields[i], c->call->arena))
            return true;
    return false;
}

/* An attribute that refuses what the others would take must not keep an account open: without the extension then. */
static bool change_known(struct change *c, struct scim_field *fields, struct con_scim_account *out,
                         struct cv_error *err)
{
    struct con_scim *m = c->call->manners;
    c->count = scim_fields_known(m, fields, c->count);
    if (!any_difference(c)) {
        *out = c->there;
        return true;
    }
    if (change_somehow(c, out, err))
        return true;
    if (!worth_without_extension(m, fields, c->count, err))
        return false;
    m->extension = SCIM_EXTENSION_REFUSED;
    c->count = scim_fields_known(m, fields, c->count);
    if (change_somehow(c, out, err))
        return true;
    m->extension = SCIM_EXTENSION_UNKNOWN;
    return false;
}

/* ---- entity tags ---- */
/* A server that compares as HTTP says it never finds a weak one equal: the last try goes without. */
static const char *tag_for_try(const char *version, int i)
{
    bool weak = version != NULL && strncmp(version, "W/", 2) == 0;
    return weak && i == TRIES - 1 ? NULL : version;
}

/* Is it worth reading again? */
static bool tag_was_wrong(struct con_scim *m, const struct cv_error *err)
{
    if (err->lib_code == 428)
        m->etags = true; /* not announced, and wanted */
    return err->kind == CV_STALE;
}

bool con_scim_update(struct con_scim_call *call, const struct con_scim_account *there,
                     const struct con_scim_field *wanted, size_t count, struct con_scim_account *out,
                     struct cv_error *err)
{
    struct change c = {.call = call, .there = *there};
    for (int i = 0; i < TRIES; i++) {
        struct scim_field *fields = scim_fields(call->arena, wanted, count);
        c.fields = fields;
        c.count = count;
        if (c.there.resource == NULL && !con_scim_get(call, c.there.id, &c.there, err))
            return false;
        c.there.version = tag_for_try(c.there.version, i);
        if (change_known(&c, fields, out, err))
            return true;
        if (!tag_was_wrong(call->manners, err))
            return false;
        c.there.resource = NULL; /* somebody changed it there: read again */
    }
    return false;
}

bool con_scim_delete(struct con_scim_call *call, const struct con_scim_account *there, struct cv_error *err)
{
    struct con_scim_account now = *there;
    for (int i = 0; i < TRIES; i++) {
        struct con_request request = {
            .method = CON_DELETE, .path = user_path(call, now.id), .if_match = tag_for_try(now.version, i)};
        struct con_answer answer;
        if (scim_send(call, &request, &answer, NULL, err))
            return true;
        if (tag_was_wrong(call->manners, err) && con_scim_get(call, now.id, &now, err))
            continue;
        if (err->kind != CV_NOT_FOUND)
            return false;
        cv_error_clear(err);
        return true;
    }
    return cv_fail_as(err, CV_STALE, NULL, "Tài khoản ở hệ thống ở xa thay đổi liên tục",
                      "The account of the other system keeps changing");
}
