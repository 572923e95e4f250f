/* What the process asks of the machine before anything else of it exists. */
#include <limits.h>
#include <sys/resource.h>

#include "congvu/log.h"
#include "congvu/network.h"
#include "service.h"

/* Beside the connections of the API: the management port, workers with a session and a client each, the feed, files. */
enum { OTHER_FILES = 192 };

/* Before any thread: libmicrohttpd's would take them. What has no meaning here is taken too, so that it ends nobody. */
void process_signals(sigset_t *out)
{
    static const int taken[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM};
    sigemptyset(out);
    for (size_t i = 0; i < CV_COUNT(taken); i++)
        sigaddset(out, taken[i]);
    sigprocmask(SIG_BLOCK, out, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* The process and its slapd hold keys and passwords in memory: a core would put them into a file of its own. */
void process_no_core(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
}

void process_files(struct conf *conf)
{
    struct rlimit files = {0};
    getrlimit(RLIMIT_NOFILE, &files);
    rlim_t before = files.rlim_cur;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        files.rlim_cur = before;
    long room = files.rlim_cur > LONG_MAX ? LONG_MAX : (long)files.rlim_cur;
    cv_log(CV_LOG_INFO, "files", "%ld open files allowed (%lld at start), %ld connections", room, (long long)before,
           conf->connections);
    if (conf->connections <= room - OTHER_FILES)
        return;
    long fit = room > 2 * OTHER_FILES ? room - OTHER_FILES : room / 2;
    cv_log(CV_LOG_WARN, "files",
           "connections = %ld does not fit into %ld open files: %ld are taken; raise the limit (LimitNOFILE=) or lower "
           "the setting",
           conf->connections, room, fit);
    conf->connections = fit;
}

void process_warn_plain(const struct conf *conf)
{
    const char *const listen[] = {conf->listen, conf->management_listen};
    for (size_t i = 0; i < CV_COUNT(listen); i++) {
        struct cv_address address;
        uint16_t port;
        if (cv_listen_parse(listen[i], &address, &port) && !cv_address_is_loopback(&address))
            cv_log(CV_LOG_WARN, "plain_http", "%s can be reached from outside, and nothing encrypts there", listen[i]);
    }
}
