/* JSON texts checked and read, with limits. */
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/inner.h"
#include "base/json/internal.h"
#include "congvu/json.h"

static pthread_once_t seeded = PTHREAD_ONCE_INIT;

static void seed(void)
{
    json_object_seed(0);
}

void cv_json_init(void)
{
    pthread_once(&seeded, seed);
}

/* Cheap look ahead, because the library's own limit of 2048 levels is fixed. */
bool cv_json_too_deep(const char *bytes, size_t len)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];

        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > CV_MAX_JSON_DEPTH)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

static bool malformed(const json_error_t *why, struct cv_error *err)
{
    if (json_error_code(why) == json_error_duplicate_key) {
        cv_fail(err, cvp_malformed_body, NULL, "Dòng %d, cột %d: một tên xuất hiện hai lần trong cùng một đối tượng",
                "Line %d, column %d: a name appears twice in the same object", why->line, why->column);
    } else {
        cv_fail(err, cvp_malformed_body, NULL, "Dòng %d, cột %d: không phải JSON hợp lệ (UTF-8)",
                "Line %d, column %d: this is not valid JSON (UTF-8)", why->line, why->column);
    }
    err->lib_code = (int)json_error_code(why);
    size_t room = sizeof(err->lib_text) - 1, n = strnlen(why->text, room);

    memcpy(err->lib_text, why->text, n);
    err->lib_text[cv_utf8_whole(err->lib_text, n)] = '\0';
    return false;
}

static json_t *parse(const char *bytes, size_t len, struct cv_error *err)
{
    json_error_t why;

    cv_json_init();
    if (len == 0) {
        cv_fail(err, cvp_malformed_body, NULL, "Thiếu nội dung: cần một đối tượng JSON",
                "The body is empty: a JSON object is needed");
        return NULL;
    }
    if (memchr(bytes, '\0', len)) {
        cv_fail(err, cvp_malformed_body, NULL, "Nội dung chứa byte 0, JSON không có ký tự đó",
                "The body holds a zero byte, which JSON has nowhere");
        return NULL;
    }
    if (cv_json_too_deep(bytes, len)) {
        cv_fail(err, cvp_malformed_body, NULL, "JSON lồng quá %d cấp", "The JSON is nested deeper than %d levels",
                CV_MAX_JSON_DEPTH);
        return NULL;
    }
    json_t *tree = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &why);

    if (!tree) {
        malformed(&why, err);
        return NULL;
    }
    if (!json_is_object(tree)) {
        json_decref(tree);
        cv_fail(err, cvp_malformed_body, NULL, "Nội dung phải là một đối tượng JSON {…}",
                "The body must be one JSON object {…}");
        return NULL;
    }
    return tree;
}

static void release(void *tree)
{
    json_decref(tree);
}

static int by_name(const void *a, const void *b)
{
    const struct member *x = *(struct member *const *)a, *y = *(struct member *const *)b;

    return strcmp(x->name, y->name);
}

struct cv_jin *cv_jin_wrap(struct jin_ctx *ctx, json_t *value)
{
    struct cv_jin *o = CV_NEW(ctx->arena, struct cv_jin);
    const char *key;
    json_t *item;
    size_t n = 0;

    *o = (struct cv_jin){.ctx = ctx, .count = json_object_size(value)};
    o->members = CV_NEWS(ctx->arena, struct member, o->count);
    o->sorted = CV_NEWS(ctx->arena, struct member *, o->count);
    json_object_foreach(value, key, item)
    {
        o->members[n] = (struct member){.name = key, .value = item};
        o->sorted[n] = &o->members[n];
        n++;
    }
    if (n > FEW)
        qsort(o->sorted, n, sizeof(struct member *), by_name);
    return o;
}

static const struct cv_jin *parse_into(struct cv_arena *arena, struct cv_faults *faults, bool own, const char *bytes,
                                       size_t len, struct cv_error *err)
{
    json_t *tree = parse(bytes, len, err);

    if (!tree)
        return NULL;
    struct jin_ctx *ctx = CV_NEW(arena, struct jin_ctx);

    cv_arena_defer(arena, release, tree);
    ctx->arena = arena;
    ctx->own = own;
    ctx->faults = faults;
    if (!faults) {
        cv_faults_init(&ctx->own_faults, arena);
        ctx->faults = &ctx->own_faults;
    }
    return cv_jin_wrap(ctx, tree);
}

const struct cv_jin *cv_json_parse(struct cv_arena *arena, struct cv_faults *faults, const char *bytes, size_t len,
                                   struct cv_error *err)
{
    return parse_into(arena, faults, false, bytes, len, err);
}

const struct cv_jin *cv_json_parse_own(struct cv_arena *arena, const char *bytes, size_t len, struct cv_error *err)
{
    return parse_into(arena, NULL, true, bytes, len, err);
}

bool cv_jin_ok(const struct cv_jin *o)
{
    return o->ctx->faults->count == 0;
}
