#include <string.h>

#include "congvu/text.h"
#include "internal.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that an escape stands for, or -1. */
static int escaped(const char *percent)
{
    int high = hex_value(percent[1]);
    int low = high < 0 ? -1 : hex_value(percent[2]);

    return low < 0 ? -1 : high * 16 + low;
}

/* A byte that a path may hold as it stands. */
static bool path_byte(unsigned char c)
{
    return c > 0x20 && c < 0x7f && c != '\\' && c != '#' && c != '"' && c != '<' && c != '>';
}

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
        if (!path_byte((unsigned char)*p)) {
            return false;
        }
        if (*p == '/') {
            if (p == segment || dots_only(segment, (size_t)(p - segment))) {
                return false;
            }
            segment = p + 1;
        } else if (*p == '%') {
            if (!path_escape(escaped(p))) {
                return false;
            }
            out->encoded = true;
        }
    }
    out->path_len = (size_t)(p - raw);
    out->query = *p == '?';
    return !dots_only(segment, (size_t)(p - segment));
}

static bool check_query(const char *query)
{
    for (const char *p = query; *p; p++) {
        unsigned char c = (unsigned char)*p;

        if (c <= 0x20 || c >= 0x7f || c == '#' || (c == '%' && escaped(p) <= 0)) {
            return false;
        }
    }
    return true;
}

enum htp_target_kind htp_target_check(const char *raw, struct htp_target *out)
{
    struct htp_target target = {0};

    if (!raw) {
        return HTP_TARGET_BAD;
    }
    if (strnlen(raw, HTP_MAX_TARGET + 1) > HTP_MAX_TARGET) {
        return HTP_TARGET_LONG;
    }
    if (strcmp(raw, "*") == 0) {
        return HTP_TARGET_STAR;
    }
    if (raw[0] != '/' || !check_path(raw, &target) || (target.query && !check_query(raw + target.path_len + 1))) {
        return HTP_TARGET_BAD;
    }
    *out = target;
    return HTP_TARGET_PATH;
}

bool htp_decode(const char *in, size_t len, bool plus_is_blank, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (in[i] == '%') {
            int byte = i + 2 < len ? escaped(in + i) : -1;

            if (byte <= 0) {
                return false;
            }
            out[n++] = (char)byte;
            i += 2;
        } else {
            out[n++] = plus_is_blank && in[i] == '+' ? ' ' : in[i];
        }
    }
    out[n] = '\0';
    return cv_text_valid(out, n);
}

static bool decode_part(struct cv_arena *arena, const char *at, size_t len, const char **out)
{
    char *text = cv_arena_alloc(arena, len + 1);

    if (!cv_arena_ok(arena) || !htp_decode(at, len, true, text)) {
        return false;
    }
    *out = text;
    return true;
}

bool htp_query_split(struct cv_arena *arena, const char *query, struct htp_pair out[HTP_MAX_QUERY], size_t *out_count)
{
    size_t count = 0;

    for (const char *p = query; *p;) {
        size_t len = strcspn(p, "&");
        const char *equals = memchr(p, '=', len);
        size_t name_len = equals ? (size_t)(equals - p) : len;

        if (len > 0) {
            if (count == HTP_MAX_QUERY || !decode_part(arena, p, name_len, &out[count].name) ||
                !decode_part(arena, equals ? equals + 1 : "", equals ? len - name_len - 1 : 0, &out[count].value)) {
                return false;
            }
            count++;
        }
        p += len + (p[len] == '&' ? 1 : 0);
    }
    *out_count = count;
    return true;
}
