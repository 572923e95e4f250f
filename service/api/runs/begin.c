/* Runs begun, by whoever asks or because their process has died; and the threads. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/frame/state.h"
#include "api/runs/engine.h"

enum { RUN_ARENA = 96 << 20, LOOK_MS = 2000, QUEUE = 256, STOP_MS = 5 };

static struct imp_run *run_new(struct imp_runner *runner, const struct imp_asker *asker, const struct imp_stored *plan,
                               const char *agreed_by, cv_moment cut_short_at)
{
    struct imp_run *run = calloc(1, sizeof(*run));
    struct cv_arena *arena = cv_arena_new(RUN_ARENA);
    if (run == NULL || arena == NULL) {
        cv_arena_free(&arena);
        free(run);
        return NULL;
    }
    run->runner = runner;
    run->arena = arena;
    run->asker = *asker;
    run->asker.actor.label = asker->actor.is_person ? asker->actor.label : run->asker.by; /* words of roles stay */
    run->agreed_by = agreed_by != NULL ? cv_arena_strdup(run->arena, agreed_by) : NULL;
    run->strand_count = runner->workers;
    snprintf(run->id, sizeof(run->id), "%s", plan->id);
    run->plan = *plan;
    run->plan.id = run->id;
    run->plan.rows = cv_arena_bytes(run->arena, plan->rows, plan->rows_len);
    run->plan.options = imp_options_copy(run->arena, &plan->options);
    run->cut_short_at = cut_short_at;
    run->progress = (struct imp_progress){.state = IMP_RUNNING,
                                          .by = run->asker.by,
                                          .started_at = cut_short_at != CV_NO_MOMENT ? cut_short_at : cv_now(),
                                          .ended_at = CV_NO_MOMENT};
    atomic_store(&run->beat_due_ns, cv_mono_ns() + IMP_BEAT_MS * INT64_C(1000000));
    run->references = 3; /* of the caller, of the list, of its own strands */
    if (imp_take_lines(run))
        return run;
    imp_run_free(run);
    return NULL;
}

/* ---- beginning ---- */

struct asked {
    const struct imp_asker *asker;
    const struct imp_stored *plan;
    struct imp_marker *marker; /* an abandoned one, or none */
    bool looks;
};

/* Somebody else may have been as fast. */
static struct imp_run *list(struct imp_run *run)
{
    struct imp_runner *runner = run->runner;
    cv_lock_take(&runner->lock);
    struct imp_run *there = imp_run_listed(runner, run->id);
    if (there == NULL) {
        run->next = runner->first;
        run->listed = true;
        runner->first = run;
    }
    cv_lock_give(&runner->lock);
    if (there == NULL)
        return run;
    imp_run_free(run);
    return there;
}

static void undo(struct imp_run *run)
{
    imp_run_unlist(run);
    struct imp_run *own = run;
    imp_run_unref(&own);
    imp_run_unref(&run);
}

/* `fresh`: the marker is of this asking; that of a run which is carried on stays. */
static bool publish(struct imp_run *run, bool fresh, struct dir_session *dir, struct cv_error *err)
{
    struct job_slot slot;
    struct cv_error none = {0};
    run->strands[0] = (struct strand){.run = run, .number = IMP_WHOLE};
    if (job_lane_reserve(run->runner->lane, &slot)) {
        job_lane_publish(run->runner->lane, slot, &run->strands[0]);
        return true;
    }
    if (fresh)
        (void)imp_marker_delete(dir, run->id, &none);
    return cv_fail(err, cvp_busy, NULL, "Đang thực hiện nhiều danh sách khác; vui lòng thử lại sau ít phút",
                   "Many other lists are being carried out; please try again in a few minutes");
}

/* Not beaten any more: by a dead process, or by this one, which has given the run up or could not keep its outcome. */
static bool abandoned(struct imp_runner *runner, const char *import, const struct imp_marker *marker)
{
    if (strcmp(marker->owner.life, runner->owner.life) != 0)
        return imp_marker_stale(marker, &runner->owner);
    struct imp_run *run = imp_run_find(runner->api, import);
    bool here = run != NULL;
    imp_run_unref(&run);
    return !here && !atomic_load(&runner->stopping);
}

/* A run of the plan that has ended before says what it made. */
static bool read_earlier(struct imp_run *run, struct dir_session *dir, struct cv_error *err)
{
    struct imp_progress progress;
    return imp_outcomes_read(dir, run->id, run->arena, &progress, &run->earlier, err) ||
           cv_error_forgive(err, CV_NOT_FOUND);
}

