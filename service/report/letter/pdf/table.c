/* Tables on paper: heads on every page, rows as high as their longest cell, none cut by the end of a page. */
#include "report/letter/pdf/pdf.h"

struct grid {
    struct rep_press *press;
    const struct rep_table *table;
    double size, pad;         /* of letters; around the text of a cell */
    double *widths;           /* of columns */
    PangoLayout **cells;      /* one a column, used again for each row */
    PangoLayout *heading;     /* over all columns but the first */
    double head, number_head; /* heights */
};

static double row_height(const struct grid *g)
{
    double height = 0;
    for (size_t i = 0; i < g->table->column_count; i++) {
        double own = rep_layout_height(g->cells[i]);
        height = own > height ? own : height;
    }
    return height + 2 * g->pad;
}

static void frame(const struct grid *g, double x, double width, double height)
{
    cairo_rectangle(g->press->cr, x, g->press->y, width, height);
}

/* One stroke for all that is framed: a long list has a hundred thousand cells. */
static void stroke_frames(const struct grid *g)
{
    cairo_set_line_width(g->press->cr, 0.5);
    cairo_stroke(g->press->cr);
}

static void show_cell(const struct grid *g, PangoLayout *layout, double x, double height)
{
    cairo_move_to(g->press->cr, x + g->pad, g->press->y + (height - rep_layout_height(layout)) / 2);
    pango_cairo_show_layout(g->press->cr, layout);
}

static void draw_row(const struct grid *g, double height)
{
    size_t n = g->table->column_count;
    double x = rep_press_left(g->press);
    for (size_t i = 0; i < n; x += g->widths[i++])
        frame(g, x, g->widths[i], height);
    stroke_frames(g);
    x = rep_press_left(g->press);
    for (size_t i = 0; i < n; x += g->widths[i++])
        show_cell(g, g->cells[i], x, height);
    g->press->y += height;
}

static void fill_cell(const struct grid *g, size_t column, const char *text, unsigned face, double size, bool left)
{
    const struct rep_ink ink = {.size = size, .face = face};
    pango_layout_set_alignment(g->cells[column], left ? PANGO_ALIGN_LEFT : PANGO_ALIGN_CENTER);
    rep_ink_text(g->cells[column], text != NULL ? text : "", &ink);
}

/* ---- heads ---- */

static void fill_titles(const struct grid *g)
{
    for (size_t i = 0; i < g->table->column_count; i++)
        fill_cell(g, i, g->table->columns[i].title, REP_BOLD, g->size, false);
}

static void fill_numbers(const struct grid *g)
{
    for (size_t i = 0; i < g->table->column_count; i++)
        fill_cell(g, i, g->table->columns[i].number, REP_ITALIC, rep_table_is_wide(g->table) ? 6 : g->size * 0.85,
                  false);
}

static void draw_head(const struct grid *g)
{
    fill_titles(g);
    draw_row(g, g->head);
    if (g->number_head == 0)
        return;
    fill_numbers(g);
    draw_row(g, g->number_head);
}

static void measure_head(struct grid *g)
{
    fill_titles(g);
    g->head = row_height(g);
    if (!rep_table_is_numbered(g->table))
        return;
    fill_numbers(g);
    g->number_head = row_height(g);
}

/* ---- rows ---- */

static unsigned face_of(enum rep_line_kind kind)
{
    static const unsigned faces[] = {[REP_LINE_PLAIN] = REP_REGULAR,
                                     [REP_LINE_GROUP] = REP_BOLD,
                                     [REP_LINE_OWN] = REP_ITALIC,
                                     [REP_LINE_TOTAL] = REP_BOLD};
    return faces[kind];
}

static void put_heading(const struct grid *g, const struct rep_line *line)
{
    const struct rep_ink ink = {.size = g->size, .face = REP_BOLD};
    double left = rep_press_left(g->press), first = g->widths[0], room = rep_press_room(g->press);
    rep_ink_text(g->heading, line->cells[1].text, &ink);
    double height = rep_layout_height(g->heading) + 2 * g->pad, following = 3 * g->size; /* not the last of a page */
    if (rep_press_need(g->press, height + following))
        draw_head(g);
    frame(g, left, first, height);
    frame(g, left + first, room - first, height);
    stroke_frames(g);
    show_cell(g, g->heading, left + first, height);
    g->press->y += height;
}

