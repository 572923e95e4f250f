/* Locks with ranks: which ones this thread holds is a bit each. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/inner.h"
#include "congvu/lock.h"

static _Thread_local uint32_t held;
_Static_assert(CV_RANKS <= 32, "a bit a rank");

void cv_broken(const char *promise, const char *file, int line)
{
    char why[200];
    snprintf(why, sizeof why, "%s (%s:%d)", promise, file, line);
    cv_die(why);
}

void cv_rank_take(enum cv_rank rank)
{
    cv_must(held >> rank == 0); /* locks are taken in ascending rank */
    held |= UINT32_C(1) << rank;
}

void cv_rank_give(enum cv_rank rank)
{
    cv_must(held >> rank & 1);
    held &= ~(UINT32_C(1) << rank);
}

void cv_no_lock(const char *before)
{
    if (held != 0)
        cv_broken(before, "a lock is held before it", (int)held);
}

void cv_lock_init(struct cv_lock *lock, enum cv_rank rank)
{
    lock->rank = rank;
    cv_must(pthread_mutex_init(&lock->mutex, NULL) == 0);
}

void cv_lock_destroy(struct cv_lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

void cv_lock_take(struct cv_lock *lock)
{
    cv_rank_take(lock->rank);
    pthread_mutex_lock(&lock->mutex);
}

void cv_lock_give(struct cv_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
    cv_rank_give(lock->rank);
}

void cv_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    cv_must(pthread_cond_init(cond, &attr) == 0);
    pthread_condattr_destroy(&attr);
}
