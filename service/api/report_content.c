/* The paper itself: JSON, CSV, XLSX, or a page to print; made from the frozen report alone. */
#include "api/reports.h"

#include <string.h>

enum format { F_JSON, F_HTML, F_CSV, F_XLSX, FORMATS };

static const struct {
    const char *word, *media, *type; /* media as negotiated, type as sent */
} formats[FORMATS] = {
    [F_JSON] = {"json", "application/json", "application/json"},
    [F_HTML] = {"html", "text/html", "text/html; charset=utf-8"},
    [F_CSV] = {"csv", "text/csv", "text/csv; charset=utf-8"},
    [F_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

struct question {
    enum format format;
    enum cv_lang lang;
    char delimiter;
};

static void choose_word(struct htp_exchange *x, const char *name, const char *const *words, int *out)
{
    const char *value = htp_query(x, name);
    int i = value != NULL ? dom_word_index(words, value) : -1;
    if (i >= 0)
        *out = i;
    else if (value != NULL)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, name, "not_allowed_value", "Giá trị không được hỗ trợ: %s",
                     "Not one of the values that are there: %s", value);
}

static bool read_question(struct htp_exchange *x, struct question *out)
{
    static const char *const words[] = {"json", "html", "csv", "xlsx", NULL}, *const langs[] = {"vi", "en", NULL},
                             *const delimiters[] = {"comma", "semicolon", NULL};
    int format = F_JSON, lang = x->lang, delimiter = 0;
    while (format < F_XLSX && !htp_accepts(x, formats[format].media))
        format++;
    choose_word(x, "format", words, &format);
    choose_word(x, "lang", langs, &lang);
    choose_word(x, "csv_delimiter", delimiters, &delimiter);
    *out = (struct question){(enum format)format, lang == 1 ? CV_EN : CV_VI, delimiter == 1 ? ';' : ','};
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
        .made_at = r->frozen_at,
        .tmp_dir = api_of(x)->tmp_dir};
    rep_tables(r, q->lang, x->arena, &tables, &count);
    if (q->format == F_CSV) {
        rep_csv(out, tables, count, q->delimiter);
        return true;
    }
    tables[count++] = rep_definitions(r, q->lang, x->arena);
    return rep_xlsx(out, tables, count, &options, err);
}

static bool make(struct htp_exchange *x, const struct question *q, const struct prov_report *report, struct cv_buf *out,
                 struct cv_error *err)
{
    if (q->format == F_JSON)
        cv_buf_put(out, report->figures, report->figures_len);
    else if (q->format == F_HTML)
        rep_html(out, &report->report, q->lang, x->arena);
    else if (!make_tables(x, q, &report->report, out, err))
        return false;
    return (cv_buf_ok(out) && cv_arena_ok(x->arena)) ||
           cv_fail(err, cvp_internal, NULL, "Câu trả lời quá lớn", "The answer is too large");
}

/* Only letters, digits, dots and dashes go into the name of a file. */
static const char *plain_name(struct cv_arena *arena, const char *text)
{
    char *out = cv_arena_strdup(arena, text);
    for (char *p = out; *p != '\0'; p++)
        if (!((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || *p == '.' ||
              *p == '-'))
            *p = '-';
    return out;
}

static const char *percent_coded(struct cv_arena *arena, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = cv_arena_alloc(arena, 3 * strlen(text) + 1), *p = out;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-') {
            *p++ = *text;
            continue;
        }
        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 15];
    }
    *p = '\0';
    return out;
}

static void name_file(struct htp_exchange *x, const struct question *q, const struct rep_report *r)
{
    char from[CV_DAY_TEXT], to[CV_DAY_TEXT];
    const char *word = formats[q->format].word, *code = r->code != NULL ? r->code : "";
    const char *days = cv_arena_printf(x->arena, "%s--%s", cv_day_iso(r->from, from), cv_day_iso(r->to, to));
    const char *when = r->period != NULL ? r->period : days;
    const char *people =
        cv_arena_printf(x->arena, "%s %s %s.%s", q->lang == CV_EN ? "Report" : "Báo cáo", code, when, word);
    htp_header_set(x, "Content-Disposition", "%s; filename=\"%s\"; filename*=UTF-8''%s",
                   q->format == F_CSV || q->format == F_XLSX ? "attachment" : "inline",
                   plain_name(x->arena, cv_arena_printf(x->arena, "%s-%s-%s.%s",
                                                        q->lang == CV_EN ? "report" : "bao-cao", code, when, word)),
                   percent_coded(x->arena, people));
}

static bool may_see(struct htp_exchange *x, const struct rep_report *r, struct cv_error *err)
{
    return !api_report_of_people(r) || (api_actor(x)->scopes & DOM_STAFF_READ) != 0 ||
           cv_fail(err, cvp_scope_missing, NULL, "Danh sách người cần quyền staff:read",
                   "A list of people needs the scope staff:read");
}

static void send(struct htp_exchange *x, const struct question *q, const struct prov_report *report)
{
    struct cv_error err = {0};
    const char *etag =
        cv_arena_printf(x->arena, "\"%.16s-%lld-%s-%s%s\"", report->hash, (long long)report->revision,
                        formats[q->format].word, q->lang == CV_EN ? "en" : "vi", q->delimiter == ';' ? "-s" : "");
    htp_header_set(x, "ETag", "%s", etag);
    htp_header_set(x, "Content-Language", "%s", q->lang == CV_EN ? "en" : "vi");
    htp_header_set(x, "Cache-Control", "private, no-cache");
    if (htp_none_match(x, etag)) {
        htp_reply_empty(x, 304);
        return;
    }
    cv_auto_buf out;
    cv_buf_init(&out, CV_MAX_RESPONSE);
    if (!make(x, q, report, &out, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    name_file(x, q, &report->report);
    htp_reply_text(x, 200, formats[q->format].type, cv_buf_str(&out), out.len);
}

void api_get_report_content(struct htp_exchange *x)
{
    struct prov_call call;
    struct question question;
    struct prov_report report;
    struct cv_error err = {0};
    if (!read_question(x, &question) || !api_call(x, &call))
        return;
    if (prov_report_read(&call, htp_param(x, "report"), &report, &err) && may_see(x, &report.report, &err))
        send(x, &question, &report);
    else
        htp_problem(x, &err, NULL);
}
