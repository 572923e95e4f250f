/* One request from the first call of the library to its end. */
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "http/request.h"

static atomic_int all_in_flight; /* of all servers of this process */

int htp_in_flight(void)
{
    return atomic_load_explicit(&all_in_flight, memory_order_relaxed);
}

static int64_t in_ms(int64_t now_ns, int64_t ms)
{
    return now_ns + ms * 1000000;
}

/* Something has arrived or is ended; `answering`: from here on nothing more is read until it is. */
static void step(struct htp_conn *conn, bool answering)
{
    atomic_store_explicit(&conn->answering, answering, memory_order_relaxed);
    atomic_fetch_add_explicit(&conn->steps, 1, memory_order_relaxed);
}

static void cut_at(struct htp_conn *conn, int64_t when)
{
    atomic_store_explicit(&conn->cut_at, when, memory_order_relaxed);
}

/* ---- begin and end ---- */

static enum htp_lane lane_of(const struct htp_route *route, bool costly)
{
    return costly ? HTP_INTERACTIVE : route->lane;
}

static void count_answer(const struct htp_private *p, int64_t now_ns)
{
    int lane = (int)(p->x.route ? lane_of(p->x.route, p->costly) : HTP_INLINE);

    if (p->status >= 500)
        cv_count(CVM_http_server_errors);
    else if (p->status >= 400)
        cv_count(CVM_http_client_errors);
    cv_count_request(p->x.route ? p->x.route->operation : NULL, p->status, lane, (double)(now_ns - p->began_ns) / 1e9);
}

static void in_flight_done(struct htp_server *server)
{
    atomic_fetch_sub_explicit(&all_in_flight, 1, memory_order_relaxed);
    if (atomic_fetch_sub(&server->in_flight, 1) == 1 && atomic_load(&server->waited_on)) {
        cv_lock_take(&server->quiet_lock);
        pthread_cond_broadcast(&server->quiet);
        cv_lock_give(&server->quiet_lock);
    }
}

/* Either the library asks for the answer, or the client has left meanwhile and it says "completed" at once. */
static void note_resumed(struct htp_private *p)
{
    if (p->suspended) {
        p->suspended = false;
        atomic_fetch_sub(&p->server->suspended, 1);
    }
}

/* Whatever was begun is ended here, once, whatever the library says or leaves unsaid. */
static void end_begun(struct htp_conn *conn)
{
    struct htp_private *p = conn->begun;
    int64_t now_ns = cv_mono_ns();
    struct htp_server *server;

    if (!p)
        return;
    conn->begun = NULL;
    step(conn, false);
    server = p->server;
    note_resumed(p);
    if (htp_answered(p))
        count_answer(p, now_ns);
    if (p->response)
        MHD_destroy_response(p->response);
    htp_stream_close(p);
    htp_shared_unref(&p->shared);
    cut_at(conn, in_ms(now_ns, (int64_t)server->options.idle_ms + server->options.request_ms));
    htp_call_give_back(p);
    in_flight_done(server);
}

static struct htp_conn *conn_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

/* The library would take the query apart for itself, and loses the request when the pairs are more than its memory
 * holds: in its own copy there is nothing behind the '?'. */
static void note_target(struct htp_conn *conn, const char *uri)
{
    char *mark = uri ? strchr((char *)(uintptr_t)uri, '?') : NULL;

    conn->target = uri;
    conn->target_len = uri ? strlen(uri) : 0;
    conn->mark = mark ? (size_t)(mark - uri) : conn->target_len;
    conn->behind_mark = mark ? mark[1] : '\0';
    if (mark)
        mark[1] = '\0';
}

/* The request line has arrived. Nothing is begun before its head has: the library may lose it on the way. */
void *htp_on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct htp_server *server = cls;
    struct htp_conn *conn = conn_of(connection);

    if (!conn)
        return NULL;
    step(conn, false);
    conn->began_ns = cv_mono_ns();
    conn->due_ns = in_ms(conn->began_ns, atomic_load(&server->stopping) ? HTP_STOP_MS : server->options.request_ms);
    /* a first request is counted from the connection's beginning: its first bytes may have trickled */
    if (conn->fresh) {
        int64_t since = atomic_load_explicit(&conn->cut_at, memory_order_relaxed);

        conn->due_ns = since < conn->due_ns ? since : conn->due_ns;
        conn->fresh = false;
    }
    cut_at(conn, conn->due_ns);
    note_target(conn, uri);
    return NULL;
}

/* The target as it came. */
static char *target_of(struct htp_private *p)
{
    const struct htp_conn *conn = p->conn;
    char *copy = cv_arena_alloc(p->arena, conn->target_len + 2);

    if (!cv_arena_ok(p->arena) || !conn->target)
        return NULL;
    memcpy(copy, conn->target, conn->target_len);
    if (conn->mark < conn->target_len) {
        copy[conn->mark] = '?';
        copy[conn->mark + 1] = conn->behind_mark;
    }
    copy[conn->target_len] = '\0';
    return copy;
}

