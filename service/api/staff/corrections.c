/* Corrections of people, with a reason. */
#include "api/internal.h"
#include "congvu/prov_corrections.h"

static const char *const kind_words[] = {"made_by_mistake", "wrong_alias", NULL};

static void read_correction(const struct cv_jin *body, struct prov_correction *out)
{
    int kind = 0;
    *out = (struct prov_correction){0};
    bool given = cv_jin_word(body, "kind", CV_REQUIRED, kind_words, &kind) == CV_VALUE;
    out->kind = (enum prov_correction_kind)kind;
    cv_jin_string(body, "reason", CV_REQUIRED, 500, &out->reason);
    cv_jin_string(body, "alias", CV_OPTIONAL, 200, &out->alias);
    if (given && (out->kind == PROV_WRONG_ALIAS) != (out->alias != NULL))
        cv_jin_fault(body, "alias", out->alias == NULL ? "required" : "not_allowed",
                     "alias đi cùng và chỉ đi cùng wrong_alias", "alias belongs to wrong_alias, and to it alone");
    cv_jin_done(body);
}

void api_create_correction(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_correction in;
    struct prov_staff_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    call.idempotency = (struct dom_idempotency){.at = CV_NO_MOMENT}; /* again, it meets what it did */
    read_correction(body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_staff_correct(&call, htp_param(x, "staff"), &in, &result, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    bool removed = in.kind == PROV_MADE_BY_MISTAKE;
    cv_jout_object(&x->out, NULL);
    cv_jout_bool(&x->out, "removed", removed);
    api_write_staff_changes(x, &result.before, &result.staff);
    api_write_staff(x, "staff", &result.staff);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
