/* The engine of the reconciler: looks, hands out, and leaves failing targets alone. What is done is the sources' part.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/job.h"
#include "congvu/lock.h"
#include "congvu/log.h"
#include "congvu/prov_breaker.h"
#include "congvu/reconcile.h"
#include "congvu/token.h"

enum { WORKERS_MAX = 8, SLOTS_PER_WORKER = 4, SLOTS_MAX = WORKERS_MAX * SLOTS_PER_WORKER, ARENA_MAX = 64 << 20 };
_Static_assert((int)SLOTS_MAX == (int)REC_ROOM_MAX, "a source never sees more room than there can be");

struct target {
    char name[DOM_SLUG_MAX + 1];
    struct prov_breaker_state breaker;
    size_t queue;
    cv_moment oldest;
    bool looked;
    int running;
};

struct item {
    size_t source, target;
    struct cv_id staff;
};

struct rec {
    struct rec_options options;
    struct job_lane *lane;
    struct job_timer *timer;
    _Atomic bool stopping;
    struct cv_lock lock; /* guards what follows; never held over a call */
    struct target targets[REC_TARGETS_MAX];
    size_t target_count;
    struct item running[SLOTS_MAX];
    size_t running_count;
};

struct rec_scan {
    struct rec *rec;
    size_t source;
};

/* ---- targets ---- under the lock */
static struct target *target_of(struct rec *rec, const char *name)
{
    for (size_t i = 0; i < rec->target_count; i++)
        if (strcmp(rec->targets[i].name, name) == 0)
            return &rec->targets[i];
    if (rec->target_count == REC_TARGETS_MAX || strlen(name) > DOM_SLUG_MAX)
        return NULL;
    struct target *t = &rec->targets[rec->target_count++];
    *t = (struct target){.oldest = CV_NO_MOMENT};
    memcpy(t->name, name, strlen(name));
    prov_breaker_init(&t->breaker);
    return t;
}

static bool worked_on(const struct rec *rec, const struct item *wanted)
{
    for (size_t i = 0; i < rec->running_count; i++) {
        const struct item *r = &rec->running[i];
        bool itself = cv_id_is_zero(wanted->staff);
        if (itself ? cv_id_is_zero(r->staff) && r->target == wanted->target : cv_id_equal(r->staff, wanted->staff))
            return true;
    }
    return false;
}

static size_t room_locked(struct rec *rec, const struct target *t)
{
    size_t slots = (size_t)rec->options.workers * SLOTS_PER_WORKER;
    size_t room = slots > rec->running_count ? slots - rec->running_count : 0;
    size_t probe = t->running == 0 ? 1 : 0;
    switch (prov_breaker_now(&t->breaker, cv_mono_ns())) {
    case PROV_BREAKER_OPEN:
        return 0;
    case PROV_BREAKER_HALF_OPEN:
        return room < probe ? room : probe;
    default:
        return room;
    }
}

size_t rec_room(struct rec_scan *scan, const char *target)
{
    struct rec *rec = scan->rec;
    cv_lock_take(&rec->lock);
    struct target *t = target_of(rec, target);
    size_t room = t ? room_locked(rec, t) : 0;
    cv_lock_give(&rec->lock);
    return room;
}

/* Takes note that it runs before it is handed out. NULL: not now. */
static struct item *take(struct rec_scan *scan, const char *target, struct cv_id staff, bool *out_room)
{
    struct rec *rec = scan->rec;
    struct item *item = NULL;
    cv_lock_take(&rec->lock);
    struct target *t = target_of(rec, target);
    *out_room = t && room_locked(rec, t) > 0;
    if (*out_room) {
        struct item wanted = {.source = scan->source, .target = (size_t)(t - rec->targets), .staff = staff};
        item = worked_on(rec, &wanted) ? NULL : malloc(sizeof *item);
        if (item) {
            *item = wanted;
            rec->running[rec->running_count++] = wanted;
            t->running++;
        }
    }
    cv_lock_give(&rec->lock);
    return item;
}

