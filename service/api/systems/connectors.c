/* How systems with a connector are doing, and what the last comparison found there. */
#include "api/internal.h"
#include "congvu/connector.h"
#include "congvu/prov_systems.h"

static void write_rate(struct cv_jout *j, double rate)
{
    if (rate < 0)
        cv_jout_null(j, "error_rate");
    else
        cv_jout_ratio(j, "error_rate", (int64_t)(rate * 10000 + 0.5), 10000);
}

static void write_comparison(struct htp_exchange *x, const struct dom_system *system)
{
    struct cv_jout *j = &x->out;
    struct rec_comparison found;
    if (!rec_compared(api_of(x)->connectors, system->slug, false, x->arena, &found)) {
        cv_jout_null(j, "comparison");
        return;
    }
    cv_jout_object(j, "comparison");
    cv_jout_moment(j, "compared_at", found.compared_at);
    cv_jout_bool(j, "complete", found.whole);
    cv_jout_int(j, "there", (int64_t)found.there);
    cv_jout_int(j, "unknown_here", (int64_t)found.unknown_here);
    cv_jout_int(j, "missing_there", (int64_t)found.missing_there);
    cv_jout_int(j, "login_taken", (int64_t)found.login_taken);
    cv_jout_end(j);
}

void api_write_fields(struct cv_jout *j, const char *name, const struct dom_connector *connector, uint32_t fields)
{
    cv_jout_array(j, name);
    for (int i = 0; i < DOM_FIELDS; i++)
        if (dom_connector_mapped(connector, fields) >> i & 1)
            cv_jout_string(j, NULL, connector->map[i]);
    cv_jout_end(j);
}

static void write_limits(struct htp_exchange *x, const struct dom_system *system)
{
    struct cv_jout *j = &x->out;
    struct rec_limits limits = rec_limits(api_of(x)->connectors, system->slug);
    if (limits.deactivates == REC_UNKNOWN)
        cv_jout_null(j, "deactivates");
    else
        cv_jout_bool(j, "deactivates", limits.deactivates == REC_YES);
    api_write_fields(j, "not_taken", system->connector, limits.not_taken);
}

static void write_exchange(struct htp_exchange *x, const struct dom_system *system)
{
    struct cv_jout *j = &x->out;
    if (system->connector->kind != DOM_FILE)
        return;
    struct rec_exchange seen = rec_exchange(api_of(x)->connectors, system->slug);
    cv_jout_object(j, "exchange");
    cv_jout_moment(j, "listed_at", seen.listed_at != 0 ? seen.listed_at : CV_NO_MOMENT);
    cv_jout_int(j, "rows_listed", (int64_t)seen.rows_listed);
    cv_jout_moment(j, "read_at", seen.read_at != 0 ? seen.read_at : CV_NO_MOMENT);
    cv_jout_int(j, "rows_read", (int64_t)seen.rows_read);
    cv_jout_string(j, "refused", seen.refused[0] != '\0' ? seen.refused : NULL);
    cv_jout_string(j, "why", seen.why[x->lang][0] != '\0' ? seen.why[x->lang] : NULL);
    cv_jout_end(j);
}

void api_write_health(struct htp_exchange *x, const struct dom_system *system)
{
    struct cv_jout *j = &x->out;
    struct rec_health health;
    if (system->connector == NULL || !rec_health(api_of(x)->rec, system->slug, &health)) {
        cv_jout_null(j, "health");
        return;
    }
    cv_jout_object(j, "health");
    cv_jout_moment(j, "last_success_at", health.last_success_at);
    cv_jout_int(j, "queue", (int64_t)health.queue);
    cv_jout_moment(j, "oldest_pending_at", health.oldest_pending_at);
    write_rate(j, health.error_rate);
    cv_jout_string(j, "breaker", prov_breaker_words[health.breaker]);
    write_limits(x, system);
    cv_jout_int(j, "missing_there", (int64_t)view_connector_lost(api_of(x)->view, system->slug));
    write_exchange(x, system);
    write_comparison(x, system);
    cv_jout_end(j);
}

static void write_orphan(struct htp_exchange *x, const struct rec_orphan *orphan)
{
    struct cv_jout *j = &x->out;
    char id[CV_ID_TEXT];
    cv_jout_object(j, NULL);
    cv_jout_string(j, "kind", rec_orphan_kind_words[orphan->kind]);
    cv_jout_string(j, "remote_id", orphan->remote_id);
    cv_jout_string(j, "login", orphan->login);
    bool known = orphan->kind != REC_UNKNOWN_HERE;
    cv_jout_string(j, "staff", known && !orphan->of_unit ? cv_id_text("stf_", orphan->owner, id) : NULL);
    cv_jout_string(j, "unit", known && orphan->of_unit ? cv_id_text("unt_", orphan->owner, id) : NULL);
    cv_jout_end(j);
}

static bool connected_system(struct htp_exchange *x, struct dom_system *out)
{
    struct cv_error err = {0};
    if (!view_system_find(api_of(x)->view, htp_param(x, "system"), x->arena, out, &err)) {
        htp_problem(x, &err, NULL);
        return false;
    }
    if (api_actor(x)->scope.everywhere)
        return true;
    cv_fail(&err, cvp_scope_missing, NULL, "Chỉ mã truy cập toàn hệ thống mới xem được tài khoản không rõ chủ",
            "Only a token for everything may see accounts that belong to nobody");
    htp_problem(x, &err, NULL);
    return false;
}

void api_list_orphans(struct htp_exchange *x)
{
    struct dom_system system;
    struct rec_comparison found = {.compared_at = CV_NO_MOMENT};
    struct cv_jout *j = &x->out;
    if (!connected_system(x, &system))
        return;
    rec_compared(api_of(x)->connectors, system.slug, true, x->arena, &found);
    cv_jout_object(j, NULL);
    cv_jout_moment(j, "compared_at", found.compared_at);
    cv_jout_bool(j, "complete", found.whole);
    cv_jout_int(j, "unknown_here", (int64_t)found.unknown_here);
    cv_jout_int(j, "missing_there", (int64_t)found.missing_there);
    cv_jout_int(j, "login_taken", (int64_t)found.login_taken);
    cv_jout_array(j, "items");
    for (size_t i = 0; i < found.count; i++)
        write_orphan(x, &found.items[i]);
    cv_jout_end(j);
    cv_jout_end(j);
    htp_reply(x, 200);
}

void api_restore_accounts(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_restoration made;
    struct cv_error err = {0};
    const char *reason = NULL;
    const struct cv_jin *body;
    struct cv_jout *j = &x->out;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "reason", CV_REQUIRED, 500, &reason);
    cv_jin_done(body);
    if (!prov_system_restore(&call, htp_param(x, "system"), reason, &made, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    cv_jout_object(j, NULL);
    cv_jout_string(j, "system", htp_param(x, "system"));
    cv_jout_int(j, "accounts", (int64_t)made.accounts);
    cv_jout_string(j, "reason", reason);
    cv_jout_moment(j, "restored_at", made.at);
    cv_jout_end(j);
    htp_reply(x, 202);
}

void api_create_list(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    cv_moment at = 0;
    struct cv_jout *j = &x->out;
    if (!api_call(x, &call))
        return;
    if (!prov_system_list(&call, htp_param(x, "system"), &at, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    cv_jout_object(j, NULL);
    cv_jout_string(j, "system", htp_param(x, "system"));
    cv_jout_moment(j, "wanted_at", at);
    cv_jout_end(j);
    htp_reply(x, 202);
}
