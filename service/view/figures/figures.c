/* Figures of units: what their people add, what follows from the declared headcount, and the sums up the tree.
 *
 * A person's tally is kept, so that exactly what was added is taken away again whatever changed meanwhile. */
#include <stdlib.h>
#include <string.h>

#include "view/figures/figures.h"

/* A person changes few of the figures: those are found once, not at each step of the way up. */
void view_push(struct view *v, uint32_t from, const int32_t *delta, int sign)
{
    int used = view_figures_used(v), changed[FIGURES], count = 0;
    for (int i = 0; i < used; i++)
        if (delta[i] != 0)
            changed[count++] = i;
    for (uint32_t at = from;; at = v->units[at]->parent) {
        int32_t *sum = v->units[at]->sum;
        for (int i = 0; i < count; i++)
            sum[changed[i]] += sign * delta[changed[i]];
        if (at == 0)
            return;
    }
}

/* Adds to a unit's own figures, derives what follows, and carries the difference up. */
static void change_own(struct view *v, uint32_t unit, const struct view_figures *delta)
{
    struct unit *u = v->units[unit];
    int used = view_figures_used(v);
    struct view_figures before;
    memcpy(before.at, u->own, (size_t)used * sizeof(before.at[0]));
    for (int i = 0; i < used; i++)
        u->own[i] += delta->at[i];
    view_derive(v, unit, u->own);
    for (int i = 0; i < used; i++)
        before.at[i] = u->own[i] - before.at[i];
    view_push(v, unit, before.at, 1);
}

static void count_hosts(struct view *v, const struct person *p, const struct tally *t, int sign)
{
    for (size_t i = 0; t->hosts >> i; i++) {
        struct view_figures one = {{0}};
        if (!(t->hosts >> i & 1))
            continue;
        one.at[F_SECONDED_IN] = sign;
        change_own(v, person_posts(p)[i].unit, &one);
    }
}

/* Into the units that the person ever belonged to, each once. */
static void count_moves(struct view *v, const struct person *p, int sign)
{
    const struct post *posts = person_posts(p);
    for (size_t i = 0; i < p->posts; i++) {
        struct view_figures delta = {{0}};
        int moved[DOM_CATEGORIES];
        cv_day since = v->units[posts[i].unit]->declared_on;
        if (since == CV_NO_DAY || !view_first_home_there(p, i) ||
            !view_moved(p, posts[i].unit, since, atomic_load(&v->day), moved))
            continue;
        for (int c = 0; c < DOM_CATEGORIES; c++)
            delta.at[F_MOVED_BY + c] = sign * moved[c];
        change_own(v, posts[i].unit, &delta);
    }
}

static void count_home(struct view *v, const struct tally *t, int sign)
{
    struct view_figures delta = {{0}};
    if (!(t->flags & T_RECORDED))
        return;
    view_tally_add(t, sign, delta.at);
    change_own(v, t->home, &delta);
}

void view_uncount(struct view *v, uint32_t slot)
{
    struct tally *t = &v->tallies[slot];
    if (!(t->flags & T_COUNTED))
        return;
    count_home(v, t, -1);
    count_hosts(v, v->people[slot], t, -1);
    count_moves(v, v->people[slot], -1);
    v->lacking -= t->flags & T_LACKING ? 1 : 0;
    t->flags &= (uint8_t)~T_COUNTED;
}

/* Of somebody who stays where he is counted, as in almost every change, what differs goes up the tree once. */
static bool recount_home(struct view *v, const struct tally *was, const struct tally *now)
{
    const uint8_t both = T_COUNTED | T_RECORDED;
    struct view_figures delta = {{0}};
    if ((was->flags & now->flags & both) != both || was->home != now->home || was->hosts != now->hosts)
        return false;
    view_tally_add(was, -1, delta.at);
    view_tally_add(now, 1, delta.at);
    change_own(v, now->home, &delta);
    v->lacking -= was->flags & T_LACKING ? 1 : 0;
    v->lacking += now->flags & T_LACKING ? 1 : 0;
    return true;
}

void view_count(struct view *v, uint32_t slot)
{
    struct tally now = view_tally_of(v, v->people[slot], NULL);
    now.flags |= T_COUNTED;
    if (memcmp(&now, &v->tallies[slot], sizeof now) == 0)
        return;
    if (recount_home(v, &v->tallies[slot], &now)) {
        v->tallies[slot] = now;
        return;
    }
    view_uncount(v, slot);
    v->tallies[slot] = now;
    count_home(v, &now, 1);
    count_hosts(v, v->people[slot], &now, 1);
    count_moves(v, v->people[slot], 1);
    v->lacking += now.flags & T_LACKING ? 1 : 0;
}

