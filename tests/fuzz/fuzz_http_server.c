/* The whole server over the real libmicrohttpd: bytes go in over a connection, and what comes out is held against a
 * strict reader of the same bytes (RFC 9112, with the limits that service/http/guard.c lists).
 *
 * Never more answers than the strict reader counts requests, one more for what is left over; never more good ones than
 * whole requests; nothing in flight once the connection is closed. The first byte says in which pieces the rest is
 * sent. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "congvu/http.h"
#include "congvu/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_ANSWERS = 1 << 20, LIMIT_MS = 60000, MAX_BODY = 4096 };

/* ---- the server ---- */

static void answer(struct htp_exchange *x)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

static const struct htp_route routes[] = {
    {.method = HTP_GET, .pattern = "/a", .operation = "a", .handler = answer, .query = "q"},
    {.method = HTP_POST, .pattern = "/b", .operation = "b", .lane = HTP_INTERACTIVE, .handler = answer},
    {.method = HTP_PUT, .pattern = "/c/{name}", .operation = "c", .lane = HTP_INTERACTIVE, .handler = answer},
    {.method = HTP_GET, .pattern = "/d", .operation = "d", .scopes = HTP_ANY_TOKEN, .handler = answer},
};

static bool authenticate(struct htp_exchange *x, const char *bearer, uint32_t *out_scopes, struct cv_error *err)
{
    (void)x;
    *out_scopes = 1;
    return (bearer != NULL && strcmp(bearer, "good") == 0) || cv_fail(err, cvp_unauthenticated, NULL, "Sai", "Wrong");
}

static bool no_thread(void *ctx, void **out_thread)
{
    *out_thread = ctx;
    return true;
}

static int start(void)
{
    struct htp_options options = {.listen = "127.0.0.1:0",
                                  .routes = routes,
                                  .route_count = CV_COUNT(routes),
                                  .authenticate = authenticate,
                                  .request_ms = LIMIT_MS,
                                  .idle_ms = LIMIT_MS,
                                  .connections = 100,
                                  .max_body = MAX_BODY};
    struct job_lane_options lane = {.name = "interactive",
                                    .workers = 2,
                                    .queue = 64,
                                    .ctx = &options,
                                    .thread_open = no_thread,
                                    .run = htp_run_item};
    struct htp_server *server = NULL;
    struct cv_error err = {0};

    cv_log_level(CV_LOG_ERROR);
    if (!job_lane_start(&lane, &options.lanes[HTP_INTERACTIVE], &err) || !htp_server_start(&options, &server, &err))
        abort();
    return htp_server_port(server);
}

/* ---- the strict reader ---- */

struct bytes {
    const char *at, *end;
};

/* Behind 0.9.75 whatever leaves NULs looks like CRLF: NUL LF, and at the end of a head four such bytes. */
static size_t end_of_line(const char *p, const char *end)
{
    if (end - p >= 4 && *p != ':' && p[3] == '\n' && memchr("\r\n\0", p[0], 3) && memchr("\r\n\0:", p[1], 4) &&
        memchr("\r\n\0:", p[2], 4))
        return 4;
    return end - p >= 2 && (*p == '\r' || *p == '\0') && p[1] == '\n' ? 2 : 0;
}

/* A line of a head; bare CR, bare LF and NUL are no part of any. *out_last: the empty line came with it. */
static bool take_line(struct bytes *b, struct bytes *out, bool *out_last)
{
    const char *p = b->at;
    size_t n;

    while (p < b->end && *p != '\r' && *p != '\n' && *p != '\0')
        p++;
    n = end_of_line(p, b->end);
    *out = (struct bytes){b->at, p};
    *out_last = n == 4;
    b->at = p + n;
    return n > 0;
}

/* In chunked framing a bare LF ends a line too, and whatever stands in it behind the size does not count. */
static bool take_loose_line(struct bytes *b, struct bytes *out)
{
    const char *lf = memchr(b->at, '\n', (size_t)(b->end - b->at));

    if (!lf)
        return false;
    *out = (struct bytes){b->at, lf > b->at && lf[-1] == '\r' ? lf - 1 : lf};
    b->at = lf + 1;
    return true;
}

