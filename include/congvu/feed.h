/* The live feed (syncrepl, RFC 4533): everything in the directory, and then every change.
 *
 * Story of use. Whoever keeps a picture of the directory fills a struct dir_feed and starts one consumer with it; the
 * consumer has a connection of its own and reconnects for ever.
 *
 * Thread: the callbacks run in the consumer's thread, one at a time. */
#pragma once

#include "congvu/session.h"

struct dom_staff;
struct dom_system;
struct dom_token;
struct dom_unit;
struct dom_usage;
struct dom_usage_feed;

struct dir_feed {
    void *ctx;
    /* A refresh begins. fresh: no cookie, everything will be named, what is not named afterwards is gone. */
    void (*begin)(void *ctx, bool fresh);
    /* New or changed (an upsert in every phase). The record's strings live until return. Activation digests and
     * idempotency keys are left out: they are looked up in the directory. */
    void (*staff)(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_staff *staff);
    void (*unit)(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_unit *unit);
    void (*system)(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_system *system);
    void (*token)(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_token *token);
    /* Only named: unchanged since the cookie (present phase), or changed to something unreadable, whose last good
     * version stays. May name what was never handed over. */
    void (*present)(void *ctx, const uint8_t uuid[16]);
    void (*remove)(void *ctx, const uint8_t uuid[16]);
    /* Usage, a refresh of its own after end() of the others: begin(fresh) ... records ... end. fresh: who is not named
     * until the end has none. A record holds everything that is known of the person and may come before staff() has
     * named him. Any of the four may be NULL; without usage() none is followed. */
    void (*usage_begin)(void *ctx, bool fresh);
    void (*usage)(void *ctx, const struct dom_usage *usage);
    void (*usage_feed)(void *ctx, const struct dom_usage_feed *feed);
    void (*usage_end)(void *ctx);
    /* The refresh is complete. sweep: whatever was not named since begin is gone. False = the guard refuses to lose so
     * many: the consumer drops its cookie, alerts and reads everything again later. */
    bool (*end)(void *ctx, bool sweep);
    /* A batch of changes was delivered (publish to readers); also called about once a second while the feed is alive.
     * False: something is known to be missing; everything is read again. */
    bool (*settled)(void *ctx);
    /* At least once a second, whether the directory is heard or not; while a connection is being opened some seconds
     * may pass. NULL = never. */
    void (*tick)(void *ctx);
    /* Every count_ms, and after each resume: the directory has from `least` to `most` records (usage apart). False:
     * that is not what came; everything is read again. NULL or 0 = never asked. */
    bool (*counted)(void *ctx, size_t least, size_t most);
    int64_t count_ms;
    /* Connection lost or regained. */
    void (*alive)(void *ctx, bool alive);
};
struct dir_sync;
/* Starts the thread; it reconnects with growing, jittered pauses for ever. The feed's callbacks run in that thread, one
 * at a time. */
bool dir_sync_start(const struct dir_config *config, const struct dir_feed *feed, struct dir_sync **out,
                    struct cv_error *err);
/* Everything is read again, within a second or two. Any thread. */
void dir_sync_reread(struct dir_sync *sync);
/* Returns when the thread has ended (well under a second). */
void dir_sync_stop(struct dir_sync **sync);
/* Gives the server a new mark: every process that follows its changes reads everything again the next time it connects.
 * For whoever changes a server's data behind its back: a start of the embedded one, a restore, a rejoin. */
bool dir_mark_renew(struct dir_session *s, struct cv_error *err);
