/* Office hours: how long somebody could have looked. */
#include "congvu/brake.h"
#include "congvu/clock.h"

enum { MINUTE_S = 60, WEEK = 7, SATURDAY = 5, EPOCH_WEEKDAY = 3 /* a Thursday; 0 = Monday */ };

static const struct {
    int from, to; /* minutes of the day */
} shifts[] = {{7 * 60 + 30, 11 * 60 + 30}, {13 * 60 + 30, 17 * 60}};

static int64_t overlap(cv_moment a, cv_moment b, cv_moment from, cv_moment to)
{
    cv_moment begin = a > from ? a : from, end = b < to ? b : to;
    return end > begin ? end - begin : 0;
}

bool dom_is_weekend(cv_day day)
{
    return (day + EPOCH_WEEKDAY) % WEEK >= SATURDAY;
}

int64_t dom_working_seconds(cv_moment from, cv_moment to)
{
    int64_t worked = 0;
    for (cv_day d = cv_day_of(from); from < to && d <= cv_day_of(to); d++) {
        if (dom_is_weekend(d))
            continue;
        for (size_t i = 0; i < CV_COUNT(shifts); i++)
            worked += overlap(from, to, cv_day_start(d) + (cv_moment)shifts[i].from * MINUTE_S,
                              cv_day_start(d) + (cv_moment)shifts[i].to * MINUTE_S);
    }
    return worked;
}
