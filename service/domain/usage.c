/* Active days as bits of months. */
#include <string.h>

#include "congvu/system.h"
#include "congvu/usage.h"

/* Complete months before the current one whose days are kept. */
enum { MONTHS_BEFORE = DOM_USE_MONTHS_MAX - 1 };

struct dom_activity dom_activity_default(void)
{
    return (struct dom_activity){
        .regular_days = 4, .regular_of = 30, .stale_after = 3, .precision = DOM_BY_DAY, .version = 1};
}

static int32_t month_of(cv_day day, int *out_day)
{
    int year, month;

    cv_day_split(day, &year, &month, out_day);
    return year * 12 + month - 1;
}

static cv_day month_start(cv_day day)
{
    int of_month;

    month_of(day, &of_month);
    return day - of_month + 1;
}

cv_day dom_use_keep_from(cv_day today)
{
    cv_day start = month_start(today);

    for (int i = 0; i < MONTHS_BEFORE; i++)
        start = month_start(start - 1);
    return start;
}

struct dom_use *dom_use_of(const struct dom_usage *usage, const char *system)
{
    for (size_t i = 0; i < usage->use_count; i++)
        if (strcmp(usage->uses[i].system, system) == 0)
            return (struct dom_use *)&usage->uses[i];
    return NULL;
}

struct dom_use *dom_use_need(struct dom_usage *usage, const char *system)
{
    struct dom_use *use = dom_use_of(usage, system);

    if (use || usage->use_count == DOM_SYSTEMS_MAX)
        return use;
    use = &usage->uses[usage->use_count++];
    *use = (struct dom_use){.system = system, .last_on = CV_NO_DAY};
    return use;
}

/* The month's place, made when it is not there; NULL when there is no room. */
static struct dom_use_month *need_month(struct dom_use *use, int32_t month)
{
    size_t at = 0;

    while (at < use->month_count && use->months[at].month < month)
        at++;
    if (at < use->month_count && use->months[at].month == month)
        return &use->months[at];
    if (use->month_count == DOM_USE_MONTHS_MAX)
        return NULL;
    memmove(&use->months[at + 1], &use->months[at], (use->month_count - at) * sizeof(use->months[0]));
    use->months[at] = (struct dom_use_month){.month = month};
    use->month_count++;
    return &use->months[at];
}

bool dom_use_set(struct dom_use *use, cv_day day)
{
    int of_month;
    struct dom_use_month *month = need_month(use, month_of(day, &of_month));
    uint32_t bit = UINT32_C(1) << (of_month - 1);

    if (!month || (month->days & bit))
        return false;
    month->days |= bit;
    use->last_on = day > use->last_on ? day : use->last_on; /* CV_NO_DAY is below every day */
    return true;
}

int dom_use_merge(struct dom_use *into, const struct dom_use *from)
{
    int added = 0;

    for (size_t i = 0; i < from->month_count; i++) {
        struct dom_use_month *month = need_month(into, from->months[i].month);

        if (month) {
            added += __builtin_popcount(from->months[i].days & ~month->days);
            month->days |= from->months[i].days;
        }
    }
    into->last_on = from->last_on > into->last_on ? from->last_on : into->last_on;
    return added;
}

bool dom_use_fold(struct dom_use *use, cv_day today)
{
    int of_month;
    int32_t first = month_of(today, &of_month) - MONTHS_BEFORE;
    size_t gone = 0;

    while (gone < use->month_count && use->months[gone].month < first) {
        use->earlier_days += __builtin_popcount(use->months[gone].days);
        gone++;
    }
    use->month_count -= gone;
    memmove(use->months, &use->months[gone], use->month_count * sizeof(use->months[0]));
    return gone > 0;
}

int dom_use_count(const struct dom_use *use, cv_day from, cv_day to)
{
    int first_day, last_day, count = 0;

    if (from > to)
        return 0;
    int32_t first = month_of(from, &first_day), last = month_of(to, &last_day);

    for (size_t i = 0; i < use->month_count; i++) {
        int32_t month = use->months[i].month;
        uint32_t days = month < first || month > last ? 0 : use->months[i].days;

        days &= month == first ? UINT32_MAX << (first_day - 1) : UINT32_MAX;
        days &= month == last ? UINT32_MAX >> (32 - last_day) : UINT32_MAX;
        count += __builtin_popcount(days);
    }
    return count;
}
