/* Systems and tokens: few, kept as whole records. */
#include <stdlib.h>
#include <string.h>

#include "view/feed/feed.h"

/* ---- from the feed ---- */
static bool same_past(const struct dom_system *a, const struct dom_system *b)
{
    for (size_t i = 0; i < a->past_count && a->past_count == b->past_count; i++)
        if (a->past[i].to != b->past[i].to)
            return false;
    return a->past_count == b->past_count;
}

static bool same_rules(const struct dom_system *a, const struct dom_system *b)
{
    return a->kind == b->kind && dom_same_required(a, b) && dom_same_activity(&a->activity, &b->activity) &&
           same_past(a, b);
}

/* The figures that would follow from it. */
static struct view_shadow *foresee(const struct view *v, unsigned slot, const struct system *next)
{
    struct system systems[DOM_SYSTEMS_MAX];
    memcpy(systems, v->systems, sizeof systems);
    systems[slot] = *next;
    return view_shadow_make(v, &(struct view_basis){atomic_load(&v->day), systems});
}

static void put_locked(struct view *v, unsigned slot, const uint8_t uuid[16], const struct system *next)
{
    struct system *s = &v->systems[slot];
    if (s->known && memcmp(s->uuid, uuid, 16) != 0)
        view_drop_system(v, slot);
    if (!s->known)
        view_entry_add(v, uuid, SYSTEM, slot);
    memcpy(s->uuid, uuid, 16);
    view_pool_free(&s->keep);
    s->keep = next->keep;
    s->s = next->s;
    s->known = true;
    s->mark = v->refresh;
    v->weights++;
}

void view_put_system(struct view *v, const uint8_t uuid[16], const struct dom_system *system)
{
    view_write(v);
    unsigned slot = view_system_slot(v, system->slug);
    view_write_end(v);
    if (slot == DOM_SYSTEMS_MAX) /* the API refuses a seventeenth */
        return;
    struct system next = v->systems[slot];
    bool recount = atomic_load(&v->loaded) && (!next.known || !same_rules(&next.s, system));
    next.known = true;
    next.keep = (struct view_pool){0};
    view_copy_system(&next.keep, system, &next.s);
    struct view_shadow *shadow = recount ? foresee(v, slot, &next) : NULL;
    view_write(v);
    put_locked(v, slot, uuid, &next);
    if (shadow)
        view_shadow_swap(v, shadow);
    view_changed(v);
    view_write_end(v);
    view_shadow_free(shadow);
}

/* The place stays: people may still name the slug. */
void view_drop_system(struct view *v, uint32_t slot)
{
    struct system *s = &v->systems[slot];
    view_entry_drop(v, s->uuid, view_entry(SYSTEM, slot));
    view_pool_free(&s->keep);
    s->known = false;
    s->s = (struct dom_system){0};
    v->weights++;
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
    view_pool_free(&t->keep);
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
        t->t.digest = view_pool_text(&t->keep, "");
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
        view_pool_free(&v->systems[i].keep);
        free(v->systems[i].slug);
    }
    for (size_t i = 0; i < v->token_end; i++) {
        if (v->tokens[i])
            view_pool_free(&v->tokens[i]->keep);
        free(v->tokens[i]);
    }
    free(v->tokens);
    free(v->token_by_digest.cells);
    free(v->token_by_id.cells);
}
