/* Figures of a window that is not one of the standard ones, or of some categories: added up from everybody once, and
 * from then on kept true like those of today, so that the second who asks does not wait.
 *
 * Adding up a million people takes some hundred milliseconds, so it lets writers in between. Whoever changes meanwhile
 * is taken out and put in again if he was counted already, and met later if not: when everybody was met the figures are
 * those of this moment. What changes the weight of many (a rule, a unit, midnight) ends all periods; they begin anew.
 */
#include <stdlib.h>
#include <string.h>

#include "view/figures/figures.h"

enum { AT_A_TIME = 128 };           /* people */
enum { AHEAD = 8, DATA_AHEAD = 4 }; /* people whose records are fetched into the cache before their turn */

struct view_period {
    struct view_slice slice;
    uint32_t categories;
    uint64_t rests_on; /* v->weights */
    int used;
    uint32_t met;           /* people at slots below it are in; under either lock, only the builder moves it */
    _Atomic bool whole;     /* everybody is */
    _Atomic uint64_t asked; /* when, of all questions */
    int32_t own[];
};

const int32_t *view_period_own(const struct view_period *period, uint32_t unit)
{
    return period->own + (size_t)unit * (size_t)period->used;
}

/* ---- one person ---- */
static int32_t *own_of(struct view_period *period, uint32_t unit)
{
    return period->own + (size_t)unit * (size_t)period->used;
}

/* Who was of another category before counts for that one as far as he came or left. */
static void add_person(const struct view *v, struct view_period *period, uint32_t slot, int sign)
{
    struct tally space = {.home = NONE};
    const struct tally *t = &space;
    const struct person *p = v->people[slot];
    bool counts = p && period->categories >> view_category_on(p, period->slice.window.to) & 1u;
    if (p == NULL || (!counts && p->pasts == 0))
        return;
    if (counts)
        t = view_tally_in(v, slot, &period->slice, &space);
    if (t->flags & T_RECORDED)
        view_tally_add(t, sign, own_of(period, t->home));
    for (size_t i = 0; i < p->posts; i++) {
        uint32_t unit = person_posts(p)[i].unit;
        cv_day to = period->slice.window.to;
        own_of(period, unit)[F_SECONDED_IN] += t->hosts >> i & 1 ? sign : 0;
        if (view_first_home_there(p, i))
            view_moves_add(p, unit, view_moves_from(v->units[unit], to), to, sign, own_of(period, unit));
    }
}

void view_periods_person(struct view *v, uint32_t slot, int sign)
{
    for (int i = 0; i < PERIODS; i++) {
        struct view_period *period = v->periods[i];
        if (period && period->rests_on == v->weights && slot < period->met)
            add_person(v, period, slot, sign);
    }
}

/* ---- all of them ---- */
static bool answers(const struct view *v, const struct view_period *period, const struct view_slice *slice,
                    uint32_t categories)
{
    return period && period->rests_on == v->weights && period->categories == categories &&
           period->slice.special == slice->special && period->slice.window.from == slice->window.from &&
           period->slice.window.to == slice->window.to;
}

const struct view_period *view_period_of(const struct view *view, const struct view_slice *slice, uint32_t categories)
{
    struct view *v = (struct view *)view; /* when one was asked for is no part of what a reader calls const */
    for (int i = 0; i < PERIODS; i++) {
        struct view_period *period = v->periods[i];
        if (!answers(v, period, slice, categories) || !atomic_load(&period->whole))
            continue;
        atomic_store(&period->asked, atomic_fetch_add(&v->periods_asked, 1));
        return period;
    }
    return NULL;
}

/* The one that was not asked for longest, but none that somebody is adding up. */
static int place_for_one(const struct view *v)
{
    int place = -1;
    for (int i = 0; i < PERIODS; i++) {
        const struct view_period *period = v->periods[i];
        if (period == NULL)
            return i;
        if (atomic_load(&period->whole) && (place < 0 || period->asked < v->periods[place]->asked))
            place = i;
    }
    return place;
}

/* ---- adding up ---- */
static struct view_period *begin(struct view *v, const struct view_slice *slice, uint32_t categories)
{
    int place = place_for_one(v), used = view_figures_used(v);
    if (place < 0)
        return NULL;
    free(v->periods[place]);
    size_t size = sizeof(struct view_period) + v->unit_count * (size_t)used * sizeof(int32_t);
    struct view_period *period = view_must(calloc(1, size));
    period->slice = *slice;
    period->categories = categories;
    period->rests_on = v->weights;
    period->used = used;
    period->asked = atomic_fetch_add(&v->periods_asked, 1);
    v->periods[place] = period;
    return period;
}

static void end(struct view *v, struct view_period *period)
{
    for (int i = 0; i < PERIODS; i++)
        if (v->periods[i] == period)
            v->periods[i] = NULL;
    free(period);
}

static void fetch(const struct view *v, uint32_t slot)
{
    if (slot + AHEAD < v->people_end)
        __builtin_prefetch(v->people[slot + AHEAD]);
    const struct person *soon = slot + DATA_AHEAD < v->people_end ? v->people[slot + DATA_AHEAD] : NULL;
    if (soon == NULL)
        return;
    __builtin_prefetch(soon->uses);
    __builtin_prefetch(soon->data + 64);
}

static void meet_some(const struct view *v, struct view_period *period)
{
    for (int i = 0; i < AT_A_TIME && period->met < v->people_end; i++) {
        fetch(v, period->met);
        add_person(v, period, period->met, 1);
        period->met++;
    }
}

static bool holds(const struct view *v, const struct view_period *period)
{
    return period && period->rests_on == v->weights;
}

bool view_period_add_up(const struct view *view, const struct view_slice *slice, uint32_t categories)
{
    struct view *v = (struct view *)view; /* what is added up is no part of what a reader calls const */
    view_leave(v);
    view_write(v);
    struct view_period *period = begin(v, slice, categories);
    view_write_end(v);
    (void)view_enter(v, NULL);
    while (holds(v, period) && period->met < v->people_end) {
        meet_some(v, period);
        view_breathe(v);
    }
    bool done = holds(v, period);
    if (done) {
        period->met = UINT32_MAX;
        atomic_store(&period->whole, true);
    } else if (period) {
        view_leave(v);
        view_write(v);
        end(v, period);
        view_write_end(v);
        (void)view_enter(v, NULL);
    }
    return done;
}

void view_periods_free(struct view *v)
{
    for (int i = 0; i < PERIODS; i++)
        free(v->periods[i]);
}
