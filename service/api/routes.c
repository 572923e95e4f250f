/* The table of routes, which is the table of rights: an operation, the scopes of which one is needed to ask it, and
 * what is needed beside to be shown what it answers. */
#include "api/frame/tables.h"
#include "api/internal.h"
#include "congvu/intake.h"

#define IMPORT_TYPES                                                                                                   \
    "text/csv text/plain application/octet-stream application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#define ROUTE(m, path, op, where, rights, parameters, ...)                                                             \
    {                                                                                                                  \
        .method = HTP_##m, .pattern = path, .operation = #op, .lane = HTP_##where, .scopes = rights,                   \
        .handler = api_##op, .query = parameters, ##__VA_ARGS__                                                        \
    }

/* clang-format off */
static const struct htp_route routes[] = {
    ROUTE(GET, "/v1/staff", list_staff, INTERACTIVE, DOM_STAFF_READ, "unit recursive status category missing has system stage window period calendar q staff_code address login updated_since sort page_size page_token include_total format layout csv_delimiter", .produces = API_TABLE_TYPES),
    ROUTE(POST, "/v1/staff", create_staff, INTERACTIVE, DOM_STAFF_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(GET, "/v1/staff/{staff}", get_staff, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(PUT, "/v1/staff/{staff}", put_staff, INTERACTIVE, DOM_STAFF_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(PATCH, "/v1/staff/{staff}", patch_staff, INTERACTIVE, DOM_STAFF_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(DELETE, "/v1/staff/{staff}", delete_staff, INTERACTIVE, DOM_STAFF_WRITE, "validate_only"),
    ROUTE(POST, "/v1/staff/{staff}/corrections", create_correction, INTERACTIVE, DOM_STAFF_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(GET, "/v1/staff/{staff}/merge", get_merge, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(PUT, "/v1/staff/{staff}/merge", put_merge, INTERACTIVE, DOM_STAFF_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(DELETE, "/v1/staff/{staff}/merge", delete_merge, INTERACTIVE, DOM_STAFF_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(GET, "/v1/staff/{staff}/history", get_staff_history, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(GET, "/v1/staff/{staff}/accounts", list_staff_accounts, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(GET, "/v1/staff/{staff}/accounts/{system}", get_account, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(PUT, "/v1/staff/{staff}/accounts/{system}", put_account, INTERACTIVE, DOM_ACCOUNTS_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(POST, "/v1/staff/{staff}/accounts/{system}/credential-resets", create_credential_reset, INTERACTIVE, DOM_ACCOUNTS_WRITE, ""),
    ROUTE(PUT, "/v1/staff/{staff}/accounts/{system}/observation", put_observation, INTERACTIVE, DOM_ACCOUNTS_WRITE, "", .shows = DOM_STAFF_READ),
    ROUTE(PUT, "/v1/staff/{staff}/accounts/{system}/certificate", put_certificate, INTERACTIVE, DOM_ACCOUNTS_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(POST, "/v1/activations", redeem_activation, INTERACTIVE, 0, ""),
    ROUTE(GET, "/v1/activations", list_activations, INTERACTIVE, DOM_STAFF_READ, "system stage unit recursive page_size page_token include_total"),
    ROUTE(POST, "/v1/activation-checks", check_activation, INTERACTIVE, 0, ""),
    ROUTE(POST, "/v1/slips", create_slips, BULK, DOM_ACCOUNTS_WRITE, "format lang validate_only", .produces = "text/html"),
    ROUTE(GET, "/kichhoat", get_activation_page, INLINE, 0, "", .produces = "text/html"),
    ROUTE(GET, "/kichhoat/app.js", get_activation_script, INLINE, 0, "", .produces = "text/javascript"),
    ROUTE(GET, "/kichhoat/app.css", get_activation_style, INLINE, 0, "", .produces = "text/css"),
    ROUTE(GET, "/kichhoat/mail.mobileconfig", get_mail_profile, INLINE, 0, "address", .produces = "application/x-apple-aspen-config"),
    ROUTE(GET, "/.well-known/autoconfig/mail/config-v1.1.xml", get_mail_settings, INLINE, 0, "emailaddress", .produces = "application/xml"),
    ROUTE(GET, "/v1/accounts", list_accounts, INTERACTIVE, DOM_STAFF_READ, "system state drift failed last_active_before expires_before unit recursive page_size page_token include_total format csv_delimiter", .produces = API_TABLE_TYPES),
    ROUTE(GET, "/v1/staff/{staff}/departure", get_departure, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(PUT, "/v1/staff/{staff}/departure", put_departure, INTERACTIVE, DOM_DEPARTURES_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(DELETE, "/v1/staff/{staff}/departure", delete_departure, INTERACTIVE, DOM_DEPARTURES_WRITE, ""),
    ROUTE(POST, "/v1/staff/{staff}/reinstatements", create_reinstatement, INTERACTIVE, DOM_DEPARTURES_WRITE, "validate_only", .shows = DOM_STAFF_READ),
    ROUTE(GET, "/v1/duplicates", list_duplicates, INTERACTIVE, DOM_STAFF_READ, "state page_size page_token"),
    ROUTE(PUT, "/v1/duplicates/{duplicate}", put_duplicate, INTERACTIVE, DOM_STAFF_WRITE, "", .shows = DOM_STAFF_READ),
    ROUTE(POST, "/v1/requests", create_request, INTERACTIVE, DOM_STAFF_READ, "validate_only"),
    ROUTE(GET, "/v1/requests", list_requests, INTERACTIVE, DOM_STAFF_READ, "state kind waits_for format page_size page_token", .produces = "text/html"),
    ROUTE(GET, "/v1/requests/{request}", get_request, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(PUT, "/v1/requests/{request}/answer", put_request_answer, INTERACTIVE, DOM_STAFF_READ, "validate_only"),
    ROUTE(GET, "/v1/departures", list_departures, INTERACTIVE, DOM_STAFF_READ, "state effective_from effective_to unit recursive page_size page_token include_total"),
    ROUTE(POST, "/v1/departures/batches", create_departure_batch, BULK, DOM_DEPARTURES_WRITE, "validate_only"),
    ROUTE(GET, "/v1/brake", get_brake, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(POST, "/v1/brake-releases", create_brake_release, BULK, DOM_BRAKE_RELEASE, ""),
    ROUTE(POST, "/v1/loss-releases", create_loss_release, INTERACTIVE, DOM_BRAKE_RELEASE, ""),
    ROUTE(GET, "/v1/units", list_units, INTERACTIVE, DOM_UNITS_READ, "parent recursive depth q view include_dissolved page_size page_token include_total"),
    ROUTE(POST, "/v1/units", create_unit, INTERACTIVE, DOM_UNITS_WRITE, "validate_only", .shows = DOM_UNITS_READ),
    ROUTE(GET, "/v1/units/{unit}", get_unit, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(PUT, "/v1/units/{unit}", put_unit, INTERACTIVE, DOM_UNITS_WRITE, "validate_only", .shows = DOM_UNITS_READ),
    ROUTE(PATCH, "/v1/units/{unit}", patch_unit, INTERACTIVE, DOM_UNITS_WRITE, "validate_only", .shows = DOM_UNITS_READ),
    ROUTE(DELETE, "/v1/units/{unit}", delete_unit, INTERACTIVE, DOM_UNITS_WRITE, "validate_only"),
    ROUTE(GET, "/v1/units/{unit}/history", get_unit_history, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(GET, "/v1/units/{unit}/ancestors", list_unit_ancestors, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(GET, "/v1/units/{unit}/headcounts", list_headcounts, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(GET, "/v1/units/{unit}/headcounts/{date}", get_headcount, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(POST, "/v1/units/{unit}/corrections", create_unit_correction, INTERACTIVE, DOM_UNITS_WRITE, "validate_only", .shows = DOM_UNITS_READ),
    ROUTE(PUT, "/v1/units/{unit}/headcounts/{date}", put_headcount, INTERACTIVE, DOM_UNITS_WRITE, "validate_only", .shows = DOM_UNITS_READ),
    ROUTE(GET, "/v1/units/{unit}/mailbox", get_unit_mailbox, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(GET, "/v1/units/{unit}/accounts", list_unit_accounts, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(PUT, "/v1/units/{unit}/accounts/{system}", put_unit_account, INTERACTIVE, DOM_ACCOUNTS_WRITE, "", .shows = DOM_UNITS_READ),
    ROUTE(DELETE, "/v1/units/{unit}/accounts/{system}", delete_unit_account, INTERACTIVE, DOM_ACCOUNTS_WRITE, ""),
    ROUTE(PUT, "/v1/units/{unit}/mailbox", put_unit_mailbox, INTERACTIVE, DOM_ACCOUNTS_WRITE, "validate_only", .shows = DOM_UNITS_READ),
    ROUTE(GET, "/v1/hand-overs", list_hand_overs, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(POST, "/v1/imports", create_import, BULK, DOM_STAFF_READ, "kind unit sheet columns category decision_number signed_on effective_on here_before accept absent_reason name replaces validate_only", .accepts = IMPORT_TYPES, .body_max = INT_FILE_MAX),
    ROUTE(GET, "/v1/imports", list_imports, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(GET, "/v1/import-template", get_import_template, BULK, DOM_UNITS_READ, "kind", .produces = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ROUTE(GET, "/v1/imports/{import}", get_import, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(DELETE, "/v1/imports/{import}", delete_import, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(GET, "/v1/imports/{import}/rows", list_import_rows, INTERACTIVE, DOM_STAFF_READ, "action after page_size"),
    ROUTE(POST, "/v1/imports/{import}/run", run_import, BULK, DOM_STAFF_READ, ""),
    ROUTE(GET, "/v1/imports/{import}/run", get_import_run, INTERACTIVE, DOM_STAFF_READ, "", .produces = "application/x-ndjson"),
    ROUTE(POST, "/v1/imports/{import}/take-back", take_import_back, BULK, DOM_STAFF_READ, "validate_only"),
    ROUTE(POST, "/v1/imports/{import}/approval", approve_import, INTERACTIVE, DOM_BRAKE_RELEASE, ""),
    ROUTE(GET, "/v1/imports/{import}/file", get_import_file, BULK, DOM_STAFF_READ, "format csv_delimiter", .produces = API_TABLE_TYPES),
    ROUTE(GET, "/v1/systems", list_systems, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(POST, "/v1/systems", create_system, INTERACTIVE, DOM_SYSTEMS_WRITE, "", .shows = DOM_UNITS_READ),
    ROUTE(GET, "/v1/systems/{system}", get_system, INTERACTIVE, DOM_UNITS_READ, ""),
    ROUTE(PATCH, "/v1/systems/{system}", patch_system, INTERACTIVE, DOM_SYSTEMS_WRITE, "validate_only", .shows = DOM_UNITS_READ),
    ROUTE(POST, "/v1/systems/{system}/restorations", restore_accounts, INTERACTIVE, DOM_BRAKE_RELEASE, ""),
    ROUTE(POST, "/v1/systems/{system}/lists", create_list, INTERACTIVE, DOM_ACCOUNTS_WRITE, ""),
    ROUTE(GET, "/v1/systems/{system}/orphans", list_orphans, INTERACTIVE, DOM_STAFF_READ, ""),
    ROUTE(POST, "/v1/usage-events", create_usage_events, BULK, DOM_USAGE_WRITE, "system data_from data_through rewind", .accepts = "application/json application/x-ndjson"),
    ROUTE(GET, "/v1/coverage", get_coverage, INLINE, DOM_COVERAGE_READ, "unit recursive depth system group_by category basis window period calendar as_of compare targets format csv_delimiter", .costly = api_figures_costly, .produces = API_TABLE_TYPES),
    ROUTE(GET, "/v1/adoption", get_adoption, INLINE, DOM_COVERAGE_READ, "unit recursive depth system group_by category basis window period calendar as_of compare targets format csv_delimiter", .costly = api_figures_costly, .produces = API_TABLE_TYPES),
    ROUTE(GET, "/v1/targets", list_targets, INTERACTIVE, DOM_COVERAGE_READ, "unit recursive system"),
    ROUTE(PUT, "/v1/targets/{unit}/{system}", put_target, INTERACTIVE, DOM_SYSTEMS_WRITE, "", .shows = DOM_COVERAGE_READ),
    ROUTE(DELETE, "/v1/targets/{unit}/{system}", delete_target, INTERACTIVE, DOM_SYSTEMS_WRITE, ""),
    ROUTE(GET, "/v1/coverage/changes", get_coverage_changes, INTERACTIVE, DOM_COVERAGE_READ, "unit system from to period calendar basis"),
    ROUTE(GET, "/v1/coverage/trend", get_coverage_trend, INTERACTIVE, DOM_COVERAGE_READ, "unit system from to step basis"),
    ROUTE(GET, "/v1/adoption/trend", get_adoption_trend, INTERACTIVE, DOM_COVERAGE_READ, "unit system from to step basis"),
    ROUTE(GET, "/v1/reports", list_reports, INTERACTIVE, DOM_COVERAGE_READ, "unit recursive kind state page_size page_token"),
    ROUTE(POST, "/v1/reports", create_report, BULK, DOM_REPORTS_WRITE, "", .shows = DOM_COVERAGE_READ),
    ROUTE(GET, "/v1/reports/{report}", get_report, INTERACTIVE, DOM_COVERAGE_READ, ""),
    ROUTE(PATCH, "/v1/reports/{report}", patch_report, BULK, DOM_REPORTS_WRITE, "", .shows = DOM_COVERAGE_READ),
    ROUTE(DELETE, "/v1/reports/{report}", delete_report, INTERACTIVE, DOM_REPORTS_WRITE, ""),
    ROUTE(POST, "/v1/reports/{report}/revisions", create_report_revision, BULK, DOM_REPORTS_WRITE, "", .shows = DOM_COVERAGE_READ),
    ROUTE(GET, "/v1/reports/{report}/content", get_report_content, BULK, DOM_COVERAGE_READ, "format lang csv_delimiter", .produces = "text/html application/pdf " API_DOCX_TYPE " " API_TABLE_TYPES),
    ROUTE(GET, "/v1/reports/{report}/indicators", list_report_indicators, INTERACTIVE, DOM_COVERAGE_READ, "format lang", .produces = "text/csv"),
    ROUTE(GET, "/v1/report-schedules", list_report_schedules, INTERACTIVE, DOM_COVERAGE_READ, ""),
    ROUTE(PUT, "/v1/report-schedules/{schedule}", put_report_schedule, INTERACTIVE, DOM_REPORTS_WRITE, "", .shows = DOM_COVERAGE_READ),
    ROUTE(DELETE, "/v1/report-schedules/{schedule}", delete_report_schedule, INTERACTIVE, DOM_REPORTS_WRITE, ""),
    ROUTE(POST, "/v1/sessions", create_session, INTERACTIVE, 0, ""),
    ROUTE(GET, "/v1/oidc/start", begin_oidc, INTERACTIVE, 0, "", .produces = "*"),
    ROUTE(GET, "/v1/oidc/callback", finish_oidc, INTERACTIVE, 0, "code state iss session_state scope error error_description error_uri", .produces = "*"),
    ROUTE(DELETE, "/v1/staff/{staff}/oidc-subject", delete_oidc_subject, INTERACTIVE, DOM_ACCOUNTS_WRITE, ""),
    ROUTE(GET, "/v1/sessions/current", get_session, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(DELETE, "/v1/sessions/current", delete_session, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(GET, "/v1/staff/{staff}/roles", list_roles, INTERACTIVE, DOM_TOKENS_WRITE, ""),
    ROUTE(POST, "/v1/staff/{staff}/roles", create_role, INTERACTIVE, DOM_TOKENS_WRITE, ""),
    ROUTE(DELETE, "/v1/staff/{staff}/roles/{number}", delete_role, INTERACTIVE, DOM_TOKENS_WRITE, ""),
    ROUTE(GET, "/v1/tokens", list_tokens, INTERACTIVE, DOM_TOKENS_WRITE, "created_by"),
    ROUTE(POST, "/v1/tokens", create_token, INTERACTIVE, DOM_TOKENS_WRITE, ""),
    ROUTE(PATCH, "/v1/tokens/{token}", patch_token, INTERACTIVE, DOM_TOKENS_WRITE, ""),
    ROUTE(DELETE, "/v1/tokens/{token}", delete_token, INTERACTIVE, HTP_ANY_TOKEN, "with_descendants"),
    ROUTE(GET, "/v1/audit-events", list_audit_events, BULK, DOM_AUDIT_READ, "actor target action from to page_size page_token", .produces = "application/json application/x-ndjson text/csv"),
    ROUTE(GET, "/v1/audit-log/checkpoint", get_audit_checkpoint, INTERACTIVE, HTP_ANY_TOKEN, "", .produces = "text/plain"),
    ROUTE(GET, "/v1/audit-log/tile/entries/{tile}", get_audit_entries, BULK, DOM_AUDIT_READ, "", .produces = "application/octet-stream", .tail = true),
    ROUTE(GET, "/v1/audit-log/tile/{level}/{tile}", get_audit_tile, BULK, HTP_ANY_TOKEN, "", .produces = "application/octet-stream", .tail = true),
    ROUTE(GET, "/v1/me", get_me, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(GET, "/v1/me/record", get_my_record, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(POST, "/v1/me/deputies", create_deputy, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(DELETE, "/v1/me/deputies/{staff}/{number}", delete_deputy, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(PUT, "/v1/me/password", put_my_password, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(POST, "/v1/me/second-factor", create_my_second_factor, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(PUT, "/v1/me/second-factor", put_my_second_factor, INTERACTIVE, HTP_ANY_TOKEN, ""),
    ROUTE(DELETE, "/v1/staff/{staff}/second-factor", delete_second_factor, INTERACTIVE, DOM_ACCOUNTS_WRITE, ""),
    ROUTE(GET, "/v1/problems/{code}", get_problem, INLINE, 0, ""),
    ROUTE(GET, "/openapi.json", get_openapi_json, INLINE, 0, ""),
    ROUTE(GET, "/openapi.yaml", get_openapi_yaml, INLINE, 0, "", .produces = "application/yaml"),
    ROUTE(GET, "/docs", get_docs, INLINE, 0, "", .produces = "text/html"),
    ROUTE(GET, "/console", get_console, INLINE, 0, "sign_in", .produces = "text/html"),
    ROUTE(GET, "/console/{file}", get_console_file, INLINE, 0, "", .produces = "text/javascript text/css"),
    ROUTE(GET, "/livez", get_livez, INLINE, 0, ""),
    ROUTE(GET, "/readyz", get_readyz, INLINE, 0, "verbose"),
    ROUTE(GET, "/version", get_version, INLINE, 0, ""),
};

static const struct htp_route management[] = {
    ROUTE(GET, "/livez", get_livez, INLINE, 0, ""),
    ROUTE(GET, "/readyz", get_readyz, INLINE, 0, "verbose"),
    ROUTE(GET, "/version", get_version, INLINE, 0, ""),
    ROUTE(GET, "/metrics", get_metrics, INLINE, 0, "", .produces = "text/plain"),
};
/* clang-format on */

const struct htp_route *api_routes(size_t *out_count)
{
    *out_count = CV_COUNT(routes);
    return routes;
}

const struct htp_route *api_management_routes(size_t *out_count)
{
    *out_count = CV_COUNT(management);
    return management;
}
