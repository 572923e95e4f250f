/* Accounts of a unit at systems other than the mailbox: a login that is the unit's, and one person who answers for it.
 */
#include <string.h>

#include "congvu/lock.h"
#include "congvu/view_lists.h"
#include "provision/units/units.h"

static struct dom_unit_account *account_at(const struct dom_unit *unit, const char *system)
{
    for (size_t i = 0; i < unit->account_count; i++)
        if (strcmp(unit->accounts[i].account.system, system) == 0)
            return &unit->accounts[i];
    return NULL;
}

static bool wanted(const struct dom_unit_account *a)
{
    return a != NULL && a->account.desired == DOM_PRESENT;
}

/* To be changed without touching what was read. */
static void own_accounts(struct prov_call *call, struct dom_unit *unit, size_t more)
{
    struct dom_unit_account *own = CV_NEWS(call->arena, struct dom_unit_account, unit->account_count + more + 1);
    if (unit->account_count > 0)
        memcpy(own, unit->accounts, unit->account_count * sizeof *own);
    unit->accounts = own;
}

static bool no_account(struct cv_error *err, const char *system)
{
    return cv_fail(err, cvp_account_not_found, NULL, "Đơn vị này chưa có tài khoản ở %s",
                   "This unit has no account at %s", system);
}

/* ---- who answers for it ---- */
static void fill(struct prov_call *call, const struct dom_unit *unit, const struct dom_unit_account *a,
                 struct prov_unit_account *out)
{
    struct cv_error none = {0};
    struct view_unit home;
    struct dom_system system;
    *out = (struct prov_unit_account){.account = *a};
    out->connected = view_system_find(call->prov->options.view, a->account.system, call->arena, &system, &none) &&
                     system.kind == DOM_CONNECTOR;
    out->seen = (call->scopes & DOM_STAFF_READ) != 0 &&
                view_staff_by_id(call->prov->options.view, call->scope, a->custodian, call->arena, &out->custodian);
    if (out->seen)
        out->needs_another = out->custodian.status == DOM_DEPARTED || out->custodian.has_departure ||
                             !view_unit_by_id(call->prov->options.view, out->custodian.unit, call->arena, &home) ||
                             !view_unit_within(call->prov->options.view, home.id, unit->id);
}

/* ---- its login ---- */
static bool login_taken(struct cv_error *err, const char *login)
{
    return cv_fail(err, cvp_address_taken, "/login", "Tên %s đã có người dùng hoặc từng có người dùng",
                   "The login %s is or was somebody's", login);
}

struct putting {
    struct cv_id id;
    const char *system;
    const struct dom_system *found;
    const struct prov_unit_account_input *in;
    struct view_staff custodian;
    struct prov_unit_account *out;
};

static bool own_name(const struct dom_unit *unit, const char *name)
{
    for (size_t i = 0; i < unit->mail_name_count; i++)
        if (strcmp(unit->mail_names[i], name) == 0)
            return true;
    return false;
}

bool prov_unit_names_free(struct prov_call *call, const struct dom_unit *unit, const char *const *names, size_t count,
                          bool *out, struct cv_error *err)
{
    const char **others = CV_NEWS(call->arena, const char *, count + 1);
    size_t other_count = 0;
    bool held = false;
    for (size_t i = 0; i < count; i++)
        if (!own_name(unit, names[i])) {
            held = held || view_name_taken(call->prov->options.view, names[i]);
            others[other_count++] = names[i];
        }
    if (!held && other_count > 0 && !dir_names_held(call->dir, others, other_count, &held, err))
        return false;
    *out = !held;
    return true;
}

static void add_account(struct prov_call *call, struct dom_unit *unit, const struct putting *p, const char *name)
{
    const char **names = CV_NEWS(call->arena, const char *, unit->mail_name_count + 1);
    bool held = own_name(unit, name);
    own_accounts(call, unit, 1);
    if (unit->mail_name_count > 0)
        memcpy(names, unit->mail_names, unit->mail_name_count * sizeof *names);
    unit->accounts[unit->account_count++] = (struct dom_unit_account){
        .account = {.system = p->system, .login = p->in->login, .since = cv_now(), .next_try_at = CV_NO_MOMENT},
        .since = cv_now()};
    if (!held)
        names[unit->mail_name_count++] = name;
    unit->mail_names = names;
}

