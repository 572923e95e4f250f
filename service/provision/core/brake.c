/* The brake on mass deactivation. Its counters lie in the directory, saved by compare-and-swap BEFORE the deactivation
 * is written: a crash between the two counts once too often, never once too seldom, and the same person within the hour
 * does not count twice. */
#include "provision/internal.h"
#include "congvu/token.h"

#include <stdio.h>
#include <string.h>

static bool engaged(struct prov_call *call, const struct dom_brake *brake, enum dom_brake_verdict verdict,
                    struct cv_error *err)
{
    char token[CV_ID_TEXT];
    if (!call->validate_only) {
        cv_count(CVM_brake_engaged);
        cv_log(CV_LOG_WARN, "brake_engaged", "deactivations of %s are held", cv_id_text("tok_", brake->token, token));
    }
    if (verdict == DOM_BRAKE_HOLD_UNIT)
        cv_fail(
            err, cvp_brake_engaged, NULL,
            "Đã dừng: quá nửa số người của đơn vị sẽ bị khóa trong một giờ. Một người khác có quyền cần cho phép tiếp",
            "Held: more than half of the unit would be deactivated within an hour. A second person must release it");
    else
        cv_fail(
            err, cvp_brake_engaged, NULL,
            "Đã dừng: quá nhiều tài khoản bị khóa trong một giờ (tối đa %d). Một người khác có quyền cần cho phép tiếp",
            "Held: too many deactivations within an hour (limit %d). A second person must release it",
            dom_brake_limit(view_recorded(call->prov->options.view, call->scope)));
    snprintf(err->link, sizeof(err->link), "/v1/brake-releases");
    err->retry_after_s = 3600;
    return false;
}

struct judged {
    struct cv_id unit, staff;
    int unit_size;
    int times;
};

/* The judge adds this hour's events of a unit back to its size; those whose people are still recorded (locked, or
 * leaving later) are in the size already. */
static int size_without_events(struct prov_call *call, const struct dom_brake *brake, struct cv_id unit, int recorded)
{
    const struct view_scope everywhere = {.everywhere = true};
    for (size_t i = 0; i < brake->event_count; i++) {
        struct view_staff staff;
        struct cv_error none = {0};
        char id[CV_ID_TEXT];
        if (!cv_id_equal(brake->events[i].unit, unit) || cv_now() - brake->events[i].at >= 3600)
            continue;
        cv_id_text("stf_", brake->events[i].staff, id);
        if (view_staff_find(call->prov->options.view, everywhere, id, call->arena, &staff, &none) &&
            staff.status != DOM_DEPARTED && cv_id_equal(staff.unit, unit))
            recorded--;
    }
    return recorded;
}

/* A dry run counts for itself only, so that the lines of a batch are told apart as they would be. */
static bool read_brake(struct prov_call *call, struct cv_id token, struct dom_brake *out, struct cv_error *err)
{
    if (call->trial != NULL)
        *out = *call->trial;
    return call->trial != NULL || dir_brake_read(call->dir, token, call->arena, out, err);
}

static bool keep_brake(struct prov_call *call, const struct dom_brake *brake, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    if (!call->validate_only)
        return dir_brake_save(call->dir, brake, &actor, err);
    call->trial = CV_NEW(call->arena, struct dom_brake);
    *call->trial = *brake;
    return true;
}

/* Reads the brake and judges; what passes is counted in *brake, not yet in the directory. */
static bool read_and_judge(struct prov_call *call, struct cv_id token, const struct judged *what,
                           struct dom_brake *brake, enum dom_brake_verdict *out, struct cv_error *err)
{
    if (!read_brake(call, token, brake, err))
        return false;
    int subtree = view_recorded(call->prov->options.view, call->scope);
    int unit_size = size_without_events(call, brake, what->unit, what->unit_size);
    *out = DOM_BRAKE_PASS;
    for (int i = 0; i < what->times && *out == DOM_BRAKE_PASS; i++) {
        struct cv_id staff = what->times == 1 ? what->staff : cv_id_make();
        *out = dom_brake_judge(brake, call->arena, cv_now(), subtree, unit_size, what->unit, staff);
    }
    return true;
}

static bool judge_once(struct prov_call *call, struct cv_id token, const struct judged *what, struct cv_error *err)
{
    struct dom_brake brake;
    enum dom_brake_verdict verdict;
    if (!read_and_judge(call, token, what, &brake, &verdict, err))
        return false;
    return verdict == DOM_BRAKE_PASS ? keep_brake(call, &brake, err) : engaged(call, &brake, verdict, err);
}

static bool judge(struct prov_call *call, struct cv_id token, const struct judged *what, struct cv_error *err)
{
    for (int i = 0; i < PROV_NAME_TRIES; i++) {
        cv_error_clear(err);
        if (judge_once(call, token, what, err))
            return true;
        if (err->kind != CV_STALE || cv_deadline_passed(call->deadline))
            return false;
    }
    return false;
}

