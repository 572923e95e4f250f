/* One account of one person: what is wanted, and for manual systems what was seen. */
#include <string.h>

#include "provision/internal.h"

enum { CLOCKS_APART_S = 300 };

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

static bool put_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct account_request *request = ctx;
    const struct prov_account_change *wanted = request->change;
    const struct dom_system *system = wanted_system(change, request->system, err);
    change->hand_login = wanted->login;
    return system != NULL && prov_wish(change, system, &wanted->wish, err) &&
           (wanted->login == NULL ||
            prov_account_hand_login(change, system, dom_account_of(change->after, system->slug), err));
}

bool prov_account_put(struct prov_call *call, const char *key, const char *system, const struct prov_account_change *in,
                      struct prov_staff_result *out, struct cv_error *err)
{
    struct account_request request = {.system = system, .change = in};
    *out = (struct prov_staff_result){0};
    dom_wish_check(&in->wish, "", call->faults);
    if (!cv_faults_check(call->faults, cvp_validation_failed, err))
        return false;
    const struct dom_decision *decision = in->decision.given == CV_VALUE ? &in->decision.value : NULL;
    if (!prov_staff_modify(call, key, "account.put", decision, put_change, &request, out, err))
        return false;
    out->last_administrator =
        dom_signs_in(&out->before) && !dom_signs_in(&out->staff) && prov_last_administrator(call, &out->staff);
    return true;
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
        if (!prov_wish(change, system, &(struct dom_wish){.state = DOM_PRESENT}, err))
            return false;
        account = dom_account_of(change->after, system->slug);
    }
    if (seen->since != CV_NO_MOMENT)
        dom_observe(account, seen->state, seen->since);
    else if (account->observed != seen->state)
        dom_observe(account, seen->state, cv_now());
    account->last_error = NULL;
    return seen->login == NULL ||
           prov_name_seen_login(&change->names, change->after, system, account, seen->login, err);
}

/* Which signs a login has that others gave is theirs to say. */
static void judge_observation(struct prov_call *call, struct prov_observation *seen)
{
    if (seen->login != NULL && *seen->login == '\0')
        cv_fault_add(call->faults, CV_AT_POINTER, "/login", "too_short", "Không được để trống", "It must not be empty");
    if (seen->since == CV_NO_MOMENT || seen->since <= cv_now())
        return;
    if (seen->since > cv_now() + CLOCKS_APART_S)
        cv_fault_add(call->faults, CV_AT_POINTER, "/since", "out_of_range", "Không được ở tương lai",
                     "It must not lie ahead");
    seen->since = cv_now();
}

bool prov_observation_put(struct prov_call *call, const char *key, const char *system,
                          const struct prov_observation *in, struct prov_staff_result *out, struct cv_error *err)
{
    struct prov_observation seen = *in;
    struct account_request request = {.system = system, .observation = &seen};
    *out = (struct prov_staff_result){0};
    judge_observation(call, &seen);
    if (!cv_faults_check(call->faults, cvp_validation_failed, err))
        return false;
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
