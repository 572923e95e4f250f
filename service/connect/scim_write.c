/* Bodies: whole resources and patches. Never a null, never what is not mapped. */
#include <string.h>
#include <strings.h>

#include "connect/scim.h"

struct writer {
    struct cv_jout j;
    const struct cv_jany *base;
    const struct scim_field *fields;
    size_t count;
    struct cv_arena *arena;
};

static bool same_schema(const struct scim_path *path, const char *schema)
{
    return schema == NULL ? path->schema == NULL : path->schema != NULL && strcasecmp(path->schema, schema) == 0;
}

static bool same_attr(const struct scim_path *path, const char *schema, const char *attr)
{
    return same_schema(path, schema) && strcasecmp(path->attr, attr) == 0;
}

/* A field of the same attribute came earlier: it was written with that one. */
static bool written_before(const struct scim_field *fields, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_attr(&fields[k].path, fields[i].path.schema, fields[i].path.attr))
            return true;
    return false;
}

static bool has_value(const struct writer *w, const char *schema, const char *attr)
{
    for (size_t i = 0; i < w->count; i++)
        if (same_attr(&w->fields[i].path, schema, attr) && w->fields[i].value != NULL)
            return true;
    return false;
}

static void put_value(struct cv_jout *j, const char *name, const struct scim_field *field)
{
    if (field->truth)
        cv_jout_bool(j, name, strcmp(field->value, "true") == 0);
    else
        cv_jout_string(j, name, field->value);
}

/* ---- what is there and not ours ---- */
struct rest {
    struct writer *w;
    const char *schema, *attr; /* attr NULL: members of the resource or of an extension */
};

static bool is_ours(const struct rest *rest, const char *name)
{
    const struct writer *w = rest->w;
    for (size_t i = 0; i < w->count; i++) {
        const struct scim_path *p = &w->fields[i].path;
        if (rest->attr == NULL && rest->schema == NULL && p->schema != NULL && strcasecmp(p->schema, name) == 0)
            return true;
        if (rest->attr == NULL ? same_attr(p, rest->schema, name)
                               : same_attr(p, rest->schema, rest->attr) && p->sub && strcasecmp(p->sub, name) == 0)
            return true;
    }
    return false;
}

static void put_rest(void *ctx, const char *name, const struct cv_jany *value)
{
    static const char *const theirs[] = {"schemas", "meta", "groups", "password"};
    const struct rest *rest = ctx;
    for (size_t i = 0; rest->attr == NULL && rest->schema == NULL && i < CV_COUNT(theirs); i++)
        if (strcasecmp(theirs[i], name) == 0)
            return;
    if (cv_jany_kind(value) != CV_JANY_NULL && !is_ours(rest, name))
        cv_jout_any(&rest->w->j, name, value);
}

/* ---- attributes ---- */
static bool item_is_ours(struct writer *w, const struct scim_path *of, const struct cv_jany *list, size_t i)
{
    for (size_t k = 0; k < w->count; k++)
        if (w->fields[k].path.type && same_attr(&w->fields[k].path, of->schema, of->attr) &&
            scim_item_is_ours(list, i, &w->fields[k].path, w->arena))
            return true;
    return false;
}

static void put_items(struct writer *w, const char *name, const struct scim_path *of, const struct cv_jany *list)
{
    bool theirs = false, main_one = false, primary = false;
    cv_jout_array(&w->j, name);
    for (size_t i = 0; i < cv_jany_count(list); i++) {
        bool ours = item_is_ours(w, of, list, i);
        main_one =
            main_one || (ours && cv_jany_bool(cv_jany_get(cv_jany_item(list, i), "primary"), &primary) && primary);
        if (ours || cv_jany_kind(cv_jany_item(list, i)) == CV_JANY_NULL)
            continue;
        theirs = true;
        cv_jout_any(&w->j, NULL, cv_jany_item(list, i));
    }
    main_one = main_one || (!theirs && strcasecmp(of->attr, "emails") == 0); /* many want one that is primary */
    for (size_t k = 0; k < w->count; k++) {
        const struct scim_field *f = &w->fields[k];
        if (!same_attr(&f->path, of->schema, of->attr) || f->path.type == NULL || f->value == NULL)
            continue;
        cv_jout_object(&w->j, NULL);
        put_value(&w->j, f->path.sub, f);
        cv_jout_string(&w->j, "type", f->path.type);
        if (main_one)
            cv_jout_bool(&w->j, "primary", true);
        main_one = false;
        cv_jout_end(&w->j);
    }
    cv_jout_end(&w->j);
}

