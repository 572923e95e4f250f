/* Ending what still runs of people who may no longer sign in. Level-triggered: what is open stands on the entries, so a
 * crash, a second replica or a mail server that is down for a while change nothing but the moment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/connect.h"
#include "congvu/prov_breaker.h"
#include "congvu/prov_calendar.h"
#include "congvu/view_lists.h"
#include "provision/internal.h"

enum { BATCH = 50, CALL_MS = 5000 };

struct breaker {
    char system[DOM_SLUG_MAX + 1];
    struct prov_breaker_state state;
};

struct prov_cutter {
    struct con_client *client;
    const char *credentials_dir;
    size_t from; /* a cursor of view_lists.h */
    struct breaker breakers[DOM_SYSTEMS_MAX];
    size_t breaker_count;
};

bool prov_cutter_new(const char *credentials_dir, struct prov_cutter **out, struct cv_error *err)
{
    struct prov_cutter *cutter = calloc(1, sizeof(*cutter));
    if (cutter == NULL)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    cutter->credentials_dir = credentials_dir;
    if (!con_client_open(&cutter->client, err)) {
        free(cutter);
        return false;
    }
    *out = cutter;
    return true;
}

void prov_cutter_free(struct prov_cutter **cutter)
{
    if (*cutter == NULL)
        return;
    con_client_close(&(*cutter)->client);
    free(*cutter);
    *cutter = NULL;
}

static struct breaker *breaker_of(struct prov_cutter *cutter, const char *system)
{
    for (size_t i = 0; i < cutter->breaker_count; i++)
        if (strcmp(cutter->breakers[i].system, system) == 0)
            return &cutter->breakers[i];
    if (cutter->breaker_count == DOM_SYSTEMS_MAX)
        return &cutter->breakers[0];
    struct breaker *b = &cutter->breakers[cutter->breaker_count++];
    snprintf(b->system, sizeof(b->system), "%s", system);
    prov_breaker_init(&b->state);
    return b;
}

/* ---- one system's people ---- */
struct leaver {
    struct cv_id id;
    cv_moment asked;
    size_t from, count; /* his logins in `users` */
};
struct round {
    struct prov_call *call;
    const struct dom_system *system;
    struct leaver leavers[BATCH];
    size_t leaver_count;
    const char *users[BATCH * (DOM_NAMES_MAX + DOM_HOLDS_MAX)];
    size_t user_count;
    struct con_cut_off *seen; /* per user */
    const char *failure;      /* text for the account, NULL = the system answered */
};

/* A session may have begun under any login that he ever had; they are nobody else's. A mail server remembers a sign-in
 * under what was typed, so addresses count too. */
static void add_logins(struct round *r, const struct dom_staff *staff)
{
    size_t space = strlen(r->system->slug);
    for (size_t i = 0; i < staff->name_count && i < DOM_NAMES_MAX; i++) {
        const char *name = staff->names[i];
        if (strncmp(name, r->system->slug, space) == 0 && name[space] == '/')
            r->users[r->user_count++] = name + space + 1;
        else if (r->system->receives_mail && strchr(name, '@') != NULL)
            r->users[r->user_count++] = name;
    }
    for (size_t i = 0; r->system->receives_mail && i < staff->hold_count && i < DOM_HOLDS_MAX; i++)
        r->users[r->user_count++] = staff->holds[i]; /* whoever else reads it signs in again */
}

static void gather(struct round *r, const struct cv_id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct dom_staff staff;
        struct cv_error err = {0};
        if (!dir_staff_read(r->call->dir, ids[i], r->call->arena, &staff, &err))
            continue;
        const struct dom_account *account = dom_account_of(&staff, r->system->slug);
        if (account == NULL || !dom_cut_off_open(account))
            continue;
        struct leaver *leaver = &r->leavers[r->leaver_count++];
        *leaver = (struct leaver){.id = ids[i], .asked = account->cut_off->asked, .from = r->user_count};
        add_logins(r, &staff);
        leaver->count = r->user_count - leaver->from;
    }
}

