/* PDF by Pango and Cairo, which nobody else includes. The fonts are four files, asked for by name: none of the
 * machine's settings and no other font has a say, so the same report is the same bytes everywhere, and a missing font
 * is an error. */
#include <cairo-pdf.h>

#include "report/letter/pdf/pdf.h"

static PangoContext *open_context(PangoFontMap *map, enum cv_lang lang)
{
    PangoContext *context = pango_font_map_create_context(map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_language(context, pango_language_from_string(lang == CV_EN ? "en" : "vi"));
    pango_context_set_round_glyph_positions(context, FALSE);
    return context;
}

/* ---- blocks ---- */

enum { SPACE = 4, NONE = 0 };

/* The signature never stands alone: the last words before it go with it, and the heading of these. */
static double kept_below(struct rep_press *p, const struct rep_block *b, const struct rep_ink *ink)
{
    const struct rep_block *end = p->l->blocks + p->l->count, *next = b + 1;
    double height = 0;
    if (b->kind != REP_BLOCK_PARAGRAPH && next < end && next->kind == REP_BLOCK_PARAGRAPH)
        height = rep_press_height(p, (next++)->text, ink, rep_press_room(p));
    else if (b->kind == REP_BLOCK_PARAGRAPH)
        height = rep_press_height(p, b->text, ink, rep_press_room(p)) - ink->size;
    bool last = next < end && next->kind == REP_BLOCK_FOOT;
    double whole = height + 2 * SPACE + rep_press_foot_height(p);
    return last && whole < rep_press_body(p) / 2 ? whole : 0;
}

static void put_text(struct rep_press *p, const struct rep_block *b)
{
    const double indent = rep_mm(10);
    const struct {
        struct rep_ink ink;
        double before, after, keep; /* room above and below; how much must follow on the page */
    } looks[] = {
        [REP_BLOCK_TITLE] = {{.size = 14, .face = REP_BOLD, .align = PANGO_ALIGN_CENTER}, NONE, NONE, 60},
        [REP_BLOCK_SUBJECT] = {{.size = 14, .face = REP_BOLD, .align = PANGO_ALIGN_CENTER}, NONE, NONE, 40},
        [REP_BLOCK_WITH] = {{.size = 13, .face = REP_ITALIC, .align = PANGO_ALIGN_CENTER}, NONE, SPACE, NONE},
        [REP_BLOCK_ADDRESS] = {{.size = 13}, NONE, NONE, NONE},
        [REP_BLOCK_PART] = {{.size = 13, .face = REP_BOLD, .indent = indent}, 2 * SPACE, SPACE, 50},
        [REP_BLOCK_SECTION] = {{.size = 13, .face = REP_BOLD, .indent = indent}, SPACE, SPACE, 50},
        [REP_BLOCK_PARAGRAPH] = {{.size = 13, .justify = true, .indent = indent}, NONE, SPACE, NONE},
        [REP_BLOCK_CHECK] = {{.size = 9}, 2 * SPACE, NONE, NONE},
    };
    if (b->text == NULL)
        return;
    p->y += looks[b->kind].before;
    double with = kept_below(p, b, &looks[REP_BLOCK_PARAGRAPH].ink);
    rep_press_need(p, looks[b->kind].ink.size + (with > looks[b->kind].keep ? with : looks[b->kind].keep));
    struct rep_ink ink = looks[b->kind].ink;
    ink.face |= b->capitals ? REP_UPPER : 0;
    double aside = b->kind == REP_BLOCK_ADDRESS ? rep_mm(35) : 0;
    rep_press_text(p, b->text, &ink, rep_press_left(p) + aside, rep_press_room(p) - aside, looks[b->kind].after);
}

static void put_rule(struct rep_press *p)
{
    double length = 0.22 * rep_press_room(p);
    p->y += SPACE;
    rep_press_line(p, rep_press_left(p) + (rep_press_room(p) - length) / 2, p->y, length);
    p->y += 3 * SPACE;
}

static void put_block(struct rep_press *p, const struct rep_block *b)
{
    switch (b->kind) {
    case REP_BLOCK_HEAD:
        rep_press_head(p);
        return;
    case REP_BLOCK_FOOT:
        rep_press_foot(p);
        return;
    case REP_BLOCK_RULE:
        put_rule(p);
        return;
    case REP_BLOCK_ANNEX:
        p->number = 0;
        rep_press_turn(p, b->across);
        return;
    case REP_BLOCK_TABLE:
        rep_press_table(p, b);
        return;
    case REP_BLOCK_BARS:
        rep_press_bars(p, b);
        return;
    default:
        put_text(p, b);
    }
}

/* ---- the file ---- */

static cairo_status_t take(void *out, const unsigned char *bytes, unsigned int len)
{
    cv_buf_put(out, bytes, len);
    return cv_buf_ok(out) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* The day of freezing stands for the present, so that the same report is the same bytes. */
static void describe(cairo_surface_t *surface, const struct rep_letter *l)
{
    char at[CV_MOMENT_TEXT];
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, l->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, l->head.issuer);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Congvu");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, cv_moment_rfc3339(l->r->frozen_at, at));
}

static void draw(struct rep_press *p)
{
    describe(p->surface, p->l);
    rep_press_turn(p, false);
    for (size_t i = 0; i < p->l->count && !p->late; i++)
        put_block(p, &p->l->blocks[i]);
    cairo_show_page(p->cr);
}

static bool finish(struct rep_press *p, const struct cv_buf *out, struct cv_error *err)
{
    cairo_status_t drawn = cairo_status(p->cr);
    cairo_destroy(p->cr);
    cairo_surface_finish(p->surface);
    cairo_status_t status = drawn != CAIRO_STATUS_SUCCESS ? drawn : cairo_surface_status(p->surface);
    cairo_surface_destroy(p->surface);
    g_object_unref(p->context);
    if (p->late)
        return cv_fail(err, cvp_deadline_exceeded, NULL, "Không kịp tạo tệp PDF", "There was no time left for the PDF");
    if (status == CAIRO_STATUS_SUCCESS && cv_buf_ok(out))
        return true;
    cv_fail(err, cvp_internal, NULL, "Không tạo được tệp PDF", "The PDF could not be made");
    err->lib_code = (int)status;
    return false;
}

bool rep_pdf(struct cv_buf *out, const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena,
             const struct rep_pdf_options *options, struct cv_error *err)
{
    PangoFontMap *map = rep_fonts_map(options->fonts, err);
    if (map == NULL)
        return false;
    struct rep_press press = {
        .l = rep_letter(r, lang, arena), .context = open_context(map, lang), .deadline = options->deadline};
    g_object_unref(map);
    press.surface = cairo_pdf_surface_create_for_stream(take, out, 1, 1);
    press.cr = cairo_create(press.surface);
    draw(&press);
    return finish(&press, out, err);
}
