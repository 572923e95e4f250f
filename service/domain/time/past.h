/* Inside domain/time: what of a unit is dated, former or to come, and what of it is the same. */
#pragma once

#include "congvu/unit.h"

struct dom_past_unit dom_unit_facts(const struct dom_unit *unit); /* as they stand */
bool dom_facts_same_parent(const struct dom_past_unit *a, const struct dom_past_unit *b);
bool dom_facts_same_names(const struct dom_past_unit *a, const struct dom_past_unit *b);
