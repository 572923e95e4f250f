/* The page of slips: three a sheet, then a list a unit to sign on. */
#include <stdio.h>
#include <string.h>

#include "congvu/paper.h"

enum { A_SHEET = 3 };

static const char style[] =
    "@page{size:A4 portrait;margin:12mm 15mm}\n"
    "html{font-family:'Times New Roman','Liberation Serif',serif;font-size:12pt;line-height:1.3;color:#000;"
    "background:#fff}\n"
    "body{margin:0}h1,h2{font-size:13pt;text-align:center;margin:0;padding-top:1.5mm}h2{font-weight:bold}\n"
    ".slip{height:86mm;box-sizing:border-box;padding:3mm 0;border-bottom:1px dashed #000;position:relative;"
    "break-inside:avoid;overflow:hidden}\n"
    ".sheet{break-after:page}.slip:last-child{border-bottom:0}\n"
    ".cut{position:absolute;bottom:.5mm;left:0;font-size:9pt}\n"
    ".slip:last-child .cut{display:none}\n"
    ".parts{display:flex;gap:6mm;margin-top:2mm}.facts{flex:1;min-width:0}\n"
    ".facts table{border-collapse:collapse;width:100%}.facts td{padding:0.6mm 0;vertical-align:top;"
    "overflow-wrap:anywhere}\n"
    ".facts td:first-child{width:32mm;white-space:nowrap}\n"
    ".code{font-family:'Liberation Mono','Courier New',monospace;font-size:15pt;font-weight:bold;white-space:nowrap}\n"
    ".scan{width:44mm;text-align:center;font-size:9.5pt}.qr{width:40mm;height:40mm;display:block;margin:0 auto 1mm}\n"
    ".care{font-size:10pt;font-style:italic;margin:2mm 0 0}\n"
    ".list{break-before:page}.list:first-of-type{break-before:auto}.under{text-align:center;margin:1mm 0 4mm}\n"
    ".list table.rows{width:99.5%;border-collapse:collapse;font-size:11pt;table-layout:fixed}\n"
    ".rows th,.rows td{border:1px solid #000;padding:1.5mm;overflow-wrap:anywhere;vertical-align:middle}\n"
    ".rows thead{display:table-header-group}.rows tr{break-inside:avoid}.rows td.n{text-align:center}\n"
    ".rows td.sign{height:9mm}\n"
    ".foot{width:100%;margin-top:6mm;text-align:center;font-weight:bold;break-inside:avoid}.foot td{width:50%;"
    "padding-bottom:22mm}\n"
    "@media screen{body{max-width:180mm;margin:8mm auto;padding:0 6mm}}\n";

struct page {
    struct cv_buf *out;
    const struct pap_slips *slips;
    enum cv_lang lang;
    bool ok;
};

static const char *say(const struct page *p, const char *vi, const char *en)
{
    return p->lang == CV_EN ? en : vi;
}

static void put(struct page *p, const char *markup)
{
    cv_buf_puts(p->out, markup);
}

static void element(struct page *p, const char *open, const char *text, const char *close)
{
    put(p, open);
    cv_buf_escaped(p->out, text);
    put(p, close);
}

static void fact(struct page *p, const char *name, const char *value, const char *open)
{
    if (value == NULL)
        return;
    element(p, "<tr><td>", name, "</td><td>");
    put(p, open);
    cv_buf_escaped(p->out, value);
    put(p, "</b></td></tr>\n");
}

/* "08:00, 18/11/2026": a code ends in the middle of a day. */
static void moment_text(cv_moment at, char out[32])
{
    char day[CV_DAY_TEXT];
    int minutes = (int)((at - cv_day_start(cv_day_of(at))) / 60);
    snprintf(out, 32, "%02d:%02d, %s", minutes / 60 % 24, minutes % 60, cv_day_people(cv_day_of(at), day));
}

static void put_facts(struct page *p, const struct pap_slip *s)
{
    char until[32];
    moment_text(s->expires_at, until);
    put(p, "<div class=\"facts\"><table>\n");
    fact(p, say(p, "Họ và tên", "Name"), s->full_name, "<b>");
    fact(p, say(p, "Chức vụ", "Position"), s->title, "<b style=\"font-weight:normal\">");
    fact(p, say(p, "Đơn vị", "Unit"), s->unit, "<b style=\"font-weight:normal\">");
    fact(p, say(p, "Thư điện tử", "Mail address"), s->address, "<b>");
    fact(p, say(p, "Tên đăng nhập", "Sign-in name"), s->login, "<b>");
    fact(p, say(p, "Mở trang", "Open the page"), p->slips->site, "<b>");
    fact(p, say(p, "Mã kích hoạt", "Code"), s->code, "<b class=\"code\">");
    fact(p, say(p, "Dùng đến", "Valid until"), until, "<b style=\"font-weight:normal\">");
    put(p, "</table></div>\n");
}

static void put_slip(struct page *p, const struct pap_slip *s)
{
    put(p, "<section class=\"slip\">\n");
    element(p, "<h1>", say(p, "PHIẾU GIAO TÀI KHOẢN", "ACCOUNT SLIP"), "</h1>\n");
    put(p, "<div class=\"parts\">\n");
    put_facts(p, s);
    put(p, "<div class=\"scan\">\n");
    p->ok = pap_qr_svg(p->out, s->url) && p->ok;
    cv_buf_escaped(p->out, say(p, "Quét bằng điện thoại", "Scan with a phone"));
    put(p, "</div>\n</div>\n");
    element(
        p, "<p class=\"care\">",
        say(p,
            "Mã dùng được một lần. Người nhận tự đặt mật khẩu của mình; không ai khác được biết mật khẩu ấy. Giao "
            "tận tay, ký nhận; đặt mật khẩu xong thì hủy phiếu này.",
            "The code works once. You choose your own password and nobody else ever knows it. Handed over in person "
            "against a signature; destroy this slip when the password is set."),
        "</p>\n");
    element(p, "<span class=\"cut\">✂ ", say(p, "cắt theo đường này", "cut along this line"), "</span>\n</section>\n");
}

