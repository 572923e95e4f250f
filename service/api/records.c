/* The tables of the records' members, for `congvud fields`. */
#include "api/staff/fields.h"
#include "api/systems/fields.h"
#include "api/units/units.h"

const struct prov_fields *const *api_records(size_t *out_count)
{
    static const struct prov_fields *const records[] = {&api_staff_fields,      &api_unit_fields,
                                                        &api_letterhead_fields, &api_system_fields,
                                                        &api_activity_fields,   &api_certificate_fields};
    *out_count = CV_COUNT(records);
    return records;
}
