/* Lists of units: in tree order or by code. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

struct listing {
    const struct view *v;
    const struct view_unit_query *q;
    struct view_filter words;
    int depth_max;
    struct view_slots found; /* matches behind the position */
    size_t total;
    size_t enough; /* a page and one more */
};

/* A position in the tree is the way down to it: (position, id, key) of each unit, so it stays right when units come and
 * go. */
struct step {
    int32_t position;
    struct cv_id id;
    uint16_t key_len;
    const uint8_t *key;
};
enum { STEP_HEAD = sizeof(int32_t) + 16 + sizeof(uint16_t), KEY_MAX = 120 };

static struct step step_of(const struct unit *u)
{
    uint16_t len = (uint16_t)(u->key_len < KEY_MAX ? u->key_len : KEY_MAX);
    return (struct step){u->u.position, u->id, len, u->key};
}

static bool read_step(const uint8_t *bytes, size_t len, struct step *out)
{
    if (len < STEP_HEAD)
        return false;
    memcpy(&out->position, bytes, sizeof out->position);
    memcpy(out->id.bytes, bytes + 4, 16);
    memcpy(&out->key_len, bytes + 20, sizeof out->key_len);
    out->key = bytes + STEP_HEAD;
    return len - STEP_HEAD >= out->key_len;
}

static int step_order(const struct step *a, const struct step *b)
{
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    uint16_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
    int order = len ? memcmp(a->key, b->key, len) : 0;
    if (order == 0 && a->key_len != b->key_len)
        order = a->key_len < b->key_len ? -1 : 1;
    return order ? order : memcmp(a->id.bytes, b->id.bytes, 16);
}

static bool is_dissolved(const struct view *v, const struct unit *u)
{
    return u->u.active_to != CV_NO_DAY && u->u.active_to <= atomic_load(&v->day);
}

static bool matches(const struct listing *l, const struct unit *u)
{
    return u->known && (l->q->include_dissolved || !is_dissolved(l->v, u)) &&
           (l->words.word_count == 0 || view_words_match(u->folded, &l->words));
}

static void meet(struct listing *l, uint32_t slot, bool behind)
{
    if (!matches(l, l->v->units[slot]))
        return;
    l->total++;
    if (behind && (l->q->by_code || l->found.count < l->enough))
        view_slots_add(&l->found, slot);
}

/* `rest`: what is left of the position when the way down to here is the same; NULL = everything here lies behind it.
 * `len` 0 with a rest: the position was a unit above, so everything here lies behind it too. */
static void walk(struct listing *l, uint32_t slot, int depth, const uint8_t *rest, size_t len, bool skip)
{
    const struct unit *u = l->v->units[slot];
    struct step at, mine = step_of(u);
    bool behind = !skip;
    if (!skip && rest && read_step(rest, len, &at)) {
        int order = step_order(&mine, &at);
        skip = order < 0;
        behind = order > 0;
        len -= STEP_HEAD + at.key_len;
        rest = order == 0 && len > 0 ? rest + STEP_HEAD + at.key_len : NULL;
    } else {
        rest = NULL;
    }
    meet(l, slot, behind);
    depth += u->known;
    for (size_t i = 0; depth <= l->depth_max && i < u->children.count; i++)
        walk(l, u->children.items[i], depth, rest, len, skip);
}

static const void *write_way(const struct view *v, uint32_t slot, uint32_t stop, struct cv_arena *arena,
                             size_t *out_len)
{
    size_t size = 0;
    for (uint32_t at = slot; at != stop; at = v->units[at]->parent)
        size += STEP_HEAD + step_of(v->units[at]).key_len;
    uint8_t *way = cv_arena_alloc(arena, size);
    *out_len = size;
    for (uint32_t at = slot; at != stop; at = v->units[at]->parent) {
        struct step s = step_of(v->units[at]);
        size -= STEP_HEAD + s.key_len;
        memcpy(way + size, &s.position, 4);
        memcpy(way + size + 4, s.id.bytes, 16);
        memcpy(way + size + 20, &s.key_len, 2);
        if (s.key_len)
            memcpy(way + size + STEP_HEAD, s.key, s.key_len);
    }
    return way;
}

