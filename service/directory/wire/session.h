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
LDAP *dir_session_handle(struct dir_session *s); /* of the last exchange */
void dir_answer_free(LDAPMessage **answer);
#define dir_auto_answer __attribute__((cleanup(dir_answer_free))) LDAPMessage *
