/* What a cookie of syncprov says: "rid=000,sid=001,csn=A;B", one CSN for each server that writes. */
#include <stdlib.h>
#include <string.h>

#include "directory/feed/internal.h"

enum { CLOCK_SLACK_S = 2, MONO_PER_SLACK = 1000 }; /* clocks that are slewed differ by half of 1/1000 at most */

/* The part that begins with `name`, up to the next comma; *out_len 0 when there is none. */
static const char *part_of(const char *text, size_t len, const char *name, size_t *out_len)
{
    size_t named = strlen(name);

    for (size_t at = 0; at + named <= len;) {
        const char *comma = memchr(text + at, ',', len - at);
        size_t end = comma ? (size_t)(comma - text) : len;

        if (end - at >= named && memcmp(text + at, name, named) == 0) {
            *out_len = end - at;
            return text + at;
        }
        at = end + 1;
    }
    *out_len = 0;
    return text;
}

/* `sid` names the consumer: a server that is given its own number passes over every change that it made itself. */
bool sync_cookie_set(struct sync_cookie *c, const struct berval *value)
{
    size_t cut, at;

    if (value->bv_len > sizeof(c->bytes))
        return false;
    at = (size_t)(part_of(value->bv_val, value->bv_len, "sid=", &cut) - value->bv_val);
    cut += cut && at + cut < value->bv_len; /* with its comma */
    c->at_ns = cv_mono_ns();
    c->len = value->bv_len - cut;
    memcpy(c->bytes, value->bv_val, at);
    memcpy(c->bytes + at, value->bv_val + at + cut, c->len - at);
    return true;
}

bool sync_csn_next(const struct sync_cookie *c, size_t *at, struct sync_csn *out)
{
    static const char name[] = "csn=";
    size_t len;
    const char *list = part_of(c->bytes, c->len, name, &len);
    size_t from = sizeof(name) - 1 + *at;

    if (from >= len)
        return false;
    const char *end = memchr(list + from, ';', len - from);
    size_t size = (end ? (size_t)(end - list) : len) - from;

    *at += size + 1;
    out->text[0] = '\0';
    if (size < sizeof(out->text)) {
        memcpy(out->text, list + from, size);
        out->text[size] = '\0';
    }
    return true;
}

static bool reached(const char *csn, const struct dir_attr *context)
{
    for (size_t i = 0; i < context->count; i++)
        if (dir_csn_same_writer(csn, context->values[i].bytes))
            return strcmp(context->values[i].bytes, csn) >= 0;
    return false;
}

bool sync_cookie_covered(const struct sync_cookie *c, const struct dir_attr *context)
{
    struct sync_csn csn;
    size_t at = 0, seen = 0;

    for (; sync_csn_next(c, &at, &csn); seen++)
        if (!reached(csn.text, context))
            return false;
    return seen > 0;
}

static bool seconds_of(const char *csn, cv_moment *out)
{
    char text[CV_MOMENT_TEXT];
    size_t len = strcspn(csn, "#");

    if (len >= sizeof(text))
        return false;
    memcpy(text, csn, len);
    text[len] = '\0';
    return cv_moment_parse_ldap(text, out);
}

/* Their clock must have gone on since as ours did: what was written while it stood back has CSNs below the cookie's. */
static bool ran_on(const char *from, const char *to, int64_t passed_s)
{
    cv_moment first, last;

    return seconds_of(from, &first) && seconds_of(to, &last) &&
           last - first >= passed_s - passed_s / MONO_PER_SLACK - CLOCK_SLACK_S;
}

bool sync_cookie_passed(const struct sync_cookie *c, const char *csn, int64_t age_ns)
{
    struct sync_csn each;
    size_t at = 0, seen = 0;

    for (; sync_csn_next(c, &at, &each); seen++)
        if (strcmp(csn, each.text) <= 0 || !ran_on(each.text, csn, age_ns / 1000000000))
            return false;
    return seen > 0;
}
