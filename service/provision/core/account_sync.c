/* What the posts of a person require, and what follows for the accounts. */
#include "provision/internal.h"

#include <string.h>

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
        if (post->to != CV_NO_DAY && post->to <= today)
            continue;
        if (!view_unit_by_id(view, post->unit, arena, &unit))
            continue;
        const char *title = post->title != NULL ? cv_text_fold(arena, post->title) : "";
        if (dom_required_by(system, unit.effective_block, unit.kind, staff->category, title))
            return true;
    }
    return false;
}

static bool required(const struct prov_change *change, const struct dom_system *system)
{
    struct prov_call *call = change->call;
    return prov_requires(call->prov->options.view, call->arena, change->after, system);
}

static struct dom_account *add_account(struct dom_staff *staff, const char *system)
{
    struct dom_account *account = &staff->accounts[staff->account_count++];
    *account = (struct dom_account){
        .system = system, .desired = DOM_REVOKED, .observed = DOM_REQUESTED, .since = CV_NO_MOMENT};
    return account;
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
           prov_name_login(&change->names, staff, system, account, err);
}

/* A directory system shows at once what is wanted; others are confirmed by their connector or by HR. */
static void observe(const struct prov_change *change, const struct dom_system *system, struct dom_account *account)
{
    enum dom_observed now = account->observed;
    if (system->kind == DOM_CONNECTOR && account->desired != DOM_PRESENT)
        return; /* it may have been made there already, and the answer been lost: the reconciler looks */
    if (system->kind == DOM_DIRECTORY)
        now = dom_observed_for(account->desired, change->after->credential_set);
    else if (account->observed == DOM_REQUESTED && account->desired == DOM_CLOSED)
        now = DOM_OBS_CLOSED; /* nothing was ever made there */
    else if (account->observed == DOM_REQUESTED && account->desired == DOM_REVOKED)
        now = DOM_OBS_REVOKED;
    else if (account->desired == DOM_PRESENT && (now == DOM_OBS_CLOSED || now == DOM_OBS_REVOKED))
        now = DOM_REQUESTED;
    if (now == account->observed && account->since != CV_NO_MOMENT)
        return;
    dom_observe(account, now, cv_now());
}

/* Whoever may no longer sign in may still be inside. */
static void ask_cut_off(const struct prov_change *change, const struct dom_system *system, struct dom_account *account)
{
    struct dom_cut_off *cut = system->sessions != NULL ? CV_NEW(change->call->arena, struct dom_cut_off) : NULL;
    if (cut != NULL)
        *cut = (struct dom_cut_off){.asked = cv_now(), .auth_cache = CV_NO_MOMENT, .sessions = CV_NO_MOMENT};
    account->cut_off = cut;
}

bool prov_set_desired(struct prov_change *change, const struct dom_system *system, enum dom_desired desired,
                      const char *reason, bool asked, struct cv_error *err)
{
    struct dom_account *account = dom_account_of(change->after, system->slug);
    if (account == NULL) {
        if (change->after->account_count >= DOM_SYSTEMS_MAX)
            return cv_fail(err, cvp_conflict, NULL, "Quá nhiều tài khoản", "Too many accounts");
        account = add_account(change->after, system->slug);
    }
    bool worked = account->desired == DOM_PRESENT && dom_counts_issued(account->observed);
    if (worked && desired != DOM_PRESENT)
        change->brake_events++;
    account->desired = desired;
    account->reason = desired == DOM_PRESENT ? NULL : reason;
    account->asked = account->asked || asked;
    account->last_error = NULL;
    account->attempts = 0;
    if (desired == DOM_PRESENT && !name_account(change, system, account, err))
        return false;
    bool could = dom_may_login(account->observed);
    observe(change, system, account);
    if (dom_may_login(account->observed))
        account->cut_off = NULL;
    else if (could)
        ask_cut_off(change, system, account);
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
    if (system->kind == DOM_CONNECTOR && account->login != NULL)
        leave_behind(change->call->arena, account);
    account->login = NULL;
    return prov_name_login(&change->names, change->after, system, account, err);
}

bool prov_sync_accounts(struct prov_change *change, bool moved, struct cv_error *err)
{
    for (size_t i = 0; i < change->systems.count; i++) {
        const struct dom_system *system = &change->systems.items[i];
        struct dom_account *account = dom_account_of(change->after, system->slug);
        bool wanted = required(change, system);
        if (wanted && account == NULL && !prov_set_desired(change, system, DOM_PRESENT, NULL, false, err))
            return false;
        if (!moved || account == NULL)
            continue;
        if (wanted && account->desired == DOM_CLOSED && !account->asked &&
            !prov_set_desired(change, system, DOM_PRESENT, NULL, false, err))
            return false;
        if (!wanted && !account->asked && account->desired == DOM_PRESENT &&
            !prov_set_desired(change, system, DOM_CLOSED, "transfer", false, err))
            return false;
        if (wanted && system->login_per_unit && account->desired == DOM_PRESENT &&
            !renew_login(change, system, account, err))
            return false;
    }
    return true;
}
