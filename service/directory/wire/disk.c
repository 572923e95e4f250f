/* The embedded server flushes the pages of a change before it acknowledges it, and leaves the page that makes them
 * count to the next change (`envflags nometasync`). That one is flushed here, for everybody who waits at once and
 * beside the server's next changes: inside slapd it is a second flush of each change, during which no other one can
 * begin. While more changes are still with slapd than wait here, it has enough to do and the flush waits for some. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "directory/wire/disk.h"

enum { GATHER_MS = 20 };

struct dir_disk {
    int fd;
    struct cv_lock lock;
    pthread_cond_t flushed;
    bool flushing, refused;
    uint64_t begun, done; /* flushes, in their order */
    size_t sent, waiting; /* changes that slapd has not answered yet; those that the next flush is for */
    struct timespec seen; /* when the file was last changed before a flush by dir_disk_look() */
};

bool dir_disk_open(const char *path, struct dir_disk **out, struct cv_error *err)
{
    struct dir_disk *disk = calloc(1, sizeof(*disk));
    int fd = disk != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (fd < 0) {
        free(disk);
        return cv_fail_as(err, CV_UNAVAILABLE, "", "Không mở được %s", "%s cannot be opened", path);
    }
    disk->fd = fd;
    cv_lock_init(&disk->lock, CV_RANK_DISK);
    cv_cond_init(&disk->flushed);
    *out = disk;
    return true;
}

void dir_disk_close(struct dir_disk **disk)
{
    struct dir_disk *d = *disk;
    if (d == NULL)
        return;
    close(d->fd);
    pthread_cond_destroy(&d->flushed);
    cv_lock_destroy(&d->lock);
    free(d);
    *disk = NULL;
}

static const char *words(int why, char text[100])
{
    return strerror_r(why, text, 100);
}

/* Under the lock, which it gives back meanwhile. */
static void flush(struct dir_disk *disk)
{
    uint64_t this = ++disk->begun;
    disk->flushing = true;
    disk->waiting = 0;
    cv_lock_give(&disk->lock);
    int rc = fdatasync(disk->fd), why = errno;
    cv_lock_take(&disk->lock);
    disk->flushing = false;
    disk->done = this;
    if (rc != 0 && !disk->refused)
        cv_log(CV_LOG_ERROR, "disk", "what was written could not be flushed: %s", words(why, (char[100]){""}));
    disk->refused = disk->refused || rc != 0;
    pthread_cond_broadcast(&disk->flushed);
}

void dir_disk_sent(struct dir_disk *disk)
{
    if (disk == NULL)
        return;
    cv_lock_take(&disk->lock);
    disk->sent++;
    cv_lock_give(&disk->lock);
}

void dir_disk_answered(struct dir_disk *disk)
{
    if (disk == NULL)
        return;
    cv_lock_take(&disk->lock);
    disk->sent--;
    if (disk->waiting > 0 && disk->waiting >= disk->sent)
        pthread_cond_broadcast(&disk->flushed);
    cv_lock_give(&disk->lock);
}

/* One flush at a time, and who comes while one is under way needs the next: his change may not have been in it. */
bool dir_disk_settle(struct dir_disk *disk, struct cv_error *err)
{
    if (disk == NULL)
        return true;
    cv_lock_take(&disk->lock);
    const struct timespec due = cv_timespec(cv_deadline_in_ms(GATHER_MS));
    uint64_t mine = disk->begun + 1;
    int late = 0;
    disk->waiting++;
    while (disk->done < mine)
        if (disk->flushing)
            pthread_cond_wait(&disk->flushed, &disk->lock.mutex);
        else if (disk->waiting >= disk->sent || late == ETIMEDOUT)
            flush(disk);
        else
            late = pthread_cond_timedwait(&disk->flushed, &disk->lock.mutex, &due);
    bool ok = !disk->refused;
    cv_lock_give(&disk->lock);
    return ok ||
           cv_fail_as(err, CV_UNKNOWN, "", "Đã ghi, nhưng ổ đĩa không xác nhận; vui lòng báo người quản trị máy chủ",
                      "It is written, but the disk did not confirm it; please tell the operator");
}

bool dir_disk_admits(struct dir_disk *disk, struct cv_error *err)
{
    if (disk == NULL)
        return true;
    cv_lock_take(&disk->lock);
    bool ok = !disk->refused;
    cv_lock_give(&disk->lock);
    return ok ||
           cv_fail_as(err, CV_UNAVAILABLE, "",
                      "Ổ đĩa của danh bạ hỏng hoặc từ chối ghi; chưa có gì thay đổi. Hãy báo người quản trị máy chủ",
                      "The directory's disk has refused to write; nothing was changed. Please tell the operator");
}

void dir_disk_look(struct dir_disk *disk)
{
    struct stat st;
    struct cv_error err = {0};
    if (disk == NULL || fstat(disk->fd, &st) != 0 ||
        (st.st_mtim.tv_sec == disk->seen.tv_sec && st.st_mtim.tv_nsec == disk->seen.tv_nsec))
        return;
    if (dir_disk_settle(disk, &err))
        disk->seen = st.st_mtim;
}
