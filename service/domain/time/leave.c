/* Leaves of one person: which one covers a day. */
#include "congvu/staff.h"

enum { LONG_LEAVE_DAYS = 30 };

static bool covers(const struct dom_leave *leave, cv_day day)
{
    return (leave->from == CV_NO_DAY || leave->from <= day) && (leave->to == CV_NO_DAY || day <= leave->to);
}

const struct dom_leave *dom_leave_on(const struct dom_staff *s, cv_day day)
{
    for (size_t i = 0; i < s->leave_count; i++)
        if (covers(&s->leaves[i], day))
            return &s->leaves[i];
    return NULL;
}

const struct dom_leave *dom_leave_shown(const struct dom_staff *s, cv_day day)
{
    for (size_t i = 0; i < s->leave_count; i++)
        if (s->leaves[i].to == CV_NO_DAY || day <= s->leaves[i].to)
            return &s->leaves[i];
    return NULL;
}

bool dom_leave_is_long(const struct dom_leave *leave)
{
    return leave->from == CV_NO_DAY || leave->to == CV_NO_DAY ||
           (int64_t)leave->to - leave->from + 1 >= LONG_LEAVE_DAYS;
}
