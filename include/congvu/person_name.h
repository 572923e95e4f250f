/* The name of a person: what may be stored, and how its parts stand in it.
 *
 * Story of use. Every door through which a name comes in (a form, a script, a line of a list) asks
 * dom_person_name_ok(): what a name cell holds besides the name ("ThS.", "Ông/Bà", "2", "(Trưởng phòng)") would become
 * part of an address that is never taken back. Parts by hand are held against the name by dom_name_parts_fit(): the
 * peoples of the highlands put the given name first ("Y Blô Êban"), so the parts may stand in any order, whole.
 *
 * Thread: pure functions, any thread. Memory: intermediate texts live in the arena. */
#pragma once

#include <stdbool.h>

#include "congvu/error.h"
#include "congvu/memory.h"

/* `name` in NFC. Else one fault, bad_characters at `pointer`, names the sign or word and the remedy. With the parts
 * given by hand the first word is believed to be a family name ("Ông", which is one too). */
bool dom_person_name_ok(struct cv_arena *arena, const char *name, bool split_by_hand, struct cv_faults *faults,
                        const char *pointer);

/* Do the parts, each whole and in any order, make the full name? Folded; a part may be "". */
bool dom_name_parts_fit(struct cv_arena *arena, const char *full_name, const char *family, const char *middle,
                        const char *given);

/* Both folded (cv_text_fold): the same name, with y and i alike where one writes either. */
bool dom_names_alike(const char *a, const char *b);
/* The same text of all names that are alike. In `arena`. */
const char *dom_name_key(struct cv_arena *arena, const char *full_name);
bool dom_y_is_i(const char *folded, const char *at);
