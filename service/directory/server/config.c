/* slapd.conf of the embedded server, and of a site's own ones. Why each line is there: deploy/openldap/README.md. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "directory/server/slapd.h"

enum { LOG_DAYS = 400 };

const struct slapd_database slapd_databases[SLAPD_DATABASES] = {[SLAPD_MAIN] = {"db", NULL, true},
                                                                [SLAPD_LOG] = {"log", "cn=log", true},
                                                                [SLAPD_USAGE] = {"usage", DIR_USAGE_BASE, true},
                                                                [SLAPD_WORK] = {"work", DIR_WORK_BASE, true},
                                                                [SLAPD_LEASES] = {"leases", DIR_LEASES_BASE, false}};

static const char main_indices[] =
    "index objectClass,entryUUID,entryCSN eq\n"
    "index cvName,cvCode,cvSlugClaim,cvIdempotencyKey,cvIdempotencyAt,cvDueAt,cvActivationDigest eq\n"
    "index uid,mail,cvMailAlias,cvFormerLogin,cvHolds,cvReceives,authorizedService,cvSignIn eq\n"
    "index cvUnit eq\n"
    "index cvDocumentName eq,sub\n";

/* What is asked of the audit is asked since a moment; each further index costs every change pages. Without objectClass
 * slapd, which looks for referrals beside each question, reads everything. */
static const char log_indices[] = "index objectClass,reqStart,entryCSN eq\n";

static const char usage_indices[] = "index objectClass,entryUUID,entryCSN,cvId eq\n";

void slapd_index_text(struct cv_buf *out)
{
    cv_buf_puts(out, dir_schema_text);
    cv_buf_puts(out, main_indices);
    cv_buf_puts(out, log_indices);
    cv_buf_puts(out, usage_indices);
}

/* Who writes it down, for whom: the embedded server, or a site's own one. */
struct plan {
    const char *base, *folder; /* folder: of the databases */
    uint64_t max_bytes;
    bool nosync;
    int log_days;
    const struct dir_print *site; /* NULL = the embedded server */
    bool follows;                 /* the site's: another one, which takes the writes */
};

static void put_modules(struct cv_buf *out)
{
    static const char *const schemas[] = {"core", "cosine", "inetorgperson"};
    static const char *const modules[] = {
        "back_mdb", "unique", "ppolicy", "syncprov", "accesslog", "back_monitor", "argon2 m=19456 t=3 p=1"};
    for (size_t i = 0; i < CV_COUNT(schemas); i++)
        cv_buf_printf(out, "include /etc/ldap/schema/%s.schema\n", schemas[i]);
    cv_buf_puts(out, "modulepath /usr/lib/ldap\n");
    for (size_t i = 0; i < CV_COUNT(modules); i++)
        cv_buf_printf(out, "moduleload %s\n", modules[i]);
    cv_buf_puts(out, "# before the schema; replaces the built-in list, so lang- is repeated\n"
                     "attributeoptions x- lang-\n");
}

static void put_limits(struct cv_buf *out)
{
    cv_buf_puts(out, "# any other level, also \"none\", writes a line per change (post-read controls are logged)\n"
                     "loglevel 0\nsizelimit 500\ntimelimit 10\nthreads 16\n"
                     "# by two, slapadd -q damages its own memory now and then, and ends or leaves an index behind\n"
                     "tool-threads 1\n"
                     "password-hash {ARGON2}\nauthz-policy none\n");
}

static void put_rest(struct cv_buf *out)
{
    cv_buf_puts(out, "access to dn.base=\"\" by * read\naccess to dn.base=\"cn=Subschema\" by users read by * none\n"
                     "access to * by * none\n\n");
}

static void put_global(struct cv_buf *out, const char *base, const struct slapd_paths *paths)
{
    cv_buf_puts(out, "# Written by congvud at each start; changes here are lost.\n");
    put_modules(out);
    cv_buf_printf(out, "include \"%s\"\n", paths->schema);
    cv_buf_printf(out, "pidfile \"%s/run/slapd.pid\"\nargsfile \"%s/run/slapd.args\"\n", paths->data, paths->data);
    put_limits(out);
    /* [+]: inside quotes slapd.conf eats backslashes */
    cv_buf_printf(
        out,
        "authz-regexp \"gidNumber=%u[+]uidNumber=%u,cn=peercred,cn=external,cn=auth\" \"cn=service,ou=system,%s\"\n",
        (unsigned)getegid(), (unsigned)geteuid(), base);
    put_rest(out);
}

