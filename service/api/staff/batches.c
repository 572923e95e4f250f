/* Many departures at once: one result per line, and a line that fails stops no other. */
#include <string.h>

#include "api/internal.h"

enum outcome {
    LINE_DONE,
    LINE_SCHEDULED,
    LINE_UNCHANGED,
    LINE_HELD,
    LINE_NEEDS_DECISION,
    LINE_NOT_VISIBLE,
    LINE_FAILED,
    LINE_OUTCOMES
};
static const char *const outcome_words[] = {"done",           "scheduled",   "unchanged", "held",
                                            "needs_decision", "not_visible", "failed"};

enum { BATCH_MAX = 500 };

struct line {
    const char *staff;
    struct prov_departure_input in;
    enum outcome outcome;
    bool gone; /* of a repeat: the person has left the caller's units since */
    struct prov_staff_result result;
    struct cv_error err;
};

static void read_line(const struct cv_jin *o, struct line *line)
{
    *line = (struct line){0};
    cv_jin_string(o, "staff", CV_REQUIRED, 64, &line->staff);
    api_read_departure(o, &line->in);
    line->in.batch = true;
}

static size_t read_lines(struct htp_exchange *x, const struct cv_jin *body, struct line **out)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(body, "departures", CV_REQUIRED, BATCH_MAX, &list) != CV_VALUE)
        return 0;
    size_t count = cv_jin_count(list), kept = 0;
    *out = CV_NEWS(x->arena, struct line, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        if (item != NULL)
            read_line(item, &(*out)[kept++]);
    }
    if (count == 0)
        cv_jin_fault(body, "departures", "too_few", "Cần ít nhất một dòng", "At least one line is needed");
    return kept;
}

/* An order for a day to come is done on that day. */
static enum outcome done(const struct line *line)
{
    if (line->result.outcome == PROV_NEEDS_DECISION)
        return LINE_NEEDS_DECISION;
    if (line->result.outcome == PROV_UNCHANGED || line->result.same)
        return LINE_UNCHANGED;
    const struct dom_departure *d = dom_current_departure(&line->result.staff);
    return d != NULL && d->state == DOM_SCHEDULED ? LINE_SCHEDULED : LINE_DONE;
}

static enum outcome run_line(struct prov_call *call, struct line *line)
{
    cv_error_clear(&line->err);
    if (prov_departure_put(call, line->staff, &line->in, &line->result, &line->err))
        return done(line);
    if (line->err.problem == cvp_brake_engaged)
        return LINE_HELD;
    return line->err.problem == cvp_staff_not_found ? LINE_NOT_VISIBLE : LINE_FAILED;
}

static bool is_fine(enum outcome outcome)
{
    return outcome == LINE_DONE || outcome == LINE_SCHEDULED || outcome == LINE_UNCHANGED;
}

static void write_line(struct htp_exchange *x, size_t index, const struct line *line)
{
    struct cv_jout *j = &x->out;
    bool fine = is_fine(line->outcome);
    bool shown = fine && !line->gone && api_may_read_staff(x);
    const struct dom_departure *d = shown ? dom_current_departure(&line->result.staff) : NULL;
    cv_jout_object(j, NULL);
    cv_jout_int(j, "index", (int64_t)index);
    cv_jout_string(j, "staff", line->staff);
    cv_jout_string(j, "outcome", outcome_words[line->outcome]);
    if (d != NULL)
        api_write_departure(x, "departure", &line->result, d, &line->in.order);
    if (!fine && line->outcome != LINE_NEEDS_DECISION)
        api_write_problem(x, &line->err);
    cv_jout_end(j);
}

static void write_batch(struct htp_exchange *x, struct prov_call *call, const struct line *lines, size_t count)
{
    struct cv_jout *j = &x->out;
    int64_t sums[LINE_OUTCOMES] = {0};
    int kinds = 0;
    for (size_t i = 0; i < count; i++)
        sums[lines[i].outcome]++;
    cv_jout_object(j, NULL);
    cv_jout_object(j, "summary");
    for (int k = 0; k < LINE_OUTCOMES; k++) {
        if ((k != LINE_SCHEDULED && k != LINE_NEEDS_DECISION) || sums[k] > 0)
            cv_jout_int(j, outcome_words[k], sums[k]);
        kinds += sums[k] > 0 ? 1 : 0;
    }
    cv_jout_end(j);
    if (sums[LINE_HELD] > 0 && !call->validate_only)
        api_write_own_brake(x, call);
    cv_jout_array(j, "results");
    for (size_t i = 0; i < count; i++)
        write_line(x, i, &lines[i]);
    cv_jout_end(j);
    cv_jout_end(j);
    htp_reply(x, kinds > 1 ? 207 : 200);
}

