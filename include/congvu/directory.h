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
#include "congvu/domain.h"
#include "congvu/error.h"
#include "congvu/memory.h"

/* ---- where the directory is ---- */
struct dir_config {
    const char *uri;     /* "ldapi://%2Fdata%2Frun%2Fldapi" or "ldap://host:389 ldaps://..." tried in this order */
    const char *base;    /* suffix, "dc=congvu" */
    const char *bind_dn; /* NULL = SASL EXTERNAL over ldapi */
    const char *password_file; /* 0600; with bind_dn */
    const char *ca_file;       /* for ldaps, or NULL */
    int connect_ms;            /* bound of connecting + binding */
};

/* ---- sessions ---- */
struct dir_session;
/* Does not connect yet: the first call does, and every call after a lost connection tries once anew. `config` must
 * outlive it. */
bool dir_session_open(const struct dir_config *config, struct dir_session **out, struct cv_error *err);
void dir_session_close(struct dir_session **session);
/* Bounds every call until it is set again. */
void dir_session_deadline(struct dir_session *session, struct cv_deadline deadline);
/* Root DSE answers within the deadline. */
bool dir_ping(struct dir_session *session, struct cv_error *err);

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
    const char *via; /* "http", "scheduler" */
};

/* ---- records ---- *_add: revision becomes 1. *_save: asserts before->revision and raises it by 1 when anything that
 * counts differs. Reads fill *out with strings in the arena. dir_*_save with `quiet` leaves the revision alone
 * (observed states, retry errors). */
bool dir_staff_add(struct dir_session *s, const struct dom_staff *staff, const struct dir_actor *actor,
                   struct dir_stamp *out, struct cv_error *err);
bool dir_staff_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_staff *out,
                    struct cv_error *err);
bool dir_staff_save(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after, bool quiet,
                    const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);
bool dir_staff_delete(struct dir_session *s, const struct dom_staff *staff, const struct dir_actor *actor,
                      struct cv_error *err);
/* Straight from the directory, for races that the view cannot have seen yet. CV_NOT_FOUND when none. */
bool dir_staff_find_code(struct dir_session *s, const char *code, struct cv_arena *arena, struct dom_staff *out,
                         struct cv_error *err);
bool dir_staff_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_staff *out,
                                struct cv_error *err);
bool dir_staff_find_activation(struct dir_session *s, const char *digest, struct cv_arena *arena, struct dom_staff *out,
                               struct cv_error *err);
/* True and *out_held when any entry (person or unit mailbox) holds or held this name. */
bool dir_name_held(struct dir_session *s, const char *name, bool *out_held, struct cv_error *err);
/* Redeems: one modify asserted on the code's digest: removes it, stores the password (hashed by the server, quality
 * checked), saves the difference between before and after. CV_STALE: used meanwhile. CV_INVALID with field
 * "userPassword": too weak. */
bool dir_staff_activate(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after,
                        const char *password, const struct dir_actor *actor, struct dir_stamp *out,
                        struct cv_error *err);

bool dir_unit_add(struct dir_session *s, const struct dom_unit *unit, const struct dir_actor *actor,
                  struct dir_stamp *out, struct cv_error *err);
bool dir_unit_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_unit *out,
                   struct cv_error *err);
bool dir_unit_save(struct dir_session *s, const struct dom_unit *before, const struct dom_unit *after,
                   const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);
bool dir_unit_delete(struct dir_session *s, const struct dom_unit *unit, const struct dir_actor *actor,
                     struct cv_error *err);
bool dir_unit_find_code(struct dir_session *s, const char *code, struct cv_arena *arena, struct dom_unit *out,
                        struct cv_error *err);
bool dir_unit_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_unit *out,
                               struct cv_error *err);

bool dir_system_read(struct dir_session *s, const char *slug, struct cv_arena *arena, struct dom_system *out,
                     struct cv_error *err);
