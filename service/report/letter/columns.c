/* Widths of a table's columns: by the weights that it names, but each as wide as the longest word of its title and of
 * its cells, as long as there is room. */
#include <string.h>

#include "report/letter/letter.h"

struct word {
    const char *text;
    size_t len, signs;
};

static void keep_longest_word(struct word *longest, const char *text)
{
    while (text != NULL && *text != '\0') {
        size_t len = strcspn(text, " "), signs = rep_signs_in(text, len);
        if (signs > longest->signs)
            *longest = (struct word){text, len, signs};
        text += len + strspn(text + len, " ");
    }
}

static double needed(const struct rep_table *t, size_t column, const struct rep_measure *m)
{
    struct word title = {.text = ""}, cell = title;
    keep_longest_word(&title, t->columns[column].title);
    for (size_t i = 0; i < t->line_count; i++)
        if (!rep_line_is_heading(t, &t->lines[i]))
            keep_longest_word(&cell, rep_cell_text(m->arena, t->lang, t->lines[i].cells[column]));
    double a = m->width(m->ctx, cv_arena_strndup(m->arena, title.text, title.len));
    double b = m->width(m->ctx, cv_arena_strndup(m->arena, cell.text, cell.len));
    return (a > b ? a : b) + m->beside;
}

static void share(const struct rep_table *t, const double *needs, double room, double *widths)
{
    size_t n = t->column_count;
    double weights = 0;
    bool again = true;
    for (size_t i = 0; i < n; i++) {
        widths[i] = 0;
        weights += t->columns[i].width;
    }
    while (again) {
        again = false;
        for (size_t i = 0; i < n; i++) {
            if (widths[i] > 0 || room * t->columns[i].width / weights >= needs[i])
                continue;
            widths[i] = needs[i];
            room -= needs[i];
            weights -= t->columns[i].width;
            again = true;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (widths[i] == 0)
            widths[i] = room * t->columns[i].width / weights;
}

double *rep_column_widths(const struct rep_table *t, double room, const struct rep_measure *m)
{
    size_t n = t->column_count;
    double *needs = CV_NEWS(m->arena, double, n), *widths = CV_NEWS(m->arena, double, n), sum = 0;
    for (size_t i = 0; i < n; i++) {
        needs[i] = needed(t, i, m);
        needs[i] = needs[i] < room / 8 ? needs[i] : room / 8; /* an address may break */
        sum += needs[i];
    }
    for (size_t i = 0; i < n && sum > 0.95 * room; i++) /* too much for the paper: words break */
        needs[i] *= 0.95 * room / sum;
    share(t, needs, room, widths);
    return widths;
}
