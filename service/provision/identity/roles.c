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
        if (!over || !dom_role_over(&staff->roles[i], cv_today()))
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
    g->role = (struct dom_role){.number = next_number(change->before),
                                .kind = g->in->kind,
                                .from = g->in->from.given == CV_VALUE ? g->in->from.value : cv_today(),
                                .to = g->in->to.given == CV_VALUE ? g->in->to.value : CV_NO_DAY,
                                .given_by = call->actor,
                                .decision = {.signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY}};
    if (g->in->decision.given == CV_VALUE)
        g->role.decision = g->in->decision.value;
    if (prov_is_oneself(call, change->before->id))
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
        if (staff->roles[i].number == *number && !dom_role_over(&staff->roles[i], cv_today())) {
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

/* ---- deputies ---- */

static bool own_role(const struct dom_staff *lender, int number, struct dom_role *out)
{
    for (size_t i = 0; i < lender->role_count; i++)
        if (lender->roles[i].number == number && cv_id_is_zero(lender->roles[i].lent_by) &&
            dom_role_in_force(&lender->roles[i], cv_today())) {
            *out = lender->roles[i];
            return true;
        }
    return false;
}

struct lending {
    struct dom_role role;
};

static bool lend(struct prov_change *change, void *ctx, struct cv_error *err)
{
    struct lending *l = ctx;
    l->role.number = next_number(change->before);
    if (!make_room(change, err))
        return false;
    change->after->roles[change->after->role_count++] = l->role;
    return dom_still_here(change->after, cv_today(), err);
}

static void check_lending(struct prov_call *call, const struct prov_deputy_input *in, const struct dom_role *own)
{
    enum { DAYS_MAX = 92 };
    if (in->to <= in->from || in->to - in->from > DAYS_MAX || in->to <= cv_today() ||
        (own->to != CV_NO_DAY && in->to > own->to))
        cv_fault_add(call->faults, CV_AT_POINTER, "/to", "out_of_range",
                     "Thời gian thay mặt dài tối đa %d ngày và không quá hạn của vai trò",
                     "A role is lent for at most %d days, and no longer than it lasts", DAYS_MAX);
}

bool prov_role_lend(struct prov_call *call, const struct prov_deputy_input *in, struct dom_role *out,
                    struct view_staff *out_deputy, struct cv_error *err)
{
    struct prov_staff_result result = {0};
    struct lending l;
    struct dom_staff lender;
    struct dom_role own;
    if (!dir_staff_read(call->dir, call->token, call->arena, &lender, err))
        return false;
    if (!own_role(&lender, in->number, &own))
        return cv_fail(err, cvp_role_not_found, "/role", "Bạn không có vai trò này", "You have no such role yourself");
    const struct view_scope reach = {.everywhere = own.everywhere, .top = own.unit};
    if (!view_staff_find(call->prov->options.view, reach, in->deputy, call->arena, out_deputy, err))
        return false;
    check_lending(call, in, &own);
    if (cv_id_equal(out_deputy->id, lender.id))
        cv_fault_add(call->faults, CV_AT_POINTER, "/staff", "not_allowed", "Không ai thay mặt chính mình",
                     "Nobody is his own deputy");
    if (!cv_faults_check(call->faults, cvp_validation_failed, err))
        return false;
    l.role = own;
    l.role.from = in->from;
    l.role.to = in->to;
    l.role.given_by = call->actor;
    l.role.lent_by = lender.id;
    call->match = PROV_MATCH_ABSENT;
    if (!prov_staff_modify_id(call, out_deputy->id, "role.lend", NULL, lend, &l, &result, err)) {
        if (err->problem == cvp_higher_role)
            cv_fail(err, cvp_conflict, "/staff", "Người này có vai trò cao hơn nên không thay mặt bạn",
                    "This person has a higher role and is not your deputy");
        return false;
    }
    *out = l.role;
    return true;
}

struct returning {
    struct cv_id lender;
    int number;
};

static bool give_back(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct returning *r = ctx;
    struct dom_staff *staff = change->after;
    if (!make_room(change, err))
        cv_error_clear(err);
    for (size_t i = 0; i < staff->role_count; i++)
        if (staff->roles[i].number == r->number && cv_id_equal(staff->roles[i].lent_by, r->lender) &&
            !dom_role_over(&staff->roles[i], cv_today())) {
            staff->roles[i].to = cv_today();
            return true;
        }
    return cv_fail(err, cvp_role_not_found, NULL, "Không có vai trò này", "There is no such role");
}

bool prov_role_return(struct prov_call *call, const char *deputy, int number, struct cv_error *err)
{
    struct prov_staff_result result = {0};
    struct returning r = {.lender = call->token, .number = number};
    struct cv_id id;
    const struct view_scope everywhere = {.everywhere = true};
    if (!cv_id_parse("stf_", deputy, &id) ||
        !view_staff_holder(call->prov->options.view, everywhere, VIEW_BY_ID, deputy, &id))
        return view_may_deny(call->prov->options.view, err) &&
               cv_fail(err, cvp_role_not_found, NULL, "Không có vai trò này", "There is no such role");
    struct prov_call whoever = *call;
    whoever.token = (struct cv_id){0}; /* what was lent is taken back whatever else the deputy has become */
    return prov_staff_modify_id(&whoever, id, "role.return", NULL, give_back, &r, &result, err);
}
