/* What only the passing of days brings about on a person: aliases and kept mailboxes come to their end. */
#include "provision/internal.h"
#include "congvu/naming.h"

#include <string.h>

static const struct dom_departure *running_departure(const struct dom_staff *staff)
{
    const struct dom_departure *found = dom_current_departure(staff);
    return found != NULL && found->started_at != CV_NO_MOMENT ? found : NULL;
}

static bool keeps_mail(const struct dom_departure *d, const struct dom_system *system, cv_day *out_until)
{
    return system->receives_mail && d->keep_mail_until != NULL && cv_day_parse(d->keep_mail_until, out_until);
}

static enum dom_desired leaver_state(const struct prov_change *change, const struct dom_departure *d,
                                     const struct dom_system *system)
{
    cv_day until;
    if (!keeps_mail(d, system, &until))
        return dom_policy_leaver_state(change->call->prov->options.policy);
    return cv_today() <= until ? DOM_LOCKED : DOM_CLOSED; /* locked still receives */
}

/* Never back to life, but back to receiving when it is to be kept longer than was said first. */
static bool differs(const struct dom_account *account, enum dom_desired wanted, bool kept)
{
    bool by_departure = account->reason != NULL && strcmp(account->reason, "departure") == 0;
    return account->desired < wanted ||
           (kept && by_departure && account->desired == DOM_CLOSED && wanted == DOM_LOCKED);
}

bool prov_close_leaver(struct prov_change *change, struct cv_error *err)
{
    const struct dom_departure *d = running_departure(change->after);
    cv_day until;
    for (size_t i = 0; d != NULL && i < change->systems.count; i++) {
        const struct dom_system *system = &change->systems.items[i];
        const struct dom_account *account = dom_account_of(change->after, system->slug);
        enum dom_desired wanted = leaver_state(change, d, system);
        if (account != NULL && differs(account, wanted, keeps_mail(d, system, &until)) &&
            !prov_set_desired(change, system, wanted, "departure", false, err))
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

static void sooner(cv_moment *due, cv_day last_day)
{
    cv_moment end = cv_day_start(last_day + 1);
    if (*due == CV_NO_MOMENT || end < *due)
        *due = end;
}

void prov_note_due(struct prov_change *change)
{
    struct dom_staff *staff = change->after;
    const struct dom_departure *d = running_departure(staff);
    staff->due_at = CV_NO_MOMENT;
    for (size_t i = 0; i < staff->alias_count; i++)
        if (staff->aliases[i].until != CV_NO_DAY)
            sooner(&staff->due_at, staff->aliases[i].until);
    for (size_t i = 0; d != NULL && i < change->systems.count; i++) {
        const struct dom_account *account = dom_account_of(staff, change->systems.items[i].slug);
        cv_day until;
        if (account != NULL && account->desired < DOM_CLOSED && keeps_mail(d, &change->systems.items[i], &until))
            sooner(&staff->due_at, until);
    }
}

bool prov_end_due(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    drop_old_aliases(change);
    return prov_close_leaver(change, err);
}
