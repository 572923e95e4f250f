/* The rows of one sheet. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/clock.h"
#include "intake/internal.h"

/* ---- "BC12" ---- */
/* Row and column, both from 0; false for what is no such thing. */
static bool read_place(const char **at, uint32_t *row, uint32_t *column)
{
    uint32_t c = 0, r = 0;
    const char *p = *at;
    for (; *p >= 'A' && *p <= 'Z' && c < 1000000; p++)
        c = c * 26 + (uint32_t)(*p - 'A' + 1);
    for (; *p >= '0' && *p <= '9' && r < 100000000; p++)
        r = r * 10 + (uint32_t)(*p - '0');
    *at = p;
    *row = r - 1;
    *column = c - 1;
    return r > 0 && c > 0;
}

/* ---- merged areas: they stand behind the rows, so the sheet is gone through once for them alone ---- */
struct merging {
    struct int_list *list;
    struct cv_error *err;
    size_t cap;
};

static void keep_merge(struct int_xml *x, struct merging *m, const struct int_merge *merge)
{
    struct int_book *book = &m->list->book;
    if (book->merge_count == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 64;
        struct int_merge *grown = m->cap <= 2 * INT_MERGES_MAX ? realloc(book->merges, m->cap * sizeof(*grown)) : NULL;
        if (grown == NULL) {
            int_too_large(m->err, "Trang tính có quá nhiều ô gộp", "The sheet has too many merged cells");
            int_xml_stop(x);
            return;
        }
        book->merges = grown;
    }
    book->merges[book->merge_count++] = *merge;
}

static void merge_begin(struct int_xml *x, const char *name, const char **attributes)
{
    struct merging *m = int_xml_ctx(x);
    const char *ref = strcmp(name, "mergeCell") == 0 ? int_xml_attribute(attributes, "ref") : NULL;
    uint32_t row = 0, column = 0, last_row = 0, last_column = 0;
    if (!ref || !read_place(&ref, &row, &column) || *ref++ != ':' || !read_place(&ref, &last_row, &last_column))
        return;
    if (last_row > row && column < INT_COLUMNS_MAX)
        keep_merge(x, m, &(struct int_merge){.first = row + 1, .last = last_row + 1, .column = (uint16_t)column});
}

