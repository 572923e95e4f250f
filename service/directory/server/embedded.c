/* The embedded server: slapd as a child that is watched, started again, and never outlives us.
 * One thread owns the child from fork to wait, because the kernel ties the death signal to the forking thread. It waits
 * on two pipes and never polls: `stop` is closed by dir_embedded_stop, `life` is held open by slapd alone and reads as
 * ended when slapd has. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "directory/server/slapd.h"

enum {
    READY_MS = 30000,
    READY_STEP_MS = 10,
    TRY_MS = 2000,
    STOP_MS = 10000,
    PAUSE_FIRST_MS = 100,
    PAUSE_MAX_MS = 5000,
    STEADY_MS = 30000,
    CHILD_LOCK_FD = 3,
    CHILD_LIFE_FD = 4,
    SLAPD_FILES = 4096
};

enum phase { STARTING, READY, FAILED };

struct dir_embedded {
    struct slapd_paths paths;
    struct dir_config config; /* for asking whether it answers */
    char *base;
    char readers_uri[64];                  /* of the second listener, or "" */
    char listeners[DIR_PATH_MAX * 3 + 80]; /* what slapd is told */
    int lock;
    int stop[2], life; /* life: read end for the present child, -1 = none */
    _Atomic int pid;   /* 0 = none */
    bool reindex;
    uint64_t ahead; /* how large a database's file may be made ahead; 0 = not at all */
    pthread_t thread;
    struct cv_lock mutex;
    pthread_cond_t changed;
    enum phase phase; /* under mutex; so is error */
    struct cv_error error;
};

/* ---- the child ---- */

/* slapd keeps a table as long as its limit of open files is high. */
static void limit_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur <= SLAPD_FILES)
        return;
    files.rlim_cur = SLAPD_FILES;
    setrlimit(RLIMIT_NOFILE, &files);
}

/* Between fork and exec only what POSIX allows there. */
_Noreturn static void become(char *const *argv, char *const *env, pid_t parent, int lock, int life, int log)
{
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0); /* a Ctrl-C at a terminal is for the service, which still finishes requests with it */
    if (getppid() != parent)
        _exit(126);
    int null = open("/dev/null", O_RDWR);
    /* out of the way of the numbers they are to get */
    lock = fcntl(lock, F_DUPFD, 16);
    life = fcntl(life, F_DUPFD, 16);
    log = fcntl(log, F_DUPFD, 16);
    if (null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || dup2(lock, CHILD_LOCK_FD) < 0 ||
        dup2(life, CHILD_LIFE_FD) < 0)
        _exit(126);
    close_range(CHILD_LIFE_FD + 1, ~0U, 0);
    limit_files();
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(argv[0], argv, env);
    _exit(127);
}

/* Starts slapd in one of its roles. *out_life ends when the child does. */
static pid_t spawn(struct dir_embedded *e, char *const *argv, int *out_life)
{
    int life[2], log = slapd_log_open(&e->paths);
    char **env = slapd_environment();
    if (log < 0 || env == NULL || pipe2(life, O_CLOEXEC) != 0) {
        free(env);
        if (log >= 0)
            close(log);
        return -1;
    }
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(argv, env, parent, e->lock, life[1], log);
    free(env);
    close(life[1]);
    close(log);
    if (pid < 0)
        close(life[0]);
    else
        *out_life = life[0];
    return pid;
}

/* False when asked to stop, true when `ms` have passed or the child has ended (*out_ended). ms -1 = for ever. */
static bool watch(struct dir_embedded *e, int ms, bool *out_ended)
{
    struct pollfd p[2] = {{.fd = e->stop[0], .events = POLLIN}, {.fd = e->life, .events = POLLIN}};
    while (poll(p, 2, ms) < 0 && errno == EINTR)
        ;
    if (out_ended)
        *out_ended = p[1].revents != 0;
    return p[0].revents == 0;
}

