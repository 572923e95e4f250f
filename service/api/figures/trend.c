/* Trends: one unit and system over the days that are kept. */
#include <string.h>

#include "api/figures/figures.h"
#include "api/units/units.h"
#include "congvu/history.h"

enum { DEFAULT_DAYS = 90, DAYS_MAX = 36525 };

struct trend {
    struct prov_trend_query query;
    bool declared;
    struct prov_trend_point *points;
    size_t count;
};

static const char *const steps[] = {[PROV_STEP_DAY] = "P1D", [PROV_STEP_WEEK] = "P1W", [PROV_STEP_MONTH] = "P1M"};

/* ---- the question ---- */

static void read_days(struct htp_exchange *x, struct prov_trend_query *q)
{
    cv_day today = cv_today();
    q->to = today;
    htp_query_day(x, "to", &q->to);
    q->from = q->to - DEFAULT_DAYS + 1;
    htp_query_day(x, "from", &q->from);
    if (q->to > today)
        api_query_fault(x, "to", "out_of_range", "to không được sau hôm nay", "to may not be later than today");
    if (q->from > q->to || q->to - q->from > DAYS_MAX)
        api_query_fault(x, "from", "out_of_range", "from phải trước to, và không quá 100 năm",
                        "from must be before to, by 100 years at most");
}

static void read_step(struct htp_exchange *x, struct prov_trend_query *q)
{
    const char *value = htp_query(x, "step");
    size_t i = 0;
    while (value != NULL && i < CV_COUNT(steps) && strcmp(value, steps[i]) != 0)
        i++;
    q->step = i < CV_COUNT(steps) ? (enum prov_step)i : PROV_STEP_DAY;
    if (i == CV_COUNT(steps))
        api_query_fault(x, "step", "not_allowed_value", "step là P1D, P1W hoặc P1M", "step is P1D, P1W or P1M");
}

static bool read_trend(struct htp_exchange *x, struct trend *t, struct cv_error *err)
{
    static const char *const bases[] = {"declared", "recorded", NULL};
    uint32_t basis = 1;
    const char *system = htp_query(x, "system");
    *t = (struct trend){0};
    htp_query_words(x, "basis", bases, &basis);
    if (basis == 3)
        api_query_fault(x, "basis", "not_together", "Chỉ chọn một basis", "Choose one basis");
    t->declared = basis == 1;
    if (system != NULL && (*system == '\0' || strlen(system) > DOM_SLUG_MAX || strchr(system, ',') != NULL))
        api_query_fault(x, "system", "not_allowed_value", "system là một hệ thống hoặc từ required",
                        "system is one system or the word required");
    t->query.system = system != NULL && strcmp(system, "required") != 0 ? system : NULL;
    read_days(x, &t->query);
    read_step(x, &t->query);
    if (x->faults.count == 0 && prov_trend_points(&t->query) > PROV_TREND_MAX)
        api_query_fault(x, "step", "too_many", "Quá 400 điểm; hãy chọn step dài hơn hoặc khoảng ngắn hơn",
                        "More than 400 points; choose a longer step or fewer days");
    return cv_faults_check(&x->faults, cvp_validation_failed, err) && api_figures_unit(x, &t->query.unit, err);
}

static bool find_trend(struct htp_exchange *x, struct trend *t, struct cv_error *err)
{
    struct prov_call call;
    struct dom_system system;
    if (!read_trend(x, t, err) || !api_call(x, &call))
        return false;
    if (t->query.system != NULL && !view_system_find(api_of(x)->view, t->query.system, x->arena, &system, err))
        return false;
    return prov_history_trend(&call, &t->query, &t->points, &t->count, err);
}

/* ---- the answer ---- */

static void write_coverage(struct cv_jout *j, const struct prov_trend_point *p, bool declared)
{
    const struct dom_counts *c = &p->counts;
    bool known = !p->missing;
    api_count_or_null(j, "headcount", c->headcount, known && c->declared_units > 0);
    api_count_or_null(j, "recorded", c->recorded, known);
    api_count_or_null(j, "unrecorded", c->unrecorded, known);
    api_count_or_null(j, "eligible", c->eligible, known);
    api_count_or_null(j, "issued", c->issued, known);
    cv_jout_ratio(j, "coverage", c->issued, known ? dom_coverage_base(c, declared) : 0);
}

static void write_adoption(struct cv_jout *j, const struct prov_trend_point *p, bool declared)
{
    const struct dom_counts *c = &p->counts;
    int64_t base = dom_adoption_base(c, declared);
    bool known = !p->missing;
    api_count_or_null(j, "issued", c->issued, known);
    api_count_or_null(j, "activated", c->activated, known && p->activation_known);
    api_count_or_null(j, "used", c->used, known && p->used_known);
    api_count_or_null(j, "regular", c->regular, known && p->regular_known);
    api_count_or_null(j, "unknown", c->unknown, known);
    cv_jout_ratio(j, "activation", c->activated, known && p->activation_known ? c->issued : 0);
    cv_jout_ratio(j, "adoption", c->used, known && p->used_known ? base : 0);
    cv_jout_ratio(j, "adoption_of_issued", c->used, known && p->used_known ? c->issued : 0);
    cv_jout_ratio(j, "regular_ratio", c->regular, known && p->regular_known ? base : 0);
}

static void write_trend(struct htp_exchange *x, const struct trend *t,
                        void (*write_point)(struct cv_jout *j, const struct prov_trend_point *p, bool declared))
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    api_write_unit_ref(x, "unit", t->query.unit);
    cv_jout_string(j, "system", t->query.system != NULL ? t->query.system : "required");
    cv_jout_string(j, "unit_of_count", t->query.system != NULL ? "person" : "pair");
    cv_jout_string(j, "basis", t->declared ? "declared" : "recorded");
    cv_jout_string(j, "step", steps[t->query.step]);
    cv_jout_day(j, "from", t->query.from);
    cv_jout_day(j, "to", t->query.to);
    cv_jout_array(j, "points");
    for (size_t i = 0; i < t->count; i++) {
        const struct prov_trend_point *p = &t->points[i];
        cv_jout_object(j, NULL);
        cv_jout_day(j, "on", p->on);
        cv_jout_bool(j, "missing", p->missing);
        cv_jout_moment(j, "as_of", p->missing ? CV_NO_MOMENT : p->taken_at);
        write_point(j, p, t->declared);
        cv_jout_end(j);
    }
    cv_jout_end(j);
    cv_jout_end(j);
    htp_reply(x, 200);
}

static void answer(struct htp_exchange *x,
                   void (*write_point)(struct cv_jout *j, const struct prov_trend_point *p, bool declared))
{
    struct trend t;
    struct cv_error err = {0};
    if (find_trend(x, &t, &err))
        write_trend(x, &t, write_point);
    else
        htp_problem(x, &err, &x->faults);
}

void api_get_coverage_trend(struct htp_exchange *x)
{
    answer(x, write_coverage);
}

void api_get_adoption_trend(struct htp_exchange *x)
{
    answer(x, write_adoption);
}
