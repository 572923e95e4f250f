/* Rules of systems as they were: required_for and what counts as regular use. */
#include <string.h>

#include "congvu/system.h"

bool dom_same_activity(const struct dom_activity *a, const struct dom_activity *b)
{
    return a->regular_days == b->regular_days && a->regular_of == b->regular_of && a->precision == b->precision &&
           a->reported == b->reported && a->stale_after == b->stale_after;
}

static bool same_line(const struct dom_required *x, const struct dom_required *y)
{
    if (x->blocks != y->blocks || x->unit_kinds != y->unit_kinds || x->categories != y->categories ||
        x->position_count != y->position_count)
        return false;
    for (size_t n = 0; n < x->position_count; n++)
        if (strcmp(x->positions[n], y->positions[n]) != 0)
            return false;
    return true;
}

bool dom_same_required(const struct dom_system *a, const struct dom_system *b)
{
    if (a->retired != b->retired || a->required_count != b->required_count)
        return false;
    for (size_t i = 0; i < a->required_count; i++)
        if (!same_line(&a->required[i], &b->required[i]))
            return false;
    return true;
}

/* A source that is told of late may tell of days before; only that it reports no more begins on a day. */
static bool reported_since(const struct dom_system *system, size_t row)
{
    bool reported = system->activity.reported;
    for (size_t i = row; i < system->past_count; i++)
        reported |= system->past[i].activity.reported;
    return reported;
}

const struct dom_system *dom_system_on(const struct dom_system *system, cv_day day, struct dom_system *space)
{
    size_t i = 0;
    while (i < system->past_count && system->past[i].to <= day)
        i++;
    if (i == system->past_count)
        return system;
    *space = *system;
    space->retired = system->past[i].retired;
    space->required = system->past[i].required;
    space->required_count = system->past[i].required_count;
    space->activity = system->past[i].activity;
    space->activity.reported = reported_since(system, i);
    return space;
}

/* What was corrected was never so. */
static void correct(const struct dom_system *before, struct dom_system *after)
{
    bool required = !dom_same_required(before, after), rule = !dom_same_activity(&before->activity, &after->activity);
    for (size_t i = 0; i < after->past_count; i++) {
        struct dom_past_rules *past = &after->past[i];
        if (required) {
            past->retired = after->retired;
            past->required = after->required;
            past->required_count = after->required_count;
        }
        if (rule)
            past->activity = after->activity;
    }
}

void dom_system_keep_past(const struct dom_system *before, struct dom_system *after, cv_day from,
                          struct cv_arena *arena)
{
    if (dom_same_required(before, after) && dom_same_activity(&before->activity, &after->activity))
        return;
    size_t count = before->past_count;
    after->past = CV_NEWS(arena, struct dom_past_rules, count + 1);
    if (count > 0)
        memcpy(after->past, before->past, count * sizeof(*after->past));
    if (from == CV_NO_DAY)
        correct(before, after);
    else if (count == 0 || after->past[count - 1].to < from)
        after->past[count++] = (struct dom_past_rules){.to = from,
                                                       .retired = before->retired,
                                                       .required = before->required,
                                                       .required_count = before->required_count,
                                                       .activity = before->activity};
    size_t over = count > DOM_PAST_MAX ? count - DOM_PAST_MAX : 0;
    after->past += over;
    after->past_count = count - over;
}
