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

static bool count(struct prov_call *call, const struct rep_report *r, struct view_coverage *out, struct cv_error *err)
{
    struct prov_freeze f = {.call = call};
    const char *every[DOM_SYSTEMS_MAX];
    if (!prov_freeze_begin(&f, r, err))
        return false;
    struct view_coverage_query q = prov_freeze_query(&f, r, every);
    q.depth = 0;
    return view_coverage(call->prov->options.view, &q, call->arena, out, err);
}

/* `empty`: those too that nobody of the unit must have or has. */
static size_t choose(const struct view_coverage *coverage, const struct prov_systems *all, bool empty,
                     struct candidate out[DOM_SYSTEMS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < coverage->count && count < DOM_SYSTEMS_MAX; i++) {
        const struct dom_counts *c = &coverage->rows[i].counts;
        const struct dom_system *system = prov_system_of(all, coverage->rows[i].system);
        if (coverage->rows[i].kind != VIEW_ROW_TOTAL || system == NULL)
            continue;
        if (c->eligible > 0 || c->unrecorded > 0 || c->issued_beyond > 0 || (empty && system->required_count > 0))
            out[count++] = (struct candidate){.slug = system->slug,
                                              .mail = system->receives_mail,
                                              .base = c->eligible + c->unrecorded,
                                              .had = c->issued_beyond};
    }
    return count;
}

bool prov_usual_systems(struct prov_call *call, const struct prov_systems *all, struct rep_report *r,
                        struct cv_error *err)
{
    struct view_coverage coverage;
    struct candidate found[DOM_SYSTEMS_MAX];
    if (!count(call, r, &coverage, err))
        return false;
    size_t n = choose(&coverage, all, false, found);
    n = n > 0 ? n : choose(&coverage, all, true, found);
    if (n == 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/systems", "required",
                     "Người của đơn vị chưa phải có và chưa có tài khoản ở hệ thống nào; vui lòng chọn hệ thống",
                     "People of the unit need and have no account anywhere; please name the systems");
    qsort(found, n, sizeof(found[0]), by_weight);
    for (size_t i = 0; i < n; i++)
        r->sheets[r->sheet_count++] = (struct rep_sheet){.system = found[i].slug};
    return true;
}
