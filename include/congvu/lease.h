/* The lease: who of several replicas works outside the directory (connectors, snapshots).
 *
 * Story of use. Each process opens a lease of the same name and tends it with a thread of its own; what must be done by
 * one alone asks dir_lease_held() right before.
 *
 * Thread: dir_lease_held() any; tend and release one at a time. */
#pragma once

#include "congvu/session.h"

struct dir_lease;
/* `term_ms`: a challenger takes over when the entry has not changed for so long on its own monotonic clock; the holder
 * renews at a third of it and stops at two thirds. One object per process and name. dir_lease_held: any thread; tend
 * and release: one thread at a time. */
bool dir_lease_open(const char *name, int64_t term_ms, struct dir_lease **out, struct cv_error *err);
void dir_lease_close(struct dir_lease **lease);
/* One look: takes, renews or watches, whichever is due. Called about every term/10 by one thread with its session.
 * False + *err only when the directory does not answer (the lease then runs out by itself). */
bool dir_lease_tend(struct dir_lease *lease, struct dir_session *s, struct cv_error *err);
/* May this process work now? One atomic read and the monotonic clock. */
bool dir_lease_held(const struct dir_lease *lease);
/* Gives it back at once (a stop in order); what it guarded must have ended. A later tend may take it again. */
void dir_lease_release(struct dir_lease *lease, struct dir_session *s);
