/* Use cases of who asks: signing in and out, roles given and taken.
 *
 * Story of use. prov_sign_in() says who somebody is that knows a login and its password; what a session is, the API
 * decides. Roles are given by people and tokens that have every right of the role themselves, over the same units.
 *
 * Thread: that of the call. */
#pragma once

#include "congvu/provision.h"
#include "congvu/role.h"
#include "congvu/view.h"

/* `login` is the mailbox login or address. One answer, sign_in_refused, for unknown, wrong, locked and without a role:
 * it costs the same each time. call->peer is slowed after some wrong ones (rate_limited). */
bool prov_sign_in(struct prov_call *call, const char *login, const char *password, struct view_signer *out,
                  struct cv_error *err);
/* Every session of the person is over. */
bool prov_sign_out(struct prov_call *call, struct cv_id staff, struct cv_error *err);

struct prov_role_input {
    enum dom_role_kind kind;
    const char *unit; /* id or code; NULL = everywhere */
    struct prov_day from, to;
    struct prov_decision decision;
};
bool prov_role_give(struct prov_call *call, const char *key, const struct prov_role_input *in, struct dom_role *out,
                    struct dom_staff *out_staff, struct cv_error *err);
/* It ends today. */
bool prov_role_take(struct prov_call *call, const char *key, int number, struct cv_error *err);