static struct imp_run *make(struct imp_runner *runner, struct prov_call *call, const struct asked *asked,
                            struct cv_error *err)
{
    const char *agreed_by = NULL;
    bool fresh = asked->marker->document.name == NULL;
    if (!imp_approved(call, asked->plan, &agreed_by, err))
        return NULL;
    struct imp_run *run = run_new(runner, asked->asker, asked->plan, agreed_by,
                                  fresh ? CV_NO_MOMENT : asked->marker->progress.started_at);
    if (run == NULL) {
        cv_fail(err, cvp_list_too_large, NULL, "Danh sách quá lớn", "The list is too large");
        return NULL;
    }
    run->looks = asked->looks;
    if (read_earlier(run, call->dir, err))
        return run;
    imp_run_free(run);
    return NULL;
}

static bool begin(struct imp_runner *runner, struct prov_call *call, const struct asked *asked, struct imp_run **out,
                  struct imp_progress *progress, struct cv_error *err)
{
    struct imp_marker *marker = asked->marker;
    bool fresh = marker->document.name == NULL;
    if (!asked->looks && !imp_asker_may(runner->api, asked->asker, imp_rights(&asked->plan->options), call->arena))
        return cv_fail(err, cvp_scope_missing, NULL, "Người bắt đầu thực hiện danh sách này không còn quyền",
                       "Who began to carry this list out has the right no more");
    struct imp_run *made = make(runner, call, asked, err);
    if (made == NULL)
        return false;
    struct imp_run *run = *out = list(made);
    imp_run_progress(run, progress);
    progress->by = cv_arena_strdup(call->arena, progress->by); /* the run may be gone before it is told */
    if (run != made)
        return true;
    marker->owner = runner->owner;
    marker->asker = run->asker;
    marker->progress = *progress;
    if (imp_marker_write(call->dir, run->id, call->arena, marker, err) && publish(run, fresh, call->dir, err))
        return true;
    *out = NULL;
    undo(run);
    bool elsewhere = err->kind == CV_EXISTS || err->kind == CV_STALE || err->kind == CV_NOT_FOUND; /* ended meanwhile */
    if (elsewhere)
        cv_error_clear(err);
    return elsewhere;
}

static bool all_well(const struct imp_progress *p)
{
    return p->sums[IMP_HELD] + p->sums[IMP_NOT_DONE] + p->sums[IMP_UNDECIDED] + p->sums[IMP_CHANGED_SINCE] == 0;
}

/* Ended, not cut short by a corrected copy, and nothing of it is worth another try. */
static bool ended_well(struct dir_session *dir, const char *import, struct cv_arena *arena,
                       struct imp_progress *progress, struct cv_error *err)
{
    if (imp_ended_read(dir, import, false, arena, progress, NULL, NULL, err))
        return progress->state == IMP_ENDED && all_well(progress);
    (void)cv_error_forgive(err, CV_NOT_FOUND);
    return false;
}

static bool read_marker(struct dir_session *dir, const char *import, struct cv_arena *arena, struct imp_marker *out,
                        struct cv_error *err)
{
    return imp_marker_read(dir, import, arena, out, err) || cv_error_forgive(err, CV_NOT_FOUND);
}

/* One of this process. What a copy has cut short is worked out before it goes on. */
static bool goes_on(struct prov_call *call, struct imp_run **run, struct imp_progress *progress, struct cv_error *err)
{
    imp_run_progress(*run, progress);
    if (!(*run)->looks)
        return true;
    bool wanted = imp_not_replaced(call, (*run)->id, err);
    imp_run_unref(run);
    return wanted && cv_fail(err, cvp_busy, NULL,
                             "Đang xác định phần đã thực hiện của danh sách này; vui lòng thử lại sau ít giây",
                             "What was done of this list is being worked out; please try again in a few seconds");
}

bool imp_run_start(struct htp_exchange *x, struct prov_call *call, const struct imp_stored *plan, struct imp_run **out,
                   struct imp_progress *progress, struct cv_error *err)
{
    struct imp_runner *runner = api_of(x)->imports;
    struct imp_marker marker;
    struct imp_asker asker = {.actor = *api_actor(x)};
    snprintf(asker.by, sizeof(asker.by), "%s", call->actor);
    const struct asked asked = {.asker = &asker, .plan = plan, .marker = &marker};
    *out = imp_run_find(api_of(x), plan->id);
    if (*out != NULL)
        return goes_on(call, out, progress, err);
    if (!read_marker(call->dir, plan->id, x->arena, &marker, err))
        return false;
    if (marker.document.name != NULL && !abandoned(runner, plan->id, &marker)) {
        *progress = marker.progress;
        return true;
    }
    if (marker.document.name == NULL && ended_well(call->dir, plan->id, x->arena, progress, err))
        return true;
    return err->kind == CV_OK && imp_not_replaced(call, plan->id, err) &&
           begin(runner, call, &asked, out, progress, err);
}

/* ---- carrying on what died ---- */

