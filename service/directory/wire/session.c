/* A session: one connection of one thread, made when needed, thrown away when in doubt. Every call ends by the
 * deadline. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/log.h"
#include "directory/wire/session.h"
#include "directory/wire/site.h"

enum { DEFAULT_DEADLINE_MS = 10000, TRIES = 4 };

struct dir_session {
    const struct dir_config *config;
    LDAP *ld;
    size_t server; /* of config->site */
    struct cv_deadline deadline;
    bool deadline_set, was_connected;
    const void *doing; /* for the witness */
    uint64_t writes;
};

bool dir_session_open(const struct dir_config *config, struct dir_session **out, struct cv_error *err)
{
    struct dir_session *s = calloc(1, sizeof *s);
    if (!s)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    s->config = config;
    *out = s;
    return true;
}

static void drop_handle(struct dir_session *s)
{
    if (s->ld)
        ldap_unbind_ext(s->ld, NULL, NULL);
    s->ld = NULL;
}

void dir_session_close(struct dir_session **session)
{
    if (!*session)
        return;
    drop_handle(*session);
    free(*session);
    *session = NULL;
}

uint64_t dir_session_writes(const struct dir_session *session)
{
    return session->writes;
}

void dir_session_wrote(struct dir_session *session)
{
    session->writes++;
}

void dir_session_deadline(struct dir_session *session, struct cv_deadline deadline)
{
    session->deadline = deadline;
    session->deadline_set = true;
}

const void *dir_session_doing(struct dir_session *session, const void *doing)
{
    const void *was = session->doing;
    session->doing = doing;
    return was;
}

const void *dir_session_does(const struct dir_session *s)
{
    return s->doing;
}

const char *dir_session_base(const struct dir_session *s)
{
    return s->config->base;
}

const struct dir_room *dir_session_room(const struct dir_session *s)
{
    return s->config->room;
}

const struct dir_config *dir_session_config(const struct dir_session *s)
{
    return s->config;
}

struct cv_deadline dir_session_until(const struct dir_session *s)
{
    return s->deadline_set ? s->deadline : cv_deadline_in_ms(s->config->connect_ms);
}

LDAP *dir_session_handle(struct dir_session *s)
{
    return s->ld;
}

void dir_answer_free(LDAPMessage **answer)
{
    if (*answer)
        ldap_msgfree(*answer);
    *answer = NULL;
}

/* No answer is ever outstanding between two calls, so anything readable is a farewell. Seeing it here, before sending,
 * spares a write an outcome that nobody knows. */
static bool idle_alive(LDAP *ld)
{
    int fd = -1;
    if (ldap_get_option(ld, LDAP_OPT_DESC, &fd) != LDAP_OPT_SUCCESS || fd < 0)
        return false;
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};
    return poll(&p, 1, 0) == 0;
}

/* An answer in as few reads as it came in: libldap alone makes two of each message. Not for the feed, whose own poll()
 * would not see what lies here. */
static void read_ahead(LDAP *ld)
{
    Sockbuf *bytes = NULL;
    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &bytes) == LDAP_OPT_SUCCESS && !ldap_tls_inplace(ld))
        (void)ber_sockbuf_add_io(bytes, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER, NULL);
}

static bool make_ready(struct dir_session *s, bool write, struct cv_deadline deadline, struct cv_error *err)
{
    LDAP *fresh = NULL;
    size_t server;
    if (s->ld && !idle_alive(s->ld))
        drop_handle(s);
    if (s->ld && dir_site_fits(s->config->site, s->server, write))
        return true;
    if (!dir_connect_for(s->config, write, deadline, -1, &fresh, &server, err))
        return false;
    drop_handle(s);
    read_ahead(fresh);
    s->ld = fresh;
    s->server = server;
    if (s->was_connected)
        cv_count(CVM_directory_reconnects);
    s->was_connected = true;
    return true;
}

enum trip { TRIP_DONE, TRIP_NOT_SENT, TRIP_LOST, TRIP_LATE, TRIP_REFUSED };

