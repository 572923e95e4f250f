/* The witness file: checkpoints kept elsewhere, each behind the last. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/internal.h"
#include "congvu/log.h"

static bool already(int fd, const char *note, size_t len)
{
    char last[EV_NOTE_MAX + 1];
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_size >= (off_t)len + 1 &&
           pread(fd, last, len + 1, st.st_size - (off_t)len - 1) == (ssize_t)len + 1 && memcmp(last, note, len) == 0;
}

/* How large the log was when it was last seen, by the last note of this origin; -1 = never. Who signed it is the
 * verifier's question. */
static int64_t last_seen(int fd, const char *note)
{
    enum { TAIL = 4 * EV_NOTE_MAX };
    char tail[TAIL + 1], first[EV_NAME_MAX + 2];
    struct stat st;
    off_t from = fstat(fd, &st) == 0 && st.st_size > TAIL ? st.st_size - TAIL : 0;
    ssize_t len = pread(fd, tail, TAIL, from);
    int64_t size = -1;
    tail[len > 0 ? len : 0] = '\0';
    snprintf(first, sizeof(first), "%.*s\n", (int)strcspn(note, "\n"), note);
    for (const char *at = tail; (at = strstr(at, first)) != NULL; at++)
        if (at == tail || at[-1] == '\n')
            size = strtoll(at + strlen(first), NULL, 10);
    return size;
}

static int64_t size_of(const char *note)
{
    return strtoll(note + strcspn(note, "\n"), NULL, 10);
}

/* What does not fit is taken back: half a note would look like another log's. */
static bool append(int fd, const char *note)
{
    char text[EV_NOTE_MAX + 2];
    int len = snprintf(text, sizeof(text), "%s\n", note);
    off_t end = lseek(fd, 0, SEEK_END);
    ssize_t written = write(fd, text, (size_t)len);
    if (written == len && fdatasync(fd) == 0)
        return true;
    if (written > 0 && ftruncate(fd, end) != 0)
        cv_log(CV_LOG_WARN, "evidence", "half a checkpoint stands at the end of the witness file");
    return false;
}

bool ev_witness(const char *file, const char *note, struct cv_error *err)
{
    int fd = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool same = fd >= 0 && already(fd, note, strlen(note));
    int64_t seen = fd >= 0 ? last_seen(fd, note) : -1;
    bool behind = !same && seen >= size_of(note);
    bool ok = fd >= 0 && !behind && (same || append(fd, note));
    if (fd >= 0)
        close(fd);
    if (behind)
        return cv_fail(err, cvp_internal, NULL,
                       "Nhật ký kiểm tra có %1$lld bản ghi, tệp đối chứng %3$s đã thấy %2$lld: nhật ký đã bị cắt, quay "
                       "lui hoặc thay thế",
                       "The evidence log has %1$lld entries, the witness file %3$s saw %2$lld: it was cut, rolled back "
                       "or replaced",
                       (long long)size_of(note), (long long)seen, file);
    return ok || cv_fail(err, cvp_internal, NULL, "Không ghi được tệp đối chứng %s",
                         "The witness file %s cannot be written", file);
}
