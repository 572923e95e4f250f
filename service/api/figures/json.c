/* Rows of figures as JSON: people, what is issued, what is used, and links to the people behind them. */
#include <string.h>

#include "api/figures/figures.h"
#include "api/units/units.h"

static void ratio_or_null(struct cv_jout *j, const char *name, int64_t count, int64_t base, bool known)
{
    if (known)
        cv_jout_ratio(j, name, count, base);
    else
        cv_jout_null(j, name);
}

/* ---- people ---- */
static void write_by_category(struct cv_jout *j, const struct view_coverage_row *row)
{
    bool any = false;
    for (int i = 0; i < DOM_CATEGORIES; i++) {
        if (row->headcount_by_category[i] < 0)
            continue;
        if (!any)
            cv_jout_object(j, "headcount_by_category");
        any = true;
        cv_jout_int(j, dom_category_words[i], row->headcount_by_category[i]);
    }
    if (any)
        cv_jout_end(j);
    else
        cv_jout_null(j, "headcount_by_category");
}

static void write_people(struct cv_jout *j, const struct api_figures *question, const struct view_coverage_row *row)
{
    const struct dom_counts *c = &row->counts;
    bool said = dom_counts_declared(c);
    api_count_or_null(j, "headcount", c->headcount, said);
    cv_jout_day(j, "headcount_on", row->headcount_on);
    api_count_or_null(j, "carried", c->carried, said);
    write_by_category(j, row);
    api_count_or_null(j, "recorded", c->recorded, !row->not_recorded_yet);
    api_count_or_null(j, "over_recorded", c->over_recorded, api_gap_known(question, row));
    cv_jout_object(j, "undeclared");
    cv_jout_int(j, "units", c->undeclared_units);
    cv_jout_int(j, "recorded", c->undeclared_recorded);
    cv_jout_end(j);
    cv_jout_int(j, "seconded_in", c->seconded_in);
    cv_jout_int(j, "seconded_out", c->seconded_out);
}

/* ---- issued, used ---- */
static void write_issued(struct cv_jout *j, const struct api_figures *question, const struct view_coverage_row *row)
{
    const struct dom_counts *c = &row->counts;
    bool gap = api_gap_known(question, row), people = !row->not_recorded_yet;
    api_count_or_null(j, "unrecorded", c->unrecorded, gap);
    api_count_or_null(j, "eligible", c->eligible, people);
    api_count_or_null(j, "issued", c->issued, people);
    api_count_or_null(j, "issued_beyond", c->issued_beyond, people && !row->beyond_unknown);
    api_count_or_null(j, "locked", c->locked, people && !row->locked_unknown);
    api_count_or_null(j, "on_long_leave", c->on_long_leave, people);
    cv_jout_object(j, "missing");
    api_count_or_null(j, "people", c->eligible - c->issued, people);
    api_count_or_null(j, "unrecorded", c->unrecorded, gap);
    cv_jout_end(j);
    cv_jout_ratio(j, "coverage", c->issued, dom_coverage_base(c, question->declared));
}

static void write_used(struct cv_jout *j, const struct view_coverage_row *row, bool declared)
{
    const struct dom_counts *c = &row->counts;
    int64_t base = dom_adoption_base(c, declared);
    api_count_or_null(j, "activated", c->activated, row->activation_known);
    api_count_or_null(j, "used", c->used, row->used_known);
    api_count_or_null(j, "regular", c->regular, row->regular_known);
    api_count_or_null(j, "too_new", c->too_new, row->regular_known);
    api_count_or_null(j, "never_used", c->never_used, row->used_known);
    api_count_or_null(j, "unknown", c->unknown, !row->not_recorded_yet);
    api_count_or_null(j, "on_leave_unused", c->on_leave_unused, row->used_known);
    ratio_or_null(j, "activation", c->activated, c->issued, row->activation_known);
    ratio_or_null(j, "adoption", c->used, base, row->used_known);
    ratio_or_null(j, "adoption_undeducted", c->used, dom_coverage_base(c, declared), row->used_known);
    ratio_or_null(j, "adoption_of_issued", c->used, c->issued, row->used_known);
    ratio_or_null(j, "regular_ratio", c->regular, base, row->regular_known);
    ratio_or_null(j, "regular_ratio_undeducted", c->regular, dom_coverage_base(c, declared), row->regular_known);
}

