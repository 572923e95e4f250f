/* The log on its disk: segments of the tail, tiles, the published checkpoint. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/log.h"

enum { SEGMENT = 4 << 20 };

void ev_disk_words(struct ev_log *log, const char *what)
{
    char text[100];
    const char *why = strerror_r(errno, text, sizeof(text));
    cv_lock_take(&log->lock);
    snprintf(log->words, sizeof(log->words), "%s: %s", what, why);
    cv_lock_give(&log->lock);
}

static bool refused(struct ev_log *log, const char *what)
{
    ev_disk_words(log, what);
    return false;
}

static bool write_at(int fd, const char *bytes, size_t len, size_t at)
{
    while (len > 0) {
        ssize_t n = pwrite(fd, bytes, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        at += (size_t)n;
        len -= (size_t)n;
    }
    return true;
}

/* ---- segments ---- */

/* Written, not only reserved: a flush of what was reserved alone commits the file system's journal as well. */
static bool write_zeros(int fd, size_t from, size_t to)
{
    static const char zeros[1 << 16];
    bool ok = true;
    for (size_t at = from; ok && at < to; at += sizeof(zeros))
        ok = write_at(fd, zeros, to - at < sizeof(zeros) ? to - at : sizeof(zeros), at);
    return ok;
}

/* What the fresh segment begins with: the entries of the last bundle and the checkpoint over them. */
static void beginning(struct ev_log *log, struct cv_buf *out)
{
    const char *entry;
    size_t len;
    for (size_t i = 0; i < ev_tree_count(&log->tree, 0) && ev_bundle_entry(&log->bundle, i, &entry, &len); i++)
        ev_frame_put(out, EV_FRAME_ENTRY, entry, len);
    ev_frame_put(out, EV_FRAME_CHECKPOINT, log->note, strlen(log->note));
}

static bool fill_segment(int fd, const struct cv_buf *begin, size_t size)
{
    return write_at(fd, begin->data, begin->len, 0) && write_zeros(fd, begin->len, size) && fdatasync(fd) == 0;
}

/* The tiles that the older segments still held, for certain on the disk: then those may go. */
static bool flush_tiles(struct ev_log *log, int64_t until)
{
    char path[EV_PATH_MAX];
    for (int64_t n = log->flushed_tiles; n < until; n++)
        for (int level = EV_BUNDLE; level < EV_LEVELS; level++) {
            int64_t at = level <= 0 ? n : ((n + 1) >> (8 * level)) - 1;
            if (level > 0 && ((n + 1) & ((INT64_C(1) << (8 * level)) - 1)) != 0)
                break;
            if (!ev_tile_path(path, log->options.folder, level, at, 0) || !ev_flush(path))
                return false;
            *strrchr(path, '/') = '\0';
            if (!ev_flush(path))
                return false;
        }
    log->flushed_tiles = until;
    return true;
}

static void drop_older(struct ev_log *log)
{
    int64_t firsts[64];
    size_t count;
    char path[EV_PATH_MAX];
    if (ev_segments(log->options.folder, firsts, CV_COUNT(firsts), &count))
        for (size_t i = 0; i < count; i++)
            if (firsts[i] < log->segment && ev_segment_path(path, log->options.folder, firsts[i]))
                (void)unlink(path);
}

static bool name_segment(struct ev_log *log, const char *fresh, const char *path)
{
    char folder[EV_PATH_MAX];
    return rename(fresh, path) == 0 && ev_path(folder, log->options.folder, "wal") && ev_flush(folder);
}

bool ev_disk_rotate(struct ev_log *log, size_t least)
{
    char path[EV_PATH_MAX], fresh[EV_PATH_MAX + 8];
    int64_t first = log->tree.size - (int64_t)ev_tree_count(&log->tree, 0);
    cv_auto_buf begin = {0};
    cv_buf_init(&begin, 2 * EV_BUNDLE_MAX);
    beginning(log, &begin);
    size_t size = begin.len + least > SEGMENT / 2 ? begin.len + least + SEGMENT : SEGMENT;
    if (!flush_tiles(log, first / EV_WIDTH))
        return refused(log, "tiles cannot be flushed");
    if (!ev_segment_path(path, log->options.folder, first) || !ev_make_folders(path))
        return refused(log, "the folder wal cannot be made");
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || !fill_segment(fd, &begin, size) || !name_segment(log, fresh, path)) {
        refused(log, "a segment cannot be made");
        if (fd >= 0)
            close(fd);
        (void)unlink(fresh);
        return false;
    }
    if (log->fd >= 0)
        close(log->fd);
    log->fd = fd;
    log->segment = first;
    log->at = begin.len;
    log->end = size;
    drop_older(log);
    return true;
}

