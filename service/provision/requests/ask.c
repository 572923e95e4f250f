/* Asking: whom, and that a wrong pair teaches nothing. */
#include <string.h>

#include "congvu/person_name.h"
#include "congvu/token.h"
#include "provision/core/attempts.h"
#include "provision/requests/requests.h"

/* ---- who is meant ---- */

static bool nobody(struct cv_error *err)
{
    return cv_fail(err, cvp_staff_not_found, "/person",
                   "Không tìm thấy người có số hiệu hoặc địa chỉ và họ tên này; vui lòng kiểm tra lại cả hai",
                   "Nobody has this code or address together with this name; please check both");
}

/* Whoever carries the code or the address today, wherever he is; the name must be his. */
static bool pair_matches(struct prov_call *call, struct prov_request *r)
{
    static const struct view_scope everywhere = {.everywhere = true};
    const struct view *view = call->prov->options.view;
    struct view_staff found;
    struct cv_id holder;
    bool known = strchr(r->key, '@') != NULL ? view_staff_holder(view, everywhere, VIEW_BY_NAME, r->key, &holder)
                                             : view_code_holder(view, r->key, &holder);
    if (!known || !view_staff_by_id(view, everywhere, holder, call->arena, &found))
        return false;
    r->staff = found.id; /* of a record that was merged into another: that one */
    return found.status != DOM_DEPARTED &&
           dom_names_alike(cv_text_fold(call->arena, found.full_name), cv_text_fold(call->arena, r->full_name));
}

static bool find_elsewhere(struct prov_call *call, struct prov_request *r, struct cv_error *err)
{
    const struct prov_trier who = {.peer = call->actor};
    int wait_s = 0;
    if (!view_may_deny(call->prov->options.view, err))
        return false;
    if (!prov_attempt_begin(call->prov->pairs, &who, cv_mono_ns(), &wait_s))
        return prov_too_fast(err, wait_s);
    bool ok = pair_matches(call, r);
    prov_attempt_end(call->prov->pairs, &who, cv_mono_ns(), ok ? PROV_TRIED_RIGHT : PROV_TRIED_WRONG);
    if (!ok)
        r->staff = (struct cv_id){0};
    return ok || nobody(err);
}

/* Of one's own people: as they are seen. */
static bool find_here(struct prov_call *call, struct prov_request *r, struct cv_error *err)
{
    struct dom_staff staff;
    if (!prov_staff_read(call, r->key, &staff, err))
        return false;
    r->staff = staff.id;
    r->full_name = staff.full_name;
    if (dom_account_of(&staff, r->system) != NULL)
        return dom_still_here(&staff, cv_today(), err);
    return cv_fail(err, cvp_account_not_found, "/system", "Người này chưa có tài khoản ở hệ thống “%s”",
                   "This person has no account in “%s”", r->system);
}

static bool find_person(struct prov_call *call, struct prov_request *r, struct cv_error *err)
{
    if (r->kind == PROV_ASK_NEW)
        return true;
    return r->kind == PROV_ASK_TRANSFER ? find_elsewhere(call, r, err) : find_here(call, r, err);
}

/* Receiving somebody is the business of who may onboard; the rest may be asked by whoever looks after the unit. */
static bool may_ask(const struct prov_call *call, const struct prov_request *r, struct cv_error *err)
{
    return r->kind != PROV_ASK_TRANSFER || (call->scopes & DOM_STAFF_WRITE) != 0 ||
           cv_fail(err, cvp_scope_missing, NULL, "Tiếp nhận người cần quyền sửa nhân sự",
                   "Receiving somebody needs the scope staff:write");
}

/* The same again while the first one waits. */
static bool asked_already(const struct prov_request *a, const struct prov_request *b)
{
    return a->state == PROV_WAITING && a->kind == b->kind && !cv_id_is_zero(a->staff) &&
           cv_id_equal(a->staff, b->staff) && cv_id_equal(a->unit, b->unit) && cv_text_same(a->system, b->system);
}

static bool not_twice(struct prov_call *call, const struct prov_request *r, struct cv_error *err)
{
    struct prov_request *open;
    size_t count = 0;
    const char *next;
    struct prov_request_query query = {.states = 1u << PROV_WAITING, .kinds = 1u << r->kind, .max = 500};
    do {
        if (!prov_requests(call, &query, &open, &count, &next, err))
            return false;
        for (size_t i = 0; i < count; i++)
            if (asked_already(&open[i], r))
                return cv_fail(err, cvp_conflict, NULL, "Đề nghị này đã gửi và đang chờ trả lời (%s)",
                               "This was asked already and waits for an answer (%s)", open[i].document.name);
        query.before = next;
    } while (next != NULL);
    return true;
}

static bool replayed(struct prov_call *call, struct prov_request *r, bool *out, struct cv_error *err)
{
    struct dir_document document;
    *out = false;
    if (call->idempotency.key == NULL || call->validate_only)
        return true;
    bool found =
        dir_document_find_idempotency(call->dir, PROV_REQUESTS, call->idempotency.key, call->arena, &document, err);
    struct prov_request first;
    if (found && !prov_request_take(call, &document, &first, err))
        return false;
    const struct prov_recall recall = {.found = found,
                                       .pair = &document.idempotency,
                                       .visible = found && prov_request_visible(call, &first),
                                       .missing = cvp_request_not_found};
    if (!prov_seen_before(call, &recall, out, err))
        return false;
    if (*out)
        *r = first;
    return true;
}

