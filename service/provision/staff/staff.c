/* Onboarding and changing people. */
#include <string.h>

#include "congvu/person_name.h"
#include "congvu/token.h"
#include "congvu/view_lists.h"
#include "provision/core/attempts.h"
#include "provision/core/turns.h"
#include "provision/questions/duplicate.h"

static void blank_staff(struct prov_call *call, struct dom_staff *staff)
{
    *staff = dom_staff_new(cv_id_make());
    staff->mail_store = cv_id_kept("stf_", staff->id, call->arena);
    staff->idempotency = prov_new_idempotency(call);
}

struct creation {
    const struct prov_staff_input *in;
    struct dir_stamp stamp;
};

/* ---- twins ---- */

struct twins {
    struct cv_id ids[PROV_TWINS_MAX];
    size_t count;
    struct cv_id holder; /* of the number of the HR system that the line gives; zero = nobody */
};

/* A number is no look: who has the same one is named by his id, if anybody wants to insist. */
static bool named(const struct prov_staff_input *in, const struct twins *twins, struct cv_id id)
{
    for (size_t i = 0; i < in->not_same_as_count; i++) {
        struct cv_id other;
        if (cv_id_parse("stf_", in->not_same_as[i], &other) && cv_id_equal(other, id))
            return true;
    }
    return in->nobody_there && !cv_id_equal(id, twins->holder);
}

static bool visible(struct prov_call *call, struct cv_id id)
{
    struct view_staff seen;
    return view_staff_by_id(call->prov->options.view, call->scope, id, call->arena, &seen);
}

/* Nobody is taken for absent while somebody written here is not in the view. */
static bool view_is_whole(struct prov_call *call, struct cv_error *err)
{
    struct view *view = call->prov->options.view;
    return view_wait_owed(view, call->deadline) || view_may_deny(view, err);
}

/* Whoever has his number of the HR system, then who looks like him. */
static bool find_twins(struct prov_call *call, const struct dom_staff *staff, struct twins *out, struct cv_error *err)
{
    struct cv_id alike[PROV_TWINS_MAX];
    struct view_twin_query query = {.full_name = staff->full_name,
                                    .birth_year = staff->birth_year,
                                    .mobile = staff->mobile,
                                    .has_unit = true,
                                    .unit = dom_home_on(staff, cv_today())->unit};
    *out = (struct twins){0};
    if (!prov_hr_ref_holder(call, staff, &out->holder, err))
        return false;
    if (!cv_id_is_zero(out->holder))
        out->ids[out->count++] = out->holder = prov_stands_for(call, out->holder);
    size_t count = view_twins(call->prov->options.view, &query, alike, PROV_TWINS_MAX);
    for (size_t i = 0; i < count && out->count < PROV_TWINS_MAX; i++)
        if (!cv_id_equal(alike[i], out->holder))
            out->ids[out->count++] = alike[i];
    return true;
}

/* Whoever is probably there already is not made, at whichever door. Those whom the caller may see stand first; of the
 * others he learns how many they are. not_same_as insists. */
static bool no_twin(struct prov_change *change, const struct creation *creation, struct prov_staff_result *out,
                    struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct cv_id hidden[PROV_TWINS_MAX];
    struct prov_duplicate decided;
    struct twins twins;
    if ((!creation->in->nobody_there && !view_is_whole(call, err)) || !find_twins(call, change->after, &twins, err))
        return false;
    bool cleared = twins.count > 0 && prov_duplicate_cleared(call, change->after->staff_code, &decided);
    out->candidates = CV_NEWS(call->arena, struct cv_id, PROV_TWINS_MAX);
    for (size_t i = 0; i < twins.count; i++) {
        struct cv_id id = twins.ids[i];
        if (named(creation->in, &twins, id) || (cleared && prov_duplicate_has(&decided, id)))
            continue;
        if (visible(call, id))
            out->candidates[out->candidate_count++] = id;
        else
            hidden[out->elsewhere++] = id;
    }
    for (size_t i = 0; i < out->elsewhere; i++)
        out->candidates[out->candidate_count + i] = hidden[i];
    size_t asked = out->candidate_count + out->elsewhere;
    return asked == 0 || cv_fail(err, cvp_possible_duplicate, "/full_name", "Có thể trùng với %zu người đã có",
                                 "Perhaps already there (look-alikes: %zu)", asked);
}

