/* The full comparison of a system with our accounts: who is there and not ours, who is ours and not there, and whose
 * state was changed there behind our back. An incomplete list never means that somebody is missing. */
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "congvu/view_lists.h"
#include "reconcile/internal.h"

enum { COMPARE_MS = 600000, RETRY_MS = 60000, MEMORY = 4 << 20, SCRATCH = 1 << 20 };

const char *const rec_orphan_kind_words[] = {"unknown_here", "missing_there", "login_taken", NULL};

struct ours {
    const struct view_connector_account *account;
    bool seen;
};

struct comparison {
    struct rec_link *link;
    struct ours *by_owner, **by_login, **by_remote; /* each sorted by its name */
    size_t count, logins, remotes;
    struct rec_orphan *orphans;
    size_t orphan_count, unknown, missing, taken, there;
    struct cv_id *revisit;
    size_t revisit_count;
    struct cv_arena *memory;  /* of what is kept */
    struct cv_arena *scratch; /* of one account */
};

/* ---- our side ---- */
static int by_owner(const void *a, const void *b)
{
    const struct ours *x = a, *y = b;
    return memcmp(x->account->owner.bytes, y->account->owner.bytes, sizeof(x->account->owner.bytes));
}

static int by_login(const void *a, const void *b)
{
    const struct ours *const *x = a, *const *y = b;
    return cv_ascii_casecmp((*x)->account->login, (*y)->account->login);
}

static int by_remote(const void *a, const void *b)
{
    const struct ours *const *x = a, *const *y = b;
    return strcmp((*x)->account->remote_id, (*y)->account->remote_id);
}

static bool load_ours(struct comparison *k, struct cv_error *err)
{
    struct view_connector_account *all;
    struct cv_arena *arena;
    if (!rec_all_accounts(k->link, &arena, &all, &k->count, err))
        return false;
    k->by_owner = CV_NEWS(arena, struct ours, k->count + 1);
    k->by_login = CV_NEWS(arena, struct ours *, k->count + 1);
    k->by_remote = CV_NEWS(arena, struct ours *, k->count + 1);
    if (!cv_arena_ok(arena))
        return cv_fail_as(err, CV_LIMIT, NULL, "Quá nhiều tài khoản cho một lần đối chiếu",
                          "Too many accounts for one comparison");
    for (size_t i = 0; i < k->count; i++)
        k->by_owner[i].account = &all[i];
    qsort(k->by_owner, k->count, sizeof *k->by_owner, by_owner);
    for (size_t i = 0; i < k->count; i++) {
        if (k->by_owner[i].account->login != NULL)
            k->by_login[k->logins++] = &k->by_owner[i];
        if (k->by_owner[i].account->remote_id != NULL)
            k->by_remote[k->remotes++] = &k->by_owner[i];
    }
    qsort(k->by_login, k->logins, sizeof *k->by_login, by_login);
    qsort(k->by_remote, k->remotes, sizeof *k->by_remote, by_remote);
    return true;
}

static struct ours *find_text(struct ours **list, size_t count, const struct view_connector_account *wanted,
                              int (*order)(const void *, const void *))
{
    struct ours key = {.account = wanted}, *at = &key;
    struct ours **hit = bsearch(&at, list, count, sizeof *list, order);
    return hit != NULL ? *hit : NULL;
}

static struct ours *find_ours(struct comparison *k, const struct con_scim_account *a, bool *out_left_behind)
{
    struct view_connector_account wanted = {.login = a->login, .remote_id = a->id};
    struct ours key = {.account = &wanted};
    *out_left_behind = false;
    if (rec_mark_parse(a->mark, &wanted.owner, out_left_behind)) {
        struct ours *hit = bsearch(&key, k->by_owner, k->count, sizeof *k->by_owner, by_owner);
        if (hit != NULL)
            return hit;
    }
    struct ours *hit = find_text(k->by_remote, k->remotes, &wanted, by_remote);
    if (a->login == NULL)
        return hit;
    /* a server that began anew gives old ids to others */
    bool same = hit != NULL && hit->account->login != NULL && cv_ascii_casecmp(hit->account->login, a->login) == 0;
    return same ? hit : find_text(k->by_login, k->logins, &wanted, by_login);
}

/* ---- what was found ---- */
static void keep_orphan(struct comparison *k, struct rec_orphan orphan)
{
    if (k->orphan_count == REC_ORPHANS_MAX || !cv_arena_ok(k->memory))
        return;
    orphan.remote_id = orphan.remote_id ? cv_arena_strdup(k->memory, orphan.remote_id) : NULL;
    orphan.login = orphan.login ? cv_arena_strdup(k->memory, orphan.login) : NULL;
    k->orphans[k->orphan_count++] = orphan;
}