/* ---- links ---- to exactly the people that a figure counts */
struct links {
    struct htp_exchange *x;
    const char *start, *end, *window; /* window: "" or with its ampersand */
    bool special;                     /* people are those of another day */
};

static void write_link(const struct links *l, const char *stage, int people, bool of_window)
{
    if (people > 0)
        cv_jout_string(&l->x->out, stage,
                       cv_arena_printf(l->x->arena, "%s%s%s%s", l->start, stage,
                                       of_window || l->special ? l->window : "", l->end));
}

/* None where names are not for the caller, none for pairs, none of what is not known or nobody, and none of the past:
 * lists of people are of now. */
static void write_links(struct htp_exchange *x, const struct api_figures *question, const struct view_coverage_row *row)
{
    bool below = row->kind == VIEW_ROW_TOTAL ? question->view.recursive : row->kind == VIEW_ROW_UNIT;
    const char *categories = question->categories;
    const struct dom_counts *c = &row->counts;
    cv_jout_object(&x->out, "links");
    if (row->system != NULL && (api_actor(x)->scopes & DOM_STAFF_READ) != 0 && question->as_of.day == CV_NO_DAY &&
        api_reaches_people(x, row->unit.id)) {
        struct links l = {.x = x, .special = question->window.length == 0};
        l.start =
            cv_arena_printf(x->arena, "/v1/staff?unit=%s&recursive=%s&system=%s&stage=", api_unit_id(x, row->unit.id),
                            below ? "true" : "false", row->system);
        l.end = cv_arena_printf(x->arena, "%s%s&include_total=true", categories != NULL ? "&category=" : "",
                                categories != NULL ? categories : "");
        l.window = cv_arena_printf(x->arena, "&%s", api_window_query(x, &question->window));
        write_link(&l, "missing", c->eligible - c->issued, false);
        write_link(&l, "issued_beyond", c->issued_beyond, false);
        if (row->activation_known)
            write_link(&l, "not_activated", c->issued - c->activated, false);
        if (row->used_known) {
            write_link(&l, "unused", c->issued - c->used, true);
            write_link(&l, "never_used", c->never_used, false);
        }
        if (!row->locked_unknown)
            write_link(&l, "locked", c->locked, false);
        write_link(&l, "unknown", c->unknown, true);
    }
    cv_jout_end(&x->out);
}

/* ---- rows ---- */
static void write_row(struct htp_exchange *x, const struct api_figures *question, const struct view_coverage_row *row)
{
    static const char *const kinds[] = {[VIEW_ROW_TOTAL] = "total", [VIEW_ROW_OWN] = "own", [VIEW_ROW_UNIT] = "unit"};
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "row_kind", kinds[row->kind]);
    api_write_unit_row_ref(x, "unit", &row->unit);
    cv_jout_int(j, "depth", row->depth);
    cv_jout_string(j, "system", question->view.required ? "required" : row->system);
    cv_jout_string(j, "unit_of_count", row->system != NULL ? "person" : "pair");
    cv_jout_string(j, "unknown_reason", row->not_recorded_yet ? "not_recorded_yet" : NULL);
    if (question->use_first)
        write_used(j, row, question->declared);
    if (row->system != NULL)
        write_people(j, question, row);
    else
        api_count_or_null(j, "complete", row->counts.complete_people, !row->not_recorded_yet);
    write_issued(j, question, row);
    if (!question->use_first)
        write_used(j, row, question->declared);
    if (question->targets)
        api_write_row_target(x, question, row);
    if (question->compare.day != CV_NO_DAY)
        api_write_previous(x, question, row);
    write_links(x, question, row);
    cv_jout_end(j);
}

