/* The limit that the reading of a person is measured against: indexed searches for one entry each, over N sessions of
 * plain libldap; every answer's values are taken apart, as whoever uses them must. Prints seconds and searches per
 * second as JSON.   raw_read LDAPI-URI BASE FILE-OF-FILTERS SESSIONS */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"

enum { FILTERS_MAX = 200000 };

static char *filters[FILTERS_MAX];
static int filter_count;
static atomic_int next_filter, failures;
static atomic_size_t bytes;
static const char *uri, *base;

static void read_filters(const char *file)
{
    FILE *f = fopen(file, "r");
    char *line = NULL;
    size_t cap = 0;
    while (f != NULL && filter_count < FILTERS_MAX && getline(&line, &cap, f) > 0) {
        line[strcspn(line, "\n")] = '\0';
        filters[filter_count++] = strdup(line);
    }
    free(line);
    if (f != NULL)
        fclose(f);
}

static size_t take_apart(LDAP *ld, LDAPMessage *entry)
{
    BerElement *ber = NULL;
    size_t seen = 0;
    for (char *name = ldap_first_attribute(ld, entry, &ber); name != NULL; name = ldap_next_attribute(ld, entry, ber)) {
        struct berval **values = ldap_get_values_len(ld, entry, name);
        for (int i = 0; values != NULL && values[i] != NULL; i++)
            seen += values[i]->bv_len;
        ldap_value_free_len(values);
        ldap_memfree(name);
    }
    ber_free(ber, 0);
    return seen;
}

static void *reader(void *unused)
{
    (void)unused;
    LDAP *ld = raw_session(uri);
    char *names[] = {(char *)"*", (char *)"entryUUID", (char *)"entryCSN", NULL};
    for (int i; (i = atomic_fetch_add(&next_filter, 1)) < filter_count;) {
        LDAPMessage *answer = NULL;
        if (ldap_search_ext_s(ld, base, LDAP_SCOPE_SUBTREE, filters[i], names, 0, NULL, NULL, NULL, 2, &answer) ==
                LDAP_SUCCESS &&
            ldap_count_entries(ld, answer) == 1)
            atomic_fetch_add(&bytes, take_apart(ld, ldap_first_entry(ld, answer)));
        else
            atomic_fetch_add(&failures, 1);
        ldap_msgfree(answer);
    }
    ldap_unbind_ext_s(ld, NULL, NULL);
    return NULL;
}

int main(int argc, char **argv)
{
    int sessions = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 0;
    if (sessions < 1 || sessions > SESSIONS_MAX)
        return 2;
    uri = argv[1];
    base = argv[2];
    read_filters(argv[3]);
    double seconds = raw_seconds(sessions, reader);
    printf("{\"searches\": %d, \"failed\": %d, \"bytes\": %zu, \"seconds\": %.3f, \"per_second\": %.1f}\n",
           filter_count, atomic_load(&failures), atomic_load(&bytes), seconds, filter_count / seconds);
    return atomic_load(&failures) > 0;
}
