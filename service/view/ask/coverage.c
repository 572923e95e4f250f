/* Coverage of a branch: read off the kept figures, or added up from the people when only some categories or another
 * window are asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

enum { ALL_CATEGORIES = (1u << DOM_CATEGORIES) - 1 };

enum { FEW = 8 };              /* of a branch with less than 1/FEW of all people a period is added up on the spot */
enum { TRIES = 3, AHEAD = 8 }; /* the latter: people */

/* Figures of a branch, worked out: for each unit its own and its sum. */
struct worked {
    struct view_slots tree;
    uint32_t *place; /* of a unit's slot in the tree */
    int32_t *figures;
    int used;
};

struct answer {
    const struct view *v;
    const struct view_coverage_query *q;
    uint32_t categories;
    struct view_slice slice;
    bool kept;              /* the figures as they are kept answer it */
    struct view_tree *then; /* of the window's last day */
    struct worked worked;
    unsigned systems[DOM_SYSTEMS_MAX];
    const char *slugs[DOM_SYSTEMS_MAX]; /* of those, once a row names it */
    struct view_system_usage usage[DOM_SYSTEMS_MAX];
    size_t system_count, per_unit; /* rows of one unit */
    struct cv_arena *arena;
    struct view_coverage_row *rows;
    size_t count, cap;
};

/* ---- figures of one unit or branch ---- */
static const struct dom_headcount *headcount_of(const struct answer *a, const struct unit *u)
{
    cv_day day = a->slice.window.to;
    return u->known && view_unit_active(u, day) ? dom_headcount_on(&u->u, day) : NULL;
}

/* The declared figure of some categories: only where each of them is declared. */
static const struct dom_headcount *part_of(const struct dom_headcount *h, uint32_t categories,
                                           struct dom_headcount *out)
{
    if (h == NULL || !h->has_categories)
        return NULL;
    *out = *h;
    out->total = 0;
    for (int c = 0; c < DOM_CATEGORIES; c++) {
        if (!(categories >> c & 1u))
            out->by_category[c] = -1;
        else if (h->by_category[c] < 0)
            return NULL;
        out->total += out->by_category[c] > 0 ? out->by_category[c] : 0;
    }
    return out;
}

static void add_member(const struct answer *a, uint32_t slot, uint32_t member, int32_t *out)
{
    struct tally space;
    const struct person *p = a->v->people[member];
    const struct tally *t = view_tally_in(a->v, member, &a->slice, &space);
    if (t->home == slot)
        view_tally_add(t, 1, out);
    for (size_t post = 0; t->hosts >> post; post++)
        out[F_SECONDED_IN] += (t->hosts >> post & 1) && person_posts(p)[post].unit == slot;
}

static void add_members(const struct answer *a, uint32_t slot, int32_t *out)
{
    const struct unit *u = a->v->units[slot];
    for (size_t i = 0; i < u->members.count; i++) {
        if (i + AHEAD < u->members.count)
            __builtin_prefetch(a->v->people[u->members.items[i + AHEAD]]);
        uint32_t member = u->members.items[i];
        if (a->categories >> view_category_on(a->v->people[member], a->slice.window.to) & 1u)
            add_member(a, slot, member, out);
        view_moves_add(a->v->people[member], slot, view_moves_from(u, a->slice.window.to), a->slice.window.to, 1, out);
    }
}

static void derive(const struct answer *a, uint32_t slot, int32_t *out)
{
    struct dom_headcount part;
    const struct dom_headcount *h = headcount_of(a, a->v->units[slot]);
    if (a->categories != ALL_CATEGORIES)
        h = part_of(h, a->categories, &part);
    view_derive_for(a->v, a->then, slot, a->slice.window.to, h, a->categories, out);
}

/* ---- a branch that is not kept ---- */
static void free_worked(struct worked *w)
{
    free(w->tree.items);
    free(w->place);
    free(w->figures);
    *w = (struct worked){0};
}

static int32_t *worked_own(const struct worked *w, uint32_t at)
{
    return w->figures + (size_t)at * 2 * (size_t)w->used;
}

static void prepare_branch(const struct view *v, const struct view_tree *then, uint32_t top, struct worked *w)
{
    *w = (struct worked){.used = view_figures_used(v)};
    view_subtree_then(v, then, top, &w->tree);
    w->place = view_must(malloc(v->unit_count * sizeof(uint32_t)));
    w->figures = view_must(calloc(w->tree.count * 2 * (size_t)w->used, sizeof(int32_t)));
    for (size_t i = 0; i < w->tree.count; i++)
        w->place[w->tree.items[i]] = (uint32_t)i;
}

