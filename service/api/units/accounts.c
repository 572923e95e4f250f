/* Accounts of units at systems other than the mailbox, and who answers for them. */
#include "api/internal.h"
#include "congvu/prov_units.h"

/* Elsewhere whoever runs the system makes it, and nothing is known of it. */
static void write_observed(struct htp_exchange *x, const struct prov_unit_account *a)
{
    struct cv_jout *j = &x->out;
    const struct dom_account *seen = &a->account.account;
    if (!a->connected) {
        cv_jout_null(j, "observed");
        return;
    }
    cv_jout_object(j, "observed");
    cv_jout_string(j, "state", dom_observed_words[seen->observed]);
    cv_jout_moment(j, "since", seen->since);
    cv_jout_string(j, "last_error", prov_text_in(x->arena, seen->last_error, x->lang));
    cv_jout_int(j, "attempts", seen->attempts);
    cv_jout_moment(j, "next_try_at", seen->attempts > 0 ? seen->next_try_at : CV_NO_MOMENT);
    cv_jout_end(j);
}

static void write_account(struct htp_exchange *x, const struct prov_unit_account *a)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "system", a->account.account.system);
    cv_jout_string(j, "login", a->account.account.login);
    cv_jout_moment(j, "since", a->account.since);
    cv_jout_object(j, "desired");
    cv_jout_string(j, "state", dom_desired_words[a->account.account.desired]);
    cv_jout_end(j);
    write_observed(x, a);
    cv_jout_object(j, "custodian");
    if (a->seen)
        api_write_staff_ref(x, &a->custodian);
    else
        cv_jout_null(j, "staff");
    cv_jout_bool(j, "needs_another", a->needs_another);
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_list_unit_accounts(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_account *items;
    size_t count = 0;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_unit_accounts(&call, htp_param(x, "unit"), &items, &count, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        write_account(x, &items[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_put_unit_account(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_account_input in = {0};
    struct prov_unit_account made;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "login", CV_OPTIONAL, 64, &in.login);
    cv_jin_string(body, "custodian", CV_REQUIRED, 64, &in.custodian);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_unit_account_put(&call, htp_param(x, "unit"), htp_param(x, "system"), &in, &made, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    write_account(x, &made);
    htp_reply(x, made.created ? 201 : 200);
}

void api_delete_unit_account(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (prov_unit_account_close(&call, htp_param(x, "unit"), htp_param(x, "system"), &err))
        htp_reply_empty(x, 204);
    else
        htp_problem(x, &err, NULL);
}
