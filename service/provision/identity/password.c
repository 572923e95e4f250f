/* Passwords: tried under limits, before the directory is asked; and another one of one's own. */
#include <string.h>

#include "provision/identity/identity.h"

/* ---- passwords, throttled before the directory is asked ---- */

/* `staff` NULL: nobody's. */
static bool bind_as(struct prov_call *call, const struct cv_id *staff, const char *password, bool *out_right,
                    struct cv_error *err)
{
    char *kept = cv_text_opaque(call->arena, password);
    bool answered = dir_password_right(call->dir, staff, kept != NULL ? kept : "", out_right, err);
    if (kept != NULL)
        explicit_bzero(kept, strlen(kept));
    return answered;
}

bool prov_password_right(struct prov_call *call, const struct prov_trier *who, const struct cv_id *staff,
                         const char *password, bool *out_right, struct cv_error *err)
{
    struct prov_attempts *attempts = call->prov->attempts;
    int wait_s = 0;
    *out_right = false;
    if (!prov_attempt_begin(attempts, who, cv_mono_ns(), &wait_s))
        return prov_too_fast(err, wait_s);
    bool answered = bind_as(call, staff, password, out_right, err);
    prov_attempt_end(attempts, who, cv_mono_ns(),
                     !answered    ? PROV_TRIED_UNKNOWN
                     : *out_right ? PROV_TRIED_RIGHT
                                  : PROV_TRIED_WRONG);
    return answered;
}

struct prov_trier prov_trier_of(const struct prov_call *call, struct cv_id staff, const struct prov_browser *browser)
{
    bool known = browser != NULL && browser->mark != NULL && cv_id_equal(browser->staff, staff);
    return (struct prov_trier){.peer = call->peer != NULL ? call->peer : "",
                               .account = cv_id_kept("stf_", staff, call->arena),
                               .browser = known ? browser->mark : NULL};
}

/* ---- another password ---- */

static bool judge(struct prov_call *call, const struct dom_staff *staff, const struct prov_password_change *in,
                  char **out_ready, struct cv_error *err)
{
    bool fit = dom_password_ok(in->password, staff, call->faults, out_ready);
    char *former = fit ? cv_text_opaque(call->arena, in->current) : NULL;
    if (former != NULL && strcmp(former, *out_ready) == 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/password", "duplicate", "Mật khẩu mới trùng với mật khẩu đang dùng",
                     "The new password is the present one");
    if (former != NULL)
        explicit_bzero(former, strlen(former));
    return cv_faults_check(call->faults, cvp_password_too_weak, err);
}

static bool save(struct prov_call *call, const struct dom_staff *before, const char *password, struct dom_staff *after,
                 struct cv_error *err)
{
    struct dir_stamp stamp = {0};
    struct dir_actor actor = prov_dir_actor(call);
    struct prov_audit audit;
    char target[CV_ID_TEXT];
    prov_staff_copy(call->arena, before, after);
    after->session_epoch++;
    dom_set_password(after, cv_today());
    prov_audit_begin(&audit, call, "credential.change", cv_id_text("stf_", before->id, target), NULL);
    bool ok = dir_staff_save_password(call->dir, before, after, password, &actor, &stamp, err);
    prov_audit_end(&audit, ok, err);
    if (ok)
        prov_settle(call, &stamp);
    else if (err->kind == CV_INVALID && strcmp(err->field, "userPassword") == 0)
        cv_fail(err, cvp_password_too_weak, "/password", "Mật khẩu chưa đạt yêu cầu của thư mục",
                "The directory does not accept this password");
    else if (err->kind == CV_STALE)
        cv_fail(err, cvp_conflict, NULL, "Hồ sơ vừa được người khác thay đổi; vui lòng thử lại",
                "The person was changed just now; please try again");
    return ok;
}

static bool change(struct prov_call *call, const struct prov_password_change *in, int *out_epoch, struct cv_error *err)
{
    struct dom_staff before, after;
    char *ready = NULL;
    if (!dir_staff_read(call->dir, in->staff, call->arena, &before, err))
        return false;
    bool ok = judge(call, &before, in, &ready, err) && save(call, &before, ready, &after, err);
    if (ready != NULL)
        explicit_bzero(ready, strlen(ready));
    if (ok)
        *out_epoch = after.session_epoch;
    return ok;
}

bool prov_own_password(struct prov_call *call, const struct prov_password_change *in, struct cv_error *err)
{
    struct prov_trier who = prov_trier_of(call, in->staff, &in->browser);
    bool right = false;
    if (!prov_password_right(call, &who, &in->staff, in->current, &right, err))
        return false;
    if (!right)
        cv_fault_add(call->faults, CV_AT_POINTER, "/current", "mismatch", "Mật khẩu đang dùng không đúng",
                     "The present password is not right");
    return cv_faults_check(call->faults, cvp_validation_failed, err);
}

bool prov_password_change(struct prov_call *call, const struct prov_password_change *in, int *out_epoch,
                          struct cv_error *err)
{
    return prov_own_password(call, in, err) && change(call, in, out_epoch, err);
}
