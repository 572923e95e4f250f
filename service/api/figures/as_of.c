/* Figures of other days: as_of and compare. */
#include <string.h>

#include "api/figures/figures.h"
#include "congvu/history.h"

/* ---- the question ---- */

static void read_as_of(struct htp_exchange *x, struct api_figures *question)
{
    const struct api_window *window = &question->window;
    cv_day today = view_day(api_of(x)->view);
    if (htp_query_day(x, "as_of", &question->as_of.day) != CV_VALUE)
        return;
    if (question->as_of.day > today)
        api_query_fault(x, "as_of", "out_of_range", "as_of không được sau hôm nay",
                        "as_of may not be later than today");
    if (question->as_of.day >= today) {
        question->as_of.day = CV_NO_DAY; /* the live figures are today's */
        return;
    }
    if (window->length != VIEW_DEFAULT_WINDOW)
        api_query_fault(x, "as_of", "not_together", "Số liệu lưu chỉ có khoảng P30D",
                        "Snapshots hold the window P30D only");
    if (question->targets)
        api_query_fault(x, "as_of", "not_together", "Chỉ tiêu là của hiện tại", "Targets are those of now");
    if (question->categories != NULL)
        api_query_fault(x, "as_of", "not_together", "Số liệu lưu không tách theo category",
                        "Snapshots are not kept by category");
}

static cv_day one_before(const struct api_figures *question, cv_day today)
{
    const struct api_window *window = &question->window;
    struct dom_period before;
    struct view_window days;
    cv_day day = question->as_of.day != CV_NO_DAY ? question->as_of.day : today;
    if (window->length != 0)
        return day - window->length;
    before = dom_period_previous(&window->period);
    dom_period_days(&before, &days.from, &days.to);
    return days.to;
}

/* Behind the last day that can be compared with. */
static cv_day shown_day(const struct api_figures *question, cv_day today)
{
    if (question->as_of.day != CV_NO_DAY)
        return question->as_of.day;
    bool over = question->window.length == 0 && question->window.days.to < today;
    return over ? question->window.days.to : today;
}

static void read_compare(struct htp_exchange *x, struct api_figures *question)
{
    const char *value = htp_query(x, "compare");
    cv_day today = view_day(api_of(x)->view);
    cv_day newest = shown_day(question, today) - 1;
    if (value == NULL)
        return;
    if (question->categories != NULL)
        api_query_fault(x, "compare", "not_together", "Số liệu lưu không tách theo category",
                        "Snapshots are not kept by category");
    question->compare.period_before = question->window.length == 0 && strcmp(value, "previous") == 0;
    if (strcmp(value, "previous") == 0)
        question->compare.day = one_before(question, today);
    else if (!cv_day_parse(value, &question->compare.day))
        api_query_fault(x, "compare", "bad_format", "compare là previous hoặc một ngày như 2026-10-31",
                        "compare is previous or a day like 2026-10-31");
    else if (question->compare.day > newest)
        api_query_fault(x, "compare", "out_of_range", "compare phải là một ngày trước đó",
                        "compare must be an earlier day");
}

void api_read_past(struct htp_exchange *x, struct api_figures *question)
{
    question->as_of = question->compare = (struct api_past){.day = CV_NO_DAY, .snapshot_on = CV_NO_DAY};
    read_as_of(x, question);
    read_compare(x, question);
}

/* ---- the figures ---- */

static struct prov_history_query history_query(const struct api_figures *question, const char *unit)
{
    const struct view_coverage_query *q = &question->view;
    return (struct prov_history_query){.unit = unit,
                                       .recursive = q->recursive,
                                       .depth = q->depth,
                                       .systems = q->systems,
                                       .system_count = q->system_count,
                                       .required = q->required,
                                       .by_unit = q->by_unit,
                                       .by_system = q->by_system};
}

bool api_find_past(struct htp_exchange *x, struct api_figures *question, struct view_coverage *out,
                   struct cv_error *err)
{
    struct api_past *past = &question->as_of;
    struct prov_history_query query = history_query(question, question->unit);
    struct prov_call call;
    return api_call(x, &call) && prov_history_coverage(&call, past->day, &query, &past->snapshot_on, out, err);
}

