/* Two records of one person made one. The write of the emptied one decides, both ways; what it lacks then is seen by
 * anybody, and done by the calendar. */
#include <string.h>

#include "congvu/prov_merge.h"
#include "congvu/view_lists.h"
#include "provision/core/underway.h"
#include "provision/internal.h"

static bool unseen(struct cv_error *err)
{
    return cv_fail(err, cvp_staff_not_found, NULL, "Không tìm thấy người này", "There is no such person");
}

static bool may_write(const struct prov_call *call, struct cv_id unit, struct cv_error *err)
{
    return prov_reaches_people(call, unit) ||
           cv_fail(err, cvp_scope_missing, NULL,
                   "Chỉ đơn vị chủ quản mới được sửa hồ sơ của người biệt phái, kiêm nhiệm",
                   "Only the home unit may change a person who is seconded to you");
}

/* The record itself, merged or not; read so far as it is known. */
static bool fetch_itself(struct prov_call *call, const char *key, struct dom_staff *out, struct cv_error *err)
{
    struct view_staff found;
    bool merged;
    if (!view_staff_itself(call->prov->options.view, call->scope, key, call->arena, &found, &merged))
        return unseen(err);
    if (dir_staff_read(call->dir, found.id, call->arena, out, err))
        return true;
    return err->kind == CV_NOT_FOUND ? unseen(err) : false;
}

/* ---- the emptied record ---- */

struct emptying {
    struct cv_id into;
    const char *reason;
};

static bool close_accounts(struct prov_change *change, struct cv_error *err)
{
    for (size_t i = 0; i < change->systems.count; i++) {
        const struct dom_system *system = &change->systems.items[i];
        const struct dom_account *account = dom_account_of(change->after, system->slug);
        struct dom_wish wish;
        if (account != NULL && dom_merged_wish(account, &wish) && !prov_wish(change, system, &wish, err))
            return false;
    }
    change->brake_events = change->brake_events > 0 ? 1 : 0; /* a person is one event, however many accounts */
    return true;
}

static bool empty(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct emptying *in = ctx;
    struct dom_staff *staff = change->after;
    if (staff->merge != NULL)
        return cv_id_equal(staff->merge->into, in->into) ||
               cv_fail(err, cvp_conflict, NULL, "Hồ sơ này đã được gộp vào hồ sơ khác",
                       "This record was merged into another one already");
    if (staff->hold_count > 0)
        return cv_fail(err, cvp_conflict, NULL,
                       "Hồ sơ này đang phụ trách hộp thư đơn vị; vui lòng giao hộp thư cho người khác trước",
                       "This record holds a unit mailbox; please name another holder first");
    if (dom_token_kept(staff) != NULL)
        return cv_fail(err, cvp_conflict, NULL,
                       "Hồ sơ này đang giữ thiết bị chứng thư số %s; vui lòng ghi thiết bị vào hồ sơ còn lại, rồi xác "
                       "nhận ngày trả ở hồ sơ này",
                       "This record has the certificate device %s; please record it at the other one, then confirm its "
                       "return here",
                       dom_token_kept(staff)->certificate->token_serial);
    if (!close_accounts(change, err))
        return false;
    struct dom_merge *merge = CV_NEW(change->call->arena, struct dom_merge);
    *merge = (struct dom_merge){.into = in->into, .at = cv_now(), .by = change->call->actor, .reason = in->reason};
    staff->merge = merge;
    staff->session_epoch++;
    staff->activation_digest = NULL;
    staff->activation_until = CV_NO_MOMENT;
    return true;
}

static bool refill(struct prov_change *change, void *ctx, struct cv_error *err)
{
    (void)ctx;
    if (change->after->merge == NULL)
        return true;
    change->after->merge = NULL;
    return dom_status_on(change->after, cv_today()) == DOM_DEPARTED || prov_give_back(change, false, err);
}

/* ---- the other one ---- */

static bool has_address(const struct dom_staff *staff, const char *address)
{
    for (size_t i = 0; i < staff->alias_count; i++)
        if (cv_ascii_casecmp(staff->aliases[i].address, address) == 0)
            return true;
    return false;
}

static void add_alias(struct dom_staff *staff, const char *address, cv_day until)
{
    if (address != NULL && !has_address(staff, address))
        staff->aliases[staff->alias_count++] = (struct dom_alias){.address = address, .until = until};
}

/* The record, and those that were merged into it before. */
static bool is_among(const struct prov_call *call, const struct dom_staff *from, const char *id)
{
    for (size_t i = 0; i < from->absorbed_count; i++)
        if (strcmp(from->absorbed[i], id) == 0)
            return true;
    return strcmp(cv_id_kept("stf_", from->id, call->arena), id) == 0;
}

