/* Inside report/: the paper as people read it, a row of blocks with every word in place. The writers (a page to print,
 * PDF, DOCX) say how a block looks; none of them has a sentence of its own. */
#pragma once

#include "report/internal.h"

/* mm: A4 and the margins of the administrative form (20-25 above and below, 30-35 left, 15-20 right), with the number
 * of the page in the upper one. */
enum {
    REP_PAPER_SHORT = 210,
    REP_PAPER_LONG = 297,
    REP_PAPER_ABOVE = 20,
    REP_PAPER_BELOW = 20,
    REP_PAPER_LEFT = 30,
    REP_PAPER_RIGHT = 15,
    REP_PAPER_NUMBER = 10
};

enum rep_block_kind {
    REP_BLOCK_HEAD,      /* the national motto, the body's name, number and date */
    REP_BLOCK_TITLE,     /* "BÁO CÁO", "Phụ lục I" */
    REP_BLOCK_SUBJECT,   /* bold below a title */
    REP_BLOCK_WITH,      /* italic below a title */
    REP_BLOCK_RULE,      /* a short line */
    REP_BLOCK_ADDRESS,   /* "Kính gửi: ..." */
    REP_BLOCK_PART,      /* "I. TÌNH HÌNH CHUNG" */
    REP_BLOCK_SECTION,   /* "1. Hộp thư điện tử công vụ" */
    REP_BLOCK_PARAGRAPH, /* of the text */
    REP_BLOCK_BARS,      /* rates, drawn; its text says of what */
    REP_BLOCK_TABLE,     /* a table with its notes; its text stands above these */
    REP_BLOCK_FOOT,      /* recipients, signature */
    REP_BLOCK_ANNEX,     /* what follows stands on a new page, whose number is 1 again */
    REP_BLOCK_CHECK,     /* small print */
};
struct rep_bar {
    const char *name, *value;
    int length; /* of BAR_WHOLE */
};
enum { REP_BAR_WHOLE = 10000 };
struct rep_block {
    enum rep_block_kind kind;
    const char *text;
    const struct rep_table *table; /* REP_BLOCK_TABLE */
    const struct rep_bar *bars;    /* REP_BLOCK_BARS */
    size_t bar_count;
    bool across;   /* REP_BLOCK_ANNEX: on paper laid across */
    bool capitals; /* of a text */
};
/* NULL = not said. */
struct rep_head {
    const char *superior, *issuer, *number, *draft, *nation, *motto, *date;
};
struct rep_foot {
    const char *to;
    struct dom_lines recipients;
    const char *behalf, *post, *signatory;
};
struct rep_letter {
    const struct rep_report *r;
    struct cv_arena *arena;
    enum cv_lang lang;
    const char *title;
    struct rep_head head;
    struct rep_foot foot;
    struct rep_block *blocks;
    size_t count, room;
};
const struct rep_letter *rep_letter(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena);

/* How a table is laid out, whoever draws it: a heading has nothing beside its name, and stands over all columns but the
 * first. */
bool rep_line_is_heading(const struct rep_table *t, const struct rep_line *line);
bool rep_cell_is_left(const struct rep_table *t, const struct rep_line *line, size_t column); /* else centred */
bool rep_table_is_wide(const struct rep_table *t);                                            /* small letters */

/* How wide a word would be in bold, by whoever lays out the table. */
struct rep_measure {
    struct cv_arena *arena;
    double (*width)(void *ctx, const char *word);
    void *ctx;
    double beside; /* room around the text of a cell, both sides */
};
/* One a column, together `room`. */
double *rep_column_widths(const struct rep_table *t, double room, const struct rep_measure *measure);

/* ---- pieces of the letter ---- */
struct rep_block *rep_block(struct rep_letter *l, enum rep_block_kind kind,
                            const char *text); /* a new one, at the end */
void rep_letter_head(struct rep_letter *l);
void rep_letter_addressees(struct rep_letter *l);
void rep_letter_foot(struct rep_letter *l);
/* "ngày 05 tháng 10 năm 2026"; with dots where the day is not set yet. */
const char *rep_letter_date(const struct rep_letter *l);
/* One for each system, but for scoring lines; behind them the one that says how everything was counted. */
size_t rep_annex_count(const struct rep_letter *l);
/* "Phụ lục II"; without a number where it is the only one. */
const char *rep_annex_name(const struct rep_letter *l, size_t at);
/* What the figures of a sheet say, in sentences. */
void rep_letter_sentences(struct rep_letter *l, const struct rep_sheet *s, size_t number);
