/* Use cases about systems and reported usage.
 *
 * Story of use. See provision.h.
 *
 * Thread: that of the call. */
#pragma once

#include "congvu/prov_fields.h"
#include "congvu/provision.h"
#include "congvu/system.h"
#include "congvu/token.h"

/* ---- systems ---- */
struct prov_system_input {
    struct prov_given given; /* of what goes onto the system by itself */
    struct prov_text name_vi, name_en;
    enum cv_presence required_given;
    struct dom_required *required;
    size_t required_count;
    struct prov_given activity;
    enum cv_presence sessions_given;
    struct dom_sessions sessions;
    enum cv_presence connector_given;
    const struct cv_jin *connector; /* a merge patch: read onto what the system has */
};
struct prov_system_result {
    enum prov_outcome outcome;
    struct dom_system before, system;
};
/* What the input says of a new system, by itself; faults go to the list. */
void prov_system_build(const struct prov_system_input *in, struct cv_faults *faults, struct dom_system *out);
/* At most DOM_SYSTEMS_MAX, retired ones included: a system is never deleted. cvp_conflict: there are so many, or there
 * is one of this name. */
bool prov_system_create(struct prov_call *call, const struct prov_system_input *in, struct prov_system_result *out,
                        struct cv_error *err);
bool prov_system_patch(struct prov_call *call, const char *slug, const struct prov_system_input *in,
                       struct prov_system_result *out, struct cv_error *err);

/* Accounts that a comparison missed there, too many to be made again by themselves, are made again: by somebody else
 * than who configured the connector last. cvp_conflict: nobody is missed. */
struct prov_restoration {
    size_t accounts;
    cv_moment at;
};
bool prov_system_restore(struct prov_call *call, const char *slug, const char *reason, struct prov_restoration *out,
                         struct cv_error *err);

/* The list of a system of kind file goes out at once, not only at its hour. */
bool prov_system_list(struct prov_call *call, const char *slug, cv_moment *out_at, struct cv_error *err);

/* ---- usage: who used a system on which day ---- */
enum prov_usage_by { PROV_BY_LOGIN, PROV_BY_ADDRESS, PROV_BY_CODE, PROV_BY_ID };
struct prov_usage_event {
    const char *event_id; /* or NULL */
    enum prov_usage_by by;
    const char *key;
    cv_day on;
    const char
        *code; /* why it is not taken, or NULL; set by the reader for what cannot be read, else by the use case */
    const char *text[CV_LANGS];
    struct cv_id staff; /* found */
    bool outside;       /* before the person came or after he left: counts for nothing; text says so */
    bool repeated;      /* an earlier event of this call has the same event_id */
};
enum { PROV_USAGE_EVENTS_MAX = 5000 };
struct prov_usage_input {
    const char *system;
    struct prov_usage_event *events; /* PROV_USAGE_EVENTS_MAX at most; may be none */
    size_t count;
    cv_day data_from; /* CV_NO_DAY = not said: the first day of the first events */
    cv_day
        data_through; /* CV_NO_DAY = not said; not in the future, and a day that is not over counts as the one before */
    bool rewind;      /* data_through may go back */
};
struct prov_usage_result {
    size_t accepted;  /* days that were not known */
    size_t duplicate; /* days that were, and repeated event_ids */
    size_t rejected;  /* events with a code */
    struct dom_system system;
    cv_day data_from, data_through; /* as they stand now */
    bool day_not_over;              /* data_through was today: taken as yesterday */
    size_t outside;                 /* events with `outside` */
};
/* Stores one bit per person and day, in one write a person; data_through last. Safe to repeat: what was stored before
 * an error stays, and counts as duplicate the next time. */
bool prov_usage_record(struct prov_call *call, struct prov_usage_input *in, struct prov_usage_result *out,
                       struct cv_error *err);
