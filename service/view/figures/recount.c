/* When more than one record changes its weight: the first load, a branch of the tree, midnight. */
#include <stdlib.h>

#include "view/figures/figures.h"

enum { FEW = 2000 }; /* people who are judged under one lock: a few milliseconds */

void view_recount_all(struct view *v)
{
    const struct view_basis now = view_basis_now(v);
    struct view_shadow *shadow = view_shadow_make(v, &now);
    view_shadow_swap(v, shadow);
    view_shadow_free(shadow);
}

static void recount_in_place(struct view *v, const struct view_slots *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        const struct view_slots *members = &v->units[tree->items[i]]->members;
        for (size_t m = 0; m < members->count; m++)
            view_count(v, members->items[m]);
    }
    for (size_t i = 0; i < tree->count; i++)
        view_refigure(v, tree->items[i]);
    v->weights++;
}

/* Only the feed's thread changes records and tree, so it may look at them unlocked. */
void view_recount_below(struct view *v, uint32_t top)
{
    struct view_slots tree = {0};
    struct view_shadow *shadow = NULL;
    size_t people = 0;
    if (!atomic_load(&v->loaded))
        return;
    view_subtree(v, top, &tree);
    for (size_t i = 0; i < tree.count; i++)
        people += v->units[tree.items[i]]->members.count;
    const struct view_basis now = view_basis_now(v);
    if (people > FEW)
        shadow = view_shadow_make(v, &now);
    view_write(v);
    if (shadow)
        view_shadow_swap(v, shadow);
    else
        recount_in_place(v, &tree);
    view_changed(v);
    view_write_end(v);
    view_shadow_free(shadow);
    free(tree.items);
}

/* ---- midnight ---- */
static void begin_day(struct view *v, cv_day today, struct view_shadow *shadow)
{
    view_seen_roll(v, atomic_load(&v->day), today);
    atomic_store(&v->day, today);
    view_shadow_swap(v, shadow);
    if (v->changed_at < cv_day_start(today))
        v->changed_at = cv_day_start(today);
    atomic_fetch_add(&v->generation, 1);
}

void view_roll_day(struct view *v)
{
    if (atomic_load(&v->many))
        return; /* the feed's thread will, whether it hears the directory or not */
    view_write(v);
    cv_day today = cv_today();
    if (today != atomic_load(&v->day)) {
        struct view_shadow *shadow = view_shadow_make(v, &(struct view_basis){today, v->systems});
        begin_day(v, today, shadow);
        view_shadow_free(shadow);
    }
    view_write_end(v);
}

void view_roll_beside(struct view *v)
{
    cv_day today = cv_today();
    struct view_shadow *shadow = view_shadow_make(v, &(struct view_basis){today, v->systems});
    view_write(v);
    if (today != atomic_load(&v->day))
        begin_day(v, today, shadow);
    view_write_end(v);
    view_shadow_free(shadow);
}
