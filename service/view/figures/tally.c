/* What one person adds to the figures on a day. */
#include <string.h>

#include "view/figures/figures.h"

const int view_window_days[WINDOWS] = {7, 30, 90, 180};

/* ---- one person on one day ---- */
/* Enough of the record for the domain's rules of status. */
struct thin {
    struct dom_staff staff;
    struct dom_post post;
    struct dom_leave leave;
    struct dom_departure departure;
};

static const struct absence *absence_on(const struct person *p, cv_day day)
{
    for (size_t i = 0; i < p->absences; i++) {
        const struct absence *a = &person_absences(p)[i];
        if ((a->from == CV_NO_DAY || a->from <= day) && (a->to == CV_NO_DAY || day <= a->to))
            return a;
    }
    return NULL;
}

static void make_thin(const struct person *p, const struct post *home, cv_day day, struct thin *t)
{
    const struct leaving *l = person_leaving(p);
    const struct absence *a = absence_on(p, day);
    *t = (struct thin){.staff = {.hired_on = p->hired_on},
                       .post = {.primary = true, .from = home->from, .to = home->to}};
    t->staff.posts = &t->post;
    t->staff.post_count = 1;
    if (a) {
        t->leave = (struct dom_leave){.from = a->from, .to = a->to};
        t->staff.leaves = &t->leave;
        t->staff.leave_count = 1;
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
    for (size_t i = 0; i < p->absences; i++) {
        ahead(person_absences(p)[i].from, day, &next);
        if (person_absences(p)[i].to != CV_NO_DAY)
            ahead(person_absences(p)[i].to + 1, day, &next);
    }
    for (size_t i = 0; i < p->posts; i++) {
        ahead(person_posts(p)[i].from, day, &next);
        ahead(person_posts(p)[i].to, day, &next);
    }
    for (size_t i = 0; i < p->pasts; i++)
        ahead(person_pasts(p)[i].to, day, &next);
    return next;
}

static uint16_t required_by_post(const struct view *v, const struct view_basis *b, enum dom_category category,
                                 const struct post *post, cv_day day)
{
    const struct unit *u = v->units[post->unit];
    uint16_t required = 0;
    if (!u->known)
        return 0;
    int block = view_block_on(v, post->unit, day);
    enum dom_unit_kind kind = view_kind_on(u, day);
    const char *title = post->title == NONE ? "" : v->words.items[post->title].folded;
    struct dom_system space;
    for (unsigned s = 0; s < v->system_count; s++)
        if (b->systems[s].known &&
            dom_required_by(dom_system_on(&b->systems[s].s, day, &space), block, kind, category, title))
            required |= (uint16_t)(1u << s);
    return required;
}

/* ---- accounts ---- as they stand, or as they stood at the end of a day that is over */
static cv_day span_end(const struct account_span *s)
{
    return (cv_day)s->days + (s->from != CV_NO_DAY ? s->from : 0);
}

static bool ended_by(const struct person *p, unsigned system, cv_day day)
{
    for (size_t i = 0; i < p->spans; i++) {
        const struct account_span *s = &person_spans(p)[i];
        if (s->system == system && span_end(s) <= day)
            return true;
    }
    return false;
}

/* Nobody uses what he does not have: an active day tells of the account before it was recorded, but not of one that had
 * ended by then. */
static bool had_by(const struct view *v, const struct person *p, const struct account *a, cv_day day)
{
    struct view_days room;
    if (a->issued == CV_NO_DAY || a->issued <= day)
        return true;
    if (ended_by(p, a->system, day))
        return false;
    struct dom_active days = view_active_of(v, p, a->system, &room);
    bool older = days.older && day >= view_activity_from(v) - 1; /* than all that is kept, not than the day */
    return days.first != CV_NO_DAY && (days.first <= day || older);
}

static bool began_by(const struct account *a, cv_day day)
{
    return a->since == 0 || cv_day_of((cv_moment)a->since) <= day;
}

/* A part of one day is within no day's end, and follows nothing. */
static const struct account_span *span_to(const struct person *p, unsigned system, cv_day day, bool ends)
{
    for (size_t i = 0; i < p->spans; i++) {
        const struct account_span *s = &person_spans(p)[i];
        cv_day to = span_end(s);
        bool part = s->from != CV_NO_DAY && s->days == 0;
        if (s->system == system && !part && (ends ? to == day : dom_day_within(s->from, to, day)))
            return s;
    }
    return NULL;
}

static enum dom_stand stands(const struct view *v, const struct person *p, const struct account *a)
{
    const char *reason =
        a->observed == DOM_TEMP_LOCKED ? view_word_text(&v->words, view_account_more(p, a).reason) : NULL;
    return dom_stand_of((enum dom_observed)a->observed, reason);
}

/* False: it did not count as issued at the end of the day. */
static bool stood_on(const struct view *v, const struct person *p, const struct account *a, cv_day day, cv_day today,
                     enum dom_stand *out)
{
    bool over = day < today;
    const struct account_span *s = over && p->spans > 0 ? span_to(p, a->system, day, false) : NULL;
    *out = s ? (enum dom_stand)s->how : DOM_STOOD_ISSUED;
    if (s)
        return true;
    if (!dom_counts_issued((enum dom_observed)a->observed) || (over && !had_by(v, p, a, day)))
        return false;
    if (!over || began_by(a, day))
        *out = stands(v, p, a);
    return true;
}

/* Systems, of those that count as issued. */
struct stood {
    uint16_t active, idle;
};

static void tally_accounts(const struct view *v, const struct view_basis *b, const struct person *p, cv_day day,
                           struct tally *t, struct stood *out)
{
    *out = (struct stood){0};
    for (size_t i = 0; i < p->accounts; i++) {
        const struct account *a = &person_accounts(p)[i];
        uint16_t bit = (uint16_t)(1u << a->system);
        enum dom_stand how;
        if (!stood_on(v, p, a, day, b->day, &how))
            continue;
        t->issued |= bit;
        t->locked |= how == DOM_STOOD_LOCKED || how == DOM_STOOD_IDLE ? bit : 0;
        out->active |= how == DOM_STOOD_ACTIVE ? bit : 0;
        out->idle |= how == DOM_STOOD_IDLE ? bit : 0;
    }
}

cv_day view_issued_on(const struct person *p, const struct account *a, cv_day day)
{
    const struct account_span *s = span_to(p, a->system, day, false), *before;
    bool now = dom_counts_issued((enum dom_observed)a->observed) && (a->issued == CV_NO_DAY || a->issued <= day);
    if (now || s == NULL)
        return a->issued;
    while (s->from != CV_NO_DAY && (before = span_to(p, a->system, s->from, true)) != NULL)
        s = before;
    return s->from;
}

static bool goes_on(const struct person *p, const struct account *a, cv_day day)
{
    bool now = dom_counts_issued((enum dom_observed)a->observed) && (a->issued == CV_NO_DAY || a->issued <= day);
    return now || span_to(p, a->system, day, false) != NULL;
}

cv_day view_ended_in(const struct person *p, const struct account *a, struct view_window window)
{
    cv_day last = CV_NO_DAY;
    for (size_t i = 0; i < p->spans; i++) {
        const struct account_span *s = &person_spans(p)[i];
        cv_day to = span_end(s);
        if (s->system == a->system && to >= window.from && to <= window.to && (last == CV_NO_DAY || to > last) &&
            !goes_on(p, a, to))
            last = to;
    }
    return last;
}

/* ---- use ---- */
bool view_idle(const struct view *v, const struct person *p, const struct account *a, cv_day day)
{
    enum dom_stand how;
    return stood_on(v, p, a, day, atomic_load(&v->day), &how) && how == DOM_STOOD_IDLE;
}

static void note_verdict(struct tally *t, uint16_t bit, const struct dom_use_verdict *said)
{
    t->ever |= said->ever ? bit : 0;
    t->never |= said->never ? bit : 0;
    t->too_new |= said->too_new ? bit : 0;
    for (int w = 0; w < WINDOWS; w++) {
        t->used[w] |= said->used >> w & 1 ? bit : 0;
        t->regular[w] |= said->regular >> w & 1 ? bit : 0;
    }
}

static void tally_use(const struct view *v, const struct view_basis *b, const struct person *p,
                      const struct view_window *special, cv_day day, uint16_t idle, struct tally *t)
{
    int length = special ? special->to - special->from + 1 : 0;
    const int *lengths = special ? &length : view_window_days;
    for (size_t i = 0; i < p->accounts; i++) {
        const struct account *a = &person_accounts(p)[i];
        struct dom_use_verdict said;
        struct dom_system space;
        struct view_days room;
        if (!(t->issued >> a->system & 1))
            continue;
        struct dom_active days = view_active_of(v, p, a->system, &room);
        struct dom_use_case at = {.rule = &dom_system_on(&b->systems[a->system].s, day, &space)->activity,
                                  .issued_on = view_issued_on(p, a, day),
                                  .data_from = v->systems[a->system].data_from,
                                  .idle = idle >> a->system & 1,
                                  .day = day,
                                  .once = special != NULL};
        dom_use_judge(&at, &days, lengths, special ? 1 : WINDOWS, &said);
        note_verdict(t, (uint16_t)(1u << a->system), &said);
        ahead(said.next_day, day, &t->next_day);
    }
}

static bool had_password(const struct person *p, cv_day day)
{
    bool now = p->credential_set && (p->credential_on == CV_NO_DAY || p->credential_on <= day);
    return now || (p->spans > 0 && span_to(p, SPAN_PASSWORD, day, false) != NULL);
}

/* A directory system knows one credential of the person, others report themselves that an account is in use. Whoever
 * used it has activated it. */
static uint16_t activated_of(const struct view *v, const struct view_basis *b, const struct person *p, cv_day day,
                             uint16_t active, const struct tally *t)
{
    uint16_t activated = t->ever;
    bool own = had_password(p, day);
    for (unsigned s = 0; s < v->system_count; s++) {
        bool directory = !b->systems[s].known || b->systems[s].s.kind == DOM_DIRECTORY;
        if (directory ? own : (active >> s & 1))
            activated |= (uint16_t)(1u << s);
    }
    return activated & t->issued;
}

static void tally_posts(const struct view *v, const struct view_basis *b, const struct person *p,
                        const struct post *home, cv_day day, struct tally *t)
{
    const struct post *posts = person_posts(p);
    if (home)
        t->home = home->unit;
    for (size_t i = 0; i < p->posts; i++) {
        if (&posts[i] != home && !view_post_in_force(&posts[i], day))
            continue;
        t->required |= required_by_post(v, b, (enum dom_category)t->category, &posts[i], day);
        if (!posts[i].primary && posts[i].kind == DOM_BIET_PHAI && posts[i].unit != t->home)
            t->hosts |= (uint16_t)(1u << i);
    }
}

static uint8_t post_flags(const struct person *p)
{
    const struct post *posts = person_posts(p);
    uint8_t flags = p->posts > 0 ? T_POSTED : 0;
    for (size_t i = 1; i < p->posts; i++)
        flags |= posts[i].unit != posts[0].unit ? T_SEVERAL : 0;
    return flags;
}

/* Somebody who is away and comes back on a day to come. */
static bool comes_back(const struct person *p, const struct post *home, cv_day day)
{
    if (view_post_in_force(home, day))
        return false;
    for (size_t i = 0; i < p->posts; i++) {
        const struct post *post = &person_posts(p)[i];
        if (post->primary && post != home && post->from != CV_NO_DAY && post->from > day)
            return true;
    }
    return false;
}

uint16_t view_required_as(const struct view *v, const struct person *p, enum dom_category category, cv_day day)
{
    const struct view_basis now = view_basis_now(v);
    const struct post *home = view_home_on(p, day);
    uint16_t required = 0;
    for (size_t i = 0; i < p->posts; i++) {
        const struct post *post = &person_posts(p)[i];
        if (post == home || view_post_in_force(post, day))
            required |= required_by_post(v, &now, category, post, day);
    }
    return required;
}

struct tally view_tally_of(const struct view *v, const struct person *p, const struct view_window *special)
{
    const struct view_basis now = view_basis_now(v);
    return view_tally_on(v, &now, p, special);
}

struct tally view_tally_on(const struct view *v, const struct view_basis *b, const struct person *p,
                           const struct view_window *special)
{
    cv_day day = special ? special->to : b->day;
    struct tally t = {.home = NONE,
                      .next_day = special ? NO_DAY_AHEAD : next_change(p, day),
                      .status = DOM_DEPARTED,
                      .category = (uint8_t)view_category_on(p, day) & 15u,
                      .flags = post_flags(p)};
    struct thin thin;
    struct stood stood;
    const struct post *home = view_home_on(p, day);
    tally_posts(v, b, p, home, day, &t);
    tally_accounts(v, b, p, day, &t, &stood);
    tally_use(v, b, p, special, day, stood.idle, &t);
    t.activated = activated_of(v, b, p, day, stood.active, &t);
    if (t.home == NONE)
        return t;
    make_thin(p, home, day, &thin);
    t.status = (uint8_t)dom_status_on(&thin.staff, day);
    if (t.status != DOM_DEPARTED && comes_back(p, home, day))
        t.status = DOM_PENDING;
    if (!dom_recorded_on(&thin.staff, day)) {
        t.hosts = 0;
        return t;
    }
    t.flags |= T_RECORDED;
    if (t.hosts)
        t.flags |= T_SECONDED_OUT;
    if (thin.staff.leave_count > 0 && dom_leave_is_long(&thin.leave))
        t.flags |= absence_on(p, day)->decided ? T_LONG_LEAVE : T_LONG_LEAVE | T_UNDECIDED;
    uint16_t has = 0;
    for (size_t i = 0; i < p->accounts; i++)
        has |= (uint16_t)(1u << person_accounts(p)[i].system);
    if (t.required & ~has)
        t.flags |= T_LACKING;
    return t;
}

/* ---- into figures ---- */
static void add_system(const struct tally *t, unsigned system, int sign, int32_t *s)
{
    bool away = t->flags & T_LONG_LEAVE, issued = t->issued >> system & 1;
    s[S_ELIGIBLE] += sign;
    s[S_ON_LEAVE] += away ? sign : 0;
    s[S_ISSUED] += issued ? sign : 0;
    s[S_LOCKED] += t->locked >> system & 1 ? sign : 0;
    s[S_ACTIVATED] += t->activated >> system & 1 ? sign : 0;
    s[S_TOO_NEW] += t->too_new >> system & 1 ? sign : 0;
    s[S_NEVER_USED] += issued && (t->never >> system & 1) ? sign : 0;
    for (int w = 0; w < WINDOWS; w++) {
        bool used = t->used[w] >> system & 1;
        s[S_USED + w] += used ? sign : 0;
        s[S_REGULAR + w] += t->regular[w] >> system & 1 ? sign : 0;
        s[S_LEAVE_UNUSED + w] += away && !used ? sign : 0;
    }
}

void view_tally_add(const struct tally *t, int sign, int32_t *figures)
{
    if (!(t->flags & T_RECORDED))
        return;
    figures[F_RECORDED_BY + t->category] += sign;
    figures[F_RECORDED] += sign;
    figures[F_SECONDED_OUT] += t->flags & T_SECONDED_OUT ? sign : 0;
    figures[F_ELIGIBLE_PEOPLE] += t->required ? sign : 0;
    figures[F_COMPLETE] += t->required && (t->required & ~t->issued) == 0 ? sign : 0;
    for (unsigned s = 0; (t->required | t->issued) >> s; s++)
        if (t->required >> s & 1)
            add_system(t, s, sign, &figures[view_figure_of(s, 0)]);
        else if (t->issued >> s & 1)
            figures[view_figure_of(s, S_ISSUED_BEYOND)] += sign;
}
