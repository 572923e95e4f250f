/* What runs of the plan before this one did: those rows were made by this list, whatever a later run finds there. */
#include <string.h>

#include "api/runs/run.h"

static const char *mark_of(struct cv_arena *arena, int64_t row, enum imp_op op, const char *key)
{
    return cv_arena_printf(arena, "%lld %s %s", (long long)row, imp_op_words[op], key != NULL ? key : "");
}

static struct imp_texts *by_row(struct cv_arena *arena, const struct imp_result *items, size_t count)
{
    struct imp_texts *out = imp_texts_new(arena, count);
    for (size_t i = 0; i < count; i++)
        imp_texts_set(out, mark_of(arena, items[i].row, items[i].op, items[i].key), (int64_t)i);
    return out;
}

bool imp_outcomes_read(struct dir_session *dir, const char *import, struct cv_arena *arena,
                       struct imp_progress *progress, struct imp_outcomes *out, struct cv_error *err)
{
    *out = (struct imp_outcomes){0};
    if (!imp_ended_read(dir, import, true, arena, progress, &out->items, &out->count, err))
        return false;
    out->by_row = by_row(arena, out->items, out->count);
    return cv_arena_ok(arena) || cv_fail(err, cvp_list_too_large, NULL, "Danh sách quá lớn", "The list is too large");
}

const struct imp_result *imp_made_before(const struct imp_outcomes *all, const struct imp_row *row,
                                         struct cv_arena *scratch)
{
    int64_t at = all->by_row != NULL ? imp_texts_get(all->by_row, mark_of(scratch, row->row, row->op, row->key)) : -1;
    return at >= 0 && all->items[at].made ? &all->items[at] : NULL;
}

size_t imp_add_earlier(const struct imp_outcomes *earlier, struct imp_result *results, size_t count, size_t most)
{
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct imp_texts *told = by_row(arena, results, count);
    size_t added = 0;
    for (size_t i = 0; i < earlier->count && count + added < most; i++) {
        const struct imp_result *r = &earlier->items[i];
        if (imp_texts_get(told, mark_of(arena, r->row, r->op, r->key)) < 0)
            results[count + added++] = *r;
    }
    return added;
}
