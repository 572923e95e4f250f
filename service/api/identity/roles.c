/* Roles of a person. */
#include <stdlib.h>

#include "api/frame/session.h"
#include "congvu/prov_identity.h"
#include "congvu/prov_staff.h"

void api_write_role(struct htp_exchange *x, const struct dom_role *role)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_int(j, "number", role->number);
    cv_jout_string(j, "role", dom_role_words[role->kind]);
    api_write_reach(x, role->everywhere, role->unit);
    cv_jout_day(j, "from", role->from);
    cv_jout_day(j, "to", role->to);
    cv_jout_bool(j, "in_force", dom_role_in_force(role, cv_today()));
    cv_jout_string(j, "given_by", role->given_by);
    char lender[CV_ID_TEXT];
    cv_jout_string(j, "lent_by", cv_id_is_zero(role->lent_by) ? NULL : cv_id_text("stf_", role->lent_by, lender));
    api_write_decision(j, "decision", &role->decision);
    cv_jout_end(j);
}

void api_list_roles(struct htp_exchange *x)
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
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < staff.role_count; i++)
        if (staff.roles[i].everywhere || api_sees_unit(x, staff.roles[i].unit))
            api_write_role(x, &staff.roles[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

static bool read_input(struct htp_exchange *x, struct prov_role_input *in)
{
    const struct cv_jin *body;
    int kind = 0;
    if (!api_body(x, &body))
        return false;
    *in = (struct prov_role_input){0};
    cv_jin_word(body, "role", CV_REQUIRED, dom_role_words, &kind);
    in->kind = (enum dom_role_kind)kind;
    cv_jin_string(body, "unit", CV_NULLABLE, 64, &in->unit);
    in->from.given = cv_jin_day(body, "from", CV_NULLABLE, &in->from.value);
    in->to.given = cv_jin_day(body, "to", CV_NULLABLE, &in->to.value);
    api_read_decision(body, "decision", &in->decision);
    cv_jin_done(body);
    return api_faultless(x, cvp_validation_failed);
}

void api_create_role(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_role_input in;
    struct dom_role role;
    struct dom_staff staff;
    struct cv_error err = {0};
    if (!api_call(x, &call) || !read_input(x, &in))
        return;
    if (!prov_role_give(&call, htp_param(x, "staff"), &in, &role, &staff, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    api_write_role(x, &role);
    htp_reply(x, 201);
}

/* 0: there is none of this number. */
static int number_of(struct htp_exchange *x)
{
    enum { MOST = 1000 };
    unsigned long number = strtoul(htp_param(x, "number"), NULL, 10);
    return number <= MOST ? (int)number : 0;
}

void api_delete_role(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    int number = number_of(x);
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (!prov_role_take(&call, htp_param(x, "staff"), number, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    htp_reply_empty(x, 204);
}

/* ---- deputies ---- */

/* Who may not act in a role, for want of a second factor, does not lend it either. */
static bool acts_in(const struct api_session *session, int number, struct cv_error *err)
{
    return session->role == number || cv_fail(err, cvp_role_not_found, "/role", "Phiên làm việc này không ở vai trò ấy",
                                              "This session does not act in that role");
}

static bool read_deputy(struct htp_exchange *x, struct prov_deputy_input *in)
{
    const struct cv_jin *body;
    int64_t number = 0;
    *in = (struct prov_deputy_input){.from = cv_today(), .to = CV_NO_DAY};
    if (!api_body(x, &body))
        return false;
    cv_jin_int(body, "role", CV_REQUIRED, 1, 1000, &number);
    cv_jin_string(body, "staff", CV_REQUIRED, 64, &in->deputy);
    cv_jin_day(body, "from", CV_NULLABLE, &in->from);
    cv_jin_day(body, "to", CV_REQUIRED, &in->to);
    cv_jin_done(body);
    in->number = (int)number;
    return api_faultless(x, cvp_validation_failed);
}

void api_create_deputy(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_deputy_input in;
    struct api_session session;
    struct view_staff deputy;
    struct dom_role role;
    struct cv_error err = {0};
    char id[CV_ID_TEXT];
    if (!api_session_needed(x, &session) || !api_call(x, &call) || !read_deputy(x, &in))
        return;
    if (!acts_in(&session, in.number, &err) || !prov_role_lend(&call, &in, &role, &deputy, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "staff", cv_id_text("stf_", deputy.id, id));
    cv_jout_string(&x->out, "full_name", deputy.full_name);
    cv_jout_int(&x->out, "number", role.number);
    cv_jout_string(&x->out, "role", dom_role_words[role.kind]);
    cv_jout_day(&x->out, "from", role.from);
    cv_jout_day(&x->out, "to", role.to);
    cv_jout_end(&x->out);
    htp_reply(x, 201);
}

void api_delete_deputy(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    struct api_session session;
    int number = number_of(x);
    if (!api_session_needed(x, &session) || !api_if_match_given(x) || !api_call(x, &call))
        return;
    if (!prov_role_return(&call, htp_param(x, "staff"), number, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    htp_reply_empty(x, 204);
}
