/* The witness file: checkpoints kept elsewhere, each behind the last. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/internal.h"
#include "congvu/log.h"

enum { TAIL = 4 * EV_NOTE_MAX };

struct tail {
    char text[TAIL + 1];
    size_t len;
    off_t from;
};

static void read_tail(int fd, struct tail *out)
{
    struct stat st;
    out->from = fstat(fd, &st) == 0 && st.st_size > TAIL ? st.st_size - TAIL : 0;
    ssize_t len = pread(fd, out->text, TAIL, out->from);
    out->len = len > 0 ? (size_t)len : 0;
    out->text[out->len] = '\0';
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
static bool drop_torn(int fd, struct tail *tail, const char *note)
{
    size_t end = whole_notes(tail->text, tail->len), rest = tail->len - end, name = strcspn(note, "\n") + 1;
    bool torn = rest > 0 && (end > 0 || tail->from == 0) &&
                (tail->text[end] == '\0' || memcmp(tail->text + end, note, rest < name ? rest : name) == 0);
    if (!torn)
        return true;
    bool dropped = ftruncate(fd, tail->from + (off_t)end) == 0;
    read_tail(fd, tail);
    return dropped;
}

/* With or without the empty line behind it. */
static bool already(const struct tail *tail, const char *note, size_t len)
{
    size_t end = tail->len;
    if (end >= 2 && tail->text[end - 2] == '\n')
        end--;
    return end >= len && memcmp(tail->text + end - len, note, len) == 0;
}

/* How large the log was when it was last seen, by the last note of this origin; -1 = never. Who signed it is the
 * verifier's question. */
static int64_t last_seen(const struct tail *tail, const char *note)
{
    char first[EV_NAME_MAX + 2];
    int64_t size = -1;
    snprintf(first, sizeof(first), "%.*s\n", (int)strcspn(note, "\n"), note);
    for (const char *at = tail->text; (at = strstr(at, first)) != NULL; at++)
        if (at == tail->text || at[-1] == '\n')
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
    struct tail tail = {0};
    if (fd >= 0)
        read_tail(fd, &tail);
    bool whole = fd >= 0 && drop_torn(fd, &tail, note), same = whole && already(&tail, note, strlen(note));
    int64_t seen = last_seen(&tail, note);
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
