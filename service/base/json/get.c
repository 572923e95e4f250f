/* Typed members of JSON objects, every fault noted at its place. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/inner.h"
#include "base/json/internal.h"
#include "congvu/json.h"
#include "congvu/text.h"

enum { TOKEN_MAX = 128, LINES_MAX = 200 };

/* Where a value was found: a member of `o`, or item `i` of `list`. */
struct spot {
    const struct cv_jin *o;
    const char *name;
    const struct cv_jin_list *list;
    size_t i;
};

static struct jin_ctx *ctx_of(struct spot at)
{
    return at.list ? at.list->parent->ctx : at.o->ctx;
}

/* A name as part of a pointer: ~ and / escaped, a monstrous one cut. */
static const char *token(struct cv_arena *arena, const char *name)
{
    size_t len = strnlen(name, TOKEN_MAX + 1);

    if (len > TOKEN_MAX)
        len = cv_utf8_whole(name, TOKEN_MAX);
    char *out = cv_arena_alloc(arena, 2 * len + sizeof("…")), *p = out;

    for (size_t i = 0; i < len; i++) {
        if (name[i] == '~' || name[i] == '/') {
            *p++ = '~';
            *p++ = name[i] == '~' ? '0' : '1';
        } else {
            *p++ = name[i];
        }
    }
    if (name[len])
        memcpy(p, "…", sizeof("…"));
    return out;
}

static const char *object_pointer(const struct cv_jin *o);

static const char *member_pointer(const struct cv_jin *o, const char *name)
{
    struct cv_arena *arena = o->ctx->arena;

    return cv_arena_printf(arena, "%s/%s", object_pointer(o), token(arena, name));
}

static const char *item_pointer(const struct cv_jin_list *list, size_t i)
{
    return cv_arena_printf(list->parent->ctx->arena, "%s/%zu", member_pointer(list->parent, list->name), i);
}

/* Depth is bounded by CV_MAX_JSON_DEPTH. */
static const char *object_pointer(const struct cv_jin *o)
{
    if (o->list)
        return item_pointer(o->list, o->index);
    return o->parent ? member_pointer(o->parent, o->name) : "";
}

const char *cv_jin_pointer(const struct cv_jin *o, const char *name)
{
    return name ? member_pointer(o, name) : object_pointer(o);
}

__attribute__((format(printf, 3, 0), format(printf, 4, 0))) static void
fault_texts(struct spot at, const char *code, const char *vi, const char *en, va_list ap)
{
    struct jin_ctx *ctx = ctx_of(at);
    va_list again;

    if (ctx->faults->count >= CV_FAULTS_MAX) {
        ctx->faults->dropped++;
        return;
    }
    va_copy(again, ap);
    const char *pointer = at.list ? item_pointer(at.list, at.i) : cv_jin_pointer(at.o, at.name);
    const char *text_vi = cv_arena_vprintf(ctx->arena, vi, ap);
    const char *text_en = cv_arena_vprintf(ctx->arena, en, again);

    va_end(again);
    cv_fault_add_texts(ctx->faults, CV_AT_POINTER, pointer, code, text_vi, text_en);
}

__attribute__((format(printf, 3, 5), format(printf, 4, 5))) static enum cv_presence
wrong(struct spot at, const char *code, const char *vi, const char *en, ...)
{
    va_list ap;

    va_start(ap, en);
    fault_texts(at, code, vi, en, ap);
    va_end(ap);
    return CV_ABSENT;
}

void cv_jin_fault(const struct cv_jin *o, const char *name, const char *code, const char *vi, const char *en, ...)
{
    va_list ap;

    va_start(ap, en);
    fault_texts((struct spot){.o = o, .name = name}, code, vi, en, ap);
    va_end(ap);
}

static int by_name(const void *key, const void *entry)
{
    return strcmp(key, (*(struct member *const *)entry)->name);
}

/* Finding a member makes it known. */
static struct member *find(const struct cv_jin *o, const char *name)
{
    struct member *hit = NULL;

    if (o->count <= FEW) {
        for (size_t i = 0; i < o->count && !hit; i++)
            hit = strcmp(o->members[i].name, name) == 0 ? &o->members[i] : NULL;
    } else {
        struct member **at = bsearch(name, o->sorted, o->count, sizeof(*o->sorted), by_name);

        hit = at ? *at : NULL;
    }
    if (hit)
        hit->known = true;
    return hit;
}

