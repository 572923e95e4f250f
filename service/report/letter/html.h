/* Inside report/: pieces of the page to print. */
#pragma once

#include "report/letter/letter.h"

struct rep_page {
    struct cv_buf *out;
    const struct rep_letter *l;
    int annexes; /* begun */
};
void rep_put(struct rep_page *p, const char *markup);    /* as it is */
void rep_put_text(struct rep_page *p, const char *text); /* escaped; NULL writes nothing */
/* <tag class="...">text</tag>; nothing for NULL. */
void rep_put_element(struct rep_page *p, const char *tag, const char *class, const char *text);
void rep_put_table(struct rep_page *p, const struct rep_block *figures);
/* Rates, drawn as SVG. */
void rep_put_bars(struct rep_page *p, const struct rep_block *bars);
