/* Questions about single units. */
#include <stdlib.h>
#include <string.h>

#include "congvu/unit.h"
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

static void fill_named(const struct view *v, uint32_t slot, struct view_pool *keep, struct view_unit *out)
{
    const struct unit *u = v->units[slot];
    *out = (struct view_unit){.id = u->id,
                              .code = view_pool_text(keep, u->u.code),
                              .kind = u->u.kind,
                              .block = u->u.block,
                              .effective_block = view_block(v, slot)};
    for (int i = 0; i < CV_LANGS; i++)
        out->name[i] = view_pool_text(keep, u->u.name[i]);
}

void view_fill_unit(const struct view *v, uint32_t slot, struct cv_arena *arena, struct view_unit *out)
{
    const struct unit *u = v->units[slot];
    const struct unit *parent = v->units[u->parent];
    struct view_pool keep = {.arena = arena};
    fill_named(v, slot, &keep, out);
    out->slug = view_pool_text(&keep, u->u.slug);
    out->hr_feed = view_hr_feed(v, slot);
    out->has_parent = parent->known;
    out->parent = parent->id;
    out->position = u->u.position;
    out->depth = view_depth(v, slot);
    out->active_from = u->u.active_from;
    out->active_to = u->u.active_to;
    out->revision = u->u.revision;
    out->recorded = u->own[F_RECORDED];
    out->children = u->known_children;
    out->mail_login = view_pool_text(&keep, u->u.mail_login);
    out->mail_address = view_pool_text(&keep, u->u.mail_address);
}

