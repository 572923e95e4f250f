/* Frozen reports: make, list, read, change a draft, correct. */
#include <string.h>

#include "api/reports/reports.h"

enum {
    NUMBER_MAX = 60,
    COMMENT_MAX = 8000,
    NAME_MAX_SIGNS = 200,
    CODE_MAX = 64,
    EVIDENCE_MAX = 500,
    INDICATORS_MAX = 40,
    POINTS_MAX = 1000 * 100,
    PAGE_LARGEST = 50,
    PAGE_USUAL = 20,
};

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

/* ---- the body ---- */

static void read_systems(struct htp_exchange *x, const struct cv_jin *o, struct prov_report_input *in)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "systems", CV_OPTIONAL, DOM_SYSTEMS_MAX, &list) != CV_VALUE)
        return;
    in->systems = CV_NEWS(x->arena, const char *, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *slug = cv_jin_item_string(list, i, DOM_SLUG_MAX);
        if (slug != NULL)
            in->systems[in->system_count++] = slug;
    }
    if (cv_jin_count(list) == 0)
        cv_jin_fault(o, "systems", "too_few", "Cần ít nhất một hệ thống", "At least one system is needed");
}

/* All of them by name are all of them. */
void api_read_report_categories(const struct cv_jin *o, uint32_t *out)
{
    const uint32_t all = (1u << DOM_CATEGORIES) - 1;
    if (cv_jin_words(o, "categories", CV_NULLABLE, dom_category_words, out) == CV_VALUE && *out == 0)
        cv_jin_fault(o, "categories", "too_few", "Cần ít nhất một đối tượng, hoặc bỏ trống để tính tất cả",
                     "At least one category is needed, or leave it out for all");
    *out = *out == all ? 0 : *out;
}

static void read_code(const struct cv_jin *o, struct rep_indicator *out)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    cv_jin_string(o, "code", CV_NULLABLE, CODE_MAX, &out->code);
    if (out->code != NULL && (*out->code == '-' || out->code[strspn(out->code, allowed)] != '\0'))
        cv_jin_fault(o, "code", "bad_format", "Mã chỉ số gồm chữ cái không dấu, chữ số, dấu chấm, gạch dưới, gạch nối",
                     "The code has letters without marks, digits, dots, underscores and hyphens");
}

static void read_indicator(const struct cv_jin *o, struct rep_indicator *out)
{
    int figure = 0;
    int64_t points = 0;
    cv_jin_string(o, "system", CV_REQUIRED, DOM_SLUG_MAX, &out->system);
    cv_jin_word(o, "figure", CV_REQUIRED, rep_figure_words, &figure);
    cv_jin_hundredths(o, "max_points", CV_REQUIRED, 0, POINTS_MAX, &points);
    read_code(o, out);
    cv_jin_string(o, "name", CV_NULLABLE, NAME_MAX_SIGNS, &out->name);
    cv_jin_string(o, "evidence", CV_NULLABLE, EVIDENCE_MAX, &out->evidence);
    cv_jin_done(o);
    out->figure = (enum rep_figure)figure;
    out->max_hundredths = (int32_t)points;
}

static void judge_code(struct htp_exchange *x, const struct cv_jin *o, const struct rep_indicator *all, size_t at)
{
    const char *code = rep_indicator_code(&all[at], x->arena);
    for (size_t i = 0; i < at; i++)
        if (all[i].system != NULL && strcmp(rep_indicator_code(&all[i], x->arena), code) == 0) {
            cv_jin_fault(o, "code", "duplicate", "Đã có chỉ số mang mã %s; hãy đặt mã khác",
                         "There is a line of the code %s already; please give another one", code);
            return;
        }
}

void api_read_indicators(struct htp_exchange *x, const struct cv_jin *o, struct rep_indicator **out, size_t *out_count)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "indicators", CV_OPTIONAL, INDICATORS_MAX, &list) != CV_VALUE)
        return;
    *out = CV_NEWS(x->arena, struct rep_indicator, cv_jin_count(list) + 1);
    *out_count = 0;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        if (item == NULL)
            continue;
        struct rep_indicator *next = &(*out)[(*out_count)++];
        read_indicator(item, next);
        if (next->system != NULL)
            judge_code(x, item, *out, *out_count - 1);
    }
}

static void read_period(const struct cv_jin *o, struct prov_report_input *in)
{
    const char *text = NULL;
    int calendar = DOM_CIVIL;
    bool days = cv_jin_day(o, "from", CV_OPTIONAL, &in->from) == CV_VALUE;
    days |= cv_jin_day(o, "to", CV_OPTIONAL, &in->to) == CV_VALUE;
    cv_jin_word(o, "calendar", CV_OPTIONAL, dom_calendar_words, &calendar);
    cv_jin_bool(o, "cumulative", CV_OPTIONAL, &in->cumulative);
    if (cv_jin_string(o, "period", CV_OPTIONAL, DOM_PERIOD_TEXT, &text) != CV_VALUE) {
        if (in->cumulative)
            cv_jin_fault(o, "cumulative", "not_allowed", "Số lũy kế cần chọn kỳ báo cáo",
                         "Cumulative figures need a period");
        return;
    }
    in->has_period = dom_period_parse(text, (enum dom_calendar)calendar, &in->period);
    if (!in->has_period)
        cv_jin_fault(o, "period", "bad_format", "Vui lòng ghi kỳ dạng 2026-09, 2026-Q3, 2026-H1, 2026-9M hoặc 2026",
                     "Please write the period like 2026-09, 2026-Q3, 2026-H1, 2026-9M or 2026");
    if (days)
        cv_jin_fault(o, "period", "not_together", "Chỉ chọn kỳ báo cáo, hoặc ngày đầu và ngày cuối",
                     "Give either a period, or its first and last day");
}