static void add_to_parents(const struct view *v, const struct view_tree *then, struct worked *w)
{
    size_t used = (size_t)w->used;
    for (size_t i = w->tree.count; i-- > 0;) { /* children before parents */
        int32_t *own = worked_own(w, (uint32_t)i), *sum = own + used;
        for (size_t f = 0; f < used; f++)
            sum[f] += own[f];
        if (i == 0)
            return;
        int32_t *above = worked_own(w, w->place[view_parent_then(v, then, w->tree.items[i])]) + used;
        for (size_t f = 0; f < used; f++)
            above[f] += sum[f];
    }
}

/* From the period when there is one. */
static void work_out(const struct answer *a, uint32_t top, const struct view_period *period, struct worked *w)
{
    prepare_branch(a->v, a->then, top, w);
    for (uint32_t i = 0; i < w->tree.count; i++) {
        uint32_t slot = w->tree.items[i];
        int32_t *own = worked_own(w, i);
        if (period)
            memcpy(own, view_period_own(period, slot), (size_t)w->used * sizeof(*own));
        else
            add_members(a, slot, own);
        derive(a, slot, own);
    }
    add_to_parents(a->v, a->then, w);
}

static const int32_t *figures_at(const struct answer *a, uint32_t slot, bool branch)
{
    const struct unit *u = a->v->units[slot];
    if (a->kept)
        return branch ? u->sum : u->own;
    return worked_own(&a->worked, a->worked.place[slot]) + (branch ? a->worked.used : 0);
}

/* ---- rows ---- */
static void put_people(const int32_t *f, struct dom_counts *c)
{
    c->headcount = f[F_HEADCOUNT];
    c->carried = f[F_CARRIED];
    c->declared_units = f[F_DECLARED];
    c->recorded = f[F_RECORDED];
    c->undeclared_units = f[F_UNDECLARED];
    c->undeclared_recorded = f[F_UNDECLARED_RECORDED];
    c->complete_people = f[F_COMPLETE];
    c->eligible_people = f[F_ELIGIBLE_PEOPLE];
    c->seconded_in = f[F_SECONDED_IN];
    c->seconded_out = f[F_SECONDED_OUT];
}

/* Without a living source nothing is said of use, and everybody issued is unknown. */
static void add_use(const struct answer *a, size_t at, const int32_t *s, struct view_coverage_row *row)
{
    struct dom_counts *c = &row->counts;
    const struct view_system_usage *usage = &a->usage[at];
    int w = a->slice.slot;
    bool concerned = s[S_ELIGIBLE] > 0 || row->system;
    row->used_known &= !usage->stale || !concerned;
    row->regular_known &= usage->regular_known || !concerned;
    row->activation_known &= usage->activation_known || !concerned;
    c->activated += usage->activation_known ? s[S_ACTIVATED] : 0;
    if (usage->stale) {
        c->unknown += s[S_ISSUED];
        return;
    }
    c->used += s[S_USED + w];
    c->regular += usage->regular_known ? s[S_REGULAR + w] : 0;
    c->on_leave_unused += s[S_LEAVE_UNUSED + w];
    c->too_new += s[S_TOO_NEW];
    c->never_used += s[S_NEVER_USED];
}

static void add_system(const struct answer *a, size_t at, const int32_t *f, struct view_coverage_row *row)
{
    const int32_t *s = &f[view_figure_of(a->systems[at], 0)];
    struct dom_counts *c = &row->counts;
    c->unrecorded += s[S_UNRECORDED];
    c->over_recorded += s[S_OVER];
    c->eligible += s[S_ELIGIBLE];
    c->issued += s[S_ISSUED];
    c->issued_beyond += s[S_ISSUED_BEYOND];
    c->locked += s[S_LOCKED];
    c->on_long_leave += s[S_ON_LEAVE];
    add_use(a, at, s, row);
}

static void make_room(struct answer *a, size_t rows)
{
    struct view_coverage_row *more = CV_ROOM(a->arena, struct view_coverage_row, rows);
    if (a->count)
        memcpy(more, a->rows, a->count * sizeof(*more));
    a->rows = more;
    a->cap = rows;
}

static struct view_coverage_row *next_row(struct answer *a)
{
    if (a->count == a->cap)
        make_room(a, a->cap * 2);
    return &a->rows[a->count++];
}

/* What one level below the unit takes: most questions go no deeper, and rows are large. */
static size_t usual_rows(const struct answer *a, uint32_t slot)
{
    size_t below = a->q->by_unit && a->q->recursive ? view_children_then(a->v, a->then, slot)->count : 0;
    return (below + 2) * (a->per_unit > 0 ? a->per_unit : 1);
}

