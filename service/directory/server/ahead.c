/* Room in a database's file that is written before it is needed. Where a file grows, or a hole of it is filled, each
 * flush commits the file system's journal as well, which costs about as much as the flush itself; a page that lies
 * there already is only flushed. Only while slapd is not running: what it adds at the end would be written over. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "congvu/log.h"
#include "directory/server/slapd.h"

enum { CHUNK = 1 << 20, SPARE = 16 }; /* never more than one part of so many of what the disk has left */
static const int64_t STEP = INT64_C(64) << 20;

static bool may_take(int fd, int64_t bytes)
{
    struct statvfs disk;
    return fstatvfs(fd, &disk) == 0 && (int64_t)(disk.f_bavail * disk.f_frsize / SPARE) > bytes;
}

static bool write_zeros(int fd, int64_t from, int64_t to)
{
    char *zeros = calloc(1, CHUNK);
    bool ok = zeros != NULL;
    for (int64_t at = from; ok && at < to;) {
        size_t len = to - at < CHUNK ? (size_t)(to - at) : CHUNK;
        ssize_t n = pwrite(fd, zeros, len, at);
        ok = n > 0;
        at += n;
    }
    free(zeros);
    return ok && fdatasync(fd) == 0;
}

/* How far the file is written without a hole: to a whole number of steps, and slapd has not come to its end yet. */
static void extend(int fd, int64_t most)
{
    struct stat st;
    int64_t end = lseek(fd, 0, SEEK_HOLE), to = (end / STEP + 1) * STEP;
    if (end < 0 || end % STEP == 0 || fstat(fd, &st) != 0)
        return;
    if (to - end < STEP / 2)
        to += STEP;
    if (to > most || !may_take(fd, to - end))
        return;
    if (!write_zeros(fd, end, to) && st.st_size < to && ftruncate(fd, st.st_size) != 0)
        cv_log(CV_LOG_WARN, "directory_ahead", "room that was begun in a database's file could not be given back");
}

void slapd_write_ahead(const char *path, uint64_t most)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    extend(fd, (int64_t)most);
    close(fd);
}
