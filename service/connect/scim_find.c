/* Looking accounts up: by a filter once it has shown that it works, else by reading everything. */
#include <string.h>
#include <strings.h>

#include "connect/scim.h"

struct search {
    struct con_scim_call *call;
    struct scim_path path;
    const char *text, *value;
    struct con_scim_account *found;
    size_t count;
    const char *sample;       /* a value that stands there at the path: what the filter is tried with */
    struct scim_index *index; /* that a reading fills */
    struct cv_arena *scratch; /* of one account: nobody says how many come */
};

static bool matches(const struct search *s, const struct cv_jany *resource)
{
    cv_arena_reset(s->scratch);
    const char *there = con_scim_value(resource, s->text, s->scratch);
    return there != NULL && scim_same_value(&s->path, there, s->value, s->scratch);
}

/* ---- by a filter ---- */
/* "\"" and "\\" are escaped as in JSON. */
static const char *quoted(struct cv_arena *arena, const char *value)
{
    char *out = cv_arena_alloc(arena, 2 * strlen(value) + 1), *p = out;
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            *p++ = '\\';
        *p++ = *value;
    }
    *p = '\0';
    return out;
}

/* *out_answers: what it answered is an answer to this question. */
static bool take_filtered(struct search *s, const struct cv_jany *document, bool *out_answers, struct cv_error *err)
{
    const struct cv_jany *resources = scim_resources_of(document);
    bool foreign = false;
    int64_t total = -1;
    for (size_t i = 0; i < cv_jany_count(resources) && s->count < CON_SCIM_FOUND_MAX && cv_arena_ok(s->call->arena);
         i++) {
        const struct cv_jany *resource = cv_jany_item(resources, i);
        struct con_scim_account *out = &s->found[s->count];
        if (!matches(s, resource))
            foreign = true;
        else if (con_scim_account_of(s->call, resource, out))
            s->count++;
        else if (out->oversized)
            return scim_oversized(s->call, err);
    }
    cv_jany_int(cv_jany_get(document, "totalResults"), &total);
    bool all_there = total >= 0 && total <= (int64_t)cv_jany_count(resources);
    *out_answers = cv_jany_kind(document) >= CV_JANY_LIST && (s->count > 0 || !foreign || all_there);
    return true;
}

/* True: answered; *out_refused says that the server cannot filter by this. */
static bool find_by_filter(struct search *s, bool *out_refused, struct cv_error *err)
{
    struct cv_arena *arena = s->call->arena;
    struct con_answer answer;
    const struct cv_jany *document;
    const char *filter = cv_arena_printf(arena, "%s eq \"%s\"", s->text, quoted(arena, s->value));
    struct con_request request = {.method = CON_GET,
                                  .path = cv_arena_printf(arena, "/Users?filter=%s", con_escape(arena, filter))};
    *out_refused = false;
    if (scim_send(s->call, &request, &answer, &document, err)) {
        bool answers = false;
        if (!take_filtered(s, document, &answers, err))
            return false;
        *out_refused = !answers;
        return true;
    }
    *out_refused = err->kind == CV_INVALID;
    if (!*out_refused && err->kind != CV_NOT_FOUND) /* some say 404 for an empty list */
        return false;
    cv_error_clear(err);
    return true;
}

/* ---- by reading everything ---- */
/* What outlives its page. */
static struct con_scim_account kept(struct con_scim_call *call, const struct con_scim_account *account)
{
    cv_auto_buf text = {0};
    struct cv_jout j;
    struct cv_error err = {0};
    struct con_scim_account out;
    cv_buf_init(&text, CON_MAX_ANSWER);
    cv_jout_init(&j, &text);
    cv_jout_any(&j, NULL, account->resource);
    if (!cv_jout_ok(&j) ||
        !con_scim_account_of(call, cv_jany_parse(call->arena, cv_buf_str(&text), text.len, &err), &out))
        out = (struct con_scim_account){.id = cv_arena_strdup(call->arena, account->id)}; /* it is read again */
    return out;
}

static bool note_match(void *ctx, const struct con_scim_account *account)
{
    struct search *s = ctx;
    cv_arena_reset(s->scratch);
    const char *there = s->sample == NULL ? con_scim_value(account->resource, s->text, s->scratch) : NULL;
    if (there != NULL && *there != '\0' && strlen(there) <= CON_SCIM_NAME_MAX)
        s->sample = cv_arena_strdup(s->call->arena, there);
    scim_index_add(s->index, account, s->scratch);
    if (matches(s, account->resource))
        s->found[s->count++] = kept(s->call, account);
    return s->count < CON_SCIM_FOUND_MAX;
}

/* As it is when it is asked for by itself: some lists tell less. What a list shows and a GET does not is there. */
static bool read_found(struct search *s, struct cv_error *err)
{
    for (size_t i = 0; i < s->count; i++) {
        struct con_scim_account now;
        if (scim_get(s->call, &s->found[i], &now, err))
            s->found[i] = now;
        else if (err->kind != CV_NOT_FOUND)
            return false;
    }
    cv_error_clear(err);
    return true;
}

