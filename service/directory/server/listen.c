/* The second listener of the embedded server: for mail servers of this machine, so loopback and nothing else. slapd 2.5
 * dies of a client that uses transactions (deploy/openldap/README.md), and without TLS a password would travel in the
 * clear. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "congvu/network.h"
#include "directory/server/slapd.h"

static bool refuse(const char *listen, struct cv_error *err)
{
    return cv_fail_as(err, CV_INVALID, "directory_listen",
                      "directory_listen \"%s\": chỉ nhận địa chỉ nội bộ của máy, ví dụ 127.0.0.1:0 hoặc [::1]:1389",
                      "directory_listen \"%s\": only loopback addresses, such as 127.0.0.1:0 or [::1]:1389", listen);
}

/* slapd cannot say which port it was given, so one is found free for it. */
static bool find_free(struct sockaddr_storage *address, unsigned len)
{
    struct sockaddr *any = (void *)address;
    int one = 1, fd = socket(any->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 && bind(fd, any, len) == 0 &&
              getsockname(fd, any, &len) == 0;
    close(fd);
    return ok;
}

bool slapd_listen_uri(const char *listen, char *out, size_t size, struct cv_error *err)
{
    struct sockaddr_storage address;
    struct cv_address host;
    char text[CV_ADDRESS_TEXT];
    unsigned len;
    out[0] = '\0';
    if (!listen || !*listen)
        return true;
    if (!cv_listen_socket(listen, &address, &len) || !cv_address_of((void *)&address, &host) ||
        !cv_address_is_loopback(&host))
        return refuse(listen, err);
    if (!find_free(&address, len))
        return cv_fail_as(err, CV_UNAVAILABLE, "directory_listen", "Không lắng nghe được trên %s",
                          "Cannot listen on %s", listen);
    cv_address_text(&host, text);
    snprintf(out, size, host.len == 16 ? "ldap://[%s]:%d" : "ldap://%s:%d", text, cv_port_of((void *)&address));
    return true;
}
