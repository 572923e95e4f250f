/* Inside connect/: what its files share. */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "congvu/connect.h"

/* ---- address.c ---- */
enum con_reach { CON_GLOBAL, CON_LOOPBACK, CON_PRIVATE, CON_SPECIAL };
/* What kind of address it is; an IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as itself. */
enum con_reach con_reach_of(const struct sockaddr *address);
bool con_reachable(const struct sockaddr *address, const char *const *allow, size_t allow_count);

/* ---- credential.c ---- */
enum { CON_SECRET_MAX = 8192 };
struct con_credential {
    bool basic;
    char text[CON_SECRET_MAX]; /* the token, or the user's name */
    char *password;            /* inside text; with basic */
};
/* For a call of the URL; a file that names another host is refused. Wipe it with explicit_bzero afterwards. */
bool con_credential_read(const char *path, const char *url, struct con_credential *out, struct cv_error *err);

/* ---- url.c ---- */
/* "name:port" or, where the port is the scheme's own, "name". */
bool con_url_is_at(const char *url, const char *host);
/* What follows the base in a URL, or an absolute path, of the same origin; NULL when it leads out of the base, or says
 * it in a way that is not plain (dot segments, a query, signs that a URL cannot hold). */
const char *con_url_below(const char *base, const char *location);

/* ---- outcome.c ---- */
/* Judges the status of an answer: true for 2xx, else *err by the table of connect.h. */
bool con_judge(enum con_method method, int status, long retry_after_s, struct cv_error *err);
