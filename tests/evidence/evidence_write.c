/* Writes entries into an evidence log, for the tests that judge its files: evidence_write DIR KEY SITE THREADS < LINES.
 * Prints the index of each line once it is durable, a line each, and at the end how many flushes it took. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/evidence.h"

static struct ev_log *evidence;
static pthread_mutex_t input = PTHREAD_MUTEX_INITIALIZER;

static _Noreturn void give_up(const struct cv_error *err)
{
    fprintf(stderr, "%s\n", err->text[CV_EN]);
    exit(1);
}

static ssize_t next_line(char **line, size_t *room)
{
    pthread_mutex_lock(&input);
    ssize_t len = getline(line, room, stdin);
    pthread_mutex_unlock(&input);
    return len > 0 && (*line)[len - 1] == '\n' ? len - 1 : len;
}

static void *write_some(void *unused)
{
    char *line = NULL;
    size_t room = 0;
    int64_t index;
    struct cv_error err = {0};
    (void)unused;
    for (ssize_t len = next_line(&line, &room); len > 0; len = next_line(&line, &room)) {
        if (!ev_append(evidence, line, (size_t)len, &index, &err) ||
            !ev_wait(evidence, index, cv_deadline_in_ms(60000), &err))
            give_up(&err);
        printf("%lld\n", (long long)index);
        fflush(stdout);
    }
    free(line);
    return NULL;
}

int main(int argc, char **argv)
{
    struct cv_error err = {0};
    struct ev_state state;
    pthread_t threads[64];
    if (argc != 5)
        return 2;
    const struct ev_options options = {.folder = argv[1], .key_file = argv[2], .site = argv[3]};
    int count = (int)strtol(argv[4], NULL, 10);
    if (count > 64 || !ev_open(&options, &evidence, &err))
        give_up(&err);
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, write_some, NULL);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    ev_state(evidence, &state);
    fprintf(stderr, "%llu groups\n", (unsigned long long)state.groups);
    ev_close(&evidence);
    return 0;
}
