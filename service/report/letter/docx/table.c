/* Tables of the office document: figures with heads that repeat, head and foot of the letter, bars. */
#include <stdio.h>
#include <string.h>

#include "report/letter/docx/docx.h"

#define LINE_ALL(color)                                                                                                \
    "<w:top w:val=\"single\" w:sz=\"4\" w:color=\"" color "\"/><w:left w:val=\"single\" w:sz=\"4\" w:color=\"" color   \
    "\"/><w:bottom w:val=\"single\" w:sz=\"4\" w:color=\"" color "\"/><w:right w:val=\"single\" w:sz=\"4\" "           \
    "w:color=\"" color "\"/>"

static const char bare[] = "<w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right "
                           "w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar>";

/* ---- head and foot ---- */

static const char close_below[] = "<w:spacing w:before=\"40\" w:after=\"0\" w:line=\"80\" w:lineRule=\"exact\"/>";

static void write_draft(struct rep_docx_writer *w, int width)
{
    char more[500];
    int side = width * 27 / 100;
    snprintf(more, sizeof(more),
             "<w:pBdr>" LINE_ALL("000000") "</w:pBdr><w:spacing w:before=\"80\"/><w:ind w:left=\"%d\" w:right=\"%d\"/>",
             side, side);
    rep_docx_paragraph(w, "Centre", more, REP_RUN_BOLD, w->l->head.draft);
}

void rep_docx_head(struct rep_docx_writer *w)
{
    const struct rep_head *head = &w->l->head;
    const int room = rep_docx_room(w), widths[] = {room * 41 / 100, room - room * 41 / 100};
    rep_docx_open_table(w, widths, CV_COUNT(widths), bare);
    cv_buf_puts(w->out, "<w:tr>");
    rep_docx_open_cell(w, widths[0], 1, "");
    rep_docx_paragraph(w, "Centre", "", REP_RUN_CAPS, head->superior);
    rep_docx_paragraph(w, "Centre", "", REP_RUN_CAPS | REP_RUN_BOLD, head->issuer);
    rep_docx_rule(w, widths[0], 35, close_below);
    rep_docx_paragraph(w, "Centre", "", REP_RUN_PLAIN, head->number);
    write_draft(w, widths[0]);
    rep_docx_close_cell(w);
    rep_docx_open_cell(w, widths[1], 1, "");
    rep_docx_paragraph(w, "Nation", "", REP_RUN_PLAIN, head->nation);
    rep_docx_paragraph(w, "Motto", "", REP_RUN_PLAIN, head->motto);
    rep_docx_rule(w, widths[1], 62, close_below);
    rep_docx_paragraph(w, "Centre", "", REP_RUN_ITALIC, head->date);
    rep_docx_close_cell(w);
    cv_buf_puts(w->out, "</w:tr></w:tbl>\n");
    rep_docx_paragraph(w, "Centre", "", REP_RUN_PLAIN, "");
}

void rep_docx_foot(struct rep_docx_writer *w)
{
    const struct rep_foot *foot = &w->l->foot;
    const int room = rep_docx_room(w), widths[] = {room * 45 / 100, room - room * 45 / 100};
    char to_sign[64];
    snprintf(to_sign, sizeof(to_sign), "<w:spacing w:before=\"%d\"/>", rep_docx_mm(26));
    rep_docx_paragraph(w, "Bar", "<w:keepNext/>", REP_RUN_PLAIN, "");
    rep_docx_open_table(w, widths, CV_COUNT(widths), bare);
    cv_buf_puts(w->out, "<w:tr><w:trPr><w:cantSplit/></w:trPr>");
    rep_docx_open_cell(w, widths[0], 1, "");
    rep_docx_paragraph(w, "To", "", REP_RUN_PLAIN, foot->to);
    for (size_t i = 0; i < foot->recipients.count; i++)
        rep_docx_paragraph(w, "Recipient", "", REP_RUN_PLAIN, foot->recipients.text[i]);
    rep_docx_close_cell(w);
    rep_docx_open_cell(w, widths[1], 1, "");
    rep_docx_paragraph(w, "Centre", "", REP_RUN_CAPS | REP_RUN_BOLD, foot->behalf);
    rep_docx_paragraph(w, "Centre", "", REP_RUN_CAPS | REP_RUN_BOLD, foot->post);
    rep_docx_paragraph(w, "Centre", to_sign, REP_RUN_BOLD, foot->signatory != NULL ? foot->signatory : "");
    rep_docx_close_cell(w);
    cv_buf_puts(w->out, "</w:tr></w:tbl>\n");
}

