/* The lines of a report for programs: flat, one after the other, the same members in JSON and in CSV. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/reports/reports.h"

enum kind { TEXT, COUNT, RATE };
struct member {
    const char *name;
    enum kind kind;
    const char *text; /* NULL = null */
    int32_t n, of;    /* a count, or a of b; REP_NONE = null */
};
enum { MEMBERS_MAX = 24 };
struct line {
    struct member members[MEMBERS_MAX];
    size_t count;
};

/* ---- what a line says ---- */

static void text(struct line *l, const char *name, const char *value)
{
    l->members[l->count++] = (struct member){.name = name, .kind = TEXT, .text = value};
}

static void count(struct line *l, const char *name, int32_t n)
{
    l->members[l->count++] = (struct member){.name = name, .kind = COUNT, .n = n};
}

static void day(struct htp_exchange *x, struct line *l, const char *name, cv_day d)
{
    char iso[CV_DAY_TEXT];
    text(l, name, d == CV_NO_DAY ? NULL : cv_arena_strdup(x->arena, cv_day_iso(d, iso)));
}

static const char *categories(struct htp_exchange *x, const struct rep_report *r)
{
    const char *out = NULL;
    for (int c = 0; c < DOM_CATEGORIES; c++)
        if (r->categories >> c & 1u)
            out = out == NULL ? dom_category_words[c] : cv_arena_printf(x->arena, "%s %s", out, dom_category_words[c]);
    return out;
}

static int32_t base_of(const struct rep_sheet *s)
{
    return s->row_count > 0 ? s->rows[0].counts.base : REP_NONE;
}

static struct line line_of(struct htp_exchange *x, enum cv_lang lang, const struct rep_report *r,
                           const struct rep_indicator *i)
{
    struct line l = {.count = 0};
    const struct rep_sheet *s = rep_sheet_of(r, i->system);
    bool of_use = i->figure == REP_FIGURE_USED || i->figure == REP_FIGURE_REGULAR;
    text(&l, "code", rep_indicator_code(i, x->arena));
    text(&l, "name", rep_indicator_name(r, i, lang, x->arena));
    text(&l, "unit", r->code);
    day(x, &l, "from", r->from);
    day(x, &l, "to", r->to);
    text(&l, "system", i->system);
    text(&l, "figure", rep_figure_words[i->figure]);
    text(&l, "categories", categories(x, r));
    text(&l, "basis", rep_basis_words[r->declared]);
    count(&l, "a", i->a);
    count(&l, "b", i->b);
    l.members[l.count++] = (struct member){.name = "rate", .kind = RATE, .n = i->a, .of = i->b};
    l.members[l.count++] = (struct member){
        .name = "rate_undeducted", .kind = RATE, .n = i->a, .of = of_use && s != NULL ? base_of(s) : REP_NONE};
    count(&l, "issued_beyond", i->issued_beyond);
    day(x, &l, "cut_off", rep_cut_off(r));
    day(x, &l, "data_through", of_use && s != NULL ? s->data_through : CV_NO_DAY);
    text(&l, "definition", r->definition);
    text(&l, "rule",
         i->figure == REP_FIGURE_REGULAR && s != NULL && s->reported
             ? cv_arena_printf(x->arena, "regular-%s-%d", s->system, s->rule_version)
             : NULL);
    text(&l, "evidence", i->evidence);
    text(&l, "report", r->id);
    text(&l, "state", rep_state_words[r->state]);
    count(&l, "revision", r->revision);
    text(&l, "hash", r->hash);
    return l;
}

/* ---- as JSON ---- */

static void write_member(struct cv_jout *j, const struct member *m)
{
    if (m->kind == TEXT)
        cv_jout_string(j, m->name, m->text);
    else if (m->n == REP_NONE || (m->kind == RATE && m->of == REP_NONE))
        cv_jout_null(j, m->name);
    else if (m->kind == COUNT)
        cv_jout_int(j, m->name, m->n);
    else
        cv_jout_ratio(j, m->name, m->n, m->of);
}