/* Once there and back. *out_code: the library's code when it did not even send. */
static enum trip make_trip(LDAP *ld, const struct dir_request *request, struct cv_deadline deadline,
                           LDAPMessage **out_answer, int *out_code)
{
    struct timeval left = dir_time_left(deadline);
    int msgid = -1;
    if (cv_deadline_passed(deadline)) {
        *out_code = LDAP_TIMEOUT;
        return TRIP_REFUSED;
    }
    cv_count(CVM_directory_operations);
    /* When this fails the server has at most the beginning of the request, which it cannot carry out. */
    int rc = request->start(ld, request, &left, &msgid);
    if (rc != LDAP_SUCCESS) {
        *out_code = rc;
        return rc == LDAP_SERVER_DOWN ? TRIP_NOT_SENT : TRIP_REFUSED;
    }
    left = dir_time_left(deadline);
    int got = ldap_result(ld, msgid, LDAP_MSG_ALL, &left, out_answer);
    *out_code = got == 0 ? LDAP_TIMEOUT : LDAP_SERVER_DOWN;
    return got == 0 ? TRIP_LATE : got < 0 ? TRIP_LOST : TRIP_DONE;
}

static bool trip_failed(const struct dir_request *request, enum trip trip, int code, struct cv_error *err)
{
    bool sent = request->write && (trip == TRIP_LOST || trip == TRIP_LATE);
    cv_count(sent ? CVM_directory_unknown : CVM_directory_errors);
    return dir_fail(err, NULL, code, NULL, sent, request->intent);
}

/* A server that only reads has not done it: another one may. */
static bool read_only(struct dir_session *s, const struct dir_request *request, LDAPMessage *answer)
{
    char *text = NULL;
    int code = LDAP_OTHER;
    if (!request->write)
        return false;
    ldap_parse_result(s->ld, answer, &code, NULL, &text, NULL, NULL, 0);
    bool says = dir_says_read_only(code, text ? text : "");
    ldap_memfree(text);
    if (says)
        dir_site_reads_only(s->config->site, s->server);
    return says && s->config->site;
}

/* May it be sent once more, after this? */
static bool again(const struct dir_request *request, enum trip trip)
{
    return trip == TRIP_NOT_SENT || (trip == TRIP_LOST && !request->write);
}

/* There and back, on another connection when the first one is no good. False: *err says so. */
static bool travel(struct dir_session *s, const struct dir_request *request, struct cv_deadline deadline,
                   LDAPMessage **out_answer, struct cv_error *err)
{
    enum trip trip = TRIP_NOT_SENT;
    int code = LDAP_SERVER_DOWN;
    for (int attempt = 0; attempt < TRIES; attempt++) {
        if (!make_ready(s, request->write, deadline, err)) {
            cv_count(CVM_directory_errors);
            return false;
        }
        trip = make_trip(s->ld, request, deadline, out_answer, &code);
        if (trip == TRIP_DONE && attempt + 1 < TRIES && read_only(s, request, *out_answer)) {
            dir_answer_free(out_answer);
            continue;
        }
        if (trip == TRIP_DONE)
            return true;
        /* A handle that lost an answer never gets better; one that waits for a late answer must not meet the next
         * request. */
        drop_handle(s);
        if (attempt > 0 || !again(request, trip))
            break;
    }
    return trip_failed(request, trip, code, err);
}

bool dir_exchange(struct dir_session *s, const struct dir_request *request, LDAPMessage **out_answer, int *out_code,
                  struct cv_error *err)
{
    struct cv_deadline deadline = s->deadline_set ? s->deadline : cv_deadline_in_ms(DEFAULT_DEADLINE_MS);
    if (!travel(s, request, deadline, out_answer, err))
        return false;
    if (ldap_parse_result(s->ld, *out_answer, out_code, NULL, NULL, NULL, NULL, 0) == LDAP_SUCCESS)
        return true;
    dir_answer_free(out_answer);
    drop_handle(s);
    return trip_failed(request, TRIP_LOST, LDAP_DECODING_ERROR, err);
}

