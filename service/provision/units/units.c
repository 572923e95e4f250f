/* Units: the tree, its codes, moves and ends. */
#include <string.h>

#include "congvu/coverage.h"
#include "congvu/view_lists.h"
#include "provision/questions/duplicate.h"
#include "provision/units/units.h"

static bool no_unit(struct cv_error *err)
{
    return cv_fail(err, cvp_unit_not_found, NULL, "Không tìm thấy đơn vị", "There is no such unit");
}

bool prov_unit_locate(struct prov_call *call, const char *key, struct cv_id *out, struct cv_error *err)
{
    struct view_unit found;
    if (!view_unit_find(call->prov->options.view, call->scope, key, CV_NO_DAY, call->arena, &found, err))
        return false;
    *out = found.id;
    return true;
}

bool prov_unit_fetch(struct prov_call *call, struct cv_id id, struct dom_unit *out, struct cv_error *err)
{
    if (dir_unit_read(call->dir, id, call->arena, out, err))
        return true;
    return err->kind == CV_NOT_FOUND ? no_unit(err) : false;
}

/* ---- saving ---- */

static void explain(struct cv_error *err, const struct dom_unit *unit)
{
    if (err->kind == CV_CONFLICT && strcmp(err->field, "cvCode") == 0)
        cv_fail(err, cvp_code_taken, "/code", "Mã đơn vị %s đã được dùng", "The unit code %s is in use", unit->code);
    else if (err->kind == CV_CONFLICT && strcmp(err->field, "cvSlugClaim") == 0)
        cv_fail(err, cvp_name_taken, "/slug", "Tên viết tắt %s đã dùng cho đơn vị cùng cấp",
                "The slug %s belongs to a unit beside it", unit->slug);
}

static bool add(struct prov_unit_change *change, struct prov_unit_result *out, struct dir_stamp *stamp,
                struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct dir_actor actor = prov_dir_actor(call);
    out->outcome = PROV_WOULD;
    if (call->validate_only)
        return true;
    out->unit.created_at = out->unit.updated_at = cv_now();
    if (!dir_unit_add(call->dir, &out->unit, &actor, stamp, err)) {
        explain(err, &out->unit);
        return false;
    }
    out->outcome = PROV_CREATED;
    out->unit.revision = stamp->revision;
    return true;
}

static bool create(struct prov_call *call, const struct prov_unit_input *in, struct prov_unit_result *out,
                   struct cv_error *err)
{
    struct prov_unit_change change = {.call = call, .in = in, .before = &out->before, .after = &out->unit};
    struct dir_stamp stamp = {0};
    struct prov_audit audit;
    out->before = (struct dom_unit){.block = -1,
                                    .active_from = CV_NO_DAY,
                                    .active_to = CV_NO_DAY,
                                    .created_at = CV_NO_MOMENT,
                                    .updated_at = CV_NO_MOMENT};
    out->unit = out->before;
    out->unit.id = cv_id_make();
    out->unit.idempotency = prov_new_idempotency(call);
    prov_audit_begin(&audit, call, "unit.create", in->code.given == CV_VALUE ? in->code.value : "new", NULL);
    bool ok = prov_apply_unit(&change, err) && add(&change, out, &stamp, err);
    if (ok)
        prov_settle(call, &stamp);
    prov_audit_end(&audit, ok, err);
    return ok;
}

struct one_unit {
    struct cv_id id;
    const struct prov_unit_input *in;
    struct prov_unit_result *out;
    const char *code; /* by which a line found it; NULL = by its id or its ETag */
    struct prov_duplicate *question;
};

/* An id names the unit, an ETag too; a code is what the sender believes. */
static bool is_meant(struct prov_call *call, const struct one_unit *one, struct cv_error *err)
{
    const struct prov_unit_input *in = one->in;
    const struct prov_unit_line line = {.code = one->code,
                                        .name = in->name_vi.given == CV_VALUE ? in->name_vi.value : NULL,
                                        .slug = in->slug.given == CV_VALUE ? in->slug.value : NULL};
    return one->code == NULL || prov_line_is_units(call, &line, &one->out->before, one->question) ||
           cv_fail(err, cvp_possible_duplicate, "/name", "Mã %s đang là của đơn vị khác tên",
                   "A unit of another name has the code %s", one->code);
}

