/* Accounts at a SCIM 2.0 server (RFC 7643, RFC 7644): conservative in what is sent, liberal in what is accepted.
 *
 * Story of use. A con_scim remembers what one server can do (what it announces, and what it was seen to refuse); it is
 * made once per target and shared. A con_scim_call says who asks whom, for one piece of work:
 *
 *     struct con_scim_call call = {.client = client, .target = &target, .server = server, .arena = arena};
 *     const struct con_scim_field wanted[] = {{"userName", "noivu_an"}, {"active", "true", .truth = true}, ...};
 *     if (!con_scim_find(&call, "externalId", id, &found, &count, err)) ...
 *     if (count == 0) con_scim_create(&call, wanted, n, &account, err);
 *     else con_scim_update(&call, &found[0], wanted, n, &account, err);   // sends only what differs
 *
 * What is sent: only mapped attributes that have a value, never a null. PATCH by path as the standard says, with
 * capital letters, as a PUT of the whole resource or as a PATCH without paths where the server refuses that and the
 * style allows it; a PUT carries everything that was read and is not ours. What is accepted: answers without a body,
 * without schemas, with other content types, names in any case, booleans and numbers as texts, pages of any size,
 * totals that are wrong. After a change the account is read again when the answer does not show it, and `active` must
 * be as it was wanted.
 *
 * Outcomes are those of connect.h; a 400 that says scimType uniqueness is CV_CONFLICT. After CV_UNKNOWN and after
 * CV_CONFLICT of a create, look again before anything else.
 *
 * Thread: con_scim any; a call belongs to one thread. Memory: accounts live in the call's arena. */
#pragma once

#include "congvu/connect.h"
#include "congvu/json.h"

struct con_scim;
enum con_scim_patch { CON_PATCH_AUTO, CON_PATCH_STANDARD, CON_PATCH_CAPITALIZED, CON_PATCH_NONE };

bool con_scim_new(struct con_scim **out, struct cv_error *err);
void con_scim_free(struct con_scim **scim);
/* Another server may stand there now: nothing is known of it. */
void con_scim_forget(struct con_scim *scim);

/* Does it shut accounts when it is told to? As far as it was seen. */
enum con_scim_shuts { CON_SCIM_SHUTS_UNKNOWN, CON_SCIM_SHUTS, CON_SCIM_SHUTS_NOT };
enum con_scim_shuts con_scim_shuts(const struct con_scim *scim);
/* Fields (bits) that it was seen not to keep. */
uint32_t con_scim_not_taken(const struct con_scim *scim);
/* Was a mark ever seen there? Some servers throw them away. */
bool con_scim_keeps_marks(const struct con_scim *scim);

struct con_scim_call {
    struct con_client *client;
    const struct con_target *target;
    struct con_scim *server;
    struct cv_arena *arena;
    enum con_scim_patch patch;
    bool read_all; /* look up by reading everything: a filter's answer was contradicted */
    /* Where lookups read everything they share a reading for a while, but none that began before this moment: that of
     * the last try whose outcome is not known. */
    cv_moment not_before;
    const char *login_path, *mark_path, *active_path; /* of this target: "userName", "externalId", "active" */
};

/* One wanted value. value NULL = there should be none. `truth`: value is "true" or "false", sent as a boolean. */
struct con_scim_field {
    const char *path, *value;
    bool truth;
    int number; /* of the caller, below 32: how not_taken and kept name it */
};

struct con_scim_account {
    const char *id;    /* never NULL */
    const char *login; /* or NULL */
    const char *mark;  /* or NULL, "" counts as none */
    bool has_active, active;
    bool oversized;                 /* refused: a longer id, login, mark or tag; nothing else is filled in */
    const char *location;           /* path below the target's URL that the server says is its address, or NULL */
    const char *path;               /* the same, by which it was read; NULL = not yet */
    const char *version;            /* entity tag, or NULL */
    const struct cv_jany *resource; /* as it was answered; NULL when only the id is known */
    /* After a create or an update: numbers (as bits) of wanted fields that do not stand there as they were sent, and
     * of those where another value stands instead. */
    uint32_t not_taken, kept;
};

/* Asks the server once what it can do. False only when the server cannot be reached or refuses the credential. */
bool con_scim_prepare(struct con_scim_call *call, struct cv_error *err);
bool con_scim_get(struct con_scim_call *call, const char *id, struct con_scim_account *out, struct cv_error *err);
/* All accounts whose value at the path is this one, by a filter, or by reading all of them where there is none. At most
 * CON_SCIM_FOUND_MAX. */
enum { CON_SCIM_FOUND_MAX = 16 };
bool con_scim_find(struct con_scim_call *call, const char *path, const char *value, struct con_scim_account **out,
                   size_t *out_count, struct cv_error *err);
/* What was made; perhaps, where a server answers so, an account that was there before: look whose it is. */
bool con_scim_create(struct con_scim_call *call, const struct con_scim_field *wanted, size_t count,
                     struct con_scim_account *out, struct cv_error *err);
/* `there` as it was just read. Nothing is sent when nothing differs. */
bool con_scim_update(struct con_scim_call *call, const struct con_scim_account *there,
                     const struct con_scim_field *wanted, size_t count, struct con_scim_account *out,
                     struct cv_error *err);
/* An account that is not there is deleted already; one that is still shown when it is looked for is not (CV_CONFLICT).
 */
bool con_scim_delete(struct con_scim_call *call, const struct con_scim_account *there, struct cv_error *err);
/* Every account once, page by page; the account lives until `each` returns, false ends it. *out_whole: the server gave
 * as many as it says it has, so what was not named is not there. */
bool con_scim_list(struct con_scim_call *call, bool (*each)(void *ctx, const struct con_scim_account *account),
                   void *ctx, bool *out_whole, struct cv_error *err);

/* ---- parts, for tests ---- */
/* The text of the value at a path of a resource, or NULL. */
const char *con_scim_value(const struct cv_jany *resource, const char *path, struct cv_arena *arena);
/* Does something else stand there? */
bool con_scim_differs(const struct cv_jany *resource, const struct con_scim_field *field, struct cv_arena *arena);
/* Reads one account out of a resource; false without an id, and when one of its names is oversized. */
enum { CON_SCIM_NAME_MAX = 1024 };
bool con_scim_account_of(const struct con_scim_call *call, const struct cv_jany *resource,
                         struct con_scim_account *out);
