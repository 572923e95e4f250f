/* Coverage of a branch: read off the kept figures, or added up from the people when only some categories or another
 * window are asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { ALL_CATEGORIES = (1u << DOM_CATEGORIES) - 1 };

struct answer {
    const struct view *v;
    const struct view_coverage_query *q;
    uint32_t categories;
    struct view_slice slice;
    bool kept; /* the figures as they are kept answer it */
    unsigned systems[DOM_SYSTEMS_MAX];
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
            out->by_category[c] = 0;
        else if (h->by_category[c] < 0)
            return NULL;
        out->total += out->by_category[c];
    }
    return out;
}

static void add_member(const struct answer *a, uint32_t slot, const struct person *p, int32_t *out)
{
    struct tally space;
    const struct tally *t = view_tally_in(a->v, p, &a->slice, &space);
    if (t->home == slot)
        view_tally_add(p, t, 1, out);
    for (size_t post = 0; t->hosts >> post; post++)
        out[F_SECONDED_IN] += (t->hosts >> post & 1) && person_posts(p)[post].unit == slot;
}

static void add_some(const struct answer *a, uint32_t slot, int32_t *out)
{
    const struct unit *u = a->v->units[slot];
    struct dom_headcount part;
    const struct dom_headcount *h = headcount_of(a, u);
    for (size_t i = 0; i < u->members.count; i++) {
        const struct person *p = a->v->people[u->members.items[i]];
        if (a->categories >> p->category & 1u)
            add_member(a, slot, p, out);
    }
    if (a->categories != ALL_CATEGORIES)
        h = part_of(h, a->categories, &part);
    view_derive_for(a->v, slot, a->slice.window.to, h, a->categories, out);
}

static void own_figures(const struct answer *a, uint32_t slot, struct view_figures *out)
{
    *out = (struct view_figures){{0}};
    if (a->kept)
        memcpy(out->at, a->v->units[slot]->own, (size_t)view_figures_used(a->v) * sizeof(out->at[0]));
    else
        add_some(a, slot, out->at);
}

static void branch_figures(const struct answer *a, uint32_t slot, struct view_figures *out)
{
    const struct unit *u = a->v->units[slot];
    struct view_figures part;
    int used = view_figures_used(a->v);
    if (a->kept) {
        *out = (struct view_figures){{0}};
        memcpy(out->at, u->sum, (size_t)used * sizeof(out->at[0]));
        return;
    }
    own_figures(a, slot, out);
    for (size_t i = 0; i < u->children.count; i++) {
        branch_figures(a, u->children.items[i], &part);
        for (int f = 0; f < used; f++)
            out->at[f] += part.at[f];
    }
}

