/* Changing one person: the loop that every use case on a person shares. */
#include <stdio.h>
#include <string.h>

#include "congvu/wish.h"
#include "provision/core/brake.h"

static void *grow_copy(struct cv_arena *arena, const void *from, size_t count, size_t max, size_t size)
{
    char *copy = cv_arena_alloc(arena, (count > max ? count : max) * size);
    if (count > 0)
        memcpy(copy, from, count * size);
    return copy;
}

void prov_staff_copy(struct cv_arena *arena, const struct dom_staff *from, struct dom_staff *to)
{
    *to = *from;
    to->posts = grow_copy(arena, from->posts, from->post_count, DOM_POSTS_KEPT_MAX + 2, sizeof(*to->posts));
    to->accounts = grow_copy(arena, from->accounts, from->account_count, DOM_SYSTEMS_MAX, sizeof(*to->accounts));
    to->departures =
        grow_copy(arena, from->departures, from->departure_count, from->departure_count + 1, sizeof(*to->departures));
}

bool prov_held_elsewhere(struct cv_error *err, const char *pointer, const char *code)
{
    return cv_fail(err, cvp_held_elsewhere, pointer,
                   "Số hiệu %s đang thuộc đơn vị ngoài phạm vi của bạn; vui lòng đề nghị điều chuyển",
                   "The staff code %s is held outside your units; please ask for a transfer", code);
}

bool prov_staff_locate(struct prov_call *call, const char *key, bool write, struct cv_id *out, struct cv_error *err)
{
    struct view_staff found;
    if (!view_staff_find(call->prov->options.view, call->scope, key, call->arena, &found, err))
        return false;
    if (write && !prov_reaches_people(call, found.unit))
        return cv_fail(err, cvp_scope_missing, NULL,
                       "Chỉ đơn vị chủ quản mới được sửa hồ sơ của người biệt phái, kiêm nhiệm",
                       "Only the home unit may change a person who is seconded to you");
    *out = found.id;
    return true;
}

static struct dom_staff *draft_of(const struct prov_call *call, struct cv_id id)
{
    for (size_t i = 0; call->drafts != NULL && i < call->drafts->count; i++)
        if (cv_id_equal(call->drafts->items[i].id, id))
            return &call->drafts->items[i];
    return NULL;
}

static void keep_draft(struct prov_call *call, const struct dom_staff *staff)
{
    struct dom_staff *draft = draft_of(call, staff->id);
    if (draft == NULL && call->drafts != NULL)
        draft = &call->drafts->items[call->drafts->count++];
    if (draft != NULL)
        *draft = *staff;
}

static bool read_person(struct prov_call *call, struct cv_id id, struct dom_staff *out, struct cv_error *err)
{
    const struct dom_staff *draft = draft_of(call, id);
    if (draft != NULL)
        *out = *draft;
    return draft != NULL || dir_staff_read(call->dir, id, call->arena, out, err);
}

static bool prepare(struct prov_change *change, struct prov_call *call, struct cv_id id, struct dom_staff *before,
                    struct dom_staff *after, struct cv_error *err)
{
    if (!read_person(call, id, before, err)) {
        if (err->kind == CV_NOT_FOUND)
            return cv_fail(err, cvp_staff_not_found, NULL, "Không tìm thấy người này", "There is no such person");
        return false;
    }
    if (!prov_check_match(call, before->revision, err))
        return false;
    prov_staff_copy(call->arena, before, after);
    change->call = call;
    change->before = before;
    change->after = after;
    change->brake_events = change->urgent_events = 0;
    change->is_order = false;
    return true;
}

/* The day of a transfer has come: logins and what other LDAP clients read follow, in the first write that meets it. */
static bool turn_home(struct prov_change *change, struct cv_error *err)
{
    struct dom_staff *after = change->after;
    const struct dom_post *was = dom_home_shown(after), *now = dom_home_on(after, cv_today());
    if (was == now)
        return true;
    after->home_on = cv_today();
    bool moved = !cv_id_equal(was->unit, now->unit), back = !was->primary || !dom_post_in_force(was, now->from - 1);
    return back ? prov_give_back(change, moved, err) : prov_sync_accounts(change, moved, err);
}

