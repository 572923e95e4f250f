/* The REST surface: the table of routes and the authenticator, for main to hand to http.
 *
 * Story of use. main builds a struct api with everything the handlers need, passes api_routes() to htp_server_start()
 * as routes, the struct as `app`, api_authenticate as authenticator, and each worker's directory session as thread
 * context. The table of routes is also the table of rights: operation -> scopes, asked by http in one place before
 * every handler. `congvud routes` prints it, and a test holds it against the contract.
 *
 * Thread: the struct is read-only after start but for its counters; handlers run where http puts them. */
#pragma once

#include "congvu/coverage.h"
#include "congvu/http.h"
#include "congvu/reconcile.h"

struct prov_fields;
struct oidc;
struct rep_fonts;
struct api_blob {
    const char *bytes;
    size_t len;
    const char *media_type;
};

struct dir_room;
struct api {
    struct view *view;
    struct dir_sync *sync;
    struct dir_site *site;       /* NULL = the embedded directory */
    struct dir_standby *standby; /* NULL = nobody follows it */
    struct prov *prov;
    struct prov_evidence *evidence;
    struct rec *rec;
    struct rec_connectors *connectors;
    struct cv_key page_key;        /* page tokens */
    struct cv_key idempotency_key; /* digests of keys and bodies */
    struct cv_key session_key;     /* sessions of people */
    struct oidc *oidc;             /* NULL = nobody signs in through a provider */
    int oidc_claim_is;             /* enum prov_claim */
    int rate_per_second;           /* per token; 0 = no limit */
    struct dom_bands bands;        /* of rates */
    int log_days;                  /* how long a change stays in the log */
    const char *mail_domain;
    const char *public_url; /* where people reach the service, "" = not known; the next three likewise */
    const char *mail_imap, *mail_smtp, *webmail_url;
    const char *province;           /* its name in lists for national platforms, "" = left open */
    bool (*holds_lease)(void *ctx); /* does this process work outside the directory? */
    void *lease_ctx;
    const char *backup_mark;     /* a file as old as the last backup; NULL = none is made here */
    const struct dir_room *room; /* how full the directory is */
    const char *tmp_dir;         /* for files of a moment; NULL = the system's */
    struct rep_fonts *fonts;     /* of what is made as PDF */
    struct imp_runner *imports;  /* lists that are carried out; made by api_imports_start */
    struct api_state *state;     /* caches and buckets; made by api_open */
};
bool api_open(struct api *api, struct cv_error *err);
void api_close(struct api *api);
/* Lists are carried out by threads of their own, each with a directory session: one of them at a time, and half of the
 * time, while others wait. Started before requests come; stopped before the lanes are, whose load tells of others
 * (what is not done is left to the next start); freed after the last answer. */
struct api_import_threads {
    int workers;
    void *ctx;
    bool (*thread_open)(void *ctx, void **out_thread);
    void (*thread_close)(void *ctx, void *thread);
    bool (*others_wait)(void *ctx); /* any thread */
};
bool api_imports_start(struct api *api, const struct api_import_threads *threads, struct cv_error *err);
void api_imports_stop(struct api *api);
void api_imports_free(struct api *api);
struct prov_call;
/* Lists past their days go, and what is left of uploads that broke off; failures wait for the next time. For the
 * scheduler. */
void api_imports_sweep(const struct prov_call *call);
/* Requests between units that were confirmed and whose process died before they were carried out. False: worth another
 * try. For the scheduler: at a start and once a day. */
bool api_requests_finish(struct api *api, const struct prov_call *call);
/* The scheduler's sign of life, for /readyz. Any thread. */
void api_scheduler_ticked(struct api *api);
const struct htp_route *api_routes(size_t *out_count);
const struct htp_route *api_management_routes(size_t *out_count); /* /metrics and the health answers */
/* The tables of the members that records have in JSON; `congvud fields` prints them. */
const struct prov_fields *const *api_records(size_t *out_count);
/* The systems of a new directory, from a list of bodies of POST /v1/systems; the first fault otherwise. */
struct dom_system;
bool api_catalogue(const char *text, size_t len, struct cv_arena *arena, struct dom_system **out, size_t *out_count,
                   struct cv_error *err);
htp_authenticate api_authenticate;
/* The commit that this program was built from, "unknown" without git. */
const char *api_commit(void);
const char *api_console_hash(void); /* of the web console in this build; empty = there is none */
/* What the answers of writes carry while only one server has what is written. */
void api_succeeded(struct htp_exchange *x);
/* While the view does not hear the directory nothing is said not to be there. */
bool api_may_deny(struct htp_exchange *x, struct cv_error *err);
/* What problems of the API carry beside the usual members. */
void api_problem_members(struct htp_exchange *x, const struct cv_error *err);