/* The member, if it holds a value to look at. Else NULL, and *out_found says what the getter answers. */
static struct member *look(struct spot at, unsigned flags, enum cv_presence *out_found)
{
    struct member *m = find(at.o, at.name);

    *out_found = CV_ABSENT;
    if (!m) {
        if (flags & CV_REQUIRED)
            wrong(at, "required", "Thiếu mục bắt buộc này", "This member is required");
        return NULL;
    }
    if (!json_is_null(m->value))
        return m;
    if (flags & CV_NULLABLE)
        *out_found = CV_NULL;
    else
        wrong(at, "null_not_allowed", "Mục này không được để trống", "This member must not be null");
    return NULL;
}

/* Control signs, line and paragraph separators, direction overrides, U+FFFD and non-characters have no place in a line
 * of text. `s` is valid UTF-8. */
static bool bad_sign(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        if (*p < 0x20 || *p == 0x7F || (p[0] == 0xC2 && p[1] < 0xA0))
            return true;
        if (p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0xA8 && p[2] <= 0xAE)
            return true;
        if (p[0] == 0xE2 && p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9)
            return true;
        if (p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBD)
            return true;
    }
    return false;
}

/* The text as it will be stored, or NULL after adding a fault. */
static const char *clean(struct spot at, const char *s)
{
    if (bad_sign(s)) {
        wrong(at, "bad_characters", "Có ký tự điều khiển hoặc ký tự hỏng. Vui lòng gõ lại trên một dòng",
              "There are control or damaged characters. Please type it again, on one line");
        return NULL;
    }
    if (cv_text_legacy_charset(s)) {
        wrong(at, "bad_charset", "Có dấu hiệu sai bảng mã (TCVN3 hoặc VNI). Vui lòng nhập lại ở dạng Unicode (UTF-8)",
              "This looks like a legacy character set (TCVN3 or VNI). Please enter it again in Unicode (UTF-8)");
        return NULL;
    }
    uint32_t hidden = cv_text_hidden_sign(s);
    if (hidden != 0) {
        wrong(at, "bad_characters", "Giữa hai chữ có ký tự ẩn (U+%04X); vui lòng thay bằng dấu cách hoặc xóa đi",
              "There is a hidden sign (U+%04X) between two letters; please put a blank there or delete it", hidden);
        return NULL;
    }
    const char *nfc = cv_text_nfc(ctx_of(at)->arena, s);

    return nfc ? nfc : "";
}

/* Each line cleaned by itself, so that only line feeds pass. */
static const char *clean_lines(struct spot at, const char *s)
{
    struct cv_arena *arena = ctx_of(at)->arena;
    const char *out = NULL;
    char *rest = cv_arena_strdup(arena, s);
    int lines = 0;

    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        const char *cleaned = clean(at, line);

        if (!cleaned)
            return NULL;
        if (++lines > LINES_MAX) {
            wrong(at, "too_long", "Quá dài: tối đa %d dòng", "Too long: at most %d lines", LINES_MAX);
            return NULL;
        }
        out = out ? cv_arena_printf(arena, "%s\n%s", out, cleaned) : cleaned;
    }
    return out;
}

static enum cv_presence string_at(struct spot at, const json_t *value, unsigned flags, size_t max, const char **out)
{
    if (!json_is_string(value))
        return wrong(at, "wrong_type", "Mục này phải là chuỗi ký tự", "This must be a string");
    const char *s = json_string_value(value);

    if (!(flags & CV_RAW) && !ctx_of(at)->own) {
        if ((flags & CV_LINES) && cv_text_length(s) > max)
            return wrong(at, "too_long", "Quá dài: tối đa %zu ký tự", "Too long: at most %zu characters", max);
        s = flags & CV_LINES ? clean_lines(at, s) : clean(at, s);
        if (!s)
            return CV_ABSENT;
    }
    if (cv_text_length(s) > max)
        return wrong(at, "too_long", "Quá dài: tối đa %zu ký tự", "Too long: at most %zu characters", max);
    if ((flags & CV_REQUIRED) && !*s)
        return wrong(at, "required", "Mục bắt buộc này không được để trống", "This member must not be empty");
    *out = s;
    return CV_VALUE;
}

enum cv_presence cv_jin_string(const struct cv_jin *o, const char *name, unsigned flags, size_t max, const char **out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    return m ? string_at(at, m->value, flags, max, out) : found;
}

