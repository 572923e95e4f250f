/* Listening sockets and daemons: opened, drained, closed. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "congvu/network.h"
#include "congvu/secret.h"
#include "http/request.h"

enum {
    CONNECTION_MEMORY = 8192, /* also the longest head, and wiped for each request; a bearer token of 4 KB fits */
    BACKLOG = 1024,
    LAST_ANSWERS_MS = 5000, /* after the lanes have stopped: for answers to reach their clients */
};

static bool fail_listen(const char *listen, struct cv_error *err)
{
    char why[128];
    int code = errno;

    snprintf(why, sizeof(why), "%m");
    cv_fail_as(err, CV_UNAVAILABLE, "listen", "Không lắng nghe được trên %s (%s)", "Cannot listen on %s (%s)", listen,
               why);
    err->lib_code = code;
    return false;
}

/* A socket of our own rather than the library's: its error says which address and why. */
static bool open_socket(const char *listen_on, int *out_fd, int *out_port, struct cv_error *err)
{
    struct sockaddr_storage address;
    struct sockaddr *any = (void *)&address;
    unsigned len;
    int one = 1;
    int fd;

    if (!cv_listen_socket(listen_on, &address, &len)) {
        return cv_fail_as(err, CV_INVALID, "listen",
                          "Địa chỉ lắng nghe \"%s\" không hợp lệ; ví dụ: 127.0.0.1:8080, [::1]:0",
                          "\"%s\" is no address to listen on; examples: 127.0.0.1:8080, [::1]:0", listen_on);
    }
    fd = socket(any->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail_listen(listen_on, err);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, any, len) != 0 || listen(fd, BACKLOG) != 0 || getsockname(fd, any, &len) != 0) {
        fail_listen(listen_on, err);
        close(fd);
        return false;
    }
    *out_fd = fd;
    *out_port = cv_port_of(any);
    return true;
}

static void on_library_log(void *cls, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_library_log(void *cls, const char *fmt, va_list ap)
{
    char line[256];

    (void)cls;
    vsnprintf(line, sizeof(line), fmt, ap);
    line[strcspn(line, "\n")] = '\0';
    cv_log(CV_LOG_DEBUG, "http_library", "%s", line); /* nearly always a client's doing */
}

/* The library would decode the path and each query argument for itself; nobody looks at those. */
static size_t leave_encoded(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static bool start_daemon(struct htp_server *server, int fd, struct cv_error *err)
{
    unsigned idle_s = (unsigned)(server->options.idle_ms + 999) / 1000;
    /* 0.9.75 sends broken double answers at level 1, so the guard does all the work; 1.0 does well what it does */
    int strict = server->library_trims ? 1 : 0;

    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        htp_on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL, /* has to be the first */
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_STRICT_FOR_CLIENT, strict, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT, (unsigned)server->options.connections,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_s, MHD_OPTION_URI_LOG_CALLBACK, htp_on_target, server,
        MHD_OPTION_NOTIFY_COMPLETED, htp_on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, htp_on_connection, server,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_END);
    return server->daemon ||
           cv_fail_as(err, CV_INTERNAL, NULL, "Máy chủ HTTP không khởi động được", "The HTTP server could not start");
}

static void init_sync(struct htp_server *server)
{
    cv_lock_init(&server->quiet_lock, CV_RANK_QUIET);
    cv_cond_init(&server->quiet);
}

static void server_free(struct htp_server *server)
{
    struct htp_private *next;

    for (struct htp_private *p = server->spare; p; p = next) {
        next = p->next_free;
        htp_call_free(p);
    }
    htp_router_free(&server->router);
    pthread_cond_destroy(&server->quiet);
    cv_lock_destroy(&server->quiet_lock);
    free(server);
}

static bool bring_up(struct htp_server *server, struct cv_error *err)
{
    int fd = -1;

    server->router = htp_router_new(server->options.routes, server->options.route_count, err);
    if (!server->router || !open_socket(server->options.listen, &fd, &server->port, err))
        return false;
    if (!htp_watch_start(&server->watch, err)) {
        close(fd);
        return false;
    }
    if (!start_daemon(server, fd, err)) {
        htp_watch_stop(&server->watch);
        close(fd);
        return false;
    }
    return true;
}

bool htp_server_start(const struct htp_options *options, struct htp_server **out, struct cv_error *err)
{
    struct htp_server *server = calloc(1, sizeof(*server));

    if (!server)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    server->options = *options;
    server->library_trims = MHD_get_version()[0] != '0';
    if (options->proxies && !cv_networks_parse(options->proxies, server->proxies.networks, &server->proxies.count)) {
        free(server);
        return cv_fail_as(err, CV_INVALID, "proxies", "Danh sách proxy không hợp lệ",
                          "The list of proxies cannot be read");
    }
    server->high_water = options->connections - options->connections / 10;
    cv_random_text(server->id_prefix, 8, false);
    init_sync(server);
    if (!bring_up(server, err)) {
        server_free(server);
        return false;
    }
    *out = server;
    return true;
}

int htp_server_port(const struct htp_server *server)
{
    return server->port;
}

void htp_server_quiesce(struct htp_server *server)
{
    MHD_socket fd;

    if (atomic_exchange(&server->stopping, true))
        return;
    htp_watch_hurry(&server->watch, cv_mono_ns() + HTP_STOP_MS * INT64_C(1000000));
    fd = MHD_quiesce_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
}

/* Sleeps until no request is in flight, or the deadline. */
static bool wait_quiet(struct htp_server *server, struct cv_deadline deadline)
{
    struct timespec until = cv_timespec(deadline);
    int rc = 0;

    cv_lock_take(&server->quiet_lock);
    atomic_store(&server->waited_on, true);
    while (atomic_load(&server->in_flight) > 0 && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&server->quiet, &server->quiet_lock.mutex, &until);
    cv_lock_give(&server->quiet_lock);
    return atomic_load(&server->in_flight) == 0;
}

bool htp_server_drain(struct htp_server *server, struct cv_deadline deadline)
{
    bool empty = wait_quiet(server, deadline);

    atomic_store(&server->expired, true);
    return empty;
}

void htp_server_stop(struct htp_server **server_p)
{
    struct htp_server *server = *server_p;

    if (!server)
        return;
    *server_p = NULL;
    htp_server_quiesce(server);
    (void)wait_quiet(server, cv_deadline_in_ms(LAST_ANSWERS_MS));
    cv_must(atomic_load(&server->suspended) ==
            0); /* the lanes are stopped first; the library aborts with a worse word */
    MHD_stop_daemon(server->daemon);
    htp_watch_stop(&server->watch);
    server_free(server);
}
