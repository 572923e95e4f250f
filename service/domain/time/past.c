/* What held before: former values in a row, each until the first day on which it did not hold. */
#include <string.h>

#include "congvu/staff.h"

enum dom_category dom_category_on(const struct dom_staff *s, cv_day day)
{
    for (size_t i = 0; i < s->past_count; i++)
        if (day < s->past[i].to)
            return s->past[i].category;
    return s->category;
}

void dom_set_category(struct dom_staff *s, enum dom_category category, cv_day from, struct cv_arena *arena)
{
    enum dom_category before = dom_category_on(s, from - 1);
    struct dom_past_category *row = CV_NEWS(arena, struct dom_past_category, s->past_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < s->past_count && s->past[i].to < from; i++)
        row[count++] = s->past[i];
    if (before != category)
        row[count++] = (struct dom_past_category){.to = from, .category = before};
    size_t over = count > DOM_PAST_MAX ? count - DOM_PAST_MAX : 0;
    s->past = row + over;
    s->past_count = count - over;
    s->category = category;
}

cv_day dom_category_turns(const struct dom_staff *s, cv_day day)
{
    for (size_t i = 0; i < s->past_count; i++)
        if (s->past[i].to > day)
            return s->past[i].to;
    return CV_NO_DAY;
}
