/* Accounts: the one table of states (wanted and seen), and what follows from them.
 *
 * Story of use. `desired` is what people and rules want, `observed` what the system was last seen to have. Whether an
 * account counts as issued, may sign in or receive, or differs from what is wanted is asked here and nowhere else.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/record.h"

enum dom_desired { DOM_PRESENT, DOM_LOCKED, DOM_CLOSED, DOM_REVOKED, DOM_DESIREDS };

enum dom_observed {
    DOM_REQUESTED,
    DOM_PROVISIONED,
    DOM_OBS_ACTIVE,
    DOM_TEMP_LOCKED,
    DOM_OBS_CLOSED,
    DOM_OBS_REVOKED,
    DOM_MIGRATING,
    DOM_OBSERVEDS
};

/* What figures ask of the state of an account that counts as issued. */
enum dom_stand { DOM_STOOD_ISSUED, DOM_STOOD_ACTIVE, DOM_STOOD_LOCKED, DOM_STOOD_IDLE, DOM_STANDS };

enum dom_lock_reason {
    DOM_LOCK_DEFAULT_PASSWORD,
    DOM_LOCK_INACTIVITY,
    DOM_LOCK_WRONG_PASSWORD,
    DOM_LOCK_COMPROMISED,
    DOM_LOCK_VIOLATION,
    DOM_LOCK_LEAVE,
    DOM_LOCK_SUSPENDED,
    DOM_LOCK_LEAVER_PENDING,
    DOM_LOCK_OTHER,
    DOM_LOCK_REASONS
};

/* Why an account is not wanted; the word beside it (`reason`) is for people alone. */
enum dom_cause {
    DOM_BY_HAND,             /* somebody asked for it */
    DOM_BY_COMPROMISE,       /* the same, because the password is in other hands: it never comes back */
    DOM_BY_TRANSFER,         /* the new post does not require it */
    DOM_BY_DEPARTURE,        /* the person has left */
    DOM_BY_DEPARTURE_LOCKED, /* the person has left, and a hand had locked it before */
    DOM_CAUSES
};

extern const char *const dom_desired_words[];  /* present locked closed revoked */
extern const char *const dom_observed_words[]; /* requested provisioned active temp_locked closed revoked migrating */
extern const char *const dom_stand_words[];    /* issued active locked inactivity */
extern const char *const dom_lock_reason_words[];
extern const char *const dom_cause_words[]; /* hand compromise transfer departure departure_locked */

/* Somebody who may no longer sign in may still sit in a session. Asked for with the change that took the login away, in
 * the same write; open until the system itself shows that nobody is left. */
struct dom_cut_off {
    cv_moment asked, auth_cache, sessions; /* the moments of proof, CV_NO_MOMENT = open */
};

/* An account that a move left behind in a system whose logins belong to units: still to be closed there. */
struct dom_former {
    const char *login;
    const char *remote_id; /* or NULL */
};

/* Of a digital certificate: until when it is valid, and the device with its key. */
struct dom_certificate {
    cv_day valid_to;          /* the last day; CV_NO_DAY = not said */
    const char *token_serial; /* of the device, or NULL: not said, or there is none */
    struct cv_id custodian;   /* who keeps it; zero = whose certificate it is */
    cv_day returned_on;       /* it came back; CV_NO_DAY = it is out */
};

/* A time that is over in which an account counted as issued. */
struct dom_span {
    cv_day from, to; /* CV_NO_DAY = nobody knows since when; `to` is the first day on which it was not so any more */
    enum dom_stand how;
};

struct dom_account {
    const char *system; /* slug */
    enum dom_desired desired;
    enum dom_observed observed;
    const char *login;      /* or NULL */
    const char *next_login; /* taken for a transfer that is to come, or NULL ... */
    struct cv_id next_unit; /* ... to this unit */
    const char *reason;     /* why locked or closed, a word for people, or NULL */
    enum dom_cause cause;   /* why not present; DOM_BY_HAND when it is */
    bool cause_told;        /* false: read out of what data of an earlier version say */
    cv_moment since;        /* of the observed state */
    cv_day issued_on;       /* since when it has counted as issued without a break; 0 = it does not, or nobody
                               kept it: dom_issued_since */
    struct dom_span spans[DOM_SPANS_MAX]; /* what was, ascending; what is now follows from observed, since, issued_on */
    size_t span_count;
    const char *last_error;            /* or NULL */
    bool asked;                        /* set by a person (PUT account), so that required_for does not take it away */
    const struct dom_cut_off *cut_off; /* NULL = nothing to end */
    const struct dom_certificate *certificate; /* NULL = nothing is said */
    /* What the reconciler remembers of an account in a `connector` system; written by it alone, quietly. */
    const char *remote_id; /* its id there, or NULL */
    uint32_t not_taken;    /* fields (bits of enum dom_field) that the system does not keep as they are sent */
    uint32_t kept;         /* those of them where another value stands instead, perhaps one that was cleared here */
    cv_moment lost_at;     /* since when a whole comparison has not found it there; 0 = it is there */
    int64_t synced;        /* revision of the person whose data were confirmed there; 0 = none */
    int attempts;          /* failures in a row; 0 = none, and the next two say nothing */
    cv_moment next_try_at; /* CV_NO_MOMENT = at once */
    int64_t tried;         /* revision that the failures speak of: a later one is tried at once */
    struct dom_former *formers;
    size_t former_count;
};

enum dom_observed dom_observed_for(enum dom_desired desired, bool credential_set); /* of a `directory` system */
bool dom_counts_issued(enum dom_observed observed);
/* The day from which one that counts as issued does so. Of a version that did not keep it: that of its state.
 * CV_NO_DAY: nobody knows. */
cv_day dom_issued_since(const struct dom_account *account);
/* As far as the account itself tells of that day. False: it did not count as issued at its end. */
bool dom_stood_on(const struct dom_account *account, cv_day day, enum dom_stand *out);
enum dom_stand dom_stand_of(enum dom_observed observed, const char *reason);
/* The account is in this state since then. A lock and its end are no new issue. */
void dom_observe(struct dom_account *account, enum dom_observed observed, cv_moment since);
/* From that moment on its reason is this one, or none. */
void dom_give_reason(struct dom_account *account, const char *reason, cv_moment now);
bool dom_may_login(enum dom_observed observed);
bool dom_may_receive(enum dom_observed observed);
/* What lists show: the states differ, or a connector system has not what it should have (a change on its way, a value
 * that stays there, an account that is gone). */
bool dom_account_drifts(enum dom_desired desired, enum dom_observed observed, int64_t attempts, bool kept, bool lost);
bool dom_in_drift(enum dom_desired desired, enum dom_observed observed);
/* Nobody has confirmed that the device with the key came back. */
bool dom_token_out(const struct dom_account *account);
bool dom_cut_off_open(const struct dom_account *account);
/* As wanted, and nobody left inside. */
bool dom_settled(const struct dom_account *account);
