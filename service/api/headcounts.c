/* Declared headcounts of a unit. */
#include "api/internal.h"

static void write_categories(struct cv_jout *j, const struct dom_headcount *h)
{
    if (!h->has_categories) {
        cv_jout_null(j, "by_category");
        return;
    }
    cv_jout_object(j, "by_category");
    for (int c = 0; c < DOM_CATEGORIES; c++)
        if (h->by_category[c] >= 0)
            cv_jout_int(j, dom_category_words[c], h->by_category[c]);
    cv_jout_end(j);
}

/* As many as the whole subtree has: probably the figure of the unit with all its sub-units, which would count them twice. */
static bool holds_sub_units(struct htp_exchange *x, const struct dom_unit *unit, const struct dom_headcount *h)
{
    const struct view *view = api_of(x)->view;
    int own = view_unit_recorded(view, unit->id);
    int all = view_recorded(view, (struct view_scope){.top = unit->id});
    return all > own && h->total >= all;
}

static void write_warnings(struct htp_exchange *x, const struct dom_unit *unit, const struct dom_headcount *h)
{
    struct cv_jout *j = &x->out;
    cv_jout_array(j, "warnings");
    if (holds_sub_units(x, unit, h)) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "code", "includes_sub_units");
        cv_jout_string(j, "detail", x->lang == CV_EN
                                        ? "This looks like the figure with all sub-units; only the unit's own people belong here"
                                        : "Con số này có vẻ gồm cả đơn vị trực thuộc; ở đây chỉ khai số người của riêng đơn vị");
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void write_headcount(struct htp_exchange *x, const struct dom_unit *unit, const struct dom_headcount *h)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_day(j, "on", h->on);
    cv_jout_int(j, "total", h->total);
    write_categories(j, h);
    if (h->establishment >= 0)
        cv_jout_int(j, "establishment", h->establishment);
    else
        cv_jout_null(j, "establishment");
    cv_jout_string(j, "source", h->source);
    write_warnings(x, unit, h);
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
    htp_problem(x, &err, NULL);
    return false;
}

static bool read_date(struct htp_exchange *x, cv_day *out)
{
    if (!cv_day_parse(htp_param(x, "date"), out))
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "date", "not_a_date", "Cần ngày dạng 2026-11-15", "A day such as 2026-11-15 is needed");
    return api_faultless(x, cvp_invalid_parameter);
}

static const struct dom_headcount *headcount_on(const struct dom_unit *unit, cv_day on)
{
    for (size_t i = 0; i < unit->headcount_count; i++)
        if (unit->headcounts[i].on == on)
            return &unit->headcounts[i];
    return NULL;
}

void api_list_headcounts(struct htp_exchange *x)
{
    struct dom_unit unit;
    if (!read_unit(x, &unit))
        return;
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = unit.headcount_count; i > 0; i--) /* newest first */
        write_headcount(x, &unit, &unit.headcounts[i - 1]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_get_headcount(struct htp_exchange *x)
{
    struct dom_unit unit;
    struct cv_error err = {0};
    cv_day on;
    if (!read_date(x, &on) || !read_unit(x, &unit))
        return;
    const struct dom_headcount *found = headcount_on(&unit, on);
    if (found == NULL) {
        cv_fail(&err, cvp_headcount_not_found, NULL, "Đơn vị chưa khai báo số người cho ngày này", "The unit declared no headcount for this day");
        htp_problem(x, &err, NULL);
        return;
    }
    write_headcount(x, &unit, found);
    htp_reply(x, 200);
}

static void read_headcount(const struct cv_jin *body, cv_day on, struct dom_headcount *out)
{
    const struct cv_jin *by = NULL;
    int64_t total = 0, establishment = -1;
    *out = (struct dom_headcount){.on = on};
    cv_jin_int(body, "total", CV_REQUIRED, 0, 1000000, &total);
    cv_jin_int(body, "establishment", CV_NULLABLE, 0, 1000000, &establishment);
    cv_jin_string(body, "source", CV_NULLABLE, 200, &out->source);
    out->has_categories = cv_jin_object(body, "by_category", CV_NULLABLE, &by) == CV_VALUE;
    for (int c = 0; c < DOM_CATEGORIES; c++) {
        int64_t people = -1;
        if (out->has_categories)
            cv_jin_int(by, dom_category_words[c], CV_OPTIONAL, 0, 1000000, &people);
        out->by_category[c] = (int)people;
    }
    if (out->has_categories)
        cv_jin_done(by);
    out->total = (int)total;
    out->establishment = (int)establishment;
    cv_jin_done(body);
}

void api_put_headcount(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_headcount in;
    struct prov_unit_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    cv_day on;
    if (!read_date(x, &on) || !api_call(x, &call) || !api_body(x, &body))
        return;
    read_headcount(body, on, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_headcount_put(&call, htp_param(x, "unit"), &in, &result, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    write_headcount(x, &result.unit, &in);
    htp_reply(x, 200);
}
