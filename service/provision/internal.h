/* Inside provision/: what the use cases share. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "congvu/brake.h"
#include "congvu/connect.h"
#include "congvu/lock.h"
#include "congvu/log.h"
#include "congvu/prov_staff.h"
#include "congvu/text.h"

enum { PROV_RESERVED_MAX = 512, PROV_TURNS_MAX = 64, PROV_RETRIES = 8, PROV_NAME_TRIES = 200, PROV_VIEW_WAIT_MS = 250 };

struct prov {
    struct prov_options options;
    void (*wrote)(void *ctx); /* or NULL */
    void *wrote_ctx;
    struct cv_deadline next_sweep;      /* of keys, aliases and kept mail; the clockwork's own */
    cv_day opened_on, closed_on;        /* days whose snapshots are known to be there; the clockwork's own */
    _Atomic cv_day snapshot_day;        /* the same for whoever asks; CV_NO_DAY = none seen yet */
    struct cv_deadline next_snapshot;   /* not before this moment; the clockwork's own */
    struct cv_deadline next_unit_turn;  /* after a failure; the clockwork's own */
    uint64_t sources_seen;              /* how far sources were when days were completed; the clockwork's own */
    cv_day completing;                  /* the next day to look at, going back; the clockwork's own */
    struct cv_deadline next_completion; /* not before this moment; the clockwork's own */
    struct cv_deadline next_schedules;  /* when reports that make themselves are looked at; the clockwork's own */
    struct cv_deadline next_brake_look; /* at what waits; the clockwork's own, as the next two */
    cv_moment reminded_at;              /* of what waits; CV_NO_MOMENT = never */
    bool lines_told;                    /* whether anybody can release was looked at */
    _Atomic int brake_waiting;          /* as last seen */
    bool roots_upgraded;                /* the first token has every right; the clockwork's own */
    cv_day activation_on;               /* who has not set a password in time was looked at; the clockwork's own */
    size_t due_from, lacking_from, turn_from; /* cursors of view_lists.h; the clockwork's own */
    size_t leavers_from;                      /* how far those whose day of stripping is not written were looked for */
    bool leavers_seen;                        /* all of them; the clockwork's own, as the former */
    cv_day usage_folded;                      /* days before this one are sums everywhere; the clockwork's own */
    struct prov_attempts *attempts;           /* at one-time codes */
    struct prov_attempts *pairs;              /* at code and name of somebody from elsewhere */
    struct cv_lock lock;                      /* guards what follows */
    char *reserved[PROV_RESERVED_MAX];        /* names on their way to the directory, in no order */
    cv_day swept_on;                          /* on a new day at once; the clockwork's own */
    size_t reserved_count;
    const char *turns[PROV_TURNS_MAX]; /* words whose turn it is (core/turns.h), in no order */
    size_t turn_count;
    pthread_cond_t turned; /* one of them has ended */
};

/* ---- what a caller may see ---- asked wherever a record is not found by its key in his scope */
bool prov_reaches_people(const struct prov_call *call, struct cv_id unit); /* knows those of the unit by name */
/* The nearest unit, from this one up, whose people know those of all the homes by name; zero: there is none. */
struct cv_id prov_unit_over(const struct view *view, struct cv_arena *arena, struct cv_id from,
                            const struct cv_id *homes, size_t count);
bool prov_sees_post(const struct prov_call *call, const struct dom_post *post);
bool prov_sees_staff(const struct prov_call *call, const struct dom_staff *staff);    /* by any current post */
bool prov_parent_in_reach(const struct prov_call *call, const struct dom_unit *unit); /* or all is; a top's is not */
bool prov_sees_unit(const struct prov_call *call, const struct dom_unit *unit);
/* Of a record that was merged into another: that one. */
struct cv_id prov_stands_for(const struct prov_call *call, struct cv_id staff);
bool prov_sees_token(const struct prov_call *call, const struct dom_token *token);
/* By id or code, somebody of the scope who stays; else a fault at /custodian. */
void prov_find_custodian(struct prov_call *call, const char *key, struct view_staff *out);
/* Fails with the problem's own title, as if it were not there. */
bool prov_unseen(struct cv_error *err, enum cv_problem missing);

