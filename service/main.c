/* congvud: options, build the objects, run, stop in order; no logic. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "congvu/log.h"
#include "congvu/prov_fields.h"
#include "congvu/server.h"
#include "congvu/text.h"
#include "service.h"

enum { PROCESS_ARENA = 64 << 20 };

static int complain(const struct cv_faults *faults, const struct cv_error *err)
{
    for (size_t i = 0; i < faults->count; i++)
        fprintf(stderr, "congvud: %s: %s / %s\n", faults->items[i].at, faults->items[i].text[CV_EN],
                faults->items[i].text[CV_VI]);
    if (faults->count == 0)
        fprintf(stderr, "congvud: %s / %s%s%s\n", err->text[CV_EN], err->text[CV_VI],
                *err->lib_text != '\0' ? ": " : "", err->lib_text);
    return 2;
}

static int print_routes(void)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    static const char *const lanes[] = {"inline", "interactive", "bulk", "connect"};
    for (int table = 0; table < 2; table++) {
        size_t count = 0;
        const struct htp_route *routes = table == 0 ? api_routes(&count) : api_management_routes(&count);
        for (size_t i = 0; i < count; i++)
            printf("{\"listener\":\"%s\",\"method\":\"%s\",\"path\":\"%s\",\"operation\":\"%s\",\"lane\":\"%s\","
                   "\"scopes\":%u,\"shows\":%u,\"query\":\"%s\"}\n",
                   table == 0 ? "api" : "management", methods[routes[i].method], routes[i].pattern, routes[i].operation,
                   lanes[routes[i].lane], routes[i].scopes, routes[i].shows,
                   routes[i].query != NULL ? routes[i].query : "");
    }
    return 0;
}

static int print_fields(void)
{
    size_t count = 0;
    const struct prov_fields *const *records = api_records(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < records[i]->count; k++) {
            struct cv_buf line;
            struct cv_jout j;
            cv_buf_init(&line, CV_MAX_LOG_LINE);
            cv_jout_init(&j, &line);
            prov_field_print(records[i], &records[i]->items[k], &j);
            puts(cv_buf_str(&line));
            cv_buf_free(&line);
        }
    return 0;
}

static void print_ready(const struct service *s)
{
    struct cv_buf line;
    struct cv_jout j;
    cv_buf_init(&line, CV_MAX_LOG_LINE);
    cv_jout_init(&j, &line);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "event", "ready");
    cv_jout_int(&j, "port", htp_server_port(s->server));
    cv_jout_int(&j, "management_port", htp_server_port(s->management));
    cv_jout_string(&j, "directory", s->directory.uri);
    if (s->embedded != NULL && *dir_embedded_readers_uri(s->embedded) != '\0')
        cv_jout_string(&j, "directory_listen", dir_embedded_readers_uri(s->embedded));
    cv_jout_int(&j, "slapd_pid", s->embedded != NULL ? dir_embedded_pid(s->embedded) : 0);
    cv_jout_int(&j, "pid", getpid());
    cv_jout_end(&j);
    puts(cv_buf_str(&line));
    fflush(stdout);
    cv_buf_free(&line);
}

/* Until it is ready the view is looked at, then systemd is told that we live. */
static struct timespec pause_until_next(bool ready)
{
    int64_t ms = ready ? notify_pause_ms() : 5;
    if (ms > 3600 * 1000)
        ms = 3600 * 1000;
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000 * 1000};
}

/* Polls the view between signals: the signal set is the only thing that main waits on. */
static int wait_for_end(struct service *s, const sigset_t *signals)
{
    bool ready = false;
    for (;;) {
        struct timespec pause = pause_until_next(ready);
        struct view_state state;
        int signal = sigtimedwait(signals, NULL, &pause);
        if (signal == SIGTERM || signal == SIGINT)
            return signal;
        if (signal > 0 && signal != SIGHUP)
            cv_log(CV_LOG_INFO, "signal", "%d means nothing here", signal);
        view_state(s->view, &state);
        if (!ready && state.loaded) {
            ready = true;
            print_ready(s);
            notify_ready(s);
        }
        if (ready)
            notify_alive(s);
    }
}

static int serve(struct service *s)
{
    struct cv_error err = {0};
    sigset_t signals;
    process_signals(&signals);
    process_files(&s->conf);
    process_warn_plain(&s->conf);
    if (!startup_all(s, &err)) {
        cv_log_error(CV_LOG_ERROR, "startup", &err);
        service_stop(s);
        struct cv_faults none = {0};
        complain(&none, &err);
        return 1;
    }
    wait_for_end(s, &signals);
    notify_stopping();
    cv_log(CV_LOG_INFO, "stopping", "no new requests; finishing those that run");
    service_stop(s);
    return 0;
}

