/* Who asks: the digest of the secret looked up in the view. An unknown secret always costs the same: one digest, one
 * lookup. */
#include <string.h>

#include "api/frame/session.h"
#include "api/frame/state.h"
#include "congvu/lock.h"
#include "congvu/prov_tokens.h"

static struct api_actor *actor_of(struct htp_exchange *x, const struct dom_token *token)
{
    struct api_actor *actor = CV_NEW(x->arena, struct api_actor);
    *actor = (struct api_actor){.label = token->name,
                                .token = token->id,
                                .scopes = token->scopes,
                                .scope = {.everywhere = token->everywhere, .top = token->unit},
                                .expires_at = token->expires_at};
    return actor;
}

static bool recall(struct api_state *s, struct cv_tag tag, char out_digest[CV_DIGEST_TEXT])
{
    const struct api_known *known = &s->known[tag.half[0] % API_KNOWN];
    cv_lock_take(&s->lock);
    bool found = known->digest[0] != '\0' && cv_tag_equal(known->tag, tag);
    if (found)
        memcpy(out_digest, known->digest, CV_DIGEST_TEXT);
    cv_lock_give(&s->lock);
    return found;
}

static void remember(struct api_state *s, struct cv_tag tag, const char digest[CV_DIGEST_TEXT])
{
    struct api_known *known = &s->known[tag.half[0] % API_KNOWN];
    cv_lock_take(&s->lock);
    known->tag = tag;
    memcpy(known->digest, digest, CV_DIGEST_TEXT);
    cv_lock_give(&s->lock);
}

static bool find_token(struct htp_exchange *x, const char *bearer, struct dom_token *out)
{
    struct api *api = api_of(x);
    struct cv_tag tag = cv_tag_make(&api->state->known_key, bearer, strlen(bearer));
    char digest[CV_DIGEST_TEXT];
    if (recall(api->state, tag, digest))
        return view_token_by_digest(api->view, digest, x->arena, out);
    prov_token_digest(api->prov, bearer, digest);
    if (!view_token_by_digest(api->view, digest, x->arena, out))
        return false;
    remember(api->state, tag, digest);
    return true;
}

/* ---- people ---- */

static bool ended(struct cv_error *err)
{
    return cv_fail(err, cvp_session_ended, NULL, "Phiên làm việc đã kết thúc; vui lòng đăng nhập lại",
                   "The session is over; please sign in again");
}

/* A page of somebody else cannot send the header, and a tab drawn for another person sends the other's. */
static bool from_here(struct htp_exchange *x, const struct api_session *session, struct cv_error *err)
{
    const char *sent = htp_header(x, "X-Congvu-Csrf");
    if (x->route->method == HTP_GET || (sent != NULL && cv_secret_equal(sent, api_session_csrf(x, session))))
        return true;
    return cv_fail(err, cvp_csrf_mismatch, "X-Congvu-Csrf", "Yêu cầu không đến từ phiên làm việc này",
                   "The request does not come from this session");
}

static void renew(struct htp_exchange *x, const struct api_session *session)
{
    enum { RENEW_S = 60 };
    struct api_session again = *session;
    again.seen_at = cv_now();
    if (again.seen_at - session->seen_at >= RENEW_S)
        api_session_set(x, &again);
}

/* Without a role there are neither rights nor units: his own account alone. */
static struct api_actor *person_of(struct htp_exchange *x, const struct api_session *session,
                                   const struct view_role *role)
{
    struct api_actor *actor = CV_NEW(x->arena, struct api_actor);
    *actor = (struct api_actor){.label = role != NULL ? dom_role_words[role->kind] : "self",
                                .token = session->staff,
                                .is_person = true,
                                .expires_at = session->issued_at + API_SESSION_MOST_S};
    if (role != NULL) {
        actor->scopes = dom_role_rights(role->kind);
        actor->scope = (struct view_scope){.everywhere = role->everywhere, .top = role->unit};
        actor->behalf = role->lent_by;
    }
    return actor;
}

static bool slow_enough(const struct htp_exchange *x, struct cv_id who, struct cv_error *err)
{
    struct api *api = api_of(x);
    if (api_rate_pass(api, who))
        return true;
    cv_count(CVM_rate_limited);
    cv_fail(err, cvp_rate_limited, NULL, "Gửi quá nhanh (tối đa %d yêu cầu một giây); vui lòng chờ rồi gửi tiếp",
            "Too fast (at most %d requests a second); please wait a moment", api->rate_per_second);
    err->retry_after_s = 1;
    return false;
}

static bool by_session(struct htp_exchange *x, uint32_t *out_scopes, struct cv_error *err)
{
    struct api_session session;
    struct view_signer signer;
    if (!api_session_get(x, &session))
        return ended(err);
    bool may = view_signer(api_of(x)->view, session.staff, &signer) && signer.epoch == session.epoch;
    const struct view_role *role = may ? api_session_role(&signer, &session) : NULL;
    if (!may || (role == NULL && session.role != 0) ||
        (role != NULL && !prov_role_open(api_of(x)->prov, role->kind, session.with_factor)))
        return ended(err);
    if (!from_here(x, &session, err) || !slow_enough(x, session.staff, err))
        return false;
    x->actor = person_of(x, &session, role);
    *out_scopes = api_actor(x)->scopes;
    renew(x, &session);
    return true;
}

static bool by_token(struct htp_exchange *x, const char *bearer, uint32_t *out_scopes, struct cv_error *err)
{
    struct api *api = api_of(x);
    struct dom_token token = {0};
    bool found = find_token(x, bearer, &token);
    if (!found && !api_view_lives(api)) /* perhaps it was made since */
        return cv_fail(err, cvp_directory_unavailable, NULL,
                       "Dịch vụ chưa nghe được thư mục nên chưa nhận ra mã truy cập, xin thử lại sau ít giây",
                       "The directory is not heard, so the token is not known yet; please try again in a few seconds");
    if (!api_token_good(x, &token, found, err))
        return false;
    token.scopes = prov_token_rights(api->view, &token);
    if (token.scopes == 0)
        return cv_fail(err, cvp_token_revoked, NULL, "Mã truy cập đã hết giá trị cùng với vai trò của người tạo",
                       "The token ended with the role of the person who made it");
    if (!slow_enough(x, token.id, err))
        return false;
    x->actor = actor_of(x, &token);
    *out_scopes = token.scopes;
    return true;
}

bool api_authenticate(struct htp_exchange *x, const char *bearer, uint32_t *out_scopes, struct cv_error *err)
{
    return bearer != NULL ? by_token(x, bearer, out_scopes, err) : by_session(x, out_scopes, err);
}
