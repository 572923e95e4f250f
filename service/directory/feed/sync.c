/* The consumer's thread: connects, searches for ever, watches time. It never blocks but in one poll() that the stop
 * descriptor ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "congvu/log.h"
#include "directory/feed/internal.h"
#include "directory/wire/site.h"

enum {
    CONNECT_MS = 5000, /* unless the configuration says less */
    FIRST_PAUSE_MS = 50,
    LAST_PAUSE_MS = 5000,
    FIRST_REREAD_MS = 1000,
    TICK_MS = 1000,           /* settled() when nothing happens */
    PROBE_IDLE_MS = 2000,     /* silence after which the server is asked for a sign of life */
    PROBE_LATE_MS = 3000,     /* without one: not alive */
    PROBE_GIVE_UP_MS = 10000, /* without one: a new connection */
    BATCH_MS = 20,            /* longest that changes wait for settled() while more of them come */
    RECORD_MAX = 8 << 20,
};

static int64_t ms(int64_t n)
{
    return n * 1000000;
}

static bool stopping(const struct dir_sync *sync)
{
    return atomic_load_explicit(&sync->stopping, memory_order_relaxed);
}

/* Also while nobody answers: another day begins without the directory. */
static void tick(const struct dir_sync *sync)
{
    if (sync->feed.tick)
        sync->feed.tick(sync->feed.ctx);
}

static void close_handle(struct dir_sync *sync)
{
    if (sync->ld)
        ldap_unbind_ext(sync->ld, NULL, NULL);
    sync->ld = NULL;
    sync->probe_at = 0;
    sync->search_id = sync->probe_id = sync->usage.search_id = sync->count.id = -1;
}

