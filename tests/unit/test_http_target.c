#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/internal.h"

static enum htp_target_kind kind(const char *raw)
{
    struct htp_target t;

    return htp_target_check(raw, &t);
}

static void test_clean_targets(void **state)
{
    static const char *const clean[] = {
        "/",        "/v1/staff",  "/v1/staff/NS-0001",      "/v1/staff/a.b", "/v1/staff/...", "/v1/staff/.a",
        "/a/b?x=1", "/a?x=../..", "/a?x=%2F%2e//",          "/a?",           "/%C4%91",       "/v1/staff/",
        "/a%3Fb",   "/a?b?c",     "/a:b@c;d,e!$&'()*+=~_-",
    };
    struct htp_target t;

    (void)state;
    for (size_t i = 0; i < CV_COUNT(clean); i++)
        assert_int_equal(kind(clean[i]), HTP_TARGET_PATH);
    assert_int_equal(htp_target_check("/a/%41?q=1", &t), HTP_TARGET_PATH);
    assert_int_equal(t.path_len, 6);
    assert_true(t.encoded && t.query);
    assert_int_equal(htp_target_check("/ab", &t), HTP_TARGET_PATH);
    assert_false(t.encoded || t.query);
}

static void test_refused_targets(void **state)
{
    static const char *const bad[] = {
        "",          "a",     "http://a/b", "//a",    "/a//b",     "/..",    "/../a",    "/a/..",   "/a/../b",
        "/.",        "/./a",  "/a/.?x=1",   "/%2e",   "/%2E%2e/a", "/a%2fb", "/a%2Fb",   "/a%5cb",  "/a\\b",
        "/a%00",     "/a%0a", "/a%7f",      "/a%",    "/a%4",      "/a%zz",  "/a b",     "/a\tb",   "/a\x7f",
        "/\xc4\x91", "/a#b",  "/a?b#c",     "/a?b c", "/a?b=%00",  "/a?b=%", "/a?b=%g1", "/a?\x01",
    };

    (void)state;
    assert_int_equal(kind(NULL), HTP_TARGET_BAD);
    for (size_t i = 0; i < CV_COUNT(bad); i++)
        if (kind(bad[i]) != HTP_TARGET_BAD)
            fail_msg("let through: %s", bad[i]);
    assert_int_equal(kind("*"), HTP_TARGET_STAR);
}

static void test_length(void **state)
{
    static char raw[HTP_MAX_TARGET + 2];

    (void)state;
    memset(raw, 'a', sizeof(raw) - 1);
    raw[0] = '/';
    assert_int_equal(kind(raw), HTP_TARGET_LONG);
    raw[HTP_MAX_TARGET] = '\0';
    assert_int_equal(kind(raw), HTP_TARGET_PATH);
}

static void test_decode(void **state)
{
    char out[32];

    (void)state;
    assert_true(htp_decode("%C4%91%e1%bb%A9c+a", 19 - 1, true, out));
    assert_string_equal(out, "đức a");
    assert_true(htp_decode("a+b", 3, false, out));
    assert_string_equal(out, "a+b");
    assert_true(htp_decode("%41xyz", 3, false, out)); /* only len bytes count */
    assert_string_equal(out, "A");
    assert_false(htp_decode("%41", 2, false, out));
    assert_false(htp_decode("%00", 3, false, out));
    assert_false(htp_decode("%ff", 3, false, out));
    assert_false(htp_decode("%C4", 3, false, out));
    assert_false(htp_decode("%ED%A0%80", 9, false, out)); /* a surrogate */
}

static void test_query_split(void **state)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct htp_pair pairs[HTP_MAX_QUERY];
    char many[HTP_MAX_QUERY * 2 + 8] = "";
    size_t count = 0;

    (void)state;
    assert_true(htp_query_split(arena, "a=1&b=%C4%91+x&&c&d==&=e", pairs, &count));
    assert_int_equal(count, 5);
    assert_string_equal(pairs[1].value, "đ x");
    assert_string_equal(pairs[2].name, "c");
    assert_string_equal(pairs[2].value, "");
    assert_string_equal(pairs[3].value, "=");
    assert_string_equal(pairs[4].name, "");
    assert_false(htp_query_split(arena, "a=%ff", pairs, &count));
    assert_int_equal(count, 5); /* untouched on failure */
    assert_true(htp_query_split(arena, "", pairs, &count));
    assert_int_equal(count, 0);
    for (int i = 0; i <= HTP_MAX_QUERY; i++) {
        many[i * 2] = 'a';
        many[i * 2 + 1] = '&';
    }
    assert_false(htp_query_split(arena, many, pairs, &count));
    many[HTP_MAX_QUERY * 2] = '\0';
    assert_true(htp_query_split(arena, many, pairs, &count));
    assert_int_equal(count, HTP_MAX_QUERY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean_targets), cmocka_unit_test(test_refused_targets), cmocka_unit_test(test_length),
        cmocka_unit_test(test_decode),        cmocka_unit_test(test_query_split),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
