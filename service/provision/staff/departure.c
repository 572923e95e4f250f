/* Leaving: the call that scripts repeat every night. */
#include <string.h>

#include "congvu/naming.h"
#include "provision/core/brake.h"
#include "provision/questions/duplicate.h"

enum { AHEAD_S = 24 * 3600 };

cv_day prov_mail_until(const struct prov *prov, const struct dom_departure *d)
{
    cv_day own;
    if (d->keep_mail_until != NULL && cv_day_parse(d->keep_mail_until, &own))
        return own;
    return dom_policy_leaver_state(prov->options.policy) == DOM_CLOSED ? d->effective_on - 1 : CV_NO_DAY;
}

bool prov_carry_out(struct prov_change *change, struct dom_departure *departure, struct cv_error *err)
{
    dom_departure_begin(change->after, departure, cv_now());
    if (!prov_close_leaver(change, err))
        return false;
    dom_departure_settle(change->after);
    return true;
}

/* Orders for at least a day ahead, with a decision behind them, are judged now and not again at midnight; those of a
 * batch too, while somebody is there who can look at what is held. */
static bool judged_now(const struct dom_departure *d, bool batch)
{
    return batch || (d->decision.number != NULL && cv_day_start(d->effective_on) - cv_now() >= AHEAD_S);
}

static bool schedule(struct prov_change *change, struct dom_departure *d, bool batch)
{
    d->state = DOM_SCHEDULED;
    if (!judged_now(d, batch) || d->counted)
        return true;
    d->counted = true;
    change->brake_events++;
    return true;
}

/* Whom the caller cannot name he does not end either. */
static bool hidden_delegate(const struct prov_change *change)
{
    const struct dom_departure *now = dom_current_departure(change->before);
    struct cv_id found;
    return now != NULL && now->delegate_to != NULL &&
           !view_staff_holder(change->call->prov->options.view, change->call->scope, VIEW_BY_ID, now->delegate_to,
                              &found);
}

/* Mail goes on only to somebody on the staff who takes mail himself and stays; never outside. */
static bool resolve_delegate(struct prov_change *change, struct dom_order *order, struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct view_staff found;
    char id[CV_ID_TEXT];
    if (order->delegate_given == CV_NULL && hidden_delegate(change))
        order->delegate_given = CV_ABSENT;
    if (order->delegate_given != CV_VALUE)
        return true;
    bool there = view_staff_find(call->prov->options.view, call->scope, order->delegate_to, call->arena, &found, err);
    if (!there && err->kind != CV_NOT_FOUND)
        return false;
    if (!there || found.address == NULL || found.status == DOM_DEPARTED || cv_id_equal(found.id, change->before->id)) {
        cv_error_clear(err);
        cv_fault_add(call->faults, CV_AT_POINTER, "/delegate_to", "not_found",
                     "Không có người đang công tác nào như vậy có hộp thư",
                     "Nobody like that is on the staff with a mailbox");
        return cv_faults_check(call->faults, cvp_validation_failed, err);
    }
    const struct dom_departure *now = dom_current_departure(change->before);
    const char *heir = cv_id_text("stf_", found.id, id);
    bool recorded = now != NULL && now->delegate_to != NULL && strcmp(now->delegate_to, heir) == 0;
    if (found.has_departure && !recorded) {
        cv_fault_add(call->faults, CV_AT_POINTER, "/delegate_to", "not_allowed",
                     "%s cũng sắp kết thúc công tác; hãy chọn người ở lại",
                     "%s leaves too; please choose somebody who stays", found.full_name);
        return cv_faults_check(call->faults, cvp_validation_failed, err);
    }
    order->delegate_to = cv_arena_strdup(call->arena, heir);
    return true;
}

/* Whoever may change the person answers for the order that stands now, and it is his to withdraw; whoever may not, and
 * may order it all the same, never takes that from another one. */
static bool answers_for(struct prov_change *change, struct dom_departure *d, struct cv_error *err)
{
    struct cv_error none = {0};
    bool same = false;
    if (cv_text_same(d->recorded_by, change->call->actor) || !prov_not_higher(change->call, change->before, &none))
        return true;
    if (!dir_staff_same(change->call->dir, change->before, change->after, &same, err))
        return false;
    if (!same)
        d->recorded_by = change->call->actor;
    return true;
}

static bool take_order(struct prov_change *change, const struct prov_departure_input *in, struct dom_departure **out,
                       bool *out_began, struct cv_error *err)
{
    struct dom_order order = in->order;
    return resolve_delegate(change, &order, err) &&
           dom_departure_take(change->after, &order, change->call->actor, cv_now(), out, out_began, err) &&
           answers_for(change, *out, err);
}

struct order_line {
    const struct prov_departure_input *in;
    const char *code; /* by which he was found; NULL = by his id, which means nobody else */
    struct prov_duplicate *question;
};

