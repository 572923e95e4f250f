/* What the page of activation asks: whose code it is, and the redemption. No credential: the code is it. */
#include <string.h>

#include "api/internal.h"

static bool begin(struct htp_exchange *x, struct prov_call *call, const struct cv_jin **body)
{
    if (!api_call(x, call) || !api_body(x, body))
        return false;
    call->actor = "activation";
    call->peer = htp_peer(x);
    return true;
}

static void refuse(struct htp_exchange *x, const struct cv_error *err)
{
    if (err->problem == cvp_rate_limited)
        cv_count(CVM_rate_limited);
    htp_problem(x, err, &x->faults);
}

void api_redeem_activation(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    const struct cv_jin *body;
    const char *code = NULL, *password = NULL;
    if (!begin(x, &call, &body))
        return;
    cv_jin_string(body, "code", CV_REQUIRED, 100, &code);
    cv_jin_string(body, "password", CV_REQUIRED | CV_RAW, 512, &password);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_activate(&call, code, password, &err))
        htp_reply_empty(x, 204);
    else
        refuse(x, &err);
}

static void write_server(struct cv_jout *j, const char *name, const char *host_port)
{
    cv_jout_string(j, name, *host_port != '\0' ? host_port : NULL);
}

static void write_holder(struct htp_exchange *x, const struct dom_staff *staff)
{
    struct cv_jout *j = &x->out;
    const struct api *api = api_of(x);
    cv_jout_object(j, NULL);
    cv_jout_string(j, "full_name", staff->full_name);
    cv_jout_string(j, "login", staff->login);
    cv_jout_string(j, "address", staff->address);
    cv_jout_moment(j, "expires_at", staff->activation_until);
    cv_jout_object(j, "password");
    cv_jout_int(j, "min_length", dom_password_form.signs_min);
    cv_jout_int(j, "max_length", dom_password_form.signs_max);
    cv_jout_int(j, "classes", dom_password_form.classes);
    cv_jout_end(j);
    cv_jout_object(j, "mail");
    write_server(j, "imap", api->mail_imap);
    write_server(j, "smtp", api->mail_smtp);
    write_server(j, "webmail", api->webmail_url);
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_check_activation(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_staff staff;
    struct cv_error err = {0};
    const struct cv_jin *body;
    const char *code = NULL;
    if (!begin(x, &call, &body))
        return;
    cv_jin_string(body, "code", CV_REQUIRED, 100, &code);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_activation_look(&call, code, &staff, &err)) {
        refuse(x, &err);
        return;
    }
    htp_header_set(x, "Cache-Control", "no-store");
    write_holder(x, &staff);
    htp_reply(x, 200);
}
