/* Is it somebody's password? Asked of the server by a bind on a connection of its own. */
#include <string.h>

#include "directory/wire/session.h"
#include "directory/wire/site.h"

bool dir_password_right(struct dir_session *s, const struct cv_id *staff, const char *password, bool *out_right,
                        struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(1 << 14);
    const struct dir_config *config = dir_session_config(s);
    const char *dn = NULL;
    if (arena)
        dn = staff ? dir_dn_staff(arena, config->base, *staff) : dir_dn_decoy(arena, config->base);
    struct berval credential = {.bv_val = (char *)password, .bv_len = strlen(password)};
    LDAP *ld = NULL;
    size_t server;
    *out_right = false;
    if (credential.bv_len == 0) /* an empty password is an anonymous bind, which succeeds */
        return true;
    if (!dn || !cv_arena_ok(arena))
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    if (!dir_connect_for(config, false, dir_session_until(s), -1, &ld, &server, err))
        return false;
    int msgid = -1, rc = ldap_sasl_bind(ld, dn, LDAP_SASL_SIMPLE, &credential, NULL, NULL, &msgid);
    if (rc == LDAP_SUCCESS)
        rc = dir_await(ld, msgid, dir_session_until(s), -1, NULL);
    *out_right = rc == LDAP_SUCCESS && staff;
    bool answered = rc == LDAP_SUCCESS || rc == LDAP_INVALID_CREDENTIALS || rc == LDAP_NO_SUCH_OBJECT ||
                    rc == LDAP_INAPPROPRIATE_AUTH || rc == LDAP_UNWILLING_TO_PERFORM;
    if (!answered)
        dir_fail(err, ld, rc, NULL, false, "checking a password");
    ldap_unbind_ext(ld, NULL, NULL);
    return answered;
}
