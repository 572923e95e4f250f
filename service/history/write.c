/* The daily snapshot: gathered from the view, written into the directory, dropped when it is old. */
#include <stdlib.h>
#include <string.h>

#include "history/internal.h"

enum {
    CLOSING_S = 600,      /* the last minutes of a day, in which its snapshot is taken once more */
    RETRY_MS = 60000,     /* after a failure */
    TRIES = 3,            /* of reading the view while nothing changes */
    DEEPEST = 1000,       /* levels */
    WINDOW_DAYS = 30,     /* of the figures of use */
    DROP_AT_ONCE = 2000,  /* old documents a day */
    GATHER_MAX = 32 << 20 /* one system's rows */
};

/* Everything of one moment. */
struct moment {
    struct prov_call *call;
    struct history_day day;
    struct history_unit *units;
    const char **slugs;
    struct dom_counts *counts; /* [unit][system] */
    bool whole;                /* every system's figures are of the same units */
};

/* ---- gathering ---- */

static bool out_of_memory(struct cv_error *err)
{
    return cv_fail_as(err, CV_LIMIT, "", "Số liệu quá lớn", "The figures are too large");
}

static bool moved(struct cv_error *err)
{
    return cv_fail_as(err, CV_STALE, "", "Số liệu vừa thay đổi", "The figures have just changed");
}

static bool list_systems(struct moment *m, struct cv_error *err)
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

static struct view_coverage_query question(const struct moment *m, struct cv_id root, size_t system)
{
    return (struct view_coverage_query){.scope = {.everywhere = true},
                                        .unit = root,
                                        .recursive = true,
                                        .depth = DEEPEST,
                                        .systems = &m->slugs[system],
                                        .system_count = 1,
                                        .by_unit = true,
                                        .by_system = true,
                                        .window = m->day.window};
}

static bool keep_unit(struct moment *m, size_t at, const struct view_coverage_row *row)
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
static bool keep_rows(struct moment *m, size_t system, const struct view_coverage *coverage, size_t *io_at, size_t cap)
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

