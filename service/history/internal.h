/* Inside provision/: how a day's figures lie in the directory.
 *
 * Folder "snapshots":
 *   day.2026-11-25                 what was captured when, and where the rest lies; written last, so it is complete
 *   tree.2026-11-20.<digest>       the units in tree order, a part each
 *   rows.2026-11-25.<digest>       the counts of some of the units (those whose id falls into this part)
 *   late.2026-11-25.<digest>       the same with the use that sources told of later; read instead, of this day alone
 *   people.2026-11-30.<digest>     of a day that ends a period: who was counted and had what, by their ids
 * A part that is the same as in the snapshot before is not written again: the day names the one that is there. Lines of
 * text, because a trend reads one unit out of hundreds of days. */
#pragma once

#include "congvu/history.h"
#include "provision/internal.h"

#define HISTORY_FOLDER "snapshots"

enum {
    HISTORY_PARTS_MAX = 4096,
    HISTORY_DIGEST = 16,
    HISTORY_UNITS_A_PART = 192,
    HISTORY_BACK_DAYS = 31,
    HISTORY_WINDOW_DAYS = 30
};

struct history_ref {
    cv_day day; /* of writing */
    char digest[HISTORY_DIGEST + 1];
};
struct history_day {
    cv_day day;
    cv_moment taken_at;
    struct view_window window;
    size_t unit_count;
    struct view_system_usage *systems;
    size_t system_count;
    struct history_ref *tree, *rows, *late, *people;
    size_t tree_count, row_count, late_count; /* of late: as many as of rows, or none */
    size_t people_count;                      /* 0: that day ends no period, or an earlier version kept it */
};
struct history_unit {
    struct view_unit u; /* id, code, names, parent, depth */
    cv_day headcount_on;
};

/* Everything of one moment. */
struct history_moment {
    struct prov_call *call;
    struct history_day day;
    struct history_unit *units;
    const char **slugs;
    struct dom_counts *counts;    /* [unit][system] */
    bool beyond_unknown;          /* as of the parts that they were read from */
    bool whole;                   /* every system's figures are of the same units */
    struct view_standing *people; /* those of a kept day that ends a period, unit by unit; NULL = not kept */
    size_t people_count;
};

/* ---- gather.c ---- */
/* Everything as it is now, of m->day. On a busy day the last try is kept although something moved while it was read. */
bool history_gather(struct history_moment *m, struct cv_error *err);
/* One system's figures of a unit and all below it, in the window of m's day. */
struct view_coverage_query history_question(const struct history_moment *m, struct cv_id root, const char *const *slug);
/* ---- write.c ---- */
/* A part as a document of m's day, or `last`, which is the same. */
bool history_write_part(struct history_moment *m, const char *kind, const struct cv_buf *bytes,
                        const struct history_ref *last, struct history_ref *out, struct cv_error *err);
/* In parts of the tree's order; what `last` has already is named again. */
bool history_write_tree(struct history_moment *m, const struct history_day *last, struct cv_error *err);
/* A part each of the units, by their ids; what `last` has already is named again. */
bool history_write_rows(struct history_moment *m, const char *kind, const struct history_ref *last, size_t last_count,
                        struct history_ref **out, size_t *out_count, struct cv_error *err);
/* Last of all: only what it names counts. */
bool history_write_day(struct history_moment *m, struct cv_error *err);
/* What the day's earlier snapshot had written and the later one does not name. Left over, it is only waste. */
void history_drop_replaced(struct history_moment *m, const char *kind, const struct history_ref *before,
                           size_t before_count, const struct history_ref *now, size_t now_count);
/* What is older than it is to be kept. */
void history_drop_old(struct prov_call *call, cv_day today);
/* ---- late.c ---- */
/* Days whose sources have come further since are completed, a few at a time. */
void history_complete(struct prov_call *call);

/* ---- people.c ---- */
/* Who is counted now, where m's day ends a period; else nobody. */
bool history_write_people(struct history_moment *m, struct cv_error *err);
/* m->people as they are kept, but for what they used of some systems (bits): as it is told of the day now. */
bool history_retell_people(struct history_moment *m, uint16_t systems, struct cv_arena *arena, struct cv_error *err);
bool history_save_people(struct history_moment *m, struct cv_error *err);

/* ---- history_text.c: to and from text; pure ---- */
void history_put_day(struct cv_buf *out, const struct history_day *day);
bool history_take_day(const char *bytes, size_t len, struct cv_arena *arena, struct history_day *out);
void history_put_unit(struct cv_buf *out, const struct view_unit *unit);
/* Appends to what is there; *io_count <= cap. */
bool history_take_units(const char *bytes, size_t len, struct cv_arena *arena, struct history_unit *units, size_t cap,
                        size_t *io_count);
/* First line of a part of rows. `uncounted`: a member that nobody counted then, or NULL. */
void history_put_members(struct cv_buf *out, const char *uncounted);
/* One unit: counts[i] is of systems[i]. */
void history_put_counts(struct cv_buf *out, struct cv_id unit, cv_day headcount_on, const char *const *systems,
                        const struct dom_counts *counts, size_t system_count);
/* The counts of one unit for the given systems; what is not there is 0. False: the unit is not in this part, or it
 * cannot be read. */
bool history_take_counts(const char *bytes, size_t len, struct cv_id unit, const char *const *systems,
                         size_t system_count, struct dom_counts *counts, cv_day *out_headcount_on);
/* Was this member counted when the part was written? */
bool history_counted(const char *bytes, size_t len, const char *member);
size_t history_part_of(struct cv_id unit, size_t parts);

/* ---- history_read.c ---- */
bool history_too_large(struct cv_error *err); /* fails: more than fits into the memory for it */
bool history_unreadable(struct cv_error *err, const char *name);
/* CV_NOT_FOUND: that day has no snapshot. */
bool history_read_day(struct prov_call *call, cv_day day, struct history_day *out, struct cv_error *err);
/* That day or the latest before it, within a month; CV_NOT_FOUND. */
bool history_latest_day(struct prov_call *call, cv_day day, struct history_day *out, struct cv_error *err);
bool history_read_tree(struct prov_call *call, const struct history_day *day, struct history_unit **out,
                       size_t *out_count, struct cv_error *err);
/* One unit after the other; parts that were read stay in the arena. */
struct history_parts {
    struct prov_call *call;
    bool late;
    const struct history_ref *refs;
    struct dir_document *docs; /* name NULL = not read yet */
    size_t count;
    bool beyond_unknown; /* one that was read is of before issued_beyond was counted */
};
struct history_parts history_parts_of(struct prov_call *call, const struct history_day *day);
bool history_read_counts(struct history_parts *parts, struct cv_id unit, const char *const *systems, size_t count,
                         struct dom_counts *counts, cv_day *out_headcount_on, struct cv_error *err);
/* Its index, or count. */
size_t history_find_unit(const struct history_unit *units, size_t count, struct cv_id id);
bool history_visible_at(const struct history_unit *units, size_t at, struct view_scope scope);
/* What can be said of a sum that this system belongs to; `concerned`: somebody there must have it. */
void history_know(const struct view_system_usage *usage, bool concerned, bool *io_used, bool *io_regular,
                  bool *io_activation);
/* Some of the people; the same unit and account follow each other. */
void history_put_people(struct cv_buf *out, const struct view_standing *people, size_t count);
/* Appends to what is there; *io_count <= cap. */
bool history_take_people(const char *bytes, size_t len, struct view_standing *people, size_t cap, size_t *io_count);
const char *history_part_name(struct cv_arena *arena, const char *kind, const struct history_ref *ref);
