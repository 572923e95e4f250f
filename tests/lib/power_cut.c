/* A disk that forgets what was not flushed, for tests: preloaded into slapd and the service, it notes in the file
 * $POWER_JOURNAL what lay below $POWER_ROOT before each write, and which of these writes were flushed. After both are
 * killed, power.py puts back a part of what was not: what a power cut may leave behind, which no kill does.
 *
 * A record is a header and, for a write, the bytes as they were. Each is one append, so that processes may share the
 * file. A write to a descriptor with O_SYNC or O_DSYNC is flushed when it returns; fdatasync() and fsync(), of
 * whichever process, flush the writes to that file that had returned when they were called. Names (new files, renames)
 * are left alone, as on a file system that keeps them in order. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { BEGUN = 1, FLUSHED = 2, FLUSHED_ONE = 3, RETURNED = 4 };
struct header {
    uint32_t kind, had;         /* had: how many of the bytes lay there, they follow */
    uint64_t id, file, at, len; /* FLUSHED: the file; FLUSHED_ONE, RETURNED: the id */
};

static uint64_t next_id(void)
{
    static _Atomic uint32_t count;
    return (uint64_t)getpid() << 32 | ++count;
}

/* The journal: opened once, out of the way of the numbers a program may use. -1: nobody asked for one. */
static int journal(void)
{
    static _Atomic int known = -2;
    static _Atomic int owner;
    const char *name = getenv("POWER_JOURNAL");
    if (known != -2 && owner == getpid())
        return known;
    int fd = name != NULL ? open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    int high = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 200) : -1;
    if (fd >= 0)
        close(fd);
    owner = getpid();
    known = high;
    return high;
}

static const char *name_of(int fd, char out[64])
{
    snprintf(out, 64, "/proc/self/fd/%d", fd);
    return out;
}

/* Its inode; 0: of no concern. */
static uint64_t file_of(int fd)
{
    char link[64], path[4096];
    struct stat st;
    const char *root = getenv("POWER_ROOT");
    if (root == NULL || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return 0;
    ssize_t n = readlink(name_of(fd, link), path, sizeof(path) - 1);
    return n > 0 && (size_t)n >= strlen(root) && strncmp(path, root, strlen(root)) == 0 ? st.st_ino : 0;
}

static void append(const struct header *h, const void *bytes)
{
    struct iovec parts[2] = {{(void *)(uintptr_t)h, sizeof(*h)}, {(void *)(uintptr_t)bytes, h->had}};
    static ssize_t (*real)(int, const struct iovec *, int);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "writev");
    if (real(journal(), parts, 2) != (ssize_t)(sizeof(*h) + h->had))
        abort();
}

/* Before a write; the number of it, 0 = of no concern. */
static uint64_t note(int fd, off_t at, size_t len)
{
    struct header h = {.kind = BEGUN, .file = journal() >= 0 ? file_of(fd) : 0, .at = (uint64_t)at, .len = len};
    if (h.file == 0 || len == 0)
        return 0;
    char link[64], *before = malloc(len);
    int again = open(name_of(fd, link), O_RDONLY | O_CLOEXEC); /* the descriptor itself may be open for writing only */
    ssize_t had = again >= 0 && before != NULL ? pread(again, before, len, at) : -1;
    if (had < 0)
        abort();
    close(again);
    h.had = (uint32_t)had;
    h.id = next_id();
    append(&h, before);
    free(before);
    return h.id;
}

static void written(int fd, uint64_t id)
{
    if (id == 0)
        return;
    bool flushed = (fcntl(fd, F_GETFL) & (O_SYNC | O_DSYNC)) != 0;
    append(&(struct header){.kind = flushed ? FLUSHED_ONE : RETURNED, .id = id}, NULL);
}

#define REAL(name, ...)                                                                                                \
    static __typeof__(name) *real;                                                                                     \
    if (real == NULL)                                                                                                  \
        *(void **)&real = dlsym(RTLD_NEXT, #name);

static size_t total(const struct iovec *parts, int count)
{
    size_t len = 0;
    for (int i = 0; i < count; i++)
        len += parts[i].iov_len;
    return len;
}

static off_t where(int fd)
{
    struct stat st;
    return fcntl(fd, F_GETFL) & O_APPEND && fstat(fd, &st) == 0 ? st.st_size : lseek(fd, 0, SEEK_CUR);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    REAL(pwrite)
    uint64_t id = note(fd, at, len);
    ssize_t n = real(fd, bytes, len, at);
    written(fd, id);
    return n;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    REAL(pwritev)
    uint64_t id = note(fd, at, total(parts, count));
    ssize_t n = real(fd, parts, count, at);
    written(fd, id);
    return n;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    REAL(write)
    uint64_t id = note(fd, where(fd), len);
    ssize_t n = real(fd, bytes, len);
    written(fd, id);
    return n;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    REAL(writev)
    uint64_t id = note(fd, where(fd), total(parts, count));
    ssize_t n = real(fd, parts, count);
    written(fd, id);
    return n;
}

/* The disk itself need not be asked: nothing here outlives the machine. */
int fdatasync(int fd)
{
    struct header h = {.kind = FLUSHED, .file = journal() >= 0 ? file_of(fd) : 0};
    if (h.file != 0)
        append(&h, NULL);
    return 0;
}

int fsync(int fd)
{
    return fdatasync(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    return pwrite(fd, bytes, len, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
    return pwritev(fd, parts, count, at);
}
