/* Who asks, about himself. */
#include <string.h>

#include "api/frame/session.h"

void api_get_me(struct htp_exchange *x)
{
    const struct api_actor *me = api_actor(x);
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_object(j, "token");
    cv_jout_string(j, "id", api_actor_name(x));
    cv_jout_string(j, "name", me->label);
    api_write_scopes(j, me->scopes);
    if (me->scopes != 0)
        api_write_reach(x, me->scope.everywhere, me->scope.top);
    else
        cv_jout_null(j, "unit");
    cv_jout_moment(j, "expires_at", me->expires_at);
    cv_jout_end(j);
    cv_jout_string(j, "locale", x->lang == CV_EN ? "en" : "vi");
    cv_jout_end(j);
    htp_reply(x, 200);
}

static bool no_person(struct htp_exchange *x)
{
    struct cv_error err = {0};
    cv_fail(&err, cvp_session_ended, NULL, "Việc này cần phiên làm việc của một người; vui lòng đăng nhập",
            "This needs the session of a person; please sign in");
    htp_problem(x, &err, NULL);
    return false;
}

static bool session_of(struct htp_exchange *x, struct api_session *out)
{
    return (api_actor(x)->is_person && api_session_get(x, out)) || no_person(x);
}

void api_put_my_password(struct htp_exchange *x)
{
    struct prov_call call;
    struct api_session session;
    struct prov_password_change in = {.browser = api_browser_get(x)};
    const struct cv_jin *body;
    struct cv_error err = {0};
    if (!session_of(x, &session) || !api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "current", CV_REQUIRED | CV_RAW, 512, &in.current);
    cv_jin_string(body, "password", CV_REQUIRED | CV_RAW, 512, &in.password);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    in.staff = session.staff;
    call.peer = htp_peer(x);
    if (!prov_password_change(&call, &in, &session.epoch, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    api_session_set(x, &session);
    htp_reply_empty(x, 204);
}

/* ---- the second factor ---- */

/* As an app takes it, typed or as a QR code. */
static void write_factor(struct htp_exchange *x, const struct prov_factor *factor)
{
    struct cv_jout *j = &x->out;
    const char *login = factor->login != NULL ? factor->login : "congvu";
    cv_jout_object(j, NULL);
    cv_jout_string(j, "secret", factor->seed);
    cv_jout_string(j, "uri",
                   cv_arena_printf(x->arena, "otpauth://totp/Congvu:%s?secret=%s&issuer=Congvu&digits=%d&period=%d",
                                   login, factor->seed, CV_TOTP_DIGITS, CV_TOTP_STEP_S));
    cv_jout_end(j);
}

void api_create_my_second_factor(struct htp_exchange *x)
{
    struct prov_call call;
    struct api_session session;
    struct prov_password_change in = {.browser = api_browser_get(x)};
    struct prov_factor factor;
    const struct cv_jin *body;
    struct cv_error err = {0};
    if (!session_of(x, &session) || !api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "current", CV_REQUIRED | CV_RAW, 512, &in.current);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    in.staff = session.staff;
    call.peer = htp_peer(x);
    if (!prov_factor_begin(&call, &in, &factor, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    write_factor(x, &factor);
    explicit_bzero(&factor, sizeof factor);
    htp_reply(x, 201);
}

void api_put_my_second_factor(struct htp_exchange *x)
{
    struct prov_call call;
    struct api_session session;
    const char *code = NULL;
    const struct cv_jin *body;
    struct cv_error err = {0};
    if (!session_of(x, &session) || !api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "code", CV_REQUIRED | CV_RAW, 16, &code);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_factor_confirm(&call, session.staff, code, &session.epoch, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    session.with_factor = true;
    api_session_set(x, &session);
    htp_reply_empty(x, 204);
}

void api_delete_second_factor(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (!prov_factor_reset(&call, htp_param(x, "staff"), &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    htp_reply_empty(x, 204);
}
