/* slapd.conf of the embedded server. Why each line is there: deploy/openldap/README.md. */
#include "directory/server/slapd.h"

#include <inttypes.h>
#include <unistd.h>

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
    static const char *const modules[] = {"back_mdb", "unique",    "ppolicy",
                                          "syncprov", "accesslog", "argon2 m=19456 t=2 p=1"};
    cv_buf_puts(out, "# Written by congvud at each start; changes here are lost.\n");
    for (size_t i = 0; i < CV_COUNT(schemas); i++)
        cv_buf_printf(out, "include /etc/ldap/schema/%s.schema\n", schemas[i]);
    cv_buf_puts(out, "modulepath /usr/lib/ldap\n");
    for (size_t i = 0; i < CV_COUNT(modules); i++)
        cv_buf_printf(out, "moduleload %s\n", modules[i]);
    cv_buf_puts(out, "attributeoptions x- lang-\n");
    cv_buf_printf(out, "include \"%s/congvu.schema\"\n", paths->folder);
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

/* Mail servers see what they need to find a mailbox and to deliver, of people only. */
static void put_access(struct cv_buf *out, const char *base)
{
    static const char reader_attrs[] =
        "entry,objectClass,cvId,cn,sn,givenName,uid,mail,cvMailAlias,cvFormerLogin,authorizedService,"
        "cvReceives,cvMailStore,cvMailQuota,cvDelegate,cvAutoReply,cvHolds,cvUnit,title,"
        "cvAccountState,cvAccountLogin,entryUUID";
    put_password_access(out, base);
    cv_buf_printf(out,
                  "access to dn.children=\"ou=people,%s\" attrs=%s\n"
                  "  by dn.exact=\"cn=service,ou=system,%s\" write\n"
                  "  by dn.children=\"ou=readers,ou=system,%s\" read by * none\n",
                  base, reader_attrs, base, base);
    cv_buf_printf(out,
                  "access to dn.base=\"ou=people,%s\" attrs=entry\n"
                  "  by dn.exact=\"cn=service,ou=system,%s\" write\n"
                  "  by dn.children=\"ou=readers,ou=system,%s\" search by * none\n",
                  base, base, base);
    /* of units only those with a mailbox, and of them nothing else */
    cv_buf_printf(out,
                  "access to dn.children=\"ou=units,%s\" filter=\"(cvReceives=TRUE)\"\n"
                  "  attrs=entry,objectClass,cvId,uid,mail,cvReceives,cvMailStore\n"
                  "  by dn.exact=\"cn=service,ou=system,%s\" write\n"
                  "  by dn.children=\"ou=readers,ou=system,%s\" read by * none\n",
                  base, base, base);
    cv_buf_printf(out,
                  "access to dn.base=\"%s\" attrs=entry\n"
                  "  by dn.exact=\"cn=service,ou=system,%s\" write\n"
                  "  by dn.children=\"ou=readers,ou=system,%s\" search by * none\n",
                  base, base, base);
    /* the first entry of all has no parent but the root */
    cv_buf_printf(
        out, "access to dn.base=\"\" attrs=children by dn.exact=\"cn=service,ou=system,%s\" write by * none\n", base);
    cv_buf_printf(out, "access to * by dn.exact=\"cn=service,ou=system,%s\" write by * none\n", base);
}

/* The order matters: uniqueness and password rules judge before anything is published or logged. */
static void put_overlays(struct cv_buf *out, const char *base)
{
    static const char *const unique[] = {"cvName", "cvCode", "cvSlugClaim", "cvIdempotencyKey"};
    cv_buf_puts(out, "overlay unique\n");
    for (size_t i = 0; i < CV_COUNT(unique); i++)
        cv_buf_printf(out, "unique_uri \"serialize ldap:///%s?%s?sub\"\n", base, unique[i]);
    cv_buf_printf(out,
                  "overlay ppolicy\nppolicy_default \"cn=default,ou=policies,ou=system,%s\"\nppolicy_hash_cleartext\n",
                  base);
    cv_buf_puts(out, "overlay syncprov\nsyncprov-checkpoint 1000 5\nsyncprov-sessionlog-source cn=log\n"
                     "overlay accesslog\nlogdb cn=log\nlogops writes\nlogsuccess TRUE\nlogold (objectClass=*)\n"
                     "logpurge 400+00:00 01+00:00\n");
}

void slapd_config_text(const struct dir_embedded_options *options, const struct slapd_paths *paths, struct cv_buf *out)
{
    put_global(out, options, paths);
    put_log_database(out, options, paths);
    put_usage_database(out, options, paths);
    put_lease_database(out, options, paths);
    put_storage(out, options, paths, options->base, "db", options->nosync);
    cv_buf_puts(out, main_indices);
    put_access(out, options->base);
    put_overlays(out, options->base);
}
