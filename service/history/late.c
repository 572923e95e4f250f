/* A day's figures of use are open as long as a source has not told of it. What it tells later completes the snapshot:
 * use is counted anew as of that day, and whom the day counted stays as it was captured. */
#include <string.h>

#include "history/internal.h"

enum {
    LOOKS_A_TICK = 64, /* days; one of them is completed at most */
    RETRY_MS = 60000,  /* after a failure */
    RECOUNT_MAX = 32 << 20,
    PEOPLE_MAX = 192 << 20 /* a million, as they are kept and as they are told now */
};

/* ---- units of one tree, in tree order ---- */
struct totals {
    struct cv_id *ids;
    int *depths;
    struct dom_counts *counts; /* of a unit with those below it */
    size_t count;
};

static struct totals totals_of(struct cv_arena *arena, size_t cap)
{
    return (struct totals){.ids = CV_NEWS(arena, struct cv_id, cap + 1),
                           .depths = CV_NEWS(arena, int, cap + 1),
                           .counts = CV_NEWS(arena, struct dom_counts, cap + 1)};
}

/* The unit above each, or its own index. */
static size_t *parents_of(const struct totals *t, struct cv_arena *arena)
{
    size_t *parents = CV_NEWS(arena, size_t, t->count + 1);
    for (size_t i = 0; i < t->count; i++) {
        size_t above = i;
        if (i > 0 && t->depths[i] > 0)
            for (above = i - 1; t->depths[above] >= t->depths[i] && above != parents[above];)
                above = parents[above];
        parents[i] = above;
    }
    return parents;
}

static void to_own(struct totals *t, const size_t *parents)
{
    for (size_t i = 0; i < t->count; i++) /* parents before children */
        if (parents[i] != i)
            dom_counts_sub(&t->counts[parents[i]], &t->counts[i]);
}

static void to_sums(struct totals *t, const size_t *parents)
{
    for (size_t i = t->count; i-- > 0;)
        if (parents[i] != i)
            dom_counts_add(&t->counts[parents[i]], &t->counts[i]);
}

/* ---- one system counted anew ---- */
static bool no_unit(struct cv_error *err)
{
    bool gone = err->problem == cvp_unit_not_found;
    if (gone)
        cv_error_clear(err);
    return gone;
}

static void append(struct totals *t, size_t cap, const struct view_coverage *coverage)
{
    for (size_t i = 0; i < coverage->count && t->count < cap; i++) {
        if (coverage->rows[i].kind == VIEW_ROW_OWN)
            continue;
        t->ids[t->count] = coverage->rows[i].unit.id;
        t->depths[t->count] = coverage->rows[i].depth;
        t->counts[t->count++] = coverage->rows[i].counts;
    }
}

/* The trees below the day's top units, as the records tell of that day now. */
static bool recount(struct history_moment *m, const char *slug, struct cv_arena *arena, struct totals *out,
                    struct cv_error *err)
{
    const struct view *view = m->call->prov->options.view;
    struct view_state state;
    view_state(view, &state);
    size_t cap = state.units + 1;
    *out = totals_of(arena, cap);
    for (size_t i = 0; i < m->day.unit_count; i++) {
        const struct view_coverage_query query = history_question(m, m->units[i].u.id, &slug);
        struct view_coverage coverage;
        if (m->units[i].u.depth > 0)
            continue;
        if (view_coverage(view, &query, arena, &coverage, err))
            append(out, cap, &coverage);
        else if (!no_unit(err))
            return false;
    }
    return cv_arena_ok(arena) || history_too_large(err);
}

/* Mostly in the same order: looked for behind the last one. */
static size_t find_from(const struct totals *t, size_t start, struct cv_id id)
{
    for (size_t n = 0; n < t->count; n++) {
        size_t i = (start + n) % t->count;
        if (cv_id_equal(t->ids[i], id))
            return i;
    }
    return t->count;
}

static void take_use(struct totals *kept, const struct totals *anew)
{
    for (size_t i = 0, at = 0; i < kept->count; i++) {
        size_t found = find_from(anew, at, kept->ids[i]);
        if (found == anew->count)
            continue;
        dom_counts_take_use(&kept->counts[i], &anew->counts[found]);
        at = found + 1;
    }
}

