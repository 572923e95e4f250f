/* Inside api/: more of units, for the files that list and count them. */
#pragma once

#include "api/internal.h"
#include "congvu/prov_units.h"

const char *api_unit_id(struct htp_exchange *x, struct cv_id id);
void api_write_unit_row_ref(struct htp_exchange *x, const char *name, const struct view_unit *unit);
void api_write_unit_row(struct htp_exchange *x, const struct view_unit *unit);

/* write.c */
void api_write_unit_parent(struct htp_exchange *x, bool has_parent, struct cv_id parent); /* "parent", or null */
void api_write_unit_name(struct cv_jout *j, const char *const name[CV_LANGS]);            /* "name" */

/* fields.c: the whole unit, by its tables */
extern const struct prov_fields api_unit_fields, api_letterhead_fields;
/* `flag`: PROV_CREATE or PROV_UPDATE. */
void api_read_unit(struct htp_exchange *x, unsigned flag, const struct cv_jin *o, struct prov_unit_input *out);
/* A unit behind a change, with the periods that the change changes. */
void api_write_unit_result(struct htp_exchange *x, const char *name, const struct prov_unit_result *result);
void api_write_unit_changes(struct htp_exchange *x, const struct dom_unit *before, const struct dom_unit *after);
