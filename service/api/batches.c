/* Many departures at once: one result per line, and a line that fails stops no other. */
#include "api/internal.h"

#include <string.h>

enum outcome { LINE_DONE, LINE_UNCHANGED, LINE_HELD, LINE_NOT_VISIBLE, LINE_FAILED, LINE_OUTCOMES };
static const char *const outcome_words[] = {"done", "unchanged", "held", "not_visible", "failed"};

enum { BATCH_MAX = 500 };

struct line {
    const char *staff;
    struct prov_departure_input in;
    enum outcome outcome;
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

static enum outcome run_line(struct prov_call *call, struct line *line)
{
    cv_error_clear(&line->err);
    if (prov_departure_put(call, line->staff, &line->in, &line->result, &line->err))
        return line->result.outcome == PROV_UNCHANGED ? LINE_UNCHANGED : LINE_DONE;
    if (line->err.problem == cvp_brake_engaged)
        return LINE_HELD;
    return line->err.problem == cvp_staff_not_found ? LINE_NOT_VISIBLE : LINE_FAILED;
}

static void write_problem(struct htp_exchange *x, const struct cv_error *err)
{
    struct cv_jout *j = &x->out;
    const struct cv_problem_row *row = cv_problem_row(err->problem);
    cv_jout_object(j, "problem");
    cv_jout_string(j, "type", cv_arena_printf(x->arena, "/v1/problems/%s", row->code));
    cv_jout_string(j, "title", row->title[x->lang]);
    cv_jout_int(j, "status", row->status);
    cv_jout_string(j, "detail", err->text[x->lang]);
    cv_jout_string(j, "instance", x->path);
    cv_jout_string(j, "code", row->code);
    cv_jout_string(j, "request_id", x->request_id);
    cv_jout_array(j, "errors");
    cv_jout_end(j);
    cv_jout_end(j);
}

static void write_line(struct htp_exchange *x, size_t index, const struct line *line)
{
    struct cv_jout *j = &x->out;
    bool fine = line->outcome == LINE_DONE || line->outcome == LINE_UNCHANGED;
    const struct dom_departure *d = fine ? dom_current_departure(&line->result.staff) : NULL;
    cv_jout_object(j, NULL);
    cv_jout_int(j, "index", (int64_t)index);
    cv_jout_string(j, "staff", line->staff);
    cv_jout_string(j, "outcome", outcome_words[line->outcome]);
    if (d != NULL)
        api_write_departure(x, "departure", &line->result.staff, d);
    if (!fine)
        write_problem(x, &line->err);
    cv_jout_end(j);
}

static void write_batch(struct htp_exchange *x, const struct line *lines, size_t count)
{
    struct cv_jout *j = &x->out;
    int64_t sums[LINE_OUTCOMES] = {0};
    int kinds = 0;
    for (size_t i = 0; i < count; i++)
        sums[lines[i].outcome]++;
    cv_jout_object(j, NULL);
    cv_jout_object(j, "summary");
    for (int k = 0; k < LINE_OUTCOMES; k++) {
        cv_jout_int(j, outcome_words[k], sums[k]);
        kinds += sums[k] > 0 ? 1 : 0;
    }
    cv_jout_end(j);
    cv_jout_array(j, "results");
    for (size_t i = 0; i < count; i++)
        write_line(x, i, &lines[i]);
    cv_jout_end(j);
    cv_jout_end(j);
    htp_reply(x, kinds > 1 ? 207 : 200);
}

void api_create_departure_batch(struct htp_exchange *x)
{
    struct prov_call call;
    const struct cv_jin *body;
    struct line *lines = NULL;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    size_t count = read_lines(x, body, &lines);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    call.idempotency = (struct dom_idempotency){0}; /* every line is safe to repeat by itself */
    for (size_t i = 0; i < count; i++)
        lines[i].outcome = run_line(&call, &lines[i]);
    write_batch(x, lines, count);
}