/* Where it is kept who was counted: what these used, so that sums and people tell the same. */
static void take_use_of_people(const struct history_moment *m, size_t system, struct totals *own,
                               struct cv_arena *arena)
{
    struct dom_counts *later = CV_NEWS(arena, struct dom_counts, own->count + 1);
    memcpy(later, own->counts, own->count * sizeof *later);
    for (size_t i = 0; i < own->count; i++)
        later[i].used = later[i].on_leave_unused = 0;
    for (size_t p = 0, at = 0; p < m->people_count; p++) {
        const struct view_standing *s = &m->people[p];
        at = find_from(own, at, s->unit);
        if (at == own->count || !(s->eligible >> system & 1))
            continue;
        later[at].used += s->used >> system & 1;
        later[at].on_leave_unused += s->away && !(s->used >> system & 1);
    }
    for (size_t i = 0; i < own->count; i++)
        dom_counts_take_use(&own->counts[i], &later[i]);
}

static bool complete_system(struct history_moment *m, size_t system, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(RECOUNT_MAX);
    size_t systems = m->day.system_count;
    struct totals kept, anew;
    if (arena == NULL || !recount(m, m->slugs[system], arena, &anew, err))
        return arena != NULL || history_too_large(err);
    kept = totals_of(arena, m->day.unit_count);
    for (size_t i = 0; i < m->day.unit_count; i++) {
        kept.ids[i] = m->units[i].u.id;
        kept.depths[i] = m->units[i].u.depth;
        kept.counts[i] = m->counts[i * systems + system];
    }
    kept.count = m->day.unit_count;
    size_t *above = parents_of(&kept, arena), *above_anew = parents_of(&anew, arena);
    if (!cv_arena_ok(arena))
        return history_too_large(err);
    to_own(&kept, above);
    to_own(&anew, above_anew);
    take_use(&kept, &anew);
    if (m->people != NULL)
        take_use_of_people(m, system, &kept, arena);
    to_sums(&kept, above);
    for (size_t i = 0; i < kept.count; i++)
        m->counts[i * systems + system] = kept.counts[i];
    return true;
}

/* ---- one day ---- */
static bool reached(cv_day through, cv_day day)
{
    return through != CV_NO_DAY && through >= day;
}

/* Is more known of that day now than its snapshot says? */
static bool completes(const struct prov_call *call, const struct history_day *day, const struct view_system_usage *kept,
                      struct view_system_usage *out)
{
    if (!view_system_usage_in(call->prov->options.view, kept->system, day->window, out) ||
        out->unknown != DOM_USE_KNOWN)
        return false;
    return kept->unknown != DOM_USE_KNOWN ||
           (!reached(kept->data_through, day->day) && reached(out->data_through, day->day));
}

static bool load(struct history_moment *m, struct cv_error *err)
{
    struct prov_call *call = m->call;
    size_t systems = m->day.system_count;
    struct history_parts parts = history_parts_of(call, &m->day);
    if (!history_read_tree(call, &m->day, &m->units, &m->day.unit_count, err))
        return false;
    m->slugs = CV_NEWS(call->arena, const char *, systems + 1);
    m->counts = CV_NEWS(call->arena, struct dom_counts, m->day.unit_count * systems + 1);
    for (size_t s = 0; s < systems; s++)
        m->slugs[s] = m->day.systems[s].system;
    for (size_t i = 0; i < m->day.unit_count; i++)
        if (!history_read_counts(&parts, m->units[i].u.id, m->slugs, systems, &m->counts[i * systems],
                                 &m->units[i].headcount_on, err))
            return false;
    m->beyond_unknown = parts.beyond_unknown;
    return true;
}

static bool save(struct history_moment *m, struct cv_error *err)
{
    const struct history_day before = m->day;
    if (!history_write_rows(m, "late", NULL, 0, &m->day.late, &m->day.late_count, err) ||
        !history_save_people(m, err) || !history_write_day(m, err))
        return false;
    history_drop_replaced(m, "late", before.late, before.late_count, m->day.late, m->day.late_count);
    history_drop_replaced(m, "people", before.people, before.people_count, m->day.people, m->day.people_count);
    return true;
}