void view_fill_row_unit(const struct view *v, const struct view_tree *then, cv_day day, uint32_t slot,
                        struct cv_arena *arena, struct view_unit *out)
{
    struct view_pool keep = {.arena = arena};
    fill_named(v, slot, &keep, out);
    if (!then || !v->units[slot]->known)
        return;
    const struct dom_unit was = dom_unit_as_of(&v->units[slot]->u, day);
    out->code = view_pool_text(&keep, was.code);
    for (int i = 0; i < CV_LANGS; i++)
        out->name[i] = view_pool_text(&keep, was.name[i]);
    out->kind = was.kind;
    out->block = was.block;
    out->effective_block = view_block_on(v, slot, day);
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

typedef bool visible_fn(const struct view *v, uint32_t unit, uint32_t top); /* view_below, view_names_below */

static bool find(const struct view *v, struct view_scope scope, visible_fn *visible, const char *key, cv_day day,
                 struct cv_arena *arena, struct view_unit *out, struct cv_error *err)
{
    struct cv_id id;
    if (!view_enter(v, err))
        return false;
    uint32_t slot = cv_id_parse("unt_", key, &id) ? view_unit_slot_of(v, id)
                                                  : by_code(v, key, day == CV_NO_DAY ? atomic_load(&v->day) : day);
    bool found = slot != NONE && visible(v, slot, view_scope_slot(v, scope));
    if (found)
        view_fill_unit(v, slot, arena, out);
    view_leave(v);
    return found || view_no_unit(v, err);
}

bool view_unit_find(const struct view *v, struct view_scope scope, const char *key, cv_day as_of,
                    struct cv_arena *arena, struct view_unit *out, struct cv_error *err)
{
    return find(v, scope, view_below, key, as_of, arena, out, err);
}

bool view_unit_of_people(const struct view *v, struct view_scope scope, const char *key, struct cv_arena *arena,
                         struct view_unit *out, struct cv_error *err)
{
    return find(v, scope, view_names_below, key, CV_NO_DAY, arena, out, err);
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
size_t view_unit_way(const struct view *v, struct cv_id unit, cv_day day, struct cv_id out[VIEW_DEEPEST])
{
    size_t count = 0;
    if (!view_enter(v, NULL))
        return 0;
    bool over = day < atomic_load(&v->day);
    uint32_t slot = view_unit_slot_of(v, unit);
    while (slot != NONE && slot != 0 && count < VIEW_DEEPEST) {
        out[count++] = v->units[slot]->id;
        slot = over ? view_parent_on(v, slot, day) : v->units[slot]->parent;
    }
    view_leave(v);
    return count;
}

bool view_unit_within(const struct view *v, struct cv_id unit, struct cv_id top)
{
    return view_in_scope(v, (struct view_scope){.top = top}, unit);
}

static bool lies(const struct view *v, struct view_scope scope, visible_fn *visible, struct cv_id unit)
{
    if (!view_enter(v, NULL))
        return false;
    uint32_t slot = view_unit_slot_of(v, unit);
    bool within = slot != NONE && visible(v, slot, view_scope_slot(v, scope));
    view_leave(v);
    return within;
}

bool view_in_scope(const struct view *v, struct view_scope scope, struct cv_id unit)
{
    return lies(v, scope, view_below, unit);
}

bool view_reaches_people(const struct view *v, struct view_scope scope, struct cv_id unit)
{
    return lies(v, scope, view_names_below, unit);
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
bool view_unit_used(const struct view *v, struct cv_id unit, bool *out, struct cv_error *err)
{
    if (!view_enter(v, err))
        return false;
    uint32_t slot = view_unit_slot_of(v, unit);
    *out = slot != NONE && v->units[slot]->members.count > 0;
    for (uint32_t i = 0; i < v->unit_count && !*out; i++)
        *out = v->units[i]->known && dom_unit_ever_below(&v->units[i]->u, unit);
    view_leave(v);
    return true;
}

/* On the day, or from a later one on; whose post is over belongs where he had it, until there is another one. */
static bool will_be_there(const struct person *p, uint32_t unit, cv_day day)
{
    const struct leaving *l = person_leaving(p);
    const struct post *home = view_home_on(p, day);
    for (size_t i = 0; p->into == 0 && i < p->posts; i++) {
        const struct post *post = &person_posts(p)[i];
        cv_day first = post->from > day ? post->from : day;
        bool gone = l != NULL && l->state != DOM_HELD && l->on <= first;
        if (post->unit == unit && (post == home || post->to == CV_NO_DAY || post->to > first) && !gone)
            return true;
    }
    return false;
}

bool view_unit_awaits(const struct view *v, struct cv_id unit, cv_day day, bool *out, struct cv_error *err)
{
    if (!view_enter(v, err))
        return false;
    uint32_t slot = view_unit_slot_of(v, unit);
    const struct unit *u = slot == NONE ? NULL : v->units[slot];
    const cv_day today = atomic_load(&v->day);
    *out = false;
    for (size_t i = 0; u && !*out && i < u->members.count; i++)
        *out = will_be_there(v->people[u->members.items[i]], slot, day > today ? day : today);
    for (uint32_t i = 0; i < v->unit_count && !*out; i++)
        *out = v->units[i]->known && dom_unit_lies_below(&v->units[i]->u, unit, day, today);
    view_leave(v);
    return true;
}

static bool goes_on_within(const struct dom_unit *u, cv_day from, cv_day to)
{
    return (u->active_to == CV_NO_DAY || u->active_to > from) && (to == CV_NO_DAY || u->active_from < to);
}

bool view_unit_rival(const struct view *v, const struct dom_unit *unit, const char *code, cv_day from,
                     struct cv_id *out)
{
    struct view_probe probe;
    bool found = false;
    if (!view_enter(v, NULL))
        return false;
    for (uint32_t at = view_lookup_first(&v->unit_by_code, view_hash_text(code), &probe); at != NONE && !found;
         at = view_lookup_next(&v->unit_by_code, &probe)) {
        const struct unit *u = v->units[at];
        found = !cv_id_equal(u->id, unit->id) && held_code(u, code) && goes_on_within(&u->u, from, unit->active_to);
        *out = u->id;
    }
    view_leave(v);
    return found;
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

/* ---- mailboxes of units ---- few, so they are looked for one by one */
static bool has_mailbox(const struct unit *u)
{
    return u->known && u->u.mail_login != NULL;
}

bool view_unit_by_mailbox(const struct view *v, const char *login, struct cv_arena *arena, struct view_unit *out)
{
    bool found = false;
    if (!view_enter(v, NULL))
        return false;
    for (uint32_t i = 0; i < v->unit_count && !found; i++) {
        found = has_mailbox(v->units[i]) && cv_ascii_casecmp(v->units[i]->u.mail_login, login) == 0;
        if (found)
            view_fill_unit(v, i, arena, out);
    }
    view_leave(v);
    return found;
}

bool view_unit_mailboxes(const struct view *v, struct view_scope scope, struct cv_arena *arena, struct view_unit **out,
                         size_t *out_count, struct cv_error *err)
{
    size_t count = 0, n = 0;
    if (!view_enter(v, err))
        return false;
    uint32_t top = view_scope_slot(v, scope);
    for (uint32_t i = 0; i < v->unit_count; i++)
        count += has_mailbox(v->units[i]);
    *out = CV_NEWS(arena, struct view_unit, count + 1);
    for (uint32_t i = 0; i < v->unit_count; i++)
        if (has_mailbox(v->units[i]) && view_below(v, i, top))
            view_fill_unit(v, i, arena, &(*out)[n++]);
    *out_count = n;
    view_leave(v);
    return true;
}

static struct dom_unit_account kept_account(const struct dom_unit_account *a, struct view_pool *keep)
{
    struct dom_unit_account out = *a;
    out.account.system = view_pool_text(keep, a->account.system);
    out.account.login = view_pool_text(keep, a->account.login);
    out.account.remote_id = view_pool_text(keep, a->account.remote_id);
    return out;
}

bool view_unit_accounts(const struct view *v, const char *system, struct cv_arena *arena,
                        struct view_unit_account **out, size_t *out_count, struct cv_error *err)
{
    struct view_pool keep = {.arena = arena};
    size_t count = 0, n = 0;
    if (!view_enter(v, err))
        return false;
    for (uint32_t i = 0; i < v->unit_count; i++)
        count += v->units[i]->known ? v->units[i]->u.account_count : 0;
    *out = CV_NEWS(arena, struct view_unit_account, count + 1);
    for (uint32_t i = 0; i < v->unit_count; i++) {
        const struct unit *u = v->units[i];
        for (size_t k = 0; u->known && k < u->u.account_count; k++) {
            if (system != NULL && strcmp(u->u.accounts[k].account.system, system) != 0)
                continue;
            struct view_unit_account *a = &(*out)[n++];
            view_fill_unit(v, i, arena, &a->unit);
            a->of = kept_account(&u->u.accounts[k], &keep);
        }
    }
    *out_count = n;
    view_leave(v);
    return true;
}

size_t view_units_to_turn(const struct view *v, cv_day day, size_t *cursor, struct cv_id *out, size_t max)
{
    size_t count = 0, step = 0, i;
    if (!view_enter(v, NULL))
        return 0;
    while (count < max && view_next_place(cursor, &step, v->unit_count, &i))
        if (v->units[i]->known && v->units[i]->turns_on != CV_NO_DAY && v->units[i]->turns_on <= day)
            out[count++] = v->units[i]->id;
    view_leave(v);
    return count;
}
