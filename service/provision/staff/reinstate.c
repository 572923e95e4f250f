/* Coming back: the same person, the same former address, a new password. */
#include "provision/internal.h"

#include <string.h>

static bool move_post(struct prov_change *change, const struct prov_reinstatement_input *in, bool *out_moved,
                      struct cv_error *err)
{
    struct prov_staff_input as_staff = {.unit = in->unit, .title = in->title, .decision = in->decision};
    return prov_apply_posts(change, &as_staff, out_moved, err);
}

static bool reopen_accounts(struct prov_change *change, struct cv_error *err)
{
    const struct dom_staff *staff = change->after;
    for (size_t i = 0; i < change->systems.count; i++) {
        const struct dom_system *system = &change->systems.items[i];
        struct dom_account *account = dom_account_of(change->after, system->slug);
        if (account == NULL || account->reason == NULL || strcmp(account->reason, "departure") != 0)
            continue;
        if ((account->asked || prov_requires(change->call->prov->options.view, change->call->arena, staff, system)) &&
            !prov_set_desired(change, system, DOM_PRESENT, NULL, account->asked, err))
            return false;
    }
    return prov_sync_accounts(change, false, err);
}

static bool reinstate_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_reinstatement_input *in = ctx;
    struct dom_staff *staff = change->after;
    bool moved = false;
    const struct dom_departure *found = dom_current_departure(staff);
    if (dom_status_on(staff, cv_today()) != DOM_DEPARTED || found == NULL)
        return cv_fail(err, cvp_not_departed, NULL, "Người này chưa kết thúc công tác", "This person has not departed");
    struct dom_departure *d = &staff->departures[found - staff->departures];
    d->ended_at = cv_now();
    d->ended_by = change->call->actor;
    staff->credential_set = false;
    if (change->call->idempotency.key != NULL)
        staff->idempotency = prov_new_idempotency(change->call);
    return move_post(change, in, &moved, err) && reopen_accounts(change, err);
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
