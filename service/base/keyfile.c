/* The file of the master key: made once, never replaced. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/inner.h"
#include "congvu/secret.h"

enum { KEY_BYTES = 32, PATH_ROOM = 4096 };

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define auto_fd __attribute__((cleanup(close_fd))) int

static bool refuse(struct cv_error *err, const char *path, const char *vi, const char *en)
{
    cv_fail_as(err, CV_INVALID, "key_file", "%.120s", "%.120s", path);
    snprintf(err->text[CV_VI], sizeof(err->text[CV_VI]), "Tệp khóa %.120s: %s", path, vi);
    snprintf(err->text[CV_EN], sizeof(err->text[CV_EN]), "Key file %.120s: %s", path, en);
    return false;
}

static bool system_error(struct cv_error *err, const char *path, int number)
{
    char text[128];
    const char *said = strerror_r(number, text, sizeof(text));

    refuse(err, path, "không đọc hoặc không tạo được", "cannot be read or made");
    err->lib_code = number;
    snprintf(err->lib_text, sizeof(err->lib_text), "%s", said);
    return false;
}

static bool check(int fd, const char *path, struct cv_error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return system_error(err, path, errno);
    if (!S_ISREG(st.st_mode) || st.st_size != KEY_BYTES)
        return refuse(err, path, "phải là tệp thường đúng 32 byte", "must be a plain file of exactly 32 bytes");
    if (st.st_uid != geteuid())
        return refuse(err, path, "phải thuộc về người dùng chạy dịch vụ", "must be owned by the user of this service");
    if (st.st_mode & 077)
        return refuse(err, path, "người khác đọc được; hãy chạy chmod 600", "others have access to it; run chmod 600");
    return true;
}

static bool load(int fd, const char *path, struct cv_key *out, struct cv_error *err)
{
    struct cv_key key;

    if (!check(fd, path, err))
        return false;
    ssize_t n = read(fd, key.bytes, sizeof(key.bytes));

    if (n != KEY_BYTES)
        return n < 0 ? system_error(err, path, errno) : refuse(err, path, "bị cắt ngắn", "was cut short");
    *out = key;
    OPENSSL_cleanse(&key, sizeof(key));
    return true;
}

static bool write_key(int fd)
{
    struct cv_key key;

    cv_random(key.bytes, sizeof(key.bytes));
    bool ok = write(fd, key.bytes, sizeof(key.bytes)) == KEY_BYTES && fsync(fd) == 0;

    OPENSSL_cleanse(&key, sizeof(key));
    return ok;
}

bool cv_folder_flush(const char *path)
{
    char folder[PATH_ROOM];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;

    if (n >= sizeof(folder)) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(folder, path, n);
    folder[n] = '\0';
    auto_fd fd = open(n > 0 ? folder : slash ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 && fsync(fd) == 0;
}

/* Written whole under another name and then linked, so that nobody ever sees half a key, and of two processes that
 * start at once both end with the same one. */
static bool make(const char *path, struct cv_error *err)
{
    char temporary[PATH_ROOM];
    int n = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);

    if (n < 0 || (size_t)n >= sizeof(temporary))
        return refuse(err, path, "đường dẫn quá dài", "the path is too long");
    auto_fd fd = mkostemp(temporary, O_CLOEXEC);

    if (fd < 0)
        return system_error(err, path, errno);
    bool ok = write_key(fd) && (link(temporary, path) == 0 || errno == EEXIST);
    int number = errno;

    unlink(temporary);
    if (!ok)
        return system_error(err, path, number);
    (void)cv_folder_flush(path); /* lost with the power, the next start would make another key */
    return true;
}

bool cv_key_load(const char *path, bool create, struct cv_key *out, struct cv_error *err)
{
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT && create) {
        if (!make(path, err))
            return false;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    }
    return fd < 0 ? system_error(err, path, errno) : load(fd, path, out, err);
}

const char *cv_secret_read(const char *path, char *out, size_t size, size_t *out_len)
{
    struct stat st;
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &st) != 0)
        return "cannot be opened";
    bool trusted = st.st_uid == geteuid() || st.st_uid == 0 || geteuid() == 0; /* root tends a server of both */
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0 || !trusted)
        return "must be a plain file of this user with mode 0600";
    ssize_t n = read(fd, out, size);

    while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r'))
        n--;
    if (n <= 0 || (size_t)n == size)
        return "empty or too long";
    out[n] = '\0';
    *out_len = (size_t)n;
    return NULL;
}
