/* A second factor: one-time passwords of an app (RFC 6238). The seed lies sealed on the person; a code is taken once,
 * whichever replica takes it, because the step it belongs to is written, asserted on the one before. */
#include <string.h>

#include "provision/identity/identity.h"

enum { DRIFT_STEPS = 1 }; /* clocks of telephones are a little off */

bool prov_factor_active(const struct dom_staff *staff)
{
    return staff->factor_seed != NULL && staff->factor_step > 0;
}

bool prov_role_open(const struct prov *prov, enum dom_role_kind kind, bool with_factor)
{
    return with_factor || !(prov->options.factor_roles >> kind & 1u);
}

/* ---- seeds ---- */

static const char *seal(struct prov_call *call, struct cv_id staff, const uint8_t seed[CV_TOTP_SEED])
{
    char id[CV_ID_TEXT];
    return cv_seal(call->arena, &call->prov->options.factor_key, seed, CV_TOTP_SEED, cv_id_text("stf_", staff, id));
}

static bool unseal(struct prov_call *call, const struct dom_staff *staff, uint8_t out[CV_TOTP_SEED])
{
    char id[CV_ID_TEXT];
    size_t len = 0;
    const void *seed = cv_unseal(call->arena, &call->prov->options.factor_key, staff->factor_seed,
                                 cv_id_text("stf_", staff->id, id), &len);
    if (seed == NULL || len != CV_TOTP_SEED)
        return false;
    memcpy(out, seed, CV_TOTP_SEED);
    explicit_bzero((void *)(uintptr_t)seed, CV_TOTP_SEED);
    return true;
}

/* The step that the code is of, newer than the last one taken; 0 = none. */
static int64_t step_of(struct prov_call *call, const struct dom_staff *staff, const char *code)
{
    uint8_t seed[CV_TOTP_SEED];
    int64_t now = cv_now() / CV_TOTP_STEP_S, found = 0;
    if (!unseal(call, staff, seed))
        return 0;
    for (int64_t step = now - DRIFT_STEPS; step <= now + DRIFT_STEPS; step++) {
        char right[CV_TOTP_DIGITS + 1];
        cv_one_time_password(seed, (uint64_t)step, right);
        if (cv_secret_equal(right, code) && step > staff->factor_step)
            found = step;
        explicit_bzero(right, sizeof right);
    }
    explicit_bzero(seed, sizeof seed);
    return found;
}

/* ---- taking a code ---- */

struct use {
    const char *code;
    bool sets_up; /* the first one: shows that the app has the seed */
};

static bool use_code(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct use *use = ctx;
    if (change->before->factor_seed == NULL || prov_factor_active(change->before) == use->sets_up)
        return cv_fail(err, cvp_conflict, NULL, "Xác thực hai lớp không ở trạng thái chờ việc này",
                       "The second factor does not wait for this");
    int64_t step = step_of(change->call, change->before, use->code);
    if (step == 0)
        return cv_fail(err, cvp_second_factor_needed, "/code", "Mã xác thực không đúng hoặc đã dùng",
                       "The code is not right, or was used before");
    change->after->factor_step = step;
    change->after->session_epoch += use->sets_up; /* sessions without it are over */
    change->quiet = true;
    return true;
}

static bool take(struct prov_call *call, struct cv_id staff, const char *action, struct use *use, int *out_epoch,
                 struct cv_error *err)
{
    const struct prov_trier who = {.peer = "", /* wherever from: only who has the password comes here */
                                   .account = cv_id_kept("stf_", staff, call->arena),
                                   .browser = "second factor"};
    struct prov_staff_result result = {0};
    int wait_s = 0;
    if (!prov_attempt_begin(call->prov->attempts, &who, cv_mono_ns(), &wait_s))
        return prov_too_fast(err, wait_s);
    bool ok = prov_staff_modify_id(call, staff, action, NULL, use_code, use, &result, err);
    prov_attempt_end(call->prov->attempts, &who, cv_mono_ns(),
                     ok                                         ? PROV_TRIED_RIGHT
                     : err->problem == cvp_second_factor_needed ? PROV_TRIED_WRONG
                                                                : PROV_TRIED_UNKNOWN);
    if (ok && out_epoch != NULL)
        *out_epoch = result.staff.session_epoch;
    return ok;
}

bool prov_factor_pass(struct prov_call *call, struct cv_id staff, const char *code, struct cv_error *err)
{
    struct use use = {.code = code};
    if (code == NULL)
        return cv_fail(err, cvp_second_factor_needed, "/code", "Vui lòng nhập mã của ứng dụng xác thực",
                       "Please give the code of your authenticator app");
    return take(call, staff, "second_factor.use", &use, NULL, err);
}

bool prov_factor_confirm(struct prov_call *call, struct cv_id staff, const char *code, int *out_epoch,
                         struct cv_error *err)
{
    struct use use = {.code = code, .sets_up = true};
    return take(call, staff, "second_factor.confirm", &use, out_epoch, err);
}

/* ---- setting up and taking away ---- */

static bool put_seed(struct prov_change *change, void *ctx, struct cv_error *err)
{
    if (prov_factor_active(change->before))
        return cv_fail(err, cvp_conflict, NULL,
                       "Đã có xác thực hai lớp; người quản trị khác có thể gỡ khi bạn mất thiết bị",
                       "There is a second factor already; another administrator can take it away when you lost it");
    change->after->factor_seed = ctx;
    change->after->factor_step = 0;
    change->quiet = true;
    return true;
}

bool prov_factor_begin(struct prov_call *call, const struct prov_password_change *in, struct prov_factor *out,
                       struct cv_error *err)
{
    struct prov_staff_result result = {0};
    uint8_t seed[CV_TOTP_SEED];
    if (!prov_own_password(call, in, err))
        return false;
    cv_random(seed, sizeof seed);
    const char *sealed = seal(call, in->staff, seed);
    cv_seed_text(seed, out->seed);
    explicit_bzero(seed, sizeof seed);
    if (sealed == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    if (!prov_staff_modify_id(call, in->staff, "second_factor.begin", NULL, put_seed, (void *)(uintptr_t)sealed,
                              &result, err))
        return false;
    out->login = result.staff.login;
    return true;
}

static bool drop(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    if (prov_is_oneself(change->call, change->before->id))
        return cv_fail(err, cvp_not_by_oneself, NULL,
                       "Không tự gỡ xác thực hai lớp của mình; vui lòng nhờ người quản trị khác",
                       "Nobody takes away his own second factor; please ask another administrator");
    if (change->before->factor_seed != NULL) {
        change->after->session_epoch++;
        prov_way_in_given(change);
    }
    change->after->factor_seed = NULL;
    change->after->factor_step = 0;
    change->quiet = true;
    return true;
}

bool prov_factor_reset(struct prov_call *call, const char *key, struct cv_error *err)
{
    struct prov_staff_result result = {0};
    return prov_staff_modify(call, key, "second_factor.reset", NULL, drop, NULL, &result, err);
}
