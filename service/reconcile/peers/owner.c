/* People and units as owners of accounts: read, and what was seen noted in their records. */
#include <string.h>

#include "congvu/prov_staff.h"
#include "congvu/records.h"
#include "provision/units/units.h"
#include "reconcile/internal.h"

static void take_person(const struct rec_link *link, const struct dom_staff *staff, struct rec_owner *out)
{
    *out = (struct rec_owner){.id = staff->id, .staff = *staff, .revision = staff->revision};
    cv_id_text("stf_", staff->id, out->mark);
    out->account = dom_account_of(&out->staff, link->system.slug);
}

static void take_unit(const struct rec_link *link, const struct dom_unit *unit, struct rec_owner *out)
{
    *out = (struct rec_owner){.is_unit = true, .id = unit->id, .unit = *unit, .revision = unit->revision};
    cv_id_text("unt_", unit->id, out->mark);
    out->account = dom_unit_account_of(&out->unit, link->system.slug);
}

bool rec_owner_read(struct rec_link *link, struct cv_id id, bool is_unit, struct rec_owner *out, struct cv_error *err)
{
    struct prov_call *call = &link->w->call;
    struct dom_staff staff;
    struct dom_unit unit;
    bool read = is_unit ? dir_unit_read(call->dir, id, call->arena, &unit, err)
                        : dir_staff_read(call->dir, id, call->arena, &staff, err);
    if (!read)
        return false;
    if (is_unit)
        take_unit(link, &unit, out);
    else
        take_person(link, &staff, out);
    return true;
}

/* ---- noting ---- */
struct noting {
    struct rec_link *link;
    rec_noting *note;
    void *ctx;
};

static bool note_person(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct noting *n = ctx;
    struct rec_owner now;
    bool loud = false;
    (void)err;
    take_person(n->link, change->after, &now);
    now.account = dom_account_of(change->after, n->link->system.slug);
    if (now.account != NULL)
        n->note(now.account, &now, n->ctx, &loud);
    change->quiet = !loud;
    return true;
}

/* Closed for good: nothing is left to do there, and the login stays claimed by itself. */
static void forget_ended(struct dom_unit *unit, const struct dom_system *system)
{
    size_t kept = 0;
    for (size_t i = 0; i < unit->account_count; i++) {
        const struct dom_account *a = &unit->accounts[i].account;
        bool shut = a->observed == DOM_OBS_REVOKED ||
                    (a->observed == DOM_OBS_CLOSED && system->connector->delete_after_days < 0);
        bool ended = shut && a->desired != DOM_PRESENT && a->attempts == 0 && strcmp(a->system, system->slug) == 0;
        if (!ended)
            unit->accounts[kept++] = unit->accounts[i];
    }
    unit->account_count = kept;
}

static void note_unit(struct dom_unit *unit, void *ctx, bool *loud)
{
    const struct noting *n = ctx;
    struct rec_owner now;
    take_unit(n->link, unit, &now);
    if (now.account == NULL)
        return;
    n->note(now.account, &now, n->ctx, loud);
    forget_ended(unit, &n->link->system);
}

bool rec_owner_note(struct rec_link *link, struct cv_id id, bool is_unit, const char *action, rec_noting *note,
                    void *ctx, struct cv_error *err)
{
    struct noting n = {link, note, ctx};
    struct prov_staff_result result = {0};
    struct prov_call *call = &link->w->call;
    if (is_unit)
        return prov_unit_account_note(call, id, action, note_unit, &n, err);
    return prov_staff_modify_id(call, id, action, NULL, note_person, &n, &result, err);
}

/* ---- all of them ---- */
static void release(void *arena)
{
    cv_arena_free((struct cv_arena **)&arena);
}

/* A piece of work has room for what others answer; how many accounts there are is our own matter. 4 GiB are those of
 * 15 million people. */
bool rec_all_accounts(const struct rec_link *link, struct cv_arena **out_arena, struct view_connector_account **out,
                      size_t *out_count, struct cv_error *err)
{
    const size_t most = (size_t)4 << 30;
    const struct prov_call *call = &link->w->call;
    struct cv_arena *arena = cv_arena_new(most);
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    cv_arena_defer(call->arena, release, arena);
    *out_arena = arena;
    return view_connector_accounts(call->prov->options.view, link->system.slug, arena, out, out_count, err);
}
