/* The tree of units: places, order among siblings, looking up and down. */
#include <stdlib.h>
#include <string.h>

#include "view/store/view.h"

/* ---- slots ---- */
static uint32_t find_slot(const struct view *v, struct cv_id id)
{
    struct view_probe probe;
    uint32_t at = view_lookup_first(&v->unit_by_id, view_hash(id.bytes, 16), &probe);
    while (at != NONE && !cv_id_equal(v->units[at]->id, id))
        at = view_lookup_next(&v->unit_by_id, &probe);
    return at;
}

int view_unit_order(const struct unit *a, const struct unit *b)
{
    if (a->u.position != b->u.position)
        return a->u.position < b->u.position ? -1 : 1;
    size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
    int order = len ? memcmp(a->key, b->key, len) : 0;
    if (order == 0 && a->key_len != b->key_len)
        order = a->key_len < b->key_len ? -1 : 1;
    return order ? order : memcmp(a->id.bytes, b->id.bytes, 16);
}

void view_child_add(struct view *v, uint32_t parent, uint32_t child)
{
    struct view_slots *s = &v->units[parent]->children;
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (view_unit_order(v->units[s->items[mid]], v->units[child]) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    view_slots_insert(s, low, child);
    v->units[parent]->known_children += v->units[child]->known;
    v->units[child]->parent = parent;
}

void view_child_cut(struct view *v, uint32_t child)
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
    v->weights++;
    v->units[slot] = view_must(calloc(1, sizeof(struct unit)));
    v->units[slot]->id = id;
    v->units[slot]->declared_on = CV_NO_DAY;
    view_figures_room(v, v->units[slot], 0);
    view_lookup_put(&v->unit_by_id, view_hash(id.bytes, 16), slot);
    if (slot != 0)
        view_child_add(v, 0, slot);
    return slot;
}

bool view_unit_placed(const struct view *v, struct cv_id id)
{
    return find_slot(v, id) != NONE;
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

bool view_names_below(const struct view *v, uint32_t unit, uint32_t top)
{
    return top == 0 || (view_below(v, unit, top) && view_block(v, unit) == view_block(v, top));
}

uint32_t view_hr_feed(const struct view *v, uint32_t unit)
{
    for (; unit != 0; unit = v->units[unit]->parent)
        if (v->units[unit]->known && v->units[unit]->u.hr_feed != 0)
            return v->units[unit]->u.hr_feed;
    return 0;
}

int view_depth(const struct view *v, uint32_t unit)
{
    int depth = -1;
    for (; unit != 0; unit = v->units[unit]->parent)
        depth += v->units[unit]->known;
    return depth;
}

bool view_unit_active(const struct unit *u, cv_day day)
{
    return (u->u.active_from == CV_NO_DAY || u->u.active_from <= day) &&
           (u->u.active_to == CV_NO_DAY || day < u->u.active_to);
}

uint64_t view_unit_print(const struct dom_unit *u)
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
