/* A call about somebody who is there, done once under its Idempotency-Key; requests of the same key wait for each
 * other.
 *
 * Thread: that of the call. */
#pragma once

#include "provision/internal.h"

typedef bool prov_once_fn(struct prov_call *call, void *ctx, struct prov_staff_result *out, struct cv_error *err);
/* A repeat calls nothing: out->outcome is PROV_REPLAYED, the person as he is now. */
bool prov_staff_once(struct prov_call *call, prov_once_fn *fn, void *ctx, struct prov_staff_result *out,
                     struct cv_error *err);