bool prov_elsewhere_told(struct prov_call *call, const struct prov_staff_result *result, struct cv_error *err)
{
    const struct prov_trier who = {.peer = call->actor};
    int wait_s = 0;
    if (result->elsewhere == 0)
        return true;
    if (!prov_attempt_begin(call->prov->pairs, &who, cv_mono_ns(), &wait_s)) {
        cv_error_clear(err);
        return prov_too_fast(err, wait_s);
    }
    prov_attempt_end(call->prov->pairs, &who, cv_mono_ns(), PROV_TRIED_WRONG);
    return true;
}

/* A body that reaches an account needs the right to accounts as well. */
static bool may_reach(const struct prov_call *call, const struct prov_staff_input *in, struct cv_error *err)
{
    if (in->account_count == 0 || (call->scopes & DOM_ACCOUNTS_WRITE) != 0)
        return true;
    return cv_fail(err, cvp_scope_missing, "/accounts", "Đặt tài khoản cần quyền cấp, khóa tài khoản",
                   "The member accounts needs accounts:write");
}

/* ---- create ---- */

static bool build(struct prov_change *change, struct creation *creation, struct prov_staff_result *out,
                  struct cv_error *err)
{
    struct prov_call *call = change->call;
    out->before = (struct dom_staff){0};
    blank_staff(call, &out->staff);
    prov_staff_copy(call->arena, &out->staff, &out->staff);
    change->before = &out->before;
    change->after = &out->staff;
    out->candidate_count = out->elsewhere = 0;
    if (!prov_apply_staff(change, creation->in, err) || !prov_may_change_facts(change, err) ||
        !prov_plan_logins(change, err))
        return false;
    out->staff.due_at = prov_due_at(change);
    return no_twin(change, creation, out, err);
}

static bool create_once(struct prov_change *change, struct creation *creation, struct prov_staff_result *out,
                        struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct dir_actor actor = prov_dir_actor(call);
    if (!build(change, creation, out, err))
        return false;
    if (!cv_arena_ok(call->arena))
        return cv_fail(err, cvp_internal, NULL, "Yêu cầu quá lớn", "The request needs too much memory");
    out->outcome = PROV_WOULD;
    if (call->validate_only) {
        if (!prov_names_free(&change->names, err))
            return false;
        prov_names_plan(&change->names);
        return prov_hr_ref_free(call, &out->staff, err);
    }
    out->staff.created_at = out->staff.updated_at = cv_now();
    if (!dir_staff_add(call->dir, &out->staff, &actor, &creation->stamp, err))
        return false;
    out->outcome = PROV_CREATED;
    out->staff.revision = creation->stamp.revision;
    return true;
}

static bool create(struct prov_call *call, struct creation *creation, struct prov_staff_result *out,
                   struct cv_error *err)
{
    struct prov_change change = {.call = call};
    struct prov_audit audit;
    bool ok = false;
    if (!prov_load_systems(call, &change.systems, err))
        return false;
    prov_names_init(&change.names, call);
    prov_audit_begin(&audit, call, "staff.create", "new",
                     creation->in->decision.given == CV_VALUE ? &creation->in->decision.value : NULL);
    for (int i = 0; i < PROV_NAME_TRIES && !ok; i++) {
        cv_error_clear(err);
        ok = create_once(&change, creation, out, err);
        if (!ok && (!prov_names_refused(&change.names, err) || cv_deadline_passed(call->deadline)))
            break;
    }
    if (ok && out->outcome == PROV_CREATED) {
        cv_count(CVM_staff_created);
        prov_settle(call, &creation->stamp);
    }
    prov_names_done(&change.names);
    prov_audit_end(&audit, ok, err);
    return ok;
}

bool prov_staff_seen(struct prov_call *call, struct prov_staff_result *out, bool *out_replay, struct cv_error *err)
{
    *out_replay = false;
    if (call->idempotency.key == NULL || call->validate_only)
        return true;
    bool found = dir_staff_find_idempotency(call->dir, call->idempotency.key, call->arena, &out->staff, err);
    out->outcome = PROV_REPLAYED;
    const struct prov_recall recall = {.found = found,
                                       .pair = &out->staff.idempotency,
                                       .visible = found && prov_sees_staff(call, &out->staff),
                                       .missing = cvp_staff_not_found};
    return prov_seen_before(call, &recall, out_replay, err);
}

static void name_the_code(struct cv_error *err, const char *code)
{
    cv_fail(err, cvp_code_taken, "/staff_code", "Số hiệu %s vừa được dùng", "The staff code %s was just taken", code);
}

/* Who may be the same person has the same name (view_twins): creations of one name go one after the other, from the
 * question who looks alike until the view shows who was made. */
