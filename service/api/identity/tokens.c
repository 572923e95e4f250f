/* Tokens, and who am I. */
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "congvu/prov_tokens.h"

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

static const char *token_id(struct htp_exchange *x, struct cv_id id)
{
    return cv_id_kept("tok_", id, x->arena);
}

/* The members of a token; the caller opens and closes. */
static void write_token(struct htp_exchange *x, const struct dom_token *token)
{
    struct cv_jout *j = &x->out;
    cv_jout_string(j, "id", token_id(x, token->id));
    cv_jout_string(j, "name", token->name);
    api_write_scopes(j, token->scopes);
    api_write_reach(x, token->everywhere, token->unit);
    cv_jout_bool(j, "feed", token->feed);
    cv_jout_moment(j, "expires_at", token->expires_at);
    cv_jout_moment(j, "created_at", token->created_at);
    cv_jout_string(j, "created_by", token->created_by);
}

static bool visible(struct htp_exchange *x, const struct dom_token *token)
{
    struct view_scope scope = api_actor(x)->scope;
    if (token->revoked_at != CV_NO_MOMENT)
        return false;
    return scope.everywhere || (!token->everywhere && view_reaches_people(api_of(x)->view, scope, token->unit));
}

static int newest_first(const void *a, const void *b)
{
    const struct dom_token *x = a, *y = b;
    if (x->created_at != y->created_at)
        return x->created_at > y->created_at ? -1 : 1;
    return memcmp(x->id.bytes, y->id.bytes, sizeof(x->id.bytes));
}

static bool made_by(const struct dom_token *token, const char *actor)
{
    return actor == NULL || (token->created_by != NULL && strcmp(token->created_by, actor) == 0);
}

void api_list_tokens(struct htp_exchange *x)
{
    struct dom_token *tokens;
    size_t count;
    struct cv_error err = {0};
    const char *created_by = htp_query(x, "created_by");
    if (!view_tokens(api_of(x)->view, x->arena, &tokens, &count, &err)) {
        fail(x, &err);
        return;
    }
    if (count > 1)
        qsort(tokens, count, sizeof(*tokens), newest_first);
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++) {
        if (!visible(x, &tokens[i]) || !made_by(&tokens[i], created_by))
            continue;
        cv_jout_object(&x->out, NULL);
        write_token(x, &tokens[i]);
        cv_jout_end(&x->out);
    }
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

/* ---- making ---- */

static void read_name(const struct cv_jin *o, unsigned flags, const char **out)
{
    if (cv_jin_string(o, "name", flags, 200, out) == CV_VALUE && **out == '\0')
        cv_jin_fault(o, "name", "too_short", "Tên không được để trống", "The name may not be empty");
}

static void read_token(const struct cv_jin *o, struct prov_token_input *in)
{
    *in = (struct prov_token_input){.expires_at = CV_NO_MOMENT};
    read_name(o, CV_REQUIRED, &in->name);
    if (cv_jin_words(o, "scopes", CV_REQUIRED, dom_scope_words, &in->scopes) != CV_VALUE)
        in->scopes = DOM_STAFF_READ; /* the fault is noted; one is enough */
    cv_jin_string(o, "unit", CV_NULLABLE, 64, &in->unit);
    cv_jin_bool(o, "feed", CV_OPTIONAL, &in->feed);
    cv_jin_moment(o, "expires_at", CV_NULLABLE, &in->expires_at);
    cv_jin_done(o);
}

static void reply_token(struct htp_exchange *x, struct prov_token_result *result)
{
    htp_header_set(x, "Location", "/v1/tokens/%s", token_id(x, result->token.id));
    if (result->outcome == PROV_REPLAYED)
        htp_header_set(x, "Idempotency-Replayed", "true");
    cv_jout_object(&x->out, NULL);
    write_token(x, &result->token);
    cv_jout_string(&x->out, "secret", *result->secret != '\0' ? result->secret : NULL);
    cv_jout_end(&x->out);
    explicit_bzero(result->secret, sizeof(result->secret));
    htp_reply(x, 201);
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
    if (prov_token_create(&call, &in, &result, &err))
        reply_token(x, &result);
    else
        fail(x, &err);
}

void api_patch_token(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_token_patch in = {.expires_at = CV_NO_MOMENT};
    struct dom_token token;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_name(body, CV_OPTIONAL, &in.name);
    in.expires_given = cv_jin_moment(body, "expires_at", CV_NULLABLE, &in.expires_at);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_token_change(&call, htp_param(x, "token"), &in, &token, &err)) {
        fail(x, &err);
        return;
    }
    cv_jout_object(&x->out, NULL);
    write_token(x, &token);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_delete_token(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    bool with_descendants = false;
    htp_query_bool(x, "with_descendants", &with_descendants);
    if (!api_faultless(x, cvp_invalid_parameter) || !api_call(x, &call))
        return;
    if (prov_token_revoke(&call, htp_param(x, "token"), with_descendants, &err))
        htp_reply_empty(x, 204);
    else
        fail(x, &err);
}
