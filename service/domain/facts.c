/* Which facts of a person a change touches. */
#include "congvu/staff.h"
#include "congvu/text.h"

static bool same_name(const struct dom_staff *a, const struct dom_staff *b)
{
    return cv_text_same(a->full_name, b->full_name) && cv_text_same(a->family_name, b->family_name) &&
           cv_text_same(a->middle_name, b->middle_name) && cv_text_same(a->given_name, b->given_name);
}

static bool same_category(const struct dom_staff *a, const struct dom_staff *b)
{
    if (a->category != b->category || a->past_count != b->past_count)
        return false;
    for (size_t i = 0; i < a->past_count; i++)
        if (a->past[i].to != b->past[i].to || a->past[i].category != b->past[i].category)
            return false;
    return true;
}

/* Without a number there is none. */
static bool same_decision(const struct dom_decision *a, const struct dom_decision *b)
{
    return cv_text_same(a->number, b->number) &&
           (a->number == NULL || (a->signed_on == b->signed_on && a->effective_on == b->effective_on));
}

static bool same_leave(const struct dom_staff *a, const struct dom_staff *b)
{
    if (a->leave_count != b->leave_count)
        return false;
    for (size_t i = 0; i < a->leave_count; i++)
        if (a->leaves[i].kind != b->leaves[i].kind || a->leaves[i].from != b->leaves[i].from ||
            a->leaves[i].to != b->leaves[i].to || !same_decision(&a->leaves[i].decision, &b->leaves[i].decision))
            return false;
    return true;
}

/* ---- posts: on each day on which one of them begins or ends ---- */

enum { UNITS = 1, TITLES = 2, DECISIONS = 4 };

static bool alike(const struct dom_post *a, const struct dom_post *b, unsigned ways)
{
    return cv_id_equal(a->unit, b->unit) && a->kind == b->kind && a->primary == b->primary &&
           ((ways & TITLES) == 0 || cv_text_same(a->title, b->title)) &&
           ((ways & DECISIONS) == 0 || same_decision(&a->decision, &b->decision));
}

struct look {
    cv_day day;
    unsigned ways;
};

/* Every post that `a` has on the day, `b` has too. */
static bool has_all(const struct dom_staff *a, const struct dom_staff *b, struct look look)
{
    for (size_t i = 0; i < a->post_count; i++) {
        bool found = !dom_post_in_force(&a->posts[i], look.day);
        for (size_t k = 0; k < b->post_count && !found; k++)
            found = dom_post_in_force(&b->posts[k], look.day) && alike(&a->posts[i], &b->posts[k], look.ways);
        if (!found)
            return false;
    }
    return true;
}

static bool same(const struct dom_staff *a, const struct dom_staff *b, cv_day day, unsigned ways)
{
    const struct look look = {day, ways};
    return has_all(a, b, look) && has_all(b, a, look);
}

bool dom_posts_same_on(const struct dom_staff *a, const struct dom_staff *b, cv_day day)
{
    return same(a, b, day, UNITS);
}

/* The first way in which they differ: another title comes with a decision of its own. */
static unsigned differ_on(const struct dom_staff *a, const struct dom_staff *b, cv_day day)
{
    if (!same(a, b, day, UNITS))
        return UNITS;
    if (!same(a, b, day, UNITS | TITLES))
        return TITLES;
    return same(a, b, day, UNITS | TITLES | DECISIONS) ? 0 : DECISIONS;
}

static unsigned differ_at_turns(const struct dom_staff *a, const struct dom_staff *b, const struct dom_staff *turns,
                                cv_day since)
{
    unsigned ways = 0;
    for (size_t i = 0; i < turns->post_count; i++) {
        const cv_day days[] = {turns->posts[i].from, turns->posts[i].to};
        for (size_t k = 0; k < CV_COUNT(days); k++)
            if (days[k] != CV_NO_DAY && days[k] > since)
                ways |= differ_on(a, b, days[k]);
    }
    return ways;
}

static unsigned posts_differ(const struct dom_staff *a, const struct dom_staff *b, cv_day since)
{
    return differ_on(a, b, since) | differ_at_turns(a, b, a, since) | differ_at_turns(a, b, b, since);
}

uint32_t dom_facts_changed(const struct dom_staff *before, const struct dom_staff *after, cv_day since)
{
    bool kept[DOM_FACTS];
    uint32_t changed = 0;
    unsigned posts = posts_differ(before, after, since);
    kept[DOM_FACT_NAME] = same_name(before, after);
    kept[DOM_FACT_BIRTH_YEAR] = before->birth_year == after->birth_year;
    kept[DOM_FACT_CATEGORY] = same_category(before, after);
    kept[DOM_FACT_MOBILE] = cv_text_same(before->mobile, after->mobile);
    kept[DOM_FACT_POSTS] = (posts & (UNITS | DECISIONS)) == 0 && before->hired_on == after->hired_on;
    kept[DOM_FACT_TITLE] = (posts & UNITS) != 0 || (posts & TITLES) == 0;
    kept[DOM_FACT_LEAVE] = same_leave(before, after);
    for (int i = 0; i < DOM_FACTS; i++)
        changed |= kept[i] ? 0 : 1u << i;
    return changed;
}