static const char *turn_of(const struct prov_call *call, const struct prov_staff_input *in)
{
    bool made = !call->validate_only && in->full_name.given == CV_VALUE;
    return made ? cv_arena_printf(call->arena, "name/%s", dom_name_key(call->arena, in->full_name.value)) : NULL;
}

static bool create_in_turn(struct prov_call *call, const struct prov_staff_input *in, struct prov_staff_result *out,
                           struct cv_error *err)
{
    struct creation creation = {.in = in};
    bool replayed = false;
    if (!prov_staff_seen(call, out, &replayed, err))
        return false;
    if (replayed)
        return true;
    if (create(call, &creation, out, err))
        return true;
    if (err->kind == CV_CONFLICT && strcmp(err->field, "cvIdempotencyKey") == 0) {
        cv_error_clear(err); /* another request of the same key was faster */
        return prov_staff_seen(call, out, &replayed, err) && replayed;
    }
    if (!prov_hr_ref_taken(call, &out->staff, err) && err->kind == CV_CONFLICT && strcmp(err->field, "cvCode") == 0 &&
        in->staff_code.given == CV_VALUE)
        name_the_code(err, in->staff_code.value);
    return false;
}

bool prov_staff_create(struct prov_call *call, const struct prov_staff_input *in, struct prov_staff_result *out,
                       struct cv_error *err)
{
    const char *turn = turn_of(call, in);
    *out = (struct prov_staff_result){0};
    if (!may_reach(call, in, err) || !prov_turn_begin(call, turn, err))
        return false;
    bool ok = create_in_turn(call, in, out, err);
    prov_turn_end(call, turn);
    return ok;
}

/* ---- put ---- */

/* What is sent about somebody who is there. An id names the record, an ETag too; a code is what the sender believes. */
struct line {
    const struct prov_staff_input *in;
    const char *code; /* by which he was found; NULL = by his id */
    struct prov_duplicate *question;
};

static bool is_his(struct prov_change *change, struct line *line, struct cv_error *err)
{
    return line->code == NULL || prov_line_is_his(change, line->code, line->in, line->question) ||
           cv_fail(err, cvp_possible_duplicate, "/full_name", "Số hiệu %s đang là của người khác tên",
                   "Somebody of another name has the code %s", line->code);
}

static bool put_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    struct line *line = ctx;
    return is_his(change, line, err) && dom_still_here(change->before, cv_today(), err) &&
           prov_apply_staff(change, line->in, err);
}

static bool put_existing(struct prov_call *call, struct cv_id id, const char *code, const struct prov_staff_input *in,
                         struct prov_staff_result *out, struct cv_error *err)
{
    const struct dom_decision *decision = in->decision.given == CV_VALUE ? &in->decision.value : NULL;
    struct line line = {.in = in, .code = code, .question = CV_NEW(call->arena, struct prov_duplicate)};
    if (prov_staff_modify_id(call, id, "staff.put", decision, put_change, &line, out, err))
        return true;
    return err->problem == cvp_possible_duplicate && prov_duplicate_raise(call, line.question, out, err);
}

/* Somebody holds the code already, visible to the caller or not. */
static bool put_held(struct prov_call *call, const char *code, const struct prov_staff_input *in,
                     struct prov_staff_result *out, struct cv_error *err)
{
    struct cv_id id;
    if (prov_staff_locate(call, code, true, &id, err))
        return put_existing(call, id, code, in, out, err);
    return err->problem == cvp_staff_not_found ? prov_held_elsewhere(err, NULL, code) : false;
}

/* The view did not know the code but the directory does: another process was faster. */
static bool put_raced(struct prov_call *call, const char *code, const struct prov_staff_input *in,
                      struct prov_staff_result *out, struct cv_error *err)
{
    struct dom_staff other;
    cv_error_clear(err);
    if (!dir_staff_find_code(call->dir, code, call->arena, &other, err))
        return false;
    if (!prov_reaches_people(call, dom_home_on(&other, cv_today())->unit))
        return prov_held_elsewhere(err, NULL, code);
    return put_existing(call, other.id, code, in, out, err);
}

static bool put_new(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                    struct prov_staff_result *out, struct cv_error *err)
{
    struct prov_staff_input with_code = *in;
    struct creation creation = {.in = &with_code};
    with_code.staff_code = (struct prov_text){CV_VALUE, key};
    if (create(call, &creation, out, err))
        return true;
    if (err->problem == cvp_possible_duplicate) {
        struct prov_duplicate *question = CV_NEW(call->arena, struct prov_duplicate);
        *question = prov_duplicate_of(call, out);
        return prov_duplicate_raise(call, question, out, err);
    }
    if (!prov_hr_ref_taken(call, &out->staff, err) && err->kind == CV_CONFLICT && strcmp(err->field, "cvCode") == 0)
        return put_raced(call, key, in, out, err);
    return false;
}

