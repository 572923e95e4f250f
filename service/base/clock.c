/* Days, moments, deadlines; the one zone of the administration. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unicode/ucal.h>

#include "base/inner.h"
#include "congvu/clock.h"
#include "congvu/lock.h"
#include "congvu/memory.h"

enum { DAY_S = 86400, SLOT_S = 900, CACHE = 256, ZONE_NAME_MAX = 64 };
enum { YEAR_MIN = 1900, YEAR_MAX = 2199 };

static struct cv_lock zone_lock = CV_LOCK_INITIALIZER(CV_RANK_ZONE);
static UCalendar *zone; /* under zone_lock */
static _Atomic int64_t wall_offset_s;

/* Offset of the zone by quarter of an hour, where it does not change within it. One word per slot, so a reader sees a
 * whole slot or an old one: slot number << 24 | offset + 2^23. Zero = empty. */
static _Atomic uint64_t cache[CACHE];

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool zone_open(const char *name, UCalendar **out)
{
    UChar id[ZONE_NAME_MAX], canonical[ZONE_NAME_MAX];
    UErrorCode status = U_ZERO_ERROR;
    size_t len = strlen(name);

    if (len == 0 || len >= ZONE_NAME_MAX)
        return false;
    for (size_t i = 0; i <= len; i++)
        id[i] = (unsigned char)name[i];
    ucal_getCanonicalTimeZoneID(id, (int32_t)len, canonical, ZONE_NAME_MAX, NULL, &status);
    if (U_FAILURE(status))
        return false;
    UCalendar *cal = ucal_open(id, (int32_t)len, "en_US_POSIX", UCAL_GREGORIAN, &status);

    if (U_FAILURE(status))
        return false;
    *out = cal;
    return true;
}

bool cv_clock_init(const char *zone_name, int64_t offset_s, struct cv_error *err)
{
    UCalendar *fresh = NULL;

#ifndef CONGVU_TEST_CLOCK
    if (offset_s != 0) {
        return cv_fail_as(err, CV_INVALID, "clock_offset", "Bản phát hành không cho đổi đồng hồ",
                          "clock_offset is accepted by test builds only");
    }
#endif
    if (!zone_open(zone_name, &fresh)) {
        return cv_fail_as(err, CV_INVALID, "time_zone", "Không có múi giờ \"%s\", ví dụ đúng: Asia/Ho_Chi_Minh",
                          "There is no time zone \"%s\"; a right one: Asia/Ho_Chi_Minh", zone_name);
    }
    cv_lock_take(&zone_lock);
    UCalendar *old = zone;
    zone = fresh;
    for (size_t i = 0; i < CACHE; i++)
        atomic_store_explicit(&cache[i], 0, memory_order_relaxed);
    cv_lock_give(&zone_lock);
    if (old)
        ucal_close(old);
    cv_clock_set_offset(offset_s);
    return true;
}

void cv_clock_set_offset(int64_t offset_s)
{
#ifdef CONGVU_TEST_CLOCK
    atomic_store(&wall_offset_s, offset_s);
#else
    (void)offset_s;
#endif
}

/* Under zone_lock. */
static int32_t ask_icu(cv_moment m)
{
    UErrorCode status = U_ZERO_ERROR;

    ucal_setMillis(zone, (double)m * 1000.0, &status);
    int32_t ms = ucal_get(zone, UCAL_ZONE_OFFSET, &status) + ucal_get(zone, UCAL_DST_OFFSET, &status);

    if (U_FAILURE(status))
        cv_die("ICU cannot tell the zone's offset");
    return ms / 1000;
}

