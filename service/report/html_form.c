/* The administrative form (Decree 30/2020): head, signature, sentences. */
#include <stdio.h>

#include "report/html.h"

const char *rep_paper_date(struct rep_page *p)
{
    int year, month, day;
    if (p->r->final_at == CV_NO_MOMENT)
        return REP_SAY(p->lang, "ngày      tháng      năm", "date:");
    cv_day_split(cv_day_of(p->r->final_at), &year, &month, &day);
    if (p->lang == CV_EN)
        return cv_arena_printf(p->arena, "%02d/%02d/%d", day, month, year);
    /* the form writes days below 10 and the months 1 and 2 with a zero */
    return month < 3 ? cv_arena_printf(p->arena, "ngày %02d tháng %02d năm %d", day, month, year)
                     : cv_arena_printf(p->arena, "ngày %02d tháng %d năm %d", day, month, year);
}

static const char *or_dots(const char *text)
{
    return text != NULL ? text : "……………………";
}

void rep_put_head(struct rep_page *p)
{
    const struct dom_letterhead *l = &p->r->letterhead;
    rep_put(p, "<table class=\"head\"><tr><td class=\"left\">\n");
    rep_put_element(p, "div", "superior", l->superior_body);
    rep_put_element(p, "div", "issuer", l->issuing_body != NULL ? l->issuing_body : rep_name(p->r->name, p->lang));
    rep_put(p, "<div class=\"rule short\"></div>\n");
    rep_put_element(p, "div", "number",
                    cv_arena_printf(p->arena, REP_SAY(p->lang, "Số: %s", "No.: %s"), or_dots(p->r->number)));
    rep_put_element(p, "div", "draft", p->r->state == REP_DRAFT ? REP_SAY(p->lang, "DỰ THẢO", "DRAFT") : NULL);
    rep_put(p, "</td><td class=\"right\">\n");
    rep_put_element(p, "div", "nation",
                    REP_SAY(p->lang, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"));
    rep_put_element(p, "div", "motto",
                    REP_SAY(p->lang, "Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"));
    rep_put(p, "<div class=\"rule long\"></div>\n");
    rep_put_element(p, "div", "date", cv_arena_printf(p->arena, "%s, %s", or_dots(l->place), rep_paper_date(p)));
    rep_put(p, "</td></tr></table>\n");
}

void rep_put_foot(struct rep_page *p)
{
    const struct dom_letterhead *l = &p->r->letterhead;
    rep_put(p, "<table class=\"foot\"><tr><td class=\"left\">\n");
    rep_put_element(p, "div", "to", REP_SAY(p->lang, "Nơi nhận:", "Recipients:"));
    for (size_t i = 0; i < l->recipient_count; i++)
        rep_put_element(p, "div", "recipient", cv_arena_printf(p->arena, "- %s;", l->recipients[i]));
    rep_put_element(p, "div", "recipient", REP_SAY(p->lang, "- Lưu: VT.", "- File."));
    rep_put(p, "</td><td class=\"right\">\n");
    rep_put_element(p, "div", "behalf", l->on_behalf);
    rep_put_element(p, "div", "post", l->signatory_title);
    rep_put(p, "<div class=\"space\"></div>\n");
    rep_put_element(p, "div", "signatory", l->signatory_name);
    rep_put(p, "</td></tr></table>\n");
}

/* "961 người, đạt 80,49% (961/1.194)" */
static const char *reached(struct rep_page *p, int32_t a, int32_t b)
{
    if (a == REP_NONE || b == REP_NONE)
        return rep_unknown(p->lang);
    if (b == 0)
        return REP_SAY(p->lang, "không có người thuộc diện", "nobody to count");
    return cv_arena_printf(p->arena, REP_SAY(p->lang, "%s người, đạt tỷ lệ %s%% (%s/%s)", "%s people, %s%% (%s/%s)"),
                           rep_number(p->arena, p->lang, a), rep_decimal(p->arena, p->lang, rep_percent_of(a, b)),
                           rep_number(p->arena, p->lang, a), rep_number(p->arena, p->lang, b));
}

/* "tỷ lệ cấp tăng 1,20 điểm phần trăm", from the printed rates. */
static const char *change(struct rep_page *p, const char *what, int32_t a, int32_t b, int32_t a0, int32_t b0)
{
    if (a == REP_NONE || b <= 0 || a0 == REP_NONE || b0 <= 0)
        return cv_arena_printf(p->arena, "%s %s", what, rep_unknown(p->lang));
    int64_t by = rep_percent_of(a, b) - rep_percent_of(a0, b0);
    if (by == 0)
        return cv_arena_printf(p->arena, REP_SAY(p->lang, "%s không đổi", "%s unchanged"), what);
    return cv_arena_printf(p->arena, REP_SAY(p->lang, "%s %s %s điểm phần trăm", "%s %s by %s points"), what,
                           by > 0 ? REP_SAY(p->lang, "tăng", "up") : REP_SAY(p->lang, "giảm", "down"),
                           rep_decimal(p->arena, p->lang, by > 0 ? by : -by));
}

static void put_comparison(struct rep_page *p, const struct rep_sheet *s, const struct rep_counts *c)
{
    const struct rep_previous *before = &s->previous;
    if (!before->given)
        return;
    const struct rep_counts *o = &before->counts;
    rep_put_element(
        p, "p", "",
        cv_arena_printf(
            p->arena,
            REP_SAY(p->lang, "So với kỳ trước (từ ngày %s đến ngày %s): %s; %s; %s.",
                    "Against the period before (%s to %s): %s; %s; %s."),
            rep_date(p->arena, before->from), rep_date(p->arena, before->to),
            change(p, REP_SAY(p->lang, "tỷ lệ cấp", "issue"), c->issued, c->base, o->issued, o->base),
            change(p, REP_SAY(p->lang, "tỷ lệ có sử dụng", "use"), c->used, c->usage_base, o->used, o->usage_base),
            change(p, REP_SAY(p->lang, "tỷ lệ thường xuyên sử dụng", "regular use"), c->regular, c->usage_base,
                   o->regular, o->usage_base)));
}

static void put_figures(struct rep_page *p, const struct rep_counts *c)
{
    const char *people = c->headcount == REP_NONE ? REP_SAY(p->lang, "chưa khai báo", "not declared")
                                                  : rep_number(p->arena, p->lang, c->headcount);
    rep_put_element(
        p, "p", "",
        cv_arena_printf(
            p->arena,
            REP_SAY(p->lang, "- Tổng số người hiện có: %s; chưa có trên hệ thống: %s; thuộc diện phải cấp: %s người.",
                    "- People in post: %s; not in the system: %s; to be issued: %s people."),
            people, rep_number(p->arena, p->lang, c->unrecorded), rep_number(p->arena, p->lang, c->base)));
    rep_put_element(p, "p", "",
                    cv_arena_printf(p->arena,
                                    REP_SAY(p->lang, "- Đã cấp: %s. Đã kích hoạt: %s.", "- Issued: %s. Activated: %s."),
                                    reached(p, c->issued, c->base), reached(p, c->activated, c->issued)));
    rep_put_element(
        p, "p", "",
        cv_arena_printf(p->arena,
                        REP_SAY(p->lang, "- Có sử dụng trong kỳ: %s. Thường xuyên sử dụng trong công việc: %s.",
                                "- Used in the period: %s. Regularly used at work: %s."),
                        reached(p, c->used, c->usage_base), reached(p, c->regular, c->usage_base)));
    rep_put_element(p, "p", "",
                    cv_arena_printf(p->arena,
                                    REP_SAY(p->lang, "- Tạm khóa: %s; thu hồi trong kỳ: %s.",
                                            "- Locked: %s; revoked in the period: %s."),
                                    rep_number(p->arena, p->lang, c->locked),
                                    rep_number(p->arena, p->lang, c->revoked)));
}

void rep_put_sentences(struct rep_page *p, const struct rep_sheet *s, size_t number)
{
    const struct rep_row *total = rep_total_row(s);
    rep_put_element(p, "h3", "", cv_arena_printf(p->arena, "%zu. %s", number, rep_name(s->name, p->lang)));
    if (p->r->kind != REP_COVERAGE || total == NULL) {
        rep_put_element(p, "p", "",
                        cv_arena_printf(p->arena,
                                        REP_SAY(p->lang, "Danh sách có %zu người, chi tiết tại phụ lục.",
                                                "The list has %zu people; see the annex."),
                                        s->people_count));
        return;
    }
    put_figures(p, &total->counts);
    put_comparison(p, s, &total->counts);
    rep_put_bars(p, s);
}
