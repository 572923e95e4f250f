/* Units: the tree and one at a time. */
#include "api/internal.h"

#include <string.h>

static const char *id_text(struct htp_exchange *x, struct cv_id id)
{
    char text[CV_ID_TEXT];
    return cv_arena_strdup(x->arena, cv_id_text("unt_", id, text));
}

/* ---- in ---- */

static void read_word_or_null(const struct cv_jin *o, const char *name, const char *const *words, struct prov_int *out)
{
    int index = 0;
    out->given = cv_jin_word(o, name, CV_NULLABLE, words, &index);
    out->value = index;
}

static void read_unit(const struct cv_jin *o, struct prov_unit_input *out)
{
    const struct cv_jin *name = NULL;
    *out = (struct prov_unit_input){0};
    api_read_text(o, "code", DOM_CODE_MAX, &out->code);
    if (cv_jin_object(o, "name", CV_OPTIONAL, &name) == CV_VALUE) {
        api_read_text(name, "vi", 200, &out->name_vi);
        api_read_text(name, "en", 200, &out->name_en);
        cv_jin_done(name);
    }
    api_read_word(o, "kind", dom_unit_kind_words, &out->kind);
    read_word_or_null(o, "block", dom_block_words, &out->block);
    api_read_text(o, "parent", 64, &out->parent);
    api_read_text(o, "slug", DOM_SLUG_MAX, &out->slug);
    out->position.given = cv_jin_int(o, "position", CV_OPTIONAL, 0, 100000, &out->position.value);
    api_read_day(o, "active_from", &out->active_from);
    api_read_day(o, "active_to", &out->active_to);
    cv_jin_done(o);
}

/* ---- out ---- */

static void write_row(struct htp_exchange *x, const struct view_unit *unit)
{
    struct cv_jout *j = &x->out;
    bool below = unit->has_parent && view_in_scope(api_of(x)->view, api_actor(x)->scope, unit->parent);
    cv_jout_object(j, NULL);
    cv_jout_string(j, "id", id_text(x, unit->id));
    cv_jout_string(j, "code", unit->code);
    cv_jout_object(j, "name");
    cv_jout_string(j, "vi", unit->name[CV_VI]);
    cv_jout_string(j, "en", unit->name[CV_EN]);
    cv_jout_end(j);
    cv_jout_string(j, "kind", dom_unit_kind_words[unit->kind]);
    cv_jout_string(j, "block", unit->effective_block >= 0 ? dom_block_words[unit->effective_block] : NULL);
    api_write_unit_ref(x, "parent", below ? unit->parent : (struct cv_id){0});
    cv_jout_string(j, "slug", unit->slug);
    cv_jout_int(j, "position", unit->position);
    cv_jout_int(j, "depth", unit->depth);
    cv_jout_day(j, "active_from", unit->active_from);
    cv_jout_day(j, "active_to", unit->active_to);
    cv_jout_int(j, "revision", unit->revision);
    cv_jout_end(j);
}

static void change(struct cv_jout *j, const char *field, const char *from, const char *to)
{
    if (from == to || (from != NULL && to != NULL && strcmp(from, to) == 0))
        return;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "field", field);
    cv_jout_string(j, "from", from);
    cv_jout_string(j, "to", to);
    cv_jout_end(j);
}

static void change_day(struct cv_jout *j, const char *field, cv_day from, cv_day to)
{
    char before[CV_DAY_TEXT], after[CV_DAY_TEXT];
    change(j, field, from != CV_NO_DAY ? cv_day_iso(from, before) : NULL, to != CV_NO_DAY ? cv_day_iso(to, after) : NULL);
}

static const char *block_word(const struct dom_unit *u) { return u->block >= 0 ? dom_block_words[u->block] : NULL; }

static const char *parent_code(struct htp_exchange *x, const struct dom_unit *u)
{
    struct view_unit parent;
    bool visible = u->has_parent && view_in_scope(api_of(x)->view, api_actor(x)->scope, u->parent) &&
                   view_unit_by_id(api_of(x)->view, u->parent, x->arena, &parent);
    return visible ? parent.code : NULL;
}

static void change_position(struct cv_jout *j, const struct dom_unit *before, const struct dom_unit *after)
{
    if (before->revision > 0 && before->position == after->position)
        return;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "field", "position");
    if (before->revision > 0)
        cv_jout_int(j, "from", before->position);
    else
        cv_jout_null(j, "from");
    cv_jout_int(j, "to", after->position);
    cv_jout_end(j);
}

static void write_changes(struct htp_exchange *x, const struct dom_unit *before, const struct dom_unit *after)
{
    struct cv_jout *j = &x->out;
    bool fresh = before->revision == 0;
    cv_jout_array(j, "changes");
    change(j, "code", before->code, after->code);
    change(j, "name/vi", before->name[CV_VI], after->name[CV_VI]);
    change(j, "name/en", before->name[CV_EN], after->name[CV_EN]);
    change(j, "kind", fresh ? NULL : dom_unit_kind_words[before->kind], dom_unit_kind_words[after->kind]);
    change(j, "block", fresh ? NULL : block_word(before), block_word(after));
    change(j, "parent", fresh ? NULL : parent_code(x, before), parent_code(x, after));
    change(j, "slug", before->slug, after->slug);
    change_position(j, before, after);
    change_day(j, "active_from", fresh ? CV_NO_DAY : before->active_from, after->active_from);
    change_day(j, "active_to", fresh ? CV_NO_DAY : before->active_to, after->active_to);
    cv_jout_end(j);
}

