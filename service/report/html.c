/* The page to print: one document, its annexes, and nothing from outside. */
#include <stdio.h>
#include <string.h>

#include "report/html.h"

static const char style[] =
    "@page{size:A4 portrait;margin:20mm 15mm 20mm 30mm;@top-center{content:counter(page);font:13pt 'Times New "
    "Roman',serif}}\n"
    "@page:first{@top-center{content:none}}\n"
    "@page annex{size:A4 landscape;margin:15mm 12mm}\n"
    "html{font-family:'Times New Roman','Liberation "
    "Serif',serif;font-size:13pt;line-height:1.35;color:#000;background:#fff}\n"
    "body{margin:0}\n"
    "p{margin:0 0 4pt;text-align:justify;text-indent:1cm}\n"
    "h2,h3{font-size:13pt;margin:8pt 0 4pt;text-indent:1cm;break-after:avoid}\n"
    "h1,.subject{font-size:14pt;font-weight:bold;text-align:center;margin:0;text-indent:0}\n"
    "h1{margin-top:18pt}\n"
    ".rule{border-top:1px solid #000;margin:2pt "
    "auto}.rule.short{width:35%}.rule.long{width:62%}.rule.title{width:22%;margin-bottom:14pt}\n"
    "table.head,table.foot{width:100%;border-collapse:collapse}\n"
    ".head td,.foot td{vertical-align:top;text-align:center;padding:0}\n"
    ".head .left{width:41%}.head .right{width:59%}\n"
    ".superior{text-transform:uppercase}.issuer{text-transform:uppercase;font-weight:bold}\n"
    ".nation{font-weight:bold;font-size:12.5pt;white-space:nowrap}.motto{font-weight:bold;font-size:13.5pt}\n"
    ".date{font-style:italic;margin-top:6pt;white-space:pre-wrap}.number{margin-top:6pt}\n"
    ".draft{display:inline-block;border:1px solid #000;font-weight:bold;padding:1pt 8pt;margin-top:6pt}\n"
    ".foot{margin-top:14pt;break-inside:avoid}.foot td.left{width:45%;text-align:left;font-size:11pt}\n"
    ".to{font-weight:bold;font-style:italic;font-size:12pt}.behalf,.post,.signatory{font-weight:bold}.behalf,.post{"
    "text-transform:uppercase}\n"
    ".space{height:26mm}\n"
    ".annex{break-before:page;page:annex}\n"
    ".annex.upright{page:auto}\n"
    ".annex h1{margin-top:0}.with{text-align:center;font-style:italic;margin:2pt 0 8pt;text-indent:0}\n"
    "table.figures{width:100%;border-collapse:collapse;table-layout:fixed;font-size:11pt;line-height:1.2}\n"
    "table.wide{font-size:8.5pt;line-height:1.1}.figures.wide th,.figures.wide td{padding:1pt 2pt}\n"
    ".figures th,.figures td{border:1px solid #000;padding:2pt 3pt;overflow-wrap:break-word;vertical-align:middle}\n"
    ".figures thead{display:table-header-group}.figures tr{break-inside:avoid}\n"
    ".figures th{text-align:center}.numbers th{font-weight:normal;font-style:italic;font-size:85%}\n"
    ".wide .numbers th{font-size:6pt;padding:1pt 0}\n"
    ".figures td.n{text-align:center}.figures td.text{text-align:left}\n"
    ".group td,.total td{font-weight:bold}.own td{font-style:italic}.total td.text{text-align:center}\n"
    ".notes-head{font-style:italic;font-size:11pt;margin:6pt 0 "
    "0;text-indent:0}.notes{margin:0;padding-left:6mm;font-size:11pt}\n"
    "svg.bars{width:140mm;display:block;margin:4pt auto 8pt;font-family:inherit;font-size:12px}\n"
    ".bars .full{fill:#fff;stroke:#777;stroke-width:1}.bars .part{fill:#555}\n"
    ".check{font-size:9pt;text-indent:0;margin-top:10pt;overflow-wrap:anywhere}\n"
    "@media screen{body{max-width:297mm;margin:10mm auto;padding:0 10mm}.annex{margin-top:20mm}}\n";