/* ---- by code ---- */
static int code_order(const char *a, struct cv_id a_id, const char *b, struct cv_id b_id)
{
    int order = cv_ascii_casecmp(a ? a : "", b ? b : "");
    return order ? order : memcmp(a_id.bytes, b_id.bytes, 16);
}

static int by_code(const void *a, const void *b, void *ctx)
{
    const struct view *v = ctx;
    const struct unit *x = v->units[*(const uint32_t *)a], *y = v->units[*(const uint32_t *)b];
    return code_order(x->u.code, x->id, y->u.code, y->id);
}

static void cut_before(struct listing *l, struct cv_arena *arena)
{
    const uint8_t *after = l->q->after;
    size_t len = l->q->after_len, kept = 0;
    if (after == NULL || len < 16)
        return;
    struct cv_id id;
    memcpy(id.bytes, after + len - 16, 16);
    const char *code = cv_arena_strndup(arena, (const char *)after, len - 16);
    for (size_t i = 0; i < l->found.count; i++) {
        const struct unit *u = l->v->units[l->found.items[i]];
        if (code_order(u->u.code, u->id, code, id) > 0)
            l->found.items[kept++] = l->found.items[i];
    }
    l->found.count = kept;
}

static const void *write_code(const struct unit *u, struct cv_arena *arena, size_t *out_len)
{
    size_t len = u->u.code ? strlen(u->u.code) : 0;
    uint8_t *at = cv_arena_alloc(arena, len + 16);
    memcpy(at, u->u.code ? u->u.code : "", len);
    memcpy(at + len, u->id.bytes, 16);
    *out_len = len + 16;
    return at;
}

/* ---- the list ---- */
static void fill_page(struct listing *l, uint32_t stop, struct cv_arena *arena, struct view_unit_page *out)
{
    bool more = l->found.count > l->q->page_size;
    *out = (struct view_unit_page){.count = more ? l->q->page_size : l->found.count, .total = l->total};
    out->items = CV_NEWS(arena, struct view_unit, out->count + 1);
    for (size_t i = 0; i < out->count; i++)
        view_fill_unit(l->v, l->found.items[i], arena, &out->items[i]);
    if (!more || out->count == 0)
        return;
    uint32_t last = l->found.items[out->count - 1];
    out->next = l->q->by_code ? write_code(l->v->units[last], arena, &out->next_len)
                              : write_way(l->v, last, stop, arena, &out->next_len);
}

/* The walk begins at `top`; with a parent only what lies below it counts. */
static void list(struct listing *l, uint32_t top, bool below_only, struct cv_arena *arena, struct view_unit_page *out)
{
    const struct unit *u = l->v->units[top];
    const uint8_t *after = l->q->by_code ? NULL : l->q->after;
    bool open = below_only || top == 0;
    if (!open)
        walk(l, top, 0, after, l->q->after_len, false);
    for (size_t i = 0; open && i < u->children.count; i++)
        walk(l, u->children.items[i], below_only ? 1 : 0, after, l->q->after_len, false);
    if (l->q->by_code) {
        if (l->found.count > 1)
            qsort_r(l->found.items, l->found.count, sizeof(uint32_t), by_code, (void *)l->v);
        cut_before(l, arena);
    }
    fill_page(l, open ? top : u->parent, arena, out);
}

bool view_unit_list(const struct view *v, const struct view_unit_query *q, struct cv_arena *arena,
                    struct view_unit_page *out, struct cv_error *err)
{
    struct listing l = {.v = v, .q = q, .depth_max = q->depth < 0 ? INT32_MAX : q->depth, .enough = q->page_size + 1};
    bool possible = view_filter_words(&l.words, q->q, arena);
    if (q->has_parent && !q->recursive)
        l.depth_max = l.depth_max < 1 ? l.depth_max : 1;
    if (!view_enter(v, err))
        return false;
    uint32_t scope = view_scope_slot(v, q->scope);
    uint32_t top = q->has_parent ? view_unit_slot_of(v, q->parent) : scope;
    bool found = top != NONE && view_below(v, top, scope);
    if (found && possible)
        list(&l, top, q->has_parent, arena, out);
    else if (found)
        *out = (struct view_unit_page){0};
    view_leave(v);
    free(l.found.items);
    return found || view_no_unit(v, err);
}
