/* The rows of a plan as lines, shared out to the strands that carry them out. */
#include <stdlib.h>
#include <string.h>

#include "api/frame/state.h"
#include "api/runs/engine.h"

enum { IN_ORDER = 0 }; /* the mark of rows that follow each other as they stand in the list */

/* Logins of new people are made of the given name first: rows of one given name are done one after the other, so that
 * each gets the login that it would have got by itself. Its address is the one that the plan has told. */
static uint64_t mark_of(const struct imp_run *run, const struct imp_row *row, struct cv_arena *arena)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    if (run->plan.options.kind == INT_UNITS || row->action == IMP_DEPART || row->op == IMP_SET_CODE)
        return IN_ORDER;
    const char *text = row->revision > 0 || row->name == NULL ? row->key : cv_text_fold(arena, row->name);
    const char *blank = text != NULL && text != row->key ? strrchr(text, ' ') : NULL;
    for (const char *c = blank != NULL ? blank + 1 : text; c != NULL && *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * UINT64_C(1099511628211);
    return hash >> 7;
}

/* Rows of one mark, which one strand does. */
struct share {
    size_t first, count;
};

static int by_mark(const void *a, const void *b)
{
    const struct line *x = *(const struct line *const *)a, *y = *(const struct line *const *)b;
    return (x->mark > y->mark) - (x->mark < y->mark);
}

static int larger_first(const void *a, const void *b)
{
    const struct share *x = a, *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

static unsigned least_loaded(const size_t *loads, unsigned count)
{
    unsigned best = 0;
    for (unsigned i = 1; i < count; i++)
        if (loads[i] < loads[best])
            best = i;
    return best;
}

/* The largest first; their lines stand in `sorted`. */
static size_t shares_of(struct imp_run *run, struct line **sorted, struct share *shares)
{
    size_t count = 0;
    for (size_t i = 0; i < run->line_count; i++)
        sorted[i] = &run->lines[i];
    qsort(sorted, run->line_count, sizeof(struct line *), by_mark);
    for (size_t i = 0; i < run->line_count; i++) {
        if (i == 0 || sorted[i]->mark != sorted[i - 1]->mark)
            shares[count++] = (struct share){.first = i};
        shares[count - 1].count++;
    }
    qsort(shares, count, sizeof(struct share), larger_first);
    return count;
}

/* Each share, the largest first, to the strand with the fewest rows: few given names make up most of a list, and by
 * their hashes alone one strand had two fifths of it. */
static void share_out(struct imp_run *run, struct cv_arena *arena)
{
    struct line **sorted = CV_NEWS(arena, struct line *, run->line_count);
    struct share *shares = CV_NEWS(arena, struct share, run->line_count);
    size_t loads[IMP_STRANDS_MAX] = {0};
    if (!cv_arena_ok(arena))
        return;
    size_t count = shares_of(run, sorted, shares);
    for (size_t s = 0; s < count; s++) {
        unsigned strand = least_loaded(loads, run->strand_count);
        loads[strand] += shares[s].count;
        for (size_t i = 0; i < shares[s].count; i++)
            sorted[shares[s].first + i]->strand = strand;
    }
}

static void add_line(struct imp_run *run, const struct imp_row *row, const char *at, size_t len, struct cv_arena *arena)
{
    run->lines[run->line_count++] =
        (struct line){.at = at, .len = len, .mark = mark_of(run, row, arena), .phase = imp_phase(row)};
}

bool imp_take_lines(struct imp_run *run)
{
    const char *at = run->plan.rows, *end = at + run->plan.rows_len, *line = NULL;
    size_t len = 0, count = 0;
    cv_auto_arena arena = cv_arena_new(IMP_ROW_ARENA);
    if (arena == NULL)
        return false;
    for (const char *c = at; c < end; c++)
        count += *c == '\n';
    run->lines = CV_NEWS(run->arena, struct line, count + 1);
    while (imp_next_line(&at, end, &line, &len)) {
        struct imp_row row;
        cv_arena_reset(arena);
        if (imp_row_read(arena, line, len, &row) && imp_to_be_done(row.action))
            add_line(run, &row, line, len, arena);
    }
    cv_arena_reset(arena);
    share_out(run, arena);
    run->results = CV_NEWS(run->arena, struct imp_result, run->line_count + 1);
    run->progress.rows = (int64_t)run->line_count;
    return cv_arena_ok(run->arena) && cv_arena_ok(arena);
}
