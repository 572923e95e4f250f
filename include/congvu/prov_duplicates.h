/* Use cases about look-alikes: a code of HR under which somebody is sent who may be there already.
 *
 * Story of use. prov_staff_put() meets such a line: it creates nobody, keeps the question under the code and says
 * PROV_NEEDS_DECISION; the next night the question is still the same one. Somebody looks at prov_duplicates() and
 * decides once:
 *
 *     struct prov_decide in = {.verdict = PROV_SAME, .staff = "NS-0001"};  // "this is him": the code becomes his
 *     prov_duplicate_decide(&call, "NS-0815", &in, &duplicate, err);
 *
 * After "not the same" the next line of that code creates; only a look-alike who came since is asked about again.
 *
 * A question belongs to the unit where the line wants the person to be: outside the caller's scope it does not exist.
 *
 * Thread: that of the call. Memory: results live in call->arena. Errors: duplicate_not_found, staff_not_found, and what
 * changing a code answers. */
#pragma once

#include "congvu/prov_staff.h"

enum prov_verdict { PROV_OPEN, PROV_NOT_SAME, PROV_SAME, PROV_VERDICTS };
extern const char *const prov_verdict_words[]; /* open not_same same */

struct prov_duplicate {
    const char *staff_code, *full_name; /* as the line has them */
    int birth_year;                     /* 0 = not given */
    struct cv_id unit;
    struct cv_id candidates[PROV_TWINS_MAX]; /* seen by the caller or not */
    size_t candidate_count;
    enum prov_verdict verdict;
    struct cv_id staff; /* with PROV_SAME */
    cv_moment asked_at, decided_at;
    const char *asked_by, *decided_by; /* decided_by NULL while open */
};
/* Questions in the caller's scope, by code, at most `max`; `verdicts` bits of prov_verdict, 0 = open ones. */
bool prov_duplicates(struct prov_call *call, uint32_t verdicts, size_t max, struct prov_duplicate **out,
                     size_t *out_count, struct cv_error *err);
struct prov_decide {
    enum prov_verdict verdict; /* not PROV_OPEN */
    const char *staff;         /* with PROV_SAME: a key */
};
/* Safe to repeat. */
bool prov_duplicate_decide(struct prov_call *call, const char *code, const struct prov_decide *in,
                           struct prov_duplicate *out, struct cv_error *err);
