/* Calendar arithmetic of reporting periods. */
#include <stdio.h>
#include <string.h>

#include "congvu/memory.h"
#include "congvu/period.h"

enum { ADMIN_FIRST_DAY = 15, YEAR_MIN = 1900, YEAR_MAX = 2199 };

const char *const dom_calendar_words[] = {"civil", "admin", NULL};
const char *const dom_period_kind_words[] = {"month", "quarter", "half_year", "nine_months", "year", NULL};
_Static_assert(CV_COUNT(dom_period_kind_words) == DOM_PERIOD_KINDS + 1, "dom_period_kind_words differs from its enum");

static const struct {
    int months, numbers;
} shape[] = {[DOM_MONTH] = {1, 12},
             [DOM_QUARTER] = {3, 4},
             [DOM_HALF_YEAR] = {6, 2},
             [DOM_NINE_MONTHS] = {9, 1},
             [DOM_YEAR] = {12, 1}};

/* ---- texts ---- */
static bool digits(const char *text, size_t count, int *out)
{
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

/* What follows the year: "", "-11", "-Q4", "-H1", "-9M". */
static bool parse_rest(const char *rest, struct dom_period *out)
{
    size_t len = strlen(rest);
    out->kind = DOM_YEAR;
    out->number = 1;
    if (len == 0)
        return true;
    if (len != 3 || rest[0] != '-')
        return false;
    if (strcmp(rest, "-9M") == 0) {
        out->kind = DOM_NINE_MONTHS;
        return true;
    }
    bool lettered = rest[1] == 'Q' || rest[1] == 'H';
    out->kind = rest[1] == 'Q' ? DOM_QUARTER : rest[1] == 'H' ? DOM_HALF_YEAR : DOM_MONTH;
    return digits(rest + (lettered ? 2 : 1), lettered ? 1 : 2, &out->number) && out->number >= 1 &&
           out->number <= shape[out->kind].numbers;
}

bool dom_period_parse(const char *text, enum dom_calendar calendar, struct dom_period *out)
{
    struct dom_period p = {.calendar = calendar};
    if (strlen(text) < 4 || !digits(text, 4, &p.year) || p.year < YEAR_MIN || p.year > YEAR_MAX ||
        !parse_rest(text + 4, &p))
        return false;
    *out = p;
    return true;
}

const char *dom_period_text(const struct dom_period *p, char out[DOM_PERIOD_TEXT])
{
    static const char *const letters[] = {[DOM_QUARTER] = "Q", [DOM_HALF_YEAR] = "H"};
    if (p->kind == DOM_YEAR)
        snprintf(out, DOM_PERIOD_TEXT, "%04d", p->year);
    else if (p->kind == DOM_NINE_MONTHS)
        snprintf(out, DOM_PERIOD_TEXT, "%04d-9M", p->year);
    else if (p->kind == DOM_MONTH)
        snprintf(out, DOM_PERIOD_TEXT, "%04d-%02d", p->year, p->number);
    else
        snprintf(out, DOM_PERIOD_TEXT, "%04d-%s%d", p->year, letters[p->kind], p->number);
    return out;
}

const char *dom_period_label(const struct dom_period *p, enum cv_lang lang, char out[DOM_PERIOD_LABEL])
{
    static const char *const roman[] = {"I", "II", "III", "IV"};
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    bool vi = lang == CV_VI;
    switch (p->kind) {
    case DOM_MONTH:
        if (vi)
            snprintf(out, DOM_PERIOD_LABEL, "tháng %d năm %d", p->number, p->year);
        else
            snprintf(out, DOM_PERIOD_LABEL, "%s %d", months[p->number - 1], p->year);
        break;
    case DOM_QUARTER:
        snprintf(out, DOM_PERIOD_LABEL, vi ? "quý %s năm %d" : "quarter %s %d", roman[p->number - 1], p->year);
        break;
    case DOM_HALF_YEAR:
        if (vi)
            snprintf(out, DOM_PERIOD_LABEL, "6 tháng %s năm %d", p->number == 1 ? "đầu" : "cuối", p->year);
        else
            snprintf(out, DOM_PERIOD_LABEL, "%s half of %d", p->number == 1 ? "first" : "second", p->year);
        break;
    case DOM_NINE_MONTHS:
        snprintf(out, DOM_PERIOD_LABEL, vi ? "9 tháng đầu năm %d" : "first nine months of %d", p->year);
        break;
    case DOM_YEAR:
        snprintf(out, DOM_PERIOD_LABEL, vi ? "năm %d" : "year %d", p->year);
        break;
    }
    return out;
}

/* ---- days ---- */
/* The first day of the calendar's month `months` months after January of the year (may be 12 and more). */
static cv_day start_of(enum dom_calendar calendar, int year, int months)
{
    int at = year * 12 + months - (calendar == DOM_ADMIN);
    return cv_day_join(at / 12, at % 12 + 1, calendar == DOM_ADMIN ? ADMIN_FIRST_DAY : 1);
}

void dom_period_days(const struct dom_period *p, cv_day *out_from, cv_day *out_to)
{
    int months = shape[p->kind].months, first = (p->number - 1) * months;
    *out_from = start_of(p->calendar, p->year, first);
    *out_to = start_of(p->calendar, p->year, first + months) - 1;
}

void dom_period_cumulative(const struct dom_period *p, cv_day *out_from, cv_day *out_to)
{
    dom_period_days(p, out_from, out_to);
    *out_from = start_of(p->calendar, p->year, 0);
}

struct dom_period dom_period_previous(const struct dom_period *p)
{
    struct dom_period before = *p;
    if (--before.number > 0)
        return before;
    before.year--;
    before.number = shape[p->kind].numbers;
    return before;
}

struct dom_period dom_period_following(const struct dom_period *p)
{
    struct dom_period out = *p;
    if (++out.number > shape[p->kind].numbers) {
        out.number = 1;
        out.year++;
    }
    return out;
}

struct dom_period dom_period_over(enum dom_period_kind kind, enum dom_calendar calendar, cv_day day)
{
    int year, month, of_month;
    cv_day from, to;
    cv_day_split(day, &year, &month, &of_month);
    struct dom_period p = {kind, calendar, year + 1, shape[kind].numbers};
    for (dom_period_days(&p, &from, &to); to > day; dom_period_days(&p, &from, &to))
        p = dom_period_previous(&p);
    return p;
}
