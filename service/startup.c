/* Building the service, one step after the other. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "congvu/connect.h"
#include "congvu/feed.h"
#include "congvu/lease.h"
#include "congvu/log.h"
#include "congvu/naming.h"
#include "congvu/oidc.h"
#include "congvu/prov_calendar.h"
#include "congvu/prov_tokens.h"
#include "congvu/report.h"
#include "congvu/server.h"
#include "congvu/working.h"
#include "service.h"

enum { POLICY_MAX = 1 << 20, BOOTSTRAP_MS = 20000, CONNECT_WORK_MS = 30000, CUT_OFF_MS = 200, LOOK_MS = 5000 };

static const char *none_if_empty(const char *s)
{
    return *s != '\0' ? s : NULL;
}

static bool refuse_root(const struct conf *conf, struct cv_error *err)
{
    if (geteuid() != 0 || conf->allow_root)
        return true;
    return cv_fail(err, cvp_internal, NULL, "Không chạy bằng quyền root; tạo người dùng riêng, hoặc thêm --allow-root",
                   "Not running as root; make a user for it, or add --allow-root");
}

/* The term is remembered beside the key; a process without a folder asks the servers at each start. */
static bool open_site(struct service *s, struct cv_error *err)
{
    const char *folder = s->conf.data_dir;
    const char *file = *folder != '\0' ? cv_arena_printf(s->arena, "%s/term", folder) : NULL;
    if (!dir_site_open(s->directory.uri, file, &s->directory.site, err))
        return false;
    dir_site_look(&s->directory, cv_deadline_in_ms(s->conf.directory_connect_ms * 2));
    return true;
}

bool startup_directory(struct service *s, bool may_run, struct cv_error *err)
{
    const struct conf *c = &s->conf;
    s->directory = (struct dir_config){.uri = c->directory_uri,
                                       .base = c->directory_base,
                                       .bind_dn = none_if_empty(c->directory_bind_dn),
                                       .password_file = none_if_empty(c->directory_password_file),
                                       .ca_file = none_if_empty(c->directory_ca_file),
                                       .connect_ms = (int)c->directory_connect_ms,
                                       .room = &s->room};
    dir_room_init(&s->room, *c->directory_uri != '\0' ? "" : c->data_dir);
    if (*c->directory_uri != '\0')
        return open_site(s, err);
    struct dir_embedded_options options = {.data_dir = c->data_dir,
                                           .base = c->directory_base,
                                           .max_bytes = (uint64_t)c->directory_max_mib << 20,
                                           .nosync = c->directory_nosync,
                                           .listen = c->directory_listen,
                                           .log_days = dom_policy_log_days(s->policy)};
    if (dir_embedded_start(&options, &s->embedded, err)) {
        s->directory.uri = dir_embedded_uri(s->embedded);
    } else {
        if (!may_run || err->kind != CV_CONFLICT)
            return false;
        cv_error_clear(err);
        s->directory.uri = dir_embedded_running(c->data_dir, s->arena, err);
    }
    return s->directory.uri != NULL &&
           (c->directory_nosync || dir_disks_of(c->data_dir, &s->directory.disk, &s->directory.usage_disk, err));
}

static bool wrong_key(const char *theirs, const struct service *s, struct cv_error *err)
{
    char ours[17];
    cv_key_fingerprint(&s->key, ours);
    return *theirs != '\0' && strcmp(theirs, ours) != 0 &&
           !cv_fail(err, cvp_internal, NULL,
                    "Tệp khóa không phải của dữ liệu này; hãy đặt lại đúng secret.key (key_file) từ bản sao lưu. Chưa "
                    "thay đổi gì",
                    "The key file does not belong to these data; put back the right secret.key (key_file) from a "
                    "backup. Nothing was changed");
}

/* The key of data that are there is never made again: a new one would open nothing. `theirs`: their fingerprint, ""
 * when it is not known. */