static void split_target(struct htp_private *p)
{
    char *copy = target_of(p);

    p->x.path = "";
    p->x.query_string = "";
    p->target_kind = htp_target_check(copy, &p->target);
    if (p->target_kind != HTP_TARGET_PATH)
        return;
    p->x.path = copy;
    if (p->target.query) {
        copy[p->target.path_len] = '\0';
        p->x.query_string = copy + p->target.path_len + 1;
    }
}

/* NULL: out of memory. */
static struct htp_private *begin(struct htp_server *server, struct MHD_Connection *connection)
{
    struct htp_conn *conn = conn_of(connection);
    struct htp_private *p = conn ? htp_call_take(server) : NULL;

    if (!p)
        return NULL;
    end_begun(conn);
    conn->begun = p;
    atomic_fetch_add(&server->in_flight, 1);
    atomic_fetch_add_explicit(&all_in_flight, 1, memory_order_relaxed);
    p->connection = connection;
    p->conn = conn;
    p->began_ns = conn->began_ns;
    p->x.deadline.at_ns = conn->due_ns;
    split_target(p);
    return p;
}

void htp_on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
                      enum MHD_RequestTerminationCode code)
{
    struct htp_conn *conn = conn_of(connection);

    (void)cls;
    (void)code;
    *req_cls = NULL;
    if (conn)
        end_begun(conn);
}

void htp_on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                       enum MHD_ConnectionNotificationCode code)
{
    struct htp_server *server = cls;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct htp_conn *conn =
            htp_watch_add(&server->watch, info->connect_fd, in_ms(cv_mono_ns(), server->options.request_ms));

        if (conn) {
            conn->fresh = true;
            conn->over = atomic_fetch_add(&server->watch.open, 1) + 1 > server->high_water;
        }
        *socket_context = conn;
    } else if (*socket_context) {
        end_begun(*socket_context);
        htp_watch_remove(&server->watch, *socket_context);
        *socket_context = NULL;
        atomic_fetch_sub(&server->watch.open, 1);
    }
}

/* ---- the answer goes out ---- */

static void debug_line(const struct htp_private *p)
{
    if (!p->shared) { /* the hot path writes nothing at all */
        cv_log(CV_LOG_DEBUG, "http", "%s %d %.1f ms", p->x.route ? p->x.route->operation : "-", p->status,
               (double)(cv_mono_ns() - p->began_ns) / 1e6);
    }
}

static enum MHD_Result queue(struct htp_private *p)
{
    struct MHD_Response *response;

    step(p->conn, true);
    debug_line(p);
    htp_answer_build(p);
    response = p->shared ? htp_shared_dress(p->shared, p) : p->response;
    p->phase = HTP_PHASE_QUEUED;
    cut_at(p->conn, in_ms(cv_mono_ns(), HTP_SEND_MS));
    return response ? MHD_queue_response(p->connection, (unsigned)p->status, response) : MHD_NO;
}

/* ---- the handler runs ---- */

static void run_handler(struct htp_private *p)
{
    cv_log_request(p->x.request_id);
    p->x.route->handler(&p->x);
    if (!htp_answered(p)) {
        cv_log(CV_LOG_ERROR, "no_answer", "%s did not answer", p->x.route->operation);
        htp_refuse(p, cvp_internal, "Không lập được câu trả lời", "The answer could not be made");
    }
}

/* In a worker. The last touch of the request is the resume: from then on it belongs to the event loop again. */
void htp_run_item(void *ctx, void *thread, void *item)
{
    struct htp_private *p = item;
    struct MHD_Connection *connection = p->connection;

    (void)ctx;
    p->x.thread = thread;
    if (atomic_load(&p->server->expired)) {
        htp_refuse(p, cvp_stopping, "Dịch vụ đang dừng; yêu cầu này chưa được thực hiện",
                   "The service is stopping; this was not done");
    } else if (cv_deadline_passed(p->x.deadline)) {
        htp_refuse(p, cvp_busy, "Yêu cầu đã chờ quá lâu và chưa được thực hiện",
                   "This waited too long and was not done");
    } else {
        run_handler(p);
    }
    htp_answer_build(p);
    cv_log_request(NULL);
    p->x.thread = NULL;
    p->phase = HTP_PHASE_ANSWERED;
    MHD_resume_connection(connection);
}

static enum MHD_Result hand_over(struct htp_private *p)
{
    struct job_lane *lane = p->server->options.lanes[lane_of(p->x.route, p->costly)];
    struct job_slot slot;