bool api_reconstructed(const struct htp_exchange *x, const struct api_figures *question)
{
    return question->as_of.day == CV_NO_DAY && question->window.days.to < view_dated_since(api_of(x)->view);
}

/* Like with like: the period before is counted from the dated records, as this one is. False: they are not kept that
 * far.
 */
static bool before_is_kept(const struct htp_exchange *x, const struct api_figures *question, struct view_window *out)
{
    struct dom_period before = dom_period_previous(&question->window.period);
    dom_period_days(&before, &out->from, &out->to);
    return question->compare.period_before && view_tells_of(api_of(x)->view, *out);
}

static bool is_running(const struct api_figures *question, const struct view_coverage *now)
{
    struct view_window whole;
    dom_period_days(&question->window.period, &whole.from, &whole.to);
    return now->window.to < whole.to;
}

/* Use of a part of a period is not set against a whole one, nor that of 30 days in snapshots against another window. */
static void hide_use(struct api_past *past)
{
    past->other_window = true;
    for (size_t i = 0; i < past->figures.count; i++)
        past->figures.rows[i].used_known = past->figures.rows[i].regular_known = false;
}

bool api_find_previous(struct htp_exchange *x, struct api_figures *question, const struct view_coverage *now,
                       struct cv_error *err)
{
    struct api_past *past = &question->compare;
    char unit[CV_ID_TEXT];
    struct prov_history_query query = history_query(question, cv_id_text("unt_", now->rows[0].unit.id, unit));
    struct prov_call call;
    past->cursor = CV_NEW(x->arena, size_t);
    if (!api_call(x, &call))
        return false;
    struct view_coverage_query before = question->view;
    before.unit = now->rows[0].unit.id;
    if (before_is_kept(x, question, &before.window)) {
        past->found = view_coverage(api_of(x)->view, &before, x->arena, &past->figures, err);
        if (past->found && is_running(question, now))
            hide_use(past);
        return past->found;
    }
    past->found = prov_history_coverage(&call, past->day, &query, &past->snapshot_on, &past->figures, err);
    if (past->found && question->window.length != VIEW_DEFAULT_WINDOW)
        hide_use(past);
    if (past->found)
        return true;
    if (!cv_error_forgive(err, CV_NOT_FOUND)) /* no snapshot, or the unit or a system was not there then */
        return false;
    past->snapshot_on = CV_NO_DAY;
    return true;
}

/* ---- rows of both ---- */

static bool same_row(const struct view_coverage_row *a, const struct view_coverage_row *b)
{
    if (a->kind != b->kind || !cv_id_equal(a->unit.id, b->unit.id))
        return false;
    return a->system == NULL || b->system == NULL ? a->system == b->system : strcmp(a->system, b->system) == 0;
}

static const struct view_coverage_row *row_before(const struct api_past *past, const struct view_coverage_row *row)
{
    size_t count = past->found ? past->figures.count : 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = (*past->cursor + i) % count;
        if (!same_row(&past->figures.rows[at], row))
            continue;
        *past->cursor = at + 1;
        return &past->figures.rows[at];
    }
    return NULL;
}

/* ---- what only a snapshot knows ---- */

static void take_row(const struct view_coverage_row *kept, struct view_coverage_row *row)
{
    if (kept == NULL || !row->locked_unknown || kept->counts.issued != row->counts.issued ||
        kept->counts.eligible != row->counts.eligible)
        return;
    row->counts.locked = kept->counts.locked;
    row->locked_unknown = false;
    row->activation_known = kept->activation_known;
    row->counts.activated = kept->counts.activated;
}

