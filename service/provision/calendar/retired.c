/* What is still there at a system that is out of use ends, whatever the system itself still holds. */
#include "congvu/view_lists.h"
#include "provision/units/units.h"

enum { BATCH = 200 };

static bool end_change(struct prov_change *change, void *ctx, struct cv_error *err)
{
    struct dom_account *a = dom_account_of(change->after, ctx);
    (void)err;
    if (a == NULL)
        return true;
    dom_account_retire(a, cv_now());
    return true;
}

static void end_accounts(struct prov_call *call, const char *slug)
{
    struct view_account_page page = {0};
    struct cv_error err = {0};
    const struct view_account_query query = {
        .scope = {.everywhere = true}, .system = slug, .states = ~(UINT32_C(1) << DOM_OBS_REVOKED), .page_size = BATCH};
    if (!view_account_list(call->prov->options.view, &query, call->arena, &page, &err))
        return;
    for (size_t i = 0; i < page.count && !cv_deadline_passed(call->deadline); i++) {
        struct prov_staff_result result = {0};
        if (!prov_staff_modify_id(call, page.items[i].staff.id, "account.retired", NULL, end_change,
                                  (void *)(uintptr_t)slug, &result, &err))
            cv_log_error(CV_LOG_WARN, "account_retired", &err);
    }
}

static void end_unit_accounts(struct prov_call *call, const char *slug)
{
    struct view_unit_account *accounts;
    size_t count = 0;
    struct cv_error err = {0};
    if (!view_unit_accounts(call->prov->options.view, slug, call->arena, &accounts, &count, &err))
        return;
    for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++)
        if (!prov_unit_account_end(call, accounts[i].unit.id, slug, &err)) {
            cv_log_error(CV_LOG_WARN, "unit_account_retired", &err);
            cv_error_clear(&err);
        }
}

void prov_tick_retired(struct prov_call *call)
{
    struct prov_systems systems;
    struct cv_error err = {0};
    if (!prov_load_systems(call, &systems, &err))
        return;
    for (size_t i = 0; i < systems.count; i++)
        if (systems.items[i].retired) {
            end_accounts(call, systems.items[i].slug);
            end_unit_accounts(call, systems.items[i].slug);
        }
}
