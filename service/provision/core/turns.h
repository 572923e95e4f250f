/* What requests of one process must not do in the same moment: they take turns, a word each. Between begin and end no
 * lock is held, so the directory may be asked.
 *
 * Thread: that of the call. Memory: the word lives until the end. */
#pragma once

#include "provision/internal.h"

/* Waits until nobody has the word, at most until the call's deadline (then busy). NULL: nothing to wait for. */
bool prov_turn_begin(struct prov_call *call, const char *word, struct cv_error *err);
void prov_turn_end(struct prov_call *call, const char *word);
