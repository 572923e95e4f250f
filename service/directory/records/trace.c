/* What cn=log says of writes: their marks, and those without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "congvu/trace.h"
#include "directory/records/records.h"
#include "directory/wire/session.h"

enum { SCRATCH_MAX = 32 << 20, ATTRIBUTES_MAX = 128, LOOK_MOST = 200, NAMED_MOST = 64, WINDOW = 60, WIDE = 86400 };
#define LOG_BASE "cn=log"

/* What the log has of a change, but for what stood there before it (reqOld). */
static const char *const change_names[] = {"reqStart", "reqType", "reqDN", "reqAuthzID", "reqMod", "reqControls", NULL};
static const char *const bare_names[] = {"reqStart", "reqType", "reqDN", "reqAuthzID", NULL};
static const char *const stamp_names[] = {"entryCSN", NULL};

/* ---- marks ---- */

/* Has the mark's form: origin, which holds a slash, and an index behind the last one. */
static const char *mark_in(struct cv_arena *arena, const char *text)
{
    const char *space = strrchr(text, ' '), *mark = space != NULL ? space + 1 : "";
    const char *slash = strrchr(mark, '/');
    bool whole = slash != NULL && memchr(mark, '/', (size_t)(slash - mark)) != NULL &&
                 strlen(slash + 1) == strspn(slash + 1, "0123456789") && slash[1] != '\0';
    return whole ? cv_arena_strdup(arena, mark) : NULL;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* The assertion of a write, as slapd logs it in hexadecimal digits, holds "description" and the mark behind it (BER: a
 * type, then 04, length, value). */
static const char *mark_in_control(struct cv_arena *arena, const char *control)
{
    const char *from = strstr(control, "controlValue \"");
    if (from == NULL)
        return NULL;
    from += strlen("controlValue \"");
    size_t len = strcspn(from, "\"") / 2;
    char *bytes = cv_arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(hex_digit(from[2 * i]) << 4 | hex_digit(from[2 * i + 1]));
    const char *at = memmem(bytes, len, "description\x04", 12);
    size_t rest = at != NULL ? len - (size_t)(at - bytes) - 12 : 0;
    if (rest < 2 || (size_t)(unsigned char)at[12] > rest - 1)
        return NULL;
    return mark_in(arena, cv_arena_printf(arena, " %.*s", (int)(unsigned char)at[12], at + 13));
}

static const char *mark_of(const struct dir_entry *entry, struct cv_arena *arena)
{
    const struct dir_attr *mods = dir_get(entry, "reqMod"), *controls = dir_get(entry, "reqControls");
    const char *mark = NULL;
    for (size_t i = 0; mods != NULL && i < mods->count && mark == NULL; i++)
        if (strncmp(mods->values[i].bytes, "cvActor:", 8) == 0 && mods->values[i].bytes[8] != '-')
            mark = mark_in(arena, mods->values[i].bytes);
    for (size_t i = 0; controls != NULL && i < controls->count && mark == NULL; i++)
        mark = mark_in_control(arena, controls->values[i].bytes);
    return mark;
}

/* ---- looking one up ---- */

/* Where the log does not say it: the entry itself still has the mark of its last writer. */
static bool look_in_entry(struct dir_session *s, const char *dn, const char *mark, struct cv_arena *arena,
                          enum dir_found *out, struct cv_error *err)
{
    struct dir_entry entry;
    if (!dir_read_entry(s, dn, arena, &entry, err))
        return cv_error_forgive(err, CV_NOT_FOUND);
    const char *actor = dir_get_text(&entry, "cvActor"), *theirs = actor != NULL ? mark_in(arena, actor) : NULL;
    if (theirs != NULL && strcmp(theirs, mark) == 0)
        *out = DIR_FOUND;
    return true;
}

/* Some entries of the log, `count` of them. `bare`: the only one, which is too large to be read but for who and where.
 */
struct page {
    struct dir_entry *entries;
    size_t count;
    bool bare;
};

/* As many of `most` as there is room for, half as many each time. Resets the arena, in which the filter is not. */
static bool read_page(struct dir_session *s, const char *filter, size_t most, struct cv_arena *arena, struct page *out,
                      struct cv_error *err)
{
    for (;; most /= 2) {
        cv_arena_reset(arena);
        out->bare = most == 0;
        if (dir_find_named(s, LOG_BASE, filter, out->bare ? bare_names : change_names, out->bare ? 1 : most, arena,
                           &out->entries, &out->count, err))
            return true;
        if (err->kind != CV_LIMIT || out->bare)
            return false;
        cv_error_clear(err);
    }
}

/* A site's server may keep no log, or not show it. */
static bool no_log(struct cv_error *err)
{
    if (err->kind != CV_NOT_FOUND && err->kind != CV_REFUSED)
        return false;
    cv_error_clear(err);
    return true;
}

static const char *text_or(const struct dir_entry *entry, const char *name, const char *otherwise)
{
    const char *text = dir_get_text(entry, name);
    return text != NULL ? text : otherwise;
}

static bool any_left(const struct dir_sought *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].found == DIR_FOUND_NOT)
            return true;
    return false;
}

