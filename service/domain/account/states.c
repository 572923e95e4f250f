/* The one table of account states, and who must have a system. */
#include <string.h>

#include "congvu/account.h"
#include "congvu/system.h"

static const struct {
    bool login, receives, issued;
} states[DOM_OBSERVEDS] = {
    [DOM_REQUESTED] = {false, false, false},
    [DOM_PROVISIONED] = {true, true, true}, /* the first sign-in is the activation */
    [DOM_OBS_ACTIVE] = {true, true, true},
    [DOM_TEMP_LOCKED] = {false, true, true},
    [DOM_OBS_CLOSED] = {false, false, false},
    [DOM_OBS_REVOKED] = {false, false, false},
    [DOM_MIGRATING] = {false, true, true}, /* mail waits in the queue */
};

enum dom_observed dom_observed_for(enum dom_desired desired, bool credential_set)
{
    switch (desired) {
    case DOM_LOCKED:
        return DOM_TEMP_LOCKED;
    case DOM_CLOSED:
        return DOM_OBS_CLOSED;
    case DOM_REVOKED:
        return DOM_OBS_REVOKED;
    default:
        return credential_set ? DOM_OBS_ACTIVE : DOM_PROVISIONED;
    }
}

int dom_login_max(const struct dom_system *system)
{
    return system->login_max > 0 ? system->login_max : DOM_LOGIN_MAX;
}

bool dom_counts_issued(enum dom_observed observed)
{
    return states[observed].issued;
}

/* ---- spans ---- what figures ask of a state, to the next that is another one for them */

enum dom_stand dom_stand_of(enum dom_observed observed, const char *reason)
{
    if (observed == DOM_OBS_ACTIVE)
        return DOM_STOOD_ACTIVE;
    if (observed != DOM_TEMP_LOCKED)
        return DOM_STOOD_ISSUED;
    bool idle = reason != NULL && strcmp(reason, dom_lock_reason_words[DOM_LOCK_INACTIVITY]) == 0;
    return idle ? DOM_STOOD_IDLE : DOM_STOOD_LOCKED;
}

cv_day dom_issued_since(const struct dom_account *account)
{
    if (account->issued_on != 0)
        return account->issued_on;
    return account->since == CV_NO_MOMENT ? CV_NO_DAY : cv_day_of(account->since);
}

static cv_day span_began(const struct dom_account *account)
{
    cv_day issued = dom_issued_since(account);
    const struct dom_span *last = account->span_count > 0 ? &account->spans[account->span_count - 1] : NULL;
    return last != NULL && (issued == CV_NO_DAY || last->to > issued) ? last->to : issued;
}

/* With `over` it counts as issued no more: told also when it did so for a part of one day, which no day's end has. */
static void add_span(struct dom_account *account, struct dom_span past, bool over)
{
    const struct dom_span *last = account->span_count > 0 ? &account->spans[account->span_count - 1] : NULL;
    bool told = last != NULL && last->to == past.to;
    if (past.from == past.to && (!over || told))
        return;
    if (account->span_count == DOM_SPANS_MAX) {
        memmove(account->spans, account->spans + 1, (DOM_SPANS_MAX - 1) * sizeof(*account->spans));
        account->span_count--;
    }
    account->spans[account->span_count++] = past;
}

/* Activated is told by the moment of the state as long as it lasts: most accounts never have a span. */
static void end_span(struct dom_account *account, cv_day to, bool over)
{
    struct dom_span past = {.from = span_began(account), .to = to};
    enum dom_stand how = dom_stand_of(account->observed, account->reason);
    cv_day since = account->since != CV_NO_MOMENT ? cv_day_of(account->since) : CV_NO_DAY;
    if (past.from != CV_NO_DAY && past.from > to)
        return;
    if (how != DOM_STOOD_ISSUED && since != CV_NO_DAY && (past.from == CV_NO_DAY || past.from < since)) {
        past.to = since < to ? since : to;
        add_span(account, past, false);
        past = (struct dom_span){.from = past.to, .to = to};
    }
    past.how = since == CV_NO_DAY || since <= to ? how : DOM_STOOD_ISSUED;
    add_span(account, past, over);
}

static bool ends_span(enum dom_stand was, enum dom_stand is)
{
    return was != is && !(was == DOM_STOOD_ISSUED && is == DOM_STOOD_ACTIVE);
}