static void put_slips(struct page *p)
{
    size_t on_sheet = 0;
    for (size_t i = 0; i < p->slips->count; i++) {
        if (p->slips->items[i].code == NULL)
            continue;
        put(p, on_sheet == 0 ? "<div class=\"sheet\">\n" : "");
        put_slip(p, &p->slips->items[i]);
        on_sheet = (on_sheet + 1) % A_SHEET;
        put(p, on_sheet == 0 ? "</div>\n" : "");
    }
    put(p, on_sheet != 0 ? "</div>\n" : "");
}

/* A long one goes on in the next line at its sign, not within a word. */
static void put_address(struct page *p, const char *address)
{
    const char *at = address != NULL ? strchr(address, '@') : NULL;
    char local[256];
    if (at == NULL || (size_t)(at - address) >= sizeof local) {
        cv_buf_escaped(p->out, address);
        return;
    }
    snprintf(local, sizeof local, "%.*s", (int)(at - address), address);
    cv_buf_escaped(p->out, local);
    element(p, "<wbr>", at, "");
}

static void put_row(struct page *p, const struct pap_slip *s, size_t number)
{
    cv_buf_printf(p->out, "<tr><td class=\"n\">%zu", number);
    element(p, "</td><td>", s->full_name, "</td><td>");
    cv_buf_escaped(p->out, s->title);
    put(p, "</td><td>");
    put_address(p, s->address != NULL ? s->address : s->login);
    put(p, "</td><td></td><td class=\"sign\"></td><td>");
    cv_buf_escaped(p->out, s->why);
    put(p, "</td></tr>\n");
}

/* Two communes have an office of one name each. */
static void put_unit(struct page *p, const struct pap_slip *s)
{
    element(p, "<h2>", s->unit, "");
    if (s->unit_code != NULL)
        element(p, " (", s->unit_code, ")");
    put(p, "</h2>\n");
}

static void put_list_head(struct page *p, const struct pap_slip *s)
{
    char day[CV_DAY_TEXT];
    cv_day_people(p->slips->made_on, day);
    put(p, "<section class=\"list\">\n");
    element(p, "<h1>", say(p, "DANH SÁCH KÝ NHẬN PHIẾU GIAO TÀI KHOẢN", "ACCOUNT SLIPS RECEIVED"), "</h1>\n");
    put_unit(p, s);
    element(p, "<div class=\"under\">", say(p, "Lập ngày ", "Made on "), day);
    put(p, "</div>\n<table class=\"rows\"><thead><tr>");
    const char *const heads[] = {say(p, "STT", "No."),
                                 say(p, "Họ và tên", "Name"),
                                 say(p, "Chức vụ", "Position"),
                                 say(p, "Thư điện tử", "Mail address"),
                                 say(p, "Ngày nhận", "Received on"),
                                 say(p, "Ký nhận", "Signature"),
                                 say(p, "Ghi chú", "Note")};
    static const int widths[] = {6, 18, 16, 32, 10, 11, 7};
    for (size_t i = 0; i < CV_COUNT(heads); i++)
        cv_buf_printf(p->out, "<th style=\"width:%d%%\">%s</th>", widths[i], heads[i]);
    put(p, "</tr></thead><tbody>\n");
}

static void put_list_foot(struct page *p, size_t count)
{
    char sum[64];
    if (p->lang == CV_EN)
        snprintf(sum, sizeof(sum), "%zu people", count);
    else
        snprintf(sum, sizeof(sum), "Danh sách có %zu người", count);
    element(p, "</tbody></table>\n<p>", sum, "</p>\n");
    element(p, "<table class=\"foot\"><tr><td>", say(p, "NGƯỜI GIAO", "HANDED OUT BY"), "</td><td>");
    cv_buf_escaped(p->out, say(p, "XÁC NHẬN CỦA ĐƠN VỊ", "CONFIRMED BY THE UNIT"));
    put(p, "</td></tr></table>\n</section>\n");
}

/* A list for each run of people of one unit. */
static void put_lists(struct page *p)
{
    const struct pap_slips *s = p->slips;
    for (size_t i = 0, n = 0; i < s->count; i += n) {
        put_list_head(p, &s->items[i]);
        for (n = 0; i + n < s->count && cv_id_equal(s->items[i + n].unit_id, s->items[i].unit_id); n++)
            put_row(p, &s->items[i + n], n + 1);
        put_list_foot(p, n);
    }
}

bool pap_slips_html(struct cv_buf *out, const struct pap_slips *slips, enum cv_lang lang)
{
    struct page page = {.out = out, .slips = slips, .lang = lang, .ok = true};
    cv_buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
                  lang == CV_EN ? "en" : "vi");
    cv_buf_escaped(out, say(&page, "Phiếu giao tài khoản", "Account slips"));
    put(&page, "</title>\n<style>\n");
    put(&page, style);
    put(&page, "</style>\n</head>\n<body>\n");
    put_slips(&page);
    put_lists(&page);
    put(&page, "</body>\n</html>\n");
    return page.ok && cv_buf_ok(out);
}