static void write_json(struct htp_exchange *x, const struct line *lines, size_t n)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_array(j, "items");
    for (size_t i = 0; i < n; i++) {
        cv_jout_object(j, NULL);
        for (size_t m = 0; m < lines[i].count; m++)
            write_member(j, &lines[i].members[m]);
        cv_jout_end(j);
    }
    cv_jout_end(j);
    cv_jout_end(j);
}

/* ---- as CSV: what is null in JSON is an empty cell ---- */

static struct rep_cell cell(struct cv_arena *arena, const struct member *m)
{
    if (m->kind == TEXT)
        return rep_text(m->text != NULL ? m->text : "");
    if (m->n == REP_NONE || (m->kind == RATE && m->of <= 0))
        return rep_text("");
    if (m->kind == COUNT)
        return rep_int(m->n);
    int64_t parts = rep_percent_of(m->n, m->of); /* four decimals, the same as in JSON */
    return rep_text(cv_arena_printf(arena, "%d.%04d", (int)(parts / 10000), (int)(parts % 10000)));
}

static void write_csv(struct htp_exchange *x, const struct line *lines, size_t n, const struct line *heads,
                      struct cv_buf *out)
{
    struct rep_table *t = rep_table_new(x->arena, CV_EN, heads->count);
    const struct rep_table *tables[] = {t};
    for (size_t m = 0; m < heads->count; m++)
        t->columns[m].title = heads->members[m].name;
    for (size_t i = 0; i < n; i++) {
        struct rep_cell *cells = rep_table_line(t, REP_LINE_PLAIN);
        for (size_t m = 0; m < lines[i].count; m++)
            cells[m] = cell(x->arena, &lines[i].members[m]);
    }
    rep_csv(out, tables, CV_COUNT(tables), ',');
}

/* ---- the answer ---- */

static void reply(struct htp_exchange *x, enum cv_lang lang, enum api_format format, const struct rep_report *r)
{
    size_t n;
    cv_auto_buf csv = {0};
    struct rep_indicator none = {.system = "", .a = REP_NONE, .b = REP_NONE};
    const struct rep_indicator *all = rep_indicators(r, x->arena, &n);
    struct line *lines = CV_NEWS(x->arena, struct line, n + 1), heads = line_of(x, lang, r, &none);
    for (size_t i = 0; i < n; i++)
        lines[i] = line_of(x, lang, r, &all[i]);
    if (format == API_JSON) {
        write_json(x, lines, n);
        htp_reply(x, 200);
        return;
    }
    cv_buf_init(&csv, CV_MAX_RESPONSE);
    write_csv(x, lines, n, &heads, &csv);
    htp_reply_text(x, 200, api_media_type(format), cv_buf_str(&csv), csv.len);
}

static void send(struct htp_exchange *x, enum cv_lang lang, enum api_format format, const struct prov_report *report)
{
    const char *in = lang == CV_EN ? "en" : "vi";
    const char *etag = cv_arena_printf(x->arena, "\"%.16s-%lld-indicators-%s-%s\"", report->report.hash,
                                       (long long)report->revision, api_format_words[format], in);
    if (!api_has_file(x, etag, lang))
        reply(x, lang, format, &report->report);
}

void api_list_report_indicators(struct htp_exchange *x)
{
    struct prov_call call;
    struct api_file file;
    struct prov_report report = {0};
    struct cv_error err = {0};
    enum cv_lang lang = api_read_lang(x);
    api_read_file(x, 1u << API_JSON | 1u << API_CSV, &file);
    if (!api_faultless(x, cvp_validation_failed) || !api_call(x, &call))
        return;
    if (prov_report_read(&call, htp_param(x, "report"), &report, &err))
        send(x, lang, file.format, &report);
    else
        htp_problem(x, &err, NULL);
}
