/* check-config: what the settings name must be there, be private and be what it is said to be, before a start or its
 * first use stumbles over it. All faults at once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "congvu/naming.h"
#include "congvu/oidc.h"
#include "congvu/server.h"
#include "congvu/signature.h"
#include "service.h"

struct checking {
    struct service *s;
    struct cv_faults *faults;
};

static void fault(struct checking *c, const char *setting, const char *path, const char *vi, const char *en)
{
    cv_fault_add(c->faults, CV_AT_PARAMETER, setting, "bad_setting", "%1$s: %2$s%3$.0s", "%1$s: %3$s%2$.0s", path, vi,
                 en);
}

static void add(struct checking *c, const char *setting, const struct cv_error *err)
{
    cv_fault_add(c->faults, CV_AT_PARAMETER, setting, "bad_setting", "%1$s%2$.0s", "%2$s%1$.0s", err->text[CV_VI],
                 err->text[CV_EN]);
}

/* `may_miss`: the first start makes it. */
static void check_folder(struct checking *c, const char *setting, const char *path, bool may_miss)
{
    struct stat st;
    if (*path == '\0' || (lstat(path, &st) != 0 && errno == ENOENT && may_miss))
        return;
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        fault(c, setting, path, "không có thư mục này; hãy tạo với quyền 0700",
              "no such folder; make it with mode 0700");
    else if (st.st_uid != geteuid())
        fault(c, setting, path, "thuộc về người dùng khác; hãy chạy lệnh này bằng người dùng của dịch vụ",
              "belongs to another user; run this as the service's user");
    else if ((st.st_mode & 077) != 0)
        fault(c, setting, path, "người khác vào được; hãy chmod 700", "others can enter it; chmod 700 it");
}

/* A folder that others may enter. */
static void check_open_folder(struct checking *c, const char *setting, const char *path)
{
    struct stat st;
    if (*path != '\0' && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode) || access(path, R_OK | X_OK) != 0))
        fault(c, setting, path, "không có thư mục này, hoặc người dùng của dịch vụ không đọc được",
              "no such folder, or the service's user cannot read it");
}

static void check_witness(struct checking *c)
{
    const char *path = c->s->conf.audit_witness;
    const char *slash = strrchr(path, '/');
    const char *folder = slash == NULL  ? "."
                         : slash > path ? cv_arena_strndup(c->s->arena, path, (size_t)(slash - path))
                                        : "/";
    if (*path != '\0' && access(path, W_OK) != 0 && (errno != ENOENT || access(folder, W_OK | X_OK) != 0))
        fault(c, "audit_witness", path, "người dùng của dịch vụ không ghi được tệp này",
              "the service's user cannot write this file");
}

static void check_secret(struct checking *c, const char *setting, const char *path)
{
    char secret[512];
    size_t len = 0;
    const char *said = *path != '\0' ? cv_secret_read(path, secret, sizeof(secret), &len) : NULL;
    explicit_bzero(secret, sizeof(secret));
    if (said != NULL)
        fault(c, setting, path, "không đọc được, hoặc người khác cũng đọc được; cần tệp quyền 0600", said);
}

static void check_certificates(struct checking *c, const char *setting, const char *path)
{
    struct cv_error err = {0};
    if (*path != '\0' && !cv_certificates_read(path, &err))
        fault(c, setting, path, err.text[CV_VI], err.text[CV_EN]);
}

static void check_sign_in(struct checking *c)
{
    const struct conf *conf = &c->s->conf;
    struct cv_error err = {0};
    struct oidc_options options;
    uint32_t roles = 0;
    check_secret(c, "oidc_credential_file", conf->oidc_credential_file);
    check_certificates(c, "oidc_ca_file", conf->oidc_ca_file);
    if (*conf->oidc_issuer != '\0' && !sign_in_provider(c->s, &options, &err))
        add(c, err.field, &err);
    cv_error_clear(&err);
    if (!sign_in_roles(conf, &roles, &err))
        add(c, err.field, &err);
}

static void check_key(struct checking *c)
{
    struct cv_error err = {0};
    const char *path = c->s->conf.key_file;
    if (*path != '\0' && !cv_key_load(path, false, &c->s->key, &err))
        add(c, "key_file", &err);
}

static void check_data_folder(struct checking *c)
{
    struct cv_error err = {0};
    struct dir_folder folder;
    const struct conf *conf = &c->s->conf;
    bool embedded = *conf->directory_uri == '\0';
    check_folder(c, "data_dir", conf->data_dir, embedded);
    if (embedded && !dir_folder_look(conf->data_dir, &folder, &err))
        add(c, "data_dir", &err);
    if (embedded && !dir_embedded_installed())
        fault(c, "data_dir", "slapd", "chưa được cài", "is not installed");
}

bool check_settings(struct service *s, struct cv_faults *faults, struct cv_error *err)
{
    struct checking c = {s, faults};
    struct cv_error policy = {0};
    const char *setting = NULL;
    check_data_folder(&c);
    check_secret(&c, "directory_password_file", s->conf.directory_password_file);
    check_certificates(&c, "directory_ca_file", s->conf.directory_ca_file);
    check_key(&c);
    check_folder(&c, "connector_secret_dir", s->conf.connector_secret_dir, false);
    check_open_folder(&c, "connector_file_dir", s->conf.connector_file_dir);
    check_open_folder(&c, "font_dir", s->conf.font_dir);
    check_witness(&c);
    check_sign_in(&c);
    if (!startup_policy(s, &setting, &policy))
        add(&c, setting, &policy);
    dom_policy_free(&s->policy);
    return cv_faults_check(faults, cvp_validation_failed, err);
}

enum { CHECK_MS = 20000 };

bool check_directory(struct service *s, struct cv_faults *faults, struct cv_error *err)
{
    if (!check_settings(s, faults, err) || !startup_policy(s, NULL, err) || !startup_directory(s, true, err) ||
        !dir_session_open(&s->directory, &s->timer_session, err))
        return false;
    dir_session_deadline(s->timer_session, cv_deadline_in_ms(CHECK_MS));
    return dir_prove(s->timer_session, faults, err) && cv_faults_check(faults, cvp_validation_failed, err);
}