static void look_again(struct comparison *k, struct cv_id owner)
{
    if (k->revisit_count < REC_REVISIT_MAX)
        k->revisit[k->revisit_count++] = owner;
}

static bool should_be_active(enum dom_observed observed)
{
    return observed == DOM_PROVISIONED || observed == DOM_OBS_ACTIVE || observed == DOM_MIGRATING;
}

/* Marked as somebody else's, whatever its login. */
static bool is_strangers(const struct con_scim_account *a, const struct view_connector_account *ours)
{
    struct cv_id owner;
    bool behind;
    if (a->mark == NULL || *a->mark == '\0' || (ours->code != NULL && strcmp(a->mark, ours->code) == 0))
        return false;
    return !rec_mark_parse(a->mark, &owner, &behind) || !cv_id_equal(owner, ours->owner);
}

/* What is compared of each account beside its state; what a system is known not to keep is left out. */
static bool differs(struct comparison *k, const struct con_scim_account *a, const struct view_connector_account *ours)
{
    char mark[CV_ID_TEXT];
    const struct dom_connector *c = k->link->system.connector;
    const struct {
        enum dom_field field;
        const char *value;
    } wanted[] = {{DOM_FIELD_ID, rec_mark_of(ours, mark)},
                  {DOM_FIELD_LOGIN, ours->login},
                  {DOM_FIELD_ADDRESS, ours->address},
                  {DOM_FIELD_TITLE, ours->title}};
    cv_arena_reset(k->scratch);
    for (size_t i = 0; i < CV_COUNT(wanted); i++) {
        const struct con_scim_field field = {.path = c->map[wanted[i].field], .value = wanted[i].value};
        if (field.path != NULL && !(ours->not_taken >> wanted[i].field & 1) &&
            con_scim_differs(a->resource, &field, k->scratch))
            return true;
    }
    return false;
}

/* What is on its way is compared when it is there. */
static void compare_account(struct comparison *k, const struct con_scim_account *a,
                            const struct view_connector_account *ours)
{
    bool known = ours->observed != DOM_REQUESTED;
    bool state = known && a->has_active && a->active != should_be_active(ours->observed);
    bool data = dom_counts_issued(ours->observed) && ours->synced && differs(k, a, ours);
    if (state || data || ours->lost_at != 0)
        look_again(k, ours->owner);
}

/* Of a unit that gave it up; nothing of it is kept here but the login. */
static bool closed_of_unit(const struct comparison *k, const struct con_scim_account *a)
{
    struct cv_id owner;
    struct view_unit unit;
    bool behind;
    return a->has_active && !a->active && rec_mark_parse(a->mark, &owner, &behind) &&
           view_unit_by_id(k->link->w->call.prov->options.view, owner, k->scratch, &unit);
}

static bool take_account(void *ctx, const struct con_scim_account *a)
{
    static const struct cv_id nobody;
    struct comparison *k = ctx;
    bool left_behind = false;
    cv_arena_reset(k->scratch);
    struct ours *hit = find_ours(k, a, &left_behind);
    k->there++;
    if (left_behind || (hit == NULL && closed_of_unit(k, a)))
        return !rec_stopping(k->link->w);
    if (hit == NULL || is_strangers(a, hit->account)) {
        *(hit == NULL ? &k->unknown : &k->taken) += 1;
        keep_orphan(k, (struct rec_orphan){.kind = hit == NULL ? REC_UNKNOWN_HERE : REC_LOGIN_TAKEN,
                                           .remote_id = a->id,
                                           .login = a->login,
                                           .of_unit = hit != NULL && hit->account->of_unit,
                                           .owner = hit != NULL ? hit->account->owner : nobody});
        return !rec_stopping(k->link->w);
    }
    if (hit->seen) /* twice: one too many */
        look_again(k, hit->account->owner);
    hit->seen = true;
    compare_account(k, a, hit->account);
    return !rec_stopping(k->link->w);
}

/* ---- who is missing ---- */
static void note_lost(struct dom_account *a, const struct rec_owner *now, void *ctx, bool *loud)
{
    (void)now;
    (void)ctx;
    (void)loud;
    if (a->lost_at == 0 && dom_counts_issued(a->observed))
        a->lost_at = cv_now();
}

/* So that lists and coverage say it, on every replica. */
static void keep_lost(struct comparison *k, const struct view_connector_account *a)
{
    struct prov_call *call = &k->link->w->call;
    struct cv_error err = {0};
    if (a->lost_at != 0 || rec_stopping(k->link->w))
        return;
    cv_arena_reset(k->scratch);
    struct cv_arena *own = call->arena;
    call->arena = k->scratch;
    call->deadline = cv_deadline_in_ms(5000);
    dir_session_deadline(call->dir, call->deadline);
    if (!rec_owner_note(k->link, a->owner, a->of_unit, "account.missed", note_lost, NULL, &err))
        cv_log_error(CV_LOG_WARN, "reconcile_save", &err);
    call->arena = own;
}

