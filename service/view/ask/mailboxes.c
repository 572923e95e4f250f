/* Mailboxes and other accounts of units. Few, so they are looked for one by one. */
#include "congvu/unit.h"
#include "view/ask/ask.h"

static bool has_mailbox(const struct unit *u)
{
    return u->known && u->u.mail_login != NULL;
}

bool view_unit_by_mailbox(const struct view *v, const char *login, struct cv_arena *arena, struct view_unit *out)
{
    bool found = false;
    if (!view_enter(v, NULL))
        return false;
    for (uint32_t i = 0; i < v->unit_count && !found; i++) {
        found = has_mailbox(v->units[i]) && cv_ascii_casecmp(v->units[i]->u.mail_login, login) == 0;
        if (found)
            view_fill_unit(v, i, arena, out);
    }
    view_leave(v);
    return found;
}

bool view_unit_mailboxes(const struct view *v, struct view_scope scope, struct cv_arena *arena, struct view_unit **out,
                         size_t *out_count, struct cv_error *err)
{
    size_t count = 0, n = 0;
    if (!view_enter(v, err))
        return false;
    uint32_t top = view_scope_slot(v, scope);
    for (uint32_t i = 0; i < v->unit_count; i++)
        count += has_mailbox(v->units[i]);
    *out = CV_NEWS(arena, struct view_unit, count + 1);
    for (uint32_t i = 0; i < v->unit_count; i++)
        if (has_mailbox(v->units[i]) && view_below(v, i, top))
            view_fill_unit(v, i, arena, &(*out)[n++]);
    *out_count = n;
    view_leave(v);
    return true;
}

static struct dom_unit_account kept_account(const struct dom_unit_account *a, struct view_pool *keep)
{
    struct dom_unit_account out = *a;
    out.account.system = view_pool_text(keep, a->account.system);
    out.account.login = view_pool_text(keep, a->account.login);
    out.account.remote_id = view_pool_text(keep, a->account.remote_id);
    return out;
}

bool view_unit_accounts(const struct view *v, struct view_scope scope, struct cv_arena *arena,
                        struct view_unit_account **out, size_t *out_count, struct cv_error *err)
{
    struct view_pool keep = {.arena = arena};
    size_t count = 0, n = 0;
    if (!view_enter(v, err))
        return false;
    uint32_t top = view_scope_slot(v, scope);
    for (uint32_t i = 0; i < v->unit_count; i++)
        count += v->units[i]->known ? v->units[i]->u.account_count : 0;
    *out = CV_NEWS(arena, struct view_unit_account, count + 1);
    for (uint32_t i = 0; i < v->unit_count; i++) {
        const struct unit *u = v->units[i];
        for (size_t k = 0; u->known && k < u->u.account_count && view_below(v, i, top); k++) {
            struct view_unit_account *a = &(*out)[n++];
            view_fill_unit(v, i, arena, &a->unit);
            a->of = kept_account(&u->u.accounts[k], &keep);
        }
    }
    *out_count = n;
    view_leave(v);
    return true;
}
