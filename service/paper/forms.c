/* Forms of requests, a page each: national motto, who asks, the table, who confirms. */
#include "congvu/paper.h"

static const char style[] =
    "@page{size:A4 landscape;margin:15mm}\n"
    "html{font-family:'Times New Roman','Liberation Serif',serif;font-size:13pt;line-height:1.3;color:#000;"
    "background:#fff}\n"
    "body{margin:0}.form{break-after:page}.form:last-child{break-after:auto}\n"
    ".head,.foot{width:100%;text-align:center}.head td{width:50%;vertical-align:top}\n"
    ".superior{text-transform:uppercase}.unit{font-weight:bold;text-transform:uppercase}.nation,.motto{font-weight:"
    "bold}.line{border-top:1px solid "
    "#000;width:45%;margin:1mm auto}\n"
    ".date{font-style:italic;margin-top:2mm}h1{font-size:14pt;text-align:center;margin:6mm 0 0;padding-top:1.5mm}\n"
    ".subject{text-align:center;font-weight:bold;margin-bottom:4mm}\n"
    "table.rows{width:99.5%;border-collapse:collapse;font-size:12pt}.rows th,.rows td{border:1px solid #000;"
    "padding:1.5mm;overflow-wrap:anywhere}\n"
    ".rows thead{display:table-header-group}.rows tr{break-inside:avoid}\n"
    ".foot{margin-top:6mm;font-weight:bold;break-inside:avoid}.foot td{width:50%;padding-bottom:22mm}\n"
    "@media screen{body{max-width:267mm;margin:8mm auto;padding:0 6mm}}\n";

static const char *say(enum cv_lang lang, const char *vi, const char *en)
{
    return lang == CV_EN ? en : vi;
}

static void element(struct cv_buf *out, const char *open, const char *text, const char *close)
{
    cv_buf_puts(out, open);
    cv_buf_escaped(out, text);
    cv_buf_puts(out, close);
}

static const char *or_dots(const char *text)
{
    return text != NULL && *text != '\0' ? text : "……………………";
}

static void put_date(struct cv_buf *out, const char *place, cv_day day, enum cv_lang lang)
{
    char text[CV_DAY_WORDS], plain[CV_DAY_TEXT];
    const char *shown = lang == CV_EN ? cv_day_people(day, plain) : cv_day_words(day, text);
    element(out, "<div class=\"date\">", or_dots(place), ", ");
    element(out, "", shown, "</div>");
}

/* Who answers for the list to whoever has to ask back. */
static void put_asker(struct cv_buf *out, const struct pap_form *f, enum cv_lang lang)
{
    element(out, "<p>", say(lang, "Người đề nghị: ", "Asked by: "), "");
    element(out, "", or_dots(f->asked_by), say(lang, "; đơn vị: ", "; unit: "));
    element(out, "", f->unit, say(lang, "; điện thoại: ", "; phone: "));
    element(out, "", or_dots(f->phone), ".</p>\n");
}

static void put_head(struct cv_buf *out, const struct pap_form *f, cv_day day, enum cv_lang lang)
{
    cv_buf_puts(out, "<table class=\"head\"><tr><td>");
    if (f->superior != NULL)
        element(out, "<div class=\"superior\">", f->superior, "</div>");
    element(out, "<div class=\"unit\">", f->unit, "</div><div class=\"line\"></div><div>");
    cv_buf_escaped(out, say(lang, "Số: ………", "No.: ………"));
    element(out, "</div></td><td><div class=\"nation\">", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "</div>");
    element(out, "<div class=\"motto\">", "Độc lập - Tự do - Hạnh phúc", "</div><div class=\"line\"></div>");
    put_date(out, f->place, day, lang);
    element(out, "</td></tr></table>\n<h1>", f->title, "</h1>\n");
    element(out, "<div class=\"subject\">", f->subject, "</div>\n");
    put_asker(out, f, lang);
}

static void put_table(struct cv_buf *out, const struct pap_form *f)
{
    cv_buf_puts(out, "<table class=\"rows\"><thead><tr>");
    for (size_t c = 0; c < f->column_count; c++)
        element(out, "<th>", f->heads[c], "</th>");
    cv_buf_puts(out, "</tr></thead><tbody>\n");
    for (size_t r = 0; r < f->row_count; r++) {
        cv_buf_puts(out, "<tr>");
        for (size_t c = 0; c < f->column_count; c++)
            element(out, "<td>", f->cells[r * f->column_count + c], "</td>");
        cv_buf_puts(out, "</tr>\n");
    }
    element(out, "</tbody></table>\n<p>", f->sum, "</p>\n");
    if (f->note != NULL)
        element(out, "<p>", f->note, "</p>\n");
}

void pap_forms_html(struct cv_buf *out, const struct pap_form *forms, size_t count, cv_day day, enum cv_lang lang)
{
    cv_buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
                  lang == CV_EN ? "en" : "vi");
    cv_buf_escaped(out, say(lang, "Phiếu đề nghị", "Requests"));
    element(out, "</title>\n<style>\n", NULL, style);
    cv_buf_puts(out, "</style>\n</head>\n<body>\n");
    for (size_t i = 0; i < count; i++) {
        cv_buf_puts(out, "<section class=\"form\">\n");
        put_head(out, &forms[i], day, lang);
        put_table(out, &forms[i]);
        element(out, "<table class=\"foot\"><tr><td>", say(lang, "NGƯỜI ĐỀ NGHỊ", "ASKED BY"), "</td><td>");
        element(out, "", say(lang, "XÁC NHẬN CỦA CƠ QUAN", "CONFIRMED BY THE BODY"),
                "</td></tr></table>\n</section>\n");
    }
    cv_buf_puts(out, "</body>\n</html>\n");
}
