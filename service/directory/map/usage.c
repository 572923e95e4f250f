/* Active days of a person and the reach of a system's data: below ou=usage, the system is the tag. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/usage.h"
#include "directory/map/common.h"

static const char *const classes[] = {"top", "cvUsageEntry", NULL};

static void put_seen(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_usage *u = record;
    char day[CV_DAY_TEXT];

    (void)base;
    for (size_t i = 0; i < u->use_count; i++) {
        const struct dom_use *use = &u->uses[i];

        if (use->last_on != CV_NO_DAY) {
            dir_put(out, dir_tagged(out->arena, "cvUseSeen", use->system),
                    cv_arena_printf(out->arena, "%s %d", cv_day_iso(use->last_on, day), use->earlier_days));
        }
    }
}

static void put_days(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_usage *u = record;

    (void)base;
    for (size_t i = 0; i < u->use_count; i++) {
        const char *name = dir_tagged(out->arena, "cvUseDays", u->uses[i].system);

        for (size_t m = 0; m < u->uses[i].month_count; m++) {
            const struct dom_use_month *month = &u->uses[i].months[m];

            dir_put(out, name,
                    cv_arena_printf(out->arena, "%04d-%02d:%08x", (int)(month->month / 12),
                                    (int)(month->month % 12 + 1), month->days));
        }
    }
}

static bool not_understood(struct dir_reader *r, const struct dir_attr *attr)
{
    return dir_unreadable(r->err, r->entry, attr->name, "has a value that is not understood");
}

/* "2026-11-20 123" */
static bool take_seen(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_use *use = dom_use_need(r->record, tag);
    const char *text = attr->values[0].bytes;
    char day[CV_DAY_TEXT] = "", *end = NULL;
    size_t len = strcspn(text, " ");

    if (!use || len >= sizeof(day) || text[len] != ' ')
        return not_understood(r, attr);
    memcpy(day, text, len);
    long earlier = strtol(text + len + 1, &end, 10);

    if (!cv_day_parse(day, &use->last_on) || *end || end == text + len + 1 || earlier < 0 || earlier > INT32_MAX)
        return not_understood(r, attr);
    use->earlier_days = (int)earlier;
    return true;
}

static int digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + text[i] - '0';
    }
    return value;
}

/* "2026-11:0003f1a0" */
static bool read_month(const struct dir_value *value, struct dom_use_month *out)
{
    enum { MONTH_TEXT = 16 };
    int year, month;
    char *end;

    if (value->len != MONTH_TEXT || value->bytes[4] != '-' || value->bytes[7] != ':')
        return false;
    year = digits(value->bytes, 4);
    month = digits(value->bytes + 5, 2);
    if (year < 0 || month < 1 || month > 12 || strspn(value->bytes + 8, "0123456789abcdef") != 8)
        return false;
    *out = (struct dom_use_month){year * 12 + month - 1, (uint32_t)strtoul(value->bytes + 8, &end, 16)};
    return out->days != 0;
}

static int by_month(const void *a, const void *b)
{
    const struct dom_use_month *x = a, *y = b;

    return (x->month > y->month) - (x->month < y->month);
}

static bool take_days(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_use *use = dom_use_need(r->record, tag);

    if (!use || attr->count > DOM_USE_MONTHS_MAX)
        return not_understood(r, attr);
    for (size_t i = 0; i < attr->count; i++)
        if (!read_month(&attr->values[i], &use->months[i]))
            return not_understood(r, attr);
    use->month_count = attr->count;
    qsort(use->months, use->month_count, sizeof(use->months[0]), by_month);
    for (size_t i = 1; i < use->month_count; i++)
        if (use->months[i].month == use->months[i - 1].month)
            return not_understood(r, attr);
    return true;
}

static const struct dir_field fields[] = {
    {"cvId", DIR_ID, offsetof(struct dom_usage, staff), .prefix = "stf_", .flags = DIR_NEEDED},
    {"cvRevision", DIR_LONG, offsetof(struct dom_usage, revision), .flags = DIR_BOOK},
    {"cvUseSeen", DIR_OWN, .put = put_seen, .take = take_seen},
    {"cvUseDays", DIR_OWN, .put = put_days, .take = take_days},
};
const struct dir_fields dir_usage_fields = {fields, CV_COUNT(fields), classes};

bool dir_unmap_usage(const struct dir_entry *entry, struct cv_arena *arena, struct dom_usage *out, struct cv_error *err)
{
    struct dom_usage usage = {0};

    if (!dir_fields_take(&dir_usage_fields, entry, arena, &usage, err))
        return false;
    *out = usage;
    return true;
}

bool dir_unmap_usage_feed(const struct dir_entry *entry, struct dom_usage_feed *out, struct cv_error *err)
{
    struct dom_usage_feed feed = {.system = dir_get_text(entry, "cn"),
                                  .data_from = dir_get_day(entry, "cvDataFrom"),
                                  .data_through = dir_get_day(entry, "cvDataThrough"),
                                  .received_at = dir_get_moment(entry, "cvReceivedAt")};

    if (!feed.system)
        return dir_unreadable(err, entry, "cn", "is missing");
    *out = feed;
    return true;
}