static void fill_line(const struct grid *g, const struct rep_line *line)
{
    const struct rep_table *t = g->table;
    for (size_t i = 0; i < t->column_count; i++) {
        const char *text = rep_cell_text(g->press->l->arena, t->lang, line->cells[i]);
        fill_cell(g, i, text, face_of(line->kind), g->size, rep_cell_is_left(t, line, i));
    }
}

static void put_line(const struct grid *g, const struct rep_line *line)
{
    if (rep_line_is_heading(g->table, line)) {
        put_heading(g, line);
        return;
    }
    fill_line(g, line);
    double height = row_height(g);
    if (rep_press_need(g->press, height)) {
        draw_head(g);
        fill_line(g, line);
    }
    draw_row(g, height);
}

/* ---- columns ---- */

static double width_of(void *ctx, const char *word)
{
    const struct grid *g = ctx;
    const struct rep_ink ink = {.size = g->size, .face = REP_BOLD, .one_line = true};
    PangoLayout *layout = rep_ink_layout(g->press, &ink, 0);
    int width;
    rep_ink_text(layout, word, &ink);
    pango_layout_get_size(layout, &width, NULL);
    g_object_unref(layout);
    return (double)width / PANGO_SCALE;
}

static void open_grid(struct grid *g)
{
    struct rep_press *p = g->press;
    const struct rep_ink ink = {.size = g->size};
    size_t n = g->table->column_count;
    const struct rep_measure measure = {.arena = p->l->arena, .width = width_of, .ctx = g, .beside = 2 * g->pad + 1};
    g->widths = rep_column_widths(g->table, rep_press_room(p), &measure);
    g->cells = CV_NEWS(p->l->arena, PangoLayout *, n);
    for (size_t i = 0; i < n; i++)
        g->cells[i] = rep_ink_layout(p, &ink, g->widths[i] - 2 * g->pad);
    g->heading = rep_ink_layout(p, &ink, rep_press_room(p) - g->widths[0] - 2 * g->pad);
}

static void close_grid(struct grid *g)
{
    for (size_t i = 0; i < g->table->column_count; i++)
        g_object_unref(g->cells[i]);
    g_object_unref(g->heading);
}

static void put_notes(struct rep_press *p, const struct rep_block *b)
{
    static const struct rep_ink head = {.size = 11, .face = REP_ITALIC}, note = {.size = 11, .justify = true};
    const double hang = 14;
    if (b->table->note_count == 0)
        return;
    p->y += 6;
    rep_press_need(p, 3 * head.size);
    rep_press_text(p, b->text, &head, rep_press_left(p), rep_press_room(p), 0);
    for (size_t i = 0; i < b->table->note_count && !p->late; i++) {
        rep_press_need(p, 1.2 * note.size);
        cairo_new_path(p->cr);
        cairo_arc(p->cr, rep_press_left(p) + hang / 2, p->y + 0.6 * note.size, 1.3, 0, 6.2832);
        cairo_fill(p->cr);
        rep_press_text(p, b->table->notes[i], &note, rep_press_left(p) + hang, rep_press_room(p) - hang, 0);
    }
}

void rep_press_table(struct rep_press *p, const struct rep_block *b)
{
    bool wide = rep_table_is_wide(b->table);
    struct grid g = {.press = p, .table = b->table, .size = wide ? 8.5 : 11, .pad = wide ? 2 : 3};
    open_grid(&g);
    measure_head(&g);
    rep_press_need(p, g.head + g.number_head + 3 * g.size);
    draw_head(&g);
    for (size_t i = 0; i < g.table->line_count && !p->late; i++)
        put_line(&g, &g.table->lines[i]);
    close_grid(&g);
    put_notes(p, b);
}
