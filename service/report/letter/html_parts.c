/* Pieces of the page: escaped texts, tables, bars. */
#include "report/letter/html.h"

void rep_put(struct rep_page *p, const char *markup)
{
    cv_buf_puts(p->out, markup);
}

void rep_put_text(struct rep_page *p, const char *text)
{
    cv_buf_escaped(p->out, text);
}

void rep_put_element(struct rep_page *p, const char *tag, const char *class, const char *text)
{
    if (text == NULL)
        return;
    cv_buf_printf(p->out, "<%s class=\"%s\">", tag, class);
    rep_put_text(p, text);
    cv_buf_printf(p->out, "</%s>\n", tag);
}

static void put_columns(struct rep_page *p, const struct rep_table *t)
{
    int sum = 0;
    for (size_t i = 0; i < t->column_count; i++)
        sum += t->columns[i].width;
    rep_put(p, "<colgroup>");
    for (size_t i = 0; i < t->column_count; i++)
        cv_buf_printf(p->out, "<col style=\"width:%d.%02d%%\">", 100 * t->columns[i].width / sum,
                      10000 * t->columns[i].width / sum % 100);
    rep_put(p, "</colgroup>\n<thead><tr>");
    for (size_t i = 0; i < t->column_count; i++)
        rep_put_element(p, "th", "", t->columns[i].title);
    rep_put(p, "</tr>\n");
    if (rep_table_is_numbered(t)) {
        rep_put(p, "<tr class=\"numbers\">");
        for (size_t i = 0; i < t->column_count; i++)
            rep_put_element(p, "th", "", t->columns[i].number);
        rep_put(p, "</tr>\n");
    }
    rep_put(p, "</thead>\n");
}

static void put_line(struct rep_page *p, const struct rep_table *t, const struct rep_line *line)
{
    static const char *const classes[] = {
        [REP_LINE_PLAIN] = "", [REP_LINE_GROUP] = "group", [REP_LINE_OWN] = "own", [REP_LINE_TOTAL] = "total"};
    cv_buf_printf(p->out, "<tr class=\"%s\">", classes[line->kind]);
    if (rep_line_is_heading(t, line)) {
        cv_buf_printf(p->out, "<td></td><td class=\"text\" colspan=\"%zu\">", t->column_count - 1);
        rep_put_text(p, line->cells[1].text);
        rep_put(p, "</td></tr>\n");
        return;
    }
    for (size_t i = 0; i < t->column_count; i++)
        rep_put_element(p, "td", rep_cell_is_left(t, line, i) ? "text" : "n",
                        rep_cell_text(p->l->arena, t->lang, line->cells[i]));
    rep_put(p, "</tr>\n");
}

void rep_put_table(struct rep_page *p, const struct rep_block *figures)
{
    const struct rep_table *t = figures->table;
    cv_buf_printf(p->out, "<table class=\"figures%s\">", rep_table_is_wide(t) ? " wide" : "");
    put_columns(p, t);
    rep_put(p, "<tbody>\n");
    for (size_t i = 0; i < t->line_count; i++)
        put_line(p, t, &t->lines[i]);
    rep_put(p, "</tbody></table>\n");
    if (t->note_count == 0)
        return;
    rep_put_element(p, "p", "notes-head", figures->text);
    rep_put(p, "<ul class=\"notes\">");
    for (size_t i = 0; i < t->note_count; i++)
        rep_put_element(p, "li", "", t->notes[i]);
    rep_put(p, "</ul>\n");
}

/* ---- bars ---- */
enum { BAR_LEFT = 170, BAR_FULL = 300, BAR_STEP = 22, BAR_HEIGHT = 14, BAR_WIDTH = 560 };

static void put_bar(struct rep_page *p, int i, const struct rep_bar *bar)
{
    int y = i * BAR_STEP + 4;
    cv_buf_printf(p->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", BAR_LEFT - 8, y + 11);
    rep_put_text(p, bar->name);
    cv_buf_printf(p->out,
                  "</text><rect class=\"full\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>"
                  "<rect class=\"part\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                  BAR_LEFT, y, BAR_FULL, BAR_HEIGHT, BAR_LEFT, y, bar->length * BAR_FULL / REP_BAR_WHOLE, BAR_HEIGHT);
    cv_buf_printf(p->out, "<text x=\"%d\" y=\"%d\">", BAR_LEFT + BAR_FULL + 8, y + 11);
    rep_put_text(p, bar->value);
    rep_put(p, "</text>\n");
}

void rep_put_bars(struct rep_page *p, const struct rep_block *bars)
{
    cv_buf_printf(p->out, "<svg class=\"bars\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", BAR_WIDTH,
                  (int)bars->bar_count * BAR_STEP + 6);
    rep_put_text(p, bars->text);
    rep_put(p, "\">\n");
    for (size_t i = 0; i < bars->bar_count; i++)
        put_bar(p, (int)i, &bars->bars[i]);
    rep_put(p, "</svg>\n");
}
