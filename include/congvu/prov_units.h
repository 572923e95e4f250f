/* Use cases about units: the tree, letterheads, targets, headcounts, mailboxes.
 *
 * Story of use. See provision.h; a result holds the unit before and after.
 *
 * Thread: that of the call. */
#pragma once

#include "congvu/prov_fields.h"
#include "congvu/provision.h"
#include "congvu/unit.h"

struct prov_text_lines {
    enum cv_presence given; /* null: none */
    struct dom_lines lines;
};
struct prov_letterhead_input {
    enum cv_presence present; /* null: none of its own */
    struct prov_given given;  /* its lines */
    struct prov_text_lines addressees, recipients;
};
struct prov_unit_input {
    struct prov_given given; /* of what goes onto the unit by itself */
    struct prov_text code, name_vi, name_en, parent, slug;
    struct prov_letterhead_input letterhead;
    struct prov_int position;
    enum cv_presence hr_feed_given;
    uint32_t hr_feed;             /* 1 << enum dom_fact */
    struct prov_day effective_on; /* of what changes; what is to come waits for it */
};
struct prov_unit_result {
    enum prov_outcome outcome;
    struct dom_unit before, unit;
    const struct prov_duplicate *question; /* with PROV_NEEDS_DECISION */
};
bool prov_unit_create(struct prov_call *call, const struct prov_unit_input *in, struct prov_unit_result *out,
                      struct cv_error *err);
bool prov_unit_put(struct prov_call *call, const char *code, const struct prov_unit_input *in,
                   struct prov_unit_result *out, struct cv_error *err);
bool prov_unit_patch(struct prov_call *call, const char *key, const struct prov_unit_input *in,
                     struct prov_unit_result *out, struct cv_error *err);
bool prov_unit_read(struct prov_call *call, const char *key, struct dom_unit *out, struct cv_error *err);
/* What the unit is to reach with a system (slug or "required"); nothing set in `in` takes its own target away. */
bool prov_target_put(struct prov_call *call, const char *key, const struct dom_target *in, struct prov_unit_result *out,
                     struct cv_error *err);
/* What a unit's papers of that day carry: its own letterhead or that of the nearest unit above, also above the caller's
 * scope; empty when there is none. */
bool prov_unit_letterhead(struct prov_call *call, struct cv_id unit, cv_day day, struct dom_letterhead *out,
                          struct cv_error *err);
bool prov_unit_delete(struct prov_call *call, const char *key, struct cv_error *err);
bool prov_headcount_put(struct prov_call *call, const char *key, const struct dom_headcount *in,
                        struct prov_unit_result *out, struct cv_error *err);
/* A day that was declared wrongly, or of another unit: it is not declared any more. headcount_not_found without one. */
bool prov_headcount_remove(struct prov_call *call, const char *key, cv_day on, const char *reason,
                           struct prov_unit_result *out, struct cv_error *err);

/* ---- unit mailboxes: owned by a unit, read by its holders with their own passwords, never closed with a person ----
 */
struct prov_unit_mailbox_input {
    const char **holders; /* staff keys; all of them */
    size_t holder_count;
    const char *login; /* HR's own choice for a new one, or NULL: by the policy's rule */
};
struct prov_unit_mailbox {
    enum prov_outcome outcome;
    struct dom_unit unit;
    struct view_staff *holders; /* whom the caller may name: in his scope, with staff:read */
    size_t named, holder_count; /* of all */
};
/* Makes it when there is none. Holders outside the caller's scope stay. Safe to repeat; what broke off between two
 * people is ended by prov_holders_finish(). */
bool prov_unit_mailbox_put(struct prov_call *call, const char *key, const struct prov_unit_mailbox_input *in,
                           struct prov_unit_mailbox *out, struct cv_error *err);
/* Changes of holders that broke off between two writes, of whatever process, are ended: for the calendar. */
void prov_holders_finish(struct prov_call *call);
bool prov_unit_mailbox_read(struct prov_call *call, const char *key, struct prov_unit_mailbox *out,
                            struct cv_error *err);
/* ---- accounts of a unit at other systems ---- */
struct prov_unit_account_input {
    const char *login;     /* the first time; it stays */
    const char *custodian; /* id or HR code of somebody who stays */
};
struct prov_unit_account {
    struct dom_unit_account account;
    bool created;
    bool connected; /* the system has a connector: what is seen there counts */
    bool seen;      /* the caller may see who answers for it */
    struct view_staff custodian;
    bool needs_another; /* he leaves, has left, or is at home elsewhere now */
};
bool prov_unit_account_put(struct prov_call *call, const char *key, const char *system,
                           const struct prov_unit_account_input *in, struct prov_unit_account *out,
                           struct cv_error *err);
/* Notes what was seen of the unit's accounts, quietly unless *loud is set: for who works at the systems. */
bool prov_unit_account_note(struct prov_call *call, struct cv_id unit, const char *action,
                            void (*note)(struct dom_unit *unit, void *ctx, bool *loud), void *ctx,
                            struct cv_error *err);
/* The login stays the unit's. At a system with a connector it is closed there first. */
bool prov_unit_account_close(struct prov_call *call, const char *key, const char *system, struct cv_error *err);
bool prov_unit_accounts(struct prov_call *call, const char *key, struct prov_unit_account **out, size_t *out_count,
                        struct cv_error *err);

enum prov_hand_over_kind {
    PROV_OVER_LEAVER,    /* a holder has a departure */
    PROV_OVER_MOVED,     /* a holder's home is another unit than when he was named */
    PROV_OVER_DISSOLVED, /* the unit has ended, and nobody who stays has been named since */
    PROV_OVER_NO_HOLDER,
    PROV_OVER_KINDS
};
extern const char *const prov_hand_over_words[]; /* leaver moved dissolved no_holder */
struct prov_hand_over {
    enum prov_hand_over_kind kind;
    struct view_unit unit;       /* whose it is; perhaps outside the caller's scope: then only the person is his */
    const char *system;          /* "mailbox", or that of another account of the unit */
    const char *login, *address; /* address NULL = none */
    const char *token_serial;    /* of the device with somebody's certificate, or NULL: something of the unit's */
    struct view_staff holder;    /* whose certificate it is, with token_serial */
    bool has_staff;
    struct view_staff staff; /* who holds it, or answers for it */
    cv_day since;            /* first day out, of the new post, after the unit's end; CV_NO_DAY */
};
/* Mailboxes and other accounts of units, and devices with somebody's certificate, that somebody has to take over: of
 * units in the caller's scope, and in the
 * hands of people in it; at most `max`, *out_more = there are others. Open until PUT names who holds it from now on,
 * the same person again if he goes on. */
bool prov_hand_overs(struct prov_call *call, struct prov_hand_over *out, size_t max, size_t *out_count, bool *out_more,
                     struct cv_error *err);
