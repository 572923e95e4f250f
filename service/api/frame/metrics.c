/* What Prometheus reads; the rules that are told to people are in deploy/alerts. */
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include "api/frame/state.h"
#include "congvu/departure.h"
#include "congvu/log.h"
#include "congvu/prov_brake.h"
#include "congvu/prov_evidence.h"
#include "congvu/view_figures.h"
#include "congvu/view_lists.h"

/* A line for each that is known. */
static void put_storage(const struct dir_room *room, struct cv_buf *page)
{
    cv_buf_puts(page, "# HELP congvu_storage_fill_ratio how full the directory's databases and their disk are\n"
                      "# TYPE congvu_storage_fill_ratio gauge\n");
    for (int i = 0; i < DIR_FILLS; i++)
        if (atomic_load(&room->permille[i]) != DIR_FILL_UNKNOWN)
            cv_buf_printf(page, "congvu_storage_fill_ratio{storage=\"%s\"} %.3f\n", dir_fill_names[i],
                          atomic_load(&room->permille[i]) / 1000.0);
}

static size_t departures(struct htp_exchange *x, enum dom_departure_state state, cv_day until)
{
    const struct view_departure_query q = {
        .scope = {.everywhere = true}, .states = 1u << state, .to = until, .page_size = 1, .want_total = true};
    struct view_staff_page page = {0};
    struct cv_error err = {0};
    return view_departure_list(api_of(x)->view, &q, x->arena, &page, &err) ? page.total : 0;
}

static size_t accounts(struct htp_exchange *x, bool drifting, bool failed)
{
    const struct view_account_query q = {.scope = {.everywhere = true},
                                         .drift_only = drifting,
                                         .failed_only = failed,
                                         .page_size = 1,
                                         .want_total = true};
    struct view_account_page page = {0};
    struct cv_error err = {0};
    return view_account_list(api_of(x)->view, &q, x->arena, &page, &err) ? page.total : 0;
}

/* What waits for somebody. */
static void put_work(struct htp_exchange *x, struct cv_buf *page)
{
    struct api *api = api_of(x);
    cv_metrics_gauge(page, "departures_held", "departures that wait for a second person",
                     (double)departures(x, DOM_HELD, CV_NO_DAY));
    cv_metrics_gauge(page, "departures_overdue", "departures of an earlier day that are not carried out",
                     (double)departures(x, DOM_SCHEDULED, cv_today() - 1));
    cv_metrics_gauge(page, "departures_in_progress", "departures that wait for a system",
                     (double)departures(x, DOM_IN_PROGRESS, CV_NO_DAY));
    cv_metrics_gauge(page, "accounts_drift", "accounts that are not as they should be",
                     (double)accounts(x, true, false));
    cv_metrics_gauge(page, "accounts_failed", "accounts at which the last try of their system failed",
                     (double)accounts(x, false, true));
    cv_metrics_gauge(page, "lease_held", "1 in the process that works outside the directory",
                     api->holds_lease != NULL && api->holds_lease(api->lease_ctx));
}

/* Days since the source of each system's use last reported; a system that never did has no line. */
static void put_sources(struct htp_exchange *x, struct cv_buf *page)
{
    struct dom_system *systems = NULL;
    size_t count = 0;
    struct cv_error err = {0};
    cv_buf_puts(page, "# HELP congvu_source_age_days days since a system's use was last reported\n"
                      "# TYPE congvu_source_age_days gauge\n");
    if (!view_systems(api_of(x)->view, x->arena, &systems, &count, &err))
        return;
    for (size_t i = 0; i < count; i++) {
        struct view_system_usage usage = {.data_through = CV_NO_DAY};
        if (view_system_usage(api_of(x)->view, systems[i].slug, &usage) && usage.data_through != CV_NO_DAY)
            cv_buf_printf(page, "congvu_source_age_days{system=\"%s\"} %d\n", systems[i].slug,
                          (int)(cv_today() - usage.data_through));
    }
}

/* Known ages only: what never happened has no age. */
static void put_ages(struct htp_exchange *x, struct cv_buf *page)
{
    struct stat backup;
    cv_day snapshot = prov_snapshot_day(api_of(x)->prov);
    put_sources(x, page);
    if (snapshot != CV_NO_DAY)
        cv_metrics_gauge(page, "snapshot_age_days", "days since this process kept a day's figures",
                         (double)(cv_today() - snapshot));
    if (api_of(x)->backup_mark == NULL) /* a site's own directory is backed up by its own means */
        return;
    bool made = stat(api_of(x)->backup_mark, &backup) == 0;
    cv_metrics_gauge(page, "backup_never", "1 while congvud backup has never succeeded", !made);
    if (made)
        cv_metrics_gauge(page, "backup_age_seconds", "seconds since congvud backup last succeeded",
                         (double)(time(NULL) - backup.st_mtime));
}

