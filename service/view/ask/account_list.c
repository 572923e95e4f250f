/* Lists of accounts: people in their order, and within a person by slug. */
#include <stdlib.h>
#include <string.h>

#include "congvu/wish.h"
#include "view/ask/ask.h"

static const struct view_sorting by_name = {VIEW_BY_GIVEN_NAME, NULL};

enum { FEW = 8 };           /* a branch with less than 1/FEW of all people is sorted, else it is met along the order */
enum { AHEAD = 12 };        /* people fetched into the cache before their turn */
enum { AT_A_TIME = 10000 }; /* people along the order, until others get their turn */

struct accounts {
    const struct view *v;
    const struct view_account_query *q;
    struct view_filter f;
    int system;                 /* -1 = all */
    struct view_position after; /* the person of the last row ... */
    const char *after_slug;     /* ... and its system */
    bool has_after;
    struct cv_arena *arena;
    struct view_account_page *out;
    const struct person *last; /* of the last row taken, while nobody else had his turn; then: */
    const void *last_at;
    size_t last_len;
};

/* slug, zero, position of the person */
static void read_position(struct accounts *a)
{
    const uint8_t *bytes = a->q->after;
    const uint8_t *end = bytes ? memchr(bytes, 0, a->q->after_len) : NULL;
    if (end == NULL)
        return;
    a->has_after = view_position_read(end + 1, a->q->after_len - (size_t)(end + 1 - bytes), &a->after);
    a->after_slug = (const char *)bytes;
}

/* He may be gone when it is needed. */
static void keep_last(struct accounts *a)
{
    if (a->last)
        a->last_at = view_position_write(a->arena, a->last, by_name, &a->last_len);
    a->last = NULL;
}

static void write_position(struct accounts *a)
{
    const struct view_account_row *row = &a->out->items[a->out->count - 1];
    size_t slug = strlen(row->account.system) + 1;
    keep_last(a);
    uint8_t *next = cv_arena_alloc(a->arena, slug + a->last_len);
    memcpy(next, row->account.system, slug);
    memcpy(next + slug, a->last_at, a->last_len);
    a->out->next = next;
    a->out->next_len = slug + a->last_len;
}

/* Of use that nobody reports nothing is said. */
static bool inactive_since(const struct accounts *a, const struct person *p, const struct account *account)
{
    cv_day last = view_last_active(a->v, p, account);
    return a->v->systems[account->system].s.activity.reported &&
           dom_counts_issued((enum dom_observed)account->observed) &&
           (last == CV_NO_DAY || last < a->q->last_active_before);
}

static bool expires(const struct accounts *a, const struct person *p, const struct account *account)
{
    const struct certificate *c = view_certificate_of(p, account);
    return c != NULL && c->valid_to != CV_NO_DAY && c->valid_to < a->q->expires_before &&
           dom_counts_issued((enum dom_observed)account->observed);
}

static bool kept_elsewhere(const struct person *p, const struct account *account)
{
    const struct certificate *c = view_certificate_of(p, account);
    return c != NULL && c->serial != 0 && c->returned_on == CV_NO_DAY && !cv_id_is_zero(c->custodian);
}

static bool pending(const struct accounts *a, const struct person *p, const struct account *account)
{
    cv_moment since = account->since != 0 ? (cv_moment)account->since : CV_NO_MOMENT;
    const char *reason = view_word_text(&a->v->words, view_account_more(p, account).reason);
    enum dom_pending stage =
        dom_pending_of((enum dom_observed)account->observed, reason,
                       dom_activate_by(since, p->hired_on, a->q->activation_days), a->q->activation_warn, cv_today());
    return (a->q->pending >> stage & 1) != 0;
}

static bool account_matches(const struct accounts *a, const struct person *p, const struct account *account)
{
    return (a->system < 0 || account->system == a->system) &&
           (a->q->states == 0 || a->q->states >> account->observed & 1) &&
           (!a->q->drift_only || view_drifts(p, account)) &&
           (!a->q->failed_only || view_account_more(p, account).attempts > 0) &&
           (a->q->expires_before == 0 || expires(a, p, account)) && (a->q->pending == 0 || pending(a, p, account)) &&
           (!a->q->kept_elsewhere || kept_elsewhere(p, account)) &&
           (!a->q->ended || view_ended_in(p, account, a->q->ended_in) != CV_NO_DAY) &&
           (a->q->last_active_before == 0 || inactive_since(a, p, account));
}

/* -1 before the position, 0 the same person, 1 behind it */
static int side(const struct accounts *a, const struct person *p)
{
    return a->has_after ? view_position_order(p, by_name, &a->after) : 1;
}

/* False when the page is full and nothing is left to count. */
static bool take_row(struct accounts *a, uint32_t slot, size_t at)
{
    if (a->out->count == a->q->page_size) {
        if (a->out->next == NULL && a->out->count > 0)
            write_position(a);
        return a->q->want_total;
    }
    struct view_account_row *row = &a->out->items[a->out->count++];
    const struct person *kept = view_fill_staff(a->v, slot, false, a->arena, &row->staff);
    view_fill_account(a->v, slot, kept, at, a->arena, &row->account);
    if (a->q->ended)
        row->account.ended_on = view_ended_in(kept, &person_accounts(kept)[at], a->q->ended_in);
    a->last = a->v->people[slot];
    return true;
}