static bool ask(struct prov_cutter *cutter, struct round *r, struct cv_error *err)
{
    const struct dom_sessions *s = r->system->sessions;
    struct con_target target = {.url = s->url, .allow = s->allow, .allow_count = s->allow_count, .total_ms = CALL_MS};
    if (s->credential != NULL)
        target.credential_file = cv_arena_printf(r->call->arena, "%s/%s", cutter->credentials_dir, s->credential);
    r->seen = CV_NEWS(r->call->arena, struct con_cut_off, r->user_count + 1);
    con_client_deadline(cutter->client, cv_deadline_min(r->call->deadline, cv_deadline_in_ms(CALL_MS)));
    return con_doveadm_cut_off(cutter->client, &target, !s->no_cache, r->users, r->user_count, r->call->arena, r->seen,
                               err);
}

struct finding {
    const struct round *round;
    const struct leaver *leaver;
};

static void prove(const struct finding *f, struct dom_cut_off *cut)
{
    bool cache = true, gone = true;
    for (size_t i = 0; i < f->leaver->count; i++) {
        cache = cache && f->round->seen[f->leaver->from + i].cache_empty;
        gone = gone && f->round->seen[f->leaver->from + i].nobody_left;
    }
    if (cache && cut->auth_cache == CV_NO_MOMENT)
        cut->auth_cache = cv_now();
    if (cache && gone)
        cut->sessions = cv_now();
}

static bool record(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct finding *f = ctx;
    struct dom_account *account = dom_account_of(change->after, f->round->system->slug);
    (void)err;
    change->quiet = true;
    if (account == NULL || !dom_cut_off_open(account) || account->cut_off->asked != f->leaver->asked)
        return true; /* let in again, or locked once more, meanwhile */
    struct dom_cut_off *cut = CV_NEW(change->call->arena, struct dom_cut_off);
    *cut = *account->cut_off;
    account->cut_off = f->round->system->sessions != NULL ? cut : NULL;
    account->last_error = f->round->failure;
    if (f->round->failure == NULL && account->cut_off != NULL)
        prove(f, cut);
    return true;
}

static void record_all(struct round *r)
{
    for (size_t i = 0; i < r->leaver_count; i++) {
        struct finding f = {r, &r->leavers[i]};
        struct prov_staff_result result = {0};
        struct cv_error err = {0};
        if (!prov_staff_modify_id(r->call, f.leaver->id, "account.cut_off", NULL, record, &f, &result, &err))
            cv_log_error(CV_LOG_WARN, "cut_off", &err);
    }
}

static void work(struct prov_cutter *cutter, struct prov_call *call, const struct dom_system *system,
                 const struct cv_id *ids, size_t count)
{
    struct breaker *breaker = breaker_of(cutter, system->slug);
    struct cv_error err = {0};
    struct round *r = CV_NEW(call->arena, struct round);
    if (r == NULL || prov_breaker_now(&breaker->state, cv_mono_ns()) == PROV_BREAKER_OPEN)
        return;
    *r = (struct round){.call = call, .system = system};
    gather(r, ids, count);
    if (r->leaver_count == 0)
        return;
    bool ok = system->sessions == NULL || ask(cutter, r, &err);
    if (!ok) {
        cv_log_error(CV_LOG_WARN, "cut_off", &err);
        r->failure = prov_error_text(call->arena, &err);
    }
    prov_breaker_note(&breaker->state, ok, !ok, (struct cv_id){0}, err.retry_after_s, cv_mono_ns());
    record_all(r);
}

void prov_cut_off_round(struct prov_cutter *cutter, struct prov_call *call)
{
    struct cv_id ids[BATCH];
    struct prov_systems systems;
    struct cv_error err = {0};
    size_t count = view_open_cut_offs(call->prov->options.view, &cutter->from, ids, BATCH);
    if (count == 0 || !prov_load_systems(call, &systems, &err))
        return;
    call->scope = (struct view_scope){.everywhere = true};
    for (size_t i = 0; i < systems.count; i++)
        work(cutter, call, &systems.items[i], ids, count);
}
