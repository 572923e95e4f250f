/* Is the feed alive, and is what it brought whole? */
#include "congvu/log.h"
#include "directory/feed/internal.h"

enum { REREAD_MAX_MS = 60000 };

void sync_read_again(struct dir_sync *sync, const char *event, const char *why)
{
    sync->cookie.len = 0;
    sync->refused = true;
    sync->reread_at = cv_mono_ns() + (int64_t)sync->reread_ms * 1000000;
    cv_log(CV_LOG_ERROR, event, "%s; everything is read again in %d ms", why, sync->reread_ms);
    sync->reread_ms = sync->reread_ms * 2 < REREAD_MAX_MS ? sync->reread_ms * 2 : REREAD_MAX_MS;
}

void sync_incomplete(struct dir_sync *sync, const char *why)
{
    sync_read_again(sync, "directory.feed_incomplete", why);
    sync_alive(sync, false, NULL);
}

void sync_alive(struct dir_sync *sync, bool alive, const struct cv_error *why)
{
    enum sync_life now = alive ? LIFE_ALIVE : LIFE_LOST;

    if (sync->life == now)
        return;
    if (!alive && why)
        cv_log_error(CV_LOG_WARN, "directory.feed_lost", why);
    else if (sync->life == LIFE_LOST)
        cv_log(CV_LOG_INFO, "directory.feed_regained", "the directory's changes are followed again");
    sync->life = now;
    sync->feed.alive(sync->feed.ctx, alive);
}

void sync_touched(struct dir_sync *sync)
{
    if (!sync->dirty) {
        sync->dirty = true;
        sync->dirty_since = cv_mono_ns();
    }
}

void sync_settle(struct dir_sync *sync, int64_t now)
{
    sync->dirty = false;
    sync->settled_at = now;
    if (!sync->feed.settled(sync->feed.ctx) && !sync->refreshing && !sync->refused)
        sync_incomplete(sync, "a write of ours never came");
}
