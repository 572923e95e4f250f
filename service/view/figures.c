/* Figures of units: what each person adds today, what follows from the declared headcount, and the sums up the tree.
 *
 * A person's tally is kept, so that exactly what was added is taken away again whatever changed meanwhile. */
#include <string.h>

#include "internal.h"

enum { LONG_LEAVE_DAYS = 30 };

/* ---- one person on one day ---- */
static bool is_current(const struct post *post, cv_day day)
{
    return (post->from == CV_NO_DAY || post->from <= day) && (post->to == CV_NO_DAY || day < post->to);
}

/* Enough of the record for the domain's rules of status. */
struct thin {
    struct dom_staff staff;
    struct dom_post post;
    struct dom_departure departure;
};

static void make_thin(const struct person *p, struct thin *t)
{
    const struct leaving *l = person_leaving(p);
    const struct absence *a = person_absence(p);
    *t = (struct thin){.staff = {.hired_on = p->hired_on}, .post = {.primary = true}};
    t->staff.posts = &t->post;
    for (size_t i = 0; i < p->posts; i++)
        t->staff.post_count |= person_posts(p)[i].primary;
    if (a) {
        t->staff.on_leave = true;
        t->staff.leave_from = a->from;
        t->staff.leave_to = a->to;
    }
    if (l) {
        t->departure = (struct dom_departure){.number = l->number,
                                              .state = (enum dom_departure_state)l->state,
                                              .reason = (enum dom_reason)l->reason,
                                              .effective_on = l->on,
                                              .recorded_at = l->recorded_at,
                                              .started_at = CV_NO_MOMENT,
                                              .ended_at = CV_NO_MOMENT};
        t->staff.departures = &t->departure;
        t->staff.departure_count = 1;
    }
}

static void ahead(cv_day candidate, cv_day day, cv_day *next)
{
    if (candidate != CV_NO_DAY && candidate > day && candidate < *next)
        *next = candidate;
}

static cv_day next_change(const struct person *p, cv_day day)
{
    cv_day next = NO_DAY_AHEAD;
    ahead(p->hired_on, day, &next);
    if (person_leaving(p))
        ahead(person_leaving(p)->on, day, &next);
    if (person_absence(p)) {
        ahead(person_absence(p)->from, day, &next);
        ahead(person_absence(p)->to, day, &next);
    }
    for (size_t i = 0; i < p->posts; i++) {
        ahead(person_posts(p)[i].from, day, &next);
        ahead(person_posts(p)[i].to, day, &next);
    }
    return next;
}

static uint16_t required_by_post(const struct view *v, const struct person *p, const struct post *post)
{
    const struct unit *u = v->units[post->unit];
    uint16_t required = 0;
    if (!u->known)
        return 0;
    int block = view_block(v, post->unit);
    const char *title = post->title == NONE ? "" : v->words.items[post->title].folded;
    for (unsigned s = 0; s < v->system_count; s++)
        if (v->systems[s].known &&
            dom_required_by(&v->systems[s].s, block, u->u.kind, (enum dom_category)p->category, title))
            required |= (uint16_t)(1u << s);
    return required;
}

static bool is_long(const struct absence *a)
{
    return a->from == CV_NO_DAY || a->to == CV_NO_DAY || (int64_t)a->to - a->from >= LONG_LEAVE_DAYS;
}

/* A directory system knows one credential of the person; the others report themselves whether an account is in use. */
static uint16_t activated_of(const struct view *v, const struct person *p)
{
    uint16_t activated = 0;
    for (unsigned s = 0; s < v->system_count; s++) {
        bool directory = !v->systems[s].known || v->systems[s].s.kind == DOM_DIRECTORY;
        if (directory ? p->credential_set : (p->active >> s & 1))
            activated |= (uint16_t)(1u << s);
    }
    return activated & p->issued;
}

