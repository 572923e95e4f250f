/* Inside directory/: what session.c, write.c and bootstrap.c share. */
#pragma once

#include "directory/internal.h"

/* What one request needs; `start` sends it and gives its message id. */
struct dir_request {
    const char *intent; /* "adding an entry" */
    bool permissive;    /* of a modify: see write.c */
    bool write; /* then a lost answer is CV_UNKNOWN, and only a request that certainly did not leave is tried again */
    int (*start)(LDAP *ld, const struct dir_request *request, struct timeval *left, int *out_msgid);
    const char *dn, *filter;
    int scope, size_limit;
    char **names; /* attributes asked for */
    LDAPMod **mods;
    LDAPControl **controls;
};
/* Connects when needed, sends, waits for the whole answer within the deadline. *out_answer (to be freed with
 * ldap_msgfree) holds every message of it; *out_code is the server's result, for which nothing is reported here: true
 * means "answered". */
bool dir_exchange(struct dir_session *s, const struct dir_request *request, LDAPMessage **out_answer, int *out_code,
                  struct cv_error *err);
/* Fails as the answer says: text and code of the server. */
bool dir_refused(struct dir_session *s, const struct dir_request *request, LDAPMessage *answer, struct cv_error *err);
/* Where the session goes, and until when it may wait. */
const struct dir_config *dir_session_config(const struct dir_session *s);
struct cv_deadline dir_session_until(const struct dir_session *s);
const void *dir_session_does(const struct dir_session *s);
void dir_session_wrote(struct dir_session *s);
LDAP *dir_session_handle(struct dir_session *s); /* of the last exchange */
void dir_answer_free(LDAPMessage **answer);
#define dir_auto_answer __attribute__((cleanup(dir_answer_free))) LDAPMessage *

/* ---- a write before its witness (deed.c) ---- */
struct dir_seen {
    const struct dir_witness *witness; /* NULL: not asked */
    char mark[DIR_MARK_TEXT];
    const char *filter; /* what the write asserts, with the mark where the entry itself cannot carry it */
};
/* Asks the witness, marks the write. `before` NULL = a new entry, `mods` NULL = a deletion. False: nothing may be sent.
 */
bool dir_deed_begin(struct dir_session *s, const char *dn, LDAPMod **mods, const struct dir_attrs *before,
                    struct cv_arena *arena, const char *filter, struct dir_seen *out, struct cv_error *err);
/* Is a write of these attributes recorded? None of them = a deletion. */
bool dir_deed_recorded(const char *base, const char *dn, const char *const *attributes, size_t count);
/* After a write: `done`, or *err says how it ended. */
void dir_deed_end(const struct dir_seen *seen, bool done, const struct dir_stamp *stamp, const struct cv_error *err);
