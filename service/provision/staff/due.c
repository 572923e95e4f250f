/* What only the passing of days brings about on a person: aliases and kept mailboxes come to their end, a newcomer's
 * accounts are issued, of a leaver the names alone are left. */
#include <string.h>

#include "congvu/naming.h"
#include "provision/internal.h"

bool prov_close_leaver(struct prov_change *change, struct cv_error *err)
{
    enum dom_desired usual = dom_policy_leaver_state(change->call->prov->options.policy);
    for (size_t i = 0; i < change->systems.count; i++) {
        const struct dom_system *system = &change->systems.items[i];
        struct dom_wish wish;
        if (dom_leaver_wish(change->after, system, usual, cv_today(), &wish) && !prov_wish(change, system, &wish, err))
            return false;
    }
    return true;
}

/* Into a list of its own: the record as it was read keeps the old one. */
static void drop_old_aliases(struct prov_change *change)
{
    struct dom_staff *staff = change->after;
    struct dom_alias *kept = CV_NEWS(change->call->arena, struct dom_alias, staff->alias_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < staff->alias_count; i++)
        if (staff->aliases[i].until == CV_NO_DAY || staff->aliases[i].until >= cv_today())
            kept[count++] = staff->aliases[i];
    staff->aliases = kept;
    staff->alias_count = count;
}

/* Of who has left so long ago his names stay, which nobody else is given, with his posts and accounts by their days,
 * which past figures count. */
static bool keep_names_alone(struct prov_change *change)
{
    cv_day on = dom_strip_on(change->after, dom_policy_keep_days(change->call->prov->options.policy));
    if (on == CV_NO_DAY || on > cv_today())
        return false;
    dom_strip(change->after);
    return true;
}

bool prov_strip_leaver(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    (void)err;
    change->quiet = !keep_names_alone(change); /* the day on which it will be due is nobody's change */
    return true;
}

bool prov_end_due(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    drop_old_aliases(change);
    (void)keep_names_alone(change);
    return prov_close_leaver(change, err) && prov_sync_accounts(change, false, err);
}
