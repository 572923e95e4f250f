/* The HEALTHCHECK of a container: one GET /readyz by plain sockets, so that the binary needs no helper. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "service.h"

static bool split_url(const char *url, char *host, size_t host_size, char *port, size_t port_size)
{
    static const char scheme[] = "http://";
    if (url == NULL || strncmp(url, scheme, sizeof(scheme) - 1) != 0)
        return false;
    const char *from = url + sizeof(scheme) - 1;
    const char *colon = strrchr(from, ':');
    if (colon == NULL || (size_t)(colon - from) >= host_size)
        return false;
    bool bracket = *from == '[' && colon[-1] == ']';
    int length = (int)(colon - from) - (bracket ? 2 : 0);
    snprintf(host, host_size, "%.*s", length, from + (bracket ? 1 : 0));
    snprintf(port, port_size, "%.*s", (int)strcspn(colon + 1, "/"), colon + 1);
    return true;
}

static int dial(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    struct timeval patience = {.tv_sec = 3};
    if (getaddrinfo(host, port, &hints, &list) != 0)
        return -1;
    int fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

/* 200 to GET path? `answer` is what came first. */
static bool ask(int fd, const char *path, char *answer, size_t size)
{
    char request[128];
    int len =
        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    return send(fd, request, (size_t)len, MSG_NOSIGNAL) > 0 && recv(fd, answer, size, MSG_WAITALL) > 12 &&
           strncmp(answer + 9, "200", 3) == 0;
}

bool probe_alive(const char *listen, int port)
{
    char url[300], host[256], number[16], answer[64] = "";
    snprintf(url, sizeof(url), "http://%.*s:%d", (int)(strrchr(listen, ':') - listen), listen, port);
    int fd = split_url(url, host, sizeof(host), number, sizeof(number)) ? dial(host, number) : -1;
    bool alive = fd >= 0 && ask(fd, "/livez", answer, sizeof(answer) - 1);
    if (fd >= 0)
        close(fd);
    return alive;
}

int probe_health(const char *url)
{
    char host[256], port[16], answer[64] = "";
    if (!split_url(url, host, sizeof(host), port, sizeof(port))) {
        fputs("healthcheck: needs --url http://ADDR:PORT\n", stderr);
        return 2;
    }
    int fd = dial(host, port);
    if (fd < 0) {
        fprintf(stderr, "healthcheck: nobody answers at %s\n", url);
        return 1;
    }
    bool ready = ask(fd, "/readyz", answer, sizeof(answer) - 1);
    close(fd);
    if (!ready)
        fprintf(stderr, "healthcheck: not ready: %.12s\n", answer);
    return ready ? 0 : 1;
}
