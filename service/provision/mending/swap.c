/* Codes that two people have of each other, exchanged. A code is one person's at any moment, so it takes three writes:
 * what is on its way lies in a document, and whatever broke off between two of them is ended by a repeat, or by the
 * calendar of the next process. */
#include <string.h>

#include "congvu/prov_corrections.h"
#include "provision/core/underway.h"

#define SWAPS "swaps" /* the folder: a document for a pair of people */
enum { BYTES_MAX = 4096 };

struct swap {
    const char *one, *other;           /* ids */
    const char *code_one, *code_other; /* before */
    const char *reason, *by;
};

/* ---- the document ---- */

static const char *name_of(struct cv_arena *arena, const struct swap *swap)
{
    bool first = strcmp(swap->one, swap->other) < 0;
    return cv_arena_printf(arena, "%s %s", first ? swap->one : swap->other, first ? swap->other : swap->one);
}

static bool keep(struct prov_call *call, const struct swap *swap, struct cv_error *err)
{
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, BYTES_MAX);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "one", swap->one);
    cv_jout_string(&j, "other", swap->other);
    cv_jout_string(&j, "code_one", swap->code_one);
    cv_jout_string(&j, "code_other", swap->code_other);
    cv_jout_string(&j, "reason", swap->reason);
    cv_jout_string(&j, "by", swap->by);
    cv_jout_end(&j);
    return prov_underway_keep(call, SWAPS, name_of(call->arena, swap), &buf, err);
}

static bool read_swap(struct prov_call *call, const struct dir_document *doc, struct swap *out, struct cv_error *err)
{
    const struct cv_jin *o = cv_json_parse_own(call->arena, doc->bytes, doc->len, err);
    *out = (struct swap){0};
    if (o == NULL)
        return false;
    cv_jin_string(o, "one", CV_REQUIRED, CV_ID_TEXT, &out->one);
    cv_jin_string(o, "other", CV_REQUIRED, CV_ID_TEXT, &out->other);
    cv_jin_string(o, "code_one", CV_REQUIRED, DOM_CODE_MAX, &out->code_one);
    cv_jin_string(o, "code_other", CV_REQUIRED, DOM_CODE_MAX, &out->code_other);
    cv_jin_string(o, "reason", CV_REQUIRED, BYTES_MAX, &out->reason);
    cv_jin_string(o, "by", CV_REQUIRED, CV_ID_TEXT, &out->by);
    return cv_jin_ok(o) || cv_fail(err, cvp_internal, NULL, "Bản ghi đổi số hiệu %s bị hỏng",
                                   "The stored exchange %s is damaged", doc->name);
}

/* ---- the writes ---- */

static struct prov_renumber step_of(const char *from, const char *to)
{
    return (struct prov_renumber){.code = to, .was = from, .given_on = true};
}

/* Each step that was done already does nothing. */
static bool carry_out(struct prov_call *call, const struct swap *swap, struct prov_staff_result *out,
                      struct cv_error *err)
{
    struct prov_staff_result theirs;
    struct prov_call own = prov_unasked(call);
    own.reason = swap->reason;
    const struct prov_renumber mine = step_of(swap->code_one, swap->code_other),
                               his = step_of(swap->code_other, swap->code_one);
    return prov_code_lost(&own, swap->one, swap->code_one, err) &&
           prov_renumber(&own, swap->other, &his, &theirs, err) && prov_renumber(&own, swap->one, &mine, out, err);
}

/* Before the first write, so that it is not refused behind it. */
static bool would(struct prov_call *call, const struct swap *swap, struct prov_staff_result *out, struct cv_error *err)
{
    struct prov_staff_result theirs;
    struct prov_call trial = *call, other = prov_unasked(call);
    trial.validate_only = other.validate_only = true;
    const struct prov_renumber mine = step_of(swap->code_one, swap->code_other),
                               his = step_of(swap->code_other, swap->code_one);
    return prov_renumber(&other, swap->other, &his, &theirs, err) && prov_renumber(&trial, swap->one, &mine, out, err);
}

