/* Trends: one unit's figures over many days. */
#include <string.h>

#include "history/internal.h"

enum { POINT_MAX = 16 << 20 /* working memory of one point */ };

/* ---- which days ---- */

/* 1970-01-01 was a Thursday; weeks end on Sunday. */
static bool ends_week(cv_day day)
{
    return ((day % 7) + 7) % 7 == 3;
}

static bool ends_month(cv_day day)
{
    int year, month, number;
    cv_day_split(day + 1, &year, &month, &number);
    return number == 1;
}

static bool has_point(const struct prov_trend_query *q, cv_day day)
{
    if (day == q->to || q->step == PROV_STEP_DAY)
        return true;
    return q->step == PROV_STEP_WEEK ? ends_week(day) : ends_month(day);
}

size_t prov_trend_points(const struct prov_trend_query *q)
{
    size_t n = 0;
    for (cv_day d = q->from; d <= q->to; d++)
        n += has_point(q, d);
    return n;
}

/* ---- one point ---- */

struct trend {
    struct prov_call call; /* with the working memory of one point */
    const struct prov_trend_query *q;
    bool judged; /* the tree below was looked at */
    struct history_ref tree;
    bool visible;
};

/* Was the unit there, and in the caller's subtree, in that day's tree? Most days share a tree. */
static bool judge(struct trend *t, const struct history_day *day, struct cv_error *err)
{
    struct history_unit *units;
    size_t count;
    if (t->judged && day->tree_count == 1 && strcmp(t->tree.digest, day->tree[0].digest) == 0)
        return true;
    if (!history_read_tree(&t->call, day, &units, &count, err))
        return false;
    t->judged = true;
    t->tree = day->tree[0];
    size_t at = history_find_unit(units, count, t->q->unit);
    t->visible = at < count && history_visible_at(units, at, t->call.scope);
    return true;
}

static size_t choose(const struct trend *t, const struct history_day *day, const struct view_system_usage **usage,
                     const char **systems)
{
    size_t count = 0;
    for (size_t i = 0; i < day->system_count; i++) {
        if (t->q->system != NULL && strcmp(day->systems[i].system, t->q->system) != 0)
            continue;
        usage[count] = &day->systems[i];
        systems[count++] = day->systems[i].system;
    }
    return count;
}

static bool fill(struct trend *t, const struct history_day *day, struct prov_trend_point *point, struct cv_error *err)
{
    const struct view_system_usage *usage[DOM_SYSTEMS_MAX];
    const char *systems[DOM_SYSTEMS_MAX];
    struct dom_counts counts[DOM_SYSTEMS_MAX];
    struct history_parts parts = history_parts_of(&t->call, day);
    cv_day headcount_on;
    size_t count = choose(t, day, usage, systems);
    if (count == 0 || !t->visible)
        return true;
    if (!history_read_counts(&parts, t->q->unit, systems, count, counts, &headcount_on, err))
        return false;
    *point = (struct prov_trend_point){
        .on = day->day, .taken_at = day->taken_at, .used_known = true, .regular_known = true, .activation_known = true};
    for (size_t i = 0; i < count; i++) {
        history_know(usage[i], t->q->system != NULL || counts[i].eligible > 0, &point->used_known,
                     &point->regular_known, &point->activation_known);
        dom_counts_add_system(&point->counts, &counts[i]);
    }
    return true;
}

static bool read_point(struct trend *t, cv_day on, struct prov_trend_point *point, struct cv_error *err)
{
    struct history_day day;
    *point = (struct prov_trend_point){.on = on, .missing = true};
    if (history_read_day(&t->call, on, &day, err))
        return judge(t, &day, err) && fill(t, &day, point, err);
    return cv_error_forgive(err, CV_NOT_FOUND);
}

bool prov_history_trend(struct prov_call *call, const struct prov_trend_query *query, struct prov_trend_point **out,
                        size_t *out_count, struct cv_error *err)
{
    struct trend t = {.call = *call, .q = query};
    struct prov_trend_point *points = CV_NEWS(call->arena, struct prov_trend_point, PROV_TREND_MAX);
    cv_auto_arena arena = cv_arena_new(POINT_MAX);
    size_t count = 0;
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    t.call.arena = arena;
    for (cv_day d = query->from; d <= query->to && count < PROV_TREND_MAX; d++) {
        if (!has_point(query, d))
            continue;
        if (!read_point(&t, d, &points[count++], err))
            return false;
        cv_arena_reset(arena);
    }
    *out = points;
    *out_count = count;
    return true;
}
