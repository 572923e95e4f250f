/* Roles given and taken: nobody gives what he has not, and nobody touches who stands higher. */
#include <string.h>

#include "congvu/prov_identity.h"
#include "congvu/prov_staff.h"
#include "provision/internal.h"

struct giving {
    const struct prov_role_input *in;
    struct dom_role role;
};

static int next_number(const struct dom_staff *staff)
{
    int highest = 0;
    for (size_t i = 0; i < staff->role_count; i++)
        highest = staff->roles[i].number > highest ? staff->roles[i].number : highest;
    return highest + 1;
}

/* Those that ended go when there is no room. */
static bool make_room(struct prov_change *change, struct cv_error *err)
{
    struct dom_staff *staff = change->after;
    struct dom_role *kept = CV_NEWS(change->call->arena, struct dom_role, DOM_ROLES_MAX + 1);
    size_t count = 0, over = staff->role_count >= DOM_ROLES_MAX;
    for (size_t i = 0; i < staff->role_count && i < DOM_ROLES_MAX; i++)
        if (!over || staff->roles[i].to == CV_NO_DAY || staff->roles[i].to > cv_today())
            kept[count++] = staff->roles[i];
    staff->roles = kept;
    staff->role_count = count;
    return count < DOM_ROLES_MAX ||
           cv_fail(err, cvp_conflict, NULL, "Người này đã có quá nhiều vai trò", "This person has too many roles");
}

static bool place(struct prov_call *call, const struct prov_role_input *in, struct dom_role *role)
{
    struct view_unit unit;
    struct cv_error none = {0};
    role->everywhere = in->unit == NULL;
    if (in->unit != NULL &&
        !view_unit_find(call->prov->options.view, call->scope, in->unit, CV_NO_DAY, call->arena, &unit, &none)) {
        cv_fault_add(call->faults, CV_AT_POINTER, "/unit", "not_found",
                     "Không tìm thấy đơn vị “%s” trong phạm vi của bạn", "There is no unit “%s” within your reach",
                     in->unit);
        return false;
    }
    if (in->unit != NULL)
        role->unit = unit.id;
    if (prov_covers(call, role))
        return true;
    cv_fault_add(call->faults, CV_AT_POINTER, "/role", "not_allowed", "Bạn không có đủ quyền của vai trò này",
                 "You have not all rights of this role yourself");
    return false;
}

static void check_days(struct prov_call *call, const struct dom_role *role)
{
    if (role->to != CV_NO_DAY && role->to <= role->from)
        cv_fault_add(call->faults, CV_AT_POINTER, "/to", "out_of_range", "Vai trò kết thúc trước khi bắt đầu",
                     "The role ends before it begins");
}

static bool give(struct prov_change *change, void *ctx, struct cv_error *err)
{
    struct giving *g = ctx;
    struct prov_call *call = change->call;
    char self[CV_ID_TEXT];
    g->role = (struct dom_role){.number = next_number(change->before),
                                .kind = g->in->kind,
                                .from = g->in->from.given == CV_VALUE ? g->in->from.value : cv_today(),
                                .to = g->in->to.given == CV_VALUE ? g->in->to.value : CV_NO_DAY,
                                .given_by = call->actor,
                                .decision = {.signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY}};
    if (g->in->decision.given == CV_VALUE)
        g->role.decision = g->in->decision.value;
    if (strcmp(call->actor, cv_id_text("stf_", change->before->id, self)) == 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/role", "not_allowed", "Không ai tự giao vai trò cho mình",
                     "Nobody gives himself a role");
    place(call, g->in, &g->role);
    check_days(call, &g->role);
    if (!cv_faults_check(call->faults, cvp_validation_failed, err) || !make_room(change, err))
        return false;
    change->after->roles[change->after->role_count++] = g->role;
    return dom_still_here(change->after, cv_today(), err);
}

bool prov_role_give(struct prov_call *call, const char *key, const struct prov_role_input *in, struct dom_role *out,
                    struct dom_staff *out_staff, struct cv_error *err)
{
    struct giving g = {.in = in};
    struct prov_staff_result result = {0};
    const struct dom_decision *decision = in->decision.given == CV_VALUE ? &in->decision.value : NULL;
    if (!prov_staff_modify(call, key, "role.give", decision, give, &g, &result, err))
        return false;
    *out = g.role;
    *out_staff = result.staff;
    return true;
}

static bool take(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const int *number = ctx;
    struct dom_staff *staff = change->after;
    if (!make_room(change, err))
        cv_error_clear(err);
    for (size_t i = 0; i < staff->role_count; i++)
        if (staff->roles[i].number == *number && (staff->roles[i].to == CV_NO_DAY || staff->roles[i].to > cv_today())) {
            staff->roles[i].to = cv_today();
            return true;
        }
    return cv_fail(err, cvp_role_not_found, NULL, "Không có vai trò này", "There is no such role");
}

bool prov_role_take(struct prov_call *call, const char *key, int number, struct cv_error *err)
{
    struct prov_staff_result result = {0};
    return prov_staff_modify(call, key, "role.take", NULL, take, &number, &result, err);
}
