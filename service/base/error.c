/* Errors and lists of faults, both languages at once. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/inner.h"
#include "congvu/error.h"
#include "congvu/memory.h"

static const struct cv_problem_row rows[] = {
    {"none", 500, {"", ""}, {"", ""}},
#define CV_PROBLEM(name, status, title_en, title_vi, remedy_en, remedy_vi)                                             \
    {#name, (status), {[CV_VI] = (title_vi), [CV_EN] = (title_en)}, {[CV_VI] = (remedy_vi), [CV_EN] = (remedy_en)}},
#include "congvu_problems.inc"
#undef CV_PROBLEM
};
_Static_assert(CV_COUNT(rows) == CVP_COUNT, "one row per problem");

const struct cv_problem_row *cv_problem_row(enum cv_problem problem)
{
    bool known = (unsigned)problem > cvp_none && (unsigned)problem < CVP_COUNT;

    return &rows[known ? problem : cvp_internal];
}

enum cv_problem cv_problem_by_code(const char *code)
{
    for (int i = cvp_none + 1; i < CVP_COUNT; i++)
        if (strcmp(rows[i].code, code) == 0)
            return (enum cv_problem)i;
    return cvp_none;
}

static enum cv_kind kind_of_status(int status)
{
    switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
        return CV_INVALID;
    case 401:
    case 403:
        return CV_REFUSED;
    case 404:
        return CV_NOT_FOUND;
    case 409:
        return CV_CONFLICT;
    case 412:
    case 428:
        return CV_STALE;
    case 429:
        return CV_LIMIT;
    case 503:
    case 507:
        return CV_UNAVAILABLE;
    case 504:
        return CV_UNKNOWN;
    default:
        return CV_INTERNAL;
    }
}

/* The problem named here, or the first one of the same status, so that a renamed row cannot turn a 404 into a 500. */
static enum cv_problem general_problem(enum cv_kind kind)
{
    static const struct {
        const char *code;
        int status;
    } general[CV_KIND_COUNT] = {
        [CV_OK] = {"internal", 500},
        [CV_INVALID] = {"validation_failed", 422},
        [CV_REFUSED] = {"forbidden", 403},
        [CV_NOT_FOUND] = {"not_found", 404},
        [CV_EXISTS] = {"already_exists", 409},
        [CV_CONFLICT] = {"conflict", 409},
        [CV_STALE] = {"etag_mismatch", 412},
        [CV_LIMIT] = {"rate_limited", 429},
        [CV_UNAVAILABLE] = {"directory_unavailable", 503},
        [CV_UNKNOWN] = {"outcome_unknown", 504},
        [CV_INTERNAL] = {"internal", 500},
    };
    unsigned at = (unsigned)kind < CV_KIND_COUNT ? (unsigned)kind : (unsigned)CV_INTERNAL;
    enum cv_problem named = cv_problem_by_code(general[at].code);

    if (named != cvp_none)
        return named;
    for (int i = cvp_none + 1; i < CVP_COUNT; i++)
        if (rows[i].status == general[at].status)
            return (enum cv_problem)i;
    return cvp_internal;
}

static void copy_text(char *out, size_t room, const char *text)
{
    size_t len = strnlen(text, room - 1);

    memcpy(out, text, len);
    out[len] = '\0';
    out[cv_utf8_whole(out, len)] = '\0';
}

/* Returns with both texts filled; an empty format means the problem's own title. */
__attribute__((format(printf, 3, 0))) static void fill_text(struct cv_error *err, enum cv_lang lang, const char *fmt,
                                                            va_list ap)
{
    char *out = err->text[lang];
    size_t room = sizeof(err->text[lang]);

    if (!fmt || !*fmt) {
        copy_text(out, room, cv_problem_row(err->problem)->title[lang]);
        return;
    }
    int n = vsnprintf(out, room, fmt, ap);

    if (n < 0)
        out[0] = '\0';
    else if ((size_t)n >= room)
        out[cv_utf8_whole(out, room - 1)] = '\0';
}

static void start(struct cv_error *err, enum cv_kind kind, enum cv_problem problem, const char *field)
{
    char kept[sizeof(err->field)]; /* the caller may pass err->field itself */

    copy_text(kept, sizeof(kept), field ? field : "");
    memset(err, 0, sizeof(*err));
    err->kind = kind;
    err->problem = problem;
    memcpy(err->field, kept, sizeof(kept));
}

