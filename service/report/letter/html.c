/* The page to print: one document, its annexes, and nothing from outside. */
#include "report/letter/html.h"

static const char style[] =
    "@page{size:A4 portrait;margin:20mm 15mm 20mm 30mm;@top-center{content:counter(page);font:13pt 'Times New "
    "Roman',serif}}\n"
    "@page:first{@top-center{content:none}}\n"
    "@counter-style nothing{system:cyclic;symbols:\"\";suffix:\"\"}\n"
    "@counter-style behind{system:extends decimal;range:2 infinite;fallback:nothing}\n"
    "html{font-family:'Times New Roman','Liberation "
    "Serif',serif;font-size:13pt;line-height:1.35;color:#000;background:#fff}\n"
    "body{margin:0}\n"
    "p{margin:0 0 4pt;text-align:justify;text-indent:1cm}\n"
    "h2,h3{font-size:13pt;margin:8pt 0 4pt;text-indent:1cm;break-after:avoid}\n"
    "h1,.subject{font-size:14pt;font-weight:bold;text-align:center;margin:0;text-indent:0}\n"
    "h1{margin-top:18pt}.capitals{text-transform:uppercase}\n"
    ".address{margin-left:35mm}.address+h2{margin-top:14pt}\n"
    ".rule{border-top:1px solid #000;margin:2pt "
    "auto}.rule.short{width:35%}.rule.long{width:62%}.rule.title{width:22%;margin-bottom:14pt}\n"
    "table.head,table.foot{width:100%;border-collapse:collapse}\n"
    ".head td,.foot td{vertical-align:top;text-align:center;padding:0}\n"
    ".head .left{width:41%}.head .right{width:59%}\n"
    ".superior{text-transform:uppercase}.issuer{text-transform:uppercase;font-weight:bold}\n"
    ".nation{font-weight:bold;font-size:12.5pt;white-space:nowrap}.motto{font-weight:bold;font-size:13.5pt}\n"
    ".date{font-style:italic;margin-top:6pt;white-space:pre-wrap}.number{margin-top:6pt}\n"
    ".draft{display:inline-block;border:1px solid #000;font-weight:bold;padding:1pt 8pt;margin-top:6pt}\n"
    ".foot{margin-top:14pt;break-inside:avoid;break-before:avoid}.foot "
    "td.left{width:45%;text-align:left;font-size:11pt}\n"
    ".to{font-weight:bold;font-style:italic;font-size:12pt}.behalf,.post,.signatory{font-weight:bold}.behalf,.post{"
    "text-transform:uppercase}\n"
    ".space{height:26mm}\n"
    ".annex{break-before:page}\n"
    ".annex h1{margin-top:0}.with{text-align:center;font-style:italic;margin:2pt 0 8pt;text-indent:0}\n"
    "table.figures{width:100%;border-collapse:collapse;table-layout:fixed;font-size:11pt;line-height:1.2}\n"
    "table.wide{font-size:8.5pt;line-height:1.1}.figures.wide th,.figures.wide td{padding:1pt 2pt}\n"
    ".figures th,.figures td{border:1px solid #000;padding:2pt 3pt;overflow-wrap:break-word;vertical-align:middle}\n"
    ".figures thead{display:table-header-group}.figures tr{break-inside:avoid}\n"
    ".figures th{text-align:center}.numbers th{font-weight:normal;font-style:italic;font-size:85%}\n"
    ".wide .numbers th{font-size:6pt;padding:1pt 0}\n"
    ".figures td.n{text-align:center}.figures td.text{text-align:left}\n"
    ".group td,.total td{font-weight:bold}.own td{font-style:italic}\n"
    ".notes-head{font-style:italic;font-size:11pt;margin:6pt 0 "
    "0;text-indent:0}.notes{margin:0;padding-left:6mm;font-size:11pt}\n"
    "svg.bars{width:140mm;display:block;margin:4pt auto 8pt;font-family:inherit;font-size:12px}\n"
    ".bars .full{fill:#fff;stroke:#777;stroke-width:1}.bars .part{fill:#555}\n"
    ".check{font-size:9pt;text-indent:0;margin-top:10pt;overflow-wrap:anywhere}\n"
    "@media screen{body{max-width:297mm;margin:10mm auto;padding:0 10mm}.annex{margin-top:20mm}}\n";

