/* The limit that onboarding is measured against: adds the entries of an LDIF file over N sessions of plain libldap,
 * with the post-read control that the service uses, and prints seconds and adds per second as JSON.   raw_add LDAPI-URI
 * FILE.ldif SESSIONS [DATABASE]
 *
 * DATABASE: the embedded server's file, which leaves the last flush of a change to whoever wants it; each session makes
 * it after each add, so that here too nothing counts before the disk has it. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw.h"

enum { ATTRS_MAX = 80, VALUES_MAX = 64, ENTRIES_MAX = 20000 };

struct entry {
    char *dn;
    LDAPMod *mods[ATTRS_MAX + 1];
    int count;
};
static struct entry entries[ENTRIES_MAX];
static int entry_count;
static atomic_int next_entry, failures;
static const char *uri;
static int database = -1;

static int decode64(const char *in, char *out)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, have = 0;
    int n = 0;
    for (; *in != '\0' && *in != '='; in++) {
        bits = bits << 6 | (unsigned)(strchr(signs, *in) - signs);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 0xff);
        }
    }
    out[n] = '\0';
    return n;
}

static LDAPMod *mod_of(struct entry *e, const char *name)
{
    for (int i = 0; i < e->count; i++)
        if (strcmp(e->mods[i]->mod_type, name) == 0)
            return e->mods[i];
    LDAPMod *mod = calloc(1, sizeof(*mod));
    mod->mod_op = LDAP_MOD_ADD | LDAP_MOD_BVALUES;
    mod->mod_type = strdup(name);
    mod->mod_bvalues = calloc(VALUES_MAX + 1, sizeof(struct berval *));
    e->mods[e->count++] = mod;
    return mod;
}

static void take_line(struct entry *e, char *line)
{
    char *colon = strchr(line, ':');
    if (colon == NULL || *line == '#')
        return;
    *colon = '\0';
    char *value = colon + 1, *plain = NULL;
    int len;
    if (*value == ':') {
        plain = malloc(strlen(value));
        len = decode64(value + 2, plain);
    } else {
        plain = strdup(*value == ' ' ? value + 1 : value);
        len = (int)strlen(plain);
    }
    if (strcmp(line, "dn") == 0) {
        e->dn = plain;
        return;
    }
    LDAPMod *mod = mod_of(e, line);
    int n = 0;
    while (mod->mod_bvalues[n] != NULL)
        n++;
    mod->mod_bvalues[n] = calloc(1, sizeof(struct berval));
    *mod->mod_bvalues[n] = (struct berval){.bv_val = plain, .bv_len = (ber_len_t)len};
}

static void read_ldif(const char *file)
{
    FILE *f = fopen(file, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    while (f != NULL && entry_count < ENTRIES_MAX - 1 && (n = getline(&line, &cap, f)) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (*line == '\0' && entries[entry_count].dn != NULL)
            entry_count++;
        else if (*line != '\0')
            take_line(&entries[entry_count], line);
    }
    if (entries[entry_count].dn != NULL)
        entry_count++;
    free(line);
    if (f != NULL)
        fclose(f);
}

static void *writer(void *unused)
{
    (void)unused;
    LDAP *ld = raw_session(uri);
    /* post-read of entryUUID, entryCSN, cvRevision (RFC 4527): a BER sequence of names */
    static char wanted[] = "\x30\x21\x04\x09"
                           "entryUUID"
                           "\x04\x08"
                           "entryCSN"
                           "\x04\x0a"
                           "cvRevision";
    LDAPControl post = {
        .ldctl_oid = (char *)"1.3.6.1.1.13.2", .ldctl_value = {sizeof(wanted) - 1, wanted}, .ldctl_iscritical = 1};
    LDAPControl *controls[] = {&post, NULL};
    for (int i; (i = atomic_fetch_add(&next_entry, 1)) < entry_count;)
        if (ldap_add_ext_s(ld, entries[i].dn, entries[i].mods, controls, NULL) != LDAP_SUCCESS ||
            (database >= 0 && fdatasync(database) != 0))
            atomic_fetch_add(&failures, 1);
    ldap_unbind_ext_s(ld, NULL, NULL);
    return NULL;
}

int main(int argc, char **argv)
{
    int sessions = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
    if (sessions < 1 || sessions > SESSIONS_MAX)
        return 2;
    uri = argv[1];
    if (argc > 4 && (database = open(argv[4], O_RDONLY | O_CLOEXEC)) < 0)
        return 2;
    read_ldif(argv[2]);
    double seconds = raw_seconds(sessions, writer);
    printf("{\"adds\": %d, \"failed\": %d, \"seconds\": %.3f, \"per_second\": %.1f}\n", entry_count,
           atomic_load(&failures), seconds, entry_count / seconds);
    return atomic_load(&failures) > 0;
}
