/* Deadlines of connections. The library's own timeout counts silence only: one byte a second would keep a connection
 * for ever. */
#include <stdlib.h>
#include <sys/socket.h>

#include "congvu/log.h"
#include "http/internal.h"

static void tick(void *ctx)
{
    struct htp_watch *watch = ctx;
    int64_t now = cv_mono_ns();

    pthread_mutex_lock(&watch->lock);
    for (struct htp_conn *conn = watch->first; conn; conn = conn->next) {
        if (atomic_load_explicit(&conn->cut_at, memory_order_relaxed) <= now) {
            atomic_store_explicit(&conn->cut_at, INT64_MAX, memory_order_relaxed);
            (void)shutdown(conn->fd, SHUT_RDWR); /* the event loop sees the end and cleans up */
            cv_count(CVM_http_cut_slow);
        }
    }
    pthread_mutex_unlock(&watch->lock);
}

bool htp_watch_start(struct htp_watch *watch, struct cv_error *err)
{
    pthread_mutex_init(&watch->lock, NULL);
    if (!job_timer_start("http-watch", HTP_TICK_MS, tick, watch, &watch->timer, err)) {
        pthread_mutex_destroy(&watch->lock);
        return false;
    }
    return true;
}

void htp_watch_stop(struct htp_watch *watch)
{
    job_timer_stop(&watch->timer);
    pthread_mutex_destroy(&watch->lock);
}

struct htp_conn *htp_watch_add(struct htp_watch *watch, int fd, int64_t cut_at)
{
    struct htp_conn *conn = calloc(1, sizeof(*conn));

    if (!conn) {
        return NULL;
    }
    conn->fd = fd;
    atomic_init(&conn->cut_at, cut_at);
    pthread_mutex_lock(&watch->lock);
    conn->next = watch->first;
    if (watch->first) {
        watch->first->prev = conn;
    }
    watch->first = conn;
    pthread_mutex_unlock(&watch->lock);
    return conn;
}

void htp_watch_remove(struct htp_watch *watch, struct htp_conn *conn)
{
    pthread_mutex_lock(&watch->lock);
    if (conn->prev) {
        conn->prev->next = conn->next;
    } else {
        watch->first = conn->next;
    }
    if (conn->next) {
        conn->next->prev = conn->prev;
    }
    pthread_mutex_unlock(&watch->lock);
    free(conn);
}
