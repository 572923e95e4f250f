/* Mending what was entered wrongly, with a reason that the log keeps.
 *
 * Story of use. Somebody entered twice, or who never came, is removed when nothing of him was ever used: no password,
 * no day of use, no account in another system, no departure, role or unit mailbox. Then his names are free again, as if
 * he had not been there. An alias that was never his goes at once; the name stays claimed, so nobody else is given it.
 *
 * Codes that two people have of each other are exchanged, and neither stays as a former one. The day of a death is set
 * right even when the departure was carried out long ago.
 *
 *     struct prov_correction in = {.kind = PROV_MADE_BY_MISTAKE, .reason = "nhập hai lần"};
 *     prov_staff_correct(&call, "NS-0815", &in, &result, err);
 *
 * Thread: that of the call. Memory: results live in call->arena. Errors: staff_not_found, staff_holds_names (something
 * was used), conflict (no such alias, no codes to exchange, no such departure), higher_role, etag_mismatch. */
#pragma once

#include "congvu/prov_staff.h"

enum prov_correction_kind { PROV_MADE_BY_MISTAKE, PROV_WRONG_ALIAS, PROV_SWAPPED_CODES, PROV_DEATH_DATE };
struct prov_correction {
    enum prov_correction_kind kind;
    const char *reason;
    const char *alias; /* an address; with PROV_WRONG_ALIAS */
    const char *with;  /* a key: who has this person's code, and whose code this person has; with PROV_SWAPPED_CODES */
    cv_day effective_on; /* the first day out; with PROV_DEATH_DATE */
};
/* Exchanges of codes that broke off between two writes, of whatever process, are ended: for the calendar. */
void prov_swaps_finish(struct prov_call *call);
/* With PROV_MADE_BY_MISTAKE out->before and out->staff are the person as he was. */
bool prov_staff_correct(struct prov_call *call, const char *key, const struct prov_correction *in,
                        struct prov_staff_result *out, struct cv_error *err);
