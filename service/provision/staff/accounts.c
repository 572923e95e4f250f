/* One account of one person: what is wanted, and for manual systems what was seen. */
#include "provision/internal.h"

#include <string.h>

struct account_request {
    const char *system;
    const struct prov_account_change *change;
    const struct prov_observation *observation;
};

static const struct dom_system *wanted_system(struct prov_change *change, const char *slug, struct cv_error *err)
{
    const struct dom_system *system = prov_system_of(&change->systems, slug);
    if (system == NULL)
        cv_fail(err, cvp_system_not_found, NULL, "Không có hệ thống “%s”", "There is no system “%s”", slug);
    return system;
}

static bool not_departed(const struct dom_staff *staff, enum dom_desired wanted, struct cv_error *err)
{
    if (wanted != DOM_PRESENT || dom_status_on(staff, cv_today()) != DOM_DEPARTED)
        return true;
    return cv_fail(err, cvp_staff_departed, NULL, "Người này đã kết thúc công tác nên không mở lại tài khoản được",
                   "This person has departed; an account opens again by a reinstatement");
}

static bool any_login(const struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->account_count; i++)
        if (dom_may_login(staff->accounts[i].observed))
            return true;
    return false;
}

/* Restoring somebody who could not sign in anywhere, or whose password was in other hands, wants a new password. */
static void forget_password(struct prov_change *change, const struct dom_account *account)
{
    bool compromised = account != NULL && account->reason != NULL && strcmp(account->reason, "compromised") == 0;
    if (account == NULL || account->desired == DOM_PRESENT || (any_login(change->after) && !compromised))
        return;
    change->after->credential_set = false;
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

static bool put_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct account_request *request = ctx;
    const struct prov_account_change *wanted = request->change;
    const struct dom_system *system = wanted_system(change, request->system, err);
    if (system == NULL || !not_departed(change->before, wanted->state, err))
        return false;
    struct dom_account *account = dom_account_of(change->after, system->slug);
    change->brake_exempt = wanted->reason != NULL && strcmp(wanted->reason, "compromised") == 0;
    if (wanted->state == DOM_PRESENT)
        forget_password(change, account);
    change->hand_login = wanted->login;
    if (!prov_set_desired(change, system, wanted->state, wanted->reason, true, err))
        return false;
    account = dom_account_of(change->after, system->slug);
    return wanted->login == NULL || prov_account_hand_login(change, system, account, err);
}

bool prov_account_put(struct prov_call *call, const char *key, const char *system, const struct prov_account_change *in,
                      struct prov_staff_result *out, struct cv_error *err)
{
    struct account_request request = {.system = system, .change = in};
    *out = (struct prov_staff_result){0};
    return prov_staff_modify(call, key, "account.put", NULL, put_change, &request, out, err);
}

static bool observe_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct account_request *request = ctx;
    const struct prov_observation *seen = request->observation;
    const struct dom_system *system = wanted_system(change, request->system, err);
    if (system == NULL)
        return false;
    if (system->kind != DOM_MANUAL)
        return cv_fail(err, cvp_conflict, NULL, "Hệ thống “%s” tự báo trạng thái, không xác nhận bằng tay",
                       "The system “%s” reports its own state; it is not confirmed by hand", system->slug);
    struct dom_account *account = dom_account_of(change->after, system->slug);
    if (account == NULL) {
        if (!prov_set_desired(change, system, DOM_PRESENT, NULL, true, err))
            return false;
        account = dom_account_of(change->after, system->slug);
    }
    if (seen->since != CV_NO_MOMENT)
        dom_observe(account, seen->state, seen->since);
    else if (account->observed != seen->state)
        dom_observe(account, seen->state, cv_now());
    if (seen->login != NULL)
        account->login = seen->login;
    account->last_error = NULL;
    return true;
}

bool prov_observation_put(struct prov_call *call, const char *key, const char *system,
                          const struct prov_observation *in, struct prov_staff_result *out, struct cv_error *err)
{
    struct account_request request = {.system = system, .observation = in};
    *out = (struct prov_staff_result){0};
    return prov_staff_modify(call, key, "account.observe", NULL, observe_change, &request, out, err);
}

const char *prov_error_text(struct cv_arena *arena, const struct cv_error *err)
{
    return cv_arena_printf(arena, "%s\n%s", err->text[CV_VI], err->text[CV_EN]);
}

const char *prov_text_in(struct cv_arena *arena, const char *last_error, enum cv_lang lang)
{
    const char *line = last_error != NULL ? strchr(last_error, '\n') : NULL;
    if (line == NULL)
        return last_error;
    return lang == CV_EN ? line + 1 : cv_arena_strndup(arena, last_error, (size_t)(line - last_error));
}