static bool make_account(struct prov_call *call, const struct putting *p, struct dom_unit *unit, struct cv_error *err)
{
    const char *login = p->in->login != NULL ? p->in->login : "";
    /* without a rule of its own people go there by their mailbox login, which has no claim for the system */
    const char *names[] = {cv_arena_printf(call->arena, "%s/%s", p->system, login),
                           cv_arena_printf(call->arena, "mailbox/%s", login)};
    size_t count = p->found->login_rule == NULL ? 2 : 1;
    bool free = false;
    prov_judge_login(call, p->found, login);
    if (!cv_faults_check(call->faults, cvp_validation_failed, err) ||
        !prov_unit_names_free(call, unit, names, count, &free, err))
        return false;
    if (!free)
        return login_taken(err, login);
    add_account(call, unit, p, names[0]);
    return true;
}

/* It was being closed. */
static void reopen(struct dom_unit_account *a)
{
    if (wanted(a))
        return;
    a->since = cv_now();
    a->account.desired = DOM_PRESENT;
    a->account.attempts = 0;
}

static bool put(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    struct putting *p = ctx;
    struct dom_unit before, after;
    struct dir_actor actor = prov_dir_actor(call);
    if (!prov_unit_fetch(call, p->id, &before, err))
        return false;
    after = before;
    const struct dom_unit_account *had = account_at(&before, p->system);
    if (had != NULL && p->in->login != NULL && strcmp(had->account.login, p->in->login) != 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/login", "mismatch",
                     "Tài khoản này đã có tên %s, không đổi được; xin để trống tên đăng nhập",
                     "This account has the login %s already, which stays; leave login out", had->account.login);
    if (!cv_faults_check(call->faults, cvp_validation_failed, err))
        return false;
    if (had == NULL && !make_account(call, p, &after, err))
        return false;
    if (had != NULL)
        own_accounts(call, &after, 0);
    struct dom_unit_account *a = account_at(&after, p->system);
    cv_must(a != NULL);
    a->custodian = p->custodian.id;
    p->out->created = !wanted(had);
    reopen(a);
    bool saved = dir_unit_save(call->dir, &before, &after, false, &actor, stamp, err);
    if (!saved)
        return err->kind == CV_CONFLICT && had == NULL ? login_taken(err, a->account.login) : false;
    bool made = p->out->created;
    fill(call, &after, a, p->out);
    p->out->created = made;
    return true;
}

static bool known_system(struct prov_call *call, const char *slug, struct dom_system *out, struct cv_error *err)
{
    if (!view_system_find(call->prov->options.view, slug, call->arena, out, err))
        return false;
    if (strcmp(slug, "mailbox") == 0)
        return cv_fail(err, cvp_conflict, NULL, "Hộp thư đơn vị được lập và bàn giao ở mục riêng",
                       "The mailbox of a unit has a call of its own: /v1/units/{unit}/mailbox");
    return !out->retired ||
           cv_fail(err, cvp_conflict, NULL, "Hệ thống %s đã ngừng sử dụng", "The system %s is retired", slug);
}

bool prov_unit_account_put(struct prov_call *call, const char *key, const char *system,
                           const struct prov_unit_account_input *in, struct prov_unit_account *out,
                           struct cv_error *err)
{
    struct dom_system found;
    struct putting p = {.system = system, .found = &found, .in = in, .out = out};
    *out = (struct prov_unit_account){0};
    if (!prov_unit_locate(call, key, &p.id, err) || !known_system(call, system, &found, err))
        return false;
    prov_find_custodian(call, in->custodian, &p.custodian);
    return prov_write(call, "unit_account.put", key, put, &p, err);
}

