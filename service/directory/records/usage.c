/* Usage in and out: compare-and-swap on the entry's own revision, without actor and moment, because nothing but the day
 * is kept. */
#include <string.h>

#include "congvu/log.h"
#include "congvu/records.h"
#include "congvu/usage.h"
#include "directory/records/records.h"
#include "directory/wire/disk.h"
#include "directory/wire/session.h"

bool dir_usage_read(struct dir_session *s, struct cv_id staff, struct cv_arena *arena, struct dom_usage *out,
                    struct cv_error *err)
{
    struct dom_usage usage;

    if (!dir_usage_read_many(s, &staff, 1, arena, &usage, err))
        return false;
    if (usage.revision == DIR_USAGE_UNREADABLE) {
        return cv_fail_as(err, CV_INTERNAL, "ou=usage", "Không đọc được bản ghi sử dụng",
                          "A record of use cannot be read");
    }
    *out = usage;
    return true;
}

static const char *filter_of(struct cv_arena *arena, const struct cv_id *staff, size_t count)
{
    char id[CV_ID_TEXT];
    struct cv_buf filter;

    cv_buf_init(&filter, CV_MAX_FILTER);
    cv_buf_puts(&filter, "(|");
    for (size_t i = 0; i < count; i++)
        cv_buf_puts(&filter, dir_filter_eq(arena, "cvId", cv_id_text("stf_", staff[i], id)));
    cv_buf_putc(&filter, ')');
    const char *text = cv_arena_strdup(arena, cv_buf_str(&filter));

    cv_buf_free(&filter);
    return text;
}

static struct dom_usage *place_of(struct dom_usage *list, size_t count, struct cv_id staff)
{
    for (size_t i = 0; i < count; i++)
        if (cv_id_equal(list[i].staff, staff))
            return &list[i];
    return NULL;
}

static void take_entry(const struct dir_entry *entry, struct cv_arena *arena, struct dom_usage *out, size_t count)
{
    struct cv_error why;
    struct cv_id staff;
    struct dom_usage *place = dir_dn_id(entry->dn, "stf_", &staff) ? place_of(out, count, staff) : NULL;

    if (place && !dir_unmap_usage(entry, arena, place, &why)) {
        cv_log_error(CV_LOG_WARN, "directory.record_skipped", &why);
        *place = (struct dom_usage){.staff = staff, .revision = DIR_USAGE_UNREADABLE};
    }
}

bool dir_usage_read_many(struct dir_session *s, const struct cv_id *staff, size_t count, struct cv_arena *arena,
                         struct dom_usage *out, struct cv_error *err)
{
    struct dir_entry *entries;
    size_t found;

    if (count > DIR_USAGE_MANY)
        return cv_fail_as(err, CV_LIMIT, "", "Hỏi quá nhiều người một lần", "Too many people in one question");
    if (!dir_find_entries(s, DIR_USAGE_BASE, filter_of(arena, staff, count), DIR_USAGE_MANY, arena, &entries, &found,
                          err))
        return false;
    for (size_t i = 0; i < count; i++)
        out[i] = (struct dom_usage){.staff = staff[i]};
    for (size_t i = 0; i < found; i++)
        take_entry(&entries[i], arena, out, count);
    return true;
}

/* Months are compared as text: "2025-09:..." is below "2025-10". */
bool dir_usage_older(struct dir_session *s, cv_day day, size_t most, struct cv_arena *arena, struct dom_usage **out,
                     size_t *out_count, struct cv_error *err)
{
    struct dir_entry *entries;
    char text[CV_DAY_TEXT];
    size_t count;

    cv_day_iso(day, text);
    const char *filter = cv_arena_printf(arena, "(cvUseDays<=%.7s)", text);

    if (!dir_find_entries(s, DIR_USAGE_BASE, filter, most, arena, &entries, &count, err))
        return false;
    struct dom_usage *usages = CV_NEWS(arena, struct dom_usage, count + 1);
    size_t readable = 0;

    for (size_t i = 0; i < count; i++) {
        if (dir_unmap_usage(&entries[i], arena, &usages[readable], err)) {
            readable++;
        } else {
            cv_log_error(CV_LOG_WARN, "directory.record_skipped", err); /* it must not be in the way of the others */
            cv_error_clear(err);
        }
    }
    *out = usages;
    *out_count = readable;
    return true;
}

