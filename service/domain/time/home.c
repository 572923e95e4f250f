/* Where somebody belongs on a day: primary posts in a row, of which one is in force. */
#include "congvu/staff.h"

bool dom_home_nearer(cv_day a_from, cv_day a_to, cv_day b_from, cv_day b_to, cv_day day)
{
    bool a_ended = a_to != CV_NO_DAY && a_to <= day, b_ended = b_to != CV_NO_DAY && b_to <= day;
    if (a_ended != b_ended)
        return a_ended;
    return a_ended ? a_to > b_to : a_from < b_from;
}

const struct dom_post *dom_home_on(const struct dom_staff *s, cv_day day)
{
    const struct dom_post *found = NULL;
    for (size_t i = 0; i < s->post_count; i++) {
        const struct dom_post *post = &s->posts[i];
        if (!post->primary)
            continue;
        if (dom_post_in_force(post, day))
            return post;
        if (found == NULL || dom_home_nearer(post->from, post->to, found->from, found->to, day))
            found = post;
    }
    return found;
}

bool dom_post_counts(const struct dom_staff *s, const struct dom_post *post, cv_day day)
{
    return dom_post_in_force(post, day) || post == dom_home_on(s, day);
}

const struct dom_post *dom_next_home(const struct dom_staff *s, cv_day day)
{
    const struct dom_post *home = dom_home_on(s, day), *next = NULL;
    for (size_t i = 0; i < s->post_count; i++) {
        const struct dom_post *post = &s->posts[i];
        if (post->primary && post != home && post->from != CV_NO_DAY && post->from > day &&
            (next == NULL || post->from < next->from))
            next = post;
    }
    return next;
}

const struct dom_post *dom_home_shown(const struct dom_staff *s)
{
    for (size_t i = 0; i < s->post_count && s->home_on == CV_NO_DAY; i++)
        if (s->posts[i].primary)
            return &s->posts[i];
    return dom_home_on(s, s->home_on);
}
