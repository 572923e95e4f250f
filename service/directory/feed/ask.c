/* Questions on the consumer's connection: one answer that is waited for, or a search that runs. */
#include <poll.h>

#include "directory/feed/internal.h"

enum { AWAIT_MS = 3000 };

const char sync_classes[] = "(|(objectClass=cvStaff)(objectClass=cvUnitEntry)(objectClass=cvSystemEntry)"
                            "(objectClass=cvTokenEntry))";

int sync_descriptor(struct dir_sync *sync)
{
    int fd = -1;

    ldap_get_option(sync->ld, LDAP_OPT_DESC, &fd);
    return fd;
}

int sync_await(struct dir_sync *sync, int msgid, LDAPMessage **out)
{
    struct pollfd fds[] = {{.fd = sync->stop_fd, .events = POLLIN}, {.fd = sync_descriptor(sync), .events = POLLIN}};
    struct cv_deadline deadline = cv_deadline_in_ms(AWAIT_MS);
    LDAPMessage *answer = NULL;
    int code = LDAP_OTHER, got;

    for (;;) {
        struct timeval now = {0, 0};

        got = ldap_result(sync->ld, msgid, LDAP_MSG_ALL, &now, &answer);
        if (got != 0 || atomic_load(&sync->stopping) || cv_deadline_passed(deadline))
            break;
        poll(fds, CV_COUNT(fds), (int)cv_deadline_left_ms(deadline) + 1);
    }
    if (got <= 0)
        return got < 0 ? LDAP_SERVER_DOWN : LDAP_TIMEOUT;
    ldap_parse_result(sync->ld, answer, &code, NULL, NULL, NULL, NULL, out ? 0 : 1);
    if (out)
        *out = answer;
    return code;
}

bool sync_search(struct dir_sync *sync, const char *base, const char *filter, char **names,
                 const struct sync_cookie *cookie, int *out_id, struct cv_error *err)
{
    LDAPControl *request = sync_request_control(cookie);
    LDAPControl *controls[] = {request, NULL};
    int rc;

    if (!request)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    rc = ldap_search_ext(sync->ld, base, LDAP_SCOPE_SUBTREE, filter, names, 0, controls, NULL, NULL, LDAP_NO_LIMIT,
                         out_id);
    ldap_control_free(request);
    return rc == LDAP_SUCCESS || dir_fail(err, sync->ld, rc, NULL, false, "following the directory's changes");
}
