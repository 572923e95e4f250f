/* A second person lets go on what he has seen, and nothing else. */
#include <string.h>

#include "provision/brake/status.h"

enum { OPEN_S = 24 * 3600, AHEAD_S = 3600, OPENINGS_MAX = 100 };

const char *const prov_released_words[] = {"done", "scheduled", "open", "not_waiting", "failed", NULL};
_Static_assert(CV_COUNT(prov_released_words) == PROV_RELEASED_AS + 1, "prov_released_words differs from its enum");

/* ---- who may, and what waits ---- */

static bool no_token(struct cv_error *err)
{
    return cv_fail(err, cvp_token_not_found, "/token", "Không có mã truy cập này trong phạm vi của bạn",
                   "There is no such token within your reach");
}

/* The line is there for whoever sees the token, or something of it that waits; a person's has no token. */
static bool find_line(struct prov_call *call, const struct prov_release_input *in, struct prov_brake_line *out,
                      struct cv_error *err)
{
    struct prov_lines lines;
    struct dom_brake *brakes;
    struct prov_wait_list all;
    size_t count;
    struct cv_id id;
    if (!prov_lines_load(call, &lines, err))
        return false;
    const struct dom_token *token = cv_id_parse("tok_", in->token, &id) ? prov_lines_token(&lines, id) : NULL;
    if (token == NULL && !cv_id_parse("stf_", in->token, &id))
        return no_token(err);
    struct cv_id line = token != NULL ? prov_line_of(&lines, id) : id;
    enum prov_oneness why = prov_own_line(call, &lines, line);
    *out = (struct prov_brake_line){.line = line, .person = prov_lines_token(&lines, line) == NULL};
    if (!dir_brake_list(call->dir, call->arena, &brakes, &count, err) ||
        !prov_waiting_gather(call, &lines, brakes, count, &all, err) || !prov_waiting_of(call, &all, line, out, err))
        return false;
    if (why != PROV_TWO) {
        prov_releasers_of(call, &lines, out);
        return prov_no_second(why, "/token", prov_releaser_names(call->arena, out->releasers, out->releaser_count),
                              err);
    }
    return out->count > 0 || (token != NULL && prov_sees_token(call, token)) || no_token(err);
}

/* ---- what was asked for ---- */

/* Once, however often somebody is named. */
static void pick(struct prov_release *out, const char *asked, const struct prov_waiting *waiting)
{
    for (size_t i = 0; waiting != NULL && i < out->count; i++)
        if (out->items[i].waiting == waiting)
            return;
    out->items[out->count++] = (struct prov_released){
        .asked = asked, .waiting = waiting, .as = waiting != NULL ? PROV_RELEASED_FAILED : PROV_RELEASED_NOT_WAITING};
}

static void pick_person(struct prov_call *call, const struct prov_brake_line *line, const char *key,
                        struct prov_release *out)
{
    struct view_staff staff;
    struct cv_error none = {0};
    bool waits = false, there = view_staff_find(call->prov->options.view, call->scope, key, call->arena, &staff, &none);
    for (size_t i = 0; there && i < line->count; i++)
        if (line->items[i].kind <= PROV_WAITS_CHANGE && cv_id_equal(line->items[i].staff.id, staff.id)) {
            pick(out, key, &line->items[i]);
            waits = true;
        }
    if (!waits)
        pick(out, key, NULL);
}

static void pick_change(const struct prov_brake_line *line, const char *change, struct prov_release *out)
{
    const struct prov_waiting *found = NULL;
    for (size_t i = 0; i < line->count && found == NULL; i++)
        if (line->items[i].kind > PROV_WAITS_CHANGE && strcmp(line->items[i].change, change) == 0)
            found = &line->items[i];
    pick(out, change, found);
}

