/* Head, foot and bars of the letter on paper. */
#include "report/letter/pdf/pdf.h"

enum { SMALL_ROOM = 4, ROOM = 6, SPACE_TO_SIGN_MM = 26 };

struct line {
    const char *text;
    struct rep_ink ink;
};

/* A column of lines, each in the middle or from the left; where it ends. */
static double put_lines(struct rep_press *p, const struct line *lines, size_t count, double left, double width)
{
    for (size_t i = 0; i < count; i++)
        rep_press_text(p, lines[i].text, &lines[i].ink, left, width, 0);
    return p->y;
}

static double put_rule(struct rep_press *p, double left, double width, double part)
{
    p->y += 2;
    rep_press_line(p, left + width * (1 - part) / 2, p->y, width * part);
    return p->y += SMALL_ROOM;
}

static void put_draft(struct rep_press *p, const char *text, double left, double width)
{
    static const struct rep_ink ink = {.size = 13, .face = REP_BOLD, .align = PANGO_ALIGN_CENTER};
    const double box = 90;
    double top = p->y + SMALL_ROOM;
    if (text == NULL)
        return;
    p->y = top + 1;
    rep_press_text(p, text, &ink, left, width, 1);
    cairo_rectangle(p->cr, left + (width - box) / 2, top, box, p->y - top);
    cairo_stroke(p->cr);
}

void rep_press_head(struct rep_press *p)
{
    const struct rep_head *head = &p->l->head;
    const double left = rep_press_left(p), first = 0.41 * rep_press_room(p), second = rep_press_room(p) - first;
    const struct line issuer[] = {
        {head->superior, {.size = 13, .face = REP_UPPER, .align = PANGO_ALIGN_CENTER}},
        {head->issuer, {.size = 13, .face = REP_UPPER | REP_BOLD, .align = PANGO_ALIGN_CENTER}},
    };
    const struct line number[] = {{head->number, {.size = 13, .align = PANGO_ALIGN_CENTER}}};
    const struct line nation[] = {
        {head->nation, {.size = 12.5, .face = REP_BOLD, .align = PANGO_ALIGN_CENTER}},
        {head->motto, {.size = 13.5, .face = REP_BOLD, .align = PANGO_ALIGN_CENTER}},
    };
    const struct line date[] = {{head->date, {.size = 13, .face = REP_ITALIC, .align = PANGO_ALIGN_CENTER}}};
    double top = p->y;
    put_lines(p, issuer, CV_COUNT(issuer), left, first);
    put_rule(p, left, first, 0.35);
    put_lines(p, number, CV_COUNT(number), left, first);
    put_draft(p, head->draft, left, first);
    double end = p->y;
    p->y = top;
    put_lines(p, nation, CV_COUNT(nation), left + first, second);
    put_rule(p, left + first, second, 0.62);
    put_lines(p, date, CV_COUNT(date), left + first, second);
    p->y = (p->y > end ? p->y : end) + 3 * ROOM;
}

double rep_press_height(struct rep_press *p, const char *text, const struct rep_ink *ink, double width)
{
    if (text == NULL)
        return 0;
    PangoLayout *layout = rep_ink_layout(p, ink, width);
    rep_ink_text(layout, text, ink);
    double height = rep_layout_height(layout);
    g_object_unref(layout);
    return height;
}

static const struct rep_ink to_ink = {.size = 12, .face = REP_BOLD | REP_ITALIC}, recipient_ink = {.size = 11},
                            behalf_ink = {.size = 13, .face = REP_BOLD | REP_UPPER, .align = PANGO_ALIGN_CENTER},
                            signatory_ink = {.size = 13, .face = REP_BOLD, .align = PANGO_ALIGN_CENTER};

static double recipients_height(struct rep_press *p, double width)
{
    const struct rep_foot *foot = &p->l->foot;
    double height = rep_press_height(p, foot->to, &to_ink, width);
    for (size_t i = 0; i < foot->recipients.count; i++)
        height += rep_press_height(p, foot->recipients.text[i], &recipient_ink, width);
    return height;
}

static double signature_height(struct rep_press *p, double width)
{
    const struct rep_foot *foot = &p->l->foot;
    return rep_press_height(p, foot->behalf, &behalf_ink, width) + rep_press_height(p, foot->post, &behalf_ink, width) +
           rep_mm(SPACE_TO_SIGN_MM) + rep_press_height(p, foot->signatory, &signatory_ink, width);
}

double rep_press_foot_height(struct rep_press *p)
{
    const double first = 0.45 * rep_press_room(p), second = rep_press_room(p) - first;
    double to = recipients_height(p, first), sign = signature_height(p, second), whole = to > sign ? to : sign;
    return 2 * ROOM + (whole < rep_press_body(p) ? whole : sign);
}

/* Both columns on one page, unless the recipients alone fill one. */
void rep_press_foot(struct rep_press *p)
{
    const struct rep_foot *foot = &p->l->foot;
    const double left = rep_press_left(p), first = 0.45 * rep_press_room(p), second = rep_press_room(p) - first;
    rep_press_need(p, rep_press_foot_height(p));
    p->y += 2 * ROOM;
    double top = p->y;
    rep_press_text(p, foot->behalf, &behalf_ink, left + first, second, 0);
    rep_press_text(p, foot->post, &behalf_ink, left + first, second, 0);
    p->y += rep_mm(SPACE_TO_SIGN_MM);
    rep_press_text(p, foot->signatory, &signatory_ink, left + first, second, 0);
    p->y = top;
    rep_press_text(p, foot->to, &to_ink, left, first, 0);
    for (size_t i = 0; i < foot->recipients.count; i++)
        rep_press_text(p, foot->recipients.text[i], &recipient_ink, left, first, 0);
}

void rep_press_bars(struct rep_press *p, const struct rep_block *b)
{
    static const struct rep_ink name_ink = {.size = 10, .align = PANGO_ALIGN_RIGHT}, value_ink = {.size = 10};
    const double step = 16, high = 10, left = rep_press_left(p), full = 210, at = left + 140;
    rep_press_need(p, step * (double)b->bar_count);
    for (size_t i = 0; i < b->bar_count; i++) {
        const struct rep_bar *bar = &b->bars[i];
        double top = p->y;
        cairo_set_line_width(p->cr, 0.5);
        cairo_rectangle(p->cr, at, top + 1, full, high);
        cairo_stroke(p->cr);
        cairo_set_source_rgb(p->cr, 0.35, 0.35, 0.35);
        cairo_rectangle(p->cr, at, top + 1, full * bar->length / REP_BAR_WHOLE, high);
        cairo_fill(p->cr);
        cairo_set_source_rgb(p->cr, 0, 0, 0);
        rep_press_text(p, bar->name, &name_ink, left, at - left - SMALL_ROOM, 0);
        p->y = top;
        rep_press_text(p, bar->value, &value_ink, at + full + SMALL_ROOM, rep_press_right(p) - at - full, 0);
        p->y = top + step;
    }
    p->y += SMALL_ROOM;
}
