/* Plans carried out by threads of their own, in strands: rows that may want the same name follow each other. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "api/frame/state.h"
#include "api/runs/engine.h"
#include "congvu/prov_tokens.h"

enum {
    SPELL = 64, /* rows after which the next run has its turn */
    TROUBLE_TRIES = 120,
    TROUBLE_MS = 500
};

/* ---- references ---- */

void imp_run_free(struct imp_run *run)
{
    cv_arena_free(&run->arena);
    free(run);
}

void imp_run_unref(struct imp_run **run_p)
{
    struct imp_run *run = *run_p;
    if (run == NULL)
        return;
    *run_p = NULL;
    cv_lock_take(&run->runner->lock);
    bool last = --run->references == 0;
    cv_lock_give(&run->runner->lock);
    if (last)
        imp_run_free(run);
}

struct imp_run *imp_run_listed(struct imp_runner *runner, const char *import)
{
    for (struct imp_run *run = runner->first; run; run = run->next)
        if (strcmp(run->id, import) == 0) {
            run->references++;
            return run;
        }
    return NULL;
}

struct imp_run *imp_run_find(const struct api *api, const char *import)
{
    cv_lock_take(&api->imports->lock);
    struct imp_run *run = imp_run_listed(api->imports, import);
    cv_lock_give(&api->imports->lock);
    return run;
}

void imp_run_unlist(struct imp_run *run)
{
    struct imp_runner *runner = run->runner;
    cv_lock_take(&runner->lock);
    for (struct imp_run **at = &runner->first; *at && run->listed; at = &(*at)->next)
        if (*at == run) {
            *at = run->next;
            run->listed = false;
            run->references--;
            break;
        }
    cv_lock_give(&runner->lock);
}

void imp_run_progress(struct imp_run *run, struct imp_progress *out)
{
    cv_lock_take(&run->runner->lock);
    *out = run->progress;
    cv_lock_give(&run->runner->lock);
}

bool imp_run_result(struct imp_run *run, size_t n, struct imp_result *out)
{
    cv_lock_take(&run->runner->lock);
    bool there = n < run->result_count;
    if (there)
        *out = run->results[n];
    cv_lock_give(&run->runner->lock);
    return there;
}

static const char *kept(struct imp_run *run, const char *text)
{
    return text != NULL ? cv_arena_strdup(run->arena, text) : NULL;
}

/* There as wished, and written since a try whose outcome nobody has heard: most likely by that one. */
static bool made_unheard(const struct imp_done *done, cv_moment since)
{
    return done->outcome == IMP_SAME && since != CV_NO_MOMENT && done->updated_at != CV_NO_MOMENT &&
           done->updated_at >= since;
}

/* What was made before stays so, and what its record was then. */
static void note_result(struct imp_run *run, const struct imp_row *row, const struct imp_done *done,
                        const struct imp_result *before, const struct cv_error *err)
{
    enum imp_outcome outcome = done->outcome;
    bool again = outcome == IMP_DONE || outcome == IMP_SCHEDULED, kept_before = before != NULL && !again;
    bool why = err->problem != cvp_none && outcome != IMP_DONE && outcome != IMP_SAME && outcome != IMP_SCHEDULED;
    cv_lock_take(&run->runner->lock);
    run->results[run->result_count++] = (struct imp_result){
        .row = row->row,
        .revision = kept_before ? before->revision : done->revision,
        .op = row->op,
        .outcome = outcome,
        .made = done->made || before != NULL,
        .key = kept(run, row->key),
        .staff = kept_before ? before->staff : kept(run, done->staff),
        .address = kept_before ? before->address : kept(run, done->address),
        .changes = kept_before ? before->changes : kept(run, done->changes),
        .code = why ? cv_problem_row(err->problem)->code : NULL,
        .text = {why ? kept(run, err->text[CV_VI]) : NULL, why ? kept(run, err->text[CV_EN]) : NULL}};
    run->progress.run++;
    run->progress.sums[outcome]++;
    cv_lock_give(&run->runner->lock);
}

