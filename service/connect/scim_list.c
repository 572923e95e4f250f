/* Looking up and reading everything, page by page. */
#include "connect/scim.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PAGES_MAX = 20000, SEEN_MAX = 1 << 20, PAGE_ARENA = 64 << 20 };

static const struct cv_jany *resources_of(const struct cv_jany *document)
{
    return cv_jany_kind(document) == CV_JANY_LIST ? document : cv_jany_get(document, "Resources");
}

/* ---- every account once ---- */
struct seen { /* hashes of ids; open addressing */
    uint64_t *cells;
    size_t count, cap;
};

static uint64_t hash(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h | 1; /* zero marks an empty cell */
}

static bool put_hash(struct seen *s, uint64_t h)
{
    for (size_t i = h % s->cap;; i = (i + 1) % s->cap) {
        if (s->cells[i] == h)
            return false;
        if (s->cells[i] == 0) {
            s->cells[i] = h;
            s->count++;
            return true;
        }
    }
}

static bool grow(struct seen *s)
{
    struct seen bigger = {.cap = s->cap ? s->cap * 2 : 1024};
    bigger.cells = bigger.cap <= (size_t)2 * SEEN_MAX ? calloc(bigger.cap, sizeof *bigger.cells) : NULL;
    if (bigger.cells == NULL)
        return false;
    for (size_t i = 0; i < s->cap; i++)
        if (s->cells[i])
            put_hash(&bigger, s->cells[i]);
    free(s->cells);
    *s = bigger;
    return true;
}

struct listing {
    struct con_scim_call *call;
    bool (*each)(void *ctx, const struct con_scim_account *account);
    void *ctx;
    struct seen seen;
    int64_t total;             /* as announced; -1 = not */
    bool ended, failed, stuck; /* stuck: the pages repeat before the end */
};

/* How many accounts of the page were not seen before. */
static size_t take_page(struct listing *l, struct con_scim_call *call, const struct cv_jany *resources)
{
    size_t fresh = 0;
    for (size_t i = 0; i < cv_jany_count(resources) && !l->ended && !l->failed; i++) {
        struct con_scim_account account;
        if (!con_scim_account_of(call, cv_jany_item(resources, i), &account))
            continue;
        if (l->seen.count * 2 >= l->seen.cap && !grow(&l->seen))
            l->failed = true;
        else if (put_hash(&l->seen, hash(account.id))) {
            fresh++;
            l->ended = !l->each(l->ctx, &account);
        }
    }
    return fresh;
}

/* One page; *out_more is false at the end. Pages are as long as the server makes them, and totals may be wrong: the end
 * is a page that brings nothing new. */
static bool read_page(struct listing *l, size_t *start, bool *out_more, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(PAGE_ARENA);
    struct con_scim_call call = *l->call;
    struct con_answer answer;
    const struct cv_jany *document;
    call.arena = arena;
    struct con_request request = {
        .method = CON_GET,
        .path = cv_arena_printf(arena, "/Users?startIndex=%zu&count=%d", *start, (int)l->call->manners->page)};
    *out_more = false;
    if (!scim_send(&call, &request, &answer, &document, err)) {
        bool beyond = err->kind == CV_INVALID || err->kind == CV_NOT_FOUND;
        return *start > 1 && beyond && l->total >= 0 && (int64_t)l->seen.count >= l->total;
    }
    const struct cv_jany *resources = resources_of(document);
    if (cv_jany_kind(document) < CV_JANY_LIST)
        return cv_fail_as(err, CV_UNAVAILABLE, NULL, "Không đọc được danh sách tài khoản ở hệ thống ở xa",
                          "The list of accounts of the other system cannot be read");
    cv_jany_int(cv_jany_get(document, "totalResults"), &l->total);
    *out_more = take_page(l, &call, resources) > 0 && !l->ended;
    l->stuck = !*out_more && !l->ended && cv_jany_count(resources) > 0 && (int64_t)l->seen.count < l->total;
    *start += cv_jany_count(resources);
    return true;
}

/* *out_broken: whoever was not named may be there all the same. */
static bool read_pages(struct listing *l, bool *out_whole, bool *out_broken, struct cv_error *err)
{
    size_t start = 1;
    bool more = true, ok = true;
    for (int i = 0; more && ok && i < PAGES_MAX; i++)
        ok = read_page(l, &start, &more, err);
    *out_broken = more || l->failed || l->stuck;
    if (ok && !*out_broken && !l->ended && (int64_t)l->seen.count < l->total) { /* some count from 0 */
        start = 0;
        read_page(l, &start, &more, err);
    }
    *out_whole = ok && !*out_broken && !l->failed && !l->ended && (l->total < 0 || (int64_t)l->seen.count >= l->total);
    free(l->seen.cells);
    if (ok)
        cv_error_clear(err);
    return ok;
}

