/* The calendar's work, on the directory alone, so without a lease: every replica may try, compare-and-swap lets one
 * win. */
#include <string.h>

#include "congvu/prov_calendar.h"
#include "congvu/prov_corrections.h"
#include "congvu/prov_duplicates.h"
#include "congvu/prov_merge.h"
#include "congvu/prov_units.h"
#include "congvu/token.h"
#include "congvu/usage.h"
#include "congvu/view_lists.h"
#include "provision/core/brake.h"

enum { TICK_BATCH = 200, KEY_LIFE_S = 24 * 3600, SWEEP_PAUSE_MS = 60000 };

/* The brake is judged for the token or person that ordered it, unless that was done when it was scheduled. */
static struct cv_id ordered_by(const struct dom_departure *d)
{
    struct cv_id id = {0};
    if (d->counted || d->recorded_by == NULL ||
        (!cv_id_parse("tok_", d->recorded_by, &id) && !cv_id_parse("stf_", d->recorded_by, &id)))
        return (struct cv_id){0};
    return id;
}

static bool run_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    const struct dom_departure *found = dom_current_departure(change->after);
    if (found == NULL || found->state != DOM_SCHEDULED || found->effective_on > cv_today())
        return true; /* somebody else did it */
    struct dom_departure *d = &change->after->departures[found - change->after->departures];
    struct cv_id token = ordered_by(d);
    struct view_scope own = change->call->scope;
    change->call->scope = prov_reach_of(change->call, token); /* what the brake measures against, and nothing else */
    bool passes = prov_brake_pass(change->call, token, change->before, prov_order_kind(d), err);
    change->call->scope = own;
    if (!passes) {
        if (err->problem != cvp_brake_engaged)
            return false;
        cv_error_clear(err);
        prov_hold_order(d, d->recorded_by);
        return true;
    }
    if (!prov_carry_out(change, d, err))
        return false;
    d->counted = true;
    change->brake_events = 0; /* judged above, for the one who ordered it */
    return true;
}

/* What the brake holds is not looked at: it goes on by a release alone. */
static void tick_departures(struct prov_call *call)
{
    struct cv_id due[TICK_BATCH];
    size_t count = view_due_departures(call->prov->options.view, cv_today(), &call->prov->due_from, due, TICK_BATCH);
    for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++) {
        struct prov_staff_result result = {0};
        struct cv_error err = {0};
        if (!prov_staff_modify_id(call, due[i], "departure.run", NULL, run_change, NULL, &result, &err))
            cv_log_error(CV_LOG_WARN, "departure_run", &err);
    }
}

static bool give_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    return prov_sync_accounts(change, false, err);
}

static void tick_required(struct prov_call *call)
{
    struct cv_id needing[TICK_BATCH];
    size_t count =
        view_unprovisioned(call->prov->options.view, cv_today(), &call->prov->lacking_from, needing, TICK_BATCH);
    for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++) {
        struct prov_staff_result result = {0};
        struct cv_error err = {0};
        if (!prov_staff_modify_id(call, needing[i], "account.required", NULL, give_change, NULL, &result, &err))
            cv_log_error(CV_LOG_WARN, "account_required", &err);
    }
}

/* Keys that have had their 24 hours go, a few at a time. False: there are more. */
static bool sweep_keys(struct prov_call *call)
{
    bool found = true;
    for (int i = 0; i < TICK_BATCH && found && !cv_deadline_passed(call->deadline); i++) {
        struct cv_error err = {0};
        if (!dir_idempotency_forget(call->dir, cv_now() - KEY_LIFE_S, &found, &err)) {
            cv_log_error(CV_LOG_WARN, "idempotency_sweep", &err);
            return true;
        }
    }
    return !found;
}

/* Aliases and kept mailboxes that have come to their end. False: there are more. */
static bool sweep_due(struct prov_call *call)
{
    struct cv_id due[TICK_BATCH];
    size_t count = 0, done = 0;
    struct cv_error err = {0};
    if (!dir_staff_due(call->dir, cv_now(), due, TICK_BATCH, &count, &err))
        cv_log_error(CV_LOG_WARN, "staff_due", &err);
    for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++) {
        struct prov_staff_result result = {0};
        cv_error_clear(&err);
        if (prov_staff_modify_id(call, due[i], "staff.due", NULL, prov_end_due, NULL, &result, &err))
            done++;
        else
            cv_log_error(CV_LOG_WARN, "staff_due", &err);
    }
    return count < TICK_BATCH || done == 0;
}

/* Once a process, for its policy: who left before there was this rule, or under another one, has no day written on
 * which the names alone are left. False: there are more. */
static bool sweep_leavers(struct prov_call *call)
{
    struct prov *prov = call->prov;
    struct cv_id leaver;
    while (!prov->leavers_seen && !cv_deadline_passed(call->deadline)) {
        struct prov_staff_result result = {0};
        struct cv_error err = {0};
        if (!view_next_leaver(prov->options.view, &prov->leavers_from, &leaver)) {
            prov->leavers_seen = prov->leavers_from > 0; /* the view is loaded */
            return true;
        }
        if (!prov_staff_modify_id(call, leaver, "staff.due", NULL, prov_strip_leaver, NULL, &result, &err)) {
            cv_log_error(CV_LOG_WARN, "staff_due", &err);
            prov->leavers_from = 0; /* from the beginning, a little later */
            return true;
        }
    }
    return prov->leavers_seen;
}

static void tick_sweeps(struct prov_call *call)
{
    struct prov *prov = call->prov;
    if (!cv_deadline_passed(prov->next_sweep) && prov->swept_on == cv_today())
        return;
    prov->swept_on = cv_today();
    prov_swaps_finish(call);
    prov_merges_finish(call);
    prov_holders_finish(call);
    prov_decisions_finish(call);
    bool keys = sweep_keys(call), due = sweep_due(call), leavers = sweep_leavers(call);
    if (keys && due && leavers)
        prov->next_sweep = cv_deadline_in_ms(SWEEP_PAUSE_MS);
}

/* Once a month, and at the first tick of a process. */
static void tick_usage(struct prov_call *call)
{
    cv_day first = dom_use_keep_from(cv_today());
    if (call->prov->usage_folded != first && prov_usage_fold(call))
        call->prov->usage_folded = first;
}

/* At the first tick of a process, which may be of a newer version than the one before. */
static void tick_tokens(struct prov_call *call)
{
    if (!call->prov->roots_upgraded)
        call->prov->roots_upgraded = prov_token_upgrade(call);
}

void prov_tick(struct prov_call *call)
{
    call->scope = (struct view_scope){.everywhere = true};
    tick_tokens(call);
    prov_brake_watch(call);
    prov_tick_units(call);
    tick_departures(call);
    tick_required(call);
    prov_tick_activation(call);
    prov_tick_retired(call);
    tick_sweeps(call);
    tick_usage(call);
}
