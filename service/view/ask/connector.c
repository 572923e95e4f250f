/* What connector systems lack: a level, read from the accounts of everybody. */
#include <string.h>

#include "view/internal.h"
#include "congvu/connector.h"

struct search {
    int system, delete_after_days;
    cv_moment now;
    struct view_connector_backlog backlog;
};

static const struct account *account_in(const struct person *p, int system)
{
    for (size_t i = 0; p && i < p->accounts; i++)
        if (person_accounts(p)[i].system == system)
            return &person_accounts(p)[i];
    return NULL;
}

/* Counts it; true when it may be worked on now. */
static bool wants_work(struct search *s, const struct person *p, const struct account *a)
{
    cv_moment since = a->since != 0 ? (cv_moment)a->since : CV_NO_MOMENT;
    const struct dom_connector_look look = {.desired = (enum dom_desired)a->desired,
                                            .observed = (enum dom_observed)a->observed,
                                            .since = since,
                                            .synced = a->synced,
                                            .formers = a->formers};
    if (!dom_connector_due(&look, s->delete_after_days, s->now))
        return false;
    /* a request waits since it was made; for anything else the record's last change is the best that is known */
    cv_moment waits = a->observed == DOM_REQUESTED && since != CV_NO_MOMENT ? since : p->updated_at;
    s->backlog.queue++;
    if (s->backlog.oldest_at == CV_NO_MOMENT || waits < s->backlog.oldest_at)
        s->backlog.oldest_at = waits;
    return (cv_moment)a->next_try <= s->now;
}

size_t view_connector_due(const struct view *v, const char *system, int delete_after_days, cv_moment now,
                          size_t *cursor, struct cv_id *out, size_t max, struct view_connector_backlog *out_backlog)
{
    size_t count = 0, last = 0;
    struct search s = {.delete_after_days = delete_after_days, .now = now, .backlog = {.oldest_at = CV_NO_MOMENT}};
    if (!view_enter(v, NULL))
        return 0;
    s.system = view_system_known(v, system);
    size_t people = s.system < 0 ? 0 : v->people_end, from = people > 0 ? *cursor % people : 0;
    for (size_t n = 0; n < people; n++) {
        size_t slot = (from + n) % people;
        const struct account *a = account_in(v->people[slot], s.system);
        if (a == NULL || !wants_work(&s, v->people[slot], a) || count == max)
            continue;
        out[count++] = v->people[slot]->id;
        last = slot + 1;
    }
    view_leave(v);
    if (count > 0)
        *cursor = last;
    *out_backlog = s.backlog;
    return count;
}

bool view_connector_accounts(const struct view *v, const char *system, struct cv_arena *arena,
                             struct view_connector_account **out, size_t *out_count, struct cv_error *err)
{
    struct view_keep keep = {.arena = arena};
    if (!view_enter(v, err))
        return false;
    int slot = view_system_known(v, system);
    struct view_connector_account *all = CV_NEWS(arena, struct view_connector_account, v->known[PERSON] + 1);
    size_t count = 0;
    for (size_t i = 0; slot >= 0 && i < v->people_end; i++) {
        const struct account *a = account_in(v->people[i], slot);
        if (a == NULL)
            continue;
        all[count++] =
            (struct view_connector_account){.staff = v->people[i]->id,
                                            .login = view_keep_text(&keep, person_text(v->people[i], a->login)),
                                            .remote_id = view_keep_text(&keep, person_text(v->people[i], a->remote_id)),
                                            .desired = (enum dom_desired)a->desired,
                                            .observed = (enum dom_observed)a->observed};
    }
    view_leave(v);
    *out = all;
    *out_count = count;
    return true;
}