static void give_back(struct rec *rec, const struct item *item)
{
    cv_lock_take(&rec->lock);
    for (size_t i = 0; i < rec->running_count; i++) {
        if (rec->running[i].target != item->target || !cv_id_equal(rec->running[i].staff, item->staff))
            continue;
        rec->running[i] = rec->running[--rec->running_count];
        break;
    }
    rec->targets[item->target].running--;
    cv_lock_give(&rec->lock);
}

bool rec_offer(struct rec_scan *scan, const char *target, struct cv_id staff)
{
    struct job_slot slot;
    bool room = false;
    struct item *item = take(scan, target, staff, &room);
    if (item == NULL)
        return room;
    if (job_lane_reserve(scan->rec->lane, &slot)) {
        job_lane_publish(scan->rec->lane, slot, item);
        return true;
    }
    give_back(scan->rec, item);
    free(item);
    return false;
}

void rec_backlog(struct rec_scan *scan, const char *target, size_t queue, cv_moment oldest_pending_at)
{
    struct rec *rec = scan->rec;
    cv_lock_take(&rec->lock);
    struct target *t = target_of(rec, target);
    if (t) {
        t->queue = queue;
        t->oldest = oldest_pending_at;
        t->looked = true;
    }
    cv_lock_give(&rec->lock);
}

/* ---- the look ---- */
static bool may_work(const struct rec *rec)
{
    const struct rec_options *o = &rec->options;
    return !atomic_load(&rec->stopping) && (o->may_work == NULL || o->may_work(o->may_ctx));
}

static void forget_health(struct rec *rec)
{
    cv_lock_take(&rec->lock);
    for (size_t i = 0; i < rec->target_count; i++)
        rec->targets[i].looked = false;
    cv_lock_give(&rec->lock);
}

static void look(void *ctx)
{
    struct rec *rec = ctx;
    if (!may_work(rec)) {
        forget_health(rec);
        return;
    }
    for (size_t i = 0; i < rec->options.source_count; i++) {
        struct rec_scan scan = {.rec = rec, .source = i};
        rec->options.sources[i].offer(rec->options.sources[i].ctx, &scan);
    }
}

/* ---- the work ---- */
struct thread {
    struct dir_session *dir;
    struct cv_arena *arena;
    struct con_client *http;
};

static void thread_close(void *ctx, void *thread)
{
    struct thread *t = thread;
    (void)ctx;
    con_client_close(&t->http);
    dir_session_close(&t->dir);
    cv_arena_free(&t->arena);
    free(t);
}

static bool thread_open(void *ctx, void **out)
{
    struct rec *rec = ctx;
    struct cv_error err = {0};
    struct thread *t = calloc(1, sizeof *t);
    if (t == NULL)
        return false;
    t->arena = cv_arena_new(ARENA_MAX);
    if (!dir_session_open(rec->options.directory, &t->dir, &err) || !con_client_open(&t->http, &err)) {
        cv_log_error(CV_LOG_ERROR, "reconcile_thread", &err);
        thread_close(ctx, t);
        return false;
    }
    con_client_stop_flag(t->http, &rec->stopping);
    *out = t;
    return true;
}

static struct rec_worker worker_of(struct rec *rec, struct thread *t, struct cv_faults *faults)
{
    struct rec_worker w = {.http = t->http};
    cv_arena_reset(t->arena);
    cv_faults_init(faults, t->arena);
    w.call = (struct prov_call){.prov = rec->options.prov,
                                .dir = t->dir,
                                .arena = t->arena,
                                .faults = faults,
                                .deadline = cv_deadline_in_ms(rec->options.work_ms),
                                .scope = {.everywhere = true},
                                .scopes = DOM_ALL_SCOPES,
                                .actor = "system",
                                .via = "reconciler",
                                .request_id = "-"};
    w.stopping = &rec->stopping;
    dir_session_deadline(t->dir, w.call.deadline);
    con_client_deadline(t->http, w.call.deadline);
    return w;
}

static bool blames_target(const struct cv_error *err)
{
    return err->kind == CV_UNAVAILABLE || err->kind == CV_LIMIT || err->kind == CV_UNKNOWN || err->kind == CV_REFUSED;
}

