/* Leaving: the call that scripts repeat every night. */
#include "provision/internal.h"

#include <string.h>

enum { AHEAD_S = 24 * 3600 };

bool prov_all_settled(const struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->account_count; i++)
        if (!dom_settled(&staff->accounts[i]))
            return false;
    return true;
}

bool prov_carry_out(struct prov_change *change, struct dom_departure *departure, struct cv_error *err)
{
    struct dom_staff *staff = change->after;
    departure->started_at = cv_now();
    if (!prov_close_leaver(change, err))
        return false;
    staff->activation_digest = NULL; /* a code handed out before must not open anything now */
    staff->activation_until = CV_NO_MOMENT;
    departure->state = prov_all_settled(staff) ? DOM_DONE : DOM_IN_PROGRESS;
    return true;
}

void prov_departure_settle(struct prov_change *change)
{
    const struct dom_departure *found = dom_current_departure(change->after);
    if (found != NULL && found->state == DOM_IN_PROGRESS && prov_all_settled(change->after))
        change->after->departures[found - change->after->departures].state = DOM_DONE;
}

static bool exempt(const struct prov_departure_input *in)
{
    return in->reason == DOM_BUOC_THOI_VIEC && !in->batch;
}

/* Orders for at least a day ahead, with a decision behind them, are judged now and not again at midnight. */
static bool judged_now(const struct dom_departure *d)
{
    return d->decision.number != NULL && cv_day_start(d->effective_on) - cv_now() >= AHEAD_S;
}

static bool schedule(struct prov_change *change, struct dom_departure *d)
{
    d->state = DOM_SCHEDULED;
    if (!judged_now(d) || d->counted)
        return true;
    d->counted = true;
    change->brake_events++;
    return true;
}

static bool depart_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_departure_input *in = ctx;
    struct dom_departure *d = NULL;
    bool ran = false;
    if (!prov_departure_merge(change, in, &d, &ran, err))
        return false;
    if (ran)
        return prov_close_leaver(change, err); /* keep_mail_until may be another one now */
    if (d->effective_on > cv_today())
        return schedule(change, d);
    bool counted = d->counted;
    if (!prov_carry_out(change, d, err))
        return false;
    change->brake_events = counted ? 0 : 1; /* a person is one event, however many accounts */
    change->brake_exempt = exempt(in);
    d->counted = true;
    return true;
}

/* Held by the brake: the order is kept on the person and goes on when a second person releases it. */
static bool hold_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_departure_input *in = ctx;
    struct dom_departure *d = NULL;
    bool ran = false;
    if (!prov_departure_merge(change, in, &d, &ran, err))
        return false;
    if (!ran)
        d->state = DOM_HELD;
    return true;
}

static bool hold(struct prov_call *call, const char *key, const struct prov_departure_input *in, struct cv_error *held)
{
    struct prov_staff_result kept = {0};
    struct cv_error err = {0};
    if (call->validate_only)
        return true;
    if (prov_staff_modify(call, key, "departure.hold", &in->decision, hold_change, (void *)in, &kept, &err))
        return true;
    *held = err;
    return false;
}

bool prov_departure_put(struct prov_call *call, const char *key, const struct prov_departure_input *in,
                        struct prov_staff_result *out, struct cv_error *err)
{
    *out = (struct prov_staff_result){0};
    if (prov_staff_modify(call, key, "departure.put", &in->decision, depart_change, (void *)in, out, err)) {
        if (out->outcome == PROV_CHANGED && dom_status_on(&out->staff, cv_today()) == DOM_DEPARTED)
            cv_count(CVM_departures_done);
        return true;
    }
    if (err->problem == cvp_brake_engaged && in->batch)
        hold(call, key, in, err);
    return false;
}

/* ---- withdrawal ---- */

static bool withdraw_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    const struct dom_departure *found = dom_current_departure(change->after);
    if (found == NULL)
        return cv_fail(err, cvp_departure_not_found, NULL, "Người này không có quyết định kết thúc công tác đang chờ",
                       "This person has no pending departure");
    struct dom_departure *d = &change->after->departures[found - change->after->departures];
    if (d->state != DOM_SCHEDULED && d->state != DOM_HELD) {
        cv_fail(err, cvp_departure_done, NULL, "Việc kết thúc công tác đã thực hiện; dùng chức năng tiếp nhận lại",
                "The departure has been carried out; use a reinstatement");
        prov_link_reinstatements(err, change->before->id);
        return false;
    }
    d->state = DOM_WITHDRAWN;
    d->ended_at = cv_now();
    d->ended_by = change->call->actor;
    return true;
}

bool prov_departure_withdraw(struct prov_call *call, const char *key, struct prov_staff_result *out,
                             struct cv_error *err)
{
    *out = (struct prov_staff_result){0};
    return prov_staff_modify(call, key, "departure.withdraw", NULL, withdraw_change, NULL, out, err);
}
