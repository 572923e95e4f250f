/* Sends the requests of a file (raw HTTP/1.1, one after the other, each preceded by a line with its length) over N
 * keep-alive connections from one epoll thread, and prints rate and latencies as JSON.
 *   http_load PORT FILE CONNECTIONS                     each once, as fast as they are answered
 *   http_load PORT FILE CONNECTIONS PER_SECOND SECONDS  round and round at that pace; a latency counts from when its
 *                                                       request was due, whether or not a connection was free then */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS_MAX = 200000, CONNECTIONS_MAX = 256, ANSWER_MAX = 1 << 20 };

struct request {
    char *bytes;
    size_t len;
};
struct connection {
    int fd;
    char *in;
    size_t have;
    double due;
    int busy;
};
static struct request requests[REQUESTS_MAX];
static double latencies[REQUESTS_MAX];
static int request_count, to_send, sent, answered, refused;
static struct connection connections[CONNECTIONS_MAX];
static double begun, pace; /* seconds between two; 0 = as fast as they are answered */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_requests(const char *file)
{
    FILE *f = fopen(file, "r");
    char head[32];
    while (f != NULL && fgets(head, sizeof(head), f) != NULL && request_count < REQUESTS_MAX) {
        size_t len = strtoul(head, NULL, 10);
        struct request *r = &requests[request_count++];
        r->bytes = malloc(len + 1);
        r->len = fread(r->bytes, 1, len, f);
    }
    if (f != NULL)
        fclose(f);
}

static void dial(struct connection *c, int port, int epoll)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    c->in = malloc(ANSWER_MAX);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        exit(1);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static double next_due(void)
{
    return pace > 0 ? begun + sent * pace : now();
}

static void send_next(struct connection *c)
{
    double due = next_due();
    if (sent >= to_send || due > now())
        return;
    struct request *r = &requests[sent++ % request_count];
    c->have = 0;
    c->due = due;
    c->busy = 1;
    if (send(c->fd, r->bytes, r->len, MSG_NOSIGNAL) != (ssize_t)r->len)
        exit(1);
}

/* Complete when the head and Content-Length bytes are there. */
static int complete(const struct connection *c)
{
    const char *end = memmem(c->in, c->have, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    const char *length = memmem(c->in, (size_t)(end - c->in), "Content-Length:", 15);
    size_t body = length != NULL ? strtoul(length + 15, NULL, 10) : 0;
    return c->have >= (size_t)(end - c->in) + 4 + body;
}

static void receive(struct connection *c)
{
    ssize_t n = recv(c->fd, c->in + c->have, ANSWER_MAX - c->have - 1, 0);
    if (n <= 0)
        exit(1);
    c->have += (size_t)n;
    c->in[c->have] = '\0';
    if (!complete(c))
        return;
    latencies[answered++] = now() - c->due;
    c->busy = 0;
    if (c->in[9] != '2') {
        if (refused++ == 0)
            fprintf(stderr, "%.600s\n", c->in);
    }
    send_next(c);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile_ms(double part)
{
    return latencies[(size_t)(answered * part)] * 1e3;
}

static void print_results(double seconds)
{
    qsort(latencies, (size_t)answered, sizeof(*latencies), by_value);
    printf("{\"requests\": %d, \"refused\": %d, \"seconds\": %.3f, \"per_second\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": "
           "%.3f, \"p999_ms\": %.3f, \"max_ms\": %.3f}\n",
           answered, refused, seconds, answered / seconds, quantile_ms(0.5), quantile_ms(0.99), quantile_ms(0.999),
           latencies[answered - 1] * 1e3);
}

/* Milliseconds until there may be something to send, at most half a minute. */
static int patience(void)
{
    double left = (next_due() - now()) * 1e3;
    return pace > 0 && sent < to_send ? (left > 0 ? (int)left + 1 : 1) : 30000;
}

/* False when nothing came in time. */
static int turn(int epoll, int count)
{
    struct epoll_event events[64];
    int wait = patience(), n = epoll_wait(epoll, events, 64, wait);
    for (int i = 0; i < n; i++)
        receive(events[i].data.ptr);
    static int first; /* each in its turn: a connection that is idle for long is closed */
    for (int i = 0; i < count; i++)
        if (!connections[(first + i) % count].busy)
            send_next(&connections[(first + i) % count]);
    first = sent % count;
    return n > 0 || wait < 30000;
}

static int read_arguments(int argc, char **argv)
{
    int count = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
    if ((argc != 4 && argc != 6) || count < 1 || count > CONNECTIONS_MAX)
        return 0;
    read_requests(argv[2]);
    to_send = request_count;
    if (argc == 6) {
        pace = 1 / strtod(argv[4], NULL);
        to_send = (int)(strtod(argv[5], NULL) / pace);
    }
    return request_count > 0 && to_send <= REQUESTS_MAX ? count : 0;
}

int main(int argc, char **argv)
{
    int count = read_arguments(argc, argv), epoll = epoll_create1(0);
    if (count == 0)
        return 2;
    for (int i = 0; i < count; i++)
        dial(&connections[i], (int)strtol(argv[1], NULL, 10), epoll);
    begun = now();
    for (int i = 0; i < count; i++)
        send_next(&connections[i]);
    while (answered < to_send)
        if (!turn(epoll, count))
            return 1;
    print_results(now() - begun);
    return refused > 0;
}
