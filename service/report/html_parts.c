/* Pieces of the page: escaped texts, tables, bars. */
#include <stdio.h>
#include <string.h>

#include "report/html.h"

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
    bool numbered = false;
    for (size_t i = 0; i < t->column_count; i++) {
        sum += t->columns[i].width;
        numbered = numbered || t->columns[i].number != NULL;
    }
    rep_put(p, "<colgroup>");
    for (size_t i = 0; i < t->column_count; i++)
        cv_buf_printf(p->out, "<col style=\"width:%d.%02d%%\">", 100 * t->columns[i].width / sum,
                      10000 * t->columns[i].width / sum % 100);
    rep_put(p, "</colgroup>\n<thead><tr>");
    for (size_t i = 0; i < t->column_count; i++)
        rep_put_element(p, "th", "", t->columns[i].title);
    rep_put(p, "</tr>\n");
    if (numbered) {
        rep_put(p, "<tr class=\"numbers\">");
        for (size_t i = 0; i < t->column_count; i++)
            rep_put_element(p, "th", "", t->columns[i].number);
        rep_put(p, "</tr>\n");
    }
    rep_put(p, "</thead>\n");
}

/* A heading has nothing beside its name. */
static bool is_heading(const struct rep_table *t, const struct rep_line *line)
{
    bool alone = line->kind == REP_LINE_GROUP && t->column_count > 2;
    for (size_t i = 2; i < t->column_count; i++)
        alone = alone && line->cells[i].kind == REP_EMPTY;
    return alone;
}

static void put_line(struct rep_page *p, const struct rep_table *t, const struct rep_line *line)
{
    static const char *const classes[] = {
        [REP_LINE_PLAIN] = "", [REP_LINE_GROUP] = "group", [REP_LINE_OWN] = "own", [REP_LINE_TOTAL] = "total"};
    cv_buf_printf(p->out, "<tr class=\"%s\">", classes[line->kind]);
    if (is_heading(t, line)) {
        cv_buf_printf(p->out, "<td></td><td class=\"text\" colspan=\"%zu\">", t->column_count - 1);
        rep_put_text(p, line->cells[1].text);
        rep_put(p, "</td></tr>\n");
        return;
    }
    for (size_t i = 0; i < t->column_count; i++) {
        struct rep_cell c = line->cells[i];
        bool text = c.kind == REP_TEXT && t->columns[i].width > 12;
        rep_put_element(p, "td", text ? "text" : "n", rep_cell_text(p->arena, t->lang, c));
    }
    rep_put(p, "</tr>\n");
}

void rep_put_table(struct rep_page *p, const struct rep_table *t)
{
    cv_buf_printf(p->out, "<table class=\"figures%s\">", t->column_count > 10 ? " wide" : "");
    put_columns(p, t);
    rep_put(p, "<tbody>\n");
    for (size_t i = 0; i < t->line_count; i++)
        put_line(p, t, &t->lines[i]);
    rep_put(p, "</tbody></table>\n");
    if (t->note_count == 0)
        return;
    rep_put_element(p, "p", "notes-head", REP_SAY(p->lang, "Ghi chú:", "Notes:"));
    rep_put(p, "<ul class=\"notes\">");
    for (size_t i = 0; i < t->note_count; i++)
        rep_put_element(p, "li", "", t->notes[i]);
    rep_put(p, "</ul>\n");
}

/* ---- bars ---- */
enum { BAR_LEFT = 170, BAR_FULL = 300, BAR_STEP = 22, BAR_HEIGHT = 14, BAR_WIDTH = 560 };

static void put_bar(struct rep_page *p, int i, const char *name, int64_t a, int64_t b)
{
    bool known = a != REP_NONE && b != REP_NONE && b > 0;
    int64_t percent = known ? rep_percent_of(a, b) : 0, length = percent * BAR_FULL / 10000;
    int y = i * BAR_STEP + 4;
    const char *value = known ? cv_arena_printf(p->arena, "%s%%", rep_decimal(p->arena, p->lang, percent))
                              : REP_SAY(p->lang, "chưa xác định", "unknown");
    cv_buf_printf(p->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", BAR_LEFT - 8, y + 11);
    rep_put_text(p, name);
    cv_buf_printf(p->out,
                  "</text><rect class=\"full\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>"
                  "<rect class=\"part\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                  BAR_LEFT, y, BAR_FULL, BAR_HEIGHT, BAR_LEFT, y, (int)(length < BAR_FULL ? length : BAR_FULL),
                  BAR_HEIGHT);
    cv_buf_printf(p->out, "<text x=\"%d\" y=\"%d\">", BAR_LEFT + BAR_FULL + 8, y + 11);
    rep_put_text(p, value);
    rep_put(p, "</text>\n");
}

void rep_put_bars(struct rep_page *p, const struct rep_sheet *s)
{
    const struct rep_row *total = rep_total_row(s);
    if (total == NULL || total->counts.base == 0)
        return;
    const struct rep_counts *c = &total->counts;
    const struct {
        const char *vi, *en;
        int32_t a, b;
    } bars[] = {
        {"Đã cấp", "Issued", c->issued, c->base},
        {"Đã kích hoạt (/ đã cấp)", "Activated (/ issued)", c->activated, c->issued},
        {"Có sử dụng", "Used", c->used, c->usage_base},
        {"Thường xuyên sử dụng", "Regularly used", c->regular, c->usage_base},
    };
    cv_buf_printf(p->out, "<svg class=\"bars\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", BAR_WIDTH,
                  (int)CV_COUNT(bars) * BAR_STEP + 6);
    rep_put_text(p, rep_name(s->name, p->lang));
    rep_put(p, "\">\n");
    for (size_t i = 0; i < CV_COUNT(bars); i++)
        put_bar(p, (int)i, REP_SAY(p->lang, bars[i].vi, bars[i].en), bars[i].a, bars[i].b);
    rep_put(p, "</svg>\n");
}