static bool attempt(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct one_unit *one = ctx;
    struct prov_unit_result *out = one->out;
    struct dir_actor actor = prov_dir_actor(call);
    struct prov_unit_change change = {.call = call, .in = one->in, .before = &out->before, .after = &out->unit};
    if (!prov_unit_fetch(call, one->id, &out->before, err) || !prov_check_match(call, out->before.revision, err) ||
        !is_meant(call, one, err))
        return false;
    out->unit = out->before;
    if (!prov_apply_unit(&change, err))
        return false;
    out->outcome = PROV_WOULD;
    if (!prov_brake_pass_many(call, prov_unit_target(call->arena, one->id), &change.withdrawn, err))
        return false;
    if (call->validate_only)
        return true;
    if (!dir_unit_save(call->dir, &out->before, &out->unit, false, &actor, stamp, err)) {
        explain(err, &out->unit);
        return false;
    }
    out->outcome = stamp->changed ? PROV_CHANGED : PROV_UNCHANGED;
    if (stamp->changed) {
        out->unit.revision = stamp->revision;
        out->unit.updated_at = stamp->updated_at;
    }
    return true;
}

static bool change_unit(struct prov_call *call, struct cv_id id, const char *code, const char *action,
                        const struct prov_unit_input *in, struct prov_unit_result *out, struct cv_error *err)
{
    struct prov_duplicate *question = CV_NEW(call->arena, struct prov_duplicate);
    struct one_unit one = {.id = id, .in = in, .out = out, .code = code, .question = question};
    char target[CV_ID_TEXT];
    if (prov_write(call, action, cv_id_text("unt_", id, target), attempt, &one, err))
        return true;
    if (err->problem != cvp_possible_duplicate)
        return false;
    cv_error_clear(err);
    out->outcome = PROV_NEEDS_DECISION;
    out->question = question;
    return prov_duplicate_ask(call, question, err);
}

/* ---- POST ---- */

static bool replayed(struct prov_call *call, struct prov_unit_result *out, bool *out_replay, struct cv_error *err)
{
    *out_replay = false;
    if (call->idempotency.key == NULL || call->validate_only)
        return true;
    bool found = dir_unit_find_idempotency(call->dir, call->idempotency.key, call->arena, &out->unit, err);
    out->outcome = PROV_REPLAYED;
    const struct prov_recall recall = {.found = found,
                                       .pair = &out->unit.idempotency,
                                       .visible = found && prov_sees_unit(call, &out->unit),
                                       .missing = cvp_unit_not_found};
    return prov_seen_before(call, &recall, out_replay, err);
}

bool prov_unit_create(struct prov_call *call, const struct prov_unit_input *in, struct prov_unit_result *out,
                      struct cv_error *err)
{
    bool replay = false;
    *out = (struct prov_unit_result){0};
    if (!replayed(call, out, &replay, err))
        return false;
    if (replay)
        return true;
    if (create(call, in, out, err))
        return true;
    if (err->kind != CV_CONFLICT || strcmp(err->field, "cvIdempotencyKey") != 0)
        return false;
    cv_error_clear(err); /* another request of the same key was faster */
    return replayed(call, out, &replay, err) && replay;
}

/* ---- PUT, PATCH ---- */

/* A code that somebody carries now, seen by the caller or not. */
static bool held_by(struct prov_call *call, const char *code, struct cv_id *out, bool *out_visible)
{
    const struct view *view = call->prov->options.view;
    struct view_unit holder;
    struct cv_error none = {0};
    if (!view_unit_find(view, (struct view_scope){.everywhere = true}, code, CV_NO_DAY, call->arena, &holder, &none))
        return false;
    if (holder.active_to != CV_NO_DAY && holder.active_to <= cv_today())
        return false; /* dissolved: the code is free again */
    *out = holder.id;
    *out_visible = view_in_scope(view, call->scope, holder.id);
    return true;
}

static bool put_new(struct prov_call *call, const char *code, const struct prov_unit_input *in,
                    struct prov_unit_result *out, struct cv_error *err)
{
    struct prov_unit_input with_code = *in;
    struct dom_unit other;
    if (call->match != PROV_MATCH_ABSENT)
        return cv_fail(err, cvp_etag_mismatch, "If-Match", "Chưa có đơn vị mang mã %s", "No unit has the code %s yet",
                       code);
    with_code.code = (struct prov_text){CV_VALUE, code};
    if (create(call, &with_code, out, err))
        return true;
    /* whoever was faster with this code has this slug too, and either may be seen first */
    bool taken = err->problem == cvp_code_taken || err->problem == cvp_name_taken;
    if (!taken || !dir_unit_find_code(call->dir, code, call->arena, &other, &(struct cv_error){0}))
        return false;
    /* the view may not have seen it yet, but its parent */
    if (!prov_parent_in_reach(call, &other) && !view_in_scope(call->prov->options.view, call->scope, other.id))
        return false;
    cv_error_clear(err); /* another writer made it in between: change that one */
    return change_unit(call, other.id, code, "unit.put", in, out, err);
}