/* ---- bars ---- */
enum { BAR_STEPS = 100, BAR_STEP = 42, BAR_NAME = 2800 };

static void write_bar(struct rep_docx_writer *w, const struct rep_bar *bar, int value_width)
{
    static const char frame[] = "<w:tcBorders>" LINE_ALL("777777") "</w:tcBorders>";
    static const char full[] =
        "<w:tcBorders>" LINE_ALL("777777") "</w:tcBorders><w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"595959\"/>";
    int part = bar->length * BAR_STEPS / REP_BAR_WHOLE;
    cv_buf_puts(w->out, "<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"260\" w:hRule=\"exact\"/></w:trPr>");
    rep_docx_open_cell(w, BAR_NAME, 1, "");
    rep_docx_paragraph(w, "Bar", "<w:jc w:val=\"right\"/>", REP_RUN_PLAIN, bar->name);
    rep_docx_close_cell(w);
    if (part > 0) {
        rep_docx_open_cell(w, part * BAR_STEP, part, full);
        rep_docx_paragraph(w, "Bar", "", REP_RUN_PLAIN, "");
        rep_docx_close_cell(w);
    }
    if (part < BAR_STEPS) {
        rep_docx_open_cell(w, (BAR_STEPS - part) * BAR_STEP, BAR_STEPS - part, frame);
        rep_docx_paragraph(w, "Bar", "", REP_RUN_PLAIN, "");
        rep_docx_close_cell(w);
    }
    rep_docx_open_cell(w, value_width, 1, "");
    rep_docx_paragraph(w, "Bar", "", REP_RUN_PLAIN, bar->value);
    rep_docx_close_cell(w);
    cv_buf_puts(w->out, "</w:tr>");
}

/* A table of a hundred narrow columns: as many of them filled as there are percents. */
void rep_docx_bars(struct rep_docx_writer *w, const struct rep_block *b)
{
    int widths[BAR_STEPS + 2];
    for (int i = 1; i <= BAR_STEPS; i++)
        widths[i] = BAR_STEP;
    widths[0] = BAR_NAME;
    widths[BAR_STEPS + 1] = rep_docx_room(w) - BAR_NAME - BAR_STEPS * BAR_STEP;
    rep_docx_open_table(w, widths, CV_COUNT(widths),
                        "<w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"57\" w:type=\"dxa\"/><w:right "
                        "w:w=\"57\" w:type=\"dxa\"/></w:tblCellMar>");
    for (size_t i = 0; i < b->bar_count; i++)
        write_bar(w, &b->bars[i], widths[BAR_STEPS + 1]);
    cv_buf_puts(w->out, "</w:tbl>\n");
    rep_docx_paragraph(w, "Bar", "", REP_RUN_PLAIN, "");
}

/* ---- figures ---- */

struct grid {
    struct rep_docx_writer *w;
    const struct rep_table *t;
    int *widths;
    const char *left, *mid, *number; /* styles */
};

static void write_cell(const struct grid *g, int span, int width, const char *style, unsigned run, const char *text)
{
    rep_docx_open_cell(g->w, width, span, "<w:vAlign w:val=\"center\"/>");
    rep_docx_paragraph(g->w, style, "", run, text != NULL ? text : "");
    rep_docx_close_cell(g->w);
}

static void write_heads(const struct grid *g)
{
    static const char row[] = "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>";
    const struct rep_table *t = g->t;
    cv_buf_puts(g->w->out, row);
    for (size_t i = 0; i < t->column_count; i++)
        write_cell(g, 1, g->widths[i], g->mid, REP_RUN_BOLD, t->columns[i].title);
    cv_buf_puts(g->w->out, "</w:tr>\n");
    if (!rep_table_is_numbered(t))
        return;
    cv_buf_puts(g->w->out, row);
    for (size_t i = 0; i < t->column_count; i++)
        write_cell(g, 1, g->widths[i], g->number, REP_RUN_PLAIN, t->columns[i].number);
    cv_buf_puts(g->w->out, "</w:tr>\n");
}