static void put_site_global(struct cv_buf *out, const struct dir_print *site)
{
    cv_buf_printf(out,
                  "# Written by congvud %s for the one that %s; why each part is there: deploy/openldap/README.md\n",
                  site->version, site->follow != NULL ? "follows" : "takes writes");
    put_modules(out);
    cv_buf_puts(out, "include /etc/ldap/schema/congvu.schema\n\npidfile /run/slapd/slapd.pid\n"
                     "argsfile /run/slapd/slapd.args\n");
    put_limits(out);
    cv_buf_puts(out, "# TLS is obligatory for anything but ldapi\n"
                     "TLSCertificateFile /etc/ldap/tls/server.crt\nTLSCertificateKeyFile /etc/ldap/tls/server.key\n"
                     "security simple_bind=128\nlocalSSF 128\n\n");
    put_rest(out);
}

static void put_mdb(struct cv_buf *out, const char *base, const char *suffix, const char *folder, uint64_t max_bytes)
{
    cv_buf_printf(out, "database mdb\nsuffix \"%s\"\ndirectory \"%s\"\nmaxsize %" PRIu64 "\n", suffix, folder,
                  max_bytes);
    /* has no password and cannot bind: overlays need a name to work under */
    cv_buf_printf(out, "rootdn \"cn=slapd,%s\"\n", suffix);
    cv_buf_printf(out, "limits dn.exact=\"cn=service,ou=system,%s\" size=unlimited time=unlimited\n", base);
}

static const char *suffix_of(const struct plan *plan, int which)
{
    return slapd_databases[which].suffix != NULL ? slapd_databases[which].suffix : plan->base;
}

static void put_storage(struct cv_buf *out, const struct plan *plan, int which)
{
    const char *name = slapd_databases[which].name;
    char folder[DIR_PATH_MAX * 2];
    if (plan->site == NULL)
        snprintf(folder, sizeof folder, "%s/%s", plan->folder, name);
    else
        snprintf(folder, sizeof folder, "%s/congvu%s%s", plan->folder, which == SLAPD_MAIN ? "" : "-",
                 which == SLAPD_MAIN ? "" : name);
    put_mdb(out, plan->base, suffix_of(plan, which), folder, plan->max_bytes);
    if (plan->nosync)
        cv_buf_puts(out, "dbnosync\ncheckpoint 1024 1\n");
    else if (which == SLAPD_LOG || which == SLAPD_USAGE || (which == SLAPD_MAIN && plan->site == NULL))
        /* a power cut takes the last change at most, and damages nothing; of the records we flush it (wire/disk.c) */
        cv_buf_puts(out, "envflags nometasync\n");
}

/* All of it, passwords too, to the server that follows. */
static void put_replica(struct cv_buf *out, const struct plan *plan)
{
    if (plan->site == NULL)
        return;
    cv_buf_printf(out,
                  "limits dn.exact=\"cn=replica,ou=system,%s\" size=unlimited time=unlimited\n"
                  "access to * by dn.exact=\"cn=replica,ou=system,%s\" read by * break\n",
                  plan->base, plan->base);
}

/* Refuses writes by itself; whoever wants them elsewhere asks for another configuration. */
static void put_follow(struct cv_buf *out, const struct plan *plan, int which)
{
    if (!plan->follows)
        return;
    cv_buf_printf(out,
                  "syncrepl rid=%03d provider=%s searchbase=\"%s\" type=refreshAndPersist retry=\"1 +\"\n"
                  "  keepalive=30:3:10 network-timeout=5 bindmethod=simple binddn=\"cn=replica,ou=system,%s\"\n"
                  "  credentials=\"%s\" tls_reqcert=demand",
                  which + 1, plan->site->follow, suffix_of(plan, which), plan->base, plan->site->password);
    if (plan->site->ca_file != NULL)
        cv_buf_printf(out, " tls_cacert=\"%s\"", plan->site->ca_file);
    cv_buf_puts(out, "\n");
}

