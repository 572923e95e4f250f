/* Inside api/requests/: requests between units as JSON, done, and on paper. */
#pragma once

#include "api/internal.h"
#include "congvu/prov_requests.h"

/* What an answer did, beside the request itself. */
struct api_request_effect {
    struct htp_exchange *x;
    const struct cv_jin *body; /* of the answer; NULL when it was lost with a process */
    struct prov_staff_result result;
    struct prov_code code; /* reset */
};
prov_carry_fn api_request_carry_out;
/* The person of a new account as he would be made: faults to the list, nothing is kept. */
bool api_request_try_new(struct htp_exchange *x, const struct prov_call *call, const struct prov_request *request,
                         struct cv_error *err);
bool api_asked(struct htp_exchange *x, const struct prov_request *request); /* was it the caller who asked? */
/* The page to print: a form for each kind, asking unit and asker among them. `more`: older ones are on the next page.
 */
void api_request_reply_form(struct htp_exchange *x, struct prov_call *call, const struct prov_request *items,
                            size_t count, bool more);
