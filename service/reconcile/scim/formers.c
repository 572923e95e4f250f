/* Accounts that a move left behind in a system whose logins belong to units: they give way to the new one, become it,
 * or are closed once it is there. */
#include <string.h>

#include "reconcile/internal.h"

static bool find_former(struct rec_step *s, const struct dom_former *f, struct con_scim_account *out, bool *out_found,
                        struct cv_error *err)
{
    struct con_scim_account *all;
    size_t count;
    if (!rec_ours_by_id(s, f->remote_id, f->login, out, out_found, err))
        return false;
    if (*out_found)
        return true;
    if (!con_scim_find(&s->link->scim, s->link->scim.login_path, f->login, &all, &count, err))
        return false;
    for (size_t i = 0; i < count && !*out_found; i++) {
        *out = all[i];
        *out_found = rec_marked_as_ours(s, &all[i]);
    }
    return true;
}

/* ---- closing ---- */
static const char *mark_aside(const struct rec_step *s, const struct dom_former *f)
{
    return cv_arena_printf(s->link->w->call.arena, "%s#%s", s->owner.mark, f->login);
}

static bool is_the_account(const struct rec_step *s, const struct con_scim_account *a)
{
    return s->found && s->there.id != NULL && strcmp(s->there.id, a->id) == 0;
}

/* Its mark steps aside, so that the new account is the only one under the staff id. */
static bool close_former(struct rec_step *s, const struct dom_former *f, struct cv_error *err)
{
    struct con_scim_account there, now;
    bool found = false, deleted;
    const struct con_scim_field off[] = {{.path = s->link->scim.active_path, .value = "false", .truth = true},
                                         {.path = s->link->scim.mark_path, .value = mark_aside(s, f)}};
    if (!find_former(s, f, &there, &found, err))
        return false;
    if (!found || is_the_account(s, &there))
        return true;
    if (s->link->system.connector->delete_after_days == 0)
        return rec_remove_there(s, &there, &deleted, err);
    if (con_scim_update(&s->link->scim, &there, off, CV_COUNT(off), &now, err))
        return true;
    return err->kind == CV_INVALID && rec_shut(s, &there, err);
}

bool rec_close_formers(struct rec_step *s, struct cv_error *err)
{
    struct cv_error first = {0};
    for (size_t i = 0; i < s->account->former_count && i < DOM_NAMES_MAX; i++) {
        const struct dom_former *f = &s->account->formers[i];
        cv_error_clear(err);
        if (rec_moved_back_to(s, f) || close_former(s, f, err))
            s->closed[s->closed_count++] = f->login;
        else if (first.kind == CV_OK)
            first = *err;
    }
    *err = first;
    return first.kind == CV_OK;
}

/* ---- giving way ---- */
/* Sets one attribute of every account left behind; *out_any: of one at least. What a server does not take is no matter:
 * the next way is tried. */
static bool set_of_formers(struct rec_step *s, const char *path,
                           const char *(*value)(struct rec_step *s, const struct dom_former *f), bool *out_any,
                           struct cv_error *err)
{
    for (size_t i = 0; path != NULL && i < s->account->former_count; i++) {
        const struct dom_former *f = &s->account->formers[i];
        struct con_scim_account there, now;
        const struct con_scim_field other = {.path = path, .value = value(s, f)};
        bool found = false;
        if (rec_moved_back_to(s, f))
            continue;
        if (!find_former(s, f, &there, &found, err))
            return false;
        if (!found || con_scim_update(&s->link->scim, &there, &other, 1, &now, err))
            *out_any = *out_any || found;
        else if (err->kind != CV_INVALID && err->kind != CV_CONFLICT)
            return false;
        cv_error_clear(err);
    }
    return true;
}

static const char *other_mark(struct rec_step *s, const struct dom_former *f)
{
    return mark_aside(s, f);
}

/* That nobody can have (RFC 2606). */
static const char *other_address(struct rec_step *s, const struct dom_former *f)
{
    return cv_arena_printf(s->link->w->call.arena, "%s@closed.invalid", f->login);
}

bool rec_former_gives_mark(struct rec_step *s, bool *out_any, struct cv_error *err)
{
    return set_of_formers(s, s->link->scim.mark_path, other_mark, out_any, err);
}

bool rec_former_gives_address(struct rec_step *s, bool *out_any, struct cv_error *err)
{
    return set_of_formers(s, s->link->system.connector->map[DOM_FIELD_ADDRESS], other_address, out_any, err);
}

bool rec_former_becomes_it(struct rec_step *s, bool *out_any, struct cv_error *err)
{
    bool had = s->found;
    for (size_t i = s->account->former_count; i-- > 0 && !s->found;) {
        const struct dom_former *f = &s->account->formers[i];
        if (!rec_moved_back_to(s, f) && !find_former(s, f, &s->there, &s->found, err))
            return false;
    }
    *out_any = s->found && !had;
    return true;
}
