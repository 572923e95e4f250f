/* Tables and the numbers in them, as people read them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "congvu/table.h"

enum { WHOLE = 10000 }; /* 100,00 % */

int64_t rep_percent_of(int64_t a, int64_t b)
{
    int64_t rounded = (a * 2 * WHOLE + b) / (2 * b);
    if (rounded == WHOLE && a < b)
        return WHOLE - 1;
    return rounded == 0 && a > 0 ? 1 : rounded;
}

struct rep_cell rep_percent(int64_t a, int64_t b)
{
    if (b == 0)
        return rep_text("–");
    return (struct rep_cell){.kind = REP_PERCENT, .n = rep_percent_of(a, b)};
}

struct rep_table *rep_table_new(struct cv_arena *arena, enum cv_lang lang, size_t column_count)
{
    struct rep_table *t = CV_NEW(arena, struct rep_table);
    t->arena = arena;
    t->lang = lang;
    t->columns = CV_NEWS(arena, struct rep_column, column_count);
    t->column_count = column_count;
    return t;
}

bool rep_table_is_numbered(const struct rep_table *t)
{
    bool numbered = false;
    for (size_t i = 0; i < t->column_count; i++)
        numbered = numbered || t->columns[i].number != NULL;
    return numbered;
}

struct rep_cell *rep_table_line(struct rep_table *t, enum rep_line_kind kind)
{
    if (t->line_count == t->line_room) {
        size_t room = t->line_room > 0 ? 2 * t->line_room : 64;
        struct rep_line *more = CV_NEWS(t->arena, struct rep_line, room);
        if (t->line_count > 0)
            memcpy(more, t->lines, t->line_count * sizeof(*more));
        t->lines = more;
        t->line_room = room;
    }
    struct rep_line *line = &t->lines[t->line_count++];
    *line = (struct rep_line){.kind = kind, .cells = CV_NEWS(t->arena, struct rep_cell, t->column_count)};
    return line->cells;
}

static void push(struct cv_arena *arena, const char ***list, size_t *count, const char *text)
{
    const char **more = CV_NEWS(arena, const char *, *count + 1);
    if (*count > 0)
        memcpy(more, *list, *count * sizeof(*more));
    more[(*count)++] = text;
    *list = more;
}

void rep_table_note(struct rep_table *t, const char *text)
{
    for (size_t i = 0; i < t->note_count; i++)
        if (strcmp(t->notes[i], text) == 0) /* of another system, in a table of several */
            return;
    push(t->arena, &t->notes, &t->note_count, text);
}

void rep_table_title(struct rep_table *t, const char *text)
{
    push(t->arena, &t->titles, &t->title_count, text);
}

const char *rep_number(struct cv_arena *arena, enum cv_lang lang, int64_t n)
{
    char digits[24], out[32];
    size_t at = sizeof(out);
    int len = snprintf(digits, sizeof(digits), "%" PRId64, n < 0 ? -n : n);
    out[--at] = '\0';
    for (int i = 0; i < len; i++) {
        if (i > 0 && i % 3 == 0)
            out[--at] = lang == CV_EN ? ',' : '.';
        out[--at] = digits[len - 1 - i];
    }
    if (n < 0)
        out[--at] = '-';
    return cv_arena_strdup(arena, out + at);
}

const char *rep_decimal(struct cv_arena *arena, enum cv_lang lang, int64_t n)
{
    return cv_arena_printf(arena, "%s%s%02d", rep_number(arena, lang, n / 100), lang == CV_EN ? "." : ",",
                           (int)(n % 100));
}

const char *rep_cell_text(struct cv_arena *arena, enum cv_lang lang, struct rep_cell cell)
{
    switch (cell.kind) {
    case REP_TEXT:
    case REP_CODE:
        return cell.text;
    case REP_INT:
        return rep_number(arena, lang, cell.n);
    case REP_PERCENT:
    case REP_DECIMAL:
        return rep_decimal(arena, lang, cell.n);
    case REP_EMPTY:
        break;
    }
    return "";
}
