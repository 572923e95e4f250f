/* Tokens: a secret that is shown once, of which only a keyed digest is kept. */
#include <string.h>

#include "provision/tokens/tokens.h"

#define SECRET_PREFIX "cvt_"
enum { SECRET_SIGNS = 48 }; /* 240 random bits */

void prov_token_digest(const struct prov *prov, const char *secret, char out[CV_DIGEST_TEXT])
{
    cv_digest(&prov->options.token_key, secret, strlen(secret), out);
}

static void make_secret(const struct prov *prov, struct cv_arena *arena, struct dom_token *token,
                        char secret[PROV_SECRET_TEXT])
{
    char digest[CV_DIGEST_TEXT];
    memcpy(secret, SECRET_PREFIX, sizeof(SECRET_PREFIX));
    cv_random_text(secret + strlen(SECRET_PREFIX), SECRET_SIGNS, false);
    prov_token_digest(prov, secret, digest);
    token->digest = cv_arena_strdup(arena, digest);
}

/* ---- a token never gives more than its maker has ---- */

static void judge_scopes(struct prov_call *call, const struct prov_token_input *in)
{
    if (in->scopes == 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/scopes", "too_few", "Cần ít nhất một quyền",
                     "At least one scope is needed");
    for (int i = 0; dom_scope_words[i] != NULL; i++)
        if ((in->scopes & ~call->scopes) >> i & 1u)
            cv_fault_add(call->faults, CV_AT_POINTER, "/scopes", "not_allowed",
                         "Bạn không có quyền %s nên không cấp được", "You do not have the scope %s yourself",
                         dom_scope_words[i]);
}

bool prov_ends_sooner(cv_moment one, cv_moment other)
{
    return one != CV_NO_MOMENT && (other == CV_NO_MOMENT || one < other);
}

void prov_judge_expiry(struct prov_call *call, cv_moment expires_at, cv_moment makers)
{
    if (expires_at != CV_NO_MOMENT && expires_at <= cv_now())
        cv_fault_add(call->faults, CV_AT_POINTER, "/expires_at", "out_of_range", "Thời hạn phải ở tương lai",
                     "The expiry must lie ahead");
    if (prov_ends_sooner(makers, expires_at))
        cv_fault_add(call->faults, CV_AT_POINTER, "/expires_at", "not_allowed",
                     "Không được dài hơn thời hạn của mã truy cập của bạn",
                     "It cannot last longer than your own token");
}

/* It may write what is kept from people: only who decides whose a fact is makes one. */
static void judge_feed(struct prov_call *call, const struct prov_token_input *in)
{
    if (in->feed && !call->scope.everywhere)
        cv_fault_add(call->faults, CV_AT_POINTER, "/feed", "not_allowed",
                     "Chỉ quản trị toàn hệ thống mới cấp được mã truy cập cho phần mềm nhân sự",
                     "Only who may see everything makes the token of the HR system");
}

static bool place(struct prov_call *call, const struct prov_token_input *in, struct dom_token *token)
{
    struct view_unit unit;
    struct cv_error none = {0};
    token->everywhere = in->unit == NULL && call->scope.everywhere;
    token->unit = call->scope.top;
    if (in->unit == NULL)
        return true;
    if (!view_unit_of_people(call->prov->options.view, call->scope, in->unit, call->arena, &unit, &none)) {
        cv_fault_add(call->faults, CV_AT_POINTER, "/unit", "not_found",
                     "Không tìm thấy đơn vị “%s” trong phạm vi của bạn", "There is no unit “%s” within your reach",
                     in->unit);
        return false;
    }
    token->unit = unit.id;
    return true;
}