/* ---- names on their way ---- two requests of one process never propose the same name */
bool prov_reserve(struct prov *prov, const char *name);
void prov_unreserve(struct prov *prov, const char *name);

/* Names proposed in one use case: reserved until the end, and those that the directory refused. */
struct prov_names {
    struct prov_call *call;
    const char *held[DOM_SYSTEMS_MAX + 2];
    size_t held_count;
    const char **refused;
    size_t refused_count, refused_cap;
};
void prov_names_init(struct prov_names *names, struct prov_call *call);
void prov_names_done(struct prov_names *names);
/* Gives the reservations back, keeps what was refused: before another try. */
void prov_names_drop(struct prov_names *names);
/* Of a dry run: what it holds counts as taken for the lines that follow. */
void prov_names_plan(struct prov_names *names);
/* Of a dry run: would the directory refuse one of them? Then fails as it does: the view may not have heard of it yet.
 * Of a plan all are asked of at its end (prov_planned_held). */
bool prov_names_free(struct prov_names *names, struct cv_error *err);
/* Was it a name that the directory refused (CV_CONFLICT on cvName)? Then asks which of the proposed ones is taken and
 * drops the reservations: worth another try. */
bool prov_names_refused(struct prov_names *names, const struct cv_error *err);
/* Gives the person a mailbox address and login (or HR's own choice `local`), keeping the old address as a dated alias.
 */
bool prov_name_mailbox(struct prov_names *names, struct dom_staff *staff, const char *local, struct cv_error *err);
/* The login of another system by its rule, for somebody who belongs to the unit `home`. */
bool prov_name_login(struct prov_names *names, struct dom_staff *staff, struct cv_id home,
                     const struct dom_system *system, const char **out_login, struct cv_error *err);
/* A fault at /login, when nobody could choose this login for the system. */
void prov_judge_login(struct prov_call *call, const struct dom_system *system, const char *login);
/* The same, chosen by HR. */
bool prov_name_hand_login(struct prov_names *names, struct dom_staff *staff, const struct dom_system *system,
                          struct dom_account *account, const char *login, struct cv_error *err);
/* The same as it was seen there, of whatever signs. */
bool prov_name_seen_login(struct prov_names *names, struct dom_staff *staff, const struct dom_system *system,
                          struct dom_account *account, const char *login, struct cv_error *err);

/* ---- changing one person ---- */
struct prov_systems {
    struct dom_system *items;
    size_t count;
};
bool prov_load_systems(struct prov_call *call, struct prov_systems *out, struct cv_error *err);
const struct dom_system *prov_system_of(const struct prov_systems *systems, const char *slug);

struct prov_change {
    struct prov_call *call;
    struct prov_systems systems;
    struct prov_names names;
    const struct dom_staff *before;
    struct dom_staff *after; /* arrays are copies with room to grow */
    const char *hand_login;  /* of the one account that is changed, chosen by HR: goes before any rule; or NULL */
    bool quiet;              /* the revision stays */
    bool overtaken;          /* what is said is of an old decision, and a later one holds */
    int brake_events;        /* accounts that were working and stop by this change */
    int urgent_events;       /* those of them that are locks for a stolen password */
    bool is_order;           /* an order to leave, kept by its own use case when the brake holds it, or what becomes
                              * of one: whatever role he has */
    enum dom_brake_kind order_kind;
};
typedef bool prov_staff_fn(struct prov_change *change, void *ctx, struct cv_error *err);
/* Finds the person (scope, right to write), reads, checks If-Match, lets `fn` change the copy, asks the brake, saves in
 * one write, waits for the view. Repeats from reading when somebody was faster, or a name was taken. */
bool prov_staff_modify(struct prov_call *call, const char *key, const char *action, const struct dom_decision *decision,
                       prov_staff_fn *fn, void *ctx, struct prov_staff_result *out, struct cv_error *err);
bool prov_staff_modify_id(struct prov_call *call, struct cv_id id, const char *action,
                          const struct dom_decision *decision, prov_staff_fn *fn, void *ctx,
                          struct prov_staff_result *out, struct cv_error *err);
