/* The unit that a question for figures is about. */
#include "api/figures/figures.h"

/* The top of the caller's subtree; a token for everything needs one top unit to have an obvious answer. */
static bool own_top(struct htp_exchange *x, struct cv_id *out, struct cv_error *err)
{
    const struct api_actor *actor = api_actor(x);
    struct view_unit_query roots = {.scope = actor->scope, .page_size = 2};
    struct view_unit_page page;
    *out = actor->scope.top;
    if (!actor->scope.everywhere)
        return true;
    if (!view_unit_list(api_of(x)->view, &roots, x->arena, &page, err))
        return false;
    if (page.count == 0)
        return cv_fail(err, cvp_unit_not_found, "unit", "Chưa có đơn vị nào", "There is no unit yet");
    *out = page.items[0].id;
    if (page.count == 1)
        return true;
    cv_fault_add(&x->faults, CV_AT_PARAMETER, "unit", "required",
                 "Có nhiều đơn vị cấp cao nhất; hãy chọn một bằng tham số unit",
                 "There are several top units; choose one with the parameter unit");
    return cv_faults_check(&x->faults, cvp_validation_failed, err);
}

bool api_figures_unit(struct htp_exchange *x, struct cv_id *out, struct cv_error *err)
{
    struct view_unit unit;
    const char *key = htp_query(x, "unit");
    if (key == NULL)
        return own_top(x, out, err);
    if (!view_unit_find(api_of(x)->view, api_actor(x)->scope, key, CV_NO_DAY, x->arena, &unit, err))
        return false;
    *out = unit.id;
    return true;
}
