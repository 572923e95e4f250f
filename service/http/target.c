/* The request target: path and query, decoded strictly (RFC 9112 3.2, RFC 3986). */
#include <string.h>

#include "congvu/text.h"
#include "http/internal.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that an escape stands for, or -1. */
static int escaped(const char *percent)
{
    int high = hex_value(percent[1]);
    int low = high < 0 ? -1 : hex_value(percent[2]);

    return low < 0 ? -1 : high * 16 + low;
}

/* What a byte of the target is, if it may be there at all. */
enum { IN_PATH = 1, IN_QUERY = 2, BOTH = IN_PATH | IN_QUERY };
static const unsigned char target_byte[256] = {
    ['!'] = BOTH,         ['"'] = IN_QUERY, ['$'] = BOTH,     ['&' ... '.'] = BOTH, ['0' ... ';'] = BOTH,
    ['<'] = IN_QUERY,     ['='] = BOTH,     ['>'] = IN_QUERY, ['@' ... '['] = BOTH, ['\\'] = IN_QUERY,
    [']' ... '~'] = BOTH, ['/'] = IN_QUERY, ['?'] = IN_QUERY, /* '/', '?' and '%' of a path are looked at one by one */
};

/* What may stand for itself must not hide behind an escape, and controls must not come in at all. */
static bool path_escape(int byte)
{
    return byte > 0x1f && byte != 0x7f && byte != '.' && byte != '/' && byte != '\\';
}

static bool dots_only(const char *segment, size_t len)
{
    return (len == 1 && segment[0] == '.') || (len == 2 && segment[0] == '.' && segment[1] == '.');
}

static bool check_path(const char *raw, struct htp_target *out)
{
    const char *segment = raw + 1;
    const char *p;

    for (p = raw + 1; *p && *p != '?'; p++) {
        if (target_byte[(unsigned char)*p] & IN_PATH)
            continue;
        if (*p == '/' && p != segment && !dots_only(segment, (size_t)(p - segment)))
            segment = p + 1;
        else if (*p == '%' && path_escape(escaped(p)))
            out->encoded = true;
        else
            return false;
    }
    out->path_len = (size_t)(p - raw);
    out->query = *p == '?';
    return !dots_only(segment, (size_t)(p - segment));
}

static bool check_query(const char *query)
{
    for (const char *p = query; *p; p++)
        if (!(target_byte[(unsigned char)*p] & IN_QUERY) && !(*p == '%' && escaped(p) > 0))
            return false;
    return true;
}

enum htp_target_kind htp_target_check(const char *raw, struct htp_target *out)
{
    struct htp_target target = {0};

    if (!raw)
        return HTP_TARGET_BAD;
    if (strnlen(raw, HTP_MAX_TARGET + 1) > HTP_MAX_TARGET)
        return HTP_TARGET_LONG;
    if (strcmp(raw, "*") == 0)
        return HTP_TARGET_STAR;
    if (raw[0] != '/' || !check_path(raw, &target) || (target.query && !check_query(raw + target.path_len + 1)))
        return HTP_TARGET_BAD;
    *out = target;
    return HTP_TARGET_PATH;
}

bool htp_decode(const char *in, size_t len, bool plus_is_blank, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (in[i] == '%') {
            int byte = i + 2 < len ? escaped(in + i) : -1;

            if (byte <= 0)
                return false;
            out[n++] = (char)byte;
            i += 2;
        } else {
            out[n++] = plus_is_blank && in[i] == '+' ? ' ' : in[i];
        }
    }
    out[n] = '\0';
    return cv_text_valid(out, n);
}

/* A pair of `len` bytes at `at`, taken apart and decoded where it stands. */
static bool take_pair(char *at, size_t len, bool encoded, struct htp_pair *out)
{
    char *equals = memchr(at, '=', len);
    char *value = equals ? equals + 1 : at + len;
    size_t name_len = equals ? (size_t)(equals - at) : len;

    at[len] = '\0';
    at[name_len] = '\0';
    out->name = at;
    out->value = value;
    return !encoded ||
           (htp_decode(value, len - (size_t)(value - at), true, value) && htp_decode(at, name_len, true, at));
}

bool htp_query_split(struct cv_arena *arena, const char *query, struct htp_pair out[HTP_MAX_QUERY], size_t *out_count)
{
    size_t len = strlen(query);
    char *p = cv_arena_strndup(arena, query, len);
    bool encoded = memchr(query, '%', len) || memchr(query, '+', len);
    size_t count = 0;
    bool last = false;

    if (!cv_arena_ok(arena) || !cv_text_valid(query, len))
        return false;
    while (!last) {
        char *end = strchrnul(p, '&');

        last = *end == '\0';
        if (end > p && (count == HTP_MAX_QUERY || !take_pair(p, (size_t)(end - p), encoded, &out[count++])))
            return false;
        p = end + 1;
    }
    *out_count = count;
    return true;
}
