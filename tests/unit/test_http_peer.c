#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/internal.h"

/* Who is it, on a connection from `connection`, with 10.0.0.0/8 and ::1 named as proxies? */
static const char *peer(const char *connection, const char *forwarded)
{
    static char text[CV_ADDRESS_TEXT];
    struct htp_proxies proxies = {0};
    struct cv_address from;

    assert_true(cv_networks_parse("10.0.0.0/8, ::1", proxies.networks, &proxies.count));
    assert_true(cv_address_parse(connection, strlen(connection), &from));
    from = htp_peer_of(from, forwarded, &proxies);
    cv_address_text(&from, text);
    return text;
}

static void test_only_a_named_proxy_is_believed(void **state)
{
    (void)state;
    assert_string_equal(peer("192.0.2.1", "198.51.100.7"), "192.0.2.1");
    assert_string_equal(peer("10.1.1.1", "198.51.100.7"), "198.51.100.7");
    assert_string_equal(peer("::1", " 2001:db8::7 "), "2001:db8::7");
    assert_string_equal(peer("10.1.1.1", NULL), "10.1.1.1");
    assert_string_equal(peer("10.1.1.1", ""), "10.1.1.1");
}

static void test_what_the_client_itself_wrote_is_not(void **state)
{
    (void)state;
    assert_string_equal(peer("10.1.1.1", "203.0.113.9, 198.51.100.7"), "198.51.100.7");
    assert_string_equal(peer("10.1.1.1", "203.0.113.9,198.51.100.7 , 10.2.2.2"), "198.51.100.7");
    assert_string_equal(peer("10.1.1.1", "10.3.3.3, 10.2.2.2"), "10.3.3.3");
}

static void test_what_is_no_address_ends_it(void **state)
{
    (void)state;
    assert_string_equal(peer("10.1.1.1", "unknown"), "10.1.1.1");
    assert_string_equal(peer("10.1.1.1", "198.51.100.7, rubbish"), "10.1.1.1");
    assert_string_equal(peer("10.1.1.1", "198.51.100.7, , 10.2.2.2"), "10.2.2.2");
    assert_string_equal(peer("10.1.1.1", ",,,"), "10.1.1.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_only_a_named_proxy_is_believed),
                                       cmocka_unit_test(test_what_the_client_itself_wrote_is_not),
                                       cmocka_unit_test(test_what_is_no_address_ends_it)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
