/* Inside directory/: what the records_*.c share. */
#pragma once

#include "directory/map/common.h"

/* Working memory of one call, freed with it. NULL + err when there is none. */
struct cv_arena *dir_scratch(struct cv_error *err);
const char *dir_actor_text(struct cv_arena *arena, const struct dir_actor *actor);
const char *dir_dn_units(struct cv_arena *arena, const char *base);
const char *dir_dn_tokens(struct cv_arena *arena, const char *base);
/* What a write asserts: the revision, and `also` (a filter, or ""). */
const char *dir_filter_revision(struct cv_arena *arena, int64_t revision, const char *also);

/* One record on its way into the directory. */
struct dir_write {
    struct cv_arena *arena;
    const struct dir_fields *fields;
    const char *dn;
    const struct dir_actor *actor;
};
/* `created_at` CV_NO_MOMENT = now. */
bool dir_record_add(struct dir_session *s, const struct dir_write *w, const void *record, cv_moment created_at,
                    struct dir_stamp *out, struct cv_error *err);
bool dir_record_save(struct dir_session *s, const struct dir_write *w, const void *before, const void *after,
                     int64_t revision, bool quiet, struct dir_stamp *out, struct cv_error *err);
/* Sends what dir_record_pair() gave, if `asserted` (dir_filter_revision) holds. */
bool dir_record_send(struct dir_session *s, const struct dir_write *w, const struct dir_attrs *was,
                     const struct dir_attrs *will, const char *asserted, struct dir_stamp *out, struct cv_error *err);
/* The two halves of a save: what was and what shall be, with revision, actor and moment set. */
void dir_record_pair(const struct dir_write *w, const char *base, const void *before, const void *after,
                     int64_t revision, bool quiet, struct dir_attrs *out_before, struct dir_attrs *out_after);
