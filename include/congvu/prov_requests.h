/* Requests between units (Phiếu đề nghị): what one unit asks and another one answers.
 *
 * Story of use. A unit that wants somebody from elsewhere, or that has no right of its own to open, lock or restore an
 * account, asks:
 *
 *     struct prov_request r = {.kind = PROV_ASK_TRANSFER, .key = "NS-0815", .full_name = "Lê Thị Hoa", .unit = ours};
 *     prov_request_create(&call, &r, prepare, ctx, &replayed, err);
 *
 * For somebody from elsewhere the code or address and the full name must both be right; a wrong pair is
 * staff_not_found whatever was wrong with it, and costs attempts. Nothing changes until somebody who may do it himself
 * answers, in the home unit of the person or above it. What was not answered in the policy's working days goes one
 * unit higher, and again: that is told by the day, nothing is written for it. After 90 days nobody waits any more.
 *
 * prov_request_answer() claims the request first, then carries it out through the use case that a person would have
 * called (`carry_out`); what a crash cut short is ended by prov_requests_finish().
 *
 * Seen by whoever asks or answers: the asking unit, or the person's home, lies in his scope. Else request_not_found.
 *
 * Thread: that of the call. Memory: results live in call->arena. */
#pragma once

#include "congvu/prov_staff.h"

enum prov_ask { PROV_ASK_TRANSFER, PROV_ASK_NEW, PROV_ASK_LOCK, PROV_ASK_RESTORE, PROV_ASK_RESET, PROV_ASKS };
enum prov_answer {
    PROV_WAITING,
    PROV_CONFIRMED, /* and on its way: a repeat of the answer ends it, or the calendar */
    PROV_DONE,
    PROV_REFUSED,
    PROV_WITHDRAWN,
    PROV_LAPSED, /* nobody answered for 90 days; never stored */
    PROV_ANSWERS
};
extern const char *const prov_ask_words[];    /* transfer new_account lock restore reset */
extern const char *const prov_answer_words[]; /* waiting confirmed done refused withdrawn lapsed */

struct prov_request {
    struct cv_id id;
    enum prov_ask kind;
    enum prov_answer state;
    struct cv_id unit;            /* that asks */
    const char *key, *full_name;  /* of the person, as typed */
    struct cv_id staff;           /* zero until there is one (new_account) */
    const char *system, *reason;  /* of an account */
    const char *title;            /* transfer: at the new unit; or NULL */
    struct dom_decision decision; /* effective_on is the day of a transfer; number NULL = none */
    const char *body;             /* new_account: JSON of the person */
    const char *note;
    cv_moment asked_at, answered_at;
    const char *asked_by, *answered_by, *answer; /* or NULL */
    int64_t revision;                            /* 0 = not kept */
    struct dir_document document;
    /* told by the day */
    struct cv_id waits_for; /* the unit whose turn it is; zero unless it waits */
    int risen;              /* how many units higher than the first one */
    cv_day due_on;          /* the last day of the first one's turn */
};

/* Does what was asked, with the rights of `call`; safe to repeat. */
typedef bool prov_carry_fn(struct prov_call *call, struct prov_request *request, void *ctx, struct cv_error *err);
/* `prepare` says whether it can be asked for today and sets `unit`; a replay does not come to it. */
bool prov_request_create(struct prov_call *call, struct prov_request *request, prov_carry_fn *prepare, void *ctx,
                         bool *out_replayed, struct cv_error *err);
bool prov_request_read(struct prov_call *call, const char *key, struct prov_request *out, struct cv_error *err);
struct prov_request_query {
    uint32_t states, kinds; /* bits; 0 = waiting and confirmed; all */
    bool has_turn;
    struct cv_id turn;  /* waits for exactly this unit */
    const char *before; /* name of the last one of the page before, or NULL */
    size_t max;
};
/* The newest first. *out_next: where the next page begins, or NULL. */
bool prov_requests(struct prov_call *call, const struct prov_request_query *query, struct prov_request **out,
                   size_t *out_count, const char **out_next, struct cv_error *err);

struct prov_request_answer {
    enum prov_answer answer; /* PROV_CONFIRMED, PROV_REFUSED or PROV_WITHDRAWN */
    const char *text;        /* why; or NULL */
    prov_carry_fn *carry_out;
    void *ctx;
};
/* Safe to repeat; another answer than the one that was given is `conflict`. Withdrawn by the asking unit alone,
 * answered by who has the right to do it himself where the person is at home. */
bool prov_request_answer(struct prov_call *call, const char *key, const struct prov_request_answer *in,
                         struct prov_request *out, struct cv_error *err);
/* What was confirmed and not carried out to its end, by whatever process: for the calendar. False: worth another try.
 */
bool prov_requests_finish(struct prov_call *call, const struct prov_request_answer *in);