static enum cv_presence int_at(struct spot at, const json_t *value, int64_t min, int64_t max, int64_t *out)
{
    if (!json_is_integer(value))
        return wrong(at, "wrong_type", "Mục này phải là số nguyên", "This must be a whole number");
    int64_t number = json_integer_value(value);

    if (number < min || number > max) {
        return wrong(at, "out_of_range", "Phải từ %" PRId64 " đến %" PRId64, "It must be from %" PRId64 " to %" PRId64,
                     min, max);
    }
    *out = number;
    return CV_VALUE;
}

enum cv_presence cv_jin_int(const struct cv_jin *o, const char *name, unsigned flags, int64_t min, int64_t max,
                            int64_t *out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    return m ? int_at(at, m->value, min, max, out) : found;
}

enum cv_presence cv_jin_hundredths(const struct cv_jin *o, const char *name, unsigned flags, int64_t min, int64_t max,
                                   int64_t *out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    if (!m)
        return found;
    double value = json_number_value(m->value) * 100, whole = nearbyint(value);

    if (!json_is_number(m->value) || fabs(value - whole) > 1e-6) {
        return wrong(at, "wrong_type", "Mục này phải là số, nhiều nhất hai chữ số thập phân",
                     "This must be a number with at most two decimals");
    }
    if (!(whole >= (double)min && whole <= (double)max)) {
        return wrong(at, "out_of_range", "Phải từ %" PRId64 ",%02d đến %" PRId64 ",%02d",
                     "It must be from %" PRId64 ".%02d to %" PRId64 ".%02d", min / 100, (int)(min % 100), max / 100,
                     (int)(max % 100));
    }
    *out = (int64_t)whole;
    return CV_VALUE;
}

enum cv_presence cv_jin_bool(const struct cv_jin *o, const char *name, unsigned flags, bool *out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    if (!m)
        return found;
    if (!json_is_boolean(m->value))
        return wrong(at, "wrong_type", "Mục này phải là true hoặc false", "This must be true or false");
    *out = json_is_true(m->value);
    return CV_VALUE;
}

enum cv_presence cv_jin_day(const struct cv_jin *o, const char *name, unsigned flags, cv_day *out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    if (!m)
        return found;
    if (!json_is_string(m->value) || !cv_day_parse(json_string_value(m->value), out)) {
        return wrong(at, "not_a_date", "Phải là ngày có thật, dạng năm-tháng-ngày: \"2026-11-24\"",
                     "It must be an existing day written as year-month-day: \"2026-11-24\"");
    }
    return CV_VALUE;
}

enum cv_presence cv_jin_moment(const struct cv_jin *o, const char *name, unsigned flags, cv_moment *out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    if (!m)
        return found;
    if (!json_is_string(m->value) || !cv_moment_parse_rfc3339(json_string_value(m->value), out)) {
        return wrong(at, "not_a_moment", "Phải là thời điểm kèm múi giờ: \"2026-11-24T07:05:00+07:00\"",
                     "It must be a moment with its offset: \"2026-11-24T07:05:00+07:00\"");
    }
    return CV_VALUE;
}

static const char *joined(struct cv_arena *arena, const char *const *words)
{
    const char *all = words[0] ? words[0] : "";

    for (size_t i = 1; words[0] && words[i]; i++)
        all = cv_arena_printf(arena, "%s, %s", all, words[i]);
    return all;
}

static enum cv_presence word_at(struct spot at, const json_t *value, const char *const *words, int *out)
{
    const char *s = json_string_value(value); /* NULL when it is no string */

    for (int i = 0; s && words[i]; i++) {
        if (strcmp(words[i], s) == 0) {
            *out = i;
            return CV_VALUE;
        }
    }
    return wrong(at, "not_allowed_value", "Chỉ nhận một trong: %s", "It must be one of: %s",
                 joined(ctx_of(at)->arena, words));
}

enum cv_presence cv_jin_word(const struct cv_jin *o, const char *name, unsigned flags, const char *const *words,
                             int *out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    return m ? word_at(at, m->value, words, out) : found;
}

