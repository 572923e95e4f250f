/* Creating an account, changing one in whichever way the server understands, deleting it. */
#include <string.h>
#include <strings.h>

#include "connect/internal.h"
#include "connect/scim.h"

/* ---- creating ---- */
static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The last segment of Location, decoded: the id where neither the body tells it nor a GET. */
static const char *id_of_location(const char *location, struct cv_arena *arena)
{
    const char *slash = location ? strrchr(location, '/') : NULL;
    if (slash == NULL || slash[1] == '\0')
        return NULL;
    size_t len = strcspn(slash + 1, "?#");
    if (len > 3 * (size_t)CON_SCIM_NAME_MAX)
        return NULL;
    char *out = cv_arena_strndup(arena, slash + 1, len), *to = out;
    for (const char *c = out; *c; c++) {
        bool coded = *c == '%' && digit_of(c[1]) >= 0 && digit_of(c[2]) >= 0;
        *to++ = coded ? (char)(digit_of(c[1]) * 16 + digit_of(c[2])) : *c;
        c += coded ? 2 : 0;
    }
    *to = '\0';
    return out;
}

/* Reads what was made, by whatever the answer says of it. */
static bool read_made(struct con_scim_call *call, const struct con_scim_account *shown, const char *location,
                      struct con_scim_account *out, struct cv_error *err)
{
    struct con_scim_account known = *shown;
    if (known.location == NULL && location != NULL)
        known.location = con_url_below(call->target->url, location);
    if (known.id == NULL && known.location == NULL)
        known.id = id_of_location(location, call->arena);
    if (known.id == NULL && known.location == NULL)
        return scim_unreadable(err, CV_UNKNOWN);
    return scim_get(call, &known, out, err);
}