uint32_t prov_token_rights(const struct view *view, const struct dom_token *token)
{
    struct view_signer signer;
    uint32_t rights = 0;
    if (!dom_token_good(token, cv_now()))
        return 0;
    if (cv_id_is_zero(token->owner))
        return token->scopes;
    if (!view_signer(view, token->owner, &signer))
        return 0;
    for (size_t i = 0; i < signer.role_count; i++) {
        const struct view_role *role = &signer.roles[i];
        const struct view_scope own = {.top = role->unit};
        bool covers = role->everywhere || (!token->everywhere && view_reaches_people(view, own, token->unit));
        rights |= covers ? dom_role_rights(role->kind) : 0;
    }
    return rights & token->scopes;
}

bool prov_own_expiry(struct prov_call *call, cv_moment *out, struct cv_error *err)
{
    struct dom_token own = {.expires_at = CV_NO_MOMENT};
    bool person = strncmp(call->actor, "stf_", 4) == 0; /* what a person makes ends with him, not with his session */
    if (!person && !cv_id_is_zero(call->token) &&
        !view_token_by_id(call->prov->options.view, call->token, call->arena, &own))
        return cv_fail(err, cvp_directory_unavailable, NULL, "Máy chủ danh bạ chưa sẵn sàng, vui lòng thử lại",
                       "The directory is not available, please try again");
    *out = own.expires_at;
    return true;
}

static bool build(struct prov_call *call, const struct prov_token_input *in, struct dom_token *token,
                  struct cv_error *err)
{
    cv_moment makers;
    if (!prov_own_expiry(call, &makers, err))
        return false;
    *token =
        (struct dom_token){.id = cv_id_make(),
                           .name = in->name,
                           .scopes = in->scopes,
                           .feed = in->feed,
                           .expires_at = in->expires_at,
                           .revoked_at = CV_NO_MOMENT,
                           .created_at = cv_now(),
                           .created_by = call->actor,
                           .owner = prov_person_behind(call), /* what a person makes is his, and what that makes too */
                           .idempotency = prov_new_idempotency(call)};
    judge_scopes(call, in);
    judge_feed(call, in);
    prov_judge_expiry(call, in->expires_at, makers);
    place(call, in, token);
    return cv_faults_check(call->faults, cvp_validation_failed, err);
}

/* ---- making ---- */

static bool replayed(struct prov_call *call, struct prov_token_result *out, bool *out_replay, struct cv_error *err)
{
    *out_replay = false;
    if (call->idempotency.key == NULL)
        return true;
    bool found = dir_token_find_idempotency(call->dir, call->idempotency.key, call->arena, &out->token, err);
    out->outcome = PROV_REPLAYED;
    const struct prov_recall recall = {.found = found,
                                       .pair = &out->token.idempotency,
                                       .visible = found && prov_sees_token(call, &out->token),
                                       .missing = cvp_token_not_found};
    return prov_seen_before(call, &recall, out_replay, err);
}

bool prov_token_add(struct prov_call *call, struct prov_token_result *out, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    struct dir_stamp stamp = {0};
    struct prov_audit audit;
    char target[CV_ID_TEXT];
    make_secret(call->prov, call->arena, &out->token, out->secret);
    prov_audit_begin(&audit, call, "token.create", cv_id_text("tok_", out->token.id, target), NULL);
    bool ok = dir_token_add(call->dir, &out->token, &actor, &stamp, err);
    prov_audit_end(&audit, ok, err);
    if (!ok) {
        explicit_bzero(out->secret, sizeof(out->secret));
        return false;
    }
    out->outcome = PROV_CREATED;
    out->token.revision = stamp.revision;
    prov_settle(call, &stamp);
    return true;
}

bool prov_token_create(struct prov_call *call, const struct prov_token_input *in, struct prov_token_result *out,
                       struct cv_error *err)
{
    bool replay = false;
    *out = (struct prov_token_result){0};
    if (!replayed(call, out, &replay, err))
        return false;
    if (replay)
        return true;
    if (build(call, in, &out->token, err) && prov_token_add(call, out, err))
        return true;
    if (err->kind != CV_CONFLICT || strcmp(err->field, "cvIdempotencyKey") != 0)
        return false;
    cv_error_clear(err);
    return replayed(call, out, &replay, err) && replay;
}
