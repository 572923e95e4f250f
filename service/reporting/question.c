/* The question of a report, as the view takes it. */
#include "reporting/internal.h"

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