static bool find_by_reading(struct search *s, struct cv_error *err)
{
    bool whole, broken;
    s->count = 0;
    s->index = scim_index_new();
    bool read = scim_read_pages(s->call, note_match, s, &whole, &broken, err);
    if (read && whole)
        scim_index_publish(s->call->server, s->index);
    else
        scim_index_free(&s->index);
    if (!read)
        return false;
    if (s->count == 0 && broken)
        return cv_fail_as(err, CV_INVALID, NULL,
                          "Hệ thống ở xa không lọc được và không cho đọc hết danh sách tài khoản",
                          "The other system cannot filter, and its list cannot be read to the end");
    return read_found(s, err);
}

/* Whom the index names may have changed since: what is there now decides. */
static bool find_in_index(struct search *s, bool by_login, bool *out_known, struct cv_error *err)
{
    size_t kept = 0;
    *out_known = scim_index_find(s->call, by_login, s->value, s->found, CON_SCIM_FOUND_MAX, &s->count);
    if (!*out_known)
        return true;
    if (!read_found(s, err))
        return false;
    for (size_t i = 0; i < s->count; i++)
        if (s->found[i].resource != NULL && matches(s, s->found[i].resource))
            s->found[kept++] = s->found[i];
    s->count = kept;
    return true;
}

static bool find_without_filter(struct search *s, bool by_login, struct cv_error *err)
{
    bool known = false;
    return find_in_index(s, by_login, &known, err) && (known || find_by_reading(s, err));
}

/* ---- is the filter to be believed ---- */
/* Tries it with a value that stands there for certain. */
static bool finds_sample(const struct search *s, bool *out_finds, struct cv_error *err)
{
    struct search trial = {
        .call = s->call, .path = s->path, .text = s->text, .value = s->sample, .scratch = s->scratch};
    bool refused = false;
    trial.found = CV_NEWS(s->call->arena, struct con_scim_account, CON_SCIM_FOUND_MAX + 1);
    if (!find_by_filter(&trial, &refused, err))
        return false;
    *out_finds = !refused && trial.count > 0;
    return true;
}

/* It said nobody, and was never seen to find anybody: the list says who is right. Of a list that cannot be read to the
 * end one account is enough to try the filter with. */
static bool doubt_filter(struct search *s, _Atomic int *trust, struct cv_error *err)
{
    struct cv_error trial = {0};
    bool finds = false, read = find_by_reading(s, err);
    if (!read && (err->kind != CV_INVALID || s->sample == NULL))
        return false;
    if (s->sample == NULL) {
        *trust = SCIM_FILTER_IDLE;
        return true;
    }
    if (s->count == 0 && !finds_sample(s, &finds, &trial)) {
        *err = trial;
        return false;
    }
    *trust = finds ? SCIM_FILTER_WORKS : SCIM_FILTER_REFUSED;
    if (finds)
        cv_error_clear(err);
    return read || finds;
}

/* IDLE: nobody there has such a value, so a filter that finds none is right, until somebody is seen to have one. */
static bool may_be_believed(const struct con_scim *server, bool by_login, int trust)
{
    return trust == SCIM_FILTER_WORKS || (trust == SCIM_FILTER_IDLE && !by_login && !server->marks);
}

static bool find(struct search *s, bool by_login, _Atomic int *trust, struct cv_error *err)
{
    bool refused = false;
    if (*trust == SCIM_FILTER_REFUSED || s->call->read_all)
        return find_without_filter(s, by_login, err);
    if (!find_by_filter(s, &refused, err))
        return false;
    if (refused) {
        *trust = SCIM_FILTER_REFUSED;
        return find_by_reading(s, err);
    }
    if (s->count > 0)
        *trust = SCIM_FILTER_WORKS;
    return may_be_believed(s->call->server, by_login, *trust) || doubt_filter(s, trust, err);
}

bool con_scim_find(struct con_scim_call *call, const char *path, const char *value, struct con_scim_account **out,
                   size_t *out_count, struct cv_error *err)
{
    cv_auto_arena scratch = cv_arena_new(SCIM_ACCOUNT_ARENA);
    struct search s = {.call = call, .text = path, .value = value, .scratch = scratch};
    bool by_login = strcasecmp(path, call->login_path) == 0;
    if (scratch == NULL)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    s.found = CV_NEWS(call->arena, struct con_scim_account, CON_SCIM_FOUND_MAX + 1);
    if (!scim_path_parse(path, call->arena, &s.path))
        return cv_fail(err, cvp_internal, NULL, "Sai đường dẫn thuộc tính", "A bad attribute path");
    if (!find(&s, by_login, by_login ? &call->server->filter_login : &call->server->filter_mark, err))
        return false;
    *out = s.found;
    *out_count = s.count;
    return true;
}

bool scim_still_shown(struct con_scim_call *call, const struct con_scim_account *account, bool *out_shown,
                      struct con_scim_account *out, struct cv_error *err)
{
    bool by_login = account->login != NULL && *account->login != '\0';
    const char *value = by_login ? account->login : account->mark;
    struct con_scim_account *all = NULL;
    size_t count = 0;
    *out_shown = false;
    if (value == NULL || *value == '\0')
        return true;
    struct con_scim_call now = *call;
    now.not_before = INT64_MAX; /* nothing that was read before */
    if (!con_scim_find(&now, by_login ? call->login_path : call->mark_path, value, &all, &count, err))
        return false;
    for (size_t i = 0; i < count && !*out_shown; i++) {
        *out_shown = strcmp(all[i].id, account->id) == 0;
        if (*out_shown)
            *out = all[i];
    }
    return true;
}
