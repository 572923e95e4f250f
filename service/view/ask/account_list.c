/* Lists of accounts: people in their order, and within a person by slug. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

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
    const struct person *last; /* of the last row taken */
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

static void write_position(struct accounts *a)
{
    size_t len, slug;
    const struct view_account_row *row = &a->out->items[a->out->count - 1];
    const void *position = view_position_write(a->arena, a->last, VIEW_BY_GIVEN_NAME, &len);
    slug = strlen(row->account.system) + 1;
    uint8_t *next = cv_arena_alloc(a->arena, slug + len);
    memcpy(next, row->account.system, slug);
    memcpy(next + slug, position, len);
    a->out->next = next;
    a->out->next_len = slug + len;
}

/* Of use that nobody reports nothing is said. */
static bool inactive_since(const struct accounts *a, const struct person *p, const struct account *account)
{
    cv_day last = view_last_active(a->v, p, account);
    return a->v->systems[account->system].s.activity.reported &&
           dom_counts_issued((enum dom_observed)account->observed) &&
           (last == CV_NO_DAY || last < a->q->last_active_before);
}

static bool account_matches(const struct accounts *a, const struct person *p, const struct account *account)
{
    return (a->system < 0 || account->system == a->system) &&
           (a->q->states == 0 || a->q->states >> account->observed & 1) &&
           (!a->q->drift_only || view_drifts(p, account)) &&
           (!a->q->failed_only || view_account_more(p, account).attempts > 0) &&
           (a->q->last_active_before == 0 || inactive_since(a, p, account));
}

/* -1 before the position, 0 the same person, 1 behind it */
static int side(const struct accounts *a, const struct person *p)
{
    return a->has_after ? view_position_order(p, VIEW_BY_GIVEN_NAME, &a->after) : 1;
}

/* False when the page is full and nothing is left to count. */
static bool take_row(struct accounts *a, uint32_t slot, const struct account *account)
{
    if (a->out->count == a->q->page_size) {
        if (a->out->next == NULL && a->out->count > 0)
            write_position(a);
        return a->q->want_total;
    }
    struct view_account_row *row = &a->out->items[a->out->count++];
    view_fill_staff(a->v, slot, false, a->arena, &row->staff);
    view_fill_account(a->v, slot, account, a->arena, &row->account);
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
        if (behind && !take_row(a, slot, account))
            return false;
    }
    return true;
}

static int in_order(const void *x, const void *y, void *ctx)
{
    const struct view *v = ctx;
    return view_person_order(v->people[*(const uint32_t *)x], v->people[*(const uint32_t *)y]);
}

/* Where the position lies among people in order: what is before it is only counted. */
static size_t first_of_interest(const struct accounts *a, const struct view_slots *people)
{
    size_t low = 0, high = a->has_after && !a->q->want_total ? people->count : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (side(a, a->v->people[people->items[mid]]) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void walk(struct accounts *a)
{
    uint32_t top = a->f.unit ? a->f.unit : a->f.scope;
    struct view_slots branch = {0};
    const struct view_slots *people = &a->v->order;
    if (top != 0) {
        view_people_below(a->v, top, a->f.recursive, &branch);
        if (branch.count > 1)
            qsort_r(branch.items, branch.count, sizeof(uint32_t), in_order, (void *)a->v);
        people = &branch;
    }
    for (size_t i = first_of_interest(a, people); i < people->count; i++)
        if (view_match(a->v, &a->f, people->items[i]) && !take_person(a, people->items[i]))
            break;
    free(branch.items);
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
        walk(&a);
        *out = page;
    }
    view_leave(v);
    return ok;
}