static void settle(struct dir_sought *items, size_t count, enum dir_found found)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].found == DIR_FOUND_NOT)
            items[i].found = found;
}

/* The entries that are still to be found, so that the server need not send the others; "" of too many. */
static const char *of_entries(struct cv_arena *arena, const struct dir_sought *items, size_t count)
{
    const char *each = "";
    size_t left = 0;
    for (size_t i = 0; i < count && left <= NAMED_MOST; i++)
        if (items[i].found == DIR_FOUND_NOT && left++ < NAMED_MOST)
            each = cv_arena_printf(arena, "%s%s", each, dir_filter_eq(arena, "reqDN", items[i].dn));
    return left <= NAMED_MOST ? cv_arena_printf(arena, "(|%s)", each) : "";
}

static void take_marks(const struct page *page, struct cv_arena *arena, struct dir_sought *items, size_t count)
{
    for (size_t e = 0; e < page->count; e++) {
        const char *mark = mark_of(&page->entries[e], arena);
        for (size_t i = 0; mark != NULL && i < count; i++)
            if (strcmp(items[i].mark, mark) == 0)
                items[i].found = DIR_FOUND;
    }
}

static const char *last_of(const struct page *page)
{
    const char *last = "";
    for (size_t i = 0; i < page->count; i++) {
        const char *at = text_or(&page->entries[i], "reqStart", "");
        last = strcmp(at, last) > 0 ? at : last;
    }
    return last;
}

