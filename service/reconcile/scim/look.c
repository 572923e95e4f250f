/* Whose an account there is, and how ours is found: by its id, its mark (the staff id), its login. What exists is found
 * again, so a lost answer or a kill makes nobody twice. */
#include <string.h>

#include "congvu/log.h"
#include "reconcile/internal.h"

/* ---- whose is it ---- */
bool rec_marked_as_ours(const struct rec_step *s, const struct con_scim_account *a)
{
    struct cv_id id;
    bool behind;
    return rec_mark_parse(a->mark, &id, &behind) && cv_id_equal(id, s->owner.id);
}

/* Marked by nobody, or with the code of our records: somebody entered it by hand. */
bool rec_may_become_ours(const struct rec_step *s, const struct con_scim_account *a)
{
    const char *code = s->owner.is_unit ? s->owner.unit.code : s->owner.staff.staff_code;
    return a->mark == NULL || *a->mark == '\0' || (code != NULL && strcmp(a->mark, code) == 0);
}

/* It is the account again. */
bool rec_moved_back_to(const struct rec_step *s, const struct dom_former *f)
{
    return f->login != NULL && s->account->login != NULL && strcmp(f->login, s->account->login) == 0;
}

static bool left_behind(const struct rec_step *s, const struct con_scim_account *a)
{
    for (size_t i = 0; i < s->account->former_count; i++) {
        const struct dom_former *f = &s->account->formers[i];
        bool it = cv_ascii_same(a->login, f->login) || (f->remote_id != NULL && strcmp(f->remote_id, a->id) == 0);
        if (it && !rec_moved_back_to(s, f))
            return true;
    }
    return false;
}

bool rec_not_ours(struct cv_error *err, const char *login)
{
    return cv_fail_as(err, CV_CONFLICT, NULL,
                      "Tên đăng nhập %s ở hệ thống đó thuộc một tài khoản không phải do Congvu quản lý",
                      "The login %s belongs to an account there that Congvu does not manage", login);
}

/* ---- looking ---- */
bool rec_ours_by_id(struct rec_step *s, const char *id, const char *login, struct con_scim_account *out,
                    bool *out_found, struct cv_error *err)
{
    *out_found = false;
    if (id == NULL)
        return true;
    if (con_scim_get(&s->link->scim, id, out, err)) {
        bool may = rec_may_become_ours(s, out);
        *out_found = rec_marked_as_ours(s, out) || (may && cv_ascii_same(out->login, login));
        /* a server that began anew gives old ids to others; without marks it may as well be ours under another name */
        return *out_found || !may || con_scim_keeps_marks(s->link->scim.server) ||
               rec_not_ours(err, out->login ? out->login : id);
    }
    return cv_error_forgive(err, CV_NOT_FOUND);
}

/* Only `active` is touched: what he was called there stays with the account. */
bool rec_shut(struct rec_step *s, const struct con_scim_account *a, struct cv_error *err)
{
    const struct con_scim_field off = {.path = s->link->scim.active_path, .value = "false", .truth = true};
    struct con_scim_account now;
    return con_scim_update(&s->link->scim, a, &off, 1, &now, err);
}

/* Where nothing can be deleted, shut for good is the most there is. */
bool rec_remove_there(struct rec_step *s, const struct con_scim_account *a, bool *out_deleted, struct cv_error *err)
{
    *out_deleted = con_scim_delete(&s->link->scim, a, err);
    if (*out_deleted || (err->kind != CV_INVALID && err->lib_code != 403))
        return *out_deleted;
    cv_log(CV_LOG_WARN, "connector_undeletable", "%s does not delete the account of %s; it stays there, not active",
           s->link->system.slug, s->owner.mark);
    cv_error_clear(err);
    return rec_shut(s, a, err);
}

/* A second one of the same mark and login was made when an answer got lost: it is ours, and one too many. */
static bool drop_doubles(struct rec_step *s, const struct con_scim_account *all, size_t count, struct cv_error *err)
{
    for (size_t i = 0; i < count; i++) {
        bool itself = strcmp(all[i].id, s->there.id) == 0;
        if (itself || left_behind(s, &all[i]) || !cv_ascii_same(all[i].login, s->there.login))
            continue;
        cv_log(CV_LOG_WARN, "connector_double", "%s holds %s twice; one is deleted", s->link->system.slug,
               s->owner.mark);
        bool deleted;
        if (!rec_remove_there(s, &all[i], &deleted, err))
            return false;
    }
    return true;
}

static bool look_by_mark(struct rec_step *s, struct cv_error *err)
{
    struct con_scim_account *all;
    size_t count;
    const char *path = s->link->scim.mark_path;
    if (!con_scim_find(&s->link->scim, path, s->owner.mark, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (left_behind(s, &all[i]))
            continue;
        if (!s->found ||
            (cv_ascii_same(all[i].login, s->account->login) && !cv_ascii_same(s->there.login, s->account->login)))
            s->there = all[i];
        s->found = true;
    }
    return !s->found || drop_doubles(s, all, count, err);
}

/* By the login: one of ours that a move had left behind, or one that nobody has marked, if the rule adopts those. */
static bool look_by_login(struct rec_step *s, bool adopt, struct cv_error *err)
{
    struct con_scim_account *all;
    size_t count;
    if (s->account->login == NULL)
        return true;
    if (!con_scim_find(&s->link->scim, s->link->scim.login_path, s->account->login, &all, &count, err))
        return false;
    bool foreign = false;
    for (size_t i = 0; i < count && !s->found; i++) {
        bool ours = rec_marked_as_ours(s, &all[i]);
        s->found = ours || (adopt && s->link->system.connector->match_login && rec_may_become_ours(s, &all[i]));
        foreign = foreign || !s->found;
        if (s->found)
            s->there = all[i];
    }
    return s->found || !foreign || !adopt || rec_not_ours(err, s->account->login);
}

/* `adopt`: is an unmarked account of that login to become ours? Never in order to close it. */
bool rec_look(struct rec_step *s, bool adopt, struct cv_error *err)
{
    s->found = false;
    if (!rec_ours_by_id(s, s->account->remote_id, s->account->login, &s->there, &s->found, err))
        return false;
    if (s->found)
        return true;
    return look_by_mark(s, err) && (s->found || look_by_login(s, adopt, err));
}
