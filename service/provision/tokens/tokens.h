/* Inside provision/tokens/: what making, changing and ending tokens share. */
#pragma once

#include "congvu/prov_tokens.h"
#include "provision/internal.h"

/* Gives out->token a secret and writes it; the secret is in *out, nowhere else. */
bool prov_token_add(struct prov_call *call, struct prov_token_result *out, struct cv_error *err);
/* Until when the caller's own token holds; CV_NO_MOMENT = for ever, or the service itself. */
bool prov_own_expiry(struct prov_call *call, cv_moment *out, struct cv_error *err);
/* CV_NO_MOMENT = never. */
bool prov_ends_sooner(cv_moment one, cv_moment other);
/* Faults at /expires_at: not ahead, or beyond `makers`. */
void prov_judge_expiry(struct prov_call *call, cv_moment expires_at, cv_moment makers);
