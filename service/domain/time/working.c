/* Days on which offices work, and their hours: how long somebody could have looked. */
#include <string.h>

#include "congvu/clock.h"
#include "congvu/json.h"
#include "congvu/unit.h"
#include "congvu/working.h"

enum { MINUTE_S = 60, WEEK = 7, SATURDAY = 5, EPOCH_WEEKDAY = 3 /* a Thursday; 0 = Monday */ };
enum { CALENDAR_ARENA = 1 << 20, DAYS_MAX = 400, YEARS_MAX = 40, CLOSED_MAX = 100, TEXT_MAX = 500 };

/* ---- the calendar ---- read once, before threads are there */
static struct {
    cv_day off[DAYS_MAX], work[DAYS_MAX];
    size_t off_count, work_count;
    struct closed {
        uint32_t unit_kinds;
        cv_day from, to; /* the last day */
    } closed[CLOSED_MAX];
    size_t closed_count;
} calendar;

static void read_days(const struct cv_jin *year, const char *name, cv_day *days, size_t *io_count)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(year, name, CV_OPTIONAL, DAYS_MAX, &list) != CV_VALUE)
        return;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const struct cv_jin *o = cv_jin_item(list, i);
        const char *text = NULL;
        cv_day day = CV_NO_DAY;
        if (o == NULL)
            continue;
        cv_jin_day(o, "on", CV_REQUIRED, &day);
        cv_jin_string(o, "name", CV_REQUIRED, TEXT_MAX, &text);
        cv_jin_done(o);
        if (day != CV_NO_DAY && *io_count < DAYS_MAX)
            days[(*io_count)++] = day;
    }
}

static void read_year(const struct cv_jin *o)
{
    const char *text = NULL;
    int64_t year = 0;
    bool decided;
    cv_jin_int(o, "year", CV_REQUIRED, 1990, 2200, &year);
    cv_jin_bool(o, "decided", CV_REQUIRED, &decided);
    cv_jin_string(o, "source", CV_REQUIRED, TEXT_MAX, &text);
    cv_jin_string(o, "not_known", CV_OPTIONAL, TEXT_MAX, &text);
    read_days(o, "off", calendar.off, &calendar.off_count);
    read_days(o, "work", calendar.work, &calendar.work_count);
    cv_jin_done(o);
}

static void read_closed(const struct cv_jin *o)
{
    struct closed c = {.from = CV_NO_DAY, .to = CV_NO_DAY};
    const char *text = NULL;
    cv_jin_words(o, "unit_kinds", CV_REQUIRED, dom_unit_kind_words, &c.unit_kinds);
    cv_jin_day(o, "from", CV_REQUIRED, &c.from);
    cv_jin_day(o, "to", CV_REQUIRED, &c.to);
    cv_jin_string(o, "name", CV_REQUIRED, TEXT_MAX, &text);
    cv_jin_string(o, "source", CV_REQUIRED, TEXT_MAX, &text);
    cv_jin_done(o);
    if (c.from != CV_NO_DAY && c.to != CV_NO_DAY)
        calendar.closed[calendar.closed_count++] = c;
}

bool dom_calendar_load(const char *json, size_t len, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(CALENDAR_ARENA);
    const struct cv_jin_list *years = NULL, *closed = NULL;
    struct cv_faults faults;
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    cv_faults_init(&faults, arena);
    const struct cv_jin *root = cv_json_parse(arena, &faults, json, len, err);
    if (root == NULL)
        return false;
    memset(&calendar, 0, sizeof calendar);
    cv_jin_array(root, "years", CV_REQUIRED, YEARS_MAX, &years);
    for (size_t i = 0; years != NULL && i < cv_jin_count(years); i++)
        if (cv_jin_item(years, i) != NULL)
            read_year(cv_jin_item(years, i));
    cv_jin_array(root, "closed", CV_OPTIONAL, CLOSED_MAX, &closed);
    for (size_t i = 0; closed != NULL && i < cv_jin_count(closed); i++)
        if (cv_jin_item(closed, i) != NULL)
            read_closed(cv_jin_item(closed, i));
    cv_jin_done(root);
    return cv_faults_check(&faults, cvp_validation_failed, err);
}

static bool among(const cv_day *days, size_t count, cv_day day)
{
    for (size_t i = 0; i < count; i++)
        if (days[i] == day)
            return true;
    return false;
}

bool dom_working_day(cv_day day)
{
    if (among(calendar.work, calendar.work_count, day))
        return true;
    return (day + EPOCH_WEEKDAY) % WEEK < SATURDAY && !among(calendar.off, calendar.off_count, day);
}

bool dom_working_day_of(uint32_t unit_kinds, cv_day day)
{
    uint32_t working = unit_kinds;
    for (size_t i = 0; i < calendar.closed_count; i++) {
        const struct closed *c = &calendar.closed[i];
        if (c->from <= day && day <= c->to)
            working &= ~c->unit_kinds;
    }
    return dom_working_day(day) && (unit_kinds == 0 || working != 0);
}

cv_day dom_working_due(cv_day from, int days)
{
    cv_day due = from;
    while (days > 0)
        days -= dom_working_day(++due);
    return due;
}

/* ---- hours ---- */

static const struct {
    int from, to; /* minutes of the day */
} shifts[] = {{7 * 60 + 30, 11 * 60 + 30}, {13 * 60 + 30, 17 * 60}};

static int64_t overlap(cv_moment a, cv_moment b, cv_moment from, cv_moment to)
{
    cv_moment begin = a > from ? a : from, end = b < to ? b : to;
    return end > begin ? end - begin : 0;
}

int64_t dom_working_seconds(cv_moment from, cv_moment to)
{
    int64_t worked = 0;
    for (cv_day d = cv_day_of(from); from < to && d <= cv_day_of(to); d++) {
        if (!dom_working_day(d))
            continue;
        for (size_t i = 0; i < CV_COUNT(shifts); i++)
            worked += overlap(from, to, cv_day_start(d) + (cv_moment)shifts[i].from * MINUTE_S,
                              cv_day_start(d) + (cv_moment)shifts[i].to * MINUTE_S);
    }
    return worked;
}
