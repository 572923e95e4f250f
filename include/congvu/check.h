/* What faults of earlier versions did to data that exist: `congvud check-data`.
 *
 * Story of use. chk_run() reads a data folder (dump.h), beside the running service or at rest, and says each finding
 * once, as it is found; nothing is changed. What only the change itself shows comes from the directory's log, so the
 * summary says how far back that reaches.
 *
 *     if (!chk_run(dir, "dc=congvu", say, NULL, &summary, &err)) ...
 *
 * Thread: that of the call. Findings live until the callback returns. */
#pragma once

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/secret.h"

enum chk_kind {
    CHK_HOLD_LEAKED,      /* carried out although the brake held it and nobody released it */
    CHK_LEAVER_OPEN,      /* has left, and can sign in */
    CHK_OLD_PASSWORD,     /* locked for a stolen password, open again with the same one */
    CHK_TWIN,             /* two records that look like one person */
    CHK_POST_OVERWRITTEN, /* a transfer left nothing of the former post */
    CHK_POST_NOT_BEGUN,   /* counted by a post whose day is yet to come */
    CHK_EMPTY_SNAPSHOT,   /* figures of a day on which nobody was loaded */
    CHK_ALIAS_IS_ADDRESS, /* an alias that is somebody's address */
    CHK_UNREADABLE,       /* a record that cannot be understood */
    CHK_KINDS
};
extern const char *const chk_kind_words[]; /* hold_leaked leaver_open ... */

struct chk_finding {
    enum chk_kind kind;
    const char *id;          /* "stf_...", the day of a snapshot, or a DN */
    const char *code, *name; /* of a person, or NULL */
    const char *text[CV_LANGS];
};
typedef void chk_say(void *ctx, const struct chk_finding *finding);

struct chk_summary {
    size_t people, units, snapshots, changes;
    cv_moment log_since; /* CV_NO_MOMENT = the log is empty */
    size_t found[CHK_KINDS];
};
/* False when the data cannot be read; what was found before has been said. */
bool chk_run(const char *data_dir, const char *base, chk_say *say, void *ctx, struct chk_summary *out,
             struct cv_error *err);
