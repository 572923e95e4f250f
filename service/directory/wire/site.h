/* Inside directory/: which of a site's servers a connection is made to. */
#pragma once

#include "directory/internal.h"

/* One connection to one server (connect.c). */
bool dir_connect_at(const struct dir_config *config, const char *uri, struct cv_deadline until, int stop_fd, LDAP **out,
                    struct cv_error *err);
/* Runs a step that connects by TLS; it fails at the latest when time is up or a stop is asked for (guard.c). */
int dir_guarded(LDAP *ld, struct cv_deadline until, int stop_fd, int (*step)(LDAP *ld, void *ctx), void *ctx);
/* The answer to one request; a code of LDAP. *out, when wanted, is freed by the caller; NULL when there was none. */
int dir_await(LDAP *ld, int msgid, struct cv_deadline until, int stop_fd, LDAPMessage **out);

/* To the server that this process uses, or the next one that may be used. `write`: not to one that only reads.
 * *out_server: its number, for the calls below. */
bool dir_connect_for(const struct dir_config *config, bool write, struct cv_deadline deadline, int stop_fd, LDAP **out,
                     size_t *out_server, struct cv_error *err);
/* May a connection that exists be used, or does the process use another server by now? */
bool dir_site_fits(struct dir_site *site, size_t server, bool write);
/* It refused a write because it only reads. */
void dir_site_reads_only(struct dir_site *site, size_t server);
/* Is that what this answer to a write says? */
bool dir_says_read_only(int code, const char *text);
/* The number of the one that is used, and of all. */
size_t dir_site_used(struct dir_site *site, size_t *out_count);
/* A connection to one that follows: it refuses writes, and its term is the site's. */
bool dir_site_follower(const struct dir_config *config, size_t server, struct cv_deadline until, LDAP **out);
