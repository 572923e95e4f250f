/* What a PUT or PATCH would change, for validate_only: members that are lists or hold others. */
#include <string.h>

#include "api/staff/fields.h"

static const char *unit_code(struct htp_exchange *x, struct cv_id id)
{
    struct view_unit unit;
    if (!api_reaches_people(x, id) || !view_unit_by_id(api_of(x)->view, id, x->arena, &unit))
        return NULL;
    return unit.code;
}

void api_tell_unit(struct prov_telling *t, const char *name)
{
    const char *from = t->before != NULL ? unit_code(t->ctx, dom_home_on(t->before, cv_today())->unit) : NULL;
    prov_tell_text(t, name, from, unit_code(t->ctx, dom_home_on(t->after, cv_today())->unit));
}

/* ---- lists ---- the directory keeps no order */

static void write_alias(struct cv_jout *j, const char *name, const void *item, void *ctx)
{
    const struct dom_alias *alias = item;
    (void)ctx;
    cv_jout_object(j, name);
    cv_jout_string(j, "address", alias->address);
    cv_jout_day(j, "until", alias->until);
    cv_jout_end(j);
}

static const char *aliases_json(struct prov_telling *t, const struct dom_staff *staff)
{
    if (staff == NULL)
        return NULL;
    const char **items = CV_NEWS(t->arena, const char *, staff->alias_count + 1);
    for (size_t i = 0; i < staff->alias_count; i++)
        items[i] = prov_json_of(t->arena, write_alias, &staff->aliases[i], t->ctx);
    return prov_json_list(t->arena, items, staff->alias_count);
}

void api_tell_aliases(struct prov_telling *t, const char *name)
{
    prov_tell_json(t, name, aliases_json(t, t->before), aliases_json(t, t->after));
}

static const char *codes_json(struct prov_telling *t, const struct dom_staff *staff)
{
    return staff != NULL ? prov_json_texts(t->arena, staff->former_codes, staff->former_code_count) : NULL;
}

void api_tell_former_codes(struct prov_telling *t, const char *name)
{
    prov_tell_json(t, name, codes_json(t, t->before), codes_json(t, t->after));
}

void api_write_post_facts(struct cv_jout *j, const struct dom_post *post)
{
    cv_jout_string(j, "title", post->title);
    cv_jout_string(j, "kind", dom_post_kind_words[post->kind]);
    cv_jout_bool(j, "primary", post->primary);
    cv_jout_day(j, "from", post->from);
    cv_jout_day(j, "to", post->to);
    api_write_decision(j, "decision", &post->decision);
}

static void write_post(struct cv_jout *j, const char *name, const void *item, void *ctx)
{
    const struct dom_post *post = item;
    cv_jout_object(j, name);
    cv_jout_string(j, "unit", unit_code(ctx, post->unit));
    api_write_post_facts(j, post);
    cv_jout_end(j);
}

/* `bare`: without what the members unit and title tell of the primary post. */
static const char *posts_json(struct prov_telling *t, const struct dom_staff *staff, bool bare)
{
    if (staff == NULL)
        return NULL;
    const char **items = CV_NEWS(t->arena, const char *, staff->post_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < staff->post_count; i++) {
        struct dom_post post = staff->posts[i];
        if (!api_reaches_people(t->ctx, post.unit))
            continue;
        if (bare && &staff->posts[i] == dom_home_on(staff, cv_today())) {
            post.unit = (struct cv_id){0};
            post.title = NULL;
        }
        items[count++] = prov_json_of(t->arena, write_post, &post, t->ctx);
    }
    return prov_json_list(t->arena, items, count);
}

void api_tell_posts(struct prov_telling *t, const char *name)
{
    const char *was = posts_json(t, t->before, true), *is = posts_json(t, t->after, true);
    if (was == NULL || strcmp(was, is) != 0)
        prov_tell_json(t, name, posts_json(t, t->before, false), posts_json(t, t->after, false));
}

/* ---- accounts ---- a line for what is wanted, and one for each fact below it */

static void tell_fact(struct prov_telling *t, const char *root, const char *fact, const char *from, const char *to)
{
    prov_tell_text(t, cv_arena_printf(t->arena, "%s/%s", root, fact), from, to);
}

static const char *error_of(struct prov_telling *t, const struct dom_account *account)
{
    const struct htp_exchange *x = t->ctx;
    return prov_text_in(t->arena, account->last_error, x->lang);
}

static void tell_account(struct prov_telling *t, const char *name, const struct dom_account *was,
                         const struct dom_account *is)
{
    const char *root = cv_arena_printf(t->arena, "%s/%s", name, is->system);
    prov_tell_text(t, root, was != NULL ? dom_desired_words[was->desired] : NULL, dom_desired_words[is->desired]);
    tell_fact(t, root, "reason", was != NULL ? was->reason : NULL, is->reason);
    tell_fact(t, root, "cause", was != NULL ? api_cause_word(was) : NULL, api_cause_word(is));
    tell_fact(t, root, "login", was != NULL ? was->login : NULL, is->login);
    tell_fact(t, root, "next_login", was != NULL ? was->next_login : NULL, is->next_login);
    tell_fact(t, root, "observed", was != NULL ? dom_observed_words[was->observed] : NULL,
              dom_observed_words[is->observed]);
    tell_fact(t, root, "last_error", was != NULL ? error_of(t, was) : NULL, error_of(t, is));
}

void api_tell_accounts(struct prov_telling *t, const char *name)
{
    const struct dom_staff *before = t->before, *after = t->after;
    for (size_t i = 0; i < after->account_count; i++) {
        const struct dom_account *is = &after->accounts[i];
        tell_account(t, name, before != NULL ? dom_account_of(before, is->system) : NULL, is);
    }
}
