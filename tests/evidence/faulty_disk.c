/* A disk that fails on demand, for tests: preloaded into the service, it lets every write below $FAULTY_FOLDER go as
 * the file $FAULTY_WORD says at that moment: "full" (ENOSPC), "read-only" (EROFS), "hangs" (does not return),
 * "unconfirmed" (EIO of a flush by who only reads the file, as the service does with slapd's); else as usual. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *word(char *out, size_t size)
{
    const char *file = getenv("FAULTY_WORD");
    int fd = file != NULL ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n = fd >= 0 ? read(fd, out, size - 1) : 0;
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return out;
}

static int concerned(int fd)
{
    char link[64], path[4096];
    const char *folder = getenv("FAULTY_FOLDER");
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = folder != NULL ? readlink(link, path, sizeof(path) - 1) : -1;
    return n > 0 && (size_t)n >= strlen(folder) && strncmp(path, folder, strlen(folder)) == 0;
}

/* 0 = goes on; else the error. */
static int fault(int fd)
{
    char now[32];
    const struct timespec pause = {.tv_nsec = 10000000};
    if (!concerned(fd))
        return 0;
    while (strcmp(word(now, sizeof(now)), "hangs") == 0)
        nanosleep(&pause, NULL);
    return strcmp(now, "full") == 0 ? ENOSPC : strcmp(now, "read-only") == 0 ? EROFS : 0;
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at);
ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at);

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "pwrite");
    errno = fault(fd);
    return errno != 0 ? -1 : real(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    return pwrite(fd, bytes, len, at);
}

int fdatasync(int fd)
{
    static int (*real)(int);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    errno = fault(fd);
    char now[32];
    if (errno == 0 && concerned(fd) && strcmp(word(now, sizeof(now)), "unconfirmed") == 0 &&
        (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
        errno = EIO;
    return errno != 0 ? -1 : real(fd);
}
