/* Active days as the feed brings them, and what a question may rest on. Usage may come before its person, and stays
 * when the person goes: the directory keeps it under the person's id for good. */
#include <stdlib.h>
#include <string.h>

#include "view/feed/feed.h"

/* ---- one person's ---- */
enum { PACKED_MAX = DOM_SYSTEMS_MAX * (sizeof(struct use) + DOM_ACTIVE_BYTES_MAX) };

/* NULL when there is no day at all. */
static struct view_uses *pack(struct view *v, const struct dom_usage *usage)
{
    uint8_t packed[PACKED_MAX];
    uint8_t bits[DOM_ACTIVE_BYTES_MAX];
    size_t size = 0;
    cv_day oldest = cv_today() - v->kept_days + 1;
    for (size_t i = 0; i < usage->use_count && i < DOM_SYSTEMS_MAX; i++) {
        struct dom_active days;
        unsigned system = view_system_slot(v, usage->uses[i].system);
        dom_active_pack(&usage->uses[i], oldest, bits, &days);
        if (system == DOM_SYSTEMS_MAX || days.first == CV_NO_DAY)
            continue;
        struct use *u = (struct use *)(void *)(packed + size);
        *u = (struct use){.first = days.first, .system = (uint8_t)system, .len = days.len & 127u, .older = days.older};
        memcpy(u->bits, bits, days.len);
        size += sizeof(*u) + days.len;
    }
    if (size == 0)
        return NULL;
    struct view_uses *uses = view_must(malloc(sizeof(*uses) + size));
    uses->size = (uint16_t)size;
    memcpy(uses->data, packed, size);
    return uses;
}

/* As in people.c: without the lock where nothing new is named. */
static struct view_uses *pack_apart(struct view *v, const struct dom_usage *usage)
{
    bool placed = true;
    for (size_t i = 0; i < usage->use_count && placed; i++)
        placed = view_system_placed(v, usage->uses[i].system);
    if (placed)
        return pack(v, usage);
    view_write(v);
    struct view_uses *uses = pack(v, usage);
    view_write_end(v);
    return uses;
}

/* ---- days on which anybody used a system ---- */
static bool next_use(const struct view_uses *uses, size_t *at, unsigned *system, struct dom_active *out)
{
    if (uses == NULL || *at >= uses->size)
        return false;
    const struct use *u = (const struct use *)(const void *)(uses->data + *at);
    *out = (struct dom_active){.first = u->first, .bits = u->bits, .len = u->len, .older = u->older};
    *system = u->system;
    *at += sizeof(*u) + u->len;
    return true;
}

/* Midnight wipes days, whoever notices it: under the read lock, which keeps no reader waiting. */
static bool all_seen(const struct view *v, const struct view_uses *uses)
{
    struct dom_active days;
    unsigned system;
    bool seen = view_enter(v, NULL);
    if (!seen)
        return false;
    for (size_t at = 0; seen && next_use(uses, &at, &system, &days);)
        seen = view_seen_has(&v->systems[system], &days);
    view_leave(v);
    return seen;
}

static void note_seen(struct view *v, const struct view_uses *uses)
{
    struct dom_active days;
    unsigned system;
    for (size_t at = 0; next_use(uses, &at, &system, &days);)
        view_seen_add(&v->systems[system], &days);
}

static bool same_uses(const struct view_uses *a, const struct view_uses *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

/* ---- from the feed ---- */
/* Whose figures rest on it: his own, or of the record that his was merged into. */
static uint32_t heir_of(const struct view *v, uint32_t slot)
{
    return view_stands_for(v, slot);
}

static void set_uses(struct view *v, uint32_t slot, struct view_uses *uses)
{
    struct person *p = v->people[slot];
    uint32_t heir = heir_of(v, slot);
    if (heir != NONE)
        view_periods_person(v, heir, -1);
    free(p->uses);
    p->uses = uses;
    if (heir == NONE || !atomic_load(&v->loaded))
        return;
    view_count(v, heir);
    view_periods_person(v, heir, 1);
    view_changed(v);
}

static void on_usage_begin(void *ctx, bool fresh)
{
    struct view *v = ctx;
    view_write(v);
    v->usage_fresh = fresh;
    v->usage_mark++;
    view_write_end(v);
}

static void on_usage(void *ctx, const struct dom_usage *usage)
{
    struct view *v = ctx;
    struct view_uses *uses = pack_apart(v, usage);
    uint32_t slot = view_person_slot(v, usage->staff);
    struct person *p = slot == NONE ? NULL : v->people[slot];
    if (uses)
        uses->mark = v->usage_mark;
    if (p && same_uses(p->uses, uses) && all_seen(v, uses)) {
        if (uses)
            p->uses->mark = uses->mark;
        free(uses);
        return;
    }
    view_write(v);
    note_seen(v, uses);
    if (p == NULL) {
        free(view_stray_take(v, usage->staff));
        view_stray_put(v, usage->staff, uses);
    } else if (same_uses(p->uses, uses)) {
        free(p->uses);
        p->uses = uses;
    } else {
        set_uses(v, slot, uses);
    }
    view_write_end(v);
}

static void on_usage_feed(void *ctx, const struct dom_usage_feed *feed)
{
    struct view *v = ctx;
    view_write(v);
    unsigned system = view_system_slot(v, feed->system);
    struct system *s = system != DOM_SYSTEMS_MAX ? &v->systems[system] : NULL;
    bool further = s && s->data_through != feed->data_through, begins = s && s->data_from != feed->data_from;
    if (s) {
        s->data_from = feed->data_from;
        s->data_through = feed->data_through;
    }
    if (further || begins)
        view_changed(v);
    view_write_end(v);
    if (begins)
        view_recount_below(v, 0); /* who never used it is said only of accounts that the data reach back to */
}

static void clear_unnamed_person(struct view *v, uint32_t slot)
{
    const struct person *p = v->people[slot];
    if (p && p->uses && p->uses->mark != v->usage_mark)
        set_uses(v, slot, NULL);
}

static void clear_unnamed_strays(struct view *v)
{
    for (size_t i = 0; i < v->stray_end; i++)
        if (v->strays[i].uses && v->strays[i].uses->mark != v->usage_mark)
            free(view_stray_take(v, v->strays[i].staff));
}

/* Like a sweep, a batch of people per lock. */
static void clear_unnamed(struct view *v)
{
    enum { BATCH = 500 };
    size_t done = 0, end = 1;
    while (done < end) {
        view_write(v);
        end = v->people_end;
        for (size_t i = done; i < end && i < done + BATCH; i++)
            clear_unnamed_person(v, (uint32_t)i);
        view_write_end(v);
        done += BATCH;
    }
    view_write(v);
    clear_unnamed_strays(v);
    view_write_end(v);
}

static void on_usage_end(void *ctx)
{
    struct view *v = ctx;
    if (v->usage_fresh)
        clear_unnamed(v);
    view_write(v);
    if (!v->usage_ready)
        view_changed(v);
    v->usage_ready = true;
    view_write_end(v);
}

void view_usage_callbacks(struct dir_feed *feed)
{
    feed->usage_begin = on_usage_begin;
    feed->usage = on_usage;
    feed->usage_feed = on_usage_feed;
    feed->usage_end = on_usage_end;
}

void view_usage_free(struct view *v)
{
    for (size_t i = 0; i < v->stray_end; i++)
        free(v->strays[i].uses);
    free(v->strays);
    free(v->free_strays.items);
    free(v->stray_by_id.cells);
}
