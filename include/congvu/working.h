/* Working days: Monday to Friday, but for holidays and days that were swapped, which are data
 * (deploy/policies/holidays-vn.json).
 *
 * Story of use. The calendar is loaded once at the start, before there are threads; without one every Monday to Friday
 * is a working day, and so it is in years that the calendar does not tell.
 *
 * Thread: dom_calendar_load() before all others; then pure. */
#pragma once

#include <stdint.h>

#include "congvu/clock.h"
#include "congvu/error.h"

/* {"years": [{"year", "decided", "source", "not_known"?, "off": [{"on", "name"}], "work": [...]}], "closed"?:
 * [{"unit_kinds", "from", "to", "name", "source"}]}; what was there before goes. `closed` are days on which units of
 * some kinds do not work though others do, the summer of schools above all. Fails with all that cannot be read
 * (validation_failed). */
bool dom_calendar_load(const char *json, size_t len, struct cv_error *err);
bool dom_working_day(cv_day day);
/* Is it one for any of these kinds of units (bits of enum dom_unit_kind; 0 = all)? */
bool dom_working_day_of(uint32_t unit_kinds, cv_day day);
/* The last day on which what was asked on `from` is in time: `days` working days later. */
cv_day dom_working_due(cv_day from, int days);
/* Office hours (7:30 to 11:30, 13:30 to 17:00 on working days) within these moments, in seconds. */
int64_t dom_working_seconds(cv_moment from, cv_moment to);
