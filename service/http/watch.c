/* Deadlines of connections. The library's own timeout counts silence only: one byte a second would keep a connection
 * for ever. And clients that have left: the library takes a short read for the last one and does not see the end that
 * came together with the last bytes, so the connection and what was begun on it would wait for the deadline. */
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "http/internal.h"

enum { UNREAD_TICKS = 4, WAITING_MAX = 256 };

/* The end has come, and nothing moves on: all that came before is read, or the library reads no more. */
static bool has_left(struct htp_conn *conn)
{
    uint32_t step = atomic_load_explicit(&conn->steps, memory_order_relaxed);
    struct pollfd fd = {.fd = conn->fd, .events = POLLRDHUP};
    int unread = 0;

    if (atomic_load_explicit(&conn->answering, memory_order_relaxed) || poll(&fd, 1, 0) != 1 ||
        ioctl(conn->fd, FIONREAD, &unread) != 0 || step != conn->left_at) {
        conn->left_at = step;
        conn->left_ticks = 0;
        return false;
    }
    return ++conn->left_ticks >= (unread > 0 ? UNREAD_TICKS : 2); /* the event loop may just have read it */
}

static bool too_slow(struct htp_conn *conn, int64_t now)
{
    if (atomic_load_explicit(&conn->cut_at, memory_order_relaxed) > now)
        return false;
    atomic_store_explicit(&conn->cut_at, INT64_MAX, memory_order_relaxed);
    cv_count(CVM_http_cut_slow);
    return true;
}

/* Answers that wait for their source; the others' turn comes with the next tick. The library ends no connection that
 * waits, so they are there without the lock too. */
struct waiting {
    struct MHD_Connection *items[WAITING_MAX];
    size_t count;
};

static void take_waiting(struct htp_conn *conn, struct waiting *all)
{
    struct MHD_Connection *found = all->count < WAITING_MAX ? atomic_exchange(&conn->waiting, NULL) : NULL;

    if (found)
        all->items[all->count++] = found;
}

static void tick(void *ctx)
{
    struct htp_watch *watch = ctx;
    struct waiting waiting = {.count = 0};
    int64_t now = cv_mono_ns();

    cv_lock_take(&watch->lock);
    for (struct htp_conn *conn = watch->first; conn; conn = conn->next) {
        if (too_slow(conn, now) || has_left(conn))
            (void)shutdown(conn->fd, SHUT_RDWR); /* the event loop sees the end and cleans up */
        take_waiting(conn, &waiting);
    }
    cv_lock_give(&watch->lock);
    for (size_t i = 0; i < waiting.count; i++)
        htp_stream_ask_again(waiting.items[i]);
}

bool htp_watch_start(struct htp_watch *watch, struct cv_error *err)
{
    cv_lock_init(&watch->lock, CV_RANK_WATCH);
    if (!job_timer_start("http-watch", HTP_TICK_MS, tick, watch, &watch->timer, err)) {
        cv_lock_destroy(&watch->lock);
        return false;
    }
    return true;
}

void htp_watch_stop(struct htp_watch *watch)
{
    job_timer_stop(&watch->timer);
    cv_lock_destroy(&watch->lock);
}

void htp_watch_hurry(struct htp_watch *watch, int64_t cut_at)
{
    cv_lock_take(&watch->lock);
    for (struct htp_conn *conn = watch->first; conn; conn = conn->next)
        if (!atomic_load(&conn->answering) && atomic_load(&conn->cut_at) > cut_at)
            atomic_store(&conn->cut_at, cut_at);
    cv_lock_give(&watch->lock);
}

struct htp_conn *htp_watch_add(struct htp_watch *watch, int fd, int64_t cut_at)
{
    struct htp_conn *conn = calloc(1, sizeof(*conn));

    if (!conn)
        return NULL;
    conn->fd = fd;
    atomic_init(&conn->cut_at, cut_at);
    cv_lock_take(&watch->lock);
    conn->next = watch->first;
    if (watch->first)
        watch->first->prev = conn;
    watch->first = conn;
    cv_lock_give(&watch->lock);
    return conn;
}

void htp_watch_remove(struct htp_watch *watch, struct htp_conn *conn)
{
    cv_lock_take(&watch->lock);
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        watch->first = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    cv_lock_give(&watch->lock);
    free(conn);
}
