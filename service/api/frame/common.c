/* What every handler needs: the call, the body, the head of a result. */
#include <string.h>

#include "api/frame/state.h"
#include "api/internal.h"

static void digest_of(const struct api *api, struct cv_arena *arena, const void *bytes, size_t len, const char **out)
{
    char digest[CV_DIGEST_TEXT];
    cv_digest(&api->idempotency_key, bytes, len, digest);
    *out = cv_arena_strdup(arena, digest);
}

/* Scope of a key: credential + method + path; only its keyed digest leaves this function. */
static bool idempotency(struct htp_exchange *x, struct prov_call *call)
{
    const char *key = htp_header(x, "Idempotency-Key");
    size_t body_len = 0;
    if (x->route->method != HTP_POST || key == NULL)
        return true;
    if (*key == '\0' || strlen(key) > 255) {
        cv_fault_add(&x->faults, CV_AT_HEADER, "Idempotency-Key", "bad_format",
                     "Idempotency-Key dài từ 1 đến 255 ký tự", "An Idempotency-Key has 1 to 255 signs");
        return api_faultless(x, cvp_validation_failed);
    }
    const char *scoped = cv_arena_printf(x->arena, "%s\n%s\n%s\n%s", call->actor, x->route->operation, x->path, key);
    const char *body = htp_body(x, &body_len);
    digest_of(api_of(x), x->arena, scoped, strlen(scoped), &call->idempotency.key);
    digest_of(api_of(x), x->arena, body, body_len, &call->idempotency.body);
    return true;
}

static void match(struct htp_exchange *x, struct prov_call *call)
{
    switch (htp_if_match(x, &call->match_revision)) {
    case HTP_MATCH_ABSENT:
        call->match = PROV_MATCH_ABSENT;
        break;
    case HTP_MATCH_ANY:
        call->match = PROV_MATCH_ANY;
        break;
    case HTP_MATCH_VALUE:
        call->match = PROV_MATCH_REVISION;
        break;
    }
    call->create_only = x->route->method == HTP_PUT && htp_if_none_match_any(x);
}

const char *api_actor_name(const struct htp_exchange *x)
{
    return cv_id_text(api_actor(x)->is_person ? "stf_" : "tok_", api_actor(x)->token,
                      cv_arena_alloc(x->arena, CV_ID_TEXT));
}

bool api_call(struct htp_exchange *x, struct prov_call *out)
{
    const struct api_actor *actor = api_actor(x);
    struct cv_error err = {0};
    *out = (struct prov_call){.prov = api_of(x)->prov,
                              .dir = x->thread,
                              .arena = x->arena,
                              .faults = &x->faults,
                              .deadline = x->deadline,
                              .actor = "anonymous",
                              .via = "http",
                              .request_id = x->request_id};
    if (actor != NULL) {
        out->actor = api_actor_name(x);
        if (!cv_id_is_zero(actor->behalf))
            out->behalf = cv_id_kept("stf_", actor->behalf, x->arena);
        out->token = actor->token;
        out->role = actor->is_person ? actor->label : NULL;
        out->scope = actor->scope;
        out->scopes = actor->scopes;
    }
    if (x->thread != NULL)
        dir_session_deadline(x->thread, x->deadline);
    if (x->thread != NULL && x->mark == 0)
        x->mark = dir_session_writes(x->thread) + 1;
    if (x->route->method != HTP_GET && !api_token_asked(x, &err)) {
        htp_problem(x, &err, NULL);
        return false;
    }
    out->validate_only = htp_validate_only(x);
    match(x, out);
    return idempotency(x, out);
}

bool api_body(struct htp_exchange *x, const struct cv_jin **out)
{
    size_t len = 0;
    struct cv_error err = {0};
    const char *bytes = htp_body(x, &len);
    *out = cv_json_parse(x->arena, &x->faults, bytes, len, &err);
    if (*out == NULL)
        htp_problem(x, &err, &x->faults);
    return *out != NULL;
}

/* Everything that was sent could be read, and some of it is not among what there is. */
static bool only_not_allowed(const struct cv_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        if (strcmp(faults->items[i].code, "not_allowed_value") != 0 &&
            strcmp(faults->items[i].code, "out_of_range") != 0)
            return false;
    return faults->count > 0;
}

bool api_faultless(struct htp_exchange *x, enum cv_problem problem)
{
    struct cv_error err = {0};
    if (problem == cvp_invalid_parameter && only_not_allowed(&x->faults))
        problem = cvp_validation_failed;
    if (cv_faults_check(&x->faults, problem, &err))
        return true;
    htp_problem(x, &err, &x->faults);
    return false;
}

bool api_may_deny(struct htp_exchange *x, struct cv_error *err)
{
    return view_may_deny(api_of(x)->view, err);
}

void api_write_problem(struct htp_exchange *x, const struct cv_error *err)
{
    struct cv_jout *j = &x->out;
    const struct cv_problem_row *row = cv_problem_row(err->problem);
    cv_jout_object(j, "problem");
    cv_jout_string(j, "type", cv_arena_printf(x->arena, "/v1/problems/%s", row->code));
    cv_jout_string(j, "title", row->title[x->lang]);
    cv_jout_int(j, "status", row->status);
    cv_jout_string(j, "detail", err->text[x->lang]);
    cv_jout_string(j, "instance", x->path);
    cv_jout_string(j, "code", row->code);
    cv_jout_string(j, "request_id", x->request_id);
    cv_jout_array(j, "errors");
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_result_head(struct htp_exchange *x, enum prov_outcome outcome, int64_t revision, const char *location,
                     int *out_status)
{
    bool created = outcome == PROV_CREATED || (outcome == PROV_REPLAYED && location != NULL);
    *out_status = created ? 201 : 200;
    if (outcome != PROV_WOULD)
        htp_etag(x, revision);
    if (created && location != NULL)
        htp_header_set(x, "Location", "%s", location);
    if (outcome == PROV_REPLAYED)
        htp_header_set(x, "Idempotency-Replayed", "true");
    if (outcome == PROV_UNCHANGED)
        htp_header_set(x, "Congvu-Unchanged", "true");
}

bool api_unit_filter(struct htp_exchange *x, bool *out_has, struct cv_id *out_unit, bool *out_recursive)
{
    struct view_unit unit;
    struct cv_error err = {0};
    const char *key = htp_query(x, "unit");
    *out_recursive = true;
    htp_query_bool(x, "recursive", out_recursive);
    *out_has = key != NULL;
    if (key == NULL)
        return true;
    if (view_unit_find(api_of(x)->view, api_actor(x)->scope, key, CV_NO_DAY, x->arena, &unit, &err)) {
        *out_unit = unit.id;
        return true;
    }
    htp_problem(x, &err, NULL);
    return false;
}

bool api_if_match_given(struct htp_exchange *x)
{
    int64_t revision;
    struct cv_error err = {0};
    if (htp_if_match(x, &revision) != HTP_MATCH_ABSENT)
        return true;
    cv_fail(&err, cvp_if_match_required, "If-Match", "Cần cho biết phiên bản đã đọc của bản ghi",
            "Send If-Match with the ETag that you read (or *)");
    htp_problem(x, &err, NULL);
    return false;
}

void api_count_or_null(struct cv_jout *j, const char *name, int32_t count, bool known)
{
    if (known)
        cv_jout_int(j, name, count);
    else
        cv_jout_null(j, name);
}

void api_body_tag(const struct api *api, const char *bytes, size_t len, char out[CV_DIGEST_TEXT])
{
    cv_digest(&api->idempotency_key, bytes, len, out);
    out[24] = '\0';
}
