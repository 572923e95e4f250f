/* What a person's record says on a given day. */
#include <string.h>

#include "congvu/staff.h"
#include "congvu/unit.h"

struct dom_staff dom_staff_new(struct cv_id id)
{
    return (struct dom_staff){.id = id,
                              .family_name = "",
                              .middle_name = "",
                              .given_name = "",
                              .hired_on = CV_NO_DAY,
                              .home_on = CV_NO_DAY,
                              .credential_on = CV_NO_DAY,
                              .activation_until = CV_NO_MOMENT,
                              .due_at = CV_NO_MOMENT,
                              .idempotency.at = CV_NO_MOMENT,
                              .created_at = CV_NO_MOMENT,
                              .updated_at = CV_NO_MOMENT};
}

struct dom_post dom_post_new(struct cv_id unit)
{
    return (struct dom_post){.unit = unit,
                             .kind = DOM_CHINH_THUC,
                             .from = CV_NO_DAY,
                             .to = CV_NO_DAY,
                             .decision = {.signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY}};
}

const struct dom_departure *dom_current_departure(const struct dom_staff *s)
{
    const struct dom_departure *current = NULL;
    for (size_t i = 0; i < s->departure_count; i++) {
        const struct dom_departure *d = &s->departures[i];
        if (d->state == DOM_WITHDRAWN || d->ended_at != CV_NO_MOMENT)
            continue;
        if (!current || d->number > current->number)
            current = d;
    }
    return current;
}

const struct dom_departure *dom_kept_mail(const struct dom_staff *s)
{
    const struct dom_departure *d = dom_current_departure(s);
    const struct dom_account *mailbox = dom_account_of(s, "mailbox");
    bool begun = d && d->started_at != CV_NO_MOMENT && d->keep_mail_until;
    return begun && mailbox && dom_may_receive(mailbox->observed) ? d : NULL;
}

const char *dom_alias_login(const struct dom_staff *s, const struct dom_alias *alias, struct cv_arena *arena)
{
    const char *login = cv_arena_strndup(arena, alias->address, strcspn(alias->address, "@"));
    const char *name = cv_arena_printf(arena, "mailbox/%s", login);
    if (s->login && strcmp(s->login, login) == 0)
        return NULL;
    for (size_t i = 0; i < s->name_count; i++)
        if (strcmp(s->names[i], name) == 0)
            return login;
    return NULL;
}

const char *dom_auto_reply(const struct dom_staff *s, struct cv_arena *arena)
{
    const struct dom_departure *d = dom_kept_mail(s);
    char day[CV_DAY_TEXT];
    if (!d || d->auto_reply)
        return d ? d->auto_reply : NULL;
    cv_day_people(d->effective_on, day);
    return cv_arena_printf(arena, "%s đã kết thúc công tác từ ngày %s.%s\n\n%s has left as of %s.%s", s->full_name, day,
                           d->delegate_to ? " Thư của ông/bà được chuyển cho người tiếp quản." : "", s->full_name, day,
                           d->delegate_to ? " Your message is passed on to a colleague." : "");
}

/* First day out, or CV_NO_DAY. The date decides, not how far the work got; what the brake holds takes nobody away. */
static cv_day first_day_out(const struct dom_staff *s)
{
    const struct dom_departure *d = dom_current_departure(s);
    return d && d->state != DOM_HELD ? d->effective_on : CV_NO_DAY;
}

static bool has_begun(const struct dom_staff *s, const struct dom_post *home, cv_day day)
{
    return (s->hired_on == CV_NO_DAY || s->hired_on <= day) &&
           (home == NULL || home->from == CV_NO_DAY || home->from <= day);
}

enum dom_status dom_status_on(const struct dom_staff *s, cv_day today)
{
    if (s->merge != NULL)
        return DOM_DEPARTED; /* nobody is left here */
    cv_day out = first_day_out(s);
    const struct dom_post *home = dom_home_on(s, today);
    if (out != CV_NO_DAY && out <= today)
        return DOM_DEPARTED;
    if (!has_begun(s, home, today))
        return DOM_PENDING;
    if (out != CV_NO_DAY)
        return DOM_DEPARTING;
    if (home && !dom_post_in_force(home, today) && dom_next_home(s, today))
        return DOM_PENDING; /* comes back */
    return dom_leave_on(s, today) ? DOM_ON_LEAVE : DOM_ACTIVE;
}

bool dom_recorded_on(const struct dom_staff *s, cv_day day)
{
    const struct dom_post *home = dom_home_on(s, day);
    if (s->merge != NULL || !home || !dom_post_in_force(home, day) || !has_begun(s, home, day))
        return false;
    cv_day out = first_day_out(s);
    return out == CV_NO_DAY || day < out;
}

bool dom_began_before(const struct dom_staff *s, cv_day day)
{
    for (size_t i = 0; i < s->post_count; i++)
        if (s->posts[i].primary && has_begun(s, &s->posts[i], day - 1))
            return true;
    return false;
}

struct dom_account *dom_account_of(const struct dom_staff *s, const char *system)
{
    for (size_t i = 0; i < s->account_count; i++)
        if (strcmp(s->accounts[i].system, system) == 0)
            return &s->accounts[i];
    return NULL;
}

const struct dom_account *dom_token_kept(const struct dom_staff *s)
{
    for (size_t i = 0; i < s->account_count; i++)
        if (dom_token_out(&s->accounts[i]))
            return &s->accounts[i];
    return NULL;
}

struct dom_account *dom_unit_account_of(const struct dom_unit *u, const char *system)
{
    for (size_t i = 0; i < u->account_count; i++)
        if (strcmp(u->accounts[i].account.system, system) == 0)
            return &u->accounts[i].account;
    return NULL;
}
