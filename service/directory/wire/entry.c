/* Attributes on their way to and from an entry, all in one arena. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "directory/internal.h"

void dir_attrs_init(struct dir_attrs *a, struct cv_arena *arena)
{
    *a = (struct dir_attrs){.arena = arena};
}

static struct dir_attr *find_attr(const struct dir_attrs *a, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].name_len == len && cv_ascii_casecmp(a->items[i].name, name) == 0)
            return &a->items[i];
    return NULL;
}

/* Without looking whether there is one of that name. */
static struct dir_attr *new_attr(struct dir_attrs *a, const char *name, size_t len)
{
    if (a->count == a->cap) {
        size_t cap = a->cap ? a->cap * 2 : 32;
        struct dir_attr *items = CV_NEWS(a->arena, struct dir_attr, cap);
        if (!cv_arena_ok(a->arena))
            return NULL;
        if (a->count)
            memcpy(items, a->items, a->count * sizeof *items);
        a->items = items;
        a->cap = cap;
    }
    const char *copy = cv_arena_strndup(a->arena, name, len);
    if (!cv_arena_ok(a->arena))
        return NULL;
    a->items[a->count] = (struct dir_attr){.name = copy, .name_len = len};
    return &a->items[a->count++];
}

static struct dir_attr *need_attr(struct dir_attrs *a, const char *name)
{
    struct dir_attr *found = find_attr(a, name);
    return found ? found : new_attr(a, name, strlen(name));
}

/* Values have no capacity of their own: they are moved whenever the count reaches a power of two. */
static bool append_value(struct cv_arena *arena, struct dir_attr *attr, const char *bytes, size_t len)
{
    size_t n = attr->count;
    if ((n & (n - 1)) == 0) {
        struct dir_value *values = CV_NEWS(arena, struct dir_value, n ? n * 2 : 1);
        if (!cv_arena_ok(arena))
            return false;
        if (n)
            memcpy(values, attr->values, n * sizeof *values);
        attr->values = values;
    }
    attr->values[attr->count++] = (struct dir_value){bytes, len};
    return true;
}

void dir_put_bytes(struct dir_attrs *a, const char *name, const void *bytes, size_t len)
{
    if (!bytes || len == 0 || !cv_arena_ok(a->arena))
        return;
    struct dir_attr *attr = need_attr(a, name);
    char *copy = cv_arena_alloc(a->arena, len + 1);
    if (!attr || !cv_arena_ok(a->arena))
        return;
    memcpy(copy, bytes, len);
    append_value(a->arena, attr, copy, len);
}

void dir_put(struct dir_attrs *a, const char *name, const char *value)
{
    if (value)
        dir_put_bytes(a, name, value, strlen(value));
}

void dir_put_int(struct dir_attrs *a, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    dir_put(a, name, text);
}

void dir_put_bool(struct dir_attrs *a, const char *name, bool value)
{
    if (value)
        dir_put(a, name, "TRUE");
}

void dir_put_moment(struct dir_attrs *a, const char *name, cv_moment m)
{
    char text[CV_MOMENT_TEXT];
    if (m != CV_NO_MOMENT)
        dir_put(a, name, cv_moment_ldap(m, text));
}

void dir_put_day(struct dir_attrs *a, const char *name, cv_day d)
{
    char text[CV_DAY_TEXT];
    if (d != CV_NO_DAY)
        dir_put(a, name, cv_day_iso(d, text));
}

const char *dir_tagged(struct cv_arena *arena, const char *name, const char *tag)
{
    return cv_arena_printf(arena, "%s;x-%s", name, tag);
}

const struct dir_attr *dir_get(const struct dir_entry *e, const char *name)
{
    return find_attr(&e->attrs, name);
}

const char *dir_get_text(const struct dir_entry *e, const char *name)
{
    const struct dir_attr *attr = dir_get(e, name);
    return attr && attr->count ? attr->values[0].bytes : NULL;
}

int64_t dir_get_int(const struct dir_entry *e, const char *name, int64_t otherwise)
{
    const char *text = dir_get_text(e, name);
    char *end;
    if (!text)
        return otherwise;
    int64_t value = strtoll(text, &end, 10);
    return *end || end == text ? otherwise : value;
}