/* ---- whose rights it has ---- */

static bool token_may(const struct api *api, const struct imp_asker *asker, uint32_t rights, struct cv_arena *arena)
{
    struct dom_token token;
    return view_token_by_id(api->view, asker->actor.token, arena, &token) &&
           (prov_token_rights(api->view, &token) & rights) == rights;
}

static bool same_scope(const struct view_role *role, const struct view_scope *scope)
{
    return role->everywhere || (!scope->everywhere && cv_id_equal(role->unit, scope->top));
}

static bool person_may(const struct api *api, const struct imp_asker *asker, uint32_t rights)
{
    struct view_signer signer;
    bool there = view_signer(api->view, asker->actor.token, &signer);
    for (size_t i = 0; there && i < signer.role_count; i++)
        if (same_scope(&signer.roles[i], &asker->actor.scope) &&
            (dom_role_rights(signer.roles[i].kind) & rights) == rights)
            return true;
    return false;
}

bool imp_asker_may(const struct api *api, const struct imp_asker *asker, uint32_t rights, struct cv_arena *arena)
{
    return asker->actor.is_person ? person_may(api, asker, rights) : token_may(api, asker, rights, arena);
}

/* ---- a row ---- */

/* What a handler would have: a request of whoever asked. */
void imp_request_of(const struct imp_asker *asker, struct api *api, void *session, struct cv_arena *arena,
                    struct htp_exchange *x, struct prov_call *call)
{
    *x = (struct htp_exchange){.app = api,
                               .thread = session,
                               .arena = arena,
                               .request_id = "-",
                               .path = "",
                               .query_string = "",
                               .actor = (void *)(uintptr_t)&asker->actor};
    cv_faults_init(&x->faults, arena);
    *call = (struct prov_call){.prov = api->prov,
                               .dir = session,
                               .arena = arena,
                               .faults = &x->faults,
                               .scope = asker->actor.scope,
                               .scopes = asker->actor.scopes,
                               .token = asker->actor.token,
                               .actor = asker->by,
                               .role = asker->actor.is_person ? asker->actor.label : NULL,
                               .via = "imports",
                               .request_id = "-"};
    if (!cv_id_is_zero(asker->actor.behalf))
        call->behalf = cv_id_kept("stf_", asker->actor.behalf, arena);
}

static bool trouble(enum imp_outcome outcome, const struct cv_error *err)
{
    return outcome == IMP_NOT_DONE && err->problem != cvp_none && cv_problem_row(err->problem)->status >= 500;
}

/* False: not begun. */
static bool try_once(struct imp_run *run, const struct imp_row *row, void *session, struct cv_arena *arena,
                     struct imp_done *out, struct cv_error *err)
{
    struct htp_exchange x;
    struct imp imp = {.x = &x, .options = &run->plan.options};
    imp_request_of(&run->asker, run->runner->api, session, arena, &x, &imp.call);
    imp.call.agreed_by = run->agreed_by;
    int64_t since = job_turn_take(&run->runner->turns, &run->over);
    x.deadline = imp.call.deadline = cv_deadline_in_ms(IMP_ROW_MS);
    dir_session_deadline(session, x.deadline);
    bool begun = !atomic_load(&run->over);
    if (begun)
        (run->looks ? imp_look_back : imp_carry_out)(&imp, run->id, row, arena, out, err);
    job_turn_give(&run->runner->turns, since);
    return begun;
}

/* By a key only that is forgotten after a day, while the plan lives longer: what is done is not tried again. */
static bool done_for_good(const struct imp_row *row, const struct imp_result *before, struct imp_done *out)
{
    if (row->key != NULL || before == NULL)
        return false;
    *out = (struct imp_done){.outcome = IMP_SAME, .made = true, .updated_at = CV_NO_MOMENT};
    return true;
}

