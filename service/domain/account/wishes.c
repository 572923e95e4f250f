/* What may be asked of an account, and what follows. */
#include <stdio.h>
#include <string.h>

#include "congvu/text.h"
#include "congvu/wish.h"

static bool of_a_stolen_password(const struct dom_wish *wish)
{
    return wish->cause == DOM_BY_HAND && wish->state != DOM_PRESENT &&
           dom_word_index(dom_lock_reason_words, wish->reason) == DOM_LOCK_COMPROMISED;
}

bool dom_wish_is_urgent(const struct dom_wish *wish)
{
    return wish->state == DOM_LOCKED && of_a_stolen_password(wish);
}

bool dom_locks_stolen(const struct dom_account *was, const struct dom_account *will)
{
    return will->desired == DOM_LOCKED && will->cause == DOM_BY_COMPROMISE && was->desired <= DOM_LOCKED;
}

void dom_wish_check(const struct dom_wish *wish, const char *at, struct cv_faults *faults)
{
    const char *reason = cv_arena_printf(faults->arena, "%s/reason", at);
    if (wish->state != DOM_LOCKED || wish->cause != DOM_BY_HAND)
        return;
    if (wish->reason == NULL)
        cv_fault_add(faults, CV_AT_POINTER, reason, "required", "Tạm khóa cần có lý do", "A lock needs a reason");
    else if (dom_word_index(dom_lock_reason_words, wish->reason) < 0)
        cv_fault_add(faults, CV_AT_POINTER, reason, "not_allowed_value", "Lý do khóa “%s” không có trong danh mục",
                     "“%s” is not a lock reason", wish->reason);
}

void dom_link_reinstatements(struct cv_error *err, struct cv_id staff)
{
    char id[CV_ID_TEXT];
    snprintf(err->link, sizeof(err->link), "/v1/staff/%s/reinstatements", cv_id_text("stf_", staff, id));
}

bool dom_still_here(const struct dom_staff *staff, cv_day today, struct cv_error *err)
{
    if (dom_status_on(staff, today) != DOM_DEPARTED)
        return true;
    cv_fail(err, cvp_staff_departed, NULL,
            "Người này đã kết thúc công tác; dùng chức năng tiếp nhận lại nếu quay lại làm việc",
            "This person has departed; use a reinstatement if he or she is back");
    dom_link_reinstatements(err, staff->id);
    return false;
}

bool dom_wish_allowed(const struct dom_staff *staff, const struct dom_wish *wish, cv_day today, struct cv_error *err)
{
    return wish->state != DOM_PRESENT || dom_still_here(staff, today, err);
}

bool dom_code_allowed(const struct dom_staff *staff, const struct dom_account *account, cv_day today,
                      struct cv_error *err)
{
    if (!dom_still_here(staff, today, err))
        return false;
    if (account->desired == DOM_PRESENT && dom_may_login(account->observed))
        return true;
    return cv_fail(err, cvp_conflict, NULL, "Tài khoản đang khóa hoặc chưa cấp, không cấp mã kích hoạt được",
                   "The account is locked or not issued; no activation code can be made");
}

cv_day dom_activate_by(cv_moment since, cv_day hired_on, int days)
{
    if (days == 0 || since == CV_NO_MOMENT)
        return CV_NO_DAY;
    cv_day from = cv_day_of(since);
    return (hired_on != CV_NO_DAY && hired_on > from ? hired_on : from) + days;
}

/* Locked for something else: not ours. */
enum dom_pending dom_pending_of(enum dom_observed observed, const char *reason, cv_day last, int warn, cv_day today)
{
    if (observed == DOM_TEMP_LOCKED)
        return reason != NULL && strcmp(reason, "default_password") == 0 ? DOM_PENDING_LOCKED : DOM_NOT_PENDING;
    if (observed != DOM_PROVISIONED)
        return DOM_NOT_PENDING;
    return last != CV_NO_DAY && last - warn <= today ? DOM_REMINDED : DOM_WAITING;
}