static bool post(struct con_scim_call *call, const struct scim_field *fields, size_t count,
                 struct con_scim_account *out, struct cv_error *err)
{
    cv_auto_buf body = {0};
    struct con_answer answer;
    const struct cv_jany *document;
    cv_buf_init(&body, SCIM_BODY_MAX);
    scim_write_resource(&body, NULL, fields, count, call->arena);
    struct con_request request = {
        .method = CON_POST, .path = "/Users", .body = cv_buf_str(&body), .body_len = body.len};
    if (!scim_send(call, &request, &answer, &document, err))
        return false;
    if (con_scim_account_of(call, document, out) && out->has_active)
        return true;
    const struct con_scim_account shown = *out;
    if (read_made(call, &shown, answer.location, out, err))
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

static bool create(struct con_scim_call *call, const struct con_scim_field *wanted, size_t count,
                   struct con_scim_account *out, struct cv_error *err)
{
    struct con_scim *m = call->server;
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
    const char *path; /* of the account */
    const struct scim_field *fields;
    size_t count;
};

/* Some hide what is not active any more; what is shown elsewhere is judged by that. */
static bool see_changed(struct change *c, struct con_scim_account *out, struct cv_error *err)
{
    bool shown = false;
    if (scim_get(c->call, &c->there, out, err))
        return true;
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    *out = (struct con_scim_account){.id = c->there.id};
    return scim_still_shown(c->call, &c->there, &shown, out, err);
}

static bool send_change(struct change *c, enum scim_method method, struct con_scim_account *out, struct cv_error *err)
{
    cv_auto_buf body = {0};
    struct con_answer answer;
    const struct cv_jany *document;
    struct con_scim_call *call = c->call;
    cv_buf_init(&body, SCIM_BODY_MAX);
    if (method == SCIM_PUT)
        scim_write_resource(&body, c->there.resource, c->fields, c->count, call->arena);
    else if (method == SCIM_PATCH_VALUE)
        scim_write_value_patch(&body, c->there.resource, c->fields, c->count, call->arena);
    else
        scim_write_patch(&body, c->there.resource, c->fields, c->count, method == SCIM_PATCH_CAPITALS, call->arena);
    struct con_request request = {.method = method == SCIM_PUT ? CON_PUT : CON_PATCH,
                                  .path = c->path,
                                  .body = cv_buf_str(&body),
                                  .body_len = body.len,
                                  .if_match = c->there.version};
    if (!scim_send(call, &request, &answer, &document, err))
        return false;
    if (con_scim_account_of(call, document, out) && out->has_active)
        return true;
    return see_changed(c, out, err);
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
    c->call->server->method = method;
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
    int known = c->call->server->method;
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
    struct con_scim *m = c->call->server;
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

/* A 404 to every way: is it gone, or only out of reach? */
static bool explain_absence(struct change *c, struct cv_error *err)
{
    struct cv_error absent = *err;
    struct con_scim_account shown;
    bool still = false;
    cv_error_clear(err);
    if (!scim_still_shown(c->call, &c->there, &still, &shown, err))
        return false;
    if (still)
        return scim_unreachable(err, &c->there);
    *err = absent;
    return false;
}

static bool try_update(struct change *c, const struct con_scim_field *wanted, size_t count,
                       struct con_scim_account *out, struct cv_error *err)
{
    struct scim_field *fields = scim_fields(c->call->arena, wanted, count);
    c->fields = fields;
    c->count = count;
    return scim_address(c->call, &c->there, &c->path, err) && change_known(c, fields, out, err);
}

static bool update(struct con_scim_call *call, const struct con_scim_account *there,
                   const struct con_scim_field *wanted, size_t count, struct con_scim_account *out,
                   struct cv_error *err)
{
    struct change c = {.call = call, .there = *there};
    for (int i = 0; i < SCIM_TRIES; i++) {
        if (c.there.resource == NULL && !scim_get(call, there, &c.there, err))
            return false;
        c.there.version = scim_tag_for_try(c.there.version, i);
        if (try_update(&c, wanted, count, out, err))
            return true;
        if (err->kind == CV_NOT_FOUND)
            return explain_absence(&c, err);
        if (!scim_tag_was_wrong(call->server, err))
            return false;
        c.there.resource = NULL; /* somebody changed it there: read again */
    }
    return false;
}

/* ---- does it shut accounts ---- */
static bool only_shuts(const struct con_scim_call *call, const struct con_scim_field *wanted, size_t count)
{
    return count == 1 && wanted->truth && strcmp(wanted->value, "false") == 0 &&
           strcasecmp(wanted->path, call->active_path) == 0;
}

/* Said as what it is: a refusal of one attribute would not tell that nobody can be shut out there. */
static bool cannot_shut(struct con_scim *server, struct cv_error *err)
{
    const struct cv_error refused = *err;
    server->shuts = CON_SCIM_SHUTS_NOT;
    cv_fail_as(err, CV_INVALID, NULL, "Hệ thống ở xa không vô hiệu hóa được tài khoản, chỉ có thể xóa (%s%.0s)",
               "The other system does not deactivate accounts; it can only delete them (%.0s%s)", refused.text[CV_VI],
               refused.text[CV_EN]);
    err->lib_code = refused.lib_code;
    return false;
}

/* ---- what was taken ---- */
/* What stands there of what was sent, and what does not; `active` is judged before. */
static void compare_taken(const struct scim_field *fields, size_t count, struct cv_arena *arena,
                          struct con_scim_account *account)
{
    account->not_taken = account->kept = 0;
    for (size_t i = 0; account->resource != NULL && i < count; i++) {
        uint32_t bit = UINT32_C(1) << fields[i].number;
        if (fields[i].truth || !scim_field_differs(account->resource, &fields[i], arena))
            continue;
        account->not_taken |= bit;
        account->kept |= scim_field_stays(account->resource, &fields[i], arena) ? bit : 0;
    }
}

/* Answers may tell less than what is kept: what is missing in one is looked for in a GET. */
static void see_taken(struct con_scim_call *call, const struct scim_field *fields, size_t count,
                      struct con_scim_account *account)
{
    struct con_scim_account read;
    struct cv_error err = {0};
    compare_taken(fields, count, call->arena, account);
    if (account->not_taken == 0 || account->path != NULL || !scim_get(call, account, &read, &err))
        return;
    *account = read;
    compare_taken(fields, count, call->arena, account);
}

/* A PUT where it was a PATCH, and the other way round. */
static bool change_another_way(struct con_scim_call *call, const struct con_scim_field *wanted, size_t count,
                               const struct con_scim_account *there, struct con_scim_account *out)
{
    struct cv_error err = {0};
    struct con_scim *server = call->server;
    enum scim_method method = server->method == SCIM_PUT ? SCIM_PATCH : SCIM_PUT;
    struct scim_field *fields = scim_fields(call->arena, wanted, count);
    struct change c = {.call = call, .there = *there, .fields = fields};
    c.count = scim_fields_known(server, fields, count);
    return allowed_method(call->patch, method) && any_difference(&c) && scim_address(call, there, &c.path, &err) &&
           send_change(&c, method, out, &err) && took_effect(&c, out);
}

/* Once another way, unless it is known of the attribute; what a person's record no longer says is tried each time. */
static void settle_taken(struct con_scim_call *call, const struct con_scim_field *wanted, size_t count,
                         struct con_scim_account *account)
{
    struct con_scim_account now;
    struct con_scim *server = call->server;
    const struct scim_field *fields = scim_fields(call->arena, wanted, count);
    see_taken(call, fields, count, account);
    if (((account->not_taken & ~server->not_taken) | account->kept) == 0)
        return;
    if (change_another_way(call, wanted, count, account, &now)) {
        see_taken(call, fields, count, &now);
        if (__builtin_popcount(now.not_taken) < __builtin_popcount(account->not_taken))
            server->method = server->method == SCIM_PUT ? SCIM_PATCH : SCIM_PUT;
        *account = now;
    }
    server->not_taken |= account->not_taken;
}

/* ---- both ---- */
bool con_scim_create(struct con_scim_call *call, const struct con_scim_field *wanted, size_t count,
                     struct con_scim_account *out, struct cv_error *err)
{
    if (!create(call, wanted, count, out, err)) {
        if (err->kind == CV_UNKNOWN)
            scim_index_publish(call->server, NULL);
        return false;
    }
    scim_index_note(call->server, out, call->arena);
    see_taken(call, scim_fields(call->arena, wanted, count), count, out); /* it may be a stranger's: nothing is sent */
    return true;
}

bool con_scim_update(struct con_scim_call *call, const struct con_scim_account *there,
                     const struct con_scim_field *wanted, size_t count, struct con_scim_account *out,
                     struct cv_error *err)
{
    bool shuts = only_shuts(call, wanted, count);
    if (!update(call, there, wanted, count, out, err))
        return shuts && err->kind == CV_INVALID ? cannot_shut(call->server, err) : false;
    if (shuts && out->has_active && there->active)
        call->server->shuts = CON_SCIM_SHUTS;
    settle_taken(call, wanted, count, out);
    return true;
}

/* ---- deleting ---- */
/* A 404 is believed when the account is not shown any more. */
static bool is_gone(struct con_scim_call *call, const struct con_scim_account *account, struct cv_error *err)
{
    struct con_scim_account shown;
    bool still = false;
    cv_error_clear(err);
    return scim_still_shown(call, account, &still, &shown, err) && (!still || scim_unreachable(err, account));
}

bool con_scim_delete(struct con_scim_call *call, const struct con_scim_account *there, struct cv_error *err)
{
    struct con_scim_account now = *there;
    for (int i = 0; i < SCIM_TRIES; i++) {
        struct con_request request = {.method = CON_DELETE, .if_match = scim_tag_for_try(now.version, i)};
        struct con_answer answer;
        if (scim_address(call, &now, &request.path, err) && scim_send(call, &request, &answer, NULL, err))
            return true;
        if (scim_tag_was_wrong(call->server, err) && scim_get(call, there, &now, err))
            continue;
        return err->kind == CV_NOT_FOUND && is_gone(call, there, err);
    }
    return cv_fail_as(err, CV_STALE, NULL, "Tài khoản ở hệ thống ở xa thay đổi liên tục",
                      "The account of the other system keeps changing");
}
