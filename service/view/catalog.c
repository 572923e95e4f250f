/* Systems and tokens: few, kept as whole records. */
#include <stdlib.h>
#include <string.h>

#include "view/internal.h"

static int slot_of(const struct view *v, const char *slug)
{
    for (unsigned i = 0; i < v->system_count; i++)
        if (strcmp(v->systems[i].slug, slug) == 0)
            return (int)i;
    return -1;
}

int view_system_known(const struct view *v, const char *slug)
{
    int slot = slot_of(v, slug);
    return slot >= 0 && v->systems[slot].known ? slot : -1;
}

unsigned view_system_slot(struct view *v, const char *slug)
{
    int slot = slot_of(v, slug);
    if (slot >= 0)
        return (unsigned)slot;
    if (v->system_count == DOM_SYSTEMS_MAX)
        return DOM_SYSTEMS_MAX;
    int used = view_figures_used(v);
    v->systems[v->system_count].slug = view_must(strdup(slug));
    v->systems[v->system_count++].data_through = CV_NO_DAY;
    for (size_t i = 0; i < v->unit_count; i++)
        view_figures_room(v, v->units[i], used);
    return v->system_count - 1;
}

size_t view_systems_sorted(const struct view *v, unsigned *out)
{
    size_t count = 0;
    for (unsigned i = 0; i < v->system_count; i++) {
        if (!v->systems[i].known)
            continue;
        size_t at = count++;
        for (; at > 0 && strcmp(v->systems[out[at - 1]].slug, v->systems[i].slug) > 0; at--)
            out[at] = out[at - 1];
        out[at] = i;
    }
    return count;
}

/* ---- from the feed ---- */
static bool same_activity(const struct dom_activity *a, const struct dom_activity *b)
{
    return a->regular_days == b->regular_days && a->regular_of == b->regular_of && a->precision == b->precision;
}

static bool same_rules(const struct dom_system *a, const struct dom_system *b)
{
    if (a->kind != b->kind || a->required_count != b->required_count || !same_activity(&a->activity, &b->activity))
        return false;
    for (size_t i = 0; i < a->required_count; i++) {
        const struct dom_required *x = &a->required[i], *y = &b->required[i];
        if (x->blocks != y->blocks || x->unit_kinds != y->unit_kinds || x->categories != y->categories ||
            x->position_count != y->position_count)
            return false;
        for (size_t n = 0; n < x->position_count; n++)
            if (strcmp(x->positions[n], y->positions[n]) != 0)
                return false;
    }
    return true;
}

void view_put_system(struct view *v, const uint8_t uuid[16], const struct dom_system *system)
{
    view_write(v);
    unsigned slot = view_system_slot(v, system->slug);
    if (slot == DOM_SYSTEMS_MAX) { /* the API refuses a seventeenth */
        view_write_end(v);
        return;
    }
    struct system *s = &v->systems[slot];
    bool recount = !s->known || !same_rules(&s->s, system);
    if (s->known && memcmp(s->uuid, uuid, 16) != 0)
        view_drop_system(v, slot);
    if (!s->known)
        view_entry_add(v, uuid, SYSTEM, slot);
    memcpy(s->uuid, uuid, 16);
    view_keep_free(&s->keep);
    view_copy_system(&s->keep, system, &s->s);
    s->known = true;
    s->mark = v->refresh;
    view_changed(v);
    view_write_end(v);
    if (recount)
        view_recount_below(v, 0);
}

/* The place stays: people may still name the slug. */
void view_drop_system(struct view *v, uint32_t slot)
{
    struct system *s = &v->systems[slot];
    view_entry_drop(v, s->uuid, view_entry(SYSTEM, slot));
    view_keep_free(&s->keep);
    s->known = false;
    s->s = (struct dom_system){0};
}

static void token_index(struct view *v, uint32_t slot, void (*change)(struct view_lookup *, uint32_t, uint32_t))
{
    const struct dom_token *t = &v->tokens[slot]->t;
    change(&v->token_by_digest, view_hash(t->digest, strlen(t->digest)), slot);
    change(&v->token_by_id, view_hash(t->id.bytes, 16), slot);
}

void view_drop_token(struct view *v, uint32_t slot)
{
    struct token *t = v->tokens[slot];
    view_entry_drop(v, t->uuid, view_entry(TOKEN, slot));
    token_index(v, slot, view_lookup_drop);
    view_keep_free(&t->keep);
    free(t);
    v->tokens[slot] = NULL;
}

static uint32_t free_token_slot(struct view *v)
{
    for (uint32_t i = 0; i < v->token_end; i++)
        if (v->tokens[i] == NULL)
            return i;
    v->tokens = view_grow(v->tokens, &v->token_cap, v->token_end + 1, sizeof(*v->tokens));
    return (uint32_t)v->token_end++;
}

void view_put_token(struct view *v, const uint8_t uuid[16], const struct dom_token *token)
{
    view_write(v);
    uint32_t entry = view_entry_find(v, uuid);
    if (entry != NONE)
        view_drop_token(v, view_entry_slot(entry));
    uint32_t slot = free_token_slot(v);
    struct token *t = view_must(calloc(1, sizeof(*t)));
    memcpy(t->uuid, uuid, 16);
    view_copy_token(&t->keep, token, &t->t);
    if (t->t.digest == NULL)
        t->t.digest = view_keep_text(&t->keep, "");
    t->mark = v->refresh;
    v->tokens[slot] = t;
    token_index(v, slot, view_lookup_put);
    view_entry_add(v, uuid, TOKEN, slot);
    view_changed(v);
    view_write_end(v);
}

void view_catalog_free(struct view *v)
{
    for (unsigned i = 0; i < v->system_count; i++) {
        view_keep_free(&v->systems[i].keep);
        free(v->systems[i].slug);
    }
    for (size_t i = 0; i < v->token_end; i++) {
        if (v->tokens[i])
            view_keep_free(&v->tokens[i]->keep);
        free(v->tokens[i]);
    }
    free(v->tokens);
    free(v->token_by_digest.cells);
    free(v->token_by_id.cells);
}

/* ---- questions ---- */
bool view_systems(const struct view *v, struct cv_arena *arena, struct dom_system **out, size_t *out_count,
                  struct cv_error *err)
{
    unsigned slots[DOM_SYSTEMS_MAX];
    struct view_keep keep = {.arena = arena};
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

bool view_system_find(const struct view *v, const char *slug, struct cv_arena *arena, struct dom_system *out,
                      struct cv_error *err)
{
    struct view_keep keep = {.arena = arena};
    if (!view_enter(v, err))
        return false;
    int slot = view_system_known(v, slug);
    if (slot >= 0)
        view_copy_system(&keep, &v->systems[slot].s, out);
    view_leave(v);
    return slot >= 0 ||
           cv_fail(err, cvp_system_not_found, NULL, "Không có hệ thống \"%s\"", "There is no system \"%s\"", slug);
}

bool view_token_by_digest(const struct view *v, const char *digest, struct cv_arena *arena, struct dom_token *out)
{
    struct view_keep keep = {.arena = arena};
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
    struct view_keep keep = {.arena = arena};
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
    struct view_keep keep = {.arena = arena};
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
