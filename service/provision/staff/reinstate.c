/* Coming back: the same person, the same former address, a new password. */
#include "provision/internal.h"

#include <string.h>

static bool move_post(struct prov_change *change, const struct prov_reinstatement_input *in, bool *out_moved,
                      struct cv_error *err)
{
    struct prov_staff_input as_staff = {.unit = in->unit, .title = in->title, .decision = in->decision};
    return prov_apply_posts(change, &as_staff, out_moved, err);
}

static bool give_back(struct prov_change *change, const struct dom_system *system, struct cv_error *err)
{
    const struct prov_call *call = change->call;
    const struct dom_account *account = dom_account_of(change->after, system->slug);
    struct dom_wish wish;
    if (account == NULL)
        return true;
    bool required = prov_requires(call->prov->options.view, call->arena, change->after, system);
    return !dom_returner_wish(account, required, &wish) || prov_wish(change, system, &wish, err);
}

static bool reinstate_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_reinstatement_input *in = ctx;
    struct dom_staff *staff = change->after;
    bool moved = false;
    if (!dom_reinstate(staff, change->call->actor, cv_now(), err))
        return false;
    if (change->call->idempotency.key != NULL)
        staff->idempotency = prov_new_idempotency(change->call);
    if (!move_post(change, in, &moved, err))
        return false;
    for (size_t i = 0; i < change->systems.count; i++)
        if (!give_back(change, &change->systems.items[i], err))
            return false;
    return prov_sync_accounts(change, false, err);
}

bool prov_reinstate(struct prov_call *call, const char *key, const struct prov_reinstatement_input *in,
                    struct prov_staff_result *out, struct cv_error *err)
{
    const struct dom_decision *decision = in->decision.given == CV_VALUE ? &in->decision.value : NULL;
    bool replayed = false;
    *out = (struct prov_staff_result){0};
    if (!prov_staff_seen(call, out, &replayed, err))
        return false;
    if (replayed)
        return true;
    return prov_staff_modify(call, key, "staff.reinstate", decision, reinstate_change, (void *)in, out, err);
}
