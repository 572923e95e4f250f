/* Pages of A4 with the margins of the administrative form, and texts on them. */
#include <cairo-pdf.h>
#include <stdio.h>

#include "report/letter/pdf/pdf.h"

enum { NUMBER_SIZE = 13 };

double rep_mm(double mm)
{
    return mm * 72 / 25.4;
}

double rep_press_left(const struct rep_press *p)
{
    (void)p;
    return rep_mm(REP_PAPER_LEFT);
}

double rep_press_right(const struct rep_press *p)
{
    return p->width - rep_mm(REP_PAPER_RIGHT);
}

double rep_press_room(const struct rep_press *p)
{
    return rep_press_right(p) - rep_press_left(p);
}

double rep_press_body(const struct rep_press *p)
{
    return p->height - rep_mm(REP_PAPER_ABOVE) - rep_mm(REP_PAPER_BELOW);
}

/* In the middle of the upper margin, from the second page of the letter and of each annex on. */
static void number_page(struct rep_press *p)
{
    static const struct rep_ink ink = {.size = NUMBER_SIZE, .align = PANGO_ALIGN_CENTER};
    char number[16];
    if (p->number < 2)
        return;
    snprintf(number, sizeof(number), "%d", p->number);
    PangoLayout *layout = rep_ink_layout(p, &ink, p->width);
    rep_ink_text(layout, number, &ink);
    cairo_move_to(p->cr, 0, rep_mm(REP_PAPER_NUMBER));
    pango_cairo_show_layout(p->cr, layout);
    g_object_unref(layout);
}

void rep_press_turn(struct rep_press *p, bool across)
{
    if (p->pages > 0)
        cairo_show_page(p->cr);
    p->width = rep_mm(across ? REP_PAPER_LONG : REP_PAPER_SHORT);
    p->height = rep_mm(across ? REP_PAPER_SHORT : REP_PAPER_LONG);
    cairo_pdf_surface_set_size(p->surface, p->width, p->height);
    p->pages++;
    p->number++;
    p->y = rep_mm(REP_PAPER_ABOVE);
    p->late = p->late || cv_deadline_passed(p->deadline);
    number_page(p);
}

void rep_press_page(struct rep_press *p)
{
    rep_press_turn(p, p->width > p->height);
}

bool rep_press_need(struct rep_press *p, double height)
{
    if (p->y + height <= p->height - rep_mm(REP_PAPER_BELOW))
        return false;
    rep_press_page(p);
    return true;
}

PangoLayout *rep_ink_layout(struct rep_press *p, const struct rep_ink *ink, double width)
{
    PangoLayout *layout = pango_layout_new(p->context);
    if (!ink->one_line)
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, ink->align);
    pango_layout_set_justify(layout, ink->justify);
    pango_layout_set_indent(layout, (int)(ink->indent * PANGO_SCALE));
    return layout;
}

void rep_ink_text(PangoLayout *layout, const char *text, const struct rep_ink *ink)
{
    PangoFontDescription *font = pango_font_description_new();
    PangoAttrList *attributes = pango_attr_list_new();
    pango_font_description_set_family_static(font, "Liberation Serif");
    pango_font_description_set_absolute_size(font, ink->size * PANGO_SCALE);
    pango_font_description_set_weight(font, (ink->face & REP_BOLD) != 0 ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, (ink->face & REP_ITALIC) != 0 ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_attr_list_insert(attributes, pango_attr_fallback_new(FALSE));
    if ((ink->face & REP_UPPER) != 0)
        pango_attr_list_insert(attributes, pango_attr_text_transform_new(PANGO_TEXT_TRANSFORM_UPPERCASE));
    pango_layout_set_font_description(layout, font);
    pango_layout_set_attributes(layout, attributes);
    pango_layout_set_text(layout, text, -1);
    pango_attr_list_unref(attributes);
    pango_font_description_free(font);
}

double rep_layout_height(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

void rep_press_line(struct rep_press *p, double x, double y, double length)
{
    cairo_set_line_width(p->cr, 0.7);
    cairo_move_to(p->cr, x, y);
    cairo_line_to(p->cr, x + length, y);
    cairo_stroke(p->cr);
}

static void show_line(struct rep_press *p, PangoLayoutIter *at, double left)
{
    PangoRectangle box;
    pango_layout_iter_get_line_extents(at, NULL, &box);
    double height = (double)box.height / PANGO_SCALE;
    double baseline = (double)(pango_layout_iter_get_baseline(at) - box.y) / PANGO_SCALE;
    rep_press_need(p, height);
    cairo_move_to(p->cr, left + (double)box.x / PANGO_SCALE, p->y + baseline);
    pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(at));
    p->y += height;
}

void rep_press_text(struct rep_press *p, const char *text, const struct rep_ink *ink, double left, double width,
                    double after)
{
    if (text == NULL)
        return;
    PangoLayout *layout = rep_ink_layout(p, ink, width);
    rep_ink_text(layout, text, ink);
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    do
        show_line(p, at, left);
    while (!p->late && pango_layout_iter_next_line(at));
    p->y += after;
    pango_layout_iter_free(at);
    g_object_unref(layout);
}