static bool longer(struct ev_log *log, size_t least)
{
    size_t size = log->end + least + SEGMENT;
    if (!write_zeros(log->fd, log->end, size) || fsync(log->fd) != 0)
        return refused(log, "the segment cannot grow");
    log->end = size;
    return true;
}

bool ev_disk_room(struct ev_log *log, size_t len)
{
    if (log->at + len <= log->end)
        return true;
    bool fresh = log->tree.size - (int64_t)ev_tree_count(&log->tree, 0) > log->segment;
    return fresh ? ev_disk_rotate(log, len) : longer(log, len);
}

bool ev_disk_write(struct ev_log *log, const struct cv_buf *bytes)
{
    if (!write_at(log->fd, bytes->data, bytes->len, log->at) || fdatasync(log->fd) != 0)
        return refused(log, "a group cannot be written");
    log->at += bytes->len;
    return true;
}

/* ---- tiles ---- */

/* Partial tiles of one place but for one width; with `keep` 0 all, and their folder. */
static void drop_partials(const struct ev_log *log, int level, int64_t n, size_t keep)
{
    char path[EV_PATH_MAX], file[EV_PATH_MAX + 300];
    if (!ev_tile_path(path, log->options.folder, level, n, 1))
        return;
    *strrchr(path, '/') = '\0';
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        if (*e->d_name != '.' && strtoull(e->d_name, NULL, 10) != keep) {
            snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
            (void)unlink(file);
        }
    closedir(dir);
    if (keep == 0)
        (void)rmdir(path);
}

bool ev_disk_cut(struct ev_log *log)
{
    char path[EV_PATH_MAX];
    for (size_t i = 0; i < log->cut_count; i++) {
        struct ev_cut *cut = &log->cuts[i];
        if (!ev_tile_path(path, log->options.folder, cut->level, cut->n, 0) ||
            !ev_write_whole(path, cut->bytes.data, cut->bytes.len, false))
            return refused(log, "a tile cannot be written");
        drop_partials(log, cut->level, cut->n, 0);
    }
    cv_lock_take(&log->lock);
    for (size_t i = 0; i < log->cut_count; i++)
        cv_buf_free(&log->cuts[i].bytes);
    log->cut_count = 0;
    cv_lock_give(&log->lock);
    return true;
}

static bool put_partial(struct ev_log *log, int level, const void *bytes, size_t len)
{
    char path[EV_PATH_MAX];
    int shift = level == EV_BUNDLE ? 0 : level;
    size_t width = ev_tree_count(&log->tree, shift);
    int64_t n = log->tree.size >> (8 * (shift + 1));
    return width == 0 ||
           (ev_tile_path(path, log->options.folder, level, n, width) && ev_write_whole(path, bytes, len, false));
}

static void drop_older_partials(struct ev_log *log)
{
    for (int level = EV_BUNDLE; level < EV_LEVELS; level++) {
        int shift = level == EV_BUNDLE ? 0 : level;
        size_t width = ev_tree_count(&log->tree, shift);
        if (width > 0)
            drop_partials(log, level, log->tree.size >> (8 * (shift + 1)), width);
    }
}

bool ev_disk_publish(struct ev_log *log)
{
    char path[EV_PATH_MAX];
    bool ok = put_partial(log, EV_BUNDLE, log->bundle.data, log->bundle.len);
    for (int level = 0; ok && level < EV_LEVELS; level++)
        ok = put_partial(log, level, log->tree.edge[level], ev_tree_count(&log->tree, level) * sizeof(struct ev_hash));
    /* Flushed, for the next start holds the log against it: half of one would be called damage. */
    if (!ok || !ev_path(path, log->options.folder, "checkpoint") ||
        !ev_write_whole(path, log->note, strlen(log->note), true))
        return refused(log, "the checkpoint cannot be written");
    drop_older_partials(log);
    return true;
}
