/* The paper itself: JSON, CSV, XLSX, PDF, DOCX, or a page to print; made from the frozen report alone. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/reports/reports.h"

struct question {
    struct api_file file;
    enum cv_lang lang;
};

static bool read_question(struct htp_exchange *x, struct question *out)
{
    out->lang = api_read_lang(x);
    api_read_file(x, API_PAPER, &out->file);
    return api_faultless(x, cvp_validation_failed);
}

static bool make_tables(struct htp_exchange *x, const struct question *q, const struct rep_report *r,
                        struct cv_buf *out, struct cv_error *err)
{
    const struct rep_table **tables;
    size_t count;
    struct rep_xlsx_options options = {
        .title = cv_arena_printf(x->arena, "%s %s", r->code, r->period != NULL ? r->period : ""),
        .author = r->name[CV_VI],
        .made_at = r->frozen_at};
    rep_tables(r, q->lang, x->arena, &tables, &count);
    rep_letterhead(r, q->lang, x->arena, &options);
    if (q->file.format == API_XLSX)
        tables[count++] = rep_definitions(r, q->lang, x->arena);
    return api_write_tables(x, &q->file, tables, count, &options, out, err);
}

static bool make_pdf(struct htp_exchange *x, const struct question *q, const struct rep_report *r, struct cv_buf *out,
                     struct cv_error *err)
{
    const struct rep_pdf_options options = {.fonts = api_of(x)->fonts, .deadline = x->deadline};
    return rep_pdf(out, r, q->lang, x->arena, &options, err);
}

static bool make_docx(struct htp_exchange *x, const struct question *q, const struct rep_report *r, struct cv_buf *out,
                      struct cv_error *err)
{
    return rep_docx(out, r, q->lang, x->arena, err);
}

static bool make_page(struct htp_exchange *x, const struct question *q, const struct rep_report *r, struct cv_buf *out,
                      struct cv_error *err)
{
    (void)err;
    rep_html(out, r, q->lang, x->arena);
    return true;
}

static bool make(struct htp_exchange *x, const struct question *q, const struct prov_report *report, struct cv_buf *out,
                 struct cv_error *err)
{
    static bool (*const makers[API_FORMATS])(struct htp_exchange * x, const struct question *q,
                                             const struct rep_report *r, struct cv_buf *out,
                                             struct cv_error *err) = {[API_HTML] = make_page,
                                                                      [API_CSV] = make_tables,
                                                                      [API_XLSX] = make_tables,
                                                                      [API_PDF] = make_pdf,
                                                                      [API_DOCX] = make_docx};
    if (q->file.format == API_JSON)
        cv_buf_put(out, report->figures, report->figures_len);
    else if (!makers[q->file.format](x, q, &report->report, out, err))
        return false;
    return (cv_buf_ok(out) && cv_arena_ok(x->arena)) ||
           cv_fail(err, cvp_internal, NULL, "Câu trả lời quá lớn", "The answer is too large");
}

static void name_paper(struct htp_exchange *x, const struct question *q, const struct rep_report *r)
{
    char from[CV_DAY_TEXT], to[CV_DAY_TEXT];
    bool en = q->lang == CV_EN;
    const char *code = r->code != NULL ? r->code : "", *when = r->period;
    if (when == NULL)
        when = cv_arena_printf(x->arena, "%s--%s", cv_day_iso(r->from, from), cv_day_iso(r->to, to));
    api_name_file(x, q->file.format, cv_arena_printf(x->arena, "%s-%s-%s", en ? "report" : "bao-cao", code, when),
                  cv_arena_printf(x->arena, "%s %s %s", en ? "Report" : "Báo cáo", code, when));
}

static bool may_see(struct htp_exchange *x, const struct rep_report *r, struct cv_error *err)
{
    return !rep_is_of_people(r->kind) || (api_actor(x)->scopes & DOM_STAFF_READ) != 0 ||
           cv_fail(err, cvp_scope_missing, NULL, "Danh sách người cần quyền xem nhân sự",
                   "A list of people needs the scope staff:read");
}

static void send(struct htp_exchange *x, const struct question *q, const struct prov_report *report)
{
    struct cv_error err = {0};
    const char *lang = q->lang == CV_EN ? "en" : "vi";
    const char *etag =
        cv_arena_printf(x->arena, "\"%.16s-%lld-%s-%s%s\"", report->report.hash, (long long)report->revision,
                        api_format_words[q->file.format], lang, q->file.delimiter == ';' ? "-s" : "");
    if (api_has_file(x, etag, q->lang))
        return;
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    if (!make(x, q, report, &out, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    name_paper(x, q, &report->report);
    if (q->file.format == API_HTML) /* a page of texts that people typed: nothing in it may run or load */
        htp_header_set(x, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    htp_reply_text(x, 200, api_media_type(q->file.format), cv_buf_str(&out), out.len);
}

void api_get_report_content(struct htp_exchange *x)
{
    struct prov_call call;
    struct question question;
    struct prov_report report = {0};
    struct cv_error err = {0};
    if (!read_question(x, &question) || !api_call(x, &call))
        return;
    if (prov_report_read(&call, htp_param(x, "report"), &report, &err) && may_see(x, &report.report, &err))
        send(x, &question, &report);
    else
        htp_problem(x, &err, NULL);
}