bool dir_system_save(struct dir_session *s, const struct dom_system *before, const struct dom_system *after,
                     const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);

bool dir_token_add(struct dir_session *s, const struct dom_token *token, const struct dir_actor *actor,
                   struct dir_stamp *out, struct cv_error *err);
bool dir_token_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_token *out,
                    struct cv_error *err);
bool dir_token_save(struct dir_session *s, const struct dom_token *before, const struct dom_token *after,
                    const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);
bool dir_token_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_token *out,
                                struct cv_error *err);

/* No entry yet reads as revision 0; saving revision 0 adds (CV_STALE when somebody was faster). */
bool dir_brake_read(struct dir_session *s, struct cv_id token, struct cv_arena *arena, struct dom_brake *out,
                    struct cv_error *err);
bool dir_brake_save(struct dir_session *s, const struct dom_brake *brake, const struct dir_actor *actor,
                    struct cv_error *err);

/* ---- usage: a database of its own (suffix "ou=usage"), so that logins move neither ETags nor the audit. Entries are
 * never deleted, only emptied: a feed that misses a deletion cannot be wrong. ---- */
/* No entry yet reads as a usage without uses and revision 0. */
bool dir_usage_read(struct dir_session *s, struct cv_id staff, struct cv_arena *arena, struct dom_usage *out,
                    struct cv_error *err);
/* The same for up to DIR_USAGE_MANY people in one question; out[i] is of staff[i]. Each person once. One record that
 * cannot be read is logged, hinders no other, and has the revision DIR_USAGE_UNREADABLE. */
enum { DIR_USAGE_MANY = 100, DIR_USAGE_UNREADABLE = -1 };
bool dir_usage_read_many(struct dir_session *s, const struct cv_id *staff, size_t count, struct cv_arena *arena,
                         struct dom_usage *out, struct cv_error *err);
/* People of whom whole months before this day's month are still kept day by day, `most` at most. */
bool dir_usage_older(struct dir_session *s, cv_day day, size_t most, struct cv_arena *arena, struct dom_usage **out,
                     size_t *out_count, struct cv_error *err);
/* Adds the entry (before->revision 0) or writes what differs, asserted on before's revision: CV_STALE when somebody
 * else wrote in between (read again). No difference sends nothing. */
bool dir_usage_save(struct dir_session *s, const struct dom_usage *before, const struct dom_usage *after,
                    struct cv_error *err);
/* How far a system's data reach; no entry yet reads as none. Save: CV_STALE when it would take data_through back (or to
 * none), unless `backwards`, or when somebody else made the entry meanwhile. */
bool dir_usage_feed_read(struct dir_session *s, const char *system, struct cv_arena *arena, struct dom_usage_feed *out,
                         struct cv_error *err);
bool dir_usage_feed_save(struct dir_session *s, const struct dom_usage_feed *feed, bool backwards,
                         struct cv_error *err);

/* ---- documents: what the service keeps for itself as bytes (JSON): frozen reports, snapshots, targets ---- */
struct dir_document {
    const char *
        folder; /* "reports", "snapshots", "targets", "batches": a container below ou=system, made at the first start */
    const char *name; /* unique in the folder */
    const char *bytes;
    size_t len;
    cv_moment created_at, updated_at;
    const char *actor; /* who wrote it last */
    struct dom_idempotency idempotency;
    int64_t revision;
};
/* What one document may hold; more is split by the caller (CV_LIMIT). Names are compared byte for byte, 200 bytes at
 * most. */
enum { DIR_DOCUMENT_MAX = 2 << 20, DIR_DOCUMENT_NAMES_MAX = 200000 };
/* add: CV_EXISTS when the name is taken. save: asserts before's revision (CV_STALE) and raises it; bytes only. */
bool dir_document_add(struct dir_session *s, const struct dir_document *doc, const struct dir_actor *actor,
                      struct dir_stamp *out, struct cv_error *err);
