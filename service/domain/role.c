/* What each role may do. */
#include "congvu/role.h"

enum {
    LOOKS = DOM_STAFF_READ | DOM_UNITS_READ | DOM_COVERAGE_READ,
};

static const uint32_t rights[DOM_ROLES] = {
    [DOM_SITE_ADMIN] = DOM_ALL_SCOPES,
    [DOM_UNIT_ADMIN] = LOOKS | DOM_AUDIT_READ | DOM_ACCOUNTS_WRITE | DOM_BRAKE_RELEASE,
    [DOM_UNIT_HR] = LOOKS | DOM_STAFF_WRITE | DOM_ACCOUNTS_WRITE | DOM_DEPARTURES_WRITE | DOM_REPORTS_WRITE,
    [DOM_UNIT_HEAD] = LOOKS,
    [DOM_CLERK] = DOM_UNITS_READ | DOM_COVERAGE_READ | DOM_REPORTS_WRITE,
    [DOM_INSPECTOR] = LOOKS | DOM_AUDIT_READ,
};

uint32_t dom_role_rights(enum dom_role_kind kind)
{
    return rights[kind];
}

bool dom_role_over(const struct dom_role *role, cv_day day)
{
    return role->to != CV_NO_DAY && role->to <= day;
}

bool dom_role_in_force(const struct dom_role *role, cv_day day)
{
    return (role->from == CV_NO_DAY || role->from <= day) && !dom_role_over(role, day);
}
