#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/internal.h"

static void test_language(void **state)
{
    (void)state;
    assert_int_equal(htp_language(NULL), CV_VI);
    assert_int_equal(htp_language(""), CV_VI);
    assert_int_equal(htp_language("en"), CV_EN);
    assert_int_equal(htp_language("EN-us"), CV_EN);
    assert_int_equal(htp_language("eng"), CV_VI);
    assert_int_equal(htp_language("vi, en"), CV_VI);
    assert_int_equal(htp_language("en;q=0.5, vi;q=0.6"), CV_VI);
    assert_int_equal(htp_language("en ; q=0.7 , vi;q=0.699"), CV_EN);
    assert_int_equal(htp_language("*"), CV_VI);
    assert_int_equal(htp_language("en;q=0, *;q=0.1"), CV_VI);
    assert_int_equal(htp_language("fr,de;q=0.9,en;q=0.001"), CV_EN);
    assert_int_equal(htp_language(";q=,,,q;=1"), CV_VI);
}

static void test_accept(void **state)
{
    const char *json = "application/json application/problem+json";

    (void)state;
    assert_true(htp_accept_allows(NULL, json));
    assert_true(htp_accept_allows("", json));
    assert_true(htp_accept_allows("*/*", json));
    assert_true(htp_accept_allows("application/*", json));
    assert_true(htp_accept_allows("Application/JSON; charset=utf-8", json));
    assert_true(htp_accept_allows("text/html, application/problem+json", json));
    assert_false(htp_accept_allows("text/html", json));
    assert_false(htp_accept_allows("text/html, */*;q=0", json));
    assert_false(htp_accept_allows("application/json;q=0, application/problem+json;q=0.0, */*", json));
    assert_true(htp_accept_allows("application/json;q=0, */*", json)); /* problem+json is left */
    assert_false(htp_accept_allows("application/jso", json));
    assert_false(htp_accept_allows("app/*", json));
    assert_true(htp_accept_allows("text/html;level=1;q=0.4, text/csv", "text/html"));
}

static void test_media_type(void **state)
{
    (void)state;
    assert_true(htp_media_type_in("application/json", "application/json"));
    assert_true(htp_media_type_in(" application/JSON ;charset=utf-8", "text/csv application/json"));
    assert_false(htp_media_type_in("application/jsonx", "application/json"));
    assert_false(htp_media_type_in("application", "application/json"));
    assert_false(htp_media_type_in("", "application/json"));
    assert_false(htp_media_type_in(NULL, "application/json"));
}

static void test_ids(void **state)
{
    (void)state;
    assert_true(htp_request_id_ok("a"));
    assert_true(htp_request_id_ok("0123456789012345678901234567890123456789012345678901234567890-_."));
    assert_false(htp_request_id_ok("01234567890123456789012345678901234567890123456789012345678901234"));
    assert_false(htp_request_id_ok(""));
    assert_false(htp_request_id_ok("a b"));
    assert_false(htp_request_id_ok("đ"));
    assert_true(htp_traceparent_ok("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
    assert_false(htp_traceparent_ok("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
    assert_false(htp_traceparent_ok("00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
    assert_false(htp_traceparent_ok("00-00000000000000000000000000000000-00f067aa0ba902b7-00"));
    assert_false(htp_traceparent_ok("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-000"));
    assert_false(htp_traceparent_ok("00-"));
}

static void check_match(const char *value, enum htp_match expected, int64_t revision)
{
    int64_t got = 99;

    assert_int_equal(htp_match_parse(value, &got), expected);
    assert_int_equal(got, expected == HTP_MATCH_VALUE ? revision : 99);
}

static void test_if_match(void **state)
{
    (void)state;
    check_match(NULL, HTP_MATCH_ABSENT, 0);
    check_match("*", HTP_MATCH_ANY, 0);
    check_match("\"12\"", HTP_MATCH_VALUE, 12);
    check_match("\"0\"", HTP_MATCH_VALUE, 0);
    check_match("\"999999999999999999\"", HTP_MATCH_VALUE, 999999999999999999);
    check_match("\"9999999999999999999\"", HTP_MATCH_VALUE, -1);
    check_match("\"012\"", HTP_MATCH_VALUE, -1);
    check_match("W/\"12\"", HTP_MATCH_VALUE, -1); /* weak never matches here (RFC 9110, 13.1.1) */
    check_match("12", HTP_MATCH_VALUE, -1);
    check_match("\"\"", HTP_MATCH_VALUE, -1);
    check_match("\"12", HTP_MATCH_VALUE, -1);
    check_match("\"12\" ", HTP_MATCH_VALUE, -1);
    check_match("", HTP_MATCH_VALUE, -1);
    check_match("\"-1\"", HTP_MATCH_VALUE, -1);
}

static void test_if_none_match(void **state)
{
    (void)state;
    assert_true(htp_none_match_holds("W/\"a\"", "W/\"a\""));
    assert_true(htp_none_match_holds("\"x\", \"a\"", "W/\"a\""));
    assert_true(htp_none_match_holds("*", "\"a\""));
    assert_false(htp_none_match_holds(NULL, "\"a\""));
    assert_false(htp_none_match_holds("\"ab\"", "\"a\""));
    assert_false(htp_none_match_holds("\"a", "\"a\""));
    assert_false(htp_none_match_holds("a", "\"a\""));
    assert_false(htp_none_match_holds("\"x\" rubbish \"a\"", "\"a\""));
    assert_false(htp_none_match_holds("", "\"a\""));
}

static void test_bearer_and_length(void **state)
{
    uint64_t n = 5;

    (void)state;
    assert_string_equal(htp_bearer("bEARER  abc.def"), "abc.def");
    assert_null(htp_bearer(NULL));
    assert_null(htp_bearer("Bearer"));
    assert_null(htp_bearer("Bearer "));
    assert_null(htp_bearer("Basic abc"));
    assert_null(htp_bearer("Bearer a b"));
    assert_false(htp_content_length("", &n));
    assert_false(htp_content_length("+1", &n));
    assert_false(htp_content_length("1 ", &n));
    assert_false(htp_content_length("99999999999999999999", &n));
    assert_int_equal(n, 5);
    assert_true(htp_content_length("0012", &n));
    assert_int_equal(n, 12);
}

static void test_links(void **state)
{
    (void)state;
    assert_string_equal(htp_link_name("/v1/brake-releases"), "release");
    assert_string_equal(htp_link_name("/v1/staff/stf_1/reinstatements"), "reinstatement");
    assert_string_equal(htp_link_name("/v1/staff/stf_1/departure"), "departure");
    assert_string_equal(htp_link_name("/v1/staff/stf_1"), "next");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language),   cmocka_unit_test(test_accept),
        cmocka_unit_test(test_media_type), cmocka_unit_test(test_ids),
        cmocka_unit_test(test_if_match),   cmocka_unit_test(test_if_none_match),
        cmocka_unit_test(test_links),      cmocka_unit_test(test_bearer_and_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
