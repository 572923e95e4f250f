/* Paths to attributes, and what stands there. */
#include <string.h>
#include <strings.h>

#include "congvu/text.h"
#include "connect/scim.h"

#define NAME_SIGNS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-$"

static const struct {
    const char *attr, *type;
} multi_valued[] = {{"emails", "work"},          {"phoneNumbers", "mobile"}, {"ims", "work"},
                    {"photos", "photo"},         {"entitlements", "work"},   {"roles", "work"},
                    {"x509Certificates", "work"}};

static const char *take_name(const char **at, struct cv_arena *arena)
{
    size_t len = strspn(*at, NAME_SIGNS);
    const char *name = len > 0 && len <= 64 ? cv_arena_strndup(arena, *at, len) : NULL;
    *at += len;
    return name;
}

/* [type eq "work"] */
static bool take_type(const char **at, struct cv_arena *arena, const char **out)
{
    static const char open[] = "[type eq \"";
    if (**at != '[')
        return true;
    if (strncasecmp(*at, open, sizeof open - 1) != 0)
        return false;
    *at += sizeof open - 1;
    *out = take_name(at, arena);
    if (*out == NULL || strncmp(*at, "\"]", 2) != 0)
        return false;
    *at += 2;
    return true;
}

static const char *usual_type(const char *attr)
{
    for (size_t i = 0; i < CV_COUNT(multi_valued); i++)
        if (strcasecmp(multi_valued[i].attr, attr) == 0)
            return multi_valued[i].type;
    return NULL;
}

bool scim_path_parse(const char *text, struct cv_arena *arena, struct scim_path *out)
{
    const char *at = text, *colon = strncasecmp(text, "urn:", 4) == 0 ? strrchr(text, ':') : NULL;
    *out = (struct scim_path){0};
    if (colon != NULL) {
        size_t len = (size_t)(colon - text);
        out->schema = cv_arena_strndup(arena, text, len);
        if (len < 6 || strspn(out->schema, NAME_SIGNS ":.") != len)
            return false;
        at = colon + 1;
    }
    out->attr = take_name(&at, arena);
    if (out->attr == NULL || !take_type(&at, arena, &out->type))
        return false;
    if (*at == '.') {
        at++;
        out->sub = take_name(&at, arena);
        if (out->sub == NULL)
            return false;
    } else if (out->type == NULL) {
        out->type = usual_type(out->attr);
    }
    if (out->type != NULL && out->sub == NULL)
        out->sub = "value";
    return *at == '\0';
}

bool con_scim_path_ok(const char *path)
{
    struct scim_path parsed;
    cv_auto_arena arena = cv_arena_new(1 << 16);
    return arena != NULL && scim_path_parse(path, arena, &parsed);
}

/* ---- what stands there ---- */
const struct cv_jany *scim_holder(const struct cv_jany *resource, const struct scim_path *path)
{
    return path->schema ? cv_jany_get(resource, path->schema) : resource;
}

/* By its type; or the only one, when it has no type at all. */
bool scim_item_is_ours(const struct cv_jany *list, size_t i, const struct scim_path *path, struct cv_arena *arena)
{
    const struct cv_jany *type = cv_jany_get(cv_jany_item(list, i), "type");
    const char *text = cv_jany_kind(type) == CV_JANY_TEXT ? cv_jany_text(type, arena) : NULL;
    return text != NULL ? strcasecmp(text, path->type) == 0 : type == NULL && cv_jany_count(list) == 1;
}

static const struct cv_jany *value_at(const struct cv_jany *resource, const struct scim_path *path,
                                      struct cv_arena *arena)
{
    const struct cv_jany *value = cv_jany_get(scim_holder(resource, path), path->attr);
    if (path->type == NULL)
        return path->sub ? cv_jany_get(value, path->sub) : value;
    for (size_t i = 0; i < cv_jany_count(value); i++)
        if (scim_item_is_ours(value, i, path, arena))
            return cv_jany_get(cv_jany_item(value, i), path->sub);
    return NULL;
}

const char *con_scim_value(const struct cv_jany *resource, const char *path, struct cv_arena *arena)
{
    struct scim_path parsed;
    return scim_path_parse(path, arena, &parsed) ? cv_jany_text(value_at(resource, &parsed, arena), arena) : NULL;
}

/* "tel:+84-900-000-001" (RFC 3966) is +84900000001. */
static const char *bare_number(struct cv_arena *arena, const char *text)
{
    char *out = cv_arena_strdup(arena, strncasecmp(text, "tel:", 4) == 0 ? text + 4 : text), *to = out;
    for (const char *c = out; *c != '\0'; c++)
        if (strchr(" -.()", *c) == NULL)
            *to++ = *c;
    *to = '\0';
    return out;
}

bool scim_same_value(const struct scim_path *path, const char *a, const char *b, struct cv_arena *arena)
{
    if (strlen(a) > SCIM_VALUE_MAX || strlen(b) > SCIM_VALUE_MAX)
        return strcmp(a, b) == 0;
    const char *x = cv_text_nfc(arena, a), *y = cv_text_nfc(arena, b);
    bool caseless = strcasecmp(path->attr, "userName") == 0 || strcasecmp(path->attr, "emails") == 0;
    if (x == NULL || y == NULL)
        return strcmp(a, b) == 0;
    if (strcasecmp(path->attr, "phoneNumbers") == 0)
        return strcmp(bare_number(arena, x), bare_number(arena, y)) == 0;
    return (caseless ? strcasecmp(x, y) : strcmp(x, y)) == 0;
}

/* ---- fields ---- */
struct scim_field *scim_fields(struct cv_arena *arena, const struct con_scim_field *in, size_t count)
{
    struct scim_field *out = CV_NEWS(arena, struct scim_field, count + 1);
    for (size_t i = 0; i < count; i++) {
        out[i] =
            (struct scim_field){.text = in[i].path, .value = in[i].value, .truth = in[i].truth, .number = in[i].number};
        if (!scim_path_parse(in[i].path, arena, &out[i].path)) /* refused when it was configured */
            out[i].path = (struct scim_path){.attr = in[i].path};
    }
    return out;
}

bool scim_field_differs(const struct cv_jany *resource, const struct scim_field *field, struct cv_arena *arena)
{
    const struct cv_jany *there = value_at(resource, &field->path, arena);
    bool truth = false;
    if (field->truth)
        return field->value != NULL && (!cv_jany_bool(there, &truth) || truth != (strcmp(field->value, "true") == 0));
    const char *text = cv_jany_text(there, arena);
    bool none = text == NULL || *text == '\0';
    if (field->value == NULL || none)
        return !(field->value == NULL && none);
    return !scim_same_value(&field->path, text, field->value, arena);
}

bool scim_field_stays(const struct cv_jany *resource, const struct scim_field *field, struct cv_arena *arena)
{
    const char *there = cv_jany_text(value_at(resource, &field->path, arena), arena);
    if (there == NULL || *there == '\0' || !scim_field_differs(resource, field, arena))
        return false;
    return field->value == NULL || strlen(there) > SCIM_VALUE_MAX ||
           strcmp(cv_text_fold(arena, there), cv_text_fold(arena, field->value)) != 0;
}

bool con_scim_differs(const struct cv_jany *resource, const struct con_scim_field *field, struct cv_arena *arena)
{
    return scim_field_differs(resource, scim_fields(arena, field, 1), arena);
}