bool prov_request_create(struct prov_call *call, struct prov_request *r, prov_carry_fn *prepare, void *ctx,
                         bool *out_replayed, struct cv_error *err)
{
    struct prov_audit audit;
    char id[CV_ID_TEXT];
    if (!replayed(call, r, out_replayed, err))
        return false;
    if (*out_replayed)
        return true;
    if (!prepare(call, r, ctx, err) || !may_ask(call, r, err) || !find_person(call, r, err) || !not_twice(call, r, err))
        return false;
    r->id = prov_request_id_make();
    r->state = PROV_WAITING;
    r->asked_at = cv_now();
    r->answered_at = CV_NO_MOMENT;
    r->asked_by = call->actor;
    prov_request_tell(call, r);
    if (call->validate_only)
        return true;
    prov_audit_begin(&audit, call, "request.create", cv_id_text("req_", r->id, id), &r->decision);
    bool ok = prov_request_add(call, r, err);
    prov_audit_end(&audit, ok, err);
    return ok;
}

/* ---- reading ---- */

static bool none(struct cv_error *err)
{
    return prov_unseen(err, cvp_request_not_found);
}

bool prov_request_read(struct prov_call *call, const char *key, struct prov_request *out, struct cv_error *err)
{
    struct dir_document document;
    struct cv_id id;
    if (!cv_id_parse("req_", key, &id))
        return none(err);
    if (!dir_document_read(call->dir, PROV_REQUESTS, key, call->arena, &document, err))
        return err->kind == CV_NOT_FOUND ? none(err) : false;
    return prov_request_take(call, &document, out, err) && (prov_request_visible(call, out) || none(err));
}

static bool wanted(const struct prov_call *call, const struct prov_request_query *q, const struct prov_request *r)
{
    uint32_t states = q->states != 0 ? q->states : 1u << PROV_WAITING | 1u << PROV_CONFIRMED;
    bool kind = q->kinds == 0 || (q->kinds >> r->kind & 1u) != 0;
    bool turn = !q->has_turn || cv_id_equal(q->turn, r->waits_for);
    return kind && turn && (states >> r->state & 1u) != 0 && prov_request_visible(call, r);
}

/* Older than the life of what waits: not worth reading when only such is asked for. */
static bool too_old(const struct prov_request_query *q, const char *name)
{
    struct cv_id id;
    uint64_t ms = 0;
    uint32_t ended = 1u << PROV_DONE | 1u << PROV_REFUSED | 1u << PROV_WITHDRAWN | 1u << PROV_LAPSED;
    if ((q->states & ended) != 0 || !cv_id_parse("req_", name, &id))
        return false;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id.bytes[i];
    return (cv_moment)(ms / 1000) < cv_now() - (cv_moment)(PROV_REQUEST_LIFE_DAYS + 1) * 86400;
}

/* Looked at apart, so that what is not wanted takes no room. */
static bool take_wanted(struct prov_call *call, const struct prov_request_query *q, const char *name,
                        struct prov_request *out, bool *out_wanted, struct cv_error *err)
{
    struct prov_call apart = *call;
    struct dir_document document;
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    if (arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    apart.arena = arena;
    if (!dir_document_read(call->dir, PROV_REQUESTS, name, arena, &document, err) ||
        !prov_request_take(&apart, &document, out, err))
        return false;
    *out_wanted = wanted(&apart, q, out);
    if (!*out_wanted)
        return true;
    document = dir_document_copy(call->arena, &document);
    if (!prov_request_take(call, &document, out, err))
        return false;
    return cv_arena_ok(call->arena) || cv_fail_as(err, CV_LIMIT, "", "Quá nhiều đề nghị; hãy lọc hẹp hơn",
                                                  "Too many requests; narrow the question");
}

bool prov_requests(struct prov_call *call, const struct prov_request_query *q, struct prov_request **out,
                   size_t *out_count, const char **out_next, struct cv_error *err)
{
    struct dir_document *names;
    size_t count = 0;
    *out_count = 0;
    *out_next = NULL;
    if (!dir_document_list(call->dir, PROV_REQUESTS, "", NULL, DIR_DOCUMENT_NAMES_MAX, false, call->arena, &names,
                           &count, err))
        return false;
    *out = CV_NEWS(call->arena, struct prov_request, q->max + 1);
    while (count-- > 0 && !too_old(q, names[count].name)) {
        bool is_wanted = false;
        if (q->before != NULL && strcmp(names[count].name, q->before) >= 0)
            continue;
        if (!take_wanted(call, q, names[count].name, &(*out)[*out_count], &is_wanted, err))
            return false;
        if (!is_wanted)
            continue;
        if (*out_count == q->max) {
            *out_next = (*out)[q->max - 1].document.name;
            return true;
        }
        (*out_count)++;
    }
    return true;
}
