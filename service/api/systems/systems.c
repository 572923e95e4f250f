/* Systems: the catalogue and who must have what. */
#include <string.h>

#include "api/systems/fields.h"

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

void api_list_systems(struct htp_exchange *x)
{
    struct dom_system *systems;
    size_t count;
    struct cv_error err = {0};
    if (!view_systems(api_of(x)->view, x->arena, &systems, &count, &err)) {
        fail(x, &err);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        api_write_system(x, NULL, &systems[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_get_system(struct htp_exchange *x)
{
    struct dom_system system;
    struct cv_error err = {0};
    if (!view_system_find(api_of(x)->view, htp_param(x, "system"), x->arena, &system, &err)) {
        fail(x, &err);
        return;
    }
    htp_etag_moving(x, system.revision);
    api_write_system(x, NULL, &system);
    htp_reply(x, 200);
}

void api_create_system(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_system_input in;
    struct prov_system_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    api_read_new_system(x, body, &in);
    if (!prov_system_create(&call, &in, &result, &err)) {
        fail(x, &err);
        return;
    }
    htp_etag(x, result.system.revision);
    htp_header_set(x, "Location", "/v1/systems/%s", result.system.slug);
    api_write_system(x, NULL, &result.system);
    htp_reply(x, 201);
}

static void reply_change(struct htp_exchange *x, const struct prov_system_result *result)
{
    int status = 200;
    api_result_head(x, result->outcome, result->system.revision, NULL, &status);
    if (result->outcome != PROV_WOULD) {
        api_write_system(x, NULL, &result->system);
        htp_reply(x, status);
        return;
    }
    cv_jout_object(&x->out, NULL);
    api_write_system_changes(x, &result->before, &result->system);
    api_write_system(x, "system", &result->system);
    cv_jout_end(&x->out);
    htp_reply(x, status);
}

void api_patch_system(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_system_input in;
    struct prov_system_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_if_match_given(x) || !api_call(x, &call) || !api_body(x, &body))
        return;
    api_read_system(x, body, &in);
    if (!prov_system_patch(&call, htp_param(x, "system"), &in, &result, &err)) {
        fail(x, &err);
        return;
    }
    reply_change(x, &result);
}
