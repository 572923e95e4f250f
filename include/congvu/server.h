/* The directory as a server: the embedded slapd, and what a directory must hold before the service works.
 *
 * Story of use. At a start without directory_uri dir_embedded_start() runs slapd as a child on a socket;
 * dir_bootstrap() makes the containers, dir_readers_ready() the identities of the mail server and others.
 *
 * Thread: main's, before the others begin and after they ended. */
#pragma once

#include "congvu/session.h"

struct dom_system;

/* ---- first start ---- */
struct dir_bootstrap {
    const char *key_fingerprint;      /* kept in ou=system; another one there = refuse to start */
    const struct dom_system *systems; /* made when the catalogue is empty */
    size_t system_count;
    cv_day today; /* days begin to be kept, if they were not; 0 = not yet */
};
/* Makes the containers, the catalogue and the version when they are missing; safe to repeat, also by two processes at
 * once. Refuses (CV_CONFLICT) a newer schema version or another key. Data that are whole but on servers that only read
 * are taken as they are. */
bool dir_bootstrap(struct dir_session *s, const struct dir_bootstrap *what, struct cv_error *err);
/* The day on which these data were first opened by a program that keeps former values with their days. */
bool dir_dated_since(struct dir_session *s, cv_day *out, struct cv_error *err);
/* What every server has for itself and no other brings it (ou=leases). */
bool dir_leases_ready(struct dir_session *s, struct cv_error *err);
/* Passwords of the read-only identities cn=dovecot, cn=postfix, cn=eoffice (ou=readers,ou=system): one 0600 file each,
 * `folder`/NAME.pass. A missing file is made with a new password, which the identity then has; one that the directory
 * does not know is set. Needs dir_bootstrap() before. */
bool dir_readers_ready(struct dir_session *s, const struct dir_config *config, const char *folder,
                       struct cv_error *err);
/* Whose data the directory holds: the fingerprint of their key, "" when it holds none yet. */
bool dir_data_fingerprint(struct dir_session *s, char out[17], struct cv_error *err);
/* All unknown. `folder`: where the databases lie; "" = not known here. It lives as long as the room. */
void dir_room_init(struct dir_room *room, const char *folder);
/* Asks the server (cn=monitor) and the folder's disk. What cannot be learnt stays as it was; false + *err when the
 * server shows nothing. */
bool dir_room_measure(struct dir_session *s, struct dir_room *room, struct cv_error *err);
/* Asks by behaviour whether the server is configured as deploy/openldap says: uniqueness, indices, databases,
 * cn=monitor. Each fault is in *faults; false + *err only when it does not answer, or lets nothing be written. */
bool dir_prove(struct dir_session *s, struct cv_faults *faults, struct cv_error *err);
/* When the records were written to last, by the server's clock (contextCSN); CV_NO_MOMENT = it does not say. */
bool dir_newest_write(struct dir_session *s, cv_moment *out, struct cv_error *err);
/* True when no token exists at all. */
bool dir_no_token(struct dir_session *s, bool *out_none, struct cv_error *err);

/* What this program writes; data of a higher version are refused. Raised whenever congvu.schema changes between two
 * releases (tests/checks/test_schema.py). */
enum { DIR_SCHEMA_VERSION = 2 };

/* ---- the data folder, before anything is written into it ---- */
struct dir_folder {
    bool begun;           /* there are data: their key is never made again */
    char fingerprint[17]; /* of their key; "" = not known (a folder of an older version, or a new one) */
};
/* Looks and writes nothing. CV_CONFLICT: of a newer version, a database missing or cut short, or a copy of a folder
 * that was in use. */
bool dir_folder_look(const char *data_dir, struct dir_folder *out, struct cv_error *err);
/* Writes down what belongs together; after dir_bootstrap(), and once more when slapd has ended. */
bool dir_folder_seal(const char *data_dir, const char *fingerprint, struct cv_error *err);

