#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "http/internal.h"

static void field(struct htp_head *head, const char *name, const char *value)
{
    htp_guard_field(head, name, strlen(name), value, value ? strlen(value) : 0);
}

static struct htp_head head_of(const char *const *pairs)
{
    struct htp_head head = {0};

    for (; pairs[0]; pairs += 2) {
        field(&head, pairs[0], pairs[1]);
    }
    return head;
}

#define HEAD(...) head_of((const char *const[]){__VA_ARGS__, NULL})

static bool clean(struct htp_head head, const char *method)
{
    return htp_guard_verdict(&head, method, "HTTP/1.1") == NULL;
}

static void test_clean(void **state)
{
    struct htp_head none = {0};

    (void)state;
    assert_true(clean(HEAD("Host", "a"), "GET"));
    assert_true(clean(HEAD("hOST", "a", "Content-Length", "12"), "POST"));
    assert_true(clean(HEAD("Host", "a", "Transfer-Encoding", "Chunked"), "PUT"));
    assert_true(clean(HEAD("Host", "a", "Content-Length", "0"), "GET"));
    assert_true(clean(HEAD("Host", "a", "X", "tab\tand \xc4\x91"), "GET"));
    assert_null(htp_guard_verdict(&none, "GET", "HTTP/1.0")); /* 1.0 may come without Host */
}

/* Wherever it stands in a value, and whatever stands beside it. */
static void test_controls_everywhere(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;

        for (size_t at = 0; at < 20; at++) {
            char value[21] = " ~~\xc4\x91\xff\x80\xa0 ~!\t~~~~~~~~";

            value[at] = (char)byte;
            assert_int_equal(clean(HEAD("Host", "a", "X", value), "GET"), !control);
        }
    }
}

static void test_refused(void **state)
{
    (void)state;
    assert_false(clean(HEAD("Host", "a", "Host", "a"), "GET"));
    assert_false(clean(HEAD("X", "a"), "GET"));
    assert_false(clean(HEAD("Host", "a", "X ", "a"), "GET"));
    assert_false(clean(HEAD("Host", "a", "", "a"), "GET"));
    assert_false(clean(HEAD("Host", "a", "X\xc4", "a"), "GET"));
    assert_false(clean(HEAD("Host", "a", "X", "a\rb"), "GET"));
    assert_false(clean(HEAD("Host", "a", "Content-Length", "1", "content-length", "1"), "POST"));
    assert_false(clean(HEAD("Host", "a", "Content-Length", "1", "Transfer-Encoding", "chunked"), "POST"));
    assert_false(clean(HEAD("Host", "a", "Content-Length", "+1"), "POST"));
    assert_false(clean(HEAD("Host", "a", "Transfer-Encoding", "chunked, chunked"), "POST"));
    assert_false(clean(HEAD("Host", "a", "Transfer-Encoding", "chunked"), "GET"));
    assert_false(clean(HEAD("Host", "a", "Content-Length", "1"), "DELETE"));
    assert_false(clean(HEAD("Host", "a"), "G(T"));
    assert_false(clean(HEAD("Host", "a"), ""));
}

static void test_null_value(void **state)
{
    struct htp_head head = {0};

    (void)state;
    field(&head, "Host", NULL);
    assert_non_null(head.fault);
}

/* What the library's buffer looks like: name NUL blanks value. */
static void test_folded(void **state)
{
    static const char honest[] = "X-A\0 \t value";
    static const char other[] = "X-A\0x value";
    static const char tight[] = "X-A\0value";

    (void)state;
    assert_false(htp_guard_folded(honest, 3, honest + 7));
    assert_false(htp_guard_folded(tight, 3, tight + 4));
    assert_true(htp_guard_folded(other, 3, other + 6));
    assert_true(htp_guard_folded(honest + 7, 2, honest)); /* the name was moved behind its value */
}

static void test_verbs(void **state)
{
    bool head;

    (void)state;
    assert_int_equal(htp_verb_of("PATCH", &head), HTP_PATCH);
    assert_false(head);
    assert_int_equal(htp_verb_of("HEAD", &head), HTP_GET);
    assert_true(head);
    assert_int_equal(htp_verb_of("OPTIONS", &head), HTP_VERB_OPTIONS);
    assert_int_equal(htp_verb_of("get", &head), HTP_VERB_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),      cmocka_unit_test(test_refused), cmocka_unit_test(test_controls_everywhere),
        cmocka_unit_test(test_null_value), cmocka_unit_test(test_folded),  cmocka_unit_test(test_verbs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
