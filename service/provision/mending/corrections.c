/* What was entered wrongly: a person who never was, an alias that never was his. */
#include <string.h>

#include "congvu/prov_corrections.h"
#include "congvu/usage.h"
#include "provision/internal.h"

/* ---- a person ---- */

/* What stands in the way, in both languages; NULL: nothing of him was ever used. */
static const char *const *used(struct prov_call *call, const struct dom_staff *staff, struct cv_error *err)
{
    static const char *const password[] = {"đã đặt mật khẩu", "has set a password"};
    static const char *const left[] = {"có hồ sơ kết thúc công tác", "has a departure on record"};
    static const char *const bound[] = {"có vai trò hoặc giữ hộp thư đơn vị", "has a role, or holds a unit mailbox"};
    static const char *const elsewhere[] = {"có tài khoản ở hệ thống khác", "has an account in another system"};
    static const char *const seen[] = {"đã có số liệu sử dụng", "has days of use"};
    static const char *const merged[] = {"đã có hồ sơ khác gộp vào", "has other records merged into it"};
    struct dom_usage usage;
    struct prov_systems systems;
    if (staff->credential_set)
        return password;
    if (staff->departure_count > 0)
        return left;
    if (staff->absorbed_count > 0)
        return merged;
    if (staff->role_count > 0 || staff->hold_count > 0)
        return bound;
    if (!prov_load_systems(call, &systems, err) || !dir_usage_read(call->dir, staff->id, call->arena, &usage, err))
        return NULL;
    for (size_t i = 0; i < staff->account_count; i++) {
        const struct dom_account *account = &staff->accounts[i];
        const struct dom_system *system = prov_system_of(&systems, account->system);
        bool there = account->observed != DOM_REQUESTED || account->remote_id != NULL || dom_token_out(account);
        if ((system == NULL || system->kind != DOM_DIRECTORY) && there)
            return elsewhere;
    }
    return usage.use_count > 0 ? seen : NULL;
}

static bool removable(struct prov_call *call, const struct dom_staff *staff, struct cv_error *err)
{
    const char *const *why = used(call, staff, err);
    if (why == NULL)
        return err->kind == CV_OK;
    return cv_fail(err, cvp_staff_holds_names, NULL,
                   "Người này %s%.0s nên không phải nhập nhầm; dùng chức năng kết thúc công tác",
                   "This person %.0s%s, so it is no slip; record a departure instead", why[CV_VI], why[CV_EN]);
}

static bool remove_person(struct prov_call *call, const char *key, struct prov_staff_result *out, struct cv_error *err)
{
    struct cv_id id;
    char target[CV_ID_TEXT];
    if (!prov_staff_locate(call, key, true, &id, err) ||
        !dir_staff_read(call->dir, id, call->arena, &out->before, err) ||
        !prov_check_match(call, out->before.revision, err) || !prov_not_higher(call, &out->before, err) ||
        !removable(call, &out->before, err))
        return false;
    out->staff = out->before;
    out->outcome = PROV_WOULD;
    if (call->validate_only)
        return true;
    out->outcome = PROV_CHANGED;
    return prov_staff_erase(call, "staff.remove", cv_id_text("stf_", id, target), &out->before, err);
}

/* ---- an alias ---- */

static bool drop_alias(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_correction *in = ctx;
    struct dom_staff *staff = change->after;
    struct dom_alias *kept = CV_NEWS(change->call->arena, struct dom_alias, staff->alias_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < staff->alias_count; i++)
        if (cv_ascii_casecmp(staff->aliases[i].address, in->alias) != 0)
            kept[count++] = staff->aliases[i];
    bool found = count < staff->alias_count;
    staff->aliases = kept;
    staff->alias_count = count;
    return found || cv_fail(err, cvp_conflict, "/alias", "Người này không có bí danh “%s”",
                            "This person has no alias “%s”", in->alias);
}

/* ---- a day of death ---- */

static bool set_day(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_correction *in = ctx;
    struct dom_staff *staff = change->after;
    const struct dom_departure *current = dom_current_departure(staff);
    if (current == NULL || current->reason != DOM_TU_TRAN)
        return cv_fail(err, cvp_conflict, NULL, "Người này không có hồ sơ từ trần",
                       "No death is recorded of this person");
    if (in->effective_on > cv_today()) {
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/effective_on", "out_of_range", "Ngày này chưa đến",
                     "This day is still to come");
        return cv_faults_check(change->call->faults, cvp_validation_failed, err);
    }
    staff->departures[current - staff->departures].effective_on = in->effective_on;
    return true;
}

bool prov_staff_correct(struct prov_call *call, const char *key, const struct prov_correction *in,
                        struct prov_staff_result *out, struct cv_error *err)
{
    struct prov_call own = *call;
    *out = (struct prov_staff_result){0};
    own.reason = in->reason;
    if (in->kind == PROV_MADE_BY_MISTAKE)
        return remove_person(&own, key, out, err);
    if (in->kind == PROV_SWAPPED_CODES)
        return prov_swap_codes(&own, key, in, out, err);
    if (in->kind == PROV_DEATH_DATE)
        return prov_staff_modify(&own, key, "staff.death_date", NULL, set_day, (void *)in, out, err);
    return prov_staff_modify(&own, key, "staff.alias", NULL, drop_alias, (void *)in, out, err);
}
