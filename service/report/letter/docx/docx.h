/* Inside report/: the letter as WordprocessingML (ECMA-376). Lengths are twentieths of a point. */
#pragma once

#include "report/letter/letter.h"

enum rep_run { REP_RUN_PLAIN = 0, REP_RUN_BOLD = 1, REP_RUN_ITALIC = 2, REP_RUN_CAPS = 4 }; /* bits */
enum { REP_TWIPS = 20 };

struct rep_docx_writer {
    struct cv_buf *out;
    const struct rep_letter *l;
    bool across; /* the paper on which we are */
};
int rep_docx_mm(int mm);
/* Width between the margins. */
int rep_docx_room(const struct rep_docx_writer *w);
/* A paragraph of a style, with more of its properties as they are ("" = none). NULL writes nothing. */
void rep_docx_paragraph(struct rep_docx_writer *w, const char *style, const char *more, unsigned run, const char *text);
/* A line over so many percent of the width, in the middle; with more properties. */
void rep_docx_rule(struct rep_docx_writer *w, int width, int percent, const char *more);
void rep_docx_open_cell(struct rep_docx_writer *w, int width, int span, const char *more);
void rep_docx_close_cell(struct rep_docx_writer *w);
/* A table of that many columns without frames; its rows follow, then "</w:tbl>". */
void rep_docx_open_table(struct rep_docx_writer *w, const int *widths, size_t count, const char *more);

void rep_docx_head(struct rep_docx_writer *w);
void rep_docx_foot(struct rep_docx_writer *w);
void rep_docx_bars(struct rep_docx_writer *w, const struct rep_block *b);
void rep_docx_table(struct rep_docx_writer *w, const struct rep_block *b);

/* A ZIP file of texts, with no time of its own: the same parts give the same bytes. */
struct rep_part {
    const char *name;
    struct cv_buf text;
};
bool rep_pack(struct cv_buf *out, const struct rep_part *parts, size_t count);
