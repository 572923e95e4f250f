/* Tables for people: one description, written as CSV or XLSX.
 *
 * Story of use. Who has figures or a list fills a rep_table (columns, lines of cells) in the reader's language; the
 * writers know nothing of what it is about, so every file that leaves the service has the same rules: UTF-8 with BOM
 * and CRLF, texts that cannot be taken for formulas, percentages as real numbers, frozen header, A4.
 *
 *     struct rep_table *t = rep_table_new(arena, CV_VI, column_count);
 *     struct rep_cell *cells = rep_table_line(t, REP_LINE_PLAIN);
 *     cells[0] = rep_text("Phòng Nội vụ");
 *     cells[1] = rep_percent(961, 1194);
 *     rep_csv(&buf, t, 1, ',');
 *
 * Thread: a table belongs to one thread. Memory: tables live in the arena given; texts are not copied. */
#pragma once

#include <stdbool.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/memory.h"

enum rep_cell_kind {
    REP_EMPTY,
    REP_TEXT,
    REP_CODE, /* text that no spreadsheet may take for a number or a day: 0012 stays 0012 */
    REP_INT,
    REP_PERCENT, /* n = hundredths of a percent */
    REP_DECIMAL, /* n = hundredths */
};
struct rep_cell {
    enum rep_cell_kind kind;
    const char *text;
    int64_t n;
};
static inline struct rep_cell rep_text(const char *text)
{
    return (struct rep_cell){.kind = text != NULL ? REP_TEXT : REP_EMPTY, .text = text};
}
static inline struct rep_cell rep_code(const char *text)
{
    return (struct rep_cell){.kind = text != NULL ? REP_CODE : REP_EMPTY, .text = text};
}
static inline struct rep_cell rep_int(int64_t n)
{
    return (struct rep_cell){.kind = REP_INT, .n = n};
}
/* a of b by the one rule of rounding; a dash when there is nothing to divide by. */
struct rep_cell rep_percent(int64_t a, int64_t b);

/* Hundredths of a percent of a/b, half-up; 100,00 only when a = b, 0,00 only when a = 0. Needs a >= 0 and b > 0. */
int64_t rep_percent_of(int64_t a, int64_t b);

enum rep_line_kind { REP_LINE_PLAIN, REP_LINE_GROUP, REP_LINE_OWN, REP_LINE_TOTAL };
struct rep_line {
    enum rep_line_kind kind;
    struct rep_cell *cells; /* as many as columns */
};
struct rep_column {
    const char *title;
    const char *number; /* "(7)=(6)/(5)" below the title, or NULL */
    int width;          /* characters */
};
/* XLSX: a column for people to fill in, where what they type stays text. */
struct rep_typed {
    const char *choices; /* the sheet of the same book whose first column lists what may stand here; or NULL */
    size_t choice_count;
};
struct rep_table {
    struct cv_arena *arena;
    enum cv_lang lang;
    const char *key;     /* slug of what the table is about, the first column of a CSV of several; or NULL */
    const char *sheet;   /* name of the worksheet, at most 31 signs */
    const char **titles; /* above the table, from the top */
    size_t title_count;
    const char **notes; /* below it */
    size_t note_count;
    struct rep_column *columns;
    const struct rep_typed *typed; /* one a column; NULL = nothing is to be filled in */
    size_t column_count;
    struct rep_line *lines;
    size_t line_count, line_room;
};
struct rep_table *rep_table_new(struct cv_arena *arena, enum cv_lang lang, size_t column_count);
bool rep_table_is_numbered(const struct rep_table *t); /* a second line of heads */
/* A new line of empty cells at the end. */
struct rep_cell *rep_table_line(struct rep_table *table, enum rep_line_kind kind);
void rep_table_note(struct rep_table *table, const char *text);
void rep_table_title(struct rep_table *table, const char *text);

/* The text that people read: "1.210", "98,70" (vi) or "1,210", "98.70" (en); "" for an empty cell. */
const char *rep_cell_text(struct cv_arena *arena, enum cv_lang lang, struct rep_cell cell);
const char *rep_number(struct cv_arena *arena, enum cv_lang lang, int64_t n);
/* Hundredths with two decimals. */
const char *rep_decimal(struct cv_arena *arena, enum cv_lang lang, int64_t hundredths);

/* UTF-8 with BOM, CRLF; what a spreadsheet would run as a formula gets an apostrophe in front, also behind any
 * delimiter inside a cell. Numbers without separators of thousands, decimals with the comma when the delimiter is ';'
 * and the point otherwise. Tables with a key have it as their first column. */
void rep_csv(struct cv_buf *out, const struct rep_table *const *tables, size_t count, char delimiter);

/* What stands side by side above a sheet: who sends it, beside the motto. NULL = nothing on that side. */
struct rep_beside {
    const char *text[2];
    bool bold[2];
};
struct rep_xlsx_options {
    const char *title, *author;
    cv_moment made_at;   /* written into the file instead of the present: the same report gives the same bytes */
    const char *tmp_dir; /* for the library's temporary files; NULL = the system's */
    const struct rep_beside *letterhead; /* of every sheet that has a title */
    size_t letterhead_lines;
};
/* A workbook with one sheet per table: real numbers and percentages, to the right; frozen header, which every printed
 * page repeats; rows as high as their text; A4 landscape fitted to the width.
 * The bytes go to `out`. */
bool rep_xlsx(struct cv_buf *out, const struct rep_table *const *tables, size_t count,
              const struct rep_xlsx_options *options, struct cv_error *err);
