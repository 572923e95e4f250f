/* Records and changes out of a data folder. */
#include <string.h>

#include "congvu/dump.h"
#include "congvu/log.h"
#include "congvu/token.h"
#include "directory/backup/cat.h"
#include "directory/map/common.h"

/* ---- records ---- */

static void tell(const struct dir_dump *dump, const struct dir_entry *entry, const struct cv_error *err)
{
    if (dump->unreadable != NULL)
        dump->unreadable(dump->ctx, entry->dn, err);
}

/* "cvDocumentName=day.2026-11-29,ou=snapshots,ou=system,..." */
static const char *folder_of(const struct dir_entry *entry, struct cv_arena *arena)
{
    const char *ou = strstr(entry->dn, ",ou=");
    return ou != NULL ? cv_arena_strndup(arena, ou + 4, strcspn(ou + 4, ",")) : "";
}

static void hand_document(const struct dir_dump *dump, const struct dir_entry *entry, struct cv_arena *arena)
{
    const struct dir_attr *bytes = dir_get(entry, "cvDocument");
    const struct dir_document document = {.folder = folder_of(entry, arena),
                                          .name = dir_get_text(entry, "cvDocumentName"),
                                          .bytes = bytes != NULL ? bytes->values[0].bytes : "",
                                          .len = bytes != NULL ? bytes->values[0].len : 0};
    if (dump->document != NULL && document.name != NULL)
        dump->document(dump->ctx, &document);
}

static bool hand_record(void *ctx, const struct dir_entry *entry, struct cv_arena *arena, struct cv_error *err)
{
    const struct dir_dump *dump = ctx;
    struct cv_error why = {0};
    struct dom_staff staff;
    struct dom_unit unit;
    struct dom_system system;
    if (dir_has_class(entry, "cvStaff")) {
        if (!dir_unmap_staff(entry, arena, &staff, &why))
            tell(dump, entry, &why);
        else if (dump->staff != NULL)
            dump->staff(dump->ctx, &staff);
    } else if (dir_has_class(entry, "cvUnitEntry")) {
        if (!dir_unmap_unit(entry, arena, &unit, &why))
            tell(dump, entry, &why);
        else if (dump->unit != NULL)
            dump->unit(dump->ctx, &unit);
    } else if (dir_has_class(entry, "cvSystemEntry")) {
        if (!dir_unmap_system(entry, arena, &system, &why))
            tell(dump, entry, &why);
        else if (dump->system != NULL)
            dump->system(dump->ctx, &system);
    } else if (dir_has_class(entry, "cvDocumentEntry")) {
        hand_document(dump, entry, arena);
    } else if (dir_get_int(entry, "cvSchemaVersion", 0) > DIR_SCHEMA_VERSION) {
        return dir_newer_data(err);
    }
    return true;
}

bool dir_dump_records(const char *data_dir, const char *base, const struct dir_dump *dump, struct cv_error *err)
{
    return slapd_cat(data_dir, base, false,
                     "(|(objectClass=cvStaff)(objectClass=cvUnitEntry)(objectClass=cvSystemEntry)"
                     "(objectClass=cvDocumentEntry)(objectClass=cvStateEntry))",
                     hand_record, (void *)(uintptr_t)dump, err);
}

/* ---- changes ---- a person before and after, of which only the touched attributes are known */

static const char *const followed[] = {"cvPost", "cvDeparture", "cvAccountDesired", "cvAccountReason"};

static bool follows(const char *name, size_t len)
{
    for (size_t i = 0; i < CV_COUNT(followed); i++)
        if (strlen(followed[i]) == len && strncmp(followed[i], name, len) == 0)
            return true;
    return false;
}

/* "cvPost:= {...}": the name, what is done, the value; an empty value takes all away. */
struct log_line {
    const char *name;
    char op; /* '+', '-', '=', ' ' = an old value */
    const char *value;
    size_t len;
};

static bool parse_line(struct cv_arena *arena, const struct dir_value *raw, struct log_line *out)
{
    size_t name = strcspn(raw->bytes, ":");
    if (name + 1 >= raw->len)
        return false;
    *out = (struct log_line){.name = cv_arena_strndup(arena, raw->bytes, name), .op = raw->bytes[name + 1]};
    size_t at = name + 2 + (out->op != ' ');
    out->value = at < raw->len ? raw->bytes + at : "";
    out->len = at < raw->len ? raw->len - at : 0;
    return true;
}

static void put_dummies(struct dir_attrs *attrs, struct cv_id staff)
{
    char id[CV_ID_TEXT];
    struct dir_entry entry = {.attrs = *attrs};
    if (dir_get(&entry, "cvPost") == NULL)
        dir_put(attrs, "cvPost",
                "{\"unit\":\"unt_00000000000000000000000000\",\"kind\":\"chinh_thuc\",\"primary\":true}");
    dir_put(attrs, "cvId", cv_id_text("stf_", staff, id));
    dir_put(attrs, "cvRevision", "1");
    dir_put(attrs, "cn", "-");
    dir_put(attrs, "cvCategory", dom_category_words[0]);
}

static void copy_values(struct dir_attrs *to, const struct dir_attr *attr, const struct log_line *without)
{
    for (size_t i = 0; i < attr->count; i++) {
        bool taken = without != NULL && attr->values[i].len == without->len &&
                     memcmp(attr->values[i].bytes, without->value, without->len) == 0;
        if (!taken)
            dir_put_bytes(to, attr->name, attr->values[i].bytes, attr->values[i].len);
    }
}

