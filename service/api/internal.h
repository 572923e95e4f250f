/* Inside api/: what the handlers share. Thin handlers: request in, use case, response out. */
#pragma once

#include "congvu/api.h"
#include "congvu/log.h"
#include "congvu/prov_duplicates.h"
#include "congvu/prov_staff.h"
#include "congvu/prov_systems.h"
#include "congvu/text.h"
#include "congvu/view_lists.h"

/* Made by api_authenticate, in the request's arena (x->actor). */
struct api_actor {
    const char *label;  /* the token's name */
    struct cv_id token; /* or the id of the person behind a session */
    bool is_person;
    struct cv_id behalf; /* whose lent role it is; zero = nobody's */
    uint32_t scopes;
    struct view_scope scope;
    cv_moment expires_at;
};
static inline struct api *api_of(const struct htp_exchange *x)
{
    return x->app;
}
static inline const struct api_actor *api_actor(const struct htp_exchange *x)
{
    return x->actor;
}

/* common.c */
const char *api_actor_name(const struct htp_exchange *x); /* "tok_...", in the arena */
/* A prov_call of this request: session, deadline, scope, If-Match, validate_only, Idempotency-Key (POST only). False:
 * answered already. */
bool api_call(struct htp_exchange *x, struct prov_call *out);
/* The body as one JSON object; false: answered already (400, with faults). */
bool api_body(struct htp_exchange *x, const struct cv_jin **out);
/* "problem": why one of several was not done. */
void api_write_problem(struct htp_exchange *x, const struct cv_error *err);
/* False when faults were found: answered 422 validation_failed (or 400 invalid_parameter for parameters). */
bool api_faultless(struct htp_exchange *x, enum cv_problem problem);
/* PATCH and DELETE want If-Match; false: answered 428. */
bool api_if_match_given(struct htp_exchange *x);
/* 200/201 for a result of provision: outcome -> status, ETag, Location (201), Idempotency-Replayed,
 * Congvu-Validate-Only. */
void api_result_head(struct htp_exchange *x, enum prov_outcome outcome, int64_t revision, const char *location,
                     int *out_status);

/* Header Congvu-View-Age: how old the answer from the view is. */
void api_view_age(struct htp_exchange *x);

/* paging.c: page_size, page_token, include_total. `bound` names filter + sort + caller; a token of another query is
 * page_token_mismatch, an old one (24 h) page_token_expired. False: answered already. */
struct api_page {
    size_t size;
    const void *after;
    size_t after_len;
    bool want_total;
};
bool api_page_in(struct htp_exchange *x, const char *bound, struct api_page *out);
/* "next_page_token", "total" (when wanted) and the Link header. */
/* For answers that are no JSON: only the link. `next` NULL = none. */
void api_page_link(struct htp_exchange *x, const char *bound, const void *next, size_t next_len);
void api_page_out(struct htp_exchange *x, const char *bound, const void *next, size_t next_len,
                  const struct api_page *page, size_t total);
/* Method, path, sorted query without paging parameters, language and caller. */
const char *api_page_bound(struct htp_exchange *x);

/* Query filters that several lists share: unit (id or code, in scope), recursive. False: answered already. */
bool api_unit_filter(struct htp_exchange *x, bool *out_has, struct cv_id *out_unit, bool *out_recursive);

void api_count_or_null(struct cv_jout *j, const char *name, int32_t count, bool known);

