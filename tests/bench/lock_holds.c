/* Preloaded into the service: how long the view's lock is held, in CPU of the thread that holds it, so that what else
 * runs on the machine does not count. Every hold of a millisecond or more is a line in the file that HOLDS names: "r"
 * or "w" and microseconds. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NESTED = 4, LEAST_US = 1000 };

struct hold {
    pthread_rwlock_t *lock; /* NULL = free */
    long since_us;
    char kind;
};
typedef int (*operation)(pthread_rwlock_t *lock);

static __thread struct hold holds[NESTED];
static int out = -1;

static operation real(const char *name)
{
    operation found;
    *(void **)&found = dlsym(RTLD_NEXT, name);
    return found;
}

__attribute__((constructor)) static void open_file(void)
{
    char program[256] = "";
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    const char *path = getenv("HOLDS"), *name = len > 0 ? strrchr(program, '/') : NULL;
    if (path != NULL && name != NULL && strcmp(name, "/congvud") == 0)
        out = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static long spent_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct hold *hold_of(pthread_rwlock_t *lock)
{
    for (int i = 0; i < NESTED; i++)
        if (holds[i].lock == lock)
            return &holds[i];
    return NULL;
}

static int take(const char *name, pthread_rwlock_t *lock, char kind)
{
    int rc = real(name)(lock);
    struct hold *h = out >= 0 && rc == 0 ? hold_of(NULL) : NULL;
    if (h != NULL)
        *h = (struct hold){.lock = lock, .since_us = spent_us(), .kind = kind};
    return rc;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return take("pthread_rwlock_rdlock", lock, 'r');
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return take("pthread_rwlock_wrlock", lock, 'w');
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    struct hold *h = out >= 0 ? hold_of(lock) : NULL;
    long us = h != NULL ? spent_us() - h->since_us : 0;
    char kind = h != NULL ? h->kind : ' ', line[32];
    if (h != NULL)
        h->lock = NULL;
    int rc = real("pthread_rwlock_unlock")(lock);
    if (us >= LEAST_US)
        (void)!write(out, line, (size_t)snprintf(line, sizeof(line), "%c %ld\n", kind, us));
    return rc;
}