static void put_parts(struct writer *w, const struct scim_path *of, const struct cv_jany *there)
{
    struct rest rest = {w, of->schema, of->attr};
    cv_jout_object(&w->j, of->attr);
    cv_jany_each(there, put_rest, &rest);
    for (size_t k = 0; k < w->count; k++)
        if (same_attr(&w->fields[k].path, of->schema, of->attr) && w->fields[k].path.sub && w->fields[k].value)
            put_value(&w->j, w->fields[k].path.sub, &w->fields[k]);
    cv_jout_end(&w->j);
}

static void put_attributes(struct writer *w, const char *schema)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct scim_field *f = &w->fields[i];
        if (!same_schema(&f->path, schema) || written_before(w->fields, i))
            continue;
        const struct cv_jany *there = cv_jany_get(scim_holder(w->base, &f->path), f->path.attr);
        if (f->path.type != NULL) {
            if (has_value(w, schema, f->path.attr) || cv_jany_count(there) > 0)
                put_items(w, f->path.attr, &f->path, there);
        } else if (f->path.sub != NULL) {
            if (has_value(w, schema, f->path.attr) || cv_jany_kind(there) == CV_JANY_OBJECT)
                put_parts(w, &f->path, there);
        } else if (f->value != NULL) {
            put_value(&w->j, f->path.attr, f);
        }
    }
}

/* ---- schemas ---- */
static bool schema_seen(const struct scim_field *fields, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (fields[k].value && same_schema(&fields[k].path, fields[i].path.schema))
            return true;
    return false;
}

static bool first_of_schema(const struct writer *w, size_t i)
{
    return w->fields[i].path.schema != NULL && w->fields[i].value != NULL && !schema_seen(w->fields, i);
}

static bool has_values(const struct writer *w, const char *schema)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->fields[i].value != NULL && same_schema(&w->fields[i].path, schema))
            return true;
    return false;
}

static void put_schemas(struct writer *w)
{
    const struct cv_jany *there = cv_jany_get(w->base, "schemas");
    cv_jout_array(&w->j, "schemas");
    cv_jout_string(&w->j, NULL, SCIM_USER);
    for (size_t i = 0; i < w->count; i++)
        if (first_of_schema(w, i))
            cv_jout_string(&w->j, NULL, w->fields[i].path.schema);
    for (size_t i = 0; i < cv_jany_count(there); i++) {
        const char *urn = cv_jany_text(cv_jany_item(there, i), w->arena);
        if (urn != NULL && strcasecmp(urn, SCIM_USER) != 0 && !has_values(w, urn))
            cv_jout_string(&w->j, NULL, urn);
    }
    cv_jout_end(&w->j);
}

static bool mentioned_before(const struct writer *w, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (w->fields[k].path.schema != NULL && same_schema(&w->fields[k].path, w->fields[i].path.schema))
            return true;
    return false;
}

struct others {
    struct rest rest;
    bool any;
};

static void look_for_others(void *ctx, const char *name, const struct cv_jany *value)
{
    struct others *o = ctx;
    o->any = o->any || (cv_jany_kind(value) != CV_JANY_NULL && !is_ours(&o->rest, name));
}

/* A part of an attribute of ours may be theirs. */
static bool others_have_part(struct writer *w, const struct scim_path *path)
{
    struct others o = {.rest = {w, path->schema, path->attr}};
    const struct cv_jany *there = cv_jany_get(scim_holder(w->base, path), path->attr);
    if (path->type == NULL && path->sub != NULL)
        cv_jany_each(there, look_for_others, &o);
    for (size_t i = 0; path->type != NULL && i < cv_jany_count(there); i++)
        o.any = o.any || (cv_jany_kind(cv_jany_item(there, i)) != CV_JANY_NULL && !item_is_ours(w, path, there, i));
    return o.any;
}

/* Has somebody else written into the extension, which a PUT without it would take away? */
static bool others_have(struct writer *w, const char *schema)
{
    struct others o = {.rest = {w, schema, NULL}};
    for (size_t i = 0; i < w->count && !o.any; i++) {
        if (!same_schema(&w->fields[i].path, schema))
            continue;
        cv_jany_each(scim_holder(w->base, &w->fields[i].path), look_for_others, &o);
        o.any = o.any || others_have_part(w, &w->fields[i].path);
    }
    return o.any;
}

