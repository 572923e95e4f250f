/* Look-alikes that wait for somebody: which there are, and what was decided. */
#include <string.h>

#include "provision/questions/duplicate.h"
#include "provision/units/units.h"

static bool visible(const struct prov_call *call, const struct prov_duplicate *d)
{
    if (!d->of_unit)
        return prov_reaches_people(call, d->unit);
    return (call->scopes & DOM_UNITS_READ) != 0 &&
           (call->scope.everywhere || view_in_scope(call->prov->options.view, call->scope, d->unit));
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
        *out_count += wanted && visible(call, d) && (d->verdict != PROV_OPEN || prov_duplicate_stands(call, d));
    }
    return true;
}

static struct prov_call unasked(const struct prov_call *call)
{
    struct prov_call own = *call;
    own.match = PROV_MATCH_ANY;
    return own;
}

static const char *id_of(const struct prov_call *call, struct cv_id id)
{
    return cv_id_text("stf_", id, cv_arena_alloc(call->arena, CV_ID_TEXT));
}

static bool is_held(const struct prov_duplicate *d)
{
    return d->about != PROV_LOOKS_ALIKE && d->candidate_count > 0;
}

/* "This is him": from now on the line's code is his; whoever had it has it no more. */
static bool give_code(struct prov_call *call, const struct prov_duplicate *d, struct cv_error *err)
{
    struct prov_staff_result result;
    struct view_staff him;
    struct prov_call own = unasked(call);
    const char *key = id_of(call, d->staff);
    if (is_held(d) && cv_id_equal(d->candidates[0], d->staff))
        return true;
    if (!view_staff_find(call->prov->options.view, call->scope, key, call->arena, &him, err))
        return false;
    const struct prov_renumber in = {
        .code = d->staff_code, .was = him.staff_code, .from = is_held(d) ? id_of(call, d->candidates[0]) : NULL};
    return prov_renumber(&own, key, &in, &result, err);
}

/* "Somebody else": the code is free for the next line. */
static bool free_code(struct prov_call *call, const struct prov_duplicate *d, struct cv_error *err)
{
    struct prov_call own = unasked(call);
    return !is_held(d) || prov_code_lost(&own, id_of(call, d->candidates[0]), d->staff_code, err);
}

/* ---- units ---- */

static bool drop_former(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct prov_duplicate *d = ctx;
    struct dir_actor actor = prov_dir_actor(call);
    struct dom_unit before, after;
    size_t count = 0;
    if (!prov_unit_fetch(call, d->unit, &before, err))
        return false;
    if (cv_ascii_casecmp(before.code, d->staff_code) == 0)
        return cv_fail(err, cvp_conflict, NULL,
                       "Mã này đang là mã của đơn vị “%s”; vui lòng cho đơn vị ấy mã mới hoặc giải thể trước",
                       "“%s” has this code at present; please give it another code or dissolve it first",
                       before.name[CV_VI]);
    after = before;
    after.former_codes = CV_NEWS(call->arena, const char *, before.former_code_count + 1);
    for (size_t i = 0; i < before.former_code_count; i++)
        if (cv_ascii_casecmp(before.former_codes[i], d->staff_code) != 0)
            after.former_codes[count++] = before.former_codes[i];
    after.former_code_count = count;
    return dir_unit_save(call->dir, &before, &after, false, &actor, stamp, err);
}

static bool choose_unit(struct prov_call *call, const struct prov_decide *in, struct prov_duplicate *d,
                        struct cv_error *err)
{
    char target[CV_ID_TEXT];
    if ((call->scopes & DOM_UNITS_WRITE) == 0)
        return cv_fail(err, cvp_scope_missing, NULL, "Quyết định về đơn vị cần quyền units:write",
                       "A decision about a unit needs units:write");
    return in->verdict == PROV_SAME ||
           prov_write(call, "unit.renumber", cv_id_text("unt_", d->unit, target), drop_former, d, err);
}

/* ---- what was decided ---- */

static bool choose(struct prov_call *call, const struct prov_decide *in, struct prov_duplicate *d, struct cv_error *err)
{
    d->verdict = in->verdict;
    d->decided_at = cv_now();
    d->decided_by = call->actor;
    if ((in->verdict == PROV_SAME && !d->of_unit) != (in->staff != NULL))
        cv_fault_add(call->faults, CV_AT_POINTER, "/staff", "required",
                     "Với “same” về một người cần nêu đó là ai (staff), ngoài ra thì không",
                     "“same” of a person says who it is (staff), all else does not");
    if (!cv_faults_check(call->faults, cvp_validation_failed, err))
        return false;
    if (d->of_unit)
        return choose_unit(call, in, d, err);
    if (in->verdict != PROV_SAME)
        return free_code(call, d, err);
    if (!prov_staff_locate(call, in->staff, true, &d->staff, err))
        return false;
    if (prov_duplicate_has(d, d->staff))
        return give_code(call, d, err);
    cv_fault_add(call->faults, CV_AT_POINTER, "/staff", "not_allowed_value",
                 "Người này không nằm trong danh sách được hỏi", "This person is not among those in question");
    return cv_faults_check(call->faults, cvp_validation_failed, err);
}

bool prov_duplicate_decide(struct prov_call *call, const char *key, const struct prov_decide *in,
                           struct prov_duplicate *out, struct cv_error *err)
{
    struct dir_document document;
    struct prov_audit audit;
    if (!prov_duplicate_fetch(call, key, &document, out, err) || !visible(call, out))
        return err->kind == CV_OK || err->kind == CV_NOT_FOUND ? prov_unseen(err, cvp_duplicate_not_found) : false;
    if (out->verdict == in->verdict && in->verdict == PROV_NOT_SAME)
        return true;
    prov_audit_begin(&audit, call, "duplicate.decide", key, NULL);
    bool ok = choose(call, in, out, err) && prov_duplicate_keep(call, &document, out, err);
    prov_audit_end(&audit, ok, err);
    return ok;
}
