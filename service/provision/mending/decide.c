/* Look-alikes that wait for somebody: which there are, and what was decided. */
#include <string.h>

#include "congvu/prov_duplicates.h"
#include "provision/core/underway.h"
#include "provision/questions/duplicate.h"
#include "provision/units/units.h"

#define DECISIONS "decisions" /* the folder: a document for a question that is being answered */
enum { BYTES_MAX = 4096, LOOK_MAX = 8 << 20 };

static bool visible(const struct prov_call *call, const struct prov_duplicate *d)
{
    if (!d->of_unit)
        return prov_reaches_people(call, d->unit);
    return (call->scopes & DOM_UNITS_READ) != 0 &&
           (call->scope.everywhere || view_in_scope(call->prov->options.view, call->scope, d->unit));
}

/* document->name NULL: deleted since the names were read. */
static bool read_one(struct prov_call *call, const char *name, struct dir_document *document,
                     struct prov_duplicate *out, struct cv_error *err)
{
    *document = (struct dir_document){0};
    if (!dir_document_read(call->dir, PROV_DUPLICATES, name, call->arena, document, err))
        return cv_error_forgive(err, CV_NOT_FOUND);
    return prov_duplicate_read(call, document, out, err);
}

static bool shown(struct prov_call *call, const struct prov_duplicate *d, uint32_t verdicts)
{
    bool wanted = ((verdicts != 0 ? verdicts : 1u << PROV_OPEN) >> d->verdict & 1u) != 0;
    return wanted && visible(call, d) && (d->verdict != PROV_OPEN || prov_duplicate_stands(call, d));
}

/* All are looked at, each in memory that the next one uses again: those that are answered about long ago stay. */
bool prov_duplicates(struct prov_call *call, const struct prov_duplicate_query *q, struct prov_duplicate **out,
                     size_t *out_count, const char **out_next, struct cv_error *err)
{
    cv_auto_arena work = cv_arena_new(LOOK_MAX);
    struct dir_document *names;
    struct prov_call look = *call;
    size_t count = 0;
    const char *last = NULL;
    *out_count = 0;
    *out_next = NULL;
    if (work == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    if (!dir_document_list(call->dir, PROV_DUPLICATES, "", NULL, DIR_DOCUMENT_NAMES_MAX, false, call->arena, &names,
                           &count, err))
        return false;
    look.arena = work;
    *out = CV_NEWS(call->arena, struct prov_duplicate, q->max + 1);
    for (size_t i = 0; i < count; i++) {
        struct prov_duplicate d;
        struct dir_document document;
        if (q->after != NULL && strcmp(names[i].name, q->after) <= 0)
            continue;
        cv_arena_reset(work);
        if (!read_one(&look, names[i].name, &document, &d, err))
            return false;
        if (document.name == NULL || !shown(&look, &d, q->verdicts))
            continue;
        if (*out_count == q->max) {
            *out_next = last;
            return true;
        }
        if (!prov_duplicate_read(call, &document, &(*out)[*out_count], err)) /* once more, to be kept */
            return false;
        (*out_count)++;
        last = names[i].name;
    }
    return true;
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
    struct prov_call own = prov_unasked(call);
    const char *key = cv_id_kept("stf_", d->staff, call->arena);
    if (is_held(d) && cv_id_equal(d->candidates[0], d->staff))
        return true;
    if (!view_staff_find(call->prov->options.view, call->scope, key, call->arena, &him, err))
        return false;
    const struct prov_renumber in = {.code = d->staff_code,
                                     .was = him.staff_code,
                                     .from = is_held(d) ? cv_id_kept("stf_", d->candidates[0], call->arena) : NULL};
    struct prov_call trial = own;
    trial.validate_only = true; /* before the first write, so that it is not refused behind it */
    return prov_renumber(&trial, key, &in, &result, err) && prov_renumber(&own, key, &in, &result, err);
}

/* "Somebody else": the code is free for the next line. */
static bool free_code(struct prov_call *call, const struct prov_duplicate *d, struct cv_error *err)
{
    struct prov_call own = prov_unasked(call);
    return !is_held(d) || prov_code_lost(&own, cv_id_kept("stf_", d->candidates[0], call->arena), d->staff_code, err);
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

static bool may_decide_unit(const struct prov_call *call, struct cv_error *err)
{
    return (call->scopes & DOM_UNITS_WRITE) != 0 ||
           cv_fail(err, cvp_scope_missing, NULL, "Quyết định về đơn vị cần quyền sửa đơn vị",
                   "A decision about a unit needs units:write");
}

/* ---- what was decided ---- */

static bool choose(struct prov_call *call, const struct prov_decide *in, struct prov_duplicate *d, struct cv_error *err)
{
    d->verdict = in->verdict;
    d->decided_at = cv_now();
    d->decided_by = call->actor;
    if ((in->verdict == PROV_SAME && !d->of_unit) != (in->staff != NULL))
        cv_fault_add(call->faults, CV_AT_POINTER, "/staff", "required",
                     "Khi trả lời là cùng một người thì cần nêu đó là ai, ngoài ra thì không",
                     "“same” of a person says who it is (staff), all else does not");
    if (!cv_faults_check(call->faults, cvp_validation_failed, err))
        return false;
    if (d->of_unit)
        return may_decide_unit(call, err);
    if (in->verdict != PROV_SAME)
        return true;
    if (!prov_staff_locate(call, in->staff, true, &d->staff, err))
        return false;
    if (prov_duplicate_has(d, d->staff))
        return true;
    cv_fault_add(call->faults, CV_AT_POINTER, "/staff", "not_allowed_value",
                 "Người này không nằm trong danh sách được hỏi", "This person is not among those in question");
    return cv_faults_check(call->faults, cvp_validation_failed, err);
}

/* What follows from it; what was done already does nothing. */
static bool apply(struct prov_call *call, struct prov_duplicate *d, struct cv_error *err)
{
    char target[CV_ID_TEXT];
    if (d->of_unit)
        return d->verdict == PROV_SAME ||
               prov_write(call, "unit.renumber", cv_id_text("unt_", d->unit, target), drop_former, d, err);
    return d->verdict == PROV_SAME ? give_code(call, d, err) : free_code(call, d, err);
}

/* Beside the question itself. */
static bool writes_more(const struct prov_duplicate *d)
{
    return d->of_unit ? d->verdict != PROV_SAME : d->verdict == PROV_SAME || is_held(d);
}

/* ---- on its way ---- */

static bool keep(struct prov_call *call, const char *name, const struct prov_duplicate *d, struct cv_error *err)
{
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, BYTES_MAX);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "verdict", prov_verdict_words[d->verdict]);
    cv_jout_string(&j, "staff", cv_id_is_zero(d->staff) ? NULL : cv_id_kept("stf_", d->staff, call->arena));
    cv_jout_string(&j, "by", d->decided_by);
    cv_jout_moment(&j, "at", d->decided_at);
    cv_jout_end(&j);
    return prov_underway_keep(call, DECISIONS, name, &buf, err);
}

