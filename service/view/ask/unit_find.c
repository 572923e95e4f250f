/* Questions about single units. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

bool view_no_unit(const struct view *v, struct cv_error *err)
{
    return view_may_deny(v, err) && err &&
           cv_fail(err, cvp_unit_not_found, NULL, "Không tìm thấy đơn vị", "There is no such unit");
}

uint32_t view_scope_slot(const struct view *v, struct view_scope scope)
{
    return scope.everywhere ? 0 : view_unit_slot_of(v, scope.top);
}

void view_fill_unit(const struct view *v, uint32_t slot, struct cv_arena *arena, struct view_unit *out)
{
    const struct unit *u = v->units[slot];
    const struct unit *parent = v->units[u->parent];
    struct view_pool keep = {.arena = arena};
    *out = (struct view_unit){
        .id = u->id,
        .code = view_pool_text(&keep, u->u.code),
        .slug = view_pool_text(&keep, u->u.slug),
        .kind = u->u.kind,
        .block = u->u.block,
        .effective_block = view_block(v, slot),
        .has_parent = parent->known,
        .parent = parent->id,
        .position = u->u.position,
        .depth = view_depth(v, slot),
        .active_from = u->u.active_from,
        .active_to = u->u.active_to,
        .revision = u->u.revision,
        .recorded = u->own[F_RECORDED],
        .children = u->known_children,
        .mail_login = view_pool_text(&keep, u->u.mail_login),
        .mail_address = view_pool_text(&keep, u->u.mail_address),
    };
    for (int i = 0; i < CV_LANGS; i++)
        out->name[i] = view_pool_text(&keep, u->u.name[i]);
}

/* ---- by key ---- */
static bool is_present_code(const struct unit *u, const char *code)
{
    return u->u.code && cv_ascii_casecmp(u->u.code, code) == 0;
}

static bool held_code(const struct unit *u, const char *code)
{
    for (size_t i = 0; i < u->u.former_code_count; i++)
        if (cv_ascii_casecmp(u->u.former_codes[i], code) == 0)
            return true;
    return is_present_code(u, code);
}

/* Codes are used again: who is active that day wins, then who carries the code now. */
static uint32_t by_code(const struct view *v, const char *code, cv_day day)
{
    struct view_probe probe;
    uint32_t best = NONE;
    int best_score = -1;
    for (uint32_t at = view_lookup_first(&v->unit_by_code, view_hash_text(code), &probe); at != NONE;
         at = view_lookup_next(&v->unit_by_code, &probe)) {
        const struct unit *u = v->units[at];
        int score = (view_unit_active(u, day) ? 2 : 0) + (is_present_code(u, code) ? 1 : 0);
        if (held_code(u, code) && score > best_score) {
            best = at;
            best_score = score;
        }
    }
    return best;
}

bool view_unit_find(const struct view *v, struct view_scope scope, const char *key, cv_day as_of,
                    struct cv_arena *arena, struct view_unit *out, struct cv_error *err)
{
    struct cv_id id;
    if (!view_enter(v, err))
        return false;
    uint32_t slot = cv_id_parse("unt_", key, &id) ? view_unit_slot_of(v, id)
                                                  : by_code(v, key, as_of == CV_NO_DAY ? atomic_load(&v->day) : as_of);
    bool found = slot != NONE && view_below(v, slot, view_scope_slot(v, scope));
    if (found)
        view_fill_unit(v, slot, arena, out);
    view_leave(v);
    return found || view_no_unit(v, err);
}

bool view_unit_by_id(const struct view *v, struct cv_id id, struct cv_arena *arena, struct view_unit *out)
{
    if (!view_enter(v, NULL))
        return false;
    uint32_t slot = view_unit_slot_of(v, id);
    if (slot != NONE)
        view_fill_unit(v, slot, arena, out);
    view_leave(v);
    return slot != NONE;
}

/* ---- where it lies ---- */
bool view_unit_within(const struct view *v, struct cv_id unit, struct cv_id top)
{
    return view_in_scope(v, (struct view_scope){.top = top}, unit);
}

bool view_in_scope(const struct view *v, struct view_scope scope, struct cv_id unit)
{
    if (!view_enter(v, NULL))
        return false;
    uint32_t slot = view_unit_slot_of(v, unit);
    bool within = slot != NONE && view_below(v, slot, view_scope_slot(v, scope));
    view_leave(v);
    return within;
}

bool view_unit_ancestors(const struct view *v, struct view_scope scope, struct cv_id unit, struct cv_arena *arena,
                         struct view_unit **out, size_t *out_count, struct cv_error *err)
{
    if (!view_enter(v, err))
        return false;
    uint32_t slot = view_unit_slot_of(v, unit), top = view_scope_slot(v, scope);
    bool found = slot != NONE && view_below(v, slot, top);
    if (found) {
        uint32_t stop = top == 0 ? 0 : v->units[top]->parent;
        size_t count = 0;
        for (uint32_t at = slot; at != stop; at = v->units[at]->parent)
            count += v->units[at]->known;
        *out = CV_NEWS(arena, struct view_unit, count);
        *out_count = count;
        for (uint32_t at = slot; at != stop; at = v->units[at]->parent)
            if (v->units[at]->known)
                view_fill_unit(v, at, arena, &(*out)[--count]);
    }
    view_leave(v);
    return found || view_no_unit(v, err);
}

/* ---- before changes ---- */
bool view_unit_empty(const struct view *v, struct cv_id unit)
{
    if (!view_enter(v, NULL))
        return false;
    uint32_t slot = view_unit_slot_of(v, unit);
    const struct unit *u = slot == NONE ? NULL : v->units[slot];
    bool empty = u == NULL || u->known_children == 0;
    for (size_t i = 0; u && empty && i < u->members.count; i++) {
        uint32_t member = u->members.items[i];
        empty = v->tallies[member].status == DOM_DEPARTED || !view_person_visible(v, v->people[member], slot);
    }
    view_leave(v);
    return empty;
}

bool view_unit_cycle(const struct view *v, struct cv_id unit, struct cv_id parent)
{
    return view_unit_within(v, parent, unit);
}

int view_recorded(const struct view *v, struct view_scope scope)
{
    if (!view_enter(v, NULL))
        return 0;
    uint32_t slot = view_scope_slot(v, scope);
    int recorded = slot == NONE ? 0 : v->units[slot]->sum[F_RECORDED];
    view_leave(v);
    return recorded;
}

int view_unit_recorded(const struct view *v, struct cv_id unit)
{
    if (!view_enter(v, NULL))
        return 0;
    uint32_t slot = view_unit_slot_of(v, unit);
    int recorded = slot == NONE ? 0 : v->units[slot]->own[F_RECORDED];
    view_leave(v);
    return recorded;
}
