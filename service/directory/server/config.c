/* slapd.conf of the embedded server. Why each line is there: deploy/openldap/README.md. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "directory/server/slapd.h"

enum { LOG_DAYS = 400 };

static const char main_indices[] =
    "index objectClass,entryUUID,entryCSN eq\n"
    "index cvName,cvCode,cvSlugClaim,cvIdempotencyKey,cvIdempotencyAt,cvDueAt,cvActivationDigest eq\n"
    "index uid,mail,cvMailAlias,cvFormerLogin,cvHolds,cvReceives,authorizedService eq\n"
    "index cvUnit,cvAccountState eq\n"
    "index cvDocumentName eq,sub\n";

static const char log_indices[] = "index reqStart,reqResult,reqDN,reqType,reqEntryUUID,reqAuthzID eq\n"
                                  "index objectClass,entryCSN,entryUUID eq\n";

static const char usage_indices[] = "index objectClass,entryUUID,entryCSN,cvId eq\n";

void slapd_index_text(struct cv_buf *out)
{
    cv_buf_puts(out, dir_schema_text);
    cv_buf_puts(out, main_indices);
    cv_buf_puts(out, log_indices);
    cv_buf_puts(out, usage_indices);
}

static void put_global(struct cv_buf *out, const struct dir_embedded_options *options, const struct slapd_paths *paths)
{
    static const char *const schemas[] = {"core", "cosine", "inetorgperson"};
    static const char *const modules[] = {
        "back_mdb", "unique", "ppolicy", "syncprov", "accesslog", "back_monitor", "argon2 m=19456 t=2 p=1"};
    cv_buf_puts(out, "# Written by congvud at each start; changes here are lost.\n");
    for (size_t i = 0; i < CV_COUNT(schemas); i++)
        cv_buf_printf(out, "include /etc/ldap/schema/%s.schema\n", schemas[i]);
    cv_buf_puts(out, "modulepath /usr/lib/ldap\n");
    for (size_t i = 0; i < CV_COUNT(modules); i++)
        cv_buf_printf(out, "moduleload %s\n", modules[i]);
    cv_buf_puts(out, "attributeoptions x- lang-\n");
    cv_buf_printf(out, "include \"%s\"\n", paths->schema);
    cv_buf_printf(out, "pidfile \"%s/run/slapd.pid\"\nargsfile \"%s/run/slapd.args\"\n", paths->data, paths->data);
    cv_buf_puts(out, "loglevel 0\nsizelimit 500\ntimelimit 10\nthreads 16\ntool-threads 2\n"
                     "password-hash {ARGON2}\nauthz-policy none\n");
    /* [+]: inside quotes slapd.conf eats backslashes */
    cv_buf_printf(
        out,
        "authz-regexp \"gidNumber=%u[+]uidNumber=%u,cn=peercred,cn=external,cn=auth\" \"cn=service,ou=system,%s\"\n",
        (unsigned)getegid(), (unsigned)geteuid(), options->base);
    cv_buf_puts(out, "access to dn.base=\"\" by * read\naccess to dn.base=\"cn=Subschema\" by users read by * none\n"
                     "access to * by * none\n\n");
}

static void put_storage(struct cv_buf *out, const struct dir_embedded_options *options, const struct slapd_paths *paths,
                        const char *suffix, const char *folder, bool nosync)
{
    cv_buf_printf(out, "database mdb\nsuffix \"%s\"\ndirectory \"%s/%s\"\nmaxsize %" PRIu64 "\n", suffix, paths->folder,
                  folder, options->max_bytes);
    /* has no password and cannot bind: overlays need a name to work under */
    cv_buf_printf(out, "rootdn \"cn=slapd,%s\"\n", suffix);
    cv_buf_printf(out, "limits dn.exact=\"cn=service,ou=system,%s\" size=unlimited time=unlimited\n", options->base);
    if (nosync)
        cv_buf_puts(out, "dbnosync\ncheckpoint 1024 1\n");
}

/* The audit holds hashes of passwords: the values are hidden from everyone, the service included, and nobody may write.
 */
