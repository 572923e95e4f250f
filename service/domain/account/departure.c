/* Leaving and coming back: what an order means beside what is recorded, and what it wants of the accounts. */
#include "congvu/text.h"
#include "congvu/wish.h"

static bool carried_out(const struct dom_departure *d)
{
    return d->state == DOM_IN_PROGRESS || d->state == DOM_DONE || d->state == DOM_FAILED;
}

static struct dom_departure *current(struct dom_staff *staff)
{
    const struct dom_departure *found = dom_current_departure(staff);
    return found != NULL ? &staff->departures[found - staff->departures] : NULL;
}

static const struct dom_departure *begun(const struct dom_staff *staff)
{
    const struct dom_departure *found = dom_current_departure(staff);
    return found != NULL && found->started_at != CV_NO_MOMENT ? found : NULL;
}

/* ---- orders ---- */

/* The same decision; of an order that names none, the same reason for the same day, or no day: a nightly line knows no
 * more. */
static bool same_order(const struct dom_departure *ended, const struct dom_order *order)
{
    if (order->decision.number != NULL)
        return cv_text_same(ended->decision.number, order->decision.number);
    return order->effective_on == CV_NO_DAY ||
           (order->effective_on == ended->effective_on && order->reason == ended->reason);
}

/* A stale export must not undo what a person decided by a withdrawal or a reinstatement: the same order, or a day on or
 * before that moment. */
static const struct dom_departure *undone(const struct dom_staff *staff, const struct dom_order *order)
{
    for (size_t i = staff->departure_count; i-- > 0;) {
        const struct dom_departure *ended = &staff->departures[i];
        if (ended->ended_at == CV_NO_MOMENT)
            continue;
        bool before = order->effective_on != CV_NO_DAY && order->effective_on <= cv_day_of(ended->ended_at);
        if (before || same_order(ended, order))
            return ended;
    }
    return NULL;
}

