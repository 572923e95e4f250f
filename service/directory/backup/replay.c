/* Doing again what a log knows and a backup does not. slapd's accesslog keeps every change whole: what was added, each
 * modification, and the entryCSN that it met. So each entry tells by itself which changes it has already, and a change
 * that does not meet the one before it says that one is missing.
 *
 * The log is read first, only what is later than the backup's oldest entry stays in memory; then the backup passes
 * through, entry by entry. */
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "directory/backup/backup.h"

enum { RECORD_ARENA = 64 << 20 };

enum what { ADDED, MODIFIED, DELETED };
struct change {
    const char *dn, *csn, *met; /* met: the entryCSN before it, NULL = not said */
    enum what what;
    const struct dir_attr *mods; /* reqMod; NULL = none */
    size_t order;
    bool done, gone; /* gone: a later one deletes the entry */
};
struct replaying {
    struct cv_arena *arena; /* of the log: what does not fit ends everything, a change must not be lost */
    const char *since;      /* changes before it are in the backup */
    struct change *items;
    size_t count, cap;
    FILE *report;
    struct dir_restore_done *done;
};

static bool too_long(const char *file, struct cv_error *err)
{
    return cv_fail_as(err, CV_LIMIT, "log_of",
                      "%.120s: các thay đổi sau bản sao lưu này nhiều hơn bộ nhớ cho phép; hãy dùng bản sao lưu mới "
                      "hơn, hoặc khôi phục trên máy có nhiều bộ nhớ hơn",
                      "%.120s: more was changed since this backup than fits in memory; use a later backup, or restore "
                      "on a machine with more memory",
                      file);
}

static bool too_large(const char *dn, struct cv_error *err)
{
    return cv_fail_as(err, CV_LIMIT, "", "Bản ghi %.200s quá lớn nên không làm lại được các thay đổi",
                      "The record %.200s is too large for its changes to be done again", dn);
}

static int by_entry(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    int order = cv_ascii_casecmp(x->dn, y->dn);
    return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

/* "entryCSN:= 2026...", "entryCSN: 2026...": the value of the first line of that attribute; NULL = none. */
static const char *value_of(const struct dir_attr *lines, const char *attr)
{
    size_t len = strlen(attr);
    for (size_t i = 0; lines != NULL && i < lines->count; i++) {
        const char *line = lines->values[i].bytes;
        if (strncmp(line, attr, len) == 0 && line[len] == ':') {
            const char *value = strchr(line, ' ');
            return value != NULL ? value + 1 : NULL;
        }
    }
    return NULL;
}

static bool what_of(const struct dir_entry *logged, enum what *out)
{
    const char *type = dir_get_text(logged, "reqType"), *result = dir_get_text(logged, "reqResult");
    if (type == NULL || result == NULL || strcmp(result, "0") != 0)
        return false;
    *out = strcmp(type, "add") == 0 ? ADDED : strcmp(type, "modify") == 0 ? MODIFIED : DELETED;
    return *out != DELETED || strcmp(type, "delete") == 0;
}

static const struct dir_attr *copy_lines(struct cv_arena *arena, const struct dir_attr *lines)
{
    struct dir_attrs kept;
    dir_attrs_init(&kept, arena);
    for (size_t i = 0; lines != NULL && i < lines->count; i++)
        dir_put_bytes(&kept, lines->name, lines->values[i].bytes, lines->values[i].len);
    return kept.count != 0 ? kept.items : NULL;
}

static void keep(struct replaying *r, const struct dir_entry *logged, enum what what)
{
    const char *csn = value_of(dir_get(logged, "reqMod"), "entryCSN");
    if (csn == NULL)
        csn = dir_get_text(logged, "entryCSN"); /* a deletion has no other */
    if (csn != NULL && strcmp(csn, r->done->log_end) > 0)
        snprintf(r->done->log_end, sizeof r->done->log_end, "%s", csn);
    if (csn == NULL || strcmp(csn, r->since) < 0 || dir_get_text(logged, "reqDN") == NULL)
        return;
    if (r->count == r->cap) {
        size_t cap = r->cap != 0 ? r->cap * 2 : 1024;
        struct change *more = CV_NEWS(r->arena, struct change, cap);
        if (r->count != 0)
            memcpy(more, r->items, r->count * sizeof *more);
        r->items = more;
        r->cap = cap;
    }
    const char *met = value_of(dir_get(logged, "reqOld"), "entryCSN");
    r->items[r->count] = (struct change){.dn = cv_arena_strdup(r->arena, dir_get_text(logged, "reqDN")),
                                         .csn = cv_arena_strdup(r->arena, csn),
                                         .met = met != NULL ? cv_arena_strdup(r->arena, met) : NULL,
                                         .what = what,
                                         .mods = copy_lines(r->arena, dir_get(logged, "reqMod")),
                                         .order = r->count};
    r->count++;
}

static bool read_log(struct replaying *r, const char *file, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(RECORD_ARENA);
    LDIFFP *f = arena != NULL ? ldif_open(file, "r") : NULL;
    bool end = f == NULL, ok = f != NULL || tool_refused(err, file, "không mở được", "cannot be opened");
    while (ok && !end) {
        struct ldif_record record;
        enum what what;
        cv_arena_reset(arena);
        ok = ldif_next(f, arena, &record, &end, err);
        if (ok && !end && what_of(&record.entry, &what))
            keep(r, &record.entry, what);
        ok = ok && (cv_arena_ok(r->arena) || too_long(file, err));
    }
    if (f != NULL)
        ldif_close(f);
    if (ok && r->count != 0)
        qsort(r->items, r->count, sizeof *r->items, by_entry);
    return ok;
}

/* ---- one entry ---- */

static struct dir_attr *attr_of(struct dir_attrs *attrs, const char *name)
{
    for (size_t i = 0; i < attrs->count; i++)
        if (cv_ascii_casecmp(attrs->items[i].name, name) == 0)
            return &attrs->items[i];
    return NULL;
}

/* As slapd compares: documents and passwords ("{...") byte by byte, names in any case. */
static bool same_value(const struct dir_value *there, const char *value, size_t len)
{
    return there->len == len &&
           (*value == '{' ? memcmp(there->bytes, value, len) == 0 : strncasecmp(there->bytes, value, len) == 0);
}

static void take_away(struct dir_attr *attr, const char *value, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < attr->count; i++)
        if (!same_value(&attr->values[i], value, len))
            attr->values[kept++] = attr->values[i];
    attr->count = kept;
}