static void put_opening(struct rep_page *p)
{
    rep_put(p, "<!DOCTYPE html>\n<html lang=\"");
    rep_put(p, p->lang == CV_EN ? "en" : "vi");
    rep_put(p, "\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    rep_put_text(p, rep_report_title(p->r, p->lang, p->arena));
    rep_put(p, "</title>\n<style>\n");
    rep_put(p, style);
    rep_put(p, "</style>\n</head>\n<body>\n");
}

static void put_title(struct rep_page *p)
{
    rep_put_element(p, "h1", "", REP_SAY(p->lang, "BÁO CÁO", "REPORT"));
    rep_put_element(p, "div", "subject", rep_report_title(p->r, p->lang, p->arena));
    const char *period = rep_name(p->r->period_name, p->lang);
    rep_put_element(p, "div", "subject", *period != '\0' ? period : rep_period_text(p->r, p->lang, p->arena));
    rep_put(p, "<div class=\"rule title\"></div>\n");
}

/* How far the sources reach that end before the period does. */
static void put_incomplete(struct rep_page *p)
{
    const struct rep_report *r = p->r;
    for (size_t i = 0; i < r->sheet_count && r->incomplete; i++) {
        const struct rep_sheet *s = &r->sheets[i];
        if (!s->reported || s->data_through >= r->to || s->data_through == CV_NO_DAY)
            continue;
        rep_put_element(
            p, "p", "",
            cv_arena_printf(p->arena,
                            REP_SAY(p->lang, "Số liệu sử dụng %s tính đến hết ngày %s.", "Usage data of %s reach %s."),
                            rep_name(s->name, p->lang), rep_date(p->arena, s->data_through)));
    }
}

static void put_general(struct rep_page *p)
{
    const struct rep_report *r = p->r;
    char moment[CV_DAY_TEXT];
    rep_put_element(p, "h2", "", REP_SAY(p->lang, "I. TÌNH HÌNH CHUNG", "I. GENERAL"));
    rep_put_element(p, "p", "",
                    cv_arena_printf(p->arena,
                                    REP_SAY(p->lang, "%s báo cáo kết quả %s. Số liệu chốt ngày %s.",
                                            "%s reports for %s. Figures as of %s."),
                                    rep_name(r->name, p->lang), rep_period_text(r, p->lang, p->arena),
                                    cv_day_people(cv_day_of(r->frozen_at), moment)));
    put_incomplete(p);
    if (r->corrects != NULL)
        rep_put_element(
            p, "p", "",
            cv_arena_printf(p->arena,
                            REP_SAY(p->lang, "Báo cáo này (lần %d) thay thế Báo cáo số %s đã gửi trước đó (mã %s).",
                                    "This report (revision %d) replaces report No. %s sent before (%s)."),
                            r->revision, r->corrects_number != NULL ? r->corrects_number : "………", r->corrects));
}

static void put_comment(struct rep_page *p)
{
    const char *rest = p->r->comment;
    rep_put_element(p, "h2", "", REP_SAY(p->lang, "III. ĐÁNH GIÁ, KIẾN NGHỊ", "III. ASSESSMENT AND PROPOSALS"));
    if (rest == NULL)
        rep_put_element(p, "p", "", REP_SAY(p->lang, "Không có kiến nghị.", "None."));
    while (rest != NULL && *rest != '\0') {
        size_t len = strcspn(rest, "\n");
        rep_put_element(p, "p", "", cv_arena_strndup(p->arena, rest, len));
        rest += len + (rest[len] == '\n');
    }
}

static void put_results(struct rep_page *p)
{
    rep_put_element(p, "h2", "", REP_SAY(p->lang, "II. KẾT QUẢ", "II. RESULTS"));
    if (p->r->kind == REP_INDICATORS)
        rep_put_table(p, rep_indicator_table(p->r, p->lang, p->arena));
    for (size_t i = 0; i < p->r->sheet_count && p->r->kind != REP_INDICATORS; i++)
        rep_put_sentences(p, &p->r->sheets[i], i + 1);
}

static void put_annex(struct rep_page *p, const struct rep_table *t, size_t number)
{
    static const char *const roman[] = {"I", "II", "III", "IV",   "V",   "VI", "VII", "VIII", "IX",
                                        "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"};
    const char *of =
        p->r->letterhead.issuing_body != NULL ? p->r->letterhead.issuing_body : rep_name(p->r->name, p->lang);
    rep_put(p, t->column_count > 4 ? "<section class=\"annex\">\n" : "<section class=\"annex upright\">\n");
    rep_put_element(p, "h1", "",
                    cv_arena_printf(p->arena, REP_SAY(p->lang, "PHỤ LỤC %s", "ANNEX %s"),
                                    roman[number < CV_COUNT(roman) ? number : CV_COUNT(roman) - 1]));
    for (size_t i = 0; i < t->title_count; i++)
        rep_put_element(p, "div", i == 0 ? "subject" : "with", t->titles[i]);
    rep_put_element(
        p, "div", "with",
        cv_arena_printf(p->arena,
                        REP_SAY(p->lang, "(Kèm theo Báo cáo số %s %s của %s)", "(With report No. %s, %s, of %s)"),
                        p->r->number != NULL ? p->r->number : "………", rep_paper_date(p), of));
    rep_put_table(p, t);
}

static void put_check(struct rep_page *p)
{
    struct cv_buf json;
    char hash[REP_HASH_TEXT];
    cv_buf_init(&json, REP_MAX_BYTES);
    rep_json(&json, p->r);
    rep_hash(cv_buf_str(&json), json.len, hash);
    cv_buf_free(&json);
    rep_put_element(
        p, "p", "check",
        cv_arena_printf(p->arena,
                        REP_SAY(p->lang, "Mã kiểm tra số liệu (SHA-256): %s", "Check of the figures (SHA-256): %s"),
                        hash));
}

void rep_html(struct cv_buf *out, const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    struct rep_page page = {.out = out, .r = r, .lang = lang, .arena = arena}, *p = &page;
    const struct rep_table **tables;
    size_t count;
    put_opening(p);
    rep_put_head(p);
    put_title(p);
    put_general(p);
    put_results(p);
    put_comment(p);
    rep_put_foot(p);
    rep_tables(r, lang, arena, &tables, &count);
    for (size_t i = 0; i < count && r->kind != REP_INDICATORS; i++) {
        put_annex(p, tables[i], i);
        rep_put(p, "</section>\n");
    }
    put_annex(p, rep_definitions(r, lang, arena), r->kind != REP_INDICATORS ? count : 0);
    put_check(p);
    rep_put(p, "</section>\n</body>\n</html>\n");
}
