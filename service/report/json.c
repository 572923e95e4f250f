/* The canonical JSON of what is frozen: every member always there, in one order, so that equal reports are equal bytes.
 */
#include <stdio.h>
#include <string.h>

#include "report/internal.h"

static void texts(struct cv_jout *j, const char *name, const char *const text[CV_LANGS])
{
    cv_jout_object(j, name);
    cv_jout_string(j, "vi", text[CV_VI]);
    cv_jout_string(j, "en", text[CV_EN]);
    cv_jout_end(j);
}

static void count(struct cv_jout *j, const char *name, int64_t n)
{
    if (n == REP_NONE)
        cv_jout_null(j, name);
    else
        cv_jout_int(j, name, n);
}

static void counts(struct cv_jout *j, const struct rep_counts *c)
{
    cv_jout_object(j, "counts");
    for (size_t i = 0; i < rep_member_count; i++)
        count(j, rep_members[i].name, rep_count_of(c, i));
    cv_jout_end(j);
}

static void row(struct cv_jout *j, const struct rep_row *r)
{
    cv_jout_object(j, NULL);
    cv_jout_string(j, "row_kind", rep_row_kind_words[r->kind]);
    cv_jout_string(j, "unit", r->unit);
    cv_jout_string(j, "code", r->code);
    texts(j, "name", r->name);
    cv_jout_string(j, "kind", dom_unit_kind_words[r->unit_kind]);
    cv_jout_string(j, "group", rep_group_words[r->group]);
    counts(j, &r->counts);
    cv_jout_end(j);
}

static void person(struct cv_jout *j, const struct rep_person *p)
{
    cv_jout_object(j, NULL);
    cv_jout_string(j, "full_name", p->full_name);
    cv_jout_string(j, "title", p->title);
    cv_jout_string(j, "address", p->address);
    cv_jout_string(j, "unit_code", p->unit_code);
    texts(j, "unit_name", p->unit_name);
    cv_jout_string(j, "stage", rep_stage_words[p->stage]);
    cv_jout_day(j, "since_on", p->since);
    cv_jout_string(j, "reason", p->reason);
    cv_jout_day(j, "revoke_on", p->revoke_on);
    cv_jout_end(j);
}

static void cause(struct cv_jout *j, const struct rep_cause *c)
{
    cv_jout_object(j, NULL);
    cv_jout_string(j, "cause", rep_why_words[c->why]);
    cv_jout_string(j, "reason", c->reason >= 0 ? dom_reason_words[c->reason] : NULL);
    cv_jout_int(j, "issued", c->issued);
    cv_jout_int(j, "base", c->base);
    cv_jout_end(j);
}

static void previous(struct cv_jout *j, const struct rep_previous *p)
{
    if (!p->given) {
        cv_jout_null(j, "previous");
        return;
    }
    cv_jout_object(j, "previous");
    cv_jout_string(j, "report", p->report);
    cv_jout_day(j, "from", p->from);
    cv_jout_day(j, "to", p->to);
    counts(j, &p->counts);
    cv_jout_array(j, "causes");
    for (size_t i = 0; i < p->cause_count; i++)
        cause(j, &p->causes[i]);
    cv_jout_end(j);
    cv_jout_end(j);
}

static void rule(struct cv_jout *j, const struct rep_sheet *s)
{
    cv_jout_object(j, "rule");
    cv_jout_int(j, "version", s->rule_version);
    cv_jout_int(j, "regular_days", s->regular_days);
    cv_jout_int(j, "regular_of", s->regular_of);
    cv_jout_int(j, "regular_needed", s->regular_needed);
    cv_jout_int(j, "stale_after", s->stale_after);
    cv_jout_bool(j, "reported", s->reported);
    cv_jout_bool(j, "last_only", s->last_only);
    cv_jout_end(j);
}

const char *rep_stale_reason(const struct rep_sheet *s)
{
    if (!s->stale)
        return NULL;
    if (s->unknown > DOM_USE_STALE)
        return dom_unknown_use_words[s->unknown];
    if (!s->reported)
        return "no_usage_source";
    return s->data_through == CV_NO_DAY ? "no_usage_data" : "usage_data_stale";
}

static void sheet(struct cv_jout *j, const struct rep_sheet *s)
{
    cv_jout_object(j, NULL);
    cv_jout_string(j, "system", s->system);
    texts(j, "name", s->name);
    rule(j, s);
    cv_jout_day(j, "data_through", s->data_through);
    cv_jout_bool(j, "stale", s->stale);
    cv_jout_string(j, "stale_reason", rep_stale_reason(s));
    cv_jout_array(j, "rows");
    for (size_t i = 0; i < s->row_count; i++)
        row(j, &s->rows[i]);
    cv_jout_end(j);
    cv_jout_array(j, "people");
    for (size_t i = 0; i < s->people_count; i++)
        person(j, &s->people[i]);
    cv_jout_end(j);
    previous(j, &s->previous);
    cv_jout_end(j);
}

