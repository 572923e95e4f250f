/* The second search: who used what. Nothing is deleted there, so nothing is marked and swept: what a cookie does not
 * cover is read whole. */
#include <string.h>

#include "congvu/log.h"
#include "congvu/usage.h"
#include "directory/feed/internal.h"
#include "directory/map/common.h"

static const char usage_classes[] = "(|(objectClass=cvUsageEntry)(objectClass=cvUsageFeedEntry))";
static char *usage_names[] = {
    (char[]){"cvId"},       (char[]){"cvUseSeen"},     (char[]){"cvUseDays"},    (char[]){"cn"},
    (char[]){"cvDataFrom"}, (char[]){"cvDataThrough"}, (char[]){"cvReceivedAt"}, NULL};

bool sync_usage_start(struct dir_sync *sync, struct cv_error *err)
{
    bool fresh = sync->usage.cookie.len == 0;

    sync->usage.refreshing = true;
    sync->usage.pending.len = 0;
    if (sync->feed.usage_begin)
        sync->feed.usage_begin(sync->feed.ctx, fresh);
    return sync_search(sync, DIR_USAGE_BASE, usage_classes, usage_names, &sync->usage.cookie, &sync->usage.search_id,
                       err);
}

static void adopt(struct sync_usage *usage, const struct sync_cookie *cookie)
{
    if (cookie->len)
        *(usage->refreshing ? &usage->pending : &usage->cookie) = *cookie;
}

static bool hand_usage(struct dir_sync *sync, const struct dir_entry *e, struct cv_error *err)
{
    struct dom_usage usage;

    if (!dir_unmap_usage(e, sync->arena, &usage, err))
        return false;
    sync->feed.usage(sync->feed.ctx, &usage);
    return true;
}

static bool hand_feed(struct dir_sync *sync, const struct dir_entry *e, struct cv_error *err)
{
    struct dom_usage_feed feed;

    if (!dir_unmap_usage_feed(e, &feed, err))
        return false;
    if (sync->feed.usage_feed)
        sync->feed.usage_feed(sync->feed.ctx, &feed);
    return true;
}

/* Somebody deleted it by hand. */
static void hand_nothing(struct dir_sync *sync, const struct dir_entry *e)
{
    struct dom_usage usage = {0};

    if (dir_dn_id(e->dn, "stf_", &usage.staff))
        sync->feed.usage(sync->feed.ctx, &usage);
}

bool sync_usage_entry(struct dir_sync *sync, LDAPMessage *message)
{
    struct sync_entry state;
    struct dir_entry entry;
    struct cv_error err;
    bool ok;

    if (!sync_parse_entry(sync->ld, message, &state))
        return false;
    cv_arena_reset(sync->arena);
    ok = dir_entry_copy(sync->ld, message, sync->arena, &entry, &err);
    if (ok && state.state == SYNC_DELETE)
        hand_nothing(sync, &entry);
    else if (ok && state.state != SYNC_PRESENT)
        ok = strncasecmp(entry.dn, "cvId=", 5) == 0 ? hand_usage(sync, &entry, &err) : hand_feed(sync, &entry, &err);
    if (!ok)
        cv_log_error(CV_LOG_WARN, "directory.record_skipped", &err);
    sync_touched(sync);
    adopt(&sync->usage, &state.cookie);
    return true;
}

static void end_refresh(struct dir_sync *sync)
{
    sync->usage.refreshing = false;
    adopt(&sync->usage, &sync->usage.pending);
    if (sync->feed.usage_end)
        sync->feed.usage_end(sync->feed.ctx);
    sync_touched(sync);
}

bool sync_usage_info(struct dir_sync *sync, LDAPMessage *message)
{
    struct sync_info info;
    bool ours, go_on = true;

    if (!sync_parse_info(sync->ld, message, &ours, &info))
        return false;
    if (!ours)
        return true;
    adopt(&sync->usage, &info.cookie);
    if (info.kind == SYNC_ID_SET)
        go_on = !info.refresh_deletes; /* named by numbers that nobody keeps: read everything */
    else if (info.kind != SYNC_NEW_COOKIE && info.refresh_done && sync->usage.refreshing)
        end_refresh(sync);
    sync_info_free(&info);
    return go_on;
}
