/* The data folder before anything is written into it: whose data these are, of which version, and whether they are all
 * there. DATA/state says what belongs together; DATA/lock says whether its folder is the one that it was made in. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory/server/slapd.h"

enum { STATE_MAX = 1024 };

static bool torn(struct cv_error *err, const char *data_dir, const char *vi, const char *en)
{
    return cv_fail_as(err, CV_CONFLICT, "data_dir",
                      "%1$s: %2$s; chưa ghi gì vào đó. Hãy phục hồi từ bản sao lưu (congvud restore).%3$.0s",
                      "%1$s: %3$s; nothing was written there. Restore a backup (congvud restore).%2$.0s", data_dir, vi,
                      en);
}

static int64_t database_size(const char *data_dir, const char *name)
{
    char path[DIR_PATH_MAX + 32];
    struct stat st;
    snprintf(path, sizeof path, "%s/slapd/%s/data.mdb", data_dir, name);
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
}

static bool read_text(const char *data_dir, const char *name, char *out, size_t size, struct stat *st)
{
    char path[DIR_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", data_dir, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd >= 0 && fstat(fd, st) == 0 ? read(fd, out, size - 1) : -1;
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n >= 0;
}

/* "name value\n" of the state; NULL when it has no such line. */
static const char *line_of(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *p = text; p != NULL && *p != '\0'; p = strchr(p, '\n'), p = p != NULL ? p + 1 : NULL)
        if (strncmp(p, name, len) == 0 && p[len] == ' ')
            return p + len + 1;
    return NULL;
}

static bool all_there(const char *data_dir, const char *text, struct cv_error *err)
{
    for (size_t i = 0; i < SLAPD_DATABASES; i++) {
        const char *least = line_of(text, slapd_databases[i].name);
        int64_t size = database_size(data_dir, slapd_databases[i].name);
        if (least != NULL && size < strtoll(least, NULL, 10))
            return torn(err, data_dir,
                        size < 0 ? "thiếu một cơ sở dữ liệu (slapd/*/data.mdb)" : "một cơ sở dữ liệu bị cắt ngắn",
                        size < 0 ? "a database (slapd/*/data.mdb) is missing" : "a database was cut short");
    }
    return true;
}

/* A folder that a running service held: the same one after a crash, or a copy of it, whose databases are of different
 * moments. The lock's own number tells which. */
static bool not_a_running_copy(const char *data_dir, struct cv_error *err)
{
    char text[64];
    struct stat st;
    if (!read_text(data_dir, "lock", text, sizeof text, &st))
        return true;
    const char *number = strchr(text, ' ');
    if (number == NULL || strtoumax(number + 1, NULL, 10) == (uintmax_t)st.st_ino)
        return true;
    return torn(
        err, data_dir,
        "bản chép từ thư mục đang chạy, các tệp có thể không khớp nhau (nếu là ảnh chụp đĩa tại một thời điểm, "
        "xóa tệp lock rồi chạy lại)",
        "this was copied from a running folder, its files may not fit together (if it is an atomic snapshot of a "
        "disk, delete the file lock and start again)");
}

static bool known_version(long version, struct cv_error *err)
{
    return version <= DIR_SCHEMA_VERSION || dir_newer_data(err);
}

bool dir_newer_data(struct cv_error *err)
{
    return cv_fail_as(err, CV_CONFLICT, "cvSchemaVersion",
                      "Dữ liệu thuộc phiên bản mới hơn của congvud; hãy cài phiên bản đó. Chưa thay đổi gì",
                      "The data belong to a newer version of congvud; install that one. Nothing was changed");
}

bool dir_folder_look(const char *data_dir, struct dir_folder *out, struct cv_error *err)
{
    char text[STATE_MAX];
    struct stat st;
    *out = (struct dir_folder){.begun = database_size(data_dir, "db") > 0};
    if (!read_text(data_dir, "state", text, sizeof text, &st))
        return !out->begun || not_a_running_copy(data_dir, err);
    const char *key = line_of(text, "key"), *schema = line_of(text, "schema");
    if (key == NULL || schema == NULL)
        return torn(err, data_dir, "tệp state không đọc được", "the file state is not readable");
    snprintf(out->fingerprint, sizeof out->fingerprint, "%.16s", key);
    out->begun = true;
    return known_version(strtol(schema, NULL, 10), err) && all_there(data_dir, text, err) &&
           not_a_running_copy(data_dir, err);
}

bool dir_folder_seal(const char *data_dir, const char *fingerprint, struct cv_error *err)
{
    char path[DIR_PATH_MAX + 32], next[DIR_PATH_MAX + 40];
    cv_auto_buf text = {0};
    cv_buf_init(&text, STATE_MAX);
    cv_buf_printf(&text, "schema %d\nkey %s\n", DIR_SCHEMA_VERSION, fingerprint);
    for (size_t i = 0; i < SLAPD_DATABASES; i++)
        if (slapd_databases[i].kept)
            cv_buf_printf(&text, "%s %" PRId64 "\n", slapd_databases[i].name,
                          database_size(data_dir, slapd_databases[i].name));
    snprintf(path, sizeof path, "%s/state", data_dir);
    snprintf(next, sizeof next, "%s.new", path);
    return slapd_write_file(next, text.data, text.len, err) &&
           (rename(next, path) == 0 ||
            cv_fail_as(err, CV_INVALID, "data_dir", "%s: không ghi được", "%s: cannot be written", path));
}
