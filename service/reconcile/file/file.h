/* Inside the connectors' source: systems that are reached by files. A folder each, out/ for our lists, in/ for the
 * system's exports; a file that was read goes to in/done or in/refused. */
#pragma once

#include <limits.h>

#include "congvu/intake.h"
#include "reconcile/internal.h"

/* ---- folder.c ---- */
struct file_box {
    char base[PATH_MAX / 2]; /* the system's folder */
};
bool file_box_open(const char *dir, const char *folder, struct file_box *out, struct cv_error *err);
/* The first export that waits and is not being written any more; false: none. */
bool file_waiting(const struct file_box *box, bool checksum, char out_name[NAME_MAX + 1]);
/* The moment that the newest list's name says; 0 = none is there. */
cv_moment file_last_list(const struct file_box *box);
/* Reads an export, of INT_FILE_MAX bytes at most, and checks its sum. */
bool file_read(const struct file_box *box, const char *name, bool checksum, struct cv_buf *out, struct cv_error *err);
/* Out of the way: to in/done or in/refused, under the present moment. */
void file_put_away(const struct file_box *box, const char *name, bool taken);
/* A list and its sum (as sha256sum writes it); whoever sees the list sees all of it. Old ones go. */
bool file_write_list(const struct file_box *box, const char *name, const struct cv_buf *bytes, struct cv_error *err);

/* ---- list.c ---- who should be there and who not, in the system's columns */
bool file_make_list(struct rec_link *link, const char *tmp_dir, struct cv_buf *out, size_t *out_rows,
                    struct cv_error *err);
/* "0900000001" of "+84900000001" */
const char *file_national_number(struct cv_arena *arena, const char *number);

/* ---- roster.c ---- an export as rows of what we know of */
struct roster_row {
    uint32_t number; /* in the file */
    const char *login, *mark;
    const char **values; /* as many as the configuration has columns; NULL = not in the file */
    bool active, ours;
};
struct roster {
    const struct dom_file *file;
    struct cv_arena *arena;
    struct roster_row *rows;
    size_t count, room;
    struct roster_row **by_login, **by_mark; /* sorted */
    size_t marked;
    int column_of[DOM_FILE_COLUMNS]; /* in the file; -1 = it has no such column */
    bool headed;
    char faults[256];
    size_t fault_count;
};
/* All or nothing: an export that is not understood as a whole is refused with the first places. */
bool roster_read(const struct dom_file *file, const struct cv_buf *bytes, struct cv_arena *arena, struct roster *out,
                 struct cv_error *err);
struct roster_row *roster_by_login(const struct roster *r, const char *login);
struct roster_row *roster_by_mark(const struct roster *r, const char *mark);

/* ---- judge.c ---- */
/* What the export says of every account, written down where it is news. */
bool roster_judge(struct rec_connectors *c, struct rec_link *link, struct roster *r, struct cv_error *err);
/* Who counted as issued before the system knew only files, and was in no export yet, awaits confirmation; what tries of
 * another kind left is forgotten. */
bool roster_await(struct rec_link *link, struct cv_error *err);

/* ---- round.c ---- */
void file_offer(struct rec_connectors *c, struct rec_scan *scan, const struct dom_system *system);
bool file_round(struct rec_connectors *c, struct rec_link *link, struct cv_error *err);
