/* Targets of units, and how a row of figures stands to them. */
#include "api/figures/figures.h"
#include "api/units/units.h"
#include "congvu/prov_units.h"

enum { TARGETS_SHOWN = 5000, PERCENT_MOST = 100 };

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

/* ---- JSON ---- */

static void percent(struct cv_jout *j, const char *name, int value)
{
    if (value >= 0)
        cv_jout_int(j, name, value);
    else
        cv_jout_null(j, name);
}

static void write_percents(struct cv_jout *j, const struct dom_target *t)
{
    percent(j, "coverage", t->coverage);
    percent(j, "adoption", t->adoption);
    percent(j, "regular", t->regular);
}

static void write_target(struct htp_exchange *x, struct cv_id unit, const struct dom_target *t)
{
    cv_jout_object(&x->out, NULL);
    api_write_unit_ref(x, "unit", unit);
    cv_jout_string(&x->out, "system", t->system);
    write_percents(&x->out, t);
    cv_jout_end(&x->out);
}

/* ---- lists ---- */

void api_list_targets(struct htp_exchange *x)
{
    const struct view *view = api_of(x)->view;
    const char *system = htp_query(x, "system");
    struct view_target *targets;
    struct cv_id unit;
    bool recursive = true;
    size_t count = 0;
    struct cv_error err = {0};
    htp_query_bool(x, "recursive", &recursive);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!api_figures_unit(x, &unit, &err) || !view_targets(view, api_actor(x)->scope, unit, recursive, system,
                                                           TARGETS_SHOWN, x->arena, &targets, &count, &err)) {
        fail(x, &err);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        write_target(x, targets[i].set_at, &targets[i].target);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

/* ---- changes ---- */

static void read_percent(const struct cv_jin *o, const char *name, int *out)
{
    int64_t value = -1;
    cv_jin_int(o, name, CV_NULLABLE, 0, PERCENT_MOST, &value);
    *out = (int)value;
}

static bool read_target(struct htp_exchange *x, struct dom_target *out)
{
    const struct cv_jin *body;
    if (!api_body(x, &body))
        return false;
    read_percent(body, "coverage", &out->coverage);
    read_percent(body, "adoption", &out->adoption);
    read_percent(body, "regular", &out->regular);
    cv_jin_done(body);
    if (x->faults.count == 0 && out->coverage < 0 && out->adoption < 0 && out->regular < 0)
        cv_fault_add(&x->faults, CV_AT_POINTER, "", "required", "Cần ít nhất một chỉ tiêu; bỏ chỉ tiêu bằng DELETE",
                     "At least one target is needed; DELETE takes them away");
    return api_faultless(x, cvp_validation_failed);
}

void api_put_target(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_result result;
    struct dom_target in = {.system = htp_param(x, "system")};
    struct cv_error err = {0};
    if (!api_call(x, &call) || !read_target(x, &in))
        return;
    if (!prov_target_put(&call, htp_param(x, "unit"), &in, &result, &err)) {
        fail(x, &err);
        return;
    }
    write_target(x, result.unit.id, &in);
    htp_reply(x, 200);
}

void api_delete_target(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_result result;
    const struct dom_target in = {.system = htp_param(x, "system"), .coverage = -1, .adoption = -1, .regular = -1};
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (prov_target_put(&call, htp_param(x, "unit"), &in, &result, &err))
        htp_reply_empty(x, 204);
    else
        fail(x, &err);
}

/* ---- rows of figures ---- */

static void band(struct cv_jout *j, const char *name, const struct dom_bands *bands, int64_t count, int64_t base)
{
    int at = dom_band_of(bands, count, base);
    cv_jout_string(j, name, at >= 0 ? dom_band_words[at] : NULL);
}

void api_write_row_target(struct htp_exchange *x, const struct api_figures *question,
                          const struct view_coverage_row *row)
{
    struct cv_jout *j = &x->out;
    const struct dom_counts *c = &row->counts;
    const char *system = question->view.required ? "required" : row->system;
    struct dom_bands bands = api_of(x)->bands;
    struct view_target found;
    int64_t use_base = dom_adoption_base(c, question->declared);
    if (system != NULL && view_target_of(api_of(x)->view, row->unit.id, system, x->arena, &found)) {
        cv_jout_object(j, "target");
        write_percents(j, &found.target);
        cv_jout_end(j);
    } else {
        cv_jout_null(j, "target");
    }
    cv_jout_object(j, "band");
    band(j, "coverage", &bands, c->issued, dom_coverage_base(c, question->declared));
    band(j, "adoption", &bands, c->used, row->used_known ? use_base : 0);
    band(j, "regular", &bands, c->regular, row->regular_known ? use_base : 0);
    cv_jout_end(j);
}
