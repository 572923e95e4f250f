/* What the posts of a person require, and what follows for the accounts. */
#include <string.h>

#include "congvu/naming.h"
#include "provision/internal.h"

bool prov_load_systems(struct prov_call *call, struct prov_systems *out, struct cv_error *err)
{
    return view_systems(call->prov->options.view, call->arena, &out->items, &out->count, err);
}

const struct dom_system *prov_system_of(const struct prov_systems *systems, const char *slug)
{
    for (size_t i = 0; i < systems->count; i++)
        if (strcmp(systems->items[i].slug, slug) == 0)
            return &systems->items[i];
    return NULL;
}

bool prov_requires(const struct view *view, struct cv_arena *arena, const struct dom_staff *staff,
                   const struct dom_system *system)
{
    cv_day today = cv_today();
    for (size_t i = 0; i < staff->post_count; i++) {
        const struct dom_post *post = &staff->posts[i];
        struct view_unit unit;
        if (!dom_post_counts(staff, post, today) || !view_unit_by_id(view, post->unit, arena, &unit))
            continue;
        const char *title = post->title != NULL ? cv_text_fold(arena, post->title) : "";
        if (dom_required_by(system, unit.effective_block, unit.kind, dom_category_on(staff, today), title))
            return true;
    }
    return false;
}

static bool required(const struct prov_change *change, const struct dom_system *system)
{
    struct prov_call *call = change->call;
    return prov_requires(call->prov->options.view, call->arena, change->after, system);
}

static bool name_account(struct prov_change *change, const struct dom_system *system, struct dom_account *account,
                         struct cv_error *err)
{
    struct dom_staff *staff = change->after;
    if (change->hand_login != NULL)
        return prov_account_hand_login(change, system, account, err);
    if (strcmp(system->slug, "mailbox") == 0) {
        if (staff->address == NULL && !prov_name_mailbox(&change->names, staff, NULL, err))
            return false;
        account->login = staff->login;
        return true;
    }
    return account->login != NULL || system->kind == DOM_MANUAL ||
           prov_name_login(&change->names, staff, dom_home_on(staff, cv_today())->unit, system, &account->login, err);
}

bool prov_wish(struct prov_change *change, const struct dom_system *system, const struct dom_wish *wish,
               struct cv_error *err)
{
    const struct dom_wishing how = {.before = change->before,
                                    .staff = change->after,
                                    .system = system,
                                    .arena = change->call->arena,
                                    .now = cv_now()};
    if (!dom_wish_allowed(change->after, wish, cv_today(), err))
        return false;
    if (system->retired && (wish->state == DOM_PRESENT || wish->state == DOM_LOCKED))
        return cv_fail(err, cvp_conflict, NULL, "Hệ thống %s đã ngừng sử dụng", "The system %s is retired",
                       system->slug);
    struct dom_account *account = dom_account_need(change->after, system->slug);
    if (account == NULL)
        return cv_fail(err, cvp_conflict, NULL, "Quá nhiều tài khoản", "Too many accounts");
    if (wish->state == DOM_PRESENT && !name_account(change, system, account, err))
        return false;
    if (dom_wish_apply(&how, account, wish)) {
        change->brake_events++;
        change->urgent_events += dom_wish_is_urgent(wish) ? 1 : 0;
    }
    return true;
}

/* What the old unit's login opened there is still to be closed. */
static void leave_behind(struct cv_arena *arena, struct dom_account *account)
{
    struct dom_former *grown = CV_NEWS(arena, struct dom_former, account->former_count + 1);
    if (account->former_count > 0)
        memcpy(grown, account->formers, account->former_count * sizeof(*grown));
    grown[account->former_count++] = (struct dom_former){.login = account->login, .remote_id = account->remote_id};
    account->formers = grown;
    account->remote_id = NULL;
    account->synced = 0;
    dom_observe(account, DOM_REQUESTED, cv_now());
}

/* "noivu_an" belongs to the unit: the old login is closed (it stays the person's name), a new one opens. */
static bool renew_login(struct prov_change *change, const struct dom_system *system, struct dom_account *account,
                        struct cv_error *err)
{
    const struct dom_post *home = dom_home_on(change->after, cv_today());
    const char *planned = account->next_login;
    if (system->kind == DOM_CONNECTOR && account->login != NULL)
        leave_behind(change->call->arena, account);
    account->login = account->next_login = NULL;
    if (planned != NULL && cv_id_equal(account->next_unit, home->unit)) {
        account->login = planned;
        return true;
    }
    return prov_name_login(&change->names, change->after, home->unit, system, &account->login, err);
}