static void tally_posts(const struct view *v, const struct person *p, cv_day day, struct tally *t)
{
    const struct post *posts = person_posts(p);
    for (size_t i = 0; i < p->posts; i++)
        if (posts[i].primary)
            t->home = posts[i].unit;
    for (size_t i = 0; i < p->posts; i++) {
        if (!posts[i].primary && !is_current(&posts[i], day))
            continue;
        t->required |= required_by_post(v, p, &posts[i]);
        if (!posts[i].primary && posts[i].kind == DOM_BIET_PHAI && posts[i].unit != t->home)
            t->hosts |= (uint8_t)(1u << i);
    }
}

struct tally view_tally_on(const struct view *v, const struct person *p, cv_day day)
{
    struct tally t = {.home = NONE, .next_day = next_change(p, day), .status = DOM_DEPARTED};
    struct thin thin;
    tally_posts(v, p, day, &t);
    t.activated = activated_of(v, p);
    if (t.home == NONE)
        return t;
    make_thin(p, &thin);
    t.status = (uint8_t)dom_status_on(&thin.staff, day);
    if (!dom_recorded_on(&thin.staff, day)) {
        t.hosts = 0;
        return t;
    }
    t.flags = T_RECORDED;
    if (t.hosts)
        t.flags |= T_SECONDED_OUT;
    const struct absence *a = person_absence(p);
    if (a && is_long(a) && (a->from == CV_NO_DAY || a->from <= day) && (a->to == CV_NO_DAY || day < a->to))
        t.flags |= T_LONG_LEAVE;
    uint16_t has = 0;
    for (size_t i = 0; i < p->accounts; i++)
        has |= (uint16_t)(1u << person_accounts(p)[i].system);
    if (t.required & ~has)
        t.flags |= T_LACKING;
    return t;
}

/* ---- into figures ---- */
void view_tally_add(const struct person *p, const struct tally *t, int sign, struct view_figures *f)
{
    if (!(t->flags & T_RECORDED))
        return;
    f->at[F_RECORDED_BY + p->category] += sign;
    f->at[F_RECORDED] += sign;
    f->at[F_SECONDED_OUT] += t->flags & T_SECONDED_OUT ? sign : 0;
    f->at[F_ELIGIBLE_PEOPLE] += t->required ? sign : 0;
    f->at[F_COMPLETE] += t->required && (t->required & ~p->issued) == 0 ? sign : 0;
    for (unsigned s = 0; t->required >> s; s++) {
        uint16_t bit = (uint16_t)(1u << s);
        if (!(t->required & bit))
            continue;
        f->at[view_figure_of(s, S_ELIGIBLE)] += sign;
        f->at[view_figure_of(s, S_ON_LEAVE)] += t->flags & T_LONG_LEAVE ? sign : 0;
        f->at[view_figure_of(s, S_ISSUED)] += p->issued & bit ? sign : 0;
        f->at[view_figure_of(s, S_LOCKED)] += p->locked & bit ? sign : 0;
        f->at[view_figure_of(s, S_ACTIVATED)] += t->activated & bit ? sign : 0;
    }
}

void view_push(struct view *v, uint32_t from, const struct view_figures *delta, int sign)
{
    int used = F_SYSTEMS + (int)v->system_count * S_FIGURES;
    for (uint32_t at = from;; at = v->units[at]->parent) {
        int32_t *sum = v->units[at]->sum.at;
        for (int i = 0; i < used; i++)
            sum[i] += sign * delta->at[i];
        if (at == 0)
            return;
    }
}