static void put_extensions(struct writer *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct scim_path *path = &w->fields[i].path;
        if (path->schema == NULL || mentioned_before(w, i) ||
            (!has_values(w, path->schema) && !others_have(w, path->schema)))
            continue;
        struct rest inner = {w, path->schema, NULL};
        cv_jout_object(&w->j, inner.schema);
        cv_jany_each(scim_holder(w->base, path), put_rest, &inner);
        put_attributes(w, inner.schema);
        cv_jout_end(&w->j);
    }
}

void scim_write_resource(struct cv_buf *out, const struct cv_jany *base, const struct scim_field *fields, size_t count,
                         struct cv_arena *arena)
{
    struct writer w = {.base = base, .fields = fields, .count = count, .arena = arena};
    struct rest rest = {&w, NULL, NULL};
    cv_jout_init(&w.j, out);
    cv_jout_object(&w.j, NULL);
    put_schemas(&w);
    cv_jany_each(base, put_rest, &rest);
    put_attributes(&w, NULL);
    put_extensions(&w);
    cv_jout_end(&w.j);
}

/* ---- patches ---- */
static void put_operation(struct writer *w, const struct scim_field *f, bool capitals)
{
    static const char *const words[2][3] = {{"add", "replace", "remove"}, {"Add", "Replace", "Remove"}};
    const struct cv_jany *there = cv_jany_get(scim_holder(w->base, &f->path), f->path.attr);
    bool multi = f->path.type != NULL, absent = cv_jany_kind(there) <= CV_JANY_NULL;
    bool empties = f->value == NULL && (!multi || cv_jany_count(there) <= 1);
    const char *list = f->path.schema ? cv_arena_printf(w->arena, "%s:%s", f->path.schema, f->path.attr) : f->path.attr;
    cv_jout_object(&w->j, NULL);
    cv_jout_string(&w->j, "op", words[capitals][empties ? 2 : absent ? 0 : 1]);
    cv_jout_string(&w->j, "path", multi ? list : f->text);
    if (multi && !empties)
        put_items(w, "value", &f->path, there);
    else if (!empties)
        put_value(&w->j, "value", f);
    cv_jout_end(&w->j);
}

static void begin_patch(struct writer *w, struct cv_buf *out)
{
    cv_jout_init(&w->j, out);
    cv_jout_object(&w->j, NULL);
    cv_jout_array(&w->j, "schemas");
    cv_jout_string(&w->j, NULL, SCIM_PATCH_OP);
    cv_jout_end(&w->j);
    cv_jout_array(&w->j, "Operations");
}

bool scim_write_patch(struct cv_buf *out, const struct cv_jany *base, const struct scim_field *fields, size_t count,
                      bool capitals, struct cv_arena *arena)
{
    struct writer w = {.base = base, .fields = fields, .count = count, .arena = arena};
    bool any = false;
    begin_patch(&w, out);
    for (size_t i = 0; i < count; i++) {
        if (!scim_field_differs(base, &fields[i], arena))
            continue;
        put_operation(&w, &fields[i], capitals);
        any = true;
    }
    cv_jout_end(&w.j);
    cv_jout_end(&w.j);
    return any;
}

void scim_write_value_patch(struct cv_buf *out, const struct cv_jany *base, const struct scim_field *fields,
                            size_t count, struct cv_arena *arena)
{
    struct scim_field *differ = CV_NEWS(arena, struct scim_field, count + 1);
    struct writer w = {.base = base, .fields = differ, .arena = arena};
    for (size_t i = 0; i < count; i++)
        if (fields[i].value != NULL && scim_field_differs(base, &fields[i], arena))
            differ[w.count++] = fields[i];
    begin_patch(&w, out);
    cv_jout_object(&w.j, NULL);
    cv_jout_string(&w.j, "op", "replace");
    cv_jout_object(&w.j, "value");
    put_attributes(&w, NULL);
    put_extensions(&w);
    cv_jout_end(&w.j);
    cv_jout_end(&w.j);
    cv_jout_end(&w.j);
    cv_jout_end(&w.j);
}