static bool load_key(struct service *s, bool begun, const char *theirs, struct cv_error *err)
{
    const char *path = s->conf.key_file;
    bool own = *path == '\0';
    if (own)
        path = cv_arena_printf(s->arena, "%s/secret.key", s->conf.data_dir);
    if (begun && access(path, F_OK) != 0)
        return cv_fail(
            err, cvp_internal, NULL,
            "Thiếu tệp khóa %s của dữ liệu này, không thể tạo lại; hãy đặt lại từ bản sao lưu. Chưa thay đổi "
            "gì",
            "The key file %s of these data is missing and cannot be made again; put it back from a backup. "
            "Nothing was changed",
            path);
    return cv_key_load(path, own && !begun, &s->key, err) && !wrong_key(theirs, s, err);
}

/* The folder is looked at and its key is there before slapd or anything else writes into it. */
static bool open_embedded(struct service *s, bool may_make, struct cv_error *err)
{
    struct dir_folder folder;
    const char *data_dir = s->conf.data_dir;
    if (!dir_folder_look(data_dir, &folder, err))
        return false;
    if (!folder.begun && may_make && mkdir(data_dir, 0700) != 0 && errno != EEXIST)
        return cv_fail(err, cvp_internal, NULL, "Không tạo được thư mục %s", "The folder %s cannot be made", data_dir);
    return load_key(s, folder.begun || !may_make, folder.fingerprint, err) && startup_directory(s, !may_make, err) &&
           dir_session_open(&s->directory, &s->timer_session, err);
}

static bool open_beside(struct service *s, bool may_make, struct cv_error *err)
{
    char theirs[17];
    if (!startup_directory(s, !may_make, err) || !dir_session_open(&s->directory, &s->timer_session, err))
        return false;
    dir_session_deadline(s->timer_session, cv_deadline_in_ms(BOOTSTRAP_MS));
    return dir_data_fingerprint(s->timer_session, theirs, err) &&
           load_key(s, *theirs != '\0' || !may_make, theirs, err);
}

static bool open_data(struct service *s, bool may_make, struct cv_error *err)
{
    return *s->conf.directory_uri == '\0' ? open_embedded(s, may_make, err) : open_beside(s, may_make, err);
}

/* `name`: of the folder and the key beside it; a command on the machine has its own, for the service holds the other.
 */
static bool open_evidence(struct service *s, const char *name, struct cv_error *err)
{
    const struct conf *c = &s->conf;
    bool own = *c->audit_dir == '\0' || strcmp(name, "audit") != 0;
    const char *beside = *c->data_dir != '\0' ? c->data_dir : c->audit_dir;
    const char *folder = own ? cv_arena_printf(s->arena, "%s/%s", beside, name) : c->audit_dir;
    const char *key =
        own || *c->audit_key_file == '\0' ? cv_arena_printf(s->arena, "%s/%s.key", beside, name) : c->audit_key_file;
    return evidence_open(s, folder, key, err);
}

/* Leaves what is built in when the setting is empty. */
static bool read_file(struct cv_arena *arena, const char *path, const char **out, size_t *out_len, struct cv_error *err)
{
    if (*path == '\0')
        return true;
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return cv_fail(err, cvp_internal, NULL, "Không mở được %s", "Cannot open %s", path);
    char *bytes = cv_arena_alloc(arena, POLICY_MAX);
    *out_len = fread(bytes, 1, POLICY_MAX, f);
    fclose(f);
    *out = bytes;
    return *out_len < POLICY_MAX || cv_fail(err, cvp_internal, NULL, "%s quá lớn", "%s is too large", path);
}

static bool load_calendar(struct service *s, struct cv_error *err)
{
    const char *json = congvu_holidays;
    size_t len = (size_t)(congvu_holidays_end - congvu_holidays);
    return read_file(s->arena, s->conf.holidays_file, &json, &len, err) && dom_calendar_load(json, len, err);
}

static bool load_policy(struct service *s, struct cv_error *err)
{
    const char *json = congvu_policy;
    size_t len = (size_t)(congvu_policy_end - congvu_policy);
    return read_file(s->arena, s->conf.policy_file, &json, &len, err) && dom_policy_load(json, len, &s->policy, err);
}

static bool load_deny_words(struct service *s, struct cv_error *err)
{
    const char *words = congvu_deny;
    size_t len = (size_t)(congvu_deny_end - congvu_deny);
    return read_file(s->arena, s->conf.deny_words_file, &words, &len, err) &&
           dom_policy_deny(s->policy, words, len, err);
}

