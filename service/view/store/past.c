/* Units as they were: the tree of a day that is over, made for a question and freed behind it.
 *
 * Two units may each have been moved below the other on days that were told later, so ways up are bounded and a branch
 * that finds no end hangs at the root. */
#include <stdlib.h>
#include <string.h>

#include "view/store/view.h"

uint32_t view_parent_on(const struct view *v, uint32_t slot, cv_day day)
{
    const struct unit *u = v->units[slot];
    if (!u->known || u->u.past_count == 0)
        return u->parent;
    const struct dom_unit then = dom_unit_as_of(&u->u, day);
    const struct cv_id now = u->u.parent;
    if (then.has_parent == u->u.has_parent && (!then.has_parent || cv_id_equal(then.parent, now)))
        return u->parent;
    uint32_t parent = then.has_parent ? view_unit_slot_of(v, then.parent) : 0;
    return parent == NONE ? 0 : parent;
}

int view_block_on(const struct view *v, uint32_t unit, cv_day day)
{
    if (v->changed_units == 0)
        return view_block(v, unit);
    for (int steps = 0; unit != 0 && steps < VIEW_DEEPEST; steps++, unit = view_parent_on(v, unit, day)) {
        int block = v->units[unit]->known ? dom_unit_as_of(&v->units[unit]->u, day).block : -1;
        if (block >= 0)
            return block;
    }
    return -1;
}

enum dom_unit_kind view_kind_on(const struct unit *u, cv_day day)
{
    return u->u.past_count == 0 ? u->u.kind : dom_unit_as_of(&u->u, day).kind;
}

/* ---- the whole tree ---- */
static bool ends_at_root(const uint32_t *parent, uint32_t slot)
{
    for (int steps = 0; steps < VIEW_DEEPEST; steps++, slot = parent[slot])
        if (slot == 0)
            return true;
    return false;
}

static void hang_in_order(const struct view *v, struct view_tree *tree, uint32_t slot)
{
    struct view_slots *beside = &tree->children[tree->parent[slot]];
    size_t at = beside->count;
    while (at > 0 && view_unit_order(v->units[beside->items[at - 1]], v->units[slot]) > 0)
        at--;
    view_slots_insert(beside, at, slot);
}

struct view_tree *view_tree_on(const struct view *v, cv_day day)
{
    if (v->changed_units == 0 || day >= atomic_load(&v->day))
        return NULL;
    struct view_tree *tree = view_must(calloc(1, sizeof(*tree)));
    tree->count = v->unit_count;
    tree->parent = view_must(calloc(tree->count, sizeof(*tree->parent)));
    tree->children = view_must(calloc(tree->count, sizeof(*tree->children)));
    for (uint32_t i = 1; i < tree->count; i++) {
        tree->parent[i] = view_parent_on(v, i, day);
        if (v->units[i]->known) {
            const struct dom_unit then = dom_unit_as_of(&v->units[i]->u, day);
            tree->print ^= view_unit_print(&then);
        }
    }
    for (uint32_t i = 1; i < tree->count; i++) {
        if (!ends_at_root(tree->parent, i))
            tree->parent[i] = 0;
        hang_in_order(v, tree, i);
    }
    return tree;
}

void view_tree_free(struct view_tree **tree)
{
    for (size_t i = 0; *tree && i < (*tree)->count; i++)
        free((*tree)->children[i].items);
    if (*tree) {
        free((*tree)->children);
        free((*tree)->parent);
    }
    free(*tree);
    *tree = NULL;
}

/* ---- looking up and down ---- */
const struct view_slots *view_children_then(const struct view *v, const struct view_tree *then, uint32_t unit)
{
    return then ? &then->children[unit] : &v->units[unit]->children;
}

uint32_t view_parent_then(const struct view *v, const struct view_tree *then, uint32_t unit)
{
    return then && unit < then->count ? then->parent[unit] : v->units[unit]->parent; /* made since */
}

bool view_below_then(const struct view *v, const struct view_tree *then, uint32_t unit, uint32_t top)
{
    if (!then || top == NONE)
        return view_below(v, unit, top);
    while (unit != top && unit != 0)
        unit = view_parent_then(v, then, unit);
    return unit == top;
}

/* The array is its own queue of what is still to be opened. */
void view_subtree_then(const struct view *v, const struct view_tree *then, uint32_t top, struct view_slots *out)
{
    view_slots_add(out, top);
    for (size_t i = 0; i < out->count; i++) {
        const struct view_slots *children = view_children_then(v, then, out->items[i]);
        for (size_t c = 0; c < children->count; c++)
            view_slots_add(out, children->items[c]);
    }
}

void view_subtree(const struct view *v, uint32_t top, struct view_slots *out)
{
    view_subtree_then(v, NULL, top, out);
}
