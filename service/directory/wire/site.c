/* The servers of a site. One process uses one of them at a time, all its sessions and the feed: two that write at the
 * same time would give one address twice. Which one may be written to a server says itself: a consumer refuses writes,
 * and a former provider has a term (ou=system) below the highest that was ever seen. Another one of the same term that
 * takes writes was never promoted (its syncrepl was taken out first, as the procedure says). Term and server are
 * remembered in a file. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "congvu/secret.h"
#include "directory/wire/site.h"

enum { SERVERS_MAX = 8, AWAY_MS = 7000, AGAIN_MS = 1000, FILE_TEXT = 1024 };

struct server {
    const char *uri;
    int64_t away_at, reads_at; /* monotonic: when it was last found away, or refusing writes; 0 = it is not */
};

struct dir_site {
    struct cv_lock lock;
    char *text, *file; /* file: where term and server are remembered, or NULL */
    struct server servers[SERVERS_MAX];
    size_t count, used; /* used: by this process */
    bool chosen;        /* `used` is the one of this term */
    int64_t term;
};

static bool within(int64_t at, int64_t ms)
{
    return at != 0 && cv_mono_ns() - at < ms * 1000000;
}

/* ---- the term ---- */
static bool bad_file(const char *path, struct cv_error *err)
{
    return cv_fail_as(err, CV_INTERNAL, "term", "Không đọc hoặc ghi được %s", "Cannot read or write %s", path);
}

/* A server that is no longer named in the settings is forgotten: which one is written to is found anew. */
static void load_server(struct dir_site *site, const char *uri)
{
    size_t len = strcspn(uri, "\n");
    for (size_t i = 0; i < site->count; i++)
        if (strlen(site->servers[i].uri) == len && strncmp(site->servers[i].uri, uri, len) == 0) {
            site->used = i;
            site->chosen = true;
        }
}

