/* The evidence log: what was done, by whom, so that nobody can change it afterwards without being found.
 *
 * Story of use. The service opens one log a process (ev_open) in a folder of its own with a key of its own. Before a
 * write to the directory the use case appends what it is about to do and waits until that is durable:
 *
 *     int64_t index;
 *     if (!ev_append(log, entry, len, &index, err) || !ev_wait(log, index, deadline, err))
 *         return false;                       // audit_unavailable: nothing was done, nothing will be
 *     ev_under_way(log, true);
 *     ...                                     // the write, which carries origin/index
 *     ev_note(log, outcome, outcome_len);     // with the next group, not waited for
 *     ev_under_way(log, false);
 *
 * One thread flushes: everything that waits together is one group, one checkpoint and one fdatasync. While the
 * directory has more to do than one write, a group waits for others to come along, until it is twice as large as what
 * is under way, 20 ms at most: each flush keeps the disk from the directory. An entry that was given an index keeps it
 * for ever: after a failed flush the same bytes are tried again, so two histories never exist. When a flush takes
 * longer than the caller's deadline, ev_wait() fails and ev_given_up() is called for the entry.
 *
 * Files: C2SP tlog-tiles (checkpoint, tile/L/N, tile/entries/N), verified by anybody's tools; DIR/wal holds the tail.
 * Origin: site/replica, where replica comes from the key, so two logs never share one.
 *
 * Thread: any, but ev_open and ev_close: the thread that owns it. Units: indices count entries from 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/memory.h"

enum { EV_ENTRY_MAX = 65535, EV_NOTE_MAX = 1024, EV_BUNDLE = -1 /* the level of the entries themselves */ };

struct ev_log;
struct ev_options {
    const char *folder;   /* made when it is not there */
    const char *key_file; /* made once, 0600 */
    const char *site;     /* first part of the origin, without + and blanks */
    /* An entry whose flush came too late for its request: writes the entry that says so; *out_len 0 = none. */
    void (*given_up)(void *ctx, int64_t index, char *out, size_t size, size_t *out_len);
    void *ctx;
};
/* A damaged log (younger than its own published checkpoint, or a tile that contradicts it) is not gone on with. */
bool ev_open(const struct ev_options *options, struct ev_log **out, struct cv_error *err);
/* What was appended is flushed first. */
void ev_close(struct ev_log **log);

/* "site/replica"; lives as long as the log. */
const char *ev_origin(const struct ev_log *log);
/* The key that checks its checkpoints, as tools take it: "origin+hash+base64". */
void ev_public_key(const struct ev_log *log, char *out, size_t size);

/* Gives an index; false: audit_unavailable (the disk refuses or hangs), nothing was appended. */
bool ev_append(struct ev_log *log, const char *entry, size_t len, int64_t *out_index, struct cv_error *err);
/* Until it is durable. False: audit_unavailable. */
bool ev_wait(struct ev_log *log, int64_t index, struct cv_deadline deadline, struct cv_error *err);
/* What a durable intent is about begins, or is over. */
void ev_under_way(struct ev_log *log, bool begins);
/* Appended without waiting; false: there was no room, it is counted as lost. */
bool ev_note(struct ev_log *log, const char *entry, size_t len);

struct ev_state {
    int64_t size;    /* durable entries */
    uint64_t groups; /* flushed so far by this process */
    uint64_t lost;   /* notes without room */
    bool works;      /* the last flush succeeded and none hangs */
    int waiting_ms;  /* how long the flush under way has taken */
    char words[160]; /* why it does not work, for the log */
};
void ev_state(struct ev_log *log, struct ev_state *out);
/* The last published checkpoint, a signed note; false: none yet. */
bool ev_published(struct ev_log *log, char out[EV_NOTE_MAX]);

/* ---- reading ---- what is durable; a reader belongs to one thread and holds one bundle of entries at a time */
struct ev_reader {
    struct ev_log *log;
    struct cv_buf bundle;
    int64_t first, until; /* entries that it holds */
};
void ev_reader_init(struct ev_reader *reader, struct ev_log *log);
void ev_reader_free(struct ev_reader *reader);
/* The bytes live until the next call; false: no such entry (yet), or its file is damaged. */
bool ev_read(struct ev_reader *reader, int64_t index, const char **out, size_t *out_len);

/* A tile as clients of tlog-tiles ask for it, by what its path has behind the level: "x001/234", "234.p/17". A partial
 * one is there as long as the log is, whatever it has grown to since. False: no such tile. */
bool ev_tile(struct ev_log *log, int level, const char *name, struct cv_buf *out);

/* ---- verifying: on the files alone, while a service writes or not ---- */
struct ev_verify {
    const char *folder;
    const char *key;     /* as ev_public_key() writes it */
    const char *witness; /* file of checkpoints kept elsewhere, or NULL */
};
struct ev_verdict {
    int64_t size;      /* entries that are proven */
    int64_t witnessed; /* up to here a witness vouches; 0 = nobody */
    int64_t bad;       /* first bad entry, when there is one */
    char words[256];   /* what is wrong, in English */
};
/* False: something is wrong, *out says what and where. */
bool ev_verify(const struct ev_verify *what, struct ev_verdict *out);
/* What is published, copied into a new folder while a service writes or not, and verified there. */
bool ev_copy(const char *from, const char *to, struct cv_error *err);
/* Adds a checkpoint to a witness file and flushes it; nothing when its last one is the same. Fails, and adds nothing,
 * when the file has seen a larger log, or another one of this size: then this one was rolled back or replaced. */
bool ev_witness(const char *file, const char *note, struct cv_error *err);
