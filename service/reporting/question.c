/* The question of a report, as the view takes it, and the lines of its answer. */
#include "reporting/internal.h"

bool prov_freeze_begin(struct prov_freeze *f, const struct rep_report *r, struct cv_error *err)
{
    cv_day today = view_day(f->call->prov->options.view);
    f->window = (struct view_window){.from = r->from, .to = r->to < today ? r->to : today};
    f->declared = r->declared;
    return view_unit_find(f->call->prov->options.view, f->call->scope, r->unit, CV_NO_DAY, f->call->arena, &f->unit,
                          err);
}

struct view_coverage_query prov_freeze_query(const struct prov_freeze *f, const struct rep_report *r,
                                             const char *slugs[DOM_SYSTEMS_MAX])
{
    for (size_t i = 0; i < r->sheet_count; i++)
        slugs[i] = r->sheets[i].system;
    return (struct view_coverage_query){.scope = f->call->scope,
                                        .unit = f->unit.id,
                                        .recursive = true,
                                        .depth = r->depth,
                                        .systems = slugs,
                                        .system_count = r->sheet_count,
                                        .by_unit = true,
                                        .by_system = true,
                                        .categories = r->categories,
                                        .window = f->window};
}

struct rep_row prov_freeze_row(const struct prov_freeze *f, const struct view_coverage_row *from)
{
    static const enum rep_row_kind kinds[] = {
        [VIEW_ROW_TOTAL] = REP_ROW_TOTAL, [VIEW_ROW_OWN] = REP_ROW_OWN, [VIEW_ROW_UNIT] = REP_ROW_UNIT};
    struct rep_known known = {from->used_known, from->regular_known, from->activation_known, !from->locked_unknown,
                              from->not_recorded_yet};
    return (struct rep_row){.kind = kinds[from->kind],
                            .unit = cv_id_kept("unt_", from->unit.id, f->call->arena),
                            .code = from->unit.code,
                            .name = {from->unit.name[CV_VI], from->unit.name[CV_EN]},
                            .unit_kind = from->unit.kind,
                            .group = rep_group_of(from->unit.kind, from->unit.effective_block),
                            .counts = rep_counts_of(&from->counts, known, f->declared)};
}
