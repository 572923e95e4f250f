/* A server with a handful of routes, for the tests of the HTTP layer alone. Prints {"port":N} when it listens; SIGTERM
 * stops it gracefully.
 *
 * usage: httpd_probe REQUEST_MS IDLE_MS QUEUE CONNECTIONS DRAIN_MS HOLD_FIFO [SHARED_BYTES [PROXIES]]
 * /slow waits until HOLD_FIFO has been opened for writing and closed again (its end of file), or for the request's
 * deadline. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "congvu/clock.h"
#include "congvu/http.h"
#include "congvu/log.h"
#include "congvu/secret.h"

enum { SCOPE_READ = 1, SCOPE_WRITE = 2, MAX_BODY = 65536 };

struct probe {
    struct htp_shared *shared;
    int hold_fd; /* read end of the FIFO, or -1 */
};

static void get_shared(struct htp_exchange *x)
{
    struct probe *probe = x->app;

    if (htp_query(x, "age"))
        htp_header_set(x, "Congvu-View-Age", "%s", htp_query(x, "age"));
    htp_reply_shared(x, probe->shared);
}

static void write_pairs(struct htp_exchange *x)
{
    size_t len;
    const char *body = htp_body(x, &len);
    int64_t revision = 0;

    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "operation", x->route->operation);
    cv_jout_string(&x->out, "lang", x->lang == CV_EN ? "en" : "vi");
    cv_jout_string(&x->out, "peer", htp_peer(x));
    cv_jout_string(&x->out, "q", htp_query(x, "q"));
    cv_jout_int(&x->out, "body_len", (int64_t)len);
    cv_jout_raw(&x->out, "body", len ? body : "null", len ? len : 4);
    cv_jout_int(&x->out, "if_match", htp_if_match(x, &revision));
    cv_jout_int(&x->out, "revision", revision);
    cv_jout_bool(&x->out, "validate_only", htp_validate_only(x));
    cv_jout_bool(&x->out, "worker", x->thread != NULL);
}

static void echo(struct htp_exchange *x)
{
    write_pairs(x);
    if (strchr(x->route->pattern, '{'))
        cv_jout_string(&x->out, "name", htp_param(x, "name"));
    cv_jout_end(&x->out);
    htp_etag(x, 7);
    htp_reply(x, 200);
}