/* Also when one of them has another code by now. */
static bool is_over(const struct cv_error *err)
{
    return prov_refused_for_good(err) || err->problem == cvp_etag_mismatch;
}

/* What cannot be done any more is undone: whoever lost his code has it again, unless he has another one by now. False:
 * somebody else has it, or trouble; the document stays. */
static bool give_back(struct prov_call *call, const struct swap *swap)
{
    struct prov_staff_result result;
    struct prov_call own = *call;
    struct cv_error err = {0};
    own.match = PROV_MATCH_ANY;
    own.reason = swap->reason;
    const struct prov_renumber again = {.code = swap->code_one, .given_on = true};
    return prov_renumber(&own, swap->one, &again, &result, &err) || (is_over(&err) && err.problem != cvp_code_taken);
}

/* The document goes when all is done, or nothing. */
static bool settle(struct prov_call *call, const struct swap *swap, struct prov_staff_result *out, struct cv_error *err)
{
    struct cv_error left = {0};
    const char *name = name_of(call->arena, swap);
    if (carry_out(call, swap, out, err))
        return prov_underway_forget(call, SWAPS, name, err);
    if (is_over(err) && give_back(call, swap) && !prov_underway_forget(call, SWAPS, name, &left))
        cv_log_error(CV_LOG_WARN, "swap", &left);
    return false;
}

/* ---- a request ---- */

/* The repeat of one that broke off. */
static bool go_on(struct prov_call *call, struct swap *swap, bool *out_found, struct prov_staff_result *out,
                  struct cv_error *err)
{
    struct dir_document doc;
    const char *name = name_of(call->arena, swap), *asked = swap->one;
    *out_found = dir_document_read(call->dir, SWAPS, name, call->arena, &doc, err);
    if (!*out_found)
        return cv_error_forgive(err, CV_NOT_FOUND);
    if (!read_swap(call, &doc, swap, err) || !settle(call, swap, out, err) ||
        !prov_staff_read(call, asked, &out->staff, err))
        return false;
    out->before = out->staff;
    return true;
}

bool prov_swap_codes(struct prov_call *call, const char *key, const struct prov_correction *in,
                     struct prov_staff_result *out, struct cv_error *err)
{
    struct view_staff one, other;
    bool found = false;
    const struct view *view = call->prov->options.view;
    if (!view_staff_find(view, call->scope, key, call->arena, &one, err) ||
        !view_staff_find(view, call->scope, in->with, call->arena, &other, err))
        return false;
    struct swap swap = {.one = cv_id_kept("stf_", one.id, call->arena),
                        .other = cv_id_kept("stf_", other.id, call->arena),
                        .code_one = one.staff_code,
                        .code_other = other.staff_code,
                        .reason = in->reason,
                        .by = call->actor};
    if (!call->validate_only && (!go_on(call, &swap, &found, out, err) || found))
        return found && err->kind == CV_OK;
    if (one.staff_code == NULL || other.staff_code == NULL || cv_id_equal(one.id, other.id))
        return cv_fail(err, cvp_conflict, "/with", "Hai người cần có hai số hiệu thì mới đổi cho nhau được",
                       "Two people with a code each are needed to exchange them");
    if (!would(call, &swap, out, err) || call->validate_only)
        return err->kind == CV_OK;
    return keep(call, &swap, err) && settle(call, &swap, out, err);
}

/* ---- what broke off ---- */

static bool end(struct prov_call *call, const struct dir_document *doc, struct cv_error *err)
{
    struct prov_staff_result result;
    struct swap swap;
    if (!read_swap(call, doc, &swap, err))
        return false;
    bool ok = carry_out(call, &swap, &result, err);
    if (!ok && is_over(err)) /* forgotten, or tried again: the code may be free then */
        err->kind = give_back(call, &swap) ? CV_CONFLICT : CV_STALE;
    return ok;
}

void prov_swaps_finish(struct prov_call *call)
{
    prov_underway_finish(call, SWAPS, end);
}