/* Without those of `from`. */
static void copy_absorbed(struct prov_change *change, const struct dom_staff *from)
{
    struct dom_staff *staff = change->after;
    const char **kept = CV_NEWS(change->call->arena, const char *, staff->absorbed_count + from->absorbed_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < staff->absorbed_count; i++)
        if (!is_among(change->call, from, staff->absorbed[i]))
            kept[count++] = staff->absorbed[i];
    staff->absorbed = kept;
    staff->absorbed_count = count;
}

static bool absorb(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct dom_staff *from = ctx;
    struct dom_staff *staff = change->after;
    struct dom_alias *aliases =
        CV_NEWS(change->call->arena, struct dom_alias, staff->alias_count + from->alias_count + 1);
    (void)err;
    copy_absorbed(change, from);
    staff->absorbed[staff->absorbed_count++] = cv_id_kept("stf_", from->id, change->call->arena);
    for (size_t i = 0; i < from->absorbed_count; i++)
        staff->absorbed[staff->absorbed_count++] = from->absorbed[i];
    for (size_t i = 0; i < staff->alias_count; i++)
        aliases[i] = staff->aliases[i];
    staff->aliases = aliases;
    add_alias(staff, from->address, CV_NO_DAY);
    for (size_t i = 0; i < from->alias_count; i++)
        add_alias(staff, from->aliases[i].address, from->aliases[i].until);
    return true;
}

/* Who may have gone since the other one was emptied. */
static bool absorb_here(struct prov_change *change, void *ctx, struct cv_error *err)
{
    return dom_still_here(change->after, cv_today(), err) && absorb(change, ctx, err);
}

static bool was_of(const struct dom_staff *from, const char *address)
{
    return (from->address != NULL && cv_ascii_casecmp(from->address, address) == 0) || has_address(from, address);
}

static bool release(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct dom_staff *from = ctx;
    struct dom_staff *staff = change->after;
    struct dom_alias *aliases = CV_NEWS(change->call->arena, struct dom_alias, staff->alias_count + 1);
    size_t kept = 0;
    (void)err;
    copy_absorbed(change, from);
    for (size_t i = 0; i < staff->alias_count; i++)
        if (!was_of(from, staff->aliases[i].address))
            aliases[kept++] = staff->aliases[i];
    staff->aliases = aliases;
    staff->alias_count = kept;
    return true;
}

/* ---- both ---- */

static bool fit(struct prov_call *call, const struct dom_staff *from, struct cv_id into, struct cv_error *err)
{
    struct dom_staff to;
    if (cv_id_equal(from->id, into))
        return cv_fail(err, cvp_conflict, "/into", "Hai hồ sơ là một", "Both are the same record");
    if (!dir_staff_read(call->dir, into, call->arena, &to, err) || !dom_still_here(&to, cv_today(), err) ||
        !prov_not_higher(call, &to, err))
        return false;
    return from->address == NULL || to.address != NULL ||
           cv_fail(err, cvp_conflict, "/into", "Hồ sơ còn lại chưa có hộp thư; vui lòng gộp theo chiều ngược lại",
                   "The other record has no mailbox; please merge the other way round");
}

/* The other one cannot take it after all: it stands by itself again. */
static void put_back(struct prov_call *call, struct cv_id from)
{
    struct prov_staff_result result;
    struct cv_error err = {0};
    if (!prov_staff_modify_id(call, from, "staff.unmerge", NULL, refill, NULL, &result, &err))
        cv_log_error(CV_LOG_WARN, "merge", &err);
}

static bool fill(struct prov_call *call, const struct dom_staff *from, struct cv_id into, struct prov_merge *out,
                 struct cv_error *err)
{
    if (prov_staff_modify_id(call, into, "staff.merge", NULL, absorb_here, (void *)(uintptr_t)from, &out->into, err))
        return true;
    if (prov_refused_for_good(err) && !call->validate_only && out->emptied.outcome == PROV_CHANGED)
        put_back(call, from->id);
    return false;
}

static bool find_into(struct prov_call *call, const char *key, struct cv_id *out, struct cv_error *err)
{
    if (prov_staff_locate(call, key, true, out, err))
        return true;
    if (err->problem != cvp_staff_not_found)
        return false;
    cv_error_clear(err);
    cv_fault_add(call->faults, CV_AT_POINTER, "/into", "not_found", "Không tìm thấy người này",
                 "There is no such person");
    return cv_faults_check(call->faults, cvp_validation_failed, err);
}

bool prov_staff_merge(struct prov_call *call, const char *key, const struct prov_merge_input *in,
                      struct prov_merge *out, struct cv_error *err)
{
    struct dom_staff from;
    struct prov_call own = prov_unasked(call);
    struct emptying emptying = {.reason = in->reason};
    *out = (struct prov_merge){0};
    own.reason = in->reason;
    return fetch_itself(call, key, &from, err) && may_write(call, dom_home_on(&from, cv_today())->unit, err) &&
           find_into(call, in->into, &emptying.into, err) && fit(call, &from, emptying.into, err) &&
           prov_staff_modify_id(&own, from.id, "staff.merge", NULL, empty, &emptying, &out->emptied, err) &&
           fill(&own, &from, emptying.into, out, err);
}