bool dir_document_read(struct dir_session *s, const char *folder, const char *name, struct cv_arena *arena,
                       struct dir_document *out, struct cv_error *err);
bool dir_document_find_idempotency(struct dir_session *s, const char *folder, const char *key, struct cv_arena *arena,
                                   struct dir_document *out, struct cv_error *err);
bool dir_document_save(struct dir_session *s, const struct dir_document *before, const char *bytes, size_t len,
                       const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);
bool dir_document_delete(struct dir_session *s, const char *folder, const char *name, const struct dir_actor *actor,
                         struct cv_error *err);
/* Those whose names begin with `prefix` ("" = all), ascending by bytes, behind `after` (NULL = from the first), at most
 * `max`. `with_bytes` false fills folder and name only. More than DIR_DOCUMENT_NAMES_MAX with that prefix: CV_LIMIT. */
bool dir_document_list(struct dir_session *s, const char *folder, const char *prefix, const char *after, size_t max,
                       bool with_bytes, struct cv_arena *arena, struct dir_document **out, size_t *out_count,
                       struct cv_error *err);

/* ---- the lease: who of several replicas works outside the directory (connectors, snapshots) ---- */
struct dir_lease;
/* `term_ms`: a challenger takes over when the entry has not changed for so long on its own monotonic clock; the holder
 * renews at a third of it and stops at two thirds. One object per process and name. dir_lease_held: any thread; tend
 * and release: one thread at a time. */
bool dir_lease_open(const char *name, int64_t term_ms, struct dir_lease **out, struct cv_error *err);
void dir_lease_close(struct dir_lease **lease);
/* One look: takes, renews or watches, whichever is due. Called about every term/10 by one thread with its session.
 * False + *err only when the directory does not answer (the lease then runs out by itself). */
bool dir_lease_tend(struct dir_lease *lease, struct dir_session *s, struct cv_error *err);
/* May this process work now? One atomic read and the monotonic clock. */
bool dir_lease_held(const struct dir_lease *lease);
/* Gives it back at once (a stop in order); what it guarded must have ended. A later tend may take it again. */
void dir_lease_release(struct dir_lease *lease, struct dir_session *s);

/* Takes the idempotency key off one record whose key is of `until` or before (neither revision nor actor move); what
 * was kept only for the key, a batch's document, goes with it.
 * *out_found false: there is none (left). */
bool dir_idempotency_forget(struct dir_session *s, cv_moment until, bool *out_found, struct cv_error *err);

/* At most `max` people whose due_at is `until` or before, in no order. */
bool dir_staff_due(struct dir_session *s, cv_moment until, struct cv_id *out, size_t max, size_t *out_count,
                   struct cv_error *err);

/* At most `max` people who hold this unit mailbox; NULL = any. */
bool dir_staff_holding(struct dir_session *s, const char *login, struct cv_id *out, size_t max, size_t *out_count,
                       struct cv_error *err);
/* The unit whose mailbox has this login. */
bool dir_unit_find_mailbox(struct dir_session *s, const char *login, struct cv_arena *arena, struct dom_unit *out,
                           struct cv_error *err);

/* ---- first start ---- */
struct dir_bootstrap {
    const char *key_fingerprint;      /* kept in ou=system; another one there = refuse to start */
    const struct dom_system *systems; /* made when the catalogue is empty */
    size_t system_count;
};
/* Makes the containers, the catalogue and the version when they are missing; safe to repeat, also by two processes at
 * once. Refuses (CV_CONFLICT) a newer schema version or another key. */
bool dir_bootstrap(struct dir_session *s, const struct dir_bootstrap *what, struct cv_error *err);
/* Passwords of the read-only identities cn=dovecot, cn=postfix, cn=eoffice (ou=readers,ou=system): one 0600 file each,
 * `folder`/NAME.pass. A missing file is made with a new password, which the identity then has; one that the directory
 * does not know is set. Needs dir_bootstrap() before. */