bool prov_unit_put(struct prov_call *call, const char *code, const struct prov_unit_input *in,
                   struct prov_unit_result *out, struct cv_error *err)
{
    struct cv_id id;
    bool visible = false;
    struct prov_unit_input kept = *in;
    *out = (struct prov_unit_result){0};
    kept.code = (struct prov_text){CV_ABSENT, NULL};
    if (cv_id_parse("unt_", code, &id))
        return prov_unit_locate(call, code, &id, err) && change_unit(call, id, NULL, "unit.put", &kept, out, err);
    if (!held_by(call, code, &id, &visible))
        return put_new(call, code, &kept, out, err);
    if (!visible)
        return cv_fail(err, cvp_held_elsewhere, NULL, "Mã đơn vị %s đang thuộc đơn vị ngoài phạm vi của bạn",
                       "The unit code %s is held outside your units", code);
    return change_unit(call, id, code, "unit.put", &kept, out, err);
}

bool prov_unit_patch(struct prov_call *call, const char *key, const struct prov_unit_input *in,
                     struct prov_unit_result *out, struct cv_error *err)
{
    struct cv_id id;
    *out = (struct prov_unit_result){0};
    return prov_unit_locate(call, key, &id, err) && change_unit(call, id, NULL, "unit.patch", in, out, err);
}

/* ---- read, delete ---- */

bool prov_unit_read(struct prov_call *call, const char *key, struct dom_unit *out, struct cv_error *err)
{
    struct cv_id id;
    return prov_unit_locate(call, key, &id, err) && prov_unit_fetch(call, id, out, err);
}

bool prov_unit_letterhead(struct prov_call *call, struct cv_id unit, cv_day day, struct dom_letterhead *out,
                          struct cv_error *err)
{
    enum { DEEPEST = 64 }; /* two units may each have been moved below the other, by changes told later */
    struct dom_unit one;
    *out = (struct dom_letterhead){0};
    for (int steps = 0; steps < DEEPEST; steps++, unit = one.parent) {
        if (!prov_unit_fetch(call, unit, &one, err))
            return false;
        one = dom_unit_as_of(&one, day);
        if (one.has_letterhead)
            *out = one.letterhead;
        if (one.has_letterhead || !one.has_parent)
            break;
    }
    return true;
}

/* Past days count it. */
static bool declared_once(const struct dom_unit *unit)
{
    return dom_headcount_on(unit, cv_today()) != NULL;
}

/* Its addresses and logins lie on its record alone: without it they would be free for somebody else, whose mail those
 * who held the former one would read. */
static bool never_named(const struct dom_unit *unit, struct cv_error *err)
{
    return (unit->mail_login == NULL && unit->mail_name_count == 0 && unit->account_count == 0) ||
           cv_fail(err, cvp_unit_not_empty, NULL,
                   "Đơn vị có (hoặc đã từng có) hộp thư hay tài khoản, địa chỉ và tên đó không cấp cho ai khác; hãy "
                   "giải thể thay vì xóa",
                   "The unit has or had a mailbox or an account, whose address or login nobody else is given; dissolve "
                   "it with active_to instead");
}

/* Past days and what is planned name it. */
static bool never_used(struct prov_call *call, const struct dom_unit *unit, struct cv_error *err)
{
    bool used = false;
    if (!view_unit_used(call->prov->options.view, unit->id, &used, err))
        return false;
    return (!used && !declared_once(unit)) ||
           cv_fail(
               err, cvp_unit_not_empty, NULL,
               "Đơn vị còn (hoặc đã từng có, sắp có) người, đơn vị trực thuộc hoặc số khai báo; hãy giải thể thay vì "
               "xóa",
               "The unit has, had or is to have people, sub-units or a declared headcount; dissolve it with active_to "
               "instead");
}

static bool in_own_hands(struct prov_call *call, const struct dom_unit *unit, struct cv_error *err)
{
    return prov_parent_in_reach(call, unit) ||
           cv_fail(err, cvp_scope_missing, NULL, "Không được xóa đơn vị cao nhất trong phạm vi của bạn",
                   "The top of your own subtree cannot be removed by you");
}

bool prov_unit_delete(struct prov_call *call, const char *key, struct cv_error *err)
{
    struct dom_unit unit;
    struct prov_audit audit;
    struct dir_actor actor = prov_dir_actor(call);
    if (!prov_unit_read(call, key, &unit, err) || !prov_check_match(call, unit.revision, err) ||
        !in_own_hands(call, &unit, err) || !never_used(call, &unit, err) || !never_named(&unit, err))
        return false;
    if (call->validate_only)
        return true;
    prov_audit_begin(&audit, call, "unit.delete", key, NULL);
    bool ok = dir_unit_delete(call->dir, &unit, &actor, err);
    if (ok)
        prov_settle_gone(call, unit.id);
    prov_audit_end(&audit, ok, err);
    return ok;
}
