/* Small files of the log: whole under another name first, so that a reader never sees half of one. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/internal.h"

bool ev_path(char out[EV_PATH_MAX], const char *folder, const char *fmt, ...)
{
    va_list ap;
    int n = snprintf(out, EV_PATH_MAX, "%s/", folder);
    if (n < 0 || n >= EV_PATH_MAX)
        return false;
    va_start(ap, fmt);
    int more = vsnprintf(out + n, (size_t)(EV_PATH_MAX - n), fmt, ap);
    va_end(ap);
    return more >= 0 && n + more < EV_PATH_MAX - 8;
}

bool ev_make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made)
            return false;
    }
    return true;
}

static bool put_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

bool ev_write_whole(char *path, const void *bytes, size_t len, bool flush)
{
    char fresh[EV_PATH_MAX + 8];
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == ENOENT && ev_make_folders(path))
        fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool ok = put_all(fd, bytes, len) && (!flush || fdatasync(fd) == 0);
    ok = close(fd) == 0 && ok;
    return ok && rename(fresh, path) == 0;
}

bool ev_read_whole(const char *path, size_t max, struct cv_buf *out)
{
    char piece[16384];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t n = -1;
    if (fd < 0)
        return false;
    cv_buf_init(out, max + 1);
    while (cv_buf_ok(out) && (n = read(fd, piece, sizeof(piece))) > 0)
        cv_buf_put(out, piece, (size_t)n);
    close(fd);
    if (n == 0 && cv_buf_ok(out) && out->len <= max)
        return true;
    cv_buf_free(out);
    return false;
}

bool ev_flush(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    return close(fd) == 0 && ok;
}