static void put_log_database(struct cv_buf *out, const struct dir_embedded_options *options,
                             const struct slapd_paths *paths)
{
    put_storage(out, options, paths, "cn=log", "log", options->nosync);
    cv_buf_puts(out, log_indices);
    for (int i = 0; i < 2; i++)
        cv_buf_printf(out, "access to attrs=%s val.regex=\"^userPassword[;:]\" by * none\n", i ? "reqOld" : "reqMod");
    cv_buf_printf(out, "access to * by dn.exact=\"cn=service,ou=system,%s\" read by * none\n", options->base);
    cv_buf_puts(out, "overlay syncprov\nsyncprov-nopresent TRUE\nsyncprov-reloadhint TRUE\n\n");
}

/* All of it to the service, nothing to anybody else. The first entry of all has no parent but the root. */
static void put_service_access(struct cv_buf *out, const char *base)
{
    cv_buf_printf(out,
                  "access to dn.base=\"\" attrs=children by dn.exact=\"cn=service,ou=system,%s\" write by * none\n"
                  "access to * by dn.exact=\"cn=service,ou=system,%s\" write by * none\n",
                  base, base);
}

/* Who used what on which day. Not flushed at each write: what a failing machine loses, the sources send again. No
 * audit, because that would be a history of people's doings. The present phase is never needed: nothing is deleted
 * here. */
static void put_usage_database(struct cv_buf *out, const struct dir_embedded_options *options,
                               const struct slapd_paths *paths)
{
    put_storage(out, options, paths, DIR_USAGE_BASE, "usage", true);
    cv_buf_puts(out, usage_indices);
    put_service_access(out, options->base);
    cv_buf_puts(out, "overlay syncprov\nsyncprov-checkpoint 1000 5\nsyncprov-nopresent TRUE\n\n");
}

/* Renewed every few seconds: a database of its own keeps that out of the audit and away from the consumers. */
static void put_lease_database(struct cv_buf *out, const struct dir_embedded_options *options,
                               const struct slapd_paths *paths)
{
    put_storage(out, options, paths, DIR_LEASES_BASE, "leases", options->nosync);
    put_service_access(out, options->base);
    cv_buf_puts(out, "\n");
}

/* Lists on their way in: uploads and plans, gone after a month. Their bytes have no business in the audit, which holds
 * what the plan did; nor in anybody's feed. */
static void put_work_database(struct cv_buf *out, const struct dir_embedded_options *options,
                              const struct slapd_paths *paths)
{
    put_storage(out, options, paths, DIR_WORK_BASE, "work", options->nosync);
    cv_buf_puts(out, "index objectClass,entryUUID,entryCSN,cvDocumentName eq\n");
    put_service_access(out, options->base);
    cv_buf_puts(out, "\n");
}

/* Passwords: written by the service, tested by slapd, read by nobody. No service left = no bind. */
static void put_password_access(struct cv_buf *out, const char *base)
{
    cv_buf_printf(out,
                  "access to dn.subtree=\"ou=people,%s\" filter=\"(authorizedService=*)\" attrs=userPassword\n"
                  "  by dn.exact=\"cn=service,ou=system,%s\" =w by anonymous auth by * none\n",
                  base, base);
    cv_buf_printf(out,
                  "access to dn.subtree=\"ou=people,%s\" attrs=userPassword\n"
                  "  by dn.exact=\"cn=service,ou=system,%s\" =w by * none\n",
                  base, base);
    cv_buf_printf(out,
                  "access to dn.children=\"ou=readers,ou=system,%s\" attrs=userPassword\n"
                  "  by dn.exact=\"cn=service,ou=system,%s\" =w by anonymous auth by * none\n",
                  base, base);
    cv_buf_puts(out, "access to attrs=userPassword by * none\n");
}

/* Which reader sees which attributes of what: each what its own look-ups ask for (deploy/mail, deploy/connectors), and
 * no more. The first line that names an attribute decides; the service may write all of it. */
#define DOVECOT "dovecot"
#define POSTFIX "postfix"
#define EOFFICE "eoffice"
static const struct {
    const char *below, *filter, *attrs, *readers[3];
} sights[] = {
    {"ou=people", NULL, "entry,objectClass,mail,authorizedService", {DOVECOT, POSTFIX, EOFFICE}},
    {"ou=people", NULL, "uid,cvMailAlias,cvReceives", {DOVECOT, POSTFIX}},
    {"ou=people", NULL, "cvFormerLogin,cvHolds,cvMailStore,cvMailQuota,cvAutoReply", {DOVECOT}},
    {"ou=people", NULL, "cvDelegate", {POSTFIX}},
    /* whoever may sign in nowhere has left, or is locked: nothing more of him */
    {"ou=people", "(authorizedService=*)", "cvId,cn,sn,givenName,title,cvUnit,cvAccountLogin,entryUUID", {EOFFICE}},
    /* of units only those with a mailbox, and of them nothing else */
    {"ou=units", "(cvReceives=TRUE)", "entry,objectClass,uid,mail,cvReceives", {DOVECOT, POSTFIX}},
    {"ou=units", "(cvReceives=TRUE)", "cvMailStore", {DOVECOT}},
};

