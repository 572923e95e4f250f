/* The witness file: checkpoints kept elsewhere, each behind the last. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/internal.h"

static bool already(int fd, const char *note, size_t len)
{
    char last[EV_NOTE_MAX + 1];
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_size >= (off_t)len + 1 &&
           pread(fd, last, len + 1, st.st_size - (off_t)len - 1) == (ssize_t)len + 1 && memcmp(last, note, len) == 0;
}

bool ev_witness(const char *file, const char *note, struct cv_error *err)
{
    char text[EV_NOTE_MAX + 2];
    int len = snprintf(text, sizeof(text), "%s\n", note);
    int fd = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0;
    if (ok && !already(fd, note, strlen(note)))
        ok = write(fd, text, (size_t)len) == len && fdatasync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok || cv_fail(err, cvp_internal, NULL, "Không ghi được tệp đối chứng %s",
                         "The witness file %s cannot be written", file);
}
