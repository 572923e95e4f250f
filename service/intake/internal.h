/* Inside intake/: what reading CSV and XLSX share. */
#pragma once

#include <zip.h>

#include "congvu/intake.h"
#include "congvu/memory.h"

enum {
    INT_ARENA = 24 << 20,
    INT_SCRATCH = 4 << 20,
    INT_PART_MAX = 64 << 20, /* one part of an XLSX file, unpacked */
    INT_RATIO_MAX = 150,     /* unpacked to packed; sheets of the field stay below 40 */
    INT_RATIO_FREE = 1 << 20,
    INT_ENTRIES_MAX = 1000,
    INT_XML_MEMORY = 8 << 20,
    INT_STRINGS_MAX = 400000, /* shared strings, and their bytes */
    INT_STRING_BYTES = 12 << 20,
    INT_STYLES_MAX = 65000,
    INT_MERGES_MAX = 20000,
};

/* Vertical part of a merged area: what its first row shows in the first column. */
struct int_merge {
    uint32_t first, last;
    uint16_t column;
    const char *text; /* filled when the first row is read */
    enum int_cell_kind kind;
};

struct int_book {
    zip_t *zip;
    const char *sheet_part;
    bool from_1904;
    struct cv_buf strings;
    uint32_t *string_at; /* one more than there are strings */
    size_t string_count;
    uint8_t *dates; /* per style: shows a day */
    size_t style_count;
    struct int_merge *merges;
    size_t merge_count;
};

struct int_list {
    struct cv_arena *arena, *scratch; /* scratch is emptied at each row */
    const uint8_t *bytes;
    size_t len;
    struct int_about about;
    struct int_book book;
    struct cv_buf text; /* of CSV, in UTF-8 */
    size_t text_from;   /* where its rows begin */
    bool latin;         /* the text was read as Latin-1: every cell's letters are to be translated */
};

/* A row on its way: cells up to the widest, texts in the list's scratch arena. */
struct int_making {
    struct int_list *list;
    int_row_fn *each;
    void *ctx;
    struct int_row row;
    struct int_cell cells[INT_COLUMNS_MAX];
    bool stopped;
    struct cv_error *err; /* set when it ended in error */
    bool failed;
};
/* Puts a cell; false when the row is too wide or the cell too long (the error says where). */
bool int_put_cell(struct int_making *m, size_t column, enum int_cell_kind kind, const char *text, size_t len);
void int_clear_row(struct int_making *m);
/* Gives the row away and begins the next. False: enough. */
bool int_end_row(struct int_making *m, uint32_t number);

bool int_unreadable(struct cv_error *err, const char *vi, const char *en);
bool int_too_large(struct cv_error *err, const char *vi, const char *en);

/* ---- CSV ---- */
bool int_csv_open(struct int_list *list, struct cv_error *err);
bool int_csv_rows(struct int_making *m);

/* ---- XLSX ---- */
bool int_xlsx_open(struct int_list *list, const char *sheet, struct cv_error *err);
bool int_xlsx_rows(struct int_making *m);
void int_xlsx_close(struct int_book *book);

/* A part, unpacked and parsed by expat in pieces, never whole. `name` is the local name of an element, without prefix;
 * `text` gets the characters between. Handlers end the parsing by int_xml_stop(). */
struct int_xml;
struct int_xml_handlers {
    void (*begin)(struct int_xml *x, const char *name, const char **attributes);
    void (*text)(struct int_xml *x, const char *text, int len);
    void (*end)(struct int_xml *x, const char *name);
    void *ctx;
};
void *int_xml_ctx(struct int_xml *x);
void int_xml_stop(struct int_xml *x); /* content */
/* `optional`: a part that is not there is fine. False also when handlers put something into err. */
bool int_xml_part(struct int_list *list, const char *part, bool optional, const struct int_xml_handlers *handlers,
                  struct cv_error *err);
const char *int_xml_attribute(const char **attributes, const char *name); /* local name; or NULL */
bool int_xlsx_strings(struct int_list *list, const char *part, struct cv_error *err);
bool int_xlsx_styles(struct int_list *list, const char *part, struct cv_error *err);
bool int_xlsx_merges(struct int_list *list, struct cv_error *err);

/* ---- letters ---- */
struct int_score {
    size_t good, bad; /* words with marked letters that are, or are no Vietnamese syllable */
};
void int_score_text(const char *utf8, struct cv_arena *scratch, struct int_score *score);
/* TCVN3 or VNI, whose bytes were taken for Latin-1, into Vietnamese. */
const char *int_from_tcvn3(struct cv_arena *arena, const char *utf8);
const char *int_from_vni(struct cv_arena *arena, const char *utf8);
/* Is every letter beyond ASCII one of Latin-1, and is there any? */
bool int_latin_only(const char *utf8);