/* The audit holds hashes of passwords and sealed seeds: the values are hidden from everyone, the service included, and
 * nobody may write.
 */
static void put_log_database(struct cv_buf *out, const struct plan *plan)
{
    cv_buf_puts(out, "# ---- the audit: before the main database, which names it ----\n");
    put_storage(out, plan, SLAPD_LOG);
    cv_buf_puts(out, log_indices);
    for (int i = 0; i < 2; i++)
        cv_buf_printf(out, "access to attrs=%s val.regex=\"^(userPassword|cvSecondFactor)[;:]\" by * none\n",
                      i ? "reqOld" : "reqMod");
    cv_buf_printf(out, "access to * by dn.exact=\"cn=service,ou=system,%s\" read by * none\n", plan->base);
    if (plan->site == NULL) /* where syncprov looks for what was deleted */
        cv_buf_puts(out, "overlay syncprov\nsyncprov-nopresent TRUE\nsyncprov-reloadhint TRUE\n");
    cv_buf_puts(out, "\n");
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
static void put_usage_database(struct cv_buf *out, const struct plan *plan)
{
    cv_buf_puts(out, "# ---- usage: who used what on which day; no audit ----\n");
    put_storage(out, plan, SLAPD_USAGE);
    put_replica(out, plan);
    put_follow(out, plan, SLAPD_USAGE);
    cv_buf_puts(out, usage_indices);
    put_service_access(out, plan->base);
    cv_buf_puts(out, "overlay syncprov\nsyncprov-checkpoint 1000 5\nsyncprov-nopresent TRUE\n\n");
}

/* Renewed every few seconds: a database of its own keeps that out of the audit and away from the consumers. */
static void put_lease_database(struct cv_buf *out, const struct plan *plan)
{
    cv_buf_puts(out, "# ---- leases: renewed every few seconds; each server has its own ----\n");
    put_storage(out, plan, SLAPD_LEASES);
    put_service_access(out, plan->base);
    cv_buf_puts(out, "\n");
}

/* Lists on their way in: uploads and plans, gone after a month. Their bytes have no business in the audit, which holds
 * what the plan did; nor in anybody's feed but that of a server that follows. */
static void put_work_database(struct cv_buf *out, const struct plan *plan)
{
    cv_buf_puts(out, "# ---- work: lists on their way in and their plans, gone after 30 days; no audit ----\n");
    put_storage(out, plan, SLAPD_WORK);
    put_replica(out, plan);
    put_follow(out, plan, SLAPD_WORK);
    cv_buf_puts(out, "index objectClass,entryUUID,entryCSN,cvDocumentName eq\n");
    put_service_access(out, plan->base);
    if (plan->site != NULL)
        cv_buf_puts(out, "overlay syncprov\nsyncprov-checkpoint 1000 5\nsyncprov-sessionlog 1000\n");
    cv_buf_puts(out, "\n");
}

/* Passwords: written by the service, tested by slapd, read by nobody. No service left = no bind. */
static void put_password_access(struct cv_buf *out, const char *base, bool site)
{
    /* who signs in with a password of his own; the embedded server knows the service by its user */
    static const char *const machines[] = {"service", "replica"};
    for (size_t i = 0; site && i < CV_COUNT(machines); i++)
        cv_buf_printf(out, "access to dn.exact=\"cn=%s,ou=system,%s\" attrs=userPassword by anonymous auth by * none\n",
                      machines[i], base);
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
    {"ou=people", NULL, "cvHolds", {DOVECOT, POSTFIX}},
    {"ou=people", NULL, "cvFormerLogin,cvMailStore,cvMailQuota,cvAutoReply", {DOVECOT}},
    {"ou=people", NULL, "cvDelegate", {POSTFIX}},
    /* whoever may sign in nowhere has left, or is locked: nothing more of him */
    {"ou=people",
     "(authorizedService=*)",
     "cvId,cn,sn,givenName,title,cvUnit,cvAccountLogin,cvSignIn,entryUUID",
     {EOFFICE}},
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

static void put_access(struct cv_buf *out, const char *base, bool site)
{
    char people[512];
    snprintf(people, sizeof people, "ou=people,%s", base);
    put_password_access(out, base, site);
    for (size_t i = 0; i < CV_COUNT(sights); i++)
        put_sight(out, i, base);
    put_search_base(out, people, base);
    put_search_base(out, base, base);
    put_service_access(out, base);
}

/* The order matters: uniqueness and password rules judge before anything is published or logged. */
static void put_overlays(struct cv_buf *out, const char *base, bool site, int log_days)
{
    static const char *const unique[] = {"cvName", "cvCode", "cvSlugClaim", "cvIdempotencyKey"};
    cv_buf_puts(out, "overlay unique\n");
    for (size_t i = 0; i < CV_COUNT(unique); i++)
        cv_buf_printf(out, "unique_uri \"serialize ldap:///%s?%s?sub\"\n", base, unique[i]);
    cv_buf_printf(out,
                  "overlay ppolicy\nppolicy_default \"cn=default,ou=policies,ou=system,%s\"\nppolicy_hash_cleartext\n",
                  base);
    cv_buf_puts(out, "overlay syncprov\nsyncprov-checkpoint 1000 5\n");
    /* replayed from cn=log to a server that follows, slapd 2.5 ended with an assertion now and then: kept in memory,
     * and after a restart who follows compares everything */
    cv_buf_puts(out, site ? "syncprov-sessionlog 10000\n" : "syncprov-sessionlog-source cn=log\n");
    cv_buf_puts(out, "overlay accesslog\nlogdb cn=log\nlogops writes\nlogsuccess TRUE\nlogold (objectClass=*)\n");
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

static void put_databases(struct cv_buf *out, const struct plan *plan)
{
    put_log_database(out, plan);
    put_usage_database(out, plan);
    put_lease_database(out, plan);
    put_work_database(out, plan);
    cv_buf_puts(out, "# ---- people, units, system ----\n");
    put_storage(out, plan, SLAPD_MAIN);
    put_replica(out, plan);
    put_follow(out, plan, SLAPD_MAIN);
    cv_buf_puts(out, main_indices);
    put_access(out, plan->base, plan->site != NULL);
    put_overlays(out, plan->base, plan->site != NULL, plan->log_days > 0 ? plan->log_days : LOG_DAYS);
    put_monitor(out, plan->base);
}

void slapd_config_text(const struct dir_embedded_options *options, const struct slapd_paths *paths, struct cv_buf *out)
{
    const struct plan plan = {.base = options->base,
                              .folder = paths->folder,
                              .max_bytes = options->max_bytes,
                              .nosync = options->nosync,
                              .log_days = options->log_days};
    put_global(out, options->base, paths);
    put_databases(out, &plan);
}

/* It stands between quotes there. */
bool dir_password_of(const char *path, struct cv_arena *arena, const char **out, struct cv_error *err)
{
    char text[256];
    size_t len;
    if (!dir_read_password(path, text, sizeof text, &len, err))
        return false;
    *out = cv_arena_strdup(arena, text);
    explicit_bzero(text, sizeof text);
    return strpbrk(*out, "\"\\") == NULL ||
           cv_fail(err, cvp_validation_failed, NULL, "%s: mật khẩu không được có dấu \" hoặc \\",
                   "%s: a password with \" or \\ cannot stand in slapd.conf", path);
}

void dir_print(const struct dir_print *site, struct cv_buf *out)
{
    const struct plan plan = {.base = site->base,
                              .folder = "/var/lib/ldap",
                              .max_bytes = site->max_bytes,
                              .log_days = site->log_days,
                              .site = site,
                              .follows = site->follow != NULL};
    put_site_global(out, site);
    put_databases(out, &plan);
}

void slapd_reading_text(const struct dir_embedded_options *options, const struct slapd_paths *paths, const char *suffix,
                        const char *folder, struct cv_buf *out)
{
    char path[DIR_PATH_MAX * 2];
    snprintf(path, sizeof path, "%s/%s", paths->folder, folder);
    put_global(out, options->base, paths);
    put_mdb(out, options->base, suffix, path, options->max_bytes);
}
