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

static const struct person *who_may_sign_in(const struct view *v, struct cv_id id)
{
    uint32_t slot = view_person_slot(v, id);
    const struct person *p = slot == NONE ? NULL : v->people[slot];
    return p != NULL && is_here(&v->tallies[slot]) && may_login(p) ? p : NULL;
}

/* A lent role is what the lender still has himself. */
static bool lender_has(const struct view *v, const struct role *lent)
{
    cv_day day = atomic_load(&v->day);
    const struct person *p = who_may_sign_in(v, lent->lent_by);
    for (size_t i = 0; p != NULL && i < p->roles; i++) {
        const struct role *own = &person_roles(p)[i];
        if (cv_id_is_zero(own->lent_by) && own->kind == lent->kind && own->unit == lent->unit &&
            dom_day_within(own->from, own->to, day))
            return true;
    }
    return false;
}

static void put_roles(const struct view *v, const struct person *p, uint32_t rights, struct view_signer *out)
{
    cv_day day = atomic_load(&v->day);
    for (size_t i = 0; i < p->roles; i++) {
        const struct role *role = &person_roles(p)[i];
        if (!dom_day_within(role->from, role->to, day) || !unit_goes_on(v, role->unit) ||
            (dom_role_rights((enum dom_role_kind)role->kind) & rights) == 0 ||
            (!cv_id_is_zero(role->lent_by) && !lender_has(v, role)))
            continue;
        out->roles[out->role_count++] = (struct view_role){.number = role->number,
                                                           .kind = (enum dom_role_kind)role->kind,
                                                           .everywhere = role->unit == 0,
                                                           .unit = v->units[role->unit]->id,
                                                           .lent_by = role->lent_by};
    }
}

bool view_signer(const struct view *v, struct cv_id id, struct view_signer *out)
{
    *out = (struct view_signer){.staff = id};
    if (!view_enter(v, NULL))
        return false;
    const struct person *p = who_may_sign_in(v, id);
    if (p != NULL) {
        out->epoch = p->epoch;
        put_roles(v, p, UINT32_MAX, out);
    }
    view_leave(v);
    return p != NULL;
}

size_t view_ways_in(const struct view *v, struct cv_id id, cv_moment now, struct cv_id out[DOM_WAYS_IN_MAX])
{
    size_t count = 0;
    if (!view_enter(v, NULL))
        return 0;
    uint32_t slot = view_person_slot(v, id);
    const struct person *p = slot == NONE ? NULL : v->people[slot];
    for (size_t i = 0; p != NULL && i < p->ways; i++)
        if (now - (cv_moment)person_ways(p)[i].at < DOM_WAY_IN_S)
            out[count++] = person_ways(p)[i].by;
    view_leave(v);
    return count;
}

size_t view_signers_with(const struct view *v, uint32_t rights, struct view_signer *out, size_t max)
{
    size_t count = 0;
    if (!view_enter(v, NULL))
        return 0;
    for (size_t i = 0; i < v->people_end && count < max; i++) {
        const struct person *p = v->people[i];
        if (p == NULL || p->roles == 0 || !is_here(&v->tallies[i]) || !may_login(p))
            continue;
        out[count] = (struct view_signer){.staff = p->id, .epoch = p->epoch};
        put_roles(v, p, rights, &out[count]);
        count += out[count].role_count > 0;
    }
    view_leave(v);
    return count;
}
