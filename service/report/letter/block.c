/* A row of blocks, what its annexes are called, and how a table in it is laid out. */
#include <string.h>

#include "report/letter/letter.h"

struct rep_block *rep_block(struct rep_letter *l, enum rep_block_kind kind, const char *text)
{
    if (l->count == l->room) {
        size_t room = l->room > 0 ? 2 * l->room : 64;
        struct rep_block *more = CV_NEWS(l->arena, struct rep_block, room);
        if (l->count > 0)
            memcpy(more, l->blocks, l->count * sizeof(*more));
        l->blocks = more;
        l->room = room;
    }
    struct rep_block *block = &l->blocks[l->count++];
    *block = (struct rep_block){.kind = kind, .text = text};
    return block;
}

size_t rep_annex_count(const struct rep_letter *l)
{
    return (l->r->kind != REP_INDICATORS ? l->r->sheet_count : 0) + 1;
}

const char *rep_annex_name(const struct rep_letter *l, size_t at)
{
    static const char *const roman[] = {"I", "II", "III", "IV",   "V",   "VI", "VII", "VIII", "IX",
                                        "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"};
    _Static_assert(CV_COUNT(roman) > DOM_SYSTEMS_MAX, "an annex has no number");
    const char *word = REP_SAY(l->lang, "Phụ lục", "Annex");
    return rep_annex_count(l) == 1 ? word : cv_arena_printf(l->arena, "%s %s", word, roman[at]);
}

bool rep_line_is_heading(const struct rep_table *t, const struct rep_line *line)
{
    bool alone = line->kind == REP_LINE_GROUP && t->column_count > 2;
    for (size_t i = 2; i < t->column_count; i++)
        alone = alone && line->cells[i].kind == REP_EMPTY;
    return alone;
}

bool rep_cell_is_left(const struct rep_table *t, const struct rep_line *line, size_t column)
{
    enum { NARROW = 18 };
    bool sum = line->kind == REP_LINE_TOTAL && column == 1;
    return line->cells[column].kind == REP_TEXT && t->columns[column].width > NARROW && !sum;
}

bool rep_table_is_wide(const struct rep_table *t)
{
    return t->column_count > 10;
}
