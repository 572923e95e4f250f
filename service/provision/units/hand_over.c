/* What of a unit somebody has to take over, its mailbox and its accounts at other systems: the holder leaves or has
 * moved, the unit has ended, nobody holds it. */
#include <string.h>

#include "congvu/view_lists.h"
#include "provision/units/units.h"

enum { HOLDERS_MAX = 20000, TOKENS_MAX = 20000, SCRATCH_MAX = 4 << 20 };

const char *const prov_hand_over_words[] = {"leaver", "moved", "dissolved", "no_holder", NULL};
_Static_assert(CV_COUNT(prov_hand_over_words) == PROV_OVER_KINDS + 1, "a word for each kind");

struct listing {
    struct prov_call *call;
    struct cv_arena *scratch; /* of one person */
    struct view_unit *units;  /* of the scope, with a mailbox */
    size_t unit_count;
    size_t *holders, *stay; /* of each of them: all, and those with whom it may stay */
    struct prov_hand_over *out;
    size_t max, count;
    bool more;
};

static void add(struct listing *l, enum prov_hand_over_kind kind, const struct view_unit *unit,
                const struct view_staff *staff, cv_day since)
{
    l->more = l->more || l->count == l->max;
    if (l->count == l->max)
        return;
    struct prov_hand_over *item = &l->out[l->count++];
    *item = (struct prov_hand_over){.kind = kind,
                                    .unit = *unit,
                                    .system = "mailbox",
                                    .login = unit->mail_login,
                                    .address = unit->mail_address,
                                    .has_staff = staff != NULL,
                                    .since = since};
    if (staff != NULL)
        item->staff = *staff;
}

/* His home unit when he was named, as it was noted; NULL for who was named before it was. */
static const char *home_then(const struct dom_staff *staff, const char *login)
{
    size_t len = strlen(login);
    for (size_t i = 0; i < staff->held_from_count; i++)
        if (strncmp(staff->held_from[i], login, len) == 0 && staff->held_from[i][len] == ' ')
            return staff->held_from[i] + len + 1;
    return NULL;
}

/* Within the unit whose mailbox it is one may move. */
static bool has_moved(const struct listing *l, const struct dom_staff *staff, const struct view_unit *unit)
{
    struct cv_id then, home = dom_home_on(staff, cv_today())->unit;
    const char *noted = home_then(staff, unit->mail_login);
    bool same = noted != NULL && cv_id_parse("unt_", noted, &then) && cv_id_equal(then, home);
    return !same && !view_unit_within(l->call->prov->options.view, home, unit->id);
}

/* False: it may stay with him. */
static bool judge(const struct listing *l, const struct dom_staff *staff, const struct view_unit *unit,
                  enum prov_hand_over_kind *kind, cv_day *since)
{
    const struct dom_departure *d = dom_current_departure(staff);
    *kind = d != NULL ? PROV_OVER_LEAVER : PROV_OVER_MOVED;
    *since = d != NULL ? d->effective_on : dom_home_on(staff, cv_today())->from;
    return d != NULL || has_moved(l, staff, unit);
}

static void count_holder(struct listing *l, const struct view_unit *unit, bool stays)
{
    for (size_t i = 0; i < l->unit_count; i++)
        if (cv_id_equal(l->units[i].id, unit->id)) {
            l->holders[i]++;
            l->stay[i] += stays;
        }
}

static bool ended(const struct view_unit *unit)
{
    return unit->active_to != CV_NO_DAY && unit->active_to <= cv_today();
}

/* Whoever is at home in a unit that has ended takes nothing over. */
static bool goes_on(const struct listing *l, const struct dom_staff *staff)
{
    struct view_unit home;
    return view_unit_by_id(l->call->prov->options.view, dom_home_on(staff, cv_today())->unit, l->scratch, &home) &&
           !ended(&home);
}

static void tell_of(struct listing *l, enum prov_hand_over_kind kind, struct cv_id mailbox, struct cv_id holder,
                    cv_day since)
{
    const struct prov_call *call = l->call;
    struct cv_arena *arena = l->count < l->max ? call->arena : l->scratch;
    struct view_staff seen;
    struct view_unit unit;
    if (view_staff_by_id(call->prov->options.view, call->scope, holder, arena, &seen) &&
        view_unit_by_id(call->prov->options.view, mailbox, arena, &unit))
        add(l, kind, &unit, &seen, since);
}

static bool take_person(struct listing *l, struct cv_id id, struct cv_error *err)
{
    struct dom_staff staff;
    struct view_unit unit;
    cv_arena_reset(l->scratch);
    if (!dir_staff_read(l->call->dir, id, l->scratch, &staff, err))
        return false;
    for (size_t i = 0; i < staff.hold_count; i++) {
        enum prov_hand_over_kind kind;
        cv_day since;
        if (!view_unit_by_mailbox(l->call->prov->options.view, staff.holds[i], l->scratch, &unit))
            continue;
        bool over = judge(l, &staff, &unit, &kind, &since);
        count_holder(l, &unit, !over && goes_on(l, &staff));
        if (over)
            tell_of(l, kind, unit.id, id, since);
    }
    return true;
}

/* Of mailboxes that nobody has whom one could ask. */
static void take_units(struct listing *l)
{
    for (size_t i = 0; i < l->unit_count; i++)
        if (ended(&l->units[i]) && l->stay[i] == 0)
            add(l, PROV_OVER_DISSOLVED, &l->units[i], NULL, l->units[i].active_to);
        else if (l->holders[i] == 0)
            add(l, PROV_OVER_NO_HOLDER, &l->units[i], NULL, CV_NO_DAY);
}