bool startup_policy(struct service *s, const char **out_setting, struct cv_error *err)
{
    static const struct {
        const char *setting;
        bool (*load)(struct service *s, struct cv_error *err);
    } parts[] = {{"holidays_file", load_calendar}, {"policy_file", load_policy}, {"deny_words_file", load_deny_words}};
    for (size_t i = 0; i < CV_COUNT(parts); i++) {
        if (out_setting != NULL)
            *out_setting = parts[i].setting;
        if (!parts[i].load(s, err))
            return false;
    }
    return true;
}

static bool first_start(struct service *s, struct cv_error *err)
{
    char fingerprint[17];
    struct dom_system *systems = NULL;
    struct dir_bootstrap what = {.key_fingerprint = fingerprint, .today = cv_today()};
    cv_key_fingerprint(&s->key, fingerprint);
    if (!api_catalogue(congvu_systems, (size_t)(congvu_systems_end - congvu_systems), s->arena, &systems,
                       &what.system_count, err))
        return false;
    what.systems = systems;
    dir_session_deadline(s->timer_session, cv_deadline_in_ms(BOOTSTRAP_MS));
    return dir_bootstrap(s->timer_session, &what, err) &&
           (s->embedded == NULL ||
            (service_seal(s, err) && dir_mark_renew(s->timer_session, err))); /* the folder may be a copy */
}

/* Before anything is written: what was written last tells what the time was at least. */
static bool watch_clock(struct service *s, struct cv_error *err)
{
    cv_moment newest = CV_NO_MOMENT;
    s->clock_mark = cv_arena_printf(s->arena, "%s/clock-confirmed", s->conf.data_dir);
    if (*s->conf.clock_file != '\0' && !cv_clock_follow(s->conf.clock_file))
        return cv_fail(err, cvp_internal, NULL, "clock_file chỉ dùng cho bản thử",
                       "clock_file is accepted by test builds only");
    dir_session_deadline(s->timer_session, cv_deadline_in_ms(BOOTSTRAP_MS));
    if (!dir_newest_write(s->timer_session, &newest, err) && err->kind != CV_NOT_FOUND)
        return false;
    cv_error_clear(err);
    if (!cv_clock_watch(newest, s->conf.time_service))
        cv_log(CV_LOG_WARN, "clock", "without a time service only a jump of the clock holds the calendar");
    return true;
}

static bool write_line(const char *path, const char *line, struct cv_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line) &&
              write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok || cv_fail(err, cvp_internal, NULL, "Không ghi được %s", "Cannot write %s", path);
}

/* What a mail server's configuration needs lies together in one folder. */
static bool mail_readers(struct service *s, struct cv_error *err)
{
    if (s->embedded == NULL || *s->conf.directory_listen == '\0')
        return true;
    const char *folder = cv_arena_printf(s->arena, "%s/readers", s->conf.data_dir);
    dir_session_deadline(s->timer_session, cv_deadline_in_ms(BOOTSTRAP_MS));
    return dir_readers_ready(s->timer_session, &s->directory, folder, err) &&
           write_line(cv_arena_printf(s->arena, "%s/uri", folder), dir_embedded_readers_uri(s->embedded), err) &&
           write_line(cv_arena_printf(s->arena, "%s/base", folder), s->conf.directory_base, err);
}

static struct prov_call own_call(struct service *s, struct cv_faults *faults, const char *via)
{
    cv_faults_init(faults, s->arena);
    return (struct prov_call){.prov = s->prov,
                              .dir = s->timer_session,
                              .arena = s->arena,
                              .faults = faults,
                              .deadline = cv_deadline_in_ms(BOOTSTRAP_MS),
                              .scope = {.everywhere = true},
                              .scopes = DOM_ALL_SCOPES,
                              .actor = "system",
                              .via = via,
                              .request_id = "-"};
}

