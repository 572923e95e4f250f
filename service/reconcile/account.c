/* One account at one system: look, do what is missing, save what was seen. Every step may be repeated: what exists is
 * found again by its mark (the staff id), so a lost answer or a kill makes nobody twice. */
#include "reconcile/internal.h"

#include <string.h>

struct step {
    struct rec_link *link;
    struct dom_staff staff;
    struct dom_account *account; /* in staff */
    char mark[CV_ID_TEXT];
    bool revisit;
    /* what was seen and done */
    struct con_scim_account there;
    bool found;
    const char *closed[DOM_NAMES_MAX]; /* logins of accounts left behind that are closed now */
    size_t closed_count;
    enum dom_observed observed;
    bool deleted;
    struct cv_error failure;
};

bool rec_mark_parse(const char *mark, struct cv_id *out_staff, bool *out_left_behind)
{
    char id[CV_ID_TEXT];
    size_t len = mark ? strcspn(mark, "#") : 0;
    if (len == 0 || len >= sizeof id)
        return false;
    memcpy(id, mark, len);
    id[len] = '\0';
    *out_left_behind = mark[len] == '#';
    return cv_id_parse("stf_", id, out_staff);
}

/* ---- whose is it ---- */
static bool marked_as_ours(const struct step *s, const struct con_scim_account *a)
{
    struct cv_id id;
    bool behind;
    return rec_mark_parse(a->mark, &id, &behind) && cv_id_equal(id, s->staff.id);
}

/* Marked by nobody, or with the HR code: somebody entered it by hand. */
static bool may_become_ours(const struct step *s, const struct con_scim_account *a)
{
    return a->mark == NULL || *a->mark == '\0' ||
           (s->staff.staff_code != NULL && strcmp(a->mark, s->staff.staff_code) == 0);
}

static bool left_behind(const struct step *s, const struct con_scim_account *a)
{
    for (size_t i = 0; i < s->account->former_count; i++) {
        const struct dom_former *f = &s->account->formers[i];
        if (f->remote_id != NULL && strcmp(f->remote_id, a->id) == 0)
            return true;
    }
    return false;
}

static bool same_login(const struct con_scim_account *a, const char *login)
{
    return a->login != NULL && login != NULL && cv_ascii_casecmp(a->login, login) == 0;
}

static bool not_ours(struct cv_error *err, const char *login)
{
    return cv_fail_as(err, CV_CONFLICT, NULL,
                      "Tên đăng nhập %s ở hệ thống đó thuộc một tài khoản không phải do Congvu quản lý",
                      "The login %s belongs to an account there that Congvu does not manage", login);
}

/* ---- looking ---- */
static bool look_by_id(struct step *s, const char *id, struct cv_error *err)
{
    if (id == NULL)
        return true;
    if (con_scim_get(&s->link->scim, id, &s->there, err)) {
        const struct con_scim_account *a = &s->there;
        s->found = marked_as_ours(s, a) || (may_become_ours(s, a) && same_login(a, s->account->login));
        /* a server that began anew gives old ids to others; without marks it may as well be ours under another name */
        return s->found || !may_become_ours(s, a) || con_scim_keeps_marks(s->link->scim.server) ||
               not_ours(err, a->login ? a->login : id);
    }
    if (err->kind != CV_NOT_FOUND)
        return false;
    cv_error_clear(err);
    return true;
}

/* Only `active` is touched: what he was called there stays with the account. */
static bool shut(struct step *s, const struct con_scim_account *a, struct cv_error *err)
{
    const struct con_scim_field off = {.path = s->link->scim.active_path, .value = "false", .truth = true};
    struct con_scim_account now;
    return con_scim_update(&s->link->scim, a, &off, 1, &now, err);
}

/* Where nothing can be deleted, shut for good is the most there is. */
static bool remove_account(struct step *s, const struct con_scim_account *a, bool *out_deleted, struct cv_error *err)
{
    *out_deleted = con_scim_delete(&s->link->scim, a, err);
    if (*out_deleted || (err->kind != CV_INVALID && err->lib_code != 403))
        return *out_deleted;
    cv_log(CV_LOG_WARN, "connector_undeletable", "%s does not delete the account of %s; it stays there, not active",
           s->link->system.slug, s->mark);
    cv_error_clear(err);
    return shut(s, a, err);
}

