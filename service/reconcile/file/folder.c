/* The folder of an exchange: what waits, what is written, what is put away. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "reconcile/file/file.h"

enum { KEPT = 14, QUIET_S = 2, NAMES_MAX = 4096, SUM_LEN = 64 };

/* False: too long. */
static bool path_of(char out[PATH_MAX], const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool path_of(char out[PATH_MAX], const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(out, PATH_MAX, fmt, args);
    va_end(args);
    return len >= 0 && len < PATH_MAX;
}

static bool broken(struct cv_error *err, const char *what)
{
    return cv_fail_as(err, CV_UNAVAILABLE, NULL, "Thư mục trao đổi tệp: %s (%s)", "The folder of the exchange: %s (%s)",
                      what, strerrorname_np(errno));
}

bool file_box_open(const char *dir, const char *folder, struct file_box *out, struct cv_error *err)
{
    static const char *const parts[] = {"", "/out", "/in", "/in/done", "/in/refused"};
    if (*dir == '\0' || folder == NULL ||
        snprintf(out->base, sizeof out->base, "%s/%s", dir, folder) >= (int)sizeof out->base)
        return cv_fail_as(err, CV_INVALID, NULL,
                          "Chưa khai báo thư mục trao đổi tệp; vui lòng nhờ người vận hành máy chủ",
                          "connector_file_dir is not set");
    for (size_t i = 0; i < CV_COUNT(parts); i++) {
        char path[PATH_MAX];
        path_of(path, "%s%s", out->base, parts[i]);
        if (mkdir(path, 0770) != 0 && errno != EEXIST)
            return broken(err, path);
    }
    return true;
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), tail = strlen(end);
    return len > tail && strcasecmp(name + len - tail, end) == 0;
}

static bool is_list(const char *name)
{
    return *name != '.' && (ends_with(name, ".csv") || ends_with(name, ".xlsx"));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of lists in a folder, sorted; to be freed one by one. */
static size_t names_in(const char *path, char *out[NAMES_MAX])
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    size_t count = 0;
    while (dir != NULL && count < NAMES_MAX && (entry = readdir(dir)) != NULL) {
        out[count] = is_list(entry->d_name) ? strdup(entry->d_name) : NULL;
        count += out[count] != NULL ? 1 : 0;
    }
    if (dir != NULL)
        closedir(dir);
    qsort(out, count, sizeof *out, by_name);
    return count;
}

static void free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
}

/* ---- exports ---- */
/* Whole by its sum, or silent for a moment. */
static bool is_complete(const char *path, bool checksum)
{
    char sum[PATH_MAX];
    struct stat about;
    bool summed = path_of(sum, "%s.sha256", path) && access(sum, R_OK) == 0;
    return lstat(path, &about) == 0 && S_ISREG(about.st_mode) &&
           (summed || (!checksum && time(NULL) - about.st_mtime >= QUIET_S));
}

bool file_waiting(const struct file_box *box, bool checksum, char out_name[NAME_MAX + 1])
{
    char *names[NAMES_MAX], path[PATH_MAX];
    bool found = false;
    path_of(path, "%s/in", box->base);
    size_t count = names_in(path, names);
    for (size_t i = 0; i < count && !found; i++) {
        path_of(path, "%s/in/%s", box->base, names[i]);
        found = is_complete(path, checksum);
        if (found)
            snprintf(out_name, NAME_MAX + 1, "%s", names[i]);
    }
    free_names(names, count);
    return found;
}

static bool read_whole(const char *path, size_t most, struct cv_buf *out, struct cv_error *err)
{
    char piece[1 << 16];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return broken(err, path);
    cv_buf_init(out, most);
    while ((n = read(fd, piece, sizeof piece)) > 0)
        cv_buf_put(out, piece, (size_t)n);
    close(fd);
    if (n < 0)
        return broken(err, path);
    return cv_buf_ok(out) || cv_fail_as(err, CV_INVALID, NULL, "Tệp quá lớn (tối đa %d MiB)",
                                        "The file is too large (at most %d MiB)", (int)(most >> 20));
}

