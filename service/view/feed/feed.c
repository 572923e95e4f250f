/* What the sync consumer calls, and what the view says about itself. */
#include <string.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "view/feed/feed.h"

/* csn NULL: it is gone. */
static void applied(struct view *v, const uint8_t uuid[16], const char *csn)
{
    struct view_wait *w = &v->wait;
    cv_lock_take(&w->lock);
    struct view_applied *a = &w->ring[w->count++ % APPLIED];
    memcpy(a->uuid, uuid, 16);
    size_t len = csn ? strnlen(csn, sizeof(a->csn) - 1) : 0;
    memcpy(a->csn, csn ? csn : "", len);
    a->csn[len] = '\0';
    view_paid(w, uuid, csn ? a->csn : NULL);
    pthread_cond_broadcast(&w->more);
    cv_lock_give(&w->lock);
}

static void name_entry(struct view *v, const uint8_t uuid[16])
{
    uint32_t entry = view_entry_find(v, uuid);
    v->named++;
    if (entry != NONE)
        *view_entry_mark(v, entry) = v->refresh;
}

/* An entryUUID that comes back as another kind of entry was an other entry once. */
static void make_way(struct view *v, const uint8_t uuid[16], enum kind kind)
{
    uint32_t entry = view_entry_find(v, uuid);
    if (entry != NONE && view_entry_kind(entry) != kind)
        view_drop_entry(v, entry);
}

static void put_end(struct view *v, const uint8_t uuid[16], const char *csn)
{
    name_entry(v, uuid);
    applied(v, uuid, csn);
}

static void on_staff(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_staff *staff)
{
    make_way(ctx, uuid, PERSON);
    view_put_staff(ctx, uuid, staff);
    put_end(ctx, uuid, csn);
}

static void on_unit(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_unit *unit)
{
    make_way(ctx, uuid, UNIT);
    view_put_unit(ctx, uuid, unit);
    put_end(ctx, uuid, csn);
}

static void on_system(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_system *system)
{
    make_way(ctx, uuid, SYSTEM);
    view_put_system(ctx, uuid, system);
    put_end(ctx, uuid, csn);
}

static void on_token(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_token *token)
{
    make_way(ctx, uuid, TOKEN);
    view_put_token(ctx, uuid, token);
    put_end(ctx, uuid, csn);
}

static void on_present(void *ctx, const uint8_t uuid[16])
{
    name_entry(ctx, uuid);
}

static void on_remove(void *ctx, const uint8_t uuid[16])
{
    struct view *v = ctx;
    uint32_t entry = view_entry_find(v, uuid);
    if (entry != NONE)
        view_drop_entry(v, entry);
    applied(v, uuid, NULL);
}

static void on_begin(void *ctx, bool fresh)
{
    struct view *v = ctx;
    v->whole = fresh; /* marks are kept in either case; `end` says whether they count */
    v->refresh++;
    v->named = 0;
    atomic_store(&v->refreshing, true);
}

static bool on_end(void *ctx, bool sweep)
{
    struct view *v = ctx;
    if (sweep && !view_sweep_allowed(v)) {
        atomic_store(&v->refreshing, false); /* it knows what there is, and more */
        return false;
    }
    if (sweep)
        view_feed_sweep(v);
    if (v->whole) {
        cv_lock_take(&v->wait.lock);
        view_paid(&v->wait, NULL, NULL); /* what was not named is not there */
        cv_lock_give(&v->wait.lock);
    }
    if (!atomic_load(&v->loaded)) {
        view_write(v);
        view_order_sort(v);
        atomic_store(&v->day, cv_today());
        view_recount_all(v);
        view_changed(v);
        atomic_store(&v->loaded, true);
        view_write_end(v);
    }
    view_find_doubles(v);
    atomic_store(&v->refreshing, false);
    atomic_store(&v->complete_ns, cv_mono_ns());
    cv_count(CVM_view_refreshes);
    return true;
}

static bool on_counted(void *ctx, size_t least, size_t most)
{
    const struct view *v = ctx;
    size_t known = v->known[PERSON] + v->known[UNIT] + v->known[SYSTEM] + v->known[TOKEN];
    return least <= known && known <= most;
}

static bool on_settled(void *ctx)
{
    struct view *v = ctx;
    if (!atomic_load(&v->refreshing))
        atomic_store(&v->complete_ns, cv_mono_ns());
    return view_owed_ms(v) < OWED_MS;
}

static void on_tick(void *ctx)
{
    struct view *v = ctx;
    if (atomic_load(&v->loaded) && atomic_load(&v->day) != cv_today())
        view_roll_beside(v);
}

static void on_alive(void *ctx, bool alive)
{
    struct view *v = ctx;
    if (alive && !atomic_load(&v->alive) && !atomic_load(&v->refreshing))
        atomic_store(&v->complete_ns, cv_mono_ns());
    atomic_store(&v->alive, alive);
}

struct dir_feed view_feed(struct view *view)
{
    struct dir_feed feed = {.ctx = view,
                            .begin = on_begin,
                            .staff = on_staff,
                            .unit = on_unit,
                            .system = on_system,
                            .token = on_token,
                            .present = on_present,
                            .remove = on_remove,
                            .end = on_end,
                            .settled = on_settled,
                            .tick = on_tick,
                            .counted = on_counted,
                            .alive = on_alive};
    view_usage_callbacks(&feed);
    return feed;
}

void view_state(const struct view *view, struct view_state *out)
{
    struct view *v = (struct view *)view;
    (void)view_day(v);
    cv_rank_take(CV_RANK_VIEW);
    pthread_rwlock_rdlock(&v->lock);
    bool alive = view_lives(v);
    *out = (struct view_state){
        .loaded = atomic_load(&v->loaded),
        .alive = alive,
        .age_ms = alive ? 0 : view_silent_ms(v),
        .people = v->known[PERSON],
        .units = v->known[UNIT],
        .systems = v->known[SYSTEM],
        .tokens = v->known[TOKEN],
        .generation = atomic_load(&v->generation),
        .sweep_refused = v->sweep_refused,
        .sweep_size = v->sweep_size,
        .doubles = atomic_load(&v->doubles),
        .changed_at = v->changed_at,
        .usage_ready = v->usage_ready,
    };
    pthread_rwlock_unlock(&v->lock);
    cv_rank_give(CV_RANK_VIEW);
}

uint64_t view_generation(const struct view *view)
{
    (void)view_day(view);
    return atomic_load(&view->generation);
}
