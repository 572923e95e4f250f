/* Reading everything, page by page. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "connect/scim.h"

enum { PAGES_MAX = 20000, SEEN_MAX = 1 << 20, PAGE_ARENA = 64 << 20 };

const struct cv_jany *scim_resources_of(const struct cv_jany *document)
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
    size_t last, longest;      /* pages that brought somebody: a short one is the last */
    bool oversized;            /* one of them */
    bool ended, failed, stuck; /* stuck: the pages repeat before the end */
};

/* How many accounts of the page were not seen before. */
static size_t take_page(struct listing *l, const struct cv_jany *resources)
{
    cv_auto_arena arena = cv_arena_new(SCIM_ACCOUNT_ARENA); /* of one account: nobody says how many a page has */
    struct con_scim_call call = *l->call;
    size_t fresh = 0;
    l->failed = l->failed || arena == NULL;
    call.arena = arena;
    for (size_t i = 0; i < cv_jany_count(resources) && !l->ended && !l->failed && !l->oversized; i++) {
        struct con_scim_account account;
        cv_arena_reset(arena);
        if (!con_scim_account_of(&call, cv_jany_item(resources, i), &account)) {
            l->oversized = account.oversized;
            continue;
        }
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
    if (arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    call.arena = arena;
    struct con_request request = {
        .method = CON_GET,
        .path = cv_arena_printf(arena, "/Users?startIndex=%zu&count=%d", *start, (int)l->call->server->page)};
    *out_more = false;
    if (!scim_send(&call, &request, &answer, &document, err)) {
        bool beyond = err->kind == CV_INVALID || err->kind == CV_NOT_FOUND;
        return *start > 1 && beyond && l->total >= 0 && (int64_t)l->seen.count >= l->total;
    }
    const struct cv_jany *resources = scim_resources_of(document);
    if (cv_jany_kind(document) < CV_JANY_LIST)
        return cv_fail_as(err, CV_UNAVAILABLE, NULL, "Không đọc được danh sách tài khoản ở hệ thống ở xa",
                          "The list of accounts of the other system cannot be read");
    cv_jany_int(cv_jany_get(document, "totalResults"), &l->total);
    size_t count = cv_jany_count(resources);
    *out_more = take_page(l, resources) > 0 && !l->ended;
    if (l->oversized)
        return scim_oversized(l->call, err);
    l->last = *out_more ? count : l->last;
    l->longest = l->last > l->longest ? l->last : l->longest;
    l->stuck = !*out_more && !l->ended && count > 0 && l->last == l->longest && (int64_t)l->seen.count < l->total;
    *start += count;
    return true;
}

bool scim_read_pages(struct con_scim_call *call, bool (*each)(void *ctx, const struct con_scim_account *account),
                     void *ctx, bool *out_whole, bool *out_broken, struct cv_error *err)
{
    struct listing listing = {.call = call, .each = each, .ctx = ctx, .total = -1}, *l = &listing;
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
    bool broken;
    return scim_read_pages(call, each, ctx, out_whole, &broken, err);
}
