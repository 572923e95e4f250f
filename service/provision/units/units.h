/* Inside provision/: what the files about units and rules share. */
#pragma once

#include "congvu/prov_units.h"
#include "provision/core/brake.h"

enum { PROV_UNITS_MAX = 20000 }; /* read at once: below a unit, beside it */

struct prov_unit_change {
    struct prov_call *call;
    const struct prov_unit_input *in;
    struct dom_unit *before; /* revision 0 = new */
    struct dom_unit *after;
    struct dom_unit until; /* what `after` is held against: before, or what earlier plans make of it by the day */
    struct prov_withdrawn withdrawn; /* people whose issued accounts are no longer required by the change */
};
/* unit_input.c: the input onto the record, then what the tree has to say. */
bool prov_apply_unit(struct prov_unit_change *change, struct cv_error *err);

/* requirement.c */
/* People with issued accounts that the change of a unit's kind, block or place takes from the required. */
bool prov_withdrawn_by_unit(struct prov_unit_change *change, struct prov_withdrawn *out_people, struct cv_error *err);
/* The same for new rules of a system. */
bool prov_withdrawn_by_system(struct prov_call *call, const struct dom_system *before, const struct dom_system *after,
                              struct prov_withdrawn *out_people, struct cv_error *err);

/* A unit by key in the caller's scope, read from the directory. */
bool prov_unit_locate(struct prov_call *call, const char *key, struct cv_id *out, struct cv_error *err);
bool prov_unit_fetch(struct prov_call *call, struct cv_id id, struct dom_unit *out, struct cv_error *err);
/* accounts.c: *out: but for the unit itself, nobody has or had any of these names. */
bool prov_unit_names_free(struct prov_call *call, const struct dom_unit *unit, const char *const *names, size_t count,
                          bool *out, struct cv_error *err);
/* The account of a system that is out of use goes; the login stays the unit's. */
bool prov_unit_account_end(struct prov_call *call, struct cv_id unit, const char *system, struct cv_error *err);
