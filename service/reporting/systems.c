/* Which systems a report is about where nobody says it. */
#include <stdlib.h>

#include "reporting/internal.h"

struct candidate {
    const char *slug;
    bool mail;
    int64_t base, had;
};

/* Mail first, then what most people must have; what nobody must have, but some have, comes last. */
static int by_weight(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->mail != y->mail)
        return x->mail ? -1 : 1;
    if (x->base != y->base)
        return x->base > y->base ? -1 : 1;
    return (y->had > x->had) - (y->had < x->had);
}

bool prov_usual_systems(struct prov_call *call, const struct prov_systems *all, struct rep_report *r,
                        struct cv_error *err)
{
    struct prov_freeze f = {.call = call};
    struct view_coverage coverage;
    struct candidate found[DOM_SYSTEMS_MAX];
    size_t count = 0;
    if (!prov_freeze_begin(&f, r, err))
        return false;
    const char *every[DOM_SYSTEMS_MAX];
    struct view_coverage_query q = prov_freeze_query(&f, r, every);
    q.depth = 0;
    if (!view_coverage(call->prov->options.view, &q, call->arena, &coverage, err))
        return false;
    for (size_t i = 0; i < coverage.count && count < DOM_SYSTEMS_MAX; i++) {
        const struct dom_counts *c = &coverage.rows[i].counts;
        const struct dom_system *system = prov_system_of(all, coverage.rows[i].system);
        if (coverage.rows[i].kind == VIEW_ROW_TOTAL && system != NULL &&
            (system->required_count > 0 || c->eligible > 0 || c->issued_beyond > 0))
            found[count++] = (struct candidate){.slug = system->slug,
                                                .mail = system->receives_mail,
                                                .base = c->eligible + c->unrecorded,
                                                .had = c->issued_beyond};
    }
    qsort(found, count, sizeof(found[0]), by_weight);
    for (size_t i = 0; i < count; i++)
        r->sheets[r->sheet_count++] = (struct rep_sheet){.system = found[i].slug};
    return true;
}
