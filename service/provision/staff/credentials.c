/* Handing over a credential: HR gets a one-time code, the person redeems it with an own password. No password is ever
 * made or seen by HR, and the code is stored only as a digest. */
#include <string.h>

#include "provision/core/attempts.h"
#include "provision/staff/once.h"

enum { CODE_SIGNS = 16, CODE_GROUP = 4 };

/* Without 0, O, 1 and I: nobody has to guess what is printed. */
static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
_Static_assert(sizeof(alphabet) == 32 + 1, "five bits a sign");

/* "7K2M-..." for people; dashes and blanks are dropped and capitals lowered before the digest. What no code has is a
 * misread L. False: the text is longer than any code. */
static bool code_digest(const struct prov *prov, const char *code, char out[CV_DIGEST_TEXT])
{
    char plain[CODE_SIGNS + 1];
    size_t n = 0;
    for (const char *p = code; *p != '\0'; p++) {
        char c = cv_ascii_lower(*p);
        if (c == '-' || c == ' ')
            continue;
        if (n == CODE_SIGNS)
            return false;
        plain[n++] = c == '1' || c == 'i' ? 'l' : c;
    }
    plain[n] = '\0';
    cv_digest(&prov->options.code_key, plain, n, out);
    return true;
}

static void make_code(char out[32])
{
    uint8_t random[CODE_SIGNS];
    size_t n = 0;
    cv_random(random, sizeof(random));
    for (int i = 0; i < CODE_SIGNS; i++) {
        if (i > 0 && i % CODE_GROUP == 0)
            out[n++] = '-';
        out[n++] = alphabet[random[i] & 31];
    }
    out[n] = '\0';
    explicit_bzero(random, sizeof(random));
}

struct reset {
    const char *key, *system;
    struct prov_code *code;
};

/* Printed ahead, a newcomer's code works from the first day of work on. */
static cv_moment opens_at(const struct dom_staff *staff)
{
    bool later = dom_status_on(staff, cv_today()) == DOM_PENDING && staff->hired_on != CV_NO_DAY;
    return later && staff->hired_on > cv_today() ? cv_day_start(staff->hired_on) : cv_now();
}

static bool opened(const struct dom_staff *staff, struct cv_error *err)
{
    char day[CV_DAY_TEXT];
    if (opens_at(staff) <= cv_now())
        return true;
    cv_day_people(staff->hired_on, day);
    return cv_fail(err, cvp_activation_refused, "/code", "Mã này dùng được từ ngày làm việc đầu tiên của bạn, %s",
                   "This code works from your first day of work on, %s", day);
}

static bool reset_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    struct reset *reset = ctx;
    struct prov_call *call = change->call;
    struct dom_account *account = dom_account_of(change->after, reset->system);
    char digest[CV_DIGEST_TEXT];
    if (prov_system_of(&change->systems, reset->system) == NULL)
        return cv_fail(err, cvp_system_not_found, NULL, "Không có hệ thống “%s”", "There is no system “%s”",
                       reset->system);
    if (account == NULL)
        return cv_fail(err, cvp_account_not_found, NULL, "Người này chưa có tài khoản ở hệ thống “%s”",
                       "This person has no account in “%s”", reset->system);
    if (!dom_code_allowed(change->before, account, cv_today(), err))
        return false;
    make_code(reset->code->code);
    code_digest(call->prov, reset->code->code, digest);
    change->after->activation_digest = cv_arena_strdup(call->arena, digest);
    reset->code->expires_at = opens_at(change->after) + (cv_moment)call->prov->options.activation_hours * 3600;
    change->after->activation_until = reset->code->expires_at;
    prov_way_in_given(change);
    change->quiet = true;
    return true;
}

static bool reset_once(struct prov_call *call, void *ctx, struct prov_staff_result *out, struct cv_error *err)
{
    struct reset *reset = ctx;
    return prov_staff_modify(call, reset->key, "credential.reset", NULL, reset_change, reset, out, err);
}

bool prov_credential_reset(struct prov_call *call, const char *key, const char *system, struct prov_code *out_code,
                           struct prov_staff_result *out, struct cv_error *err)
{
    struct reset reset = {.key = key, .system = system, .code = out_code};
    *out_code = (struct prov_code){0};
    bool ok = prov_staff_once(call, reset_once, &reset, out, err);
    if (ok && out->outcome == PROV_REPLAYED) /* never a secret again */
        out_code->expires_at = out->staff.activation_until;
    if (!ok || call->validate_only)
        out_code->code[0] = '\0';
    return ok;
}

/* Wrong, used and expired look the same to the outside. */
static bool refuse(struct cv_error *err)
{
    return cv_fail(err, cvp_activation_refused, "/code",
                   "Mã kích hoạt không đúng, đã dùng hoặc đã hết hạn; vui lòng xin cấp mã mới",
                   "The activation code is wrong, used or expired; please ask for a new one");
}

