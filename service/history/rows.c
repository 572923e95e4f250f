/* Coverage as it was: rows of a snapshot, by the tree of its day. */
#include <string.h>

#include "history/internal.h"

struct past {
    struct prov_call *call;
    const struct prov_history_query *q;
    struct history_day day;
    struct history_unit *units; /* in tree order: what lies below a unit follows it */
    size_t unit_count;
    const char *systems[DOM_SYSTEMS_MAX];
    const struct view_system_usage *usage[DOM_SYSTEMS_MAX];
    size_t system_count;
    struct history_parts parts;
    struct view_coverage *out;
};

/* ---- which unit ---- */

static size_t find_unit(const struct past *p, const char *key)
{
    struct cv_id id;
    if (cv_id_parse("unt_", key, &id))
        return history_find_unit(p->units, p->unit_count, id);
    for (size_t i = 0; i < p->unit_count; i++)
        if (cv_ascii_casecmp(p->units[i].u.code, key) == 0)
            return i;
    return p->unit_count;
}

static bool had_ended(const struct past *p, size_t unit)
{
    struct view_unit now;
    return view_unit_by_id(p->call->prov->options.view, p->units[unit].u.id, p->call->arena, &now) &&
           now.active_to != CV_NO_DAY && now.active_to <= p->day.day;
}

static size_t top_units(const struct past *p, bool ended, size_t *out_first)
{
    size_t count = 0;
    for (size_t i = 0; i < p->unit_count; i++)
        if (p->units[i].u.depth == 0 && had_ended(p, i) == ended && count++ == 0)
            *out_first = i;
    return count;
}

/* As today, what had ended by then is no choice beside one that had not; a lone one is the answer all the same. */
static bool default_unit(struct past *p, size_t *out, struct cv_error *err)
{
    if (!p->call->scope.everywhere) {
        *out = history_find_unit(p->units, p->unit_count, p->call->scope.top);
        return true;
    }
    *out = 0;
    size_t roots = top_units(p, false, out);
    if (roots == 0)
        roots = top_units(p, true, out);
    if (roots <= 1)
        return true;
    cv_fault_add(p->call->faults, CV_AT_PARAMETER, "unit", "required",
                 "Có nhiều đơn vị cấp cao nhất; hãy chọn một bằng tham số unit",
                 "There are several top units; choose one with the parameter unit");
    return cv_faults_check(p->call->faults, cvp_validation_failed, err);
}

static bool choose_unit(struct past *p, size_t *out, struct cv_error *err)
{
    if (p->q->unit != NULL)
        *out = find_unit(p, p->q->unit);
    else if (!default_unit(p, out, err))
        return false;
    if (*out < p->unit_count && history_visible_at(p->units, *out, p->call->scope))
        return true;
    return cv_fail(err, cvp_unit_not_found, "unit", "Không có đơn vị này vào ngày đó",
                   "There was no such unit on that day");
}

/* ---- which systems ---- */

static const struct view_system_usage *usage_of(const struct past *p, const char *slug)
{
    for (size_t i = 0; i < p->day.system_count; i++)
        if (strcmp(p->day.systems[i].system, slug) == 0)
            return &p->day.systems[i];
    return NULL;
}

static bool choose_systems(struct past *p, struct cv_error *err)
{
    bool all = p->q->system_count == 0 || p->q->required;
    p->system_count = all ? p->day.system_count : p->q->system_count;
    for (size_t i = 0; i < p->system_count; i++) {
        const char *slug = all ? p->day.systems[i].system : p->q->systems[i];
        p->usage[i] = usage_of(p, slug);
        p->systems[i] = slug;
        if (p->usage[i] == NULL)
            return cv_fail(err, cvp_system_not_found, "system", "Ngày đó không có hệ thống \"%s\"",
                           "There was no system \"%s\" on that day", slug);
    }
    return true;
}

/* ---- figures ---- */

static bool counts_of(struct past *p, size_t unit, struct dom_counts counts[DOM_SYSTEMS_MAX], struct cv_error *err)
{
    struct history_unit *u = &p->units[unit];
    return history_read_counts(&p->parts, u->u.id, p->systems, p->system_count, counts, &u->headcount_on, err);
}

static size_t end_of(const struct past *p, size_t unit)
{
    size_t i = unit + 1;
    while (i < p->unit_count && p->units[i].u.depth > p->units[unit].u.depth)
        i++;
    return i;
}

/* A unit's own people: what is left of it without the units below. */
static bool own_counts(struct past *p, size_t unit, struct dom_counts counts[DOM_SYSTEMS_MAX], struct cv_error *err)
{
    struct dom_counts part[DOM_SYSTEMS_MAX];
    if (!counts_of(p, unit, counts, err))
        return false;
    for (size_t i = unit + 1, end = end_of(p, unit); i < end; i = end_of(p, i)) {
        if (!counts_of(p, i, part, err))
            return false;
        for (size_t s = 0; s < p->system_count; s++)
            dom_counts_sub(&counts[s], &part[s]);
    }
    return true;
}

