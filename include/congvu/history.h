/* History: what the figures were, day by day.
 *
 * Story of use. Whoever holds the lease calls prov_history_tick() from the clockwork. It keeps one snapshot a day:
 * taken as early on the day as the service sees it, and once more in its last minutes or when the service stops, so
 * that a day ends with its last state. An empty directory has none. The figures are those of that day: who is recorded,
 * which departure is in force, windows ending that day. A day on which nothing ran has no snapshot, and no reader
 * invents one.
 *
 *     if (!prov_history_coverage(&call, day, &query, &found, &coverage, err)) ...   // rows as view_coverage gives them
 *
 * A snapshot is written once and stands by itself: tree, names, rules and dates of the data are those of the day, so
 * moves and mergers that come later change nothing in it. Only what changed since the last one is written. Use alone
 * is open until the source has told of the day: then it is counted anew, as of that day, of those whom the day counts.
 *
 * Scope: as everywhere, but by the tree of that day: what lay outside the caller's subtree then, does not exist.
 * Thread: as prov_call. Memory: answers live in call->arena. */
#pragma once

#include "congvu/provision.h"
#include "congvu/view_figures.h"

/* Keeps history for the present day, completes past days, and drops what is older than it is to be kept. Cheap when
 * there is nothing to do; a failure is logged and tried again a minute later. Not thread-safe: the clockwork's own. */
void prov_history_tick(struct prov_call *call);
/* The last word of a process that holds the lease: nobody may be there when the day ends. Bounded by the call. */
void prov_history_stop(struct prov_call *call);

/* What as_of asks for. */
struct prov_history_query {
    const char *unit; /* id or code of that day; NULL = the top of the caller's subtree */
    bool recursive;
    int depth;
    const char *const *systems; /* empty = all of that day */
    size_t system_count;
    bool required, by_unit, by_system;
};
/* The snapshot of `day` or, when there is none, of the latest earlier day within a month: *out_day says which
 * (snapshot_missing when there is none). `coverage.as_of` is the moment at which it was taken. What is not kept is
 * empty: headcounts by category. */
bool prov_history_coverage(struct prov_call *call, cv_day day, const struct prov_history_query *query, cv_day *out_day,
                           struct view_coverage *out, struct cv_error *err);
/* Who was counted by the snapshot of that very day, which ends a period, as the unit (of that day's tree) and system
 * had them, ascending by id. snapshot_missing: that is not kept. For who may see the unit: prov_history_coverage asks.
 */
bool prov_history_people(struct prov_call *call, cv_day day, struct cv_id unit, const char *system,
                         struct cv_arena *arena, struct view_kept **out, size_t *out_count, struct cv_error *err);

/* ---- trends ---- */
enum prov_step { PROV_STEP_DAY, PROV_STEP_WEEK, PROV_STEP_MONTH };
enum { PROV_TREND_MAX = 400 }; /* points */
struct prov_trend_query {
    struct cv_id unit;
    const char *system;  /* NULL = all required systems together */
    cv_day from, to;     /* both included */
    enum prov_step step; /* weeks end on Sunday, months on their last day; `to` always has a point */
};
struct prov_trend_point {
    cv_day on;
    bool missing; /* no snapshot of that very day, or the unit or system was not there for the caller: nothing else is
                     filled */
    cv_moment taken_at;
    struct dom_counts counts;
    bool used_known, regular_known, activation_known;
};
/* How many points that would be. More than PROV_TREND_MAX are cut off by prov_history_trend: ask first. */
size_t prov_trend_points(const struct prov_trend_query *query);
bool prov_history_trend(struct prov_call *call, const struct prov_trend_query *query, struct prov_trend_point **out,
                        size_t *out_count, struct cv_error *err);