/* Only of a site with several servers. */
static void put_standby(struct htp_exchange *x, struct cv_buf *page)
{
    struct dir_standby_state state;
    dir_standby_state(api_of(x)->standby, &state);
    if (!state.kept)
        return;
    cv_metrics_gauge(page, "standby_behind_seconds", "how long no other server has had what is written; 0 = in step",
                     (double)state.behind_ms / 1000);
    cv_metrics_gauge(page, "standby_single", "1 while a person said that one server is enough",
                     state.single[0] != '\0');
}

static void put_evidence(struct prov_evidence *evidence, struct cv_buf *page)
{
    struct ev_log *log = prov_evidence_log(evidence);
    struct ev_state state = {0};
    if (log != NULL)
        ev_state(log, &state);
    cv_metrics_gauge(page, "evidence_works", "0 while the evidence log cannot be written and nothing can be changed",
                     state.works);
    cv_metrics_gauge(page, "evidence_entries", "entries of the evidence log", (double)state.size);
    cv_metrics_gauge(page, "evidence_groups", "flushes of it since the start", (double)state.groups);
    cv_metrics_gauge(page, "evidence_by_hand", "changes of the directory that did not come through this service",
                     (double)prov_evidence_hands(evidence));
    cv_metrics_gauge(page, "evidence_lost", "outcomes and readings for which there was no room", (double)state.lost);
}

void api_get_metrics(struct htp_exchange *x)
{
    struct view_state state;
    cv_auto_buf page = {0};
    view_state(api_of(x)->view, &state);
    cv_buf_init(&page, CV_MAX_RESPONSE);
    cv_metrics_print(&page);
    cv_metrics_gauge(&page, "in_flight", "requests begun and not yet ended, on all ports, without this one",
                     htp_in_flight() - 1);
    cv_metrics_gauge(&page, "view_loaded", "1 when the live view is complete", state.loaded);
    cv_metrics_gauge(&page, "view_alive", "1 when the directory's feed is alive", state.alive);
    cv_metrics_gauge(&page, "view_age_seconds", "seconds since the view was last known to be complete",
                     (double)state.age_ms / 1000);
    struct dir_site_state site;
    dir_site_state(api_of(x)->site, &site);
    cv_metrics_gauge(&page, "clock_ahead_seconds",
                     "how far the clock is ahead of what is known, below 0 behind; 0 = it is believed",
                     (double)cv_clock_off());
    cv_metrics_gauge(&page, "clock_seconds", "what time it is for this process, in seconds since 1970",
                     (double)cv_now());
    cv_metrics_gauge(&page, "directory_read_only", "1 while no server takes writes", site.read_only);
    put_standby(x, &page);
    cv_metrics_gauge(&page, "directory_term", "how often another server was made the one that is written to",
                     (double)site.term);
    cv_metrics_gauge(&page, "view_people", "people in the view", (double)state.people);
    cv_metrics_gauge(&page, "view_units", "units in the view", (double)state.units);
    cv_metrics_gauge(&page, "view_tokens", "tokens in the view", (double)state.tokens);
    cv_metrics_gauge(&page, "view_sweep_refused", "1 while a sweep is held by the mass-loss guard",
                     state.sweep_refused);
    cv_metrics_gauge(&page, "view_doubles", "pairs of people with one name or code", (double)state.doubles);
    cv_metrics_gauge(&page, "view_sweep_size", "records that the guard keeps although the directory misses them",
                     (double)state.sweep_size);
    cv_metrics_gauge(&page, "brake_waiting", "deactivations that wait for a second person, a minute ago at most",
                     prov_brake_waiting(api_of(x)->prov));
    put_evidence(api_of(x)->evidence, &page);
    put_storage(api_of(x)->room, &page);
    put_work(x, &page);
    put_ages(x, &page);
    if (cv_buf_ok(&page))
        htp_reply_text(x, 200, "text/plain; version=0.0.4; charset=utf-8", cv_buf_str(&page), page.len);
    else
        htp_problem(x, &(struct cv_error){.kind = CV_INTERNAL, .problem = cvp_internal}, NULL);
}
