/* Which sheet of a workbook is the list, when nobody said so: a cover or a guide often stands before it. */
#include <string.h>

#include "congvu/intake_rows.h"
#include "intake/internal.h"

enum { OTHERS_MAX = 4 }; /* each is read to its end */

/* *out_headings: it is no cover, though perhaps it lacks a column, which somebody has to say. */
static bool is_list(struct int_list *list, enum int_list_kind kind, struct cv_arena *arena, bool *out_headings)
{
    struct cv_error none = {0};
    struct int_table *table = CV_NEW(arena, struct int_table);
    bool is = int_find_table(list, kind, NULL, 0, arena, table, &none);
    *out_headings = table->heading_row > 0;
    return is;
}

/* The only other sheet that people see and that has the headings; NULL: none, or several. */
static const char *only_other(const void *bytes, size_t len, const struct int_about *cover, enum int_list_kind kind,
                              struct cv_arena *arena)
{
    const char *found = NULL;
    bool headings;
    for (size_t i = 0, others = 0; i < cover->sheet_count && others < OTHERS_MAX; i++) {
        struct int_list *list = NULL;
        struct cv_error none = {0};
        const struct int_options options = {.sheet = cover->sheets[i]};
        if (cover->hidden[i] || strcmp(cover->sheets[i], cover->sheet) == 0)
            continue;
        others++;
        bool is = int_open(bytes, len, &options, &list, &none) && is_list(list, kind, arena, &headings);
        int_close(&list);
        if (is && found != NULL)
            return NULL;
        found = is ? cv_arena_strdup(arena, cover->sheets[i]) : found;
    }
    return found;
}

bool int_open_list(const void *bytes, size_t len, const char *sheet, enum int_list_kind kind, struct int_list **out,
                   struct cv_error *err)
{
    if (!int_open(bytes, len, &(struct int_options){.sheet = sheet}, out, err))
        return false;
    if (sheet != NULL || int_about(*out)->sheet_count < 2)
        return true;
    cv_auto_arena arena = cv_arena_new(INT_SCRATCH);
    bool headings = false;
    if (arena == NULL || is_list(*out, kind, arena, &headings) || headings)
        return true;
    sheet = only_other(bytes, len, int_about(*out), kind, arena);
    if (sheet == NULL) /* whoever looks for the headings is told of the other sheets */
        return true;
    int_close(out);
    return int_open(bytes, len, &(struct int_options){.sheet = sheet}, out, err);
}