static bool pick_all(struct prov_call *call, const struct prov_release_input *in, const struct prov_brake_line *line,
                     struct prov_release *out, struct cv_error *err)
{
    out->items = CV_NEWS(call->arena, struct prov_released, line->count + in->person_count + in->change_count + 1);
    if (!cv_arena_ok(call->arena))
        return cv_fail(err, cvp_internal, NULL, "Danh sách quá dài", "The list is too long");
    if (in->digest != NULL && strcmp(in->digest, line->digest) != 0)
        return cv_fail(err, cvp_brake_changed, "/digest", "Danh sách đã thay đổi từ lúc bạn xem; vui lòng xem lại",
                       "The list has changed since you saw it; please look again");
    for (size_t i = 0; in->digest != NULL && i < line->count; i++)
        pick(out, NULL, &line->items[i]);
    for (size_t i = 0; i < in->person_count; i++)
        pick_person(call, line, in->people[i], out);
    for (size_t i = 0; i < in->change_count; i++)
        pick_change(line, in->changes[i], out);
    return true;
}

/* ---- letting go ---- */

struct going {
    struct cv_id line;
    const struct prov_waiting *waiting;
    bool gone; /* somebody was faster, or it was withdrawn or is another one */
    bool later;
};

static bool order_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    struct going *going = ctx;
    const struct dom_departure *found = dom_current_departure(change->after);
    going->gone = found == NULL || found->state != DOM_HELD ||
                  strcmp(prov_order_key(change->call->arena, change->after->id, found), going->waiting->key) != 0;
    if (going->gone)
        return true;
    struct dom_departure *d = &change->after->departures[found - change->after->departures];
    d->counted = true; /* by the second person's eyes */
    d->released_by = change->call->actor;
    d->state = DOM_SCHEDULED;
    going->later = d->effective_on > cv_today();
    bool ok = going->later || prov_carry_out(change, d, err);
    change->brake_events = 0;
    change->is_order = true;
    return ok;
}

static bool lock_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    static const struct dom_wish stolen = {.state = DOM_LOCKED, .reason = "compromised"};
    struct going *going = ctx;
    const struct dom_system *system = prov_system_of(&change->systems, going->waiting->system);
    const struct dom_account *account = system != NULL ? dom_account_of(change->after, going->waiting->system) : NULL;
    going->gone = account == NULL || account->desired != DOM_PRESENT;
    bool ok = going->gone || prov_wish(change, system, &stolen, err);
    change->brake_events = 0;
    change->is_order = true; /* no role stood in the way of who gave it */
    return ok;
}

static enum prov_released_as run(struct prov_call *call, struct going *going, struct cv_error *err)
{
    bool order = going->waiting->kind == PROV_WAITS_DEPARTURE;
    struct prov_staff_result result = {0};
    if (!prov_staff_modify_id(call, going->waiting->staff.id, order ? "departure.release" : "lock.release", NULL,
                              order ? order_change : lock_change, going, &result, err))
        return PROV_RELEASED_FAILED;
    if (going->gone)
        return PROV_RELEASED_NOT_WAITING;
    if (order && !going->later)
        cv_count(CVM_departures_done);
    return going->later ? PROV_RELEASED_SCHEDULED : PROV_RELEASED_DONE;
}

/* What the brake itself has noted: done locks go, refused changes are open. */
static bool settle_brake(struct dom_brake *brake, struct cv_arena *arena, void *ctx)
{
    const struct prov_release *release = ctx;
    bool any = false;
    for (size_t i = 0; i < release->count; i++) {
        const struct prov_released *r = &release->items[i];
        if (r->waiting == NULL || r->as == PROV_RELEASED_FAILED || r->waiting->kind == PROV_WAITS_DEPARTURE)
            continue;
        any = true;
        if (r->waiting->kind == PROV_WAITS_LOCK)
            dom_brake_drop_lock(brake, arena, r->waiting->staff.id, r->waiting->system);
        for (size_t k = 0; r->waiting->target != NULL && k < brake->refusal_count; k++)
            if (strcmp(brake->refusals[k].target, r->waiting->target) == 0 &&
                strcmp(brake->refusals[k].digest, r->waiting->digest) == 0)
                brake->refusals[k].released_until = release->until;
    }
    return any;
}