static void slow(struct htp_exchange *x)
{
    struct probe *probe = x->app;
    struct pollfd fd = {.fd = probe->hold_fd, .events = POLLIN};
    struct cv_error err = {0};
    int ready = poll(&fd, 1, (int)cv_deadline_left_ms(x->deadline));

    if (ready == 0) {
        cv_fail(&err, cvp_directory_unavailable, NULL, "Hết thời gian chờ", "Out of time");
        err.retry_after_s = 2;
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_bool(&x->out, "held", true);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

static void problem(struct htp_exchange *x)
{
    struct cv_error err = {0};

    htp_etag(x, 12);
    cv_fault_add(&x->faults, CV_AT_POINTER, "/full name", "required", "Thiếu họ tên", "No name");
    cv_fault_add(&x->faults, CV_AT_HEADER, "If-Match", "mismatch", "Đã đổi", "Changed");
    cv_fail(&err, cvp_etag_mismatch, NULL, "Bản ghi đã đổi", "The record has changed");
    memcpy(err.etag, "\"12\"", 5);
    htp_problem(x, &err, &x->faults);
}

static void text(struct htp_exchange *x)
{
    htp_reply_text(x, 200, "text/plain; charset=utf-8", "xin chào\n", strlen("xin chào\n"));
}

static void empty(struct htp_exchange *x)
{
    htp_reply_empty(x, 204);
}

static void in_flight(struct htp_exchange *x)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_int(&x->out, "in_flight", htp_in_flight() - 1); /* without this one */
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

static void silent(struct htp_exchange *x)
{
    (void)x;
}

static const struct htp_route routes[] = {
    {.method = HTP_GET, .pattern = "/shared", .operation = "get_shared", .handler = get_shared, .query = "age"},
    {.method = HTP_GET, .pattern = "/json", .operation = "get_json", .handler = echo, .query = "q validate_only"},
    {.method = HTP_GET, .pattern = "/text", .operation = "get_text", .handler = text, .produces = "text/plain"},
    {.method = HTP_GET, .pattern = "/in-flight", .operation = "in_flight", .handler = in_flight},
    {.method = HTP_GET, .pattern = "/silent", .operation = "silent", .handler = silent},
    {.method = HTP_GET, .pattern = "/problem", .operation = "problem", .handler = problem},
    {.method = HTP_GET,
     .pattern = "/echo/{name}",
     .operation = "echo_get",
     .lane = HTP_INTERACTIVE,
     .handler = echo,
     .query = "q"},
    {.method = HTP_POST,
     .pattern = "/echo",
     .operation = "echo_post",
     .lane = HTP_INTERACTIVE,
     .handler = echo,
     .query = "q validate_only"},
    {.method = HTP_PATCH,
     .pattern = "/echo/{name}",
     .operation = "echo_patch",
     .lane = HTP_INTERACTIVE,
     .handler = echo},
    {.method = HTP_PUT, .pattern = "/echo/{name}", .operation = "echo_put", .lane = HTP_INTERACTIVE, .handler = echo},
    {.method = HTP_DELETE,
     .pattern = "/echo/{name}",
     .operation = "echo_delete",
     .lane = HTP_INTERACTIVE,
     .handler = empty},
    {.method = HTP_GET, .pattern = "/slow", .operation = "slow", .lane = HTP_BULK, .handler = slow},
    {.method = HTP_POST,
     .pattern = "/private",
     .operation = "private",
     .lane = HTP_INTERACTIVE,
     .scopes = SCOPE_WRITE,
     .handler = echo},
    {.method = HTP_GET, .pattern = "/private", .operation = "private_get", .scopes = HTP_ANY_TOKEN, .handler = echo},
};

static bool authenticate(struct htp_exchange *x, const char *bearer, uint32_t *out_scopes, struct cv_error *err)
{
    (void)x;
    if (strcmp(bearer, "reader") != 0 && strcmp(bearer, "writer") != 0)
        return cv_fail(err, cvp_token_expired, NULL, "Mã truy cập đã hết hạn", "The token has expired");
    *out_scopes = strcmp(bearer, "writer") == 0 ? SCOPE_WRITE : SCOPE_READ;
    return true;
}

static bool thread_open(void *ctx, void **out_thread)
{
    *out_thread = ctx; /* anything that is not NULL */
    return true;
}

static _Noreturn void die(const char *what, const struct cv_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err->text[CV_EN]);
    exit(1);
}

static struct job_lane *start_lane(const char *name, int workers, size_t queue, struct probe *probe)
{
    struct job_lane_options options = {.name = name,
                                       .workers = workers,
                                       .queue = queue,
                                       .ctx = probe,
                                       .thread_open = thread_open,
                                       .run = htp_run_item};
    struct job_lane *lane = NULL;
    struct cv_error err = {0};

    if (!job_lane_start(&options, &lane, &err))
        die("lane", &err);
    return lane;
}

static void stop(struct htp_server *server, struct job_lane **lanes, int drain_ms)
{
    bool empty;

    htp_server_quiesce(server);
    empty = htp_server_drain(server, cv_deadline_in_ms(drain_ms));
    for (int i = 0; i < HTP_LANES; i++)
        if (lanes[i])
            job_lane_stop(&lanes[i]);
    htp_server_stop(&server);
    printf("{\"drained\":%s}\n", empty ? "true" : "false");
}

int main(int argc, char **argv)
{
    static const char *const scope_names[] = {"staff:read", "staff:write", NULL};
    struct probe probe = {.hold_fd = -1};
    struct htp_options options = {.listen = "127.0.0.1:0",
                                  .routes = routes,
                                  .route_count = CV_COUNT(routes),
                                  .authenticate = authenticate,
                                  .app = &probe,
                                  .max_body = MAX_BODY,
                                  .scope_names = scope_names};
    struct htp_server *server = NULL;
    struct cv_error err = {0};
    sigset_t ends;
    int got;

    if (argc < 7) {
        fprintf(stderr, "usage: httpd_probe REQUEST_MS IDLE_MS QUEUE CONNECTIONS DRAIN_MS HOLD_FIFO [SHARED_BYTES]\n");
        return 2;
    }
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    cv_log_level(CV_LOG_ERROR);
    options.request_ms = (int)strtol(argv[1], NULL, 10);
    options.idle_ms = (int)strtol(argv[2], NULL, 10);
    options.proxies = argc > 8 ? argv[8] : NULL;
    options.connections = (int)strtol(argv[4], NULL, 10);
    probe.hold_fd = open(argv[6], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (probe.hold_fd < 0) {
        perror(argv[6]);
        return 1;
    }
    {
        size_t size = argc > 7 ? (size_t)strtol(argv[7], NULL, 10) : 20;
        char *body = malloc(size + 1);

        if (!body)
            return 1;
        memset(body, ' ', size);
        memcpy(body, "{\"shared\":true}", 15);
        probe.shared = htp_shared_new(body, size, "application/json", "118-4711");
        free(body);
    }
    options.lanes[HTP_INTERACTIVE] = start_lane("interactive", 4, 64, &probe);
    options.lanes[HTP_BULK] = start_lane("bulk", 4, (size_t)strtol(argv[3], NULL, 10), &probe);
    if (!htp_server_start(&options, &server, &err))
        die("server", &err);
    printf("{\"port\":%d}\n", htp_server_port(server));
    fflush(stdout);
    sigwait(&ends, &got);
    stop(server, options.lanes, (int)strtol(argv[5], NULL, 10));
    htp_shared_unref(&probe.shared);
    close(probe.hold_fd);
    return 0;
}
