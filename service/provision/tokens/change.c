/* A token's life: its name and expiry moved, itself ended, alone or with all that it made. */
#include <string.h>

#include "provision/tokens/tokens.h"

static bool no_token(struct cv_error *err)
{
    return cv_fail(err, cvp_token_not_found, NULL, "Không tìm thấy mã truy cập này", "There is no such token");
}

static bool within_reach(struct prov_call *call, const struct dom_token *token)
{
    return prov_sees_token(call, token) && (call->scopes & DOM_TOKENS_WRITE) != 0;
}

static bool read_token(struct prov_call *call, struct cv_id id, struct dom_token *out, struct cv_error *err)
{
    if (dir_token_read(call->dir, id, call->arena, out, err))
        return true;
    return err->kind == CV_NOT_FOUND ? no_token(err) : false;
}

/* ---- who may make tokens goes on ---- */

struct ending {
    struct cv_id id;
    bool with_descendants;
    struct dom_token *tokens;
    size_t count;
};

static bool ends(const struct ending *e, const struct dom_token *token)
{
    return cv_id_equal(token->id, e->id) ||
           (e->with_descendants && dom_token_descends(e->tokens, e->count, token->id, e->id));
}

static bool administers(const struct view *view, const struct dom_token *token)
{
    return token->everywhere && (prov_token_rights(view, token) & DOM_TOKENS_WRITE) != 0;
}

/* Whoever makes one gives it no longer than he has himself: so one that lasts as long as what ends has to stay. Without
 * any, nobody could make a token again but on the machine. */
static bool somebody_stays(struct prov_call *call, struct ending *e, struct cv_error *err)
{
    const struct view *view = call->prov->options.view;
    const struct dom_token *longest[] = {NULL, NULL}; /* of those that stay, of those that end */
    if (!view_tokens(view, call->arena, &e->tokens, &e->count, err))
        return false;
    for (size_t i = 0; i < e->count; i++) {
        const struct dom_token *token = &e->tokens[i], **of = &longest[ends(e, token)];
        if (administers(view, token) && (*of == NULL || prov_ends_sooner((*of)->expires_at, token->expires_at)))
            *of = token;
    }
    return longest[1] == NULL ||
           (longest[0] != NULL && !prov_ends_sooner(longest[0]->expires_at, longest[1]->expires_at)) ||
           cv_fail(err, cvp_last_token, NULL,
                   "Không còn mã nào khác có quyền giao vai trò, mã truy cập và thời hạn dài bằng mã này; hãy tạo mã "
                   "khác trước",
                   "No other token with tokens:write lasts as long as this one; please make another one first");
}

/* ---- changing ---- */

struct patch {
    struct cv_id id;
    const struct prov_token_patch *in;
    struct dom_token *out;
};

/* To let a token live longer is to give what it has. */
static void judge_longer(struct prov_call *call, const struct dom_token *before, cv_moment expires_at)
{
    bool longer = prov_ends_sooner(before->expires_at, expires_at);
    bool more = (before->scopes & ~call->scopes) != 0 || (before->feed && !call->scope.everywhere);
    if (longer && more)
        cv_fault_add(call->faults, CV_AT_POINTER, "/expires_at", "not_allowed",
                     "Mã này có quyền mà bạn không cấp được nên bạn không kéo dài được",
                     "It may do what is not yours to give, so you cannot prolong it");
}

static bool patch_once(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct patch *patch = ctx;
    struct dir_actor actor = prov_dir_actor(call);
    struct dom_token before;
    cv_moment own;
    if (!read_token(call, patch->id, &before, err) || !prov_own_expiry(call, &own, err))
        return false;
    if (!within_reach(call, &before))
        return no_token(err);
    *patch->out = before;
    if (patch->in->name != NULL)
        patch->out->name = patch->in->name;
    if (patch->in->expires_given != CV_ABSENT) {
        patch->out->expires_at = patch->in->expires_at;
        prov_judge_expiry(call, patch->in->expires_at, own);
        judge_longer(call, &before, patch->in->expires_at);
    }
    if (!cv_faults_check(call->faults, cvp_validation_failed, err))
        return false;
    struct ending earlier = {.id = patch->id};
    if (prov_ends_sooner(patch->out->expires_at, before.expires_at) && !somebody_stays(call, &earlier, err))
        return false;
    return dir_token_save(call->dir, &before, patch->out, &actor, stamp, err);
}

bool prov_token_change(struct prov_call *call, const char *key, const struct prov_token_patch *in,
                       struct dom_token *out, struct cv_error *err)
{
    struct patch patch = {.in = in, .out = out};
    if (!cv_id_parse("tok_", key, &patch.id))
        return no_token(err);
    return prov_write(call, "token.change", key, patch_once, &patch, err);
}

/* ---- ending ---- */

static bool revoke_once(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct cv_id *id = ctx;
    struct dir_actor actor = prov_dir_actor(call);
    struct dom_token before, after;
    if (!read_token(call, *id, &before, err))
        return false;
    after = before;
    if (after.revoked_at == CV_NO_MOMENT)
        after.revoked_at = cv_now();
    return dir_token_save(call->dir, &before, &after, &actor, stamp, err);
}

static bool revoke(struct prov_call *call, struct cv_id id, struct cv_error *err)
{
    char text[CV_ID_TEXT];
    return prov_write(call, "token.revoke", cv_id_text("tok_", id, text), revoke_once, &id, err);
}

/* With its descendants it may be said of one that has ended: they go on. */
static bool may_revoke(struct prov_call *call, struct cv_id id, bool with_descendants, struct cv_error *err)
{
    struct dom_token token;
    if (!read_token(call, id, &token, err))
        return false;
    if (with_descendants)
        token.revoked_at = CV_NO_MOMENT;
    return cv_id_equal(id, call->token) || within_reach(call, &token) || no_token(err);
}

/* The maker first: it makes no more from then on. */
static bool revoke_descendants(struct prov_call *call, struct ending *e, struct cv_error *err)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->tokens[i].revoked_at == CV_NO_MOMENT && !cv_id_equal(e->tokens[i].id, e->id) && ends(e, &e->tokens[i]) &&
            !revoke(call, e->tokens[i].id, err))
            return false;
    return true;
}

bool prov_token_revoke(struct prov_call *call, const char *key, bool with_descendants, struct cv_error *err)
{
    struct ending e = {.with_descendants = with_descendants};
    if (!cv_id_parse("tok_", key, &e.id))
        return no_token(err);
    if (!may_revoke(call, e.id, with_descendants, err) || !somebody_stays(call, &e, err) || !revoke(call, e.id, err))
        return false;
    if (!with_descendants)
        return true;
    return view_tokens(call->prov->options.view, call->arena, &e.tokens, &e.count, err) &&
           revoke_descendants(call, &e, err);
}
