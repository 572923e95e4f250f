#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/internal.h"

static void nothing(struct htp_exchange *x)
{
    (void)x;
}

#define ROUTE(m, p)                                                                                                    \
    {                                                                                                                  \
        .method = m, .pattern = p, .operation = p, .handler = nothing                                                  \
    }

static const struct htp_route routes[] = {
    ROUTE(HTP_GET, "/v1/staff"),
    ROUTE(HTP_POST, "/v1/staff"),
    ROUTE(HTP_GET, "/v1/staff/{staff}"),
    ROUTE(HTP_DELETE, "/v1/staff/{staff}"),
    ROUTE(HTP_GET, "/v1/staff/{staff}/accounts/{system}"),
    ROUTE(HTP_GET, "/v1/staff/current"),
    ROUTE(HTP_GET, "/v1/staff/{staff}/departure"),
    ROUTE(HTP_GET, "/v1/log/{level}/entries"),
    {.method = HTP_GET, .pattern = "/v1/log/{level}/{tile}", .operation = "tile", .handler = nothing, .tail = true},
    ROUTE(HTP_GET, "/"),
};

static const char *find(const char *path, const char *params)
{
    struct cv_error err = {0};
    struct htp_router *router = htp_router_new(routes, CV_COUNT(routes), &err);
    struct htp_piece pieces[HTP_MAX_PARAMS];
    size_t count = 99;
    const struct htp_place *place;
    const char *found;
    char got[100] = "";

    assert_non_null(router);
    place = htp_router_find(router, path, pieces, &count);
    for (size_t i = 0; i < count; i++) {
        strncat(got, pieces[i].at, pieces[i].len);
        strncat(got, " ", 2);
    }
    assert_string_equal(got, params);
    found = place && place->by_method[HTP_GET] ? place->by_method[HTP_GET]->operation : NULL;
    htp_router_free(&router);
    return found;
}

static void test_finds(void **state)
{
    (void)state;
    assert_string_equal(find("/v1/staff", ""), "/v1/staff");
    assert_string_equal(find("/v1/staff/NS-1", "NS-1 "), "/v1/staff/{staff}");
    assert_string_equal(find("/v1/staff/current", ""), "/v1/staff/current");
    assert_string_equal(find("/v1/staff/current/departure", "current "),
                        "/v1/staff/{staff}/departure"); /* the way back */
    assert_string_equal(find("/v1/staff/a/accounts/b", "a b "), "/v1/staff/{staff}/accounts/{system}");
    assert_string_equal(find("/v1/log/0/x001/234.p/5", "0 x001/234.p/5 "), "tile");
    assert_string_equal(find("/v1/log/0/entries", "0 "), "/v1/log/{level}/entries");
    assert_string_equal(find("/", ""), "/");
}

static void test_finds_nothing(void **state)
{
    static const char *const paths[] = {"/v1",
                                        "/v1/staf",
                                        "/v1/staffx",
                                        "/v1/staff/",
                                        "/v1/staff/a/",
                                        "/v1/staff/a/accounts",
                                        "/v1/staff/a/accounts/b/c",
                                        "/v1/log/0",
                                        "/v1/log/0/",
                                        "/v2/staff",
                                        "/V1/staff"};

    (void)state;
    for (size_t i = 0; i < CV_COUNT(paths); i++)
        assert_null(find(paths[i], ""));
}

static void test_allow(void **state)
{
    struct cv_error err = {0};
    struct htp_router *router = htp_router_new(routes, CV_COUNT(routes), &err);
    struct htp_piece pieces[HTP_MAX_PARAMS];
    size_t count;

    (void)state;
    assert_string_equal(htp_router_find(router, "/v1/staff", pieces, &count)->allow, "OPTIONS, GET, HEAD, POST");
    assert_string_equal(htp_router_find(router, "/v1/staff/x", pieces, &count)->allow, "OPTIONS, GET, HEAD, DELETE");
    htp_router_free(&router);
    assert_null(router);
    htp_router_free(&router);
}

static void test_bad_tables(void **state)
{
    static const struct htp_route twice[] = {ROUTE(HTP_GET, "/a/{x}"), ROUTE(HTP_GET, "/a/{y}")};
    static const struct htp_route shapeless[] = {ROUTE(HTP_GET, "a")};
    static const struct htp_route deep[] = {ROUTE(HTP_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}")};
    struct cv_error err = {0};

    (void)state;
    assert_null(htp_router_new(twice, 2, &err));
    assert_null(htp_router_new(shapeless, 1, &err));
    assert_null(htp_router_new(deep, 1, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_finds), cmocka_unit_test(test_finds_nothing),
                                       cmocka_unit_test(test_allow), cmocka_unit_test(test_bad_tables)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