static bool take_person(struct accounts *a, uint32_t slot)
{
    const struct person *p = a->v->people[slot];
    int where = side(a, p);
    for (size_t i = 0; i < p->accounts; i++) {
        const struct account *account = &person_accounts(p)[i];
        if (!account_matches(a, p, account))
            continue;
        a->out->total++;
        bool behind = where > 0 || (where == 0 && strcmp(a->v->systems[account->system].slug, a->after_slug) > 0);
        if (behind && !take_row(a, slot, i))
            return false;
    }
    return true;
}

static int in_order(const void *x, const void *y, void *ctx)
{
    const struct view *v = ctx;
    return view_person_order(v->people[*(const uint32_t *)x], v->people[*(const uint32_t *)y]);
}

/* The first of people in order who is not before the position. */
static size_t first_from(const struct view *v, const struct view_slots *people, const struct view_position *at)
{
    size_t low = 0, high = people->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (view_position_order(v->people[people->items[mid]], by_name, at) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* What is before the position is only counted. */
static size_t first_of_interest(const struct accounts *a, const struct view_slots *people)
{
    return a->has_after && !a->q->want_total ? first_from(a->v, people, &a->after) : 0;
}

static bool has_any(const struct accounts *a, const struct person *p)
{
    size_t i = 0;
    while (i < p->accounts && !account_matches(a, p, &person_accounts(p)[i]))
        i++;
    return i < p->accounts;
}

/* Of a small branch whoever has a row at all, in order. */
static void collect(const struct accounts *a, uint32_t top, struct view_slots *out)
{
    size_t kept = 0;
    view_people_below(a->v, top, a->f.recursive, out);
    for (size_t i = 0; i < out->count; i++)
        if (view_match(a->v, &a->f, out->items[i]) && has_any(a, a->v->people[out->items[i]]))
            out->items[kept++] = out->items[i];
    out->count = kept;
    if (kept > 1)
        qsort_r(out->items, kept, sizeof(uint32_t), in_order, (void *)a->v);
}

static void fetch(const struct view *v, const struct view_slots *people, size_t i)
{
    if (i + AHEAD < people->count)
        __builtin_prefetch(&v->tallies[people->items[i + AHEAD]]);
    const struct person *soon = i + AHEAD / 2 < people->count ? v->people[people->items[i + AHEAD / 2]] : NULL;
    if (soon == NULL)
        return;
    __builtin_prefetch(&soon->accounts);
    __builtin_prefetch(soon->data);
}

static bool prepare(struct accounts *a, struct cv_error *err)
{
    const struct view_account_query *q = a->q;
    a->f = (struct view_filter){.updated_since = CV_NO_MOMENT, .recursive = q->recursive || !q->has_unit};
    a->f.scope = view_scope_slot(a->v, q->scope);
    a->f.unit = q->has_unit ? view_unit_slot_of(a->v, q->unit) : 0;
    if (q->has_unit && (a->f.unit == NONE || !view_below(a->v, a->f.unit, a->f.scope)))
        return view_no_unit(a->v, err);
    view_filter_place(a->v, &a->f, a->arena);
    a->system = q->system ? view_system_known(a->v, q->system) : -1;
    if (q->system && a->system < 0)
        return view_no_system(a->v, "system", q->system, err);
    return true;
}

/* Looks everything up anew; *at becomes the place of the first who was not looked at, or is a new one. */
static bool breathe(struct accounts *a, size_t *at, struct cv_error *err)
{
    struct view_position next;
    size_t len;
    const struct person *p = a->v->people[a->v->order.items[*at]];
    const void *position = view_position_write(a->arena, p, by_name, &len);
    keep_last(a);
    view_breathe(a->v);
    (void)view_position_read(position, len, &next);
    *at = first_from(a->v, &a->v->order, &next);
    return prepare(a, err);
}

/* To sort the people of a large branch took 300 ms of 200,000, for each page. */
static bool walk_order(struct accounts *a, struct cv_error *err)
{
    const struct view_slots *people = &a->v->order;
    size_t met = 0;
    for (size_t i = first_of_interest(a, people); i < people->count; i++) {
        if (++met % AT_A_TIME == 0 && !breathe(a, &i, err))
            return false;
        fetch(a->v, people, i);
        if (i < people->count && view_match(a->v, &a->f, people->items[i]) && !take_person(a, people->items[i]))
            break;
    }
    return true;
}

static void walk_branch(struct accounts *a, uint32_t top)
{
    struct view_slots people = {0};
    collect(a, top, &people);
    for (size_t i = first_of_interest(a, &people); i < people.count; i++)
        if (!take_person(a, people.items[i]))
            break;
    free(people.items);
}

static bool walk(struct accounts *a, struct cv_error *err)
{
    uint32_t top = a->f.unit ? a->f.unit : a->f.scope;
    if (top == 0 || view_members_below(a->v, top, a->f.recursive) >= a->v->order.count / FEW)
        return walk_order(a, err);
    walk_branch(a, top);
    return true;
}

bool view_account_list(const struct view *v, const struct view_account_query *q, struct cv_arena *arena,
                       struct view_account_page *out, struct cv_error *err)
{
    struct view_account_page page = {0};
    struct accounts a = {.v = v, .q = q, .arena = arena, .out = &page};
    if (!view_enter_people(v, err))
        return false;
    size_t most = v->known[PERSON] * DOM_SYSTEMS_MAX;
    bool ok = prepare(&a, err);
    if (ok) {
        page.items = CV_NEWS(arena, struct view_account_row, (q->page_size < most ? q->page_size : most) + 1);
        read_position(&a);
        ok = walk(&a, err);
        *out = page;
    }
    view_leave(v);
    return ok;
}
