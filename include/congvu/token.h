/* Tokens and the rights they carry.
 *
 * Story of use. A secret's digest leads to a struct dom_token; a route names the right it needs, a bit of enum
 * dom_scope. Tokens make tokens; where that began says whose line a token is of, which the brake counts and a release
 * asks.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/record.h"

enum dom_scope {
    DOM_STAFF_READ = 1 << 0,
    DOM_STAFF_WRITE = 1 << 1,
    DOM_ACCOUNTS_WRITE = 1 << 2,
    DOM_DEPARTURES_WRITE = 1 << 3,
    DOM_BRAKE_RELEASE = 1 << 4,
    DOM_UNITS_READ = 1 << 5,
    DOM_UNITS_WRITE = 1 << 6,
    DOM_SYSTEMS_WRITE = 1 << 7,
    DOM_COVERAGE_READ = 1 << 8,
    DOM_TOKENS_WRITE = 1 << 9,
    DOM_USAGE_WRITE = 1 << 10,
    DOM_REPORTS_WRITE = 1 << 11,
    DOM_AUDIT_READ = 1 << 12,
    DOM_ALL_SCOPES = (1 << 13) - 1,
};

extern const char *const dom_scope_words[]; /* "staff:read" ...; bit i = word i */

struct dom_token {
    struct cv_id id;
    const char *name;
    const char *digest; /* of the secret */
    uint32_t scopes;
    bool everywhere;
    struct cv_id unit; /* top of the subtree, unless everywhere */
    bool feed;         /* of the HR system: writes what units leave to it, and nothing that people keep */
    cv_moment expires_at, revoked_at, created_at;
    const char *created_by;
    struct cv_id owner; /* the person behind it, who made it or what made it; zero = none. It ends with him */
    struct dom_idempotency idempotency;
    int64_t revision;
};

/* Is the token good at that moment? One of a person may have no right all the same: prov_token_rights(). */
bool dom_token_good(const struct dom_token *token, cv_moment at);

/* ---- lines ---- `tokens`: all there are, the revoked ones too */
/* Was the token made by this one, by one that this one made, and so on? */
bool dom_token_descends(const struct dom_token *tokens, size_t count, struct cv_id token, struct cv_id from);
/* The line's name: the id of the token that begins it, or of the person behind it (`created_by` is a person). Tokens
 * that no token made, the bootstrap token and those made on the machine, are one line together, named by the oldest of
 * them; each token that they made begins a line. A token that is not among them is a line by itself. */
struct cv_id dom_line_of(const struct dom_token *tokens, size_t count, struct cv_id token);
/* Made at the first start or on the machine, by no token and no person. */
bool dom_token_is_root(const struct dom_token *token);