/* Nothing is said of days before a unit was written down, unless people or a declaration tell of them. */
static bool too_early(const struct answer *a, uint32_t slot, const int32_t *f)
{
    const struct unit *u = a->v->units[slot];
    return a->slice.special && u->known && u->u.created_at > 0 && f[F_RECORDED] == 0 && f[F_DECLARED] == 0 &&
           a->slice.window.to < cv_day_of(u->u.created_at);
}

/* Copied once for all rows. */
static const char *slug_of(struct answer *a, size_t at)
{
    if (a->slugs[at] == NULL)
        a->slugs[at] = cv_arena_strdup(a->arena, a->v->systems[a->systems[at]].slug);
    return a->slugs[at];
}

/* Of days before facts were kept with theirs nobody knows whose account was locked or whose password was his own. */
static void know_undated(const struct answer *a, struct view_coverage_row *row)
{
    row->locked_unknown = a->slice.window.to < a->v->dated_since && row->counts.issued > 0;
    row->activation_known &= !row->locked_unknown;
}

static void put_rows(struct answer *a, uint32_t slot, enum view_row_kind kind, int depth, const int32_t *f)
{
    const struct dom_headcount *own = headcount_of(a, a->v->units[slot]);
    struct view_coverage_row row = {.kind = kind,
                                    .depth = depth,
                                    .headcount_on = own ? own->on : CV_NO_DAY,
                                    .used_known = true,
                                    .regular_known = true,
                                    .activation_known = true,
                                    .not_recorded_yet = too_early(a, slot, f)};
    view_fill_row_unit(a->v, a->then, a->slice.window.to, slot, a->arena, &row.unit);
    put_people(f, &row.counts);
    for (int c = 0; c < DOM_CATEGORIES; c++)
        row.headcount_by_category[c] = f[F_DECLARED_BY + c] ? f[F_HEADCOUNT_BY + c] : -1;
    for (size_t r = 0; r < a->per_unit; r++) {
        struct view_coverage_row *out = next_row(a);
        *out = row;
        bool single = a->per_unit > 1 || (!a->q->required && a->system_count == 1);
        if (single)
            out->system = slug_of(a, r);
        for (size_t s = single ? r : 0; s < (single ? r + 1 : a->system_count); s++)
            add_system(a, s, f, out);
        know_undated(a, out);
    }
}

/* Whoever came or left since a headcount was declared is no figure of its own: it is in the headcount. */
static bool has_anything(const struct view *v, const int32_t *f)
{
    for (int i = 0; i < view_figures_used(v); i++)
        if (f[i] != 0 && (i < F_MOVED_BY || i >= F_MOVED_BY + DOM_CATEGORIES))
            return true;
    return false;
}

/* There on no day of the window, and nobody and nothing is left of it: no line of zeros for ever. */
static bool is_gone(const struct answer *a, uint32_t slot, const int32_t *f)
{
    const struct dom_unit *u = &a->v->units[slot]->u;
    bool ended = u->active_to != CV_NO_DAY && u->active_to <= a->slice.window.from,
         ahead = u->active_from != CV_NO_DAY && u->active_from > a->slice.window.to;
    return (ended || ahead) && !has_anything(a->v, f);
}

static void put_below(struct answer *a, uint32_t slot, int depth)
{
    const struct view_slots *children = view_children_then(a->v, a->then, slot);
    if (depth > a->q->depth || children->count == 0)
        return;
    if (has_anything(a->v, figures_at(a, slot, false)))
        put_rows(a, slot, VIEW_ROW_OWN, depth, figures_at(a, slot, false));
    for (size_t i = 0; i < children->count; i++) {
        uint32_t child = children->items[i];
        if (!a->v->units[child]->known || is_gone(a, child, figures_at(a, child, true)))
            continue;
        put_rows(a, child, VIEW_ROW_UNIT, depth, figures_at(a, child, true));
        put_below(a, child, depth + 1);
    }
}

/* ---- the question ---- */
/* Retired ones are shown to who asks for them by name. */
static size_t in_use(const struct view *v, cv_day day, unsigned *systems, size_t count)
{
    struct dom_system space;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!dom_system_on(&v->systems[systems[i]].s, day, &space)->retired)
            systems[kept++] = systems[i];
    return kept;
}

