/* May a search go on from a cookie, at this server, now? What a wrong yes costs is never noticed: changes that nobody
 * sends, people who are not listed, a token that was revoked and works. A wrong no costs one full reading. So the
 * cookie is used only when all of this is seen:
 *   - the server's mark is that of the server which gave it. The mark lies in ou=leases, which is not replicated, and
 *     is new after each start of an embedded directory, each restore and each rejoin;
 *   - the server is at least as far as the cookie (a restored one is not; a killed one may not be, back-mdb says
 *     "always clean", so syncprov does not look for its true contextCSN);
 *   - a write of ours that is made now gets a CSN above the cookie's, and the server's clock has gone on as ours did:
 *     while it lies behind its own contextCSN what is written is below every cookie (OpenLDAP ITS#10535);
 *   - the last search from a cookie did not end with the server. */
#include <stdio.h>
#include <string.h>

#include "congvu/log.h"
#include "directory/feed/internal.h"

enum { MARK_SIGNS = 26, SHORT_LIVED_MS = 5000 };

#define MARK_DN "cn=server," DIR_LEASES_BASE

/* One of the two searches. */
struct place {
    struct sync_cookie *cookie;
    const char *base;    /* its suffix, which carries contextCSN */
    const char *touched; /* an entry that a resume may write to */
};

static char csn_name[] = "entryCSN", context_name[] = "contextCSN", mark_name[] = "cvLeaseHolder",
            note_name[] = "description";

static void drop(struct sync_cookie *cookie, const char *why)
{
    if (cookie->len)
        cv_log(CV_LOG_INFO, "directory.cookie_dropped", "everything is read again: %s", why);
    cookie->len = 0;
}

/* A code of LDAP. */
static int read_one(struct dir_sync *sync, const char *dn, char *name, struct dir_entry *out)
{
    char *names[] = {name, NULL};
    LDAPMessage *answer = NULL;
    struct cv_error ignored;
    int msgid;
    int rc = ldap_search_ext(sync->ld, dn, LDAP_SCOPE_BASE, "(objectClass=*)", names, 0, NULL, NULL, NULL,
                             LDAP_NO_LIMIT, &msgid);

    if (rc == LDAP_SUCCESS)
        rc = sync_await(sync, msgid, &answer);
    LDAPMessage *entry = rc == LDAP_SUCCESS ? ldap_first_entry(sync->ld, answer) : NULL;

    if (rc == LDAP_SUCCESS && (!entry || !dir_entry_copy(sync->ld, entry, sync->arena, out, &ignored)))
        rc = LDAP_NO_SUCH_OBJECT;
    if (answer)
        ldap_msgfree(answer);
    return rc;
}

static int set_text(struct dir_sync *sync, const char *dn, char *name, char *value)
{
    char *values[] = {value, NULL};
    LDAPMod mod = {.mod_op = LDAP_MOD_REPLACE, .mod_type = name, .mod_values = values};
    LDAPMod *mods[] = {&mod, NULL};
    int msgid;
    int rc = ldap_modify_ext(sync->ld, dn, mods, NULL, NULL, &msgid);

    return rc == LDAP_SUCCESS ? sync_await(sync, msgid, NULL) : rc;
}

static bool lost(int rc)
{
    return rc == LDAP_SERVER_DOWN || rc == LDAP_TIMEOUT;
}

/* ---- the mark ---- */
static int add_entry(struct dir_sync *sync, const char *dn, char *class, char *name, char *value)
{
    char *classes[] = {class, NULL}, *values[] = {value, NULL};
    LDAPMod of_class = {.mod_op = LDAP_MOD_ADD, .mod_type = (char[]){"objectClass"}, .mod_values = classes};
    LDAPMod of_value = {.mod_op = LDAP_MOD_ADD, .mod_type = name, .mod_values = values};
    LDAPMod *mods[] = {&of_class, &of_value, NULL};
    int msgid;
    int rc = ldap_add_ext(sync->ld, dn, mods, NULL, NULL, &msgid);

    return rc == LDAP_SUCCESS ? sync_await(sync, msgid, NULL) : rc;
}

/* Also when somebody has emptied the database, which is how one tells us of a restore by hand. */
static int make_mark(struct dir_sync *sync, char *mark)
{
    int rc = add_entry(sync, MARK_DN, (char[]){"cvLeaseEntry"}, mark_name, mark);

    if (rc == LDAP_NO_SUCH_OBJECT) {
        rc = add_entry(sync, DIR_LEASES_BASE, (char[]){"organizationalUnit"}, (char[]){"ou"}, (char[]){"leases"});
        if (rc == LDAP_SUCCESS || rc == LDAP_ALREADY_EXISTS)
            rc = add_entry(sync, MARK_DN, (char[]){"cvLeaseEntry"}, mark_name, mark);
    }
    return rc;
}

static int new_mark(struct dir_sync *sync, bool there)
{
    char mark[MARK_SIGNS + 1];

    cv_random_text(mark, MARK_SIGNS, false);
    return there ? set_text(sync, MARK_DN, mark_name, mark) : make_mark(sync, mark);
}

