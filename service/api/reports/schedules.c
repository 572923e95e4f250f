/* The calendar of reports. */
#include <string.h>

#include "api/reports/reports.h"
#include "api/units/units.h"
#include "congvu/prov_schedule.h"

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

/* ---- JSON ---- */

static void write_next(struct cv_jout *j, const struct prov_schedule *s)
{
    char text[DOM_PERIOD_TEXT];
    struct prov_schedule_next next = prov_schedule_next(s, cv_today());
    cv_jout_object(j, "next");
    cv_jout_string(j, "period", dom_period_text(&next.period, text));
    cv_jout_day(j, "cut_off_on", next.cut_off);
    cv_jout_day(j, "due_on", next.due);
    cv_jout_end(j);
}

static void write_last(struct cv_jout *j, const struct prov_schedule *s)
{
    if (s->made_report == NULL) {
        cv_jout_null(j, "last");
        return;
    }
    cv_jout_object(j, "last");
    cv_jout_string(j, "period", s->made_period);
    cv_jout_string(j, "report", s->made_report);
    cv_jout_end(j);
}

static void write_lines(struct cv_jout *j, const struct prov_schedule *s)
{
    if (s->kind != REP_INDICATORS)
        return;
    cv_jout_array(j, "indicators");
    for (size_t i = 0; i < s->indicator_count; i++) {
        const struct rep_indicator *line = &s->indicators[i];
        cv_jout_object(j, NULL);
        cv_jout_string(j, "system", line->system);
        cv_jout_string(j, "figure", rep_figure_words[line->figure]);
        cv_jout_ratio(j, "max_points", line->max_hundredths, 100);
        cv_jout_string(j, "code", line->code);
        cv_jout_string(j, "name", line->name);
        cv_jout_string(j, "evidence", line->evidence);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void write_schedule(struct htp_exchange *x, const struct prov_schedule *s)
{
    struct cv_jout *j = &x->out;
    struct view_unit unit;
    struct cv_error none = {0};
    cv_jout_object(j, NULL);
    cv_jout_string(j, "code", s->code);
    cv_jout_string(j, "kind", rep_kind_words[s->kind]);
    if (view_unit_find(api_of(x)->view, api_actor(x)->scope, s->unit, CV_NO_DAY, x->arena, &unit, &none))
        api_write_unit_row_ref(x, "unit", &unit);
    else
        cv_jout_null(j, "unit");
    cv_jout_string(j, "every", dom_period_kind_words[s->every]);
    cv_jout_string(j, "calendar", dom_calendar_words[s->calendar]);
    rep_categories_write(j, &(const struct rep_report){.categories = s->categories});
    write_lines(j, s);
    cv_jout_int(j, "cut_off", s->cut_off);
    cv_jout_int(j, "due", s->due);
    write_next(j, s);
    write_last(j, s);
    cv_jout_end(j);
}

static void read_schedule(struct htp_exchange *x, const struct cv_jin *o, struct prov_schedule *out)
{
    int kind = REP_COVERAGE, every = DOM_MONTH, calendar = DOM_CIVIL;
    int64_t cut_off = 0, due = 0;
    *out = (struct prov_schedule){0};
    cv_jin_word(o, "kind", CV_OPTIONAL, rep_kind_words, &kind);
    cv_jin_string(o, "unit", CV_REQUIRED, 64, &out->unit);
    cv_jin_word(o, "every", CV_REQUIRED, dom_period_kind_words, &every);
    cv_jin_word(o, "calendar", CV_OPTIONAL, dom_calendar_words, &calendar);
    api_read_indicators(x, o, &out->indicators, &out->indicator_count);
    api_read_report_categories(o, &out->categories);
    cv_jin_int(o, "cut_off", CV_REQUIRED, 1, PROV_SCHEDULE_DAYS, &cut_off);
    cv_jin_int(o, "due", CV_REQUIRED, 1, PROV_SCHEDULE_DAYS, &due);
    cv_jin_done(o);
    out->kind = (enum rep_kind)kind;
    out->every = (enum dom_period_kind)every;
    out->calendar = (enum dom_calendar)calendar;
    out->cut_off = (int)cut_off;
    out->due = (int)due;
}

/* ---- handlers ---- */

void api_list_report_schedules(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_schedule *all;
    size_t count;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_schedule_list(&call, &all, &count, &err)) {
        fail(x, &err);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        write_schedule(x, &all[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_put_report_schedule(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_schedule in, schedule;
    struct cv_error err = {0};
    const struct cv_jin *body;
    int status;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_schedule(x, body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_schedule_put(&call, htp_param(x, "schedule"), &in, &schedule, &err)) {
        fail(x, &err);
        return;
    }
    api_result_head(x, schedule.outcome, schedule.revision,
                    cv_arena_printf(x->arena, "/v1/report-schedules/%s", schedule.code), &status);
    write_schedule(x, &schedule);
    htp_reply(x, status);
}

void api_delete_report_schedule(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (prov_schedule_delete(&call, htp_param(x, "schedule"), &err))
        htp_reply_empty(x, 204);
    else
        fail(x, &err);
}