void dom_observe(struct dom_account *account, enum dom_observed observed, cv_moment since)
{
    bool was = states[account->observed].issued, told = account->since != CV_NO_MOMENT;
    cv_day issued = dom_issued_since(account);
    bool corrected = was && observed == account->observed && told && issued == cv_day_of(account->since);
    bool over = was && !states[observed].issued;
    if (over ||
        (was && ends_span(dom_stand_of(account->observed, account->reason), dom_stand_of(observed, account->reason))))
        end_span(account, cv_day_of(since), over);
    if (!states[observed].issued)
        account->issued_on = 0;
    else if (!was || corrected)
        account->issued_on = cv_day_of(since);
    else if (issued != CV_NO_DAY)
        account->issued_on = issued;
    account->observed = observed;
    account->since = since;
}

bool dom_stood_on(const struct dom_account *account, cv_day day, enum dom_stand *out)
{
    for (size_t i = 0; i < account->span_count; i++) {
        const struct dom_span *span = &account->spans[i];
        *out = span->how;
        if ((span->from == CV_NO_DAY || span->from <= day) && day < span->to)
            return true;
    }
    bool began = account->since == CV_NO_MOMENT || cv_day_of(account->since) <= day;
    *out = began ? dom_stand_of(account->observed, account->reason) : DOM_STOOD_ISSUED;
    cv_day issued = dom_issued_since(account);
    return states[account->observed].issued && (issued == CV_NO_DAY || issued <= day);
}

void dom_give_reason(struct dom_account *account, const char *reason, cv_moment now)
{
    if (states[account->observed].issued &&
        dom_stand_of(account->observed, account->reason) != dom_stand_of(account->observed, reason))
        end_span(account, cv_day_of(now), false);
    account->reason = reason;
}

bool dom_may_login(enum dom_observed observed)
{
    return states[observed].login;
}

bool dom_may_receive(enum dom_observed observed)
{
    return states[observed].receives;
}

bool dom_in_drift(enum dom_desired desired, enum dom_observed observed)
{
    if (desired == DOM_PRESENT)
        return observed != DOM_PROVISIONED && observed != DOM_OBS_ACTIVE && observed != DOM_MIGRATING;
    if (observed == DOM_REQUESTED) /* never made, so there is nothing left to take away */
        return false;
    if (desired == DOM_CLOSED && observed == DOM_OBS_REVOKED) /* closed for good; a certificate knows nothing less */
        return false;
    return observed != dom_observed_for(desired, false);
}

bool dom_account_drifts(enum dom_desired desired, enum dom_observed observed, int64_t attempts, bool kept, bool lost)
{
    return attempts > 0 || kept || lost || dom_in_drift(desired, observed);
}

bool dom_token_out(const struct dom_account *account)
{
    const struct dom_certificate *c = account->certificate;
    return c != NULL && c->token_serial != NULL && c->returned_on == CV_NO_DAY;
}

bool dom_cut_off_open(const struct dom_account *account)
{
    const struct dom_cut_off *cut = account->cut_off;
    return cut != NULL && (cut->auth_cache == CV_NO_MOMENT || cut->sessions == CV_NO_MOMENT);
}

bool dom_settled(const struct dom_account *account)
{
    /* only a connector leaves it so: perhaps it was made there and the answer got lost, so it is looked for first */
    bool unseen = account->observed == DOM_REQUESTED && account->desired >= DOM_CLOSED;
    return !unseen && !dom_in_drift(account->desired, account->observed) && !dom_cut_off_open(account);
}

static bool bit(uint32_t mask, int value)
{
    return mask == 0 || (value >= 0 && value < 32 && (mask >> value & 1u));
}

static bool position_listed(const struct dom_required *r, const char *title_folded)
{
    if (r->position_count == 0)
        return true;
    for (size_t i = 0; title_folded && i < r->position_count; i++)
        if (strcmp(r->positions[i], title_folded) == 0)
            return true;
    return false;
}

bool dom_required_by(const struct dom_system *system, int block, enum dom_unit_kind kind, enum dom_category category,
                     const char *title_folded)
{
    for (size_t i = 0; i < system->required_count && !system->retired; i++) {
        const struct dom_required *r = &system->required[i];
        if (bit(r->blocks, block) && bit(r->unit_kinds, (int)kind) && bit(r->categories, (int)category) &&
            position_listed(r, title_folded))
            return true;
    }
    return false;
}

uint32_t dom_required_kinds(const struct dom_system *system)
{
    uint32_t kinds = 0;
    for (size_t i = 0; i < system->required_count; i++) {
        if (system->required[i].unit_kinds == 0)
            return 0;
        kinds |= system->required[i].unit_kinds;
    }
    return kinds;
}

bool dom_system_slug_valid(const char *slug)
{
    size_t len = strlen(slug);
    return len >= 1 && len <= DOM_SLUG_MAX && *slug >= 'a' && *slug <= 'z' &&
           strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == len && strcmp(slug, "required") != 0;
}
