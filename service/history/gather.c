/* What a snapshot is made of: the figures of this moment, of every unit and system. */
#include <string.h>

#include "history/internal.h"

enum {
    TRIES = 3,            /* of reading the view while nothing changes */
    DEEPEST = 1000,       /* levels */
    GATHER_MAX = 32 << 20 /* one system's rows */
};

static bool moved(struct cv_error *err)
{
    return cv_fail_as(err, CV_STALE, "", "Số liệu vừa thay đổi", "The figures have just changed");
}

static bool list_systems(struct history_moment *m, struct cv_error *err)
{
    struct prov_systems systems;
    if (!prov_load_systems(m->call, &systems, err))
        return false;
    m->slugs = CV_NEWS(m->call->arena, const char *, systems.count + 1);
    m->day.systems = CV_NEWS(m->call->arena, struct view_system_usage, systems.count + 1);
    m->day.system_count = systems.count;
    for (size_t i = 0; i < systems.count; i++)
        m->slugs[i] = systems.items[i].slug;
    return true;
}

static bool list_roots(struct prov_call *call, struct view_unit_page *out, struct cv_error *err)
{
    struct view_unit_query query = {
        .scope = {.everywhere = true}, .include_dissolved = true, .page_size = HISTORY_PARTS_MAX};
    return view_unit_list(call->prov->options.view, &query, call->arena, out, err);
}

struct view_coverage_query history_question(const struct history_moment *m, struct cv_id root, const char *const *slug)
{
    return (struct view_coverage_query){.scope = {.everywhere = true},
                                        .unit = root,
                                        .recursive = true,
                                        .depth = DEEPEST,
                                        .systems = slug,
                                        .system_count = 1,
                                        .by_unit = true,
                                        .by_system = true,
                                        .window = m->day.window};
}

static bool keep_unit(struct history_moment *m, size_t at, const struct view_coverage_row *row)
{
    struct cv_arena *arena = m->call->arena;
    struct history_unit *unit = &m->units[at];
    *unit = (struct history_unit){.u = row->unit, .headcount_on = row->headcount_on};
    unit->u.depth = row->depth;
    unit->u.code = cv_arena_strdup(arena, row->unit.code != NULL ? row->unit.code : "");
    for (int i = 0; i < CV_LANGS; i++)
        unit->u.name[i] = row->unit.name[i] != NULL ? cv_arena_strdup(arena, row->unit.name[i]) : NULL;
    unit->u.slug = NULL;
    return cv_arena_ok(arena);
}

/* One system below one root. The first system finds the units, the others must find the same ones. */
static bool keep_rows(struct history_moment *m, size_t system, const struct view_coverage *coverage, size_t *io_at,
                      size_t cap)
{
    for (size_t i = 0; i < coverage->count; i++) {
        const struct view_coverage_row *row = &coverage->rows[i];
        if (row->kind == VIEW_ROW_OWN)
            continue; /* what is left of a unit without those below it */
        size_t at = (*io_at)++;
        if (at == cap || (system == 0 && !keep_unit(m, at, row)) || !cv_id_equal(m->units[at].u.id, row->unit.id))
            return false;
        m->counts[at * m->day.system_count + system] = row->counts;
    }
    return true;
}

static bool gather_system(struct history_moment *m, const struct view_unit_page *roots, size_t system, size_t cap,
                          struct cv_error *err)
{
    cv_auto_arena scratch = cv_arena_new(GATHER_MAX);
    size_t at = 0;
    if (scratch == NULL)
        return history_too_large(err);
    for (size_t r = 0; r < roots->count; r++) {
        struct view_coverage_query query = history_question(m, roots->items[r].id, &m->slugs[system]);
        struct view_coverage coverage;
        if (!view_coverage(m->call->prov->options.view, &query, scratch, &coverage, err))
            return false;
        if (!cv_arena_ok(scratch))
            return history_too_large(err);
        if (!keep_rows(m, system, &coverage, &at, cap))
            return moved(err);
        m->day.systems[system] = coverage.systems[0];
        m->day.systems[system].system = m->slugs[system];
    }
    if (system > 0 && at != m->day.unit_count)
        return moved(err);
    m->day.unit_count = at;
    return true;
}

/* False with CV_STALE: something changed in between. */
static bool gather(struct history_moment *m, struct cv_error *err)
{
    const struct view *view = m->call->prov->options.view;
    struct view_unit_page roots;
    struct view_state state;
    uint64_t generation = view_generation(view);
    view_state(view, &state);
    m->whole = false;
    size_t cap = state.units + 1;
    if (!list_systems(m, err) || !list_roots(m->call, &roots, err))
        return false;
    m->units = CV_NEWS(m->call->arena, struct history_unit, cap);
    m->counts = CV_NEWS(m->call->arena, struct dom_counts, cap * (m->day.system_count + 1));
    if (!cv_arena_ok(m->call->arena))
        return history_too_large(err);
    m->day.taken_at = cv_now();
    for (size_t i = 0; i < m->day.system_count; i++)
        if (!gather_system(m, &roots, i, cap, err))
            return false;
    m->whole = true;
    return view_generation(view) == generation || moved(err);
}

/* On a busy day the last try is kept although something moved while it was read: each system's figures are whole. */
bool history_gather(struct history_moment *m, struct cv_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        if (gather(m, err))
            return true;
        if (err->kind != CV_STALE)
            return false;
        if (i + 1 < TRIES || m->whole)
            cv_error_clear(err);
    }
    return m->whole;
}
