/* One account at one system: look, do what is missing, save what was seen. Every step may be repeated. */
#include <string.h>

#include "reconcile/internal.h"

/* ---- doing ---- */
static bool update(struct rec_step *s, bool active, struct cv_error *err)
{
    struct con_scim_field fields[DOM_FIELDS];
    size_t count = rec_wanted(s->link, &s->owner, s->account, active, fields);
    struct con_scim_account now;
    if (!con_scim_update(&s->link->scim, &s->there, fields, count, &now, err))
        return false;
    s->there = now;
    return true;
}

/* What a POST did not take, a change may; what that does not either is only noted. */
static void try_what_was_not_taken(struct rec_step *s)
{
    struct cv_error err = {0};
    if (s->there.not_taken & ~con_scim_not_taken(s->link->scim.server))
        update(s, true, &err);
}

static bool create(struct rec_step *s, struct cv_error *err)
{
    struct con_scim_field fields[DOM_FIELDS];
    size_t count = rec_wanted(s->link, &s->owner, s->account, true, fields);
    if (con_scim_create(&s->link->scim, fields, count, &s->there, err)) {
        s->found = rec_may_become_ours(s, &s->there) || rec_marked_as_ours(s, &s->there);
        if (!s->found) /* some answer with the one that they have already */
            return rec_not_ours(err, s->account->login);
        if (s->there.has_active && !s->there.active) /* some begin shut */
            return update(s, true, err);
        try_what_was_not_taken(s);
        return true;
    }
    if (err->kind != CV_CONFLICT)
        return false;
    struct cv_error refused = *err; /* perhaps by our own account, made by a call whose answer got lost */
    cv_error_clear(err);
    s->link->scim.not_before = s->begun; /* what was read before did not show it */
    if (!rec_look(s, true, err))
        return false;
    if (s->found)
        return update(s, true, err);
    *err = refused;
    return false;
}

/* ---- placing it ---- */
/* So many were missing that the server, or its address, is more likely wrong than what is known here. */
static bool held(const struct rec_step *s)
{
    return s->account->lost_at != 0 && !dom_connector_restores(s->link->system.connector, s->account->lost_at);
}

static bool put_there(struct rec_step *s, bool active, struct cv_error *err)
{
    if (!s->found && held(s))
        return cv_fail_as(
            err, CV_CONFLICT, NULL,
            "Tài khoản không còn ở hệ thống đó, cũng như nhiều tài khoản khác; cần người thứ hai cho tạo lại",
            "The account is gone from there, like many others; a second person must let them be made "
            "again");
    return s->found ? update(s, active, err) : create(s, err);
}

/* Refused by the server, not by a rule of our own. */
static bool theirs(const struct cv_error *err)
{
    return err->kind == CV_CONFLICT && err->lib_code != 0;
}

/* The filter says nobody and the server says somebody: the case of letters, perhaps. */
static bool find_unseen(struct rec_step *s, struct cv_error *err)
{
    struct cv_error refused = *err;
    cv_error_clear(err);
    s->link->scim.read_all = true;
    bool looked = rec_look(s, true, err);
    s->link->scim.read_all = false;
    if (!looked)
        return false;
    if (s->found)
        return update(s, true, err);
    *err = refused;
    return false;
}

/* Refused, perhaps because of what the account left behind still holds: it gives up a little more each time, and where
 * nothing is ever given back it becomes the new one. Everybody is read last, for that costs most. */
static bool place(struct rec_step *s, bool active, struct cv_error *err)
{
    static bool (*const ways[])(struct rec_step * s, bool *out_any, struct cv_error *err) = {
        rec_former_gives_mark, rec_former_gives_address, rec_former_becomes_it};
    bool had = s->found;
    if (put_there(s, active, err))
        return true;
    struct cv_error refused = *err;
    for (size_t i = 0; i < CV_COUNT(ways) && s->account->former_count > 0; i++) {
        bool any = false;
        if (!theirs(err))
            break;
        cv_error_clear(err);
        if (!ways[i](s, &any, err))
            return false;
        if (any && put_there(s, active, err))
            return true;
        if (!any)
            *err = refused;
    }
    return !had && theirs(err) && find_unseen(s, err);
}

/* An attribute that is refused must not keep somebody in who is to be shut out. */
static bool lock_at_least(struct rec_step *s, struct cv_error *err)
{
    struct cv_error refused = *err;
    if (!s->found || err->kind != CV_INVALID || !rec_shut(s, &s->there, err))
        return false;
    s->observed = DOM_TEMP_LOCKED;
    s->known = true;
    *err = refused;
    return false;
}

static bool open_account(struct rec_step *s, struct cv_error *err)
{
    bool active = s->account->desired == DOM_PRESENT, any = false;
    if (active && s->account->login == NULL)
        return cv_fail_as(err, CV_INVALID, NULL, "Chưa có tên đăng nhập cho hệ thống này",
                          "There is no login for this system yet");
    if (!rec_look(s, active, err))
        return false;
    if (!s->found && s->link->system.connector->on_move == DOM_MOVE_RENAME && !rec_former_becomes_it(s, &any, err))
        return false;
    if (!s->found && !active) {
        s->observed = DOM_REQUESTED; /* never made: nothing to lock */
        return true;
    }
    if (!place(s, active, err))
        return active ? false : lock_at_least(s, err);
    s->observed = active ? dom_observed_for(DOM_PRESENT, s->owner.staff.credential_set) : DOM_TEMP_LOCKED;
    s->known = true;
    return true;
}