/* All but this attribute, and of it all but the value taken away. */
static struct dir_attrs without(const struct dir_attrs *from, const struct log_line *line)
{
    struct dir_attrs left;
    dir_attrs_init(&left, from->arena);
    for (size_t i = 0; i < from->count; i++) {
        bool named = strcmp(from->items[i].name, line->name) == 0;
        if (!named)
            copy_values(&left, &from->items[i], NULL);
        else if (line->op == '-' && line->len > 0)
            copy_values(&left, &from->items[i], line);
    }
    return left;
}

static void apply(struct dir_attrs *after, const struct log_line *line)
{
    if (line->op != '+')
        *after = without(after, line);
    if (line->op != '-')
        dir_put_bytes(after, line->name, line->value, line->len);
}

static bool take_person(struct dir_attrs *attrs, struct cv_id staff, const char *dn, struct cv_arena *arena,
                        struct dom_staff *out, struct cv_error *err)
{
    put_dummies(attrs, staff);
    const struct dir_entry entry = {.dn = dn, .attrs = *attrs};
    *out = dom_staff_new(staff);
    return dir_fields_take(&dir_staff_fields, &entry, arena, out, err);
}

static void note(struct dir_past *past, const struct log_line *line, struct cv_arena *arena)
{
    if (strcmp(line->name, "cvActor") == 0 && line->op != '-')
        past->actor = cv_arena_strndup(arena, line->value, strcspn(line->value, " "));
    if (strcmp(line->name, "userPassword") == 0) {
        past->password_set = line->op != '-' && line->len > 0;
        past->password_dropped = !past->password_set;
    }
    past->posts = past->posts || strcmp(line->name, "cvPost") == 0;
    past->departures = past->departures || strcmp(line->name, "cvDeparture") == 0;
}

static void read_changes(const struct dir_entry *log, struct cv_arena *arena, struct dir_past *past,
                         struct dir_attrs *before, struct dir_attrs *after)
{
    const struct dir_attr *olds = dir_get(log, "reqOld"), *mods = dir_get(log, "reqMod");
    struct log_line line;
    dir_attrs_init(before, arena);
    dir_attrs_init(after, arena);
    for (size_t i = 0; olds != NULL && i < olds->count; i++)
        if (parse_line(arena, &olds->values[i], &line) && follows(line.name, strcspn(line.name, ";"))) {
            dir_put_bytes(before, line.name, line.value, line.len);
            dir_put_bytes(after, line.name, line.value, line.len);
        }
    for (size_t i = 0; mods != NULL && i < mods->count; i++) {
        if (!parse_line(arena, &mods->values[i], &line))
            continue;
        note(past, &line, arena);
        if (follows(line.name, strcspn(line.name, ";")))
            apply(after, &line);
    }
}

static void hand_past(const struct dir_dump *dump, const struct dir_entry *log, struct dir_past *past,
                      struct cv_arena *arena)
{
    struct dir_attrs before, after;
    struct cv_error err = {0};
    past->actor = "";
    read_changes(log, arena, past, &before, &after);
    if (take_person(&before, past->staff, log->dn, arena, &past->before, &err) &&
        take_person(&after, past->staff, log->dn, arena, &past->after, &err))
        dump->past(dump->ctx, past);
    else
        tell(dump, log, &err);
}

/* Brakes of a version whose releases were numbers. */
static int released(const struct cv_jany *brake)
{
    const struct cv_jany *list = cv_jany_get(brake, "releases");
    int64_t used, sum = 0;
    for (size_t i = 0; i < cv_jany_count(list); i++)
        if (cv_jany_int(cv_jany_get(cv_jany_item(list, i), "used"), &used))
            sum += used;
    return (int)sum;
}

static void hand_brake(const struct dir_dump *dump, const struct dir_entry *log, struct dir_past_brake *brake,
                       struct cv_arena *arena)
{
    const struct dir_attr *mods = dir_get(log, "reqMod");
    struct cv_error err = {0};
    struct log_line line;
    for (size_t i = 0; mods != NULL && i < mods->count; i++) {
        if (!parse_line(arena, &mods->values[i], &line) || strcmp(line.name, "cvDocument") != 0 || line.len == 0)
            continue;
        const struct cv_jany *json = cv_jany_parse(arena, line.value, line.len, &err);
        brake->released = released(json);
        if (dump->past_brake != NULL)
            dump->past_brake(dump->ctx, brake);
    }
}

static bool hand_change(void *ctx, const struct dir_entry *log, struct cv_arena *arena, struct cv_error *err)
{
    const struct dir_dump *dump = ctx;
    const char *dn = dir_get_text(log, "reqDN");
    struct dir_past past = {.at = dir_get_moment(log, "reqStart")};
    struct dir_past_brake brake = {.at = past.at};
    (void)err;
    if (dn == NULL || dir_get_int(log, "reqResult", 0) != 0)
        return true;
    if (dir_dn_id(dn, "stf_", &past.staff) && dump->past != NULL)
        hand_past(dump, log, &past, arena);
    else if (strstr(dn, ",ou=brakes,") != NULL && dir_dn_id(dn, "tok_", &brake.token))
        hand_brake(dump, log, &brake, arena);
    return true;
}

bool dir_dump_changes(const char *data_dir, const char *base, const struct dir_dump *dump, struct cv_error *err)
{
    return slapd_cat(data_dir, base, true, "(objectClass=auditWriteObject)", hand_change, (void *)(uintptr_t)dump, err);
}
