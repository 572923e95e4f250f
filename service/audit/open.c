/* The way up: the folder, the key, and what a former process left, checked before it is gone on with. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/log.h"

enum { SEGMENTS_MAX = 64, REPLICA_BYTES = 5 };

static bool damaged(struct ev_log *log, struct cv_error *err, const char *why)
{
    return cv_fail(err, cvp_internal, NULL, "Nhật ký kiểm tra %s bị hỏng hoặc bị sửa (%s); chạy congvud audit verify",
                   "The evidence log %s is damaged or was changed (%s); run congvud audit verify", log->options.folder,
                   why);
}

/* ---- folder and key ---- */

static bool lock_folder(struct ev_log *log, struct cv_error *err)
{
    char path[EV_PATH_MAX];
    const char *folder = log->options.folder;
    if (!ev_path(path, folder, "lock") || !ev_make_folders(path))
        return cv_fail(err, cvp_internal, NULL, "Không tạo được thư mục %s", "The folder %s cannot be made", folder);
    log->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log->lock_fd < 0)
        return cv_fail(err, cvp_internal, NULL, "Không ghi được vào thư mục %s", "The folder %s cannot be written to",
                       folder);
    if (flock(log->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    return cv_fail(err, cvp_internal, NULL, "Tiến trình khác đang ghi nhật ký kiểm tra %s; đặt audit_dir riêng",
                   "Another process writes the evidence log %s; give each its own audit_dir", folder);
}

static bool open_key(struct ev_log *log, bool may_make, struct cv_error *err)
{
    struct cv_key seed;
    uint8_t hash[CV_HASH];
    if (!cv_key_load(log->options.key_file, may_make, &seed, err))
        return false;
    bool ok = cv_signer_open(&seed, &log->signer, err);
    explicit_bzero(&seed, sizeof(seed));
    if (!ok)
        return false;
    cv_hash(-1, cv_signer_public(log->signer), CV_PUBLIC_KEY, NULL, 0, hash);
    int n = snprintf(log->origin, sizeof(log->origin), "%.120s/", log->options.site);
    for (int i = 0; i < REPLICA_BYTES; i++)
        n += snprintf(log->origin + n, sizeof(log->origin) - (size_t)n, "%02x", hash[i]);
    ev_verifier(log->origin, cv_signer_public(log->signer), log->verifier);
    return true;
}

/* ---- what is there ---- */

struct recovery {
    struct ev_log *log;
    struct ev_checkpoint published;
    bool has_published, foreign, agrees;
};

static void compare(struct recovery *r)
{
    if (r->has_published && r->log->tree.size == r->published.size) {
        struct ev_hash root = ev_tree_root(&r->log->tree);
        r->agrees = memcmp(root.bytes, r->published.root.bytes, CV_HASH) == 0;
    }
}

static bool take(void *ctx, int64_t index, const char *entry, size_t len)
{
    struct recovery *r = ctx;
    if (index < r->log->tree.size)
        return true;
    ev_take_entry(r->log, entry, len, ev_leaf(entry, len));
    compare(r);
    return r->log->cut_count == 0 || ev_disk_cut(r->log);
}

static void read_published(struct recovery *r)
{
    char path[EV_PATH_MAX];
    cv_auto_buf text = {0};
    size_t used;
    struct ev_log *log = r->log;
    if (!ev_path(path, log->options.folder, "checkpoint") || !ev_read_whole(path, EV_NOTE_MAX - 1, &text) ||
        text.len == 0)
        return;
    r->has_published =
        ev_checkpoint_read(text.data, text.len, log->origin, cv_signer_public(log->signer), &r->published, &used);
    r->foreign = !r->has_published;
    memcpy(log->published, text.data, text.len);
}

static bool put_verifier(struct ev_log *log)
{
    char path[EV_PATH_MAX], text[EV_KEY_TEXT + 1];
    int len = snprintf(text, sizeof(text), "%s\n", log->verifier);
    return ev_path(path, log->options.folder, "verifier") && ev_write_whole(path, text, (size_t)len, false);
}

static bool walk_segments(struct recovery *r, const int64_t *firsts, size_t count, struct cv_error *err)
{
    struct ev_log *log = r->log;
    const struct ev_walk walk = {.folder = log->options.folder,
                                 .origin = log->origin,
                                 .key = cv_signer_public(log->signer),
                                 .ctx = r,
                                 .each = take};
    struct ev_tree *tree = calloc(1, sizeof(*tree));
    struct ev_checkpoint last;
    size_t good = 0;
    bool ok = tree != NULL && ev_tree_load(log->options.folder, firsts[0], &log->tree);
    compare(r);
    for (size_t i = 0; ok && i < count; i++)
        ok = ev_tree_load(log->options.folder, firsts[i], tree) &&
             ev_segment_walk(&walk, firsts[i], tree, &last, &good) && good > 0;
    free(tree);
    return ok || damaged(log, err, "wal");
}

static bool recover(struct ev_log *log, struct cv_error *err)
{
    int64_t firsts[SEGMENTS_MAX];
    size_t count = 0;
    struct recovery r = {.log = log, .agrees = true};
    (void)ev_segments(log->options.folder, firsts, SEGMENTS_MAX, &count);
    read_published(&r);
    if (r.foreign)
        return damaged(log, err, "another key");
    if (count == 0 && r.has_published)
        return damaged(log, err, "no wal");
    if (count > 0 && !walk_segments(&r, firsts, count, err))
        return false;
    if (r.has_published && (r.published.size > log->tree.size || !r.agrees))
        return damaged(log, err, "checkpoint");
    log->flushed_tiles = count > 0 ? firsts[0] / EV_WIDTH : 0;
    return true;
}

/* ---- the log ---- */

static bool start(struct ev_log *log, struct cv_error *err)
{
    log->next = log->durable = log->tree.size;
    log->works = true;
    ev_sign(log);
    if (!put_verifier(log) || !ev_disk_rotate(log, EV_ENTRY_MAX) || !ev_disk_publish(log))
        return cv_fail(err, cvp_internal, NULL, "Không ghi được nhật ký kiểm tra %s: %s",
                       "The evidence log %s cannot be written: %s", log->options.folder, log->words);
    memcpy(log->published, log->note, EV_NOTE_MAX);
    log->published_size = log->tree.size;
    log->running = pthread_create(&log->thread, NULL, ev_flusher, log) == 0;
    return log->running || cv_fail_as(err, CV_INTERNAL, "", "Không tạo được luồng", "No thread can be made");
}

static struct ev_log *blank(const struct ev_options *options)
{
    struct ev_log *log = calloc(1, sizeof(*log));
    if (log == NULL)
        return NULL;
    log->cuts = calloc(EV_CUTS_MAX, sizeof(*log->cuts));
    log->options = *options;
    log->options.folder = strdup(options->folder);
    log->lock_fd = log->fd = -1;
    cv_lock_init(&log->lock, CV_RANK_EVIDENCE);
    cv_cond_init(&log->wake);
    cv_cond_init(&log->done);
    cv_buf_init(&log->bundle, EV_BUNDLE_MAX + 1);
    cv_buf_init(&log->waiting.frames, EV_WAITING_MAX + EV_NOTE_MAX);
    cv_buf_init(&log->group.frames, EV_WAITING_MAX + EV_NOTE_MAX);
    return log;
}

bool ev_open(const struct ev_options *options, struct ev_log **out, struct cv_error *err)
{
    char begun[EV_PATH_MAX];
    struct ev_log *log = blank(options);
    if (log == NULL || log->cuts == NULL || log->options.folder == NULL ||
        !ev_path(begun, options->folder, "checkpoint")) {
        ev_close(&log);
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    }
    if (lock_folder(log, err) && open_key(log, access(begun, F_OK) != 0, err) && recover(log, err) && start(log, err)) {
        *out = log;
        return true;
    }
    ev_close(&log);
    return false;
}

void ev_close(struct ev_log **pointer)
{
    struct ev_log *log = *pointer;
    *pointer = NULL;
    if (log == NULL)
        return;
    cv_lock_take(&log->lock);
    log->stopping = true;
    pthread_cond_broadcast(&log->wake);
    cv_lock_give(&log->lock);
    if (log->running)
        pthread_join(log->thread, NULL);
    if (log->fd >= 0)
        close(log->fd);
    if (log->lock_fd >= 0)
        close(log->lock_fd);
    cv_signer_close(&log->signer);
    for (size_t i = 0; i < log->cut_count; i++)
        cv_buf_free(&log->cuts[i].bytes);
    free(log->cuts);
    cv_buf_free(&log->bundle);
    cv_buf_free(&log->waiting.frames);
    cv_buf_free(&log->group.frames);
    free(log->waiting.leaves);
    free(log->group.leaves);
    pthread_cond_destroy(&log->wake);
    pthread_cond_destroy(&log->done);
    cv_lock_destroy(&log->lock);
    free((void *)(uintptr_t)log->options.folder);
    free(log);
}
