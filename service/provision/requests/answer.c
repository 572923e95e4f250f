/* Answering: claimed first, then carried out; a repeat ends what was begun. */
#include <string.h>

#include "congvu/token.h"
#include "provision/core/brake.h"
#include "provision/core/underway.h"
#include "provision/requests/requests.h"

/* ---- who may ---- */

static bool may_withdraw(const struct prov_call *call, const struct prov_request *r, struct cv_error *err)
{
    return prov_reaches_people(call, r->unit) ||
           cv_fail(err, cvp_scope_missing, NULL, "Chỉ đơn vị đề nghị mới rút được đề nghị",
                   "Only the unit that asked may withdraw");
}

/* Whoever could do it himself, where the person is at home or above. */
static bool may_answer(struct prov_call *call, const struct prov_request *r, struct cv_error *err)
{
    struct dom_staff staff;
    struct cv_id home = prov_request_home(call, r);
    uint32_t right = prov_request_right(r->kind);
    if ((call->scopes & right) == 0)
        return cv_fail(err, cvp_scope_missing, NULL, "Trả lời đề nghị này cần quyền %s",
                       "Answering this needs the scope %s", dom_scope_words[right == DOM_STAFF_WRITE ? 1 : 2]);
    if (cv_id_is_zero(home) || !prov_reaches_people(call, home))
        return cv_fail(err, cvp_scope_missing, NULL, "Đơn vị chủ quản hoặc cấp trên của đơn vị ấy trả lời đề nghị này",
                       "The person's home unit, or one above it, answers this");
    if (cv_id_is_zero(r->staff))
        return true;
    return dir_staff_read(call->dir, r->staff, call->arena, &staff, err) && prov_not_higher(call, &staff, err);
}

/* ---- states ---- */

static bool settled(const struct prov_request *r, enum prov_answer answer)
{
    return r->state == answer || (answer == PROV_CONFIRMED && r->state == PROV_DONE);
}

static bool another(const struct prov_request *r, struct cv_error *err)
{
    static const char *const vi[PROV_ANSWERS] = {"đang chờ",      "đã được đồng ý", "đã thực hiện",
                                                 "đã bị từ chối", "đã được rút",    "đã hết hạn"};
    return cv_fail(err, cvp_conflict, NULL, "Đề nghị này %s%.0s", "%.0sThis request is %s already", vi[r->state],
                   prov_answer_words[r->state]);
}

static bool claim(struct prov_call *call, const struct prov_request_answer *in, struct prov_request *r,
                  struct cv_error *err)
{
    r->state = in->answer;
    r->answered_at = cv_now();
    r->answered_by = call->actor;
    r->answer = in->text;
    return prov_request_save(call, r, err);
}

/* What certainly was not done waits again; what may have been done is ended by a repeat. False: it is as it was. */
static bool give_back(struct prov_call *call, struct prov_request *r, const struct cv_error *why)
{
    struct cv_error ignored = {0};
    if (why->problem == cvp_outcome_unknown)
        return false;
    r->state = PROV_WAITING;
    r->answered_at = CV_NO_MOMENT;
    r->answered_by = r->answer = NULL;
    if (prov_request_save(call, r, &ignored))
        return true;
    cv_log_error(CV_LOG_WARN, "request_give_back", &ignored);
    return false;
}

/* The one who answers decides about the person, and the brake measures by what he reaches; where the person goes was
 * settled by the one who asked, in a unit that the former may not reach. */
static bool carry_out(struct prov_call *call, const struct prov_request_answer *in, struct prov_request *r,
                      struct cv_error *err)
{
    struct prov_call own = prov_unasked(call);
    own.idempotency = (struct dom_idempotency){.at = CV_NO_MOMENT};
    if (r->kind == PROV_ASK_TRANSFER)
        own.settled = r->unit;
    return in->carry_out(&own, r, in->ctx, err);
}

