/* Coverage arithmetic: counts that add up, ratios that are honest.
 *
 * Story of use. The view keeps one struct dom_counts per unit and system for the unit's own people, and their sums up
 * the tree. A parent is the ratio of sums, never the mean of ratios. What nobody declared stays null.
 *
 * Thread: pure. */
#pragma once

#include "congvu/domain.h"

/* Counts of one unit's own staff (or a sum of such) for one system. Members are int32_t, all of them. */
struct dom_counts {
    int32_t headcount;      /* sum of the declared */
    int32_t declared_units; /* how many units declared; headcount is null when 0 */
    int32_t recorded;
    int32_t unrecorded, over_recorded;
    int32_t undeclared_units, undeclared_recorded;
    int32_t eligible, issued, locked, on_long_leave;
    int32_t activated;                        /* of the issued, credential set */
    int32_t complete_people, eligible_people; /* only for the `required` row */
    int32_t seconded_in, seconded_out;
};

void dom_counts_add(struct dom_counts *sum, const struct dom_counts *part);
void dom_counts_sub(struct dom_counts *sum, const struct dom_counts *part);

/* The unit's own unrecorded and over_recorded for one system: per unit max(0, headcount - recorded); by required
 * category where headcount is declared by category; with a total only it counts in full, except where the system is not
 * required of the unit's block or kind, or people are recorded and none is eligible: there 0. `headcount` NULL =
 * undeclared. `recorded_by` per category. `required_categories` 0 or all = no limit by category: then the total
 * decides. Categories that a headcount leaves out share what its total leaves. Without a system: required_here true,
 * required_categories 0, eligible = recorded. */
void dom_gap(const struct dom_headcount *headcount, const int recorded_by[DOM_CATEGORIES], int recorded, int eligible,
             bool required_here, uint32_t required_categories, int *out_unrecorded, int *out_over);

/* The declared headcount in force on a day: the latest with on <= day, or NULL. */
const struct dom_headcount *dom_headcount_on(const struct dom_unit *unit, cv_day day);

/* coverage = issued / (eligible + unrecorded when basis is declared). */
int64_t dom_coverage_base(const struct dom_counts *c, bool basis_declared);