/* ---- rows ---- */
static void put_people(const struct view_figures *f, struct dom_counts *c)
{
    c->headcount = f->at[F_HEADCOUNT];
    c->declared_units = f->at[F_DECLARED];
    c->recorded = f->at[F_RECORDED];
    c->undeclared_units = f->at[F_UNDECLARED];
    c->undeclared_recorded = f->at[F_UNDECLARED_RECORDED];
    c->complete_people = f->at[F_COMPLETE];
    c->eligible_people = f->at[F_ELIGIBLE_PEOPLE];
    c->seconded_in = f->at[F_SECONDED_IN];
    c->seconded_out = f->at[F_SECONDED_OUT];
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

static void add_system(const struct answer *a, size_t at, const struct view_figures *f, struct view_coverage_row *row)
{
    const int32_t *s = &f->at[view_figure_of(a->systems[at], 0)];
    struct dom_counts *c = &row->counts;
    c->unrecorded += s[S_UNRECORDED];
    c->over_recorded += s[S_OVER];
    c->eligible += s[S_ELIGIBLE];
    c->issued += s[S_ISSUED];
    c->locked += s[S_LOCKED];
    c->on_long_leave += s[S_ON_LEAVE];
    add_use(a, at, s, row);
}

static struct view_coverage_row *next_row(struct answer *a)
{
    if (a->count == a->cap) {
        size_t cap = a->cap ? a->cap * 2 : 64;
        struct view_coverage_row *more = CV_NEWS(a->arena, struct view_coverage_row, cap);
        if (a->count)
            memcpy(more, a->rows, a->count * sizeof(*more));
        a->rows = more;
        a->cap = cap;
    }
    return &a->rows[a->count++];
}

static void put_rows(struct answer *a, uint32_t slot, enum view_row_kind kind, int depth, const struct view_figures *f)
{
    const struct dom_headcount *own = headcount_of(a, a->v->units[slot]);
    struct view_coverage_row row = {.kind = kind,
                                    .depth = depth,
                                    .headcount_on = own ? own->on : CV_NO_DAY,
                                    .used_known = true,
                                    .regular_known = true,
                                    .activation_known = true};
    view_fill_unit(a->v, slot, a->arena, &row.unit);
    put_people(f, &row.counts);
    for (int c = 0; c < DOM_CATEGORIES; c++)
        row.headcount_by_category[c] = f->at[F_DECLARED_BY + c] ? f->at[F_HEADCOUNT_BY + c] : -1;
    for (size_t r = 0; r < a->per_unit; r++) {
        struct view_coverage_row *out = next_row(a);
        *out = row;
        bool single = a->per_unit > 1 || (!a->q->required && a->system_count == 1);
        if (single)
            out->system = cv_arena_strdup(a->arena, a->v->systems[a->systems[r]].slug);
        for (size_t s = single ? r : 0; s < (single ? r + 1 : a->system_count); s++)
            add_system(a, s, f, out);
    }
}

static bool has_anything(const struct view_figures *f)
{
    for (int i = 0; i < FIGURES; i++) /* what is not in use is zero */
        if (f->at[i] != 0)
            return true;
    return false;
}

static void put_below(struct answer *a, uint32_t slot, int depth)
{
    const struct unit *u = a->v->units[slot];
    struct view_figures f;
    if (depth > a->q->depth || u->children.count == 0)
        return;
    own_figures(a, slot, &f);
    if (has_anything(&f))
        put_rows(a, slot, VIEW_ROW_OWN, depth, &f);
    for (size_t i = 0; i < u->children.count; i++) {
        uint32_t child = u->children.items[i];
        branch_figures(a, child, &f);
        if (!a->v->units[child]->known)
            continue;
        put_rows(a, child, VIEW_ROW_UNIT, depth, &f);
        put_below(a, child, depth + 1);
    }
}

/* ---- the question ---- */
static bool choose_systems(struct answer *a, struct cv_error *err)
{
    const struct view_coverage_query *q = a->q;
    if (q->system_count == 0)
        a->system_count = view_systems_sorted(a->v, a->systems);
    for (size_t i = 0; i < q->system_count && i < DOM_SYSTEMS_MAX; i++) {
        int slot = view_system_known(a->v, q->systems[i]);
        if (slot < 0)
            return cv_fail(err, cvp_system_not_found, "system", "Không có hệ thống \"%s\"", "There is no system \"%s\"",
                           q->systems[i]);
        a->systems[a->system_count++] = (unsigned)slot;
    }
    a->per_unit = q->by_system && !q->required ? a->system_count : 1;
    return true;
}

static void describe_systems(struct answer *a, struct view_coverage *out)
{
    out->systems = CV_NEWS(a->arena, struct view_system_usage, a->system_count + 1);
    out->system_count = a->system_count;
    for (size_t i = 0; i < a->system_count; i++) {
        a->usage[i] = view_usage_of(a->v, a->systems[i], &a->slice);
        a->usage[i].system = cv_arena_strdup(a->arena, a->v->systems[a->systems[i]].slug);
        out->systems[i] = a->usage[i];
    }
}

static void put_all(struct answer *a, uint32_t slot, struct view_coverage *out)
{
    struct view_figures f;
    *out = (struct view_coverage){.window = a->slice.window, .as_of = a->v->changed_at};
    snprintf(out->unit_tree, sizeof out->unit_tree, "%016llx", (unsigned long long)a->v->tree_print);
    describe_systems(a, out);
    if (a->q->recursive)
        branch_figures(a, slot, &f);
    else
        own_figures(a, slot, &f);
    put_rows(a, slot, VIEW_ROW_TOTAL, 0, &f);
    if (a->q->by_unit && a->q->recursive)
        put_below(a, slot, 1);
    out->rows = a->rows;
    out->count = a->count;
}

bool view_coverage(const struct view *v, const struct view_coverage_query *q, struct cv_arena *arena,
                   struct view_coverage *out, struct cv_error *err)
{
    struct answer a = {
        .v = v, .q = q, .arena = arena, .categories = q->categories ? q->categories & ALL_CATEGORIES : ALL_CATEGORIES};
    if (!view_enter(v, err))
        return false;
    uint32_t slot = view_unit_slot_of(v, q->unit);
    bool found = slot != NONE && view_below(v, slot, view_scope_slot(v, q->scope));
    bool ok = found ? choose_systems(&a, err) && view_slice_of(v, q->window, &a.slice, err) : view_no_unit(err);
    a.kept = !a.slice.special && a.categories == ALL_CATEGORIES;
    if (ok)
        put_all(&a, slot, out);
    view_leave(v);
    return ok;
}