/* Adds to a unit's own figures, derives what follows, and carries the difference up. */
static void change_own(struct view *v, uint32_t unit, const struct view_figures *delta)
{
    struct unit *u = v->units[unit];
    struct view_figures before = u->own;
    for (int i = 0; i < FIGURES; i++)
        u->own.at[i] += delta->at[i];
    view_derive(v, unit, &u->own);
    for (int i = 0; i < FIGURES; i++)
        before.at[i] = u->own.at[i] - before.at[i];
    view_push(v, unit, &before, 1);
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

static void count_home(struct view *v, const struct person *p, const struct tally *t, int sign)
{
    struct view_figures delta = {{0}};
    if (!(t->flags & T_RECORDED))
        return;
    view_tally_add(p, t, sign, &delta);
    change_own(v, t->home, &delta);
}

void view_uncount(struct view *v, struct person *p)
{
    if (!(p->tally.flags & T_COUNTED))
        return;
    count_home(v, p, &p->tally, -1);
    count_hosts(v, p, &p->tally, -1);
    v->lacking -= p->tally.flags & T_LACKING ? 1 : 0;
    p->tally.flags &= (uint8_t)~T_COUNTED;
}

void view_count(struct view *v, struct person *p)
{
    struct tally now = view_tally_on(v, p, atomic_load(&v->day));
    now.flags |= T_COUNTED;
    if (memcmp(&now, &p->tally, sizeof now) == 0)
        return;
    view_uncount(v, p);
    p->tally = now;
    count_home(v, p, &now, 1);
    count_hosts(v, p, &now, 1);
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

/* A unit that only groups others declares nothing and lacks nothing. */
static void derive_undeclared(const struct view *v, const struct unit *u, struct view_figures *own)
{
    int recorded = own->at[F_RECORDED];
    if (recorded == 0 && (!view_unit_active(u, atomic_load(&v->day)) || u->known_children > 0))
        return;
    own->at[F_UNDECLARED] = 1;
    own->at[F_UNDECLARED_RECORDED] = recorded;
}

static void derive_declared(const struct dom_headcount *h, struct view_figures *own)
{
    own->at[F_HEADCOUNT] = h->total;
    own->at[F_DECLARED] = 1;
    for (int c = 0; h->has_categories && c < DOM_CATEGORIES; c++) {
        own->at[F_HEADCOUNT_BY + c] = h->by_category[c] >= 0 ? h->by_category[c] : 0;
        own->at[F_DECLARED_BY + c] = h->by_category[c] >= 0;
    }
}

void view_derive_for(const struct view *v, uint32_t unit, const struct dom_headcount *h, uint32_t categories,
                     struct view_figures *own)
{
    const struct unit *u = v->units[unit];
    memset(&own->at[F_HEADCOUNT], 0, sizeof(own->at[0]) * (F_SYSTEMS - F_HEADCOUNT));
    for (unsigned s = 0; s < DOM_SYSTEMS_MAX; s++)
        own->at[view_figure_of(s, S_UNRECORDED)] = own->at[view_figure_of(s, S_OVER)] = 0;
    if (!u->known)
        return;
    if (!h) {
        derive_undeclared(v, u, own);
        return;
    }
    derive_declared(h, own);
    int block = view_block(v, unit);
    for (unsigned s = 0; s < v->system_count; s++) {
        uint32_t wanted;
        if (!v->systems[s].known || !required_here(&v->systems[s].s, block, u->u.kind, &wanted) ||
            (wanted & categories) == 0)
            continue;
        dom_gap(h, &own->at[F_RECORDED_BY], own->at[F_RECORDED], own->at[view_figure_of(s, S_ELIGIBLE)], true,
                wanted & categories, &own->at[view_figure_of(s, S_UNRECORDED)], &own->at[view_figure_of(s, S_OVER)]);
    }
}

void view_derive(const struct view *v, uint32_t unit, struct view_figures *own)
{
    const struct unit *u = v->units[unit];
    cv_day day = atomic_load(&v->day);
    const struct dom_headcount *h = NULL;
    if (u->known && view_unit_active(u, day))
        h = dom_headcount_on(&u->u, day);
    view_derive_for(v, unit, h, (1u << DOM_CATEGORIES) - 1, own);
}

void view_refigure(struct view *v, uint32_t unit)
{
    struct view_figures nothing = {{0}};
    if (atomic_load(&v->loaded))
        change_own(v, unit, &nothing);
}