/* Whose turn came before may have made him. */
static bool put_in_turn(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                        struct prov_staff_result *out, struct cv_error *err)
{
    struct cv_id id;
    const char *turn = turn_of(call, in);
    if (!prov_turn_begin(call, turn, err))
        return false;
    bool ok = view_code_holder(call->prov->options.view, key, &id) ? put_held(call, key, in, out, err)
                                                                   : put_new(call, key, in, out, err);
    prov_turn_end(call, turn);
    return ok;
}

bool prov_staff_put(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                    struct prov_staff_result *out, struct cv_error *err)
{
    struct cv_id id;
    *out = (struct prov_staff_result){0};
    if (!may_reach(call, in, err))
        return false;
    if (cv_id_parse("stf_", key, &id))
        return prov_staff_locate(call, key, true, &id, err) && put_existing(call, id, NULL, in, out, err);
    if (view_code_holder(call->prov->options.view, key, &id))
        return put_held(call, key, in, out, err);
    if (call->match != PROV_MATCH_ABSENT)
        return cv_fail(err, cvp_etag_mismatch, "If-Match", "Chưa có người mang số hiệu %s",
                       "Nobody has the code %s yet", key);
    return put_in_turn(call, key, in, out, err);
}

/* ---- patch, read, delete ---- */

/* A new title without a day corrects the one on record. */
static bool moves(const struct prov_staff_input *in)
{
    bool dated = in->decision.given == CV_VALUE && in->decision.value.effective_on != CV_NO_DAY;
    return in->unit.given == CV_VALUE || in->posts_given == CV_VALUE || in->add_post != NULL ||
           (in->title.given != CV_ABSENT && dated);
}

/* What was written wrongly about a leaver may be mended, but he is neither at work nor on leave, and goes nowhere. */
static bool patch_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_staff_input *in = ctx;
    bool serves = in->status.given == CV_VALUE || in->leave_given == CV_VALUE || moves(in);
    if (serves && !dom_still_here(change->before, cv_today(), err))
        return false;
    return prov_apply_staff(change, ctx, err);
}

bool prov_staff_patch(struct prov_call *call, const char *key, const struct prov_staff_input *in,
                      struct prov_staff_result *out, struct cv_error *err)
{
    const struct dom_decision *decision = in->decision.given == CV_VALUE ? &in->decision.value : NULL;
    *out = (struct prov_staff_result){0};
    return may_reach(call, in, err) &&
           prov_staff_modify(call, key, "staff.patch", decision, patch_change, (void *)in, out, err);
}

bool prov_staff_read(struct prov_call *call, const char *key, struct dom_staff *out, struct cv_error *err)
{
    struct cv_id id;
    if (!prov_staff_locate(call, key, false, &id, err))
        return false;
    if (dir_staff_read(call->dir, id, call->arena, out, err))
        return true;
    if (err->kind == CV_NOT_FOUND)
        cv_fail(err, cvp_staff_not_found, NULL, "Không tìm thấy người này", "There is no such person");
    return false;
}

bool prov_staff_erase(struct prov_call *call, const char *action, const char *target, const struct dom_staff *staff,
                      struct cv_error *err)
{
    struct prov_audit audit;
    struct dir_actor actor = prov_dir_actor(call);
    prov_audit_begin(&audit, call, action, target, NULL);
    bool ok = dir_staff_delete(call->dir, staff, &actor, err);
    if (ok)
        prov_settle_gone(call, staff->id);
    prov_audit_end(&audit, ok, err);
    return ok;
}

bool prov_staff_delete(struct prov_call *call, const char *key, struct cv_error *err)
{
    struct cv_id id;
    struct dom_staff staff;
    if (!prov_staff_locate(call, key, true, &id, err) || !dir_staff_read(call->dir, id, call->arena, &staff, err) ||
        !prov_check_match(call, staff.revision, err) || !prov_not_higher(call, &staff, err))
        return false;
    if (staff.name_count > 0 || dom_token_kept(&staff) != NULL)
        return cv_fail(
            err, cvp_staff_holds_names, NULL,
            "Người này đã từng có địa chỉ hoặc tài khoản nên không thể xóa; dùng chức năng kết thúc công tác",
            "This person has held an address or login and is never deleted; record a departure instead");
    if (call->validate_only)
        return true;
    return prov_staff_erase(call, "staff.delete", key, &staff, err);
}
