/* The reconciler: works off what is wanted and not yet so in systems outside the directory.
 *
 * Story of use. The entries are the queue: nothing is kept anywhere else, so a crash loses nothing. A rec_source says
 * which people have something to do at which target (a level, read from the live view, not an event), and does it for
 * one person at a time. The engine asks the sources about every period_ms, and at once when woken after a write; it
 * hands the work to its own few workers, never to a request.
 *
 *     static void offer(void *ctx, struct rec_scan *scan) {
 *         struct cv_id ids[REC_ROOM_MAX];
 *         size_t n = view_...(ids, rec_room(scan, "e-office"));
 *         for (size_t i = 0; i < n && rec_offer(scan, "e-office", ids[i]); i++) {}
 *         rec_backlog(scan, "e-office", queue, oldest_pending_at);
 *     }
 *     static bool work(void *ctx, struct rec_worker *w, const char *target, struct cv_id staff, struct cv_error *err) {
 *         ... read the entry with w->call.dir, look at what is there with w->http, do one step, save what was seen ...
 *     }
 *     struct rec_source source = {.ctx = ..., .offer = offer, .work = work};
 *
 * What a source must keep to: work() looks before it acts (it may have acted before, and the answer was lost); it saves
 * what it saw on the entry, quietly; on failure it saves when to try again with prov_retry(). What the engine sees to:
 * one person is never worked on twice at the same time, whatever the targets; a target that fails again and again is
 * left alone for growing, jittered pauses and then tried with one person (breaker); nothing begins while may_work says
 * no (another replica holds the lease), or after a stop was asked for.
 *
 * Which failures speak of the target, by err->kind: CV_UNAVAILABLE, CV_LIMIT, CV_UNKNOWN and CV_REFUSED. Every other
 * failure is the person's own.
 *
 * Thread: offer() runs in the engine's clock thread; work() in any worker; rec_wake() and rec_health() in any thread.
 */
#pragma once

#include <stdatomic.h>

#include "congvu/connect.h"
#include "congvu/prov_breaker.h"
#include "congvu/provision.h"

enum { REC_ROOM_MAX = 32, REC_TARGETS_MAX = 32, REC_SOURCES_MAX = 4 };

struct rec;
struct rec_scan; /* one look at what is to be done */

struct rec_worker {
    struct prov_call
        call; /* fresh for each piece of work: session, arena, deadline, scope everywhere, actor "system" */
    struct con_client *http; /* with the same deadline */
    const _Atomic bool *stopping;
};

struct rec_source {
    void *ctx;
    void (*offer)(void *ctx, struct rec_scan *scan);
    /* `staff` is what was offered; the zero id stands for the target itself (a comparison, a flush). */
    bool (*work)(void *ctx, struct rec_worker *w, const char *target, struct cv_id staff, struct cv_error *err);
};

/* ---- for offer() ---- */
/* How many more people may be offered for the target now: 0 while its breaker is open, 1 when it is to be tried. */
size_t rec_room(struct rec_scan *scan, const char *target);
/* False: no more room. Somebody who is being worked on already is passed over. */
bool rec_offer(struct rec_scan *scan, const char *target, struct cv_id staff);
/* Everything that is open at the target, due or not, for its health. */
void rec_backlog(struct rec_scan *scan, const char *target, size_t queue, cv_moment oldest_pending_at);

/* ---- for work() ---- */
/* A stop was asked for: long work ends at the next step. */
bool rec_stopping(const struct rec_worker *w);

/* ---- the engine ---- */
struct rec_options {
    const struct dir_config *directory;
    struct prov *prov;
    int workers, period_ms, work_ms; /* work_ms bounds one piece of work */
    bool (*may_work)(void *ctx);     /* NULL = always */
    void *may_ctx;
    struct rec_source sources[REC_SOURCES_MAX];
    size_t source_count;
};
bool rec_start(const struct rec_options *options, struct rec **out, struct cv_error *err);
/* Something was written: look at once. */
void rec_wake(struct rec *rec);
/* Ends what runs at the next step (calls under way within about a second), then the threads. */
void rec_stop(struct rec **rec);

struct rec_health {
    cv_moment last_success_at; /* CV_NO_MOMENT = none since the start */
    size_t queue;
    cv_moment oldest_pending_at;
    double error_rate; /* of the last pieces of work, at most 64; negative = none yet */
    enum prov_breaker breaker;
};
/* False: this process has not looked at the target (yet), or does not hold the lease. */
bool rec_health(struct rec *rec, const char *target, struct rec_health *out);

/* ---- systems with a connector: the source that is built in ---- */
struct rec_connectors;
struct rec_connectors_options {
    struct view *view;
    const char *secret_dir; /* "" = none */
    const char *file_dir;   /* of systems of kind file; "" = none */
    const char *tmp_dir;    /* for what is being written; NULL = the system's */
    int compare_s;          /* between two full comparisons of a system */
    int total_ms;           /* bound of one call; 0 = that of connect.h */
};
bool rec_connectors_new(const struct rec_connectors_options *options, struct rec_connectors **out,
                        struct cv_error *err);
/* After rec_stop(). */
void rec_connectors_free(struct rec_connectors **connectors);
struct rec_source rec_connectors_source(struct rec_connectors *connectors);

/* What a system was seen not to do, by this process. */
enum rec_whether { REC_UNKNOWN, REC_YES, REC_NO };
struct rec_limits {
    enum rec_whether deactivates;
    uint32_t not_taken; /* bits of enum dom_field */
};
struct rec_limits rec_limits(struct rec_connectors *connectors, const char *system);

/* What a system of kind file was given and gave last, by this process. */
struct rec_exchange {
    cv_moment listed_at, read_at; /* 0 = not yet */
    size_t rows_listed, rows_read;
    char refused[256]; /* the last export's name, when it was refused */
    char why[CV_LANGS][512];
};
struct rec_exchange rec_exchange(struct rec_connectors *connectors, const char *system);

/* What the last full comparison found at a system: accounts that are there and nobody's here, and accounts of ours that
 * are not there. Nothing is done about the former; the latter are made again, unless suspiciously many are missing. */
enum rec_orphan_kind { REC_UNKNOWN_HERE, REC_MISSING_THERE, REC_LOGIN_TAKEN, REC_ORPHAN_KINDS };
extern const char *const rec_orphan_kind_words[]; /* unknown_here missing_there login_taken */
enum { REC_ORPHANS_MAX = 1000 };
struct rec_orphan {
    enum rec_orphan_kind kind;
    const char *remote_id, *login; /* or NULL */
    bool of_unit;
    struct cv_id owner; /* whose account is missing, whose login it has; zero with REC_UNKNOWN_HERE */
};
struct rec_comparison {
    cv_moment compared_at; /* CV_NO_MOMENT = not yet */
    bool whole;            /* the system listed all it has; else only unknown_here is told */
    size_t there, unknown_here, missing_there;
    size_t login_taken;             /* strangers with the login of one of ours; not in unknown_here */
    const struct rec_orphan *items; /* at most REC_ORPHANS_MAX; in the arena */
    size_t count;
};
/* False: nothing was compared by this process. With `items` false only the figures. Any thread. */
bool rec_compared(struct rec_connectors *connectors, const char *system, bool items, struct cv_arena *arena,
                  struct rec_comparison *out);
