/* From which day on a change makes the past another one. */
#include "congvu/staff.h"

static bool away(const struct dom_staff *s, cv_day day)
{
    const struct dom_leave *leave = dom_leave_on(s, day);
    return leave && dom_leave_is_long(leave);
}

static bool accounts_alike(const struct dom_staff *a, const struct dom_staff *b, cv_day day)
{
    for (size_t i = 0; i < b->account_count; i++) {
        const struct dom_account *was = dom_account_of(a, b->accounts[i].system);
        enum dom_stand stood = DOM_STOOD_ISSUED, stands = DOM_STOOD_ISSUED;
        bool had = was && dom_stood_on(was, day, &stood), has = dom_stood_on(&b->accounts[i], day, &stands);
        if (had != has || (has && stood != stands))
            return false;
    }
    return true;
}

/* What figures count of him. */
static bool stands_alike(const struct dom_staff *a, const struct dom_staff *b, cv_day day)
{
    bool was = dom_recorded_on(a, day), is = dom_recorded_on(b, day);
    if (!was || !is)
        return was == is;
    return dom_category_on(a, day) == dom_category_on(b, day) && away(a, day) == away(b, day) &&
           dom_posts_same_on(a, b, day) && accounts_alike(a, b, day);
}

/* ---- the days on which anything turns ---- */
struct search {
    const struct dom_staff *before, *after;
    cv_day today, found;
};

static void look_at(struct search *s, cv_day day)
{
    if (day != CV_NO_DAY && day < s->today && (s->found == CV_NO_DAY || day < s->found) &&
        !stands_alike(s->before, s->after, day))
        s->found = day;
}

static void look_at_account(struct search *s, const struct dom_account *of)
{
    if (of->issued_on != 0)
        look_at(s, of->issued_on);
    if (of->since != CV_NO_MOMENT)
        look_at(s, cv_day_of(of->since));
    for (size_t i = 0; i < of->span_count; i++) {
        look_at(s, of->spans[i].from);
        look_at(s, of->spans[i].to);
    }
}

static void look_at_turns(struct search *s, const struct dom_staff *of)
{
    const struct dom_departure *gone = dom_current_departure(of);
    look_at(s, of->hired_on);
    if (gone)
        look_at(s, gone->effective_on);
    for (size_t i = 0; i < of->post_count; i++) {
        look_at(s, of->posts[i].from);
        look_at(s, of->posts[i].to);
    }
    for (size_t i = 0; i < of->past_count; i++)
        look_at(s, of->past[i].to);
    for (size_t i = 0; i < of->account_count; i++)
        look_at_account(s, &of->accounts[i]);
    for (size_t i = 0; i < of->leave_count; i++) {
        look_at(s, of->leaves[i].from);
        if (of->leaves[i].to != CV_NO_DAY)
            look_at(s, of->leaves[i].to + 1);
    }
}

cv_day dom_touches_from(const struct dom_staff *before, const struct dom_staff *after, cv_day today)
{
    struct search s = {before, after, today, CV_NO_DAY};
    look_at_turns(&s, before);
    look_at_turns(&s, after);
    return s.found;
}
