/* Accounts of one person, their certificates, and one-time codes. */
#include <string.h>

#include "api/internal.h"
#include "api/staff/fields.h"

static const struct dom_account *account_or_404(struct htp_exchange *x, const struct dom_staff *staff)
{
    struct cv_error err = {0};
    struct dom_system system;
    const char *slug = htp_param(x, "system");
    const struct dom_account *account = dom_account_of((struct dom_staff *)staff, slug);
    if (account != NULL)
        return account;
    if (!view_system_find(api_of(x)->view, slug, x->arena, &system, &err))
        cv_fail(&err, cvp_system_not_found, NULL, "Không có hệ thống “%s”", "There is no system “%s”", slug);
    else
        cv_fail(&err, cvp_account_not_found, NULL, "Người này chưa có tài khoản ở hệ thống “%s”",
                "This person has no account in “%s”", slug);
    htp_problem(x, &err, NULL);
    return NULL;
}

static bool read_person(struct htp_exchange *x, struct dom_staff *out)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return false;
    if (prov_staff_read(&call, htp_param(x, "staff"), out, &err))
        return true;
    htp_problem(x, &err, NULL);
    return false;
}

void api_list_staff_accounts(struct htp_exchange *x)
{
    struct dom_staff staff;
    if (!read_person(x, &staff))
        return;
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < staff.account_count; i++)
        api_write_account(x, &staff, &staff.accounts[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_get_account(struct htp_exchange *x)
{
    struct dom_staff staff;
    const struct dom_account *account;
    if (!read_person(x, &staff) || (account = account_or_404(x, &staff)) == NULL)
        return;
    htp_etag_moving(x, staff.revision);
    api_write_account(x, &staff, account);
    htp_reply(x, 200);
}

static void reply_account(struct htp_exchange *x, const struct prov_staff_result *result, bool may_wait)
{
    int status = 200;
    const struct dom_account *account = account_or_404(x, &result->staff);
    if (account == NULL)
        return;
    api_result_head(x, result->outcome, result->staff.revision, NULL, &status);
    if (may_wait && result->outcome != PROV_WOULD && !dom_settled(account)) {
        char id[CV_ID_TEXT];
        htp_header_set(x, "Location", "/v1/staff/%s/accounts/%s", cv_id_text("stf_", result->staff.id, id),
                       account->system);
        status = 202;
    }
    api_write_account_result(x, result, account);
    htp_reply(x, status);
}

void api_put_account(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_account_change in = {0};
    struct prov_staff_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    int state = DOM_PRESENT;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_word(body, "state", CV_REQUIRED, dom_desired_words, &state);
    in.wish.state = (enum dom_desired)state;
    cv_jin_string(body, "reason", CV_NULLABLE, 64, &in.wish.reason);
    cv_jin_string(body, "login", CV_NULLABLE, 64, &in.login);
    api_read_decision(body, "decision", &in.decision);
    cv_jin_done(body);
    if (prov_account_put(&call, htp_param(x, "staff"), htp_param(x, "system"), &in, &result, &err))
        reply_account(x, &result, true);
    else
        htp_problem(x, &err, &x->faults);
}

/* `since` is a moment, or a day of which midnight at the site is meant. */
static cv_moment read_since(const struct cv_jin *body)
{
    const char *text = NULL;
    cv_moment since = CV_NO_MOMENT;
    cv_day day;
    if (cv_jin_string(body, "since", CV_NULLABLE, 40, &text) != CV_VALUE)
        return CV_NO_MOMENT;
    if (cv_day_parse(text, &day))
        return cv_day_start(day);
    if (!cv_moment_parse_rfc3339(text, &since))
        cv_jin_fault(body, "since", "not_a_moment", "Cần ngày hoặc thời điểm có múi giờ",
                     "A day, or a moment with its offset, is needed");
    return since;
}

void api_put_observation(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_observation in = {0};
    struct prov_staff_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    int state = DOM_REQUESTED;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_word(body, "state", CV_REQUIRED, dom_observed_words, &state);
    in.state = (enum dom_observed)state;
    in.since = read_since(body);
    cv_jin_string(body, "login", CV_NULLABLE, 100, &in.login);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_observation_put(&call, htp_param(x, "staff"), htp_param(x, "system"), &in, &result, &err))
        reply_account(x, &result, false);
    else
        htp_problem(x, &err, &x->faults);
}

/* ---- its certificate ---- */

void api_put_certificate(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_certificate in;
    struct prov_staff_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    api_read_certificate(x, body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_certificate_put(&call, htp_param(x, "staff"), htp_param(x, "system"), &in, &result, &err))
        reply_account(x, &result, false);
    else
        htp_problem(x, &err, &x->faults);
}

/* ---- one-time codes ---- */

static void write_whose(struct htp_exchange *x, const struct dom_staff *staff)
{
    struct cv_jout *j = &x->out;
    char id[CV_ID_TEXT];
    cv_jout_object(j, "staff");
    cv_jout_string(j, "id", cv_id_text("stf_", staff->id, id));
    cv_jout_string(j, "staff_code", staff->staff_code);
    cv_jout_string(j, "full_name", staff->full_name);
    api_write_home_ref(x, "unit", dom_home_on(staff, cv_today())->unit);
    cv_jout_end(j);
}

/* Who may make a code but not read people gets the code alone. */
static void write_reset(struct htp_exchange *x, const struct dom_staff *staff, const struct prov_code *code)
{
    struct cv_jout *j = &x->out;
    bool shown = api_may_read_staff(x);
    const struct dom_account *account = shown ? dom_account_of(staff, htp_param(x, "system")) : NULL;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "code", *code->code != '\0' ? code->code : NULL);
    cv_jout_moment(j, "expires_at", code->expires_at);
    if (shown)
        write_whose(x, staff);
    else
        cv_jout_null(j, "staff");
    cv_jout_string(j, "system", htp_param(x, "system"));
    cv_jout_string(j, "login", account != NULL ? account->login : NULL);
    cv_jout_end(j);
}

void api_create_credential_reset(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_code code;
    struct prov_staff_result result;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_credential_reset(&call, htp_param(x, "staff"), htp_param(x, "system"), &code, &result, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    if (result.outcome == PROV_REPLAYED)
        htp_header_set(x, "Idempotency-Replayed", "true");
    write_reset(x, &result.staff, &code);
    htp_reply(x, 201);
    explicit_bzero(&code, sizeof(code));
}
