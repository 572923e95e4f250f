/* Members of a person that have a way of their own, for the table in fields.c. `ctx` is the exchange. */
#pragma once

#include "api/internal.h"
#include "congvu/prov_fields.h"

extern const struct prov_fields api_staff_fields, api_certificate_fields;

void api_read_certificate(struct htp_exchange *x, const struct cv_jin *o, struct prov_certificate *out);
/* "certificate": null when NULL. */
void api_write_certificate(struct htp_exchange *x, const struct dom_certificate *certificate);

/* As the caller may see it; `own`: it is his, or he wrote it. */
const char *api_mobile(struct htp_exchange *x, const char *mobile, bool own);

/* read.c: from a body into struct prov_staff_input */
typedef void api_staff_read_fn(const struct cv_jin *o, void *input, void *ctx);
api_staff_read_fn api_read_posts, api_read_add_post, api_read_end_post, api_read_accounts, api_read_not_same_as,
    api_read_status, api_read_leave, api_read_new_address, api_read_staff_decision;

/* changes.c: what a dry run tells of them */
typedef void api_tell_fn(struct prov_telling *t, const char *name);
api_tell_fn api_tell_unit, api_tell_posts, api_tell_aliases, api_tell_former_codes, api_tell_accounts;
