/* The second listener of the embedded server: for mail servers of this machine, so loopback and nothing else. slapd 2.5
 * dies of a client that uses transactions (deploy/openldap/README.md), and without TLS a password would travel in the
 * clear. */
#include "directory/server/slapd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union loopback {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool refuse(const char *listen, struct cv_error *err)
{
    return cv_fail_as(err, CV_INVALID, "directory_listen",
                      "directory_listen \"%s\": chỉ nhận địa chỉ nội bộ của máy, ví dụ 127.0.0.1:0 hoặc [::1]:1389",
                      "directory_listen \"%s\": only loopback addresses, such as 127.0.0.1:0 or [::1]:1389", listen);
}

static bool read_port(const char *text, in_port_t *out)
{
    char *end = NULL;
    long port = strtol(text, &end, 10);
    if (end == text || *end != '\0' || port < 0 || port > 65535)
        return false;
    *out = htons((uint16_t)port);
    return true;
}

static bool parse(const char *listen, union loopback *out)
{
    static const char v6[] = "[::1]:";
    char host[INET_ADDRSTRLEN];
    memset(out, 0, sizeof *out);
    if (strncmp(listen, v6, sizeof v6 - 1) == 0) {
        out->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        return read_port(listen + sizeof v6 - 1, &out->v6.sin6_port);
    }
    size_t len = strcspn(listen, ":");
    if (listen[len] != ':' || len >= sizeof host)
        return false;
    memcpy(host, listen, len);
    host[len] = '\0';
    out->v4.sin_family = AF_INET;
    return inet_pton(AF_INET, host, &out->v4.sin_addr) == 1 && ntohl(out->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET &&
           read_port(listen + len + 1, &out->v4.sin_port);
}

/* slapd cannot say which port it was given, so one is found free for it. */
static bool find_free(union loopback *address)
{
    bool v6 = address->any.sa_family == AF_INET6;
    socklen_t len = v6 ? sizeof address->v6 : sizeof address->v4;
    int one = 1, fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 && bind(fd, &address->any, len) == 0 &&
              getsockname(fd, &address->any, &len) == 0;
    close(fd);
    return ok;
}

bool slapd_listen_uri(const char *listen, char *out, size_t size, struct cv_error *err)
{
    union loopback address;
    char host[INET6_ADDRSTRLEN];
    out[0] = '\0';
    if (!listen || !*listen)
        return true;
    if (!parse(listen, &address))
        return refuse(listen, err);
    if (!find_free(&address))
        return cv_fail_as(err, CV_UNAVAILABLE, "directory_listen", "Không lắng nghe được trên %s.",
                          "Cannot listen on %s.", listen);
    bool v6 = address.any.sa_family == AF_INET6;
    const void *bytes = v6 ? (const void *)&address.v6.sin6_addr : (const void *)&address.v4.sin_addr;
    inet_ntop(address.any.sa_family, bytes, host, sizeof host);
    snprintf(out, size, v6 ? "ldap://[%s]:%d" : "ldap://%s:%d", host,
             ntohs(v6 ? address.v6.sin6_port : address.v4.sin_port));
    return true;
}
