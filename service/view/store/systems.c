/* Places of systems. A place stays for good: people may still name the slug. */
#include <stdlib.h>
#include <string.h>

#include "view/store/view.h"

/* ---- into figures ---- */
void view_figures_room(struct view *v, struct unit *u, int used_before)
{
    size_t used = (size_t)view_figures_used(v), size = sizeof(int32_t);
    int32_t *block = view_must(calloc(2 * used, size));
    if (u->own) {
        memcpy(block, u->own, (size_t)used_before * size);
        memcpy(block + used, u->sum, (size_t)used_before * size);
    }
    free(u->own);
    u->own = block;
    u->sum = block + used;
}

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

bool view_system_placed(const struct view *v, const char *slug)
{
    return slot_of(v, slug) >= 0;
}

unsigned view_system_slot(struct view *v, const char *slug)
{
    int slot = slot_of(v, slug);
    if (slot >= 0)
        return (unsigned)slot;
    if (v->system_count == DOM_SYSTEMS_MAX)
        return DOM_SYSTEMS_MAX;
    int used = view_figures_used(v);
    v->weights++;
    v->systems[v->system_count].slug = view_must(strdup(slug));
    v->systems[v->system_count].data_from = CV_NO_DAY;
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