/* ---- the declared headcount ---- */
static bool required_here(const struct dom_system *s, int block, enum dom_unit_kind kind, uint32_t *out_categories)
{
    const uint32_t all = (1u << DOM_CATEGORIES) - 1;
    bool here = false;
    *out_categories = 0;
    for (size_t i = 0; i < s->required_count; i++) {
        const struct dom_required *r = &s->required[i];
        bool block_fits = r->blocks == 0 || (block >= 0 && (r->blocks >> block & 1u));
        bool kind_fits = r->unit_kinds == 0 || (r->unit_kinds >> kind & 1u);
        if (!block_fits || !kind_fits)
            continue;
        here = true;
        *out_categories |= r->categories ? r->categories : all;
    }
    return here;
}

static bool written_down_by(const struct unit *u, cv_day day)
{
    return u->u.created_at <= 0 || day >= cv_day_of(u->u.created_at);
}

static bool groups_others(const struct view *v, const struct view_tree *then, uint32_t unit)
{
    if (then == NULL)
        return v->units[unit]->known_children > 0;
    const struct view_slots *children = view_children_then(v, then, unit);
    for (size_t i = 0; i < children->count; i++)
        if (v->units[children->items[i]]->known)
            return true;
    return false;
}

/* A unit that only groups others declares nothing and lacks nothing, and so does an empty one that was not there yet.
 */
static void derive_undeclared(const struct view *v, const struct view_tree *then, uint32_t unit, cv_day day,
                              int32_t *own)
{
    const struct unit *u = v->units[unit];
    int recorded = own[F_RECORDED];
    if (recorded == 0 && (!view_unit_active(u, day) || groups_others(v, then, unit) || !written_down_by(u, day)))
        return;
    own[F_UNDECLARED] = 1;
    own[F_UNDECLARED_RECORDED] = recorded;
}

static void derive_declared(const struct dom_headcount *h, int32_t *own)
{
    own[F_HEADCOUNT] = h->total;
    own[F_DECLARED] = 1;
    for (int c = 0; h->has_categories && c < DOM_CATEGORIES; c++) {
        own[F_HEADCOUNT_BY + c] = h->by_category[c] >= 0 ? h->by_category[c] : 0;
        own[F_DECLARED_BY + c] = h->by_category[c] >= 0;
    }
}

void view_derive_for(const struct view *v, const struct view_tree *then, uint32_t unit, cv_day day,
                     const struct dom_headcount *h, uint32_t categories, int32_t *own)
{
    const struct unit *u = v->units[unit];
    memset(&own[F_HEADCOUNT], 0, sizeof(own[0]) * (F_SYSTEMS - F_HEADCOUNT));
    for (unsigned s = 0; s < v->system_count; s++)
        own[view_figure_of(s, S_UNRECORDED)] = own[view_figure_of(s, S_OVER)] = 0;
    if (!u->known)
        return;
    if (!h) {
        derive_undeclared(v, then, unit, day, own);
        return;
    }
    struct dom_headcount carried = dom_headcount_carry(h, &own[F_MOVED_BY], categories);
    own[F_CARRIED] = carried.total - h->total;
    derive_declared(&carried, own);
    int block = view_block_on(v, unit, day);
    enum dom_unit_kind kind = view_kind_on(u, day);
    for (unsigned s = 0; s < v->system_count; s++) {
        struct dom_system space;
        uint32_t wanted;
        if (!v->systems[s].known ||
            !required_here(dom_system_on(&v->systems[s].s, day, &space), block, kind, &wanted) ||
            (wanted & categories) == 0)
            continue;
        dom_gap(&carried, &own[F_RECORDED_BY], own[F_RECORDED], own[view_figure_of(s, S_ELIGIBLE)], true,
                wanted & categories, &own[view_figure_of(s, S_UNRECORDED)], &own[view_figure_of(s, S_OVER)]);
    }
}

void view_derive(const struct view *v, uint32_t unit, int32_t *own)
{
    const struct unit *u = v->units[unit];
    cv_day day = atomic_load(&v->day);
    const struct dom_headcount *h = NULL;
    if (u->known && view_unit_active(u, day))
        h = dom_headcount_on(&u->u, day);
    view_derive_for(v, NULL, unit, day, h, (1u << DOM_CATEGORIES) - 1, own);
}

void view_refigure(struct view *v, uint32_t unit)
{
    struct view_figures delta = {{0}};
    struct unit *u = v->units[unit];
    if (!atomic_load(&v->loaded))
        return;
    int32_t now[F_SYSTEMS];
    view_moves_settle(v, unit, now);
    for (int c = 0; c < DOM_CATEGORIES; c++)
        delta.at[F_MOVED_BY + c] = now[F_MOVED_BY + c] - u->own[F_MOVED_BY + c];
    change_own(v, unit, &delta);
}
