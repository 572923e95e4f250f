/* Inside audit/: the log that is open, shared by its doors (log.c), its flusher (flush.c), segments and tiles on disk
 * (disk.c) and the way up (open.c).
 *
 * Thread: what stands above `lock` belongs to the flusher (and to open and close, when it does not run). */
#pragma once

#include <pthread.h>

#include "audit/internal.h"
#include "congvu/lock.h"

enum { EV_WAITING_MAX = 8 << 20, EV_HANGS_MS = 2000, EV_GIVEN_UP_MAX = 1024 };

/* A tile or bundle that is full and not yet on disk. */
struct ev_cut {
    int level;
    int64_t n;
    struct cv_buf bytes;
};
enum { EV_CUTS_MAX = 2 * (EV_WAITING_MAX / 16 / EV_WIDTH) + 64 };

struct ev_group {
    struct cv_buf frames;
    struct ev_hash *leaves;
    size_t count, room;
};

struct ev_log {
    struct ev_options options;
    struct cv_signer *signer;
    char origin[EV_NAME_MAX], verifier[EV_KEY_TEXT];
    int lock_fd, fd;       /* of the folder's lock, of the segment */
    int64_t segment;       /* its first index */
    size_t at, end;        /* where the next frame goes, how far it is allocated */
    int64_t flushed_tiles; /* bundles below this number are on the disk for certain */
    struct ev_tree tree;
    char note[EV_NOTE_MAX], published[EV_NOTE_MAX];
    int64_t published_size, published_ns;
    struct ev_group group;
    pthread_t thread;
    bool running;

    struct cv_lock lock; /* guards what follows */
    pthread_cond_t wake, done;
    struct ev_group waiting;
    int waiters;   /* of it */
    int under_way; /* effects whose intents are durable */
    int64_t next, durable;
    struct cv_buf bundle; /* entries of the last, partial bundle */
    struct ev_cut *cuts;
    size_t cut_count;
    int64_t given_up[EV_GIVEN_UP_MAX];
    size_t given_up_count;
    int64_t began_ns; /* of the flush under way; 0 = none */
    uint64_t groups, lost;
    bool works, stopping;
    char words[160];
};

/* ---- disk.c ---- each false with log->words when the disk refuses */
/* Room for `len` bytes more in the segment, by a fresh one or a longer one. */
bool ev_disk_room(struct ev_log *log, size_t len);
/* A fresh segment that begins with the last partial bundle. */
bool ev_disk_rotate(struct ev_log *log, size_t least);
bool ev_disk_write(struct ev_log *log, const struct cv_buf *bytes);
bool ev_disk_cut(struct ev_log *log);     /* what is full */
bool ev_disk_publish(struct ev_log *log); /* partial tiles and the checkpoint */
void ev_disk_words(struct ev_log *log, const char *what);

/* ---- log.c ---- */
/* Has a flush to begin for those who wait? Under the lock. */
bool ev_enough_wait(const struct ev_log *log);

/* ---- flush.c ---- */
/* Into the tree and the last bundle; what becomes full is put among the cuts. */
void ev_take_entry(struct ev_log *log, const char *entry, size_t len, struct ev_hash leaf);
void ev_sign(struct ev_log *log);
void *ev_flusher(void *log);