/* Systems (bits) of which more is known of that day now. */
static uint16_t to_complete(const struct history_moment *m, struct view_system_usage usage[DOM_SYSTEMS_MAX])
{
    uint16_t systems = 0;
    for (size_t s = 0; s < m->day.system_count; s++)
        systems |= (uint16_t)(completes(m->call, &m->day, &m->day.systems[s], &usage[s]) << s);
    return systems;
}

static void note_completed(struct history_moment *m, size_t system, struct view_system_usage usage)
{
    struct view_system_usage *kept = &m->day.systems[system];
    usage.system = kept->system;
    usage.missing_there = kept->missing_there; /* of that day, as whom it counts */
    usage.missing_unknown = kept->missing_unknown;
    usage.open_until = reached(usage.data_through, m->day.day) ? cv_now() : CV_NO_MOMENT;
    *kept = usage;
}

/* *out_done: it was one to complete. */
static bool complete_day(struct prov_call *call, cv_day day, bool *out_done, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(PEOPLE_MAX);
    struct history_moment m = {.call = call};
    struct view_system_usage usage[DOM_SYSTEMS_MAX];
    *out_done = false;
    if (arena == NULL)
        return history_too_large(err);
    if (!history_read_day(call, day, &m.day, err))
        return cv_error_forgive(err, CV_NOT_FOUND);
    uint16_t systems = to_complete(&m, usage);
    if (systems == 0)
        return true;
    if (!load(&m, err) || !history_retell_people(&m, systems, arena, err))
        return false;
    for (size_t s = 0; s < m.day.system_count; s++) {
        if (!(systems >> s & 1))
            continue;
        if (!complete_system(&m, s, err))
            return false;
        note_completed(&m, s, usage[s]);
    }
    *out_done = true;
    return save(&m, err);
}

/* ---- the clockwork ---- */
static uint64_t mix(uint64_t print, int64_t value)
{
    return (print ^ (uint64_t)value) * UINT64_C(0x100000001b3);
}

/* How far all sources are; another one when any has moved, and every day. */
static bool sources_print(struct prov_call *call, uint64_t *out)
{
    const struct view *view = call->prov->options.view;
    struct dom_system *systems;
    struct view_system_usage usage;
    size_t count = 0;
    if (!view_systems(view, call->arena, &systems, &count, &(struct cv_error){0}))
        return false;
    *out = mix(UINT64_C(0xcbf29ce484222325), cv_today());
    for (size_t i = 0; i < count; i++)
        if (view_system_usage(view, systems[i].slug, &usage))
            *out = mix(mix(mix(*out, usage.data_from), usage.data_through), (int64_t)usage.unknown);
    return true;
}

static cv_day oldest_day(const struct prov_call *call)
{
    cv_day kept = cv_today() - call->prov->options.history_days,
           counted = view_activity_from(call->prov->options.view) + HISTORY_WINDOW_DAYS - 1;
    return kept > counted ? kept : counted;
}

/* What is kept of that day is damaged or gone: the others are none the worse. */
static bool of_that_day(const struct cv_error *err)
{
    return err->kind == CV_INTERNAL || err->kind == CV_NOT_FOUND;
}

void history_complete(struct prov_call *call)
{
    struct prov *prov = call->prov;
    struct cv_error err = {0};
    uint64_t print;
    bool done = false;
    if (!cv_deadline_passed(prov->next_completion) || !sources_print(call, &print))
        return;
    if (print != prov->sources_seen)
        prov->completing = cv_today() - 1;
    prov->sources_seen = print;
    for (int i = 0; i < LOOKS_A_TICK && !done && prov->completing >= oldest_day(call); i++) {
        bool completed = complete_day(call, prov->completing, &done, &err);
        if (!completed)
            cv_log_error(CV_LOG_WARN, "snapshot_late", &err);
        if (!completed && !of_that_day(&err)) {
            prov->next_completion = cv_deadline_in_ms(RETRY_MS);
            return;
        }
        cv_error_clear(&err);
        prov->completing--;
    }
}