static bool close_account(struct rec_step *s, struct cv_error *err)
{
    int keep = s->link->system.connector->delete_after_days;
    bool revoke = s->account->desired == DOM_REVOKED;
    bool ended = keep == 0 || (cv_clock_off() == 0 &&
                               dom_connector_expired(s->account->observed, s->account->since, keep, cv_now()));
    if (!rec_look(s, false, err))
        return false;
    if (!s->found) {
        s->observed = ended || revoke ? DOM_OBS_REVOKED : DOM_OBS_CLOSED;
        s->deleted = ended;
        return true;
    }
    s->observed = ended || (revoke && keep < 0) ? DOM_OBS_REVOKED : DOM_OBS_CLOSED;
    return ended ? rec_remove_there(s, &s->there, &s->deleted, err) : rec_shut(s, &s->there, err);
}

/* ---- saving ---- */
static void forget_closed(struct dom_account *a, const struct rec_step *s)
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

static bool same_account(const struct dom_account *a, const struct rec_step *s)
{
    return a->login == s->account->login || (a->login && s->account->login && strcmp(a->login, s->account->login) == 0);
}

static void note_seen(struct dom_account *a, const struct rec_step *s)
{
    a->remote_id = s->found && !s->deleted ? s->there.id : NULL;
    a->synced = s->owner.revision;
    a->not_taken = s->found && !s->deleted ? s->there.not_taken : 0;
    a->kept = s->found && !s->deleted ? s->there.kept : 0;
    if (s->found || !dom_counts_issued(s->observed))
        a->lost_at = 0;
    rec_observe(a, s->observed);
}

static void note_done(struct dom_account *a, const struct rec_owner *now, void *ctx, bool *loud)
{
    struct rec_step *s = ctx;
    (void)now;
    forget_closed(a, s);
    if (!same_account(a, s))
        return; /* moved on meanwhile: what was found is known as left behind, by its login */
    note_seen(a, s);
    a->last_error = NULL;
    a->attempts = 0;
    if (s->deleted && a->desired == DOM_CLOSED) { /* the keep time is over: there is no way back to it */
        a->desired = DOM_REVOKED;
        *loud = true;
    }
}

/* What a move left behind stays known until all of it is closed. */
static void note_failed(struct dom_account *a, const struct rec_owner *now, void *ctx, bool *loud)
{
    struct rec_step *s = ctx;
    (void)now;
    (void)loud;
    if (s->known && same_account(a, s))
        note_seen(a, s); /* although something else failed */
    a->attempts = a->attempts > 0 && a->tried == s->owner.revision ? a->attempts + 1 : 1;
    a->tried = s->owner.revision;
    a->next_try_at = prov_retry(&s->failure, a->attempts);
    a->last_error = prov_error_text(s->link->w->call.arena, &s->failure);
}

static bool save(struct rec_step *s, bool done, struct cv_error *err)
{
    struct prov_call *call = &s->link->w->call;
    /* the outside may have used up the time: what was done there must still be written down */
    call->deadline = cv_deadline_in_ms(5000);
    dir_session_deadline(call->dir, call->deadline);
    return rec_owner_note(s->link, s->owner.id, s->owner.is_unit, done ? "account.observed" : "account.failed",
                          done ? note_done : note_failed, s, err);
}

/* ---- the step ---- */
/* Nobody is without an account in between, and nobody who is to be shut out keeps one because of another. */
static bool act(struct rec_step *s, struct cv_error *err)
{
    struct cv_error formers = {0};
    bool open = s->account->desired == DOM_PRESENT || s->account->desired == DOM_LOCKED;
    if (!con_scim_prepare(&s->link->scim, err))
        return false;
    bool done = open ? open_account(s, err) : close_account(s, err);
    if (!done && open && s->account->desired == DOM_PRESENT)
        return false; /* what was left behind is all that the person has */
    if (rec_close_formers(s, &formers))
        return done;
    *err = done ? formers : *err;
    return false;
}

static bool due(const struct rec_step *s)
{
    const struct dom_connector_look seen = dom_connector_look_at(s->account, s->owner.revision);
    return s->revisit || dom_connector_due(&seen, s->link->system.connector, cv_now());
}

bool rec_account_step(struct rec_link *link, struct cv_id owner, bool revisit, struct cv_error *err)
{
    struct rec_step s = {.link = link, .revisit = revisit, .begun = cv_now()};
    struct view_unit unit;
    struct prov_call *call = &link->w->call;
    bool is_unit = view_unit_by_id(call->prov->options.view, owner, call->arena, &unit);
    if (!rec_owner_read(link, owner, is_unit, &s.owner, err))
        return err->kind == CV_NOT_FOUND ||
               cv_fail_as(err, CV_INTERNAL, NULL, "Không đọc được hồ sơ", "The record cannot be read");
    s.account = s.owner.account;
    if (s.account == NULL || !due(&s))
        return true;
    link->scim.not_before = s.revisit ? s.begun : s.account->attempts > 0 ? s.account->next_try_at : 0;
    bool ok = act(&s, &s.failure);
    struct cv_error unsaved = {0};
    if (!save(&s, ok, &unsaved))
        cv_log_error(CV_LOG_WARN, "reconcile_save", &unsaved);
    if (!ok)
        *err = s.failure;
    return ok;
}
