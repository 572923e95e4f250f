/* Inside report/: drawing a letter on A4 with Pango and Cairo. Lengths are points. */
#pragma once

#include <pango/pangocairo.h>

#include "report/letter/letter.h"

enum rep_face { REP_REGULAR = 0, REP_BOLD = 1, REP_ITALIC = 2, REP_UPPER = 4 }; /* bits */

struct rep_press {
    const struct rep_letter *l;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoContext *context;
    double width, height; /* of the page that lies there */
    double y;             /* where the next thing begins */
    int pages, number;    /* of them all; of the letter or the annex */
    struct cv_deadline deadline;
    bool late; /* the time is over: nothing more is drawn */
};

/* A map of these fonts and of nothing else, for one paper; the caller drops it with g_object_unref. NULL with
 * font_missing. */
PangoFontMap *rep_fonts_map(struct rep_fonts *fonts, struct cv_error *err);

/* ---- the page ---- */
double rep_press_left(const struct rep_press *p);
double rep_press_right(const struct rep_press *p);
double rep_press_room(const struct rep_press *p);      /* between them */
double rep_press_body(const struct rep_press *p);      /* height between the margins */
void rep_press_page(struct rep_press *p);              /* a new one, laid as the last */
void rep_press_turn(struct rep_press *p, bool across); /* a new one, upright or across */
/* A new page when less than that is left; true then. */
bool rep_press_need(struct rep_press *p, double height);
double rep_mm(double mm);

/* ---- text ---- */
struct rep_ink {
    double size;
    unsigned face;
    PangoAlignment align;
    bool justify, one_line;
    double indent;
};
/* The caller drops it with g_object_unref. */
PangoLayout *rep_ink_layout(struct rep_press *p, const struct rep_ink *ink, double width);
void rep_ink_text(PangoLayout *layout, const char *text, const struct rep_ink *ink);
double rep_layout_height(PangoLayout *layout);
/* Text from p->y on, over as many pages as it needs, then `after` of room. NULL draws nothing. */
void rep_press_text(struct rep_press *p, const char *text, const struct rep_ink *ink, double left, double width,
                    double after);
void rep_press_line(struct rep_press *p, double x, double y, double length);

/* ---- blocks ---- */
void rep_press_head(struct rep_press *p);
double rep_press_height(struct rep_press *p, const char *text, const struct rep_ink *ink, double width);
double rep_press_foot_height(struct rep_press *p); /* the room above it included */
void rep_press_foot(struct rep_press *p);
void rep_press_bars(struct rep_press *p, const struct rep_block *b);
void rep_press_table(struct rep_press *p, const struct rep_block *b);