static bool is_there(const struct dir_attr *attr, const char *value, size_t len)
{
    for (size_t i = 0; attr != NULL && i < attr->count; i++)
        if (same_value(&attr->values[i], value, len))
            return true;
    return false;
}

/* "name:= value": replaced, "name:+ value": added, "name:- value": taken away; without a value, all of it. Lines of one
 * replacement follow each other; ":" alone parts two. */
static void modify(struct dir_attrs *attrs, const struct dir_attr *mods)
{
    const char *replacing = "";
    for (size_t i = 0; i < mods->count; i++) {
        const char *line = mods->values[i].bytes, *colon = strchr(line, ':');
        if (colon == NULL || colon == line || colon[1] == '\0') {
            replacing = "";
            continue;
        }
        const char *name = cv_arena_strndup(attrs->arena, line, (size_t)(colon - line));
        const char *value = colon[2] == ' ' ? colon + 3 : NULL;
        size_t len = value != NULL ? mods->values[i].len - (size_t)(value - line) : 0;
        struct dir_attr *attr = attr_of(attrs, name);
        bool goes_on = colon[1] == '=' && strcmp(replacing, name) == 0;
        if (attr != NULL && ((colon[1] == '=' && !goes_on) || (colon[1] == '-' && value == NULL)))
            attr->count = 0;
        if (attr != NULL && colon[1] == '-' && value != NULL)
            take_away(attr, value, len);
        bool twice = colon[1] == '+' && value != NULL && is_there(attr, value, len); /* permitted to writes */
        if (colon[1] != '-' && value != NULL && !twice)
            dir_put_bytes(attrs, name, value, len);
        replacing = colon[1] == '=' ? name : "";
    }
}

static const char *name_of(const struct dir_attrs *attrs, const char *dn)
{
    static const char *const names[] = {"cn", "cvLabel;lang-vi", "cvLabel", "cvUnitCode", "cvStaffCode", "ou"};
    const struct dir_entry entry = {.attrs = *attrs};
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (dir_get_text(&entry, names[i]) != NULL)
            return dir_get_text(&entry, names[i]);
    return dn;
}

static void tell(struct replaying *r, const struct dir_attrs *attrs, const struct change *c, const char *vi,
                 const char *en)
{
    if (c->gone) /* nothing of it is left to lose */
        return;
    r->done->missing++;
    fprintf(r->report, "%s\t%s\t%s\t%s / %s\n", name_of(attrs, c->dn), c->dn, c->csn, vi, en);
}

/* `exists` and the entry's attributes after one change. */
static void apply(struct replaying *r, struct dir_attrs *attrs, bool *exists, const struct change *c)
{
    const struct dir_entry now = {.attrs = *attrs};
    const char *csn = dir_get_text(&now, "entryCSN");
    if (*exists && csn != NULL && strcmp(c->csn, csn) <= 0)
        return;
    struct dir_attrs changed;
    dir_attrs_init(&changed, attrs->arena);
    if (c->what == MODIFIED && c->mods != NULL && !*exists) {
        modify(&changed, c->mods);
        tell(r, &changed, c, "thiếu lần tạo trong nhật ký, không làm lại được",
             "its creation is not in the log, it cannot be done again");
        return;
    }
    if (c->what == MODIFIED && c->met != NULL && csn != NULL && strcmp(c->met, csn) != 0)
        tell(r, attrs, c, "thiếu một thay đổi trước lần này trong nhật ký",
             "a change before this one is not in the log");
    if (c->what == ADDED)
        dir_attrs_init(attrs, attrs->arena);
    *exists = c->what != DELETED;
    if (c->mods != NULL && *exists)
        modify(attrs, c->mods);
    r->done->replayed++;
}

