/* libldap bounds connecting and waiting, but not the TLS handshake: a server that is frozen takes the connection and
 * never says a word, and the thread would hang with it. A helper of that one moment closes the socket when time is up.
 */
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "congvu/lock.h"
#include "directory/wire/site.h"

struct guard {
    pthread_t thread;
    struct cv_lock lock;
    int socket; /* -1 = none; under the lock, so that it is not another one's number by then */
    int done, stop_fd;
    struct cv_deadline until;
};

static _Thread_local struct guard *guarding;

static void note_socket(int fd)
{
    if (!guarding)
        return;
    cv_lock_take(&guarding->lock);
    guarding->socket = fd;
    cv_lock_give(&guarding->lock);
}

static int connected(LDAP *ld, Sockbuf *sb, LDAPURLDesc *server, struct sockaddr *address, struct ldap_conncb *ctx)
{
    int fd = -1;
    (void)ld, (void)server, (void)address, (void)ctx;
    if (ber_sockbuf_ctrl(sb, LBER_SB_OPT_GET_FD, &fd) == 1)
        note_socket(fd);
    return LDAP_SUCCESS;
}

static void closing(LDAP *ld, Sockbuf *sb, struct ldap_conncb *ctx)
{
    (void)ld, (void)sb, (void)ctx;
    note_socket(-1);
}

static void *watch(void *arg)
{
    struct guard *g = arg;
    struct pollfd p[2] = {{.fd = g->done, .events = POLLIN}, {.fd = g->stop_fd, .events = POLLIN}};
    while (!p[0].revents && !p[1].revents && !cv_deadline_passed(g->until))
        poll(p, 2, (int)cv_deadline_left_ms(g->until));
    cv_lock_take(&g->lock);
    if (!p[0].revents && g->socket >= 0)
        shutdown(g->socket, SHUT_RDWR);
    cv_lock_give(&g->lock);
    return NULL;
}

int dir_guarded(LDAP *ld, struct cv_deadline until, int stop_fd, int (*step)(LDAP *ld, void *ctx), void *ctx)
{
    static struct ldap_conncb callbacks = {connected, closing, NULL};
    struct guard g = {.lock = CV_LOCK_INITIALIZER(CV_RANK_GUARD),
                      .socket = -1,
                      .done = eventfd(0, EFD_CLOEXEC),
                      .stop_fd = stop_fd,
                      .until = until};
    if (g.done < 0 || ldap_set_option(ld, LDAP_OPT_CONNECT_CB, &callbacks) != LDAP_OPT_SUCCESS ||
        pthread_create(&g.thread, NULL, watch, &g) != 0) {
        if (g.done >= 0)
            close(g.done);
        return LDAP_NO_MEMORY;
    }
    guarding = &g;
    int rc = step(ld, ctx);
    guarding = NULL;
    (void)!write(g.done, &(uint64_t){1}, sizeof(uint64_t));
    pthread_join(g.thread, NULL);
    close(g.done);
    return rc;
}
