/* Records in the directory: people, units, systems, tokens, brakes, usage, documents.
 *
 * Story of use. See session.h: a session with the request's deadline, records in and out as plain structs, one write
 * each, asserted on the revision that was read.
 *
 * Thread: that of the session. */
#pragma once

#include "congvu/record.h"
#include "congvu/session.h"

struct dom_brake;
struct dom_staff;
struct dom_system;
struct dom_token;
struct dom_unit;
struct dom_usage;
struct dom_usage_feed;

/* ---- records ---- *_add: revision becomes 1. *_save: asserts before->revision and raises it by 1 when anything that
 * counts differs. Reads fill *out with strings in the arena. dir_*_save with `quiet` leaves the revision alone
 * (observed states, retry errors). */
bool dir_staff_add(struct dir_session *s, const struct dom_staff *staff, const struct dir_actor *actor,
                   struct dir_stamp *out, struct cv_error *err);
bool dir_staff_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_staff *out,
                    struct cv_error *err);
bool dir_staff_save(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after, bool quiet,
                    const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);
/* Would dir_staff_save() send nothing? */
bool dir_staff_same(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after, bool *out,
                    struct cv_error *err);
bool dir_staff_delete(struct dir_session *s, const struct dom_staff *staff, const struct dir_actor *actor,
                      struct cv_error *err);
/* Straight from the directory, for races that the view cannot have seen yet. CV_NOT_FOUND when none. */
bool dir_staff_find_code(struct dir_session *s, const char *code, struct cv_arena *arena, struct dom_staff *out,
                         struct cv_error *err);
bool dir_staff_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_staff *out,
                                struct cv_error *err);
bool dir_staff_find_activation(struct dir_session *s, const char *digest, struct cv_arena *arena, struct dom_staff *out,
                               struct cv_error *err);
bool dir_staff_find_subject(struct dir_session *s, const char *subject, struct cv_arena *arena, struct dom_staff *out,
                            struct cv_error *err);
bool dir_staff_find_hr_ref(struct dir_session *s, const char *digest, struct cv_arena *arena, struct dom_staff *out,
                           struct cv_error *err);
/* True and *out_held when any entry (person or unit mailbox) holds or held this name. */
bool dir_name_held(struct dir_session *s, const char *name, bool *out_held, struct cv_error *err);
/* The same of any of them, in one question. */
bool dir_names_held(struct dir_session *s, const char *const *names, size_t count, bool *out_any, struct cv_error *err);
/* Redeems: one modify asserted on the code's digest: removes it, stores the password (hashed by the server, quality
 * checked), saves the difference between before and after. CV_STALE: used meanwhile. CV_INVALID with field
 * "userPassword": too weak. */
bool dir_staff_activate(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after,
                        const char *password, const struct dir_actor *actor, struct dir_stamp *out,
                        struct cv_error *err);
/* The same without a code: asserted on the revision, which stays. */
bool dir_staff_save_password(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after,
                             const char *password, const struct dir_actor *actor, struct dir_stamp *out,
                             struct cv_error *err);

bool dir_unit_add(struct dir_session *s, const struct dom_unit *unit, const struct dir_actor *actor,
                  struct dir_stamp *out, struct cv_error *err);
bool dir_unit_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_unit *out,
                   struct cv_error *err);
bool dir_unit_save(struct dir_session *s, const struct dom_unit *before, const struct dom_unit *after, bool quiet,
                   const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);
bool dir_unit_delete(struct dir_session *s, const struct dom_unit *unit, const struct dir_actor *actor,
                     struct cv_error *err);
bool dir_unit_find_code(struct dir_session *s, const char *code, struct cv_arena *arena, struct dom_unit *out,
                        struct cv_error *err);
bool dir_unit_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_unit *out,
                               struct cv_error *err);

bool dir_system_read(struct dir_session *s, const char *slug, struct cv_arena *arena, struct dom_system *out,
                     struct cv_error *err);
/* CV_EXISTS: there is one of this name. */
bool dir_system_add(struct dir_session *s, const struct dom_system *system, const struct dir_actor *actor,
                    struct dir_stamp *out, struct cv_error *err);
bool dir_system_save(struct dir_session *s, const struct dom_system *before, const struct dom_system *after,
                     const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);

bool dir_token_add(struct dir_session *s, const struct dom_token *token, const struct dir_actor *actor,
                   struct dir_stamp *out, struct cv_error *err);
bool dir_token_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_token *out,
                    struct cv_error *err);
bool dir_token_save(struct dir_session *s, const struct dom_token *before, const struct dom_token *after,
                    const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);
bool dir_token_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_token *out,
                                struct cv_error *err);

/* No entry yet reads as revision 0; saving revision 0 adds (CV_STALE when somebody was faster). */
bool dir_brake_read(struct dir_session *s, struct cv_id line, struct cv_arena *arena, struct dom_brake *out,
                    struct cv_error *err);
/* Those of all lines that have one, in no order. */
bool dir_brake_list(struct dir_session *s, struct cv_arena *arena, struct dom_brake **out, size_t *out_count,
                    struct cv_error *err);
bool dir_brake_save(struct dir_session *s, const struct dom_brake *brake, const struct dir_actor *actor,
                    struct cv_error *err);

/* ---- usage: a database of its own (suffix "ou=usage"), so that logins move neither ETags nor the audit. Entries are
 * never deleted, only emptied: a feed that misses a deletion cannot be wrong. ---- */
