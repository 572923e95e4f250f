/* One connection: opened, bound and never waiting past its deadline. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "congvu/lock.h"
#include "directory/wire/site.h"

enum { PASSWORD_MAX = 1024, STALL_MS = 200, SLICE_MS = 50 };

static void close_handle(LDAP **ld)
{
    if (*ld)
        ldap_unbind_ext(*ld, NULL, NULL);
    *ld = NULL;
}

struct timeval dir_time_left(struct cv_deadline deadline)
{
    int64_t ms = cv_deadline_left_ms(deadline);
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static bool config_fault(struct cv_error *err, const char *path, const char *what)
{
    return cv_fail_as(err, CV_UNAVAILABLE, "password_file", "Tệp mật khẩu %s không dùng được: %s",
                      "The password file %s cannot be used: %s", path, what);
}

/* 0600 and ours: whoever reads it owns the directory. */
bool dir_read_password(const char *path, char *out, size_t size, size_t *out_len, struct cv_error *err)
{
    const char *why = cv_secret_read(path, out, size, out_len);
    return why == NULL || config_fault(err, path, why);
}

static int set_options(LDAP *ld, const struct dir_config *config, const char *uri, struct cv_deadline deadline)
{
    int version = LDAP_VERSION3, hard = LDAP_OPT_X_TLS_HARD, client = 0, idle = 60;
    struct timeval wait = dir_time_left(deadline);
    int rc = ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    rc |= ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &wait);
    rc |= ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    rc |= ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON);
    rc |= ldap_set_option(ld, LDAP_OPT_X_KEEPALIVE_IDLE, &idle);
    if (config->ca_file)
        rc |= ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, config->ca_file);
    /* whatever the machine's ldap.conf says */
    rc |= ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &hard);
    if (strstr(uri, "ldaps://"))
        rc |= ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
    return rc;
}

/* libldap's waits are bounded by us, its reads and writes are not: a server that stops in the middle of an answer would
 * hold the thread. */
static void bound_socket(LDAP *ld)
{
    int fd = -1;
    struct timeval stall = {.tv_usec = STALL_MS * 1000L};
    if (ldap_get_option(ld, LDAP_OPT_DESC, &fd) != LDAP_OPT_SUCCESS || fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &stall, sizeof stall);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &stall, sizeof stall);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool stop_asked(int stop_fd)
{
    struct pollfd p = {.fd = stop_fd, .events = POLLIN};
    return stop_fd >= 0 && poll(&p, 1, 0) > 0;
}

int dir_await(LDAP *ld, int msgid, struct cv_deadline until, int stop_fd, LDAPMessage **out)
{
    LDAPMessage *answer = NULL;
    int code = LDAP_SERVER_DOWN, got;
    cv_no_lock("waiting for the directory");
    do {
        struct timeval wait =
            dir_time_left(cv_deadline_min(until, cv_deadline_in_ms(stop_fd < 0 ? INT32_MAX : SLICE_MS)));
        got = ldap_result(ld, msgid, LDAP_MSG_ALL, &wait, &answer);
    } while (got == 0 && !cv_deadline_passed(until) && !stop_asked(stop_fd));
    if (got <= 0)
        return got == 0 ? LDAP_TIMEOUT : LDAP_SERVER_DOWN;
    if (ldap_parse_result(ld, answer, &code, NULL, NULL, NULL, NULL, out ? 0 : 1) != LDAP_SUCCESS)
        code = LDAP_DECODING_ERROR;
    if (out)
        *out = answer;
    return code;
}

/* Whatever goes wrong before we are bound, nothing was done: one kind, with the true cause for the log. */
static bool connect_failed(struct cv_error *err, LDAP *ld, int code)
{
    dir_fail(err, ld, code, NULL, false, "connecting to the directory");
    if (err->kind == CV_UNAVAILABLE)
        return false;
    struct cv_error cause = *err;
    cv_fail_as(err, CV_UNAVAILABLE, "", "Máy chủ danh bạ từ chối kết nối của dịch vụ; hãy kiểm tra cấu hình",
               "The directory refuses the service's connection; check the configuration");
    err->lib_code = cause.lib_code;
    memcpy(err->lib_text, cause.lib_text, sizeof err->lib_text);
    return false;
}

struct bind {
    const char *dn;
    struct berval credential;
    int msgid;
};

/* Connects, too. */
static int send_bind(LDAP *ld, void *ctx)
{
    struct bind *b = ctx;
    return ldap_sasl_bind(ld, b->dn, b->dn ? LDAP_SASL_SIMPLE : "EXTERNAL", &b->credential, NULL, NULL, &b->msgid);
}

static bool bind_handle(LDAP *ld, const struct dir_config *config, bool tls, struct cv_deadline deadline, int stop_fd,
                        struct cv_error *err)
{
    char password[PASSWORD_MAX];
    struct bind b = {.dn = config->bind_dn, .credential = {0, (char[]){""}}, .msgid = -1};
    if (config->bind_dn) {
        if (!config->password_file)
            return config_fault(err, "(none)", "bind_dn needs one");
        if (!dir_read_password(config->password_file, password, sizeof password, &b.credential.bv_len, err))
            return false;
        b.credential.bv_val = password;
    }
    int rc = tls ? dir_guarded(ld, deadline, stop_fd, send_bind, &b) : send_bind(ld, &b);
    explicit_bzero(password, sizeof password);
    if (rc == LDAP_SUCCESS) {
        bound_socket(ld);
        rc = dir_await(ld, b.msgid, deadline, stop_fd, NULL);
    }
    return rc == LDAP_SUCCESS || connect_failed(err, ld, rc);
}

bool dir_connect_at(const struct dir_config *config, const char *uri, struct cv_deadline until, int stop_fd, LDAP **out,
                    struct cv_error *err)
{
    LDAP *ld = NULL;
    int rc = ldap_initialize(&ld, uri);
    if (rc != LDAP_SUCCESS)
        return connect_failed(err, NULL, rc);
    if (set_options(ld, config, uri, until) != 0) {
        close_handle(&ld);
        return connect_failed(err, NULL, LDAP_PARAM_ERROR);
    }
    if (!bind_handle(ld, config, strstr(uri, "ldaps://") != NULL, until, stop_fd, err)) {
        close_handle(&ld);
        return false;
    }
    *out = ld;
    return true;
}
