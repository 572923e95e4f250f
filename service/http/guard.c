/* What libmicrohttpd lets through and a proxy in front would read differently: request smuggling starts there.
 *
 * The library ends each word of a head with a NUL and leaves it where it arrived. So what it hands out must stand one
 * behind the other in its buffer, without a gap and up to the size of the head: a NUL that cuts a word, a line ended by
 * a bare LF, a folded line (0.9.75 glues it to the NAME) and a header without a name (dropped unseen) all break that.
 *
 * Not catchable behind the library, each pinned by a test in tests/service/test_http_guard.py (LIMITS). With 0.9.75,
 * all of it refused by 1.0: whatever leaves as many NULs looks like CRLF: NUL LF at the end of a line, a line of a
 * colon and LF, or of a NUL, at the end of a head; a line that begins with a NUL is an empty one, before a request and
 * behind chunks; a bare LF ends a line of chunked framing; blanks behind a Content-Length or Transfer-Encoding are
 * refused. With both: trailers are read and dropped (the connection ends), chunk extensions are too (1.0.1 refuses
 * them); "Expect: anything" is ignored; bytes that are no HTTP at all (a TLS hello) are kept until the deadline; tab
 * separators in the request line are closed without an answer. The library answers by itself, in HTML and without a
 * request id: a malformed Content-Length (0.9.75 sends its status line twice), a bad chunk size, a head larger than its
 * buffer (431, 414), HTTP/2.0 (505), HTTP/0.9; 1.0 does so for most of what this guard refuses. */
#include <string.h>
#include <strings.h>

#include "http/internal.h"

static const struct {
    const char *name;
    uint8_t len;
} fields[HTP_FIELDS] = {
    [HTP_HOST] = {"host", 4},
    [HTP_CONTENT_LENGTH] = {"content-length", 14},
    [HTP_TRANSFER_ENCODING] = {"transfer-encoding", 17},
    [HTP_AUTHORIZATION] = {"authorization", 13},
    [HTP_CONTENT_TYPE] = {"content-type", 12},
    [HTP_ACCEPT] = {"accept", 6},
    [HTP_ACCEPT_LANGUAGE] = {"accept-language", 15},
    [HTP_IF_MATCH] = {"if-match", 8},
    [HTP_IF_NONE_MATCH] = {"if-none-match", 13},
    [HTP_REQUEST_ID_FIELD] = {"x-request-id", 12},
    [HTP_TRACEPARENT] = {"traceparent", 11},
    [HTP_EXPECT] = {"expect", 6},
    [HTP_CONTENT_ENCODING] = {"content-encoding", 16},
    [HTP_FORWARDED_FOR] = {"x-forwarded-for", 15},
};

/* 1: a sign of a token (RFC 9110, 5.6.2). */
static const unsigned char token_sign[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1,         ['&'] = 1,         ['\''] = 1,
    ['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,         ['^'] = 1,         ['_'] = 1,
    ['`'] = 1, ['|'] = 1, ['~'] = 1, ['0' ... '9'] = 1, ['a' ... 'z'] = 1, ['A' ... 'Z'] = 1,
};

static bool is_token(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!token_sign[(unsigned char)s[i]])
            return false;
    return len > 0;
}

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

/* Eight bytes that are certainly all above 0x1f and not 0x7f (Hacker's Delight, 6-1). */
static bool clearly_text(const char *s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word, delete;

    memcpy(&word, s, sizeof(word));
    delete = word ^ ones * 0x7f;
    return ((((word - ones * 0x20) & ~word) | ((delete - ones) & ~delete)) & ones * 0x80) == 0;
}

static bool has_control(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (len - i >= 8 && clearly_text(s + i))
            i += 7;
        else if (is_control((unsigned char)s[i]))
            return true;
    return false;
}

/* ---- word behind word ---- */

static void blame(struct htp_head *head, const char *fault)
{
    head->fault = head->fault ? head->fault : fault;
}

static bool only_blanks(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    return from >= to;
}

void htp_guard_line(struct htp_head *head, const char *method, const char *target, size_t target_len,
                    const char *version)
{
    head->begin = method;
    head->end = version + strlen(version);
    if (!target || target != method + strlen(method) + 1 || version != target + target_len + 1)
        blame(head, "the words of the request line");
}

/* As they came, or a NUL of 0.9.75 in their place: a sign among them is of a line that it dropped. 1.0 refuses such
 * lines, and of a head that came in pieces it leaves other bytes there. */
static bool only_line_ends(const struct htp_head *head, const char *from, const char *to)
{
    while (from < to && memchr("\r\n", *from, sizeof("\r\n")))
        from++;
    return from >= to || head->trims;
}