    if (!lane || !job_lane_reserve(lane, &slot)) {
        bool stopping = atomic_load(&p->server->stopping);

        cv_count(CVM_http_refused_busy);
        htp_refuse(p, stopping ? cvp_stopping : cvp_busy, "Dịch vụ đang bận; yêu cầu này chưa được thực hiện",
                   "The service is busy; this was not done");
        return queue(p);
    }
    p->phase = HTP_PHASE_RUNNING;
    p->suspended = true;
    atomic_fetch_add(&p->server->suspended, 1);
    MHD_suspend_connection(p->connection); /* first: the worker may resume before we return */
    job_lane_publish(lane, slot, p);
    return MHD_YES;
}

/* The library ends trailers also where no other would: what follows them on this connection is not trusted. */
static void look_at_trailers(struct htp_private *p)
{
    if (MHD_get_connection_values(p->connection, MHD_FOOTER_KIND, NULL, NULL) > 0)
        p->close = true;
}

static enum MHD_Result start_work(struct htp_private *p)
{
    step(p->conn, true);
    look_at_trailers(p);
    cut_at(p->conn, INT64_MAX); /* all of it is here; from now on the handler is bound by x.deadline */
    if (p->too_large) {
        p->close = true;
        htp_refuse(p, cvp_body_too_large, "Nội dung gửi lớn hơn %zu byte", "The body is larger than %zu bytes",
                   htp_body_max(p));
        return queue(p);
    }
    if (!cv_arena_ok(p->arena)) {
        htp_refuse(p, cvp_internal, "Hết bộ nhớ", "Out of memory");
        return queue(p);
    }
    p->costly = p->x.route->costly && p->x.route->costly(&p->x);
    if (lane_of(p->x.route, p->costly) != HTP_INLINE)
        return hand_over(p);
    run_handler(p);
    cv_log_request(NULL);
    return queue(p);
}

/* ---- what the library calls for one request ---- */

/* Who sends the body without waiting would see a broken pipe instead of the answer. */
static bool worth_reading_on(const struct htp_private *p)
{
    uint64_t length = 0;

    if (p->close || !p->body_pending || p->head.count[HTP_EXPECT] > 0)
        return false;
    return !p->head.value[HTP_CONTENT_LENGTH] ||
           (htp_content_length(p->head.value[HTP_CONTENT_LENGTH], &length) && length <= HTP_DROP_MAX);
}

static enum MHD_Result on_head(struct htp_private *p, const char *method, const char *version)
{
    if (htp_admit(p, method, version)) {
        p->phase = HTP_PHASE_BODY;
        return MHD_YES;
    }
    if (worth_reading_on(p)) {
        p->phase = HTP_PHASE_DROP;
        return MHD_YES;
    }
    if (p->close || p->body_pending) {
        p->close = true;
        return queue(
            p); /* in the first call this closes the connection and leaves the body unread: exactly what is wanted */
    }
    p->phase = HTP_PHASE_ANSWERED; /* queued in the next call, which keeps the connection */
    return MHD_YES;
}

static enum MHD_Result drop(struct htp_private *p, size_t n)
{
    p->dropped += n;
    return p->dropped <= HTP_DROP_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_dropped_piece(struct htp_private *p, size_t *size)
{
    size_t n = *size;

    if (n == 0) {
        look_at_trailers(p);
        return queue(p);
    }
    *size = 0;
    step(p->conn, false);
    return drop(p, n);
}

static enum MHD_Result on_piece(struct htp_private *p, const char *piece, size_t *size)
{
    size_t max = htp_body_max(p);
    size_t n = *size;

    p->body_in.max = max;
    *size = 0;
    step(p->conn, false);
    if (n > max || p->body_in.len > max - n)
        p->too_large = true;
    if (p->too_large)
        return drop(p, n);
    cv_buf_put(&p->body_in, piece, n);
    return cv_buf_ok(&p->body_in) ? MHD_YES : MHD_NO;
}

enum MHD_Result htp_on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_size, void **req_cls)
{
    struct htp_private *p = *req_cls;

    (void)url;
    if (!p && !(p = *req_cls = begin(cls, connection)))
        return MHD_NO;
    switch (p->phase) {
    case HTP_PHASE_HEAD:
        return on_head(p, method, version);
    case HTP_PHASE_BODY:
        return *upload_size > 0 ? on_piece(p, upload, upload_size) : start_work(p);
    case HTP_PHASE_DROP:
        return on_dropped_piece(p, upload_size);
    case HTP_PHASE_ANSWERED:
        note_resumed(p);
        return queue(p);
    case HTP_PHASE_RUNNING:
    case HTP_PHASE_QUEUED:
        break; /* nothing to do until the worker has answered */
    }
    return MHD_YES;
}
