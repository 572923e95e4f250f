/* May two names be of the same one? Asked where a list's code says that they are.
 *
 * Story of use. A nightly line has a code that somebody has, and a name. When nothing that says who he is stands in
 * both names the line is not carried out but asked about: dom_names_akin(arena, line, his). A corrected or longer name
 * passes.
 *
 * Thread: pure functions, any thread. Memory: intermediate texts live in the arena. */
#pragma once

#include <stdbool.h>

#include "congvu/memory.h"

/* Of people, as written. The family name that both begin with says little, "Văn" and "Thị" nothing. */
bool dom_names_akin(struct cv_arena *arena, const char *a, const char *b);
/* Of units. "Phòng", "Ban", "Ủy ban nhân dân" and what else tells the kind says nothing beside other words. */
bool dom_unit_names_akin(struct cv_arena *arena, const char *a, const char *b);
