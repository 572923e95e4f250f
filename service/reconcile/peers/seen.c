/* What follows from what was seen at a system, by whichever way it is reached. */
#include <string.h>

#include "reconcile/internal.h"

enum { MISSING_FEW = 20, MISSING_PERCENT = 20 };

void rec_observe(struct dom_account *a, enum dom_observed observed)
{
    bool either = observed == DOM_PROVISIONED && a->observed == DOM_OBS_ACTIVE; /* use says more than a credential */
    if (either || (a->observed == observed && a->since != CV_NO_MOMENT))
        return;
    dom_observe(a, observed, cv_now());
}

bool rec_too_many_missing(size_t missing, size_t issued)
{
    bool many = missing > MISSING_FEW && missing * 100 > issued * MISSING_PERCENT;
    bool everybody = missing == issued && issued > 1;
    return many || everybody;
}

bool rec_mark_parse(const char *mark, struct cv_id *out_owner, bool *out_left_behind)
{
    char id[CV_ID_TEXT];
    size_t len = mark ? strcspn(mark, "#") : 0;
    if (len == 0 || len >= sizeof id)
        return false;
    memcpy(id, mark, len);
    id[len] = '\0';
    *out_left_behind = mark[len] == '#';
    return cv_id_parse("stf_", id, out_owner) || cv_id_parse("unt_", id, out_owner);
}

const char *rec_mark_of(const struct view_connector_account *a, char out[CV_ID_TEXT])
{
    return cv_id_text(a->of_unit ? "unt_" : "stf_", a->owner, out);
}
