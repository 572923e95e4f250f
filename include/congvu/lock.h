/* Locks with ranks, and promises of our own code.
 *
 * Story of use. Every lock of the process has a rank in the table below. A thread takes locks in ascending rank only,
 * so no two threads can wait for each other; whoever does otherwise ends the process with the name of the promise
 * broken, in every build, at the first try and not once in a thousand. Before a call to the directory or to another
 * system cv_no_lock() asks that none is held: a server that stands still must not make others wait.
 *
 *     cv_lock_take(&lane->lock);
 *     ...
 *     cv_lock_give(&lane->lock);
 *
 * Costs a thread-local bit beside the mutex itself.
 *
 * Thread: any; what is held is known per thread. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

/* Ascending: while holding one, only those below it in this list may be taken. */
enum cv_rank {
    CV_RANK_PEERS,    /* reconcile: the systems with connectors */
    CV_RANK_INDEX,    /* connect: who was there at the last reading of a server's list */
    CV_RANK_ENGINE,   /* reconcile: queue and breakers */
    CV_RANK_PROVIDER, /* oidc: what the provider publishes */
    CV_RANK_NAMES,    /* provision: names on their way to the directory */
    CV_RANK_ATTEMPTS, /* provision: wrong one-time codes of late */
    CV_RANK_VIEW,     /* view: everything in it; one lock for readers and writers */
    CV_RANK_APPLIED,  /* view: what was applied lately */
    CV_RANK_IMPORTS,  /* api: lists that are carried out */
    CV_RANK_STATE,    /* api: ready answers and rates */
    CV_RANK_WATCH,    /* http: connections with a deadline */
    CV_RANK_QUIET,    /* http: the end of all requests */
    CV_RANK_LANE,     /* job: a lane's queue */
    CV_RANK_TIMER,    /* job: the clockwork's next round */
    CV_RANK_STANDBY,  /* directory: what the server that follows has */
    CV_RANK_SITE,     /* directory: which server takes writes */
    CV_RANK_GUARD,    /* directory: a TLS connection that is being opened */
    CV_RANK_SLAPD,    /* directory: the embedded server's child */
    CV_RANK_DISK,     /* directory: who waits for the embedded server's disk */
    CV_RANK_TARGETS,  /* provision: which entries are about what */
    CV_RANK_READINGS, /* provision: lists of people that were read lately */
    CV_RANK_EVIDENCE, /* audit: what waits for the next flush */
    CV_RANK_FONTS,    /* report: the fonts of papers, while they are read */
    CV_RANK_ZONE,     /* base: offsets of the time zone */
    CV_RANKS
};

struct cv_lock {
    pthread_mutex_t mutex;
    enum cv_rank rank;
};
#define CV_LOCK_INITIALIZER(rank_)                                                                                     \
    {                                                                                                                  \
        PTHREAD_MUTEX_INITIALIZER, rank_                                                                               \
    }
void cv_lock_init(struct cv_lock *lock, enum cv_rank rank);
void cv_lock_destroy(struct cv_lock *lock);
void cv_lock_take(struct cv_lock *lock);
void cv_lock_give(struct cv_lock *lock);
/* Timed waits on it go by deadlines, which the wall clock never moves: cv_timespec(). */
void cv_cond_init(pthread_cond_t *cond);
/* For locks of other kinds: about to take, and given back. */
void cv_rank_take(enum cv_rank rank);
void cv_rank_give(enum cv_rank rank);
/* Nothing is held by this thread; `before` says what is about to happen. */
void cv_no_lock(const char *before);

/* A promise of our own code: when it is broken, one line on stderr and abort(). Never for what comes from outside. */
#define cv_must(promise) ((promise) ? (void)0 : cv_broken(#promise, __FILE__, __LINE__))
_Noreturn void cv_broken(const char *promise, const char *file, int line);