static void note_outcome(struct rec *rec, const struct item *item, bool ok, const struct cv_error *err)
{
    bool blamed = !ok && blames_target(err);
    cv_lock_take(&rec->lock);
    struct target *t = &rec->targets[item->target];
    bool answered = err->lib_code >= 500 && err->kind != CV_LIMIT;
    struct cv_id culprit = answered ? item->staff : (struct cv_id){0};
    bool opened = prov_breaker_note(&t->breaker, ok, blamed, culprit, err->retry_after_s, cv_mono_ns());
    bool more = t->queue > (size_t)t->running && rec->running_count <= (size_t)rec->options.workers;
    if (opened)
        cv_log(CV_LOG_WARN, "breaker_open", "%s is left alone for a while", t->name);
    cv_lock_give(&rec->lock);
    cv_count(ok ? CVM_reconcile_done : CVM_reconcile_failed);
    if (more)
        rec_wake(rec);
}

static void run(void *ctx, void *thread, void *published)
{
    struct rec *rec = ctx;
    struct item *item = published;
    struct cv_faults faults;
    struct cv_error err = {0};
    if (may_work(rec)) {
        const struct rec_source *source = &rec->options.sources[item->source];
        struct rec_worker w = worker_of(rec, thread, &faults);
        bool ok = source->work(source->ctx, &w, rec->targets[item->target].name, item->staff, &err);
        if (!ok)
            cv_log_error(CV_LOG_DEBUG, "reconcile", &err);
        give_back(rec, item);
        note_outcome(rec, item, ok, &err);
    } else {
        give_back(rec, item);
    }
    free(item);
}

bool rec_stopping(const struct rec_worker *w)
{
    return atomic_load(w->stopping);
}

/* ---- life ---- */
bool rec_start(const struct rec_options *options, struct rec **out, struct cv_error *err)
{
    struct rec *rec = calloc(1, sizeof *rec);
    if (rec == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    rec->options = *options;
    if (rec->options.workers > WORKERS_MAX)
        rec->options.workers = WORKERS_MAX;
    cv_lock_init(&rec->lock, CV_RANK_ENGINE);
    struct job_lane_options lane = {.name = "connect",
                                    .workers = rec->options.workers,
                                    .queue = (size_t)rec->options.workers * SLOTS_PER_WORKER,
                                    .ctx = rec,
                                    .thread_open = thread_open,
                                    .thread_close = thread_close,
                                    .run = run};
    struct job_timer *timer = NULL;
    if (job_lane_start(&lane, &rec->lane, err) &&
        job_timer_start("reconcile", rec->options.period_ms, look, rec, &timer, err)) {
        cv_lock_take(&rec->lock);
        rec->timer = timer;
        cv_lock_give(&rec->lock);
        *out = rec;
        return true;
    }
    rec_stop(&rec);
    return false;
}

void rec_wake(struct rec *rec)
{
    cv_lock_take(&rec->lock);
    if (rec->timer)
        job_timer_poke(rec->timer);
    cv_lock_give(&rec->lock);
}

void rec_stop(struct rec **rec_p)
{
    struct rec *rec = *rec_p;
    if (rec == NULL)
        return;
    *rec_p = NULL;
    atomic_store(&rec->stopping, true);
    cv_lock_take(&rec->lock); /* the clock fills the lane and the workers poke the clock: neither after this */
    struct job_timer *timer = rec->timer;
    rec->timer = NULL;
    cv_lock_give(&rec->lock);
    job_timer_stop(&timer);
    job_lane_stop(&rec->lane);
    cv_lock_destroy(&rec->lock);
    free(rec);
}

bool rec_health(struct rec *rec, const char *target, struct rec_health *out)
{
    bool known = false;
    cv_lock_take(&rec->lock);
    for (size_t i = 0; i < rec->target_count && !known; i++) {
        const struct target *t = &rec->targets[i];
        if (strcmp(t->name, target) != 0 || !t->looked)
            continue;
        *out = (struct rec_health){.last_success_at = t->breaker.last_success_at,
                                   .queue = t->queue,
                                   .oldest_pending_at = t->oldest,
                                   .error_rate = prov_breaker_error_rate(&t->breaker),
                                   .breaker = prov_breaker_now(&t->breaker, cv_mono_ns())};
        known = true;
    }
    cv_lock_give(&rec->lock);
    return known;
}
