/* JSON of a report. */
#include <string.h>

#include "api/reports/reports.h"

static const char *shown(const char *const name[CV_LANGS], enum cv_lang lang)
{
    const char *text = api_in_language(name, lang);
    return text != NULL ? text : "";
}

static void write_unit(struct htp_exchange *x, const struct rep_report *r)
{
    cv_jout_object(&x->out, "unit"); /* as it was called when the report was frozen */
    cv_jout_string(&x->out, "id", r->unit);
    cv_jout_string(&x->out, "code", r->code != NULL ? r->code : "");
    cv_jout_string(&x->out, "name", shown(r->name, x->lang));
    cv_jout_end(&x->out);
}

static void write_period(struct htp_exchange *x, const struct rep_report *r)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, "period");
    cv_jout_string(j, "code", r->period);
    cv_jout_string(j, "name", shown(r->period_name, x->lang));
    cv_jout_day(j, "from", r->from);
    cv_jout_day(j, "to", r->to);
    cv_jout_string(j, "calendar", rep_calendar_words[r->admin_calendar]);
    cv_jout_bool(j, "cumulative", r->cumulative);
    cv_jout_end(j);
}

static void write_rate(struct cv_jout *j, const char *name, int32_t a, int32_t b)
{
    if (a == REP_NONE || b == REP_NONE)
        cv_jout_null(j, name);
    else
        cv_jout_ratio(j, name, a, b);
}

static void write_notes(struct cv_jout *j, const struct rep_counts *c)
{
    cv_jout_array(j, "notes");
    for (int lever = 0; lever < REP_LEVERS; lever++) {
        int32_t people = rep_lever_people(c, (enum rep_lever)lever);
        if (people == 0)
            continue;
        cv_jout_object(j, NULL);
        cv_jout_string(j, "code", rep_lever_words[lever]);
        cv_jout_int(j, "people", people);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void write_system(struct cv_jout *j, const struct rep_sheet *s)
{
    struct rep_counts none = {.used = REP_NONE, .regular = REP_NONE};
    const struct rep_counts *c = s->row_count > 0 ? &s->rows[0].counts : &none;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "system", s->system);
    cv_jout_day(j, "data_through", s->data_through);
    cv_jout_bool(j, "stale", s->stale);
    cv_jout_string(j, "stale_reason", rep_stale_reason(s));
    cv_jout_int(j, "rule_version", s->rule_version);
    write_rate(j, "coverage", c->issued, c->base);
    write_rate(j, "adoption", c->used, c->usage_base);
    write_rate(j, "adoption_undeducted", c->used, c->base);
    write_rate(j, "regular_ratio", c->regular, c->usage_base);
    write_rate(j, "regular_ratio_undeducted", c->regular, c->base);
    write_notes(j, c);
    cv_jout_end(j);
}

static void write_links(struct htp_exchange *x, const struct rep_report *r)
{
    static const char *const formats[] = {"json", "csv", "xlsx", "html", "pdf", "docx"};
    cv_jout_object(&x->out, "links");
    for (size_t i = 0; i < CV_COUNT(formats); i++)
        cv_jout_string(&x->out, formats[i],
                       cv_arena_printf(x->arena, "/v1/reports/%s/content?format=%s", r->id, formats[i]));
    cv_jout_end(&x->out);
}

static void write_figures(struct htp_exchange *x, const struct prov_report *report)
{
    bool hidden = rep_is_of_people(report->report.kind) && (api_actor(x)->scopes & DOM_STAFF_READ) == 0;
    cv_jout_string(&x->out, "superseded_by", report->superseded_by);
    if (hidden)
        cv_jout_null(&x->out, "figures");
    else
        cv_jout_raw(&x->out, "figures", report->figures, report->figures_len);
}

void api_write_report(struct htp_exchange *x, const struct prov_report *report, bool whole)
{
    const struct rep_report *r = &report->report;
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "kind", rep_kind_words[r->kind]);
    rep_paper_write(j, r);
    write_unit(x, r);
    write_period(x, r);
    rep_categories_write(j, r);
    cv_jout_string(j, "basis", rep_basis_words[r->declared]);
    cv_jout_string(j, "population", rep_population_words[r->population]);
    cv_jout_bool(j, "incomplete", r->incomplete);
    cv_jout_string(j, "definition", r->definition);
    cv_jout_string(j, "unit_tree", r->unit_tree);
    cv_jout_moment(j, "frozen_at", r->frozen_at);
    cv_jout_array(j, "systems");
    for (size_t i = 0; i < r->sheet_count; i++)
        write_system(j, &r->sheets[i]);
    cv_jout_end(j);
    cv_jout_string(j, "hash", r->hash);
    cv_jout_string(j, "figures_hash", report->figures_hash);
    if (whole)
        write_figures(x, report);
    write_links(x, r);
    cv_jout_end(j);
}
