/* The people of a closing day, and what usage says of them later. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

enum { AT_A_TIME = 1000 }; /* people */

struct closing {
    const struct view *v;
    struct cv_arena *arena;
    struct view_slice slice;
    unsigned systems[DOM_SYSTEMS_MAX];
    size_t system_count;
    uint32_t categories; /* 0 = all */
    bool levers;         /* only who is told of beside the rates */
    struct view_closing *items;
    size_t count;
};

static void put_account(const struct closing *c, const struct person *p, const struct account *a, size_t bit,
                        struct view_closing *to)
{
    if (!(to->issued >> bit & 1))
        return;
    to->issued_on[bit] = view_issued_on(p, a, c->slice.window.to);
    to->idle |= view_idle(c->v, p, a, c->slice.window.to) ? (uint16_t)(1u << bit) : 0;
}

static bool counts(const struct closing *c, unsigned category)
{
    return c->categories == 0 || (c->categories >> category & 1u);
}

/* Systems that the person must have no more because his category changed inside the window. */
static uint16_t left_by(const struct closing *c, const struct person *p, const struct tally *t)
{
    struct view_window window = c->slice.window;
    uint16_t before = 0, now = counts(c, t->category) ? t->required : 0;
    for (size_t i = 0; i < p->pasts; i++) {
        const struct past *past = &person_pasts(p)[i];
        if (past->to >= window.from && past->to <= window.to && counts(c, past->category))
            before |= view_required_as(c->v, p, (enum dom_category)past->category, window.to);
    }
    return before & (uint16_t)~now;
}

static bool undecided(const struct closing *c, const struct tally *t)
{
    return t->flags & T_UNDECIDED && counts(c, t->category);
}

static bool is_asked_for(const struct closing *c, const struct person *p, const struct tally *t)
{
    return c->levers ? left_by(c, p, t) != 0 || undecided(c, t) : counts(c, t->category);
}

static void put_person(struct closing *c, uint32_t home, const struct person *p, const struct tally *t)
{
    struct view_closing *to = &c->items[c->count++];
    *to = (struct view_closing){.staff = p->id, .unit = c->v->units[home]->id, .away = t->flags & T_LONG_LEAVE};
    for (size_t i = 0; i < c->system_count; i++) {
        uint16_t bit = (uint16_t)(1u << i), system = (uint16_t)(1u << c->systems[i]);
        to->issued_on[i] = CV_NO_DAY;
        to->eligible |= t->required & system ? bit : 0;
        to->left |= c->levers && (left_by(c, p, t) & system) ? bit : 0;
        to->undecided |= c->levers && undecided(c, t) && (t->required & system) ? bit : 0;
        to->issued |= t->issued & system ? bit : 0;
        to->activated |= t->activated & system ? bit : 0;
        for (size_t k = 0; k < p->accounts; k++)
            if (person_accounts(p)[k].system == c->systems[i])
                put_account(c, p, &person_accounts(p)[k], i, to);
    }
}

/* Everybody with a post in the branch. */
static void collect(const struct view *v, const struct view_tree *then, uint32_t top, struct view_slots *out)
{
    struct view_slots units = {0};
    view_subtree_then(v, then, top, &units);
    for (size_t i = 0; i < units.count; i++) {
        const struct unit *u = v->units[units.items[i]];
        for (size_t m = 0; m < u->members.count; m++)
            view_slots_add(out, u->members.items[m]);
    }
    free(units.items);
}

/* Whoever changes while others are judged is met as he was or as he is, but once. */
static void put_branch(struct closing *c, uint32_t top)
{
    struct view_slots people = {0};
    struct view_tree *then = c->slice.special ? view_tree_on(c->v, c->slice.window.to) : NULL;
    collect(c->v, then, top, &people);
    c->items = CV_NEWS(c->arena, struct view_closing, people.count + 1);
    uint8_t *met = view_must(calloc(c->v->people_end / 8 + 1, 1));
    const size_t end = c->v->people_end;
    for (size_t i = 0; i < people.count; i++) {
        uint32_t slot = people.items[i];
        struct tally space;
        if (i % AT_A_TIME == AT_A_TIME - 1)
            view_breathe(c->v);
        if (slot >= end || c->v->people[slot] == NULL || met[slot / 8] >> slot % 8 & 1)
            continue;
        const struct tally *t = view_tally_in(c->v, slot, &c->slice, &space);
        if (!(t->flags & T_RECORDED) || !is_asked_for(c, c->v->people[slot], t) ||
            !view_below_then(c->v, then, t->home, top))
            continue;
        met[slot / 8] |= (uint8_t)(1u << slot % 8);
        put_person(c, t->home, c->v->people[slot], t);
    }
    free(met);
    free(people.items);
    view_tree_free(&then);
}