static void put_sight(struct cv_buf *out, size_t n, const char *base)
{
    cv_buf_printf(out, "access to dn.children=\"%s,%s\"", sights[n].below, base);
    if (sights[n].filter != NULL)
        cv_buf_printf(out, " filter=\"%s\"", sights[n].filter);
    cv_buf_printf(out, " attrs=%s\n  by dn.exact=\"cn=service,ou=system,%s\" write\n", sights[n].attrs, base);
    for (size_t i = 0; i < CV_COUNT(sights[n].readers) && sights[n].readers[i] != NULL; i++)
        cv_buf_printf(out, "  by dn.exact=\"cn=%s,ou=readers,ou=system,%s\" read\n", sights[n].readers[i], base);
    cv_buf_puts(out, "  by * none\n");
}

/* Where a reader may begin a search. */
static void put_search_base(struct cv_buf *out, const char *dn, const char *base)
{
    cv_buf_printf(out,
                  "access to dn.base=\"%s\" attrs=entry\n"
                  "  by dn.exact=\"cn=service,ou=system,%s\" write\n"
                  "  by dn.children=\"ou=readers,ou=system,%s\" search by * none\n",
                  dn, base, base);
}

static void put_access(struct cv_buf *out, const char *base)
{
    char people[512];
    snprintf(people, sizeof people, "ou=people,%s", base);
    put_password_access(out, base);
    for (size_t i = 0; i < CV_COUNT(sights); i++)
        put_sight(out, i, base);
    put_search_base(out, people, base);
    put_search_base(out, base, base);
    put_service_access(out, base);
}

/* The order matters: uniqueness and password rules judge before anything is published or logged. */
static void put_overlays(struct cv_buf *out, const char *base, int log_days)
{
    static const char *const unique[] = {"cvName", "cvCode", "cvSlugClaim", "cvIdempotencyKey"};
    cv_buf_puts(out, "overlay unique\n");
    for (size_t i = 0; i < CV_COUNT(unique); i++)
        cv_buf_printf(out, "unique_uri \"serialize ldap:///%s?%s?sub\"\n", base, unique[i]);
    cv_buf_printf(out,
                  "overlay ppolicy\nppolicy_default \"cn=default,ou=policies,ou=system,%s\"\nppolicy_hash_cleartext\n",
                  base);
    cv_buf_puts(out, "overlay syncprov\nsyncprov-checkpoint 1000 5\nsyncprov-sessionlog-source cn=log\n"
                     "overlay accesslog\nlogdb cn=log\nlogops writes\nlogsuccess TRUE\nlogold (objectClass=*)\n");
    cv_buf_printf(out, "logpurge %d+00:00 01+00:00\n\n", log_days);
}

/* How full the databases are. */
static void put_monitor(struct cv_buf *out, const char *base)
{
    cv_buf_printf(out,
                  "database monitor\naccess to dn.subtree=\"cn=Databases,cn=Monitor\" by "
                  "dn.exact=\"cn=service,ou=system,%s\" read by * none\naccess to * by * none\n",
                  base);
}

void slapd_config_text(const struct dir_embedded_options *options, const struct slapd_paths *paths, struct cv_buf *out)
{
    put_global(out, options, paths);
    put_log_database(out, options, paths);
    put_usage_database(out, options, paths);
    put_lease_database(out, options, paths);
    put_work_database(out, options, paths);
    put_storage(out, options, paths, options->base, "db", options->nosync);
    cv_buf_puts(out, main_indices);
    put_access(out, options->base);
    put_overlays(out, options->base, options->log_days > 0 ? options->log_days : LOG_DAYS);
    put_monitor(out, options->base);
}

void slapd_reading_text(const struct dir_embedded_options *options, const struct slapd_paths *paths, const char *suffix,
                        const char *folder, struct cv_buf *out)
{
    put_global(out, options, paths);
    put_storage(out, options, paths, suffix, folder, false);
}
