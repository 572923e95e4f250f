/* The directory: the only door to LDAP, and the only database.
 *
 * Story of use. main opens a struct dir_config (embedded child or a site's servers). Each worker thread owns one
 * dir_session and gives it the request's deadline; records go in and out as domain structs:
 *
 *     dir_session_deadline(s, request->deadline);
 *     if (!dir_staff_read(s, id, arena, &before, err)) return false;       // CV_NOT_FOUND when there is none
 *     after = before; after.mobile = "...";
 *     if (!dir_staff_save(s, &before, &after, actor, &stamp, err))         // one modify of what differs, asserted on
 * the revision return false;                                                // CV_STALE: somebody was faster; read
 * again view_wait(view, &stamp);                                             // read-your-writes
 *
 * A save without a difference sends nothing and leaves stamp->changed false. Adds and saves are ONE directory write
 * each.
 *
 * Outcomes (err->kind), decided in one function from libldap's codes:
 *   CV_UNAVAILABLE  not connected, or refused before sending: certainly not done
 *   CV_UNKNOWN      sent, connection lost or deadline passed: read back before repeating
 *   CV_EXISTS       an entry of that id is there (for a repeated add: done)
 *   CV_CONFLICT     the unique overlay refused; err->field = "cvName", "cvCode", "cvSlugClaim" or "cvIdempotencyKey";
 * err->lib_text holds the server's words CV_STALE        the asserted revision differs CV_NOT_FOUND, CV_REFUSED,
 * CV_LIMIT, CV_INVALID (schema), CV_INTERNAL
 *
 * Thread: a session belongs to the thread that uses it. The embedded server and the sync consumer own a thread each.
 * No library type shows; DNs and filters are built inside, in one file. */
#pragma once

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/memory.h"
#include "congvu/secret.h"

/* ---- room: how full what stores the records is, in thousandths ---- */
enum dir_fill { DIR_FILL_MAIN, DIR_FILL_LOG, DIR_FILL_USAGE, DIR_FILL_WORK, DIR_FILL_DISK, DIR_FILLS };
enum { DIR_FILL_UNKNOWN = -1, DIR_FILL_HIGH = 800 };
struct dir_room {
    const char *folder; /* of the embedded server's databases; "" = not known here */
    _Atomic int permille[DIR_FILLS];
    _Atomic bool closed; /* restored without a log: nothing but tokens is written until an operator opens it */
};
extern const char *const dir_fill_names[DIR_FILLS];

/* ---- the witness: whoever writes is asked before and told after ---- */
enum dir_verb { DIR_ADDS, DIR_CHANGES, DIR_DELETES };
enum { DIR_MARK_TEXT = 160 };
struct dir_deed {
    enum dir_verb verb;
    const char *folder; /* "people", "units", "reports": what the entry lies in */
    const char *target; /* "stf_...", a slug: the entry's own name */
    const char *dn;
    const char *actor;         /* who, as the entry will say it; NULL = it does not */
    const char *changes;       /* JSON list of {attribute, before, after}, secrets masked */
    const char *const *claims; /* names that the write takes for the entry */
    size_t claim_count;
};
enum dir_end { DIR_DONE, DIR_NOT_DONE, DIR_END_UNKNOWN };
struct dir_stamp;
/* Not asked: attributes of the table `unrecorded` (wire/deed.c), usage, leases, lists on their way in, snapshots.
 * Any thread that writes. */
struct dir_witness {
    void *ctx;
    /* Durable before it returns true, within the deadline; `mark` ("origin/index") goes into the write. `doing`: what
     * the session was told (dir_session_doing). False: nothing is written. */
    bool (*before)(void *ctx, const void *doing, const struct dir_deed *deed, struct cv_deadline deadline,
                   char mark[DIR_MARK_TEXT], struct cv_error *err);
    /* `stamp` NULL = none. */
    void (*after)(void *ctx, const char *mark, enum dir_end end, const struct dir_stamp *stamp);
};

/* ---- where the directory is ---- */
struct dir_site;
struct dir_standby;
struct dir_disk;
struct dir_config {
    const char *uri;     /* "ldapi://%2Fdata%2Frun%2Fldapi" or "ldap://host:389 ldaps://..." tried in this order */
    const char *base;    /* suffix, "dc=congvu" */
    const char *bind_dn; /* NULL = SASL EXTERNAL over ldapi */
    const char *password_file;   /* 0600; with bind_dn */
    const char *ca_file;         /* for ldaps, or NULL */
    int connect_ms;              /* bound of connecting + binding */
    struct dir_room *room;       /* what it forbids is refused before it is sent (directory_full); NULL = nothing */
    struct dir_site *site;       /* which of several servers is used; NULL = libldap tries them in order, each time */
    struct dir_standby *standby; /* what writes wait for; NULL = nothing */
    struct dir_disk *disk;       /* the embedded server's, which writes wait for too; NULL = it flushes by itself */
    struct dir_disk *usage_disk; /* the same of use, for which a report of it waits once, at its end */
    const struct dir_witness *witness; /* asked before each write; NULL = nobody; lives as long as the sessions */
};