static bool check_sum(const char *path, bool needed, const struct cv_buf *bytes, struct cv_error *err)
{
    cv_auto_buf said = {0};
    char sum_path[PATH_MAX], sum[CV_DIGEST_TEXT];
    path_of(sum_path, "%s.sha256", path);
    if (access(sum_path, F_OK) != 0 && !needed)
        return true;
    if (!read_whole(sum_path, 1 << 12, &said, err))
        return false;
    cv_sha256(bytes->data, bytes->len, sum);
    return (said.len >= SUM_LEN && strncasecmp(cv_buf_str(&said), sum, SUM_LEN) == 0) ||
           cv_fail_as(err, CV_INVALID, NULL, "Tệp không khớp mã kiểm SHA-256 đi kèm",
                      "The file does not agree with the SHA-256 sum beside it");
}

bool file_read(const struct file_box *box, const char *name, bool checksum, struct cv_buf *out, struct cv_error *err)
{
    char path[PATH_MAX];
    path_of(path, "%s/in/%s", box->base, name);
    return read_whole(path, INT_FILE_MAX, out, err) && check_sum(path, checksum, out, err);
}

/* Oldest first, by name. */
static void prune(const char *folder)
{
    char *names[NAMES_MAX], path[PATH_MAX];
    size_t count = names_in(folder, names);
    for (size_t i = 0; i + KEPT < count; i++) {
        path_of(path, "%s/%s", folder, names[i]);
        unlink(path);
        path_of(path, "%s/%s.sha256", folder, names[i]);
        unlink(path);
    }
    free_names(names, count);
}

static void move_away(const struct file_box *box, const char *name, const char *end, const char *where, const char *now)
{
    char from[PATH_MAX], to[PATH_MAX];
    path_of(from, "%s/in/%s%s", box->base, name, end);
    path_of(to, "%s/in/%s/%s-%s%s", box->base, where, now, name, end);
    if (rename(from, to) != 0 && errno != ENOENT)
        unlink(from);
}

void file_put_away(const struct file_box *box, const char *name, bool taken)
{
    char folder[PATH_MAX], now[CV_MOMENT_TEXT];
    const char *where = taken ? "done" : "refused";
    cv_moment_ldap(cv_now(), now);
    move_away(box, name, "", where, now);
    move_away(box, name, ".sha256", where, now);
    path_of(folder, "%s/in/%s", box->base, where);
    prune(folder);
}

/* ---- lists ---- */
cv_moment file_last_list(const struct file_box *box)
{
    char *names[NAMES_MAX], path[PATH_MAX];
    cv_moment last = 0;
    path_of(path, "%s/out", box->base);
    size_t count = names_in(path, names);
    for (size_t i = 0; i < count; i++) {
        const char *dash = strrchr(names[i], '-');
        char text[CV_MOMENT_TEXT] = "";
        cv_moment at = 0;
        snprintf(text, sizeof text, "%.*s", dash ? (int)strcspn(dash + 1, ".") : 0, dash ? dash + 1 : "");
        if (cv_moment_parse_ldap(text, &at) && at > last)
            last = at;
    }
    free_names(names, count);
    return last;
}

static bool write_file(const char *path, const void *bytes, size_t len, struct cv_error *err)
{
    char part[PATH_MAX];
    if (!path_of(part, "%s.part", path))
        return cv_fail_as(err, CV_INTERNAL, NULL, "Đường dẫn quá dài", "The path is too long");
    unlink(part);
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    bool ok = fd >= 0;
    for (size_t done = 0; ok && done < len;) {
        ssize_t n = write(fd, (const char *)bytes + done, len - done);
        ok = n > 0;
        done += ok ? (size_t)n : 0;
    }
    ok = ok && fchmod(fd, 0640) == 0 && fsync(fd) == 0; /* the folder's group reads it, whatever the umask */
    ok = (fd < 0 || close(fd) == 0) && ok;
    return (ok && rename(part, path) == 0) || broken(err, path);
}

bool file_write_list(const struct file_box *box, const char *name, const struct cv_buf *bytes, struct cv_error *err)
{
    char path[PATH_MAX], sum_path[PATH_MAX], line[CV_DIGEST_TEXT + NAME_MAX + 4], sum[CV_DIGEST_TEXT];
    cv_sha256(bytes->data, bytes->len, sum);
    path_of(path, "%s/out/%s", box->base, name);
    path_of(sum_path, "%s/out/%s.sha256", box->base, name);
    snprintf(line, sizeof line, "%s  %s\n", sum, name);
    if (!write_file(sum_path, line, strlen(line), err) || !write_file(path, bytes->data, bytes->len, err))
        return false;
    path_of(path, "%s/out", box->base);
    prune(path);
    return true;
}
