/* Use cases about look-alikes: a code of HR under which somebody is sent who may be there already, or who may be
 * somebody else than the one who has it.
 *
 * Story of use. prov_staff_put() meets such a line: it creates nobody, keeps the question under the code and says
 * PROV_NEEDS_DECISION; the next night the question is still the same one. Somebody looks at prov_duplicates() and
 * decides once:
 *
 *     struct prov_decide in = {.verdict = PROV_SAME, .staff = "NS-0001"};  // "this is him": the code becomes his
 *     prov_duplicate_decide(&call, "NS-0815", &in, &duplicate, err);
 *
 * After "not the same" the next line of that code creates, and whoever had the code has it no more; only a look-alike
 * who came since is asked about again. "This is him" of who has the code already leaves his codes as they are.
 *
 * A question belongs to the unit where the line wants the person to be: outside the caller's scope it does not exist.
 *
 * Lines of units are asked about alike, when a unit of another name has the code or it is a former one; the unit itself
 * is the question's, and there are no candidates. The key of such a question is "unit:" and the code.
 *
 * Thread: that of the call. Memory: results live in call->arena. Errors: duplicate_not_found, staff_not_found, and what
 * changing a code answers. */
#pragma once

#include "congvu/prov_staff.h"

enum prov_verdict { PROV_OPEN, PROV_NOT_SAME, PROV_SAME, PROV_VERDICTS };
extern const char *const prov_verdict_words[]; /* open not_same same */

/* Why it is asked. From PROV_OTHER_NAME on somebody has the code: he is the first of the candidates. */
enum prov_about {
    PROV_LOOKS_ALIKE, /* nobody has the code, but somebody looks like him */
    PROV_OTHER_NAME,  /* whoever has the code bears a name that shares nothing with the line's */
    PROV_FORMER_CODE, /* it is a former code of who has it */
    PROV_ABOUTS
};
extern const char *const prov_about_words[]; /* looks_alike other_name former_code */

struct prov_duplicate {
    enum prov_about about;
    bool of_unit;                       /* then the code, the name and `unit` are a unit's */
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
/* Questions in the caller's scope, by key. */
struct prov_duplicate_query {
    uint32_t verdicts; /* bits of prov_verdict; 0 = open ones */
    const char *after; /* what *out_next said of the page before; or NULL */
    size_t max;
};
/* *out_next NULL: there are no more. */
bool prov_duplicates(struct prov_call *call, const struct prov_duplicate_query *q, struct prov_duplicate **out,
                     size_t *out_count, const char **out_next, struct cv_error *err);
struct prov_decide {
    enum prov_verdict verdict; /* not PROV_OPEN */
    const char *staff;         /* with PROV_SAME of a person: a key */
};
/* Whose office decides between a newcomer of this unit and people whom his own may not see: the nearest one that sees
 * all. Zero: whoever may everywhere. */
struct cv_id prov_duplicate_office(const struct view *view, struct cv_arena *arena, struct cv_id unit,
                                   const struct cv_id *candidates, size_t count);
const char *prov_duplicate_key(struct cv_arena *arena, const struct prov_duplicate *d);
/* Safe to repeat. */
bool prov_duplicate_decide(struct prov_call *call, const char *key, const struct prov_decide *in,
                           struct prov_duplicate *out, struct cv_error *err);
/* Decisions that broke off between two writes, of whatever process, are ended: for the calendar. */
void prov_decisions_finish(struct prov_call *call);
