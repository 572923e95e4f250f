/* Does the view still know everything? What may be said while it may not. */
#include "view/store/view.h"

enum { SILENCE_MS = 5000 }; /* a live feed settles about once a second */

int64_t view_silent_ms(const struct view *v)
{
    return (cv_mono_ns() - atomic_load(&v->complete_ns)) / 1000000;
}

int64_t view_owed_ms(const struct view *v)
{
    int64_t since = atomic_load(&v->wait.owed_since);
    return since == 0 ? 0 : (cv_mono_ns() - since) / 1000000;
}

bool view_lives(const struct view *v)
{
    return atomic_load(&v->alive) && !atomic_load(&v->refreshing) && view_silent_ms(v) < SILENCE_MS &&
           view_owed_ms(v) < OWED_MS;
}

/* What was written here a moment ago and has not come yet may be just what is asked for. */
bool view_may_deny(const struct view *v, struct cv_error *err)
{
    if (view_lives(v) && atomic_load(&v->wait.owed_since) == 0)
        return true;
    return err &&
           cv_fail(err, cvp_directory_unavailable, NULL,
                   "Dịch vụ chưa nghe được thư mục nên chưa biết có hay không, xin thử lại sau ít giây",
                   "The service does not hear the directory, so nobody knows; please try again in a few seconds");
}

bool view_fresh_enough(const struct view *v, struct cv_error *err)
{
    int64_t silent_ms = view_silent_ms(v);
    return view_lives(v) || silent_ms <= v->patience_ms ||
           cv_fail(err, cvp_directory_unavailable, NULL,
                   "Danh sách đã cũ %lld giây vì không nghe được thư mục, xin thử lại sau",
                   "The list would be %lld seconds old, because the directory is not heard; please try again later",
                   (long long)(silent_ms / 1000));
}

void view_lists_until(struct view *v, int seconds)
{
    v->patience_ms = (int64_t)seconds * 1000;
}
