/* The calendar of reports: which draft makes itself, of whom, for which period, and on what day.
 *
 * Story of use. Somebody who may make reports says once what is due each month, quarter ... : kind, unit, the day on
 * which the figures are cut off, the day on which the paper is due. On the cut-off day the clockwork makes the draft,
 * once, whatever process it is: the id of the draft follows from the schedule and the period. A draft that could not be
 * made is tried again.
 *
 *     if (!prov_schedule_put(&call, "thang", &input, &schedule, &err)) return htp_problem(x, &err, call.faults);
 *     struct prov_schedule_next next = prov_schedule_next(&schedule, cv_today());
 *
 * Schedules of units outside call->scope do not exist: report_schedule_not_found.
 *
 * Thread: a prov_call belongs to one thread. Memory: results live in call->arena. */
#pragma once

#include "congvu/prov_report.h"

enum { PROV_SCHEDULES_MAX = 200, PROV_SCHEDULE_DAYS = 90, PROV_SCHEDULE_CODE = 40 };
struct prov_schedule {
    const char *code; /* [a-z0-9-] */
    enum rep_kind kind;
    const char *unit; /* put: id or code; else its id */
    enum dom_period_kind every;
    enum dom_calendar calendar;
    struct rep_indicator *indicators; /* of kind REP_INDICATORS: its lines, a and b are filled in each time */
    size_t indicator_count;
    uint32_t categories; /* bits of dom_category; 0 = all */
    int cut_off, due;    /* days after the last day of the period; cut_off at least 1, due not before it */
    cv_day since;        /* the first cut-off day that may make a draft */
    const char *made_period, *made_report; /* the last one, or NULL */
    int64_t revision;
    enum prov_outcome outcome;
};
struct prov_schedule_next {
    struct dom_period period;
    cv_day cut_off, due;
};
/* The first period whose cut-off day comes after `today`. */
struct prov_schedule_next prov_schedule_next(const struct prov_schedule *schedule, cv_day today);

/* A new one, or another rule under the same code; what was made already is not made again. */
bool prov_schedule_put(struct prov_call *call, const char *code, const struct prov_schedule *in,
                       struct prov_schedule *out, struct cv_error *err);
bool prov_schedule_delete(struct prov_call *call, const char *code, struct cv_error *err);
bool prov_schedule_list(struct prov_call *call, struct prov_schedule **out, size_t *out_count, struct cv_error *err);

/* The clockwork's: makes what is due. Needs no lease. */
void prov_schedules_tick(struct prov_call *call);
