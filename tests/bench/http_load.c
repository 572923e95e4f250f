/* Sends the requests of a file (raw HTTP/1.1, one after the other, each preceded by a line with its length) over N
 * keep-alive connections from one epoll thread, and prints rate and latencies as JSON.   http_load PORT FILE
 * CONNECTIONS */
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
    double sent;
};
static struct request requests[REQUESTS_MAX];
static double latencies[REQUESTS_MAX];
static int request_count, sent, answered, refused;
static struct connection connections[CONNECTIONS_MAX];

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

static void send_next(struct connection *c)
{
    if (sent >= request_count)
        return;
    struct request *r = &requests[sent++];
    c->have = 0;
    c->sent = now();
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
    latencies[answered++] = now() - c->sent;
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

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int count = (int)strtol(argv[3], NULL, 10), epoll = epoll_create1(0);
    read_requests(argv[2]);
    if (count < 1 || count > CONNECTIONS_MAX || request_count == 0)
        return 2;
    for (int i = 0; i < count; i++)
        dial(&connections[i], (int)strtol(argv[1], NULL, 10), epoll);
    double begun = now();
    for (int i = 0; i < count; i++)
        send_next(&connections[i]);
    while (answered < request_count) {
        struct epoll_event events[64];
        int n = epoll_wait(epoll, events, 64, 30000);
        if (n == 0)
            return 1;
        for (int i = 0; i < n; i++)
            receive(events[i].data.ptr);
    }
    double seconds = now() - begun;
    qsort(latencies, (size_t)answered, sizeof(*latencies), by_value);
    printf("{\"requests\": %d, \"refused\": %d, \"seconds\": %.3f, \"per_second\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": "
           "%.3f}\n",
           answered, refused, seconds, answered / seconds, latencies[answered / 2] * 1e3,
           latencies[(size_t)(answered * 0.99)] * 1e3);
    return refused > 0;
}
