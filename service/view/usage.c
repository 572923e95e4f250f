/* Active days as the feed brings them, and what a question may rest on. Usage may come before its person, and stays
 * when the person goes: the directory keeps it under the person's id for good. */
#include <stdlib.h>
#include <string.h>

#include "view/internal.h"

/* ---- one person's ---- */
enum { PACKED_MAX = DOM_SYSTEMS_MAX * (sizeof(struct use) + DOM_ACTIVE_BYTES_MAX) };

struct dom_active view_active(const struct view_uses *uses, unsigned system)
{
    size_t at = 0;
    while (uses && at < uses->size) {
        const struct use *u = (const struct use *)(const void *)(uses->data + at);
        if (u->system == system)
            return (struct dom_active){.first = u->first, .bits = u->bits, .len = u->len, .older = u->older};
        at += sizeof(*u) + u->len;
    }
    return (struct dom_active){.first = CV_NO_DAY};
}

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

static bool same_uses(const struct view_uses *a, const struct view_uses *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

/* ---- strays ---- */
static uint32_t find_stray(const struct view *v, struct cv_id staff)
{
    struct view_probe probe;
    uint32_t at = view_lookup_first(&v->stray_by_id, view_hash(staff.bytes, 16), &probe);
    while (at != NONE && !cv_id_equal(v->strays[at].staff, staff))
        at = view_lookup_next(&v->stray_by_id, &probe);
    return at;
}

static struct view_uses *take_stray(struct view *v, struct cv_id staff)
{
    uint32_t at = find_stray(v, staff);
    if (at == NONE)
        return NULL;
    struct view_uses *uses = v->strays[at].uses;
    view_lookup_drop(&v->stray_by_id, view_hash(staff.bytes, 16), at);
    v->strays[at].uses = NULL;
    view_slots_add(&v->free_strays, at);
    return uses;
}

static void put_stray(struct view *v, struct cv_id staff, struct view_uses *uses)
{
    uint32_t at;
    if (uses == NULL)
        return;
    if (v->free_strays.count > 0) {
        at = v->free_strays.items[--v->free_strays.count];
    } else {
        v->strays = view_grow(v->strays, &v->stray_cap, v->stray_end + 1, sizeof(*v->strays));
        at = (uint32_t)v->stray_end++;
    }
    v->strays[at] = (struct view_stray){.staff = staff, .uses = uses};
    view_lookup_put(&v->stray_by_id, view_hash(staff.bytes, 16), at);
}

void view_uses_adopt(struct view *v, struct person *p)
{
    p->uses = take_stray(v, p->id);
}

void view_uses_orphan(struct view *v, struct person *p)
{
    put_stray(v, p->id, p->uses);
    p->uses = NULL;
}

/* ---- from the feed ---- */
static void set_uses(struct view *v, struct person *p, struct view_uses *uses)
{
    free(p->uses);
    p->uses = uses;
    if (!atomic_load(&v->loaded))
        return;
    view_count(v, p);
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
    view_write(v);
    struct view_uses *uses = pack(v, usage);
    uint32_t slot = view_person_slot(v, usage->staff);
    struct person *p = slot == NONE ? NULL : v->people[slot];
    if (uses)
        uses->mark = v->usage_mark;
    if (p == NULL) {
        free(take_stray(v, usage->staff));
        put_stray(v, usage->staff, uses);
    } else if (same_uses(p->uses, uses)) {
        free(p->uses);
        p->uses = uses;
    } else {
        set_uses(v, p, uses);
    }
    view_write_end(v);
}

static void on_usage_feed(void *ctx, const struct dom_usage_feed *feed)
{
    struct view *v = ctx;
    view_write(v);
    unsigned system = view_system_slot(v, feed->system);
    if (system != DOM_SYSTEMS_MAX && v->systems[system].data_through != feed->data_through) {
        v->systems[system].data_through = feed->data_through;
        view_changed(v);
    }
    view_write_end(v);
}

static void clear_unnamed_person(struct view *v, struct person *p)
{
    if (p->uses && p->uses->mark != v->usage_mark)
        set_uses(v, p, NULL);
}

static void clear_unnamed_strays(struct view *v)
{
    for (size_t i = 0; i < v->stray_end; i++)
        if (v->strays[i].uses && v->strays[i].uses->mark != v->usage_mark)
            free(take_stray(v, v->strays[i].staff));
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
            if (v->people[i])
                clear_unnamed_person(v, v->people[i]);
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

/* ---- what a question rests on ---- */
void view_keep_activity(struct view *v, int days)
{
    v->kept_days = days;
}

cv_day view_activity_from(const struct view *v)
{
    return atomic_load(&v->day) - v->kept_days + 1;
}

static int slot_of(int length)
{
    int slot = 0;
    while (slot < WINDOWS && view_window_days[slot] != length)
        slot++;
    return slot;
}

bool view_slice_of(const struct view *v, struct view_window asked, struct view_slice *out, struct cv_error *err)
{
    cv_day today = atomic_load(&v->day), oldest = view_activity_from(v);
    char text[CV_DAY_TEXT];
    if (asked.from == 0 && asked.to == 0)
        asked = (struct view_window){today - VIEW_DEFAULT_WINDOW + 1, today};
    if (asked.from < oldest || asked.to > today || asked.from > asked.to) {
        cv_day_iso(oldest, text);
        return cv_fail(err, cvp_validation_failed, "period", "Chỉ có số liệu sử dụng từ ngày %s đến hôm nay",
                       "Figures of use are kept from %s until today", text);
    }
    int slot = slot_of(asked.to - asked.from + 1);
    bool special = asked.to != today || slot == WINDOWS;
    *out = (struct view_slice){.special = special, .slot = special ? 0 : slot, .window = asked};
    return true;
}

const struct tally *view_tally_in(const struct view *v, const struct person *p, const struct view_slice *slice,
                                  struct tally *space)
{
    if (!slice->special)
        return &p->tally;
    *space = view_tally_of(v, p, &slice->window);
    return space;
}

bool view_system_usage(const struct view *v, const char *slug, struct view_system_usage *out)
{
    struct view_slice today = {0};
    if (!view_enter(v, NULL))
        return false;
    int system = view_system_known(v, slug);
    bool ok = system >= 0 && view_slice_of(v, (struct view_window){0}, &today, &(struct cv_error){0});
    if (ok)
        *out = view_usage_of(v, (unsigned)system, &today);
    view_leave(v);
    return ok;
}

/* A window that has ended is judged as of its own end: what came until then is all that can come. */
struct view_system_usage view_usage_of(const struct view *v, unsigned system, const struct view_slice *slice)
{
    const struct system *s = &v->systems[system];
    cv_day today = atomic_load(&v->day), ended = slice->window.to < today ? slice->window.to + 1 : today;
    cv_day through = v->usage_ready ? s->data_through : CV_NO_DAY;
    struct view_system_usage usage = {.rule = s->s.activity, .data_through = through};
    usage.stale = dom_usage_stale(&usage.rule, through, ended);
    usage.regular_known = !usage.stale && usage.rule.precision == DOM_BY_DAY &&
                          dom_regular_days(&usage.rule, slice->window.to - slice->window.from + 1) > 0;
    usage.activation_known = s->s.kind != DOM_MANUAL || usage.rule.reported;
    return usage;
}