static bool choose(struct closing *c, const struct view_coverage_query *q, struct cv_error *err)
{
    for (size_t i = 0; i < q->system_count && i < DOM_SYSTEMS_MAX; i++) {
        int slot = view_system_known(c->v, q->systems[i]);
        if (slot < 0)
            return view_no_system(c->v, "system", q->systems[i], err);
        c->systems[c->system_count++] = (unsigned)slot;
    }
    return view_slice_of(c->v, q->window, &c->slice, err);
}

static bool list_people(const struct view *v, const struct view_coverage_query *q, bool levers, struct cv_arena *arena,
                        struct view_closing **out, size_t *out_count, struct cv_error *err)
{
    struct closing c = {.v = v, .arena = arena, .categories = q->categories, .levers = levers};
    if (!view_enter_people(v, err))
        return false;
    uint32_t slot = view_unit_slot_of(v, q->unit);
    bool found = slot != NONE && view_below(v, slot, view_scope_slot(v, q->scope));
    bool ok = found ? choose(&c, q, err) : view_no_unit(v, err);
    if (ok) {
        put_branch(&c, slot);
        *out = c.items;
        *out_count = c.count;
    }
    view_leave(v);
    return ok;
}

bool view_closing_list(const struct view *v, const struct view_coverage_query *q, struct cv_arena *arena,
                       struct view_closing **out, size_t *out_count, struct cv_error *err)
{
    return list_people(v, q, false, arena, out, out_count, err);
}

bool view_lever_list(const struct view *v, const struct view_coverage_query *q, struct cv_arena *arena,
                     struct view_closing **out, size_t *out_count, struct cv_error *err)
{
    return list_people(v, q, true, arena, out, out_count, err);
}

bool view_closing_use(const struct view *v, struct cv_id staff, const struct view_listed *listed, const char *system,
                      const struct dom_use_case *at, int length, struct dom_use_verdict *out, struct cv_error *err)
{
    if (!view_enter(v, err))
        return false;
    uint32_t person = view_person_slot(v, staff);
    int slot = view_system_known(v, system);
    struct dom_active none = {.first = CV_NO_DAY};
    bool known = person != NONE && slot >= 0;
    struct view_days room;
    struct dom_active days = known ? view_active_beside(v, v->people[person], (unsigned)slot, listed, &room) : none;
    dom_use_judge(at, &days, &length, 1, out);
    view_leave(v);
    return true;
}

/* ---- what events of use are held against ---- */
bool view_staff_there(const struct view *v, struct cv_id staff, cv_day day)
{
    if (!view_enter(v, NULL))
        return true;
    uint32_t slot = view_person_slot(v, staff);
    if (slot != NONE)
        slot = view_stands_for(v, slot);
    bool yes = slot == NONE || view_place_on(v->people[slot], day) != NULL;
    view_leave(v);
    return yes;
}

enum dom_category view_staff_category(const struct view *v, struct cv_id staff, cv_day day)
{
    enum dom_category found = DOM_CATEGORIES;
    if (!view_enter(v, NULL))
        return found;
    uint32_t slot = view_person_slot(v, staff);
    if (slot != NONE)
        found = view_category_on(v->people[slot], day);
    view_leave(v);
    return found;
}

bool view_staff_unit(const struct view *v, struct cv_id staff, cv_day day, struct cv_id *out)
{
    if (!view_enter(v, NULL))
        return false;
    uint32_t slot = view_person_slot(v, staff);
    const struct post *home = slot != NONE ? view_home_on(v->people[slot], day) : NULL;
    if (home != NULL)
        *out = v->units[home->unit]->id;
    view_leave(v);
    return home != NULL;
}

cv_day view_silent_since(const struct view *v, const char *slug, cv_day through)
{
    cv_day since = CV_NO_DAY;
    if (through == CV_NO_DAY || !view_enter(v, NULL))
        return CV_NO_DAY;
    int system = view_system_known(v, slug);
    if (system >= 0 && v->systems[system].s.activity.precision == DOM_BY_DAY)
        since = view_quiet_since(&v->systems[system], through);
    view_leave(v);
    return since;
}
