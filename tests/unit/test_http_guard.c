#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/internal.h"

static void field(struct htp_head *head, const char *name, const char *value)
{
    htp_guard_field(head, name, strlen(name), value, value ? strlen(value) : 0);
}

static struct htp_head head_of(const char *const *pairs)
{
    struct htp_head head = {0};

    for (; pairs[0]; pairs += 2)
        field(&head, pairs[0], pairs[1]);
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

/* What the library's buffer looks like after "GET /a HTTP/1.1 CRLF X-A: \t value CRLF CRLF". */
struct buffer {
    char bytes[64];
    size_t len;
};

static struct buffer buffer_of(const char *bytes, size_t len)
{
    struct buffer b = {.len = len};

    memcpy(b.bytes, bytes, len);
    return b;
}
#define BUFFER(line) buffer_of("GET\0/a\0HTTP/1.1\0\0" line, sizeof("GET\0/a\0HTTP/1.1\0\0" line) - 1)
enum { LINE = 17, TARGET = 4, VERSION = 7 };

/* The name at `name`, its value at `value`, both from the beginning of the line. */
static bool stands(const struct buffer *b, bool trims, size_t name, size_t value)
{
    struct htp_head head = {.trims = trims};
    const char *line = b->bytes + LINE;

    htp_guard_line(&head, b->bytes, b->bytes + TARGET, 2, b->bytes + VERSION);
    htp_guard_follow(&head, line + name, strlen(line + name), line + value, strlen(line + value));
    htp_guard_end(&head, b->len);
    return head.fault == NULL;
}

static void test_word_behind_word(void **state)
{
    const struct buffer honest = BUFFER("X-A\0 \t value\0\0\0\0"), tight = BUFFER("X-A\0value\0\0\0\0"),
                        nothing = BUFFER("X-A\0\0\0\0\0"), nul = BUFFER("X-A\0 a\0b\0\0\0\0"),
                        nul_last = BUFFER("X-A\0 a\0\0\0\0\0"), bare_lf = BUFFER("X-A\0 a\0\0\0"),
                        nameless = BUFFER("\0 a\0\0X-A\0 a\0\0\0\0"), other = BUFFER("X-A\0x value\0\0\0\0"),
                        trimmed = BUFFER("X-A\0 a\0 \r\n\r\n");

    (void)state;
    assert_true(stands(&honest, false, 0, 7));
    assert_true(stands(&honest, true, 0, 7));
    assert_true(stands(&tight, false, 0, 4));
    assert_true(stands(&nothing, false, 0, 4));
    assert_false(stands(&other, false, 0, 6));
    assert_false(stands(&honest, false, 7, 0)); /* folded: the name was moved behind its value */
    assert_false(stands(&nul, false, 0, 5));
    assert_false(stands(&nul_last, false, 0, 5));
    assert_false(stands(&bare_lf, false, 0, 5));
    assert_false(stands(&nameless, false, 5, 10));
    assert_true(stands(&trimmed, true, 0, 5));
    assert_false(stands(&trimmed, false, 0, 5));
}

static void test_request_line(void **state)
{
    const struct buffer b = BUFFER("\0\0");
    struct htp_head head = {0};

    (void)state;
    htp_guard_line(&head, b.bytes, b.bytes + TARGET, 2, b.bytes + VERSION);
    htp_guard_end(&head, LINE + 2);
    assert_null(head.fault);
    htp_guard_line(&head, b.bytes, b.bytes + TARGET, 1, b.bytes + VERSION); /* a NUL has cut the target */
    assert_non_null(head.fault);
    head = (struct htp_head){0};
    htp_guard_line(&head, b.bytes, NULL, 0, b.bytes + VERSION);
    assert_non_null(head.fault);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_clean),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_controls_everywhere),
                                       cmocka_unit_test(test_null_value),
                                       cmocka_unit_test(test_word_behind_word),
                                       cmocka_unit_test(test_request_line),
                                       cmocka_unit_test(test_verbs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
