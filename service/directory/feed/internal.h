/* Inside the sync consumer. ask.c and life.c lie at the bottom; trust.c says whether a cookie may be used, feed.c and
 * usage.c turn messages into the feed's calls, count.c proves that none is missing; sync.c on top owns thread,
 * connection and time. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "congvu/feed.h"
#include "directory/feed/wire.h"
#include "directory/internal.h"

enum sync_life { LIFE_UNKNOWN, LIFE_ALIVE, LIFE_LOST };

/* The second search, for ou=usage, on the same connection: begun when the first one's refresh is complete. */
struct sync_usage {
    int search_id;
    struct sync_cookie cookie, pending; /* as below */
    bool refreshing;
};

/* The proof that nothing is missing. */
struct sync_count {
    int id; /* of the search; -1 = none runs */
    size_t records, moved;
    int64_t next_at;
};

struct dir_sync {
    const struct dir_config *config;
    struct dir_feed feed;
    pthread_t thread;
    int stop_fd;                  /* eventfd: readable = stop */
    atomic_bool stopping, reread; /* reread: somebody asks for everything */
    char **names;                 /* attributes to ask for */

    /* Everything below belongs to the thread. */
    LDAP *ld;
    size_t server; /* of config->site */
    int search_id, probe_id;
    struct cv_arena *arena; /* of one message */
    enum sync_life life;

    char mark[64];              /* of the server at the other end; "" = it has none */
    int64_t resumed_at;         /* when a search from a cookie began on this connection; 0 = none did */
    struct sync_cookie cookie;  /* the view is complete up to here; none: read everything */
    struct sync_cookie pending; /* came during a refresh: good only when the refresh is complete */
    bool fresh;                 /* this search was started without a cookie */
    bool refreshing;
    bool present_phase; /* the server named what is unchanged */
    bool refused;       /* something is missing, or would be: the cookie stays dropped until the next search */
    unsigned skipped;   /* records of this search that could not be read */
    size_t moved;       /* records that came or went, ever */
    struct sync_usage usage;
    struct sync_count count;

    bool dirty; /* changes handed over, not yet settled */
    int64_t dirty_since, settled_at, heard_at;
    int64_t probe_at;  /* when the outstanding probe was sent; 0 = none */
    int64_t reread_at; /* when to read everything again after a refusal; 0 = no */
    int pause_ms, reread_ms;
};

/* ---- ask.c ---- */
extern const char sync_classes[]; /* the filter for everything that is followed, but usage */
int sync_descriptor(struct dir_sync *sync);
/* The answer to one request of ours, before any search runs; a code of LDAP. *out, when wanted, is freed by the caller
 * and NULL when there was none. Ends early when a stop is asked for. */
int sync_await(struct dir_sync *sync, int msgid, LDAPMessage **out);
/* A persistent search from the cookie on. */
bool sync_search(struct dir_sync *sync, const char *base, const char *filter, char **names,
                 const struct sync_cookie *cookie, int *out_id, struct cv_error *err);

/* ---- life.c ---- */
void sync_alive(struct dir_sync *sync, bool alive, const struct cv_error *why);
/* Changes were handed over that are not yet settled. */
void sync_touched(struct dir_sync *sync);
void sync_settle(struct dir_sync *sync, int64_t now);
/* Something never came, nobody knows what: everything is read again. */
void sync_incomplete(struct dir_sync *sync, const char *why);
/* The cookie stays dropped, and in a while everything is read. */
void sync_read_again(struct dir_sync *sync, const char *event, const char *why);

/* ---- count.c ---- */
void sync_count_due(struct dir_sync *sync); /* a refresh has ended */
/* Asks when it is time. False: the connection is no good. */
bool sync_count_start(struct dir_sync *sync, int64_t now);
void sync_count_take(struct dir_sync *sync, LDAPMessage *message, int type);

/* ---- cookie.c ---- */
struct sync_csn {
    char text[64]; /* "" = longer than any CSN is */
};
/* The CSNs of a cookie, one after the other; *at begins as 0. False: no more. */
bool sync_csn_next(const struct sync_cookie *c, size_t *at, struct sync_csn *out);
/* Does the server know everything that the cookie stands for? `context`: its contextCSN. */
bool sync_cookie_covered(const struct sync_cookie *c, const struct dir_attr *context);
/* Is `csn`, of a write made now, above the cookie's, by as much as has passed since the cookie came? */
bool sync_cookie_passed(const struct sync_cookie *c, const char *csn, int64_t age_ns);

/* ---- trust.c ---- */
/* On a new connection: drops the cookies that are not to be used on it. False: the connection is no good. */
bool sync_trust(struct dir_sync *sync, struct cv_error *err);
/* The connection ended. */
void sync_distrust(struct dir_sync *sync);

/* ---- feed.c and usage.c ---- */
/* The attributes of all records that are read back, NULL-terminated, malloc'd; NULL when out of memory. */
char **sync_names(void);
/* One message of a search. False: this search is over. */
bool sync_take(struct dir_sync *sync, LDAPMessage *message, int type);
void sync_begin(struct dir_sync *sync);
bool sync_usage_start(struct dir_sync *sync, struct cv_error *err);
bool sync_usage_entry(struct dir_sync *sync, LDAPMessage *message);
bool sync_usage_info(struct dir_sync *sync, LDAPMessage *message);
