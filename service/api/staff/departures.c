/* Leaving and coming back, one person at a time. */
#include <string.h>

#include "api/internal.h"

static bool current_or_404(struct htp_exchange *x, const struct dom_staff *staff, const struct dom_departure **out)
{
    struct cv_error err = {0};
    *out = dom_current_departure(staff);
    if (*out != NULL)
        return true;
    cv_fail(&err, cvp_departure_not_found, NULL, "Người này không có quyết định kết thúc công tác",
            "This person has no departure");
    htp_problem(x, &err, NULL);
    return false;
}

void api_get_departure(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_staff staff;
    const struct dom_departure *d;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_staff_read(&call, htp_param(x, "staff"), &staff, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    if (!current_or_404(x, &staff, &d))
        return;
    htp_etag_moving(x, staff.revision);
    api_write_departure(x, NULL, &(const struct prov_staff_result){.staff = staff}, d, NULL);
    htp_reply(x, 200);
}

void api_put_departure(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_departure_input in;
    struct prov_staff_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    const struct dom_departure *d;
    int status = 200;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    api_read_departure(body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_departure_put(&call, htp_param(x, "staff"), &in, &result, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    if (result.outcome == PROV_NEEDS_DECISION) {
        api_reply_needs_decision(x, result.question);
        return;
    }
    if (!current_or_404(x, &result.staff, &d))
        return;
    api_result_head(x, result.outcome, result.staff.revision, NULL, &status);
    if (result.outcome != PROV_WOULD && d->state == DOM_IN_PROGRESS) {
        char id[CV_ID_TEXT];
        htp_header_set(x, "Location", "/v1/staff/%s/departure", cv_id_text("stf_", result.staff.id, id));
        status = 202;
    }
    api_write_departure(x, NULL, &result, d, &in.order);
    htp_reply(x, status);
}

void api_delete_departure(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_staff_result result;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (prov_departure_withdraw(&call, htp_param(x, "staff"), &result, &err))
        htp_reply_empty(x, 204);
    else
        htp_problem(x, &err, NULL);
}

void api_create_reinstatement(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_reinstatement_input in = {0};
    struct prov_staff_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    int status = 200;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    api_read_text(body, "unit", 64, &in.unit);
    api_read_text(body, "title", 200, &in.title);
    api_read_text(body, "staff_code", 64, &in.staff_code);
    api_read_word(body, "category", dom_category_words, &in.category);
    api_read_decision(body, "decision", &in.decision);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_reinstate(&call, htp_param(x, "staff"), &in, &result, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    char id[CV_ID_TEXT];
    api_result_head(x, result.outcome, result.staff.revision, NULL, &status);
    htp_header_set(x, "Location", "/v1/staff/%s", cv_id_text("stf_", result.staff.id, id));
    api_write_staff_result(x, NULL, &result);
    htp_reply(x, result.outcome == PROV_WOULD ? 200 : 202);
}
