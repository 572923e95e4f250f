/* The data folder: who may hold it, and what slapd finds in it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "congvu/secret.h"
#include "directory/server/slapd.h"
#include "directory/wire/disk.h"

enum { CONFIG_MAX = 64 << 10, SCHEMA_MAX = 256 << 10, LOG_MAX = 1 << 20, ORPHAN_WAIT_MS = 15000, LOCK_PAUSE_MS = 50 };

static bool path_fault(struct cv_error *err, enum cv_kind kind, const char *path, const char *vi, const char *en)
{
    return cv_fail_as(err, kind, "data_dir", "%1$s: %2$s.%3$.0s", "%1$s: %3$s.%2$.0s", path, vi, en);
}

static bool join(char *out, size_t size, const char *a, const char *b)
{
    return (size_t)snprintf(out, size, "%s%s", a, b) < size;
}

static bool own_folder(const char *path, struct cv_error *err)
{
    struct stat st;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return path_fault(err, CV_INVALID, path, "không tạo được thư mục", "the folder cannot be made");
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return path_fault(err, CV_INVALID, path, "không phải thư mục của người dùng này",
                          "is not a folder of this user");
    if (st.st_mode & 077)
        return path_fault(err, CV_INVALID, path, "người khác vào được; hãy chmod 700",
                          "others can enter it; chmod 700 it");
    return true;
}

bool slapd_find_program(char *out, size_t size)
{
    if (join(out, size, "/usr/sbin/slapd", "") && access(out, X_OK) == 0)
        return true;
    for (const char *p = getenv("PATH"); p && *p;) {
        size_t len = strcspn(p, ":");
        if (len && (size_t)snprintf(out, size, "%.*s/slapd", (int)len, p) < size && access(out, X_OK) == 0)
            return true;
        p += len + (p[len] == ':');
    }
    return false;
}

char **slapd_environment(void)
{
    size_t count = 0, kept = 0;
    while (environ[count] != NULL)
        count++;
    char **out = calloc(count + 1, sizeof(*out));
    for (size_t i = 0; out != NULL && i < count; i++)
        if (strncmp(environ[i], "NOTIFY_SOCKET=", 14) != 0 && strncmp(environ[i], "WATCHDOG_", 9) != 0)
            out[kept++] = environ[i];
    return out;
}

static bool socket_uri(const char *path, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "ldapi://");
    for (; *path && used + 4 < size; path++) {
        bool plain = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
                     (*path >= '0' && *path <= '9') || *path == '.' || *path == '-' || *path == '_';
        used += (size_t)snprintf(out + used, size - used, plain ? "%c" : "%%%02X", (unsigned char)*path);
    }
    return !*path;
}

bool slapd_files_find(const char *data_dir, struct slapd_paths *out, struct cv_error *err)
{
    char *real = realpath(data_dir, NULL);
    bool ok = real && join(out->data, sizeof out->data, real, "");
    free(real);
    if (!ok || strpbrk(out->data, "\"\\\n\r"))
        return path_fault(err, CV_INVALID, data_dir, "đường dẫn không dùng được", "the path cannot be used");
    if (!join(out->folder, sizeof out->folder, out->data, "/slapd") ||
        !join(out->config, sizeof out->config, out->data, "/slapd/slapd.conf") ||
        !join(out->schema, sizeof out->schema, out->data, "/slapd/congvu.schema") ||
        !join(out->log, sizeof out->log, out->data, "/slapd/slapd.log") ||
        !join(out->socket, sizeof out->socket, out->data, "/run/ldapi") ||
        strlen(out->socket) >= sizeof((struct sockaddr_un *)NULL)->sun_path ||
        !socket_uri(out->socket, out->uri, sizeof out->uri))
        return path_fault(err, CV_INVALID, data_dir, "đường dẫn quá dài cho một socket (tối đa 97 ký tự)",
                          "the path is too long for a socket (97 signs at most)");
    if (!slapd_find_program(out->program, sizeof out->program))
        return path_fault(err, CV_UNAVAILABLE, "slapd", "chưa được cài", "is not installed");
    return true;
}

static bool disk_of(const struct slapd_paths *paths, int database, struct dir_disk **out, struct cv_error *err)
{
    char path[DIR_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s/data.mdb", paths->folder, slapd_databases[database].name);
    return dir_disk_open(path, out, err);
}

bool dir_disks_of(const char *data_dir, struct dir_disk **out_records, struct dir_disk **out_usage,
                  struct cv_error *err)
{
    struct slapd_paths paths;
    return slapd_files_find(data_dir, &paths, err) && disk_of(&paths, SLAPD_MAIN, out_records, err) &&
           disk_of(&paths, SLAPD_USAGE, out_usage, err);
}

/* Only so much is put into a configuration file unquoted. */
static bool base_usable(const char *base)
{
    return base && *base &&
           strspn(base, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=,-._") == strlen(base);
}

/* ---- the lock ---- */

/* The process that wrote its number into the lock, 0 when it is gone: then only its slapd still holds it and is about
 * to end. */
static pid_t living_owner(int fd)
{
    char text[32] = "";
    if (pread(fd, text, sizeof text - 1, 0) <= 0)
        return 0;
    long pid = strtol(text, NULL, 10);
    return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM) ? (pid_t)pid : 0;
}

