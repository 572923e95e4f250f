/* Inside directory/: the lease with a clock that tests can hold still. */
#pragma once

#include "congvu/lease.h"
#include "directory/internal.h"

/* Nanoseconds that never go back; NULL = the machine's own. Before the first tend. */
void lease_set_clock(struct dir_lease *lease, int64_t (*now)(void *ctx), void *ctx);