static int reap(struct dir_embedded *e)
{
    int status = 0;
    while (waitpid(e->pid, &status, 0) < 0 && errno == EINTR)
        ;
    atomic_store(&e->pid, 0);
    close(e->life);
    e->life = -1;
    return status;
}

static void end_child(struct dir_embedded *e)
{
    struct pollfd p = {.fd = e->life, .events = POLLIN};
    if (e->pid <= 0)
        return;
    kill(e->pid, SIGTERM);
    while (poll(&p, 1, STOP_MS) < 0 && errno == EINTR)
        ;
    if (!p.revents)
        kill(e->pid, SIGKILL);
    reap(e);
}

static bool start_failed(struct dir_embedded *e, const char *what, struct cv_error *err)
{
    char tail[sizeof err->lib_text];
    slapd_log_tail(&e->paths, tail, sizeof tail);
    cv_fail_as(err, CV_UNAVAILABLE, "", "slapd không chạy được (%s); xem %s", "slapd does not run (%s); see %s", what,
               e->paths.log);
    snprintf(err->lib_text, sizeof err->lib_text, "%s", tail);
    return false;
}

/* ---- starting ---- */

/* "slapindex" or "slapadd"; `more`: what it is told besides, up to a NULL. */
static bool run_tool(struct dir_embedded *e, const char *tool, const char *suffix, char *const more[],
                     struct cv_error *err)
{
    char flag[16],
        *argv[12] = {
            e->paths.program, flag, (char[]){"-f"}, e->paths.config, (char[]){"-b"}, (char *)(uintptr_t)suffix,
        };
    snprintf(flag, sizeof flag, "-T%s", tool + strlen("slap"));
    for (size_t i = 0; more[i] != NULL; i++)
        argv[6 + i] = more[i];
    pid_t pid = spawn(e, argv, &e->life);
    bool ended = false;
    if (pid < 0)
        return start_failed(e, "fork", err);
    atomic_store(&e->pid, pid);
    if (!watch(e, -1, &ended)) {
        end_child(e);
        return start_failed(e, "stopped", err);
    }
    int status = reap(e);
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) || start_failed(e, tool, err);
}

static const char *suffix_of(const struct dir_embedded *e, const struct slapd_database *d)
{
    return d->suffix != NULL ? d->suffix : e->base;
}

static bool file_of(const struct dir_embedded *e, const struct slapd_database *d, char out[DIR_PATH_MAX + 32])
{
    snprintf(out, DIR_PATH_MAX + 32, "%s/%s/data.mdb", e->paths.folder, d->name);
    return access(out, F_OK) == 0;
}

/* Every change is in these two. What is not there yet is made first, empty. */
static bool write_ahead(struct dir_embedded *e, struct cv_error *err)
{
    static const int each[] = {SLAPD_MAIN, SLAPD_LOG};
    char path[DIR_PATH_MAX + 32], *const nothing[] = {(char[]){"-l"}, (char[]){"/dev/null"}, NULL};
    for (size_t i = 0; e->ahead > 0 && i < CV_COUNT(each); i++) {
        const struct slapd_database *d = &slapd_databases[each[i]];
        if (!file_of(e, d, path) && !run_tool(e, "slapadd", suffix_of(e, d), nothing, err))
            return false;
        slapd_write_ahead(path, e->ahead);
    }
    return true;
}

/* Indices first: slapd answers nothing, without an error, through one that was never built. Data of an older version
 * may lack a database; slapd makes it, slapindex would not. */
static bool prepare(struct dir_embedded *e, struct cv_error *err)
{
    char path[DIR_PATH_MAX + 32], *const quick[] = {(char[]){"-q"}, NULL};
    for (size_t i = 0; e->reindex && i < SLAPD_DATABASES; i++) {
        const struct slapd_database *d = &slapd_databases[i];
        if (file_of(e, d, path) && !run_tool(e, "slapindex", suffix_of(e, d), quick, err))
            return false;
    }
    e->reindex = false;
    return slapd_files_indexed(&e->paths, err) && write_ahead(e, err);
}

