/* Members that several bodies share. */
#include "api/internal.h"

void api_read_text(const struct cv_jin *o, const char *name, size_t max, struct prov_text *out)
{
    out->given = cv_jin_string(o, name, CV_NULLABLE, max, &out->value);
    if (out->given == CV_VALUE && *out->value == '\0') {
        out->given = CV_NULL; /* an empty text clears, as null does */
        out->value = NULL;
    }
}

void api_read_word(const struct cv_jin *o, const char *name, const char *const *words, struct prov_int *out)
{
    int index = 0;
    out->given = cv_jin_word(o, name, CV_OPTIONAL, words, &index);
    out->value = index;
}

void api_read_decision(const struct cv_jin *o, const char *name, struct prov_decision *out)
{
    const struct cv_jin *decision = NULL;
    out->value = (struct dom_decision){.signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY};
    out->given = cv_jin_object(o, name, CV_NULLABLE, &decision);
    if (out->given != CV_VALUE)
        return;
    cv_jin_string(decision, "number", CV_REQUIRED, 100, &out->value.number);
    cv_jin_day(decision, "signed_on", CV_NULLABLE, &out->value.signed_on);
    cv_jin_day(decision, "effective_on", CV_NULLABLE, &out->value.effective_on);
    cv_jin_done(decision);
}

void api_write_decision(struct cv_jout *j, const char *name, const struct dom_decision *d)
{
    if (d->number == NULL) {
        cv_jout_null(j, name);
        return;
    }
    cv_jout_object(j, name);
    cv_jout_string(j, "number", d->number);
    cv_jout_day(j, "signed_on", d->signed_on);
    cv_jout_day(j, "effective_on", d->effective_on);
    cv_jout_end(j);
}