bool dom_code_redeemable(const struct dom_staff *staff, cv_moment now)
{
    bool valid = staff->activation_until != CV_NO_MOMENT && staff->activation_until > now;
    return valid && dom_status_on(staff, cv_day_of(now)) != DOM_DEPARTED;
}

struct dom_account *dom_account_need(struct dom_staff *staff, const char *system)
{
    struct dom_account *account = dom_account_of(staff, system);
    if (account != NULL || staff->account_count >= DOM_SYSTEMS_MAX)
        return account;
    account = &staff->accounts[staff->account_count++];
    *account = (struct dom_account){.system = system,
                                    .desired = DOM_REVOKED,
                                    .observed = DOM_REQUESTED,
                                    .since = CV_NO_MOMENT,
                                    .next_try_at = CV_NO_MOMENT};
    return account;
}

/* ---- passwords ---- one for all systems of the directory */

static void drop_code(struct dom_staff *staff)
{
    staff->activation_digest = NULL;
    staff->activation_until = CV_NO_MOMENT;
}

static void set_cause(struct dom_account *account, enum dom_cause cause)
{
    account->cause = cause;
    account->cause_told = true;
}

void dom_trust_password(struct dom_staff *staff)
{
    drop_code(staff);
    for (size_t i = 0; i < staff->account_count; i++)
        if (staff->accounts[i].cause == DOM_BY_COMPROMISE)
            set_cause(&staff->accounts[i], DOM_BY_HAND);
}

/* The one that he has belongs to the past from that day on. Another one in its place goes on from it. */
static void end_password(struct dom_staff *staff, cv_day day)
{
    struct dom_span *last = staff->password_count > 0 ? &staff->passwords[staff->password_count - 1] : NULL;
    cv_day from = staff->credential_on;
    if (!staff->credential_set || (from != CV_NO_DAY && from >= day))
        return;
    if (last != NULL && last->to == from) {
        last->to = day;
        return;
    }
    if (staff->password_count == DOM_SPANS_MAX)
        memmove(staff->passwords, staff->passwords + 1, --staff->password_count * sizeof(*staff->passwords));
    staff->passwords[staff->password_count++] = (struct dom_span){.from = from, .to = day};
}

void dom_set_password(struct dom_staff *staff, cv_day day)
{
    end_password(staff, day);
    staff->credential_set = true;
    staff->credential_on = day;
}

void dom_forget_password(struct dom_staff *staff, cv_day day)
{
    end_password(staff, day);
    staff->credential_set = false;
    staff->credential_on = CV_NO_DAY;
    dom_trust_password(staff);
}

static bool in_other_hands(const struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->account_count; i++)
        if (staff->accounts[i].cause == DOM_BY_COMPROMISE)
            return true;
    return false;
}

bool dom_signs_in(const struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->account_count; i++)
        if (dom_may_login(staff->accounts[i].observed))
            return true;
    return false;
}

/* ---- what follows ---- */

/* A directory system shows at once what is wanted; others are confirmed by their connector or by HR. */
static enum dom_observed seen_then(const struct dom_wishing *how, const struct dom_account *account)
{
    enum dom_observed now = account->observed;
    if (how->system->kind == DOM_DIRECTORY)
        return dom_observed_for(account->desired, how->staff->credential_set);
    if (account->desired == DOM_PRESENT && (now == DOM_OBS_CLOSED || now == DOM_OBS_REVOKED))
        return DOM_REQUESTED;
    bool never_made = now == DOM_REQUESTED && account->desired >= DOM_CLOSED;
    return never_made ? dom_observed_for(account->desired, false) : now;
}

static void observe(const struct dom_wishing *how, struct dom_account *account)
{
    if (how->system->kind == DOM_CONNECTOR && account->desired != DOM_PRESENT)
        return; /* it may have been made there already, and the answer been lost: the reconciler looks */
    enum dom_observed now = seen_then(how, account);
    if (now != account->observed || account->since == CV_NO_MOMENT)
        dom_observe(account, now, how->now);
}

