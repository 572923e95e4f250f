/* Coverage and use of units, and the people of a closing day.
 *
 * Story of use. One question (unit, depth, systems, window) gives all rows of a table at once; the counts behind it are
 * kept up to date as changes arrive.
 *
 * Thread: any; see view.h. */
#pragma once

#include "congvu/adoption.h"
#include "congvu/coverage.h"
#include "congvu/view.h"

/* What a figure of usage rests on. */
struct view_system_usage {
    const char *system;
    struct dom_activity rule;
    cv_day data_from;    /* CV_NO_DAY = nobody knows */
    cv_day data_through; /* CV_NO_DAY = no data yet */
    cv_day silent_since; /* CV_NO_DAY = it is not */
    enum dom_unknown_use unknown;
    bool stale; /* unknown is not DOM_USE_KNOWN: used, regular and what follows are null; everybody issued is `unknown`
                 */
    bool regular_known;    /* false: stale, last-only source, or a window shorter than the rule */
    size_t missing_there;  /* accounts counted as issued that the system itself lacks */
    bool missing_unknown;  /* a snapshot from before it was kept */
    bool activation_known; /* false: kept by hand and without any source */
    cv_moment open_until;  /* of a snapshot: when the source had told of its day; else CV_NO_MOMENT */
};
/* Since when a source that says it has told all until `through` has told nothing; CV_NO_DAY = it is not silent. */
cv_day view_silent_since(const struct view *v, const char *slug, cv_day through);
/* As of today. False: the system is not known, or the view not loaded. */
bool view_system_usage(const struct view *v, const char *slug, struct view_system_usage *out);
/* Of other days; false also where use of them is not kept. `out->system` is left to the caller. */
bool view_system_usage_in(const struct view *v, const char *slug, struct view_window window,
                          struct view_system_usage *out);
struct view_coverage_query {
    struct view_scope scope;
    struct cv_id unit;
    bool recursive;
    int depth; /* rows of sub-units down to this depth; 0 = the total row only */
    const char *const *systems;
    size_t system_count;     /* slugs to show, in order; empty = all */
    bool required;           /* system=required: one row over all required pairs */
    bool by_unit, by_system; /* group_by */
    uint32_t categories;     /* 0 = all */
    struct view_window window;
};
enum view_row_kind { VIEW_ROW_TOTAL, VIEW_ROW_OWN, VIEW_ROW_UNIT };
struct view_coverage_row {
    enum view_row_kind kind;
    struct view_unit unit; /* id, code, names, kind and block alone, as they were on the window's last day */
    int depth;             /* below the asked unit */
    const char *system;    /* NULL with `required` */
    struct dom_counts counts;
    bool used_known, regular_known, activation_known; /* else these counts and what follows from them are null */
    bool beyond_unknown;                              /* a snapshot from before issued_beyond was counted */
    bool locked_unknown;   /* the window ended before locks were kept with their days, and somebody had an account */
    bool not_recorded_yet; /* the window ended before the unit was written down, and nobody was there: not 0 of 0 */
    cv_day headcount_on;   /* day of the declared figure of the unit itself, or CV_NO_DAY */
    int headcount_by_category[DOM_CATEGORIES]; /* sums; -1 = not declared */
};
struct view_coverage {
    struct view_coverage_row *rows;
    size_t count;
    struct view_system_usage *systems; /* of the question, in its order */
    size_t system_count;
    struct view_window window;
    cv_moment as_of;
    char unit_tree[24]; /* version of the tree */
};
/* Rows: total first; for a unit with sub-units shown and people of its own an `own` row; then the units in tree order.
 * own + units at depth 1 = total for every count. Costs O(rows): counts are kept up to date as changes arrive, those of
 * the last few other windows and `categories` too once they were asked for (the first time O(people)). */
bool view_coverage(const struct view *v, const struct view_coverage_query *q, struct cv_arena *arena,
                   struct view_coverage *out, struct cv_error *err);

