/* Units: list, tree, changes. */
#include "api/units/units.h"
#include "congvu/prov_units.h"

#include <string.h>

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

static void read_recipients(const struct cv_jin *o, struct prov_letterhead_input *in, struct cv_arena *arena)
{
    const struct cv_jin_list *list = NULL;
    in->recipients_given = cv_jin_array(o, "recipients", CV_NULLABLE, DOM_RECIPIENTS_MAX, &list);
    if (in->recipients_given != CV_VALUE)
        return;
    in->recipients = CV_NEWS(arena, const char *, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *text = cv_jin_item_string(list, i, 200);
        if (text != NULL)
            in->recipients[in->recipient_count++] = text;
    }
}

static void read_letterhead(const struct cv_jin *o, struct prov_letterhead_input *in, struct cv_arena *arena)
{
    const struct cv_jin *l = NULL;
    in->given = cv_jin_object(o, "letterhead", CV_NULLABLE, &l);
    if (in->given != CV_VALUE)
        return;
    api_read_text(l, "superior_body", 200, &in->superior_body);
    api_read_text(l, "issuing_body", 200, &in->issuing_body);
    api_read_text(l, "place", 200, &in->place);
    api_read_text(l, "on_behalf", 200, &in->on_behalf);
    api_read_text(l, "signatory_title", 200, &in->signatory_title);
    api_read_text(l, "signatory_name", 200, &in->signatory_name);
    read_recipients(l, in, arena);
    cv_jin_done(l);
}

static void read_unit(const struct cv_jin *o, struct prov_unit_input *in, struct cv_arena *arena)
{
    const struct cv_jin *name = NULL;
    int block = -1;
    *in = (struct prov_unit_input){0};
    in->code.given = cv_jin_string(o, "code", CV_OPTIONAL, DOM_CODE_MAX, &in->code.value);
    if (cv_jin_object(o, "name", CV_OPTIONAL, &name) == CV_VALUE) {
        in->name_vi.given = cv_jin_string(name, "vi", CV_OPTIONAL, 200, &in->name_vi.value);
        if (in->name_vi.given == CV_VALUE && *in->name_vi.value == '\0')
            cv_jin_fault(name, "vi", "too_short", "Tên đơn vị không được để trống", "The name may not be empty");
        api_read_text(name, "en", 200, &in->name_en);
        cv_jin_done(name);
    }
    api_read_word(o, "kind", dom_unit_kind_words, &in->kind);
    in->block.given = cv_jin_word(o, "block", CV_NULLABLE, dom_block_words, &block);
    in->block.value = block;
    api_read_text(o, "parent", 64, &in->parent);
    api_read_text(o, "slug", DOM_SLUG_MAX, &in->slug);
    in->position.given = cv_jin_int(o, "position", CV_OPTIONAL, 0, 100000, &in->position.value);
    api_read_day(o, "active_from", &in->active_from);
    api_read_day(o, "active_to", &in->active_to);
    read_letterhead(o, &in->letterhead, arena);
    cv_jin_done(o);
}

static bool body_of(struct htp_exchange *x, struct prov_call *call, struct prov_unit_input *in)
{
    const struct cv_jin *body;
    if (!api_call(x, call) || !api_body(x, &body))
        return false;
    read_unit(body, in, x->arena);
    return true;
}

/* ---- answers ---- */

static void reply_unit(struct htp_exchange *x, const struct prov_unit_result *result, bool created)
{
    int status = 200;
    const char *location = created ? cv_arena_printf(x->arena, "/v1/units/%s", api_unit_id(x, result->unit.id)) : NULL;
    api_result_head(x, result->outcome, result->unit.revision, location, &status);
    api_write_unit(x, NULL, &result->unit);
    htp_reply(x, status);
}

static void api_write_change(struct cv_jout *j, const char *field, const char *from, const char *to)
{
    if (strcmp(from != NULL ? from : "", to != NULL ? to : "") == 0)
        return;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "field", field);
    cv_jout_string(j, "from", from);
    cv_jout_string(j, "to", to);
    cv_jout_end(j);
}

