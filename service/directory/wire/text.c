/* DNs and filters: the only file that builds them, so the only one that must escape rightly.
 * Valid UTF-8 stays readable; whatever could end or split a value, and every byte of broken UTF-8, is written in
 * hexadecimal. */
#include <string.h>

#include "congvu/text.h"
#include "directory/internal.h"

static const char hex[] = "0123456789abcdef";

static char *put_hex(char *to, unsigned char byte)
{
    *to++ = '\\';
    *to++ = hex[byte >> 4];
    *to++ = hex[byte & 15];
    return to;
}

static bool plain_byte(unsigned char byte, bool utf8)
{
    return byte >= 0x20 && byte != 0x7f && (byte < 0x80 || utf8);
}

/* RFC 4514, 2.4 */
static const char *escape_dn(struct cv_arena *arena, const char *value)
{
    size_t len = strlen(value);
    bool utf8 = cv_text_valid(value, len);
    char *out = cv_arena_alloc(arena, len * 3 + 1), *to = out;
    if (!cv_arena_ok(arena))
        return "";
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)value[i];
        bool edge = (byte == ' ' && (i == 0 || i + 1 == len)) || (byte == '#' && i == 0);
        if (edge || strchr("\"+,;<>\\=", byte) || !plain_byte(byte, utf8))
            to = put_hex(to, byte);
        else
            *to++ = (char)byte;
    }
    *to = '\0';
    return out;
}

/* RFC 4515, 3 */
static const char *escape_filter(struct cv_arena *arena, const char *value)
{
    size_t len = strlen(value);
    bool utf8 = cv_text_valid(value, len);
    char *out = cv_arena_alloc(arena, len * 3 + 1), *to = out;
    if (!cv_arena_ok(arena))
        return "";
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)value[i];
        /* libldap cuts blanks at the edges of a value, so those are hidden from it too */
        bool edge = byte == ' ' && (i == 0 || i + 1 == len);
        if (edge || strchr("*()\\", byte) || !plain_byte(byte, utf8))
            to = put_hex(to, byte);
        else
            *to++ = (char)byte;
    }
    *to = '\0';
    return out;
}

const char *dir_dn_child(struct cv_arena *arena, const char *parent, const char *attr, const char *value)
{
    return cv_arena_printf(arena, "%s=%s,%s", attr, escape_dn(arena, value), parent);
}

static const char *dn_of_id(struct cv_arena *arena, const char *folder, const char *base, const char *prefix,
                            struct cv_id id)
{
    char text[CV_ID_TEXT];
    return cv_arena_printf(arena, "cvId=%s,%s%s", cv_id_text(prefix, id, text), folder, base);
}

const char *dir_dn_people(struct cv_arena *arena, const char *base)
{
    return cv_arena_printf(arena, "ou=people,%s", base);
}

const char *dir_dn_staff(struct cv_arena *arena, const char *base, struct cv_id id)
{
    return dn_of_id(arena, "ou=people,", base, "stf_", id);
}

const char *dir_dn_unit(struct cv_arena *arena, const char *base, struct cv_id id)
{
    return dn_of_id(arena, "ou=units,", base, "unt_", id);
}

const char *dir_dn_system_root(struct cv_arena *arena, const char *base)
{
    return cv_arena_printf(arena, "ou=system,%s", base);
}

const char *dir_dn_decoy(struct cv_arena *arena, const char *base)
{
    return cv_arena_printf(arena, "cn=decoy,ou=readers,ou=system,%s", base);
}

const char *dir_dn_policy(struct cv_arena *arena, const char *base, const char *name)
{
    return cv_arena_printf(arena, "cn=%s,ou=policies,ou=system,%s", name, base);
}

const char *dir_dn_folder(struct cv_arena *arena, const char *base, const char *folder)
{
    if (strcmp(folder, "imports") == 0)
        return dir_dn_child(arena, DIR_WORK_BASE, "ou", folder);
    return dir_dn_child(arena, dir_dn_system_root(arena, base), "ou", folder);
}

const char *dir_dn_system(struct cv_arena *arena, const char *base, const char *slug)
{
    return dir_dn_child(arena, cv_arena_printf(arena, "ou=systems,ou=system,%s", base), "cn", slug);
}

const char *dir_dn_token(struct cv_arena *arena, const char *base, struct cv_id id)
{
    return dn_of_id(arena, "ou=tokens,ou=system,", base, "tok_", id);
}

const char *dir_dn_brake(struct cv_arena *arena, const char *base, struct cv_id token)
{
    return dn_of_id(arena, "ou=brakes,ou=system,", base, "tok_", token);
}

const char *dir_dn_usage(struct cv_arena *arena, struct cv_id staff)
{
    return dn_of_id(arena, "", DIR_USAGE_BASE, "stf_", staff);
}

const char *dir_dn_usage_feed(struct cv_arena *arena, const char *system)
{
    return dir_dn_child(arena, DIR_USAGE_BASE, "cn", system);
}

/* By hand, because the feed asks this for every person: ids have no sign that a DN would escape. */
bool dir_dn_id(const char *dn, const char *prefix, struct cv_id *out)
{
    char text[CV_ID_TEXT];
    if (!dn || strncasecmp(dn, "cvId=", 5) != 0)
        return false;
    size_t len = strcspn(dn + 5, ",+");
    if (len >= sizeof text || dn[5 + len] == '+')
        return false;
    memcpy(text, dn + 5, len);
    text[len] = '\0';
    return cv_id_parse(prefix, text, out);
}

const char *dir_filter_eq(struct cv_arena *arena, const char *attr, const char *value)
{
    return cv_arena_printf(arena, "(%s=%s)", attr, escape_filter(arena, value));
}

const char *dir_filter_prefix(struct cv_arena *arena, const char *attr, const char *prefix)
{
    return cv_arena_printf(arena, "(%s=%s*)", attr, escape_filter(arena, prefix));
}

const char *dir_filter_from(struct cv_arena *arena, const char *attr, const char *least)
{
    return cv_arena_printf(arena, "(%s>=%s)", attr, escape_filter(arena, least));
}

const char *dir_filter_and(struct cv_arena *arena, const char *a, const char *b)
{
    return cv_arena_printf(arena, "(&%s%s)", a, b);
}

const char *dir_filter_class(struct cv_arena *arena, const char *object_class)
{
    return dir_filter_eq(arena, "objectClass", object_class);
}
