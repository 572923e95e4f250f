/* The messages of RFC 4533 (LDAP content synchronisation): encoding the request, taking apart what comes. No state, no
 * callbacks. */
#pragma once

#include <ldap.h>
#include <stdbool.h>
#include <stdint.h>

enum { SYNC_COOKIE_MAX = 1024 }; /* some 60 bytes per provider */

/* Kept in memory only: it dies with the process, like the view that it describes. */
struct sync_cookie {
    int64_t at_ns; /* monotonic: when it came */
    size_t len;    /* 0 = none */
    char bytes[SYNC_COOKIE_MAX];
};

enum sync_state { SYNC_PRESENT = 0, SYNC_ADD = 1, SYNC_MODIFY = 2, SYNC_DELETE = 3 };
struct sync_entry {
    enum sync_state state;
    uint8_t uuid[16];
    struct sync_cookie cookie;
};

enum sync_info_kind { SYNC_NEW_COOKIE, SYNC_REFRESH_DELETE, SYNC_REFRESH_PRESENT, SYNC_ID_SET };
struct sync_info {
    enum sync_info_kind kind;
    bool refresh_done;    /* of the two refresh kinds */
    bool refresh_deletes; /* of an id set: the named are gone; else they are still there */
    struct sync_cookie cookie;
    BerVarray uuids; /* of an id set; freed by sync_info_free */
};

/* Keeps a server's cookie, without the part that would make it pass over its own changes. False: too long. */
bool sync_cookie_set(struct sync_cookie *c, const struct berval *value);
/* The request control; free with ldap_control_free. NULL when out of memory. */
LDAPControl *sync_request_control(const struct sync_cookie *cookie);
/* False: the message has no sync state control, or a malformed one. */
bool sync_parse_entry(LDAP *ld, LDAPMessage *entry, struct sync_entry *out);
/* False: malformed. *out_ours false: some other intermediate message, to be passed over. */
bool sync_parse_info(LDAP *ld, LDAPMessage *message, bool *out_ours, struct sync_info *out);
void sync_info_free(struct sync_info *info);
