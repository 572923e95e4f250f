/* What a report counts, and how lines add up. */
#include <string.h>

#include "report/internal.h"

const char *const rep_kind_words[] = {"coverage", "locked_accounts", "unused_accounts", "indicators", NULL};
const char *const rep_state_words[] = {"draft", "final", NULL};
const char *const rep_population_words[] = {"closing_day", "reconstructed", "dated", NULL};
const char *const rep_basis_words[] = {"recorded", "declared", NULL};
const char *const rep_calendar_words[] = {"civil", "admin", NULL};
const char *const rep_row_kind_words[] = {"total", "own", "unit", NULL};
const char *const rep_group_words[] = {"party", "offices", "communes", "services", NULL};
const char *const rep_stage_words[] = {"missing", "not_activated", "never_used", "unused", "locked", NULL};
const char *const rep_figure_words[] = {"issued", "activated", "used", "regular", NULL};
const char *const rep_why_words[] = {
    "joined",  "left",       "moved_in",       "moved_out", "became_required", "no_longer_required", "issued",
    "revoked", "unrecorded", "recorded_later", NULL};
_Static_assert(CV_COUNT(rep_why_words) == REP_WHYS + 1, "rep_why_words differs from its enum");
_Static_assert(CV_COUNT(rep_kind_words) == REP_KINDS + 1, "rep_kind_words differs from its enum");
_Static_assert(CV_COUNT(rep_stage_words) == REP_STAGES + 1, "rep_stage_words differs from its enum");
_Static_assert(CV_COUNT(rep_figure_words) == REP_FIGURES + 1, "rep_figure_words differs from its enum");
_Static_assert(CV_COUNT(rep_group_words) == REP_GROUPS + 1, "rep_group_words differs from its enum");

#define M(name)                                                                                                        \
    {                                                                                                                  \
#name, offsetof(struct rep_counts, name)                                                                       \
    }
const struct rep_member rep_members[] = {
    M(headcount),
    M(recorded),
    M(unrecorded),
    M(over_recorded),
    M(undeclared_units),
    M(undeclared_recorded),
    M(eligible),
    M(issued),
    M(activated),
    M(used),
    M(regular),
    M(too_new),
    M(never_used),
    M(unknown),
    M(on_long_leave),
    M(on_leave_unused),
    M(locked),
    M(revoked),
    M(seconded_in),
    M(seconded_out),
    M(category_left),
    M(leave_undecided),
    M(undeclared_eligible),
    M(issued_beyond),
    M(base),
    M(usage_base),
};
#undef M
const size_t rep_member_count = CV_COUNT(rep_members);
_Static_assert(CV_COUNT(rep_members) == sizeof(struct rep_counts) / sizeof(int32_t), "a count has no name");

static struct rep_counts nothing_yet(void)
{
    struct rep_counts all;
    for (size_t i = 0; i < rep_member_count; i++)
        *rep_count_at(&all, i) = REP_NONE;
    all.revoked = all.category_left = all.leave_undecided = all.undeclared_eligible = 0;
    return all;
}

bool rep_not_recorded_yet(const struct rep_counts *c)
{
    return c->recorded == REP_NONE;
}

struct rep_counts rep_counts_of(const struct dom_counts *c, struct rep_known known, bool declared)
{
    if (known.not_recorded_yet)
        return nothing_yet();
    bool regular = known.use && known.regular, said = dom_counts_declared(c);
    return (struct rep_counts){.headcount = said ? c->headcount : REP_NONE,
                               .recorded = c->recorded,
                               .unrecorded = said ? c->unrecorded : REP_NONE,
                               .over_recorded = said ? c->over_recorded : REP_NONE,
                               .undeclared_units = c->undeclared_units,
                               .undeclared_recorded = c->undeclared_recorded,
                               .eligible = c->eligible,
                               .issued = c->issued,
                               .activated = known.activation ? c->activated : REP_NONE,
                               .used = known.use ? c->used : REP_NONE,
                               .regular = regular ? c->regular : REP_NONE,
                               .too_new = regular ? c->too_new : REP_NONE,
                               .never_used = known.use ? c->never_used : REP_NONE,
                               .unknown = c->unknown,
                               .on_long_leave = c->on_long_leave,
                               .on_leave_unused = known.use ? c->on_leave_unused : REP_NONE,
                               .locked = known.locked ? c->locked : REP_NONE,
                               .seconded_in = c->seconded_in,
                               .seconded_out = c->seconded_out,
                               .issued_beyond = c->issued_beyond,
                               .base = (int32_t)dom_coverage_base(c, declared),
                               .usage_base = known.use ? (int32_t)dom_adoption_base(c, declared) : REP_NONE};
}

const char *const rep_lever_words[] = {"over_recorded",
                                       "base_above_headcount",
                                       "category_changed",
                                       "leave_deducted",
                                       "leave_without_decision",
                                       "too_new",
                                       "undeclared",
                                       NULL};
_Static_assert(CV_COUNT(rep_lever_words) == REP_LEVERS + 1, "rep_lever_words differs from its enum");

/* Who stands in the base without any declaration that he could be above of. */
static int32_t base_undeclared(const struct rep_counts *c)
{
    return c->undeclared_eligible != REP_NONE ? c->undeclared_eligible : c->undeclared_recorded;
}

int32_t rep_lever_people(const struct rep_counts *c, enum rep_lever lever)
{
    bool above = c->headcount != REP_NONE && c->base != REP_NONE;
    const int32_t people[REP_LEVERS] = {
        [REP_OVER_RECORDED] = c->over_recorded,
        [REP_BASE_ABOVE_HEADCOUNT] = above ? c->base - c->headcount - base_undeclared(c) : 0,
        [REP_CATEGORY_CHANGED] = c->category_left,
        [REP_LEAVE_DEDUCTED] = c->on_leave_unused,
        [REP_LEAVE_UNDECIDED] = c->leave_undecided,
        [REP_TOO_NEW] = c->too_new,
        [REP_UNDECLARED] = c->undeclared_recorded,
    };
    return people[lever] > 0 ? people[lever] : 0;
}

void rep_counts_add(struct rep_counts *sum, const struct rep_counts *part)
{
    for (size_t i = 0; i < rep_member_count; i++) {
        int32_t *to = rep_count_at(sum, i), more = rep_count_of(part, i);
        if (more == REP_NONE)
            continue;
        *to = *to == REP_NONE ? more : *to + more;
    }
}

bool rep_is_of_people(enum rep_kind kind)
{
    return kind == REP_LOCKED || kind == REP_UNUSED;
}

enum rep_group rep_group_of(enum dom_unit_kind kind, int effective_block)
{
    if (effective_block == DOM_DANG_DOAN_THE || kind == DOM_DANG || kind == DOM_MAT_TRAN || kind == DOM_DOAN_THE)
        return REP_PARTY;
    if (kind == DOM_UBND_XA)
        return REP_COMMUNES;
    return kind == DOM_SU_NGHIEP || kind == DOM_TRUONG_HOC ? REP_SERVICES : REP_OFFICES;
}

const struct rep_row *rep_total_row(const struct rep_sheet *s)
{
    for (size_t i = 0; i < s->row_count; i++)
        if (s->rows[i].kind == REP_ROW_TOTAL)
            return &s->rows[i];
    return NULL;
}

bool rep_row_is_top(const struct rep_sheet *s, const struct rep_row *row)
{
    const struct rep_row *total = rep_total_row(s);
    return row->kind == REP_ROW_OWN && total != NULL && strcmp(row->unit, total->unit) == 0;
}
