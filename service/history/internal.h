/* Inside provision/: how a day's figures lie in the directory.
 *
 * Folder "snapshots":
 *   day.2026-11-25                 what was captured when, and where the rest lies; written last, so it is complete
 *   tree.2026-11-20.<digest>       the units in tree order, a part each
 *   rows.2026-11-25.<digest>       the counts of some of the units (those whose id falls into this part)
 * A part that is the same as in the snapshot before is not written again: the day names the one that is there. Lines of
 * text, because a trend reads one unit out of hundreds of days. */
#pragma once

#include "congvu/history.h"
#include "provision/internal.h"

#define HISTORY_FOLDER "snapshots"

enum { HISTORY_PARTS_MAX = 4096, HISTORY_DIGEST = 16, HISTORY_UNITS_A_PART = 192, HISTORY_BACK_DAYS = 31 };

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
    struct history_ref *tree, *rows;
    size_t tree_count, row_count;
};
struct history_unit {
    struct view_unit u; /* id, code, names, parent, depth */
    cv_day headcount_on;
};

/* ---- history_text.c: to and from text; pure ---- */
void history_put_day(struct cv_buf *out, const struct history_day *day);
bool history_take_day(const char *bytes, size_t len, struct cv_arena *arena, struct history_day *out);
void history_put_unit(struct cv_buf *out, const struct view_unit *unit);
/* Appends to what is there; *io_count <= cap. */
bool history_take_units(const char *bytes, size_t len, struct cv_arena *arena, struct history_unit *units, size_t cap,
                        size_t *io_count);
void history_put_members(struct cv_buf *out); /* first line of a part of rows */
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
/* CV_NOT_FOUND: that day has no snapshot. */
bool history_read_day(struct prov_call *call, cv_day day, struct history_day *out, struct cv_error *err);
/* That day or the latest before it, within a month; CV_NOT_FOUND. */
bool history_latest_day(struct prov_call *call, cv_day day, struct history_day *out, struct cv_error *err);
bool history_read_tree(struct prov_call *call, const struct history_day *day, struct history_unit **out,
                       size_t *out_count, struct cv_error *err);
/* Its index, or count. */
size_t history_find_unit(const struct history_unit *units, size_t count, struct cv_id id);
bool history_visible_at(const struct history_unit *units, size_t at, struct view_scope scope);
/* What can be said of a sum that this system belongs to; `concerned`: somebody there must have it. */
void history_know(const struct view_system_usage *usage, bool concerned, bool *io_used, bool *io_regular,
                  bool *io_activation);
const char *history_part_name(struct cv_arena *arena, const char *kind, const struct history_ref *ref);
