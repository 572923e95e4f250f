/* What may be asked of an account, by whom, and what follows: wishes, leaving, coming back.
 *
 * Story of use. Whoever wants an account otherwise (a person at any door, a transfer, a departure, a reinstatement)
 * makes a dom_wish. What is wrong with its words is told by dom_wish_check() together with the other faults of a body;
 * whether it may be asked of this person by dom_wish_allowed(); dom_wish_apply() then changes the copy of the record.
 * The machine's own wishes come from dom_post_wish(), dom_leaver_wish() and dom_returner_wish(): it gives back only
 * what it took away itself, for the same cause.
 *
 *     struct dom_wish wish = {.state = DOM_LOCKED, .reason = "compromised"};
 *     if (!dom_wish_allowed(staff, &wish, today, err)) return false;
 *     dom_wish_apply(&how, dom_account_need(staff, "mailbox"), &wish);
 *
 * Every function changes only the record that it is given. Texts are not copied: they live as long as the caller's.
 *
 * Thread: pure functions, any thread. */
#pragma once

#include "congvu/json.h"
#include "congvu/staff.h"
#include "congvu/system.h"

/* The way on for somebody who has departed, in err->link. */
void dom_link_reinstatements(struct cv_error *err, struct cv_id staff);

/* ---- wishes ---- */
struct dom_wish {
    enum dom_desired state;
    const char *reason;   /* the word that goes with it, or NULL; of a person's lock one of dom_lock_reason_words */
    enum dom_cause cause; /* DOM_BY_HAND: a person asks; else the machine */
};

/* A person's lock says why, out of the list. Faults lie at `at`/reason (a JSON pointer, "" for the whole body). */
void dom_wish_check(const struct dom_wish *wish, const char *at, struct cv_faults *faults);
/* Nobody who has departed gets anything: staff_departed, with the way to reinstatements. */
bool dom_wish_allowed(const struct dom_staff *staff, const struct dom_wish *wish, cv_day today, struct cv_error *err);
/* Not departed; else staff_departed, with the way to reinstatements. */
bool dom_still_here(const struct dom_staff *staff, cv_day today, struct cv_error *err);
/* A one-time code is for an account that is wanted and works, of somebody who is here: staff_departed, conflict. */
bool dom_code_allowed(const struct dom_staff *staff, const struct dom_account *account, cv_day today,
                      struct cv_error *err);
/* It has not expired, and whoever it was for is still here. */
bool dom_code_redeemable(const struct dom_staff *staff, cv_moment now);
/* A lock for a stolen password works at once, past the brake; the word on anything else is only a word. */
bool dom_wish_is_urgent(const struct dom_wish *wish);
/* Is the account that worked, or was locked already, locked for a stolen password now? What is closed is not: a lock
 * would let it receive mail again. */
bool dom_locks_stolen(const struct dom_account *was, const struct dom_account *will);

/* The account of a system, made when there is none: revoked, nothing seen. NULL: DOM_SYSTEMS_MAX are there. `system`
 * must live as long as the record, whose accounts must have that much room. */
struct dom_account *dom_account_need(struct dom_staff *staff, const char *system);

struct dom_wishing {
    const struct dom_staff *before; /* as the change found the person */
    struct dom_staff *staff;        /* the copy that is changed */
    const struct dom_system *system;
    struct cv_arena *arena;
    cv_moment now;
};
/* Sets what is wanted of the account and, where nobody else has to act, what is seen; asks for the end of sessions of
 * whoever may no longer sign in. Opening something for somebody who could sign in nowhere, or whose password is in
 * other hands, forgets the password. True: an account that was wanted and issued stops by it. */
bool dom_wish_apply(const struct dom_wishing *how, struct dom_account *account, const struct dom_wish *wish);
/* The system is out of use: the account is over, whatever the system still holds. */
void dom_account_retire(struct dom_account *account, cv_moment now);

/* What the word, the departures and the moments of an earlier version's data say; closed before a departure began, it
 * was not closed by it. */
enum dom_cause dom_cause_guess(const struct dom_staff *staff, const struct dom_account *account);

/* No password, no code that could set one; what was locked for a stolen one is locked by hand from now on. */
void dom_forget_password(struct dom_staff *staff, cv_day day);
/* The person has an own password from that day on, the first one or another one. */
void dom_set_password(struct dom_staff *staff, cv_day day);
/* Whoever set it had a code for it. */
void dom_trust_password(struct dom_staff *staff);

