/* Inside api/: reports, between the files that serve them. */
#pragma once

#include "api/internal.h"
#include "congvu/prov_report.h"

/* Does the kind list people? */
static inline bool api_report_of_people(const struct rep_report *r)
{
    return r->kind == REP_LOCKED || r->kind == REP_UNUSED;
}
/* The members of a report; with `whole` also the figures and what replaced it. */
void api_write_report(struct htp_exchange *x, const struct prov_report *report, bool whole);