enum cv_presence cv_jin_object(const struct cv_jin *o, const char *name, unsigned flags, const struct cv_jin **out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    if (!m)
        return found;
    if (!json_is_object(m->value))
        return wrong(at, "wrong_type", "Mục này phải là một đối tượng {…}", "This must be an object {…}");
    if (!m->object) {
        m->object = cv_jin_wrap(o->ctx, m->value);
        m->object->parent = o;
        m->object->name = m->name;
    }
    *out = m->object;
    return CV_VALUE;
}

enum cv_presence cv_jin_array(const struct cv_jin *o, const char *name, unsigned flags, size_t max_items,
                              const struct cv_jin_list **out)
{
    struct spot at = {.o = o, .name = name};
    enum cv_presence found;
    struct member *m = look(at, flags, &found);

    if (!m)
        return found;
    if (!json_is_array(m->value))
        return wrong(at, "wrong_type", "Mục này phải là một danh sách […]", "This must be an array […]");
    if (json_array_size(m->value) > max_items)
        return wrong(at, "too_many", "Quá nhiều phần tử: tối đa %zu", "Too many items: at most %zu", max_items);
    if (!m->list) {
        m->list = CV_NEW(o->ctx->arena, struct cv_jin_list);
        *m->list = (struct cv_jin_list){.parent = o, .name = m->name, .value = m->value};
        m->list->objects = CV_NEWS(o->ctx->arena, struct cv_jin *, json_array_size(m->value));
    }
    *out = m->list;
    return CV_VALUE;
}

enum cv_presence cv_jin_has(const struct cv_jin *o, const char *name)
{
    struct member *m = find(o, name);

    return !m ? CV_ABSENT : json_is_null(m->value) ? CV_NULL : CV_VALUE;
}

size_t cv_jin_count(const struct cv_jin_list *list)
{
    return json_array_size(list->value);
}

const struct cv_jin *cv_jin_item(const struct cv_jin_list *list, size_t i)
{
    json_t *value = json_array_get(list->value, i);

    if (!json_is_object(value)) {
        wrong((struct spot){.list = list, .i = i}, "wrong_type", "Phần tử này phải là một đối tượng {…}",
              "This item must be an object {…}");
        return NULL;
    }
    if (!list->objects[i]) {
        list->objects[i] = cv_jin_wrap(list->parent->ctx, value);
        list->objects[i]->list = list;
        list->objects[i]->index = i;
    }
    return list->objects[i];
}

const char *cv_jin_item_string(const struct cv_jin_list *list, size_t i, size_t max)
{
    const char *out = NULL;

    string_at((struct spot){.list = list, .i = i}, json_array_get(list->value, i), CV_REQUIRED, max, &out);
    return out;
}

bool cv_jin_item_int(const struct cv_jin_list *list, size_t i, int64_t min, int64_t max, int64_t *out)
{
    return int_at((struct spot){.list = list, .i = i}, json_array_get(list->value, i), min, max, out) == CV_VALUE;
}

bool cv_jin_item_word(const struct cv_jin_list *list, size_t i, const char *const *words, int *out)
{
    return word_at((struct spot){.list = list, .i = i}, json_array_get(list->value, i), words, out) == CV_VALUE;
}

enum cv_presence cv_jin_words(const struct cv_jin *o, const char *name, unsigned flags, const char *const *words,
                              uint32_t *out)
{
    enum { MOST = 32 };
    const struct cv_jin_list *list = NULL;
    enum cv_presence found = cv_jin_array(o, name, flags, MOST, &list);
    uint32_t bits = 0;

    if (found != CV_VALUE)
        return found;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        int word = 0;
        if (!cv_jin_item_word(list, i, words, &word))
            found = CV_ABSENT;
        else if (bits >> word & 1u)
            cv_jin_fault(o, name, "repeated", "Giá trị %s ghi hai lần", "The value %s is there twice", words[word]);
        else
            bits |= UINT32_C(1) << word;
    }
    if (found == CV_VALUE)
        *out = bits;
    return found;
}

const char *cv_jin_member(const struct cv_jin *o, size_t index)
{
    if (index >= o->count)
        return NULL;
    o->members[index].known = true;
    return o->members[index].name;
}

void cv_jin_done(const struct cv_jin *o)
{
    for (size_t i = 0; i < o->count; i++) {
        if (!o->members[i].known) {
            cv_jin_fault(o, o->members[i].name, "unknown_member",
                         "Không có mục nào tên như vậy ở đây, vui lòng kiểm tra chính tả",
                         "There is no member of this name here, please check the spelling");
        }
    }
}