bool dir_refused(struct dir_session *s, const struct dir_request *request, LDAPMessage *answer, struct cv_error *err)
{
    int code = LDAP_OTHER;
    char *text = NULL;
    ldap_parse_result(s->ld, answer, &code, NULL, &text, NULL, NULL, 0);
    cv_count(CVM_directory_errors);
    dir_fail(err, s->ld, code, text ? text : "", false, request->intent);
    ldap_memfree(text);
    /* slapd has no word of its own for a map or a disk that is full */
    if (code == LDAP_OTHER && request->write && dir_room_fill(s->config->room, request->dn) >= DIR_FILL_HIGH)
        dir_room_full(err);
    /* The server says goodbye in order: the next call makes a new connection. */
    if (code == LDAP_UNAVAILABLE || dir_says_read_only(code, err->lib_text))
        drop_handle(s);
    return false;
}

/* ---- reading ---- */

static int start_search(LDAP *ld, const struct dir_request *r, struct timeval *left, int *out_msgid)
{
    return ldap_search_ext(ld, r->dn, r->scope, r->filter, r->names, 0, r->controls, NULL, left, r->size_limit,
                           out_msgid);
}

static bool search_one(struct dir_session *s, const struct dir_request *request, struct cv_arena *arena,
                       struct dir_entry *out, struct cv_error *err)
{
    dir_auto_answer answer = NULL;
    int code;
    if (!dir_exchange(s, request, &answer, &code, err))
        return false;
    LDAPMessage *entry = ldap_first_entry(s->ld, answer);
    /* one hit is all we ask for, so "there are more" is no failure */
    if (code != LDAP_SUCCESS && !(code == LDAP_SIZELIMIT_EXCEEDED && entry))
        return dir_refused(s, request, answer, err);
    if (!entry)
        return dir_fail(err, NULL, LDAP_NO_SUCH_OBJECT, NULL, false, request->intent);
    return dir_entry_copy(s->ld, entry, arena, out, err);
}

static char every[] = "*", operational[] = "+", uuid[] = "entryUUID", csn[] = "entryCSN", version[] = "vendorVersion";
static char *all_names[] = {every, uuid, csn, NULL}, *operational_names[] = {operational, NULL};

static bool read_one(struct dir_session *s, const char *dn, char **names, struct cv_arena *arena, struct dir_entry *out,
                     struct cv_error *err)
{
    const struct dir_request request = {.intent = "reading an entry",
                                        .start = start_search,
                                        .dn = dn,
                                        .scope = LDAP_SCOPE_BASE,
                                        .filter = "(objectClass=*)",
                                        .names = names};
    return search_one(s, &request, arena, out, err);
}

bool dir_read_entry(struct dir_session *s, const char *dn, struct cv_arena *arena, struct dir_entry *out,
                    struct cv_error *err)
{
    return read_one(s, dn, all_names, arena, out, err);
}

bool dir_read_operational(struct dir_session *s, const char *dn, struct cv_arena *arena, struct dir_entry *out,
                          struct cv_error *err)
{
    return read_one(s, dn, operational_names, arena, out, err);
}

bool dir_find_entry(struct dir_session *s, const char *base_dn, const char *filter, struct cv_arena *arena,
                    struct dir_entry *out, struct cv_error *err)
{
    const struct dir_request request = {.intent = "finding an entry",
                                        .start = start_search,
                                        .dn = base_dn,
                                        .scope = LDAP_SCOPE_SUBTREE,
                                        .filter = filter,
                                        .names = all_names,
                                        .size_limit = 1};
    return search_one(s, &request, arena, out, err);
}

/* Everything directly below base_dn that matches, `most` at most. `some`: when there are more, `most` of them will do.
 */
