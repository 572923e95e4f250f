/* Who asks, about himself. */
#include <string.h>

#include "api/frame/session.h"
#include "congvu/records.h"
#include "congvu/usage.h"

void api_get_me(struct htp_exchange *x)
{
    const struct api_actor *me = api_actor(x);
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_object(j, "token");
    cv_jout_string(j, "id", api_actor_name(x));
    cv_jout_string(j, "name", me->label);
    api_write_scopes(j, me->scopes);
    if (me->scopes != 0)
        api_write_reach(x, me->scope.everywhere, me->scope.top);
    else
        cv_jout_null(j, "unit");
    cv_jout_moment(j, "expires_at", me->expires_at);
    cv_jout_end(j);
    cv_jout_string(j, "locale", x->lang == CV_EN ? "en" : "vi");
    cv_jout_end(j);
    htp_reply(x, 200);
}

void api_put_my_password(struct htp_exchange *x)
{
    struct prov_call call;
    struct api_session session;
    struct prov_password_change in = {.browser = api_browser_get(x)};
    const struct cv_jin *body;
    struct cv_error err = {0};
    if (!api_session_needed(x, &session) || !api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "current", CV_REQUIRED | CV_RAW, 512, &in.current);
    cv_jin_string(body, "password", CV_REQUIRED | CV_RAW, 512, &in.password);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    in.staff = session.staff;
    call.peer = htp_peer(x);
    if (!prov_password_change(&call, &in, &session.epoch, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    api_session_set(x, &session);
    htp_reply_empty(x, 204);
}

/* ---- the second factor ---- */

/* As an app takes it, typed or as a QR code. */
static void write_factor(struct htp_exchange *x, const struct prov_factor *factor)
{
    struct cv_jout *j = &x->out;
    const char *login = factor->login != NULL ? factor->login : "congvu";
    cv_jout_object(j, NULL);
    cv_jout_string(j, "secret", factor->seed);
    cv_jout_string(j, "uri",
                   cv_arena_printf(x->arena, "otpauth://totp/Congvu:%s?secret=%s&issuer=Congvu&digits=%d&period=%d",
                                   login, factor->seed, CV_TOTP_DIGITS, CV_TOTP_STEP_S));
    cv_jout_end(j);
}

void api_create_my_second_factor(struct htp_exchange *x)
{
    struct prov_call call;
    struct api_session session;
    struct prov_password_change in = {.browser = api_browser_get(x)};
    struct prov_factor factor;
    const struct cv_jin *body;
    struct cv_error err = {0};
    if (!api_session_needed(x, &session) || !api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "current", CV_REQUIRED | CV_RAW, 512, &in.current);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    in.staff = session.staff;
    call.peer = htp_peer(x);
    if (!prov_factor_begin(&call, &in, &factor, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    write_factor(x, &factor);
    explicit_bzero(&factor, sizeof factor);
    htp_reply(x, 201);
}

void api_put_my_second_factor(struct htp_exchange *x)
{
    struct prov_call call;
    struct api_session session;
    const char *code = NULL;
    const struct cv_jin *body;
    struct cv_error err = {0};
    if (!api_session_needed(x, &session) || !api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "code", CV_REQUIRED | CV_RAW, 16, &code);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_factor_confirm(&call, session.staff, code, &session.epoch, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    session.with_factor = true;
    api_session_set(x, &session);
    htp_reply_empty(x, 204);
}

void api_delete_second_factor(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (!prov_factor_reset(&call, htp_param(x, "staff"), &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    htp_reply_empty(x, 204);
}

/* ---- all that is kept about me ---- */

static void write_roles(struct htp_exchange *x, const struct dom_staff *staff)
{
    cv_jout_array(&x->out, "roles");
    for (size_t i = 0; i < staff->role_count; i++)
        api_write_role(x, &staff->roles[i]);
    cv_jout_end(&x->out);
}

static void write_use(struct cv_jout *j, const struct dom_use *use)
{
    cv_jout_object(j, NULL);
    cv_jout_string(j, "system", use->system);
    cv_jout_array(j, "days");
    for (size_t i = 0; i < use->month_count; i++)
        for (int day = 1; day <= 31; day++)
            if (use->months[i].days >> (day - 1) & 1u)
                cv_jout_day(j, NULL, cv_day_join(use->months[i].month / 12, use->months[i].month % 12 + 1, day));
    cv_jout_end(j);
    cv_jout_int(j, "earlier_days", use->earlier_days);
    cv_jout_day(j, "last_on", use->last_on);
    cv_jout_end(j);
}

static void write_names(struct cv_jout *j, const struct dom_staff *staff)
{
    cv_jout_strings(j, "names_held", staff->names, staff->name_count);
}

static void write_record(struct htp_exchange *x, const struct dom_staff *staff, const struct dom_usage *usage)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    api_write_staff(x, "staff", staff);
    write_names(j, staff);
    write_roles(x, staff);
    cv_jout_object(j, "sign_in");
    cv_jout_day(j, "password_set_on", staff->credential_on);
    cv_jout_bool(j, "second_factor", staff->factor_seed != NULL);
    cv_jout_string(j, "provider", staff->subject);
    cv_jout_bool(j, "hr_ref", staff->hr_ref != NULL);
    cv_jout_end(j);
    cv_jout_array(j, "use");
    for (size_t i = 0; i < usage->use_count; i++)
        write_use(j, &usage->uses[i]);
    cv_jout_end(j);
    cv_jout_int(j, "changes_kept_days", api_of(x)->log_days);
    cv_jout_end(j);
}

/* As its owner he sees it whole, wherever his posts and holders lie. */
void api_get_my_record(struct htp_exchange *x)
{
    struct api_session session;
    struct dom_staff staff;
    struct dom_usage usage = {0};
    struct cv_error err = {0};
    struct prov_call call;
    if (!api_session_needed(x, &session) || !api_call(x, &call))
        return;
    bool ok = dir_staff_read(call.dir, session.staff, x->arena, &staff, &err);
    if (ok && !dir_usage_read(call.dir, session.staff, x->arena, &usage, &err) && err.kind != CV_NOT_FOUND)
        ok = false;
    if (!ok) {
        htp_problem(x, &err, NULL);
        return;
    }
    struct api_actor whole = *api_actor(x);
    whole.scope = (struct view_scope){.everywhere = true};
    whole.scopes |= DOM_STAFF_READ | DOM_UNITS_READ;
    const void *self = x->actor;
    x->actor = &whole;
    write_record(x, &staff, &usage);
    x->actor = (void *)(uintptr_t)self;
    htp_reply(x, 200);
}
