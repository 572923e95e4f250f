/* How often somebody may be wrong about a secret before he has to wait.
 *
 * Story of use. prov_attempt_begin() before a secret is looked at, prov_attempt_end() with how it went. Counted is
 * where it comes from, a network; for passwords also the account that it is about as tried from there, so that whoever
 * fails in somebody's name elsewhere does not hold her out. A browser in which she signed in before is counted by
 * itself: neither a neighbour in her own network nor the network as a whole slows it. Each further wrong one doubles
 * the wait; calm is forgotten little by little, and a right password clears its account. When all networks together
 * were wrong too often, whoever was wrong at all waits. Who was never wrong is never slowed, whatever others do.
 *
 * The table is bounded: what is longest unheard of is forgotten for something new. An IPv6 network is a /64.
 *
 * Thread: any. Time is the caller's monotonic clock in nanoseconds. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "congvu/error.h"

enum {
    PROV_WRONG_BURST = 20,  /* of one network; then it waits, each time twice as long */
    PROV_WRONG_REST_S = 30, /* the first wait, and the calm after which one is forgotten */
    PROV_WRONG_ACCOUNT = 5, /* the same of one account tried from one network, or from one browser */
    PROV_WRONG_ACCOUNT_WAIT_S = 2,
    PROV_WRONG_ACCOUNT_REST_S = 300,
    PROV_WRONG_MOST_S = 900,    /* no wait is longer */
    PROV_WRONG_ALL_BURST = 200, /* of all networks, then one more each second */
    PROV_WRONG_PLACES = 8192
};

struct prov_trier {
    const char *peer;    /* address of the client; any text */
    const char *account; /* whose password; NULL = the secret alone says whose it is */
    const char *browser; /* known to be hers; NULL = not */
};
enum prov_tried { PROV_TRIED_RIGHT, PROV_TRIED_WRONG, PROV_TRIED_UNKNOWN /* nobody answered: nothing is learnt */ };
struct prov_attempts;
/* NULL: out of memory. */
struct prov_attempts *prov_attempts_new(void);
void prov_attempts_free(struct prov_attempts **attempts);
/* False: not now, but after *out_wait_s seconds; then no prov_attempt_end(). */
bool prov_attempt_begin(struct prov_attempts *attempts, const struct prov_trier *who, int64_t now_ns, int *out_wait_s);
/* What is said then: false, rate_limited. */
bool prov_too_fast(struct cv_error *err, int wait_s);
void prov_attempt_end(struct prov_attempts *attempts, const struct prov_trier *who, int64_t now_ns,
                      enum prov_tried tried);
