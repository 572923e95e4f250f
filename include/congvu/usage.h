/* Usage: one bit per person, system and day for 13 months; what is older is a sum.
 *
 * Story of use. A source reports days; dom_use_set() notes them, dom_use_fold() turns months that are too old into a
 * number. Verdicts over windows are adoption.h's.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/record.h"

enum { DOM_USE_MONTHS_MAX = 14 };

struct dom_use_month {
    int32_t month; /* year * 12 + (month - 1) */
    uint32_t days; /* bit d-1 = active on day d */
};

struct dom_use {
    const char *system;
    struct dom_use_month months[DOM_USE_MONTHS_MAX]; /* ascending, each once, none without a day */
    size_t month_count;
    cv_day last_on;   /* latest active day ever; CV_NO_DAY = never */
    int earlier_days; /* active days of months no longer kept */
};

struct dom_usage {
    struct cv_id staff;
    struct dom_use uses[DOM_SYSTEMS_MAX]; /* each system once */
    size_t use_count;
    int64_t revision; /* of the stored record; 0 = none yet */
};

/* How far the usage data of a system reach; of the source, not of the rule. */
struct dom_usage_feed {
    const char *system;
    cv_day data_from;      /* first day that is completely reported; CV_NO_DAY = nobody knows */
    cv_day data_through;   /* last day that is completely reported; CV_NO_DAY = none yet */
    cv_moment received_at; /* of the last accepted call */
};

/* The first day whose bit is kept: months from the 13th before today's on. What is older can be counted but not told
 * apart, and is not accepted any more. */
cv_day dom_use_keep_from(cv_day today);
struct dom_use *dom_use_of(const struct dom_usage *usage, const char *system); /* or NULL */
/* The same, made when it is not there; NULL when there are DOM_SYSTEMS_MAX of them. `system` must live as long. */
struct dom_use *dom_use_need(struct dom_usage *usage, const char *system);
/* False: the day was known already. The day must not lie before dom_use_keep_from(today) nor the use hold months older
 * than that (dom_use_fold). */
bool dom_use_set(struct dom_use *use, cv_day day);
/* Both sides' days of kept months, and the later last day. How many days were new. */
int dom_use_merge(struct dom_use *into, const struct dom_use *from);
/* Months before dom_use_keep_from(today) become a number of days. False: there was none. */
bool dom_use_fold(struct dom_use *use, cv_day today);
/* Active days in from..to, both included; of kept months only. */
int dom_use_count(const struct dom_use *use, cv_day from, cv_day to);
