/* What the operator and the container's probe ask. */
#include <stdio.h>
#include <stdlib.h>

#include "api/frame/state.h"
#include "congvu/prov_evidence.h"
#include "congvu_commit.h"

enum { SCHEDULER_SILENT_S = 90 };

void api_get_livez(struct htp_exchange *x)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "status", "ok");
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

const char *api_commit(void)
{
    return CONGVU_COMMIT;
}

void api_get_version(struct htp_exchange *x)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "name", "congvud");
    cv_jout_string(&x->out, "version", CONGVU_VERSION);
    cv_jout_string(&x->out, "commit", api_commit());
    cv_jout_string(&x->out, "api", API_VERSION);
    cv_jout_bool(&x->out, "oidc", api_of(x)->oidc != NULL);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

/* ---- readiness ---- */

static void check(struct cv_jout *j, const char *name, const char *status, const char *detail)
{
    cv_jout_object(j, name);
    cv_jout_string(j, "status", status);
    if (detail != NULL)
        cv_jout_string(j, "detail", detail);
    cv_jout_end(j);
}

static void check_directory(struct htp_exchange *x, const struct view_state *state, const struct dir_site_state *site)
{
    if (state->alive && site->read_only) {
        check(&x->out, "directory", "read_only", "no server takes writes; reads go on");
        return;
    }
    const char *detail = state->loaded
                             ? cv_arena_printf(x->arena, "no answer for %lld s", (long long)(state->age_ms / 1000))
                             : "no answer yet";
    check(&x->out, "directory",
          state->alive    ? "ok"
          : state->loaded ? "failed"
                          : "starting",
          state->alive ? NULL : detail);
}

static void check_view(struct htp_exchange *x, const struct view_state *state)
{
    struct cv_jout *j = &x->out;
    char age[32];
    cv_jout_object(j, "view");
    cv_jout_string(j, "status", !state->loaded ? "starting" : state->alive ? "ok" : "stale");
    if (state->loaded) {
        int len = snprintf(age, sizeof(age), "%.1f", (double)state->age_ms / 1000);
        cv_jout_raw(j, "age_seconds", age, (size_t)len);
    } else {
        cv_jout_null(j, "age_seconds");
    }
    cv_jout_int(j, "held_records", (int64_t)state->sweep_size);
    cv_jout_int(j, "doubles", (int64_t)state->doubles);
    if (state->sweep_refused)
        cv_jout_string(j, "detail",
                       cv_arena_printf(x->arena,
                                       "the directory suddenly misses %zu records; they are kept until "
                                       "POST /v1/loss-releases says that it is right",
                                       state->sweep_size));
    cv_jout_end(j);
}

/* A clock that is not believed holds the calendar; the clockwork itself goes on. */
static bool check_scheduler(struct htp_exchange *x)
{
    int64_t at = atomic_load(&api_of(x)->state->ticked_ns), off = cv_clock_off();
    int64_t silent = at == 0 ? 0 : (cv_mono_ns() - at) / 1000000000;
    bool ok = silent <= SCHEDULER_SILENT_S && off == 0;
    if (silent > SCHEDULER_SILENT_S)
        check(&x->out, "scheduler", "stale",
              cv_arena_printf(x->arena, "no sign of life for %lld s", (long long)silent));
    else if (off != 0)
        check(&x->out, "scheduler", "degraded",
              cv_arena_printf(x->arena,
                              "the clock is %lld days %s and not synchronised: the calendar waits until it is, or "
                              "until congvud confirm-clock",
                              (llabs(off) + 43200) / 86400, off > 0 ? "ahead" : "behind"));
    else
        check(&x->out, "scheduler", at == 0 ? "starting" : "ok", NULL);
    return ok;
}