static int32_t offset_at(cv_moment m)
{
    int64_t slot = floor_div(m, SLOT_S);
    _Atomic uint64_t *cell = &cache[(uint64_t)slot % CACHE];
    uint64_t seen = atomic_load_explicit(cell, memory_order_relaxed);

    if (seen != 0 && (int64_t)seen >> 24 == slot)
        return (int32_t)(seen & 0xFFFFFF) - (1 << 23);
    cv_lock_take(&zone_lock);
    if (!zone)
        cv_die("cv_clock_init() was not called");
    int32_t offset = ask_icu(m);

    if (ask_icu(slot * SLOT_S) == offset && ask_icu(slot * SLOT_S + SLOT_S - 1) == offset)
        atomic_store_explicit(cell, (uint64_t)slot << 24 | (uint64_t)(offset + (1 << 23)), memory_order_relaxed);
    cv_lock_give(&zone_lock);
    return offset;
}

cv_moment cv_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (cv_moment)ts.tv_sec + atomic_load_explicit(&wall_offset_s, memory_order_relaxed);
}

int64_t cv_now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return ((int64_t)ts.tv_sec + atomic_load_explicit(&wall_offset_s, memory_order_relaxed)) * 1000 +
           ts.tv_nsec / 1000000;
}

cv_day cv_today(void)
{
    return cv_day_of(cv_now());
}

/* Moments this far out are no dates of anything; keeps all arithmetic below in range. */
static bool sane(cv_moment m)
{
    return m > -(INT64_C(1) << 38) && m < (INT64_C(1) << 38);
}

cv_day cv_day_of(cv_moment m)
{
    return sane(m) ? (cv_day)floor_div(m + offset_at(m), DAY_S) : CV_NO_DAY;
}

/* First moment from `from` on with the offset that holds at `to`; exactly one change lies between. */
static cv_moment change_between(cv_moment from, cv_moment to)
{
    int32_t before = offset_at(from);

    while (to - from > 1) {
        cv_moment mid = from + (to - from) / 2;

        if (offset_at(mid) == before)
            from = mid;
        else
            to = mid;
    }
    return to;
}

/* Where summer time begins at midnight, the day starts at 01:00: that is its first moment. */
cv_moment cv_day_start(cv_day d)
{
    int64_t local = (int64_t)d * DAY_S;

    if (d == CV_NO_DAY || !sane(local))
        return CV_NO_MOMENT;
    int32_t before = offset_at(local - DAY_S), after = offset_at(local + DAY_S);

    if (before == after || offset_at(local - before) == before)
        return local - before;
    if (offset_at(local - after) == after)
        return local - after;
    return change_between(local - after, local - before);
}

