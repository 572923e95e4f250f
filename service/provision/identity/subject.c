/* Who somebody is that an OpenID provider names. */
#include <string.h>

#include "provision/identity/identity.h"

static bool refused(struct cv_error *err)
{
    return cv_fail(err, cvp_sign_in_refused, NULL, "Tài khoản đăng nhập chung này chưa gắn với ai có tài khoản đang mở",
                   "This account of the common sign-in belongs to nobody with an open account");
}

static const char *subject_of(struct prov_call *call, const struct prov_subject *in)
{
    return cv_arena_printf(call->arena, "%s %s", in->issuer, in->subject);
}

/* ---- the first time ---- the claim is believed once; then only the subject counts */

/* Whose mailbox login it is now: a former one names nobody. */
static bool by_login(struct prov_call *call, const char *login, struct cv_id *out, struct cv_error *err)
{
    const struct view_scope everywhere = {.everywhere = true};
    struct dom_staff staff;
    if (!view_login_holder(call->prov->options.view, everywhere, "mailbox", login, out))
        return refused(err);
    if (!dir_staff_read(call->dir, *out, call->arena, &staff, err))
        return err->kind == CV_NOT_FOUND ? refused(err) : false;
    const struct dom_account *mailbox = dom_account_of(&staff, "mailbox");
    return (mailbox != NULL && cv_ascii_same(mailbox->login, login)) || refused(err);
}

static bool person_of(struct prov_call *call, const struct prov_subject *in, struct cv_id *out, struct cv_error *err)
{
    const enum view_key by = in->claim_is == PROV_CLAIM_ADDRESS ? VIEW_BY_NAME : VIEW_BY_CODE;
    const struct view_scope everywhere = {.everywhere = true};
    struct view_holding holding;
    size_t count;
    if (in->claim == NULL || (in->claim_is == PROV_CLAIM_ADDRESS) != (strchr(in->claim, '@') != NULL))
        return refused(err);
    if (in->claim_is == PROV_CLAIM_LOGIN)
        return by_login(call, in->claim, out, err);
    if (!view_staff_holdings(call->prov->options.view, everywhere, by, &in->claim, 1, &holding, &count, err))
        return false;
    *out = holding.staff;
    return (holding.found && holding.current) || refused(err);
}

static bool put_subject(struct prov_change *change, void *ctx, struct cv_error *err)
{
    if (change->before->subject != NULL && strcmp(change->before->subject, ctx) != 0)
        return refused(err);
    change->after->subject = ctx;
    change->quiet = true;
    return true;
}

static bool first_time(struct prov_call *call, const struct prov_subject *in, const char *subject, struct cv_id *out,
                       struct cv_error *err)
{
    struct prov_staff_result result = {0};
    struct view_signer signer;
    if (!person_of(call, in, out, err))
        return false;
    if (!view_signer(call->prov->options.view, *out, &signer))
        return refused(err);
    if (prov_staff_modify_id(call, *out, "session.subject", NULL, put_subject, (void *)(uintptr_t)subject, &result,
                             err))
        return true;
    return err->problem == cvp_code_taken ? refused(err) : false;
}

bool prov_sign_in_subject(struct prov_call *call, const struct prov_subject *in, struct prov_signed_in *out,
                          struct cv_error *err)
{
    struct dom_staff staff;
    struct cv_id id;
    const char *subject = subject_of(call, in);
    *out = (struct prov_signed_in){.with_factor = in->with_factor};
    bool found = dir_staff_find_subject(call->dir, subject, call->arena, &staff, err);
    if (!found && !cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    id = staff.id;
    if (!found &&
        (!first_time(call, in, subject, &id, err) || !dir_staff_read(call->dir, id, call->arena, &staff, err)))
        return false;
    out->own_account_only = prov_factor_active(&staff) && !in->with_factor;
    return view_signer(call->prov->options.view, id, &out->signer) || refused(err);
}

/* ---- another account there ---- */

static bool drop(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    if (prov_is_oneself(change->call, change->before->id))
        return cv_fail(err, cvp_not_by_oneself, NULL,
                       "Không tự gỡ liên kết đăng nhập của mình; vui lòng nhờ người khác",
                       "Nobody unties his own sign-in; please ask somebody else");
    if (change->before->subject != NULL) { /* whoever comes next with his claim from the provider is taken for him */
        change->after->session_epoch++;
        prov_way_in_given(change);
    }
    change->after->subject = NULL;
    change->quiet = true;
    return true;
}

bool prov_subject_drop(struct prov_call *call, const char *key, struct cv_error *err)
{
    struct prov_staff_result result = {0};
    return prov_staff_modify(call, key, "session.untie", NULL, drop, NULL, &result, err);
}