static int by_first_row(const void *a, const void *b)
{
    const struct int_merge *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

bool int_xlsx_merges(struct int_list *list, struct cv_error *err)
{
    struct merging m = {.list = list, .err = err};
    struct int_xml_handlers handlers = {.begin = merge_begin, .ctx = &m};
    if (!int_xml_part(list, list->book.sheet_part, false, &handlers, err))
        return false;
    if (list->book.merge_count > 1)
        qsort(list->book.merges, list->book.merge_count, sizeof(struct int_merge), by_first_row);
    return true;
}

/* ---- cells ---- */
enum type { NUMBER, SHARED, INLINE, STRING, TRUTH, FAULT, ISO_DAY };

struct sheet {
    struct int_making *m;
    uint32_t row;    /* number of the row being read; 0 = none */
    uint32_t column; /* the next cell's, when it names none */
    enum type type;
    unsigned style;
    bool formula, value, phonetic, over;
    char text[INT_CELL_MAX + 8];
    size_t len;
    size_t first_merge; /* those before it are over */
};

static enum type type_of(const char *t)
{
    static const char *const words[] = {"n", "s", "inlineStr", "str", "b", "e", "d"};
    for (size_t i = 0; t && i < CV_COUNT(words); i++)
        if (strcmp(t, words[i]) == 0)
            return (enum type)i;
    return NUMBER;
}

/* A number as a person would read it: 150.00000000000003 is 150, 9.12345678E8 is 912345678. */
static void plain_number(const char *raw, char out[64])
{
    double value = strtod(raw, NULL);
    if (!isfinite(value) || fabs(value) >= 1e15)
        snprintf(out, 64, "%.40s", raw);
    else if (fabs(value - round(value)) < 1e-9 * (1 + fabs(value)))
        snprintf(out, 64, "%.0f", value);
    else
        snprintf(out, 64, "%.12g", value);
}

/* Excel's day 60 is the 29/02/1900 that never was. */
static bool serial_day(const char *raw, bool from_1904, char out[CV_DAY_TEXT])
{
    double value = strtod(raw, NULL);
    if (!(value >= 1 && value < 120000))
        return false;
    cv_day first = from_1904    ? cv_day_join(1904, 1, 1)
                   : value < 60 ? cv_day_join(1899, 12, 31)
                                : cv_day_join(1899, 12, 30);
    cv_day_iso(first + (cv_day)value, out);
    return true;
}

static bool put(struct sheet *s, enum int_cell_kind kind, const char *text, size_t len)
{
    s->m->row.number = s->row;
    s->over = !int_put_cell(s->m, s->column, s->formula ? INT_FORMULA : kind, text, len);
    return !s->over;
}

static bool put_number(struct sheet *s)
{
    const struct int_book *book = &s->m->list->book;
    char day[CV_DAY_TEXT], plain[64];
    if (s->len == 0)
        return true;
    if (s->style < book->style_count && book->dates[s->style] && serial_day(s->text, book->from_1904, day))
        return put(s, INT_DATE, day, strlen(day));
    plain_number(s->text, plain);
    return put(s, INT_NUMBER, plain, strlen(plain));
}

static bool put_shared(struct sheet *s)
{
    const struct int_book *book = &s->m->list->book;
    size_t at = strtoul(s->text, NULL, 10);
    if (at >= book->string_count)
        return true;
    const char *from = cv_buf_str(&book->strings) + book->string_at[at];
    return put(s, INT_TEXT, from, book->string_at[at + 1] - book->string_at[at]);
}

static void cell_end(struct sheet *s)
{
    s->text[s->len] = '\0';
    if (s->formula && s->len == 0)
        put(s, INT_FORMULA, "=", 1); /* never worked out by who wrote it */
    else if (s->type == NUMBER)
        put_number(s);
    else if (s->type == SHARED)
        put_shared(s);
    else if (s->type == TRUTH)
        put(s, INT_TEXT, *s->text == '1' ? "x" : "", *s->text == '1');
    else if (s->type == FAULT)
        put(s, INT_ERROR, s->text, s->len);
    else if (s->type == ISO_DAY)
        put(s, INT_DATE, s->text, s->len < 10 ? s->len : 10);
    else
        put(s, INT_TEXT, s->text, s->len);
    s->column++;
}

/* ---- merged cells get the text of the first ---- */
static const char *merged_text(struct sheet *s, struct int_merge *merge)
{
    const struct int_cell *cell = &s->m->cells[merge->column];
    if (merge->first == s->row) {
        merge->text = cv_arena_strdup(s->m->list->arena, cell->text);
        merge->kind = cell->kind;
        return NULL;
    }
    return s->row > merge->first && s->row <= merge->last && cell->kind == INT_EMPTY && merge->text ? merge->text
                                                                                                    : NULL;
}

static void fill_merged(struct sheet *s)
{
    struct int_book *book = &s->m->list->book;
    struct int_row *row = &s->m->row;
    while (s->first_merge < book->merge_count && book->merges[s->first_merge].last < s->row)
        s->first_merge++;
    for (size_t i = s->first_merge; i < book->merge_count && book->merges[i].first <= s->row; i++) {
        struct int_merge *merge = &book->merges[i];
        const char *text = merged_text(s, merge);
        if (text == NULL || *text == '\0' || row->count == 0)
            continue;
        s->m->cells[merge->column] = (struct int_cell){.kind = merge->kind, .merged = true, .text = text};
        if (row->count <= merge->column)
            row->count = merge->column + 1u;
    }
}

/* ---- rows ---- */
static void row_begin(struct sheet *s, const char **attributes)
{
    const char *number = int_xml_attribute(attributes, "r"), *hidden = int_xml_attribute(attributes, "hidden");
    unsigned long given = number ? strtoul(number, NULL, 10) : 0;
    s->row = given > s->row && given < UINT32_MAX ? (uint32_t)given : s->row + 1;
    s->column = 0;
    s->m->row.hidden = hidden && (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0);
}

static void row_end(struct int_xml *x, struct sheet *s)
{
    fill_merged(s);
    if (!int_end_row(s->m, s->row))
        s->over = true;
    if (s->over)
        int_xml_stop(x);
}

static void cell_begin(struct sheet *s, const char **attributes)
{
    const char *ref = int_xml_attribute(attributes, "r"), *style = int_xml_attribute(attributes, "s");
    uint32_t row = 0, column = 0;
    s->type = type_of(int_xml_attribute(attributes, "t"));
    s->style = style ? (unsigned)strtoul(style, NULL, 10) : 0;
    s->formula = s->value = false;
    s->len = 0;
    if (ref) /* a place that is none is no reason to count on: the values would slip into the next column */
        s->column = read_place(&ref, &row, &column) ? column : INT_COLUMNS_MAX;
}

static void sheet_begin(struct int_xml *x, const char *name, const char **attributes)
{
    struct sheet *s = int_xml_ctx(x);
    if (strcmp(name, "row") == 0)
        row_begin(s, attributes);
    else if (strcmp(name, "c") == 0)
        cell_begin(s, attributes);
    else if (strcmp(name, "f") == 0)
        s->formula = true;
    else if (strcmp(name, "rPh") == 0)
        s->phonetic = true;
    else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        s->value = !s->phonetic;
}

static void sheet_text(struct int_xml *x, const char *text, int len)
{
    struct sheet *s = int_xml_ctx(x);
    size_t room = sizeof(s->text) - 1 - s->len, n = (size_t)len < room ? (size_t)len : room;
    if (!s->value)
        return;
    memcpy(s->text + s->len, text, n);
    s->len += n;
}

static void sheet_end(struct int_xml *x, const char *name)
{
    struct sheet *s = int_xml_ctx(x);
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        s->value = false;
    else if (strcmp(name, "rPh") == 0)
        s->phonetic = false;
    else if (strcmp(name, "c") == 0)
        cell_end(s);
    else if (strcmp(name, "row") == 0)
        row_end(x, s);
    if (s->over || strcmp(name, "sheetData") == 0)
        int_xml_stop(x);
}

bool int_xlsx_rows(struct int_making *m)
{
    struct sheet *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return cv_fail_as(m->err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    s->m = m;
    struct int_xml_handlers handlers = {.begin = sheet_begin, .text = sheet_text, .end = sheet_end, .ctx = s};
    bool ok = int_xml_part(m->list, m->list->book.sheet_part, false, &handlers, m->err);
    free(s);
    return ok && !m->failed;
}
