/* Corrections of people, with a reason. */
#include "api/internal.h"
#include "congvu/prov_corrections.h"

static const char *const kind_words[] = {"made_by_mistake", "wrong_alias", "swapped_codes", "death_date", NULL};

/* Each kind has its member, and only that one has it. */
static void belongs(const struct cv_jin *body, const char *member, bool wanted, bool there)
{
    if (wanted != there)
        cv_jin_fault(body, member, there ? "not_allowed" : "required", "Mục này không đi cùng việc sửa đã chọn",
                     "This member and kind do not go together");
}

static void read_correction(const struct cv_jin *body, struct prov_correction *out)
{
    int kind = 0;
    *out = (struct prov_correction){.effective_on = CV_NO_DAY};
    bool given = cv_jin_word(body, "kind", CV_REQUIRED, kind_words, &kind) == CV_VALUE;
    out->kind = (enum prov_correction_kind)kind;
    cv_jin_string(body, "reason", CV_REQUIRED, 500, &out->reason);
    cv_jin_string(body, "alias", CV_OPTIONAL, 200, &out->alias);
    cv_jin_string(body, "with", CV_OPTIONAL, 64, &out->with);
    cv_jin_day(body, "effective_on", CV_OPTIONAL, &out->effective_on);
    if (given) {
        belongs(body, "alias", out->kind == PROV_WRONG_ALIAS, out->alias != NULL);
        belongs(body, "with", out->kind == PROV_SWAPPED_CODES, out->with != NULL);
        belongs(body, "effective_on", out->kind == PROV_DEATH_DATE, out->effective_on != CV_NO_DAY);
    }
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
