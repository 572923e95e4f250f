/* Inside api/runs/: plans that are carried out, by threads of their own: whoever asked may leave.
 *
 * Of each plan there is one run, in one process: a document of the folder says whose, and beats while it goes on. When
 * its process has died, another (or its next life) carries on from the first row: what is there already is done. What
 * came of each row is kept beside the plan when the run has ended. */
#pragma once

#include <stdatomic.h>

#include "api/intake/imports.h"
#include "congvu/lock.h"
#include "congvu/prov_brake.h"

enum { IMP_STRANDS_MAX = 8, IMP_PHASES = 3 };

struct imp_result {
    int64_t row, revision; /* of the record then */
    enum imp_op op;
    enum imp_outcome outcome;
    bool made; /* by this list, in this run or in one before it: that is what is taken back */
    const char *key, *staff, *address, *code; /* or NULL */
    const char *changes;                      /* of a question's answer, which no plan tells; or NULL */
    const char *text[CV_LANGS];
};

enum imp_run_state { IMP_PLANNED, IMP_RUNNING, IMP_INTERRUPTED, IMP_ENDED, IMP_RUN_STATES };
extern const char *const imp_run_state_words[]; /* planned running interrupted ended */

/* How far a run is. */
struct imp_progress {
    enum imp_run_state state;
    const char *by;                       /* who asked first */
    bool approved;                        /* before it has begun: nobody has to agree any more */
    const char *approved_by;              /* who has; or NULL */
    const struct prov_releaser *wait_for; /* else who may */
    size_t wait_for_count;
    cv_moment started_at, ended_at;
    int64_t rows, run; /* to be done, and done */
    int64_t sums[IMP_OUTCOMES];
};

/* Who asked first; his rights are asked of the view again and again. */
struct imp_asker {
    char by[CV_ID_TEXT];
    struct api_actor actor;
};

/* ---- store.c ---- */
struct imp_owner {
    char host[65], life[CV_ID_TEXT];
    int64_t pid;
};
void imp_owner_of_this(struct imp_owner *out);
struct imp_marker {
    struct dir_document document; /* name NULL: there is none */
    struct imp_owner owner;
    cv_moment beat;
    struct imp_asker asker;
    struct imp_progress progress;
};
/* Does nobody beat any more? */
bool imp_marker_stale(const struct imp_marker *marker, const struct imp_owner *mine);
bool imp_marker_read(struct dir_session *dir, const char *import, struct cv_arena *arena, struct imp_marker *out,
                     struct cv_error *err);
/* The first time (document.name NULL), or over the one read or written before (CV_STALE: somebody else did). */
bool imp_marker_write(struct dir_session *dir, const char *import, struct cv_arena *arena, struct imp_marker *marker,
                      struct cv_error *err);
bool imp_marker_delete(struct dir_session *dir, const char *import, struct cv_error *err);
/* Ids of plans with a marker. */
bool imp_markers(struct dir_session *dir, struct cv_arena *arena, const char ***out, size_t *out_count,
                 struct cv_error *err);
/* What came of a run that has ended, or that a corrected copy has cut short. Read: false with CV_NOT_FOUND. */
bool imp_ended_write(struct dir_session *dir, const char *import, const struct imp_progress *progress,
                     const struct imp_result *results, size_t count, struct cv_arena *arena, struct cv_error *err);
bool imp_ended_read(struct dir_session *dir, const char *import, bool results, struct cv_arena *arena,
                    struct imp_progress *out, struct imp_result **out_results, size_t *out_count, struct cv_error *err);

/* ---- earlier.c ---- */
struct imp_outcomes {
    struct imp_result *items;
    size_t count;
    struct imp_texts *by_row;
};
/* Of a run before; false with CV_NOT_FOUND. */
bool imp_outcomes_read(struct dir_session *dir, const char *import, struct cv_arena *arena,
                       struct imp_progress *progress, struct imp_outcomes *out, struct cv_error *err);
/* What came of the row when this list made it; or NULL. */
const struct imp_result *imp_made_before(const struct imp_outcomes *all, const struct imp_row *row,
                                         struct cv_arena *scratch);

/* Adds to `results`, which have the room, those of `earlier` on rows that they do not tell of; how many. */
size_t imp_add_earlier(const struct imp_outcomes *earlier, struct imp_result *results, size_t count, size_t most);

/* ---- approval.c ---- */
/* Has a second person agreed to the rows as they are, is none needed, or who may? */
bool imp_approval_read(struct prov_call *call, const struct imp_stored *plan, struct imp_progress *out,
                       struct cv_error *err);
/* *out_by: who has agreed; NULL when nobody had to. False: a second person has to see the plan first. */
bool imp_approved(struct prov_call *call, const struct imp_stored *plan, const char **out_by, struct cv_error *err);

/* ---- run.c, begin.c ---- */
struct imp_run;
/* Starts it, or finds the one that runs. *out NULL: it runs in another process, or nothing is left to be done: then
 * *progress says how it stands; else the reference is the caller's. */
bool imp_run_start(struct htp_exchange *x, struct prov_call *call, const struct imp_stored *plan, struct imp_run **out,
                   struct imp_progress *progress, struct cv_error *err);
/* The one of this process, with a reference; or NULL. */
struct imp_run *imp_run_find(const struct api *api, const char *import);
void imp_run_unref(struct imp_run **run);
void imp_run_progress(struct imp_run *run, struct imp_progress *out);
/* The n-th result, as long as the reference is held; false: not yet. */
bool imp_run_result(struct imp_run *run, size_t n, struct imp_result *out);
