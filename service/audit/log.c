/* The doors of the log: appending, waiting, state, reading. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/log.h"

static bool unavailable(struct cv_error *err)
{
    return cv_fail(err, cvp_audit_unavailable, NULL,
                   "Không ghi được nhật ký kiểm tra nên không thay đổi gì; vui lòng thử lại sau",
                   "The evidence log cannot be written, so nothing was changed; please try again later");
}

static bool hangs(const struct ev_log *log)
{
    return log->began_ns != 0 && cv_mono_ns() - log->began_ns > EV_HANGS_MS * INT64_C(1000000);
}

static bool keep_leaf(struct ev_group *group, struct ev_hash leaf)
{
    if (group->count == group->room) {
        size_t room = group->room == 0 ? 64 : group->room * 2;
        struct ev_hash *more = realloc(group->leaves, room * sizeof(*more));
        if (more == NULL)
            return false;
        group->leaves = more;
        group->room = room;
    }
    group->leaves[group->count++] = leaf;
    return true;
}

/* The directory does one write after the other, and with one to do it is busy until a flush is over. While it has more,
 * a flush of its own for each who waits would only keep the disk from it. */
bool ev_enough_wait(const struct ev_log *log)
{
    return log->waiters > 0 && (log->under_way < 2 || log->waiters >= 2 * log->under_way);
}

/* Under the lock. */
static bool append(struct ev_log *log, const char *entry, size_t len, struct ev_hash leaf, bool wake,
                   int64_t *out_index)
{
    if (!log->works || log->stopping || hangs(log) || log->waiting.frames.len + len + 64 > EV_WAITING_MAX ||
        !keep_leaf(&log->waiting, leaf))
        return false;
    ev_frame_put_leaf(&log->waiting.frames, entry, len, &leaf);
    cv_must(cv_buf_ok(&log->waiting.frames));
    *out_index = log->next++;
    log->waiters += wake;
    if (wake && (log->waiters == 1 || ev_enough_wait(log)))
        pthread_cond_signal(&log->wake);
    return true;
}

static bool put(struct ev_log *log, const char *entry, size_t len, bool wake, int64_t *out_index)
{
    if (len > EV_ENTRY_MAX)
        return false;
    struct ev_hash leaf = ev_leaf(entry, len);
    cv_lock_take(&log->lock);
    bool taken = append(log, entry, len, leaf, wake, out_index);
    log->lost += !wake && !taken;
    cv_lock_give(&log->lock);
    return taken;
}

bool ev_append(struct ev_log *log, const char *entry, size_t len, int64_t *out_index, struct cv_error *err)
{
    return put(log, entry, len, true, out_index) || unavailable(err);
}

void ev_under_way(struct ev_log *log, bool begins)
{
    cv_lock_take(&log->lock);
    log->under_way += begins ? 1 : -1;
    if (ev_enough_wait(log))
        pthread_cond_signal(&log->wake);
    cv_lock_give(&log->lock);
}

bool ev_note(struct ev_log *log, const char *entry, size_t len)
{
    int64_t index;
    return put(log, entry, len, false, &index);
}

bool ev_wait(struct ev_log *log, int64_t index, struct cv_deadline deadline, struct cv_error *err)
{
    struct timespec due = cv_timespec(deadline);
    int rc = 0;
    cv_lock_take(&log->lock);
    while (log->durable <= index && log->works && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&log->done, &log->lock.mutex, &due);
    bool there = log->durable > index;
    if (!there && log->given_up_count < EV_GIVEN_UP_MAX)
        log->given_up[log->given_up_count++] = index;
    cv_lock_give(&log->lock);
    return there || unavailable(err);
}

void ev_state(struct ev_log *log, struct ev_state *out)
{
    cv_lock_take(&log->lock);
    *out = (struct ev_state){.size = log->durable, .groups = log->groups, .lost = log->lost};
    out->works = log->works && !hangs(log);
    out->waiting_ms = log->began_ns == 0 ? 0 : (int)((cv_mono_ns() - log->began_ns) / 1000000);
    snprintf(out->words, sizeof(out->words), "%s", log->works ? "a flush hangs" : log->words);
    cv_lock_give(&log->lock);
}

bool ev_published(struct ev_log *log, char out[EV_NOTE_MAX])
{
    cv_lock_take(&log->lock);
    memcpy(out, log->published, EV_NOTE_MAX);
    cv_lock_give(&log->lock);
    return *out != '\0';
}

const char *ev_origin(const struct ev_log *log)
{
    return log->origin;
}

void ev_public_key(const struct ev_log *log, char *out, size_t size)
{
    snprintf(out, size, "%s", log->verifier);
}

/* ---- reading ---- */

static const struct cv_buf *bundle_in_memory(const struct ev_log *log, int64_t n)
{
    if (n == (log->tree.size - (int64_t)ev_tree_count(&log->tree, 0)) / EV_WIDTH)
        return &log->bundle;
    for (size_t i = 0; i < log->cut_count; i++)
        if (log->cuts[i].level == EV_BUNDLE && log->cuts[i].n == n)
            return &log->cuts[i].bytes;
    return NULL;
}

void ev_reader_init(struct ev_reader *reader, struct ev_log *log)
{
    *reader = (struct ev_reader){.log = log};
    cv_buf_init(&reader->bundle, EV_BUNDLE_MAX + 1);
}

void ev_reader_free(struct ev_reader *reader)
{
    cv_buf_free(&reader->bundle);
}

/* The last bundles are in memory until they lie on the disk. */
static bool copy_bundle(struct ev_reader *reader, int64_t n, int64_t *out_durable)
{
    struct ev_log *log = reader->log;
    cv_lock_take(&log->lock);
    const struct cv_buf *bundle = bundle_in_memory(log, n);
    *out_durable = log->durable;
    cv_buf_reset(&reader->bundle);
    if (bundle != NULL && bundle->len > 0)
        cv_buf_put(&reader->bundle, bundle->data, bundle->len);
    cv_lock_give(&log->lock);
    return bundle != NULL;
}

static bool load_bundle(struct ev_reader *reader, int64_t n)
{
    char path[EV_PATH_MAX];
    int64_t durable;
    if (!copy_bundle(reader, n, &durable)) {
        cv_buf_free(&reader->bundle);
        if (!ev_tile_path(path, reader->log->options.folder, EV_BUNDLE, n, 0) ||
            !ev_read_whole(path, EV_BUNDLE_MAX, &reader->bundle))
            return false;
    }
    reader->first = n * EV_WIDTH;
    reader->until = durable < (n + 1) * EV_WIDTH ? durable : (n + 1) * EV_WIDTH;
    return true;
}

bool ev_read(struct ev_reader *reader, int64_t index, const char **out, size_t *out_len)
{
    if (index < 0)
        return false;
    if ((index < reader->first || index >= reader->until) && !load_bundle(reader, index / EV_WIDTH)) {
        reader->first = reader->until = 0;
        return false;
    }
    return index < reader->until && ev_bundle_entry(&reader->bundle, (size_t)(index - reader->first), out, out_len);
}