/* A second one of the same mark and login was made when an answer got lost: it is ours, and one too many. */
static bool drop_doubles(struct step *s, const struct con_scim_account *all, size_t count, struct cv_error *err)
{
    for (size_t i = 0; i < count; i++) {
        bool itself = strcmp(all[i].id, s->there.id) == 0;
        if (itself || left_behind(s, &all[i]) || !same_login(&all[i], s->there.login))
            continue;
        cv_log(CV_LOG_WARN, "connector_double", "%s holds %s twice; one is deleted", s->link->system.slug, s->mark);
        bool deleted;
        if (!remove_account(s, &all[i], &deleted, err))
            return false;
    }
    return true;
}

static bool look_by_mark(struct step *s, struct cv_error *err)
{
    struct con_scim_account *all;
    size_t count;
    const char *path = s->link->scim.mark_path;
    if (!con_scim_find(&s->link->scim, path, s->mark, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (left_behind(s, &all[i]))
            continue;
        if (!s->found || (same_login(&all[i], s->account->login) && !same_login(&s->there, s->account->login)))
            s->there = all[i];
        s->found = true;
    }
    return !s->found || drop_doubles(s, all, count, err);
}

/* By the login: one of ours that a move had left behind, or one that nobody has marked, if the rule adopts those. */
static bool look_by_login(struct step *s, bool adopt, struct cv_error *err)
{
    struct con_scim_account *all;
    size_t count;
    if (s->account->login == NULL)
        return true;
    if (!con_scim_find(&s->link->scim, s->link->scim.login_path, s->account->login, &all, &count, err))
        return false;
    bool foreign = false;
    for (size_t i = 0; i < count && !s->found; i++) {
        bool ours = marked_as_ours(s, &all[i]);
        s->found = ours || (adopt && s->link->system.connector->match_login && may_become_ours(s, &all[i]));
        foreign = foreign || !s->found;
        if (s->found)
            s->there = all[i];
    }
    return s->found || !foreign || !adopt || not_ours(err, s->account->login);
}

/* `adopt`: is an unmarked account of that login to become ours? Never in order to close it. */
static bool look(struct step *s, bool adopt, struct cv_error *err)
{
    s->found = false;
    if (!look_by_id(s, s->account->remote_id, err))
        return false;
    if (s->found)
        return true;
    return look_by_mark(s, err) && (s->found || look_by_login(s, adopt, err));
}

/* ---- doing ---- */
static bool update(struct step *s, bool active, struct cv_error *err)
{
    struct con_scim_field fields[DOM_FIELDS];
    size_t count = rec_wanted(s->link, &s->staff, s->account, active, fields);
    struct con_scim_account now;
    if (!con_scim_update(&s->link->scim, &s->there, fields, count, &now, err))
        return false;
    s->there = now;
    return true;
}

static bool create(struct step *s, struct cv_error *err)
{
    struct con_scim_field fields[DOM_FIELDS];
    size_t count = rec_wanted(s->link, &s->staff, s->account, true, fields);
    if (con_scim_create(&s->link->scim, fields, count, &s->there, err)) {
        s->found = may_become_ours(s, &s->there) || marked_as_ours(s, &s->there);
        if (!s->found) /* some answer with the one that they have already */
            return not_ours(err, s->account->login);
        return !s->there.has_active || s->there.active || update(s, true, err); /* some begin shut */
    }
    if (err->kind != CV_CONFLICT)
        return false;
    struct cv_error refused = *err; /* perhaps by our own account, made by a call whose answer got lost */
    cv_error_clear(err);
    bool looked = look(s, true, err);
    if (looked && !s->found) { /* the filter says nobody and the server says somebody: the case of letters, perhaps */
        s->link->scim.read_all = true;
        looked = look(s, true, err);
        s->link->scim.read_all = false;
    }
    if (!looked)
        return false;
    if (s->found)
        return update(s, true, err);
    *err = refused;
    return false;
}

/* ---- what a move left behind ---- */
static bool find_former(struct step *s, const struct dom_former *f, struct con_scim_account *out, bool *out_found,
                        struct cv_error *err)
{
    struct con_scim_account *all;
    size_t count;
    *out_found = f->remote_id != NULL && con_scim_get(&s->link->scim, f->remote_id, out, err);
    if (*out_found || (err->kind != CV_OK && err->kind != CV_NOT_FOUND))
        return *out_found;
    cv_error_clear(err);
    if (!con_scim_find(&s->link->scim, s->link->scim.login_path, f->login, &all, &count, err))
        return false;
    for (size_t i = 0; i < count && !*out_found; i++) {
        *out = all[i];
        *out_found = marked_as_ours(s, &all[i]);
    }
    return true;
}

/* Its mark steps aside, so that the new account is the only one under the staff id. */
static bool close_former(struct step *s, const struct dom_former *f, struct cv_error *err)
{
    struct con_scim_account there, now;
    bool found = false;
    const struct con_scim_field off[] = {
        {.path = s->link->scim.active_path, .value = "false", .truth = true},
        {.path = s->link->scim.mark_path,
         .value = cv_arena_printf(s->link->w->call.arena, "%s#%s", s->mark, f->login)}};
    if (!find_former(s, f, &there, &found, err))
        return false;
    bool deleted;
    if (found && s->link->system.connector->delete_after_days == 0)
        return remove_account(s, &there, &deleted, err);
    if (!found || con_scim_update(&s->link->scim, &there, off, CV_COUNT(off), &now, err))
        return true;
    return err->kind == CV_INVALID && con_scim_update(&s->link->scim, &there, off, 1, &now, err);
}

/* It is the account again. */
static bool moved_back_to(const struct step *s, const struct dom_former *f)
{
    return f->login != NULL && s->account->login != NULL && strcmp(f->login, s->account->login) == 0;
}

static bool close_formers(struct step *s, struct cv_error *err)
{
    for (size_t i = 0; i < s->account->former_count && i < DOM_NAMES_MAX; i++) {
        const struct dom_former *f = &s->account->formers[i];
        if (!moved_back_to(s, f) && !close_former(s, f, err))
            return false;
        s->closed[s->closed_count++] = f->login;
    }
    return true;
}

/* Where an address may stand once only, and perhaps must: what was left behind gets one that nobody can have (RFC
 * 2606). */
static bool release_address(struct step *s, const struct dom_former *f, struct cv_error *err)
{
    struct con_scim_account there, now;
    bool found = false;
    const struct con_scim_field other = {.path = s->link->system.connector->map[DOM_FIELD_ADDRESS],
                                         .value =
                                             cv_arena_printf(s->link->w->call.arena, "%s@closed.invalid", f->login)};
    if (!find_former(s, f, &there, &found, err))
        return false;
    return !found || con_scim_update(&s->link->scim, &there, &other, 1, &now, err);
}

/* Was the refusal perhaps about the address that an account left behind still holds, and is that one out of the way
 * now? */
static bool made_way(struct step *s, struct cv_error *err)
{
    bool theirs = err->kind == CV_CONFLICT && err->lib_code != 0; /* not one of our own making */
    size_t released = 0;
    struct cv_error refused = *err;
    if (!theirs || s->link->system.connector->map[DOM_FIELD_ADDRESS] == NULL)
        return false;
    cv_error_clear(err);
    for (size_t i = 0; i < s->account->former_count; i++) {
        const struct dom_former *f = &s->account->formers[i];
        if (f->login == NULL || moved_back_to(s, f))
            continue;
        if (!release_address(s, f, err)) {
            *err = err->kind == CV_INVALID ? refused : *err;
            return false;
        }
        released++;
    }
    if (released == 0)
        *err = refused;
    return released > 0;
}

/* ---- the account itself ---- */
static bool put_there(struct step *s, bool active, struct cv_error *err)
{
    return s->found ? update(s, active, err) : create(s, err);
}

static bool open_account(struct step *s, struct cv_error *err)
{
    bool active = s->account->desired == DOM_PRESENT;
    if (active && s->account->login == NULL)
        return cv_fail_as(err, CV_INVALID, NULL, "Chưa có tên đăng nhập cho hệ thống này",
                          "There is no login for this system yet");
    if (!look(s, active, err))
        return false;
    if (!s->found && !active) {
        s->observed = DOM_REQUESTED; /* never made: nothing to lock */
        return true;
    }
    if (!put_there(s, active, err) && !(made_way(s, err) && put_there(s, active, err)))
        return false;
    s->observed = active ? dom_observed_for(DOM_PRESENT, s->staff.credential_set) : DOM_TEMP_LOCKED;
    return true;
}

static bool remove_there(struct step *s, struct cv_error *err)
{
    s->observed = DOM_OBS_REVOKED;
    return remove_account(s, &s->there, &s->deleted, err);
}

static bool close_account(struct step *s, struct cv_error *err)
{
    int keep = s->link->system.connector->delete_after_days;
    bool revoke = s->account->desired == DOM_REVOKED;
    bool expired = dom_connector_expired(s->account->observed, s->account->since, keep, cv_now());
    if (!look(s, false, err))
        return false;
    if (!s->found) {
        s->observed = expired || revoke ? DOM_OBS_REVOKED : DOM_OBS_CLOSED;
        s->deleted = expired;
        return true;
    }
    if (expired || (revoke && keep == 0))
        return remove_there(s, err);
    if (!shut(s, &s->there, err))
        return false;
    s->observed = revoke && keep < 0 ? DOM_OBS_REVOKED : DOM_OBS_CLOSED;
    return true;
}

/* ---- saving ---- */
static void forget_closed(struct dom_account *a, const struct step *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->former_count; i++) {
        bool gone = false;
        for (size_t k = 0; k < s->closed_count; k++)
            gone = gone || strcmp(a->formers[i].login, s->closed[k]) == 0;
        if (!gone)
            a->formers[kept++] = a->formers[i];
    }
    a->former_count = kept;
}

