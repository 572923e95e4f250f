/* Look-alikes that wait for somebody: which there are, and what was decided. */
#include <string.h>

#include "provision/staff/duplicate.h"

static bool visible(const struct prov_call *call, const struct prov_duplicate *d)
{
    return call->scope.everywhere || view_in_scope(call->prov->options.view, call->scope, d->unit);
}

/* Somebody carries the code by now, whoever gave it to him: nothing is left to be decided. */
static bool answered(const struct prov_call *call, const struct prov_duplicate *d)
{
    struct cv_id holder;
    return d->verdict == PROV_OPEN && view_code_holder(call->prov->options.view, d->staff_code, &holder);
}

bool prov_duplicates(struct prov_call *call, uint32_t verdicts, size_t max, struct prov_duplicate **out,
                     size_t *out_count, struct cv_error *err)
{
    enum { READ_MAX = 5000 };
    struct dir_document *documents;
    size_t count = 0;
    *out_count = 0;
    if (!dir_document_list(call->dir, PROV_DUPLICATES, "", NULL, READ_MAX, true, call->arena, &documents, &count, err))
        return false;
    *out = CV_NEWS(call->arena, struct prov_duplicate, max + 1);
    for (size_t i = 0; i < count && *out_count < max; i++) {
        struct prov_duplicate *d = &(*out)[*out_count];
        if (!prov_duplicate_read(call, &documents[i], d, err))
            return false;
        bool wanted = ((verdicts != 0 ? verdicts : 1u << PROV_OPEN) >> d->verdict & 1u) != 0;
        *out_count += wanted && visible(call, d) && !answered(call, d);
    }
    return true;
}

/* "This is him": from now on the line's code is his. */
static bool give_code(struct prov_call *call, const struct prov_duplicate *d, struct cv_error *err)
{
    char id[CV_ID_TEXT];
    struct prov_staff_result result;
    struct prov_call unasked = *call;
    const struct prov_staff_input in = {.staff_code = {CV_VALUE, d->staff_code}};
    unasked.match = PROV_MATCH_ANY;
    return prov_staff_patch(&unasked, cv_id_text("stf_", d->staff, id), &in, &result, err);
}

static bool choose(struct prov_call *call, const struct prov_decide *in, struct prov_duplicate *d, struct cv_error *err)
{
    d->verdict = in->verdict;
    d->decided_at = cv_now();
    d->decided_by = call->actor;
    if (in->verdict != PROV_SAME)
        return true;
    if (!prov_staff_locate(call, in->staff, true, &d->staff, err))
        return false;
    if (prov_duplicate_has(d, d->staff))
        return give_code(call, d, err);
    cv_fault_add(call->faults, CV_AT_POINTER, "/staff", "not_allowed_value",
                 "Người này không nằm trong danh sách được hỏi", "This person is not among those in question");
    return cv_faults_check(call->faults, cvp_validation_failed, err);
}

bool prov_duplicate_decide(struct prov_call *call, const char *code, const struct prov_decide *in,
                           struct prov_duplicate *out, struct cv_error *err)
{
    struct dir_document document;
    struct prov_audit audit;
    if (!prov_duplicate_fetch(call, code, &document, out, err) || !visible(call, out))
        return err->kind == CV_OK || err->kind == CV_NOT_FOUND ? prov_unseen(err, cvp_duplicate_not_found) : false;
    if (out->verdict == in->verdict && in->verdict == PROV_NOT_SAME)
        return true;
    prov_audit_begin(&audit, call, "duplicate.decide", code, NULL);
    bool ok = choose(call, in, out, err) && prov_duplicate_keep(call, &document, out, err);
    prov_audit_end(&audit, ok, err);
    return ok;
}