static bool stale(const struct dom_staff *staff, const struct dom_order *order, struct cv_error *err)
{
    const struct dom_departure *ended = undone(staff, order);
    char when[CV_MOMENT_TEXT];
    if (ended == NULL)
        return false;
    cv_fail(err, cvp_departure_withdrawn, "/effective_on",
            "Việc kết thúc công tác này đã được rút lại, hoặc người này đã được tiếp nhận lại, lúc %s; cần quyết định "
            "mới hoặc ngày sau đó",
            "This departure was withdrawn, or the person taken back, at %s; a new decision or a later day is needed",
            cv_moment_people(ended->ended_at, when));
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

static void correct(struct dom_departure *d, const struct dom_order *order)
{
    d->reason = order->reason;
    d->reason_text = order->reason_text;
    if (order->decision.number != NULL)
        d->decision = order->decision;
    if (order->keep_mail_until != NULL)
        d->keep_mail_until = order->keep_mail_until;
    if (order->delegate_given != CV_ABSENT)
        d->delegate_to = order->delegate_given == CV_VALUE ? order->delegate_to : NULL;
    if (order->reply_given != CV_ABSENT)
        d->auto_reply = order->reply_given == CV_VALUE ? order->auto_reply : NULL;
}

static bool merge(struct dom_departure *recorded, const struct dom_order *order, cv_day today, struct cv_error *err)
{
    bool dated = order->effective_on != CV_NO_DAY;
    cv_day wanted = dated ? order->effective_on : today;
    if (dated && wanted > recorded->effective_on)
        return conflict(recorded, err);
    if (!carried_out(recorded) && wanted < recorded->effective_on) {
        recorded->effective_on = wanted;
        recorded->counted = false;
        recorded->released_by = NULL;
    }
    correct(recorded, order);
    return true;
}

static bool add(struct dom_staff *staff, const struct dom_order *order, const char *actor, cv_moment now,
                struct cv_error *err)
{
    if (stale(staff, order, err))
        return false;
    if (staff->departure_count >= DOM_DEPARTURES_MAX)
        return cv_fail(err, cvp_conflict, NULL, "Hồ sơ đã có quá nhiều lần kết thúc công tác",
                       "Too many departures are recorded");
    struct dom_departure *d = &staff->departures[staff->departure_count++];
    *d = (struct dom_departure){.number = (int)staff->departure_count,
                                .state = DOM_SCHEDULED,
                                .recorded_at = now,
                                .started_at = CV_NO_MOMENT,
                                .ended_at = CV_NO_MOMENT,
                                .held_at = CV_NO_MOMENT,
                                .recorded_by = actor,
                                .effective_on = order->effective_on == CV_NO_DAY ? cv_day_of(now) : order->effective_on,
                                .decision = {.signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY}};
    correct(d, order);
    return true;
}

bool dom_departure_take(struct dom_staff *staff, const struct dom_order *order, const char *actor, cv_moment now,
                        struct dom_departure **out, bool *out_began, struct cv_error *err)
{
    struct dom_departure *recorded = current(staff);
    bool taken = recorded == NULL ? add(staff, order, actor, now, err) : merge(recorded, order, cv_day_of(now), err);
    if (!taken)
        return false;
    *out = current(staff);
    *out_began = carried_out(*out);
    return true;
}

bool dom_order_late(const struct dom_departure *d, const struct dom_order *order)
{
    return carried_out(d) && order->effective_on != CV_NO_DAY && order->effective_on < d->effective_on;
}

bool dom_departure_withdraw(struct dom_staff *staff, const char *actor, cv_moment now, struct cv_error *err)
{
    struct dom_departure *d = current(staff);
    if (d == NULL)
        return cv_fail(err, cvp_departure_not_found, NULL, "Người này không có quyết định kết thúc công tác đang chờ",
                       "This person has no pending departure");
    if (carried_out(d)) {
        cv_fail(err, cvp_departure_done, NULL, "Việc kết thúc công tác đã thực hiện; dùng chức năng tiếp nhận lại",
                "The departure has been carried out; use a reinstatement");
        dom_link_reinstatements(err, staff->id);
        return false;
    }
    d->state = DOM_WITHDRAWN;
    d->ended_at = now;
    d->ended_by = actor;
    return true;
}

/* ---- the end of the keep period ---- */

static bool has_more_than_names(const struct dom_staff *s)
{
    for (size_t i = 0; i < s->departure_count; i++)
        if (s->departures[i].auto_reply != NULL || s->departures[i].reason_text != NULL)
            return true;
    return s->mobile != NULL || s->birth_year != 0 || s->hr_ref != NULL || s->subject != NULL || s->factor_seed != NULL;
}

cv_day dom_strip_on(const struct dom_staff *staff, int keep_days)
{
    const struct dom_departure *d = begun(staff);
    cv_day mail;
    if (keep_days < 0 || d == NULL || !has_more_than_names(staff))
        return CV_NO_DAY;
    cv_day from = cv_day_of(d->started_at) > d->effective_on ? cv_day_of(d->started_at) : d->effective_on;
    cv_day on = from + keep_days;
    bool longer = d->keep_mail_until != NULL && cv_day_parse(d->keep_mail_until, &mail) && mail >= on;
    return longer ? mail + 1 : on;
}

void dom_strip(struct dom_staff *staff)
{
    staff->mobile = staff->hr_ref = staff->subject = staff->factor_seed = NULL;
    staff->birth_year = 0;
    staff->factor_step = 0;
    staff->way_in_count = 0;
    for (size_t i = 0; i < staff->departure_count; i++)
        staff->departures[i].auto_reply = staff->departures[i].reason_text = NULL;
}

/* ---- carrying out ---- */

void dom_departure_begin(struct dom_staff *staff, struct dom_departure *d, cv_moment now)
{
    d->started_at = now;
    d->state = DOM_IN_PROGRESS;
    dom_forget_password(staff, cv_day_of(now));
}

bool dom_takes_certificate(enum dom_reason reason)
{
    return reason == DOM_CHUYEN_CONG_TAC;
}

bool dom_goes_along(const struct dom_departure *departure, const struct dom_system *system)
{
    return system->certificates && !system->retired && dom_takes_certificate(departure->reason);
}

enum dom_departure_state dom_departure_state_now(const struct dom_staff *staff, const struct dom_departure *d)
{
    if (d->state != DOM_IN_PROGRESS && d->state != DOM_DONE)
        return d->state;
    if (dom_token_kept(staff) != NULL && !dom_takes_certificate(d->reason))
        return DOM_IN_PROGRESS;
    for (size_t i = 0; i < staff->account_count; i++)
        if (d->state != DOM_DONE && !dom_settled(&staff->accounts[i]))
            return DOM_IN_PROGRESS;
    return DOM_DONE;
}

void dom_departure_settle(struct dom_staff *staff)
{
    struct dom_departure *d = current(staff);
    if (d != NULL)
        d->state = dom_departure_state_now(staff, d);
}

static bool keeps_mail(const struct dom_departure *d, const struct dom_system *system, cv_day *out_until)
{
    return system->receives_mail && d->keep_mail_until != NULL && cv_day_parse(d->keep_mail_until, out_until);
}

static bool by_departure(const struct dom_account *account)
{
    return account->cause == DOM_BY_DEPARTURE || account->cause == DOM_BY_DEPARTURE_LOCKED;
}

/* What a hand had locked keeps its word, and can be told from what the departure locked itself. */
static struct dom_wish taking(const struct dom_account *account, enum dom_desired state)
{
    bool locked_before = account->cause == DOM_BY_DEPARTURE_LOCKED ||
                         (account->desired == DOM_LOCKED && account->cause != DOM_BY_DEPARTURE);
    if (locked_before)
        return (struct dom_wish){.state = state, .reason = account->reason, .cause = DOM_BY_DEPARTURE_LOCKED};
    return (struct dom_wish){.state = state, .reason = "departure", .cause = DOM_BY_DEPARTURE};
}

bool dom_leaver_wish(const struct dom_staff *staff, const struct dom_system *system, enum dom_desired usual,
                     cv_day today, struct dom_wish *out)
{
    const struct dom_departure *d = begun(staff);
    const struct dom_account *account = dom_account_of(staff, system->slug);
    cv_day until;
    if (d == NULL || account == NULL || dom_goes_along(d, system))
        return false;
    if (system->retired)
        usual = DOM_CLOSED; /* nothing there is locked any more */
    bool kept = !system->retired && keeps_mail(d, system, &until);
    enum dom_desired state = !kept ? usual : today <= until ? DOM_LOCKED : DOM_CLOSED; /* locked still receives */
    *out = taking(account, state);
    bool longer = kept && by_departure(account) && account->desired == DOM_CLOSED && state == DOM_LOCKED;
    return account->desired < state || longer;
}

bool dom_merged_wish(const struct dom_account *account, struct dom_wish *out)
{
    *out = taking(account, DOM_CLOSED);
    return account->desired < DOM_CLOSED;
}

static void sooner(cv_moment *due, cv_day last_day)
{
    cv_moment end = cv_day_start(last_day + 1);
    if (*due == CV_NO_MOMENT || end < *due)
        *due = end;
}

cv_moment dom_due_at(const struct dom_staff *staff, const struct dom_system *systems, size_t count, cv_day today)
{
    const struct dom_departure *d = begun(staff);
    cv_moment due = CV_NO_MOMENT;
    const struct dom_post *next = dom_next_home(staff, today);
    if (next != NULL)
        sooner(&due, next->from - 1);
    for (size_t i = 0; i < staff->alias_count; i++)
        if (staff->aliases[i].until != CV_NO_DAY)
            sooner(&due, staff->aliases[i].until);
    for (size_t i = 0; d != NULL && i < count; i++) {
        const struct dom_account *account = dom_account_of(staff, systems[i].slug);
        cv_day until;
        if (account != NULL && account->desired < DOM_CLOSED && keeps_mail(d, &systems[i], &until))
            sooner(&due, until);
    }
    return due;
}

/* ---- coming back ---- */

bool dom_reinstate(struct dom_staff *staff, const char *actor, cv_moment now, struct cv_error *err)
{
    struct dom_departure *d = current(staff);
    if (d == NULL || dom_status_on(staff, cv_day_of(now)) != DOM_DEPARTED)
        return cv_fail(err, cvp_not_departed, NULL, "Người này chưa kết thúc công tác", "This person has not departed");
    d->ended_at = now;
    d->ended_by = actor;
    dom_forget_password(staff, cv_day_of(now));
    return true;
}

bool dom_returner_wish(const struct dom_account *account, bool required, struct dom_wish *out)
{
    if (account->cause == DOM_BY_DEPARTURE_LOCKED) {
        *out = (struct dom_wish){.state = DOM_LOCKED, .reason = account->reason, .cause = DOM_BY_HAND};
        return true;
    }
    *out = (struct dom_wish){.state = DOM_PRESENT, .cause = DOM_BY_DEPARTURE};
    return account->cause == DOM_BY_DEPARTURE && (account->asked || required);
}