static bool choose_systems(struct answer *a, struct cv_error *err)
{
    const struct view_coverage_query *q = a->q;
    if (q->system_count == 0)
        a->system_count = in_use(a->v, a->slice.window.to, a->systems, view_systems_sorted(a->v, a->systems));
    for (size_t i = 0; i < q->system_count && i < DOM_SYSTEMS_MAX; i++) {
        int slot = view_system_known(a->v, q->systems[i]);
        if (slot < 0)
            return view_no_system(a->v, "system", q->systems[i], err);
        a->systems[a->system_count++] = (unsigned)slot;
    }
    a->per_unit = q->by_system && !q->required ? a->system_count : 1;
    return true;
}

/* Of the people whose home lies in the unit or below it. */
static size_t missing_below(const struct view *v, unsigned system, uint32_t top)
{
    const struct view_bits *lost = &v->systems[system].lost;
    size_t count = 0;
    for (uint32_t at = view_bits_next(lost, 0); at != NONE; at = view_bits_next(lost, at + 1)) {
        const struct post *home = view_home_on(v->people[at], atomic_load(&v->day));
        count += home != NULL && view_below(v, home->unit, top);
    }
    return count;
}

static void describe_systems(struct answer *a, uint32_t top, struct view_coverage *out)
{
    out->systems = CV_NEWS(a->arena, struct view_system_usage, a->system_count + 1);
    out->system_count = a->system_count;
    for (size_t i = 0; i < a->system_count; i++) {
        a->usage[i] = view_usage_of(a->v, a->systems[i], &a->slice);
        a->usage[i].missing_there = missing_below(a->v, a->systems[i], top);
        a->usage[i].system = cv_arena_strdup(a->arena, a->v->systems[a->systems[i]].slug);
        out->systems[i] = a->usage[i];
    }
}

/* What came behind midnight is counted in the figures of the old day while they stand. */
static cv_moment as_of(const struct view *v)
{
    cv_day day = atomic_load(&v->day);
    return cv_day_of(v->changed_at) > day ? cv_day_start(day + 1) - 1 : v->changed_at;
}

static void put_all(struct answer *a, uint32_t slot, struct view_coverage *out)
{
    *out = (struct view_coverage){.window = a->slice.window, .as_of = as_of(a->v)};
    snprintf(out->unit_tree, sizeof out->unit_tree, "%016llx",
             (unsigned long long)(a->then ? a->then->print : a->v->tree_print));
    describe_systems(a, slot, out);
    if (a->cap == 0)
        make_room(a, usual_rows(a, slot));
    put_rows(a, slot, VIEW_ROW_TOTAL, 0, figures_at(a, slot, a->q->recursive));
    if (a->q->by_unit && a->q->recursive)
        put_below(a, slot, 1);
    out->rows = a->rows;
    out->count = a->count;
}

/* Adding up a period takes long and lets others in, so the question's words are looked up anew behind it. */
static bool try_answer(struct answer *a, bool last, struct view_coverage *out, bool *out_again, struct cv_error *err)
{
    const struct view *v = a->v;
    uint32_t slot = view_unit_slot_of(v, a->q->unit);
    *out_again = false;
    a->system_count = a->count = 0;
    if (slot == NONE || !view_below(v, slot, view_scope_slot(v, a->q->scope)))
        return view_no_unit(a->v, err);
    if (!view_slice_of(v, a->q->window, &a->slice, err) || !choose_systems(a, err))
        return false;
    a->kept = !a->slice.special && a->categories == ALL_CATEGORIES;
    const struct view_period *period = a->kept ? NULL : view_period_of(v, &a->slice, a->categories);
    if (!a->kept && !period && !last && view_members_below(v, slot, true) >= v->known[PERSON] / FEW) {
        (void)view_period_add_up(v, &a->slice, a->categories);
        *out_again = true;
        return true;
    }
    a->then = a->slice.special ? view_tree_on(v, a->slice.window.to) : NULL;
    if (!a->kept)
        work_out(a, slot, period, &a->worked);
    put_all(a, slot, out);
    free_worked(&a->worked);
    view_tree_free(&a->then);
    return true;
}

bool view_coverage(const struct view *v, const struct view_coverage_query *q, struct cv_arena *arena,
                   struct view_coverage *out, struct cv_error *err)
{
    struct answer a = {
        .v = v, .q = q, .arena = arena, .categories = q->categories ? q->categories & ALL_CATEGORIES : ALL_CATEGORIES};
    bool again = true, ok = true;
    if (!view_enter(v, err))
        return false;
    for (int tries = 1; ok && again; tries++)
        ok = try_answer(&a, tries == TRIES, out, &again, err);
    view_leave(v);
    return ok;
}