static bool search_many(struct dir_session *s, const char *base_dn, const char *filter, char **names, size_t most,
                        bool some, LDAPMessage **out_answer, struct cv_error *err)
{
    const struct dir_request request = {.intent = "finding entries",
                                        .start = start_search,
                                        .dn = base_dn,
                                        .scope = LDAP_SCOPE_ONELEVEL,
                                        .filter = filter,
                                        .names = names,
                                        .size_limit = (int)most};
    int code;
    return dir_exchange(s, &request, out_answer, &code, err) &&
           (code == LDAP_SUCCESS || (some && code == LDAP_SIZELIMIT_EXCEEDED) ||
            dir_refused(s, &request, *out_answer, err));
}

static bool find_entries(struct dir_session *s, const char *base_dn, const char *filter, char **names, size_t most,
                         struct cv_arena *arena, struct dir_entry **out, size_t *out_count, struct cv_error *err)
{
    struct dir_entry *entries = CV_NEWS(arena, struct dir_entry, most + 1);
    dir_auto_answer answer = NULL;
    size_t count = 0;
    if (!search_many(s, base_dn, filter, names, most, true, &answer, err))
        return false;
    for (LDAPMessage *m = ldap_first_entry(s->ld, answer); m && count < most; m = ldap_next_entry(s->ld, m))
        if (!dir_entry_copy(s->ld, m, arena, &entries[count++], err))
            return false;
    *out = entries;
    *out_count = count;
    return true;
}

bool dir_find_entries(struct dir_session *s, const char *base_dn, const char *filter, size_t most,
                      struct cv_arena *arena, struct dir_entry **out, size_t *out_count, struct cv_error *err)
{
    return find_entries(s, base_dn, filter, all_names, most, arena, out, out_count, err);
}

bool dir_find_named(struct dir_session *s, const char *base_dn, const char *filter, const char *const *names,
                    size_t most, struct cv_arena *arena, struct dir_entry **out, size_t *out_count,
                    struct cv_error *err)
{
    return find_entries(s, base_dn, filter, (char **)(uintptr_t)names, most, arena, out, out_count, err);
}

bool dir_find_operational(struct dir_session *s, const char *base_dn, const char *filter, size_t most,
                          struct cv_arena *arena, struct dir_entry **out, size_t *out_count, struct cv_error *err)
{
    return find_entries(s, base_dn, filter, operational_names, most, arena, out, out_count, err);
}

bool dir_list_values(struct dir_session *s, const char *base_dn, const char *filter, const char *attr, size_t most,
                     struct cv_arena *arena, struct dir_attr *out, struct cv_error *err)
{
    char *names[] = {(char *)(uintptr_t)attr, NULL};
    struct dir_attrs all;
    dir_auto_answer answer = NULL;
    if (!search_many(s, base_dn, filter, names, most, false, &answer, err))
        return false;
    dir_attrs_init(&all, arena);
    for (LDAPMessage *m = ldap_first_entry(s->ld, answer); m; m = ldap_next_entry(s->ld, m)) {
        struct berval **values = ldap_get_values_len(s->ld, m, attr);
        for (size_t i = 0; values && values[i]; i++)
            dir_put_bytes(&all, attr, values[i]->bv_val, values[i]->bv_len);
        ldap_value_free_len(values);
    }
    if (!cv_arena_ok(arena))
        return dir_fail(err, NULL, LDAP_RESULTS_TOO_LARGE, NULL, false, "finding entries");
    *out = all.count ? all.items[0] : (struct dir_attr){.name = attr};
    return true;
}

static char *ping_names[] = {version, NULL};

bool dir_ping(struct dir_session *session, struct cv_error *err)
{
    const struct dir_request request = {.intent = "asking the directory",
                                        .start = start_search,
                                        .dn = "",
                                        .scope = LDAP_SCOPE_BASE,
                                        .filter = "(objectClass=*)",
                                        .names = ping_names};
    dir_auto_answer answer = NULL;
    int code;
    if (!dir_exchange(session, &request, &answer, &code, err))
        return false;
    return code == LDAP_SUCCESS || dir_refused(session, &request, answer, err);
}
