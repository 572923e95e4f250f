/* Sending; an account as it is read and reached. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "congvu/text.h"
#include "connect/internal.h"
#include "connect/scim.h"

enum { LOCATION_MAX = 8192 }; /* an id of CON_SCIM_NAME_MAX, escaped, below a long URL */

#define ACCEPT "application/scim+json, application/json"

/* ---- sending ---- */
/* A line of at most `room` bytes, ended between two words; without control signs. */
static const char *one_line(struct cv_arena *arena, const char *text, size_t room)
{
    size_t len = strlen(text), end = len;
    if (len > room) {
        for (end = room - strlen("…"); end > room / 2 && text[end] != ' ';)
            end--;
        while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
            end--;
    }
    char *line = cv_arena_printf(arena, "%.*s%s", (int)end, text, end < len ? "…" : "");
    for (char *c = line; *c != '\0'; c++)
        *c = (unsigned char)*c < 0x20 || *c == 0x7F ? ' ' : *c;
    return line;
}

/* What the server says about it, for people. */
static void add_detail(struct cv_error *err, const char *detail, struct cv_arena *arena)
{
    enum { LEAST = 40 };
    for (int i = 0; cv_text_valid(detail, strlen(detail)) && i < CV_LANGS; i++) {
        size_t at = strlen(err->text[i]), room = sizeof err->text[i] - at - sizeof ": ";
        if (at + LEAST < sizeof err->text[i])
            snprintf(err->text[i] + at, sizeof err->text[i] - at, ": %s", one_line(arena, detail, room));
    }
}

/* `detail` is SCIM's word for it; frameworks in front of it answer in their own. */
static const char *words_of(const struct cv_jany *document, struct cv_arena *arena)
{
    static const char *const names[] = {"detail", "message", "error_description", "error", "title"};
    const char *words = NULL;
    for (size_t i = 0; i < CV_COUNT(names) && (words == NULL || *words == '\0'); i++)
        words = cv_jany_text(cv_jany_get(document, names[i]), arena);
    return words;
}

static void explain(const struct cv_jany *document, struct cv_arena *arena, struct cv_error *err)
{
    const char *words = words_of(document, arena);
    const char *type = cv_jany_text(cv_jany_get(document, "scimType"), arena);
    if (type && strcasecmp(type, "uniqueness") == 0 && err->kind == CV_INVALID) {
        int status = err->lib_code;
        cv_fail_as(err, CV_CONFLICT, NULL, "Hệ thống ở xa đã có giá trị này",
                   "The other system has this value already");
        err->lib_code = status;
    }
    if (words != NULL)
        add_detail(err, words, arena);
}

bool scim_send(struct con_scim_call *call, struct con_request *request, struct con_answer *answer,
               const struct cv_jany **out_document, struct cv_error *err)
{
    struct con_scim *m = call->server;
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

static bool longer(const char *text, size_t most)
{
    return text != NULL && strlen(text) > most;
}

/* What is remembered of an account, sent back and kept in the directory is short, whoever wrote it. */
static bool is_oversized(const struct con_scim_account *a)
{
    return longer(a->id, CON_SCIM_NAME_MAX) || longer(a->login, CON_SCIM_NAME_MAX) ||
           longer(a->mark, CON_SCIM_NAME_MAX) || longer(a->version, CON_SCIM_NAME_MAX);
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
    const struct cv_jany *meta = cv_jany_get(resource, "meta");
    out->version = cv_jany_text(cv_jany_get(meta, "version"), arena);
    if (is_oversized(out)) {
        *out = (struct con_scim_account){.oversized = true};
        return false;
    }
    if (call->server != NULL && out->mark != NULL && *out->mark != '\0')
        call->server->marks = true;
    const char *location = cv_jany_text(cv_jany_get(meta, "location"), arena);
    bool usable = location != NULL && !longer(location, LOCATION_MAX) && call->target != NULL;
    out->location = usable ? con_url_below(call->target->url, location) : NULL;
    const struct scim_field *f = scim_fields(arena, &active, 1);
    const struct cv_jany *there = cv_jany_get(scim_holder(resource, &f->path), f->path.attr);
    out->has_active = cv_jany_bool(f->path.sub ? cv_jany_get(there, f->path.sub) : there, &out->active);
    return true;
}

bool con_scim_keeps_marks(const struct con_scim *scim)
{
    return scim->marks;
}

/* ---- addresses ---- */
static bool is_code(const char *c)
{
    return *c == '%' && isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2]);
}

static bool has_code(const char *text)
{
    for (const char *c = text; (c = strchr(c, '%')) != NULL; c++)
        if (is_code(c))
            return true;
    return false;
}

/* An id that holds "%3A" was escaped by its server already. */
static const char *escape_once(struct cv_arena *arena, const char *id)
{
    char *out = cv_arena_alloc(arena, strlen(id) * 3 + 1), *p = out;
    while (*id != '\0') {
        const char sign[] = {*id, '\0'};
        size_t coded = is_code(id) ? 3 : 0;
        const char *piece = coded ? id : con_escape(arena, sign);
        size_t len = coded ? coded : strlen(piece);
        memcpy(p, piece, len);
        p += len;
        id += coded ? coded : 1;
    }
    *p = '\0';
    return out;
}