static void reply_unit(struct htp_exchange *x, const struct prov_unit_result *result, bool created)
{
    int status = 200;
    const char *location = created ? cv_arena_printf(x->arena, "/v1/units/%s", id_text(x, result->unit.id)) : NULL;
    api_result_head(x, result->outcome, result->unit.revision, location, &status);
    api_write_unit(x, NULL, &result->unit);
    htp_reply(x, status);
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

/* ---- lists ---- */

static bool read_query(struct htp_exchange *x, struct view_unit_query *q)
{
    static const char *const views[] = {"flat", "tree", NULL}; /* both words give tree order */
    const char *parent = htp_query(x, "parent");
    struct view_unit found;
    struct cv_error err = {0};
    int64_t depth = -1;
    uint32_t shown = 0;
    *q = (struct view_unit_query){.scope = api_actor(x)->scope, .recursive = true};
    htp_query_bool(x, "recursive", &q->recursive);
    htp_query_int(x, "depth", 0, 32, &depth);
    htp_query_bool(x, "include_dissolved", &q->include_dissolved);
    htp_query_words(x, "view", views, &shown);
    q->q = htp_query(x, "q");
    q->depth = (int)depth;
    if (!api_faultless(x, cvp_invalid_parameter))
        return false;
    if (parent == NULL)
        return true;
    if (!view_unit_find(api_of(x)->view, q->scope, parent, CV_NO_DAY, x->arena, &found, &err)) {
        htp_problem(x, &err, NULL);
        return false;
    }
    q->has_parent = true;
    q->parent = found.id;
    return true;
}

void api_list_units(struct htp_exchange *x)
{
    struct view_unit_query q;
    struct view_unit_page page;
    struct api_page paging;
    struct cv_error err = {0};
    const char *bound = api_page_bound(x);
    if (!read_query(x, &q) || !api_page_in(x, bound, &paging))
        return;
    q.page_size = paging.size;
    q.after = paging.after;
    q.after_len = paging.after_len;
    if (!view_unit_list(api_of(x)->view, &q, x->arena, &page, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < page.count; i++)
        write_row(x, &page.items[i]);
    cv_jout_end(&x->out);
    api_page_out(x, bound, page.next, page.next_len, &paging, page.total);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_list_unit_ancestors(struct htp_exchange *x)
{
    const struct view *view = api_of(x)->view;
    struct view_scope scope = api_actor(x)->scope;
    struct view_unit unit, *line = NULL;
    size_t count = 0;
    struct cv_error err = {0};
    if (!view_unit_find(view, scope, htp_param(x, "unit"), CV_NO_DAY, x->arena, &unit, &err) ||
        !view_unit_ancestors(view, scope, unit.id, x->arena, &line, &count, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i + 1 < count; i++) /* the last one is the unit itself */
        api_write_unit_ref(x, NULL, line[i].id);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

/* ---- one ---- */

void api_create_unit(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_input in;
    struct prov_unit_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_unit(body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_unit_create(&call, &in, &result, &err))
        reply_unit(x, &result, true);
    else
        htp_problem(x, &err, &x->faults);
}

void api_get_unit(struct htp_exchange *x)
{
    struct prov_call call;
    struct dom_unit unit;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_unit_read(&call, htp_param(x, "unit"), &unit, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    htp_etag(x, unit.revision);
    api_write_unit(x, NULL, &unit);
    htp_reply(x, 200);
}

typedef bool change_fn(struct prov_call *call, const char *key, const struct prov_unit_input *in, struct prov_unit_result *out,
                       struct cv_error *err);

static void change_unit(struct htp_exchange *x, change_fn *fn, void (*check)(struct htp_exchange *, const struct prov_unit_input *))
{
    struct prov_call call;
    struct prov_unit_input in;
    struct prov_unit_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_unit(body, &in);
    if (check != NULL)
        check(x, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (fn(&call, htp_param(x, "unit"), &in, &result, &err))
        reply_change(x, &result);
    else
        htp_problem(x, &err, &x->faults);
}

/* The code in a PUT's body is absent or the one in the path. */
static void same_code(struct htp_exchange *x, const struct prov_unit_input *in)
{
    const char *path = htp_param(x, "unit");
    struct view_unit unit;
    struct cv_error err = {0};
    struct cv_id id;
    if (in->code.given == CV_ABSENT)
        return;
    if (cv_id_parse("unt_", path, &id)) {
        if (!view_unit_find(api_of(x)->view, api_actor(x)->scope, path, CV_NO_DAY, x->arena, &unit, &err))
            return; /* 404 follows */
        path = unit.code;
    }
    if (in->code.given != CV_VALUE || cv_ascii_casecmp(in->code.value, path) != 0)
        cv_fault_add(&x->faults, CV_AT_POINTER, "/code", "mismatch", "code khác với mã trên đường dẫn; đổi mã đơn vị bằng PATCH",
                     "code differs from the path; change a code by PATCH");
}

void api_put_unit(struct htp_exchange *x) { change_unit(x, prov_unit_put, same_code); }

void api_patch_unit(struct htp_exchange *x)
{
    if (api_if_match_given(x))
        change_unit(x, prov_unit_patch, NULL);
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
        htp_problem(x, &err, NULL);
}
