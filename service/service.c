/* The objects of the program built in order and stopped in the reverse one. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "congvu/history.h"
#include "congvu/lease.h"
#include "congvu/log.h"
#include "congvu/naming.h"
#include "congvu/oidc.h"
#include "congvu/prov_calendar.h"
#include "congvu/prov_evidence.h"
#include "congvu/prov_schedule.h"
#include "congvu/report.h"
#include "congvu/server.h"
#include "congvu/token.h"
#include "service.h"

enum { TICK_DEADLINE_MS = 20000, TICK_ARENA = 64 << 20, CONFIRMED_S = 3600, LAST_WORD_MS = 5000 };

bool lane_thread_open(void *ctx, void **out_thread)
{
    struct service *s = ctx;
    struct dir_session *session = NULL;
    struct cv_error err = {0};
    if (!dir_session_open(&s->directory, &session, &err)) {
        cv_log_error(CV_LOG_ERROR, "session", &err);
        return false;
    }
    *out_thread = session;
    return true;
}

void lane_thread_close(void *ctx, void *thread)
{
    (void)ctx;
    struct dir_session *session = thread;
    dir_session_close(&session);
}

/* A call of the service itself, for everything; false while the view is not to be trusted. */
static bool own_call(struct service *s, struct dir_session *session, struct cv_arena *arena, struct cv_faults *faults,
                     struct prov_call *out)
{
    struct view_state state;
    view_state(s->view, &state);
    if (!state.loaded || !state.alive)
        return false;
    cv_arena_reset(arena);
    cv_faults_init(faults, arena);
    *out = (struct prov_call){.prov = s->prov,
                              .dir = session,
                              .arena = arena,
                              .faults = faults,
                              .deadline = cv_deadline_in_ms(TICK_DEADLINE_MS),
                              .scope = {.everywhere = true},
                              .scopes = DOM_ALL_SCOPES,
                              .actor = "system",
                              .via = "scheduler",
                              .request_id = "-"};
    dir_session_deadline(session, out->deadline);
    return true;
}

/* Looked at each time, so that `congvud open` needs no restart. */
bool service_closed(struct service *s)
{
    bool closed = s->embedded != NULL && access(s->closed_mark, F_OK) == 0;
    if (closed != atomic_exchange(&s->room.closed, closed))
        cv_log(CV_LOG_WARN, "restored", closed ? "closed: nothing is written until congvud open" : "opened");
    return closed;
}

static int fullest(const struct dir_room *room)
{
    int most = DIR_FILL_UNKNOWN;
    for (int i = 0; i < DIR_FILLS; i++)
        if (atomic_load(&room->permille[i]) > most)
            most = atomic_load(&room->permille[i]);
    return most;
}

static void look_at_room(struct service *s)
{
    struct cv_error err = {0};
    int64_t now = cv_mono_ns();
    int before = fullest(&s->room);
    if (s->room_looked_ns != 0 && now - s->room_looked_ns < (int64_t)s->conf.fill_check_ms * 1000000)
        return;
    s->room_looked_ns = now;
    dir_session_deadline(s->timer_session, cv_deadline_in_ms(TICK_DEADLINE_MS));
    if (!dir_room_measure(s->timer_session, &s->room, &err))
        cv_log_error(CV_LOG_DEBUG, "storage", &err);
    if (before < DIR_FILL_HIGH && fullest(&s->room) >= DIR_FILL_HIGH)
        cv_log(CV_LOG_WARN, "storage", "the directory or its disk is %d %% full; from 90 %% on new records are refused",
               fullest(&s->room) / 10);
}

/* `congvud confirm-clock` leaves the time that it saw: an old one confirms nothing. */
static bool confirmed(struct service *s)
{
    char text[32] = "";
    FILE *f = fopen(s->clock_mark, "re");
    if (f == NULL)
        return false;
    bool read = fgets(text, sizeof(text), f) != NULL;
    fclose(f);
    unlink(s->clock_mark);
    return read && llabs(strtoll(text, NULL, 10) - cv_now()) < CONFIRMED_S;
}