/* ---- a site's own servers ---- */
struct dir_print {
    const char *base, *version;
    uint64_t max_bytes;
    int log_days;
    const char *follow;             /* URI of the one that takes writes; NULL = this one does */
    const char *password, *ca_file; /* of cn=replica,ou=system there; certificates that it chains to, or NULL */
};
/* The first line of a file that nobody else can read, in the arena. */
bool dir_password_of(const char *path, struct cv_arena *arena, const char **out, struct cv_error *err);
/* The whole slapd.conf of one of them. */
void dir_print(const struct dir_print *site, struct cv_buf *out);

/* ---- another server of a site is written to ---- */
/* Raises the term at `uri`, one of config's servers or a new one, above what any server knows, and gives it a new mark.
 * Tells a line for each thing that may be missing there: another server that does not answer, or that is further, with
 * the entries that are newer. CV_CONFLICT, nothing done: there is such a thing and it is not accepted, or the server
 * still follows another one. What was deleted elsewhere cannot be told. */
bool dir_promote(const struct dir_config *config, const char *uri, bool accept_missing,
                 void (*tell)(void *ctx, const char *line), void *ctx, int64_t *out_term, struct cv_error *err);

struct dir_rejoin {
    const struct dir_config *config; /* the site, as it is now */
    const char *slapd_conf;          /* of the former one, on this machine: that of a follower */
    const char *keep;                /* a new file: all that it had, as LDIF */
    int patience_ms;
    void (*tell)(void *ctx, const char *line);
    void *ctx;
};
/* A former provider comes back: tells a line for each entry that only it has, since another one was promoted, and for
 * each name that was given on both sides; keeps its data as LDIF and empties its databases. CV_CONFLICT, nothing done:
 * its slapd runs, its configuration follows nobody, or its term is the site's. */
bool dir_rejoin(const struct dir_rejoin *what, size_t *out_only, size_t *out_twice, struct cv_error *err);
/* Names are given although nobody follows, until somebody follows again; `who` said so, and when (up to
 * DIR_SINGLE_TEXT). */
bool dir_single(struct dir_session *s, const char *who, struct cv_error *err);

/* ---- the embedded server: slapd as a child on ldapi in a 0700 folder ---- */
struct dir_embedded_options {
    const char *data_dir; /* holds slapd/ (configuration, databases), run/ldapi, lock */
    const char *base;     /* "dc=congvu" */
    uint64_t max_bytes;   /* size reserved for each database (sparse) */
    bool nosync;          /* tests and repeatable imports only: commits are not flushed */
    int log_days;         /* how long a change stays in cn=log */
    const char *listen;   /* "127.0.0.1:0": one more listener, for readers of this machine; NULL or "" = none */
};
struct dir_embedded;
/* Takes the lock on the data folder (CV_CONFLICT when another process has it), writes the configuration, runs slapindex
 * when the schema or indices changed, starts slapd, waits until it answers, watches it and starts it again when it dies
 * (growing pauses). The child holds the lock too and dies with this process. */
bool dir_embedded_start(const struct dir_embedded_options *options, struct dir_embedded **out, struct cv_error *err);
bool dir_embedded_installed(void);
const char *dir_embedded_uri(const struct dir_embedded *embedded);
/* Where the embedded server of this folder answers when another process runs it; in the arena. NULL + err: the path
 * cannot be used. */
const char *dir_embedded_running(const char *data_dir, struct cv_arena *arena, struct cv_error *err);
/* "ldap://127.0.0.1:41234" of the second listener, "" when there is none. */
const char *dir_embedded_readers_uri(const struct dir_embedded *embedded);
/* Of the folder's embedded server, when it runs: a change of the records counts when its disk has it, and slapd alone
 * does not wait for that; of use likewise. Any thread. */
bool dir_disks_of(const char *data_dir, struct dir_disk **out_records, struct dir_disk **out_usage,
                  struct cv_error *err);
int dir_embedded_pid(const struct dir_embedded *embedded);
/* Ends slapd (SIGTERM, then SIGKILL after 10 s) and the watch. Call it last. */
void dir_embedded_stop(struct dir_embedded **embedded);
