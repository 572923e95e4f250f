/* The witness file: checkpoints kept elsewhere, each behind the last. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/internal.h"
#include "congvu/log.h"

enum { TAIL = 4 * EV_NOTE_MAX };

static ssize_t read_tail(int fd, char tail[TAIL + 1], off_t *out_from)
{
    struct stat st;
    *out_from = fstat(fd, &st) == 0 && st.st_size > TAIL ? st.st_size - TAIL : 0;
    ssize_t len = pread(fd, tail, TAIL, *out_from);
    tail[len > 0 ? len : 0] = '\0';
    return len;
}

/* Behind the last note that is whole, which is where its signature ends; 0 = there is none. */
static size_t whole_notes(const char *tail, size_t len)
{
    size_t end = 0;
    const char *stop;
    for (const char *at = tail; (stop = memchr(at, '\n', len - (size_t)(at - tail))) != NULL; at = stop + 1)
        if (strncmp(at, EV_NOTE_DASH, strlen(EV_NOTE_DASH)) == 0)
            end = (size_t)(stop - tail) + (stop[1] == '\n' ? 2 : 1);
    return end;
}

/* What a power cut left of a note is taken away: the next one behind it would look like another log's. Anything else is
 * nobody's note of ours and stays. */
static bool drop_torn(int fd, const char *note)
{
    char tail[TAIL + 1];
    off_t from;
    ssize_t len = read_tail(fd, tail, &from);
    size_t end = len > 0 ? whole_notes(tail, (size_t)len) : 0, rest = len > 0 ? (size_t)len - end : 0;
    size_t name = strcspn(note, "\n") + 1;
    bool torn = rest > 0 && (end > 0 || from == 0) &&
                (tail[end] == '\0' || memcmp(tail + end, note, rest < name ? rest : name) == 0);
    return !torn || ftruncate(fd, from + (off_t)end) == 0;
}

/* With or without the empty line behind it. */
static bool already(int fd, const char *note, size_t len)
{
    char tail[TAIL + 1];
    off_t from;
    ssize_t got = read_tail(fd, tail, &from);
    size_t end = got > 0 ? (size_t)got : 0;
    if (end >= 2 && tail[end - 2] == '\n')
        end--;
    return end >= len && memcmp(tail + end - len, note, len) == 0;
}

/* How large the log was when it was last seen, by the last note of this origin; -1 = never. Who signed it is the
 * verifier's question. */
static int64_t last_seen(int fd, const char *note)
{
    char tail[TAIL + 1], first[EV_NAME_MAX + 2];
    off_t from;
    int64_t size = -1;
    (void)read_tail(fd, tail, &from);
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
    bool whole = fd >= 0 && drop_torn(fd, note), same = whole && already(fd, note, strlen(note));
    int64_t seen = fd >= 0 ? last_seen(fd, note) : -1;
    bool behind = !same && seen >= size_of(note);
    bool ok = whole && !behind && (same || append(fd, note));
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
