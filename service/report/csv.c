/* CSV as spreadsheets in Vietnam open it: BOM, CRLF, comma or semicolon. */
#include "congvu/table.h"

#include <inttypes.h>
#include <string.h>

/* A text that a spreadsheet would run as a formula is kept a text by the apostrophe in front. */
static bool like_formula(const char *text)
{
    return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

static void field(struct cv_buf *out, const char *text, char delimiter)
{
    const char stops[] = {delimiter, '"', '\r', '\n', '\0'};
    const char *guard = like_formula(text) ? "'" : "";
    if (strpbrk(text, stops) == NULL) {
        cv_buf_puts(out, guard);
        cv_buf_puts(out, text);
        return;
    }
    cv_buf_putc(out, '"');
    cv_buf_puts(out, guard);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"')
            cv_buf_putc(out, '"');
        cv_buf_putc(out, *p);
    }
    cv_buf_putc(out, '"');
}

static void cell(struct cv_buf *out, const struct rep_table *t, struct rep_cell c, char delimiter)
{
    if (c.kind == REP_INT)
        cv_buf_printf(out, "%" PRId64, c.n); /* no separators: a machine reads it too */
    else
        field(out, rep_cell_text(t->arena, t->lang, c), delimiter);
}

static void head(struct cv_buf *out, const struct rep_table *t, char delimiter)
{
    if (t->key != NULL)
        cv_buf_puts(out, t->lang == CV_EN ? "System" : "Hệ thống");
    for (size_t i = 0; i < t->column_count; i++) {
        if (i > 0 || t->key != NULL)
            cv_buf_putc(out, delimiter);
        field(out, t->columns[i].title, delimiter);
    }
    cv_buf_puts(out, "\r\n");
}

static void line(struct cv_buf *out, const struct rep_table *t, const struct rep_line *l, char delimiter)
{
    if (t->key != NULL)
        field(out, t->key, delimiter);
    for (size_t i = 0; i < t->column_count; i++) {
        if (i > 0 || t->key != NULL)
            cv_buf_putc(out, delimiter);
        cell(out, t, l->cells[i], delimiter);
    }
    cv_buf_puts(out, "\r\n");
}

void rep_csv(struct cv_buf *out, const struct rep_table *const *tables, size_t count, char delimiter)
{
    cv_buf_puts(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < count; i++) {
        if (i == 0)
            head(out, tables[i], delimiter);
        for (size_t k = 0; k < tables[i]->line_count; k++)
            line(out, tables[i], &tables[i]->lines[k], delimiter);
    }
}