static bool gather_system(struct moment *m, const struct view_unit_page *roots, size_t system, size_t cap,
                          struct cv_error *err)
{
    cv_auto_arena scratch = cv_arena_new(GATHER_MAX);
    size_t at = 0;
    if (scratch == NULL)
        return out_of_memory(err);
    for (size_t r = 0; r < roots->count; r++) {
        struct view_coverage_query query = question(m, roots->items[r].id, system);
        struct view_coverage coverage;
        if (!view_coverage(m->call->prov->options.view, &query, scratch, &coverage, err))
            return false;
        if (!cv_arena_ok(scratch))
            return out_of_memory(err);
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
static bool gather(struct moment *m, struct cv_error *err)
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
        return out_of_memory(err);
    m->day.taken_at = cv_now();
    for (size_t i = 0; i < m->day.system_count; i++)
        if (!gather_system(m, &roots, i, cap, err))
            return false;
    m->whole = true;
    return view_generation(view) == generation || moved(err);
}

/* On a busy day the last try is kept although something moved while it was read: each system's figures are whole. */
static bool gather_quietly(struct moment *m, struct cv_error *err)
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

/* ---- writing ---- */

static struct dir_actor writer(void)
{
    return (struct dir_actor){.name = "system", .request_id = "-", .via = "scheduler"};
}

/* The same bytes as the last snapshot's part: that one is named again. */
static bool write_part(struct moment *m, const char *kind, const struct cv_buf *bytes, const struct history_ref *last,
                       struct history_ref *out, struct cv_error *err)
{
    static const struct cv_key no_key; /* a fingerprint, not a secret */
    char digest[CV_DIGEST_TEXT];
    struct dir_actor actor = writer();
    if (!cv_buf_ok(bytes))
        return out_of_memory(err);
    cv_digest(&no_key, bytes->data, bytes->len, digest);
    out->day = m->day.day;
    memcpy(out->digest, digest, HISTORY_DIGEST);
    out->digest[HISTORY_DIGEST] = '\0';
    if (last != NULL && strcmp(last->digest, out->digest) == 0) {
        *out = *last;
        return true;
    }
    struct dir_document doc =
        dir_document_of(HISTORY_FOLDER, history_part_name(m->call->arena, kind, out), bytes->data, bytes->len);
    if (dir_document_add(m->call->dir, &doc, &actor, NULL, err))
        return true;
    if (err->kind != CV_EXISTS)
        return false;
    cv_error_clear(err); /* the name tells that it is the same */
    return true;
}

static const struct history_ref *ref_at(const struct history_ref *refs, size_t count, size_t at)
{
    return at < count ? &refs[at] : NULL;
}

static bool write_tree(struct moment *m, const struct history_day *last, struct cv_error *err)
{
    cv_auto_buf text = {0};
    size_t done = 0;
    cv_buf_init(&text, DIR_DOCUMENT_MAX);
    m->day.tree = CV_NEWS(m->call->arena, struct history_ref, HISTORY_PARTS_MAX);
    while (done < m->day.unit_count) {
        cv_buf_reset(&text);
        cv_buf_puts(&text, "congvu-history 1\n");
        while (done < m->day.unit_count && text.len < DIR_DOCUMENT_MAX / 2)
            history_put_unit(&text, &m->units[done++].u);
        size_t at = m->day.tree_count++;
        if (at == HISTORY_PARTS_MAX ||
            !write_part(m, "tree", &text, ref_at(last->tree, last->tree_count, at), &m->day.tree[at], err))
            return false;
    }
    return true;
}

static size_t parts_for(size_t units)
{
    size_t parts = 1;
    while (units / parts > HISTORY_UNITS_A_PART && parts < HISTORY_PARTS_MAX)
        parts *= 2;
    return parts;
}

/* A unit's place in a part follows from its id, so that a new unit or a move changes one part and not all. */
static int by_id(const void *a, const void *b)
{
    const struct history_unit *x = *(const struct history_unit *const *)a, *y = *(const struct history_unit *const *)b;
    return memcmp(x->u.id.bytes, y->u.id.bytes, sizeof x->u.id.bytes);
}

static bool write_rows(struct moment *m, const struct history_day *last, struct cv_error *err)
{
    size_t parts = parts_for(m->day.unit_count), systems = m->day.system_count;
    bool same_parts = last->row_count == parts;
    const struct history_unit **order = CV_NEWS(m->call->arena, const struct history_unit *, m->day.unit_count + 1);
    cv_auto_buf text = {0};
    cv_buf_init(&text, DIR_DOCUMENT_MAX);
    for (size_t i = 0; i < m->day.unit_count; i++)
        order[i] = &m->units[i];
    qsort(order, m->day.unit_count, sizeof *order, by_id);
    m->day.rows = CV_NEWS(m->call->arena, struct history_ref, parts);
    m->day.row_count = parts;
    for (size_t part = 0; part < parts; part++) {
        cv_buf_reset(&text);
        history_put_members(&text);
        for (size_t i = 0; i < m->day.unit_count; i++)
            if (history_part_of(order[i]->u.id, parts) == part)
                history_put_counts(&text, order[i]->u.id, order[i]->headcount_on, m->slugs,
                                   &m->counts[(size_t)(order[i] - m->units) * systems], systems);
        if (!write_part(m, "rows", &text, same_parts ? &last->rows[part] : NULL, &m->day.rows[part], err))
            return false;
    }
    return true;
}

static const char *day_name(struct cv_arena *arena, cv_day day)
{
    char text[CV_DAY_TEXT];
    return cv_arena_printf(arena, "day.%s", cv_day_iso(day, text));
}

/* Last of all: only what it names counts. */
static bool write_day(struct moment *m, struct cv_error *err)
{
    struct cv_arena *arena = m->call->arena;
    struct dir_actor actor = writer();
    struct dir_document before;
    cv_auto_buf text = {0};
    cv_buf_init(&text, DIR_DOCUMENT_MAX);
    history_put_day(&text, &m->day);
    if (!cv_buf_ok(&text))
        return out_of_memory(err);
    struct dir_document doc = dir_document_of(HISTORY_FOLDER, day_name(arena, m->day.day), text.data, text.len);
    if (dir_document_add(m->call->dir, &doc, &actor, NULL, err))
        return true;
    if (err->kind != CV_EXISTS)
        return false;
    cv_error_clear(err);
    return dir_document_read(m->call->dir, HISTORY_FOLDER, doc.name, arena, &before, err) &&
           dir_document_save(m->call->dir, &before, text.data, text.len, &actor, NULL, err);
}

static bool named_in(const struct history_ref *refs, size_t count, const struct history_ref *ref)
{
    for (size_t i = 0; i < count; i++)
        if (refs[i].day == ref->day && strcmp(refs[i].digest, ref->digest) == 0)
            return true;
    return false;
}

/* What the day's earlier snapshot had written and the later one does not name. Left over, it is only waste. */
static void drop_replaced(struct moment *m, const struct history_day *earlier)
{
    struct dir_actor actor = writer();
    for (size_t i = 0; i < earlier->row_count + earlier->tree_count; i++) {
        bool row = i < earlier->row_count;
        const struct history_ref *ref = row ? &earlier->rows[i] : &earlier->tree[i - earlier->row_count];
        struct cv_error none = {0};
        if (ref->day == m->day.day &&
            !(row ? named_in(m->day.rows, m->day.row_count, ref) : named_in(m->day.tree, m->day.tree_count, ref)))
            dir_document_delete(m->call->dir, HISTORY_FOLDER,
                                history_part_name(m->call->arena, row ? "rows" : "tree", ref), &actor, &none);
    }
}

static bool take(struct prov_call *call, cv_day today, struct cv_error *err)
{
    struct moment m = {.call = call, .day = {.day = today, .window = {today - WINDOW_DAYS + 1, today}}};
    struct history_day last = {.day = CV_NO_DAY};
    if (!gather_quietly(&m, err))
        return false;
    if (m.day.unit_count == 0)
        return true; /* nothing to tell yet */
    if (!history_latest_day(call, today, &last, err) && err->kind != CV_NOT_FOUND)
        return false;
    cv_error_clear(err);
    if (!write_tree(&m, &last, err) || !write_rows(&m, &last, err) || !write_day(&m, err))
        return false;
    if (last.day == today)
        drop_replaced(&m, &last);
    cv_log(CV_LOG_INFO, "snapshot", "figures of %zu units were kept", m.day.unit_count);
    return true;
}

/* ---- dropping what is old ---- */

/* Names begin with the kind and the day, so those before a day come first. */
static size_t drop_before(struct prov_call *call, const char *kind, cv_day day, size_t most, struct cv_error *err)
{
    char text[CV_DAY_TEXT];
    const char *prefix = cv_arena_printf(call->arena, "%s.", kind),
               *limit = cv_arena_printf(call->arena, "%s.%s", kind, cv_day_iso(day, text));
    struct dir_actor actor = writer();
    struct dir_document *docs;
    size_t count, dropped = 0;
    if (!dir_document_list(call->dir, HISTORY_FOLDER, prefix, NULL, most, false, call->arena, &docs, &count, err))
        return 0;
    for (size_t i = 0; i < count && strcmp(docs[i].name, limit) < 0 && !cv_deadline_passed(call->deadline); i++)
        dropped += dir_document_delete(call->dir, HISTORY_FOLDER, docs[i].name, &actor, err);
    return dropped;
}

static cv_day oldest_part(const struct history_day *day)
{
    cv_day oldest = day->day;
    for (size_t i = 0; i < day->row_count; i++)
        oldest = day->rows[i].day < oldest ? day->rows[i].day : oldest;
    for (size_t i = 0; i < day->tree_count; i++)
        oldest = day->tree[i].day < oldest ? day->tree[i].day : oldest;
    return oldest;
}

static bool first_day(struct prov_call *call, struct history_day *out, struct cv_error *err)
{
    struct dir_document *docs;
    size_t count;
    if (!dir_document_list(call->dir, HISTORY_FOLDER, "day.", NULL, 1, true, call->arena, &docs, &count, err))
        return false;
    return count == 1 && history_take_day(docs[0].bytes, docs[0].len, call->arena, out);
}

/* A part is needed as long as the oldest day that is kept names it, or a later one: days only ever name parts of their
 * own day or ones that the day before named. */
static void drop_old(struct prov_call *call, cv_day today)
{
    struct cv_error err = {0};
    struct history_day first;
    if (drop_before(call, "day", today - call->prov->options.history_days, DROP_AT_ONCE, &err) == 0 ||
        !first_day(call, &first, &err))
        return;
    drop_before(call, "rows", oldest_part(&first), DROP_AT_ONCE, &err);
    drop_before(call, "tree", oldest_part(&first), DROP_AT_ONCE, &err);
}

/* ---- the clockwork ---- */

/* Is there one already: of an earlier start, or of the process that held the lease before? */
static bool there_already(struct prov_call *call, cv_day today, cv_moment since, struct cv_error *err)
{
    struct history_day day;
    if (history_read_day(call, today, &day, err))
        return day.taken_at >= since;
    if (err->kind == CV_NOT_FOUND)
        cv_error_clear(err);
    return false;
}

static bool look_after(struct prov_call *call, cv_day today, bool closing, struct cv_error *err)
{
    cv_moment since = closing ? cv_day_start(today + 1) - CLOSING_S : cv_day_start(today);
    if (there_already(call, today, since, err))
        return true;
    return err->kind == CV_OK && take(call, today, err);
}

void prov_history_stop(struct prov_call *call)
{
    struct view_state state;
    struct cv_error err = {0};
    view_state(call->prov->options.view, &state);
    if (call->prov->options.history_days == 0 || !state.usage_ready || !state.alive || state.people == 0)
        return;
    if (!take(call, cv_today(), &err))
        cv_log_error(CV_LOG_WARN, "snapshot", &err);
}

void prov_history_tick(struct prov_call *call)
{
    struct prov *prov = call->prov;
    struct view_state state;
    cv_day today = cv_today();
    bool closing = cv_now() >= cv_day_start(today + 1) - CLOSING_S;
    struct cv_error err = {0};
    if (prov->options.history_days == 0 || (closing ? prov->closed_on : prov->opened_on) == today ||
        !cv_deadline_passed(prov->next_snapshot))
        return;
    view_state(prov->options.view, &state);
    if (!state.usage_ready || state.people == 0) /* an empty directory has nothing to tell, now or later */
        return;
    if (!look_after(call, today, closing, &err)) {
        cv_log_error(CV_LOG_WARN, "snapshot", &err);
        prov->next_snapshot = cv_deadline_in_ms(RETRY_MS);
        return;
    }
    if (prov->opened_on != today)
        drop_old(call, today);
    prov->opened_on = today;
    prov->snapshot_day = today;
    if (closing)
        prov->closed_on = today;
}
