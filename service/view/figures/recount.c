/* When more than one record changes its weight: the first load, a rule, a branch of the tree, midnight. */
#include <stdlib.h>
#include <string.h>

#include "view/figures/figures.h"

enum { BATCH = 500 }; /* people per lock: well under a millisecond */

/* Into the units' own figures only; what follows from them is settled for all at once. */
static void add_quietly(struct view *v, const struct person *p, const struct tally *t, int sign)
{
    if (!(t->flags & T_COUNTED))
        return;
    v->lacking += t->flags & T_LACKING ? (size_t)sign : 0;
    if (!(t->flags & T_RECORDED))
        return;
    view_tally_add(t, sign, v->units[t->home]->own);
    for (size_t i = 0; t->hosts >> i; i++)
        if (t->hosts >> i & 1)
            v->units[person_posts(p)[i].unit]->own[F_SECONDED_IN] += sign;
}

static void move_quietly(struct view *v, const struct person *p, cv_day day, int sign)
{
    const struct post *posts = person_posts(p);
    for (size_t i = 0; i < p->posts; i++) {
        struct unit *u = v->units[posts[i].unit];
        if (view_first_home_there(p, i))
            view_moves_add(p, posts[i].unit, u->declared_on, day, sign, u->own);
    }
}

/* Where another declaration is in force than before. */
static void renew_declarations(struct view *v)
{
    cv_day day = atomic_load(&v->day);
    for (uint32_t i = 0; i < v->unit_count; i++)
        if (view_moves_from(v->units[i], day) != v->units[i]->declared_on)
            view_moves_settle(v, i, v->units[i]->own);
}

static void recount_quietly(struct view *v, size_t slot)
{
    const struct person *p = v->people[slot];
    struct tally now = view_tally_of(v, p, NULL);
    now.flags |= T_COUNTED;
    add_quietly(v, p, &v->tallies[slot], -1);
    v->tallies[slot] = now;
    add_quietly(v, p, &now, 1);
}

static void settle_units(struct view *v)
{
    struct view_slots tree = {0};
    int used = view_figures_used(v);
    for (uint32_t i = 0; i < v->unit_count; i++) {
        view_derive(v, i, v->units[i]->own);
        memcpy(v->units[i]->sum, v->units[i]->own, (size_t)used * sizeof(int32_t));
    }
    view_subtree(v, 0, &tree);
    for (size_t i = tree.count; i-- > 1;) { /* children before parents */
        const struct unit *u = v->units[tree.items[i]];
        int32_t *sum = v->units[u->parent]->sum;
        for (int f = 0; f < used; f++)
            sum[f] += u->sum[f];
    }
    free(tree.items);
}

void view_recount_all(struct view *v)
{
    v->lacking = 0;
    for (size_t i = 0; i < v->unit_count; i++) {
        memset(v->units[i]->own, 0, (size_t)view_figures_used(v) * sizeof(int32_t));
        v->units[i]->declared_on = view_moves_from(v->units[i], atomic_load(&v->day));
    }
    for (size_t i = 0; i < v->people_end; i++) {
        if (v->people[i] == NULL)
            continue;
        v->tallies[i].flags = 0;
        recount_quietly(v, i);
        move_quietly(v, v->people[i], atomic_load(&v->day), 1);
    }
    settle_units(v);
}

static void recount_people(struct view *v, const struct view_slots *people)
{
    for (size_t done = 0; done < people->count; done += BATCH) {
        size_t end = done + BATCH < people->count ? done + BATCH : people->count;
        view_write(v);
        for (size_t i = done; i < end; i++)
            view_count(v, people->items[i]);
        view_write_end(v);
    }
}

/* Only the feed's thread changes records and tree, so it may look at them unlocked between the batches. */
void view_recount_below(struct view *v, uint32_t top)
{
    struct view_slots tree = {0};
    if (!atomic_load(&v->loaded))
        return;
    view_subtree(v, top, &tree);
    for (size_t i = 0; i < tree.count; i++)
        recount_people(v, &v->units[tree.items[i]]->members);
    for (size_t done = 0; done < tree.count; done += BATCH) {
        view_write(v);
        for (size_t i = done; i < done + BATCH && i < tree.count; i++)
            view_refigure(v, tree.items[i]);
        v->weights++;
        view_changed(v);
        view_write_end(v);
    }
    free(tree.items);
}

static void recount_due(struct view *v, cv_day was, cv_day today)
{
    bool back = today < was;
    for (size_t i = 0; i < v->people_end; i++) {
        if (v->people[i] == NULL || (!back && v->tallies[i].next_day > today))
            continue;
        move_quietly(v, v->people[i], was, -1);
        recount_quietly(v, i);
        move_quietly(v, v->people[i], today, 1);
    }
    renew_declarations(v);
}

void view_roll_day(struct view *v)
{
    view_write(v);
    cv_day today = cv_today(), was = atomic_load(&v->day);
    if (today != was) {
        atomic_store(&v->day, today);
        v->weights++;
        recount_due(v, was, today);
        settle_units(v);
        v->changed_at = cv_day_start(today);
        atomic_fetch_add(&v->generation, 1);
    }
    view_write_end(v);
}
