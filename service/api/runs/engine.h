/* Inside api/runs/: runs as this process has them. */
#pragma once

#include "api/runs/run.h"

enum { IMP_WHOLE = 1000, IMP_BEAT_MS = 3000, IMP_ROW_MS = 20000 };

struct strand {
    struct imp_run *run;
    unsigned number; /* IMP_WHOLE: of no strand, the run begins */
    size_t at;
};
struct line {
    const char *at;
    size_t len;
    uint64_t mark; /* rows of one mark are done one after the other */
    unsigned strand;
    int phase;
};
struct imp_run {
    struct imp_runner *runner;
    struct imp_run *next;
    char id[CV_ID_TEXT];
    struct cv_arena *arena; /* the plan; under the lock: texts of results */
    struct imp_asker asker;
    struct imp_stored plan;
    const char *agreed_by;       /* the second person, where one was needed; or NULL */
    struct imp_outcomes earlier; /* of the run before this one */
    cv_moment cut_short_at;      /* the beginning of a run whose outcomes died with it; CV_NO_MOMENT = there was none */
    bool looks;                  /* writes nothing: works out what a run did that a corrected copy has ended */
    struct line *lines;
    size_t line_count;
    struct strand strands[IMP_STRANDS_MAX];
    unsigned strand_count;
    atomic_int left; /* strands of this phase that go on */
    int phase;
    _Atomic int64_t beat_due_ns;
    atomic_bool over;     /* not to be gone on with here */
    atomic_bool replaced; /* nor anywhere else: a corrected copy has been sent */
    /* under the runner's lock */
    struct imp_result *results;
    size_t result_count;
    struct imp_progress progress;
    int references;
    bool listed;
};
struct imp_runner {
    struct api *api;
    struct imp_owner owner;
    struct cv_lock lock;
    struct imp_run *first;
    struct job_lane *lane;
    struct job_turns turns;
    struct job_timer *timer;
    struct dir_session *session; /* of the timer */
    unsigned workers;
    atomic_bool stopping;
};

/* ---- lines.c ---- */
bool imp_take_lines(struct imp_run *run);

/* ---- run.c ---- */
void imp_run_free(struct imp_run *run);
/* Under the runner's lock; the reference is the caller's. */
struct imp_run *imp_run_listed(struct imp_runner *runner, const char *import);
void imp_run_unlist(struct imp_run *run);
/* A request as whoever asked would have sent it. */
void imp_request_of(const struct imp_asker *asker, struct api *api, void *session, struct cv_arena *arena,
                    struct htp_exchange *x, struct prov_call *call);
/* Has whoever asked the rights still? */
bool imp_asker_may(const struct api *api, const struct imp_asker *asker, uint32_t rights, struct cv_arena *arena);
/* What the lane runs: a strand. */
void imp_run_item(void *ctx, void *thread, void *item);
