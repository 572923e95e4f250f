/* Reading snapshots: a day, its tree, figures of units, trends. */
#include <string.h>

#include "history/internal.h"

bool history_unreadable(struct cv_error *err, const char *name)
{
    return cv_fail_as(err, CV_INTERNAL, "cvDocument", "Không đọc được bản lưu %s", "The snapshot %s cannot be read",
                      name);
}

bool history_too_large(struct cv_error *err)
{
    return cv_fail_as(err, CV_LIMIT, "", "Số liệu quá lớn", "The figures are too large");
}

bool history_read_day(struct prov_call *call, cv_day day, struct history_day *out, struct cv_error *err)
{
    char text[CV_DAY_TEXT];
    const char *name = cv_arena_printf(call->arena, "day.%s", cv_day_iso(day, text));
    struct dir_document doc;
    if (!dir_document_read(call->dir, HISTORY_FOLDER, name, call->arena, &doc, err))
        return false;
    return history_take_day(doc.bytes, doc.len, call->arena, out) || history_unreadable(err, name);
}

bool history_latest_day(struct prov_call *call, cv_day day, struct history_day *out, struct cv_error *err)
{
    for (cv_day d = day; d >= day - HISTORY_BACK_DAYS; d--) {
        cv_error_clear(err);
        if (history_read_day(call, d, out, err))
            return true;
        if (err->kind != CV_NOT_FOUND)
            return false;
    }
    return false;
}

bool history_read_tree(struct prov_call *call, const struct history_day *day, struct history_unit **out,
                       size_t *out_count, struct cv_error *err)
{
    struct history_unit *units = CV_NEWS(call->arena, struct history_unit, day->unit_count + 1);
    struct dir_document doc;
    size_t count = 0;
    for (size_t i = 0; i < day->tree_count; i++) {
        const char *name = history_part_name(call->arena, "tree", &day->tree[i]);
        if (!dir_document_read(call->dir, HISTORY_FOLDER, name, call->arena, &doc, err))
            return false;
        if (!history_take_units(doc.bytes, doc.len, call->arena, units, day->unit_count, &count))
            return history_unreadable(err, name);
    }
    *out = units;
    *out_count = count;
    return true;
}

struct history_parts history_parts_of(struct prov_call *call, const struct history_day *day)
{
    bool late = day->late_count > 0;
    size_t count = late ? day->late_count : day->row_count;
    return (struct history_parts){.call = call,
                                  .late = late,
                                  .refs = late ? day->late : day->rows,
                                  .docs = CV_NEWS(call->arena, struct dir_document, count + 1),
                                  .count = count};
}

bool history_read_counts(struct history_parts *parts, struct cv_id unit, const char *const *systems, size_t count,
                         struct dom_counts *counts, cv_day *out_headcount_on, struct cv_error *err)
{
    struct prov_call *call = parts->call;
    size_t part = history_part_of(unit, parts->count);
    struct dir_document *doc = &parts->docs[part];
    const char *name = doc->name;
    if (name == NULL) {
        name = history_part_name(call->arena, parts->late ? "late" : "rows", &parts->refs[part]);
        if (!dir_document_read(call->dir, HISTORY_FOLDER, name, call->arena, doc, err))
            return false;
    }
    parts->beyond_unknown |= !history_counted(doc->bytes, doc->len, "issued_beyond");
    return history_take_counts(doc->bytes, doc->len, unit, systems, count, counts, out_headcount_on) ||
           history_unreadable(err, name);
}

/* ---- what one day's tree says ---- */

size_t history_find_unit(const struct history_unit *units, size_t count, struct cv_id id)
{
    size_t i = 0;
    while (i < count && !cv_id_equal(units[i].u.id, id))
        i++;
    return i;
}

/* In tree order the units above are the nearest earlier ones of each smaller depth. */
bool history_visible_at(const struct history_unit *units, size_t at, struct view_scope scope)
{
    int depth = units[at].u.depth + 1;
    if (scope.everywhere)
        return true;
    for (size_t i = at + 1; i-- > 0 && depth > 0;) {
        if (units[i].u.depth >= depth)
            continue;
        depth = units[i].u.depth;
        if (cv_id_equal(units[i].u.id, scope.top))
            return true;
    }
    return false;
}

void history_know(const struct view_system_usage *usage, bool concerned, bool *io_used, bool *io_regular,
                  bool *io_activation)
{
    *io_used &= !concerned || !usage->stale;
    *io_regular &= !concerned || usage->regular_known;
    *io_activation &= !concerned || usage->activation_known;
}