bool con_scim_list(struct con_scim_call *call, bool (*each)(void *ctx, const struct con_scim_account *account),
                   void *ctx, bool *out_whole, struct cv_error *err)
{
    struct listing l = {.call = call, .each = each, .ctx = ctx, .total = -1};
    bool broken;
    return read_pages(&l, out_whole, &broken, err);
}

/* ---- looking up ---- */
struct search {
    struct con_scim_call *call;
    struct scim_path path;
    const char *text, *value;
    struct con_scim_account *found;
    size_t count;
};

static bool matches(const struct search *s, const struct cv_jany *resource, struct cv_arena *arena)
{
    const char *there = con_scim_value(resource, s->text, arena);
    return there != NULL && scim_same_value(&s->path, there, s->value, arena);
}

/* Only the id outlives the page: what is there is read again. */
static bool note_match(void *ctx, const struct con_scim_account *account)
{
    struct search *s = ctx;
    struct cv_arena *arena = s->call->arena;
    if (matches(s, account->resource, arena))
        s->found[s->count++] = (struct con_scim_account){.id = cv_arena_strdup(arena, account->id)};
    return s->count < CON_SCIM_FOUND_MAX;
}

static bool find_by_reading(struct search *s, struct cv_error *err)
{
    struct listing l = {.call = s->call, .each = note_match, .ctx = s, .total = -1};
    bool whole, broken;
    size_t kept = 0;
    s->count = 0;
    if (!read_pages(&l, &whole, &broken, err))
        return false;
    if (s->count == 0 && broken)
        return cv_fail_as(err, CV_INVALID, NULL,
                          "Hệ thống ở xa không lọc được và không cho đọc hết danh sách tài khoản",
                          "The other system cannot filter, and its list cannot be read to the end");
    for (size_t i = 0; i < s->count; i++) {
        if (con_scim_get(s->call, s->found[i].id, &s->found[kept], err))
            kept++;
        else if (err->kind != CV_NOT_FOUND)
            return false;
    }
    s->count = kept;
    cv_error_clear(err);
    return true;
}

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

/* True: answered, and what it answered is to be believed. */
static bool take_filtered(struct search *s, const struct cv_jany *document)
{
    const struct cv_jany *resources = resources_of(document);
    bool foreign = false;
    int64_t total = -1;
    for (size_t i = 0; i < cv_jany_count(resources) && s->count < CON_SCIM_FOUND_MAX; i++) {
        const struct cv_jany *resource = cv_jany_item(resources, i);
        struct con_scim_account *out = &s->found[s->count];
        if (!matches(s, resource, s->call->arena))
            foreign = true;
        else if (con_scim_account_of(s->call, resource, out))
            s->count++;
    }
    cv_jany_int(cv_jany_get(document, "totalResults"), &total);
    bool all_there = total >= 0 && total <= (int64_t)cv_jany_count(resources);
    return cv_jany_kind(document) >= CV_JANY_LIST && (s->count > 0 || !foreign || all_there);
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
        *out_refused = !take_filtered(s, document);
        return true;
    }
    *out_refused = err->kind == CV_INVALID;
    if (!*out_refused && err->kind != CV_NOT_FOUND) /* some say 404 for an empty list */
        return false;
    cv_error_clear(err);
    return true;
}

bool con_scim_find(struct con_scim_call *call, const char *path, const char *value, struct con_scim_account **out,
                   size_t *out_count, struct cv_error *err)
{
    struct search s = {.call = call, .text = path, .value = value};
    struct con_scim *m = call->manners;
    bool refused = false, ok = true;
    _Atomic bool *known = strcasecmp(path, call->login_path) == 0 ? &m->no_filter_login : &m->no_filter_mark;
    s.found = CV_NEWS(call->arena, struct con_scim_account, CON_SCIM_FOUND_MAX + 1);
    if (!scim_path_parse(path, call->arena, &s.path))
        return cv_fail(err, cvp_internal, NULL, "Sai đường dẫn thuộc tính", "A bad attribute path");
    if (!*known && !call->read_all) {
        ok = find_by_filter(&s, &refused, err);
        *known = *known || refused;
    }
    if (ok && (*known || call->read_all))
        ok = find_by_reading(&s, err);
    *out = s.found;
    *out_count = s.count;
    return ok;
}
