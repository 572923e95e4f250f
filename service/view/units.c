/* The tree of units. */
#include <stdlib.h>
#include <string.h>

#include "view/internal.h"

/* ---- slots ---- */
static uint32_t find_slot(const struct view *v, struct cv_id id)
{
    struct view_probe probe;
    uint32_t at = view_lookup_first(&v->unit_by_id, view_hash(id.bytes, 16), &probe);
    while (at != NONE && !cv_id_equal(v->units[at]->id, id))
        at = view_lookup_next(&v->unit_by_id, &probe);
    return at;
}

static int unit_order(const struct unit *a, const struct unit *b)
{
    if (a->u.position != b->u.position)
        return a->u.position < b->u.position ? -1 : 1;
    size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
    int order = len ? memcmp(a->key, b->key, len) : 0;
    if (order == 0 && a->key_len != b->key_len)
        order = a->key_len < b->key_len ? -1 : 1;
    return order ? order : memcmp(a->id.bytes, b->id.bytes, 16);
}

static void add_child(struct view *v, uint32_t parent, uint32_t child)
{
    struct view_slots *s = &v->units[parent]->children;
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (unit_order(v->units[s->items[mid]], v->units[child]) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    view_slots_insert(s, low, child);
    v->units[parent]->known_children += v->units[child]->known;
    v->units[child]->parent = parent;
}

static void cut_child(struct view *v, uint32_t child)
{
    struct unit *parent = v->units[v->units[child]->parent];
    size_t at = 0;
    while (parent->children.items[at] != child)
        at++;
    view_slots_cut(&parent->children, at);
    parent->known_children -= v->units[child]->known;
}

uint32_t view_unit_slot(struct view *v, struct cv_id id)
{
    uint32_t slot = find_slot(v, id);
    if (slot != NONE)
        return slot;
    v->units = view_grow(v->units, &v->unit_cap, v->unit_count + 1, sizeof(*v->units));
    slot = (uint32_t)v->unit_count++;
    v->units[slot] = view_must(calloc(1, sizeof(struct unit)));
    v->units[slot]->id = id;
    view_figures_room(v, v->units[slot], 0);
    view_lookup_put(&v->unit_by_id, view_hash(id.bytes, 16), slot);
    if (slot != 0)
        add_child(v, 0, slot);
    return slot;
}

uint32_t view_unit_slot_of(const struct view *v, struct cv_id id)
{
    uint32_t slot = find_slot(v, id);
    return slot != NONE && v->units[slot]->known ? slot : NONE;
}

/* ---- looking up and down ---- */
bool view_below(const struct view *v, uint32_t unit, uint32_t top)
{
    if (top == NONE)
        return false;
    while (unit != top && unit != 0)
        unit = v->units[unit]->parent;
    return unit == top;
}

int view_block(const struct view *v, uint32_t unit)
{
    for (; unit != 0; unit = v->units[unit]->parent)
        if (v->units[unit]->known && v->units[unit]->u.block >= 0)
            return v->units[unit]->u.block;
    return -1;
}

int view_depth(const struct view *v, uint32_t unit)
{
    int depth = -1;
    for (; unit != 0; unit = v->units[unit]->parent)
        depth += v->units[unit]->known;
    return depth;
}

/* The array is its own queue of what is still to be opened. */
void view_subtree(const struct view *v, uint32_t top, struct view_slots *out)
{
    view_slots_add(out, top);
    for (size_t i = 0; i < out->count; i++) {
        const struct view_slots *children = &v->units[out->items[i]]->children;
        for (size_t c = 0; c < children->count; c++)
            view_slots_add(out, children->items[c]);
    }
}

bool view_unit_active(const struct unit *u, cv_day day)
{
    return (u->u.active_from == CV_NO_DAY || u->u.active_from <= day) &&
           (u->u.active_to == CV_NO_DAY || day < u->u.active_to);
}

/* ---- hanging in and taking out ---- sums go with the branch */
static void hang(struct view *v, uint32_t slot, uint32_t parent)
{
    struct unit *u = v->units[slot];
    uint32_t old = u->parent;
    cut_child(v, slot);
    if (old != parent)
        view_push(v, old, u->sum, -1);
    add_child(v, parent, slot);
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

static uint64_t print_of(const struct dom_unit *u)
{
    struct {
        struct cv_id id, parent;
        int32_t kind, block, from, to;
    } shape;
    memset(&shape, 0, sizeof shape);
    shape.id = u->id;
    shape.parent = u->has_parent ? u->parent : (struct cv_id){0};
    shape.kind = (int32_t)u->kind;
    shape.block = u->block;
    shape.from = u->active_from;
    shape.to = u->active_to;
    const char *name = u->name[CV_VI] ? u->name[CV_VI] : "";
    uint32_t names = view_hash_text(u->code ? u->code : "") * 31 + view_hash(name, strlen(name));
    return (uint64_t)view_hash(&shape, sizeof shape) << 32 | names;
}

/* ---- codes ---- */
static void index_codes(struct view *v, uint32_t slot, void (*change)(struct view_lookup *, uint32_t, uint32_t))
{
    const struct dom_unit *u = &v->units[slot]->u;
    if (u->code)
        change(&v->unit_by_code, view_hash_text(u->code), slot);
    for (size_t i = 0; i < u->former_code_count; i++)
        change(&v->unit_by_code, view_hash_text(u->former_codes[i]), slot);
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
    index_codes(v, slot, view_lookup_drop);
    v->tree_print ^= u->print;
    v->detours -= u->detour;
    u->detour = false;
    u->print = 0;
}

static void remember(struct view *v, uint32_t slot, const struct dom_unit *unit, const struct unit_texts *texts)
{
    struct unit *u = v->units[slot];
    view_keep_free(&u->keep);
    view_copy_unit(&u->keep, unit, &u->u);
    uint8_t *key = view_keep_alloc(&u->keep, texts->key_len + 1);
    memcpy(key, texts->key, texts->key_len);
    u->key = key;
    u->key_len = texts->key_len;
    u->folded = view_keep_text(&u->keep, texts->folded);
    u->print = print_of(unit);
    u->known = true;
    u->mark = v->refresh;
    v->tree_print ^= u->print;
    index_codes(v, slot, view_lookup_put);
}

static bool put_locked(struct view *v, uint32_t slot, const uint8_t uuid[16], const struct dom_unit *unit,
                       const struct unit_texts *texts)
{
    struct unit *u = v->units[slot];
    cut_child(v, slot); /* its place among the siblings may change; the order needs the old name until here */
    if (u->known) {
        forget(v, slot);
        view_entry_drop(v, u->uuid, view_entry(UNIT, slot));
    }
    memcpy(u->uuid, uuid, 16);
    view_entry_add(v, uuid, UNIT, slot);
    remember(v, slot, unit, texts);
    add_child(v, u->parent, slot);
    hang(v, slot, parent_for(v, slot, unit));
    bool elsewhere = end_detours(v);
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
    cut_child(v, slot);
    view_keep_free(&u->keep);
    u->known = false;
    u->u = (struct dom_unit){0};
    u->key = NULL;
    u->key_len = 0;
    add_child(v, u->parent, slot);
    hang(v, slot, 0);
    bool elsewhere = end_detours(v);
    view_refigure(v, slot);
    view_changed(v);
    view_write_end(v);
    view_recount_below(v, elsewhere ? 0 : slot);
}

void view_units_free(struct view *v)
{
    for (size_t i = 0; i < v->unit_count; i++) {
        view_keep_free(&v->units[i]->keep);
        free(v->units[i]->children.items);
        free(v->units[i]->members.items);
        free(v->units[i]->own);
        free(v->units[i]);
    }
    free(v->units);
    free(v->unit_by_id.cells);
    free(v->unit_by_code.cells);
}