/* A first start that was cut short between the token and its file leaves the other name behind: whole, or nothing. */
static void look_for_token(const char *fresh, const char *path)
{
    char line[PROV_SECRET_TEXT + 2];
    FILE *in = fopen(fresh, "re");
    if (in == NULL)
        return;
    bool whole = fgets(line, sizeof(line), in) != NULL && line[0] != '\n' && strchr(line, '\n') != NULL;
    explicit_bzero(line, sizeof(line));
    fclose(in);
    if (!whole || rename(fresh, path) != 0)
        cv_log(CV_LOG_WARN, "token", "the first start could not write %s; congvud token makes another token", path);
}

static bool first_token(struct service *s, struct cv_error *err)
{
    bool none = false;
    char secret[PROV_SECRET_TEXT];
    struct cv_faults faults;
    if (*s->conf.data_dir == '\0' || !dir_no_token(s->timer_session, &none, err))
        return err->kind == CV_OK;
    const char *path = cv_arena_printf(s->arena, "%s/admin.token", s->conf.data_dir);
    const char *fresh = cv_arena_printf(s->arena, "%s.new", path);
    if (!none) {
        look_for_token(fresh, path);
        return true;
    }
    struct prov_call call = own_call(s, &faults, "startup");
    if (!write_line(fresh, "", err) || !prov_token_bootstrap(&call, secret, err))
        return false;
    bool ok = write_line(fresh, secret, err);
    explicit_bzero(secret, sizeof(secret));
    return ok &&
           (rename(fresh, path) == 0 || cv_fail(err, cvp_internal, NULL, "Không ghi được %s", "Cannot write %s", path));
}

static bool start_view(struct service *s, struct cv_error *err)
{
    cv_day since;
    if (!view_new(&s->view, err) || !dir_dated_since(s->timer_session, &since, err))
        return false;
    view_keep_activity(s->view, (int)s->conf.view_activity_days);
    view_keep_dated(s->view, (int)s->conf.dated_months);
    view_lists_until(s->view, (int)s->conf.view_lists_s);
    view_date_since(s->view, since);
    struct dir_feed feed = view_feed(s->view);
    feed.count_ms = s->conf.view_check_s * 1000;
    return dir_sync_start(&s->directory, &feed, &s->sync, err);
}

static bool holds_lease(void *ctx)
{
    struct service *s = ctx;
    return dir_lease_held(s->lease) && !atomic_load(&s->room.closed);
}

static bool open_provider(struct service *s, struct cv_error *err)
{
    struct oidc_options options;
    return *s->conf.oidc_issuer == '\0' ||
           (sign_in_provider(s, &options, err) && oidc_open(&options, &s->api.oidc, err));
}

