/* Tokens, and who the caller is. */
#include "api/internal.h"

#include <stdlib.h>
#include <string.h>

enum { SCOPES_MAX = 10 };

static const char *token_text(struct htp_exchange *x, struct cv_id id)
{
    char text[CV_ID_TEXT];
    return cv_arena_strdup(x->arena, cv_id_text("tok_", id, text));
}

static void write_rights(struct htp_exchange *x, uint32_t scopes, bool everywhere, struct cv_id unit, cv_moment expires_at)
{
    struct cv_jout *j = &x->out;
    cv_jout_array(j, "scopes");
    for (int i = 0; dom_scope_words[i] != NULL; i++)
        if (scopes >> i & 1)
            cv_jout_string(j, NULL, dom_scope_words[i]);
    cv_jout_end(j);
    api_write_unit_ref(x, "unit", everywhere ? (struct cv_id){0} : unit);
    cv_jout_moment(j, "expires_at", expires_at);
}

static void write_token(struct htp_exchange *x, const struct dom_token *token)
{
    struct cv_jout *j = &x->out;
    cv_jout_string(j, "id", token_text(x, token->id));
    cv_jout_string(j, "name", token->name);
    write_rights(x, token->scopes, token->everywhere, token->unit, token->expires_at);
    cv_jout_moment(j, "created_at", token->created_at);
    cv_jout_string(j, "created_by", token->created_by);
}

static bool within_reach(struct htp_exchange *x, const struct dom_token *token)
{
    struct view_scope scope = api_actor(x)->scope;
    if (token->revoked_at != CV_NO_MOMENT)
        return false;
    return scope.everywhere || (!token->everywhere && view_unit_within(api_of(x)->view, token->unit, scope.top));
}

static int newest_first(const void *a, const void *b)
{
    const struct dom_token *s = a, *t = b;
    if (s->created_at != t->created_at)
        return s->created_at > t->created_at ? -1 : 1;
    return memcmp(s->id.bytes, t->id.bytes, sizeof(s->id.bytes));
}

void api_list_tokens(struct htp_exchange *x)
{
    struct dom_token *tokens = NULL;
    size_t count = 0;
    struct cv_error err = {0};
    if (!view_tokens(api_of(x)->view, x->arena, &tokens, &count, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    if (count > 1)
        qsort(tokens, count, sizeof(*tokens), newest_first);
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++) {
        if (!within_reach(x, &tokens[i]))
            continue;
        cv_jout_object(&x->out, NULL);
        write_token(x, &tokens[i]);
        cv_jout_end(&x->out);
    }
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

static void read_scopes(const struct cv_jin *body, uint32_t *out)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(body, "scopes", CV_REQUIRED, SCOPES_MAX, &list) != CV_VALUE)
        return;
    if (cv_jin_count(list) == 0)
        cv_jin_fault(body, "scopes", "required", "Cần ít nhất một quyền", "At least one scope is needed");
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        int word = 0;
        if (!cv_jin_item_word(list, i, dom_scope_words, &word))
            continue;
        if (*out >> word & 1)
            cv_jin_fault(body, "scopes", "duplicate", "“%s” bị lặp", "“%s” is there twice", dom_scope_words[word]);
        *out |= UINT32_C(1) << word;
    }
}

static void read_token(const struct cv_jin *body, struct prov_token_input *out)
{
    *out = (struct prov_token_input){.expires_at = CV_NO_MOMENT};
    cv_jin_string(body, "name", CV_REQUIRED, 200, &out->name);
    if (out->name != NULL && *out->name == '\0')
        cv_jin_fault(body, "name", "required", "Thiếu tên", "The name is missing");
    read_scopes(body, &out->scopes);
    cv_jin_string(body, "unit", CV_NULLABLE, 64, &out->unit);
    cv_jin_moment(body, "expires_at", CV_NULLABLE, &out->expires_at);
    cv_jin_done(body);
}

void api_create_token(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_token_input in;
    struct prov_token_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_token(body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_token_create(&call, &in, &result, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    htp_header_set(x, "Location", "/v1/tokens/%s", token_text(x, result.token.id));
    if (result.outcome == PROV_REPLAYED)
        htp_header_set(x, "Idempotency-Replayed", "true");
    cv_jout_object(&x->out, NULL);
    write_token(x, &result.token);
    cv_jout_string(&x->out, "secret", *result.secret != '\0' ? result.secret : NULL);
    cv_jout_end(&x->out);
    htp_reply(x, 201);
}

void api_delete_token(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (prov_token_revoke(&call, htp_param(x, "token"), &err))
        htp_reply_empty(x, 204);
    else
        htp_problem(x, &err, NULL);
}

void api_get_me(struct htp_exchange *x)
{
    const struct api_actor *actor = api_actor(x);
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_object(j, "token");
    cv_jout_string(j, "id", actor->name);
    cv_jout_string(j, "name", actor->label);
    write_rights(x, actor->scopes, actor->scope.everywhere, actor->scope.top, actor->expires_at);
    cv_jout_end(j);
    cv_jout_string(j, "locale", x->lang == CV_EN ? "en" : "vi");
    cv_jout_end(j);
    htp_reply(x, 200);
}
