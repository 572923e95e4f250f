/* Whoever was given an account and has not set a password in the policy's days is locked out until somebody asks. */
#include "congvu/naming.h"
#include "congvu/prov_calendar.h"
#include "congvu/view_lists.h"
#include "provision/internal.h"

enum { PAGE = 200, WORK_MAX = 16 << 20 };

static bool is_over(cv_moment since, cv_day hired_on, int days)
{
    cv_day last = dom_activate_by(since, hired_on, days);
    return last != CV_NO_DAY && last < cv_today();
}

/* Looked at again in the record itself: a code may have been handed out since, or a leave begun. */
static bool lock_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct dom_system *system = ctx;
    const struct dom_staff *staff = change->after;
    const struct dom_account *account = dom_account_of(staff, system->slug);
    const struct dom_wish wish = {.state = DOM_LOCKED, .reason = "default_password", .cause = DOM_BY_HAND};
    int days = dom_policy_activation_days(change->call->prov->options.policy);
    enum dom_status status = dom_status_on(staff, cv_today());
    bool coded = staff->activation_until != CV_NO_MOMENT && staff->activation_until > cv_now();
    if (account == NULL || account->observed != DOM_PROVISIONED || account->desired != DOM_PRESENT || coded ||
        status == DOM_ON_LEAVE || status == DOM_DEPARTED || !is_over(account->since, staff->hired_on, days))
        return true;
    return prov_wish(change, system, &wish, err);
}

static void lock(struct prov_call *call, const struct view_account_page *page, struct dom_system *system)
{
    int days = dom_policy_activation_days(call->prov->options.policy);
    for (size_t i = 0; i < page->count && !cv_deadline_passed(call->deadline); i++) {
        const struct view_account_row *row = &page->items[i];
        struct prov_staff_result result = {0};
        struct cv_error err = {0};
        if (!is_over(row->account.since, row->staff.hired_on, days))
            continue;
        if (!prov_staff_modify_id(call, row->staff.id, "account.not_activated", NULL, lock_change, system, &result,
                                  &err))
            cv_log_error(CV_LOG_WARN, "account_not_activated", &err);
    }
}

/* Page by page in memory of its own. False: the deadline came first. */
static bool look_at(struct prov_call *call, struct dom_system *system)
{
    cv_auto_arena even = cv_arena_new(WORK_MAX);
    cv_auto_arena odd = cv_arena_new(WORK_MAX);
    struct view_account_query query = {.scope = {.everywhere = true},
                                       .system = system->slug,
                                       .states = UINT32_C(1) << DOM_PROVISIONED,
                                       .page_size = PAGE};
    for (bool second = false; even != NULL && odd != NULL && !cv_deadline_passed(call->deadline); second = !second) {
        struct cv_arena *work = second ? odd : even; /* where the page before ended lies in the other one */
        struct view_account_page page = {0};
        struct cv_error err = {0};
        cv_arena_reset(work);
        if (!view_account_list(call->prov->options.view, &query, work, &page, &err))
            return false;
        lock(call, &page, system);
        if (page.next == NULL)
            return true;
        query.after = page.next;
        query.after_len = page.next_len;
    }
    return false;
}

void prov_tick_activation(struct prov_call *call)
{
    struct prov_systems systems;
    struct cv_error err = {0};
    bool whole = true;
    if (call->prov->activation_on == cv_today() || dom_policy_activation_days(call->prov->options.policy) == 0 ||
        !prov_load_systems(call, &systems, &err))
        return;
    for (size_t i = 0; i < systems.count; i++)
        if (systems.items[i].kind == DOM_DIRECTORY && !systems.items[i].retired)
            whole = look_at(call, &systems.items[i]) && whole;
    if (whole && !cv_deadline_passed(call->deadline))
        call->prov->activation_on = cv_today();
}

int prov_activation_days(const struct prov *prov, int *out_warn)
{
    *out_warn = dom_policy_activation_warn(prov->options.policy);
    return dom_policy_activation_days(prov->options.policy);
}
