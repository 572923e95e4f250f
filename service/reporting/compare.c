/* The period before, beside a report: as a final report has it, or counted now; and what makes the difference. */
#include "reporting/internal.h"

enum { PEOPLE_ARENA = 32 << 20 };

/* ---- its figures, where no final report has just these days ---- */

static bool wanted(const struct rep_report *r)
{
    bool any = false;
    for (size_t i = 0; i < r->sheet_count; i++)
        any |= !r->sheets[i].previous.given;
    return any;
}

/* What is counted person by person or unit by unit is not counted again for it. */
static struct rep_counts counts_before(const struct prov_freeze *f, const struct view_coverage_row *row)
{
    struct rep_counts c = prov_freeze_row(f, row).counts;
    c.revoked = c.category_left = c.leave_undecided = c.undeclared_eligible = REP_NONE;
    return c;
}

/* Nothing is compared with days of which facts were not kept with their day, or before the unit was written down. */
static void count_now(struct prov_call *call, struct rep_report *r, cv_day from, cv_day to)
{
    struct rep_report before = *r;
    struct prov_freeze f = {.call = call};
    struct cv_error none = {0};
    const char *slugs[DOM_SYSTEMS_MAX];
    before.from = from;
    before.to = to;
    if (to < view_dated_since(call->prov->options.view) || !prov_freeze_begin(&f, &before, &none))
        return;
    struct view_coverage_query q = prov_freeze_query(&f, &before, slugs);
    q.depth = 0;
    if (!view_coverage(call->prov->options.view, &q, call->arena, &f.coverage, &none))
        return;
    for (size_t i = 0; i < f.coverage.count && i < r->sheet_count; i++)
        if (!r->sheets[i].previous.given && !f.coverage.rows[i].not_recorded_yet)
            r->sheets[i].previous = (struct rep_previous){
                .given = true, .from = from, .to = to, .counts = counts_before(&f, &f.coverage.rows[i])};
}

bool prov_compare(struct prov_call *call, struct rep_report *r, cv_day from, cv_day to, struct cv_error *err)
{
    if (!prov_freeze_previous(call, r, from, to, err))
        return false;
    if (wanted(r))
        count_now(call, r, from, to);
    return true;
}

/* ---- what makes the difference ---- */

static void put(struct rep_previous *to, enum rep_why why, int reason, int32_t issued, int32_t base)
{
    if (issued != 0 || base != 0)
        to->causes[to->cause_count++] = (struct rep_cause){why, reason, issued, base};
}

static void put_left(struct rep_previous *to, const struct view_changes *found)
{
    struct view_pair_counts rest = found->causes[VIEW_LEFT].change;
    for (int i = 0; i < DOM_REASONS; i++) {
        const struct view_pair_counts *by = &found->left_by[i];
        put(to, REP_WHY_LEFT, i, by->issued, by->eligible);
        rest.issued -= by->issued;
        rest.eligible -= by->eligible;
    }
    put(to, REP_WHY_LEFT, -1, rest.issued, rest.eligible);
}

static void put_people(struct rep_previous *to, const struct view_changes *found)
{
    static const struct {
        enum view_cause cause;
        enum rep_why why;
    } all[] = {{VIEW_JOINED, REP_WHY_JOINED},
               {VIEW_MOVED_IN, REP_WHY_MOVED_IN},
               {VIEW_MOVED_OUT, REP_WHY_MOVED_OUT},
               {VIEW_REQUIRED, REP_WHY_REQUIRED},
               {VIEW_NOT_REQUIRED, REP_WHY_NOT_REQUIRED},
               {VIEW_ISSUED_NOW, REP_WHY_ISSUED},
               {VIEW_REVOKED_NOW, REP_WHY_REVOKED}};
    put_left(to, found);
    for (size_t i = 0; i < CV_COUNT(all); i++)
        put(to, all[i].why, -1, found->causes[all[i].cause].change.issued, found->causes[all[i].cause].change.eligible);
}

/* Of the base beside those who are recorded. */
static int32_t unrecorded(const struct rep_counts *c)
{
    return c->base - c->eligible;
}

/* Whatever no person explains was recorded when the figures of before were frozen already. */
static void put_rest(struct rep_previous *to, const struct rep_counts *now)
{
    int32_t issued = now->issued - to->counts.issued, base = now->base - to->counts.base;
    put(to, REP_WHY_UNRECORDED, -1, 0, unrecorded(now) - unrecorded(&to->counts));
    for (size_t i = 0; i < to->cause_count; i++) {
        issued -= to->causes[i].issued;
        base -= to->causes[i].base;
    }
    put(to, REP_WHY_LATER, -1, issued, base);
}

static bool is_known(const struct rep_counts *c)
{
    return c->issued != REP_NONE && c->base != REP_NONE && c->eligible != REP_NONE;
}

static void find_causes(const struct prov_freeze *f, const struct rep_report *r, struct rep_sheet *s)
{
    struct rep_previous *to = &s->previous;
    cv_auto_arena people = cv_arena_new(PEOPLE_ARENA);
    struct view_changes found;
    struct cv_error none = {0};
    const struct view_changes_query q = {.scope = f->call->scope,
                                         .unit = f->unit.id,
                                         .system = s->system,
                                         .categories = r->categories,
                                         .from = to->to,
                                         .to = f->window.to};
    if (people == NULL || !view_changes(f->call->prov->options.view, &q, people, &found, &none))
        return;
    to->causes = CV_NEWS(f->call->arena, struct rep_cause, REP_CAUSES_MAX);
    put_people(to, &found);
    put_rest(to, &s->rows[0].counts);
}

void prov_freeze_causes(const struct prov_freeze *f, struct rep_report *r)
{
    for (size_t i = 0; i < r->sheet_count; i++) {
        struct rep_sheet *s = &r->sheets[i];
        s->previous.causes = NULL;
        s->previous.cause_count = 0;
        if (s->previous.given && s->row_count > 0 && is_known(&s->rows[0].counts) && is_known(&s->previous.counts))
            find_causes(f, r, s);
    }
}