/* Each annex is numbered apart, from its second page on: a kind of page of its own, which counts itself. */
static void put_page_rules(struct rep_page *p)
{
    int number = 0;
    for (size_t i = 0; i < p->l->count; i++) {
        if (p->l->blocks[i].kind != REP_BLOCK_ANNEX)
            continue;
        number++;
        cv_buf_printf(p->out,
                      "@page annex%d{size:A4 %s;margin:%dmm %dmm %dmm %dmm;counter-increment:annex%d;"
                      "@top-center{content:counter(annex%d,behind);font:13pt 'Times New Roman',serif}}\n"
                      ".annex%d{page:annex%d}\n",
                      number, p->l->blocks[i].across ? "landscape" : "portrait", REP_PAPER_ABOVE, REP_PAPER_RIGHT,
                      REP_PAPER_BELOW, REP_PAPER_LEFT, number, number, number, number);
    }
}

static void put_opening(struct rep_page *p)
{
    rep_put(p, "<!DOCTYPE html>\n<html lang=\"");
    rep_put(p, p->l->lang == CV_EN ? "en" : "vi");
    rep_put(p, "\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    rep_put_text(p, p->l->title);
    rep_put(p, "</title>\n<style>\n");
    rep_put(p, style);
    put_page_rules(p);
    rep_put(p, "</style>\n</head>\n<body>\n");
}

static void put_head(struct rep_page *p)
{
    const struct rep_head *head = &p->l->head;
    rep_put(p, "<table class=\"head\"><tr><td class=\"left\">\n");
    rep_put_element(p, "div", "superior", head->superior);
    rep_put_element(p, "div", "issuer", head->issuer);
    rep_put(p, "<div class=\"rule short\"></div>\n");
    rep_put_element(p, "div", "number", head->number);
    rep_put_element(p, "div", "draft", head->draft);
    rep_put(p, "</td><td class=\"right\">\n");
    rep_put_element(p, "div", "nation", head->nation);
    rep_put_element(p, "div", "motto", head->motto);
    rep_put(p, "<div class=\"rule long\"></div>\n");
    rep_put_element(p, "div", "date", head->date);
    rep_put(p, "</td></tr></table>\n");
}

static void put_foot(struct rep_page *p)
{
    const struct rep_foot *foot = &p->l->foot;
    rep_put(p, "<table class=\"foot\"><tr><td class=\"left\">\n");
    rep_put_element(p, "div", "to", foot->to);
    for (size_t i = 0; i < foot->recipients.count; i++)
        rep_put_element(p, "div", "recipient", foot->recipients.text[i]);
    rep_put(p, "</td><td class=\"right\">\n");
    rep_put_element(p, "div", "behalf", foot->behalf);
    rep_put_element(p, "div", "post", foot->post);
    rep_put(p, "<div class=\"space\"></div>\n");
    rep_put_element(p, "div", "signatory", foot->signatory);
    rep_put(p, "</td></tr></table>\n");
}

static void end_annex(struct rep_page *p)
{
    if (p->annexes > 0)
        rep_put(p, "</section>\n");
}

static void begin_annex(struct rep_page *p)
{
    end_annex(p);
    cv_buf_printf(p->out, "<section class=\"annex annex%d\">\n", ++p->annexes);
}

/* What is nothing but a text. */
static const struct {
    const char *tag, *class;
} texts[] = {
    [REP_BLOCK_TITLE] = {"h1", ""},     [REP_BLOCK_SUBJECT] = {"div", "subject"}, [REP_BLOCK_WITH] = {"div", "with"},
    [REP_BLOCK_PART] = {"h2", ""},      [REP_BLOCK_SECTION] = {"h3", ""},         [REP_BLOCK_PARAGRAPH] = {"p", ""},
    [REP_BLOCK_CHECK] = {"p", "check"}, [REP_BLOCK_ADDRESS] = {"div", "address"},
};

static void put_block(struct rep_page *p, const struct rep_block *b)
{
    switch (b->kind) {
    case REP_BLOCK_HEAD:
        put_head(p);
        return;
    case REP_BLOCK_FOOT:
        put_foot(p);
        return;
    case REP_BLOCK_RULE:
        rep_put(p, "<div class=\"rule title\"></div>\n");
        return;
    case REP_BLOCK_ANNEX:
        begin_annex(p);
        return;
    case REP_BLOCK_TABLE:
        rep_put_table(p, b);
        return;
    case REP_BLOCK_BARS:
        rep_put_bars(p, b);
        return;
    default:
        rep_put_element(p, texts[b->kind].tag, b->capitals ? "subject capitals" : texts[b->kind].class, b->text);
    }
}

void rep_html(struct cv_buf *out, const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    struct rep_page page = {.out = out, .l = rep_letter(r, lang, arena)};
    put_opening(&page);
    for (size_t i = 0; i < page.l->count; i++)
        put_block(&page, &page.l->blocks[i]);
    end_annex(&page);
    rep_put(&page, "</body>\n</html>\n");
}
