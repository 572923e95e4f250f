/* LDIF as slapcat writes it (RFC 2849), read and written by libldap. */
#include <stdlib.h>
#include <string.h>

#include "directory/backup/backup.h"

static bool unreadable(struct cv_error *err)
{
    return cv_fail_as(err, CV_INVALID, "", "Tệp LDIF không đọc được", "An LDIF file cannot be read");
}

static bool take_line(char *line, struct ldif_record *out)
{
    struct berval name, value;
    int freed = 0;
    if (ldif_parse_line2(line, &name, &value, &freed) != 0)
        return false;
    if (out->entry.dn == NULL)
        out->entry.dn = cv_arena_strndup(out->entry.attrs.arena, value.bv_val, value.bv_len);
    else
        dir_put_bytes(&out->entry.attrs, cv_arena_strndup(out->entry.attrs.arena, name.bv_val, name.bv_len),
                      value.bv_val, value.bv_len);
    if (freed)
        ber_memfree(value.bv_val);
    return true;
}

bool ldif_next(LDIFFP *file, struct cv_arena *arena, struct ldif_record *out, bool *out_end, struct cv_error *err)
{
    char *text = NULL, *line;
    int room = 0;
    unsigned long number = 0;
    int got = ldif_read_record(file, &number, &text, &room);
    *out = (struct ldif_record){0};
    dir_attrs_init(&out->entry.attrs, arena);
    *out_end = got == 0;
    bool ok = got >= 0;
    if (got > 0) {
        out->text = cv_arena_strdup(arena, text);
        for (char *rest = text; ok && (line = ldif_getline(&rest)) != NULL;)
            ok = *line == '#' || take_line(line, out);
        ok = ok && out->entry.dn != NULL && cv_arena_ok(arena);
    }
    ber_memfree(text);
    return ok || unreadable(err);
}

static bool write_value(FILE *to, const char *name, const char *bytes, size_t len)
{
    char *line = ldif_put_wrap(LDIF_PUT_VALUE, name, bytes, len, LDIF_LINE_WIDTH_MAX);
    bool ok = line != NULL && fputs(line, to) >= 0;
    ber_memfree(line);
    return ok;
}

bool ldif_write(FILE *to, const struct dir_entry *entry)
{
    bool ok = write_value(to, "dn", entry->dn, strlen(entry->dn));
    for (size_t i = 0; ok && i < entry->attrs.count; i++)
        for (size_t k = 0; ok && k < entry->attrs.items[i].count; k++)
            ok = write_value(to, entry->attrs.items[i].name, entry->attrs.items[i].values[k].bytes,
                             entry->attrs.items[i].values[k].len);
    return ok && fputc('\n', to) != EOF;
}
