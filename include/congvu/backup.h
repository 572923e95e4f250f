/* Backup of a data folder while it is in use, and the way back.
 *
 * Story of use. `congvud backup DIR` calls dir_backup(): every database as LDIF from one moment each, what else the
 * folder keeps, a manifest with their digests; then all of it is loaded into a scratch folder and counted, and only
 * then DIR gets its name. The key is not in it. `congvud restore DIR` calls dir_restore() into a new folder, with the
 * key and the log of the dead machine: what was changed since the backup is done again from that log, change by change,
 * and what the log lacks is told by name.
 *
 * Thread: any one. Files of the backup: 0600 in a folder of 0700; they hold hashes of passwords. */
#pragma once

#include <stdio.h>

#include "congvu/secret.h"
#include "congvu/server.h"

/* What else goes into the folder, before it is whole: called once with its name. False ends everything with `err`. */
typedef bool dir_beside(void *ctx, const char *folder, struct cv_error *err);

struct dir_backup {
    const char *data_dir, *base;
    const char *to;          /* must not be there yet */
    const char *fingerprint; /* of the data's key */
    const char *version;     /* of this program, for people */
    uint64_t max_bytes;      /* of each database, for the trial */
    dir_beside *beside;
    void *ctx; /* of beside */
};
struct dir_backup_done {
    uint64_t entries, bytes;
};
bool dir_backup(const struct dir_backup *what, struct dir_backup_done *out, struct cv_error *err);

struct dir_restore {
    const char *from;
    struct dir_embedded_options into; /* an empty or missing data_dir */
    const struct cv_key *key;
    const char *log_of; /* data folder of the dead machine, or its log as LDIF; NULL = there is none */
    FILE *report;       /* a line for each thing that could not be done again */
    dir_beside *beside;
    void *ctx; /* of beside */
};
struct dir_restore_done {
    uint64_t entries;  /* in the main database */
    uint64_t replayed; /* changes since the backup that were done again */
    uint64_t missing;  /* lines in the report */
    char log_end[48];  /* the last change that the log knows; "" without a log */
};
/* CV_CONFLICT: another key, files that are not those of the manifest, a folder that is not empty. Nothing is left
 * behind in data_dir by a restore that failed. */
bool dir_restore(const struct dir_restore *what, struct dir_restore_done *out, struct cv_error *err);