/* Nothing dated is done by a clock that is not believed. */
static bool clock_believed(struct service *s)
{
    int64_t before = cv_clock_off();
    if (*s->conf.clock_file != '\0')
        (void)cv_clock_follow(s->conf.clock_file);
    int64_t off = cv_clock_look();
    if (off != 0 && confirmed(s)) {
        cv_clock_confirm();
        off = 0;
    }
    if (off != 0 && before == 0)
        cv_log(CV_LOG_ERROR, "clock",
               "the clock is %lld days %s what is known and not synchronised; the calendar waits until it is, or until "
               "congvud confirm-clock",
               (llabs(off) + 43200) / 86400, off > 0 ? "ahead of" : "behind");
    if (off == 0 && before != 0)
        cv_log(CV_LOG_WARN, "clock", "the clock is believed again; the calendar goes on");
    return off == 0;
}

static bool writable(struct service *s)
{
    struct dir_site_state site;
    dir_site_state(s->directory.site, &site);
    return !site.read_only;
}

/* Once a day, and what failed in passing again, at longer and longer intervals. */
static void finish_requests(struct service *s, struct prov_call *call)
{
    enum { PAUSE_MAX_S = 600 };
    if (s->requests_on == cv_today() || cv_mono_ns() < s->requests_again)
        return;
    if (api_requests_finish(&s->api, call)) {
        s->requests_on = cv_today();
        s->requests_pause_s = 0;
        return;
    }
    s->requests_pause_s = s->requests_pause_s == 0 ? 1 : 2 * s->requests_pause_s;
    if (s->requests_pause_s > PAUSE_MAX_S)
        s->requests_pause_s = PAUSE_MAX_S;
    s->requests_again = cv_mono_ns() + s->requests_pause_s * INT64_C(1000000000);
}

static void sweep_imports(struct service *s, struct prov_call *call)
{
    enum { PAUSE_MS = 3600 * 1000 };
    if (!cv_deadline_passed(s->imports_again))
        return;
    api_imports_sweep(call);
    s->imports_again = cv_deadline_in_ms(PAUSE_MS);
}

void service_tick(void *ctx)
{
    struct service *s = ctx;
    struct cv_faults faults;
    struct prov_call call;
    api_scheduler_ticked(&s->api);
    look_at_room(s);
    dir_disk_look(s->directory.disk);
    dir_disk_look(s->directory.usage_disk);
    if (service_closed(s) || !clock_believed(s) || !writable(s))
        return;
    if (!own_call(s, s->timer_session, s->timer_arena, &faults, &call))
        return;
    prov_tick(&call);
    prov_schedules_tick(&call);
    finish_requests(s, &call);
    if (dir_lease_held(s->lease)) {
        prov_history_tick(&call);
        sweep_imports(s, &call);
    }
}

void service_cut_off(void *ctx)
{
    struct service *s = ctx;
    struct cv_faults faults;
    struct prov_call call;
    if (!atomic_load(&s->room.closed) && own_call(s, s->cut_session, s->cut_arena, &faults, &call))
        prov_cut_off_round(s->cutter, &call);
}

/* Every call is bounded by a third of the term, so that a slow directory cannot make it hold longer than it may. */
void service_tend_lease(void *ctx)
{
    struct service *s = ctx;
    struct cv_error err = {0};
    bool held = dir_lease_held(s->lease);
    dir_session_deadline(s->lease_session, cv_deadline_in_ms(s->conf.lease_ms / 3));
    if (!dir_lease_tend(s->lease, s->lease_session, &err))
        cv_log_error(CV_LOG_DEBUG, "lease", &err);
    if (dir_lease_held(s->lease) != held)
        cv_log(CV_LOG_INFO, "lease", held ? "given up" : "taken");
}

