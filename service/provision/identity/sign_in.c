/* Who somebody is that knows a login and its password. */
#include <string.h>

#include "congvu/prov_identity.h"
#include "congvu/prov_staff.h"
#include "provision/core/attempts.h"
#include "provision/internal.h"

static bool refused(struct cv_error *err)
{
    return cv_fail(err, cvp_sign_in_refused, NULL,
                   "Tên đăng nhập hoặc mật khẩu không đúng, hoặc chưa được giao vai trò",
                   "The login or the password is not right, or no role was given");
}

/* Nobody has this id: the bind that follows costs what one of somebody costs. */
static struct cv_id person_of(struct prov_call *call, const char *login)
{
    const struct view_scope everywhere = {.everywhere = true};
    bool address = strchr(login, '@') != NULL;
    const char *name = address ? login : cv_arena_printf(call->arena, "mailbox/%s", login);
    struct cv_id found;
    if (view_staff_holder(call->prov->options.view, everywhere, VIEW_BY_NAME, name, &found))
        return found;
    return cv_id_make();
}

static bool too_fast(struct cv_error *err, int wait_s)
{
    cv_fail(err, cvp_rate_limited, NULL, "Đã sai nhiều lần; vui lòng chờ %d giây rồi thử lại",
            "Wrong too often; please wait %d seconds and try again", wait_s);
    err->retry_after_s = wait_s;
    return false;
}

bool prov_sign_in(struct prov_call *call, const char *login, const char *password, struct view_signer *out,
                  struct cv_error *err)
{
    struct prov_attempts *attempts = call->prov->attempts;
    const char *peer = call->peer != NULL ? call->peer : "";
    int wait_s = 0;
    bool right = false;
    if (!prov_attempt_begin(attempts, peer, cv_mono_ns(), &wait_s))
        return too_fast(err, wait_s);
    struct cv_id staff = person_of(call, login);
    char *kept = cv_text_opaque(call->arena, password);
    bool answered = dir_password_right(call->dir, staff, kept != NULL ? kept : "", &right, err);
    if (kept != NULL)
        explicit_bzero(kept, strlen(kept));
    prov_attempt_end(attempts, peer, cv_mono_ns(), answered && !right);
    if (!answered)
        return false;
    bool may = view_signer(call->prov->options.view, staff, out);
    return (right && may) || refused(err);
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
