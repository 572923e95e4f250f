/* The run of a plan: started, looked at, followed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/runs/run.h"

#define NDJSON "application/x-ndjson"
enum { PIECE = 16 << 10, LINE_MAX = 8 << 10, PROGRESS_NS = 1000000000 };

/* ---- how it stands ---- */

static void write_members(struct cv_jout *j, const char *import, const struct imp_progress *p)
{
    cv_jout_string(j, "import", import);
    cv_jout_string(j, "state", imp_run_state_words[p->state]);
    cv_jout_bool(j, "approved", p->approved || p->state != IMP_PLANNED);
    cv_jout_string(j, "approved_by", p->approved_by);
    api_write_releasers(j, "waits_for", p->wait_for, p->wait_for_count);
    cv_jout_string(j, "by", p->by);
    cv_jout_moment(j, "started_at", p->started_at);
    cv_jout_moment(j, "ended_at", p->ended_at);
    cv_jout_int(j, "rows", p->rows);
    cv_jout_int(j, "run", p->run);
    cv_jout_object(j, "summary");
    for (int i = 0; i < IMP_OUTCOMES; i++)
        cv_jout_int(j, imp_outcome_words[i], p->sums[i]);
    cv_jout_end(j);
}

static void answer(struct htp_exchange *x, int status, const char *import, const struct imp_progress *p)
{
    cv_jout_object(&x->out, NULL);
    write_members(&x->out, import, p);
    cv_jout_end(&x->out);
    htp_reply(x, status);
}

void api_run_import(struct htp_exchange *x)
{
    struct prov_call call;
    struct imp_stored stored;
    struct imp_run *run = NULL;
    struct imp_progress progress = {.state = IMP_PLANNED};
    struct cv_error err = {0};
    if (!imp_open(x, &call, IMP_ROWS, &stored))
        return;
    if (!imp_run_start(x, &call, &stored, &run, &progress, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    progress.by = progress.by != NULL ? cv_arena_strdup(x->arena, progress.by) : NULL;
    htp_header_set(x, "Location", "/v1/imports/%s/run", stored.id);
    answer(x, progress.state == IMP_ENDED ? 200 : 202, stored.id, &progress);
    imp_run_unref(&run);
}

/* ---- following it: a line of JSON for each row as it is done, for as long as the caller stays ---- */

struct following {
    char import[CV_ID_TEXT];
    enum cv_lang lang;
    struct imp_run *run;        /* or NULL: ended, or not here */
    struct cv_arena *arena;     /* of what is read from the directory */
    struct imp_result *results; /* of an ended run */
    size_t result_count, next;
    struct imp_progress progress; /* as last told */
    int64_t told_ns;
    bool ended;
    struct cv_buf piece; /* not yet sent */
    size_t sent;
};

static void close_following(void *ctx)
{
    struct following *f = ctx;
    imp_run_unref(&f->run);
    cv_arena_free(&f->arena);
    cv_buf_free(&f->piece);
    free(f);
}

static void write_row(struct following *f, const struct imp_result *r)
{
    struct cv_jout j;
    cv_jout_init(&j, &f->piece);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "type", "row");
    cv_jout_int(&j, "row", r->row);
    cv_jout_string(&j, "key", r->key);
    cv_jout_string(&j, "staff", r->staff);
    cv_jout_string(&j, "address", r->address);
    cv_jout_string(&j, "outcome", imp_outcome_words[r->outcome]);
    cv_jout_string(&j, "code", r->code);
    cv_jout_string(&j, "detail", r->text[f->lang]);
    cv_jout_end(&j);
    cv_buf_putc(&f->piece, '\n');
}

static void write_state(struct following *f, const char *type)
{
    struct cv_jout j;
    cv_jout_init(&j, &f->piece);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "type", type);
    write_members(&j, f->import, &f->progress);
    cv_jout_end(&j);
    cv_buf_putc(&f->piece, '\n');
    f->told_ns = cv_mono_ns();
}

