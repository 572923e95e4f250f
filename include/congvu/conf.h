/* Settings: one table of name, type, default, unit and meaning; the help, the sample file and the checks come from it.
 *
 * Story of use. conf_load() starts from the defaults, reads an ini file when there is one, then the environment
 * (CONGVU_<NAME IN CAPITALS>), then what the command line sets. An unknown name, a value out of range or a setting that
 * only test builds accept is an error that names the place; all faults come at once. After that the struct is
 * read-only.
 *
 * Thread: load in main, read anywhere. Memory: strings live in the arena given. */
#pragma once

#include "congvu/error.h"
#include "congvu/memory.h"

/* type, name, default, least, most, unit, meaning (ranges and unit for numbers only) */
#define CONF_SETTINGS(TEXT, NUMBER, SWITCH)                                                                            \
    TEXT(data_dir, "",                                                                                                 \
         "folder of the embedded directory, the key and the first token (0700); with directory_uri of the latter two " \
         "only")                                                                                                       \
    TEXT(listen, "127.0.0.1:8080", "address:port of the API; port 0 picks a free one")                                 \
    TEXT(management_listen, "127.0.0.1:0", "address:port of /metrics and the health answers")                          \
    SWITCH(                                                                                                            \
        plain_http, false,                                                                                             \
        "listen on other than loopback addresses although nothing encrypts there: tokens and passwords can be read "   \
        "on the way")                                                                                                  \
    TEXT(                                                                                                              \
        trusted_proxies, "",                                                                                           \
        "addresses or networks (10.0.0.0/8) of proxies in front, with commas between; their X-Forwarded-For says who " \
        "the client is")                                                                                               \
    TEXT(directory_uri, "",                                                                                            \
         "LDAP URIs of the site's servers, one of which takes writes; empty = the embedded directory of data_dir")     \
    TEXT(directory_listen, "",                                                                                         \
         "loopback address:port on which the embedded directory also answers mail servers; port 0 picks a free one")   \
    TEXT(directory_base, "dc=congvu", "suffix that holds all entries")                                                 \
    TEXT(directory_bind_dn, "", "identity for a simple bind; empty = SASL EXTERNAL over ldapi")                        \
    TEXT(directory_password_file, "", "file (0600) with the password of directory_bind_dn")                            \
    TEXT(directory_ca_file, "", "certificates that ldaps servers must chain to; empty = those of the machine")         \
    NUMBER(directory_connect_ms, 2000, 50, 60000, "ms", "bound of connecting and binding")                             \
    NUMBER(standby_wait_ms, 2000, 0, 60000, "ms",                                                                      \
           "with several servers: how long a write waits until another one has it; 0 = it does not wait")              \
    NUMBER(standby_refuse_s, 30, 1, 86400, "s",                                                                        \
           "after so long without a server that follows no new names are given, until congvud directory single")       \
    NUMBER(directory_max_mib, 4096, 16, 1048576, "MiB",                                                                \
           "size reserved for each database of the embedded directory (sparse)")                                       \
    SWITCH(directory_nosync, false, "do not flush each write: only for tests and imports that can be repeated")        \
    TEXT(key_file, "",                                                                                                 \
         "32 secret bytes (0600) shared by all replicas; empty = data_dir/secret.key, made at the first start")        \
    TEXT(audit_dir, "", "folder of the evidence log, one a process (0700); empty = data_dir/audit")                    \
    TEXT(audit_key_file, "", "32 secret bytes (0600) that sign the evidence log; empty = data_dir/audit.key")          \
    TEXT(audit_witness, "",                                                                                            \
         "file on another machine's disk to which checkpoints of the evidence log are added; empty = none")            \
    TEXT(policy_file, "", "naming and leaver policy; empty = the built-in demo preset")                                \
    TEXT(deny_words_file, "", "words that no address may spell; empty = the built-in list")                            \
    TEXT(holidays_file, "", "holidays and swapped days; empty = the built-in calendar of Vietnam")                     \
    TEXT(mail_domain, "", "mail domain; empty = that of the policy")                                                   \
    TEXT(timezone, "Asia/Ho_Chi_Minh", "calendar days are this zone's")                                                \
    TEXT(log_level, "info", "debug, info, warn or error")                                                              \
    NUMBER(workers_interactive, 6, 1, 8, "threads", "workers for single requests; with bulk at most 8")                \
    NUMBER(workers_bulk, 2, 1, 7, "threads", "workers for batches")                                                    \
    NUMBER(workers_import, 8, 1, 8, "threads", "writers of lists that are carried out; one while others wait")         \
    NUMBER(queue_interactive, 1024, 1, 65536, "requests", "single requests waiting or running before 503")             \
    NUMBER(queue_bulk, 64, 1, 4096, "requests", "batches waiting or running before 503")                               \
    NUMBER(request_ms, 10000, 100, 600000, "ms", "a request's own deadline, from its first byte")                      \
    NUMBER(idle_ms, 30000, 100, 600000, "ms", "silence after which a kept connection is closed")                       \
    NUMBER(connections, 4096, 16, 100000, "connections", "hard limit of connections")                                  \
    NUMBER(drain_ms, 15000, 0, 600000, "ms", "how long a stop waits for running requests")                             \
    NUMBER(rate_per_second, 0, 0, 1000000, "requests/s", "limit per token; 0 = none")                                  \
    TEXT(                                                                                                              \
        second_factor_roles, "",                                                                                       \
        "roles that nobody acts in without a second factor (site_admin, unit_admin, ...), with blanks between; empty " \
        "= whoever has set one up")                                                                                    \
    TEXT(oidc_issuer, "", "OpenID provider through which people may sign in, as it names itself; empty = none")        \
    TEXT(oidc_client_id, "", "name of this service at the provider")                                                   \
    TEXT(oidc_credential_file, "", "file (0600) with Basic CLIENT:SECRET for the provider; empty = a public client")   \
    TEXT(oidc_redirect_uri, "", "https://THIS-SERVICE/v1/oidc/callback, as registered at the provider")                \
    TEXT(oidc_claim, "email",                                                                                          \
         "claim that names the person at the first sign-in; email counts only when it is verified")                    \
    TEXT(oidc_claim_is, "address", "what that claim is here: address, login or staff_code")                            \
    TEXT(oidc_ca_file, "", "certificates that the provider must chain to; empty = those of the machine")               \
    TEXT(oidc_allow, "", "special addresses at which the provider may lie: loopback, private, 10.1.0.0/16, ...")       \
    NUMBER(activation_hours, 72, 1, 720, "h", "validity of a one-time code")                                           \
    TEXT(public_url, "",                                                                                               \
         "address under which people reach this service (https://...), printed on slips; empty = none can be printed") \
    TEXT(mail_imap, "", "host:port of IMAP with TLS, told to people and their mail programs; empty = not told")        \
    TEXT(mail_smtp, "", "host:port of sending mail with TLS; empty = not told")                                        \
    TEXT(webmail_url, "", "address of the webmail, told to people; empty = there is none")                             \
    TEXT(                                                                                                              \
        font_dir, "",                                                                                                  \
        "folder of the fonts LiberationSerif-*.ttf, version 2, which PDF papers carry; empty = where Debian has them") \
    NUMBER(dated_months, 24, 3, 120, "months",                                                                         \
           "how far back facts are kept with their days (posts that have ended, ...): what periods can be asked for")  \
    NUMBER(history_days, 1100, 0, 36500, "days",                                                                       \
           "how long daily snapshots of the figures are kept; 0 = none are taken")                                     \
    NUMBER(tick_ms, 1000, 20, 600000, "ms", "pause between two looks at the calendar")                                 \
    NUMBER(fill_check_ms, 60000, 20, 3600000, "ms",                                                                    \
           "pause between two looks at how full the directory and its disk are")                                       \
    NUMBER(view_activity_days, 400, 180, 400, "days",                                                                  \
           "days of use kept in memory; of a period that begins before them use is unknown")                           \
    NUMBER(view_check_s, 900, 1, 86400, "s", "pause between two counts of the directory's records")                    \
    NUMBER(view_lists_s, 300, 1, 86400, "s", "how old lists of people may become while the directory is not heard")    \
    NUMBER(lease_ms, 9000, 300, 600000, "ms",                                                                          \
           "silence after which another process takes over what only one may do (connectors, snapshots)")              \
    TEXT(                                                                                                              \
        connector_secret_dir, "",                                                                                      \
        "folder of the files that connectors name: credentials (0600) and CA certificates; empty = none may be named") \
    TEXT(province, "", "name of the province or city, as lists for national platforms show it")                        \
    TEXT(connector_file_dir, "",                                                                                       \
         "folder of the folders in which lists go out and exports come back (connectors of kind file); empty = none")  \
    NUMBER(workers_connect, 2, 1, 8, "threads", "workers for other systems")                                           \
    NUMBER(connect_period_ms, 1000, 20, 600000, "ms",                                                                  \
           "pause between two looks at what other systems lack; writes do not wait for it")                            \
    NUMBER(connect_compare_s, 3600, 1, 604800, "s", "pause between two full comparisons with an other system")         \
    SWITCH(time_service, true,                                                                                         \
           "the machine's clock is kept by a time service; false: only a jump of the clock holds the calendar")        \
    SWITCH(allow_root, false, "run although the user is root")                                                         \
    NUMBER(clock_offset, 0, -315360000, 315360000, "s", "moves wall time; test builds only")                           \
    TEXT(clock_file, "", "file that moves wall time while it runs; test builds only")

struct conf {
#define CONF_TEXT(name, value, doc)                      const char *name;
#define CONF_NUMBER(name, value, least, most, unit, doc) long name;
#define CONF_SWITCH(name, value, doc)                    bool name;
    CONF_SETTINGS(CONF_TEXT, CONF_NUMBER, CONF_SWITCH)
#undef CONF_TEXT
#undef CONF_NUMBER
#undef CONF_SWITCH
};

/* `file` NULL = none. `overrides` are "name=value", in order. False: every fault is in *faults, the first in *err. */
bool conf_load(const char *file, const char *const *overrides, size_t override_count, struct cv_arena *arena,
               struct conf *out, struct cv_faults *faults, struct cv_error *err);
/* A commented sample file with every setting and its default. */
void conf_print_sample(struct cv_buf *out);
