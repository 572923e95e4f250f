/* Inside provision/evidence: which entries are about a person or unit, and how intents ended. One thread at a time; the
 * index has a lock of its own. */
#pragma once

#include "congvu/evidence.h"

struct prov_targets;
enum prov_ended { PROV_ENDED_OPEN, PROV_ENDED_DONE, PROV_ENDED_NOT, PROV_ENDED_ABANDONED, PROV_ENDED_UNKNOWN };

/* Reads what was added to the log since. False: the log is damaged. */
bool prov_targets_follow(struct prov_targets *targets, struct ev_log *log);
int64_t prov_targets_size(struct prov_targets *targets); /* entries that it knows */
/* The youngest entry about this target below `before`; -1 = none. */
int64_t prov_targets_before(struct prov_targets *targets, const char *target, int64_t before);
enum prov_ended prov_targets_ended(struct prov_targets *targets, int64_t index);
