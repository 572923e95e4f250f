/* Roles of people: what somebody may do who signs in, bound to a unit and the units below it, from a day to a day.
 *
 * Story of use. A role lies on the person's own record with who gave it and by which decision; it ends by itself, with
 * its last day or with the person's departure. Its holder may lend it to a deputy, from a day to a day; what the deputy
 * does says both names. A session acts in one role that is in force; its rights are those of the role, in the same
 * words as a token's (token.h), so one table of routes holds for both.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/record.h"
#include "congvu/token.h"

enum dom_role_kind {
    DOM_SITE_ADMIN, /* Quản trị tỉnh */
    DOM_UNIT_ADMIN, /* Quản trị đơn vị: accounts */
    DOM_UNIT_HR,    /* Nhân sự đơn vị: people, accounts and departures */
    DOM_UNIT_HEAD,  /* Lãnh đạo đơn vị: looks */
    DOM_CLERK,      /* Văn thư: unit mailboxes and reports */
    DOM_INSPECTOR,  /* Kiểm tra: looks */
    DOM_ROLES
};
extern const char *const dom_role_words[]; /* site_admin unit_admin unit_hr unit_head clerk inspector */

enum { DOM_ROLES_MAX = 16 };
struct dom_role {
    int number; /* 1, 2, ... of the person; never given twice */
    enum dom_role_kind kind;
    bool everywhere;
    struct cv_id unit; /* and below it, unless everywhere */
    cv_day from, to;   /* `to` is the first day without it; CV_NO_DAY = open */
    const char *given_by;
    struct dom_decision decision;
    struct cv_id
        lent_by; /* whose role it is, to a deputy; zero = his own. It holds only as long as the lender's does */
};
/* Rights of a role, bits of enum dom_scope. */
uint32_t dom_role_rights(enum dom_role_kind kind);
bool dom_role_in_force(const struct dom_role *role, cv_day day);
bool dom_role_over(const struct dom_role *role, cv_day day);
