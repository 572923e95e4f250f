/* Who may sign in, and in which roles. */
#include "view/ask/ask.h"

static bool unit_goes_on(const struct view *v, uint32_t slot)
{
    return slot == 0 || (v->units[slot]->known && view_unit_active(v->units[slot], atomic_load(&v->day)));
}

static bool is_here(const struct tally *t)
{
    return t->status != DOM_DEPARTED && t->status != DOM_PENDING;
}

static bool may_login(const struct person *p)
{
    for (size_t i = 0; i < p->accounts; i++)
        if (dom_may_login((enum dom_observed)person_accounts(p)[i].observed))
            return true;
    return false;
}

static void put_roles(const struct view *v, const struct person *p, struct view_signer *out)
{
    cv_day day = atomic_load(&v->day);
    for (size_t i = 0; i < p->roles; i++) {
        const struct role *role = &person_roles(p)[i];
        if (!dom_day_within(role->from, role->to, day) || !unit_goes_on(v, role->unit))
            continue;
        out->roles[out->role_count++] = (struct view_role){.number = role->number,
                                                           .kind = (enum dom_role_kind)role->kind,
                                                           .everywhere = role->unit == 0,
                                                           .unit = v->units[role->unit]->id};
    }
}

bool view_signer(const struct view *v, struct cv_id id, struct view_signer *out)
{
    *out = (struct view_signer){.staff = id};
    if (!view_enter(v, NULL))
        return false;
    uint32_t slot = view_person_slot(v, id);
    const struct person *p = slot == NONE ? NULL : v->people[slot];
    bool may = p != NULL && is_here(&v->tallies[slot]) && may_login(p);
    if (may) {
        out->epoch = p->epoch;
        put_roles(v, p, out);
    }
    view_leave(v);
    return may;
}