static void indicator(struct cv_jout *j, const struct rep_indicator *i)
{
    cv_jout_object(j, NULL);
    cv_jout_string(j, "code", i->code);
    cv_jout_string(j, "name", i->name);
    cv_jout_string(j, "system", i->system);
    cv_jout_string(j, "figure", rep_figure_words[i->figure]);
    cv_jout_int(j, "max_points_hundredths", i->max_hundredths);
    cv_jout_string(j, "evidence", i->evidence);
    count(j, "a", i->a);
    count(j, "b", i->b);
    count(j, "issued_beyond", i->issued_beyond);
    cv_jout_end(j);
}

static void letterhead(struct cv_jout *j, const struct dom_letterhead *l)
{
    cv_jout_object(j, "letterhead");
    cv_jout_string(j, "superior_body", l->superior_body);
    cv_jout_string(j, "issuing_body", l->issuing_body);
    cv_jout_string(j, "place", l->place);
    cv_jout_string(j, "on_behalf", l->on_behalf);
    cv_jout_string(j, "signatory_title", l->signatory_title);
    cv_jout_string(j, "signatory_name", l->signatory_name);
    if (l->addressees.count > 0) /* reports from before there were any keep their hash */
        cv_jout_strings(j, "addressees", l->addressees.text, l->addressees.count);
    cv_jout_strings(j, "recipients", l->recipients.text, l->recipients.count);
    cv_jout_end(j);
}

void rep_categories_write(struct cv_jout *j, const struct rep_report *r)
{
    if (r->categories == 0)
        cv_jout_null(j, "categories");
    else
        cv_jout_words(j, "categories", dom_category_words, r->categories);
}

static void subject(struct cv_jout *j, const struct rep_report *r)
{
    cv_jout_string(j, "kind", rep_kind_words[r->kind]);
    cv_jout_object(j, "unit");
    cv_jout_string(j, "id", r->unit);
    cv_jout_string(j, "code", r->code);
    texts(j, "name", r->name);
    cv_jout_end(j);
    cv_jout_object(j, "period");
    cv_jout_string(j, "code", r->period);
    texts(j, "name", r->period_name);
    cv_jout_day(j, "from", r->from);
    cv_jout_day(j, "to", r->to);
    cv_jout_string(j, "calendar", rep_calendar_words[r->admin_calendar]);
    cv_jout_bool(j, "cumulative", r->cumulative);
    cv_jout_end(j);
    rep_categories_write(j, r);
    cv_jout_string(j, "basis", rep_basis_words[r->declared]);
    cv_jout_int(j, "depth", r->depth);
    cv_jout_string(j, "population", rep_population_words[r->population]);
    cv_jout_bool(j, "incomplete", r->incomplete);
    cv_jout_string(j, "unit_tree", r->unit_tree);
    cv_jout_string(j, "definition", r->definition);
    cv_jout_moment(j, "as_of", r->as_of);
    cv_jout_moment(j, "frozen_at", r->frozen_at);
}

void rep_json(struct cv_buf *out, const struct rep_report *r)
{
    struct cv_jout j;
    cv_jout_init(&j, out);
    cv_jout_object(&j, NULL);
    subject(&j, r);
    letterhead(&j, &r->letterhead);
    cv_jout_array(&j, "sheets");
    for (size_t i = 0; i < r->sheet_count; i++)
        sheet(&j, &r->sheets[i]);
    cv_jout_end(&j);
    cv_jout_array(&j, "indicators");
    for (size_t i = 0; i < r->indicator_count; i++)
        indicator(&j, &r->indicators[i]);
    cv_jout_end(&j);
    cv_jout_end(&j);
    if (!cv_jout_ok(&j))
        out->failed = true;
}

void rep_hash(const char *json, size_t len, char out[REP_HASH_TEXT])
{
    cv_sha256(json, len, out);
}

static const char *digest(const char *text, char out[REP_HASH_TEXT])
{
    if (text == NULL)
        return "-";
    cv_sha256(text, strlen(text), out);
    return out;
}

void rep_paper_hash(const struct rep_report *r, const char *figures_hash, char out[REP_HASH_TEXT])
{
    char number[REP_HASH_TEXT], comment[REP_HASH_TEXT], lines[4 * REP_HASH_TEXT];
    int len = snprintf(lines, sizeof(lines), "%d\n%s\n%s\n%s\n", r->revision, digest(r->number, number),
                       digest(r->comment, comment), figures_hash);
    cv_sha256(lines, (size_t)len, out);
}

void rep_paper_write(struct cv_jout *j, const struct rep_report *r)
{
    cv_jout_string(j, "id", r->id);
    cv_jout_string(j, "state", rep_state_words[r->state]);
    cv_jout_int(j, "revision", r->revision);
    cv_jout_string(j, "corrects", r->corrects);
    cv_jout_string(j, "corrects_number", r->corrects_number);
    cv_jout_string(j, "number", r->number);
    cv_jout_string(j, "comment", r->comment);
    cv_jout_string(j, "created_by", r->created_by);
    cv_jout_moment(j, "created_at", r->created_at);
    cv_jout_moment(j, "final_at", r->final_at);
}
