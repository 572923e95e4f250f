/* Coming back: the same person, the same former address, a new password. */
#include <string.h>

#include "provision/staff/once.h"

/* Who is hired again has a new code and another category perhaps. */
static bool as_hired(struct prov_change *change, const struct prov_reinstatement_input *in, cv_day back_on,
                     bool *out_moved, struct cv_error *err)
{
    struct prov_staff_input as_staff = {
        .unit = in->unit, .title = in->title, .decision = in->decision, .staff_code = in->staff_code};
    if (in->category.given == CV_VALUE)
        dom_set_category(change->after, (enum dom_category)in->category.value, back_on, change->call->arena);
    return prov_apply_code(change, &as_staff, err) && prov_apply_posts(change, &as_staff, out_moved, err);
}

/* He counts from the day of the decision on, into whichever unit. One to come waits: until then the person belongs
 * where he was, and counts nowhere. */
static bool reinstate_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_reinstatement_input *in = ctx;
    struct dom_staff *staff = change->after;
    const struct dom_departure *gone = dom_current_departure(staff);
    cv_day away_from = gone != NULL ? gone->effective_on : CV_NO_DAY, today = cv_today();
    cv_day decided = in->decision.given == CV_VALUE ? in->decision.value.effective_on : CV_NO_DAY;
    if (!dom_reinstate(staff, change->call->actor, cv_now(), err))
        return false;
    cv_day back_on = decided != CV_NO_DAY ? decided : today;
    prov_come_back(change, away_from, back_on);
    bool moved = false;
    if (!as_hired(change, in, back_on, &moved, err) || !prov_home_goes_on(change, back_on, err))
        return false;
    return !dom_post_in_force(dom_home_on(staff, today), today) || prov_give_back(change, moved, err);
}

struct reinstatement {
    const char *key;
    const struct prov_reinstatement_input *in;
};

static bool reinstate_once(struct prov_call *call, void *ctx, struct prov_staff_result *out, struct cv_error *err)
{
    const struct reinstatement *r = ctx;
    const struct dom_decision *decision = r->in->decision.given == CV_VALUE ? &r->in->decision.value : NULL;
    return prov_staff_modify(call, r->key, "staff.reinstate", decision, reinstate_change, (void *)r->in, out, err);
}

bool prov_reinstate(struct prov_call *call, const char *key, const struct prov_reinstatement_input *in,
                    struct prov_staff_result *out, struct cv_error *err)
{
    struct reinstatement r = {key, in};
    return prov_staff_once(call, reinstate_once, &r, out, err);
}