static bool take(struct prov_call *call, const struct dir_document *doc, struct prov_duplicate *d, struct cv_error *err)
{
    const char *staff = NULL;
    int verdict = PROV_OPEN;
    const struct cv_jin *o = cv_json_parse_own(call->arena, doc->bytes, doc->len, err);
    if (o == NULL)
        return false;
    cv_jin_word(o, "verdict", CV_REQUIRED, prov_verdict_words, &verdict);
    cv_jin_string(o, "staff", CV_NULLABLE, CV_ID_TEXT, &staff);
    cv_jin_string(o, "by", CV_REQUIRED, 64, &d->decided_by);
    cv_jin_moment(o, "at", CV_REQUIRED, &d->decided_at);
    d->verdict = (enum prov_verdict)verdict;
    return ((staff == NULL || cv_id_parse("stf_", staff, &d->staff)) && cv_jin_ok(o)) ||
           cv_fail(err, cvp_internal, NULL, "Quyết định lưu trữ %s bị hỏng", "The stored decision %s is damaged",
                   doc->name);
}

static bool carry_out(struct prov_call *call, const struct dir_document *question, struct prov_duplicate *d,
                      struct cv_error *err)
{
    return apply(call, d, err) && prov_duplicate_keep(call, question, d, err);
}

static bool put(struct prov_call *call, const struct dir_document *question, struct prov_duplicate *d,
                struct cv_error *err)
{
    bool several = writes_more(d);
    if (several && !keep(call, question->name, d, err))
        return false;
    bool ok = carry_out(call, question, d, err);
    struct cv_error left = {0};
    if (several && (ok || prov_refused_for_good(err)) && !prov_underway_forget(call, DECISIONS, question->name, &left))
        cv_log_error(CV_LOG_WARN, "decision", &left);
    return ok;
}

/* Already, and what follows from it is done. */
static bool decided_so(struct prov_call *call, const struct prov_decide *in, const struct prov_duplicate *d)
{
    struct cv_id him, holder;
    struct cv_error none = {0};
    if (d->verdict != in->verdict || (d->of_unit && in->staff != NULL))
        return false;
    if (d->of_unit || in->verdict == PROV_NOT_SAME)
        return true;
    return in->staff != NULL && prov_staff_locate(call, in->staff, true, &him, &none) && cv_id_equal(him, d->staff) &&
           view_code_holder(call->prov->options.view, d->staff_code, &holder) && cv_id_equal(holder, him);
}

bool prov_duplicate_decide(struct prov_call *call, const char *key, const struct prov_decide *in,
                           struct prov_duplicate *out, struct cv_error *err)
{
    struct dir_document document;
    struct prov_audit audit;
    if (!prov_duplicate_fetch(call, key, &document, out, err) || !visible(call, out))
        return err->kind == CV_OK || err->kind == CV_NOT_FOUND ? prov_unseen(err, cvp_duplicate_not_found) : false;
    if (decided_so(call, in, out))
        return true;
    prov_audit_begin(&audit, call, "duplicate.decide", key, NULL);
    bool ok = choose(call, in, out, err) && put(call, &document, out, err);
    prov_audit_end(&audit, ok, err);
    return ok;
}

static bool end(struct prov_call *call, const struct dir_document *doc, struct cv_error *err)
{
    struct prov_call own = *call;
    struct prov_duplicate d, was;
    struct dir_document question;
    if (!dir_document_read(call->dir, PROV_DUPLICATES, doc->name, call->arena, &question, err))
        return err->kind == CV_NOT_FOUND ? prov_unseen(err, cvp_duplicate_not_found) : false;
    if (!prov_duplicate_read(call, &question, &d, err))
        return false;
    was = d;
    if (!take(call, doc, &d, err))
        return false;
    own.actor = d.decided_by;
    bool recorded = was.verdict == d.verdict && was.decided_at == d.decided_at;
    return recorded || carry_out(&own, &question, &d, err);
}

void prov_decisions_finish(struct prov_call *call)
{
    prov_underway_finish(call, DECISIONS, end);
}