bool cv_fail(struct cv_error *err, enum cv_problem problem, const char *field, const char *vi, const char *en, ...)
{
    va_list ap;

    start(err, kind_of_status(cv_problem_row(problem)->status), problem, field);
    va_start(ap, en);
    fill_text(err, CV_VI, vi, ap);
    va_end(ap);
    va_start(ap, en);
    fill_text(err, CV_EN, en, ap);
    va_end(ap);
    return false;
}

bool cv_fail_as(struct cv_error *err, enum cv_kind kind, const char *field, const char *vi, const char *en, ...)
{
    va_list ap;

    start(err, kind, general_problem(kind), field);
    va_start(ap, en);
    fill_text(err, CV_VI, vi, ap);
    va_end(ap);
    va_start(ap, en);
    fill_text(err, CV_EN, en, ap);
    va_end(ap);
    return false;
}

void cv_error_clear(struct cv_error *err)
{
    memset(err, 0, sizeof(*err));
}

bool cv_error_forgive(struct cv_error *err, enum cv_kind kind)
{
    bool is = err->kind == kind;
    if (is)
        cv_error_clear(err);
    return is;
}

void cv_faults_init(struct cv_faults *faults, struct cv_arena *arena)
{
    *faults = (struct cv_faults){.arena = arena};
}

/* Room doubles from 4 to CV_FAULTS_MAX; the count says when a step is due. */
static void faults_grow(struct cv_faults *faults)
{
    size_t n = faults->count;

    if (n != 0 && (n < 4 || (n & (n - 1)) != 0))
        return;
    size_t room = n == 0 ? 4 : 2 * n;
    struct cv_fault *items = CV_NEWS(faults->arena, struct cv_fault, room);

    if (n > 0)
        memcpy(items, faults->items, n * sizeof(*items));
    faults->items = items;
}

/* A member that was refused for another reason is not missing as well. */
static bool known_to_be_there(const struct cv_faults *faults, const char *at, const char *code)
{
    if (strcmp(code, "required") != 0)
        return false;
    for (size_t i = 0; i < faults->count; i++)
        if (strcmp(faults->items[i].at, at) == 0)
            return true;
    return false;
}

void cv_fault_add_texts(struct cv_faults *faults, enum cv_where where, const char *at, const char *code, const char *vi,
                        const char *en)
{
    if (known_to_be_there(faults, at, code))
        return;
    if (faults->count >= CV_FAULTS_MAX) {
        faults->dropped++;
        return;
    }
    faults_grow(faults);
    faults->items[faults->count++] =
        (struct cv_fault){.where = where, .at = at, .code = code, .text = {[CV_VI] = vi, [CV_EN] = en}};
}

void cv_fault_add(struct cv_faults *faults, enum cv_where where, const char *at, const char *code, const char *vi,
                  const char *en, ...)
{
    va_list ap, again;

    va_start(ap, en);
    va_copy(again, ap);
    const char *kept = cv_arena_strdup(faults->arena, at);
    const char *text_vi = cv_arena_vprintf(faults->arena, vi, ap);
    const char *text_en = cv_arena_vprintf(faults->arena, en, again);

    va_end(again);
    va_end(ap);
    cv_fault_add_texts(faults, where, kept, code, text_vi, text_en);
}

bool cv_faults_check(const struct cv_faults *faults, enum cv_problem problem, struct cv_error *err)
{
    size_t n = faults->count + faults->dropped;

    if (!cv_arena_ok(faults->arena)) {
        return cv_fail_as(err, CV_LIMIT, NULL, "Yêu cầu quá lớn, vui lòng chia nhỏ",
                          "The request is too large, please split it");
    }
    if (n == 0)
        return true;
    if (problem == cvp_none)
        problem = cvp_validation_failed;
    if (n == 1) {
        const struct cv_fault *only = &faults->items[0];

        start(err, kind_of_status(cv_problem_row(problem)->status), problem, only->at);
        copy_text(err->text[CV_VI], sizeof(err->text[CV_VI]), only->text[CV_VI]);
        copy_text(err->text[CV_EN], sizeof(err->text[CV_EN]), only->text[CV_EN]);
        return false;
    }
    return cv_fail(err, problem, NULL, "Có %zu chỗ cần sửa, xem danh sách kèm theo",
                   "%zu things need correction, see the list", n);
}

size_t cv_utf8_whole(const char *s, size_t len)
{
    size_t back = 0;

    while (back < 3 && back < len && ((unsigned char)s[len - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back >= len)
        return len;
    unsigned char lead = (unsigned char)s[len - 1 - back];
    size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;

    return need > back ? len - 1 - back : len;
}
