#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/network.h"

static bool holds(const char *network, const char *address)
{
    struct cv_network net;
    struct cv_address a;

    assert_true(cv_network_parse(network, strlen(network), &net));
    assert_true(cv_address_parse(address, strlen(address), &a));
    return cv_network_holds(&net, &a);
}

static void addresses_are_read_whole_or_not(void **state)
{
    static const char *const bad[] = {"",          "1.2.3",     "1.2.3.4.5", "1.2.3.4 ",   " 1.2.3.4",
                                      "256.1.1.1", "01.2.3.4x", "::1%lo",    "1.2.3.4:80", "::g",
                                      "localhost", "1.2.3.4/8", "[::1]",     "::1::2"};
    struct cv_address a;
    char text[CV_ADDRESS_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(cv_address_parse(bad[i], strlen(bad[i]), &a));
    assert_true(cv_address_parse("::ffff:192.0.2.1", 16, &a));
    cv_address_text(&a, text);
    assert_string_equal(text, "192.0.2.1");
    assert_true(cv_address_parse("2001:DB8::5, more", 11, &a));
    cv_address_text(&a, text);
    assert_string_equal(text, "2001:db8::5");
}

static void networks_hold_what_they_say(void **state)
{
    static const char *const bad[] = {"10.0.0.0/", "10.0.0.0/33",  "10.0.0.0/+8",  "/8",
                                      "::/129",    "10.0.0.0/8/8", "10.0.0.0/0008"};
    struct cv_network net;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(cv_network_parse(bad[i], strlen(bad[i]), &net));
    assert_true(holds("10.0.0.0/8", "10.255.0.1"));
    assert_false(holds("10.0.0.0/8", "11.0.0.0"));
    assert_true(holds("192.0.2.128/25", "192.0.2.200"));
    assert_false(holds("192.0.2.128/25", "192.0.2.127"));
    assert_true(holds("0.0.0.0/0", "8.8.8.8"));
    assert_false(holds("0.0.0.0/0", "::1"));
    assert_true(holds("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(holds("2001:db8::/33", "2001:db8:8000::1"));
    assert_true(holds("192.0.2.7", "::ffff:192.0.2.7"));
}

static void lists_of_networks(void **state)
{
    struct cv_network nets[CV_MAX_NETWORKS];
    size_t count = 9;

    (void)state;
    assert_true(cv_networks_parse("", nets, &count) && count == 0);
    assert_true(cv_networks_parse(" 127.0.0.1 ,::1,10.0.0.0/8 ", nets, &count) && count == 3);
    assert_false(cv_networks_parse("127.0.0.1, localhost", nets, &count));
    assert_false(cv_networks_parse("1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 "
                                   "1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1",
                                   nets, &count));
}

static void what_one_listens_on(void **state)
{
    static const char *const bad[] = {
        "",       "8080",    ":8080",          "127.0.0.1",    "127.0.0.1:",    "127.0.0.1:65536", "127.0.0.1:+1",
        "::1:80", "[::1]80", "[127.0.0.1]:80", "localhost:80", "127.0.0.1:80 ", "[::1]:"};
    struct cv_address a;
    uint16_t port = 1;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(cv_listen_parse(bad[i], &a, &port));
    assert_true(cv_listen_parse("127.1.2.3:0", &a, &port) && port == 0 && cv_address_is_loopback(&a));
    assert_true(cv_listen_parse("[::1]:65535", &a, &port) && port == 65535 && cv_address_is_loopback(&a));
    assert_true(cv_listen_parse("0.0.0.0:80", &a, &port) && !cv_address_is_loopback(&a));
    assert_true(cv_listen_parse("[::]:80", &a, &port) && !cv_address_is_loopback(&a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses_are_read_whole_or_not),
                                       cmocka_unit_test(networks_hold_what_they_say),
                                       cmocka_unit_test(lists_of_networks), cmocka_unit_test(what_one_listens_on)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