/* Its outcome may have been kept just before it died. */
static bool kept_already(struct dir_session *dir, const char *import, const struct imp_marker *marker,
                         struct cv_arena *arena)
{
    struct imp_progress ended;
    struct cv_error none = {0};
    return imp_ended_read(dir, import, false, arena, &ended, NULL, NULL, &none) &&
           ended.started_at == marker->progress.started_at;
}

/* By who has the right still; of a list with a corrected copy it is only worked out what was done. */
static bool may_go_on(struct imp_runner *runner, struct prov_call *call, struct asked *asked, struct cv_error *err)
{
    return imp_replaced(call, asked->plan->id, &asked->looks, err) &&
           (asked->looks || imp_asker_may(runner->api, asked->asker, imp_rights(&asked->plan->options), call->arena));
}

static void carry_on(struct imp_runner *runner, const char *import, struct cv_arena *arena)
{
    struct htp_exchange x;
    struct prov_call call;
    struct imp_marker marker;
    struct imp_stored plan;
    struct imp_progress progress;
    struct asked asked = {.asker = &marker.asker, .plan = &plan, .marker = &marker};
    struct imp_run *run = imp_run_find(runner->api, import);
    struct cv_error err = {0};
    bool here = run != NULL;
    imp_run_unref(&run);
    if (here || !imp_marker_read(runner->session, import, arena, &marker, &err) || !abandoned(runner, import, &marker))
        return;
    imp_request_of(&marker.asker, runner->api, runner->session, arena, &x, &call);
    bool there = imp_load(&x, &call, import, false, false, &plan, &err);
    if ((!there && err.kind == CV_NOT_FOUND) || kept_already(runner->session, import, &marker, arena)) {
        (void)imp_marker_delete(runner->session, import, &err);
        return;
    }
    if (there && may_go_on(runner, &call, &asked, &err) && imp_load(&x, &call, import, true, false, &plan, &err) &&
        begin(runner, &call, &asked, &run, &progress, &err))
        cv_log(CV_LOG_INFO, "import", "%s %s", import,
               asked.looks ? "was cut short: what it did is looked at" : "goes on");
    imp_run_unref(&run);
}

static void look(void *ctx)
{
    struct imp_runner *runner = ctx;
    const char **ids = NULL;
    size_t count = 0;
    struct cv_error err = {0};
    if (!api_view_lives(runner->api) || atomic_load(&runner->stopping))
        return;
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    dir_session_deadline(runner->session, cv_deadline_in_ms(IMP_ROW_MS));
    if (arena == NULL || !imp_markers(runner->session, arena, &ids, &count, &err))
        return;
    for (size_t i = 0; i < count && !atomic_load(&runner->stopping); i++)
        carry_on(runner, ids[i], arena);
}

/* ---- the threads ---- */

bool api_imports_start(struct api *api, const struct api_import_threads *threads, struct cv_error *err)
{
    struct imp_runner *runner = api->imports = calloc(1, sizeof(*runner));
    void *session = NULL;
    if (runner == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    runner->api = api;
    imp_owner_of_this(&runner->owner);
    cv_lock_init(&runner->lock, CV_RANK_IMPORTS);
    struct job_lane_options lane = {.name = "imports",
                                    .workers = threads->workers,
                                    .queue = QUEUE,
                                    .ctx = threads->ctx,
                                    .thread_open = threads->thread_open,
                                    .thread_close = threads->thread_close,
                                    .run = imp_run_item};
    runner->workers = (unsigned)threads->workers;
    runner->turns =
        (struct job_turns){.most = threads->workers, .others_wait = threads->others_wait, .ctx = threads->ctx};
    if (!threads->thread_open(threads->ctx, &session))
        return cv_fail(err, cvp_internal, NULL, "Không mở được phiên thư mục", "No session of the directory opens");
    runner->session = session;
    return job_lane_start(&lane, &runner->lane, err) &&
           job_timer_start("imports", LOOK_MS, look, runner, &runner->timer, err);
}

/* Rows that are begun are ended, the others wait for the next start. */
void api_imports_stop(struct api *api)
{
    struct imp_runner *runner = api->imports;
    if (runner == NULL)
        return;
    atomic_store(&runner->stopping, true);
    cv_lock_take(&runner->lock);
    for (struct imp_run *run = runner->first; run; run = run->next)
        atomic_store(&run->over, true);
    cv_lock_give(&runner->lock);
    job_timer_stop(&runner->timer);
    dir_session_close(&runner->session);
    if (runner->lane == NULL)
        return;
    job_lane_close(runner->lane); /* who still asks for a run is told that there is no room */
    while (job_lane_load(runner->lane) > 0)
        poll(NULL, 0, STOP_MS);
}

/* After the last request: who followed a run has held it. */
void api_imports_free(struct api *api)
{
    if (api->imports == NULL)
        return;
    if (api->imports->lane != NULL)
        job_lane_stop(&api->imports->lane);
    cv_lock_destroy(&api->imports->lock);
    free(api->imports);
    api->imports = NULL;
}
