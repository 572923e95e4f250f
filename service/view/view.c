/* The view as a whole: made and freed. Above everything else in this folder. */
#include <stdlib.h>

#include "congvu/lock.h"
#include "view/feed/feed.h"

enum { SCRATCH = 4 << 20, PATIENCE_MS = 300000 };

static bool locks_open(struct view *v)
{
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    cv_lock_init(&v->wait.lock, CV_RANK_APPLIED);
    cv_cond_init(&v->wait.more);
    bool ok = pthread_rwlock_init(&v->lock, &attr) == 0;
    pthread_rwlockattr_destroy(&attr);
    return ok;
}

bool view_new(struct view **out, struct cv_error *err)
{
    struct view *v = calloc(1, sizeof(*v));
    struct cv_arena *scratch = cv_arena_new(SCRATCH);
    struct view_applied *ring = calloc(APPLIED, sizeof(*ring));
    uint8_t *build = malloc(PERSON_DATA_MAX);
    if (v == NULL || scratch == NULL || ring == NULL || build == NULL || !locks_open(v)) {
        free(v);
        free(ring);
        free(build);
        cv_arena_free(&scratch);
        return cv_fail_as(err, CV_INTERNAL, NULL, "Không đủ bộ nhớ", "Out of memory");
    }
    v->scratch = scratch;
    v->build = build;
    v->wait.ring = ring;
    v->day = cv_today();
    v->kept_days = v->dated_days = DOM_KEPT_DAYS_MAX;
    v->patience_ms = PATIENCE_MS;
    v->changed_at = cv_now();
    v->complete_ns = cv_mono_ns();
    view_unit_slot(v, (struct cv_id){0}); /* slot 0: the root of roots */
    *out = v;
    return true;
}

void view_free(struct view **view)
{
    struct view *v = view ? *view : NULL;
    if (v == NULL)
        return;
    view_periods_free(v);
    view_people_free(v);
    view_units_free(v);
    view_catalog_free(v);
    view_usage_free(v);
    view_words_free(&v->words);
    free(v->by_uuid.cells);
    free(v->wait.ring);
    free(v->build);
    cv_arena_free(&v->scratch);
    pthread_cond_destroy(&v->wait.more);
    cv_lock_destroy(&v->wait.lock);
    pthread_rwlock_destroy(&v->lock);
    free(v);
    *view = NULL;
}