static bool result_at(struct following *f, struct imp_result *out)
{
    if (f->run != NULL)
        return imp_run_result(f->run, f->next, out);
    if (f->next >= f->result_count)
        return false;
    *out = f->results[f->next];
    return true;
}

/* The state is asked before the rows: after an end there are no more of them. */
static void fill(struct following *f)
{
    struct imp_result r;
    if (f->run != NULL)
        imp_run_progress(f->run, &f->progress);
    bool last = f->run == NULL || f->progress.state != IMP_RUNNING;
    cv_buf_reset(&f->piece);
    f->sent = 0;
    for (; f->piece.len < PIECE - LINE_MAX && result_at(f, &r); f->next++)
        write_row(f, &r);
    if (f->piece.len > 0)
        return;
    f->ended = last;
    if (last)
        write_state(f, "end");
    else if (cv_mono_ns() - f->told_ns > PROGRESS_NS)
        write_state(f, "progress");
}

static int64_t pull(void *ctx, char *out, size_t max)
{
    struct following *f = ctx;
    if (f->sent == f->piece.len && f->ended)
        return -1;
    if (f->sent == f->piece.len)
        fill(f);
    if (!cv_buf_ok(&f->piece))
        return -1;
    size_t n = f->piece.len - f->sent < max ? f->piece.len - f->sent : max;
    memcpy(out, cv_buf_str(&f->piece) + f->sent, n);
    f->sent += n;
    return (int64_t)n;
}

/* ---- where it is ---- */

static bool find_elsewhere(struct prov_call *call, const struct imp_stored *plan, bool results, struct following *f,
                           struct cv_error *err)
{
    const char *import = plan->id;
    struct imp_marker marker;
    struct imp_owner mine = {.host = ""};
    imp_owner_of_this(&mine);
    if (imp_marker_read(call->dir, import, f->arena, &marker, err)) {
        f->progress = marker.progress;
        f->progress.state = imp_marker_stale(&marker, &mine) ? IMP_INTERRUPTED : IMP_RUNNING;
        return true;
    }
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    if (imp_ended_read(call->dir, import, results, f->arena, &f->progress, &f->results, &f->result_count, err))
        return true;
    f->progress = (struct imp_progress){.state = IMP_PLANNED, .started_at = CV_NO_MOMENT, .ended_at = CV_NO_MOMENT};
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    struct prov_call own = *call;
    own.arena = f->arena;
    return imp_approval_read(&own, plan, &f->progress, err);
}

static struct following *follow(struct htp_exchange *x, struct prov_call *call, const struct imp_stored *plan,
                                bool results, struct cv_error *err)
{
    struct following *f = calloc(1, sizeof(*f));
    if (f == NULL || (f->arena = cv_arena_new(CV_MAX_ARENA)) == NULL) {
        free(f);
        cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
        return NULL;
    }
    snprintf(f->import, sizeof(f->import), "%s", plan->id);
    f->lang = x->lang;
    cv_buf_init(&f->piece, 4 * PIECE);
    f->run = imp_run_find(api_of(x), plan->id);
    if (f->run != NULL)
        imp_run_progress(f->run, &f->progress);
    if (f->run != NULL || find_elsewhere(call, plan, results, f, err))
        return f;
    close_following(f);
    return NULL;
}

void api_get_import_run(struct htp_exchange *x)
{
    struct prov_call call;
    struct imp_stored stored;
    struct cv_error err = {0};
    bool lines = !htp_accepts(x, "application/json") && htp_accepts(x, NDJSON);
    if (!imp_open(x, &call, IMP_TO_LOOK, &stored))
        return;
    struct following *f = follow(x, &call, &stored, lines, &err);
    if (f == NULL) {
        htp_problem(x, &err, NULL);
        return;
    }
    if (lines) {
        htp_reply_stream(x, 200, NDJSON, &(struct htp_source){.pull = pull, .close = close_following, .ctx = f});
        return;
    }
    answer(x, 200, stored.id, &f->progress);
    close_following(f);
}