static bool answers(struct dir_embedded *e, struct cv_deadline until)
{
    struct cv_error ignored;
    LDAP *ld = NULL;
    if (!dir_connect(&e->config, cv_deadline_min(until, cv_deadline_in_ms(TRY_MS)), &ld, &ignored))
        return false;
    ldap_unbind_ext(ld, NULL, NULL);
    return true;
}

static pid_t spawn_slapd(struct dir_embedded *e, const char *debug)
{
    char *const argv[] = {e->paths.program, (char[]){"-f"}, e->paths.config,          (char[]){"-h"},
                          e->listeners,     (char[]){"-d"}, (char *)(uintptr_t)debug, NULL};
    unlink(e->paths.socket); /* of one that was killed */
    pid_t pid = spawn(e, argv, &e->life);
    if (pid > 0)
        atomic_store(&e->pid, pid);
    return pid;
}

/* -d keeps slapd in the foreground. 0 says nothing, not even why it ends; "none" says that, and a line for every write.
 * So one that ended at once is started a second time only to hear its last words. */
static void hear_why(struct dir_embedded *e)
{
    bool ended;
    if (spawn_slapd(e, "none") < 0)
        return;
    watch(e, TRY_MS, &ended);
    end_child(e);
}

static bool await_ready(struct dir_embedded *e, struct cv_error *err)
{
    struct cv_deadline until = cv_deadline_in_ms(READY_MS);
    bool ended = false;
    while (!answers(e, until)) {
        if (!watch(e, READY_STEP_MS, &ended))
            return start_failed(e, "stopped", err);
        if (ended) {
            reap(e);
            hear_why(e);
            return start_failed(e, "ended at once", err);
        }
        if (cv_deadline_passed(until))
            return start_failed(e, "no answer", err);
    }
    return true;
}

static bool start_slapd(struct dir_embedded *e, struct cv_error *err)
{
    if (spawn_slapd(e, "0") < 0)
        return start_failed(e, "fork", err);
    if (await_ready(e, err))
        return true;
    end_child(e);
    return false;
}

/* ---- the thread ---- */

static void tell(struct dir_embedded *e, enum phase phase, const struct cv_error *error)
{
    cv_lock_take(&e->mutex);
    e->phase = phase;
    if (error)
        e->error = *error;
    pthread_cond_broadcast(&e->changed);
    cv_lock_give(&e->mutex);
}

/* From a dead child to a living one, or false when asked to stop. */
static bool start_again(struct dir_embedded *e, int *pause_ms)
{
    struct cv_error err;
    for (;;) {
        if (!watch(e, *pause_ms, NULL))
            return false;
        *pause_ms = *pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : *pause_ms * 2;
        cv_count(CVM_directory_restarts);
        cv_error_clear(&err);
        if (start_slapd(e, &err)) {
            cv_log(CV_LOG_WARN, "directory_restarted", "slapd was started again, pid %d", e->pid);
            return true;
        }
        cv_log_error(CV_LOG_ERROR, "directory_restart_failed", &err);
    }
}

static void supervise(struct dir_embedded *e)
{
    int pause_ms = PAUSE_FIRST_MS;
    bool ended = false;
    struct cv_deadline steady = cv_deadline_in_ms(STEADY_MS);
    while (watch(e, -1, &ended)) {
        if (!ended)
            continue;
        int status = reap(e);
        cv_log(CV_LOG_WARN, "directory_died", "slapd ended with wait status %d", status);
        if (cv_deadline_passed(steady))
            pause_ms = PAUSE_FIRST_MS;
        if (!start_again(e, &pause_ms))
            break;
        steady = cv_deadline_in_ms(STEADY_MS);
    }
    end_child(e);
}

static void *run(void *arg)
{
    struct dir_embedded *e = arg;
    struct cv_error err;
    cv_error_clear(&err);
    if (prepare(e, &err) && start_slapd(e, &err)) {
        tell(e, READY, NULL);
        supervise(e);
    } else {
        tell(e, FAILED, &err);
    }
    return NULL;
}

