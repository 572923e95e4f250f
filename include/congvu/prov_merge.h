/* Two records of one person made one, and back within a day.
 *
 * Story of use. Somebody was entered twice. The second record is emptied: its accounts close, it counts and is listed
 * nowhere, but the names and codes it ever had stay claimed by it, so nobody else is ever given them. Its addresses
 * become aliases of the other record, whoever asks for its id or code is led there, and history and use are read
 * together. Rights are never merged: roles and password of the emptied record open nothing any more.
 *
 *     struct prov_merge_input in = {.into = "NS-0001", .reason = "nhập hai lần"};
 *     prov_staff_merge(&call, "NS-0815", &in, &merge, err);
 *
 * Two entries are written. The write of the emptied one decides, when it is merged and when that is taken back; the
 * other one's follows, and when a process dies between the two, the calendar ends it.
 *
 * Thread: that of the call. Memory: results live in call->arena. Errors: staff_not_found, staff_departed, conflict
 * (merged already, unit mailboxes still held, no mailbox there, more than a day ago), higher_role, brake_engaged,
 * etag_mismatch. */
#pragma once

#include "congvu/prov_staff.h"

struct prov_merge_input {
    const char *into; /* a key */
    const char *reason;
};
struct prov_merge {
    struct prov_staff_result emptied, into;
};
/* The caller sees and may change both. */
bool prov_staff_merge(struct prov_call *call, const char *key, const struct prov_merge_input *in,
                      struct prov_merge *out, struct cv_error *err);
bool prov_staff_unmerge(struct prov_call *call, const char *key, struct prov_merge *out, struct cv_error *err);
/* A record itself, and when it was merged (`merge` is set) the one that it was merged into, for who sees both. */
bool prov_merge_read(struct prov_call *call, const char *key, struct prov_merge *out, struct cv_error *err);
/* What broke off between two writes, of whatever process, is ended: for the calendar. */
void prov_merges_finish(struct prov_call *call);