static bool start_use_cases(struct service *s, struct cv_error *err)
{
    struct prov_options options = {.view = s->view,
                                   .policy = s->policy,
                                   .activation_hours = (int)s->conf.activation_hours,
                                   .history_days = (int)s->conf.history_days,
                                   .connector_file_dir = s->conf.connector_file_dir,
                                   .connector_secret_dir = s->conf.connector_secret_dir,
                                   .evidence = s->evidence};
    cv_key_derive(&s->key, "one-time codes", &options.code_key);
    cv_key_derive(&s->key, "token digests", &options.token_key);
    cv_key_derive(&s->key, "second factors", &options.factor_key);
    cv_key_derive(&s->key, "numbers of the HR system", &options.hr_key);
    if (!sign_in_roles(&s->conf, &options.factor_roles, err))
        return false;
    if (!prov_new(&options, &s->prov, err))
        return false;
    s->api = (struct api){
        .view = s->view,
        .sync = s->sync,
        .site = s->directory.site,
        .prov = s->prov,
        .evidence = s->evidence,
        .rate_per_second = (int)s->conf.rate_per_second,
        .bands = dom_policy_bands(s->policy),
        .mail_domain = dom_policy_domain(s->policy),
        .log_days = dom_policy_log_days(s->policy),
        .public_url = s->conf.public_url,
        .mail_imap = s->conf.mail_imap,
        .mail_smtp = s->conf.mail_smtp,
        .webmail_url = s->conf.webmail_url,
        .province = s->conf.province,
        .holds_lease = holds_lease,
        .lease_ctx = s,
        .backup_mark = s->embedded != NULL ? cv_arena_printf(s->arena, "%s/backed-up", s->conf.data_dir) : NULL,
        .room = &s->room,
        .fonts = rep_fonts_new(s->conf.font_dir),
        .tmp_dir = s->embedded != NULL ? cv_arena_printf(s->arena, "%s/run", s->conf.data_dir) : NULL};
    cv_key_derive(&s->key, "page tokens", &s->api.page_key);
    cv_key_derive(&s->key, "sessions", &s->api.session_key);
    cv_key_derive(&s->key, "idempotency", &s->api.idempotency_key);
    if (s->api.fonts == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    return open_provider(s, err) && api_open(&s->api, err);
}

static void wake_reconciler(void *ctx)
{
    rec_wake(ctx);
}

static bool start_reconciler(struct service *s, struct cv_error *err)
{
    struct rec_options options = {.directory = &s->directory,
                                  .prov = s->prov,
                                  .workers = (int)s->conf.workers_connect,
                                  .period_ms = (int)s->conf.connect_period_ms,
                                  .work_ms = CONNECT_WORK_MS,
                                  .may_work = holds_lease,
                                  .may_ctx = s};
    const struct rec_connectors_options connectors = {
        .view = s->view,
        .secret_dir = s->conf.connector_secret_dir,
        .file_dir = s->conf.connector_file_dir,
        .tmp_dir = s->embedded != NULL ? cv_arena_printf(s->arena, "%s/run", s->conf.data_dir) : NULL,
        .compare_s = (int)s->conf.connect_compare_s};
    if (!rec_connectors_new(&connectors, &s->connectors, err))
        return false;
    options.sources[options.source_count++] = rec_connectors_source(s->connectors);
    if (!rec_start(&options, &s->rec, err))
        return false;
    prov_on_write(s->prov, wake_reconciler, s->rec);
    s->api.rec = s->rec;
    s->api.connectors = s->connectors;
    return true;
}

static bool start_lane(struct service *s, enum htp_lane lane, const char *name, int workers, size_t queue,
                       struct cv_error *err)
{
    struct job_lane_options options = {.name = name,
                                       .workers = workers,
                                       .queue = queue,
                                       .ctx = s,
                                       .thread_open = lane_thread_open,
                                       .thread_close = lane_thread_close,
                                       .run = htp_run_item};
    return job_lane_start(&options, &s->lanes[lane], err);
}

static bool others_wait(void *ctx)
{
    struct service *s = ctx;
    return job_lane_load(s->lanes[HTP_INTERACTIVE]) + job_lane_load(s->lanes[HTP_BULK]) > 0;
}

static bool start_imports(struct service *s, struct cv_error *err)
{
    const struct api_import_threads threads = {.workers = (int)s->conf.workers_import,
                                               .ctx = s,
                                               .thread_open = lane_thread_open,
                                               .thread_close = lane_thread_close,
                                               .others_wait = others_wait};
    return api_imports_start(&s->api, &threads, err);
}

static bool start_http(struct service *s, struct cv_error *err)
{
    const struct conf *c = &s->conf;
    struct htp_options options = {.authenticate = api_authenticate,
                                  .app = &s->api,
                                  .request_ms = (int)c->request_ms,
                                  .idle_ms = (int)c->idle_ms,
                                  .connections = (int)c->connections,
                                  .max_body = CV_MAX_BODY,
                                  .proxies = c->trusted_proxies,
                                  .problem_members = api_problem_members,
                                  .may_deny = api_may_deny,
                                  .succeeded = api_succeeded,
                                  .scope_names = dom_scope_words};
    if (!start_lane(s, HTP_INTERACTIVE, "interactive", (int)c->workers_interactive, (size_t)c->queue_interactive,
                    err) ||
        !start_lane(s, HTP_BULK, "bulk", (int)c->workers_bulk, (size_t)c->queue_bulk, err) || !start_imports(s, err))
        return false;
    memcpy(options.lanes, s->lanes, sizeof(options.lanes));
    struct htp_options management = options;
    options.listen = c->listen;
    options.routes = api_routes(&options.route_count);
    management.listen = c->management_listen;
    management.connections = 64;
    management.routes = api_management_routes(&management.route_count);
    return htp_server_start(&options, &s->server, err) && htp_server_start(&management, &s->management, err);
}

static bool start_looking(struct service *s, struct cv_error *err)
{
    const struct conf *c = &s->conf;
    if (s->directory.site == NULL)
        return true;
    bool pair = strchr(c->directory_uri, ' ') != NULL && c->standby_wait_ms > 0;
    bool ok = !pair || dir_standby_start(&s->directory, (int)c->standby_wait_ms, (int)c->standby_refuse_s,
                                         &s->directory.standby, err);
    s->api.standby = s->directory.standby;
    return ok && job_timer_start("servers", LOOK_MS, service_look, s, &s->look_timer, err);
}

static bool start_lease(struct service *s, struct cv_error *err)
{
    int period = (int)s->conf.lease_ms / 10;
    return dir_lease_open("work", s->conf.lease_ms, &s->lease, err) &&
           dir_session_open(&s->directory, &s->lease_session, err) &&
           job_timer_start("lease", period, service_tend_lease, s, &s->lease_timer, err);
}

/* A thread of its own: a mail server that hangs must not keep the calendar waiting. */
static bool start_cutter(struct service *s, struct cv_error *err)
{
    s->cut_arena = cv_arena_new(CV_MAX_ARENA);
    if (s->cut_arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    return prov_cutter_new(s->conf.connector_secret_dir, &s->cutter, err) &&
           dir_session_open(&s->directory, &s->cut_session, err) &&
           job_timer_start("cut-off", CUT_OFF_MS, service_cut_off, s, &s->cut_timer, err);
}

bool startup_all(struct service *s, struct cv_error *err)
{
    s->timer_arena = cv_arena_new(CV_MAX_ARENA);
    if (s->timer_arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    if (!refuse_root(&s->conf, err) || !cv_text_init(err) ||
        !cv_clock_init(s->conf.timezone, s->conf.clock_offset, err))
        return false;
    if (!startup_policy(s, NULL, err) || !open_data(s, true, err))
        return false;
    if (!open_evidence(s, "audit", err) || !watch_clock(s, err) || !first_start(s, err) || !mail_readers(s, err))
        return false;
    if (!start_view(s, err) || !start_use_cases(s, err) || !first_token(s, err))
        return false;
    s->closed_mark = cv_arena_printf(s->arena, "%s/closed", s->conf.data_dir);
    service_closed(s); /* after what a start itself writes, before anybody else may */
    return start_looking(s, err) && start_lease(s, err) && start_reconciler(s, err) && start_http(s, err) &&
           start_cutter(s, err) && evidence_start(s, err) &&
           job_timer_start("clockwork", (int)s->conf.tick_ms, service_tick, s, &s->timer, err);
}

/* Beside a folder that is not whole nothing is made, and a token under another key would open nothing. */
static bool open_for_token(struct service *s, struct cv_error *err)
{
    struct prov_options options = {0};
    if (!refuse_root(&s->conf, err) || !cv_text_init(err) ||
        !cv_clock_init(s->conf.timezone, s->conf.clock_offset, err) || !startup_policy(s, NULL, err) ||
        !open_data(s, false, err) || !open_evidence(s, "audit-machine", err) || !first_start(s, err))
        return false;
    cv_key_derive(&s->key, "token digests", &options.token_key);
    return prov_new(&options, &s->prov, err);
}

bool startup_token(struct service *s, struct cv_error *err)
{
    struct cv_faults faults;
    char secret[PROV_SECRET_TEXT];
    if (!open_for_token(s, err))
        return false;
    struct prov_call call = own_call(s, &faults, "machine");
    if (!prov_token_on_machine(&call, secret, err))
        return false;
    puts(secret);
    explicit_bzero(secret, sizeof(secret));
    if (*s->conf.data_dir != '\0') /* nobody waits for the first one any more */
        (void)unlink(cv_arena_printf(s->arena, "%s/admin.token.new", s->conf.data_dir));
    return fflush(stdout) == 0 ||
           cv_fail(err, cvp_internal, NULL, "Không in được mã truy cập", "The token could not be printed");
}