int64_t cv_days_from_civil(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = floor_div(y, 400), yoe = y - era * 400;
    int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void cv_civil_from_days(int64_t days, int64_t *out_year, int *out_month, int *out_day)
{
    int64_t z = days + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

    *out_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *out_month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *out_year = yoe + era * 400 + (*out_month <= 2);
}

void cv_day_split(cv_day d, int *out_year, int *out_month, int *out_day)
{
    int64_t year;

    cv_civil_from_days(d, &year, out_month, out_day);
    *out_year = (int)year;
}

cv_day cv_day_join(int year, int month, int day)
{
    return (cv_day)cv_days_from_civil(year, month, day);
}

char *cv_put_digits(char *p, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        p[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return p + digits;
}

/* Texts exist for the years 0 to 9999; beyond that, and for "none", they are empty. */
static bool writable(int64_t days, int64_t *year, int *month, int *day)
{
    cv_civil_from_days(days, year, month, day);
    return *year >= 0 && *year <= 9999;
}

const char *cv_moment_rfc3339(cv_moment m, char out[CV_MOMENT_TEXT])
{
    int64_t year;
    int month, day;
    char *p = out;

    *p = '\0';
    if (!sane(m))
        return out;
    int32_t minutes = (int32_t)floor_div(offset_at(m), 60); /* RFC 3339 knows no seconds of offset */
    int64_t local = m + (int64_t)minutes * 60, days = floor_div(local, DAY_S), s = local - days * DAY_S;
    uint64_t off = (uint64_t)(minutes < 0 ? -minutes : minutes);

    if (!writable(days, &year, &month, &day))
        return out;
    p = cv_put_digits(p, (uint64_t)year, 4), *p++ = '-';
    p = cv_put_digits(p, (uint64_t)month, 2), *p++ = '-';
    p = cv_put_digits(p, (uint64_t)day, 2), *p++ = 'T';
    p = cv_put_digits(p, (uint64_t)(s / 3600), 2), *p++ = ':';
    p = cv_put_digits(p, (uint64_t)(s / 60 % 60), 2), *p++ = ':';
    p = cv_put_digits(p, (uint64_t)(s % 60), 2), *p++ = minutes < 0 ? '-' : '+';
    p = cv_put_digits(p, off / 60, 2), *p++ = ':';
    p = cv_put_digits(p, off % 60, 2), *p = '\0';
    return out;
}

const char *cv_moment_ldap(cv_moment m, char out[CV_MOMENT_TEXT])
{
    int64_t year;
    int month, day;
    char *p = out;

    *p = '\0';
    if (!sane(m))
        return out;
    int64_t days = floor_div(m, DAY_S), s = m - days * DAY_S;

    if (!writable(days, &year, &month, &day))
        return out;
    p = cv_put_digits(p, (uint64_t)year, 4);
    p = cv_put_digits(p, (uint64_t)month, 2);
    p = cv_put_digits(p, (uint64_t)day, 2);
    p = cv_put_digits(p, (uint64_t)(s / 3600), 2);
    p = cv_put_digits(p, (uint64_t)(s / 60 % 60), 2);
    p = cv_put_digits(p, (uint64_t)(s % 60), 2), *p++ = 'Z', *p = '\0';
    return out;
}

const char *cv_day_iso(cv_day d, char out[CV_DAY_TEXT])
{
    int64_t year;
    int month, day;
    char *p = out;

    *p = '\0';
    if (d != CV_NO_DAY && writable(d, &year, &month, &day)) {
        p = cv_put_digits(p, (uint64_t)year, 4), *p++ = '-';
        p = cv_put_digits(p, (uint64_t)month, 2), *p++ = '-';
        p = cv_put_digits(p, (uint64_t)day, 2), *p = '\0';
    }
    return out;
}

const char *cv_day_people(cv_day d, char out[CV_DAY_TEXT])
{
    int64_t year;
    int month, day;
    char *p = out;

    *p = '\0';
    if (d != CV_NO_DAY && writable(d, &year, &month, &day)) {
        p = cv_put_digits(p, (uint64_t)day, 2), *p++ = '/';
        p = cv_put_digits(p, (uint64_t)month, 2), *p++ = '/';
        p = cv_put_digits(p, (uint64_t)year, 4), *p = '\0';
    }
    return out;
}

const char *cv_day_words(cv_day d, char out[CV_DAY_WORDS])
{
    int64_t year;
    int month, day;
    *out = '\0';
    if (d != CV_NO_DAY && writable(d, &year, &month, &day))
        snprintf(out, CV_DAY_WORDS, month < 3 ? "ngày %02d tháng %02d năm %d" : "ngày %02d tháng %d năm %d", day, month,
                 (int)year);
    return out;
}

const char *cv_moment_people(cv_moment m, char out[CV_MOMENT_TEXT])
{
    char rfc[CV_MOMENT_TEXT], day[CV_DAY_TEXT];

    *out = '\0';
    if (*cv_moment_rfc3339(m, rfc) != '\0')
        snprintf(out, CV_MOMENT_TEXT, "%s %.5s", cv_day_people(cv_day_of(m), day), strchr(rfc, 'T') + 1);
    return out;
}

/* Takes `digits` digits; moves the cursor only past what it took. */
static bool take(const char **p, int digits, int *out)
{
    int value = 0;

    for (int i = 0; i < digits; i++) {
        char c = (*p)[i];

        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *p += digits;
    *out = value;
    return true;
}

static bool take_sign(const char **p, char sign)
{
    if (**p != sign)
        return false;
    (*p)++;
    return true;
}

static bool days_of(int year, int month, int day, int64_t *out)
{
    static const char length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (day > length[month - 1] + (month == 2 && leap))
        return false;
    *out = cv_days_from_civil(year, month, day);
    return true;
}

/* "2026-11-24" or "20261124". */
static bool take_date(const char **p, bool dashes, int64_t *out)
{
    int year, month, day;

    return take(p, 4, &year) && (!dashes || take_sign(p, '-')) && take(p, 2, &month) &&
           (!dashes || take_sign(p, '-')) && take(p, 2, &day) && days_of(year, month, day, out);
}

/* "07:05:00" or "070500". */
static bool take_time(const char **p, bool colons, int *out)
{
    int h, m, s;

    if (!(take(p, 2, &h) && (!colons || take_sign(p, ':')) && take(p, 2, &m) && (!colons || take_sign(p, ':')) &&
          take(p, 2, &s) && h < 24 && m < 60 && s < 60))
        return false;
    *out = h * 3600 + m * 60 + s;
    return true;
}

static bool skip_fraction(const char **p, bool comma)
{
    if (**p != '.' && !(comma && **p == ','))
        return true;
    (*p)++;
    if (**p < '0' || **p > '9')
        return false;
    while (**p >= '0' && **p <= '9')
        (*p)++;
    return true;
}

/* "Z", "+07:00" or "+0700", then the end. */
static bool take_offset(const char **p, bool colon, int *out)
{
    int h, m;
    char sign = **p;

    if (sign == 'Z' || (colon && sign == 'z')) {
        *out = 0;
        return (*p)[1] == '\0';
    }
    if (sign != '+' && sign != '-')
        return false;
    (*p)++;
    if (!(take(p, 2, &h) && (!colon || take_sign(p, ':')) && take(p, 2, &m) && h < 24 && m < 60 && **p == '\0'))
        return false;
    *out = (h * 3600 + m * 60) * (sign == '-' ? -1 : 1);
    return true;
}

bool cv_day_parse(const char *text, cv_day *out)
{
    const char *p = text;
    int64_t days;

    if (!take_date(&p, true, &days) || *p != '\0')
        return false;
    *out = (cv_day)days;
    return true;
}

bool cv_moment_parse_rfc3339(const char *text, cv_moment *out)
{
    const char *p = text;
    int64_t days;
    int seconds, offset;

    if (!take_date(&p, true, &days) || !(take_sign(&p, 'T') || take_sign(&p, 't')) || !take_time(&p, true, &seconds) ||
        !skip_fraction(&p, false) || !take_offset(&p, true, &offset))
        return false;
    *out = days * DAY_S + seconds - offset;
    return true;
}

bool cv_moment_parse_ldap(const char *text, cv_moment *out)
{
    const char *p = text;
    int64_t days;
    int seconds, offset;

    if (!take_date(&p, false, &days) || !take_time(&p, false, &seconds) || !skip_fraction(&p, true) ||
        !take_offset(&p, false, &offset))
        return false;
    *out = days * DAY_S + seconds - offset;
    return true;
}

int64_t cv_mono_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

struct cv_deadline cv_deadline_in_ms(int64_t ms)
{
    int64_t span, at;

    if (__builtin_mul_overflow(ms, INT64_C(1000000), &span) || __builtin_add_overflow(cv_mono_ns(), span, &at))
        at = ms < 0 ? 0 : INT64_MAX;
    return (struct cv_deadline){at};
}

struct timespec cv_timespec(struct cv_deadline d)
{
    return (struct timespec){.tv_sec = d.at_ns / 1000000000, .tv_nsec = d.at_ns % 1000000000};
}

int64_t cv_deadline_left_ms(struct cv_deadline d)
{
    int64_t now = cv_mono_ns();

    /* Rounded up, so that a caller who waits this long does not wake just before the deadline. */
    return d.at_ns <= now ? 0 : (d.at_ns - now - 1) / 1000000 + 1;
}

bool cv_deadline_passed(struct cv_deadline d)
{
    return d.at_ns <= cv_mono_ns();
}

struct cv_deadline cv_deadline_min(struct cv_deadline a, struct cv_deadline b)
{
    return a.at_ns <= b.at_ns ? a : b;
}
