/* Use of one account: which days it was active, and what that says about a window.
 *
 * Story of use. The directory keeps an active day as one bit; dom_active_pack turns a record into one run of bits that
 * the view keeps. For a day and some windows that end on it, dom_use_judge says which of them show use, regular use,
 * whether the account is too new to be blamed, and on which day the answer may differ although nothing new is reported:
 *
 *     struct dom_use_case at = {.rule = &system->activity, .issued_on = issued, .day = cv_today()};
 *     struct dom_use_verdict said;
 *     dom_use_judge(&at, &days, lengths, 4, &said);
 *
 * Thread: pure. */
#pragma once

#include "congvu/system.h"
#include "congvu/usage.h"

enum {
    DOM_KEPT_DAYS_MAX = 400, /* 13 months */
    DOM_ACTIVE_BYTES_MAX = (DOM_KEPT_DAYS_MAX + 7) / 8,
    DOM_NEW_DAYS = 14 /* issued less than so many days ago: too new, regular or not */
};

/* Active days of one account. Bit i % 8 of byte i / 8 is the day first + i; bit 0 is set. */
struct dom_active {
    cv_day first; /* CV_NO_DAY = never active */
    const uint8_t *bits;
    size_t len; /* bytes */
    bool older; /* active before `first` as well, on days that are not kept */
};
/* Days before `oldest` are not kept, except the latest one when no other is left; of the others the first
 * DOM_KEPT_DAYS_MAX. `bits` holds DOM_ACTIVE_BYTES_MAX bytes, which *out points to. */
void dom_active_pack(const struct dom_use *use, cv_day oldest, uint8_t *bits, struct dom_active *out);
int dom_active_count(const struct dom_active *days, cv_day from, cv_day to); /* both included */
cv_day dom_active_last(const struct dom_active *days);                       /* CV_NO_DAY = never */
/* The days of both, as of one account; `bits` as above. */
void dom_active_join(const struct dom_active *a, const struct dom_active *b, uint8_t *bits, struct dom_active *out);

/* Why nothing is said of use. The first one follows from rule and data_through: no source, no data, data too old. */
enum dom_unknown_use {
    DOM_USE_KNOWN,
    DOM_USE_STALE,
    DOM_USE_NOT_REACHED,   /* the data end before the window begins */
    DOM_USE_BEGINS_INSIDE, /* the data begin inside the window */
    DOM_USE_SILENT,        /* working days without any use of a source that had some on all of them before */
    DOM_USE_BEFORE_KEPT,   /* the window begins before the days of use that are kept */
    DOM_UNKNOWN_USES
};
extern const char *const dom_unknown_use_words[]; /* known stale not_reached begins_inside silent before_kept */

struct dom_use_case {
    const struct dom_activity *rule;
    cv_day issued_on; /* CV_NO_DAY = long ago; an active day before it counts as the day of issue */
    cv_day data_from; /* of the source; CV_NO_DAY = nobody knows, so it is taken to have told all */
    bool idle;        /* locked for inactivity: never regular */
    cv_day day;       /* the last day of every window */
    bool once;        /* nobody asks when the verdict may differ: next_day is left at CV_NO_DAY */
};
struct dom_use_verdict {
    uint8_t used, regular;     /* bit i = window i */
    bool ever, never, too_new; /* neither ever nor never: the data do not reach back to the issue */
    cv_day next_day;           /* the first day after `day` on which this may differ; CV_NO_DAY = never */
};
/* `lengths` in days, at most 8. A window too short for the rule shows no regular use. */
void dom_use_judge(const struct dom_use_case *at, const struct dom_active *days, const int *lengths, size_t count,
                   struct dom_use_verdict *out);