static bool any_count(const struct past *p, const struct dom_counts *counts)
{
    static const struct dom_counts none;
    for (size_t s = 0; s < p->system_count; s++)
        if (memcmp(&counts[s], &none, sizeof none) != 0)
            return true;
    return false;
}

/* ---- rows ---- */

static bool single(const struct past *p)
{
    return !p->q->required && (p->q->by_system || p->system_count == 1);
}

static struct view_coverage_row *next_row(struct past *p, size_t unit, enum view_row_kind kind, int depth)
{
    struct view_coverage_row *row = &p->out->rows[p->out->count++];
    *row = (struct view_coverage_row){.kind = kind,
                                      .unit = p->units[unit].u,
                                      .depth = depth,
                                      .headcount_on = p->units[unit].headcount_on,
                                      .used_known = true,
                                      .regular_known = true,
                                      .activation_known = true,
                                      .beyond_unknown = p->parts.beyond_unknown};
    for (int c = 0; c < DOM_CATEGORIES; c++)
        row->headcount_by_category[c] = -1;
    return row;
}

static void put_rows(struct past *p, size_t unit, enum view_row_kind kind, int depth, const struct dom_counts *counts)
{
    struct view_coverage_row *row = NULL;
    for (size_t s = 0; s < p->system_count; s++) {
        if (row == NULL || single(p))
            row = next_row(p, unit, kind, depth);
        if (single(p))
            row->system = p->systems[s];
        history_know(p->usage[s], row->system != NULL || counts[s].eligible > 0, &row->used_known, &row->regular_known,
                     &row->activation_known);
        dom_counts_add_system(&row->counts, &counts[s]);
    }
}

static bool put_below(struct past *p, size_t unit, int depth, struct cv_error *err)
{
    struct dom_counts counts[DOM_SYSTEMS_MAX];
    size_t end = end_of(p, unit);
    if (depth > p->q->depth || end == unit + 1)
        return true;
    if (!own_counts(p, unit, counts, err))
        return false;
    if (any_count(p, counts))
        put_rows(p, unit, VIEW_ROW_OWN, depth, counts);
    for (size_t i = unit + 1; i < end; i = end_of(p, i)) {
        if (!counts_of(p, i, counts, err))
            return false;
        put_rows(p, i, VIEW_ROW_UNIT, depth, counts);
        if (!put_below(p, i, depth + 1, err))
            return false;
    }
    return true;
}

static bool put_all(struct past *p, size_t unit, struct cv_error *err)
{
    struct dom_counts counts[DOM_SYSTEMS_MAX];
    size_t units = p->q->by_unit && p->q->recursive ? 2 * (end_of(p, unit) - unit) : 1;
    p->out->rows = CV_NEWS(p->call->arena, struct view_coverage_row, units * p->system_count + 1);
    if (!cv_arena_ok(p->call->arena))
        return cv_fail(err, cvp_internal, NULL, "Câu trả lời quá lớn", "The answer is too large");
    if (!(p->q->recursive ? counts_of(p, unit, counts, err) : own_counts(p, unit, counts, err)))
        return false;
    put_rows(p, unit, VIEW_ROW_TOTAL, 0, counts);
    return !p->q->by_unit || !p->q->recursive || put_below(p, unit, 1, err);
}

static void describe(struct past *p)
{
    struct view_coverage *out = p->out;
    *out = (struct view_coverage){.window = p->day.window, .as_of = p->day.taken_at};
    out->systems = CV_NEWS(p->call->arena, struct view_system_usage, p->system_count + 1);
    out->system_count = p->system_count;
    for (size_t i = 0; i < p->system_count; i++)
        out->systems[i] = *p->usage[i];
    memcpy(out->unit_tree, p->day.tree[0].digest, sizeof p->day.tree[0].digest);
}

static bool open_past(struct past *p, cv_day day, struct cv_error *err)
{
    char text[CV_DAY_TEXT];
    if (!history_latest_day(p->call, day, &p->day, err))
        return err->kind == CV_NOT_FOUND
                   ? cv_fail(err, cvp_snapshot_missing, "as_of", "Không có số liệu lưu cho ngày %s",
                             "There is no snapshot for %s", cv_day_iso(day, text))
                   : false;
    p->parts = history_parts_of(p->call, &p->day);
    return history_read_tree(p->call, &p->day, &p->units, &p->unit_count, err) && choose_systems(p, err);
}

bool prov_history_coverage(struct prov_call *call, cv_day day, const struct prov_history_query *query, cv_day *out_day,
                           struct view_coverage *out, struct cv_error *err)
{
    struct past p = {.call = call, .q = query, .out = out};
    size_t unit;
    if (!open_past(&p, day, err) || !choose_unit(&p, &unit, err))
        return false;
    describe(&p);
    *out_day = p.day.day;
    return put_all(&p, unit, err);
}