bool prov_hr_ref_holder(struct prov_call *call, const struct dom_staff *staff, struct cv_id *out, struct cv_error *err)
{
    struct dom_staff holder;
    *out = (struct cv_id){0};
    if (staff->hr_ref == NULL)
        return true;
    if (dir_staff_find_hr_ref(call->dir, staff->hr_ref, call->arena, &holder, err)) {
        if (!cv_id_equal(holder.id, staff->id))
            *out = holder.id;
        return true;
    }
    return cv_error_forgive(err, CV_NOT_FOUND);
}

bool prov_hr_ref_free(struct prov_call *call, const struct dom_staff *staff, struct cv_error *err)
{
    struct cv_id holder;
    if (!prov_hr_ref_holder(call, staff, &holder, err))
        return false;
    if (cv_id_is_zero(holder))
        return true;
    return cv_fail(err, cvp_code_taken, "/hr_ref", "Đã có người mang mã đối chiếu này; vui lòng kiểm tra hồ sơ trùng",
                   "Somebody has this number of the HR system already; please look for a second record of the person");
}

bool prov_hr_ref_taken(struct prov_call *call, const struct dom_staff *staff, struct cv_error *err)
{
    struct cv_error why = {0};
    if (err->kind != CV_CONFLICT || strcmp(err->field, "cvCode") != 0 || prov_hr_ref_free(call, staff, &why) ||
        why.problem != cvp_code_taken)
        return false;
    *err = why;
    return true;
}

/* A dry run looks up what slapd would refuse. */
static bool would(struct prov_change *change, struct prov_staff_result *out, struct cv_error *err)
{
    struct prov_call *call = change->call;
    const char *was = out->before.hr_ref, *is = out->staff.hr_ref;
    bool other = is != NULL && (was == NULL || strcmp(was, is) != 0);
    if (other && !prov_hr_ref_free(call, &out->staff, err))
        return false;
    if (!prov_names_free(&change->names, err))
        return false;
    keep_draft(call, &out->staff);
    return dir_staff_same(call->dir, &out->before, &out->staff, &out->same, err);
}

/* What is changed besides the lock: whose the account is there, and what he holds. */
static struct dom_account besides_lock(const struct dom_account *was, const struct dom_account *will)
{
    struct dom_account rest = *was;
    rest.login = will->login;
    rest.next_login = will->next_login;
    rest.next_unit = will->next_unit;
    rest.certificate = will->certificate;
    rest.formers = will->formers;
    rest.former_count = will->former_count;
    return rest;
}

/* Are accounts locked for a stolen password, and is nothing else changed? The code that was sent goes with it; said
 * again it is the same lock, whatever has become of it since. */
static bool only_locks(const struct prov_change *change)
{
    struct prov_call *call = change->call;
    struct dom_staff rest = *change->after;
    struct cv_error none = {0};
    bool locks = false, same = false;
    rest.accounts = CV_NEWS(call->arena, struct dom_account, rest.account_count + 1);
    for (size_t i = 0; i < rest.account_count; i++) {
        const struct dom_account *will = &change->after->accounts[i];
        const struct dom_account *was = dom_account_of(change->before, will->system);
        bool locked = was != NULL && dom_locks_stolen(was, will);
        rest.accounts[i] = locked ? besides_lock(was, will) : *will;
        locks = locks || locked;
    }
    if (rest.activation_digest == NULL) {
        rest.activation_digest = change->before->activation_digest;
        rest.activation_until = change->before->activation_until;
    }
    rest.due_at = change->before->due_at;
    return locks && dir_staff_same(call->dir, change->before, &rest, &same, &none) && same;
}

/* Whoever has a higher role still leaves, and is locked for a stolen password. */
static bool may_change(const struct prov_change *change, struct cv_error *err)
{
    if (change->is_order || prov_not_higher(change->call, change->before, err))
        return true;
    bool may = only_locks(change);
    if (may)
        cv_error_clear(err);
    return may;
}

