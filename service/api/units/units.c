/* Units: list, tree, changes. */
#include <string.h>

#include "api/units/units.h"
#include "congvu/prov_units.h"

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

/* ---- reading ---- */

static bool list_query(struct htp_exchange *x, struct view_unit_query *q)
{
    static const char *const shapes[] = {"flat", "tree", NULL};
    const char *parent = htp_query(x, "parent");
    struct cv_error err = {0};
    struct view_unit found;
    int64_t depth = -1;
    uint32_t shape = 0;
    *q = (struct view_unit_query){.scope = api_actor(x)->scope, .recursive = true, .q = htp_query(x, "q")};
    htp_query_bool(x, "recursive", &q->recursive);
    htp_query_bool(x, "include_dissolved", &q->include_dissolved);
    htp_query_words(x, "view", shapes, &shape);
    htp_query_int(x, "depth", 0, 32, &depth);
    q->depth = (int)depth;
    if (q->q != NULL && (*q->q == '\0' || cv_text_length(q->q) > 200))
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "q", "out_of_range", "q dài từ 1 đến 200 ký tự",
                     "q has 1 to 200 signs");
    if (!api_faultless(x, cvp_validation_failed) || parent == NULL)
        return x->faults.count == 0;
    if (!view_unit_find(api_of(x)->view, q->scope, parent, CV_NO_DAY, x->arena, &found, &err)) {
        fail(x, &err);
        return false;
    }
    q->has_parent = true;
    q->parent = found.id;
    return true;
}

void api_list_units(struct htp_exchange *x)
{
    struct view_unit_query q;
    struct view_unit_page found;
    struct api_page page;
    struct cv_error err = {0};
    const char *bound = api_page_bound(x);
    if (!list_query(x, &q) || !api_page_in(x, bound, &page))
        return;
    q.page_size = page.size;
    q.after = page.after;
    q.after_len = page.after_len;
    if (!view_unit_list(api_of(x)->view, &q, x->arena, &found, &err)) {
        fail(x, &err);
        return;
    }
    api_view_age(x);
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < found.count; i++)
        api_write_unit_row(x, &found.items[i]);
    cv_jout_end(&x->out);
    api_page_out(x, bound, found.next, found.next_len, &page, found.total);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_get_unit(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_unit unit;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_unit_read(&call, htp_param(x, "unit"), &unit, &err)) {
        fail(x, &err);
        return;
    }
    htp_etag(x, unit.revision);
    api_write_unit(x, NULL, &unit);
    htp_reply(x, 200);
}

void api_list_unit_ancestors(struct htp_exchange *x)
{
    const struct view *view = api_of(x)->view;
    struct view_scope scope = api_actor(x)->scope;
    struct view_unit unit, *way;
    size_t count = 0;
    struct cv_error err = {0};
    if (!view_unit_find(view, scope, htp_param(x, "unit"), CV_NO_DAY, x->arena, &unit, &err) ||
        !view_unit_ancestors(view, scope, unit.id, x->arena, &way, &count, &err)) {
        fail(x, &err);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i + 1 < count; i++) /* without the unit itself */
        api_write_unit_row_ref(x, NULL, &way[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

/* ---- bodies ---- */

static bool body_of(struct htp_exchange *x, unsigned flag, struct prov_call *call, struct prov_unit_input *in)
{
    const struct cv_jin *body;
    if (!api_call(x, call) || !api_body(x, &body))
        return false;
    api_read_unit(x, flag, body, in);
    return true;
}

/* ---- answers ---- */

static void reply_unit(struct htp_exchange *x, const struct prov_unit_result *result, bool created)
{
    int status = 200;
    const char *location = created ? cv_arena_printf(x->arena, "/v1/units/%s", api_unit_id(x, result->unit.id)) : NULL;
    api_result_head(x, result->outcome, result->unit.revision, location, &status);
    api_write_unit_result(x, NULL, result);
    htp_reply(x, status);
}

static void reply_change(struct htp_exchange *x, const struct prov_unit_result *result)
{
    if (result->outcome == PROV_NEEDS_DECISION) {
        api_reply_needs_decision(x, result->question);
        return;
    }
    if (result->outcome != PROV_WOULD) {
        reply_unit(x, result, result->outcome == PROV_CREATED);
        return;
    }
    cv_jout_object(&x->out, NULL);
    api_write_unit_changes(x, &result->before, &result->unit);
    api_write_unit_result(x, "unit", result);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

/* ---- changing ---- */

void api_create_unit(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_input in;
    struct prov_unit_result result;
    struct cv_error err = {0};
    if (!body_of(x, PROV_CREATE, &call, &in) || !api_faultless(x, cvp_validation_failed))
        return;
    if (prov_unit_create(&call, &in, &result, &err))
        reply_unit(x, &result, true);
    else
        fail(x, &err);
}

static void same_code(struct htp_exchange *x, const struct prov_unit_input *in)
{
    const char *path = htp_param(x, "unit");
    struct cv_id id;
    if (in->code.given != CV_VALUE || cv_id_parse("unt_", path, &id) || cv_ascii_casecmp(in->code.value, path) == 0)
        return;
    cv_fault_add(&x->faults, CV_AT_POINTER, "/code", "mismatch",
                 "Mã khác với mã của đơn vị đang ghi; đổi mã là một việc sửa riêng",
                 "code differs from the path; change a code by PATCH");
}

void api_put_unit(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_input in;
    struct prov_unit_result result;
    struct cv_error err = {0};
    if (!body_of(x, PROV_UPDATE, &call, &in))
        return;
    same_code(x, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_unit_put(&call, htp_param(x, "unit"), &in, &result, &err))
        reply_change(x, &result);
    else
        fail(x, &err);
}

void api_patch_unit(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_input in;
    struct prov_unit_result result;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !body_of(x, PROV_UPDATE, &call, &in) || !api_faultless(x, cvp_validation_failed))
        return;
    if (prov_unit_patch(&call, htp_param(x, "unit"), &in, &result, &err))
        reply_change(x, &result);
    else
        fail(x, &err);
}

void api_delete_unit(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (prov_unit_delete(&call, htp_param(x, "unit"), &err))
        htp_reply_empty(x, 204);
    else
        fail(x, &err);
}
