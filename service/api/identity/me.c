/* Who asks, about himself. */
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
