/* A system's members in JSON: the tables, and the ways of their own that some have. */
#pragma once

#include "api/internal.h"
#include "congvu/prov_systems.h"

extern const struct prov_fields api_system_fields, api_activity_fields;
void api_read_new_system(struct htp_exchange *x, const struct cv_jin *o, struct prov_system_input *out);
void api_read_system(struct htp_exchange *x, const struct cv_jin *o, struct prov_system_input *out);

void api_write_system_changes(struct htp_exchange *x, const struct dom_system *before, const struct dom_system *after);

/* read.c, write.c; `ctx` is the exchange */
typedef void api_system_read_fn(const struct cv_jin *o, void *input, void *ctx);
api_system_read_fn api_read_system_name, api_read_required, api_read_sessions, api_read_connector;
typedef void api_system_write_fn(struct cv_jout *j, const char *name, const void *record, void *ctx);
api_system_write_fn api_write_system_name, api_write_required, api_write_required_line, api_write_sessions,
    api_write_connector, api_write_connector_health;
