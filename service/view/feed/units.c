/* The tree of units. */
#include <stdlib.h>
#include <string.h>

#include "view/feed/feed.h"

/* ---- hanging in and taking out ---- sums go with the branch */
static void hang(struct view *v, uint32_t slot, uint32_t parent)
{
    struct unit *u = v->units[slot];
    uint32_t old = u->parent;
    view_child_cut(v, slot);
    if (old != parent)
        view_push(v, old, u->sum, -1);
    view_child_add(v, parent, slot);
    if (old != parent)
        view_push(v, parent, u->sum, 1);
    view_refigure(v, old);
    view_refigure(v, parent);
}

/* Two replicas can each move a unit below the other's. Neither branch may vanish: the later one hangs at the root. */
static uint32_t parent_for(struct view *v, uint32_t slot, const struct dom_unit *unit)
{
    struct unit *u = v->units[slot];
    uint32_t parent = unit->has_parent ? view_unit_slot(v, unit->parent) : 0;
    bool cycle = parent != 0 && view_below(v, parent, slot);
    v->detours += (size_t)cycle - (size_t)u->detour;
    u->detour = cycle;
    return cycle ? 0 : parent;
}

/* True when a branch found its place again. */
static bool end_detours(struct view *v)
{
    size_t before = v->detours;
    for (uint32_t i = 1; i < v->unit_count && v->detours > 0; i++)
        if (v->units[i]->detour)
            hang(v, i, parent_for(v, i, &v->units[i]->u));
    return v->detours < before;
}

/* ---- codes and names ---- */
static void index_unit(struct view *v, uint32_t slot, void (*change)(struct view_lookup *, uint32_t, uint32_t))
{
    const struct dom_unit *u = &v->units[slot]->u;
    if (u->code)
        change(&v->unit_by_code, view_hash_text(u->code), slot);
    for (size_t i = 0; i < u->former_code_count; i++)
        change(&v->unit_by_code, view_hash_text(u->former_codes[i]), slot);
    for (size_t i = 0; i < u->mail_name_count; i++)
        change(&v->unit_by_name, view_hash_text(u->mail_names[i]), slot);
}

/* ---- from the feed ---- */
struct unit_texts {
    const uint8_t *key;
    size_t key_len;
    const char *folded;
};

static struct unit_texts texts_of(const struct dom_unit *unit, struct cv_arena *scratch)
{
    struct unit_texts t;
    const char *vi = unit->name[CV_VI] ? unit->name[CV_VI] : "", *en = unit->name[CV_EN] ? unit->name[CV_EN] : "";
    t.key = cv_text_sort_key(scratch, vi, &t.key_len);
    t.folded = cv_text_fold(scratch, cv_arena_printf(scratch, "%s %s %s", vi, en, unit->code ? unit->code : ""));
    return t;
}

static void forget(struct view *v, uint32_t slot)
{
    struct unit *u = v->units[slot];
    index_unit(v, slot, view_lookup_drop);
    v->tree_print ^= u->print;
    v->changed_units -= u->u.past_count > 0;
    v->detours -= u->detour;
    u->detour = false;
    u->print = 0;
}

static void remember(struct view *v, uint32_t slot, const struct dom_unit *unit, const struct unit_texts *texts)
{
    struct unit *u = v->units[slot];
    view_pool_free(&u->keep);
    view_copy_unit(&u->keep, unit, &u->u);
    uint8_t *key = view_pool_alloc(&u->keep, texts->key_len + 1);
    memcpy(key, texts->key, texts->key_len);
    u->key = key;
    u->key_len = texts->key_len;
    u->folded = view_pool_text(&u->keep, texts->folded);
    u->print = view_unit_print(unit);
    v->changed_units += unit->past_count > 0;
    u->turns_on = unit->next_count > 0 ? unit->next[0].from : CV_NO_DAY;
    u->known = true;
    u->mark = v->refresh;
    v->tree_print ^= u->print;
    index_unit(v, slot, view_lookup_put);
}

static bool put_locked(struct view *v, uint32_t slot, const uint8_t uuid[16], const struct dom_unit *unit,
                       const struct unit_texts *texts)
{
    struct unit *u = v->units[slot];
    view_child_cut(v, slot); /* its place among the siblings may change; the order needs the old name until here */
    if (u->known) {
        forget(v, slot);
        view_entry_drop(v, u->uuid, view_entry(UNIT, slot));
    }
    memcpy(u->uuid, uuid, 16);
    view_entry_add(v, uuid, UNIT, slot);
    remember(v, slot, unit, texts);
    view_child_add(v, u->parent, slot);
    hang(v, slot, parent_for(v, slot, unit));
    bool elsewhere = end_detours(v);
    v->weights++;
    view_refigure(v, slot);
    view_changed(v);
    return elsewhere;
}

/* The entry came back under the same entryUUID with another id: never seen, but it must not leave a ghost. */
static void drop_renamed(struct view *v, const uint8_t uuid[16], struct cv_id id)
{
    uint32_t entry = view_entry_find(v, uuid);
    if (entry != NONE && !cv_id_equal(v->units[view_entry_slot(entry)]->id, id))
        view_drop_unit(v, view_entry_slot(entry));
}

void view_put_unit(struct view *v, const uint8_t uuid[16], const struct dom_unit *unit)
{
    cv_arena_reset(v->scratch);
    struct unit_texts texts = texts_of(unit, v->scratch);
    drop_renamed(v, uuid, unit->id);
    view_write(v);
    uint32_t slot = view_unit_slot(v, unit->id);
    struct unit *u = v->units[slot];
    bool was_known = u->known;
    uint32_t old_parent = u->parent;
    enum dom_unit_kind old_kind = u->u.kind;
    int old_block = u->u.block;
    bool elsewhere = put_locked(v, slot, uuid, unit, &texts);
    bool rules = !was_known || old_parent != u->parent || old_kind != u->u.kind || old_block != u->u.block;
    view_write_end(v);
    if (rules || elsewhere)
        view_recount_below(v, elsewhere ? 0 : slot);
}

/* The place stays for those who still name it; it hangs at the root, unseen. */
void view_drop_unit(struct view *v, uint32_t slot)
{
    struct unit *u = v->units[slot];
    view_write(v);
    forget(v, slot);
    view_entry_drop(v, u->uuid, view_entry(UNIT, slot));
    view_child_cut(v, slot);
    view_pool_free(&u->keep);
    u->known = false;
    u->u = (struct dom_unit){0};
    u->key = NULL;
    u->key_len = 0;
    view_child_add(v, u->parent, slot);
    hang(v, slot, 0);
    bool elsewhere = end_detours(v);
    v->weights++;
    view_refigure(v, slot);
    view_changed(v);
    view_write_end(v);
    view_recount_below(v, elsewhere ? 0 : slot);
}

void view_units_free(struct view *v)
{
    for (size_t i = 0; i < v->unit_count; i++) {
        view_pool_free(&v->units[i]->keep);
        free(v->units[i]->children.items);
        free(v->units[i]->members.items);
        free(v->units[i]->own);
        free(v->units[i]);
    }
    free(v->units);
    free(v->unit_by_id.cells);
    free(v->unit_by_code.cells);
    free(v->unit_by_name.cells);
}