bool dir_get_bool(const struct dir_entry *e, const char *name)
{
    const char *text = dir_get_text(e, name);
    return text && strcmp(text, "TRUE") == 0;
}

cv_moment dir_get_moment(const struct dir_entry *e, const char *name)
{
    const char *text = dir_get_text(e, name);
    cv_moment m;
    return text && cv_moment_parse_ldap(text, &m) ? m : CV_NO_MOMENT;
}

cv_day dir_get_day(const struct dir_entry *e, const char *name)
{
    const char *text = dir_get_text(e, name);
    cv_day d;
    return text && cv_day_parse(text, &d) ? d : CV_NO_DAY;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = cv_ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "6ba7b810-9dad-11d1-80b4-00c04fd430c8" */
bool dir_get_uuid(const struct dir_entry *e, uint8_t out[16])
{
    const char *p = dir_get_text(e, "entryUUID");
    uint8_t bytes[16];
    if (!p)
        return false;
    for (int i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && *p++ != '-')
            return false;
        int high = hex_value(p[0]), low = high < 0 ? -1 : hex_value(p[1]);
        if (low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
        p += 2;
    }
    if (*p)
        return false;
    memcpy(out, bytes, 16);
    return true;
}

bool dir_has_class(const struct dir_entry *e, const char *object_class)
{
    const struct dir_attr *attr = dir_get(e, "objectClass");
    for (size_t i = 0; attr && i < attr->count; i++)
        if (cv_ascii_casecmp(attr->values[i].bytes, object_class) == 0)
            return true;
    return false;
}

/* One attribute as it lies in the message; the bytes are copied. No name comes twice in an entry, so none is looked up:
 * this runs for every attribute of every person at start. */
static bool copy_attribute(struct dir_attrs *a, const struct berval *name, const struct berval *values)
{
    size_t count = 0, room = 1; /* a power of two, as append_value has it */
    while (values && values[count].bv_val)
        count++;
    while (room < count)
        room *= 2;
    struct dir_attr *attr = new_attr(a, name->bv_val, name->bv_len);
    struct dir_value *copies = CV_NEWS(a->arena, struct dir_value, room);
    if (!attr || !cv_arena_ok(a->arena))
        return false;
    attr->values = copies;
    for (size_t i = 0; i < count; i++) {
        char *bytes = cv_arena_alloc(a->arena, values[i].bv_len + 1);
        if (!cv_arena_ok(a->arena))
            return false;
        memcpy(bytes, values[i].bv_val, values[i].bv_len);
        copies[attr->count++] = (struct dir_value){bytes, values[i].bv_len};
    }
    return true;
}

static bool copy_attributes(LDAP *ld, LDAPMessage *message, BerElement *ber, struct dir_attrs *a)
{
    for (;;) {
        struct berval name, *values = NULL;
        if (ldap_get_attribute_ber(ld, message, ber, &name, &values) != LDAP_SUCCESS)
            return false;
        if (!name.bv_val)
            return true;
        bool ok = copy_attribute(a, &name, values);
        ldap_memfree(values);
        if (!ok)
            return false;
    }
}

bool dir_entry_copy(LDAP *ld, LDAPMessage *message, struct cv_arena *arena, struct dir_entry *out, struct cv_error *err)
{
    struct dir_entry entry = {0};
    BerElement *ber = NULL;
    struct berval dn;
    dir_attrs_init(&entry.attrs, arena);
    if (ldap_get_dn_ber(ld, message, &ber, &dn) != LDAP_SUCCESS)
        return dir_fail(err, ld, LDAP_DECODING_ERROR, NULL, false, "reading an entry");
    entry.dn = cv_arena_strndup(arena, dn.bv_val, dn.bv_len);
    bool ok = copy_attributes(ld, message, ber, &entry.attrs);
    ber_free(ber, 0);
    if (!ok || !cv_arena_ok(arena))
        return cv_fail_as(err, cv_arena_ok(arena) ? CV_UNAVAILABLE : CV_LIMIT, "", "Không đọc được bản ghi từ thư mục",
                          "The directory's answer could not be read");
    *out = entry;
    return true;
}