bool api_take_kept(struct htp_exchange *x, const struct api_figures *question, struct view_coverage *io,
                   struct cv_error *err)
{
    struct api_past past = {.found = true, .cursor = CV_NEW(x->arena, size_t)};
    cv_day day = io->window.to;
    char unit[CV_ID_TEXT];
    struct prov_history_query query = history_query(question, cv_id_text("unt_", io->rows[0].unit.id, unit));
    struct prov_call call;
    if (question->view.categories != 0)
        return true;
    if (!api_call(x, &call))
        return false;
    if (!prov_history_coverage(&call, day, &query, &past.snapshot_on, &past.figures, err))
        return cv_error_forgive(err, CV_NOT_FOUND);
    for (size_t i = 0; past.snapshot_on == day && i < io->count; i++)
        take_row(row_before(&past, &io->rows[i]), &io->rows[i]);
    return true;
}

/* ---- the answer ---- */

/* One figure of the row before and of this one. */
static void change(struct cv_jout *j, const char *name, int32_t before, int32_t now, bool known)
{
    if (known)
        cv_jout_int(j, name, (int64_t)now - before);
    else
        cv_jout_null(j, name);
}

/* A base of 0 is a ratio of null. */
static struct cv_ratio ratio(int32_t part, int64_t base, bool known)
{
    return (struct cv_ratio){part, known ? base : 0};
}

static void write_old(struct cv_jout *j, const struct view_coverage_row *r, bool declared)
{
    const struct dom_counts *c = &r->counts;
    int64_t use_base = dom_adoption_base(c, declared);
    cv_jout_object(j, "previous");
    cv_jout_int(j, "recorded", c->recorded);
    cv_jout_int(j, "unrecorded", c->unrecorded);
    cv_jout_int(j, "eligible", c->eligible);
    cv_jout_int(j, "issued", c->issued);
    api_count_or_null(j, "activated", c->activated, r->activation_known);
    api_count_or_null(j, "used", c->used, r->used_known);
    api_count_or_null(j, "regular", c->regular, r->regular_known);
    cv_jout_ratio(j, "coverage", c->issued, dom_coverage_base(c, declared));
    cv_jout_ratio(j, "activation", c->activated, r->activation_known ? c->issued : 0);
    cv_jout_ratio(j, "adoption", c->used, r->used_known ? use_base : 0);
    cv_jout_ratio(j, "regular_ratio", c->regular, r->regular_known ? use_base : 0);
    cv_jout_end(j);
}

static void write_delta(struct cv_jout *j, const struct view_coverage_row *old, const struct view_coverage_row *row,
                        bool declared)
{
    const struct dom_counts *a = &old->counts, *b = &row->counts;
    bool activation = old->activation_known && row->activation_known, used = old->used_known && row->used_known,
         regular = old->regular_known && row->regular_known;
    int64_t use_a = dom_adoption_base(a, declared), use_b = dom_adoption_base(b, declared);
    cv_jout_object(j, "delta");
    change(j, "recorded", a->recorded, b->recorded, true);
    change(j, "unrecorded", a->unrecorded, b->unrecorded, true);
    change(j, "eligible", a->eligible, b->eligible, true);
    change(j, "issued", a->issued, b->issued, true);
    change(j, "activated", a->activated, b->activated, activation);
    change(j, "used", a->used, b->used, used);
    change(j, "regular", a->regular, b->regular, regular);
    cv_jout_ratio_change(j, "coverage", ratio(a->issued, dom_coverage_base(a, declared), true),
                         ratio(b->issued, dom_coverage_base(b, declared), true));
    cv_jout_ratio_change(j, "activation", ratio(a->activated, a->issued, activation),
                         ratio(b->activated, b->issued, activation));
    cv_jout_ratio_change(j, "adoption", ratio(a->used, use_a, used), ratio(b->used, use_b, used));
    cv_jout_ratio_change(j, "regular_ratio", ratio(a->regular, use_a, regular), ratio(b->regular, use_b, regular));
    cv_jout_end(j);
}

void api_write_previous(struct htp_exchange *x, const struct api_figures *question, const struct view_coverage_row *row)
{
    struct cv_jout *j = &x->out;
    const struct view_coverage_row *old = row_before(&question->compare, row);
    if (old == NULL || old->not_recorded_yet || row->not_recorded_yet) {
        cv_jout_null(j, "previous");
        cv_jout_null(j, "delta");
        return;
    }
    write_old(j, old, question->declared);
    write_delta(j, old, row, question->declared);
}