static bool confirm(struct prov_call *call, const struct prov_request_answer *in, struct prov_request *r,
                    struct cv_error *err)
{
    if (call->validate_only)
        return carry_out(call, in, r, err);
    if (r->state == PROV_WAITING && !claim(call, in, r, err))
        return false;
    if (!carry_out(call, in, r, err)) {
        give_back(call, r, err);
        return false;
    }
    r->state = PROV_DONE;
    return prov_request_save(call, r, err);
}

static bool answer(struct prov_call *call, const struct prov_request_answer *in, struct prov_request *r,
                   struct cv_error *err)
{
    if (in->answer == PROV_WITHDRAWN ? !may_withdraw(call, r, err) : !may_answer(call, r, err))
        return false;
    if (settled(r, in->answer) && r->state != PROV_CONFIRMED)
        return true;
    if (r->state != PROV_WAITING && !settled(r, in->answer))
        return another(r, err);
    if (in->answer == PROV_CONFIRMED)
        return confirm(call, in, r, err);
    return call->validate_only || claim(call, in, r, err);
}

bool prov_request_answer(struct prov_call *call, const char *key, const struct prov_request_answer *in,
                         struct prov_request *out, struct cv_error *err)
{
    struct prov_audit audit;
    bool ok = false;
    prov_audit_begin(&audit, call, "request.answer", key, NULL);
    for (int i = 0; i < PROV_RETRIES && !ok; i++) { /* two who answer at once: the second one meets the first's */
        cv_error_clear(err);
        ok = prov_request_read(call, key, out, err) && answer(call, in, out, err);
        if (!ok && (err->kind != CV_STALE || cv_deadline_passed(call->deadline)))
            break;
    }
    prov_audit_end(&audit, ok, err);
    return ok;
}

/* ---- what broke off ---- */

/* What he reaches who confirmed it, for the brake; everywhere, when that is not enough by now. */
static struct view_scope scope_of(struct prov_call *call, const struct prov_request *r)
{
    struct prov_call his = *call;
    his.scope = prov_reach_of(call, call->token);
    return prov_reaches_people(&his, prov_request_home(call, r)) ? his.scope : call->scope;
}

/* With whose right it was confirmed, and by whom; a code that nobody has seen is of no use, so that one waits again.
 * False: what stood in its way passes. */
static bool end(struct prov_call *call, const struct prov_request_answer *in, struct prov_request *r)
{
    struct prov_call own = *call;
    struct cv_error err = {0};
    own.actor = r->answered_by;
    if (!cv_id_parse("stf_", r->answered_by, &own.token) && !cv_id_parse("tok_", r->answered_by, &own.token))
        own.token = (struct cv_id){0};
    own.scope = scope_of(&own, r);
    if (r->kind == PROV_ASK_RESET)
        return give_back(call, r, &err);
    bool ok = carry_out(&own, in, r, &err), settled = !ok && prov_refused_for_good(&err) && give_back(call, r, &err);
    if (ok) {
        r->state = PROV_DONE;
        ok = settled = prov_request_save(&own, r, &err);
    }
    if (ok)
        cv_log(CV_LOG_WARN, "request", "%s was cut short after its answer and is done now", r->document.name);
    else
        cv_log_error(CV_LOG_WARN, "request", &err);
    return settled;
}

bool prov_requests_finish(struct prov_call *call, const struct prov_request_answer *in)
{
    enum { AT_ONCE = 100 };
    struct prov_request *items;
    const char *next;
    size_t count = 0;
    bool all = true;
    struct cv_error err = {0};
    struct prov_request_query query = {.states = 1u << PROV_CONFIRMED, .max = AT_ONCE};
    do {
        if (!prov_requests(call, &query, &items, &count, &next, &err)) {
            cv_log_error(CV_LOG_WARN, "request", &err);
            return false;
        }
        for (size_t i = 0; i < count; i++)
            all = !cv_deadline_passed(call->deadline) && end(call, in, &items[i]) && all;
        query.before = next;
    } while (next != NULL && !cv_deadline_passed(call->deadline));
    return all && next == NULL;
}