/* Whoever may no longer sign in may still be inside. */
static void ask_cut_off(const struct dom_wishing *how, struct dom_account *account)
{
    struct dom_cut_off *cut = how->system->sessions != NULL ? CV_NEW(how->arena, struct dom_cut_off) : NULL;
    if (cut != NULL)
        *cut = (struct dom_cut_off){.asked = how->now, .auth_cache = CV_NO_MOMENT, .sessions = CV_NO_MOMENT};
    account->cut_off = cut;
}

/* Once the password is in other hands it stays so until it is gone, whatever the account is locked for meanwhile. */
static enum dom_cause cause_of(const struct dom_account *account, const struct dom_wish *wish)
{
    if (wish->state == DOM_PRESENT)
        return DOM_BY_HAND;
    bool by_hand = wish->cause == DOM_BY_HAND;
    return by_hand && (of_a_stolen_password(wish) || account->cause == DOM_BY_COMPROMISE) ? DOM_BY_COMPROMISE
                                                                                          : wish->cause;
}

bool dom_wish_apply(const struct dom_wishing *how, struct dom_account *account, const struct dom_wish *wish)
{
    bool wanted = account->desired == DOM_PRESENT, worked = dom_may_login(account->observed);
    bool stops = wanted && wish->state != DOM_PRESENT && dom_counts_issued(account->observed);
    if (!wanted && wish->state == DOM_PRESENT && (!dom_signs_in(how->before) || in_other_hands(how->staff)))
        dom_forget_password(how->staff, cv_day_of(how->now));
    enum dom_cause cause = cause_of(account, wish);
    const char *reason = wish->state == DOM_PRESENT ? NULL : wish->reason;
    if (account->desired != wish->state || account->cause != cause || !cv_text_same(account->reason, reason))
        set_cause(account, cause);
    account->desired = wish->state;
    dom_give_reason(account, reason, how->now);
    account->asked = account->asked || wish->cause == DOM_BY_HAND;
    account->last_error = NULL;
    account->attempts = 0;
    if (account->cause == DOM_BY_COMPROMISE)
        drop_code(how->staff); /* who has the mailbox has the code that was sent there */
    observe(how, account);
    if (dom_may_login(account->observed))
        account->cut_off = NULL;
    else if (worked)
        ask_cut_off(how, account);
    return stops;
}

void dom_account_retire(struct dom_account *account, cv_moment now)
{
    account->desired = DOM_REVOKED;
    account->attempts = 0;
    account->last_error = NULL;
    account->former_count = 0;
    account->not_taken = account->kept = 0;
    account->lost_at = 0;
    dom_observe(account, DOM_OBS_REVOKED, now);
    dom_give_reason(account, "retired", now);
}

/* ---- data of a version that kept only the word ---- */

static bool since_a_departure(const struct dom_staff *staff, const struct dom_account *account)
{
    for (size_t i = 0; i < staff->departure_count; i++) {
        cv_moment started = staff->departures[i].started_at;
        if (started != CV_NO_MOMENT && (account->since == CV_NO_MOMENT || account->since >= started))
            return true;
    }
    return false;
}

enum dom_cause dom_cause_guess(const struct dom_staff *staff, const struct dom_account *account)
{
    const char *word = account->desired != DOM_PRESENT && account->reason != NULL ? account->reason : "";
    if (strcmp(word, "compromised") == 0)
        return DOM_BY_COMPROMISE;
    if (strcmp(word, "departure") == 0 && since_a_departure(staff, account))
        return DOM_BY_DEPARTURE;
    if (strcmp(word, "transfer") == 0 && !account->asked)
        return DOM_BY_TRANSFER;
    return DOM_BY_HAND;
}

bool dom_post_wish(const struct dom_system *system, const struct dom_account *account, bool required, bool moved,
                   struct dom_wish *out)
{
    *out = (struct dom_wish){.state = DOM_PRESENT, .cause = DOM_BY_TRANSFER};
    if (account == NULL)
        return required;
    if (!moved || account->asked || (system->certificates && !required))
        return false;
    if (required)
        return account->desired == DOM_CLOSED && account->cause != DOM_BY_HAND;
    *out = (struct dom_wish){.state = DOM_CLOSED, .reason = "transfer", .cause = DOM_BY_TRANSFER};
    return account->desired == DOM_PRESENT;
}