/* ---- several servers: one process uses one of them at a time, the one that takes writes ---- */
/* `uris`: as in dir_config. `term_file`: where the highest term that was ever seen is remembered, and the server of it
 * that is written to; a server of a lower one, a former provider, is not used, and another one of the same term is only
 * read, whatever it takes: it was never promoted. NULL = remembered by the process only. Any thread. */
bool dir_site_open(const char *uris, const char *term_file, struct dir_site **out, struct cv_error *err);
void dir_site_close(struct dir_site **site);
/* Asks every server for its term and whether it takes writes: at the start, and every few seconds, because one that is
 * cut off does not know that it was replaced. */
void dir_site_look(const struct dir_config *config, struct cv_deadline deadline);
struct dir_site_state {
    const char *uri; /* of the server that is used; lives as long as the site; NULL without a site */
    int64_t term;
    bool read_only; /* servers answer, but none of them takes writes */
};
void dir_site_state(struct dir_site *site, struct dir_site_state *out);

/* ---- the server that follows: a write is acknowledged when it has it too ---- */
enum { DIR_SINGLE_TEXT = 200 };
/* A write waits wait_ms at most; then one that gave a name (a login, an address, a code) is CV_UNKNOWN, any other is
 * done and only here. After refuse_s without anybody who follows, what gives a name is refused before it is sent
 * (standby_behind), until somebody follows again or a person said dir_single(). `config`, with its site, must outlive
 * it. Any thread. */
bool dir_standby_start(const struct dir_config *config, int wait_ms, int refuse_s, struct dir_standby **out,
                       struct cv_error *err);
void dir_standby_stop(struct dir_standby **standby);
struct dir_standby_state {
    bool kept;                    /* there is something to wait for */
    bool known;                   /* it was asked for at least once */
    bool refusing;                /* no names are given */
    int64_t behind_ms;            /* 0 = in step */
    char single[DIR_SINGLE_TEXT]; /* who said that one server is enough, and when; "" = nobody */
    char said[DIR_SINGLE_TEXT];   /* who said so last, when that is over too */
};
/* Of NULL: nothing is kept. */
void dir_standby_state(struct dir_standby *standby, struct dir_standby_state *out);

/* ---- the embedded server's disk: a write is acknowledged when it is there (dir_disks_of() in server.h) ---- */
/* From time to time: what others wrote with tools of their own comes to the disk too. Of NULL: nothing. Any thread. */
void dir_disk_look(struct dir_disk *disk);
void dir_disk_close(struct dir_disk **disk);

/* ---- sessions ---- */
struct dir_session;
/* Does not connect yet: the first call does, and every call after a lost connection tries once anew. `config` must
 * outlive it. */
bool dir_session_open(const struct dir_config *config, struct dir_session **out, struct cv_error *err);
void dir_session_close(struct dir_session **session);
/* Bounds every call until it is set again. */
void dir_session_deadline(struct dir_session *session, struct cv_deadline deadline);
/* How many writes it has sent that may be done: unchanged over a use case = nothing was changed. */
uint64_t dir_session_writes(const struct dir_session *session);
/* On whose behalf it writes from now on, for the witness; NULL = its owner's. Returns what it was before. */
const void *dir_session_doing(struct dir_session *session, const void *doing);
/* Root DSE answers within the deadline. */
bool dir_ping(struct dir_session *session, struct cv_error *err);

/* Is it this person's password? Asked by a bind on a connection of its own. Nobody of that id, a locked one and a wrong
 * password are the same answer; an empty password is never right and never sent. `staff` NULL: of nobody, which is
 * never right and takes as long (slapd itself answers at once for whom it does not let sign in). */
bool dir_password_right(struct dir_session *session, const struct cv_id *staff, const char *password, bool *out_right,
                        struct cv_error *err);

/* What a write answered (post-read control, RFC 4527). */
enum { DIR_CSN_TEXT = 48 };
struct dir_stamp {
    bool changed;           /* false: nothing differed, nothing was sent */
    uint8_t uuid[16];       /* entryUUID */
    char csn[DIR_CSN_TEXT]; /* entryCSN after the write */
    int64_t revision;       /* cvRevision after the write */
    cv_moment updated_at;   /* cvUpdatedAt as written by a save that changed something */
};

/* Who does it; stored on the entry with each write so that cn=log names him. */
struct dir_actor {
    const char *name; /* "tok_..." or "system" */
    const char *request_id;
    const char *via;    /* "http", "scheduler" */
    const char *behalf; /* in whose role he acts, when it is lent; or NULL */
};
