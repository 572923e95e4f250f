/* Inside directory/: a write and the server that follows (standby.c). */
#pragma once

#include "directory/internal.h"

/* Before a write that gives a name: not while nobody has followed for long (standby_behind). NULL: always. */
bool dir_standby_admits(struct dir_standby *standby, struct cv_error *err);
/* Waits until a follower has what was written with this CSN; `name`: a name was given with it. False: none has it, and
 * for a name the caller is not told that it is done. True at once when a person said `single`. */
bool dir_standby_reached(struct dir_standby *standby, const char *csn, bool name, struct cv_deadline until);
