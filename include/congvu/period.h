/* Reporting periods: months, quarters, half years, nine months and years, by the civil or the administrative calendar.
 *
 * Story of use. A parameter or a report names a period as text; the arithmetic of days is here and nowhere else:
 *
 *     struct dom_period p;
 *     if (!dom_period_parse("2026-Q4", DOM_CIVIL, &p)) ...
 *     dom_period_days(&p, &from, &to);                      // 2026-10-01 .. 2026-12-31
 *     dom_period_label(&p, CV_VI, text, sizeof text);       // "quý IV năm 2026"
 *
 * The administrative calendar closes on the 14th: its November is 15 October to 14 November, its year begins on
 * 15 December.
 *
 * Thread: pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "congvu/clock.h"
#include "congvu/error.h"

enum dom_calendar { DOM_CIVIL, DOM_ADMIN, DOM_CALENDARS };
extern const char *const dom_calendar_words[]; /* civil admin */
enum dom_period_kind { DOM_MONTH, DOM_QUARTER, DOM_HALF_YEAR, DOM_NINE_MONTHS, DOM_YEAR };
enum { DOM_PERIOD_KINDS = DOM_YEAR + 1 };
extern const char *const dom_period_kind_words[]; /* month quarter half_year nine_months year */
struct dom_period {
    enum dom_period_kind kind;
    enum dom_calendar calendar;
    int year, number; /* month 1-12, quarter 1-4, half 1-2, else 1 */
};
enum { DOM_PERIOD_TEXT = 16, DOM_PERIOD_LABEL = 64 };

/* "2026-11", "2026-Q4", "2026-H1", "2026-9M", "2026"; years 1900 to 2199. */
bool dom_period_parse(const char *text, enum dom_calendar calendar, struct dom_period *out);
const char *dom_period_text(const struct dom_period *p, char out[DOM_PERIOD_TEXT]); /* as parsed */
void dom_period_days(const struct dom_period *p, cv_day *out_from, cv_day *out_to); /* both included */
/* From the start of the calendar's year to the end of the period. */
void dom_period_cumulative(const struct dom_period *p, cv_day *out_from, cv_day *out_to);
/* The one before of the same kind: last month, last quarter ...; nine months: of the year before. */
struct dom_period dom_period_previous(const struct dom_period *p);
struct dom_period dom_period_following(const struct dom_period *p);
/* The last one of that kind which was over at the end of `day`. */
struct dom_period dom_period_over(enum dom_period_kind kind, enum dom_calendar calendar, cv_day day);
/* "tháng 11 năm 2026", "quý IV năm 2026", "6 tháng đầu năm 2026"; "November 2026", "quarter IV 2026". Holds
 * DOM_PERIOD_LABEL. */
const char *dom_period_label(const struct dom_period *p, enum cv_lang lang, char out[DOM_PERIOD_LABEL]);