static size_t length_of(const struct bytes *b)
{
    return (size_t)(b->end - b->at);
}

static struct bytes trimmed(struct bytes b)
{
    while (b.at < b.end && (*b.at == ' ' || *b.at == '\t'))
        b.at++;
    while (b.at < b.end && (b.end[-1] == ' ' || b.end[-1] == '\t'))
        b.end--;
    return b;
}

static bool is(struct bytes b, const char *word)
{
    return length_of(&b) == strlen(word) && strncasecmp(b.at, word, length_of(&b)) == 0;
}

struct head {
    int hosts, lengths, codings;
    bool chunked, http_1_0;
    uint64_t length;
};

static bool read_request_line(struct bytes line, struct head *head)
{
    const char *first = memchr(line.at, ' ', length_of(&line));
    const char *second = first ? memchr(first + 1, ' ', (size_t)(line.end - first - 1)) : NULL;

    if (!first || first == line.at || !second || second == first + 1)
        return false;
    head->http_1_0 = is((struct bytes){second + 1, line.end}, "HTTP/1.0");
    return head->http_1_0 || is((struct bytes){second + 1, line.end}, "HTTP/1.1");
}

static bool read_number(struct bytes b, int base, uint64_t *out)
{
    static const char digits[] = "0123456789abcdef";
    const char *p;

    *out = 0;
    for (p = b.at; p < b.end && *p; p++) {
        const char *digit = memchr(digits, *p >= 'A' && *p <= 'F' ? *p + 32 : *p, (size_t)base);

        if (!digit || *out > UINT64_MAX / 32)
            break;
        *out = *out * (uint64_t)base + (uint64_t)(digit - digits);
    }
    return p > b.at && (p == b.end || (base == 16 && (*p == ';' || *p == ' ' || *p == '\t')));
}

static bool read_field(struct bytes line, struct head *head)
{
    const char *colon = memchr(line.at, ':', length_of(&line));
    struct bytes name = {line.at, colon}, value;

    if (!colon || colon == line.at || *line.at == ' ' || *line.at == '\t')
        return false;
    value = trimmed((struct bytes){colon + 1, line.end});
    head->hosts += is(name, "Host");
    if (is(name, "Content-Length")) {
        head->lengths++;
        return read_number(value, 10, &head->length);
    }
    if (is(name, "Transfer-Encoding")) {
        head->codings++;
        head->chunked = is(value, "chunked");
        return head->chunked;
    }
    return true;
}

static bool read_chunks(struct bytes *b)
{
    struct bytes line;
    uint64_t size;

    do {
        if (!take_loose_line(b, &line) || !read_number(line, 16, &size) || size > length_of(b))
            return false;
        b->at += size;
    } while (size > 0 && take_loose_line(b, &line) && length_of(&line) == 0);
    if (size > 0 || !take_loose_line(b, &line))
        return false;
    if (length_of(&line) > 0 && *line.at != '\0')
        b->at = b->end; /* trailers: nobody judges them, and nothing behind them may be answered */
    return true;
}

/* Before a request line they do not count; for the library a line that begins with a NUL is one too. */
static void skip_empty_lines(struct bytes *b)
{
    struct bytes line, rest = *b;

    while (take_loose_line(&rest, &line) && (length_of(&line) == 0 || *line.at == '\0'))
        *b = rest;
}

static bool framed(const struct head *head, const struct bytes *rest)
{
    return head->lengths + head->codings <= 1 && head->hosts <= 1 && (head->hosts == 1 || head->http_1_0) &&
           head->length <= length_of(rest);
}

static bool read_request(struct bytes *b)
{
    struct head head = {0};
    struct bytes line;
    bool last = false;

    skip_empty_lines(b);
    if (!take_line(b, &line, &last) || !read_request_line(line, &head))
        return false;
    while (!last)
        if (!take_line(b, &line, &last) || !read_field(line, &head))
            return false;
    if (!framed(&head, b))
        return false;
    b->at += head.length;
    return !head.chunked || read_chunks(b);
}