/* ---- the object ---- */

static void release(struct dir_embedded *e)
{
    if (e->stop[0] >= 0)
        close(e->stop[0]);
    if (e->stop[1] >= 0)
        close(e->stop[1]);
    if (e->lock >= 0)
        close(e->lock);
    pthread_cond_destroy(&e->changed);
    cv_lock_destroy(&e->mutex);
    free(e->base);
    free(e);
}

static struct dir_embedded *make(const struct dir_embedded_options *options)
{
    struct dir_embedded *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->lock = e->life = e->stop[0] = e->stop[1] = -1;
    cv_lock_init(&e->mutex, CV_RANK_SLAPD);
    pthread_cond_init(&e->changed, NULL);
    e->base = strdup(options->base ? options->base : "");
    if (!e->base || pipe2(e->stop, O_CLOEXEC) != 0) {
        release(e);
        return NULL;
    }
    return e;
}

/* The process's signals are for main's thread. */
static bool start_thread(struct dir_embedded *e)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&e->thread, NULL, run, e);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0;
}

static bool await_first_start(struct dir_embedded *e, struct cv_error *err)
{
    cv_lock_take(&e->mutex);
    while (e->phase == STARTING)
        pthread_cond_wait(&e->changed, &e->mutex.mutex);
    bool ok = e->phase == READY;
    if (!ok)
        *err = e->error;
    cv_lock_give(&e->mutex);
    if (!ok)
        pthread_join(e->thread, NULL);
    return ok;
}

bool dir_embedded_start(const struct dir_embedded_options *options, struct dir_embedded **out, struct cv_error *err)
{
    struct dir_embedded *e = make(options);
    if (!e)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết tài nguyên", "Out of resources");
    bool ok = slapd_listen_uri(options->listen, e->readers_uri, sizeof e->readers_uri, err) &&
              slapd_files_open(options, &e->paths, &e->lock, err) &&
              slapd_files_write(options, &e->paths, &e->reindex, err);
    if (ok) {
        snprintf(e->listeners, sizeof e->listeners, "%s %s", e->paths.uri, e->readers_uri);
        e->ahead = options->nosync ? 0 : options->max_bytes;
        e->config = (struct dir_config){.uri = e->paths.uri, .base = e->base};
        ok = start_thread(e) || cv_fail_as(err, CV_INTERNAL, "", "Hết tài nguyên", "Out of resources");
    }
    if (!ok || !await_first_start(e, err)) {
        release(e);
        return false;
    }
    *out = e;
    return true;
}

bool dir_embedded_installed(void)
{
    char program[DIR_PATH_MAX];
    return slapd_find_program(program, sizeof program);
}

const char *dir_embedded_uri(const struct dir_embedded *embedded)
{
    return embedded->paths.uri;
}

const char *dir_embedded_running(const char *data_dir, struct cv_arena *arena, struct cv_error *err)
{
    struct slapd_paths paths;
    return slapd_files_find(data_dir, &paths, err) ? cv_arena_strdup(arena, paths.uri) : NULL;
}

const char *dir_embedded_readers_uri(const struct dir_embedded *embedded)
{
    return embedded->readers_uri;
}

int dir_embedded_pid(const struct dir_embedded *embedded)
{
    return atomic_load(&embedded->pid);
}

void dir_embedded_stop(struct dir_embedded **embedded)
{
    struct dir_embedded *e = *embedded;
    if (!e)
        return;
    close(e->stop[1]); /* the other end reads as ended */
    e->stop[1] = -1;
    pthread_join(e->thread, NULL);
    if (ftruncate(e->lock, 0) != 0) /* ended in order: a copy made from now on is whole */
        cv_log(CV_LOG_WARN, "lock", "the lock could not be emptied");
    release(e);
    *embedded = NULL;
}
