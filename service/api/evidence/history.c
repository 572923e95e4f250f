/* GET .../history: what happened to a person or a unit, one line an event, as people read it. */
#include <stdlib.h>
#include <string.h>

#include "api/evidence/evidence.h"
#include "api/units/units.h"

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

static bool collect(struct htp_exchange *x, const char *id, const struct dom_staff *staff, struct api_line **out,
                    size_t *out_count, struct cv_error *err)
{
    const struct prov_event_query q = {
        .target = id, .from = CV_NO_MOMENT, .to = CV_NO_MOMENT, .before = -1, .most = LINES_MAX};
    struct prov_event *events;
    size_t count;
    int64_t next;
    if (!prov_events(api_of(x)->evidence, &q, x->arena, &events, &count, &next, err))
        return false;
    *out = CV_NEWS(x->arena, struct api_line, count + 1);
    *out_count = 0;
    for (size_t i = count; i > 0; i--) {
        if (!happened(&events[i - 1]))
            continue;
        struct api_line line =
            staff != NULL ? api_tell_person(x, staff, &events[i - 1]) : api_tell_unit_event(x, &events[i - 1]);
        if (line.text != NULL)
            (*out)[(*out_count)++] = line;
    }
    qsort(*out, *out_count, sizeof(**out), by_time);
    return true;
}

static void answer(struct htp_exchange *x, const struct api_line *lines, size_t count, cv_moment created_at)
{
    char at[CV_MOMENT_TEXT];
    cv_moment since = prov_evidence_since(api_of(x)->evidence);
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++) {
        cv_jout_object(&x->out, NULL);
        cv_jout_moment(&x->out, "at", lines[i].at);
        cv_jout_string(&x->out, "text",
                       cv_arena_printf(x->arena, "%s %s", cv_moment_people(lines[i].at, at), lines[i].text));
        cv_jout_end(&x->out);
    }
    cv_jout_end(&x->out);
    cv_jout_moment(&x->out, "complete_since", since == CV_NO_MOMENT || created_at > since ? created_at : since);
    api_put_missing(x);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_get_staff_history(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_staff staff;
    struct cv_error err = {0};
    struct api_line *lines;
    size_t count;
    char id[CV_ID_TEXT];
    if (!api_call(x, &call))
        return;
    if (prov_staff_read(&call, htp_param(x, "staff"), &staff, &err) &&
        collect(x, cv_id_text("stf_", staff.id, id), &staff, &lines, &count, &err)) {
        prov_audit_reading(&call, x->route->operation, id, count);
        answer(x, lines, count, staff.created_at);
        return;
    }
    htp_problem(x, &err, NULL);
}

void api_get_unit_history(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_unit unit;
    struct cv_error err = {0};
    struct api_line *lines;
    size_t count;
    char id[CV_ID_TEXT];
    if (!api_call(x, &call))
        return;
    if (prov_unit_read(&call, htp_param(x, "unit"), &unit, &err) &&
        collect(x, cv_id_text("unt_", unit.id, id), NULL, &lines, &count, &err)) {
        answer(x, lines, count, unit.created_at);
        return;
    }
    htp_problem(x, &err, NULL);
}
