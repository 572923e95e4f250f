/* Who made whom: the lines that tokens belong to. */
#include <string.h>

#include "congvu/token.h"

static const struct dom_token *find(const struct dom_token *tokens, size_t count, struct cv_id id)
{
    for (size_t i = 0; i < count; i++)
        if (cv_id_equal(tokens[i].id, id))
            return &tokens[i];
    return NULL;
}

/* NULL: made by no token, or by one that is not known. */
static const struct dom_token *maker_of(const struct dom_token *tokens, size_t count, const struct dom_token *token)
{
    struct cv_id id;
    if (token->created_by == NULL || !cv_id_parse("tok_", token->created_by, &id))
        return NULL;
    return find(tokens, count, id);
}

bool dom_token_is_root(const struct dom_token *token)
{
    struct cv_id id;
    return token->created_by == NULL ||
           (!cv_id_parse("tok_", token->created_by, &id) && !cv_id_parse("stf_", token->created_by, &id));
}

bool dom_token_good(const struct dom_token *token, cv_moment at)
{
    return token->revoked_at == CV_NO_MOMENT && (token->expires_at == CV_NO_MOMENT || token->expires_at > at);
}

/* More steps than tokens would be a circle, which only a hand in the directory can make. */
bool dom_token_descends(const struct dom_token *tokens, size_t count, struct cv_id token, struct cv_id from)
{
    const struct dom_token *t = find(tokens, count, token);
    for (size_t steps = 0; t != NULL && steps <= count; steps++) {
        t = maker_of(tokens, count, t);
        if (t != NULL && cv_id_equal(t->id, from))
            return true;
    }
    return false;
}

static bool older(const struct dom_token *a, const struct dom_token *b)
{
    if (a->created_at != b->created_at)
        return a->created_at < b->created_at;
    return memcmp(a->id.bytes, b->id.bytes, sizeof(a->id.bytes)) < 0;
}

static struct cv_id root_line(const struct dom_token *tokens, size_t count)
{
    const struct dom_token *oldest = NULL;
    for (size_t i = 0; i < count; i++)
        if (dom_token_is_root(&tokens[i]) && (oldest == NULL || older(&tokens[i], oldest)))
            oldest = &tokens[i];
    return oldest != NULL ? oldest->id : (struct cv_id){0};
}

struct cv_id dom_line_of(const struct dom_token *tokens, size_t count, struct cv_id token)
{
    const struct dom_token *t = find(tokens, count, token);
    struct cv_id by = token;
    for (size_t steps = 0; t != NULL && steps <= count; steps++) {
        if (dom_token_is_root(t))
            return root_line(tokens, count);
        if (cv_id_parse("stf_", t->created_by, &by))
            return by;
        const struct dom_token *maker = maker_of(tokens, count, t);
        if (maker == NULL || dom_token_is_root(maker))
            return t->id;
        t = maker;
    }
    return by;
}
