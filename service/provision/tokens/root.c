/* Tokens that no token made: the first one, those made on the machine, and what an upgrade gives them. */
#include <string.h>

#include "congvu/server.h"
#include "provision/tokens/tokens.h"

static bool add_root(struct prov_call *call, const char *name, char out_secret[PROV_SECRET_TEXT], struct cv_error *err)
{
    struct prov_token_result result = {.token = {.id = cv_id_make(),
                                                 .name = name,
                                                 .scopes = DOM_ALL_SCOPES,
                                                 .everywhere = true,
                                                 .expires_at = CV_NO_MOMENT,
                                                 .revoked_at = CV_NO_MOMENT,
                                                 .created_at = cv_now(),
                                                 .created_by = call->actor,
                                                 .idempotency = {.at = CV_NO_MOMENT}}};
    if (!prov_token_add(call, &result, err))
        return false;
    memcpy(out_secret, result.secret, PROV_SECRET_TEXT);
    explicit_bzero(result.secret, sizeof(result.secret));
    return true;
}

bool prov_token_bootstrap(struct prov_call *call, char out_secret[PROV_SECRET_TEXT], struct cv_error *err)
{
    bool none = false;
    if (!dir_no_token(call->dir, &none, err))
        return false;
    if (!none)
        return cv_fail(err, cvp_conflict, NULL, "Đã có mã truy cập", "There are tokens already");
    return add_root(call, "Quản trị ban đầu", out_secret, err);
}

bool prov_token_on_machine(struct prov_call *call, char out_secret[PROV_SECRET_TEXT], struct cv_error *err)
{
    return add_root(call, "Tạo trên máy chủ", out_secret, err);
}

static bool give_all(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct cv_id *id = ctx;
    struct dir_actor actor = prov_dir_actor(call);
    struct dom_token before, after;
    if (!dir_token_read(call->dir, *id, call->arena, &before, err))
        return false;
    after = before;
    after.scopes = DOM_ALL_SCOPES;
    return dir_token_save(call->dir, &before, &after, &actor, stamp, err);
}

bool prov_token_upgrade(struct prov_call *call)
{
    struct dom_token *tokens;
    size_t count;
    struct cv_error err = {0};
    bool ok = view_tokens(call->prov->options.view, call->arena, &tokens, &count, &err);
    for (size_t i = 0; ok && i < count; i++) {
        char id[CV_ID_TEXT];
        if (dom_token_is_root(&tokens[i]) && tokens[i].revoked_at == CV_NO_MOMENT && tokens[i].everywhere &&
            tokens[i].scopes != DOM_ALL_SCOPES)
            ok = prov_write(call, "token.upgrade", cv_id_text("tok_", tokens[i].id, id), give_all, &tokens[i].id, &err);
    }
    if (!ok)
        cv_log_error(CV_LOG_WARN, "token_upgrade", &err);
    return ok;
}