/* One attempt: true = done, false + CV_STALE or CV_CONFLICT(cvName) = worth another. */
static bool attempt(struct prov_change *change, struct cv_id id, prov_staff_fn *fn, void *ctx,
                    struct prov_staff_result *out, struct dir_stamp *stamp, struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct dir_actor actor = prov_dir_actor(call);
    if (!prepare(change, call, id, &out->before, &out->staff, err) || !turn_home(change, err) ||
        !fn(change, ctx, err) || !prov_may_change_facts(change, err) || !prov_plan_logins(change, err))
        return false;
    out->overtaken = change->overtaken;
    dom_departure_settle(&out->staff);
    out->staff.due_at = prov_due_at(change);
    if (!cv_arena_ok(call->arena))
        return cv_fail(err, cvp_internal, NULL, "Yêu cầu quá lớn", "The request needs too much memory");
    if (!may_change(change, err))
        return false;
    if (change->brake_events > 0 && !prov_brake_change(change, err))
        return false;
    out->outcome = PROV_WOULD;
    if (call->validate_only)
        return would(change, out, err);
    if (!dir_staff_save(call->dir, &out->before, &out->staff, change->quiet, &actor, stamp, err))
        return false;
    out->outcome = stamp->changed ? PROV_CHANGED : PROV_UNCHANGED;
    if (stamp->changed)
        out->staff.updated_at = stamp->updated_at;
    out->staff.revision = stamp->changed ? stamp->revision : out->before.revision;
    return true;
}

static bool again(struct prov_change *change, struct cv_error *err)
{
    if (err->kind == CV_STALE) {
        prov_names_drop(&change->names);
        return prov_somebody_faster(change->call, err);
    }
    return prov_names_refused(&change->names, err);
}

static void explain(struct prov_call *call, const struct dom_staff *after, struct cv_error *err)
{
    if (prov_hr_ref_taken(call, after, err))
        return;
    if (err->kind == CV_CONFLICT && strcmp(err->field, "cvCode") == 0)
        cv_fail(err, cvp_code_taken, "/staff_code", "Mã này vừa được người khác dùng",
                "This code was just taken by somebody else");
    else if (err->kind == CV_CONFLICT && strcmp(err->field, "cvName") == 0)
        cv_fail(err, cvp_address_taken, "/login", "Địa chỉ này vừa được người khác dùng",
                "This address was just taken");
}

bool prov_staff_modify_id(struct prov_call *call, struct cv_id id, const char *action,
                          const struct dom_decision *decision, prov_staff_fn *fn, void *ctx,
                          struct prov_staff_result *out, struct cv_error *err)
{
    struct prov_change change = {.call = call};
    struct dir_stamp stamp = {0};
    struct prov_audit audit;
    char target[CV_ID_TEXT];
    bool ok = false;
    if (!prov_load_systems(call, &change.systems, err))
        return false;
    prov_names_init(&change.names, call);
    prov_audit_begin(&audit, call, action, cv_id_text("stf_", id, target), decision);
    for (int i = 0; i < PROV_NAME_TRIES && !ok; i++) {
        cv_error_clear(err);
        ok = attempt(&change, id, fn, ctx, out, &stamp, err);
        if (!ok && (!again(&change, err) || cv_deadline_passed(call->deadline)))
            break;
    }
    if (ok)
        prov_settle(call, &stamp);
    else
        explain(call, &out->staff, err);
    prov_names_done(&change.names);
    prov_audit_end(&audit, ok, err);
    return ok;
}

bool prov_staff_modify(struct prov_call *call, const char *key, const char *action, const struct dom_decision *decision,
                       prov_staff_fn *fn, void *ctx, struct prov_staff_result *out, struct cv_error *err)
{
    struct cv_id id;
    return prov_staff_locate(call, key, true, &id, err) &&
           prov_staff_modify_id(call, id, action, decision, fn, ctx, out, err);
}