static void read_report(struct htp_exchange *x, const struct cv_jin *o, struct prov_report_input *in)
{
    int kind = REP_COVERAGE, basis = 1, state = REP_DRAFT;
    int64_t depth = 1;
    *in = (struct prov_report_input){.from = CV_NO_DAY, .to = CV_NO_DAY};
    cv_jin_word(o, "kind", CV_OPTIONAL, rep_kind_words, &kind);
    cv_jin_string(o, "unit", CV_OPTIONAL, 64, &in->unit);
    read_systems(x, o, in);
    read_period(o, in);
    api_read_report_categories(o, &in->categories);
    cv_jin_int(o, "depth", CV_OPTIONAL, 1, PROV_REPORT_DEPTH, &depth);
    cv_jin_bool(o, "compare", CV_OPTIONAL, &in->compare);
    cv_jin_word(o, "basis", CV_OPTIONAL, rep_basis_words, &basis);
    cv_jin_string(o, "number", CV_NULLABLE, NUMBER_MAX, &in->number);
    cv_jin_string(o, "comment", CV_NULLABLE | CV_LINES, COMMENT_MAX, &in->comment);
    cv_jin_bool(o, "accept_incomplete", CV_OPTIONAL, &in->accept_incomplete);
    cv_jin_word(o, "state", CV_OPTIONAL, rep_state_words, &state);
    api_read_indicators(x, o, &in->indicators, &in->indicator_count);
    cv_jin_done(o);
    in->kind = (enum rep_kind)kind;
    in->declared = basis == 1;
    in->depth = (int)depth;
    in->state = (enum rep_state)state;
}

static void read_patch(const struct cv_jin *o, bool may_refreeze, struct prov_report_patch *in)
{
    int state = REP_DRAFT;
    *in = (struct prov_report_patch){0};
    in->number.given = cv_jin_string(o, "number", CV_NULLABLE, NUMBER_MAX, &in->number.value);
    in->comment.given = cv_jin_string(o, "comment", CV_NULLABLE | CV_LINES, COMMENT_MAX, &in->comment.value);
    cv_jin_bool(o, "accept_incomplete", CV_OPTIONAL, &in->accept_incomplete);
    cv_jin_word(o, "state", CV_OPTIONAL, rep_state_words, &state);
    if (may_refreeze)
        cv_jin_bool(o, "refreeze", CV_OPTIONAL, &in->refreeze);
    cv_jin_done(o);
    in->final = state == REP_FINAL;
}

/* ---- handlers ---- */

static void reply_made(struct htp_exchange *x, const struct prov_report *report)
{
    int status;
    api_result_head(x, report->outcome, report->revision,
                    cv_arena_printf(x->arena, "/v1/reports/%s", report->report.id), &status);
    api_write_report(x, report, true);
    htp_reply(x, status);
}

static void reply_one(struct htp_exchange *x, const struct prov_report *report)
{
    htp_etag(x, report->revision);
    api_write_report(x, report, true);
    htp_reply(x, 200);
}

void api_create_report(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_report_input in;
    struct prov_report report = {0};
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_report(x, body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_report_create(&call, &in, &report, &err))
        reply_made(x, &report);
    else
        fail(x, &err);
}

void api_create_report_revision(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_report_patch in;
    struct prov_report report = {0};
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_patch(body, false, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_report_revise(&call, htp_param(x, "report"), &in, &report, &err))
        reply_made(x, &report);
    else
        fail(x, &err);
}

void api_get_report(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_report report = {0};
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (prov_report_read(&call, htp_param(x, "report"), &report, &err))
        reply_one(x, &report);
    else
        fail(x, &err);
}

void api_patch_report(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_report_patch in;
    struct prov_report report = {0};
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_if_match_given(x) || !api_call(x, &call) || !api_body(x, &body))
        return;
    read_patch(body, true, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_report_patch(&call, htp_param(x, "report"), &in, &report, &err))
        reply_one(x, &report);
    else
        fail(x, &err);
}

void api_delete_report(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (prov_report_delete(&call, htp_param(x, "report"), &err))
        htp_reply_empty(x, 204);
    else
        fail(x, &err);
}

void api_list_reports(struct htp_exchange *x)
{
    struct prov_call call;
    struct api_page page;
    struct prov_report_query q = {0};
    struct prov_report_page found = {0};
    struct cv_error err = {0};
    const char *bound = api_page_bound(x);
    htp_query_words(x, "kind", rep_kind_words, &q.kinds);
    htp_query_words(x, "state", rep_state_words, &q.states);
    if (!api_call(x, &call) || !api_page_in(x, bound, &page) || !api_unit_filter(x, &q.has_unit, &q.unit, &q.recursive))
        return;
    q.page_size = htp_query(x, "page_size") == NULL ? PAGE_USUAL : page.size < PAGE_LARGEST ? page.size : PAGE_LARGEST;
    q.after = page.after != NULL ? cv_arena_strndup(x->arena, page.after, page.after_len) : NULL;
    if (!prov_report_list(&call, &q, &found, &err)) {
        fail(x, &err);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < found.count; i++)
        api_write_report(x, &found.items[i], false);
    cv_jout_end(&x->out);
    api_page_out(x, bound, found.next, found.next != NULL ? strlen(found.next) : 0, &page, 0);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
