/* The running service: every object of the process, built in order and stopped in the reverse one. Only main's files
 * include this. */
#pragma once

#include <signal.h>

#include "congvu/api.h"
#include "congvu/conf.h"
#include "congvu/http.h"
#include "congvu/job.h"
#include "congvu/reconcile.h"
#include "congvu/text.h"

struct service {
    struct cv_arena *arena; /* what lives as long as the process */
    struct conf conf;
    struct cv_key key;
    struct dom_policy *policy;
    struct dir_embedded *embedded;
    bool sealed; /* its folder is known to be whole */
    struct prov_evidence *evidence;
    struct job_timer *evidence_timer, *witness_timer;
    bool witness_fails; /* of the witness' timer */
    struct dir_session *evidence_session;
    char traced[48];  /* how far the directory's log was looked through */
    int looks_failed; /* one after the other */
    struct dir_config directory;
    struct dir_room room;
    const char *clock_mark;  /* a file: somebody confirms the clock */
    const char *closed_mark; /* a file: the data were restored without a log */
    int64_t room_looked_ns;  /* when it was last measured */
    struct view *view;
    struct dir_sync *sync;
    struct prov *prov;
    struct rec_connectors *connectors;
    struct rec *rec;
    struct api api;
    struct job_lane *lanes[HTP_LANES];
    struct htp_server *server, *management;
    struct job_timer *timer;
    struct dir_session *timer_session;
    struct dir_lease *lease; /* who of several processes works outside the directory */
    struct job_timer *lease_timer, *look_timer;
    struct dir_session *lease_session;
    struct cv_arena *timer_arena;
    cv_day requests_on;     /* requests that broke off were ended; the clockwork's own, as the next two are */
    int64_t requests_again; /* cv_mono_ns() before which those that failed in passing are left alone */
    int requests_pause_s;
    struct cv_deadline imports_again; /* when lists past their days are looked for; the clockwork's own */
    struct prov_cutter *cutter;
    struct job_timer *cut_timer;
    struct dir_session *cut_session;
    struct cv_arena *cut_arena;
};

/* options.c */
enum command {
    CMD_SERVE,
    CMD_HEALTHCHECK,
    CMD_CHECK_CONFIG,
    CMD_ROUTES,
    CMD_FIELDS,
    CMD_SETTINGS,
    CMD_TOKEN,
    CMD_BACKUP,
    CMD_RESTORE,
    CMD_CONFIRM_CLOCK,
    CMD_DIRECTORY,
    CMD_OPEN,
    CMD_CHECK_DATA,
    CMD_CHECK,
    CMD_AUDIT,
    CMD_HELP,
    CMD_VERSION
};
struct options {
    enum command command;
    const char *config_file;
    const char *overrides[64];
    size_t override_count;
    const char *url;    /* healthcheck; directory: the server */
    const char *folder; /* of a backup; directory, audit: what to do */
    const char *object; /* audit: with which folder */
    const char *audit_key, *audit_witness;
    const char *log_of;                            /* restore: the dead machine's */
    const char *role, *password_file, *slapd_conf; /* directory print and rejoin */
    bool without_log, accept_missing;
};
bool options_parse(int argc, char **argv, struct cv_arena *arena, struct options *out, struct cv_error *err);
void options_help(void);

/* process.c: the signals that main waits for, blocked for every thread; the limit of open files raised as far as it may
 * be, and no more connections than fit into it. */
void process_signals(sigset_t *out);
void process_files(struct conf *conf);
void process_no_core(void);
/* Says which addresses others can reach although nothing encrypts there. */
void process_warn_plain(const struct conf *conf);

/* check.c: what the settings name is there and private; every fault is in *faults */
bool check_settings(struct service *s, struct cv_faults *faults, struct cv_error *err);
/* That, and the directory server itself. */
bool check_directory(struct service *s, struct cv_faults *faults, struct cv_error *err);

/* startup.c: one step each; startup_all() runs them in order */
bool startup_all(struct service *s, struct cv_error *err);
/* Where the directory is, running or not; `may_run`: another process may have it open. */
bool startup_directory(struct service *s, bool may_run, struct cv_error *err);
/* The site's rules; *out_setting (or NULL): the setting that a failure is about. */
bool startup_policy(struct service *s, const char **out_setting, struct cv_error *err);
/* `congvud token`: makes a token for everything and prints its secret; beside the running service of the same folder,
 * or without one. service_stop() afterwards, whatever came. */
bool startup_token(struct service *s, struct cv_error *err);
/* Waits until the view is loaded, or a signal, or the deadline. */
bool startup_wait_view(struct service *s, struct cv_deadline deadline);
/* sign_in.c: the common sign-in as the settings name it, and the roles that need a second factor */
struct oidc_options;
bool sign_in_provider(struct service *s, struct oidc_options *out, struct cv_error *err);
bool sign_in_roles(const struct conf *conf, uint32_t *out, struct cv_error *err);
/* machine.c: what is done on the machine, beside the running service or without it; the exit code */
bool machine_backup(const struct options *options, struct service *s, struct cv_error *err);
bool machine_restore(const struct options *options, struct service *s, struct cv_error *err);
bool machine_confirm_clock(struct service *s, struct cv_error *err);
bool machine_open(struct service *s, struct cv_error *err);
/* evidence.c */
/* `congvud audit verify DIR`: prints what it finds; *out_sound says whether nothing is wrong. */
bool evidence_open(struct service *s, const char *folder, const char *key, struct cv_error *err);
bool evidence_start(struct service *s, struct cv_error *err);
void evidence_tick(void *ctx);
bool evidence_verify(const struct options *options, bool *out_sound, struct cv_error *err);
/* pair.c: `congvud directory ...` */
bool machine_pair(const struct options *options, struct service *s, struct cv_error *err);
extern const char congvu_systems[], congvu_systems_end[]; /* deploy/systems.json: the systems of a new directory */
/* check_data.c: `congvud check-data`; prints what it finds, a JSON object a line, and a summary. */
bool check_data(struct service *s, bool *out_found, struct cv_error *err);

/* service.c */
/* Writes down what in the data folder belongs together, once slapd has begun, and once it has ended. */
bool service_closed(struct service *s);
bool service_seal(struct service *s, struct cv_error *err);
void service_stop(struct service *s);
bool lane_thread_open(void *ctx, void **out_thread);
void lane_thread_close(void *ctx, void *thread);
void service_tick(void *ctx);
void service_tend_lease(void *ctx);
void service_look(void *ctx);
void service_cut_off(void *ctx);

/* notify.c: what systemd hears */
void notify_ready(const struct service *s);
void notify_stopping(void);
/* When to say it next at the latest; INT64_MAX: nobody listens. */
int64_t notify_pause_ms(void);
void notify_alive(const struct service *s);

/* probe.c: GET /readyz of a running service; exit code */
int probe_health(const char *url);
/* Does the listener at this address answer GET /livez? */
bool probe_alive(const char *listen, int port);

extern const char congvu_holidays[], congvu_holidays_end[]; /* deploy/policies/holidays-vn.json */
extern const char congvu_policy[], congvu_policy_end[], congvu_deny[], congvu_deny_end[];
