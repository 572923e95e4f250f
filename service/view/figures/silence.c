/* A source that has fallen silent: it says that its data are complete, but working days go by without any use. */
#include <string.h>

#include "congvu/working.h"
#include "view/figures/figures.h"

enum {
    QUIET_LEAST = 2,  /* whole working days without any use */
    LOOK_BACK = 60,   /* days in which there must have been some */
    BEFORE_MOST = 10, /* working days before the silence that are looked at ... */
    BEFORE_LEAST = 3, /* ... at least ... */
    USED_OF = 5,
    USED = 4 /* ... of which four in five had some use */
};

static bool seen_on(const struct system *s, cv_day day)
{
    unsigned at = (unsigned)day % VIEW_SEEN_DAYS;
    return s->seen[at / 8] >> at % 8 & 1;
}

void view_seen_add(struct system *s, const struct dom_active *days)
{
    unsigned at = (unsigned)days->first % VIEW_SEEN_DAYS, shift = at % 8;
    for (size_t i = 0; i < days->len; i++) {
        unsigned bits = (unsigned)days->bits[i] << shift;
        s->seen[(at / 8 + i) % sizeof s->seen] |= (uint8_t)bits;
        s->seen[(at / 8 + i + 1) % sizeof s->seen] |= (uint8_t)(bits >> 8);
    }
}

bool view_seen_has(const struct system *s, const struct dom_active *days)
{
    for (size_t i = 0; i < days->len; i++)
        for (unsigned bit = 0; bit < 8; bit++)
            if (days->bits[i] >> bit & 1 && !seen_on(s, days->first + (cv_day)(8 * i + bit)))
                return false;
    return true;
}

void view_seen_roll(struct view *v, cv_day was, cv_day today)
{
    for (cv_day day = was + 1; day <= today; day++) {
        unsigned at = (unsigned)day % VIEW_SEEN_DAYS;
        for (unsigned s = 0; s < v->system_count; s++)
            v->systems[s].seen[at / 8] &= (uint8_t) ~(1u << at % 8);
    }
}

/* Was there some use on nearly all working days until this one? */
static bool lively(const struct system *s, uint32_t kinds, cv_day last)
{
    int days = 0, used = 0;
    for (cv_day day = last; day > last - LOOK_BACK && days < BEFORE_MOST; day--) {
        if (s->data_from != CV_NO_DAY && day < s->data_from)
            break;
        if (!dom_working_day_of(kinds, day))
            continue;
        days++;
        used += seen_on(s, day);
    }
    return days >= BEFORE_LEAST && used * USED_OF >= days * USED;
}

cv_day view_quiet_since(const struct system *s, cv_day through)
{
    struct dom_system space;
    uint32_t kinds = dom_required_kinds(dom_system_on(&s->s, through, &space)); /* who would use it */
    int quiet = 0;
    cv_day day = through, first = CV_NO_DAY;
    for (; day > through - LOOK_BACK && !seen_on(s, day); day--)
        if (dom_working_day_of(kinds, day)) {
            first = day;
            quiet++;
        }
    bool silent = quiet >= QUIET_LEAST && seen_on(s, day) && lively(s, kinds, day);
    return silent ? first : CV_NO_DAY;
}
