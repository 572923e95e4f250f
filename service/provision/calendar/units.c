/* What is planned of units happens on its day. */
#include "congvu/view_lists.h"
#include "provision/units/units.h"

enum { TURN_BATCH = 50, RETRY_MS = 60000 };

static bool goes_on(const struct view_unit *unit)
{
    return unit->active_to == CV_NO_DAY || unit->active_to > cv_today();
}

/* The place may be dissolved, or lie below it by now: then the plan stays as it is, and is tried again. */
static bool has_a_place(struct prov_call *call, const struct dom_unit *unit, struct cv_error *err)
{
    const struct view *view = call->prov->options.view;
    struct view_unit parent;
    bool there = !unit->has_parent || (view_unit_by_id(view, unit->parent, call->arena, &parent) && goes_on(&parent) &&
                                       !view_unit_cycle(view, unit->id, unit->parent));
    return there || cv_fail(err, cvp_unit_cycle, "/parent", "Không còn đặt được đơn vị %s vào chỗ đã hẹn",
                            "The unit %s can no longer be put where it was planned", unit->code);
}

static bool turn(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct cv_id *id = ctx;
    struct dir_actor actor = prov_dir_actor(call);
    struct dom_unit before, after;
    if (!prov_unit_fetch(call, *id, &before, err))
        return false;
    after = before;
    if (!dom_unit_turn(&after, cv_today(), call->arena))
        return true; /* somebody else did it */
    return has_a_place(call, &after, err) && dir_unit_save(call->dir, &before, &after, false, &actor, stamp, err);
}

void prov_tick_units(struct prov_call *call)
{
    struct prov *prov = call->prov;
    struct cv_id due[TURN_BATCH];
    char target[CV_ID_TEXT];
    if (!cv_deadline_passed(prov->next_unit_turn))
        return;
    size_t count = view_units_to_turn(prov->options.view, cv_today(), &prov->turn_from, due, TURN_BATCH);
    for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++) {
        struct cv_error err = {0};
        if (prov_write(call, "unit.turn", cv_id_text("unt_", due[i], target), turn, &due[i], &err))
            continue;
        cv_log_error(CV_LOG_WARN, "unit_turn", &err);
        prov->next_unit_turn = cv_deadline_in_ms(RETRY_MS);
    }
}