/* ---- one connection ---- */
/* Also a message that stops half-way must not hold the thread. */
static void never_block(struct dir_sync *sync)
{
    int fd = sync_descriptor(sync), flags = fcntl(fd, F_GETFL);

    if (flags >= 0)
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static bool start_search(struct dir_sync *sync, struct cv_error *err)
{
    sync_begin(sync);
    return sync_search(sync, sync->config->base, sync_classes, sync->names, &sync->cookie, &sync->search_id, err);
}

static bool open_search(struct dir_sync *sync)
{
    struct cv_deadline deadline = cv_deadline_in_ms(CONNECT_MS);
    struct cv_error err;

    if (!dir_connect_for(sync->config, false, deadline, sync->stop_fd, &sync->ld, &sync->server, &err)) {
        sync->ld = NULL;
        if (!stopping(sync))
            sync_alive(sync, false, &err);
        return false;
    }
    never_block(sync);
    sync->heard_at = sync->settled_at = cv_mono_ns();
    if (!sync_trust(sync, &err) || !start_search(sync, &err)) {
        sync_alive(sync, false, &err);
        return false;
    }
    return true;
}

static void lost(struct dir_sync *sync)
{
    struct cv_error err;

    dir_fail(&err, NULL, LDAP_SERVER_DOWN, NULL, false, "following the directory's changes");
    sync_alive(sync, false, &err);
}

/* People first: what they used is of use only then. */
static bool follow_usage(struct dir_sync *sync)
{
    struct cv_error err;

    if (sync->refreshing || !sync->feed.usage || sync->usage.search_id >= 0)
        return true;
    if (sync_usage_start(sync, &err))
        return true;
    sync_alive(sync, false, &err);
    return false;
}

static bool take_message(struct dir_sync *sync, LDAPMessage *message, int type)
{
    int id = ldap_msgid(message);

    sync->heard_at = cv_mono_ns();
    if (id == sync->search_id || id == sync->usage.search_id)
        return sync_take(sync, message, type) && follow_usage(sync);
    if (id == sync->count.id) {
        sync_count_take(sync, message, type);
        return true;
    }
    if (id == sync->probe_id && type == LDAP_RES_SEARCH_RESULT) {
        sync->probe_at = 0;
        sync_alive(sync, true, NULL);
    }
    return true;
}

/* While a probe is out more may lie before its answer, and nobody knows how much. */
static bool may_settle(const struct dir_sync *sync)
{
    return sync->dirty && !sync->refreshing && !sync->probe_at;
}

/* Takes what is there without waiting. False: this connection is done with. */
static bool drain(struct dir_sync *sync)
{
    while (!stopping(sync)) {
        struct timeval now = {0, 0};
        LDAPMessage *message = NULL;
        int type = ldap_result(sync->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &now, &message);

        if (type == 0) {
            if (may_settle(sync))
                sync_settle(sync, cv_mono_ns());
            return true;
        }
        if (type < 0) {
            lost(sync);
            return false;
        }
        bool go_on = take_message(sync, message, type);

        ldap_msgfree(message);
        if (!go_on)
            return false;
        tick(sync);
        if (may_settle(sync) && sync->heard_at - sync->dirty_since > ms(BATCH_MS))
            sync_settle(sync, sync->heard_at);
    }
    return false;
}

static char *nothing[] = {(char[]){LDAP_NO_ATTRS}, NULL};

/* A cheap question that any living server answers at once. */
static bool send_probe(struct dir_sync *sync, int64_t now)
{
    sync->probe_at = now;
    return ldap_search_ext(sync->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", nothing, 0, NULL, NULL, NULL,
                           LDAP_NO_LIMIT, &sync->probe_id) == LDAP_SUCCESS;
}

static int64_t silent_since(const struct dir_sync *sync)
{
    return sync->heard_at > sync->probe_at ? sync->heard_at : sync->probe_at;
}

/* What is due now. False: this connection is done with. */
static bool tend(struct dir_sync *sync, int64_t now)
{
    if (!dir_site_fits(sync->config->site, sync->server, false))
        return false;
    if (atomic_exchange(&sync->reread, false)) {
        sync->cookie.len = 0;
        sync->reread_at = now;
    }
    if (sync->reread_at && now >= sync->reread_at)
        return false;
    if (sync->probe_at && now - silent_since(sync) >= ms(PROBE_LATE_MS)) {
        lost(sync);
        return now - silent_since(sync) < ms(PROBE_GIVE_UP_MS);
    }
    if (!sync->probe_at && now - sync->heard_at >= ms(PROBE_IDLE_MS) && !send_probe(sync, now)) {
        lost(sync);
        return false;
    }
    /* An outstanding probe means that nobody knows: then nothing is said to be up to date. */
    if (!sync->probe_at && !sync->refreshing && sync->life == LIFE_ALIVE && now - sync->settled_at >= ms(TICK_MS))
        sync_settle(sync, now);
    return sync_count_start(sync, now);
}

static int until_next(const struct dir_sync *sync, int64_t now)
{
    int64_t next = now + ms(TICK_MS);

    if (!sync->probe_at && !sync->refreshing && sync->settled_at + ms(TICK_MS) < next)
        next = sync->settled_at + ms(TICK_MS);
    if (!sync->probe_at && sync->heard_at + ms(PROBE_IDLE_MS) < next)
        next = sync->heard_at + ms(PROBE_IDLE_MS);
    if (sync->reread_at && sync->reread_at < next)
        next = sync->reread_at;
    return next <= now ? 0 : (int)((next - now) / 1000000) + 1;
}

static bool wait_for_more(struct dir_sync *sync)
{
    struct pollfd fds[] = {{.fd = sync->stop_fd, .events = POLLIN}, {.fd = sync_descriptor(sync), .events = POLLIN}};
    int64_t now = cv_mono_ns();

    tick(sync);
    if (!tend(sync, now))
        return false;
    poll(fds, CV_COUNT(fds), until_next(sync, now));
    return !stopping(sync);
}

/* ---- the thread ---- */
static void pause_before_retry(struct dir_sync *sync)
{
    struct pollfd stop = {.fd = sync->stop_fd, .events = POLLIN};
    uint32_t noise;

    cv_random(&noise, sizeof(noise));
    int half = sync->pause_ms / 2, left = half + (int)(noise % (uint32_t)(half + 1));

    for (; left > 0 && !stopping(sync); left -= TICK_MS) {
        tick(sync);
        poll(&stop, 1, left < TICK_MS ? left : TICK_MS);
    }
    sync->pause_ms = sync->pause_ms * 2 < LAST_PAUSE_MS ? sync->pause_ms * 2 : LAST_PAUSE_MS;
}

static void *run(void *argument)
{
    struct dir_sync *sync = argument;

    while (!stopping(sync)) {
        if (open_search(sync)) {
            while (drain(sync) && wait_for_more(sync)) {
            }
        }
        bool rereading = sync->reread_at && cv_mono_ns() >= sync->reread_at;

        sync->reread_at = 0;
        sync_distrust(sync);
        close_handle(sync);
        if (!stopping(sync) && !rereading) {
            cv_count(CVM_directory_reconnects);
            pause_before_retry(sync);
        }
    }
    return NULL;
}

static void sync_free(struct dir_sync *sync)
{
    if (sync->stop_fd >= 0)
        close(sync->stop_fd);
    cv_arena_free(&sync->arena);
    free(sync->names);
    free(sync);
}

/* Signals are for the main thread. */
static int start_thread(struct dir_sync *sync)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&sync->thread, NULL, run, sync);

    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

bool dir_sync_start(const struct dir_config *config, const struct dir_feed *feed, struct dir_sync **out,
                    struct cv_error *err)
{
    struct dir_sync *sync = calloc(1, sizeof(*sync));

    if (!sync)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    sync->config = config;
    sync->feed = *feed;
    sync->search_id = sync->probe_id = sync->usage.search_id = sync->count.id = -1;
    sync->pause_ms = FIRST_PAUSE_MS;
    sync->reread_ms = FIRST_REREAD_MS;
    sync->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sync->arena = cv_arena_new(RECORD_MAX);
    sync->names = sync_names();
    if (sync->stop_fd < 0 || !sync->arena || !sync->names || start_thread(sync) != 0) {
        sync_free(sync);
        return cv_fail_as(err, CV_INTERNAL, "", "Không mở được luồng theo dõi thư mục",
                          "The thread that follows the directory cannot be started");
    }
    *out = sync;
    return true;
}

void dir_sync_reread(struct dir_sync *sync)
{
    atomic_store(&sync->reread, true);
}

void dir_sync_stop(struct dir_sync **sync)
{
    uint64_t one = 1;

    if (!sync || !*sync)
        return;
    atomic_store(&(*sync)->stopping, true);
    while (write((*sync)->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
    pthread_join((*sync)->thread, NULL);
    sync_free(*sync);
    *sync = NULL;
}
