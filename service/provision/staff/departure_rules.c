/* Departures: what a new order means beside what is recorded. */
#include "provision/internal.h"

#include <stdio.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool carried_out(const struct dom_departure *d)
{
    return d->state == DOM_IN_PROGRESS || d->state == DOM_DONE || d->state == DOM_FAILED;
}

/* The last one that was withdrawn, or undone by a reinstatement. */
static const struct dom_departure *last_ended(const struct dom_staff *staff)
{
    const struct dom_departure *last = NULL;
    for (size_t i = 0; i < staff->departure_count; i++)
        if (staff->departures[i].ended_at != CV_NO_MOMENT)
            last = &staff->departures[i];
    return last;
}

/* A stale export must not undo what a person decided: the same decision, or a day on or before that moment. Without a
 * date, a repeat of an order without decision counts as the same. */
static bool stale(const struct dom_staff *staff, const struct prov_departure_input *in, struct cv_error *err)
{
    const struct dom_departure *ended = last_ended(staff);
    char when[CV_MOMENT_TEXT];
    if (ended == NULL)
        return false;
    bool same_decision = same_text(ended->decision.number, in->decision.number) &&
                         (in->decision.number != NULL || in->effective_on == CV_NO_DAY);
    bool before = in->effective_on != CV_NO_DAY && in->effective_on <= cv_day_of(ended->ended_at);
    if (!same_decision && !before)
        return false;
    cv_fail(err, cvp_departure_withdrawn, "/effective_on",
            "Việc kết thúc công tác này đã được rút lại, hoặc người này đã được tiếp nhận lại, lúc %s (mã truy cập "
            "%s); cần quyết định mới hoặc ngày sau đó",
            "This departure was withdrawn, or the person taken back, at %s (token %s); a new decision or a later day "
            "is needed",
            cv_moment_people(ended->ended_at, when), ended->ended_by != NULL ? ended->ended_by : "-");
    return true;
}

static bool conflict(const struct dom_departure *now, struct cv_error *err)
{
    char day[CV_DAY_TEXT];
    return cv_fail(err, cvp_departure_conflict, "/effective_on",
                   "Đã ghi nhận kết thúc công tác từ %s; muốn lùi ngày thì rút lại trước",
                   "A departure from %s is recorded; withdraw it first to postpone",
                   cv_day_people(now->effective_on, day));
}

static void correct(struct dom_departure *d, const struct prov_departure_input *in)
{
    d->reason = in->reason;
    d->reason_text = in->reason_text;
    if (in->decision.number != NULL)
        d->decision = in->decision;
    if (in->keep_mail_until != NULL)
        d->keep_mail_until = in->keep_mail_until;
    if (in->delegate_to.given != CV_ABSENT)
        d->delegate_to = in->delegate_to.given == CV_VALUE ? in->delegate_to.value : NULL;
    if (in->auto_reply.given != CV_ABSENT)
        d->auto_reply = in->auto_reply.given == CV_VALUE ? in->auto_reply.value : NULL;
}

static struct dom_departure *current(struct dom_staff *staff)
{
    return (struct dom_departure *)(uintptr_t)dom_current_departure(staff); /* of our own copy */
}

static struct dom_departure *add_departure(struct prov_change *change, const struct prov_departure_input *in)
{
    struct dom_staff *staff = change->after;
    struct dom_departure *d = &staff->departures[staff->departure_count++];
    *d = (struct dom_departure){.number = (int)staff->departure_count,
                                .state = DOM_SCHEDULED,
                                .recorded_at = cv_now(),
                                .started_at = CV_NO_MOMENT,
                                .ended_at = CV_NO_MOMENT,
                                .recorded_by = change->call->actor,
                                .effective_on = in->effective_on == CV_NO_DAY ? cv_today() : in->effective_on,
                                .decision = {.signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY}};
    correct(d, in);
    return d;
}

/* What is recorded and the new order: the earlier date wins, a later one never postpones silently, corrections are
 * always welcome. */
static bool merge(struct dom_departure *now, const struct prov_departure_input *in, struct cv_error *err)
{
    cv_day wanted = in->effective_on == CV_NO_DAY ? cv_today() : in->effective_on;
    if (carried_out(now)) {
        if (in->effective_on != CV_NO_DAY && in->effective_on > now->effective_on)
            return conflict(now, err);
    } else if (wanted > now->effective_on && in->effective_on != CV_NO_DAY) {
        return conflict(now, err);
    } else if (wanted < now->effective_on) {
        now->effective_on = wanted;
        now->counted = false;
    }
    correct(now, in);
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
static bool resolve_delegate(struct prov_change *change, struct prov_departure_input *in, struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct view_staff found;
    char id[CV_ID_TEXT];
    if (in->delegate_to.given == CV_NULL && hidden_delegate(change))
        in->delegate_to.given = CV_ABSENT;
    if (in->delegate_to.given != CV_VALUE)
        return true;
    bool there =
        view_staff_find(call->prov->options.view, call->scope, in->delegate_to.value, call->arena, &found, err);
    if (!there && err->kind != CV_NOT_FOUND)
        return false;
    if (!there || found.address == NULL || found.status == DOM_DEPARTED || cv_id_equal(found.id, change->before->id)) {
        cv_error_clear(err);
        cv_fault_add(call->faults, CV_AT_POINTER, "/delegate_to", "not_found",
                     "Không có người đang công tác nào như vậy có hộp thư",
                     "Nobody like that is on the staff with a mailbox");
        return cv_faults_check(call->faults, cvp_validation_failed, err);
    }
    if (found.has_departure) {
        cv_fault_add(call->faults, CV_AT_POINTER, "/delegate_to", "not_allowed",
                     "%s cũng sắp kết thúc công tác; hãy chọn người ở lại",
                     "%s leaves too; please choose somebody who stays", found.full_name);
        return cv_faults_check(call->faults, cvp_validation_failed, err);
    }
    in->delegate_to.value = cv_arena_strdup(call->arena, cv_id_text("stf_", found.id, id));
    return true;
}

bool prov_departure_merge(struct prov_change *change, const struct prov_departure_input *given,
                          struct dom_departure **out, bool *out_unchanged, struct cv_error *err)
{
    struct prov_departure_input resolved = *given;
    const struct prov_departure_input *in = &resolved;
    if (!resolve_delegate(change, &resolved, err))
        return false;
    struct dom_departure *now = current(change->after);
    if (now == NULL) {
        if (stale(change->before, in, err))
            return false;
        if (change->after->departure_count >= DOM_DEPARTURES_MAX)
            return cv_fail(err, cvp_conflict, NULL, "Hồ sơ đã có quá nhiều lần kết thúc công tác",
                           "Too many departures are recorded");
        *out = add_departure(change, in);
        *out_unchanged = false;
        return true;
    }
    if (!merge(now, in, err))
        return false;
    *out = now;
    *out_unchanged = carried_out(now);
    return true;
}