/* And that it was merged into, when it was; what the caller does not see of the two is not there. */
static bool fetch_both(struct prov_call *call, const char *key, struct dom_staff *from, struct cv_error *err)
{
    struct view_staff to;
    return fetch_itself(call, key, from, err) &&
           (from->merge == NULL ||
            view_staff_find(call->prov->options.view, call->scope, cv_id_kept("stf_", from->merge->into, call->arena),
                            call->arena, &to, err));
}

bool prov_merge_read(struct prov_call *call, const char *key, struct prov_merge *out, struct cv_error *err)
{
    struct dom_staff *from = &out->emptied.staff;
    *out = (struct prov_merge){0};
    return fetch_both(call, key, from, err) &&
           (from->merge == NULL || dir_staff_read(call->dir, from->merge->into, call->arena, &out->into.staff, err));
}

static bool can_go_back(const struct dom_staff *from, struct cv_error *err)
{
    if (from->merge == NULL)
        return cv_fail(err, cvp_conflict, NULL, "Hồ sơ này không được gộp vào hồ sơ nào",
                       "This record was not merged into any");
    return cv_now() - from->merge->at <= DOM_MERGE_UNDO_S ||
           cv_fail(err, cvp_conflict, NULL, "Chỉ hoàn tác được trong vòng một ngày sau khi gộp",
                   "A merge is taken back within a day only");
}

enum { HOPS = 8 }; /* records merged one into the next */

/* Where it went, and where that went since. */
static bool release_all(struct prov_call *call, const struct dom_staff *from, struct prov_staff_result *out,
                        struct cv_error *err)
{
    struct prov_staff_result next, *at = out;
    struct cv_id into = from->merge->into;
    for (int i = 0; i < HOPS; i++, at = &next) {
        if (!prov_staff_modify_id(call, into, "staff.unmerge", NULL, release, (void *)(uintptr_t)from, at, err))
            return false;
        if (at->staff.merge == NULL)
            return true;
        into = at->staff.merge->into;
    }
    return true;
}

bool prov_staff_unmerge(struct prov_call *call, const char *key, struct prov_merge *out, struct cv_error *err)
{
    struct dom_staff from;
    struct cv_id into;
    struct prov_call own = prov_unasked(call);
    *out = (struct prov_merge){0};
    return fetch_both(call, key, &from, err) && prov_check_match(call, from.revision, err) &&
           may_write(call, dom_home_on(&from, cv_today())->unit, err) && can_go_back(&from, err) &&
           prov_staff_locate(call, cv_id_kept("stf_", from.merge->into, call->arena), true, &into, err) &&
           prov_staff_modify_id(&own, from.id, "staff.unmerge", NULL, refill, NULL, &out->emptied, err) &&
           release_all(&own, &from, &out->into, err);
}

/* ---- what broke off ---- */

/* A circle leads nowhere, so it is opened: two who were each made the other's at once. */
static bool absorb_all(struct prov_call *call, const struct dom_staff *from, struct cv_error *err)
{
    struct cv_id into = from->merge->into;
    for (int i = 0; i < HOPS; i++) {
        struct prov_staff_result result;
        bool ok = !cv_id_equal(into, from->id) &&
                  prov_staff_modify_id(call, into, "staff.merge", NULL, absorb, (void *)(uintptr_t)from, &result, err);
        if (!ok && (err->kind == CV_OK || prov_refused_for_good(err)))
            put_back(call, from->id);
        if (!ok || result.staff.merge == NULL)
            return ok;
        into = result.staff.merge->into;
    }
    return true;
}

static void finish(struct prov_call *call, const struct view_half_merge *half)
{
    struct prov_staff_result result;
    struct dom_staff from;
    struct cv_error err = {0};
    struct prov_call own = prov_unasked(call);
    bool ok = dir_staff_read(call->dir, half->emptied, call->arena, &from, &err);
    bool undone = ok && from.merge == NULL;
    own.reason = ok && !undone ? from.merge->reason : NULL;
    if (ok)
        ok = undone ? prov_staff_modify_id(&own, half->into, "staff.unmerge", NULL, release, &from, &result, &err)
                    : absorb_all(&own, &from, &err);
    if (ok)
        cv_log(CV_LOG_WARN, "merge", "%s and %s: %s was cut short and is ended now",
               cv_id_kept("stf_", half->emptied, call->arena), cv_id_kept("stf_", half->into, call->arena),
               undone ? "taking the merge back" : "the merge");
    else
        cv_log_error(CV_LOG_WARN, "merge", &err);
}

void prov_merges_finish(struct prov_call *call)
{
    enum { AT_ONCE = 100 };
    struct view_half_merge half[AT_ONCE];
    size_t count = view_half_merged(call->prov->options.view, half, AT_ONCE);
    for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++)
        finish(call, &half[i]);
}