/* ---- repeats ---- a line each: the word of its outcome, and the code of its problem */

static const char *outcomes_text(struct htp_exchange *x, const struct line *lines, size_t count)
{
    struct cv_buf buf;
    cv_buf_init(&buf, CV_MAX_BODY);
    for (size_t i = 0; i < count; i++)
        cv_buf_printf(&buf, "%s %s\n", outcome_words[lines[i].outcome],
                      lines[i].err.problem != cvp_none ? cv_problem_row(lines[i].err.problem)->code : "-");
    const char *text = cv_buf_ok(&buf) ? cv_arena_strndup(x->arena, buf.data, buf.len) : NULL;
    cv_buf_free(&buf);
    return text;
}

/* Trouble of ours is no outcome: a repeat shall try those lines again. */
static bool all_decided(const struct line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].err.problem != cvp_none && cv_problem_row(lines[i].err.problem)->status >= 500)
            return false;
    return true;
}

static void take_problem(struct line *line, const char *code)
{
    enum cv_problem problem = cv_problem_by_code(code);
    if (problem == cvp_none)
        return;
    const struct cv_problem_row *row = cv_problem_row(problem);
    cv_fail(&line->err, problem, NULL, "%s%.0s", "%.0s%s", row->title[CV_VI], row->title[CV_EN]);
}

/* Outcomes of then, people of now. */
static bool take_outcome(struct prov_call *call, struct line *line, char *word, struct cv_error *err)
{
    char *code = word + strcspn(word, " ");
    *code = '\0';
    for (int k = 0; k < LINE_OUTCOMES; k++)
        if (strcmp(word, outcome_words[k]) == 0)
            line->outcome = (enum outcome)k;
    take_problem(line, code + 1);
    line->result.outcome = PROV_REPLAYED;
    if (!is_fine(line->outcome) || prov_staff_read(call, line->staff, &line->result.staff, err))
        return true;
    line->gone = err->problem == cvp_staff_not_found;
    if (line->gone)
        cv_error_clear(err);
    return line->gone;
}

static bool replay(struct htp_exchange *x, struct prov_call *call, const char *outcomes, struct line *lines,
                   size_t count, struct cv_error *err)
{
    char *rest = cv_arena_strdup(x->arena, outcomes), *save = NULL;
    for (size_t i = 0; i < count; i++, rest = NULL) {
        char *word = strtok_r(rest, "\n", &save);
        if (word == NULL)
            return cv_fail(err, cvp_internal, NULL, "Kết quả đã lưu không đọc được",
                           "The stored outcomes cannot be read");
        if (!take_outcome(call, &lines[i], word, err))
            return false;
    }
    htp_header_set(x, "Idempotency-Replayed", "true");
    return true;
}

static void run(struct htp_exchange *x, struct prov_call *call, const struct prov_batch *batch, struct line *lines,
                size_t count)
{
    struct prov_call line_call = *call;
    struct prov_drafts drafts = {.items = CV_NEWS(x->arena, struct dom_staff, count + 1)};
    line_call.idempotency = (struct dom_idempotency){0};
    if (call->validate_only)
        line_call.drafts = &drafts;
    for (size_t i = 0; i < count; i++)
        lines[i].outcome = run_line(&line_call, &lines[i]);
    const char *outcomes = outcomes_text(x, lines, count);
    if (outcomes != NULL && all_decided(lines, count))
        prov_batch_end(call, batch, outcomes);
}

void api_create_departure_batch(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_batch batch;
    struct cv_error err = {0};
    const struct cv_jin *body;
    struct line *lines = NULL;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    size_t count = read_lines(x, body, &lines);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_batch_begin(&call, &batch, &err) ||
        (batch.outcomes != NULL && !replay(x, &call, batch.outcomes, lines, count, &err))) {
        htp_problem(x, &err, NULL);
        return;
    }
    if (batch.outcomes == NULL)
        run(x, &call, &batch, lines, count);
    write_batch(x, &call, lines, count);
}