/* ---- posts ---- */
/* What they want of the account (NULL = there is none): to be given when it is required, and after a move to be closed
 * when it no longer is; never against what a person asked for, and a certificate goes along with its holder. False:
 * nothing. */
bool dom_post_wish(const struct dom_system *system, const struct dom_account *account, bool required, bool moved,
                   struct dom_wish *out);

/* ---- leaving ---- */
/* An order to leave, as it was given. */
struct dom_order {
    enum dom_reason reason;
    const char *reason_text;
    cv_day effective_on; /* CV_NO_DAY = now */
    struct dom_decision decision;
    const char *keep_mail_until; /* ISO day, or NULL: as it was */
    enum cv_presence delegate_given, reply_given;
    const char *delegate_to, *auto_reply;
};
/* What the order means beside what is recorded: the earlier date wins, a later one never postpones silently
 * (departure_conflict), corrections are always welcome, and a stale one does not undo what a person decided
 * (departure_withdrawn). Records it on the person, whose departures must have room for one more; *out is the one of the
 * record. *out_began: it has been carried out before. */
bool dom_departure_take(struct dom_staff *staff, const struct dom_order *order, const char *actor, cv_moment now,
                        struct dom_departure **out, bool *out_began, struct cv_error *err);
/* departure_not_found, departure_done. */
/* The order names an earlier day than that on which it was carried out: that day stays. */
bool dom_order_late(const struct dom_departure *d, const struct dom_order *order);
/* The first day on which of a leaver his names alone stay, `keep_days` after he left and after his kept mail; CV_NO_DAY
 * = never (-1), or nothing else is left. dom_strip() takes what was his own: not the posts and accounts that past
 * figures count. */
cv_day dom_strip_on(const struct dom_staff *staff, int keep_days);
void dom_strip(struct dom_staff *staff);
bool dom_departure_withdraw(struct dom_staff *staff, const char *actor, cv_moment now, struct cv_error *err);
/* Its first moment: neither the password nor a code handed out before opens anything from now on. */
void dom_departure_begin(struct dom_staff *staff, struct dom_departure *d, cv_moment now);
/* Who goes to another body of the State takes his certificate along, and the device with its key: the receiver files
 * the change. */
bool dom_takes_certificate(enum dom_reason reason);
/* What a leaver has at this system goes with him. */
bool dom_goes_along(const struct dom_departure *departure, const struct dom_system *system);
/* Done when nothing of it is left to do: an account that is not settled holds it, and a device with a key that is out.
 * Also for one that is not under way. */
enum dom_departure_state dom_departure_state_now(const struct dom_staff *staff, const struct dom_departure *d);
/* The person's current one, as just said. */
void dom_departure_settle(struct dom_staff *staff);
/* What a departure that has begun wants of the account: locked or closed by the policy (`usual`), mail by
 * keep_mail_until. Never back to life, but back to receiving when it is kept longer than was said first. False:
 * nothing. */
bool dom_leaver_wish(const struct dom_staff *staff, const struct dom_system *system, enum dom_desired usual,
                     cv_day today, struct dom_wish *out);
/* The record was found to be a second one of somebody: what it had is closed, as by a departure. False: nothing. */
bool dom_merged_wish(const struct dom_account *account, struct dom_wish *out);
/* When the calendar has to look at the person next: ends of aliases and of kept mail. CV_NO_MOMENT = never. */
/* The last day on which a password may be set for the first time; CV_NO_DAY = there is no such day. `since` is the
 * account's: a restored one begins anew. */
cv_day dom_activate_by(cv_moment since, cv_day hired_on, int days);
/* How it stands with an account whose password was never set; `last` as above, `warn` days before it one is reminded.
 */
enum dom_pending { DOM_WAITING, DOM_REMINDED, DOM_PENDING_LOCKED, DOM_NOT_PENDING };
enum dom_pending dom_pending_of(enum dom_observed observed, const char *reason, cv_day last, int warn, cv_day today);
cv_moment dom_due_at(const struct dom_staff *staff, const struct dom_system *systems, size_t count, cv_day today);

/* ---- signing in ---- */
/* An account of his opens with his password. */
bool dom_signs_in(const struct dom_staff *staff);

/* ---- coming back ---- */
/* Ends the departure; who comes back has no password. not_departed. */
bool dom_reinstate(struct dom_staff *staff, const char *actor, cv_moment now, struct cv_error *err);
/* What the departure took is given back when it was asked for or is required; what a hand had locked stays locked, what
 * it had closed stays closed. False: nothing. */
bool dom_returner_wish(const struct dom_account *account, bool required, struct dom_wish *out);
