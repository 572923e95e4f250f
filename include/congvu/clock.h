/* Time: one wall clock, calendar days of the site, and monotonic deadlines.
 *
 * Story of use. main calls cv_clock_init() once with the site's time zone. Domain code asks cv_now() for the moment
 * (UTC seconds) and cv_today() for the calendar day at the site; a request carries a cv_deadline that bounds every wait
 * and is never moved by the wall clock. Moments are answered as RFC 3339 with the site's offset, stored as
 * generalizedTime in UTC (RFC 4517).
 *
 * Thread: all functions may be called from any thread after cv_clock_init(). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "congvu/error.h"

typedef int64_t cv_moment; /* seconds since 1970-01-01T00:00:00Z; CV_NO_MOMENT = none */
typedef int32_t cv_day;    /* days since 1970-01-01 in the site's calendar; CV_NO_DAY = none */
#define CV_NO_MOMENT INT64_MIN
#define CV_NO_DAY    INT32_MIN

/* Looks the zone up in ICU's own data (no tzdata package needed). Fails on an unknown zone name. `offset_s` moves wall
 * time for tests (builds with CONGVU_TEST_CLOCK only; otherwise it must be 0). */
bool cv_clock_init(const char *zone, int64_t offset_s, struct cv_error *err);
/* The clock_offset of a running test build can be changed; no-op in release builds. Deadlines never move. */
void cv_clock_set_offset(int64_t offset_s);

/* ---- is it to be believed? ----
 * The clockwork looks before each round: the wall clock is held against one that cannot be set, and at the start
 * against the newest write of the directory. Off by more than a day, while the kernel does not call the clock
 * synchronised (adjtimex(2)), it is not believed, until it is synchronised or right, or somebody confirms it. A machine
 * that was merely off has a synchronised clock. Thread: the clockwork's, after one call at the start. */
/* `newest`: of the last write, or CV_NO_MOMENT. Without a time service, or where the kernel may not be asked, only
 * jumps count: false. */
bool cv_clock_watch(cv_moment newest, bool time_service);
int64_t cv_clock_look(void); /* how far ahead, in seconds, below 0 = behind; 0 = believed */
int64_t cv_clock_off(void);  /* what the last look found; any thread */
void cv_clock_confirm(void);
/* Test builds: "SECONDS" or "SECONDS unsynchronised" in a file moves wall time, no file is 0. False in other builds,
 * unless the path is empty. */
bool cv_clock_follow(const char *path);

cv_moment cv_now(void);
int64_t cv_now_ms(void); /* the same moment, finer: for an order, not for days */
cv_day cv_today(void);
cv_day cv_day_of(cv_moment m);    /* the site's calendar day */
cv_moment cv_day_start(cv_day d); /* 00:00 at the site */

/* Texts. Buffers: CV_MOMENT_TEXT and CV_DAY_TEXT bytes suffice; each returns `out`. */
enum { CV_MOMENT_TEXT = 40, CV_DAY_TEXT = 16 };
const char *cv_moment_rfc3339(cv_moment m, char out[CV_MOMENT_TEXT]); /* 2026-11-24T07:05:00+07:00 */
const char *cv_moment_ldap(cv_moment m, char out[CV_MOMENT_TEXT]);    /* 20261124000500Z */
const char *cv_moment_people(cv_moment m, char out[CV_MOMENT_TEXT]);  /* 24/11/2026 07:05 at the site */
const char *cv_day_iso(cv_day d, char out[CV_DAY_TEXT]);              /* 2026-11-24 */
const char *cv_day_people(cv_day d, char out[CV_DAY_TEXT]);           /* 24/11/2026 */
/* Of the head of a paper, by Decree 30/2020: "ngày 05 tháng 9 năm 2026", days below 10 and the months 1 and 2 with a
 * zero. */
enum { CV_DAY_WORDS = 64 };
const char *cv_day_words(cv_day d, char out[CV_DAY_WORDS]);
/* Strict: false on anything else, on impossible dates, and outside the years 1900-2199. */
bool cv_day_parse(const char *text, cv_day *out);
bool cv_moment_parse_rfc3339(const char *text, cv_moment *out); /* offset obligatory */
bool cv_moment_parse_ldap(const char *text, cv_moment *out);    /* fraction allowed and dropped */
void cv_day_split(cv_day d, int *out_year, int *out_month, int *out_day);
cv_day cv_day_join(int year, int month, int day); /* of a date that exists */

/* Monotonic deadlines, nanoseconds of CLOCK_MONOTONIC. */
struct cv_deadline {
    int64_t at_ns;
};
int64_t cv_mono_ns(void);
struct cv_deadline cv_deadline_in_ms(int64_t ms);
/* For a timed wait on what cv_cond_init() made (lock.h). */
struct timespec cv_timespec(struct cv_deadline d);
/* Milliseconds left, never below 0. */
int64_t cv_deadline_left_ms(struct cv_deadline d);
bool cv_deadline_passed(struct cv_deadline d);
/* The earlier of the two. */
struct cv_deadline cv_deadline_min(struct cv_deadline a, struct cv_deadline b);
