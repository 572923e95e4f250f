/* How often a client may be wrong about a secret before it has to wait.
 *
 * Story of use. prov_attempt_begin() before a secret is looked at, prov_attempt_end() with how it went. A client that
 * was wrong too often waits; when all of them together were wrong too often, whoever was wrong at all waits. Who was
 * never wrong is never slowed, whatever others do.
 *
 * The table is bounded: the client longest unheard of is forgotten for a new one. An IPv6 client is its /64.
 *
 * Thread: any. Time is the caller's monotonic clock in nanoseconds. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    PROV_WRONG_BURST = 20, /* of one client, then one more each PROV_WRONG_REST_S */
    PROV_WRONG_REST_S = 30,
    PROV_WRONG_ALL_BURST = 200, /* of all clients, then one more each second */
    PROV_WRONG_CLIENTS = 4096
};

struct prov_attempts;
/* NULL: out of memory. */
struct prov_attempts *prov_attempts_new(void);
void prov_attempts_free(struct prov_attempts **attempts);
/* False: not now, but after *out_wait_s seconds; then no prov_attempt_end(). `peer` may be any text. */
bool prov_attempt_begin(struct prov_attempts *attempts, const char *peer, int64_t now_ns, int *out_wait_s);
void prov_attempt_end(struct prov_attempts *attempts, const char *peer, int64_t now_ns, bool wrong);