/* Does the caller change nothing that the other side keeps? Else field_owned, with a fault for each. */
bool prov_may_change_facts(const struct prov_change *change, struct cv_error *err);
/* A copy whose arrays may grow to their maxima. */
void prov_staff_copy(struct cv_arena *arena, const struct dom_staff *from, struct dom_staff *to);
/* Person by key in the caller's scope; with `write` the primary unit must lie in it. */
bool prov_staff_locate(struct prov_call *call, const char *key, bool write, struct cv_id *out, struct cv_error *err);
/* Whoever signed in, or made the token that acts or what made it; zero = nobody. */
struct cv_id prov_person_behind(const struct prov_call *call);
bool prov_is_oneself(const struct prov_call *call, struct cv_id staff);
/* Who calls gives the changed person a way in; a person counts as himself, whatever token of his he uses. */
void prov_way_in_given(struct prov_change *change);
/* Whoever acts has every right that the person's roles have, over the same units; else higher_role. The calendar and
 * the person himself always pass. */
bool prov_covers(const struct prov_call *call, const struct dom_role *role);
bool prov_not_higher(const struct prov_call *call, const struct dom_staff *staff, struct cv_error *err);
/* He is an administrator of everything, and nobody else who is one can sign in without him. */
bool prov_last_administrator(struct prov_call *call, const struct dom_staff *staff);
/* *out: somebody else who has his number of the HR system, zero = nobody. False: nobody can say. */
bool prov_hr_ref_holder(struct prov_call *call, const struct dom_staff *staff, struct cv_id *out, struct cv_error *err);
/* False when there is such a one, or nobody can say. */
bool prov_hr_ref_free(struct prov_call *call, const struct dom_staff *staff, struct cv_error *err);
/* Was it refused because somebody else has the number of the HR system? Then says so. */
bool prov_hr_ref_taken(struct prov_call *call, const struct dom_staff *staff, struct cv_error *err);
/* The same, but for records that the caller did not name: without the version that he asked for. */
struct prov_call prov_unasked(const struct prov_call *call);
bool prov_check_match(const struct prov_call *call, int64_t revision, struct cv_error *err);
/* The first day of what a change without a day brings: today, or CV_NO_DAY = always, on the day on which the record was
 * written down or days began to be kept. */
cv_day prov_holds_from(const struct prov_call *call, cv_moment created_at);
void prov_settle(struct prov_call *call, const struct dir_stamp *stamp);
void prov_settle_gone(struct prov_call *call, struct cv_id id); /* of a person or a unit that was deleted */
/* The record goes, as `action` on `target`; whether it may is judged before. */
bool prov_staff_erase(struct prov_call *call, const char *action, const char *target, const struct dom_staff *staff,
                      struct cv_error *err);
/* Moves a digest pair onto a new record, if the request has a key. */
struct dom_idempotency prov_new_idempotency(const struct prov_call *call);
/* A record found under the request's key: the same body is a replay, another one idempotency_key_reused. */
bool prov_replay_ok(const struct prov_call *call, const struct dom_idempotency *found, struct cv_error *err);
/* What the directory has under the request's key. A replay is a reading: what the caller may not see any more is not
 * there for him, as GET says. */
struct prov_recall {
    bool found;                         /* false with the directory's own "none" in err: no failure */
    const struct dom_idempotency *pair; /* of the record */
    bool visible;
    enum cv_problem missing; /* what GET answers when it is not visible */
};
bool prov_seen_before(struct prov_call *call, const struct prov_recall *recall, bool *out_replay, struct cv_error *err);
/* The directory refused because somebody else wrote in between: worth another try. */
bool prov_somebody_faster(const struct prov_call *call, const struct cv_error *err);
/* One attempt at a write: reads, judges, saves. */
typedef bool prov_attempt_fn(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err);
/* Attempts within the deadline until nobody was faster, audited, and waits for the view. */
bool prov_write(struct prov_call *call, const char *action, const char *target, prov_attempt_fn *attempt, void *ctx,
                struct cv_error *err);

struct prov_correction;
/* Exchanges the codes of the person and of in->with (mending/swap.c). */
bool prov_swap_codes(struct prov_call *call, const char *key, const struct prov_correction *in,
                     struct prov_staff_result *out, struct cv_error *err);

