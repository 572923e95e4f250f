/* Who is somebody else to whom. The same line of tokens is not; nor is who lends a role to whom he lends it, nor is
 * who gave somebody a way in: he may be the one who has signed in as him. */
#include <string.h>

#include "provision/core/brake.h"

enum { HANDS_MAX = 64 };

/* ---- whose hands ---- */

/* Somebody, and whoever may be behind his sign-in: who gave him a way in, who gave that one his, and so on. */
struct hands {
    struct cv_id ids[HANDS_MAX];
    size_t count;
    bool whole;
};

static bool is_among(const struct hands *h, struct cv_id id)
{
    for (size_t i = 0; i < h->count; i++)
        if (cv_id_equal(h->ids[i], id))
            return true;
    return false;
}

static void add(struct hands *h, struct cv_id id)
{
    if (is_among(h, id))
        return;
    h->whole = h->whole && h->count < HANDS_MAX;
    if (h->count < HANDS_MAX)
        h->ids[h->count++] = id;
}

static void gather(struct prov_call *call, const struct prov_lines *lines, struct cv_id one, struct hands *out)
{
    struct cv_id ways[DOM_WAYS_IN_MAX];
    *out = (struct hands){.ids = {one}, .count = 1, .whole = true};
    for (size_t i = 0; i < out->count; i++) {
        size_t count = view_ways_in(call->prov->options.view, out->ids[i], cv_now(), ways);
        for (size_t k = 0; k < count; k++)
            add(out, prov_line_of(lines, ways[k])); /* a person's own id is his line */
    }
}

/* The bootstrap token gives the first administrators their ways in; they are not one for that. */
static bool is_root(const struct prov_lines *lines, struct cv_id line)
{
    const struct dom_token *token = prov_lines_token(lines, line);
    return token != NULL && dom_token_is_root(token);
}

static bool share_hands(const struct prov_lines *lines, const struct hands *one, const struct hands *other)
{
    for (size_t i = 0; i < one->count; i++)
        if (is_among(other, one->ids[i]) &&
            (!is_root(lines, one->ids[i]) || i == 0 || cv_id_equal(other->ids[0], one->ids[i])))
            return true;
    return !one->whole || !other->whole;
}

/* ---- lent roles ---- */

static bool lends(const struct view *view, struct cv_id lender, struct cv_id deputy)
{
    struct view_signer signer;
    if (cv_id_is_zero(lender) || !view_signer(view, deputy, &signer))
        return false;
    for (size_t i = 0; i < signer.role_count; i++)
        if (cv_id_equal(signer.roles[i].lent_by, lender))
            return true;
    return false;
}

static bool lend_each_other(const struct view *view, const struct hands *one, const struct hands *other)
{
    for (size_t i = 0; i < one->count; i++)
        for (size_t k = 0; k < other->count; k++)
            if (lends(view, one->ids[i], other->ids[k]) || lends(view, other->ids[k], one->ids[i]))
                return true;
    return false;
}

/* ---- the judgement ---- */

enum prov_oneness prov_oneness(struct prov_call *call, const struct prov_lines *lines, struct cv_id one,
                               struct cv_id other)
{
    const struct view *view = call->prov->options.view;
    struct hands of_one, of_other;
    if (cv_id_equal(one, other))
        return PROV_ONE_LINE;
    if (lends(view, one, other) || lends(view, other, one))
        return PROV_ONE_BY_LOAN;
    if (cv_id_is_zero(one) || cv_id_is_zero(other))
        return PROV_TWO;
    gather(call, lines, one, &of_one);
    gather(call, lines, other, &of_other);
    return share_hands(lines, &of_one, &of_other) || lend_each_other(view, &of_one, &of_other) ? PROV_ONE_BY_WAY_IN
                                                                                               : PROV_TWO;
}

enum prov_oneness prov_own_line(struct prov_call *call, const struct prov_lines *lines, struct cv_id line)
{
    return prov_oneness(call, lines, prov_line_of_actor(lines, call->actor), line);
}