static void give_up(struct imp_run *run, const char *why)
{
    if (!atomic_exchange(&run->over, true))
        cv_log(CV_LOG_WARN, "import", "%s is not gone on with here: %s", run->id, why);
}

/* Trouble of ours is no outcome: the row waits until the directory is there again. A row that was done while the run
 * was given up counts. */
static void do_line(struct imp_run *run, const struct line *line, void *session, struct cv_arena *arena)
{
    struct cv_error err = {0};
    struct imp_done done = {.outcome = IMP_NOT_DONE};
    const struct imp_result *before = NULL;
    struct imp_row row;
    cv_moment began = cv_now(), unheard_since = run->cut_short_at;
    bool tried = false;
    for (int i = 0; i < TROUBLE_TRIES && !atomic_load(&run->over); i++) {
        cv_error_clear(&err);
        cv_arena_reset(arena);
        if (!imp_row_read(arena, line->at, line->len, &row))
            return;
        before = imp_made_before(&run->earlier, &row, arena);
        tried = done_for_good(&row, before, &done) || try_once(run, &row, session, arena, &done, &err);
        if (!trouble(done.outcome, &err))
            break;
        unheard_since = unheard_since == CV_NO_MOMENT ? began : unheard_since;
        poll(NULL, 0, TROUBLE_MS);
    }
    done.made = done.made || made_unheard(&done, unheard_since);
    if (run->looks && trouble(done.outcome, &err))
        give_up(run, "the directory does not answer");
    if (run->looks && done.outcome != IMP_SAME)
        return;
    if (tried && !(trouble(done.outcome, &err) && atomic_load(&run->over)))
        note_result(run, &row, &done, before, &err);
}

/* ---- beating ---- */

/* Of two copies of one list the corrected one is carried out. */
static bool replaced(struct imp_run *run, struct dir_session *session, struct cv_arena *arena)
{
    struct prov_call call = {.dir = session, .arena = arena};
    struct cv_error none = {0};
    bool is = false;
    if (!imp_replaced(&call, run->id, &is, &none) || !is)
        return false;
    atomic_store(&run->replaced, true);
    return true;
}

static void beat(struct imp_run *run, struct dir_session *session, struct cv_arena *arena)
{
    struct cv_error err = {0};
    struct imp_marker marker;
    cv_arena_reset(arena);
    if (!run->looks && !imp_asker_may(run->runner->api, &run->asker, imp_rights(&run->plan.options), arena)) {
        give_up(run, "who asked has lost the right");
        return;
    }
    dir_session_deadline(session, cv_deadline_in_ms(IMP_ROW_MS));
    bool read = imp_marker_read(session, run->id, arena, &marker, &err);
    bool mine = read && strcmp(marker.owner.life, run->runner->owner.life) == 0;
    if (mine && !run->looks && replaced(run, session, arena)) {
        give_up(run, "a corrected copy has been sent");
        return;
    }
    if (mine)
        imp_run_progress(run, &marker.progress);
    if (mine && imp_marker_write(session, run->id, arena, &marker, &err))
        return;
    if ((read && !mine) || err.kind == CV_STALE || err.kind == CV_NOT_FOUND)
        give_up(run, "another process has it");
}

static void beat_when_due(struct imp_run *run, struct dir_session *session, struct cv_arena *arena)
{
    int64_t due = atomic_load(&run->beat_due_ns);
    if (atomic_load(&run->runner->stopping))
        atomic_store(&run->over, true);
    if (cv_mono_ns() < due || !atomic_compare_exchange_strong(&run->beat_due_ns, &due, INT64_MAX))
        return;
    beat(run, session, arena);
    atomic_store(&run->beat_due_ns, cv_mono_ns() + IMP_BEAT_MS * INT64_C(1000000));
}

/* ---- the end ---- */

/* What a run before this one did is told with it: all of it can be taken back. */
static void add_earlier(struct imp_run *run)
{
    cv_lock_take(&run->runner->lock);
    size_t added = imp_add_earlier(&run->earlier, run->results, run->result_count, run->line_count);
    for (; added > 0; added--) {
        run->progress.run++;
        run->progress.sums[run->results[run->result_count++].outcome]++;
    }
    cv_lock_give(&run->runner->lock);
}

