/* How far back use and dated facts are told. */
#include "view/store/view.h"

void view_keep_activity(struct view *v, int days)
{
    v->kept_days = days;
}

void view_keep_dated(struct view *v, int months)
{
    enum { MONTH_DAYS = 31 };
    v->dated_days = months * MONTH_DAYS;
}

void view_date_since(struct view *v, cv_day day)
{
    v->dated_since = day;
}

cv_day view_dated_since(const struct view *v)
{
    return v->dated_since;
}

cv_day view_activity_from(const struct view *v)
{
    return atomic_load(&v->day) - v->kept_days + 1;
}

cv_day view_dated_from(const struct view *v)
{
    return atomic_load(&v->day) - v->dated_days + 1;
}

/* People are those of the last day, and whoever is counted until today is there today. */
bool view_tells_of(const struct view *v, struct view_window window)
{
    cv_day use = view_activity_from(v), dated = view_dated_from(v), today = atomic_load(&v->day);
    return window.from <= window.to && window.to <= today && (window.from >= dated || window.from >= use) &&
           (window.to >= dated || window.to == today);
}
