/* The flusher: one thread that makes what waits durable, a group at a time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/log.h"

enum { PUBLISH_MS = 1000, AGAIN_MS = 500, NOTES_MS = 200, GATHER_MS = 20 };

static void add_cut(struct ev_log *log, int level, int64_t n, const void *bytes, size_t len)
{
    struct ev_cut *cut = &log->cuts[log->cut_count++];
    cv_must(log->cut_count <= EV_CUTS_MAX);
    cut->level = level;
    cut->n = n;
    cv_buf_init(&cut->bytes, EV_BUNDLE_MAX + 1);
    cv_buf_put(&cut->bytes, bytes, len);
    cv_must(cv_buf_ok(&cut->bytes));
}

void ev_take_entry(struct ev_log *log, const char *entry, size_t len, struct ev_hash leaf)
{
    int full;
    cv_lock_take(&log->lock);
    ev_tree_add(&log->tree, leaf, &full);
    ev_bundle_put(&log->bundle, entry, len);
    cv_must(cv_buf_ok(&log->bundle));
    for (int level = 0; level < full; level++)
        add_cut(log, level, (log->tree.size >> (8 * (level + 1))) - 1, log->tree.edge[level],
                sizeof(log->tree.edge[level]));
    if (full > 0) {
        add_cut(log, EV_BUNDLE, log->tree.size / EV_WIDTH - 1, log->bundle.data, log->bundle.len);
        cv_buf_reset(&log->bundle);
    }
    cv_lock_give(&log->lock);
}

void ev_sign(struct ev_log *log)
{
    struct ev_checkpoint checkpoint = {.size = log->tree.size, .root = ev_tree_root(&log->tree)};
    snprintf(checkpoint.origin, sizeof(checkpoint.origin), "%s", log->origin);
    ev_checkpoint_sign(&checkpoint, log->signer, log->note);
}

/* Says that it does not work and pauses. False: the log is being closed. */
static bool try_again(struct ev_log *log)
{
    struct timespec due = cv_timespec(cv_deadline_in_ms(AGAIN_MS));
    int rc = 0;
    cv_lock_take(&log->lock);
    log->works = false;
    log->began_ns = 0;
    pthread_cond_broadcast(&log->done);
    while (!log->stopping && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&log->wake, &log->lock.mutex, &due);
    bool on = !log->stopping;
    log->began_ns = on ? cv_mono_ns() : 0;
    cv_lock_give(&log->lock);
    return on;
}

static void take_group(struct ev_log *log)
{
    struct ev_frame frame;
    size_t at = 0;
    for (size_t i = 0; i < log->group.count; i++) {
        cv_must(ev_frame_next(log->group.frames.data, log->group.frames.len, &at, &frame));
        ev_take_entry(log, frame.bytes, frame.len, log->group.leaves[i]);
    }
    ev_sign(log);
    ev_frame_put(&log->group.frames, EV_FRAME_CHECKPOINT, log->note, strlen(log->note));
    cv_must(cv_buf_ok(&log->group.frames));
}

/* The same bytes until the disk has them: an index that was given never means two things. */
static bool make_durable(struct ev_log *log)
{
    while (!ev_disk_room(log, log->group.frames.len + EV_NOTE_MAX + 64))
        if (!try_again(log))
            return false;
    take_group(log);
    while (!ev_disk_write(log, &log->group.frames))
        if (!try_again(log))
            return false;
    while (!ev_disk_cut(log))
        if (!try_again(log))
            return false;
    return true;
}

static void announce(struct ev_log *log)
{
    cv_lock_take(&log->lock);
    log->durable = log->tree.size;
    log->groups++;
    log->began_ns = 0;
    log->works = true;
    pthread_cond_broadcast(&log->done);
    cv_lock_give(&log->lock);
}

/* Entries whose requests did not wait for them: said so in the next group. */
static void tell_given_up(struct ev_log *log)
{
    int64_t late[EV_GIVEN_UP_MAX];
    char entry[512];
    size_t count = 0, len = 0, kept = 0;
    cv_lock_take(&log->lock);
    for (size_t i = 0; i < log->given_up_count; i++)
        if (log->given_up[i] < log->durable)
            late[count++] = log->given_up[i];
        else
            log->given_up[kept++] = log->given_up[i];
    log->given_up_count = kept;
    cv_lock_give(&log->lock);
    for (size_t i = 0; i < count && log->options.given_up != NULL; i++) {
        log->options.given_up(log->options.ctx, late[i], entry, sizeof(entry), &len);
        if (len > 0)
            (void)ev_note(log, entry, len);
    }
}

static bool to_publish(const struct ev_log *log)
{
    return log->published_size != log->durable && cv_mono_ns() - log->published_ns >= PUBLISH_MS * INT64_C(1000000);
}

/* Under the lock. Until a group is worth its flush; what nobody waits for comes along, or is flushed a moment later. */
static void gather(struct ev_log *log)
{
    struct timespec notes = cv_timespec(cv_deadline_in_ms(NOTES_MS)), more = notes;
    bool waited = false;
    for (int rc = 0; !ev_enough_wait(log) && !log->stopping && rc != ETIMEDOUT;) {
        if (log->waiters > 0 && !waited)
            more = cv_timespec(cv_deadline_in_ms(GATHER_MS));
        waited = log->waiters > 0;
        rc = pthread_cond_timedwait(&log->wake, &log->lock.mutex, waited ? &more : &notes);
    }
}

/* False: the end, and nothing is left. */
static bool next_group(struct ev_log *log)
{
    struct ev_group empty = log->group;
    cv_buf_reset(&empty.frames);
    empty.count = 0;
    cv_lock_take(&log->lock);
    gather(log);
    log->waiters = 0;
    log->group = log->waiting;
    log->waiting = empty;
    bool on = log->group.count > 0 || !log->stopping;
    log->began_ns = log->group.count > 0 ? cv_mono_ns() : 0;
    cv_lock_give(&log->lock);
    return on;
}

static void publish(struct ev_log *log)
{
    if (!ev_disk_publish(log))
        return; /* a convenience for readers: the next group shows whether the disk works */
    cv_lock_take(&log->lock);
    memcpy(log->published, log->note, EV_NOTE_MAX);
    cv_lock_give(&log->lock);
    log->published_size = log->tree.size;
}

void *ev_flusher(void *arg)
{
    struct ev_log *log = arg;
    (void)pthread_setname_np(pthread_self(), "evidence");
    while (next_group(log)) {
        if (log->group.count > 0 && !make_durable(log))
            return NULL;
        if (log->group.count > 0) {
            announce(log);
            tell_given_up(log);
        }
        if (to_publish(log)) {
            log->published_ns = cv_mono_ns();
            publish(log);
        }
    }
    if (log->published_size != log->durable)
        publish(log);
    return NULL;
}