static void change_day(struct cv_jout *j, const char *field, cv_day from, cv_day to)
{
    char a[CV_DAY_TEXT], b[CV_DAY_TEXT];
    api_write_change(j, field, from == CV_NO_DAY ? NULL : cv_day_iso(from, a),
                     to == CV_NO_DAY ? NULL : cv_day_iso(to, b));
}

static const char *parent_code(struct htp_exchange *x, const struct dom_unit *unit)
{
    struct view_unit parent;
    return unit->has_parent && view_unit_by_id(api_of(x)->view, unit->parent, x->arena, &parent) ? parent.code : NULL;
}

static const char *block_word(const struct dom_unit *unit)
{
    return unit->block >= 0 ? dom_block_words[unit->block] : NULL;
}

/* As the line of changes shows it; all of it is one member there. */
static const char *letterhead_text(struct htp_exchange *x, const struct dom_unit *unit)
{
    const struct dom_letterhead *l = &unit->letterhead;
    const char *const parts[] = {l->superior_body, l->issuing_body,    l->place,
                                 l->on_behalf,     l->signatory_title, l->signatory_name};
    const char *text = "";
    for (size_t i = 0; i < CV_COUNT(parts) + l->recipient_count; i++) {
        const char *part = i < CV_COUNT(parts) ? parts[i] : l->recipients[i - CV_COUNT(parts)];
        if (part != NULL)
            text = *text != '\0' ? cv_arena_printf(x->arena, "%s; %s", text, part) : part;
    }
    return unit->has_letterhead ? text : NULL;
}

static void write_changes(struct htp_exchange *x, const struct dom_unit *a, const struct dom_unit *b)
{
    struct cv_jout *j = &x->out;
    cv_jout_array(j, "changes");
    api_write_change(j, "code", a->code, b->code);
    api_write_change(j, "name/vi", a->name[CV_VI], b->name[CV_VI]);
    api_write_change(j, "name/en", a->name[CV_EN], b->name[CV_EN]);
    api_write_change(j, "kind", a->revision > 0 ? dom_unit_kind_words[a->kind] : NULL, dom_unit_kind_words[b->kind]);
    api_write_change(j, "block", block_word(a), block_word(b));
    api_write_change(j, "parent", parent_code(x, a), parent_code(x, b));
    api_write_change(j, "slug", a->slug, b->slug);
    if (a->revision == 0 || a->position != b->position) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "field", "position");
        if (a->revision > 0)
            cv_jout_int(j, "from", a->position);
        else
            cv_jout_null(j, "from");
        cv_jout_int(j, "to", b->position);
        cv_jout_end(j);
    }
    change_day(j, "active_from", a->active_from, b->active_from);
    change_day(j, "active_to", a->active_to, b->active_to);
    api_write_change(j, "letterhead", letterhead_text(x, a), letterhead_text(x, b));
    cv_jout_end(j);
}

static void reply_change(struct htp_exchange *x, const struct prov_unit_result *result)
{
    if (result->outcome != PROV_WOULD) {
        reply_unit(x, result, result->outcome == PROV_CREATED);
        return;
    }
    cv_jout_object(&x->out, NULL);
    write_changes(x, &result->before, &result->unit);
    api_write_unit(x, "unit", &result->unit);
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
    if (!body_of(x, &call, &in) || !api_faultless(x, cvp_validation_failed))
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
    cv_fault_add(&x->faults, CV_AT_POINTER, "/code", "mismatch", "code khác với mã trên đường dẫn; đổi mã bằng PATCH",
                 "code differs from the path; change a code by PATCH");
}

void api_put_unit(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_input in;
    struct prov_unit_result result;
    struct cv_error err = {0};
    if (!body_of(x, &call, &in))
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
    if (!api_if_match_given(x) || !body_of(x, &call, &in) || !api_faultless(x, cvp_validation_failed))
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