static void observe(struct dom_account *a, enum dom_observed observed)
{
    bool either = observed == DOM_PROVISIONED && a->observed == DOM_OBS_ACTIVE; /* use says more than a credential */
    if (either || (a->observed == observed && a->since != CV_NO_MOMENT))
        return;
    dom_observe(a, observed, cv_now());
}

static bool save_done(struct prov_change *change, void *ctx, struct cv_error *err)
{
    struct step *s = ctx;
    struct dom_account *a = dom_account_of(change->after, s->link->system.slug);
    (void)err;
    if (a == NULL)
        return true;
    change->quiet = true;
    forget_closed(a, s);
    bool same_account =
        a->login == s->account->login || (a->login && s->account->login && strcmp(a->login, s->account->login) == 0);
    if (!same_account)
        return true; /* moved on meanwhile: what was found is known as left behind, by its login */
    a->remote_id = s->found && !s->deleted ? s->there.id : NULL;
    a->synced = s->staff.revision;
    a->last_error = NULL;
    a->attempts = 0;
    observe(a, s->observed);
    if (s->deleted && a->desired == DOM_CLOSED) { /* the keep time is over: there is no way back to it */
        a->desired = DOM_REVOKED;
        change->quiet = false;
    }
    dom_departure_settle(change->after);
    return true;
}