static bool let_go(struct prov_call *call, struct prov_release *out, struct cv_error *err)
{
    for (size_t i = 0; i < out->count && !cv_deadline_passed(call->deadline); i++) {
        struct prov_released *r = &out->items[i];
        struct going going = {.line = out->line, .waiting = r->waiting};
        if (r->waiting == NULL)
            continue;
        if (r->waiting->kind <= PROV_WAITS_LOCK) {
            r->as = run(call, &going, &r->err);
        } else {
            r->as = PROV_RELEASED_OPEN;
            out->until = out->at + OPEN_S;
        }
    }
    return prov_brake_edit(call, out->line, settle_brake, out, err);
}

static void count_left(const struct prov_brake_line *line, struct prov_release *out)
{
    out->left = line->count;
    for (size_t i = 0; i < out->count; i++)
        out->left -= out->items[i].waiting != NULL && out->items[i].as != PROV_RELEASED_FAILED;
}

/* ---- beforehand ---- */

static bool add_opening(struct dom_brake *brake, struct cv_arena *arena, void *ctx)
{
    const struct prov_release *release = ctx;
    struct dom_brake_opening *kept = CV_NEWS(arena, struct dom_brake_opening, brake->opening_count + 1);
    size_t count = 0;
    if (!cv_arena_ok(arena))
        return false;
    for (size_t i = 0; i < brake->opening_count; i++)
        if (brake->openings[i].until > release->at && count < OPENINGS_MAX)
            kept[count++] = brake->openings[i];
    kept[count++] = (struct dom_brake_opening){.by = release->by,
                                               .reason = release->reason,
                                               .everywhere = release->ahead_everywhere,
                                               .unit = release->ahead_unit,
                                               .allow = release->locks_ahead,
                                               .until = release->until};
    brake->openings = kept;
    brake->opening_count = count;
    return true;
}

static bool open_ahead(struct prov_call *call, const struct prov_release_input *in, struct prov_release *out,
                       struct cv_error *err)
{
    struct view_unit unit;
    out->locks_ahead = in->locks_ahead;
    out->until = out->at + AHEAD_S;
    out->ahead_everywhere = in->ahead_unit == NULL && call->scope.everywhere;
    out->ahead_unit = call->scope.top;
    if (in->ahead_unit != NULL) {
        if (!view_unit_find(call->prov->options.view, call->scope, in->ahead_unit, CV_NO_DAY, call->arena, &unit, err))
            return false;
        out->ahead_unit = unit.id;
    }
    return prov_brake_edit(call, out->line, add_opening, out, err);
}

bool prov_brake_release(struct prov_call *call, const struct prov_release_input *in, struct prov_release *out,
                        struct cv_error *err)
{
    struct prov_brake_line line;
    struct prov_audit audit;
    if (!find_line(call, in, &line, err))
        return false;
    *out = (struct prov_release){.id = cv_id_make(),
                                 .line = line.line,
                                 .person = line.person,
                                 .reason = in->reason,
                                 .by = call->actor,
                                 .at = cv_now(),
                                 .until = CV_NO_MOMENT};
    if (!pick_all(call, in, &line, out, err))
        return false;
    prov_audit_begin(&audit, call, "brake.release", in->token, NULL);
    bool ok = let_go(call, out, err) && (in->locks_ahead == 0 || open_ahead(call, in, out, err));
    count_left(&line, out);
    prov_audit_end(&audit, ok, err);
    return ok;
}

/* Also when no line is known of who made it. */
static enum prov_oneness oneness_with(struct prov_call *call, const struct prov_lines *lines, const char *made_by)
{
    struct cv_id line = prov_line_of_actor(lines, made_by);
    if (made_by == NULL || strcmp(made_by, call->actor) == 0)
        return PROV_ONE_LINE;
    return cv_id_is_zero(line) ? PROV_TWO : prov_own_line(call, lines, line);
}

bool prov_second_person(struct prov_call *call, const char *made_by, struct view_scope made_in, struct cv_error *err)
{
    struct prov_lines lines;
    struct prov_releaser people[PROV_RELEASERS_MAX];
    size_t count = 0;
    if (!prov_lines_load(call, &lines, err))
        return false;
    enum prov_oneness why = oneness_with(call, &lines, made_by);
    return why == PROV_TWO || (prov_second_people(call, made_by, made_in, people, &count, err) &&
                               prov_no_second(why, NULL, prov_releaser_names(call->arena, people, count), err));
}