/* ---- what the figures rest on ---- */
static const char *stale_reason(const struct view_system_usage *usage)
{
    if (!usage->stale)
        return NULL;
    if (usage->unknown > DOM_USE_STALE)
        return dom_unknown_use_words[usage->unknown];
    if (!usage->rule.reported)
        return "no_source";
    return usage->data_through == CV_NO_DAY ? "no_data" : "data_too_old";
}

static void write_system(struct htp_exchange *x, const struct view_system_usage *usage, struct view_window window)
{
    struct cv_jout *j = &x->out;
    bool reported = usage->rule.reported;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "system", usage->system);
    cv_jout_day(j, "data_from", usage->data_from);
    cv_jout_day(j, "data_through", usage->data_through);
    cv_jout_day(j, "silent_since", usage->silent_since);
    cv_jout_bool(j, "stale", usage->stale);
    cv_jout_string(j, "stale_reason", stale_reason(usage));
    cv_jout_string(j, "definition",
                   reported ? cv_arena_printf(x->arena, "regular-%s-%d", usage->system, usage->rule.version) : NULL);
    cv_jout_string(j, "precision", reported ? dom_precision_words[usage->rule.precision] : NULL);
    api_count_or_null(j, "regular_days", dom_regular_days(&usage->rule, window.to - window.from + 1),
                      usage->regular_known);
    cv_jout_moment(j, "open_until", usage->open_until);
    api_count_or_null(j, "missing_there", (int32_t)usage->missing_there, !usage->missing_unknown);
    cv_jout_end(j);
}

static void write_window(struct htp_exchange *x, const struct api_window *window, struct view_window days)
{
    struct cv_jout *j = &x->out;
    char text[DOM_PERIOD_TEXT];
    bool period = window->length == 0;
    cv_jout_object(j, "window");
    cv_jout_string(j, "length", period ? NULL : cv_arena_printf(x->arena, "P%dD", window->length));
    cv_jout_string(j, "period", period ? dom_period_text(&window->period, text) : NULL);
    cv_jout_string(j, "calendar", period ? dom_calendar_words[window->period.calendar] : NULL);
    cv_jout_day(j, "from", days.from);
    cv_jout_day(j, "to", days.to);
    cv_jout_end(j);
}

static void write_past(struct cv_jout *j, const struct api_figures *question)
{
    const struct api_past *past = &question->compare;
    cv_jout_day(j, "snapshot_on", question->as_of.snapshot_on);
    if (past->day == CV_NO_DAY)
        return;
    cv_jout_object(j, "compare");
    cv_jout_day(j, "on", past->day);
    cv_jout_day(j, "snapshot_on", past->snapshot_on);
    cv_jout_moment(j, "as_of", past->found ? past->figures.as_of : CV_NO_MOMENT);
    cv_jout_day(j, "from", past->found ? past->figures.window.from : CV_NO_DAY);
    cv_jout_day(j, "to", past->found ? past->figures.window.to : CV_NO_DAY);
    cv_jout_string(j, "use_unknown", past->other_window ? "other_window" : NULL);
    cv_jout_end(j);
}

void api_write_figures(struct htp_exchange *x, const struct api_figures *question, const struct view_coverage *coverage)
{
    struct cv_jout *j = &x->out;
    cv_day since = view_dated_since(api_of(x)->view);
    cv_jout_object(j, NULL);
    cv_jout_moment(j, "as_of", coverage->as_of);
    write_past(j, question);
    cv_jout_string(j, "unit_tree", coverage->unit_tree);
    cv_jout_day(j, "dated_since", since);
    cv_jout_bool(j, "reconstructed", api_reconstructed(x, question));
    cv_jout_string(j, "basis", question->declared ? "declared" : "recorded");
    cv_jout_string(j, "definition", DOM_DEFINITION);
    write_window(x, &question->window, coverage->window);
    cv_jout_array(j, "systems");
    for (size_t i = 0; i < coverage->system_count; i++)
        write_system(x, &coverage->systems[i], coverage->window);
    cv_jout_end(j);
    cv_jout_array(j, "rows");
    for (size_t i = 0; i < coverage->count; i++)
        write_row(x, question, &coverage->rows[i]);
    cv_jout_end(j);
    cv_jout_end(j);
}
