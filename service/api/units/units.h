/* Inside api/: more of units, for the files that list and count them. */
#pragma once

#include "api/internal.h"

const char *api_unit_id(struct htp_exchange *x, struct cv_id id);
void api_write_unit_row_ref(struct htp_exchange *x, const char *name, const struct view_unit *unit);
void api_write_unit_row(struct htp_exchange *x, const struct view_unit *unit);
