/* Calls to other systems over HTTP: the only door to libcurl.
 *
 * Story of use. Each worker thread keeps one con_client (one connection pool, one DNS cache) and sends requests to
 * targets; a target is a piece of configuration and is checked anew at each call:
 *
 *     struct con_target target = {.url = "https://eoffice.example.vn/scim/v2", .credential_file = "/etc/congvu/x"};
 *     struct con_request ask = {.method = CON_GET, .path = "/Users/2819c223"};
 *     struct con_answer answer;
 *     con_client_deadline(client, deadline);
 *     if (!con_send(client, &target, &ask, arena, &answer, err)) switch (err->kind) ...
 *
 * What a target may be. https anywhere, http to loopback only. After the name was resolved the address itself is
 * checked, so a name cannot be pointed somewhere else later: loopback, private, link-local, multicast and other special
 * addresses are refused unless target.allow names them ("loopback", "private", or networks such as "10.20.0.0/16").
 * Redirects are not followed, proxies of the environment are not used, an answer is bounded after unpacking.
 *
 * Outcomes (err->kind):
 *   CV_UNAVAILABLE  nothing was sent, or it was a GET: certainly not done
 *   CV_UNKNOWN      sent, and the answer was lost or says nothing (500, 502, 504): look before repeating
 *   CV_LIMIT        429 or 503: not now; err->retry_after_s (at most CON_RETRY_AFTER_MAX, 0 = not said)
 *                   or earlier answers fill the arena, and nothing was sent
 *   CV_NOT_FOUND    404, 410
 *   CV_CONFLICT     409
 *   CV_STALE        412: it changed there since it was read; 428: it wants If-Match
 *   CV_REFUSED      401, 403, 407, a redirect, or an address that the target may not reach
 *   CV_INVALID      every other 4xx, 501, 505: repeating it unchanged is of no use
 *
 * Secrets: credential_file (0600, of this user or root) holds "Bearer TOKEN", "Basic USER:PASSWORD" or a bare token,
 * and perhaps before it a line "Host: NAME[:PORT]": then it is sent to a URL of that host only (CV_REFUSED otherwise).
 * It is read at each call, so it can be replaced at any time, and is never logged nor put into an error.
 *
 * Thread: a client belongs to one thread; targets and requests are only read. Memory: the answer lives in the arena. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/memory.h"

enum {
    CON_MAX_URL = 2048,
    CON_MAX_ANSWER = 8 << 20, /* bytes of one answer's body, unpacked */
    CON_RETRY_AFTER_MAX = 300 /* seconds */
};

struct con_target {
    const char *url;             /* absolute http or https, without query; a closing slash does not matter */
    const char *credential_file; /* or NULL */
    const char *ca_file;         /* PEM certificates that the server must chain to; NULL = those of the system */
    const char *const *allow;    /* special addresses it may reach */
    size_t allow_count;
    int connect_ms, total_ms; /* 0 = 5 s and 20 s; the client's deadline bounds both */
};

enum con_method { CON_GET, CON_POST, CON_PUT, CON_PATCH, CON_DELETE };
struct con_request {
    enum con_method method;
    const char *path; /* put behind the target's URL: "/Users?startIndex=1", percent-encoded; NULL = nothing */
    const char *accept;
    const char *content_type; /* of the body */
    const char *body;         /* or NULL */
    size_t body_len;
    const char *if_match; /* an entity tag as it came, or NULL */
    size_t max_answer;    /* 0 = CON_MAX_ANSWER */
};

struct con_answer {
    int status;       /* 0 = none came */
    const char *body; /* NUL-terminated, "" when there is none */
    size_t len;
    const char *etag, *location, *content_type; /* or NULL */
};

struct con_client;
bool con_client_open(struct con_client **out, struct cv_error *err);
void con_client_close(struct con_client **client);
/* Bounds every call until it is set again. */
void con_client_deadline(struct con_client *client, struct cv_deadline deadline);
/* Calls under way end within about a second once the flag is set (their outcome may be unknown then). */
void con_client_stop_flag(struct con_client *client, const _Atomic bool *stopping);
/* True for 2xx. *out is filled whenever an answer came, with an error status too: error bodies say more. */
bool con_send(struct con_client *client, const struct con_target *target, const struct con_request *request,
              struct cv_arena *arena, struct con_answer *out, struct cv_error *err);

/* ---- Dovecot's doveadm ---- */
struct con_cut_off {
    bool cache_empty, nobody_left;
};
/* Empties the authentication cache of these logins if Dovecot has one, ends their sessions, and looks whether anybody
 * is left; takes about 0.2 s. The target is .../doveadm/v1. False: nothing is known. Else out[i] says what was seen of
 * users[i]. */
bool con_doveadm_cut_off(struct con_client *client, const struct con_target *target, bool cache,
                         const char *const *users, size_t count, struct cv_arena *arena, struct con_cut_off *out,
                         struct cv_error *err);

/* ---- configuration ---- */
/* Absolute http or https URL with a host, without user, password, query or fragment, of at most CON_MAX_URL bytes. */
bool con_url_ok(const char *url);
/* "loopback", "private" or a network in CIDR form. */
bool con_allow_ok(const char *word);
/* May a target that allows these words reach the address (IPv4 or IPv6 text)? */
bool con_address_allowed(const char *address, const char *const *allow, size_t allow_count);
/* One segment of a path or a query value, percent-encoded. */
const char *con_escape(struct cv_arena *arena, const char *text);
/* A path to an attribute of SCIM: "userName", "name.familyName", "emails" (the value of type work), "phoneNumbers[type
 * eq \"mobile\"].value", "urn:...:User:department". */
bool con_scim_path_ok(const char *path);
