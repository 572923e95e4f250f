/* Departures: how somebody leaves, from the decision to the last closed account.
 *
 * Story of use. A person has at most one departure in force (dom_current_departure in staff.h); former ones stay with
 * their numbers.
 *
 * Thread: plain data, any thread. */
#pragma once

#include "congvu/record.h"

enum dom_departure_state {
    DOM_SCHEDULED,
    DOM_IN_PROGRESS,
    DOM_DONE,
    DOM_FAILED,
    DOM_HELD,
    DOM_WITHDRAWN,
    DOM_DEPARTURE_STATES
};

enum dom_reason {
    DOM_NGHI_HUU,
    DOM_THOI_VIEC,
    DOM_CHUYEN_CONG_TAC,
    DOM_TU_TRAN,
    DOM_BUOC_THOI_VIEC,
    DOM_HET_HOP_DONG,
    DOM_HET_NHIEM_KY,
    DOM_TINH_GIAN_BIEN_CHE,
    DOM_GIAI_THE,
    DOM_KHAC,
    DOM_REASONS
};

extern const char *const dom_departure_state_words[];
extern const char *const dom_reason_words[];

struct dom_departure {
    int number; /* 1, 2, ... */
    enum dom_departure_state state;
    enum dom_reason reason;
    const char *reason_text; /* obligatory with khac */
    cv_day effective_on;     /* first day out */
    struct dom_decision decision;
    cv_moment recorded_at, started_at, ended_at; /* started_at = the moment of the first lock */
    const char *recorded_by;                     /* actor */
    const char *ended_by;                        /* who withdrew or reinstated */
    bool counted;                                /* judged by the brake when scheduled, or released */
    const char *held_by;                         /* who was stopped; the one who recorded it when NULL */
    cv_moment held_at;                           /* CV_NO_MOMENT = it never was, or of an earlier version */
    const char *released_by;                     /* who let it go on, or NULL */
    const char *keep_mail_until;                 /* ISO day or NULL: the last day of delivery */
    const char *delegate_to;                     /* staff id text or NULL */
    const char *handed_over;                     /* logins of unit mailboxes that went to others, with blanks between */
    const char *auto_reply;                      /* text of their own, NULL = the usual one */
};
