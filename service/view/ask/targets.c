/* Targets of units: set on a unit, in force below it until another one is set. */
#include <string.h>

#include "view/ask/ask.h"

static const struct dom_target *own_target(const struct unit *u, const char *system)
{
    for (size_t i = 0; u->known && i < u->u.target_count; i++)
        if (strcmp(u->u.targets[i].system, system) == 0)
            return &u->u.targets[i];
    return NULL;
}

static struct view_target copy(const struct unit *u, const struct dom_target *target, struct cv_arena *arena)
{
    struct view_target out = {.target = *target, .set_at = u->id};
    out.target.system = cv_arena_strdup(arena, target->system);
    return out;
}

bool view_target_of(const struct view *v, struct cv_id unit, const char *system, struct cv_arena *arena,
                    struct view_target *out)
{
    struct cv_error none = {0};
    bool found = false;
    if (!view_enter(v, &none))
        return false;
    uint32_t slot = view_unit_slot_of(v, unit);
    for (; slot != NONE && slot != 0 && !found; slot = v->units[slot]->parent) {
        const struct dom_target *target = own_target(v->units[slot], system);
        if (target == NULL)
            continue;
        *out = copy(v->units[slot], target, arena);
        found = true;
    }
    view_leave(v);
    return found;
}

struct collection {
    const struct view *v;
    const char *system;
    struct cv_arena *arena;
    struct view_target *items;
    size_t count, max;
};

static void collect(struct collection *c, uint32_t slot, bool recursive)
{
    const struct unit *u = c->v->units[slot];
    for (size_t i = 0; u->known && i < u->u.target_count && c->count < c->max; i++)
        if (c->system == NULL || strcmp(u->u.targets[i].system, c->system) == 0)
            c->items[c->count++] = copy(u, &u->u.targets[i], c->arena);
    for (size_t i = 0; recursive && i < u->children.count; i++)
        collect(c, u->children.items[i], true);
}

bool view_targets(const struct view *v, struct view_scope scope, struct cv_id unit, bool recursive, const char *system,
                  size_t max, struct cv_arena *arena, struct view_target **out, size_t *out_count, struct cv_error *err)
{
    struct collection c = {.v = v, .system = system, .arena = arena, .max = max};
    if (!view_enter(v, err))
        return false;
    uint32_t slot = view_unit_slot_of(v, unit);
    bool found = slot != NONE && view_below(v, slot, view_scope_slot(v, scope));
    if (found) {
        c.items = CV_NEWS(arena, struct view_target, max);
        collect(&c, slot, recursive);
        *out = c.items;
        *out_count = c.count;
    }
    view_leave(v);
    return found || view_no_unit(v, err);
}