static bool keep_outcome(struct imp_run *run, cv_moment ended_at, struct dir_session *session, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct imp_progress progress;
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    imp_run_progress(run, &progress);
    progress.state = ended_at != CV_NO_MOMENT ? IMP_ENDED : IMP_INTERRUPTED;
    progress.ended_at = ended_at;
    dir_session_deadline(session, cv_deadline_in_ms(IMP_ROW_MS));
    if (!imp_ended_write(session, run->id, &progress, run->results, run->result_count, arena, err))
        return false;
    return imp_marker_delete(session, run->id, err);
}

static void end(struct imp_run *run, struct dir_session *session)
{
    struct cv_error err = {0};
    bool through = !atomic_load(&run->over), for_good = through || atomic_load(&run->replaced);
    bool complete = through && !run->looks;
    cv_moment ended_at = complete ? cv_now() : CV_NO_MOMENT;
    if (for_good && !complete)
        add_earlier(run);
    for (int i = 0; for_good && !keep_outcome(run, ended_at, session, &err) && i < TROUBLE_TRIES; i++) {
        cv_error_clear(&err);
        if (atomic_load(&run->runner->stopping))
            break;
        poll(NULL, 0, TROUBLE_MS);
    }
    cv_lock_take(&run->runner->lock);
    run->progress.state = complete ? IMP_ENDED : IMP_INTERRUPTED;
    run->progress.ended_at = ended_at;
    cv_lock_give(&run->runner->lock);
    imp_run_unlist(run);
    imp_run_unref(&run);
}

/* ---- strands ---- */

static void run_strand(struct strand *s, void *thread);

static bool hand_on(struct strand *s)
{
    struct job_slot slot;
    if (!job_lane_reserve(s->run->runner->lane, &slot))
        return false;
    job_lane_publish(s->run->runner->lane, slot, s);
    return true;
}

/* The first strand goes on in this thread, and those for which the lane has no room. */
static void begin_phase(struct imp_run *run, void *thread)
{
    unsigned count = run->strand_count;
    atomic_store(&run->left, (int)count);
    for (unsigned i = 0; i < count; i++)
        run->strands[i] = (struct strand){.run = run, .number = i};
    for (unsigned i = 1; i < count; i++)
        if (!hand_on(&run->strands[i]))
            run_strand(&run->strands[i], thread);
    run_strand(&run->strands[0], thread);
}

static void strand_over(struct strand *s, void *thread)
{
    struct imp_run *run = s->run;
    if (atomic_fetch_sub(&run->left, 1) != 1)
        return;
    if (!atomic_load(&run->over) && ++run->phase < IMP_PHASES)
        begin_phase(run, thread);
    else
        end(run, thread);
}

static void run_strand(struct strand *s, void *thread)
{
    struct imp_run *run = s->run;
    struct cv_arena *arena = cv_arena_new(IMP_ROW_ARENA);
    int done = 0;
    if (arena == NULL)
        give_up(run, "there is no memory");
    for (; s->at < run->line_count && !atomic_load(&run->over); s->at++) {
        const struct line *line = &run->lines[s->at];
        if (line->strand != s->number || line->phase != run->phase)
            continue;
        beat_when_due(run, thread, arena);
        do_line(run, line, thread, arena);
        if (++done < SPELL)
            continue;
        s->at++;
        done = 0;
        if (hand_on(s)) {
            cv_arena_free(&arena);
            return;
        }
        s->at--;
    }
    cv_arena_free(&arena);
    strand_over(s, thread);
}

void imp_run_item(void *ctx, void *thread, void *item)
{
    struct strand *s = item;
    (void)ctx;
    if (s->number == IMP_WHOLE)
        begin_phase(s->run, thread);
    else
        run_strand(s, thread);
}
