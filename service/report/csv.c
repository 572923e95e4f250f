/* CSV as spreadsheets in Vietnam open it: BOM, CRLF, comma or semicolon. */
#include <inttypes.h>
#include <string.h>

#include "congvu/table.h"

static bool starts_formula(char c)
{
    return c != '\0' && strchr("=+-@\t\r", c) != NULL;
}

/* Whatever some spreadsheet takes for the end of a cell: it may read the file by another delimiter than ours, and then
 * quotes in the middle of its cell do not count. */
static bool ends_cell(char c)
{
    return strchr(";,\t\r\n", c) != NULL;
}

/* What a spreadsheet would run as a formula is kept a text by the apostrophe in front. */
static void put_text(struct cv_buf *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (starts_formula(*p) && (p == text || ends_cell(p[-1])))
            cv_buf_putc(out, '\'');
        if (*p == '"')
            cv_buf_putc(out, '"');
        cv_buf_putc(out, *p);
    }
}

static void field(struct cv_buf *out, const char *text, char delimiter)
{
    const char stops[] = {delimiter, '"', '\r', '\n', '\0'};
    const char *quote = strpbrk(text, stops) != NULL ? "\"" : "";
    cv_buf_puts(out, quote);
    put_text(out, text);
    cv_buf_puts(out, quote);
}

/* Opened in a spreadsheet, 0012 would be 12, 1-2 a day in January and 12E5 a large number: ="0012" stays what it is. */
static bool like_number(const char *text)
{
    return *text >= '0' && *text <= '9' && text[strspn(text, "0123456789.,eE/-:")] == '\0';
}

static void code(struct cv_buf *out, const char *text, char delimiter)
{
    if (like_number(text))
        cv_buf_printf(out, "\"=\"\"%s\"\"\"", text);
    else
        field(out, text, delimiter);
}

/* A spreadsheet that separates by the semicolon writes decimals with the comma. */
static void hundredths(struct cv_buf *out, int64_t n, char delimiter)
{
    int64_t size = n < 0 ? -n : n;
    cv_buf_printf(out, "%s%" PRId64 "%c%02d", n < 0 ? "-" : "", size / 100, delimiter == ';' ? ',' : '.',
                  (int)(size % 100));
}

/* No separators of thousands: a machine reads it too. */
static void cell(struct cv_buf *out, const struct rep_table *t, struct rep_cell c, char delimiter)
{
    if (c.kind == REP_INT)
        cv_buf_printf(out, "%" PRId64, c.n);
    else if (c.kind == REP_PERCENT || c.kind == REP_DECIMAL)
        hundredths(out, c.n, delimiter);
    else if (c.kind == REP_CODE)
        code(out, c.text, delimiter);
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
