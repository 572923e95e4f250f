/* Which facts of a person a change touches. */
#include <string.h>

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

static bool same_leave(const struct dom_staff *a, const struct dom_staff *b)
{
    if (a->leave_count != b->leave_count)
        return false;
    for (size_t i = 0; i < a->leave_count; i++)
        if (a->leaves[i].kind != b->leaves[i].kind || a->leaves[i].from != b->leaves[i].from ||
            a->leaves[i].to != b->leaves[i].to)
            return false;
    return true;
}

/* ---- posts ---- */

struct look {
    cv_day day;
    bool titles; /* count too */
};

static bool alike(const struct dom_post *a, const struct dom_post *b, bool titles)
{
    return cv_id_equal(a->unit, b->unit) && a->kind == b->kind && a->primary == b->primary &&
           (!titles || cv_text_same(a->title, b->title));
}

/* Every post that `a` has on the day, `b` has too. */
static bool has_all(const struct dom_staff *a, const struct dom_staff *b, struct look look)
{
    for (size_t i = 0; i < a->post_count; i++) {
        bool found = !dom_post_in_force(&a->posts[i], look.day);
        for (size_t k = 0; k < b->post_count && !found; k++)
            found = dom_post_in_force(&b->posts[k], look.day) && alike(&a->posts[i], &b->posts[k], look.titles);
        if (!found)
            return false;
    }
    return true;
}

bool dom_posts_same_on(const struct dom_staff *a, const struct dom_staff *b, cv_day day, bool titles)
{
    const struct look look = {day, titles};
    return has_all(a, b, look) && has_all(b, a, look);
}

/* Posts change only on days on which one of them begins or ends. */
static bool same_at_turns(const struct dom_staff *a, const struct dom_staff *b, const struct dom_staff *turns,
                          cv_day since, bool titles)
{
    for (size_t i = 0; i < turns->post_count; i++) {
        const cv_day days[] = {turns->posts[i].from, turns->posts[i].to};
        for (size_t k = 0; k < CV_COUNT(days); k++)
            if (days[k] != CV_NO_DAY && days[k] > since && !dom_posts_same_on(a, b, days[k], titles))
                return false;
    }
    return true;
}

static bool same_posts(const struct dom_staff *a, const struct dom_staff *b, cv_day since, bool titles)
{
    return dom_posts_same_on(a, b, since, titles) && same_at_turns(a, b, a, since, titles) &&
           same_at_turns(a, b, b, since, titles);
}

uint32_t dom_facts_changed(const struct dom_staff *before, const struct dom_staff *after, cv_day since)
{
    bool same[DOM_FACTS];
    uint32_t changed = 0;
    bool posts = same_posts(before, after, since, false);
    same[DOM_FACT_NAME] = same_name(before, after);
    same[DOM_FACT_BIRTH_YEAR] = before->birth_year == after->birth_year;
    same[DOM_FACT_CATEGORY] = same_category(before, after);
    same[DOM_FACT_MOBILE] = cv_text_same(before->mobile, after->mobile);
    same[DOM_FACT_POSTS] = posts && before->hired_on == after->hired_on;
    same[DOM_FACT_TITLE] = !posts || same_posts(before, after, since, true);
    same[DOM_FACT_LEAVE] = same_leave(before, after);
    for (int i = 0; i < DOM_FACTS; i++)
        changed |= same[i] ? 0 : 1u << i;
    return changed;
}