/* Between two lines: CRLF. A library that trims leaves blanks before it. */
static bool line_ended(const struct htp_head *head, const char *next)
{
    ptrdiff_t gap = next - head->end;

    return (gap == 2 && only_line_ends(head, head->end, next)) ||
           (head->trims && gap > 2 && only_blanks(head->end + 1, next - 2));
}

static bool value_follows(const char *name, size_t name_len, const char *value)
{
    const char *from = name + name_len + 1;

    return value >= from && only_blanks(from, value);
}

void htp_guard_follow(struct htp_head *head, const char *name, size_t name_len, const char *value, size_t value_len)
{
    if (head->fault || !value)
        return; /* after a gap the pointers say nothing more */
    if (!line_ended(head, name))
        blame(head, "a NUL, a bare LF, a folded line or a header without a name");
    else if (!value_follows(name, name_len, value))
        blame(head, "a folded header");
    head->end = value + value_len;
}

void htp_guard_end(struct htp_head *head, size_t size)
{
    ptrdiff_t rest = head->begin + size - head->end;

    if (!(rest == 4 && only_line_ends(head, head->end, head->end + rest)) && !(head->trims && rest > 4))
        blame(head, "a NUL, a bare LF or a header without a name");
}

/* ---- names and values ---- */

static void know(struct htp_head *head, enum htp_field field, const char *name, const char *value)
{
    if (strncasecmp(name, fields[field].name, fields[field].len) != 0)
        return;
    if (head->count[field]++ == 0 || field == HTP_FORWARDED_FOR) /* each proxy adds behind what there is */
        head->value[field] = value;
}

static void sort_in(struct htp_head *head, const char *name, size_t len, const char *value)
{
    for (int i = 0; i < HTP_FIELDS; i++)
        if (fields[i].len == len)
            know(head, (enum htp_field)i, name, value);
}

void htp_guard_field(struct htp_head *head, const char *name, size_t name_len, const char *value, size_t value_len)
{
    if (!value || !is_token(name, name_len)) {
        blame(head, "a byte in a header name");
        return;
    }
    if (has_control(value, value_len)) {
        blame(head, "a control byte in a header value");
        return;
    }
    sort_in(head, name, name_len, value);
}

bool htp_body_follows(const struct htp_head *head)
{
    uint64_t length = 0;

    return head->count[HTP_TRANSFER_ENCODING] > 0 ||
           (head->value[HTP_CONTENT_LENGTH] &&
            !(htp_content_length(head->value[HTP_CONTENT_LENGTH], &length) && length == 0));
}

int htp_verb_of(const char *method, bool *out_head)
{
    static const char *const names[HTP_METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

    *out_head = strcmp(method, "HEAD") == 0;
    if (*out_head)
        return HTP_GET;
    for (int i = 0; i < HTP_METHODS; i++)
        if (strcmp(method, names[i]) == 0)
            return i;
    return strcmp(method, "OPTIONS") == 0 ? HTP_VERB_OPTIONS : HTP_VERB_UNKNOWN;
}

static const char *length_verdict(const struct htp_head *head, bool http_1_0)
{
    const char *coding = head->value[HTP_TRANSFER_ENCODING];
    const char *length = head->value[HTP_CONTENT_LENGTH];
    uint64_t n;

    if (head->count[HTP_CONTENT_LENGTH] > 1 || head->count[HTP_TRANSFER_ENCODING] > 1 || (coding && length))
        return "more than one statement of the body's length";
    if (coding && (http_1_0 || strcasecmp(coding, "chunked") != 0))
        return "a transfer coding other than chunked";
    return length && !htp_content_length(length, &n) ? "a malformed Content-Length" : NULL;
}

const char *htp_guard_verdict(const struct htp_head *head, const char *method, const char *version)
{
    bool http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    bool head_method;
    int verb = htp_verb_of(method, &head_method);
    const char *fault = head->fault ? head->fault : length_verdict(head, http_1_0);

    if (fault)
        return fault;
    if (!http_1_0 && strcmp(version, "HTTP/1.1") != 0)
        return "an HTTP version other than 1.0 and 1.1";
    if (head->count[HTP_HOST] > 1 || (head->count[HTP_HOST] == 0 && !http_1_0))
        return "not exactly one Host";
    if (head->value[HTP_HOST] && !htp_host_ok(head->value[HTP_HOST]))
        return "a Host that is no host";
    if (head->count[HTP_AUTHORIZATION] > 1 || head->count[HTP_CONTENT_TYPE] > 1)
        return "a repeated Authorization or Content-Type";
    if (!is_token(method, strlen(method)))
        return "a byte in the method";
    if (htp_body_follows(head) && verb != HTP_POST && verb != HTP_PUT && verb != HTP_PATCH)
        return "a body with a method that has none";
    return NULL;
}