/* How many whole requests, and is something left over? */
static int count_requests(const char *data, size_t size, bool *out_more)
{
    struct bytes b = {data, data + size};
    int count = 0;

    while (b.at < b.end) {
        if (!read_request(&b)) {
            *out_more = true;
            break;
        }
        count++;
    }
    return count;
}

/* ---- one connection ---- */

/* From an address of its own: closed connections keep their ports for a minute. */
static int open_connection(int port)
{
    static uint32_t calls;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + calls++ % 0xfffff0)};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    struct timeval limit = {.tv_sec = LIMIT_MS / 1000 / 2};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
        bind(fd, (struct sockaddr *)&from, sizeof(from)) != 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        perror("a connection cannot be opened");
        abort();
    }
    return fd;
}

static void send_pieces(int fd, const uint8_t *data, size_t size, size_t piece)
{
    for (size_t at = 0; at < size; at += piece)
        if (send(fd, data + at, size - at < piece ? size - at : piece, MSG_NOSIGNAL) < 0)
            return;                                                 /* closed: what it has said can still be read */
    (void)poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 1); /* the end alone: see watch.c */
    (void)shutdown(fd, SHUT_WR);
}

static size_t receive_all(int fd, char *answers)
{
    size_t len = 0;
    ssize_t n;

    while ((n = recv(fd, answers + len, MAX_ANSWERS - len, 0)) > 0)
        len += (size_t)n;
    if (n < 0 && errno == EAGAIN)
        abort(); /* it hangs */
    answers[len] = '\0';
    return len;
}

static const char *field_of(const char *head, const char *end, const char *name)
{
    const char *found = strcasestr(head, name);

    return found && found < end ? found + strlen(name) : NULL;
}

/* Ours carry an id and tell their length; what the library answers by itself is always a refusal. */
static const char *skip_answer(const char *p, int *ours, int *good)
{
    const char *end = strstr(p, "\r\n\r\n"), *length, *next;
    bool own;

    if (strncmp(p, "HTTP/1.1 ", 9) != 0 || !end)
        abort();
    own = field_of(p, end, "\r\nX-Request-Id:") != NULL;
    length = field_of(p, end, "\r\nContent-Length:");
    if (!own && p[9] < '4' && p[9] != '1')
        abort();
    *ours += own;
    *good += own && p[9] < '4';
    end += 4;
    if (length && (*end == '{' || *end == '<')) /* to HEAD nothing follows, and 0.9.75 sends some heads twice */
        end += strtoul(length, NULL, 10);
    next = strstr(end, "HTTP/1.1 ");
    return next ? next : p + strlen(p);
}

static void judge(const char *answers, int requests, bool more)
{
    int ours = 0, good = 0;

    for (const char *p = answers; *p;)
        p = skip_answer(p, &ours, &good);
    if (good > requests || ours > requests + more) {
        fprintf(stderr, "%d requests%s, %d answers, %d of them good:\n%s\n", requests, more ? " and more" : "", ours,
                good, answers);
        abort();
    }
}

static void wait_until_ended(void)
{
    struct cv_deadline limit = cv_deadline_in_ms(LIMIT_MS / 2);

    while (htp_in_flight() > 0) {
        if (cv_deadline_passed(limit))
            abort();
        sched_yield();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int port;
    static char *answers;
    bool more = false;
    int fd, requests;

    if (size < 2)
        return 0;
    if (!answers) {
        answers = malloc(MAX_ANSWERS + 1);
        port = start();
    }
    requests = count_requests((const char *)data + 1, size - 1, &more);
    fd = open_connection(port);
    send_pieces(fd, data + 1, size - 1, data[0] ? data[0] : size);
    (void)receive_all(fd, answers);
    close(fd);
    judge(answers, requests, more);
    wait_until_ended();
    return 0;
}
