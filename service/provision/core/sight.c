/* What a caller may see of a record that was not found by its key in his scope: a replay, a name inside another record.
 * Judged by the record as the directory has it, so that what was just written is seen at once. */
#include "congvu/token.h"
#include "provision/internal.h"

bool prov_reaches_people(const struct prov_call *call, struct cv_id unit)
{
    return call->scope.everywhere || view_reaches_people(call->prov->options.view, call->scope, unit);
}

static bool reaches_all(const struct view *view, struct cv_id top, const struct cv_id *homes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!view_reaches_people(view, (struct view_scope){.top = top}, homes[i]))
            return false;
    return true;
}

struct cv_id prov_unit_over(const struct view *view, struct cv_arena *arena, struct cv_id from,
                            const struct cv_id *homes, size_t count)
{
    struct view_unit unit;
    for (struct cv_id at = from; view_unit_by_id(view, at, arena, &unit); at = unit.parent) {
        if (reaches_all(view, at, homes, count))
            return at;
        if (!unit.has_parent)
            break;
    }
    return (struct cv_id){0};
}

bool prov_sees_post(const struct prov_call *call, const struct dom_post *post)
{
    return prov_reaches_people(call, post->unit);
}

bool prov_sees_staff(const struct prov_call *call, const struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->post_count; i++)
        if (dom_post_counts(staff, &staff->posts[i], cv_today()) && prov_sees_post(call, &staff->posts[i]))
            return true;
    return false;
}

bool prov_parent_in_reach(const struct prov_call *call, const struct dom_unit *unit)
{
    return call->scope.everywhere ||
           (unit->has_parent && view_in_scope(call->prov->options.view, call->scope, unit->parent));
}

bool prov_sees_unit(const struct prov_call *call, const struct dom_unit *unit)
{
    return cv_id_equal(unit->id, call->scope.top) || prov_parent_in_reach(call, unit);
}

struct cv_id prov_stands_for(const struct prov_call *call, struct cv_id staff)
{
    struct view_staff found;
    bool known =
        view_staff_by_id(call->prov->options.view, (struct view_scope){.everywhere = true}, staff, call->arena, &found);
    return known ? found.id : staff;
}

bool prov_sees_token(const struct prov_call *call, const struct dom_token *token)
{
    return token->revoked_at == CV_NO_MOMENT &&
           (call->scope.everywhere || (!token->everywhere && prov_reaches_people(call, token->unit)));
}

bool prov_unseen(struct cv_error *err, enum cv_problem missing)
{
    const struct cv_problem_row *row = cv_problem_row(missing);
    return cv_fail(err, missing, NULL, "%s%.0s", "%.0s%s", row->title[CV_VI], row->title[CV_EN]);
}

/* ---- who answers for something ---- */
void prov_find_custodian(struct prov_call *call, const char *key, struct view_staff *out)
{
    struct cv_error none = {0};
    bool there = key != NULL && view_staff_find(call->prov->options.view, call->scope, key, call->arena, out, &none);
    if (!there || out->status == DOM_DEPARTED || out->has_departure)
        cv_fault_add(call->faults, CV_AT_POINTER, "/custodian", "not_found",
                     "Không có người đang công tác nào như vậy ở lại", "Nobody like that is on the staff and stays");
}

/* ---- who it is ---- */
struct cv_id prov_person_behind(const struct prov_call *call)
{
    struct dom_token own = {0};
    struct cv_id person;
    if (cv_id_parse("stf_", call->actor, &person))
        return person;
    if (!cv_id_is_zero(call->token))
        view_token_by_id(call->prov->options.view, call->token, call->arena, &own);
    return own.owner;
}

bool prov_is_oneself(const struct prov_call *call, struct cv_id staff)
{
    return cv_id_equal(prov_person_behind(call), staff);
}

void prov_way_in_given(struct prov_change *change)
{
    struct prov_call *call = change->call;
    struct cv_id person = prov_person_behind(call);
    const char *by = cv_id_is_zero(person) ? call->actor : cv_id_kept("stf_", person, call->arena);
    dom_way_in_given(change->after, call->arena, by, cv_now());
}

/* ---- who stands higher ---- */
/* All rights of the role, over its units, are the caller's. */
bool prov_covers(const struct prov_call *call, const struct dom_role *role)
{
    bool rights = (dom_role_rights(role->kind) & ~call->scopes) == 0;
    bool units = call->scope.everywhere || (!role->everywhere && prov_reaches_people(call, role->unit));
    return rights && units;
}

/* A role to come counts as well: whoever gets hold of its bearer today would have it tomorrow. */
bool prov_not_higher(const struct prov_call *call, const struct dom_staff *staff, struct cv_error *err)
{
    if (cv_id_is_zero(call->token) || cv_id_equal(call->token, staff->id))
        return true;
    for (size_t i = 0; i < staff->role_count; i++)
        if (!dom_role_over(&staff->roles[i], cv_today()) && !prov_covers(call, &staff->roles[i]))
            return cv_fail(err, cvp_higher_role, NULL,
                           "Người này có vai trò cao hơn; chỉ người có đủ các quyền ấy mới được sửa",
                           "This person has a higher role; only who has all its rights may change this");
    return true;
}

/* ---- who is the last one ---- */
static bool administers(bool everywhere, enum dom_role_kind kind)
{
    return everywhere && kind == DOM_SITE_ADMIN;
}

static bool is_administrator(const struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->role_count; i++)
        if (administers(staff->roles[i].everywhere, staff->roles[i].kind) &&
            dom_role_in_force(&staff->roles[i], cv_today()))
            return true;
    return false;
}

/* What he has lent goes with him. */
static bool without_him(const struct view_signer *other, struct cv_id him)
{
    for (size_t i = 0; i < other->role_count && !cv_id_equal(other->staff, him); i++)
        if (administers(other->roles[i].everywhere, other->roles[i].kind) && !cv_id_equal(other->roles[i].lent_by, him))
            return true;
    return false;
}

bool prov_last_administrator(struct prov_call *call, const struct dom_staff *staff)
{
    enum { ASKED_MAX = 1000 };
    cv_auto_arena arena = is_administrator(staff) ? cv_arena_new(1 << 20) : NULL; /* not in that of the call */
    struct view_signer *found = arena != NULL ? CV_NEWS(arena, struct view_signer, ASKED_MAX) : NULL;
    if (found == NULL || !cv_arena_ok(arena))
        return false;
    size_t count = view_signers_with(call->prov->options.view, DOM_TOKENS_WRITE, found, ASKED_MAX);
    for (size_t i = 0; i < count; i++)
        if (without_him(&found[i], staff->id))
            return false;
    return true;
}
