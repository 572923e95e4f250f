/* Questions about systems and tokens. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

/* ---- questions ---- */
bool view_systems(const struct view *v, struct cv_arena *arena, struct dom_system **out, size_t *out_count,
                  struct cv_error *err)
{
    unsigned slots[DOM_SYSTEMS_MAX];
    struct view_pool keep = {.arena = arena};
    if (!view_enter(v, err))
        return false;
    size_t count = view_systems_sorted(v, slots);
    struct dom_system *items = CV_NEWS(arena, struct dom_system, count + 1);
    for (size_t i = 0; i < count; i++)
        view_copy_system(&keep, &v->systems[slots[i]].s, &items[i]);
    view_leave(v);
    *out = items;
    *out_count = count;
    return true;
}

bool view_no_system(const struct view *v, const char *parameter, const char *slug, struct cv_error *err)
{
    return view_may_deny(v, err) &&
           cv_fail(err, cvp_system_not_found, parameter, "Không có hệ thống \"%s\"", "There is no system \"%s\"", slug);
}

bool view_system_find(const struct view *v, const char *slug, struct cv_arena *arena, struct dom_system *out,
                      struct cv_error *err)
{
    struct view_pool keep = {.arena = arena};
    if (!view_enter(v, err))
        return false;
    int slot = view_system_known(v, slug);
    if (slot >= 0)
        view_copy_system(&keep, &v->systems[slot].s, out);
    view_leave(v);
    return slot >= 0 || view_no_system(v, NULL, slug, err);
}

bool view_token_by_digest(const struct view *v, const char *digest, struct cv_arena *arena, struct dom_token *out)
{
    struct view_pool keep = {.arena = arena};
    struct view_probe probe;
    if (digest[0] == '\0' || !view_enter(v, NULL))
        return false;
    uint32_t at = view_lookup_first(&v->token_by_digest, view_hash(digest, strlen(digest)), &probe);
    /* nobody can steer the bytes of a keyed digest: nothing to learn from how long comparing takes */
    while (at != NONE && strcmp(v->tokens[at]->t.digest, digest) != 0)
        at = view_lookup_next(&v->token_by_digest, &probe);
    if (at != NONE)
        view_copy_token(&keep, &v->tokens[at]->t, out);
    view_leave(v);
    return at != NONE;
}

bool view_token_by_id(const struct view *v, struct cv_id id, struct cv_arena *arena, struct dom_token *out)
{
    struct view_pool keep = {.arena = arena};
    struct view_probe probe;
    if (!view_enter(v, NULL))
        return false;
    uint32_t at = view_lookup_first(&v->token_by_id, view_hash(id.bytes, 16), &probe);
    while (at != NONE && !cv_id_equal(v->tokens[at]->t.id, id))
        at = view_lookup_next(&v->token_by_id, &probe);
    if (at != NONE)
        view_copy_token(&keep, &v->tokens[at]->t, out);
    view_leave(v);
    return at != NONE;
}

static int by_creation(const void *a, const void *b)
{
    const struct dom_token *x = a, *y = b;
    int order = (x->created_at > y->created_at) - (x->created_at < y->created_at);
    return order ? order : memcmp(x->id.bytes, y->id.bytes, 16);
}

bool view_tokens(const struct view *v, struct cv_arena *arena, struct dom_token **out, size_t *out_count,
                 struct cv_error *err)
{
    struct view_pool keep = {.arena = arena};
    size_t count = 0;
    if (!view_enter(v, err))
        return false;
    struct dom_token *items = CV_NEWS(arena, struct dom_token, v->known[TOKEN] + 1);
    for (size_t i = 0; i < v->token_end && cv_arena_ok(arena); i++)
        if (v->tokens[i])
            view_copy_token(&keep, &v->tokens[i]->t, &items[count++]);
    view_leave(v);
    qsort(items, count, sizeof(*items), by_creation);
    *out = items;
    *out_count = count;
    return true;
}
