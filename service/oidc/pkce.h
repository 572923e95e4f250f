/* Inside oidc/: proof that who exchanges a code is who asked for it (RFC 7636). */
#pragma once

#include "congvu/memory.h"

/* S256 of the verifier. */
const char *oidc_challenge(struct cv_arena *arena, const char *verifier);
