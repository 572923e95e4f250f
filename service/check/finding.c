/* Saying what was found, and what the rules share. */
#include <stdarg.h>
#include <string.h>

#include "check/internal.h"

const char *const chk_kind_words[] = {
    "hold_leaked",    "leaver_open",    "old_password",     "twin",       "post_overwritten",
    "post_not_begun", "empty_snapshot", "alias_is_address", "unreadable", NULL};
_Static_assert(CV_COUNT(chk_kind_words) == CHK_KINDS + 1, "chk_kind_words differs from its enum");

void *chk_grow(struct cv_arena *arena, void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    size_t wider = *cap == 0 ? 64 : *cap * 2;
    void *grown = cv_arena_alloc_n(arena, wider, size);
    if (!cv_arena_ok(arena))
        return NULL;
    if (count > 0)
        memcpy(grown, items, count * size);
    *cap = wider;
    return grown;
}

void chk_found(struct chk *c, enum chk_kind kind, const char *id, const struct chk_person *person, const char *vi,
               const char *en, ...)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    va_list ap;
    if (arena == NULL)
        return;
    struct chk_finding finding = {.kind = kind, .id = id};
    if (person != NULL) {
        finding.id = cv_id_kept("stf_", person->id, arena);
        finding.code = person->code;
        finding.name = person->name;
    }
    va_start(ap, en);
    finding.text[CV_VI] = cv_arena_vprintf(arena, vi, ap);
    va_end(ap);
    va_start(ap, en);
    finding.text[CV_EN] = cv_arena_vprintf(arena, en, ap);
    va_end(ap);
    c->summary->found[kind]++;
    c->say(c->ctx, &finding);
}

const char *chk_unit_code(struct chk *c, struct cv_id id)
{
    for (size_t i = 0; i < c->unit_count; i++)
        if (cv_id_equal(c->units[i].id, id))
            return c->units[i].code;
    return cv_id_kept("unt_", id, c->arena);
}
