/* Use cases about units: the tree, letterheads, targets, headcounts, mailboxes.
 *
 * Story of use. See provision.h; a result holds the unit before and after.
 *
 * Thread: that of the call. */
#pragma once

#include "congvu/provision.h"
#include "congvu/unit.h"

struct prov_letterhead_input {
    enum cv_presence given; /* null: none of its own */
    struct prov_text superior_body, issuing_body, place, on_behalf, signatory_title, signatory_name;
    enum cv_presence recipients_given;
    const char **recipients;
    size_t recipient_count;
};
struct prov_unit_input {
    struct prov_text code, name_vi, name_en, parent, slug;
    struct prov_letterhead_input letterhead;
    struct prov_int kind, block, position;
    struct prov_day active_from, active_to;
};
struct prov_unit_result {
    enum prov_outcome outcome;
    struct dom_unit before, unit;
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
/* What a unit's papers carry: its own letterhead or that of the nearest unit above, also above the caller's scope;
 * empty when there is none. */
bool prov_unit_letterhead(struct prov_call *call, struct cv_id unit, struct dom_letterhead *out, struct cv_error *err);
bool prov_unit_delete(struct prov_call *call, const char *key, struct cv_error *err);
bool prov_headcount_put(struct prov_call *call, const char *key, const struct dom_headcount *in,
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
    struct view_staff *holders;
    size_t holder_count;
};
/* Makes it when there is none. Safe to repeat, also after it broke off between two people. */
bool prov_unit_mailbox_put(struct prov_call *call, const char *key, const struct prov_unit_mailbox_input *in,
                           struct prov_unit_mailbox *out, struct cv_error *err);
bool prov_unit_mailbox_read(struct prov_call *call, const char *key, struct prov_unit_mailbox *out,
                            struct cv_error *err);
struct prov_hand_over {
    struct dom_unit unit;
    struct view_staff staff; /* who holds it and leaves */
};
/* Unit mailboxes in the hands of people with a departure, in the caller's scope; at most `max`. */
bool prov_hand_overs(struct prov_call *call, struct prov_hand_over *out, size_t max, size_t *out_count,
                     struct cv_error *err);
