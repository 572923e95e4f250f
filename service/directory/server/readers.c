/* Read-only identities of mail servers: a password each, made here, known to the file and (hashed) to slapd. The file
 * is the truth: what a restored database does not know is set again, what was deleted is made anew. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "congvu/server.h"
#include "directory/internal.h"

enum { READER_SIGNS = 32, READER_PATH = 4096, READER_SCRATCH = 1 << 20, READER_BIND_MS = 5000 };

struct reader {
    struct dir_session *session;
    const char *dn;
    char path[READER_PATH], fresh[READER_PATH + 8]; /* the file, and what becomes it */
};

static bool file_fault(struct cv_error *err, const char *path, int number)
{
    cv_fail_as(err, CV_INVALID, "readers", "Không ghi được %s", "Cannot write %s", path);
    err->lib_code = number;
    return false;
}

static bool write_fresh(const struct reader *r, const char *password, struct cv_error *err)
{
    ssize_t len = (ssize_t)strlen(password);
    int fd = open(r->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, password, (size_t)len) == len && write(fd, "\n", 1) == 1 &&
              fsync(fd) == 0;
    int number = errno;
    if (fd >= 0)
        close(fd);
    return ok || file_fault(err, r->fresh, number);
}

static bool set_password(const struct reader *r, const char *password, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(READER_SCRATCH);
    struct dir_attrs none, wanted;
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    dir_attrs_init(&none, arena);
    dir_attrs_init(&wanted, arena);
    dir_put(&wanted, "userPassword", password);
    bool ok = dir_modify_entry(r->session, r->dn, &none, &wanted, NULL, NULL, err);
    const struct dir_entry view = {.attrs = wanted};
    const struct dir_attr *attr = dir_get(&view, "userPassword");
    if (attr)
        explicit_bzero((void *)(uintptr_t)attr->values[0].bytes, attr->values[0].len);
    return ok;
}

/* The directory first: a crash in between leaves no file, and the next start makes another password. */
static bool make(const struct reader *r, struct cv_error *err)
{
    char password[READER_SIGNS + 1];
    cv_random_text(password, READER_SIGNS, false);
    bool ok = write_fresh(r, password, err) && set_password(r, password, err);
    explicit_bzero(password, sizeof password);
    if (ok && rename(r->fresh, r->path) != 0)
        ok = file_fault(err, r->path, errno);
    return ok;
}

static bool known_to_slapd(const struct dir_config *config, const struct reader *r)
{
    struct dir_config as_reader = *config;
    struct cv_error ignored = {0};
    LDAP *ld = NULL;
    as_reader.bind_dn = r->dn;
    as_reader.password_file = r->path;
    if (!dir_connect(&as_reader, cv_deadline_in_ms(READER_BIND_MS), &ld, &ignored))
        return false;
    ldap_unbind_ext(ld, NULL, NULL);
    return true;
}

static bool ensure(const struct dir_config *config, const struct reader *r, struct cv_error *err)
{
    char password[256];
    size_t len = 0;
    struct stat st;
    if (lstat(r->path, &st) != 0 && errno == ENOENT)
        return make(r, err);
    if (known_to_slapd(config, r))
        return true;
    if (!dir_read_password(r->path, password, sizeof password - 1, &len, err))
        return false;
    password[len] = '\0';
    bool ok = set_password(r, password, err);
    explicit_bzero(password, sizeof password);
    return ok;
}

bool dir_readers_ready(struct dir_session *s, const struct dir_config *config, const char *folder, struct cv_error *err)
{
    struct stat st;
    cv_auto_arena arena = cv_arena_new(READER_SCRATCH);
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || lstat(folder, &st) != 0 || !S_ISDIR(st.st_mode) ||
        (st.st_mode & 077) != 0)
        return cv_fail_as(err, CV_INVALID, "readers", "%s phải là thư mục 0700 của người dùng này",
                          "%s must be a folder of this user with mode 0700", folder);
    for (size_t i = 0; dir_reader_names[i]; i++) {
        struct reader r = {.session = s};
        r.dn = cv_arena_printf(arena, "cn=%s,ou=readers,ou=system,%s", dir_reader_names[i], dir_session_base(s));
        snprintf(r.path, sizeof r.path, "%s/%s.pass", folder, dir_reader_names[i]);
        snprintf(r.fresh, sizeof r.fresh, "%s.new", r.path);
        if (!ensure(config, &r, err))
            return false;
    }
    return true;
}