/* The likeliest first: what the server says, then what its id says. */
static size_t addresses(struct con_scim_call *call, const struct con_scim_account *a, const char *out[3])
{
    size_t count = 0;
    if (a->location != NULL)
        out[count++] = a->location;
    if (a->id != NULL) {
        const char *plain = cv_arena_printf(call->arena, "/Users/%s", escape_once(call->arena, a->id));
        if (count == 0 || strcmp(out[0], plain) != 0)
            out[count++] = plain;
        if (has_code(a->id))
            out[count++] = cv_arena_printf(call->arena, "/Users/%s", con_escape(call->arena, a->id));
    }
    return count;
}

static bool get_at(struct con_scim_call *call, const char *path, struct con_scim_account *out, struct cv_error *err)
{
    struct con_request request = {.method = CON_GET, .path = path};
    struct con_answer answer;
    const struct cv_jany *document;
    if (!scim_send(call, &request, &answer, &document, err))
        return false;
    if (!con_scim_account_of(call, document, out))
        return out->oversized ? scim_oversized(call, err) : scim_unreadable(err, CV_UNAVAILABLE);
    if (answer.etag != NULL && call->server->etags &&
        !longer(answer.etag, CON_SCIM_NAME_MAX)) /* some send one of their cache */
        out->version = answer.etag;
    out->path = path;
    return true;
}

static bool nobody_there(struct cv_error *err)
{
    cv_fail_as(err, CV_NOT_FOUND, NULL, "Không có tài khoản này ở hệ thống ở xa",
               "The other system has no such account");
    err->lib_code = 404;
    return false;
}

/* Only one way to name it: then what answers is it. Otherwise it must say the id. */
bool scim_get(struct con_scim_call *call, const struct con_scim_account *known, struct con_scim_account *out,
              struct cv_error *err)
{
    const char *paths[3];
    size_t count = addresses(call, known, paths);
    for (size_t i = 0; i < count; i++) {
        struct con_scim_account read;
        if (get_at(call, paths[i], &read, err)) {
            if (known->id != NULL && count > 1 && strcmp(read.id, known->id) != 0)
                continue;
            *out = read;
            return true;
        }
        if (err->kind != CV_NOT_FOUND && err->kind != CV_INVALID)
            return false;
    }
    return err->kind == CV_INVALID ? false : nobody_there(err);
}

bool con_scim_get(struct con_scim_call *call, const char *id, struct con_scim_account *out, struct cv_error *err)
{
    const struct con_scim_account known = {.id = id};
    return scim_get(call, &known, out, err);
}

bool scim_address(struct con_scim_call *call, const struct con_scim_account *account, const char **out,
                  struct cv_error *err)
{
    const char *paths[3];
    struct con_scim_account read;
    if (account->path == NULL && addresses(call, account, paths) > 1) {
        if (!scim_get(call, account, &read, err))
            return false;
        *out = read.path;
        return true;
    }
    *out = account->path != NULL ? account->path : paths[0];
    return true;
}

bool scim_unreadable(struct cv_error *err, enum cv_kind kind)
{
    return cv_fail_as(err, kind, NULL, "Không hiểu câu trả lời của hệ thống ở xa",
                      "The answer of the other system is not understood");
}

bool scim_oversized(const struct con_scim_call *call, struct cv_error *err)
{
    return cv_fail_as(
        err, CV_UNAVAILABLE, NULL,
        "%.150s: một tài khoản có mã, tên đăng nhập, dấu hoặc phiên bản dài hơn %d byte; hãy nhờ bên quản "
        "lý hệ thống đó sửa lại",
        "%.150s: the id, login, mark or version of an account is longer than %d bytes; ask whoever runs "
        "that system to mend it",
        call->target != NULL ? call->target->url : "", CON_SCIM_NAME_MAX);
}

bool scim_unreachable(struct cv_error *err, const struct con_scim_account *account)
{
    const char *name = account->login != NULL ? account->login : account->id;
    return cv_fail_as(err, CV_CONFLICT, NULL, "Tài khoản %s vẫn có ở hệ thống ở xa nhưng không đọc hay sửa được (404)",
                      "The account %s exists at the other system and cannot be seen or changed there (404)", name);
}

/* ---- entity tags ---- */
const char *scim_tag_for_try(const char *version, int i)
{
    bool weak = version != NULL && strncmp(version, "W/", 2) == 0;
    return weak && i == SCIM_TRIES - 1 ? NULL : version;
}

bool scim_tag_was_wrong(struct con_scim *server, const struct cv_error *err)
{
    if (err->lib_code == 428)
        server->etags = true; /* not announced, and wanted */
    return err->kind == CV_STALE;
}