/* Goes through what the log has of that time, page by page. */
static bool walk(struct dir_session *s, struct dir_sought *items, size_t count, cv_moment from, cv_moment to,
                 struct cv_error *err)
{
    char after[CV_MOMENT_TEXT + 32], end[CV_MOMENT_TEXT + 32];
    struct page page = {.count = 1};
    cv_auto_arena filters = cv_arena_new(SCRATCH_MAX);
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    if (!filters || !arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    const char *of = of_entries(filters, items, count);
    (void)cv_moment_ldap(from, after);
    (void)cv_moment_ldap(to, end);
    while (page.count > 0 && any_left(items, count)) {
        const char *filter = cv_arena_printf(filters, "(&%s%s(reqStart<=%s)(!(reqStart=%s)))", of,
                                             dir_filter_from(filters, "reqStart", after), end, after);
        if (!read_page(s, filter, LOOK_MOST, arena, &page, err)) {
            settle(items, count, DIR_FOUND_UNKNOWN);
            return no_log(err);
        }
        take_marks(&page, arena, items, count);
        if (page.count > 0)
            snprintf(after, sizeof(after), "%s", last_of(&page));
    }
    return true;
}

/* Around the moment of each that is left, no time twice. */
static bool look_in_log(struct dir_session *s, struct dir_sought *items, size_t count, cv_moment width,
                        struct cv_error *err)
{
    cv_moment until = CV_NO_MOMENT;
    for (size_t i = 0; i < count; i++) {
        cv_moment to = items[i].at + width;
        if (items[i].found != DIR_FOUND_NOT || to <= until)
            continue;
        for (size_t k = i + 1; k < count && items[k].at - width <= to; k++)
            if (items[k].found == DIR_FOUND_NOT && items[k].at + width > to)
                to = items[k].at + width;
        cv_moment from = items[i].at - width;
        if (!walk(s, items, count, from > until ? from : until, to, err))
            return false;
        until = to;
    }
    return true;
}

static bool look_in_entries(struct dir_session *s, struct dir_sought *items, size_t count, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    for (size_t i = 0; i < count; i++) {
        cv_arena_reset(arena);
        if (items[i].found == DIR_FOUND_NOT &&
            !look_in_entry(s, items[i].dn, items[i].mark, arena, &items[i].found, err))
            return false;
    }
    return true;
}

/* The directory's clock may be another one than ours: what the minutes around do not have is looked for once more, over
 * days. */
bool dir_trace_find(struct dir_session *s, struct dir_sought *items, size_t count, struct cv_error *err)
{
    for (size_t i = 0; i < count; i++)
        items[i].found = DIR_FOUND_NOT;
    return look_in_log(s, items, count, WINDOW, err) && look_in_entries(s, items, count, err) &&
           look_in_log(s, items, count, WIDE, err);
}

/* ---- is it whole ---- */

static const char *last_csn(const struct dir_entry *suffix)
{
    const struct dir_attr *context = dir_get(suffix, "contextCSN");
    const char *last = "";
    for (size_t i = 0; context != NULL && i < context->count; i++)
        if (strcmp(context->values[i].bytes, last) > 0)
            last = context->values[i].bytes;
    return last;
}

bool dir_trace_last(struct dir_session *s, struct cv_arena *arena, enum dir_found *out, const char **out_csn,
                    struct cv_error *err)
{
    const char *before = NULL;
    *out = DIR_FOUND_UNKNOWN;
    for (;;) {
        struct dir_entry suffix, *found;
        size_t count = 0;
        *out_csn = "";
        if (!dir_read_operational(s, dir_session_base(s), arena, &suffix, err))
            return cv_error_forgive(err, CV_NOT_FOUND);
        *out_csn = last_csn(&suffix);
        if (!dir_find_named(s, LOG_BASE, dir_filter_eq(arena, "entryCSN", *out_csn), stamp_names, 1, arena, &found,
                            &count, err))
            return no_log(err);
        *out = count > 0 ? DIR_FOUND : DIR_FOUND_NOT;
        /* twice the same: nobody is just writing it */
        if (*out == DIR_FOUND || (before != NULL && strcmp(before, *out_csn) == 0))
            return true;
        before = *out_csn;
    }
}

/* ---- what has none ---- */

/* What slapd's overlays keep by themselves when somebody signs in (ppolicy, lastbind), and who writes down how far a
 * follower is. Another state of a password (pwdReset, pwdPolicySubentry, pwdHistory, ...) is somebody's wish. */
static bool kept_by_slapd(const char *name)
{
    static const char *const names[] = {"pwdFailureTime", "pwdAccountLockedTime", "pwdGraceUseTime",
                                        "pwdLastSuccess", "authTimestamp",        "contextCSN"};
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (cv_ascii_casecmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool sets(const struct dir_attr *mods, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; mods != NULL && i < mods->count; i++)
        if (strncasecmp(mods->values[i].bytes, name, len) == 0 &&
            (strncmp(mods->values[i].bytes + len, ":+", 2) == 0 || strncmp(mods->values[i].bytes + len, ":= ", 3) == 0))
            return true;
    return false;
}

/* By an identity that nobody has; a lock only together with the failure that was one too many. */
static bool slapds_own(const struct dir_trace *t, const struct dir_attr *mods, bool service)
{
    for (size_t i = 0; i < t->attribute_count; i++)
        if (!kept_by_slapd(t->attributes[i]))
            return false;
    return t->attribute_count > 0 && !service && (!sets(mods, "pwdAccountLockedTime") || sets(mods, "pwdFailureTime"));
}

/* What slapd adds to every write. */
static bool operational(const char *name, size_t len)
{
    static const char *const names[] = {"entryCSN",  "modifiersName",   "modifyTimestamp",      "creatorsName",
                                        "entryUUID", "createTimestamp", "structuralObjectClass"};
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
            return true;
    return false;
}

static void take_attributes(struct dir_trace *t, const struct dir_attr *mods, struct cv_arena *arena)
{
    const char **names = CV_NEWS(arena, const char *, ATTRIBUTES_MAX);
    t->attributes = names;
    for (size_t i = 0; mods != NULL && i < mods->count && t->attribute_count < ATTRIBUTES_MAX; i++) {
        const char *text = mods->values[i].bytes;
        size_t len = strcspn(text, ":"), k = 0;
        if (len == 0 || operational(text, len))
            continue;
        while (k < t->attribute_count && (strncasecmp(names[k], text, len) != 0 || names[k][len] != '\0'))
            k++;
        if (k == t->attribute_count)
            names[t->attribute_count++] = cv_arena_strndup(arena, text, len);
    }
}

static bool is_service(const struct dir_session *s, struct cv_arena *arena, const char *who)
{
    const char *bind = dir_session_config(s)->bind_dn;
    const char *own = bind != NULL ? bind : cv_arena_printf(arena, "cn=service,ou=system,%s", dir_session_base(s));
    return cv_ascii_casecmp(who, own) == 0;
}

static const char *copy_of(const struct dir_entry *entry, const char *name, struct cv_arena *arena)
{
    return cv_arena_strdup(arena, text_or(entry, name, ""));
}

/* One that is too large to be read is nothing that the service or slapd writes. */
static void take_trace(struct dir_session *s, const struct dir_entry *entry, bool bare, struct cv_arena *arena,
                       struct dir_trace *out)
{
    *out = (struct dir_trace){.at = copy_of(entry, "reqStart", arena),
                              .verb = copy_of(entry, "reqType", arena),
                              .dn = copy_of(entry, "reqDN", arena),
                              .who = copy_of(entry, "reqAuthzID", arena)};
    if (bare)
        return;
    const struct dir_attr *mods = dir_get(entry, "reqMod");
    out->mark = mark_of(entry, arena);
    take_attributes(out, mods, arena);
    bool service = is_service(s, arena, out->who);
    bool quiet = !dir_deed_recorded(dir_session_base(s), out->dn, out->attributes, out->attribute_count);
    out->own = (quiet && service) || (strcmp(out->verb, "modify") == 0 && slapds_own(out, mods, service));
}

static int by_time(const void *a, const void *b)
{
    return strcmp(((const struct dir_trace *)a)->at, ((const struct dir_trace *)b)->at);
}

bool dir_trace_since(struct dir_session *s, const char *after, size_t most, struct cv_arena *arena,
                     struct dir_trace **out, size_t *out_count, const char **out_last, struct cv_error *err)
{
    struct page page;
    cv_auto_arena scratch = cv_arena_new(SCRATCH_MAX);
    const char *filter = cv_arena_printf(arena, "(&(objectClass=auditWriteObject)%s(!(reqStart=%s)))",
                                         dir_filter_from(arena, "reqStart", after), after);
    if (!scratch)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    if (!read_page(s, filter, most, scratch, &page, err))
        return false;
    *out = CV_NEWS(arena, struct dir_trace, page.count + 1);
    for (size_t i = 0; i < page.count; i++)
        take_trace(s, &page.entries[i], page.bare, arena, &(*out)[i]);
    qsort(*out, page.count, sizeof(**out), by_time);
    *out_count = page.count;
    *out_last = page.count > 0 ? (*out)[page.count - 1].at : after;
    return cv_arena_ok(arena) || cv_fail_as(err, CV_LIMIT, "", "Quá nhiều thay đổi", "Too many changes");
}

/* ---- texts in ou=leases ---- */
#define CHECKPOINT "evidence "
#define PLACE      "by-hand"

static bool put_text(struct dir_session *s, const char *name, const char *text, struct cv_error *err)
{
    struct dir_attrs was, will;
    cv_auto_arena arena = dir_scratch(err);
    if (!arena)
        return false;
    const char *dn = dir_dn_child(arena, DIR_LEASES_BASE, "cn", name);
    dir_attrs_init(&was, arena);
    dir_attrs_init(&will, arena);
    dir_put(&will, "cvLeaseHolder", text);
    if (dir_modify_entry(s, dn, &was, &will, NULL, NULL, err) || err->kind != CV_NOT_FOUND)
        return err->kind == CV_OK;
    cv_error_clear(err);
    dir_put(&will, "objectClass", "cvLeaseEntry");
    dir_put(&will, "cn", name);
    dir_put_int(&will, "cvLeaseTurn", 0);
    return dir_add_entry(s, dn, &will, NULL, err);
}

bool dir_trace_place(struct dir_session *s, struct cv_arena *arena, const char **out, struct cv_error *err)
{
    struct dir_entry entry;
    *out = "";
    if (dir_read_entry(s, dir_dn_child(arena, DIR_LEASES_BASE, "cn", PLACE), arena, &entry, err)) {
        *out = text_or(&entry, "cvLeaseHolder", "");
        return true;
    }
    return cv_error_forgive(err, CV_NOT_FOUND);
}

bool dir_trace_place_put(struct dir_session *s, const char *at, struct cv_error *err)
{
    return put_text(s, PLACE, at, err);
}

bool dir_checkpoint_put(struct dir_session *s, const char *origin, const char *note, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);
    return arena && put_text(s, cv_arena_printf(arena, CHECKPOINT "%s", origin), note, err);
}

bool dir_checkpoint_origins(struct dir_session *s, struct cv_arena *arena, const char ***out, size_t *out_count,
                            struct cv_error *err)
{
    struct dir_attr names;
    size_t skip = strlen(CHECKPOINT);
    if (!dir_list_values(s, DIR_LEASES_BASE, "(cn=" CHECKPOINT "*)", "cn", LOOK_MOST, arena, &names, err))
        return false;
    *out = CV_NEWS(arena, const char *, names.count + 1);
    *out_count = 0;
    for (size_t i = 0; i < names.count; i++)
        if (names.values[i].len > skip)
            (*out)[(*out_count)++] = names.values[i].bytes + skip;
    return true;
}