static bool has_connector(struct prov_call *call, const char *slug)
{
    struct dom_system system;
    struct cv_error none = {0};
    return view_system_find(call->prov->options.view, slug, call->arena, &system, &none) &&
           system.kind == DOM_CONNECTOR && !system.retired;
}

static void drop_account(struct dom_unit *unit, const char *system)
{
    size_t kept = 0;
    for (size_t i = 0; i < unit->account_count; i++)
        if (strcmp(unit->accounts[i].account.system, system) != 0)
            unit->accounts[kept++] = unit->accounts[i];
    unit->account_count = kept;
}

/* The login stays the unit's: nobody else ever gets it. */
static bool close_account(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct putting *p = ctx;
    struct dom_unit before, after;
    struct dir_actor actor = prov_dir_actor(call);
    if (!prov_unit_fetch(call, p->id, &before, err) || !prov_check_match(call, before.revision, err))
        return false;
    if (!wanted(account_at(&before, p->system)))
        return no_account(err, p->system);
    after = before;
    own_accounts(call, &after, 0);
    struct dom_unit_account *a = account_at(&after, p->system);
    cv_must(a != NULL);
    if (has_connector(call, p->system))
        a->account.desired = DOM_CLOSED;
    else
        drop_account(&after, p->system);
    return dir_unit_save(call->dir, &before, &after, false, &actor, stamp, err);
}

bool prov_unit_account_close(struct prov_call *call, const char *key, const char *system, struct cv_error *err)
{
    struct putting p = {.system = system};
    return prov_unit_locate(call, key, &p.id, err) &&
           prov_write(call, "unit_account.close", key, close_account, &p, err);
}

static bool end_account(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct putting *p = ctx;
    struct dom_unit before, after;
    struct dir_actor actor = prov_dir_actor(call);
    if (!dir_unit_read(call->dir, p->id, call->arena, &before, err))
        return false;
    after = before;
    own_accounts(call, &after, 0);
    drop_account(&after, p->system);
    return dir_unit_save(call->dir, &before, &after, false, &actor, stamp, err);
}

bool prov_unit_account_end(struct prov_call *call, struct cv_id unit, const char *system, struct cv_error *err)
{
    struct putting p = {.id = unit, .system = system};
    char target[CV_ID_TEXT];
    return prov_write(call, "unit_account.close", cv_id_text("unt_", unit, target), end_account, &p, err);
}

bool prov_unit_accounts(struct prov_call *call, const char *key, struct prov_unit_account **out, size_t *out_count,
                        struct cv_error *err)
{
    struct cv_id id;
    struct dom_unit unit;
    if (!prov_unit_locate(call, key, &id, err) || !prov_unit_fetch(call, id, &unit, err))
        return false;
    *out = CV_NEWS(call->arena, struct prov_unit_account, unit.account_count + 1);
    for (size_t i = 0; i < unit.account_count; i++)
        fill(call, &unit, &unit.accounts[i], &(*out)[i]);
    *out_count = unit.account_count;
    return true;
}

/* ---- what is seen of them ---- */
struct account_noting {
    struct cv_id id;
    void (*note)(struct dom_unit *unit, void *ctx, bool *loud);
    void *ctx;
};

static bool note_seen(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct account_noting *n = ctx;
    struct dom_unit before, after;
    struct dir_actor actor = prov_dir_actor(call);
    bool loud = false;
    if (!dir_unit_read(call->dir, n->id, call->arena, &before, err))
        return false;
    after = before;
    own_accounts(call, &after, 0);
    n->note(&after, n->ctx, &loud);
    return dir_unit_save(call->dir, &before, &after, !loud, &actor, stamp, err);
}

bool prov_unit_account_note(struct prov_call *call, struct cv_id unit, const char *action,
                            void (*note)(struct dom_unit *unit, void *ctx, bool *loud), void *ctx, struct cv_error *err)
{
    struct account_noting n = {unit, note, ctx};
    char target[CV_ID_TEXT];
    return prov_write(call, action, cv_id_text("unt_", unit, target), note_seen, &n, err);
}
