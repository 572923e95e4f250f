/* Whom a change of rules, of a unit's kind, block or place takes from the required, or a retired system leaves without
 * an account: those count against the brake as so many deactivations. Judged by the primary post as the view shows it;
 * a person required by a second post as well is counted too, so the brake errs on the safe side. */
#include <string.h>

#include "congvu/view_lists.h"
#include "provision/units/units.h"

enum { PAGE = 500, WORK_MAX = 64 << 20 };

static bool is_issued(const struct view_staff *person, const char *system)
{
    for (size_t i = 0; i < person->account_count; i++)
        if (strcmp(person->accounts[i].system, system) == 0)
            return dom_counts_issued(person->accounts[i].observed);
    return false;
}

struct judge {
    const struct view *view;
    const struct dom_system *before, *after; /* of one system */
    const struct prov_unit_change
        *moved;                    /* its unit's kind and block differ afterwards; NULL = only the rules differ */
    int block_before, block_after; /* with `moved`: in force there and in what inherits it */
};

static bool withdrawn(const struct judge *judge, const struct view_staff *person, struct cv_arena *arena)
{
    struct view_unit unit;
    if (person->status == DOM_DEPARTED || !is_issued(person, judge->before->slug) ||
        !view_unit_by_id(judge->view, person->unit, arena, &unit))
        return false;
    if (judge->after->retired && !judge->before->retired)
        return true; /* all of them end, asked for by hand or required */
    const char *title = person->title != NULL ? cv_text_fold(arena, person->title) : "";
    const struct prov_unit_change *moved = judge->moved;
    bool itself = moved != NULL && cv_id_equal(person->unit, moved->after->id);
    int block = moved != NULL ? judge->block_before : unit.effective_block;
    enum dom_unit_kind kind = itself ? moved->until.kind : unit.kind;
    bool required = dom_required_by(judge->before, block, kind, person->category, title);
    if (moved != NULL)
        block = judge->block_after;
    if (itself)
        kind = moved->after->kind;
    return required && !dom_required_by(judge->after, block, kind, person->category, title);
}

/* Walks the list page by page in memory of its own: a province's people would not fit into a request's. */
static bool count(const struct judge *judge, struct view_staff_query query, struct prov_withdrawn *out,
                  struct cv_error *err)
{
    cv_auto_arena even = cv_arena_new(WORK_MAX);
    cv_auto_arena odd = cv_arena_new(WORK_MAX);
    query.page_size = PAGE;
    query.updated_since = CV_NO_MOMENT;
    query.has = judge->before->slug;
    if (even == NULL || odd == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    for (bool second = false;; second = !second) {
        struct cv_arena *work = second ? odd : even; /* the position of the page before lies in the other one */
        struct view_staff_page page;
        cv_arena_reset(work);
        if (!view_staff_list(judge->view, &query, work, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            if (withdrawn(judge, &page.items[i], work))
                prov_withdrawn_add(out, judge->before->slug, page.items[i].id);
        if (page.next == NULL)
            return true;
        query.after = page.next;
        query.after_len = page.next_len;
    }
}

bool prov_withdrawn_by_system(struct prov_call *call, const struct dom_system *before, const struct dom_system *after,
                              struct prov_withdrawn *out_people, struct cv_error *err)
{
    struct judge judge = {.view = call->prov->options.view, .before = before, .after = after};
    *out_people = (struct prov_withdrawn){0};
    return count(&judge, (struct view_staff_query){.scope = {.everywhere = true}}, out_people, err);
}

static int block_of(const struct view *view, const struct dom_unit *unit, struct cv_arena *arena)
{
    struct view_unit parent;
    if (unit->block >= 0 || !unit->has_parent || !view_unit_by_id(view, unit->parent, arena, &parent))
        return unit->block;
    return parent.effective_block;
}

static bool in_set(const struct cv_id *ids, size_t count_of, struct cv_id id)
{
    for (size_t i = 0; i < count_of; i++)
        if (cv_id_equal(ids[i], id))
            return true;
    return false;
}

/* The unit itself, and with another block all below that inherit it. Tree order: parents come first. */
static bool affected_units(const struct prov_unit_change *change, bool inherited_too, struct cv_id **out,
                           size_t *out_count, struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct view_unit_query query = {.scope = {.everywhere = true},
                                    .has_parent = true,
                                    .parent = change->after->id,
                                    .recursive = true,
                                    .depth = -1,
                                    .include_dissolved = true,
                                    .page_size = PROV_UNITS_MAX};
    struct view_unit_page below = {0};
    if (inherited_too && !view_unit_list(call->prov->options.view, &query, call->arena, &below, err))
        return false;
    struct cv_id *ids = CV_NEWS(call->arena, struct cv_id, below.count + 1);
    size_t found = 0;
    ids[found++] = change->after->id;
    for (size_t i = 0; i < below.count; i++)
        if (below.items[i].block < 0 && in_set(ids, found, below.items[i].parent))
            ids[found++] = below.items[i].id;
    *out = ids;
    *out_count = found;
    return true;
}

bool prov_withdrawn_by_unit(struct prov_unit_change *change, struct prov_withdrawn *out_people, struct cv_error *err)
{
    struct prov_call *call = change->call;
    const struct view *view = call->prov->options.view;
    struct prov_systems systems;
    struct cv_id *units;
    size_t unit_count;
    int before = block_of(view, &change->until, call->arena), after = block_of(view, change->after, call->arena);
    *out_people = (struct prov_withdrawn){0};
    if (before == after && change->until.kind == change->after->kind)
        return true;
    if (!prov_load_systems(call, &systems, err) || !affected_units(change, before != after, &units, &unit_count, err))
        return false;
    for (size_t s = 0; s < systems.count; s++) {
        struct judge judge = {.view = view,
                              .before = &systems.items[s],
                              .after = &systems.items[s],
                              .moved = change,
                              .block_before = before,
                              .block_after = after};
        for (size_t u = 0; u < unit_count && systems.items[s].required_count > 0; u++)
            if (!count(&judge,
                       (struct view_staff_query){.scope = {.everywhere = true}, .has_unit = true, .unit = units[u]},
                       out_people, err))
                return false;
    }
    return true;
}
