/* Who asks: the digest of the secret looked up in the view. An unknown secret always costs the same: one digest, one
 * lookup. */
#include "congvu/lock.h"
#include "api/frame/state.h"
#include "congvu/prov_tokens.h"

#include <string.h>

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

bool api_authenticate(struct htp_exchange *x, const char *bearer, uint32_t *out_scopes, struct cv_error *err)
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