static void write_line(const struct grid *g, const struct rep_line *line)
{
    static const unsigned runs[] = {[REP_LINE_PLAIN] = REP_RUN_PLAIN,
                                    [REP_LINE_GROUP] = REP_RUN_BOLD,
                                    [REP_LINE_OWN] = REP_RUN_ITALIC,
                                    [REP_LINE_TOTAL] = REP_RUN_BOLD};
    const struct rep_table *t = g->t;
    size_t n = t->column_count;
    cv_buf_puts(g->w->out, "<w:tr><w:trPr><w:cantSplit/></w:trPr>");
    if (rep_line_is_heading(t, line)) {
        write_cell(g, 1, g->widths[0], g->mid, REP_RUN_PLAIN, "");
        write_cell(g, (int)n - 1, rep_docx_room(g->w) - g->widths[0], g->left, REP_RUN_BOLD, line->cells[1].text);
    } else {
        for (size_t i = 0; i < n; i++)
            write_cell(g, 1, g->widths[i], rep_cell_is_left(t, line, i) ? g->left : g->mid, runs[line->kind],
                       rep_cell_text(g->w->l->arena, t->lang, line->cells[i]));
    }
    cv_buf_puts(g->w->out, "</w:tr>\n");
}

/* A bold letter of this font is about 0.62 of its height wide; whoever opens the document has fonts that are not known
 * here. */
static double guess_width(void *ctx, const char *word)
{
    return (double)rep_signs_in(word, strlen(word)) * 0.62 * *(const double *)ctx;
}

static int *column_widths(struct rep_docx_writer *w, const struct rep_table *t, double size)
{
    struct rep_measure m = {.arena = w->l->arena, .width = guess_width, .ctx = &size, .beside = 2 * 45};
    double *exact = rep_column_widths(t, rep_docx_room(w), &m);
    int *widths = CV_NEWS(w->l->arena, int, t->column_count), left = rep_docx_room(w);
    for (size_t i = 0; i < t->column_count; i++) {
        widths[i] = i + 1 < t->column_count ? (int)exact[i] : left;
        left -= widths[i];
    }
    return widths;
}

static void write_notes(struct rep_docx_writer *w, const struct rep_block *b)
{
    if (b->table->note_count == 0)
        return;
    rep_docx_paragraph(w, "Note", "<w:keepNext/><w:spacing w:before=\"120\"/>", REP_RUN_ITALIC, b->text);
    for (size_t i = 0; i < b->table->note_count; i++)
        rep_docx_paragraph(w, "Note", "<w:ind w:left=\"284\" w:hanging=\"284\"/>", REP_RUN_PLAIN,
                           cv_arena_printf(w->l->arena, "•  %s", b->table->notes[i]));
}

void rep_docx_table(struct rep_docx_writer *w, const struct rep_block *b)
{
    static const char frames[] = "<w:tblInd w:w=\"45\" w:type=\"dxa\"/><w:tblBorders>" LINE_ALL(
        "000000") "<w:insideH w:val=\"single\" w:sz=\"4\" w:color=\"000000\"/>"
                  "<w:insideV w:val=\"single\" w:sz=\"4\" w:color=\"000000\"/></w:tblBorders><w:tblLayout "
                  "w:type=\"fixed\"/>"
                  "<w:tblCellMar><w:top w:w=\"20\" w:type=\"dxa\"/><w:left w:w=\"45\" w:type=\"dxa\"/><w:right "
                  "w:w=\"45\" "
                  "w:type=\"dxa\"/></w:tblCellMar>";
    bool wide = rep_table_is_wide(b->table);
    struct grid g = {.w = w,
                     .t = b->table,
                     .widths = column_widths(w, b->table, (wide ? 8.5 : 11) * REP_TWIPS),
                     .left = wide ? "LeftWide" : "Left",
                     .mid = wide ? "MidWide" : "Mid",
                     .number = wide ? "NumberWide" : "Number"};
    rep_docx_open_table(w, g.widths, b->table->column_count, frames);
    write_heads(&g);
    for (size_t i = 0; i < b->table->line_count; i++)
        write_line(&g, &b->table->lines[i]);
    cv_buf_puts(w->out, "</w:tbl>\n");
    write_notes(w, b);
}
