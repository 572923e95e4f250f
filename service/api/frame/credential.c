/* Is a token good? In the view, and, while the view may be behind, in the directory. */
#include "api/frame/session.h"
#include "api/frame/state.h"
#include "congvu/records.h"
#include "congvu/staff.h"

bool api_view_lives(const struct api *api)
{
    struct view_state state;
    view_state(api->view, &state);
    return state.loaded && state.alive;
}

static bool judge(const struct dom_token *token, bool found, struct cv_error *err)
{
    if (!found)
        return cv_fail(err, cvp_unauthenticated, NULL, "Mã truy cập không đúng", "The access token is not known");
    if (dom_token_good(token, cv_now()))
        return true;
    if (token->revoked_at != CV_NO_MOMENT)
        return cv_fail(err, cvp_token_revoked, NULL, "Mã truy cập đã bị thu hồi", "The access token was revoked");
    return cv_fail(err, cvp_token_expired, NULL, "Mã truy cập đã hết hạn; vui lòng xin mã mới",
                   "The access token has expired; please ask for a new one");
}

/* One line for each, with what is known; what was sent is never part of it. */
static void log_refused(const struct htp_exchange *x, const struct dom_token *token, bool found,
                        const struct cv_error *err)
{
    char id[CV_ID_TEXT] = "an unknown token";
    bool in_event_loop = x->thread == NULL;
    if (found)
        cv_id_text("tok_", token->id, id);
    if (in_event_loop)
        cv_log_request(x->request_id);
    cv_log(CV_LOG_WARN, "sign_in_refused", "%s (%s) from %s", id, cv_problem_row(err->problem)->code, htp_peer(x));
    if (in_event_loop)
        cv_log_request(NULL);
}

bool api_token_good(const struct htp_exchange *x, const struct dom_token *token, bool found, struct cv_error *err)
{
    if (judge(token, found, err))
        return true;
    log_refused(x, token, found, err);
    return false;
}

/* Still here, and not signed out: the rest of what a session rests on is a matter of days. */
static bool person_asked(struct htp_exchange *x, struct cv_error *err)
{
    struct dom_staff staff;
    struct api_session session;
    bool found = dir_staff_read(x->thread, api_actor(x)->token, x->arena, &staff, err);
    if (!found && err->kind != CV_NOT_FOUND)
        return false;
    bool goes_on = found && api_session_get(x, &session) && session.epoch == staff.session_epoch &&
                   dom_status_on(&staff, cv_today()) != DOM_DEPARTED;
    return goes_on || cv_fail(err, cvp_session_ended, NULL, "Phiên làm việc đã kết thúc; vui lòng đăng nhập lại",
                              "The session is over; please sign in again");
}

bool api_token_asked(struct htp_exchange *x, struct cv_error *err)
{
    struct dom_token token = {0};
    if (api_actor(x) == NULL || api_view_lives(api_of(x)))
        return true;
    if (api_actor(x)->is_person)
        return person_asked(x, err);
    bool found = dir_token_read(x->thread, api_actor(x)->token, x->arena, &token, err);
    if (!found && !cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    return api_token_good(x, &token, found, err);
}