/* ---- input onto a record ---- */
bool prov_apply_staff(struct prov_change *change, const struct prov_staff_input *in, struct cv_error *err);
/* The code alone; faults go to the call's list. */
bool prov_apply_code(struct prov_change *change, const struct prov_staff_input *in, struct cv_error *err);
bool prov_apply_posts(struct prov_change *change, const struct prov_staff_input *in, bool *out_moved,
                      struct cv_error *err);
/* Somebody who was away since that day comes back on another: the post of before ends on the one and begins anew on the
 * other. */
void prov_come_back(struct prov_change *change, cv_day away_from, cv_day back_on);
/* The unit where he is at home on that day (INT32_MAX: for good) is not dissolved then. */
bool prov_home_goes_on(struct prov_change *change, cv_day day, struct cv_error *err);
bool prov_post_decided_by(const struct dom_staff *staff, const char *number); /* NULL: false */

struct prov_system_input;
/* A system's connector; faults go to the call's list. */
void prov_apply_connector(struct prov_call *call, const struct prov_system_input *in, struct dom_system *system);

/* ---- accounts ---- */
/* When the calendar has something to do with him next. */
cv_moment prov_due_at(const struct prov_change *change);
/* Gives what the posts require; with `moved` closes what they no longer do and renews logins that belong to a unit.
 * Nothing for somebody who has departed, nor for who begins later than the policy leads. */
bool prov_sync_accounts(struct prov_change *change, bool moved, struct cv_error *err);
/* What a departure took and the posts require again; then as prov_sync_accounts. */
bool prov_give_back(struct prov_change *change, bool moved, struct cv_error *err);
/* Takes the logins that a transfer to come will need, and forgets those of one that will not come. */
bool prov_plan_logins(struct prov_change *change, struct cv_error *err);
/* The account gets the call's hand_login; the same login again changes nothing. */
bool prov_account_hand_login(struct prov_change *change, const struct dom_system *system, struct dom_account *account,
                             struct cv_error *err);
/* The one way to an account, whoever asks: judges the wish, makes and names the account, lets the domain apply it, and
 * counts what stops working for the brake. */
bool prov_wish(struct prov_change *change, const struct dom_system *system, const struct dom_wish *wish,
               struct cv_error *err);

/* An error's sentences for an account: both languages, a line each (see prov_text_in). */
const char *prov_error_text(struct cv_arena *arena, const struct cv_error *err);

/* ---- the brake ---- */
/* Now and then: says that nobody can release, or that something has waited for four working hours. */
void prov_brake_watch(struct prov_call *call);

/* ---- tokens ---- */
/* Tokens that no token made have every right that this version knows. False: worth another try. */
bool prov_token_upgrade(struct prov_call *call);

/* ---- usage ---- */
/* One batch of people whose days are older than what is kept. True: nobody is left. */
bool prov_usage_fold(struct prov_call *call);

/* ---- what days bring about ---- */
/* Once a day: locks who has not set a password in the policy's days. */
void prov_tick_activation(struct prov_call *call);
void prov_tick_retired(struct prov_call *call);
void prov_tick_units(struct prov_call *call);
/* Locks or closes what somebody has whose departure has begun: by the policy, mail by keep_mail_until. */
bool prov_close_leaver(struct prov_change *change, struct cv_error *err);
/* A prov_staff_fn: aliases past their day go (they stay the person's names), mail that was kept is closed, of a leaver
 * the names alone are left. */
bool prov_end_due(struct prov_change *change, void *ctx, struct cv_error *err);
/* Only the last of these; its day is written when it is to come. */
bool prov_strip_leaver(struct prov_change *change, void *ctx, struct cv_error *err);

/* ---- departures ---- */
/* Locks everything the person has, by the policy; marks the departure started. */
bool prov_carry_out(struct prov_change *change, struct dom_departure *departure, struct cv_error *err);
/* Fails: the code belongs to somebody outside the caller's reach; says so without saying whose. */
bool prov_held_elsewhere(struct cv_error *err, const char *pointer, const char *code);
