/* What is measured with plain libldap: a session, and how long so many threads take. */
#pragma once

#include <ldap.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { SESSIONS_MAX = 64 };

static inline LDAP *raw_session(const char *uri)
{
    LDAP *ld = NULL;
    int version = LDAP_VERSION3;
    struct berval none = {0, (char *)""};
    if (ldap_initialize(&ld, uri) != LDAP_SUCCESS)
        exit(1);
    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    if (ldap_sasl_bind_s(ld, NULL, "EXTERNAL", &none, NULL, NULL, NULL) != LDAP_SUCCESS)
        exit(1);
    return ld;
}

/* Of all of them together. */
static inline double raw_seconds(int sessions, void *(*work)(void *))
{
    struct timespec a, b;
    pthread_t threads[SESSIONS_MAX];
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < sessions; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < sessions; i++)
        pthread_join(threads[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}