static bool save_failed(struct prov_change *change, void *ctx, struct cv_error *err)
{
    struct step *s = ctx;
    struct dom_account *a = dom_account_of(change->after, s->link->system.slug);
    (void)err;
    if (a == NULL)
        return true;
    change->quiet =
        true; /* what a move left behind stays known until the new account is there: it may have to give way again */
    a->attempts = a->attempts > 0 && a->tried == s->staff.revision ? a->attempts + 1 : 1;
    a->tried = s->staff.revision;
    a->next_try_at = rec_retry(&s->failure, a->attempts);
    a->last_error = prov_error_text(change->call->arena, &s->failure);
    return true;
}

static bool save(struct step *s, bool done, struct cv_error *err)
{
    struct prov_staff_result result = {0};
    struct prov_call *call = &s->link->w->call;
    /* the outside may have used up the time: what was done there must still be written down */
    call->deadline = cv_deadline_in_ms(5000);
    dir_session_deadline(call->dir, call->deadline);
    return prov_staff_modify_id(call, s->staff.id, done ? "account.observed" : "account.failed", NULL,
                                done ? save_done : save_failed, s, &result, err);
}

/* ---- the step ---- */
static bool act(struct step *s, struct cv_error *err)
{
    if (!con_scim_prepare(&s->link->scim, err) || !close_formers(s, err))
        return false;
    bool open = s->account->desired == DOM_PRESENT || s->account->desired == DOM_LOCKED;
    return open ? open_account(s, err) : close_account(s, err);
}

static bool due(const struct step *s)
{
    const struct dom_connector_look seen = dom_connector_look_at(s->account, s->staff.revision);
    return s->revisit || dom_connector_due(&seen, s->link->system.connector->delete_after_days, cv_now());
}

bool rec_account_step(struct rec_link *link, struct cv_id staff, bool revisit, struct cv_error *err)
{
    struct step s = {.link = link, .revisit = revisit};
    struct prov_call *call = &link->w->call;
    if (!dir_staff_read(call->dir, staff, call->arena, &s.staff, err))
        return err->kind == CV_NOT_FOUND ||
               cv_fail_as(err, CV_INTERNAL, NULL, "Không đọc được hồ sơ", "The record cannot be read");
    s.account = dom_account_of(&s.staff, link->system.slug);
    cv_id_text("stf_", staff, s.mark);
    if (s.account == NULL || !due(&s))
        return true;
    bool ok = act(&s, &s.failure);
    struct cv_error unsaved = {0};
    if (!save(&s, ok, &unsaved))
        cv_log_error(CV_LOG_WARN, "reconcile_save", &unsaved);
    if (!ok)
        *err = s.failure;
    return ok;
}