static bool take_lock(int fd, const char *path, struct cv_error *err)
{
    struct cv_deadline until = cv_deadline_in_ms(ORPHAN_WAIT_MS);
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return path_fault(err, CV_INVALID, path, "không khóa được", "cannot be locked");
        if (living_owner(fd) || cv_deadline_passed(until))
            return path_fault(err, CV_CONFLICT, path, "một congvud khác (hoặc slapd của nó) đang dùng thư mục này",
                              "another congvud (or its slapd) uses this folder");
        poll(NULL, 0, LOCK_PAUSE_MS);
    }
    char text[64];
    struct stat st;
    if (fstat(fd, &st) != 0)
        return path_fault(err, CV_INVALID, path, "không đọc được", "cannot be read");
    /* with its own number: a copy of it carries another one's (folder.c) */
    int len = snprintf(text, sizeof text, "%ld %ju\n", (long)getpid(), (uintmax_t)st.st_ino);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
        return path_fault(err, CV_INVALID, path, "không ghi được", "cannot be written");
    return true;
}

bool slapd_make_folders(const char *data, struct cv_error *err)
{
    char path[DIR_PATH_MAX + 32];
    static const char *const folders[] = {"run", "slapd"};
    for (size_t i = 0; i < CV_COUNT(folders); i++) {
        snprintf(path, sizeof path, "%s/%s", data, folders[i]);
        if (!own_folder(path, err))
            return false;
    }
    for (size_t i = 0; i < SLAPD_DATABASES; i++) {
        snprintf(path, sizeof path, "%s/slapd/%s", data, slapd_databases[i].name);
        if (!own_folder(path, err))
            return false;
    }
    return true;
}

bool slapd_files_open(const struct dir_embedded_options *options, struct slapd_paths *out, int *out_lock,
                      struct cv_error *err)
{
    char path[DIR_PATH_MAX + 16];
    if (!base_usable(options->base))
        return cv_fail_as(err, CV_INVALID, "base", "Gốc thư mục chỉ dùng chữ không dấu, số và = , - . _",
                          "The suffix may hold only ASCII letters, digits and = , - . _");
    if (!own_folder(options->data_dir, err) || !slapd_files_find(options->data_dir, out, err))
        return false;
    if (!slapd_make_folders(out->data, err))
        return false;
    snprintf(path, sizeof path, "%s/lock", out->data);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return path_fault(err, CV_INVALID, path, "không mở được", "cannot be opened");
    if (!take_lock(fd, path, err)) {
        close(fd);
        return false;
    }
    *out_lock = fd;
    return true;
}