static void find_missing(struct comparison *k)
{
    size_t issued = 0;
    for (size_t i = 0; i < k->count; i++) {
        const struct view_connector_account *a = k->by_owner[i].account;
        if (!dom_counts_issued(a->observed))
            continue;
        issued++;
        if (k->by_owner[i].seen)
            continue;
        k->missing++;
        keep_orphan(k, (struct rec_orphan){.kind = REC_MISSING_THERE,
                                           .remote_id = a->remote_id,
                                           .login = a->login,
                                           .of_unit = a->of_unit,
                                           .owner = a->owner});
    }
    bool suspicious = rec_too_many_missing(k->missing, issued);
    if (suspicious)
        cv_log(CV_LOG_WARN, "connector_missing",
               "%s lacks %zu of %zu accounts; they are reported and wait for a second person", k->link->system.slug,
               k->missing, issued);
    for (size_t i = 0; i < k->count; i++) {
        const struct view_connector_account *a = k->by_owner[i].account;
        if (k->by_owner[i].seen || !dom_counts_issued(a->observed))
            continue;
        if (suspicious)
            keep_lost(k, a);
        else
            look_again(k, a->owner);
    }
}

/* ---- keeping it ---- */
static void publish(struct rec_connectors *c, struct comparison *k, bool whole)
{
    const struct rec_comparison found = {.compared_at = cv_now(),
                                         .whole = whole,
                                         .there = k->there,
                                         .unknown_here = k->unknown,
                                         .missing_there = k->missing,
                                         .login_taken = k->taken,
                                         .items = k->orphans,
                                         .count = k->orphan_count};
    rec_peer_publish(c, k->link->system.slug, &found, k->memory);
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_of(c, k->link->system.slug);
    struct cv_id *list = peer != NULL ? realloc(peer->revisit, (k->revisit_count + 1) * sizeof *list) : NULL;
    if (list != NULL) {
        peer->revisit = list;
        peer->revisit_count = k->revisit_count;
        memcpy(list, k->revisit, k->revisit_count * sizeof *list);
    }
    cv_lock_give(&c->lock);
}

static void next_comparison(struct rec_connectors *c, const char *slug, int64_t in_ms)
{
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_of(c, slug);
    if (peer != NULL)
        peer->compare_at_ns = cv_mono_ns() + in_ms * 1000000;
    cv_lock_give(&c->lock);
}

bool rec_compare(struct rec_connectors *c, struct rec_link *link, struct cv_error *err)
{
    struct comparison k = {.link = link, .memory = cv_arena_new(MEMORY)};
    cv_auto_arena scratch = cv_arena_new(SCRATCH);
    bool whole = false;
    k.scratch = scratch;
    con_client_deadline(link->w->http, cv_deadline_in_ms(COMPARE_MS));
    next_comparison(c, link->system.slug, RETRY_MS); /* also when this one fails */
    k.orphans = CV_NEWS(k.memory, struct rec_orphan, REC_ORPHANS_MAX);
    k.revisit = CV_NEWS(link->w->call.arena, struct cv_id, REC_REVISIT_MAX);
    /* ours first: what is made there meanwhile carries our mark */
    if (!con_scim_prepare(&link->scim, err) || !load_ours(&k, err) ||
        !con_scim_list(&link->scim, take_account, &k, &whole, err)) {
        cv_arena_free(&k.memory);
        return false;
    }
    if (whole)
        find_missing(&k);
    publish(c, &k, whole);
    next_comparison(c, link->system.slug, (int64_t)c->options.compare_s * 1000);
    return true;
}

bool rec_compared(struct rec_connectors *connectors, const char *system, bool items, struct cv_arena *arena,
                  struct rec_comparison *out)
{
    bool known = false;
    cv_lock_take(&connectors->lock);
    const struct rec_peer *peer = rec_peer_of(connectors, system);
    if (peer != NULL && peer->comparison.compared_at != CV_NO_MOMENT) {
        const struct rec_comparison *kept = &peer->comparison;
        struct rec_orphan *copy = CV_NEWS(arena, struct rec_orphan, (items ? kept->count : 0) + 1);
        *out = *kept;
        out->count = items ? kept->count : 0;
        for (size_t i = 0; i < out->count; i++) {
            copy[i] = kept->items[i];
            copy[i].remote_id = copy[i].remote_id ? cv_arena_strdup(arena, copy[i].remote_id) : NULL;
            copy[i].login = copy[i].login ? cv_arena_strdup(arena, copy[i].login) : NULL;
        }
        out->items = copy;
        known = true;
    }
    cv_lock_give(&connectors->lock);
    return known;
}
