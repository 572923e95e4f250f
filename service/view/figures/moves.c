/* Who came to a unit and who left it since the day of its declared headcount: a departure makes nobody missing. */
#include <string.h>

#include "view/figures/figures.h"

/* Who has no hired_on was recorded at some time, which says nothing of when he came: he is taken to have been there all
 * the time before. */
const struct post *view_place_on(const struct person *p, cv_day day)
{
    const struct post *home = view_home_on(p, day);
    const struct leaving *l = person_leaving(p);
    if (home == NULL || (home->to != CV_NO_DAY && home->to <= day) || (l && l->state != DOM_HELD && l->on <= day))
        return NULL;
    bool begun = p->hired_on == CV_NO_DAY || (p->hired_on <= day && (home->from == CV_NO_DAY || home->from <= day));
    return begun ? home : NULL;
}

static bool there(const struct person *p, uint32_t unit, cv_day day)
{
    const struct post *home = view_place_on(p, day);
    return home && home->unit == unit;
}

bool view_moved(const struct person *p, uint32_t unit, cv_day from, cv_day to, int moved[DOM_CATEGORIES])
{
    bool before = there(p, unit, from), after = there(p, unit, to);
    memset(moved, 0, sizeof(int) * DOM_CATEGORIES);
    if (!before && !after)
        return false;
    enum dom_category was = view_category_on(p, from), is = view_category_on(p, to);
    moved[was] -= before;
    moved[is] += after;
    return before != after || was != is;
}

void view_moves_add(const struct person *p, uint32_t unit, cv_day from, cv_day to, int sign, int32_t *own)
{
    int moved[DOM_CATEGORIES];
    if (from == CV_NO_DAY || !view_moved(p, unit, from, to, moved))
        return;
    for (int c = 0; c < DOM_CATEGORIES; c++)
        own[F_MOVED_BY + c] += sign * moved[c];
}

bool view_first_home_there(const struct person *p, size_t post)
{
    const struct post *posts = person_posts(p);
    for (size_t i = 0; i < post; i++)
        if (posts[i].primary && posts[i].unit == posts[post].unit)
            return false;
    return posts[post].primary;
}

cv_day view_moves_from(const struct unit *u, cv_day day)
{
    const struct dom_headcount *h = u->known && view_unit_active(u, day) ? dom_headcount_on(&u->u, day) : NULL;
    return h ? h->on : CV_NO_DAY;
}

void view_moves_settle(struct view *v, uint32_t unit, int32_t *own)
{
    struct unit *u = v->units[unit];
    cv_day day = atomic_load(&v->day);
    int moved[DOM_CATEGORIES];
    memset(&own[F_MOVED_BY], 0, sizeof(own[0]) * DOM_CATEGORIES);
    u->declared_on = view_moves_from(u, day);
    for (size_t i = 0; u->declared_on != CV_NO_DAY && i < u->members.count; i++)
        if (view_moved(v->people[u->members.items[i]], unit, u->declared_on, day, moved))
            for (int c = 0; c < DOM_CATEGORIES; c++)
                own[F_MOVED_BY + c] += moved[c];
}