/* JSON of records */
/* Every name of a unit or a person inside another record asks here: what GET would answer 404 for is not named. */
bool api_sees_unit(const struct htp_exchange *x, struct cv_id unit);
bool api_reaches_people(const struct htp_exchange *x, struct cv_id unit); /* knows those of the unit by name */
bool api_sees_mailbox(const struct htp_exchange *x, const char *login, struct view_unit *out); /* of a unit, by login */
bool api_sees_staff(const struct htp_exchange *x, const char *id);
bool api_may_read_staff(const struct htp_exchange *x);
/* The Vietnamese one where it is not given in that language. */
const char *api_in_language(const char *const name[CV_LANGS], enum cv_lang lang);
/* In the asker's language; of none that there is, words for one. */
const char *api_system_name(struct htp_exchange *x, const char *slug);
/* Words of the facts that the HR feed keeps (struct dom_unit); null where it is said nowhere. */
void api_write_hr_feed(struct cv_jout *j, const char *name, uint32_t hr_feed);
/* {"id","code","name"} in the caller's language; null for a unit outside his subtree. */
void api_write_unit_ref(struct htp_exchange *x, const char *name, struct cv_id unit);
void api_write_home_ref(struct htp_exchange *x, const char *name, struct cv_id home); /* of a person; or null */
/* The same of a unit that the caller may see for certain: his own top, the subtree of a token that he may see. */
void api_write_unit_known(struct htp_exchange *x, const char *name, struct cv_id unit);
void api_write_role(struct htp_exchange *x, const struct dom_role *role); /* of a person, into an array or alone */
void api_write_scopes(struct cv_jout *j, uint32_t scopes);                /* "scopes": their words */
void api_write_reach(struct htp_exchange *x, bool everywhere, struct cv_id unit); /* "unit", null = everywhere */
void api_write_decision(struct cv_jout *j, const char *name, const struct dom_decision *d);
void api_write_staff(struct htp_exchange *x, const char *name, const struct dom_staff *staff); /* full person */
/* The same behind a change, with the periods that it changes. */
void api_write_staff_result(struct htp_exchange *x, const char *name, const struct prov_staff_result *result);
void api_write_staff_row(struct htp_exchange *x, const struct view_staff *staff); /* list item */
void api_write_account(struct htp_exchange *x, const struct dom_staff *staff, const struct dom_account *account);
void api_write_account_result(struct htp_exchange *x, const struct prov_staff_result *result,
                              const struct dom_account *account);
/* `said`: the order that this answers; NULL = it is only read. */
void api_write_departure(struct htp_exchange *x, const char *name, const struct prov_staff_result *result,
                         const struct dom_departure *d, const struct dom_order *said);
/* A post but its unit, into the object that is open. */
void api_write_post_facts(struct cv_jout *j, const struct dom_post *post);
/* What decided what is wanted: `required`, or a word of dom_cause_words. */
const char *api_cause_word(const struct dom_account *account);
void api_write_departure_summary(struct cv_jout *j, const struct dom_departure *d); /* "departure", or null */
/* "changes": [...] of a person. */
void api_write_staff_changes(struct htp_exchange *x, const struct dom_staff *before, const struct dom_staff *after);
void api_write_home(struct htp_exchange *x, const struct view_staff *staff); /* "unit" of somebody in a list, or null */
void api_write_staff_names(struct htp_exchange *x, const struct view_staff *staff); /* the same members alone */
/* 202: a line whose person may be there already. */
void api_reply_needs_decision(struct htp_exchange *x, const struct prov_duplicate *question);
/* "candidates", "candidates_elsewhere" and "decides" of possible_duplicate. */
void api_write_candidates(struct htp_exchange *x, const struct prov_staff_result *result);
void api_write_staff_ref(struct htp_exchange *x, const struct view_staff *staff); /* "staff": {id, code, name, unit} */
void api_write_account_row(struct htp_exchange *x, const struct view_account_row *row);
void api_write_departure_row(struct htp_exchange *x, const struct view_staff *staff);
void api_write_unit(struct htp_exchange *x, const char *name, const struct dom_unit *unit);
void api_write_system(struct htp_exchange *x, const char *name, const struct dom_system *system);
/* Names of fields (bits) in the system's own words. */
void api_write_fields(struct cv_jout *j, const char *name, const struct dom_connector *connector, uint32_t fields);
void api_write_health(struct htp_exchange *x, const struct dom_system *system); /* "health", null without a connector */

/* JSON bodies into inputs */
void api_read_text(const struct cv_jin *o, const char *name, size_t max,
                   struct prov_text *out); /* optional, null clears */
void api_read_word(const struct cv_jin *o, const char *name, const char *const *words, struct prov_int *out);
void api_read_decision(const struct cv_jin *o, const char *name, struct prov_decision *out);