/* The login of a transfer that is to come is taken in the write that schedules it, so that it is the one on the day. */
static bool plan_login(struct prov_change *change, const struct dom_post *next, const struct dom_system *system,
                       struct dom_account *account, struct cv_error *err)
{
    bool needed = next != NULL && account->desired == DOM_PRESENT && system->login_per_unit;
    if (needed && account->next_login != NULL && cv_id_equal(account->next_unit, next->unit))
        return true;
    account->next_login = NULL;
    if (!needed || cv_id_equal(next->unit, dom_home_on(change->after, cv_today())->unit))
        return true;
    account->next_unit = next->unit;
    return prov_name_login(&change->names, change->after, next->unit, system, &account->next_login, err);
}

bool prov_plan_logins(struct prov_change *change, struct cv_error *err)
{
    struct dom_staff *staff = change->after;
    const struct dom_post *next = dom_next_home(staff, cv_today());
    for (size_t i = 0; i < staff->account_count; i++) {
        const struct dom_system *system = prov_system_of(&change->systems, staff->accounts[i].system);
        if (system != NULL && !plan_login(change, next, system, &staff->accounts[i], err))
            return false;
    }
    return true;
}

static bool sync_account(struct prov_change *change, const struct dom_system *system, bool moved, struct cv_error *err)
{
    const struct dom_account *account = dom_account_of(change->after, system->slug);
    bool needed = required(change, system), there = account != NULL;
    struct dom_wish wish;
    if (dom_post_wish(system, account, needed, moved, &wish) && !prov_wish(change, system, &wish, err))
        return false;
    if (!moved || !there || !needed || !system->login_per_unit)
        return true;
    struct dom_account *theirs = dom_account_of(change->after, system->slug);
    return theirs->desired != DOM_PRESENT || renew_login(change, system, theirs, err);
}

/* The day on which a newcomer's accounts are issued; CV_NO_DAY = at once. */
static cv_day issued_from(const struct prov_change *change)
{
    const struct dom_staff *staff = change->after;
    int lead = dom_policy_lead_days(change->call->prov->options.policy);
    bool waits = lead >= 0 && staff->hired_on != CV_NO_DAY && staff->account_count == 0;
    return waits && staff->hired_on - lead > cv_today() ? staff->hired_on - lead : CV_NO_DAY;
}

static cv_day sooner(cv_day a, cv_day b)
{
    return a == CV_NO_DAY || (b != CV_NO_DAY && b < a) ? b : a;
}

cv_moment prov_due_at(const struct prov_change *change)
{
    const struct dom_staff *staff = change->after;
    if (staff->merge != NULL)
        return CV_NO_MOMENT;
    cv_moment due = dom_due_at(staff, change->systems.items, change->systems.count, cv_today());
    cv_day stripped = dom_strip_on(staff, dom_policy_keep_days(change->call->prov->options.policy));
    cv_day from = sooner(sooner(dom_category_turns(staff, cv_today()), issued_from(change)), stripped);
    return from != CV_NO_DAY && (due == CV_NO_MOMENT || cv_day_start(from) < due) ? cv_day_start(from) : due;
}

bool prov_sync_accounts(struct prov_change *change, bool moved, struct cv_error *err)
{
    if (dom_status_on(change->after, cv_today()) == DOM_DEPARTED || issued_from(change) != CV_NO_DAY)
        return true;
    for (size_t i = 0; i < change->systems.count; i++)
        if (!sync_account(change, &change->systems.items[i], moved, err))
            return false;
    return true;
}

static bool give_back(struct prov_change *change, const struct dom_system *system, struct cv_error *err)
{
    const struct dom_account *account = dom_account_of(change->after, system->slug);
    struct dom_wish wish;
    if (account == NULL)
        return true;
    return !dom_returner_wish(account, required(change, system), &wish) || prov_wish(change, system, &wish, err);
}

bool prov_give_back(struct prov_change *change, bool moved, struct cv_error *err)
{
    for (size_t i = 0; i < change->systems.count; i++)
        if (!give_back(change, &change->systems.items[i], err))
            return false;
    return prov_sync_accounts(change, moved, err);
}

bool prov_account_hand_login(struct prov_change *change, const struct dom_system *system, struct dom_account *account,
                             struct cv_error *err)
{
    struct dom_staff *staff = change->after;
    const char *login = change->hand_login;
    if (account->login != NULL && strcmp(account->login, login) == 0)
        return true;
    if (strcmp(system->slug, "mailbox") != 0)
        return prov_name_hand_login(&change->names, staff, system, account, login, err);
    if (!prov_name_mailbox(&change->names, staff, login, err))
        return false;
    account->login = staff->login;
    return true;
}