bool dir_readers_ready(struct dir_session *s, const struct dir_config *config, const char *folder,
                       struct cv_error *err);
/* True when no token exists at all. */
bool dir_no_token(struct dir_session *s, bool *out_none, struct cv_error *err);

/* ---- the live feed (syncrepl, RFC 4533): own thread, own connection ---- */
struct dir_feed {
    void *ctx;
    /* A refresh begins. fresh: no cookie, everything will be named, what is not named afterwards is gone. */
    void (*begin)(void *ctx, bool fresh);
    /* New or changed (an upsert in every phase). The record's strings live until return. Activation digests and
     * idempotency keys are left out: they are looked up in the directory. */
    void (*staff)(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_staff *staff);
    void (*unit)(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_unit *unit);
    void (*system)(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_system *system);
    void (*token)(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_token *token);
    /* Only named: unchanged since the cookie (present phase), or changed to something unreadable, whose last good
     * version stays. May name what was never handed over. */
    void (*present)(void *ctx, const uint8_t uuid[16]);
    void (*remove)(void *ctx, const uint8_t uuid[16]);
    /* Usage, a refresh of its own after end() of the others: begin(fresh) ... records ... end. fresh: who is not named
     * until the end has none. A record holds everything that is known of the person and may come before staff() has
     * named him. Any of the four may be NULL; without usage() none is followed. */
    void (*usage_begin)(void *ctx, bool fresh);
    void (*usage)(void *ctx, const struct dom_usage *usage);
    void (*usage_feed)(void *ctx, const struct dom_usage_feed *feed);
    void (*usage_end)(void *ctx);
    /* The refresh is complete. sweep: whatever was not named since begin is gone. False = the guard refuses to lose so
     * many: the consumer drops its cookie, alerts and reads everything again later. */
    bool (*end)(void *ctx, bool sweep);
    /* A batch of changes was delivered (publish to readers); also called about once a second while the feed is alive.
     */
    void (*settled)(void *ctx);
    /* Connection lost or regained. */
    void (*alive)(void *ctx, bool alive);
};
struct dir_sync;
/* Starts the thread; it reconnects with growing, jittered pauses for ever. The feed's callbacks run in that thread, one
 * at a time. */
bool dir_sync_start(const struct dir_config *config, const struct dir_feed *feed, struct dir_sync **out,
                    struct cv_error *err);
/* Returns when the thread has ended (well under a second). */
void dir_sync_stop(struct dir_sync **sync);

/* ---- the embedded server: slapd as a child on ldapi in a 0700 folder ---- */
struct dir_embedded_options {
    const char *data_dir; /* holds slapd/ (configuration, databases), run/ldapi, lock */
    const char *base;     /* "dc=congvu" */
    uint64_t max_bytes;   /* size reserved for each database (sparse) */
    bool nosync;          /* tests and repeatable imports only: commits are not flushed */
    const char *listen;   /* "127.0.0.1:0": one more listener, for readers of this machine; NULL or "" = none */
};
struct dir_embedded;
/* Takes the lock on the data folder (CV_CONFLICT when another process has it), writes the configuration, runs slapindex
 * when the schema or indices changed, starts slapd, waits until it answers, watches it and starts it again when it dies
 * (growing pauses). The child holds the lock too and dies with this process. */
bool dir_embedded_start(const struct dir_embedded_options *options, struct dir_embedded **out, struct cv_error *err);
const char *dir_embedded_uri(const struct dir_embedded *embedded);
/* "ldap://127.0.0.1:41234" of the second listener, "" when there is none. */
const char *dir_embedded_readers_uri(const struct dir_embedded *embedded);
int dir_embedded_pid(const struct dir_embedded *embedded);
/* Ends slapd (SIGTERM, then SIGKILL after 10 s) and the watch. Call it last. */
void dir_embedded_stop(struct dir_embedded **embedded);
