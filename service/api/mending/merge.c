/* Two records of one person made one, and back. */
#include "api/internal.h"
#include "congvu/prov_merge.h"

static void write_side(struct htp_exchange *x, const char *name, const struct prov_staff_result *side)
{
    cv_jout_object(&x->out, name);
    api_write_staff_changes(x, &side->before, &side->staff);
    api_write_staff(x, "staff", &side->staff);
    cv_jout_end(&x->out);
}

static void reply(struct htp_exchange *x, const struct prov_merge *merge)
{
    bool still = merge->emptied.outcome == PROV_UNCHANGED && merge->into.outcome == PROV_UNCHANGED;
    if (still)
        htp_header_set(x, "Congvu-Unchanged", "true");
    cv_jout_object(&x->out, NULL);
    write_side(x, "emptied", &merge->emptied);
    write_side(x, "into", &merge->into);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_put_merge(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_merge_input in = {0};
    struct prov_merge merge;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "into", CV_REQUIRED, 64, &in.into);
    cv_jin_string(body, "reason", CV_REQUIRED, 500, &in.reason);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (prov_staff_merge(&call, htp_param(x, "staff"), &in, &merge, &err))
        reply(x, &merge);
    else
        htp_problem(x, &err, &x->faults);
}

void api_delete_merge(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_merge merge;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (prov_staff_unmerge(&call, htp_param(x, "staff"), &merge, &err))
        reply(x, &merge);
    else
        htp_problem(x, &err, NULL);
}

void api_get_merge(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_merge merge;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_merge_read(&call, htp_param(x, "staff"), &merge, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    const struct dom_merge *m = merge.emptied.staff.merge;
    htp_etag(x, merge.emptied.staff.revision);
    cv_jout_object(&x->out, NULL);
    cv_jout_bool(&x->out, "merged", m != NULL);
    cv_jout_moment(&x->out, "merged_at", m != NULL ? m->at : CV_NO_MOMENT);
    cv_jout_string(&x->out, "merged_by", m != NULL ? m->by : NULL);
    cv_jout_string(&x->out, "reason", m != NULL ? m->reason : NULL);
    cv_jout_moment(&x->out, "undo_until", m != NULL ? m->at + DOM_MERGE_UNDO_S : CV_NO_MOMENT);
    api_write_staff(x, "staff", &merge.emptied.staff);
    if (m != NULL)
        api_write_staff(x, "into", &merge.into.staff);
    else
        cv_jout_null(&x->out, "into");
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