static int make_token(struct service *s)
{
    struct cv_error err = {0};
    struct cv_faults none = {0};
    bool ok = startup_token(s, &err);
    service_stop(s);
    return ok ? 0 : complain(&none, &err);
}

static int look_at_data(struct service *s)
{
    struct cv_error err = {0};
    struct cv_faults none = {0};
    bool found = false;
    if (!check_data(s, &found, &err))
        return complain(&none, &err);
    cv_text_close();
    return found ? 1 : 0;
}

static int prove(struct service *s, struct cv_faults *faults)
{
    struct cv_error err = {0};
    bool ok = check_directory(s, faults, &err);
    service_stop(s);
    return ok ? 0 : complain(faults, &err);
}

static int audit(const struct options *options)
{
    struct cv_error err = {0};
    struct cv_faults none = {0};
    bool sound = false;
    if (!evidence_verify(options, &sound, &err))
        return complain(&none, &err);
    return sound ? 0 : 1;
}

static int with_settings(const struct options *options, struct service *s)
{
    struct cv_error err = {0};
    struct cv_faults faults;
    enum cv_level level = CV_LOG_INFO;
    cv_faults_init(&faults, s->arena);
    if (!conf_load(options->config_file, options->overrides, options->override_count, s->arena, &s->conf, &faults,
                   &err))
        return complain(&faults, &err);
    if (options->command == CMD_CHECK_CONFIG)
        return check_settings(s, &faults, &err) ? 0 : complain(&faults, &err);
    cv_log_level_parse(s->conf.log_level, &level);
    cv_log_level(level);
    switch (options->command) {
    case CMD_TOKEN:
        return make_token(s);
    case CMD_BACKUP:
        return machine_backup(options, s, &err) ? 0 : complain(&faults, &err);
    case CMD_RESTORE:
        return machine_restore(options, s, &err) ? 0 : complain(&faults, &err);
    case CMD_CHECK:
        return prove(s, &faults);
    case CMD_DIRECTORY:
        return machine_pair(options, s, &err) ? 0 : complain(&faults, &err);
    case CMD_CONFIRM_CLOCK:
        return machine_confirm_clock(s, &err) ? 0 : complain(&faults, &err);
    case CMD_OPEN:
        return machine_open(s, &err) ? 0 : complain(&faults, &err);
    case CMD_CHECK_DATA:
        return look_at_data(s);
    default:
        return serve(s);
    }
}

static int print_settings(void)
{
    struct cv_buf out;
    cv_buf_init(&out, 1 << 16);
    conf_print_sample(&out);
    fputs(cv_buf_str(&out), stdout);
    cv_buf_free(&out);
    return 0;
}

static int run(const struct options *options, struct service *s)
{
    switch (options->command) {
    case CMD_SERVE:
    case CMD_CHECK_CONFIG:
    case CMD_TOKEN:
    case CMD_BACKUP:
    case CMD_RESTORE:
    case CMD_CONFIRM_CLOCK:
    case CMD_DIRECTORY:
    case CMD_OPEN:
    case CMD_CHECK_DATA:
    case CMD_CHECK:
        return with_settings(options, s);
    case CMD_AUDIT:
        return audit(options);
    case CMD_HEALTHCHECK:
        return probe_health(options->url);
    case CMD_ROUTES:
        return print_routes();
    case CMD_FIELDS:
        return print_fields();
    case CMD_SETTINGS:
        return print_settings();
    case CMD_VERSION:
        printf("congvud %s (commit %s, data version %d, %s console%s%s)\n", CONGVU_VERSION, api_commit(),
               DIR_SCHEMA_VERSION, *api_console_hash() ? "with" : "without", *api_console_hash() ? " " : "",
               api_console_hash());
        return 0;
    default:
        options_help();
        return 0;
    }
}

int main(int argc, char **argv)
{
    struct service s = {.arena = cv_arena_new(PROCESS_ARENA)};
    struct options options;
    struct cv_error err = {0};
    struct cv_faults none = {0};
    process_no_core();
    int code = options_parse(argc, argv, s.arena, &options, &err) ? run(&options, &s) : complain(&none, &err);
    cv_arena_free(&s.arena);
    return code;
}
