/* Who asks: the digest of the secret looked up in the view. Every refusal costs the same work: one digest, one lookup.
 */
#include "api/state.h"

#include <string.h>

static bool judge(const struct dom_token *token, bool found, struct cv_error *err)
{
    if (!found)
        return cv_fail(err, cvp_unauthenticated, NULL, "Mã truy cập không đúng", "The access token is not known");
    if (token->revoked_at != CV_NO_MOMENT)
        return cv_fail(err, cvp_token_revoked, NULL, "Mã truy cập đã bị thu hồi", "The access token was revoked");
    if (token->expires_at != CV_NO_MOMENT && token->expires_at <= cv_now())
        return cv_fail(err, cvp_token_expired, NULL, "Mã truy cập đã hết hạn; vui lòng xin mã mới",
                       "The access token has expired; please ask for a new one");
    return true;
}

static struct api_actor *actor_of(struct htp_exchange *x, const struct dom_token *token)
{
    struct api_actor *actor = CV_NEW(x->arena, struct api_actor);
    char *name = cv_arena_alloc(x->arena, CV_ID_TEXT);
    cv_id_text("tok_", token->id, name);
    *actor = (struct api_actor){.name = name,
                                .label = token->name,
                                .token = token->id,
                                .scopes = token->scopes,
                                .scope = {.everywhere = token->everywhere, .top = token->unit},
                                .expires_at = token->expires_at};
    return actor;
}

static bool loaded(const struct api *api)
{
    struct view_state state;
    view_state(api->view, &state);
    return state.loaded;
}

bool api_authenticate(struct htp_exchange *x, const char *bearer, uint32_t *out_scopes, struct cv_error *err)
{
    struct api *api = api_of(x);
    struct dom_token token = {0};
    char digest[CV_DIGEST_TEXT];
    prov_token_digest(api->prov, bearer, digest);
    bool found = view_token_by_digest(api->view, digest, x->arena, &token);
    if (!found && !loaded(api))
        return cv_fail(err, cvp_directory_unavailable, NULL,
                       "Dịch vụ đang nạp dữ liệu từ thư mục, xin thử lại sau ít giây",
                       "The service is still reading the directory, please try again in a few seconds");
    if (!judge(&token, found, err))
        return false;
    if (!api_rate_pass(api, token.id)) {
        cv_count(CVM_rate_limited);
        cv_fail(err, cvp_rate_limited, NULL, "Gửi quá nhanh (tối đa %d yêu cầu một giây); vui lòng chờ rồi gửi tiếp",
                "Too fast (at most %d requests a second); please wait a moment", api->rate_per_second);
        err->retry_after_s = 1;
        return false;
    }
    x->actor = actor_of(x, &token);
    *out_scopes = token.scopes;
    return true;
}
