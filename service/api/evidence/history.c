/* GET .../history: what happened to a person or a unit, one line an event, as people read it. */
#include <stdlib.h>
#include <string.h>

#include "api/evidence/evidence.h"
#include "api/units/units.h"
#include "congvu/prov_merge.h"

enum { LINES_MAX = 500 };

static int by_time(const void *a, const void *b)
{
    const struct api_line *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static bool happened(const struct prov_event *event)
{
    return strcmp(event->kind, "by_hand") == 0 ||
           (strcmp(event->kind, "intent") == 0 && event->outcome != NULL && strcmp(event->outcome, "done") == 0);
}

/* Signing in and out is recorded, and tells nothing about the record. */
static bool worth_telling(void *ctx, const struct prov_event *event)
{
    (void)ctx;
    return event->action == NULL ||
           (strncmp(event->action, "session.", 8) != 0 && strcmp(event->action, "second_factor.use") != 0);
}

struct told {
    struct api_line *lines;
    size_t count;
    cv_moment from; /* there is more before; CV_NO_MOMENT = there is not */
};

/* The youngest ones, the youngest first. */
static bool find(struct htp_exchange *x, const char *id, struct prov_event **out, size_t *out_count, int64_t *out_next,
                 struct cv_error *err)
{
    struct prov_event_query q = {.target = id,
                                 .from = CV_NO_MOMENT,
                                 .to = CV_NO_MOMENT,
                                 .before = -1,
                                 .most = LINES_MAX,
                                 .shows = worth_telling};
    do {
        if (!prov_events(api_of(x)->evidence, &q, x->arena, out, out_count, out_next, err))
            return false;
        q.before = *out_next;
    } while (*out_count == 0 && *out_next >= 0);
    return true;
}

static cv_moment later(cv_moment a, cv_moment b)
{
    return a == CV_NO_MOMENT || (b != CV_NO_MOMENT && b > a) ? b : a;
}

/* Beside what is told already. */
static bool collect(struct htp_exchange *x, const char *id, const struct dom_staff *staff, struct told *out,
                    struct cv_error *err)
{
    struct prov_event *events;
    size_t count;
    int64_t next;
    if (!find(x, id, &events, &count, &next, err))
        return false;
    struct api_line *lines = CV_NEWS(x->arena, struct api_line, out->count + count + 1);
    for (size_t i = 0; i < out->count; i++)
        lines[i] = out->lines[i];
    out->lines = lines;
    out->from = later(out->from, next >= 0 ? events[count - 1].at : CV_NO_MOMENT);
    for (size_t i = count; i > 0; i--) {
        if (!happened(&events[i - 1]))
            continue;
        struct api_line line =
            staff != NULL ? api_tell_person(x, staff, &events[i - 1]) : api_tell_unit_event(x, &events[i - 1]);
        if (line.text != NULL)
            out->lines[out->count++] = line;
    }
    qsort(out->lines, out->count, sizeof(*out->lines), by_time);
    return true;
}

/* What happened to records that were merged into his is his history too, for who sees them. */
static bool collect_merged(struct htp_exchange *x, struct prov_call *call, const struct dom_staff *staff,
                           struct told *out, struct cv_error *err)
{
    for (size_t i = 0; staff != NULL && i < staff->absorbed_count; i++) {
        struct prov_merge merge;
        bool seen = prov_merge_read(call, staff->absorbed[i], &merge, err);
        if (!seen && err->problem != cvp_staff_not_found)
            return false;
        cv_error_clear(err);
        if (seen && !collect(x, staff->absorbed[i], &merge.emptied.staff, out, err))
            return false;
    }
    return true;
}

/* When the record was made, or what is known begins. */
static cv_moment complete_since(struct htp_exchange *x, const struct told *told, cv_moment created_at)
{
    cv_moment begun = prov_evidence_since(api_of(x)->evidence);
    cv_moment since = begun == CV_NO_MOMENT || created_at > begun ? created_at : begun;
    return told->from != CV_NO_MOMENT && told->from > since ? told->from : since;
}

/* Accounts that it locked, so that each can say by whom and since when. */
static void write_locked(struct htp_exchange *x, const struct api_line *line)
{
    struct cv_jout *j = &x->out;
    const struct cv_jany *change;
    const char *tag = "";
    bool any = false;
    for (size_t i = 0;
         line->event != NULL && (change = api_change_of(line->event, "cvAccountDesired", i, &tag, x->arena)) != NULL;
         i++) {
        const char *now = api_value(change, "after", x->arena);
        if (now == NULL || strcmp(now, "locked") != 0)
            continue;
        if (!any)
            cv_jout_array(j, "locked");
        any = true;
        cv_jout_string(j, NULL, tag);
    }
    if (any) {
        cv_jout_end(j);
        cv_jout_string(j, "by", line->who);
    }
}

static void answer(struct htp_exchange *x, const struct told *told, cv_moment created_at)
{
    char at[CV_MOMENT_TEXT];
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < told->count; i++) {
        const struct api_line *line = &told->lines[i];
        cv_jout_object(&x->out, NULL);
        cv_jout_moment(&x->out, "at", line->at);
        cv_jout_string(&x->out, "text", cv_arena_printf(x->arena, "%s %s", cv_moment_people(line->at, at), line->text));
        write_locked(x, line);
        cv_jout_end(&x->out);
    }
    cv_jout_end(&x->out);
    cv_jout_moment(&x->out, "complete_since", complete_since(x, told, created_at));
    api_put_missing(x);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

/* `staff` NULL: of a unit. */
static bool tell(struct htp_exchange *x, struct prov_call *call, const char *id, const struct dom_staff *staff,
                 cv_moment created_at, struct cv_error *err)
{
    struct told told = {.from = CV_NO_MOMENT};
    if (!collect(x, id, staff, &told, err) || !collect_merged(x, call, staff, &told, err))
        return false;
    prov_audit_reading(call, x->route->operation, id, told.count);
    answer(x, &told, created_at);
    return true;
}

void api_get_staff_history(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_staff staff;
    struct cv_error err = {0};
    char id[CV_ID_TEXT];
    if (!api_call(x, &call))
        return;
    if (!prov_staff_read(&call, htp_param(x, "staff"), &staff, &err) ||
        !tell(x, &call, cv_id_text("stf_", staff.id, id), &staff, staff.created_at, &err))
        htp_problem(x, &err, NULL);
}

void api_get_unit_history(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_unit unit;
    struct cv_error err = {0};
    char id[CV_ID_TEXT];
    if (!api_call(x, &call))
        return;
    if (!prov_unit_read(&call, htp_param(x, "unit"), &unit, &err) ||
        !tell(x, &call, cv_id_text("unt_", unit.id, id), NULL, unit.created_at, &err))
        htp_problem(x, &err, NULL);
}
