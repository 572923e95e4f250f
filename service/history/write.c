/* Snapshots as documents in the directory: written, replaced, dropped when they are old. */
#include <stdlib.h>
#include <string.h>

#include "history/internal.h"

enum { DROP_AT_ONCE = 2000 }; /* old documents a day */

static struct dir_actor writer(void)
{
    return (struct dir_actor){.name = "system", .request_id = "-", .via = "scheduler"};
}

/* The same bytes as the last snapshot's part: that one is named again. */
bool history_write_part(struct history_moment *m, const char *kind, const struct cv_buf *bytes,
                        const struct history_ref *last, struct history_ref *out, struct cv_error *err)
{
    static const struct cv_key no_key; /* a fingerprint, not a secret */
    char digest[CV_DIGEST_TEXT];
    struct dir_actor actor = writer();
    if (!cv_buf_ok(bytes))
        return history_too_large(err);
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
    return dir_document_add(m->call->dir, &doc, &actor, NULL, err) ||
           cv_error_forgive(err, CV_EXISTS); /* the name tells that it is the same */
}

static const struct history_ref *ref_at(const struct history_ref *refs, size_t count, size_t at)
{
    return at < count ? &refs[at] : NULL;
}

bool history_write_tree(struct history_moment *m, const struct history_day *last, struct cv_error *err)
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
            !history_write_part(m, "tree", &text, ref_at(last->tree, last->tree_count, at), &m->day.tree[at], err))
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

bool history_write_rows(struct history_moment *m, const char *kind, const struct history_ref *last, size_t last_count,
                        struct history_ref **out, size_t *out_count, struct cv_error *err)
{
    size_t parts = parts_for(m->day.unit_count), systems = m->day.system_count;
    const struct history_unit **order = CV_NEWS(m->call->arena, const struct history_unit *, m->day.unit_count + 1);
    struct history_ref *refs = CV_NEWS(m->call->arena, struct history_ref, parts);
    cv_auto_buf text = {0};
    cv_buf_init(&text, DIR_DOCUMENT_MAX);
    for (size_t i = 0; i < m->day.unit_count; i++)
        order[i] = &m->units[i];
    qsort(order, m->day.unit_count, sizeof *order, by_id);
    for (size_t part = 0; part < parts; part++) {
        cv_buf_reset(&text);
        history_put_members(&text, m->beyond_unknown ? "issued_beyond" : NULL);
        for (size_t i = 0; i < m->day.unit_count; i++)
            if (history_part_of(order[i]->u.id, parts) == part)
                history_put_counts(&text, order[i]->u.id, order[i]->headcount_on, m->slugs,
                                   &m->counts[(size_t)(order[i] - m->units) * systems], systems);
        if (!history_write_part(m, kind, &text, last_count == parts ? &last[part] : NULL, &refs[part], err))
            return false;
    }
    *out = refs;
    *out_count = parts;
    return true;
}

static const char *day_name(struct cv_arena *arena, cv_day day)
{
    char text[CV_DAY_TEXT];
    return cv_arena_printf(arena, "day.%s", cv_day_iso(day, text));
}

bool history_write_day(struct history_moment *m, struct cv_error *err)
{
    struct cv_arena *arena = m->call->arena;
    struct dir_actor actor = writer();
    struct dir_document before;
    cv_auto_buf text = {0};
    cv_buf_init(&text, DIR_DOCUMENT_MAX);
    history_put_day(&text, &m->day);
    if (!cv_buf_ok(&text))
        return history_too_large(err);
    struct dir_document doc = dir_document_of(HISTORY_FOLDER, day_name(arena, m->day.day), text.data, text.len);
    if (dir_document_add(m->call->dir, &doc, &actor, NULL, err))
        return true;
    if (!cv_error_forgive(err, CV_EXISTS))
        return false;
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

void history_drop_replaced(struct history_moment *m, const char *kind, const struct history_ref *before,
                           size_t before_count, const struct history_ref *now, size_t now_count)
{
    struct dir_actor actor = writer();
    for (size_t i = 0; i < before_count; i++) {
        struct cv_error none = {0};
        if (before[i].day == m->day.day && !named_in(now, now_count, &before[i]))
            dir_document_delete(m->call->dir, HISTORY_FOLDER, history_part_name(m->call->arena, kind, &before[i]),
                                &actor, &none);
    }
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
void history_drop_old(struct prov_call *call, cv_day today)
{
    struct cv_error err = {0};
    struct history_day first;
    if (drop_before(call, "day", today - call->prov->options.history_days, DROP_AT_ONCE, &err) == 0 ||
        !first_day(call, &first, &err))
        return;
    drop_before(call, "rows", oldest_part(&first), DROP_AT_ONCE, &err);
    drop_before(call, "tree", oldest_part(&first), DROP_AT_ONCE, &err);
    drop_before(call, "late", first.day, DROP_AT_ONCE, &err); /* each is of its own day alone */
    drop_before(call, "people", first.day, DROP_AT_ONCE, &err);
}
