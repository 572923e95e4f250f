/* Inside directory/backup/: LDIF records, slapd's own tools, and doing a log's changes again. */
#pragma once

#include <ldap.h>
#include <stdio.h>

#include <ldif.h>

#include "congvu/backup.h"
#include "directory/server/slapd.h"

/* ---- LDIF (ldif.c) ---- */
struct ldif_record {
    struct dir_entry entry;
    const char *text; /* as it was read, for passing it on untouched */
};
/* *out_end: there is none left. */
bool ldif_next(LDIFFP *file, struct cv_arena *arena, struct ldif_record *out, bool *out_end, struct cv_error *err);
bool ldif_write(FILE *to, const struct dir_entry *entry);

/* ---- slapd's tools (tool.c) ---- */
/* slapcat and slapadd of one database with the configuration at `config`. */
bool tool_dump(const char *config, const char *suffix, const char *file, struct cv_error *err);
bool tool_load(const char *config, const char *suffix, const char *file, struct cv_error *err);
/* Entries in an LDIF file, and its digest. */
bool tool_count(const char *file, uint64_t *out_entries, struct cv_error *err);
bool tool_digest(const char *file, char out[CV_DIGEST_TEXT], uint64_t *out_bytes, struct cv_error *err);
bool tool_copy(const char *from, const char *to, struct cv_error *err);
bool tool_fault(struct cv_error *err, const char *path, const char *vi, const char *en);
/* That, with the system's reason (errno). */
bool tool_refused(struct cv_error *err, const char *path, const char *vi, const char *en);
/* Folders, schema and configuration of a folder that nobody serves: `folder`/slapd/... */
bool tool_prepare(const struct dir_embedded_options *options, const char *folder, struct slapd_paths *out,
                  struct cv_error *err);
/* What was written lies on the disk when it returns. */
bool tool_flush(const char *folder, struct cv_error *err);
/* Everything below a folder of our own making. */
void tool_remove(const char *folder);

/* ---- doing a log's changes again (replay.c) ---- */
/* Writes `main_ldif` with the changes of `log_ldif` that are later than each of its entries to `out_ldif`. */
struct replay {
    const char *main_ldif, *log_ldif, *out_ldif;
    const char *since; /* what is before it (as an entryCSN begins) is not looked at */
    size_t memory;     /* for the changes since; CV_LIMIT when they do not fit */
};
bool replay(const struct replay *what, FILE *report, struct dir_restore_done *done, struct cv_error *err);

/* Without a log nobody knows which tokens were revoked since: all are left out, the next start makes one new. */
bool replay_nothing(const char *main_ldif, const char *out_ldif, struct dir_restore_done *done, struct cv_error *err);

/* ---- the manifest (manifest.c) ---- */
enum { MANIFEST_TIME = 24 };
struct manifest_file {
    uint64_t bytes, entries;
    char digest[CV_DIGEST_TEXT]; /* "" = not in the backup */
};
struct manifest {
    char started[MANIFEST_TIME]; /* as an entryCSN begins */
    char fingerprint[17];
    int schema;
    struct manifest_file files[SLAPD_DATABASES];
};
bool manifest_write(const char *folder, const struct manifest *m, const char *version, struct cv_error *err);
/* Reads it and holds every file against it. */
bool manifest_check(const char *folder, struct manifest *out, struct cv_error *err);