/* A code that he had formerly may be meant for who has it in HR's system now, and so may one with another's name. */
static bool is_his(struct prov_change *change, const struct order_line *line, struct cv_error *err)
{
    struct prov_staff_input said = {0};
    if (line->in->full_name != NULL)
        said.full_name = (struct prov_text){CV_VALUE, line->in->full_name};
    return line->code == NULL || prov_line_is_his(change, line->code, &said, line->question) ||
           cv_fail(err, cvp_possible_duplicate, "/staff", "Số hiệu %s có thể là của người khác",
                   "The code %s may mean somebody else", line->code);
}

static bool depart_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct order_line *line = ctx;
    const struct prov_departure_input *in = line->in;
    struct dom_departure *d = NULL;
    bool ran = false;
    if (!is_his(change, line, err))
        return false;
    if (!take_order(change, in, &d, &ran, err))
        return false;
    if (ran) /* keep_mail_until may be another one now; the same line again is everybody's */
        return prov_close_leaver(change, err) &&
               dir_staff_same(change->call->dir, change->before, change->after, &change->is_order, err);
    if (change->call->agreed_by != NULL) {
        d->counted = true;
        d->released_by = change->call->agreed_by;
    } else if (d->state == DOM_HELD) {
        return prov_brake_waits(change->before->id, err); /* only a release lets it go on, not the next hour */
    }
    change->is_order = true;
    change->order_kind = prov_order_kind(d);
    if (d->effective_on > cv_today())
        return schedule(change, d, in->batch);
    bool counted = d->counted;
    if (!prov_carry_out(change, d, err))
        return false;
    change->brake_events = counted ? 0 : 1; /* a person is one event, however many accounts */
    d->counted = true;
    return true;
}

enum dom_brake_kind prov_order_kind(const struct dom_departure *d)
{
    return d->reason == DOM_BUOC_THOI_VIEC ? DOM_BRAKE_DISMISSAL : DOM_BRAKE_ORDINARY;
}

void prov_hold_order(struct dom_departure *d, const char *by)
{
    if (d->state == DOM_HELD)
        return;
    d->state = DOM_HELD;
    d->held_by = by;
    d->held_at = cv_now();
}

/* Held by the brake: the order is kept on the person and goes on when a second person releases it. One that waits
 * already stays as he may have seen it. */
static bool hold_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_departure_input *in = ctx;
    const struct dom_departure *now = dom_current_departure(change->before);
    struct dom_departure *d = NULL;
    bool ran = false;
    if (now != NULL && now->state == DOM_HELD)
        return prov_brake_waits(change->before->id, err);
    if (!take_order(change, in, &d, &ran, err))
        return false;
    if (!ran)
        prov_hold_order(d, change->call->actor);
    change->is_order = !ran;
    return true;
}

static bool hold(struct prov_call *call, const char *key, const struct prov_departure_input *in, struct cv_error *held)
{
    struct prov_staff_result kept = {0};
    struct cv_error err = {0};
    if (call->validate_only)
        return true;
    if (prov_staff_modify(call, key, "departure.hold", &in->order.decision, hold_change, (void *)in, &kept, &err))
        return true;
    *held = err;
    return false;
}

bool prov_departure_put(struct prov_call *call, const char *key, const struct prov_departure_input *in,
                        struct prov_staff_result *out, struct cv_error *err)
{
    struct cv_id id;
    struct order_line line = {.in = in,
                              .code = cv_id_parse("stf_", key, &id) ? NULL : key,
                              .question = CV_NEW(call->arena, struct prov_duplicate)};
    *out = (struct prov_staff_result){0};
    if (prov_staff_modify(call, key, "departure.put", &in->order.decision, depart_change, &line, out, err)) {
        if (out->outcome == PROV_CHANGED && dom_status_on(&out->staff, cv_today()) == DOM_DEPARTED)
            cv_count(CVM_departures_done);
        return true;
    }
    if (err->problem == cvp_brake_engaged)
        hold(call, key, in, err);
    return err->problem == cvp_possible_duplicate && prov_duplicate_raise(call, line.question, out, err);
}

/* ---- withdrawal ---- */

static bool withdraw_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct dom_departure *d = dom_current_departure(change->before);
    (void)ctx;
    /* what he may order he may take back */
    change->is_order = d != NULL && cv_text_same(d->recorded_by, change->call->actor);
    /* his unit may have been dissolved ahead, because he is gone by then */
    return dom_departure_withdraw(change->after, change->call->actor, cv_now(), err) &&
           prov_home_goes_on(change, INT32_MAX, err);
}

bool prov_departure_withdraw(struct prov_call *call, const char *key, struct prov_staff_result *out,
                             struct cv_error *err)
{
    *out = (struct prov_staff_result){0};
    return prov_staff_modify(call, key, "departure.withdraw", NULL, withdraw_change, NULL, out, err);
}
