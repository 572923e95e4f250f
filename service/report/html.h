/* Inside report/: pieces of the page. */
#pragma once

#include "report/internal.h"

struct rep_page {
    struct cv_buf *out;
    const struct rep_report *r;
    enum cv_lang lang;
    struct cv_arena *arena;
};
void rep_put(struct rep_page *p, const char *markup);    /* as it is */
void rep_put_text(struct rep_page *p, const char *text); /* escaped; NULL writes nothing */
/* <tag class="...">text</tag>; nothing for NULL. */
void rep_put_element(struct rep_page *p, const char *tag, const char *class, const char *text);
void rep_put_table(struct rep_page *p, const struct rep_table *t);
/* Bars of a sheet's rates, drawn as SVG. */
void rep_put_bars(struct rep_page *p, const struct rep_sheet *s);
/* The head with the national motto, and the foot with recipients and signature. */
void rep_put_head(struct rep_page *p);
void rep_put_foot(struct rep_page *p);
/* "ngày 05 tháng 10 năm 2026"; with dots where the day is not set yet. */
const char *rep_paper_date(struct rep_page *p);
/* What the figures say, in sentences. */
void rep_put_sentences(struct rep_page *p, const struct rep_sheet *s, size_t number);
