/* What all record maps share: rows of a table written to and read from an entry. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "congvu/text.h"
#include "directory/map/common.h"

bool dir_unreadable(struct cv_error *err, const struct dir_entry *entry, const char *attribute, const char *why)
{
    return cv_fail_as(err, CV_INTERNAL, attribute, "Không đọc được bản ghi %s: %s %s",
                      "The record %s cannot be read: %s %s", entry->dn ? entry->dn : "?", attribute, why);
}

/* ---- writing ---- */
static const void *member(const void *record, size_t at)
{
    return (const char *)record + at;
}

/* Enums and ints of the records are all of int's size; memcpy keeps the access free of aliasing questions. */
static int int_at(const void *record, size_t at)
{
    int value;

    memcpy(&value, member(record, at), sizeof(value));
    return value;
}

static void put_texts(const struct dir_field *f, const void *record, struct dir_attrs *out)
{
    const char **texts = *(const char **const *)member(record, f->at);
    size_t count = *(const size_t *)member(record, f->count_at);

    for (size_t i = 0; i < count; i++)
        dir_put_once(out, f->name, texts[i]);
}

static void put_id(const struct dir_field *f, struct cv_id id, struct dir_attrs *out)
{
    char text[CV_ID_TEXT];

    if (!cv_id_is_zero(id))
        dir_put(out, f->name, cv_id_text(f->prefix, id, text));
}

static void put_number(struct dir_attrs *out, const char *name, int64_t value)
{
    if (value)
        dir_put_int(out, name, value);
}

static void put_field(const struct dir_field *f, const void *record, const char *base, struct dir_attrs *out)
{
    const void *at = member(record, f->at);

    switch (f->kind) {
    case DIR_TEXT:
    case DIR_TEXT_BLANK:
        dir_put(out, f->name, *(const char *const *)at);
        return;
    case DIR_TEXTS:
        put_texts(f, record, out);
        return;
    case DIR_INT:
        put_number(out, f->name, int_at(record, f->at));
        return;
    case DIR_LONG:
        put_number(out, f->name, *(const int64_t *)at);
        return;
    case DIR_BOOL:
        dir_put_bool(out, f->name, *(const bool *)at);
        return;
    case DIR_DAY:
        dir_put_day(out, f->name, *(const cv_day *)at);
        return;
    case DIR_MOMENT:
        dir_put_moment(out, f->name, *(const cv_moment *)at);
        return;
    case DIR_WORD:
        if (int_at(record, f->at) >= 0)
            dir_put(out, f->name, f->words[int_at(record, f->at)]);
        return;
    case DIR_ID:
        put_id(f, *(const struct cv_id *)at, out);
        return;
    case DIR_OWN:
        if (f->put)
            f->put(record, base, out);
        return;
    }
}

void dir_fields_put(const struct dir_fields *fields, const void *record, const char *base, struct dir_attrs *out)
{
    for (const char *const *c = fields->classes; *c; c++)
        dir_put(out, "objectClass", *c);
    for (size_t i = 0; i < fields->count; i++)
        if (!(fields->items[i].flags & DIR_BOOK))
            put_field(&fields->items[i], record, base, out);
}

/* ---- reading ---- */
static bool take_number(const char *text, int64_t least, int64_t most, int64_t *out)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < least || value > most)
        return false;
    *out = value;
    return true;
}

static bool take_int(const char *text, void *at)
{
    int64_t wide;
    int value;

    if (!take_number(text, INT32_MIN, INT32_MAX, &wide))
        return false;
    value = (int)wide;
    memcpy(at, &value, sizeof(value));
    return true;
}

static bool take_word(const struct dir_field *f, const char *text, void *at)
{
    int value = dom_word_index(f->words, text);

    if (value < 0)
        return false;
    memcpy(at, &value, sizeof(value));
    return true;
}

static bool take_texts(struct dir_reader *r, const struct dir_field *f, const struct dir_attr *attr)
{
    *(const char ***)((char *)r->record + f->at) = dir_texts(r->arena, attr);
    *(size_t *)((char *)r->record + f->count_at) = attr->count;
    return true;
}

static bool take_value(struct dir_reader *r, const struct dir_field *f, const struct dir_attr *attr)
{
    void *at = (char *)r->record + f->at;
    const char *text = attr->values[0].bytes;

    switch (f->kind) {
    case DIR_TEXT:
    case DIR_TEXT_BLANK:
        *(const char **)at = text;
        return true;
    case DIR_TEXTS:
        return take_texts(r, f, attr);
    case DIR_INT:
        return take_int(text, at);
    case DIR_LONG:
        return take_number(text, INT64_MIN, INT64_MAX, at);
    case DIR_BOOL:
        *(bool *)at = strcasecmp(text, "TRUE") == 0;
        return true;
    case DIR_DAY:
        return cv_day_parse(text, at);
    case DIR_MOMENT:
        return cv_moment_parse_ldap(text, at);
    case DIR_WORD:
        return take_word(f, text, at);
    case DIR_ID:
        return cv_id_parse(f->prefix, text, at);
    case DIR_OWN:
        break;
    }
    return true;
}