static bool load(struct dir_site *site, struct cv_error *err)
{
    char text[FILE_TEXT] = "", *end = text;
    int fd = site->file ? open(site->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (fd < 0)
        return !site->file || access(site->file, F_OK) != 0 || bad_file(site->file, err);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    site->term = n > 0 ? strtoll(text, &end, 10) : -1;
    if (site->term < 0 || *end != '\n')
        return bad_file(site->file, err);
    load_server(site, end + 1);
    return true;
}

/* What root says on the machine is read by the service at its next start. */
static void give_to_owner(int fd, const char *file)
{
    struct stat folder;
    const char *end = strrchr(file, '/');
    char path[4096];
    snprintf(path, sizeof path, "%.*s", end ? (int)(end - file) + 1 : 0, file);
    if (*path != '\0' && geteuid() == 0 && stat(path, &folder) == 0 && folder.st_uid != 0 &&
        fchown(fd, folder.st_uid, folder.st_gid) != 0)
        cv_log(CV_LOG_WARN, "directory.term", "%s stays root's", file);
}

static bool save(const struct dir_site *site, struct cv_error *err)
{
    char path[4096], text[FILE_TEXT];
    if (!site->file)
        return true;
    const char *uri = site->chosen ? site->servers[site->used].uri : "";
    int len = snprintf(text, sizeof text, "%lld\n%s%s", (long long)site->term, uri, site->chosen ? "\n" : "");
    snprintf(path, sizeof path, "%s.new", site->file);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && len < FILE_TEXT && write(fd, text, (size_t)len) == len && fsync(fd) == 0;
    if (fd >= 0)
        give_to_owner(fd, path);
    if (fd >= 0)
        close(fd);
    return (ok && rename(path, site->file) == 0 && cv_folder_flush(site->file)) || bad_file(site->file, err);
}

/* What a server says of itself. */
struct word {
    int64_t term; /* data without one are of term 0: a site that never promoted anybody */
    bool writes;  /* it takes writes */
    bool may;     /* and may be written to: take() */
};

static bool ask_term(LDAP *ld, const struct dir_config *config, struct cv_deadline until, int stop_fd, int64_t *out)
{
    static char name[] = "cvTerm";
    char *names[] = {name, NULL}, dn[512];
    LDAPMessage *answer = NULL;
    int msgid;
    snprintf(dn, sizeof dn, "cn=state,ou=system,%s", config->base);
    int rc =
        ldap_search_ext(ld, dn, LDAP_SCOPE_BASE, "(objectClass=*)", names, 0, NULL, NULL, NULL, LDAP_NO_LIMIT, &msgid);
    if (rc == LDAP_SUCCESS)
        rc = dir_await(ld, msgid, until, stop_fd, &answer);
    LDAPMessage *entry = rc == LDAP_SUCCESS ? ldap_first_entry(ld, answer) : NULL;
    struct berval **values = entry ? ldap_get_values_len(ld, entry, name) : NULL;
    *out = values && values[0] ? strtoll(values[0]->bv_val, NULL, 10) : 0;
    ldap_value_free_len(values);
    ldap_msgfree(answer);
    return rc == LDAP_SUCCESS || rc == LDAP_NO_SUCH_OBJECT;
}

/* A write that is judged and not done (the No-Op control): a consumer refuses it as any other. ou=leases is no proof,
 * it is written to everywhere. */
static bool ask_writes(LDAP *ld, const struct dir_config *config, struct cv_deadline until, int stop_fd, bool *out)
{
    char dn[512], *values[] = {(char[]){"-"}, NULL}, *text = NULL;
    LDAPMod mod = {.mod_op = LDAP_MOD_REPLACE, .mod_type = (char[]){"description"}, .mod_values = values};
    LDAPMod *mods[] = {&mod, NULL};
    LDAPControl noop = {.ldctl_oid = (char[]){LDAP_CONTROL_NOOP}, .ldctl_iscritical = 1};
    LDAPControl *controls[] = {&noop, NULL};
    LDAPMessage *answer = NULL;
    int msgid, code = LDAP_OTHER;
    snprintf(dn, sizeof dn, "ou=system,%s", config->base);
    int rc = ldap_modify_ext(ld, dn, mods, controls, NULL, &msgid);
    if (rc == LDAP_SUCCESS)
        dir_await(ld, msgid, until, stop_fd, &answer);
    if (!answer)
        return false;
    ldap_parse_result(ld, answer, &code, NULL, &text, NULL, NULL, 1);
    *out = !dir_says_read_only(code, text ? text : "");
    ldap_memfree(text);
    return true;
}

static bool ask(LDAP *ld, const struct dir_config *config, struct cv_deadline until, int stop_fd, struct word *out,
                struct cv_error *err)
{
    return (ask_term(ld, config, until, stop_fd, &out->term) && ask_writes(ld, config, until, stop_fd, &out->writes)) ||
           dir_fail(err, NULL, LDAP_TIMEOUT, NULL, false, "connecting to the directory");
}

static bool former(const struct dir_site *site, const struct server *s, int64_t term, struct cv_error *err)
{
    if (!within(s->away_at, AWAY_MS)) /* said once */
        cv_log(CV_LOG_WARN, "directory.former_server", "%s is of term %lld, the site is at %lld: not used", s->uri,
               (long long)term, (long long)site->term);
    return cv_fail_as(err, CV_UNAVAILABLE, "",
                      "Máy chủ danh bạ này đã được thay thế; hãy cho nó chạy theo máy chủ hiện tại rồi thử lại",
                      "This directory server was replaced by another one; let it follow that one and try again");
}

/* Under the lock. What changes is remembered before anything is done by it. `use`: it is the one from now on. */
static bool admit(struct dir_site *site, size_t server, int64_t term, bool use, struct cv_error *err)
{
    if (term < site->term)
        return former(site, &site->servers[server], term, err);
    bool chosen_before = site->chosen;
    size_t used_before = site->used;
    int64_t before = site->term;
    site->term = term;
    site->chosen = use || (chosen_before && term == before);
    site->used = use ? server : used_before;
    bool same = term == before && site->chosen == chosen_before && site->used == used_before;
    if (!same && !save(site, err)) {
        site->term = before;
        site->chosen = chosen_before;
        site->used = used_before;
        return false;
    }
    if (site->used != used_before)
        cv_log(CV_LOG_WARN, "directory.server", "this process writes to %s from now on", site->servers[server].uri);
    return true;
}

/* ---- choosing ---- */

/* Lower is better. Under the lock. */
static int rank(const struct dir_site *site, size_t server)
{
    const struct server *s = &site->servers[server];
    if (within(s->away_at, AWAY_MS))
        return 3;
    if (within(s->reads_at, AGAIN_MS))
        return 2;
    return server == site->used && s->reads_at == 0 ? 0 : 1;
}

/* For a write those that only read are left out, and while there is one, those that did not answer just now too. */
static size_t order(struct dir_site *site, bool write, size_t out[SERVERS_MAX])
{
    size_t n = 0, reading = 0;
    cv_lock_take(&site->lock);
    for (size_t i = 0; i < site->count; i++)
        reading += rank(site, i) == 2;
    for (int r = 0; r <= 3; r++)
        for (size_t i = 0; i < site->count && !(write && (r == 2 || (r == 3 && reading > 0))); i++)
            if (rank(site, i) == r)
                out[n++] = i;
    cv_lock_give(&site->lock);
    return n;
}

static void found_away(struct dir_site *site, size_t server)
{
    cv_lock_take(&site->lock);
    site->servers[server].away_at = cv_mono_ns();
    cv_lock_give(&site->lock);
}

/* Under the lock. */
static void note_reads(struct dir_site *site, size_t server, const char *why)
{
    if (why && site->servers[server].reads_at == 0)
        cv_log(CV_LOG_INFO, "directory.reads_only", "%s %s", site->servers[server].uri, why);
    site->servers[server].reads_at = why ? cv_mono_ns() : 0;
}

static const char *why_reads(const struct word *word)
{
    if (word->may)
        return NULL;
    return word->writes ? "takes writes but was never promoted (congvud directory promote): not written to"
                        : "refuses writes";
}

/* It answers: may it be used? `move`: if it may be written to, it is the one from now on. */
static bool take(struct dir_site *site, size_t server, struct word *word, bool move, struct cv_error *err)
{
    cv_lock_take(&site->lock);
    bool higher = word->term > site->term;
    word->may = word->writes && (higher || !site->chosen || server == site->used);
    bool ok = admit(site, server, word->term, word->may && (move || higher), err);
    if (ok) {
        site->servers[server].away_at = 0;
        note_reads(site, server, why_reads(word));
    }
    cv_lock_give(&site->lock);
    return ok;
}

static bool fail_read_only(struct cv_error *err)
{
    cv_fail_as(err, CV_UNAVAILABLE, "", "Máy chủ danh bạ hiện chỉ cho đọc; chưa có gì thay đổi",
               "The directory is read only at present; nothing was changed");
    err->retry_after_s = 1;
    err->lib_code = LDAP_REFERRAL; /* what a consumer answers */
    return false;
}

static bool try_server(const struct dir_config *config, size_t server, bool write, struct cv_deadline until,
                       int stop_fd, LDAP **out, struct cv_error *err)
{
    struct dir_site *site = config->site;
    struct word word = {0};
    LDAP *ld = NULL;
    bool may = dir_connect_at(config, site->servers[server].uri, until, stop_fd, &ld, err) &&
               ask(ld, config, until, stop_fd, &word, err) && take(site, server, &word, true, err);
    if (may && (word.may || !write)) {
        *out = ld;
        return true;
    }
    if (ld)
        ldap_unbind_ext(ld, NULL, NULL);
    if (!may)
        found_away(site, server);
    return may ? fail_read_only(err) : false;
}

static struct cv_deadline bound_of(const struct dir_config *config, struct cv_deadline deadline)
{
    return config->connect_ms > 0 ? cv_deadline_min(deadline, cv_deadline_in_ms(config->connect_ms)) : deadline;
}

bool dir_connect_for(const struct dir_config *config, bool write, struct cv_deadline deadline, int stop_fd, LDAP **out,
                     size_t *out_server, struct cv_error *err)
{
    struct cv_deadline until = bound_of(config, deadline);
    size_t servers[SERVERS_MAX], count = config->site ? order(config->site, write, servers) : 0;
    *out_server = 0;
    if (cv_deadline_passed(until))
        return dir_fail(err, NULL, LDAP_TIMEOUT, NULL, false, "connecting to the directory");
    if (!config->site)
        return dir_connect_at(config, config->uri, until, stop_fd, out, err);
    for (size_t i = 0; i < count; i++) {
        struct cv_deadline share = cv_deadline_in_ms(cv_deadline_left_ms(until) / (int64_t)(count - i));
        *out_server = servers[i];
        if (try_server(config, servers[i], write, share, stop_fd, out, err))
            return true;
    }
    return count < config->site->count ? fail_read_only(err) : false;
}

bool dir_connect(const struct dir_config *config, struct cv_deadline deadline, LDAP **out, struct cv_error *err)
{
    size_t server;
    return dir_connect_for(config, false, deadline, -1, out, &server, err);
}

bool dir_site_fits(struct dir_site *site, size_t server, bool write)
{
    if (!site)
        return true;
    cv_lock_take(&site->lock);
    const struct server *used = &site->servers[site->used];
    bool fits = write ? server == site->used && used->reads_at == 0
                      : server == site->used || used->reads_at != 0 || within(used->away_at, AWAY_MS);
    cv_lock_give(&site->lock);
    return fits;
}

void dir_site_reads_only(struct dir_site *site, size_t server)
{
    if (!site)
        return;
    cv_lock_take(&site->lock);
    note_reads(site, server, "refuses writes");
    cv_lock_give(&site->lock);
}

bool dir_says_read_only(int code, const char *text)
{
    return code == LDAP_REFERRAL ||
           (code == LDAP_UNWILLING_TO_PERFORM && (strstr(text, "shadow context") || strstr(text, "restricted")));
}

/* ---- the object ---- */
static bool split(struct dir_site *site, struct cv_error *err)
{
    char *rest = NULL;
    for (char *uri = strtok_r(site->text, " ", &rest); uri; uri = strtok_r(NULL, " ", &rest)) {
        if (site->count == SERVERS_MAX)
            return cv_fail_as(err, CV_INVALID, "directory_uri", "Tối đa %d máy chủ", "At most %d servers", SERVERS_MAX);
        site->servers[site->count++].uri = uri;
    }
    return site->count > 0 || cv_fail_as(err, CV_INVALID, "directory_uri", "Thiếu địa chỉ", "An address is missing");
}

bool dir_site_open(const char *uris, const char *term_file, struct dir_site **out, struct cv_error *err)
{
    struct dir_site *site = calloc(1, sizeof *site);
    if (!site)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    cv_lock_init(&site->lock, CV_RANK_SITE);
    site->text = strdup(uris);
    site->file = term_file ? strdup(term_file) : NULL;
    bool memory = site->text && (site->file || !term_file);
    if (!memory)
        cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    if (!memory || !split(site, err) || !load(site, err)) {
        dir_site_close(&site);
        return false;
    }
    *out = site;
    return true;
}

void dir_site_close(struct dir_site **site)
{
    if (!*site)
        return;
    cv_lock_destroy(&(*site)->lock);
    free((*site)->text);
    free((*site)->file);
    free(*site);
    *site = NULL;
}

size_t dir_site_used(struct dir_site *site, size_t *out_count)
{
    cv_lock_take(&site->lock);
    size_t used = site->used;
    *out_count = site->count;
    cv_lock_give(&site->lock);
    return used;
}

bool dir_site_follower(const struct dir_config *config, size_t server, struct cv_deadline until, LDAP **out)
{
    struct cv_error ignored = {0};
    struct word word = {0};
    LDAP *ld = NULL;
    if (dir_connect_at(config, config->site->servers[server].uri, until, -1, &ld, &ignored) &&
        ask(ld, config, until, -1, &word, &ignored) && take(config->site, server, &word, false, &ignored) &&
        !word.writes) {
        *out = ld;
        return true;
    }
    if (ld)
        ldap_unbind_ext(ld, NULL, NULL);
    return false;
}

void dir_site_look(const struct dir_config *config, struct cv_deadline deadline)
{
    struct dir_site *site = config->site;
    for (size_t i = 0; site && site->count > 1 && i < site->count; i++) {
        struct cv_deadline share = cv_deadline_in_ms(cv_deadline_left_ms(deadline) / (int64_t)(site->count - i));
        struct cv_error ignored = {0};
        struct word word = {0};
        LDAP *ld = NULL;
        if (!dir_connect_at(config, site->servers[i].uri, share, -1, &ld, &ignored) ||
            !ask(ld, config, share, -1, &word, &ignored) || !take(site, i, &word, false, &ignored))
            found_away(site, i);
        if (ld)
            ldap_unbind_ext(ld, NULL, NULL);
    }
}

void dir_site_state(struct dir_site *site, struct dir_site_state *out)
{
    size_t writing = 0, reading = 0;
    *out = (struct dir_site_state){0};
    if (!site)
        return;
    cv_lock_take(&site->lock);
    for (size_t i = 0; i < site->count; i++) {
        bool there = !within(site->servers[i].away_at, AWAY_MS), reads_only = site->servers[i].reads_at != 0;
        writing += there && !reads_only;
        reading += there && reads_only;
    }
    *out = (struct dir_site_state){
        .uri = site->servers[site->used].uri, .term = site->term, .read_only = writing == 0 && reading > 0};
    cv_lock_give(&site->lock);
}
