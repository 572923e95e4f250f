/* What connector systems lack: a level, read from the accounts of everybody. */
#include <string.h>

#include "congvu/connector.h"
#include "view/ask/ask.h"

enum { AT_A_TIME = 1000 }; /* people */

struct search {
    int system;
    const struct dom_connector *connector;
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

static void note_waiting(struct search *s, cv_moment since)
{
    s->backlog.queue++;
    if (s->backlog.oldest_at == CV_NO_MOMENT || since < s->backlog.oldest_at)
        s->backlog.oldest_at = since;
}

/* Counts it; true when it may be worked on now. */
static bool wants_work(struct search *s, const struct person *p, const struct account *a)
{
    const struct dom_connector_look look = view_connector_look(p, a);
    if (!dom_connector_due(&look, s->connector, s->now))
        return false;
    /* a request waits since it was made; for anything else the record's last change is the best that is known */
    cv_moment waits = a->observed == DOM_REQUESTED && look.since != CV_NO_MOMENT ? look.since : p->updated_at;
    note_waiting(s, waits);
    return (cv_moment)view_account_more(p, a).next_try <= s->now;
}

/* Those from `from` on, then those before it. */
static uint32_t next_slot(const struct view_bits *bits, uint32_t after, uint32_t from, bool *wrapped)
{
    uint32_t slot = view_bits_next(bits, after);
    if (slot == NONE && !*wrapped) {
        *wrapped = true;
        slot = view_bits_next(bits, 0);
    }
    return *wrapped && slot != NONE && slot >= from ? NONE : slot;
}

/* Accounts of units: few, and they come first. */
static size_t units_due(struct search *s, const struct view *v, const char *system, struct cv_id *out, size_t max)
{
    size_t count = 0;
    for (uint32_t i = 0; i < v->unit_count; i++) {
        const struct unit *u = v->units[i];
        const struct dom_account *a = u->known ? dom_unit_account_of(&u->u, system) : NULL;
        if (a == NULL)
            continue;
        const struct dom_connector_look look = dom_connector_look_at(a, u->u.revision);
        if (!dom_connector_due(&look, s->connector, s->now))
            continue;
        note_waiting(s, look.observed == DOM_REQUESTED ? look.since : u->u.updated_at);
        if (count < max && (a->next_try_at == CV_NO_MOMENT || a->next_try_at <= s->now))
            out[count++] = u->id;
    }
    return count;
}

size_t view_connector_due(const struct view *v, const char *system, const struct dom_connector *connector,
                          cv_moment now, size_t *cursor, struct cv_id *out, size_t max,
                          struct view_connector_backlog *out_backlog)
{
    size_t count = 0;
    uint32_t last = (uint32_t)*cursor;
    bool wrapped = false;
    struct search s = {.connector = connector, .now = now, .backlog = {.oldest_at = CV_NO_MOMENT}};
    *out_backlog = s.backlog;
    if (!view_enter(v, NULL))
        return 0;
    count = units_due(&s, v, system, out, max);
    s.system = view_system_known(v, system);
    const struct view_bits none = {0}, *bits = s.system < 0 ? &none : &v->systems[s.system].work;
    uint32_t from = *cursor < v->people_end ? (uint32_t)*cursor : 0;
    for (uint32_t at = next_slot(bits, from, from, &wrapped); at != NONE;
         at = next_slot(bits, at + 1, from, &wrapped)) {
        const struct account *a = account_in(v->people[at], s.system);
        if (a == NULL || !wants_work(&s, v->people[at], a) || count == max)
            continue;
        out[count++] = v->people[at]->id;
        last = at + 1;
    }
    view_leave(v);
    *cursor = last;
    *out_backlog = s.backlog;
    return count;
}

size_t view_connector_lost(const struct view *v, const char *system)
{
    if (!view_enter(v, NULL))
        return 0;
    int slot = view_system_known(v, system);
    size_t count = slot < 0 ? 0 : view_bits_count(&v->systems[slot].lost);
    for (uint32_t i = 0; i < v->unit_count; i++) {
        const struct dom_account *a = v->units[i]->known ? dom_unit_account_of(&v->units[i]->u, system) : NULL;
        count += a != NULL && a->lost_at != 0;
    }
    view_leave(v);
    return count;
}

static size_t units_with(const struct view *v, const char *system)
{
    size_t count = 0;
    for (uint32_t i = 0; i < v->unit_count; i++)
        count += v->units[i]->known && dom_unit_account_of(&v->units[i]->u, system) != NULL;
    return count;
}

static const char *title_of(const struct view *v, const struct person *p)
{
    const struct post *home = view_home_on(p, atomic_load(&v->day));
    return home != NULL ? view_word_text(&v->words, home->title) : NULL;
}

bool view_connector_accounts(const struct view *v, const char *system, struct cv_arena *arena,
                             struct view_connector_account **out, size_t *out_count, struct cv_error *err)
{
    struct view_pool keep = {.arena = arena};
    if (!view_enter(v, err))
        return false;
    int slot = view_system_known(v, system);
    size_t count = 0, most = v->known[PERSON] + units_with(v, system);
    struct view_connector_account *all = CV_NEWS(arena, struct view_connector_account, most + 1);
    for (size_t i = 0; slot >= 0 && i < v->people_end && count < most && cv_arena_ok(arena); i++) {
        if (i % AT_A_TIME == AT_A_TIME - 1)
            view_breathe(v);
        const struct account *a = i < v->people_end ? account_in(v->people[i], slot) : NULL;
        if (a == NULL)
            continue;
        const struct person *p = v->people[i];
        const struct account_more more = view_account_more(p, a);
        all[count++] =
            (struct view_connector_account){.owner = p->id,
                                            .login = view_pool_text(&keep, person_text(p, a->login)),
                                            .remote_id = view_pool_text(&keep, person_text(p, more.remote_id)),
                                            .code = view_pool_text(&keep, person_text(p, p->code)),
                                            .address = view_pool_text(&keep, person_text(p, p->address)),
                                            .title = view_pool_text(&keep, title_of(v, p)),
                                            .not_taken = more.not_taken,
                                            .synced = a->synced,
                                            .lost_at = (cv_moment)more.lost_at,
                                            .desired = (enum dom_desired)a->desired,
                                            .observed = (enum dom_observed)a->observed};
    }
    for (uint32_t i = 0; i < v->unit_count && count < most && cv_arena_ok(arena); i++) {
        const struct unit *u = v->units[i];
        const struct dom_account *a = u->known ? dom_unit_account_of(&u->u, system) : NULL;
        if (a == NULL)
            continue;
        all[count++] = (struct view_connector_account){.owner = u->id,
                                                       .of_unit = true,
                                                       .login = view_pool_text(&keep, a->login),
                                                       .remote_id = view_pool_text(&keep, a->remote_id),
                                                       .code = view_pool_text(&keep, u->u.code),
                                                       .address = view_pool_text(&keep, u->u.mail_address),
                                                       .not_taken = a->not_taken,
                                                       .synced = a->synced == u->u.revision,
                                                       .lost_at = a->lost_at,
                                                       .desired = a->desired,
                                                       .observed = a->observed};
    }
    view_leave(v);
    if (!cv_arena_ok(arena))
        return cv_fail_as(err, CV_LIMIT, "", "Quá nhiều tài khoản cho một lần đối chiếu",
                          "Too many accounts for one comparison");
    *out = all;
    *out_count = count;
    return true;
}
