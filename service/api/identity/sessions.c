/* Signing in and out. */
#include <string.h>

#include "api/frame/session.h"
#include "congvu/prov_identity.h"

static void write_role(struct htp_exchange *x, const struct view_role *role)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_int(j, "number", role->number);
    cv_jout_string(j, "role", dom_role_words[role->kind]);
    api_write_reach(x, role->everywhere, role->unit);
    char lender[CV_ID_TEXT];
    cv_jout_string(j, "lent_by", cv_id_is_zero(role->lent_by) ? NULL : cv_id_text("stf_", role->lent_by, lender));
    api_write_scopes(j, dom_role_rights(role->kind));
    cv_jout_end(j);
}

/* `needed`: for one of the roles, which is not acted in without. */
static const char *factor_word(struct htp_exchange *x, const struct view_signer *signer,
                               const struct api_session *session)
{
    if (session->with_factor)
        return "used";
    for (size_t i = 0; i < signer->role_count; i++)
        if (!prov_role_open(api_of(x)->prov, signer->roles[i].kind, false))
            return "needed";
    return "none";
}

static void write_session(struct htp_exchange *x, const struct view_signer *signer, const struct api_session *session)
{
    struct cv_jout *j = &x->out;
    struct view_staff staff = {0}; /* he may have gone since he was asked for: then without a name */
    const char *id = cv_id_kept("stf_", signer->staff, x->arena);
    const struct view_scope everywhere = {.everywhere = true};
    if (!view_staff_by_id(api_of(x)->view, everywhere, signer->staff, x->arena, &staff))
        staff.full_name = id;
    cv_jout_object(j, NULL);
    cv_jout_object(j, "staff");
    cv_jout_string(j, "id", id);
    cv_jout_string(j, "full_name", staff.full_name);
    cv_jout_end(j);
    if (session->role != 0)
        cv_jout_int(j, "role", session->role);
    else
        cv_jout_null(j, "role");
    cv_jout_array(j, "roles");
    for (size_t i = 0; i < signer->role_count; i++)
        write_role(x, &signer->roles[i]);
    cv_jout_end(j);
    cv_jout_string(j, "second_factor", factor_word(x, signer, session));
    cv_jout_string(j, "csrf", api_session_csrf(x, session));
    cv_jout_moment(j, "expires_at", session->issued_at + API_SESSION_MOST_S);
    cv_jout_day(j, "today", cv_today());
    cv_jout_end(j);
}

static bool read_body(struct htp_exchange *x, struct prov_sign_in *in, int64_t *role)
{
    const struct cv_jin *body;
    if (!api_body(x, &body))
        return false;
    cv_jin_string(body, "login", CV_REQUIRED, 320, &in->login);
    cv_jin_string(body, "password", CV_REQUIRED | CV_RAW, 512, &in->password);
    cv_jin_string(body, "code", CV_OPTIONAL | CV_RAW, 16, &in->code);
    cv_jin_int(body, "role", CV_OPTIONAL, 1, 1000, role);
    cv_jin_done(body);
    return api_faultless(x, cvp_validation_failed);
}

void api_create_session(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_signed_in who;
    struct cv_error err = {0};
    struct prov_sign_in in = {.browser = api_browser_get(x)};
    int64_t number = 0;
    if (!api_call(x, &call) || !read_body(x, &in, &number))
        return;
    call.peer = htp_peer(x);
    bool ok = prov_sign_in(&call, &in, &who, &err);
    struct api_session session;
    if (ok && !api_session_begin(x, &who, number, &session))
        ok = cv_fail(&err, cvp_role_not_found, "/role", "Không có vai trò này", "There is no such role");
    if (!ok) {
        cv_log(CV_LOG_WARN, "sign_in_refused", "%s from %s", cv_problem_row(err.problem)->code, htp_peer(x));
        htp_problem(x, &err, &x->faults);
        return;
    }
    write_session(x, &who.signer, &session);
    htp_reply(x, 201);
}

void api_get_session(struct htp_exchange *x)
{
    struct api_session session;
    struct view_signer signer;
    struct cv_error err = {0};
    if (!api_actor(x)->is_person || !api_session_get(x, &session) ||
        !view_signer(api_of(x)->view, session.staff, &signer)) {
        cv_fail(&err, cvp_session_ended, NULL, "Không có phiên làm việc", "There is no session");
        htp_problem(x, &err, NULL);
        return;
    }
    write_session(x, &signer, &session);
    htp_reply(x, 200);
}

void api_delete_session(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (api_actor(x)->is_person && !prov_sign_out(&call, api_actor(x)->token, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    api_session_drop(x);
    htp_reply_empty(x, 204);
}