/* ---- why a figure changed ---- between the ends of two days, person by person */
enum view_cause {
    VIEW_JOINED,   /* was nowhere */
    VIEW_LEFT,     /* is nowhere any more */
    VIEW_MOVED_IN, /* was elsewhere */
    VIEW_MOVED_OUT,
    VIEW_REQUIRED,     /* was here, and need not have had it */
    VIEW_NOT_REQUIRED, /* is here, and need not have it any more */
    VIEW_ISSUED_NOW,
    VIEW_REVOKED_NOW,
    VIEW_BEGAN_USING,
    VIEW_STOPPED_USING,
    VIEW_BECAME_UNKNOWN, /* used it, and nothing is known of use any more */
    VIEW_LEAVE,          /* of thirty days or more began or ended: the base of use */
    VIEW_LOCKED_NOW,     /* changes no figure: locked accounts count as issued */
    VIEW_CAUSES
};
/* One person as a day counted him, of one unit and system. */
struct view_kept {
    struct cv_id staff; /* first: looked for by it */
    bool here, eligible, issued, used, away, locked;
};
/* a and b of both ratios; also differences. */
struct view_pair_counts {
    int32_t issued, eligible, used, on_leave_unused;
};
struct view_cause_part {
    struct view_pair_counts change;
    struct view_staff *people; /* the first VIEW_CAUSE_PEOPLE */
    size_t shown, count;
};
enum { VIEW_CAUSE_PEOPLE = 200 };
struct view_changes_query {
    struct view_scope scope;
    struct cv_id unit;
    const char *system;
    uint32_t categories; /* 0 = all; of another one nobody need have it */
    cv_day from, to;     /* from < to; use is counted in the 30 days until each */
    /* Instead of `from`: who stood how on the day `to` when somebody looked, ascending by id. */
    const struct view_kept *kept;
    size_t kept_count;
    bool kept_use_known;
};
struct view_changes {
    struct view_pair_counts from, to;             /* from + the parts = to; use: if known on both days */
    struct view_pair_counts left_by[DOM_REASONS]; /* of VIEW_LEFT, by what the departure says; some have none */
    bool used_known_from, used_known_to;
    struct view_cause_part causes[VIEW_CAUSES];
};
/* Each day by the tree of that day. O(people who ever belonged to the branch, or all when units have moved). */
bool view_changes(const struct view *v, const struct view_changes_query *q, struct cv_arena *arena,
                  struct view_changes *out, struct cv_error *err);

/* Everybody who is recorded at the end of a day, as it counts him: for who looks again later. */
struct view_standing {
    struct cv_id staff, unit;                /* unit of the primary post */
    bool away;                               /* on long leave */
    uint16_t eligible, issued, used, locked; /* bits in the order of the systems; used in the 30 days until the day */
};
bool view_standings(const struct view *v, cv_day day, const char *const *systems, size_t system_count,
                    struct cv_arena *arena, struct view_standing **out, size_t *out_count, struct cv_error *err);

/* Did the person belong to any unit at the end of that day? Who has no hired_on did before he was written down. True
 * while nobody can tell. */
bool view_staff_there(const struct view *v, struct cv_id staff, cv_day day);

/* As of the end of that day; DOM_CATEGORIES = there is nobody of that id. */
enum dom_category view_staff_category(const struct view *v, struct cv_id staff, cv_day day);
/* The unit of his primary post then; false = he had none, or there is nobody of that id. */
bool view_staff_unit(const struct view *v, struct cv_id staff, cv_day day, struct cv_id *out);

/* ---- the people of a closing day ---- kept with the draft of a report, so that usage which arrives later is counted
 * for those who were there */
struct view_closing {
    struct cv_id staff, unit;                   /* unit of the primary post */
    bool away;                                  /* on long leave */
    uint16_t left, undecided;                   /* of view_lever_list alone */
    uint16_t eligible, issued, activated, idle; /* bits in the order of the question's systems */
    cv_day issued_on[DOM_SYSTEMS_MAX];          /* CV_NO_DAY = long ago */
};
/* Who is recorded on the window's last day at or below q->unit, of q->categories. O(people of the subtree). */
bool view_closing_list(const struct view *v, const struct view_coverage_query *q, struct cv_arena *arena,
                       struct view_closing **out, size_t *out_count, struct cv_error *err);
/* Whoever counts in the base of a system no more because his category changed inside the window (`left` says of which),
 * or is on long leave without a decision on its last day (`undecided`: the systems that he must have). */
bool view_lever_list(const struct view *v, const struct view_coverage_query *q, struct cv_arena *arena,
                     struct view_closing **out, size_t *out_count, struct cv_error *err);
/* Who is on the list, ascending by view_id_order. */
struct view_listed {
    const struct cv_id *ids;
    size_t count;
};
int view_id_order(const void *a, const void *b);
/* What the usage known by now says of one of them, for a window of `length` days that ends on at->day; of records that
 * were merged into his only when they are not on the list themselves. Nobody of that id: no use. CV_UNAVAILABLE as
 * every question. */
bool view_closing_use(const struct view *v, struct cv_id staff, const struct view_listed *listed, const char *system,
                      const struct dom_use_case *at, int length, struct dom_use_verdict *out, struct cv_error *err);