static bool add_entry(struct dir_session *s, const char *dn, const struct dir_attrs *attrs, struct cv_error *err)
{
    if (dir_add_entry(s, dn, attrs, NULL, err))
        return true;
    if (err->kind == CV_EXISTS)
        err->kind = CV_STALE; /* somebody was faster */
    return false;
}

bool dir_usage_save(struct dir_session *s, const struct dom_usage *before, const struct dom_usage *after,
                    struct cv_error *err)
{
    struct dir_attrs was, will;
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    const char *dn = dir_dn_usage(arena, before->staff);

    dir_attrs_init(&was, arena);
    dir_attrs_init(&will, arena);
    dir_fields_put(&dir_usage_fields, before, "", &was);
    dir_fields_put(&dir_usage_fields, after, "", &will);
    dir_put_int(&will, "cvRevision", before->revision + 1);
    if (before->revision == 0)
        return add_entry(s, dn, &will, err);
    return dir_modify_entry(s, dn, &was, &will, dir_filter_revision(arena, before->revision, ""), NULL, err);
}

bool dir_usage_settle(struct dir_session *s, struct cv_error *err)
{
    return dir_disk_settle(dir_session_config(s)->usage_disk, err);
}

bool dir_usage_feed_read(struct dir_session *s, const char *system, struct cv_arena *arena, struct dom_usage_feed *out,
                         struct cv_error *err)
{
    struct dir_entry entry;

    if (dir_read_entry(s, dir_dn_usage_feed(arena, system), arena, &entry, err))
        return dir_unmap_usage_feed(&entry, out, err);
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    *out = (struct dom_usage_feed){
        .system = system, .data_from = CV_NO_DAY, .data_through = CV_NO_DAY, .received_at = CV_NO_MOMENT};
    return true;
}

static void put_feed(const struct dom_usage_feed *feed, struct dir_attrs *out)
{
    dir_put(out, "objectClass", "top");
    dir_put(out, "objectClass", "cvUsageFeedEntry");
    dir_put(out, "cn", feed->system);
    dir_put_day(out, "cvDataFrom", feed->data_from);
    dir_put_day(out, "cvDataThrough", feed->data_through);
    dir_put_moment(out, "cvReceivedAt", feed->received_at);
}

/* True for an entry whose data reach no further than the new ones. */
static const char *not_further_than(struct cv_arena *arena, cv_day day)
{
    char text[CV_DAY_TEXT];

    return day == CV_NO_DAY
               ? "(!(cvDataThrough=*))"
               : cv_arena_printf(arena, "(|(!(cvDataThrough=*))(cvDataThrough<=%s))", cv_day_iso(day, text));
}

bool dir_usage_feed_save(struct dir_session *s, const struct dom_usage_feed *feed, bool backwards, struct cv_error *err)
{
    struct dir_attrs will, was;
    struct dom_usage_feed now;
    cv_auto_arena arena = dir_scratch(err);

    if (!arena || !dir_usage_feed_read(s, feed->system, arena, &now, err))
        return false;
    const char *dn = dir_dn_usage_feed(arena, feed->system);

    dir_attrs_init(&was, arena);
    dir_attrs_init(&will, arena);
    put_feed(feed, &will);
    if (now.received_at == CV_NO_MOMENT)
        return add_entry(s, dn, &will, err);
    put_feed(&now, &was);
    return dir_modify_entry(s, dn, &was, &will, backwards ? NULL : not_further_than(arena, feed->data_through), NULL,
                            err);
}
