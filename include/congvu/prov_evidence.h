/* Evidence of what use cases do: each change is recorded durably before it is sent, with who, why and what.
 *
 * Story of use. main opens it before the first write and gives its witness to the directory's configuration; from then
 * on no write leaves without its intent on the disk (evidence.h):
 *
 *     prov_evidence_open(&options, &evidence, err);
 *     config.witness = prov_evidence_witness(evidence);
 *     prov_evidence_resolve(evidence, session, err);      // what a killed process left open
 *
 * Entries are JSON objects, told apart by `kind`: intent, outcome, abandoned, resolved, reading, by_hand, on_machine,
 * started. An outcome names its intent by index (`of`). Without a log that works every write fails with
 * audit_unavailable.
 *
 * Thread: any but for open, resolve and close. */
#pragma once

#include "congvu/evidence.h"
#include "congvu/secret.h"
#include "congvu/session.h"

struct prov_evidence;
struct prov_evidence_options {
    const char *folder, *key_file, *site; /* see ev_options; they live as long as it does */
    struct cv_key names;                  /* keyed hashes of names that were claimed */
};
/* Never fails for the disk's sake: then nothing can be written until prov_evidence_look() has opened it. */
bool prov_evidence_open(const struct prov_evidence_options *options, struct prov_evidence **out, struct cv_error *err);
void prov_evidence_close(struct prov_evidence **evidence);
const struct dir_witness *prov_evidence_witness(const struct prov_evidence *evidence);
/* The log, or NULL while it cannot be opened. */
struct ev_log *prov_evidence_log(struct prov_evidence *evidence);
/* Every few seconds: opens what could not be opened, writes down what was read again and again. */
void prov_evidence_look(struct prov_evidence *evidence);
/* Intents of former processes without an outcome: looked up in the directory, `resolved` is recorded for each. */
bool prov_evidence_resolve(struct prov_evidence *evidence, struct dir_session *session, struct cv_error *err);
/* Changes in the directory's log behind `last` ("" = where whoever looked last had come to, then kept up to date) whose
 * mark is missing or not believed, that are not the directory's own and touch what is recorded: counted, logged and
 * recorded as `by_hand`. */
uint64_t prov_evidence_hands(struct prov_evidence *evidence); /* how many this process has found */
enum { PROV_TRACE_TEXT = 48 };
bool prov_evidence_by_hand(struct prov_evidence *evidence, struct dir_session *session, char last[PROV_TRACE_TEXT],
                           struct cv_error *err);

/* Who said last on a machine of a site with two servers ("root at ..."; "" = nobody) that one of them is enough to give
 * names, and is that over? Each is recorded once, as `on_machine`. */
void prov_evidence_single(struct prov_evidence *evidence, const char *said, bool over);
/* Before the first write: says where the others see it that there is this log. */
bool prov_evidence_announce(struct prov_evidence *evidence, struct dir_session *session, struct cv_error *err);
/* Writes the last checkpoint where the others see it (ou=leases), and reads whose logs there are. */
bool prov_evidence_share(struct prov_evidence *evidence, struct dir_session *session, struct cv_error *err);
/* Origins of the others' logs, which are not read here. */
size_t prov_evidence_peers(struct prov_evidence *evidence, struct cv_arena *arena, const char ***out);

/* ---- reading ---- */
struct cv_jany;
struct prov_event {
    int64_t index;
    cv_moment at;
    const char *kind;    /* "intent", "reading", "by_hand", "started" */
    const char *outcome; /* of an intent: "done", "not_done", "abandoned", "unknown"; NULL = not known (yet) */
    const char *actor, *action, *target; /* NULL = it has none */
    const struct cv_jany *entry;         /* all of it */
};
struct prov_event_query {
    const char *actor, *action, *target; /* NULL = any */
    cv_moment from, to;                  /* CV_NO_MOMENT = open */
    int64_t before;                      /* an index; -1 = from the newest on */
    size_t most;
    bool (*shows)(void *ctx, const struct prov_event *event); /* may the caller see it? NULL = all */
    void *ctx;
};
/* The newest first. *out_next: where to go on (`before`), -1 = there are no more; a page may be shorter than asked for
 * when much had to be passed over. False: the log is not there, or damaged. */
bool prov_events(struct prov_evidence *evidence, const struct prov_event_query *query, struct cv_arena *arena,
                 struct prov_event **out, size_t *out_count, int64_t *out_next, struct cv_error *err);
/* The last checkpoint, and a tile below it (ev_tile): for those who follow the log from elsewhere. False: the log is
 * not there, or has no such tile (not_found). */
bool prov_evidence_checkpoint(struct prov_evidence *evidence, char out[EV_NOTE_MAX], struct cv_error *err);
bool prov_evidence_tile(struct prov_evidence *evidence, int level, const char *name, struct cv_buf *out,
                        struct cv_error *err);
/* When the log begins; CV_NO_MOMENT = it is empty or not there. */
cv_moment prov_evidence_since(struct prov_evidence *evidence);