/* As it is now, made when there is none; "" when the server has no place for one. */
static int read_mark(struct dir_sync *sync, const char **out)
{
    struct dir_entry entry;
    int rc = read_one(sync, MARK_DN, mark_name, &entry);

    if (rc == LDAP_NO_SUCH_OBJECT) {
        rc = new_mark(sync, false);
        if (rc == LDAP_SUCCESS || rc == LDAP_ALREADY_EXISTS)
            rc = read_one(sync, MARK_DN, mark_name, &entry);
    }
    const char *mark = rc == LDAP_SUCCESS ? dir_get_text(&entry, mark_name) : NULL;

    *out = mark ? mark : "";
    return rc;
}

/* False: the connection is no good. */
static bool know_server(struct dir_sync *sync, struct place *places, size_t count)
{
    const char *mark = "";
    int rc = read_mark(sync, &mark);

    if (lost(rc))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!*mark || strcmp(mark, sync->mark) != 0)
            drop(places[i].cookie, "this is not the server, or not the data, that it came from");
    snprintf(sync->mark, sizeof(sync->mark), "%s", mark);
    return true;
}

/* ---- how far it is ---- */

/* Its data are older than what it gave: other processes have to know too, before a write hides it from them. */
static bool announce(struct dir_sync *sync, struct sync_cookie *cookie)
{
    drop(cookie, "the directory has gone back to an earlier state");
    return !lost(new_mark(sync, true));
}

static bool compare(struct dir_sync *sync, const struct place *place)
{
    struct dir_entry suffix;

    if (!place->cookie->len)
        return true;
    int rc = read_one(sync, place->base, context_name, &suffix);
    const struct dir_attr *context = rc == LDAP_SUCCESS ? dir_get(&suffix, context_name) : NULL;

    if (lost(rc))
        return false;
    return (context && sync_cookie_covered(place->cookie, context)) || announce(sync, place->cookie);
}

/* Any write of this server will do, also one that another process made since. */
static bool touch(struct dir_sync *sync, const struct place *place)
{
    char now[CV_MOMENT_TEXT];
    struct dir_entry entry;

    if (!place->cookie->len)
        return true;
    cv_moment_ldap(cv_now(), now);
    int rc = set_text(sync, place->touched, note_name, now);

    if (rc == LDAP_SUCCESS)
        rc = read_one(sync, place->touched, csn_name, &entry);
    const char *csn = rc == LDAP_SUCCESS ? dir_get_text(&entry, csn_name) : NULL;

    if (lost(rc))
        return false;
    if (!csn || !sync_cookie_passed(place->cookie, csn, cv_mono_ns() - place->cookie->at_ns))
        drop(place->cookie, csn ? "the directory's clock lies behind what it has written" : "it cannot be written to");
    return true;
}

/* ---- all together ---- */

/* The order counts: another process renews the mark before it writes, so who sees its write sees the new mark. */
static bool look(struct dir_sync *sync, struct place *places, size_t count)
{
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++)
        ok = compare(sync, &places[i]);
    ok = ok && know_server(sync, places, count);
    for (size_t i = 0; ok && i < count; i++)
        ok = touch(sync, &places[i]);
    return ok;
}

bool sync_trust(struct dir_sync *sync, struct cv_error *err)
{
    cv_arena_reset(sync->arena);
    struct place places[] = {
        {&sync->cookie, sync->config->base, dir_dn_system_root(sync->arena, sync->config->base)},
        {&sync->usage.cookie, DIR_USAGE_BASE, DIR_USAGE_BASE},
    };

    if (!look(sync, places, CV_COUNT(places)))
        return dir_fail(err, NULL, LDAP_SERVER_DOWN, NULL, false, "resuming the directory's changes");
    sync->resumed_at = sync->cookie.len || sync->usage.cookie.len ? cv_mono_ns() : 0;
    return true;
}

void sync_distrust(struct dir_sync *sync)
{
    if (sync->resumed_at && cv_mono_ns() - sync->resumed_at < (int64_t)SHORT_LIVED_MS * 1000000) {
        drop(&sync->cookie, "the connection ended soon after it was used");
        drop(&sync->usage.cookie, "the connection ended soon after it was used");
    }
    sync->resumed_at = 0;
}

bool dir_mark_renew(struct dir_session *session, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(64 << 10);
    char mark[MARK_SIGNS + 1];
    struct dir_attrs before, after;

    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    cv_random_text(mark, MARK_SIGNS, false);
    dir_attrs_init(&before, arena);
    dir_attrs_init(&after, arena);
    dir_put(&before, mark_name, "-");
    dir_put(&after, mark_name, mark);
    if (dir_modify_entry(session, MARK_DN, &before, &after, NULL, NULL, err))
        return true;
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    dir_put(&after, "objectClass", "cvLeaseEntry");
    dir_put(&after, "cn", "server");
    return dir_add_entry(session, MARK_DN, &after, NULL, err);
}