static void activated(const struct dom_staff *before, struct dom_staff *after, const struct prov_systems *systems,
                      struct cv_arena *arena)
{
    prov_staff_copy(arena, before, after);
    after->session_epoch += before->credential_set; /* who had the former one is out */
    dom_set_password(after, cv_today());
    dom_trust_password(after);
    for (size_t i = 0; i < after->account_count; i++) {
        struct dom_account *account = &after->accounts[i];
        const struct dom_system *system = prov_system_of(systems, account->system);
        if (system == NULL || system->kind != DOM_DIRECTORY || account->observed != DOM_PROVISIONED)
            continue;
        dom_observe(account, dom_observed_for(account->desired, true), cv_now());
    }
}

static bool save_activation(struct prov_call *call, const struct dom_staff *before, const struct dom_staff *after,
                            const char *password, struct cv_error *err)
{
    struct dir_stamp stamp = {0};
    struct dir_actor actor = prov_dir_actor(call);
    if (dir_staff_activate(call->dir, before, after, password, &actor, &stamp, err)) {
        prov_settle(call, &stamp);
        return true;
    }
    if (err->kind == CV_STALE)
        return refuse(err);
    if (err->kind == CV_INVALID && strcmp(err->field, "userPassword") == 0)
        return cv_fail(err, cvp_password_too_weak, "/password", "Mật khẩu chưa đạt yêu cầu của thư mục",
                       "The directory does not accept this password");
    return false;
}

static bool activate(struct prov_call *call, const struct dom_staff *before, const struct prov_systems *systems,
                     const char *password, struct cv_error *err)
{
    struct dom_staff after;
    struct prov_audit audit;
    char target[CV_ID_TEXT];
    activated(before, &after, systems, call->arena);
    prov_audit_begin(&audit, call, "credential.activate", cv_id_text("stf_", before->id, target), NULL);
    bool ok = save_activation(call, before, &after, password, err);
    prov_audit_end(&audit, ok, err);
    return ok;
}

static bool find_holder(struct prov_call *call, const char *code, struct dom_staff *out, struct cv_error *err)
{
    char digest[CV_DIGEST_TEXT];
    if (!code_digest(call->prov, code, digest))
        return refuse(err);
    if (!dir_staff_find_activation(call->dir, digest, call->arena, out, err))
        return err->kind == CV_NOT_FOUND ? refuse(err) : false;
    return dom_code_redeemable(out, cv_now()) || refuse(err);
}

/* *out_early: the code is right, and its day has not come. */
static bool find_opened(struct prov_call *call, const char *code, struct dom_staff *out, bool *out_early,
                        struct cv_error *err)
{
    if (!find_holder(call, code, out, err))
        return false;
    *out_early = !opened(out, err);
    return !*out_early;
}

static bool redeem(struct prov_call *call, const char *code, const char *password, bool *out_early,
                   struct cv_error *err)
{
    struct dom_staff before;
    struct prov_systems systems;
    if (!find_opened(call, code, &before, out_early, err) || !prov_load_systems(call, &systems, err))
        return false;
    char *ready = NULL;
    bool fit = dom_password_ok(password, &before, call->faults, &ready);
    bool ok =
        fit ? activate(call, &before, &systems, ready, err) : cv_faults_check(call->faults, cvp_password_too_weak, err);
    if (ready != NULL)
        explicit_bzero(ready, strlen(ready));
    return ok;
}

/* Trying codes costs time, whichever question tries them. */
static bool begin_attempt(struct prov_call *call, struct cv_error *err)
{
    const struct prov_trier who = {.peer = call->peer};
    int wait_s = 0;
    if (prov_attempt_begin(call->prov->attempts, &who, cv_mono_ns(), &wait_s))
        return true;
    cv_fail(err, cvp_rate_limited, NULL, "Đã nhập sai quá nhiều lần; vui lòng thử lại sau %d giây",
            "Wrong too often; please try again in %d seconds", wait_s);
    err->retry_after_s = wait_s;
    return false;
}

static bool end_attempt(struct prov_call *call, bool ok, bool early, const struct cv_error *err)
{
    const struct prov_trier who = {.peer = call->peer};
    bool wrong = !ok && !early && err->problem == cvp_activation_refused;
    if (wrong)
        cv_log(CV_LOG_WARN, "activation_refused", "a wrong, used or expired code from %s", call->peer);
    prov_attempt_end(call->prov->attempts, &who, cv_mono_ns(), wrong ? PROV_TRIED_WRONG : PROV_TRIED_RIGHT);
    return ok;
}

bool prov_activate(struct prov_call *call, const char *code, const char *password, struct cv_error *err)
{
    bool early = false;
    if (!begin_attempt(call, err))
        return false;
    bool ok = redeem(call, code, password, &early, err);
    return end_attempt(call, ok, early, err);
}

bool prov_activation_look(struct prov_call *call, const char *code, struct dom_staff *out, struct cv_error *err)
{
    bool early = false;
    if (!begin_attempt(call, err))
        return false;
    bool ok = find_opened(call, code, out, &early, err);
    return end_attempt(call, ok, early, err);
}