void service_look(void *ctx)
{
    struct service *s = ctx;
    dir_site_look(&s->directory, cv_deadline_in_ms(s->conf.directory_connect_ms));
}

/* While the lease is still held: nobody may be there when the day ends. */
static void stop_history(struct service *s)
{
    struct cv_faults faults;
    struct prov_call call;
    if (s->lease == NULL || s->timer_session == NULL || s->prov == NULL || !dir_lease_held(s->lease) ||
        service_closed(s) || cv_clock_off() != 0 || !writable(s) ||
        !own_call(s, s->timer_session, s->timer_arena, &faults, &call))
        return;
    call.deadline = cv_deadline_in_ms(LAST_WORD_MS);
    dir_session_deadline(s->timer_session, call.deadline);
    prov_history_stop(&call);
}

/* Once nothing works under it any more: the next process need not wait. */
static void stop_lease(struct service *s)
{
    job_timer_stop(&s->lease_timer);
    if (s->lease != NULL && s->lease_session != NULL) {
        dir_session_deadline(s->lease_session, cv_deadline_in_ms(1000));
        dir_lease_release(s->lease, s->lease_session);
    }
    dir_session_close(&s->lease_session);
    dir_lease_close(&s->lease);
}

bool service_seal(struct service *s, struct cv_error *err)
{
    char fingerprint[17];
    cv_key_fingerprint(&s->key, fingerprint);
    s->sealed = dir_folder_seal(s->conf.data_dir, fingerprint, err);
    return s->sealed;
}

/* The order matters: no new requests, then what runs, then the lanes, then the daemon (it aborts with suspended
 * requests), then the clockwork, the feed and the sessions, at last slapd. */
void service_stop(struct service *s)
{
    if (s->server != NULL)
        htp_server_quiesce(s->server);
    job_timer_stop(&s->timer);
    job_timer_stop(&s->look_timer);
    job_timer_stop(&s->cut_timer);
    api_imports_stop(&s->api);
    if (s->server != NULL && !htp_server_drain(s->server, cv_deadline_in_ms(s->conf.drain_ms)))
        cv_log(CV_LOG_WARN, "drain", "some requests were still running at the end of the drain time");
    for (int i = 0; i < HTP_LANES; i++)
        if (s->lanes[i] != NULL)
            job_lane_stop(&s->lanes[i]);
    htp_server_stop(&s->server);
    if (s->management != NULL) {
        htp_server_quiesce(s->management);
        htp_server_drain(s->management, cv_deadline_in_ms(1000));
    }
    htp_server_stop(&s->management);
    rec_stop(&s->rec);
    rec_connectors_free(&s->connectors);
    stop_history(s);
    job_timer_stop(&s->evidence_timer);
    job_timer_stop(&s->witness_timer);
    dir_session_close(&s->evidence_session);
    stop_lease(s);
    dir_sync_stop(&s->sync);
    dir_session_close(&s->timer_session);
    dir_session_close(&s->cut_session);
    cv_arena_free(&s->timer_arena);
    cv_arena_free(&s->cut_arena);
    prov_cutter_free(&s->cutter);
    api_imports_free(&s->api);
    api_close(&s->api);
    oidc_close(&s->api.oidc);
    rep_fonts_free(&s->api.fonts);
    prov_free(&s->prov);
    prov_evidence_close(&s->evidence);
    view_free(&s->view);
    dom_policy_free(&s->policy);
    dir_embedded_stop(&s->embedded);
    dir_disk_close(&s->directory.disk);
    dir_disk_close(&s->directory.usage_disk);
    dir_standby_stop(&s->directory.standby);
    dir_site_close(&s->directory.site);
    struct cv_error err = {0};
    if (s->sealed && !service_seal(s, &err))
        cv_log_error(CV_LOG_WARN, "data", &err);
    cv_text_close();
}
