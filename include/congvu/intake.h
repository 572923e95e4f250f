/* Lists as people send them: CSV and XLSX files from any program, read into rows of cells.
 *
 * Story of use. The bytes of an upload are opened once: what they are is found out (never from a file name), what
 * cannot be read is refused by name with the remedy, and the letters of old fonts and code pages are recognised over
 * the whole list, because a cell alone tells too little. Then the rows are read as often as wanted, one at a time.
 *
 *     struct int_list *list;
 *     if (!int_open(bytes, len, NULL, &list, err)) return false;
 *     show(int_about(list));                        // format, encoding, sheet, some names as decoded
 *     ok = int_rows(list, each_row, ctx, err);      // each_row(ctx, row) per row of the sheet
 *     int_close(&list);
 *
 * Text comes in NFC with single blanks. A number comes as it is shown ("912345678", never "9.12345678E8"), a date as
 * 2026-11-29. A cell in a merged area has the area's text. Nothing is written anywhere; the bytes must outlive the
 * list.
 *
 * Bounds: INT_FILE_MAX of bytes, INT_ROWS_MAX rows, INT_COLUMNS_MAX columns, INT_CELL_MAX bytes a cell; of an XLSX file
 * the parts, their sizes and how much they may grow; no DTD, no entity, no link to elsewhere is followed.
 *
 * Thread: a list belongs to one thread at a time. Needs cv_text_init(). Errors: validation_failed, with what the file
 * is and what to do, or the row and cell that is beyond a bound. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/error.h"

enum {
    INT_FILE_MAX = 8 << 20,
    INT_ROWS_MAX = 50000,
    INT_COLUMNS_MAX = 256,
    INT_CELL_MAX = 4000,
    INT_SHEETS_MAX = 64,
    INT_SAMPLES = 5,
};

enum int_format { INT_CSV, INT_XLSX };
/* How the letters were written. TCVN3 and VNI are found inside Unicode files too (XLSX with the fonts of the nineties).
 */
enum int_encoding { INT_UTF8, INT_UTF16LE, INT_UTF16BE, INT_WINDOWS_1258, INT_ENC_TCVN3, INT_ENC_VNI, INT_ENCODINGS };
extern const char *const int_encoding_words[]; /* utf-8 utf-16le utf-16be windows-1258 tcvn3 vni */

struct int_options {
    const char *sheet; /* name of the sheet to read; NULL = the first that is shown */
};

struct int_about {
    enum int_format format;
    enum int_encoding encoding;
    bool decoded;      /* letters were translated: whoever sends the list should look at `samples` */
    bool mixed;        /* some cells are in an old charset and others are not: such cells are marked `unreadable` */
    char delimiter;    /* of CSV */
    const char *sheet; /* of XLSX */
    const char *sheets[INT_SHEETS_MAX];
    bool hidden[INT_SHEETS_MAX];
    size_t sheet_count;
    size_t rows;                      /* with those that are empty up to the last */
    const char *samples[INT_SAMPLES]; /* the first cells that have letters with marks, as read */
    size_t sample_count;
};

enum int_cell_kind {
    INT_EMPTY,
    INT_TEXT,
    INT_NUMBER,
    INT_DATE,    /* text is the ISO day */
    INT_FORMULA, /* text is what it showed when the file was saved, perhaps of another file: not to be relied on */
    INT_ERROR,   /* "#N/A" */
};
struct int_cell {
    enum int_cell_kind kind;
    bool merged;      /* the text stands in the first cell of a merged area */
    bool lines;       /* came on several lines: perhaps two people, or half an address */
    bool unreadable;  /* letters of an old charset that could not be told for sure; text is as it came */
    uint32_t hidden;  /* a sign without width that stood between two letters; 0 = none */
    const char *text; /* never NULL */
};
struct int_row {
    uint32_t number; /* as Excel shows it, from 1 */
    bool hidden;
    struct int_cell *cells;
    size_t count; /* up to the last that is not empty; 0 = an empty row */
};
/* False stops the reading; int_rows() is content then. The row is gone after the call. */
typedef bool int_row_fn(void *ctx, const struct int_row *row);

struct int_list;
bool int_open(const void *bytes, size_t len, const struct int_options *options, struct int_list **out,
              struct cv_error *err);
const struct int_about *int_about(const struct int_list *list);
bool int_rows(struct int_list *list, int_row_fn *each, void *ctx, struct cv_error *err);
void int_close(struct int_list **list);

/* Excel's letters of a column, counted from 0: A, B, ..., Z, AA. */
enum { INT_COLUMN_TEXT = 8 };
const char *int_column_letters(size_t column, char out[INT_COLUMN_TEXT]);