static const char *tag_of(const char *name, size_t *out_base_len)
{
    const char *semicolon = strchr(name, ';');

    *out_base_len = semicolon ? (size_t)(semicolon - name) : strlen(name);
    if (!semicolon)
        return "";
    if (strncasecmp(semicolon, ";x-", 3) == 0)
        return semicolon + 3;
    return strncasecmp(semicolon, ";lang-", 6) == 0 ? semicolon + 6 : semicolon + 1;
}

static bool same_name(const struct dir_field *f, const char *name, size_t len)
{
    return strncasecmp(f->name, name, len) == 0 && f->name[len] == '\0';
}

/* Index of the field, or count. Looks from `hint` on, once round. */
static size_t find_field(const struct dir_fields *fields, size_t hint, const char *name, size_t len)
{
    for (size_t i = hint; i < fields->count; i++)
        if (same_name(&fields->items[i], name, len))
            return i;
    for (size_t i = 0; i < hint; i++)
        if (same_name(&fields->items[i], name, len))
            return i;
    return fields->count;
}

static bool take_attr(struct dir_reader *r, const struct dir_field *f, const struct dir_attr *attr, const char *tag)
{
    if (attr->count == 0)
        return true;
    if (f->kind == DIR_OWN)
        return !f->take || f->take(r, attr, tag);
    return take_value(r, f, attr) || dir_unreadable(r->err, r->entry, attr->name, "has a value that is not understood");
}

static bool nothing_missing(const struct dir_fields *fields, const bool *seen, struct dir_reader *r)
{
    for (size_t i = 0; i < fields->count; i++)
        if ((fields->items[i].flags & DIR_NEEDED) && !seen[i])
            return dir_unreadable(r->err, r->entry, fields->items[i].name, "is missing");
    return true;
}

bool dir_fields_take(const struct dir_fields *fields, const struct dir_entry *entry, struct cv_arena *arena,
                     void *record, struct cv_error *err)
{
    struct dir_reader r = {.entry = entry, .arena = arena, .record = record, .err = err};
    bool seen[DIR_FIELDS_MAX] = {false};
    size_t hint = 0;

    for (size_t i = 0; i < entry->attrs.count; i++) {
        const struct dir_attr *attr = &entry->attrs.items[i];
        size_t len;
        const char *tag = tag_of(attr->name, &len);
        size_t at = find_field(fields, hint, attr->name, len);

        if (at == fields->count)
            continue;
        if (!take_attr(&r, &fields->items[at], attr, tag))
            return false;
        seen[at] = true;
        hint = at;
    }
    if (!nothing_missing(fields, seen, &r))
        return false;
    return cv_arena_ok(arena) || dir_unreadable(err, entry, "", "is too large");
}

/* ---- values ---- */
static bool already_there(const struct dir_attrs *a, const char *name, const char *value,
                          int (*compare)(const char *, const char *))
{
    for (size_t i = 0; i < a->count; i++) {
        if (strcasecmp(a->items[i].name, name) != 0)
            continue;
        for (size_t v = 0; v < a->items[i].count; v++)
            if (compare(a->items[i].values[v].bytes, value) == 0)
                return true;
        return false;
    }
    return false;
}

void dir_put_once(struct dir_attrs *a, const char *name, const char *value)
{
    if (value && *value && !already_there(a, name, value, cv_ascii_casecmp))
        dir_put(a, name, value);
}

void dir_put_distinct(struct dir_attrs *a, const char *name, const char *value)
{
    if (!already_there(a, name, value, strcmp))
        dir_put(a, name, value);
}

void dir_put_claim(struct dir_attrs *a, const char *space, const char *code, cv_day until)
{
    char day[CV_DAY_TEXT];
    const char *key;

    if (!code || !*code)
        return;
    key = dom_code_key(a->arena, code);
    if (until == CV_NO_DAY) {
        dir_put_once(a, "cvCode", cv_arena_printf(a->arena, "%s/%s", space, key));
        return;
    }
    dir_put_once(a, "cvCode", cv_arena_printf(a->arena, "%s/%s@%s", space, key, cv_day_iso(until, day)));
}

void dir_put_labels(const char *const name[CV_LANGS], struct dir_attrs *a)
{
    dir_put(a, "cvLabel;lang-vi", name[CV_VI]);
    dir_put(a, "cvLabel;lang-en", name[CV_EN]);
}

void dir_take_label(const struct dir_attr *attr, const char *tag, const char *name[CV_LANGS])
{
    if (strcasecmp(tag, "vi") == 0)
        name[CV_VI] = attr->values[0].bytes;
    else if (strcasecmp(tag, "en") == 0)
        name[CV_EN] = attr->values[0].bytes;
}

const char **dir_texts(struct cv_arena *arena, const struct dir_attr *attr)
{
    const char **texts = CV_NEWS(arena, const char *, attr->count);

    if (!cv_arena_ok(arena))
        return texts;
    for (size_t i = 0; i < attr->count; i++)
        texts[i] = attr->values[i].bytes;
    return texts;
}

void *dir_grow(struct cv_arena *arena, void *items, size_t item_size, size_t count, size_t *room)
{
    size_t wanted = *room ? *room * 2 : 4;
    void *bigger;

    if (count < *room)
        return items;
    bigger = cv_arena_alloc(arena, item_size * wanted);
    if (!cv_arena_ok(arena))
        return NULL;
    if (count)
        memcpy(bigger, items, item_size * count);
    *room = wanted;
    return bigger;
}
