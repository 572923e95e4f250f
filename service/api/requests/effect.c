/* What a confirmed request does: the use case that somebody with the right would have called himself. */
#include <string.h>

#include "api/frame/state.h"
#include "api/requests/requests.h"
#include "api/staff/fields.h"

static const char *key_of(struct prov_call *call, const struct prov_request *r)
{
    return cv_id_kept("stf_", r->staff, call->arena);
}

static bool transfer(struct prov_call *call, const struct prov_request *r, struct prov_staff_result *out,
                     struct cv_error *err)
{
    char unit[CV_ID_TEXT];
    struct prov_staff_input in = {.unit = {CV_VALUE, cv_id_text("unt_", r->unit, unit)}};
    if (r->title != NULL)
        in.title = (struct prov_text){CV_VALUE, r->title};
    if (r->decision.number != NULL)
        in.decision = (struct prov_decision){CV_VALUE, r->decision};
    return prov_staff_patch(call, key_of(call, r), &in, out, err);
}

static bool account(struct prov_call *call, const struct prov_request *r, struct prov_staff_result *out,
                    struct cv_error *err)
{
    struct prov_account_change in = {.wish = {.state = r->kind == PROV_ASK_LOCK ? DOM_LOCKED : DOM_PRESENT}};
    if (r->kind == PROV_ASK_LOCK)
        in.wish.reason = r->reason;
    if (r->decision.number != NULL)
        in.decision = (struct prov_decision){CV_VALUE, r->decision};
    return prov_account_put(call, key_of(call, r), r->system, &in, out, err);
}

/* ---- somebody new ---- */

static bool read_new(struct htp_exchange *x, struct prov_call *call, const struct prov_request *r,
                     struct prov_staff_input *in, struct cv_error *err)
{
    const struct cv_jin *o = cv_json_parse(call->arena, call->faults, r->body, strlen(r->body), err);
    if (o == NULL)
        return false;
    api_read_staff_new(x, o, in);
    in->unit = (struct prov_text){CV_VALUE, cv_id_kept("unt_", r->unit, call->arena)};
    if (r->decision.number != NULL)
        in->decision = (struct prov_decision){CV_VALUE, r->decision};
    return true;
}

/* The same request makes one person, however often it is carried out. */
static void name_it(struct htp_exchange *x, struct prov_call *call, const struct prov_request *r)
{
    char digest[CV_DIGEST_TEXT], id[CV_ID_TEXT];
    const char *text = cv_arena_printf(call->arena, "request\n%s", cv_id_text("req_", r->id, id));
    cv_digest(&api_of(x)->idempotency_key, text, strlen(text), digest);
    const char *kept = cv_arena_strdup(call->arena, digest);
    call->idempotency = (struct dom_idempotency){.key = kept, .body = kept, .at = cv_now()};
}

static bool create(struct api_request_effect *e, struct prov_call *call, struct prov_request *r, struct cv_error *err)
{
    struct prov_staff_input in;
    if (!read_new(e->x, call, r, &in, err))
        return false;
    if (e->body != NULL)
        api_read_not_same_as(e->body, &in, e->x);
    name_it(e->x, call, r);
    if (!prov_staff_create(call, &in, &e->result, err))
        return false;
    if (!call->validate_only)
        r->staff = e->result.staff.id;
    return true;
}

bool api_request_try_new(struct htp_exchange *x, const struct prov_call *call, const struct prov_request *r,
                         struct cv_error *err)
{
    struct prov_call trial = *call;
    struct prov_staff_input in;
    struct prov_staff_result result;
    trial.validate_only = true;
    trial.idempotency = (struct dom_idempotency){.at = CV_NO_MOMENT};
    if (!read_new(x, &trial, r, &in, err))
        return false;
    in.nobody_there = true; /* whoever answers is asked */
    return prov_staff_create(&trial, &in, &result, err);
}

bool api_request_carry_out(struct prov_call *call, struct prov_request *r, void *ctx, struct cv_error *err)
{
    struct api_request_effect *e = ctx;
    switch (r->kind) {
    case PROV_ASK_TRANSFER:
        return transfer(call, r, &e->result, err);
    case PROV_ASK_NEW:
        return create(e, call, r, err);
    case PROV_ASK_RESET:
        return prov_credential_reset(call, key_of(call, r), r->system, &e->code, &e->result, err);
    default:
        return account(call, r, &e->result, err);
    }
}

/* ---- what broke off ---- */

/* Faults of one request are not those of the next. */
static bool carry_out_alone(struct prov_call *call, struct prov_request *r, void *ctx, struct cv_error *err)
{
    struct api_request_effect *e = ctx;
    cv_faults_init(&e->x->faults, call->arena);
    e->result = (struct prov_staff_result){0};
    return api_request_carry_out(call, r, e, err);
}

bool api_requests_finish(struct api *api, const struct prov_call *call)
{
    struct api_actor actor = {.label = call->actor, .scopes = call->scopes, .scope = call->scope};
    struct htp_exchange x = {.app = api,
                             .thread = call->dir,
                             .arena = call->arena,
                             .request_id = call->request_id,
                             .path = "",
                             .query_string = "",
                             .actor = &actor};
    struct api_request_effect effect = {.x = &x};
    struct prov_call own = *call;
    cv_faults_init(&x.faults, x.arena);
    x.deadline = call->deadline;
    own.faults = &x.faults;
    const struct prov_request_answer in = {.answer = PROV_CONFIRMED, .carry_out = carry_out_alone, .ctx = &effect};
    return prov_requests_finish(&own, &in);
}
