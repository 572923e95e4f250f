/* Who somebody is that knows a login and its password. */
#include <string.h>

#include "provision/identity/identity.h"

static bool refused(struct cv_error *err)
{
    return cv_fail(err, cvp_sign_in_refused, NULL, "Tên đăng nhập hoặc mật khẩu không đúng",
                   "The login or the password is not right");
}

static bool person_of(struct prov_call *call, const char *login, struct cv_id *out)
{
    const struct view_scope everywhere = {.everywhere = true};
    bool address = strchr(login, '@') != NULL;
    const char *name = address ? login : cv_arena_printf(call->arena, "mailbox/%s", login);
    return view_staff_holder(call->prov->options.view, everywhere, VIEW_BY_NAME, name, out);
}

/* A login that nobody has is counted like one that somebody has: with its address together. */
static const char *account_of_nobody(struct cv_arena *arena, const char *login)
{
    char *name = cv_arena_strndup(arena, login, strcspn(login, "@"));
    for (char *p = name; *p != '\0'; p++)
        *p = cv_ascii_lower(*p);
    return name;
}

/* After the password was right. */
static bool second_factor(struct prov_call *call, struct cv_id id, const char *code, bool *out_used,
                          struct cv_error *err)
{
    struct dom_staff staff;
    if (!dir_staff_read(call->dir, id, call->arena, &staff, err))
        return false;
    *out_used = prov_factor_active(&staff);
    return !*out_used || prov_factor_pass(call, id, code, err);
}

bool prov_sign_in(struct prov_call *call, const struct prov_sign_in *in, struct prov_signed_in *out,
                  struct cv_error *err)
{
    *out = (struct prov_signed_in){0};
    struct cv_id staff = {0};
    bool right = false, found = person_of(call, in->login, &staff);
    struct prov_trier who = prov_trier_of(call, staff, found ? &in->browser : NULL);
    if (!found)
        who.account = account_of_nobody(call->arena, in->login);
    bool may = found && view_signer(call->prov->options.view, staff, &out->signer);
    if (!prov_password_right(call, &who, may ? &staff : NULL, in->password, &right, err))
        return false;
    if (!right || !may)
        return refused(err);
    return second_factor(call, staff, in->code, &out->with_factor, err);
}

bool prov_sign_in_try(struct prov_call *call, const struct prov_browser *browser, prov_sign_in_fn *fn, void *ctx,
                      struct cv_error *err)
{
    struct prov_trier who = {.peer = call->peer};
    int wait_s = 0;
    if (browser->mark != NULL)
        who = prov_trier_of(call, browser->staff, browser);
    if (!prov_attempt_begin(call->prov->attempts, &who, cv_mono_ns(), &wait_s))
        return prov_too_fast(err, wait_s);
    bool ok = fn(ctx, err);
    bool wrong = !ok && err->problem == cvp_sign_in_refused;
    prov_attempt_end(call->prov->attempts, &who, cv_mono_ns(), wrong ? PROV_TRIED_WRONG : PROV_TRIED_UNKNOWN);
    return ok;
}

static bool raise_epoch(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx, (void)err;
    change->after->session_epoch++;
    change->quiet = true;
    return true;
}

bool prov_sign_out(struct prov_call *call, struct cv_id staff, struct cv_error *err)
{
    struct prov_staff_result result = {0};
    call->match = PROV_MATCH_ABSENT;
    return prov_staff_modify_id(call, staff, "session.end", NULL, raise_epoch, NULL, &result, err);
}
