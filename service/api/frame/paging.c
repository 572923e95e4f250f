/* Pages: a sealed token holds the moment and the last position; it is bound to filter, sort and caller. */
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 500, TOKEN_AGE_S = 24 * 3600, QUERY_MAX = 64 };

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_paging(const char *pair)
{
    return strncmp(pair, "page_token=", 11) == 0 || strncmp(pair, "page_size=", 10) == 0 ||
           strncmp(pair, "include_total=", 14) == 0;
}

const char *api_page_bound(struct htp_exchange *x)
{
    char *pairs[QUERY_MAX];
    size_t count = 0;
    char *rest = cv_arena_strdup(x->arena, x->query_string);
    for (char *pair = strsep(&rest, "&"); pair != NULL && count < QUERY_MAX; pair = strsep(&rest, "&"))
        if (*pair != '\0' && !is_paging(pair))
            pairs[count++] = pair;
    qsort(pairs, count, sizeof(*pairs), by_text);
    const char *bound = cv_arena_printf(x->arena, "%s %s %s", api_actor_name(x), x->path, cv_text_collation_version());
    for (size_t i = 0; i < count; i++)
        bound = cv_arena_printf(x->arena, "%s&%s", bound, pairs[i]);
    return bound;
}

static bool refuse(struct htp_exchange *x, enum cv_problem problem, const char *vi, const char *en)
{
    struct cv_error err = {0};
    cv_fail(&err, problem, "page_token", "%s%.0s", "%.0s%s", vi, en);
    htp_problem(x, &err, NULL);
    return false;
}

static bool open_token(struct htp_exchange *x, const char *token, const char *bound, struct api_page *out)
{
    size_t len = 0;
    cv_moment made;
    const char *plain = cv_unseal(x->arena, &api_of(x)->page_key, token, bound, &len);
    if (plain == NULL || len < sizeof(made))
        return refuse(x, cvp_page_token_mismatch,
                      "Trang này không thuộc danh sách đang xem; hãy bắt đầu lại từ trang đầu",
                      "The page_token is not of this query; start again from the first page");
    memcpy(&made, plain, sizeof(made));
    if (cv_now() - made > TOKEN_AGE_S)
        return refuse(x, cvp_page_token_expired, "Danh sách đã mở quá 24 giờ; hãy bắt đầu lại từ trang đầu",
                      "The page_token is older than 24 hours; start again from the first page");
    out->after = plain + sizeof(made);
    out->after_len = len - sizeof(made);
    return true;
}

bool api_page_in(struct htp_exchange *x, const char *bound, struct api_page *out)
{
    int64_t size = PAGE_DEFAULT;
    const char *token = htp_query(x, "page_token");
    *out = (struct api_page){0};
    htp_query_int(x, "page_size", 1, INT32_MAX, &size);
    htp_query_bool(x, "include_total", &out->want_total);
    if (!api_faultless(x, cvp_validation_failed))
        return false;
    out->size = (size_t)(size > PAGE_MAX ? PAGE_MAX : size);
    return token == NULL || open_token(x, token, bound, out);
}

/* The same query with the new token, for clients that follow links. */
static void link_next(struct htp_exchange *x, const char *token)
{
    const char *query = "";
    char *rest = cv_arena_strdup(x->arena, x->query_string);
    for (char *pair = strsep(&rest, "&"); pair != NULL; pair = strsep(&rest, "&"))
        if (*pair != '\0' && strncmp(pair, "page_token=", 11) != 0)
            query = cv_arena_printf(x->arena, "%s%s&", query, pair);
    htp_header_set(x, "Link", "<%s?%spage_token=%s>; rel=\"next\"", x->path, query, token);
}

static const char *seal_next(struct htp_exchange *x, const char *bound, const void *next, size_t next_len)
{
    cv_moment now = cv_now();
    char *plain = cv_arena_alloc(x->arena, sizeof(now) + next_len);
    memcpy(plain, &now, sizeof(now));
    memcpy(plain + sizeof(now), next, next_len);
    return cv_seal(x->arena, &api_of(x)->page_key, plain, sizeof(now) + next_len, bound);
}

void api_page_link(struct htp_exchange *x, const char *bound, const void *next, size_t next_len)
{
    if (next != NULL)
        link_next(x, seal_next(x, bound, next, next_len));
}

void api_page_out(struct htp_exchange *x, const char *bound, const void *next, size_t next_len,
                  const struct api_page *page, size_t total)
{
    if (next == NULL) {
        cv_jout_null(&x->out, "next_page_token");
    } else {
        const char *token = seal_next(x, bound, next, next_len);
        cv_jout_string(&x->out, "next_page_token", token);
        link_next(x, token);
    }
    if (page->want_total)
        cv_jout_int(&x->out, "total", (int64_t)total);
}
