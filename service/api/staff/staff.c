/* People: one at a time. */
#include <string.h>

#include "api/internal.h"

static const char *location_of(struct htp_exchange *x, const struct dom_staff *staff)
{
    char id[CV_ID_TEXT];
    return cv_arena_printf(x->arena, "/v1/staff/%s", cv_id_text("stf_", staff->id, id));
}

static void reply_staff(struct htp_exchange *x, const struct prov_staff_result *result, bool created)
{
    int status = 200;
    api_result_head(x, result->outcome, result->staff.revision, created ? location_of(x, &result->staff) : NULL,
                    &status);
    api_write_staff_result(x, NULL, result);
    htp_reply(x, status);
}

/* The candidates of possible_duplicate stand in errors[] too, one each, by name. */
static void add_candidates(struct htp_exchange *x, const struct prov_staff_result *result)
{
    for (size_t i = 0; i < result->candidate_count && api_may_read_staff(x); i++) {
        struct view_staff found;
        if (view_staff_by_id(api_of(x)->view, api_actor(x)->scope, result->candidates[i], x->arena, &found))
            cv_fault_add(&x->faults, CV_AT_POINTER, "/full_name", "duplicate", "Có thể là %s (%s)", "Possibly %s (%s)",
                         found.full_name, found.address != NULL ? found.address : "–");
    }
}

void api_create_staff(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_staff_input in;
    struct prov_staff_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    api_read_staff_new(x, body, &in); /* its faults and those of the rules are answered together */
    if (prov_staff_create(&call, &in, &result, &err)) {
        reply_staff(x, &result, true);
        return;
    }
    if (prov_elsewhere_told(&call, &result, &err))
        add_candidates(x, &result);
    x->aside = &result;
    htp_problem(x, &err, &x->faults);
}

/* Was a record asked for that was merged into this one? */
static bool led_here(struct htp_exchange *x, const struct dom_staff *staff)
{
    struct view_staff asked;
    bool merged;
    return staff->absorbed_count > 0 &&
           view_staff_itself(api_of(x)->view, api_actor(x)->scope, htp_param(x, "staff"), x->arena, &asked, &merged) &&
           merged;
}

void api_get_staff(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_staff staff;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_staff_read(&call, htp_param(x, "staff"), &staff, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    htp_etag_moving(x, staff.revision);
    if (led_here(x, &staff))
        htp_header_set(x, "Content-Location", "%s", location_of(x, &staff));
    api_write_staff(x, NULL, &staff);
    htp_reply(x, 200);
}

static void reply_change(struct htp_exchange *x, const struct prov_staff_result *result)
{
    if (result->outcome == PROV_NEEDS_DECISION) {
        api_reply_needs_decision(x, result->question);
        return;
    }
    if (result->outcome != PROV_WOULD) {
        reply_staff(x, result, result->outcome == PROV_CREATED);
        return;
    }
    cv_jout_object(&x->out, NULL);
    api_write_staff_changes(x, &result->before, &result->staff);
    api_write_staff_result(x, "staff", result);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

typedef bool change_fn(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                       struct prov_staff_result *out, struct cv_error *err);

/* Faults of the body and those of the rules are answered together. */
static void change_staff(struct htp_exchange *x, void (*check)(struct htp_exchange *x, struct prov_staff_input *in),
                         change_fn *change)
{
    struct prov_call call;
    struct prov_staff_input in;
    struct prov_staff_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    api_read_staff_update(x, body, &in);
    if (check != NULL)
        check(x, &in);
    bool done = change(&call, htp_param(x, "staff"), &in, &result, &err);
    if (!done || (call.validate_only && !prov_elsewhere_told(&call, &result, &err))) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    if (result.outcome != PROV_NEEDS_DECISION && !prov_decision_kept(&in, &result))
        htp_header_set(x, "Congvu-Ignored", "decision");
    reply_change(x, &result);
}

static void same_code(struct htp_exchange *x, struct prov_staff_input *in)
{
    const char *path = htp_param(x, "staff");
    struct cv_id id;
    struct prov_text code = in->staff_code;
    in->staff_code = (struct prov_text){CV_ABSENT, NULL}; /* the path says it */
    if (code.given == CV_ABSENT || cv_id_parse("stf_", path, &id))
        return;
    if (code.given == CV_VALUE && cv_ascii_casecmp(code.value, path) == 0)
        return;
    cv_fault_add(&x->faults, CV_AT_POINTER, "/staff_code", "mismatch",
                 "Số hiệu khác với số hiệu của hồ sơ đang ghi; đổi số hiệu là một việc sửa riêng",
                 "staff_code differs from the path; change a code by PATCH");
}

void api_put_staff(struct htp_exchange *x)
{
    change_staff(x, same_code, prov_staff_put);
}

void api_patch_staff(struct htp_exchange *x)
{
    if (api_if_match_given(x))
        change_staff(x, NULL, prov_staff_patch);
}

void api_delete_staff(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (prov_staff_delete(&call, htp_param(x, "staff"), &err))
        htp_reply_empty(x, 204);
    else
        htp_problem(x, &err, NULL);
}
