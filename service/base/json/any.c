/* Documents of others: liberal reading. A cv_jany is the library's value itself, which the document keeps alive. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/inner.h"
#include "base/json/internal.h"
#include "congvu/json.h"
#include "congvu/text.h"

static const json_t *value_of(const struct cv_jany *v)
{
    return (const json_t *)(const void *)v;
}

static const struct cv_jany *any(const json_t *v)
{
    return (const struct cv_jany *)(const void *)v;
}

static void release(void *tree)
{
    json_decref(tree);
}

const struct cv_jany *cv_jany_parse(struct cv_arena *arena, const char *bytes, size_t len, struct cv_error *err)
{
    json_error_t why;

    cv_json_init();
    if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark: not JSON, and often there */
        bytes += 3;
        len -= 3;
    }
    json_t *tree =
        cv_json_too_deep(bytes, len) || memchr(bytes, '\0', len) ? NULL : json_loadb(bytes, len, JSON_DECODE_ANY, &why);

    if (!tree) {
        cv_fail(err, cvp_malformed_body, NULL, "Câu trả lời không phải JSON", "The answer is not JSON");
        return NULL;
    }
    cv_arena_defer(arena, release, tree);
    return any(tree);
}

enum cv_jany_kind cv_jany_kind(const struct cv_jany *v)
{
    if (!v)
        return CV_JANY_NONE;
    switch (json_typeof(value_of(v))) {
    case JSON_OBJECT:
        return CV_JANY_OBJECT;
    case JSON_ARRAY:
        return CV_JANY_LIST;
    case JSON_STRING:
        return CV_JANY_TEXT;
    case JSON_INTEGER:
    case JSON_REAL:
        return CV_JANY_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return CV_JANY_BOOL;
    default:
        return CV_JANY_NULL;
    }
}

const struct cv_jany *cv_jany_get(const struct cv_jany *object, const char *name)
{
    const char *key;
    json_t *value, *exact;

    if (cv_jany_kind(object) != CV_JANY_OBJECT)
        return NULL;
    exact = json_object_get(value_of(object), name);
    if (exact)
        return any(exact);
    json_object_foreach((json_t *)(uintptr_t)value_of(object), key, value)
    {
        if (cv_ascii_casecmp(key, name) == 0)
            return any(value);
    }
    return NULL;
}

size_t cv_jany_count(const struct cv_jany *list)
{
    return cv_jany_kind(list) == CV_JANY_LIST ? json_array_size(value_of(list)) : 0;
}

const struct cv_jany *cv_jany_item(const struct cv_jany *list, size_t i)
{
    return i < cv_jany_count(list) ? any(json_array_get(value_of(list), i)) : NULL;
}

const char *cv_jany_text(const struct cv_jany *v, struct cv_arena *arena)
{
    if (v && json_is_integer(value_of(v)))
        return cv_arena_printf(arena, "%" PRId64, (int64_t)json_integer_value(value_of(v)));
    return v ? json_string_value(value_of(v)) : NULL;
}

bool cv_jany_bool(const struct cv_jany *v, bool *out)
{
    const char *text = v ? json_string_value(value_of(v)) : NULL;

    if (cv_jany_kind(v) == CV_JANY_BOOL) {
        *out = json_is_true(value_of(v));
        return true;
    }
    if (!text || (cv_ascii_casecmp(text, "true") != 0 && cv_ascii_casecmp(text, "false") != 0))
        return false;
    *out = cv_ascii_casecmp(text, "true") == 0;
    return true;
}

bool cv_jany_int(const struct cv_jany *v, int64_t *out)
{
    const char *text = v ? json_string_value(value_of(v)) : NULL;
    char *end = NULL;

    if (v && json_is_integer(value_of(v))) {
        *out = json_integer_value(value_of(v));
        return true;
    }
    if (!text || *text < '0' || *text > '9')
        return false;
    long long number = strtoll(text, &end, 10);

    if (*end)
        return false;
    *out = number;
    return true;
}

void cv_jany_each(const struct cv_jany *object, void (*each)(void *ctx, const char *name, const struct cv_jany *value),
                  void *ctx)
{
    const char *key;
    json_t *value;

    if (cv_jany_kind(object) != CV_JANY_OBJECT)
        return;
    json_object_foreach((json_t *)(uintptr_t)value_of(object), key, value)
    {
        each(ctx, key, any(value));
    }
}

void cv_jout_any(struct cv_jout *j, const char *name, const struct cv_jany *value)
{
    char *text = value ? json_dumps(value_of(value), JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

    if (text)
        cv_jout_raw(j, name, text, strlen(text));
    else
        cv_jout_null(j, name);
    free(text);
}