/* ---- files ---- */

bool slapd_write_file(const char *path, const char *bytes, size_t len, struct cv_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t done = 0;
    while (fd >= 0 && done < len) {
        ssize_t n = write(fd, bytes + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    bool ok = fd >= 0 && done == len && fdatasync(fd) == 0;
    ok = fd >= 0 && close(fd) == 0 && ok;
    return ok || path_fault(err, CV_INVALID, path, "không ghi được", "cannot be written");
}

static bool index_digest(char out[CV_DIGEST_TEXT])
{
    static const struct cv_key no_key; /* a fingerprint, not a secret */
    cv_auto_buf text = {0};
    cv_buf_init(&text, SCHEMA_MAX);
    slapd_index_text(&text);
    if (!cv_buf_ok(&text))
        return false;
    cv_digest(&no_key, text.data, text.len, out);
    return true;
}

static bool digest_stored(const struct slapd_paths *paths, const char *digest)
{
    char path[DIR_PATH_MAX + 16], text[CV_DIGEST_TEXT] = "";
    snprintf(path, sizeof path, "%s/digest", paths->folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    return n == CV_DIGEST_TEXT - 1 && strcmp(text, digest) == 0;
}

bool slapd_files_indexed(const struct slapd_paths *paths, struct cv_error *err)
{
    char path[DIR_PATH_MAX + 16], digest[CV_DIGEST_TEXT];
    snprintf(path, sizeof path, "%s/digest", paths->folder);
    return index_digest(digest) ? slapd_write_file(path, digest, strlen(digest), err)
                                : cv_fail_as(err, CV_INTERNAL, "", "Lược đồ quá lớn", "The schema is too large");
}

bool slapd_files_write(const struct dir_embedded_options *options, const struct slapd_paths *paths, bool *out_reindex,
                       struct cv_error *err)
{
    char path[DIR_PATH_MAX + 32], digest[CV_DIGEST_TEXT];
    snprintf(path, sizeof path, "%s/congvu.schema", paths->folder);
    if (!slapd_write_file(path, dir_schema_text, strlen(dir_schema_text), err))
        return false;
    cv_auto_buf config = {0};
    cv_buf_init(&config, CONFIG_MAX);
    slapd_config_text(options, paths, &config);
    if (!cv_buf_ok(&config) || !index_digest(digest))
        return cv_fail_as(err, CV_INTERNAL, "", "Cấu hình slapd quá lớn", "slapd's configuration is too large");
    if (!slapd_write_file(paths->config, config.data, config.len, err))
        return false;
    snprintf(path, sizeof path, "%s/db/data.mdb", paths->folder);
    *out_reindex = access(path, F_OK) == 0 && !digest_stored(paths, digest);
    return true;
}

int slapd_log_open(const struct slapd_paths *paths)
{
    struct stat st;
    int fd = open(paths->log, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > LOG_MAX && ftruncate(fd, 0) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void slapd_log_tail(const struct slapd_paths *paths, char *out, size_t size)
{
    char text[2048] = "";
    struct stat st;
    int fd = slapd_log_open(paths);
    out[0] = '\0';
    if (fd < 0)
        return;
    off_t from = fstat(fd, &st) == 0 && st.st_size > (off_t)sizeof text - 1 ? st.st_size - (off_t)sizeof text + 1 : 0;
    ssize_t n = pread(fd, text, sizeof text - 1, from);
    close(fd);
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = '\0';
    if (n <= 0)
        return;
    /* the last line but "slapd stopped." tells why */
    char *line = strrchr(text, '\n');
    while (line && (strstr(line, "slapd stopped") || strstr(line, "connections_destroy"))) {
        *line = '\0';
        line = strrchr(text, '\n');
    }
    snprintf(out, size, "%s", line ? line + 1 : text);
}