/* "cn=log 83 %": the fullest, once it is full enough to be told. */
static bool check_storage(struct htp_exchange *x)
{
    const struct dir_room *room = api_of(x)->room;
    int most = DIR_FILL_UNKNOWN, which = 0;
    for (int i = 0; i < DIR_FILLS; i++)
        if (atomic_load(&room->permille[i]) > most) {
            most = atomic_load(&room->permille[i]);
            which = i;
        }
    bool high = most >= DIR_FILL_HIGH;
    check(&x->out, "storage",
          most == DIR_FILL_UNKNOWN ? "unknown"
          : high                   ? "degraded"
                                   : "ok",
          high ? cv_arena_printf(x->arena, "%s %d %% full", dir_fill_names[which], most / 10) : NULL);
    return !high;
}

/* Only of a site with several servers. */
static bool check_standby(struct htp_exchange *x)
{
    struct dir_standby_state state;
    dir_standby_state(api_of(x)->standby, &state);
    if (!state.kept)
        return true;
    const char *detail = NULL;
    if (state.behind_ms > 0 && state.single[0] != '\0')
        detail = cv_arena_printf(x->arena, "one server is enough: %s", state.single);
    else if (state.behind_ms > 0)
        detail = cv_arena_printf(x->arena, "behind for %lld s; %s", (long long)(state.behind_ms / 1000),
                                 state.refusing ? "no new names are given, until it follows or congvud directory single"
                                                : "what gives a name ends with an unknown outcome");
    check(&x->out, "standby", !state.known ? "starting" : detail != NULL ? "degraded" : "ok", detail);
    return detail == NULL;
}

/* Everything was as wanted. */
static bool changed_nothing(struct htp_exchange *x)
{
    bool again = x->route->method == HTP_PUT || x->route->method == HTP_PATCH;
    return again && x->mark != 0 && !htp_validate_only(x) && dir_session_writes(x->thread) + 1 == x->mark;
}

void api_succeeded(struct htp_exchange *x)
{
    struct dir_standby_state state;
    if (x->route->method == HTP_GET)
        return;
    if (changed_nothing(x))
        htp_header_set(x, "Congvu-Unchanged", "true");
    dir_standby_state(api_of(x)->standby, &state);
    if (state.behind_ms > 0)
        htp_header_set(x, "Congvu-Standby", "behind");
}

static bool check_evidence(struct htp_exchange *x)
{
    struct ev_log *log = prov_evidence_log(api_of(x)->evidence);
    struct ev_state state = {0};
    if (log != NULL)
        ev_state(log, &state);
    check(&x->out, "evidence", state.works ? "ok" : "failed",
          state.works ? NULL
                      : cv_arena_printf(x->arena, "nothing can be changed: %s",
                                        log != NULL ? state.words : "the evidence log cannot be opened"));
    return state.works;
}

static const char *readiness(const struct view_state *state, bool works)
{
    if (!state->loaded)
        return "not_ready";
    return state->alive && works && !state->sweep_refused && state->doubles == 0 ? "ready" : "degraded";
}

void api_get_readyz(struct htp_exchange *x)
{
    struct view_state state;
    struct dir_site_state site;
    view_state(api_of(x)->view, &state);
    dir_site_state(api_of(x)->site, &site);
    cv_jout_object(&x->out, NULL);
    cv_jout_object(&x->out, "checks");
    check_directory(x, &state, &site);
    check_view(x, &state);
    bool scheduler = check_scheduler(x), storage = check_storage(x), standby = check_standby(x);
    bool evidence = check_evidence(x);
    cv_jout_end(&x->out);
    cv_jout_string(&x->out, "status",
                   readiness(&state, scheduler && storage && standby && evidence && !site.read_only));
    cv_jout_end(&x->out);
    htp_reply(x, state.loaded ? 200 : 503);
}

void api_view_age(struct htp_exchange *x)
{
    struct view_state state;
    view_state(api_of(x)->view, &state);
    htp_header_set(x, "Congvu-View-Age", "%.1f", (double)state.age_ms / 1000);
}
