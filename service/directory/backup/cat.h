/* Inside directory/backup/: slapd's own reader of databases (slapcat) as a child. */
#pragma once

#include "directory/server/slapd.h"

/* What is done with each entry; the arena is emptied afterwards. */
typedef bool slapd_cat_fn(void *ctx, const struct dir_entry *entry, struct cv_arena *arena, struct cv_error *err);
/* Every entry of the records' database, or of the log's, that fits the filter, in the order of their making. */
bool slapd_cat(const char *data_dir, const char *base, bool log, const char *filter, slapd_cat_fn *fn, void *ctx,
               struct cv_error *err);