void api_read_staff_new(struct htp_exchange *x, const struct cv_jin *o, struct prov_staff_input *out);
void api_read_staff_update(struct htp_exchange *x, const struct cv_jin *o, struct prov_staff_input *out);
void api_read_departure(const struct cv_jin *o, struct prov_departure_input *out);
/* Events of one JSON object, or one of each line; what is wrong with an event is noted in it and hinders no other. */
void api_read_usage(struct cv_arena *arena, struct cv_faults *faults, const struct cv_jin *body,
                    struct prov_usage_input *out);
void api_read_usage_lines(struct cv_arena *arena, struct cv_faults *faults, const char *bytes, size_t len,
                          struct prov_usage_input *out);

/* "brake" of the caller's own line: what he did this hour, who may release, and how much waits. */
struct prov_releaser;
void api_write_releasers(struct cv_jout *j, const char *name, const struct prov_releaser *who, size_t count);
void api_write_own_brake(struct htp_exchange *x, struct prov_call *call);

bool api_figures_costly(const struct htp_exchange *x); /* coverage.c: too much for the event loop? */

/* handlers, by file; the names are the contract's operationIds */
/* clang-format off */
#define API_HANDLERS(X)                                                                                              \
    X(create_correction) X(get_merge) X(put_merge) X(delete_merge) X(create_request) X(list_requests) X(get_request) X(put_request_answer) X(list_duplicates) X(put_duplicate) X(list_staff) X(create_staff) X(get_staff) X(put_staff) X(patch_staff) X(delete_staff)                           \
    X(list_staff_accounts) X(get_account) X(put_account) X(create_credential_reset) X(put_observation) X(put_certificate)              \
    X(redeem_activation) X(check_activation) X(create_slips) X(list_activations) X(get_activation_page) X(get_activation_script) X(get_activation_style) X(get_mail_settings) X(get_mail_profile) X(list_accounts)                                                                            \
    X(get_departure) X(put_departure) X(delete_departure) X(create_reinstatement) X(list_departures) X(list_audit_events) X(get_staff_history) X(get_unit_history)                 \
    X(get_audit_checkpoint) X(get_audit_tile) X(get_audit_entries)                                                                                                                 \
    X(create_departure_batch) X(get_brake) X(create_brake_release) X(create_loss_release)                                                                \
    X(list_units) X(create_unit) X(get_unit) X(put_unit) X(patch_unit) X(delete_unit) X(list_unit_ancestors)         \
    X(list_headcounts) X(get_headcount) X(put_headcount) X(create_unit_correction)                                                             \
    X(create_import) X(list_imports) X(get_import) X(delete_import) X(list_import_rows) X(run_import) X(get_import_run) X(take_import_back) X(get_import_template) X(approve_import)                  \
    X(get_import_file)                                                                                               \
    X(list_unit_accounts) X(put_unit_account) X(delete_unit_account) X(get_unit_mailbox) X(put_unit_mailbox) X(list_hand_overs)                                                       \
    X(list_systems) X(create_system) X(get_system) X(patch_system) X(restore_accounts) X(create_list) X(list_orphans) X(create_usage_events)                                                                   \
    X(get_coverage) X(get_adoption) X(list_targets) X(put_target) X(delete_target) X(get_coverage_trend) X(get_coverage_changes) X(get_adoption_trend) X(create_session) X(get_session) X(delete_session) X(list_roles) X(create_role) X(delete_role) X(list_tokens) X(create_token) X(patch_token) X(delete_token) X(get_me) X(put_my_password) X(create_deputy) X(delete_deputy) X(get_my_record) X(begin_oidc) X(finish_oidc) X(delete_oidc_subject) X(create_my_second_factor) X(put_my_second_factor) X(delete_second_factor)                                         \
    X(list_reports) X(create_report) X(get_report) X(patch_report) X(delete_report)                                  \
    X(create_report_revision) X(get_report_content) X(list_report_indicators) X(list_report_schedules) X(put_report_schedule) X(delete_report_schedule)                                                                  \
    X(get_problem) X(get_openapi_json) X(get_openapi_yaml) X(get_docs) X(get_console) X(get_console_file) X(get_livez) X(get_readyz) X(get_version)     \
    X(get_metrics)
/* clang-format on */
#define X(name) htp_handler api_##name;
API_HANDLERS(X)
#undef X
