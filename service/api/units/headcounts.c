/* Declared headcounts of a unit. */
#include "api/frame/window.h"
#include "congvu/prov_units.h"
#include "congvu/view_figures.h"

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

static bool day_of_path(struct htp_exchange *x, cv_day *out)
{
    if (cv_day_parse(htp_param(x, "date"), out))
        return true;
    cv_fault_add(&x->faults, CV_AT_PARAMETER, "date", "not_a_date", "Vui lòng ghi ngày dạng 2026-11-15",
                 "Please write a date like 2026-11-15");
    return api_faultless(x, cvp_invalid_parameter);
}

/* What the units directly below declare, with all below them, as in force today. */
static int64_t declared_below(struct htp_exchange *x, const struct dom_unit *unit)
{
    struct view_coverage_query q = {
        .scope = api_actor(x)->scope, .unit = unit->id, .recursive = true, .depth = 1, .by_unit = true};
    struct view_coverage coverage;
    struct cv_error none = {0};
    int64_t sum = 0;
    if (!view_coverage(api_of(x)->view, &q, x->arena, &coverage, &none))
        return 0;
    for (size_t i = 0; i < coverage.count; i++)
        if (coverage.rows[i].kind == VIEW_ROW_UNIT)
            sum += coverage.rows[i].counts.headcount;
    return sum;
}

static void write_warnings(struct htp_exchange *x, const struct dom_headcount *h, int64_t below, cv_day touched)
{
    struct cv_jout *j = &x->out;
    cv_jout_array(j, "warnings");
    if (below > 0 && h->total >= below) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "code", "parent_at_or_above_children");
        cv_jout_string(j, "detail",
                       x->lang == CV_EN ? "The figure is at or above the sum of the units below. Declare only people "
                                          "who belong to this unit directly."
                                        : "Số khai báo bằng hoặc lớn hơn tổng của các đơn vị trực thuộc. Chỉ khai báo "
                                          "người trực thuộc trực tiếp.");
        cv_jout_end(j);
    }
    api_write_touched_item(x, touched);
    cv_jout_end(j);
}

/* `touched`: of a change, the first day that is over and counts otherwise now. */
static void write_headcount(struct htp_exchange *x, const char *name, const struct dom_headcount *h, int64_t below,
                            cv_day touched)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, name);
    cv_jout_day(j, "on", h->on);
    cv_jout_int(j, "total", h->total);
    if (h->has_categories)
        cv_jout_object(j, "by_category");
    else
        cv_jout_null(j, "by_category");
    for (int c = 0; h->has_categories && c < DOM_CATEGORIES; c++)
        if (h->by_category[c] >= 0)
            cv_jout_int(j, dom_category_words[c], h->by_category[c]);
    if (h->has_categories)
        cv_jout_end(j);
    if (h->establishment >= 0)
        cv_jout_int(j, "establishment", h->establishment);
    else
        cv_jout_null(j, "establishment");
    cv_jout_string(j, "source", h->source);
    write_warnings(x, h, below, touched);
    cv_jout_end(j);
}

static bool read_unit(struct htp_exchange *x, struct dom_unit *out)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return false;
    if (prov_unit_read(&call, htp_param(x, "unit"), out, &err))
        return true;
    fail(x, &err);
    return false;
}

void api_list_headcounts(struct htp_exchange *x)
{
    struct dom_unit unit;
    if (!read_unit(x, &unit))
        return;
    int64_t below = declared_below(x, &unit);
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = unit.headcount_count; i-- > 0;)
        write_headcount(x, NULL, &unit.headcounts[i], below, CV_NO_DAY);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_get_headcount(struct htp_exchange *x)
{
    cv_day day;
    struct dom_unit unit;
    struct cv_error err = {0};
    if (!day_of_path(x, &day) || !read_unit(x, &unit))
        return;
    const struct dom_headcount *found = dom_headcount_of_day(&unit, day);
    if (found == NULL) {
        cv_fail(&err, cvp_headcount_not_found, NULL, "Chưa có số khai báo cho ngày này",
                "Nothing was declared for this day");
        fail(x, &err);
        return;
    }
    write_headcount(x, NULL, found, declared_below(x, &unit), CV_NO_DAY);
    htp_reply(x, 200);
}

static void read_headcount(const struct cv_jin *o, struct dom_headcount *out)
{
    enum { MOST = 1000000 };
    const struct cv_jin *by = NULL;
    int64_t total = 0, establishment = -1;
    cv_jin_int(o, "total", CV_REQUIRED, 0, MOST, &total);
    cv_jin_int(o, "establishment", CV_NULLABLE, 0, MOST, &establishment);
    cv_jin_string(o, "source", CV_NULLABLE, 200, &out->source);
    out->total = (int)total;
    out->establishment = (int)establishment;
    out->has_categories = cv_jin_object(o, "by_category", CV_NULLABLE, &by) == CV_VALUE;
    for (int c = 0; c < DOM_CATEGORIES; c++) {
        int64_t n = -1;
        if (out->has_categories)
            cv_jin_int(by, dom_category_words[c], CV_OPTIONAL, 0, MOST, &n);
        out->by_category[c] = (int)n;
    }
    if (out->has_categories)
        cv_jin_done(by);
    cv_jin_done(o);
}

static cv_day touched_by(const struct prov_unit_result *result)
{
    return dom_unit_touches_from(&result->before, &result->unit, cv_today());
}

void api_put_headcount(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_headcount in = {0};
    struct prov_unit_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!day_of_path(x, &in.on) || !api_call(x, &call) || !api_body(x, &body))
        return;
    read_headcount(body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_headcount_put(&call, htp_param(x, "unit"), &in, &result, &err)) {
        fail(x, &err);
        return;
    }
    const struct dom_headcount *now = dom_headcount_of_day(&result.unit, in.on);
    write_headcount(x, NULL, now != NULL ? now : &in, declared_below(x, &result.unit), touched_by(&result));
    htp_reply(x, 200);
}

/* ---- corrections ---- */

void api_create_unit_correction(struct htp_exchange *x)
{
    static const char *const kinds[] = {"wrong_headcount", NULL};
    struct prov_call call;
    struct prov_unit_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    const char *reason = NULL;
    cv_day on = CV_NO_DAY;
    int kind = 0;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    call.idempotency = (struct dom_idempotency){.at = CV_NO_MOMENT}; /* again, it meets what it did */
    cv_jin_word(body, "kind", CV_REQUIRED, kinds, &kind);
    cv_jin_string(body, "reason", CV_REQUIRED, 500, &reason);
    cv_jin_day(body, "on", CV_REQUIRED, &on);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_headcount_remove(&call, htp_param(x, "unit"), on, reason, &result, &err)) {
        fail(x, &err);
        return;
    }
    cv_jout_object(&x->out, NULL);
    write_headcount(x, "removed", dom_headcount_of_day(&result.before, on), declared_below(x, &result.before),
                    touched_by(&result));
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
