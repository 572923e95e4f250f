/* Coverage arithmetic: counts that add up, ratios that are honest.
 *
 * Story of use. The view keeps one struct dom_counts per unit and system for the unit's own people, and their sums up
 * the tree. A parent is the ratio of sums, never the mean of ratios. What nobody declared stays null.
 *
 * Thread: pure. */
#pragma once

#include "congvu/system.h"

/* Version of these rules, as answers and papers name it. 2: too_new holds everybody issued less than 14 days ago, a
 * rule of a month asks for the same in every month. */
#define DOM_DEFINITION "coverage-2"

/* Counts of one unit's own staff (or a sum of such) for one system. Members are int32_t, all of them. */
struct dom_counts {
    int32_t headcount;      /* sum of the declared, carried on */
    int32_t declared_units; /* how many units declared; headcount is null when 0 */
    int32_t recorded;
    int32_t unrecorded, over_recorded;
    int32_t undeclared_units, undeclared_recorded;
    int32_t eligible, issued, locked, on_long_leave;
    int32_t issued_beyond; /* to recorded people who need not have it: shown beside issued, in no rate */
    int32_t activated;     /* of the issued: own credential set, or an active day ever */
    /* Usage, for one window. All of the issued; meaningless (0) where the source is stale or absent: see
     * view_system_usage */
    int32_t used;            /* at least one active day in the window */
    int32_t regular;         /* of the used: the system's rule, scaled to the window, counted from issue if later */
    int32_t too_new;         /* issued less than 14 days before the window's end, regular or not */
    int32_t never_used;      /* no active day ever */
    int32_t on_leave_unused; /* on long leave (eligible) and not using: not in the base of adoption */
    int32_t unknown;         /* issued where the source is stale or absent */
    int32_t complete_people, eligible_people; /* only for the `required` row */
    int32_t seconded_in, seconded_out;
    int32_t carried; /* of the headcount: who came less who left since the declarations */
};

/* Use as it is told later, of people counted already: none of its figures is beyond what `counts` leaves
 * room for: the issued, those on long leave. */
void dom_counts_take_use(struct dom_counts *counts, const struct dom_counts *later);

/* The members one by one, for storing them: name and, of people rather than of their accounts, the same for every
 * system. */
struct dom_count_member {
    const char *name;
    bool of_people;
};
enum { DOM_COUNT_MEMBERS = sizeof(struct dom_counts) / sizeof(int32_t) };
extern const struct dom_count_member dom_count_members[DOM_COUNT_MEMBERS]; /* in the struct's order */
void dom_counts_to_array(const struct dom_counts *counts, int32_t out[DOM_COUNT_MEMBERS]);
void dom_counts_from_array(const int32_t in[DOM_COUNT_MEMBERS], struct dom_counts *out);
/* Counts of another system of the same people: what is of people stays as it is. */
void dom_counts_add_system(struct dom_counts *sum, const struct dom_counts *part);
void dom_counts_add(struct dom_counts *sum, const struct dom_counts *part);
void dom_counts_sub(struct dom_counts *sum, const struct dom_counts *part);
/* Did anybody declare what is counted here? Else headcount and carried are null, not 0. */
bool dom_counts_declared(const struct dom_counts *counts);

/* The unit's own unrecorded and over_recorded for one system: per unit max(0, headcount - recorded); by required
 * category where headcount is declared by category; with a total only it counts in full, except where the system is not
 * required of the unit's block or kind, or people are recorded and none is eligible: there 0. `headcount` NULL =
 * undeclared. `recorded_by` per category. `required_categories` 0 or all = no limit by category: then the total
 * decides. Categories that a headcount leaves out share what its total leaves. Without a system: required_here true,
 * required_categories 0, eligible = recorded. */
void dom_gap(const struct dom_headcount *headcount, const int recorded_by[DOM_CATEGORIES], int recorded, int eligible,
             bool required_here, uint32_t required_categories, int *out_unrecorded, int *out_over);

/* The declared headcount as it stands later: `moved` by category is who came less who left since its day. `categories`
 * limits what counts; never below 0. What it holds beside numbers is shared with `declared`. */
struct dom_headcount dom_headcount_carry(const struct dom_headcount *declared, const int moved[DOM_CATEGORIES],
                                         uint32_t categories);

/* The declared headcount in force on a day: the latest with on <= day, or NULL. */
const struct dom_headcount *dom_headcount_on(const struct dom_unit *unit, cv_day day);
/* Declared for that very day; or NULL. */
const struct dom_headcount *dom_headcount_of_day(const struct dom_unit *unit, cv_day day);

/* Days of use that the rule asks for in a window of so many days. A rule of about a month (28 to 31 days) asks for the
 * same in every month: as many times regular_days as the window can be whole months. Else ceil(regular_days * days /
 * regular_of). 0 = the window is too short for the rule: regular is null. */
int dom_regular_days(const struct dom_activity *rule, int window_days);
/* Is a source that reached `data_through` too old on `today`? Also true without any source or data. */
bool dom_usage_stale(const struct dom_activity *rule, cv_day data_through, cv_day today);
/* adoption = used / this: the coverage base less on_leave_unused. */
int64_t dom_adoption_base(const struct dom_counts *c, bool basis_declared);

/* How good a ratio is: below the least percentages of the policy it falls into the next band. */
enum dom_band { DOM_BAND_TOT, DOM_BAND_KHA, DOM_BAND_TRUNG_BINH, DOM_BAND_YEU, DOM_BANDS };
extern const char *const dom_band_words[]; /* tot kha trung_binh yeu */
struct dom_bands {
    int least[DOM_BAND_YEU]; /* percent, falling: 85, 70, 50 */
};
/* -1 when the base is 0. */
int dom_band_of(const struct dom_bands *bands, int64_t count, int64_t base);

/* coverage = issued / (eligible + unrecorded when basis is declared). */
int64_t dom_coverage_base(const struct dom_counts *c, bool basis_declared);