static size_t first_of(const struct replaying *r, const char *dn)
{
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cv_ascii_casecmp(r->items[middle].dn, dn) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool same_entry(const struct replaying *r, size_t i, const char *dn)
{
    return i < r->count && cv_ascii_casecmp(r->items[i].dn, dn) == 0;
}

static bool not_written(struct cv_error *err)
{
    return tool_fault(err, "db.ldif", "không ghi được", "cannot be written");
}

static void find_gone(struct replaying *r, size_t from, const char *dn)
{
    size_t end = from;
    bool gone = false;
    while (same_entry(r, end, dn))
        end++;
    for (size_t i = end; i > from; i--) {
        r->items[i - 1].gone = gone;
        gone = gone || r->items[i - 1].what == DELETED;
    }
}

/* All changes of one entry; writes what it has become. */
static bool bring_up(struct replaying *r, const char *dn, struct dir_attrs *attrs, bool exists, FILE *to,
                     struct cv_error *err)
{
    size_t first = first_of(r, dn);
    find_gone(r, first, dn);
    for (size_t i = first; same_entry(r, i, dn); i++) {
        apply(r, attrs, &exists, &r->items[i]);
        r->items[i].done = true;
    }
    const struct dir_entry entry = {.dn = dn, .attrs = *attrs};
    if (!cv_arena_ok(attrs->arena))
        return too_large(dn, err);
    r->done->entries += exists;
    return !exists || ldif_write(to, &entry) || not_written(err);
}

typedef bool each_entry(struct replaying *r, struct ldif_record *record, FILE *to, struct cv_error *err);

static bool pass_on(struct replaying *r, struct ldif_record *record, FILE *to, struct cv_error *err)
{
    if (same_entry(r, first_of(r, record->entry.dn), record->entry.dn))
        return bring_up(r, record->entry.dn, &record->entry.attrs, true, to, err);
    r->done->entries++;
    return fprintf(to, "%s\n", record->text) > 0 || not_written(err);
}

static bool pass_on_but_tokens(struct replaying *r, struct ldif_record *record, FILE *to, struct cv_error *err)
{
    return strstr(record->entry.dn, ",ou=tokens,ou=system,") != NULL || pass_on(r, record, to, err);
}

static bool pass_through(struct replaying *r, const char *file, each_entry *each, FILE *to, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(RECORD_ARENA);
    LDIFFP *f = arena != NULL ? ldif_open(file, "r") : NULL;
    bool end = f == NULL, ok = f != NULL || tool_refused(err, file, "không mở được", "cannot be opened");
    while (ok && !end) {
        struct ldif_record record;
        cv_arena_reset(arena);
        ok = ldif_next(f, arena, &record, &end, err) && (end || each(r, &record, to, err));
    }
    if (f != NULL)
        ldif_close(f);
    return ok;
}

static int by_time(const void *a, const void *b)
{
    const struct change *x = *(const struct change *const *)a, *y = *(const struct change *const *)b;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* What was made since, in the order in which it was made: parents come first. */
static bool add_new(struct replaying *r, const char *file, FILE *to, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(RECORD_ARENA);
    const struct change **fresh = CV_NEWS(r->arena, const struct change *, r->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        if (!r->items[i].done && (i == 0 || cv_ascii_casecmp(r->items[i - 1].dn, r->items[i].dn) != 0))
            fresh[count++] = &r->items[i];
    if (arena == NULL || !cv_arena_ok(r->arena))
        return too_long(file, err);
    if (count != 0)
        qsort(fresh, count, sizeof *fresh, by_time);
    for (size_t i = 0; i < count; i++) {
        struct dir_attrs attrs;
        cv_arena_reset(arena);
        dir_attrs_init(&attrs, arena);
        if (!bring_up(r, fresh[i]->dn, &attrs, false, to, err))
            return false;
    }
    return true;
}

static bool write_out(struct replaying *r, const char *main_ldif, const char *log_ldif, each_entry *each,
                      const char *out_ldif, struct cv_error *err)
{
    FILE *to = fopen(out_ldif, "wxe");
    if (to == NULL)
        return tool_fault(err, out_ldif, "không ghi được", "cannot be written");
    bool ok = pass_through(r, main_ldif, each, to, err) && add_new(r, log_ldif, to, err);
    return (fclose(to) == 0 || tool_fault(err, out_ldif, "không ghi được", "cannot be written")) && ok;
}

bool replay(const struct replay *what, FILE *report, struct dir_restore_done *done, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(what->memory);
    struct replaying r = {.arena = arena, .since = what->since, .report = report, .done = done};
    if (arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    return read_log(&r, what->log_ldif, err) &&
           write_out(&r, what->main_ldif, what->log_ldif, pass_on, what->out_ldif, err);
}

bool replay_nothing(const char *main_ldif, const char *out_ldif, struct dir_restore_done *done, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(RECORD_ARENA);
    struct replaying r = {.arena = arena, .done = done};
    if (arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    return write_out(&r, main_ldif, "", pass_on_but_tokens, out_ldif, err);
}
