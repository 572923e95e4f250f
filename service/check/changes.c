/* What only the change itself shows. */
#include <string.h>

#include "check/internal.h"

/* ---- out of a hold ---- a release that was used just before lets one person of that token go */

struct chk_credit {
    struct cv_id token;
    int seen, left;
};

static struct chk_credit *credit_of(struct chk *c, struct cv_id token)
{
    for (size_t i = 0; i < c->credit_count; i++)
        if (cv_id_equal(c->credits[i].token, token))
            return &c->credits[i];
    struct chk_credit *grown = chk_grow(c->arena, c->credits, c->credit_count, &c->credit_cap, sizeof(*grown));
    if (grown == NULL)
        return NULL;
    c->credits = grown;
    c->credits[c->credit_count] = (struct chk_credit){.token = token};
    return &c->credits[c->credit_count++];
}

void chk_add_brake(struct chk *c, const struct dir_past_brake *brake)
{
    struct chk_credit *credit = credit_of(c, brake->token);
    if (credit == NULL)
        return;
    if (brake->released > credit->seen)
        credit->left += brake->released - credit->seen;
    credit->seen = brake->released;
}

static const struct dom_departure *numbered(const struct dom_staff *staff, int number)
{
    for (size_t i = 0; i < staff->departure_count; i++)
        if (staff->departures[i].number == number)
            return &staff->departures[i];
    return NULL;
}

static bool released(struct chk *c, const struct dom_departure *d)
{
    struct cv_id token;
    if (d->released_by != NULL)
        return true;
    if (d->recorded_by == NULL || !cv_id_parse("tok_", d->recorded_by, &token))
        return false;
    struct chk_credit *credit = credit_of(c, token);
    if (credit == NULL || credit->left == 0)
        return false;
    credit->left--;
    return true;
}

static void look_at_departures(struct chk *c, const struct dir_past *past, struct chk_person *person)
{
    for (size_t i = 0; i < past->before.departure_count; i++) {
        const struct dom_departure *was = &past->before.departures[i];
        const struct dom_departure *now = numbered(&past->after, was->number);
        if (was->state == DOM_HELD && now != NULL && now->started_at != CV_NO_MOMENT && !released(c, now))
            person->past.leaked = true;
    }
}

/* ---- an old password ---- */

static bool locked_as_stolen(const struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->account_count; i++) {
        const struct dom_account *a = &staff->accounts[i];
        if (a->reason != NULL && strcmp(a->reason, "compromised") == 0 && a->desired == DOM_LOCKED)
            return true;
    }
    return false;
}

static bool reopened(const struct dir_past *past)
{
    for (size_t i = 0; i < past->before.account_count; i++) {
        const struct dom_account *was = &past->before.accounts[i];
        const struct dom_account *now = dom_account_of(&past->after, was->system);
        if (was->desired != DOM_PRESENT && now != NULL && now->desired == DOM_PRESENT)
            return true;
    }
    return false;
}

/* Another lock or a closing in between makes no new password of it. */
static void look_at_password(const struct dir_past *past, struct chk_past *p)
{
    if (past->password_set || past->password_dropped) {
        p->stolen = p->old_password = false;
        return;
    }
    p->stolen = p->stolen || locked_as_stolen(&past->before);
    p->old_password = p->old_password || (p->stolen && reopened(past));
    p->stolen = p->stolen || locked_as_stolen(&past->after);
}

/* ---- a post that is gone ---- */

static bool has_unit(const struct cv_id *units, size_t count, struct cv_id unit)
{
    for (size_t i = 0; i < count; i++)
        if (cv_id_equal(units[i], unit))
            return true;
    return false;
}

static bool still_there(const struct dom_staff *staff, struct cv_id unit)
{
    for (size_t i = 0; i < staff->post_count; i++)
        if (cv_id_equal(staff->posts[i].unit, unit))
            return true;
    return false;
}

/* What began on the day of the change was corrected by it: he was never there. */
static void look_at_posts(struct chk *c, const struct dir_past *past, struct chk_person *person)
{
    const cv_day day = cv_day_of(past->at);
    const struct dom_post *was = dom_home_on(&past->before, day);
    struct chk_past *p = &person->past;
    if (cv_id_is_zero(was->unit) || was->from >= day || still_there(&past->after, was->unit) ||
        has_unit(p->left, p->left_count, was->unit))
        return;
    struct cv_id *grown = CV_NEWS(c->arena, struct cv_id, p->left_count + 1);
    if (!cv_arena_ok(c->arena))
        return;
    if (p->left_count > 0)
        memcpy(grown, p->left, p->left_count * sizeof(*grown));
    p->left = grown;
    p->left[p->left_count++] = was->unit;
}

void chk_add_past(struct chk *c, const struct dir_past *past)
{
    struct chk_person *person = chk_person_of(c, past->staff);
    if (person == NULL)
        return;
    if (past->departures)
        look_at_departures(c, past, person);
    if (past->posts)
        look_at_posts(c, past, person);
    look_at_password(past, &person->past);
}

void chk_judge_past(struct chk *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct chk_person *p = &c->people[i];
        if (p->past.leaked && p->departed)
            chk_found(c, CHK_HOLD_LEAKED, NULL, p, "Bị thu hồi dù đang chờ người thứ hai cho phép và không ai cho phép",
                      "Was carried out while it waited for a second person, and nobody released it");
        if (p->past.old_password && p->credential_set && p->may_sign_in)
            chk_found(c, CHK_OLD_PASSWORD, NULL, p, "Tài khoản từng khóa vì lộ mật khẩu đã mở lại với mật khẩu cũ",
                      "An account locked for a stolen password is open again with the same one");
        for (size_t k = 0; k < p->past.left_count; k++)
            if (!has_unit(p->units, p->unit_count, p->past.left[k]))
                chk_found(c, CHK_POST_OVERWRITTEN, NULL, p, "Điều động đã ghi đè vị trí cũ tại %s",
                          "A transfer overwrote the former post at %s", chk_unit_code(c, p->past.left[k]));
    }
}