/* No entry yet reads as a usage without uses and revision 0. */
bool dir_usage_read(struct dir_session *s, struct cv_id staff, struct cv_arena *arena, struct dom_usage *out,
                    struct cv_error *err);
/* The same for up to DIR_USAGE_MANY people in one question; out[i] is of staff[i]. Each person once. One record that
 * cannot be read is logged, hinders no other, and has the revision DIR_USAGE_UNREADABLE. */
enum { DIR_USAGE_MANY = 100, DIR_USAGE_UNREADABLE = -1 };
bool dir_usage_read_many(struct dir_session *s, const struct cv_id *staff, size_t count, struct cv_arena *arena,
                         struct dom_usage *out, struct cv_error *err);
/* People of whom whole months before this day's month are still kept day by day, `most` at most. */
bool dir_usage_older(struct dir_session *s, cv_day day, size_t most, struct cv_arena *arena, struct dom_usage **out,
                     size_t *out_count, struct cv_error *err);
/* Adds the entry (before->revision 0) or writes what differs, asserted on before's revision: CV_STALE when somebody
 * else wrote in between (read again). No difference sends nothing. */
bool dir_usage_save(struct dir_session *s, const struct dom_usage *before, const struct dom_usage *after,
                    struct cv_error *err);
/* How far a system's data reach; no entry yet reads as none. Save: CV_STALE when it would take data_through back (or to
 * none), unless `backwards`, or when somebody else made the entry meanwhile. */
bool dir_usage_feed_read(struct dir_session *s, const char *system, struct cv_arena *arena, struct dom_usage_feed *out,
                         struct cv_error *err);
bool dir_usage_feed_save(struct dir_session *s, const struct dom_usage_feed *feed, bool backwards,
                         struct cv_error *err);
/* At the end of a report, before it is acknowledged: the disk has what was saved. */
bool dir_usage_settle(struct dir_session *s, struct cv_error *err);

/* ---- documents: what the service keeps for itself as bytes (JSON): frozen reports, snapshots, targets ---- */
struct dir_document {
    const char *folder; /* "reports", "snapshots", "targets", "batches", "repeats", "duplicates", "requests", "swaps"
                           and what else is on its way: a container below ou=system, made at a start; "imports" lies in
                           a database of its own, ou=work */
    const char *name;   /* unique in the folder */
    const char *bytes;
    size_t len;
    cv_moment created_at, updated_at;
    const char *actor; /* who wrote it last */
    struct dom_idempotency idempotency;
    int64_t revision;
};
/* What one document may hold; more is split by the caller (CV_LIMIT). Names are compared byte for byte, 200 bytes at
 * most. */
enum { DIR_DOCUMENT_MAX = 2 << 20, DIR_DOCUMENT_NAMES_MAX = 200000 };
/* A new one, made now. */
struct dir_document dir_document_of(const char *folder, const char *name, const char *bytes, size_t len);
/* The same in another arena. */
struct dir_document dir_document_copy(struct cv_arena *arena, const struct dir_document *doc);
/* add: CV_EXISTS when the name is taken. save: asserts before's revision (CV_STALE) and raises it; bytes only. */
bool dir_document_add(struct dir_session *s, const struct dir_document *doc, const struct dir_actor *actor,
                      struct dir_stamp *out, struct cv_error *err);
bool dir_document_read(struct dir_session *s, const char *folder, const char *name, struct cv_arena *arena,
                       struct dir_document *out, struct cv_error *err);
bool dir_document_find_idempotency(struct dir_session *s, const char *folder, const char *key, struct cv_arena *arena,
                                   struct dir_document *out, struct cv_error *err);
bool dir_document_save(struct dir_session *s, const struct dir_document *before, const char *bytes, size_t len,
                       const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err);
bool dir_document_delete(struct dir_session *s, const char *folder, const char *name, const struct dir_actor *actor,
                         struct cv_error *err);
/* Only as it was read (CV_STALE). */
bool dir_document_delete_read(struct dir_session *s, const struct dir_document *doc, struct cv_error *err);
/* Those whose names begin with `prefix` ("" = all), ascending by bytes, behind `after` (NULL = from the first), at most
 * `max`. `with_bytes` false fills folder and name only. More than DIR_DOCUMENT_NAMES_MAX with that prefix: CV_LIMIT. */
bool dir_document_list(struct dir_session *s, const char *folder, const char *prefix, const char *after, size_t max,
                       bool with_bytes, struct cv_arena *arena, struct dir_document **out, size_t *out_count,
                       struct cv_error *err);

/* Takes the idempotency key off one record whose key is of `until` or before (neither revision nor actor move); what
 * was kept only for the key, a batch's document or that of a repeat, goes with it.
 * *out_found false: there is none (left). */
bool dir_idempotency_forget(struct dir_session *s, cv_moment until, bool *out_found, struct cv_error *err);

/* At most `max` people whose due_at is `until` or before, in no order. */
bool dir_staff_due(struct dir_session *s, cv_moment until, struct cv_id *out, size_t max, size_t *out_count,
                   struct cv_error *err);

/* At most `max` people who hold this unit mailbox; NULL = any. */
bool dir_staff_holding(struct dir_session *s, const char *login, struct cv_id *out, size_t max, size_t *out_count,
                       struct cv_error *err);
/* The unit whose mailbox has this login. */
bool dir_unit_find_mailbox(struct dir_session *s, const char *login, struct cv_arena *arena, struct dom_unit *out,
                           struct cv_error *err);