static struct judged one_person(struct prov_call *call, const struct dom_staff *staff)
{
    struct cv_id unit = dom_primary_post(staff)->unit;
    return (struct judged){
        .unit = unit, .staff = staff->id, .times = 1, .unit_size = view_unit_recorded(call->prov->options.view, unit)};
}

bool prov_brake_would_pass(struct prov_call *call, struct cv_id token, const struct dom_staff *staff)
{
    struct judged what = one_person(call, staff);
    struct dom_brake brake;
    enum dom_brake_verdict verdict;
    struct cv_error err = {0};
    return read_and_judge(call, token, &what, &brake, &verdict, &err) && verdict == DOM_BRAKE_PASS;
}

bool prov_brake_pass(struct prov_call *call, struct cv_id token, const struct dom_staff *staff, bool exempt,
                     struct cv_error *err)
{
    struct judged what = one_person(call, staff);
    if (cv_id_is_zero(token))
        return true; /* the calendar's own work was judged when it was ordered */
    if (judge(call, token, &what, err))
        return true;
    if (!exempt || err->problem != cvp_brake_engaged)
        return false;
    char id[CV_ID_TEXT];
    if (!call->validate_only)
        cv_log(CV_LOG_WARN, "brake_exempt", "%s was locked past the brake by %s (compromise or dismissal)",
               cv_id_text("stf_", staff->id, id), call->actor);
    cv_error_clear(err);
    return true;
}

bool prov_brake_pass_many(struct prov_call *call, int people, struct cv_error *err)
{
    struct judged what = {.times = people};
    return people <= 0 || judge(call, call->token, &what, err);
}

/* ---- releases ---- */

static bool find_braked(struct prov_call *call, const struct prov_release_input *in, struct dom_token *out,
                        struct cv_error *err)
{
    const struct view *view = call->prov->options.view;
    struct cv_id id;
    bool known = cv_id_parse("tok_", in->token, &id) && view_token_by_id(view, id, call->arena, out);
    if (known && !call->scope.everywhere)
        known = !out->everywhere && view_unit_within(view, out->unit, call->scope.top);
    if (!known)
        return cv_fail(err, cvp_token_not_found, "/token", "Không có mã truy cập này trong phạm vi của bạn",
                       "There is no such token within your reach");
    if (cv_id_equal(id, call->token))
        return cv_fail(err, cvp_scope_missing, "/token", "Người bị dừng không tự cho phép mình; cần một người khác",
                       "The held token cannot release itself; a second person must");
    char self[CV_ID_TEXT];
    if (out->created_by != NULL && strcmp(out->created_by, call->actor) == 0)
        return true;
    if (cv_id_is_zero(call->token))
        return true;
    struct dom_token mine;
    if (view_token_by_id(view, call->token, call->arena, &mine) && mine.created_by != NULL &&
        strcmp(mine.created_by, cv_id_text("tok_", id, self)) == 0)
        return cv_fail(err, cvp_scope_missing, "/token",
                       "Mã truy cập do chính người bị dừng tạo ra không được cho phép tiếp",
                       "A token made by the held one cannot release it");
    return true;
}

static bool add_release(struct prov_call *call, const struct prov_release_input *in, struct cv_id token,
                        struct prov_release *out, struct cv_error *err)
{
    struct dom_brake brake;
    struct dir_actor actor = prov_dir_actor(call);
    if (!dir_brake_read(call->dir, token, call->arena, &brake, err))
        return false;
    struct dom_brake_release *grown = CV_NEWS(call->arena, struct dom_brake_release, brake.release_count + 1);
    if (brake.release_count > 0)
        memcpy(grown, brake.releases, brake.release_count * sizeof(*grown));
    grown[brake.release_count] = (struct dom_brake_release){
        .id = out->id, .by = call->actor, .reason = in->reason, .allow = in->allow, .at = out->at, .until = out->until};
    brake.releases = grown;
    brake.release_count++;
    return call->validate_only || dir_brake_save(call->dir, &brake, &actor, err);
}

bool prov_brake_release(struct prov_call *call, const struct prov_release_input *in, struct prov_release *out,
                        struct cv_error *err)
{
    struct dom_token braked;
    struct prov_audit audit;
    if (!find_braked(call, in, &braked, err))
        return false;
    *out = (struct prov_release){.id = cv_id_make(),
                                 .token = braked.id,
                                 .allow = in->allow,
                                 .at = cv_now(),
                                 .until = in->until,
                                 .reason = in->reason,
                                 .by = call->actor};
    if (out->until == CV_NO_MOMENT)
        out->until = out->at + 24L * 3600;
    prov_audit_begin(&audit, call, "brake.release", in->token, NULL);
    bool ok = false;
    for (int i = 0; i < PROV_RETRIES && !ok; i++) {
        cv_error_clear(err);
        ok = add_release(call, in, braked.id, out, err);
        if (!ok && err->kind != CV_STALE)
            break;
    }
    prov_audit_end(&audit, ok, err);
    return ok;
}
