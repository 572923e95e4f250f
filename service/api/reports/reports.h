/* Inside api/: reports, between the files that serve them. */
#pragma once

#include "api/internal.h"
#include "congvu/prov_report.h"

/* Members of a body: 0 = all categories; lines with all their faults. */
void api_read_report_categories(const struct cv_jin *o, uint32_t *out);
void api_read_indicators(struct htp_exchange *x, const struct cv_jin *o, struct rep_indicator **out, size_t *out_count);
/* The members of a report; with `whole` also the figures and what replaced it. */
void api_write_report(struct htp_exchange *x, const struct prov_report *report, bool whole);
