/* JSON written straight into a buffer. */
#include <string.h>

#include "base/inner.h"
#include "congvu/json.h"

enum { DEEPEST = 31 };

const unsigned char cv_json_escapes[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 'b', 't', 'n', 1, 'f',         'r',           1,          1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1,   1,   1,   1, ['"'] = '"', ['\\'] = '\\', [0x7F] = 1,
};

/* One escaped sign into out (up to 6 bytes). */
static size_t escape_one(unsigned char c, char out[6])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char how = cv_json_escapes[c];

    out[0] = '\\';
    if (how != 1) {
        out[1] = (char)how;
        return 2;
    }
    out[1] = 'u';
    out[2] = out[3] = '0';
    out[4] = hex[c >> 4];
    out[5] = hex[c & 15];
    return 6;
}

size_t cv_json_escape(const char *s, size_t len, char *out, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        char one[6] = {s[i]};
        size_t size = cv_json_escapes[(unsigned char)s[i]] ? escape_one((unsigned char)s[i], one) : 1;

        if (size > room - n)
            return cv_utf8_whole(out, n);
        memcpy(out + n, one, size);
        n += size;
    }
    return n;
}

static void put_quoted(struct cv_buf *b, const char *s)
{
    const char *run = s;

    cv_buf_putc(b, '"');
    for (;; s++) {
        if (!cv_json_escapes[(unsigned char)*s])
            continue;
        cv_buf_put(b, run, (size_t)(s - run)); /* the NUL is in the table too */
        if (!*s)
            break;
        char one[6];

        cv_buf_put(b, one, escape_one((unsigned char)*s, one));
        run = s + 1;
    }
    cv_buf_putc(b, '"');
}

void cv_jout_init(struct cv_jout *j, struct cv_buf *buf)
{
    *j = (struct cv_jout){.buf = buf, .first = 1};
}

bool cv_jout_ok(const struct cv_jout *j)
{
    return j->depth == 0 && !(j->first & 1) && cv_buf_ok(j->buf);
}

/* The comma and the name that come before a value. */
static void before(struct cv_jout *j, const char *name)
{
    uint32_t bit = UINT32_C(1) << j->depth;

    if (j->first & bit)
        j->first &= ~bit;
    else if (j->depth == 0)
        cv_die("JSON: a second value at the top");
    else
        cv_buf_putc(j->buf, ',');
    if ((name == NULL) != (j->depth == 0 || (j->array & bit) != 0))
        cv_die("JSON: members of objects have names, items have none");
    if (name) {
        put_quoted(j->buf, name);
        cv_buf_putc(j->buf, ':');
    }
}

static void open_level(struct cv_jout *j, const char *name, bool array)
{
    before(j, name);
    if (j->depth == DEEPEST)
        cv_die("JSON: nested too deeply");
    cv_buf_putc(j->buf, array ? '[' : '{');
    j->depth++;
    uint32_t bit = UINT32_C(1) << j->depth;

    j->first |= bit;
    j->array = array ? j->array | bit : j->array & ~bit;
}

void cv_jout_object(struct cv_jout *j, const char *name)
{
    open_level(j, name, false);
}

void cv_jout_array(struct cv_jout *j, const char *name)
{
    open_level(j, name, true);
}

void cv_jout_end(struct cv_jout *j)
{
    if (j->depth == 0)
        cv_die("JSON: nothing to end");
    cv_buf_putc(j->buf, j->array & (UINT32_C(1) << j->depth) ? ']' : '}');
    j->depth--;
}

void cv_jout_string(struct cv_jout *j, const char *name, const char *value)
{
    if (!value) {
        cv_jout_null(j, name);
        return;
    }
    before(j, name);
    put_quoted(j->buf, value);
}

void cv_jout_strings(struct cv_jout *j, const char *name, const char *const *values, size_t count)
{
    cv_jout_array(j, name);
    for (size_t i = 0; i < count; i++)
        cv_jout_string(j, NULL, values[i]);
    cv_jout_end(j);
}

void cv_jout_words(struct cv_jout *j, const char *name, const char *const *words, uint32_t bits)
{
    cv_jout_array(j, name);
    for (int i = 0; words[i] != NULL; i++)
        if (bits >> i & 1u)
            cv_jout_string(j, NULL, words[i]);
    cv_jout_end(j);
}

void cv_jout_int(struct cv_jout *j, const char *name, int64_t value)
{
    char digits[24], *end = digits + sizeof(digits), *p = end;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    before(j, name);
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--p = '-';
    cv_buf_put(j->buf, p, (size_t)(end - p));
}

void cv_jout_bool(struct cv_jout *j, const char *name, bool value)
{
    cv_jout_raw(j, name, value ? "true" : "false", value ? 4 : 5);
}

void cv_jout_null(struct cv_jout *j, const char *name)
{
    cv_jout_raw(j, name, "null", 4);
}

void cv_jout_day(struct cv_jout *j, const char *name, cv_day d)
{
    char text[CV_DAY_TEXT];

    cv_jout_string(j, name, *cv_day_iso(d, text) ? text : NULL);
}

void cv_jout_moment(struct cv_jout *j, const char *name, cv_moment m)
{
    char text[CV_MOMENT_TEXT];

    cv_jout_string(j, name, *cv_moment_rfc3339(m, text) ? text : NULL);
}

/* In ten-thousandths. */
static unsigned __int128 parts_of(struct cv_ratio r)
{
    unsigned __int128 twice = (unsigned __int128)(uint64_t)r.numerator * 20000 + (uint64_t)r.denominator;
    unsigned __int128 parts = twice / ((unsigned __int128)(uint64_t)r.denominator * 2);

    if (parts >= 10000 && r.numerator < r.denominator)
        parts = 9999;
    else if (parts <= 10000 && r.numerator > r.denominator)
        parts = 10001;
    else if (parts == 0 && r.numerator > 0)
        parts = 1;
    return parts;
}

static bool has_value(struct cv_ratio r)
{
    return r.denominator > 0 && r.numerator >= 0;
}

static void put_parts(struct cv_jout *j, const char *name, bool negative, unsigned __int128 parts)
{
    char text[48], *end = text + sizeof(text), *p = end - 4;
    unsigned __int128 whole = parts / 10000;

    cv_put_digits(p, (uint64_t)(parts % 10000), 4);
    *--p = '.';
    do {
        *--p = (char)('0' + (int)(whole % 10));
        whole /= 10;
    } while (whole > 0);
    if (negative)
        *--p = '-';
    cv_jout_raw(j, name, p, (size_t)(end - p));
}

void cv_jout_ratio(struct cv_jout *j, const char *name, int64_t numerator, int64_t denominator)
{
    const struct cv_ratio r = {numerator, denominator};

    if (has_value(r))
        put_parts(j, name, false, parts_of(r));
    else
        cv_jout_null(j, name);
}

void cv_jout_ratio_change(struct cv_jout *j, const char *name, struct cv_ratio from, struct cv_ratio to)
{
    if (!has_value(from) || !has_value(to)) {
        cv_jout_null(j, name);
        return;
    }
    unsigned __int128 a = parts_of(from), b = parts_of(to);

    put_parts(j, name, b < a, b < a ? a - b : b - a);
}

void cv_jout_raw(struct cv_jout *j, const char *name, const char *json, size_t len)
{
    before(j, name);
    cv_buf_put(j->buf, json, len);
}
