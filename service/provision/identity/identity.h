/* Inside provision/identity/: what signing in and second factors share. */
#pragma once

#include "congvu/prov_identity.h"
#include "congvu/prov_staff.h"
#include "provision/core/attempts.h"
#include "provision/internal.h"

struct prov_trier prov_trier_of(const struct prov_call *call, struct cv_id staff, const struct prov_browser *browser);
/* Is it the password of `staff` (NULL: nobody's)? False: not asked, or no answer. */
bool prov_password_right(struct prov_call *call, const struct prov_trier *who, const struct cv_id *staff,
                         const char *password, bool *out_right, struct cv_error *err);
/* Is in->current the person's password? Throttled; else a fault at /current. */
bool prov_own_password(struct prov_call *call, const struct prov_password_change *in, struct cv_error *err);
bool prov_factor_active(const struct dom_staff *staff);
/* Takes the code; NULL or wrong = second_factor_needed. */
bool prov_factor_pass(struct prov_call *call, struct cv_id staff, const char *code, struct cv_error *err);