static bool take_people(struct listing *l, struct cv_error *err)
{
    struct prov_call *call = l->call;
    struct cv_id *ids = CV_NEWS(call->arena, struct cv_id, HOLDERS_MAX);
    size_t count = 0;
    if (!dir_staff_holding(call->dir, NULL, ids, HOLDERS_MAX, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!take_person(l, ids[i], err))
            return false;
    if (count < HOLDERS_MAX)
        take_units(l);
    else
        l->more = true; /* of whom no more is known than that they hold something */
    return true;
}

/* ---- accounts at other systems ---- whoever answers for one is at home in the unit or below it */
static void add_account(struct listing *l, enum prov_hand_over_kind kind, const struct view_unit_account *a,
                        const struct view_staff *custodian, cv_day since)
{
    size_t before = l->count;
    add(l, kind, &a->unit, custodian, since);
    if (l->count == before)
        return;
    l->out[before].system = a->of.account.system;
    l->out[before].login = a->of.account.login;
    l->out[before].address = NULL;
}

/* Wherever he is; *out_visible: the caller may know him. */
static bool find_keeper(const struct prov_call *call, struct cv_id id, struct view_staff *out, bool *out_visible)
{
    const struct view *view = call->prov->options.view;
    struct view_staff seen;
    bool there = view_staff_by_id(view, (struct view_scope){.everywhere = true}, id, call->arena, out);
    *out_visible = there && view_staff_by_id(view, call->scope, id, call->arena, &seen);
    return there;
}

static void judge_account(struct listing *l, const struct view_unit_account *a)
{
    const struct prov_call *call = l->call;
    struct view_staff custodian;
    bool visible, ours = view_in_scope(call->prov->options.view, call->scope, a->unit.id);
    bool there = find_keeper(call, a->of.custodian, &custodian, &visible);
    if (ours && ended(&a->unit))
        add_account(l, PROV_OVER_DISSOLVED, a, NULL, a->unit.active_to);
    else if (ours && !there)
        add_account(l, PROV_OVER_NO_HOLDER, a, NULL, CV_NO_DAY);
    else if (visible && (custodian.status == DOM_DEPARTED || custodian.has_departure))
        add_account(l, PROV_OVER_LEAVER, a, &custodian, custodian.departure_on);
    else if (visible && !view_unit_within(call->prov->options.view, custodian.unit, a->unit.id))
        add_account(l, PROV_OVER_MOVED, a, &custodian, CV_NO_DAY);
}

static bool take_accounts(struct listing *l, struct cv_error *err)
{
    struct view_unit_account *all;
    size_t count;
    if (!view_unit_accounts(l->call->prov->options.view, NULL, l->call->arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (all[i].of.account.desired == DOM_PRESENT)
            judge_account(l, &all[i]);
    return true;
}

/* ---- devices with the certificate of somebody else ---- */
static void judge_token(struct listing *l, const struct view_account_row *row)
{
    const struct prov_call *call = l->call;
    const struct dom_certificate *c = row->account.certificate;
    const struct view *view = call->prov->options.view;
    struct view_staff keeper;
    struct view_unit home;
    bool visible, there = find_keeper(call, c->custodian, &keeper, &visible);
    bool ours = call->scope.everywhere || view_reaches_people(view, call->scope, row->staff.unit);
    bool stays = there && keeper.status != DOM_DEPARTED && !keeper.has_departure;
    size_t at = l->count;
    if (stays || (!visible && !ours) || !view_unit_by_id(view, row->staff.unit, call->arena, &home))
        return;
    add(l, there ? PROV_OVER_LEAVER : PROV_OVER_NO_HOLDER, &home, visible ? &keeper : NULL,
        there ? keeper.departure_on : CV_NO_DAY);
    if (l->count == at)
        return;
    l->out[at].system = row->account.system;
    l->out[at].login = l->out[at].address = NULL;
    l->out[at].token_serial = c->token_serial;
    l->out[at].holder = row->staff;
}

static bool take_tokens(struct listing *l, struct cv_error *err)
{
    struct view_account_page page;
    const struct view_account_query query = {
        .scope = {.everywhere = true}, .kept_elsewhere = true, .page_size = TOKENS_MAX};
    if (!view_account_list(l->call->prov->options.view, &query, l->call->arena, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        judge_token(l, &page.items[i]);
    return true;
}

bool prov_hand_overs(struct prov_call *call, struct prov_hand_over *out, size_t max, size_t *out_count, bool *out_more,
                     struct cv_error *err)
{
    cv_auto_arena scratch = cv_arena_new(SCRATCH_MAX);
    struct listing l = {.call = call, .scratch = scratch, .out = out, .max = max};
    if (scratch == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    if (!view_unit_mailboxes(call->prov->options.view, call->scope, call->arena, &l.units, &l.unit_count, err))
        return false;
    l.holders = CV_NEWS(call->arena, size_t, l.unit_count + 1);
    l.stay = CV_NEWS(call->arena, size_t, l.unit_count + 1);
    bool done = take_people(&l, err) && take_accounts(&l, err) && take_tokens(&l, err);
    *out_count = l.count;
    *out_more = l.more;
    return done;
}
