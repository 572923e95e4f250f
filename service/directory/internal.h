/* Inside directory/: entries and attributes between the record maps and the session. Nobody else includes this.
 *
 * A record map turns a domain struct into a dir_attrs (every attribute that it owns, with its values) and an entry back
 * into the struct. Saving is then general: the difference of two dir_attrs becomes one modify. */
#pragma once

#include <ldap.h>

#include "congvu/secret.h"
#include "congvu/session.h"

struct dom_staff;
struct dom_system;
struct dom_token;
struct dom_unit;
struct dom_usage;
struct dom_usage_feed;

/* ---- attributes of one entry, in the arena ---- */
struct dir_value {
    const char *bytes;
    size_t len;
};
struct dir_attr {
    const char *name; /* with its tag: "cvAccountState;x-mailbox" */
    size_t name_len;
    struct dir_value *values;
    size_t count;
};
struct dir_attrs {
    struct cv_arena *arena;
    struct dir_attr *items;
    size_t count, cap;
};
void dir_attrs_init(struct dir_attrs *a, struct cv_arena *arena);
/* NULL or "" adds nothing. Adding to the same name appends a value. */
void dir_put(struct dir_attrs *a, const char *name, const char *value);
void dir_put_bytes(struct dir_attrs *a, const char *name, const void *bytes, size_t len);
void dir_put_int(struct dir_attrs *a, const char *name, int64_t value);
void dir_put_bool(struct dir_attrs *a, const char *name, bool value); /* false adds nothing */
void dir_put_moment(struct dir_attrs *a, const char *name, cv_moment m);
void dir_put_day(struct dir_attrs *a, const char *name, cv_day d); /* stored as ISO text */
/* "cvAccountState;x-mailbox" in the arena */
const char *dir_tagged(struct cv_arena *arena, const char *name, const char *tag);

/* Reading an entry (same shape; attribute names compared caselessly). */
struct dir_entry {
    const char *dn;
    struct dir_attrs attrs;
};
const struct dir_attr *dir_get(const struct dir_entry *e, const char *name); /* or NULL */
const char *dir_get_text(const struct dir_entry *e, const char *name);       /* first value, NUL-terminated, or NULL */
int64_t dir_get_int(const struct dir_entry *e, const char *name, int64_t otherwise);
bool dir_get_bool(const struct dir_entry *e, const char *name);
cv_moment dir_get_moment(const struct dir_entry *e, const char *name);
cv_day dir_get_day(const struct dir_entry *e, const char *name);
bool dir_get_uuid(const struct dir_entry *e, uint8_t out[16]); /* entryUUID */
bool dir_has_class(const struct dir_entry *e, const char *object_class);

/* ---- DNs and filters: text.c is the only place that builds them (RFC 4514, RFC 4515 escaping by libldap or by hand
 * there) ---- */
const char *dir_dn_child(struct cv_arena *arena, const char *parent, const char *attr, const char *value);
const char *dir_dn_people(struct cv_arena *arena, const char *base); /* ou=people,<base> */
const char *dir_dn_staff(struct cv_arena *arena, const char *base, struct cv_id id);
const char *dir_dn_unit(struct cv_arena *arena, const char *base, struct cv_id id);
const char *dir_dn_system_root(struct cv_arena *arena, const char *base); /* ou=system,<base> */
#define DIR_POLICY_OFFICIALS "officials" /* of people with a role: never locked out by wrong passwords */
const char *dir_dn_policy(struct cv_arena *arena, const char *base, const char *name); /* rules for passwords */
const char *dir_dn_decoy(struct cv_arena *arena, const char *base); /* has a password that nobody knows */
const char *dir_dn_system(struct cv_arena *arena, const char *base,
                          const char *slug);                                         /* cn=slug,ou=systems,ou=system */
const char *dir_dn_token(struct cv_arena *arena, const char *base, struct cv_id id); /* cvId=tok_,ou=tokens,ou=system */
const char *dir_dn_brake(struct cv_arena *arena, const char *base,
                         struct cv_id token); /* cvId=tok_,ou=brakes,ou=system */
#define DIR_USAGE_BASE  "ou=usage"            /* a suffix of its own */
#define DIR_WORK_BASE   "ou=work"             /* a suffix of its own */
#define DIR_LEASES_BASE "ou=leases"           /* a suffix of its own */
const char *dir_dn_usage(struct cv_arena *arena, struct cv_id staff);
const char *dir_dn_usage_feed(struct cv_arena *arena, const char *system);
const char *dir_dn_folder(struct cv_arena *arena, const char *base,
                          const char *folder);                         /* ou=folder,ou=system,<base> */
bool dir_dn_id(const char *dn, const char *prefix, struct cv_id *out); /* id of the first RDN cvId=... */
const char *dir_filter_eq(struct cv_arena *arena, const char *attr, const char *value);
const char *dir_filter_prefix(struct cv_arena *arena, const char *attr, const char *prefix); /* "" = any value */
const char *dir_filter_from(struct cv_arena *arena, const char *attr, const char *least);    /* >= */
const char *dir_filter_and(struct cv_arena *arena, const char *a, const char *b);
const char *dir_filter_class(struct cv_arena *arena, const char *object_class);

/* ---- session calls; every one applies the deadline and counts metrics ---- */
const char *dir_session_base(const struct dir_session *s);
const struct dir_room *dir_session_room(const struct dir_session *s);
/* Connects + binds as configured; used by sync too. The caller unbinds. */
struct timeval dir_time_left(struct cv_deadline deadline);
bool dir_connect(const struct dir_config *config, struct cv_deadline deadline, LDAP **out, struct cv_error *err);
bool dir_add_entry(struct dir_session *s, const char *dn, const struct dir_attrs *attrs, struct dir_stamp *out,
                   struct cv_error *err);
/* One modify of what differs between before and after (names in either), plus always `actor` when anything differs.
 * With assert_filter: RFC 4528. Nothing differs: nothing sent, out->changed = false, revision = that of before. */
bool dir_modify_entry(struct dir_session *s, const char *dn, const struct dir_attrs *before,
                      const struct dir_attrs *after, const char *assert_filter, struct dir_stamp *out,
                      struct cv_error *err);
/* Would dir_modify_entry() send nothing? */
bool dir_attrs_same(const struct dir_attrs *before, const struct dir_attrs *after);
bool dir_delete_entry(struct dir_session *s, const char *dn, const char *assert_filter, struct cv_error *err);
/* NULL attrs = all user attributes + entryUUID, entryCSN. CV_NOT_FOUND when it is not there. */
bool dir_read_entry(struct dir_session *s, const char *dn, struct cv_arena *arena, struct dir_entry *out,
                    struct cv_error *err);
/* Its operational attributes. */
bool dir_read_operational(struct dir_session *s, const char *dn, struct cv_arena *arena, struct dir_entry *out,
                          struct cv_error *err);
/* The first match; CV_NOT_FOUND when none. */
bool dir_find_entry(struct dir_session *s, const char *base_dn, const char *filter, struct cv_arena *arena,
                    struct dir_entry *out, struct cv_error *err);
/* Matches directly below base_dn, in no order, `most` of them at most. */
bool dir_find_entries(struct dir_session *s, const char *base_dn, const char *filter, size_t most,
                      struct cv_arena *arena, struct dir_entry **out, size_t *out_count, struct cv_error *err);
/* Of them the attributes that are named, up to a NULL. */
bool dir_find_named(struct dir_session *s, const char *base_dn, const char *filter, const char *const *names,
                    size_t most, struct cv_arena *arena, struct dir_entry **out, size_t *out_count,
                    struct cv_error *err);
/* Values of one attribute of the entries directly below base_dn that match, in no order; more than `most` entries is
 * CV_LIMIT. */
bool dir_list_values(struct dir_session *s, const char *base_dn, const char *filter, const char *attr, size_t most,
                     struct cv_arena *arena, struct dir_attr *out, struct cv_error *err);
/* Copies a message's entry into the arena. */
bool dir_entry_copy(LDAP *ld, LDAPMessage *message, struct cv_arena *arena, struct dir_entry *out,
                    struct cv_error *err);
/* Like dir_find_entries, but what the server keeps by itself: their operational attributes. */
bool dir_find_operational(struct dir_session *s, const char *base_dn, const char *filter, size_t most,
                          struct cv_arena *arena, struct dir_entry **out, size_t *out_count, struct cv_error *err);

/* ---- room (wire/room.c) ---- */
bool dir_below(const char *dn, const char *base); /* or it itself */
/* Thousandths of what a write to this DN needs room in: the fullest of them. */
int dir_room_fill(const struct dir_room *room, const char *dn);
/* Is there room for one more write? `anew`: it makes an entry. */
bool dir_room_for(const struct dir_room *room, const char *dn, bool anew, struct cv_error *err);
/* A list that goes makes room where lists lie, so it always may. */
bool dir_room_to_delete(const struct dir_room *room, const char *dn, struct cv_error *err);
/* directory_full; returns false. */
bool dir_room_full(struct cv_error *err);
void dir_room_disk(struct dir_room *room); /* looks at the disk */
bool dir_room_gone(struct dir_room *room); /* the same: has it no room left? */

/* ---- CSNs (wire/csn.c): "20261129125735.123456Z#000000#001#000000" ---- */
/* Of two of one server the later one is the greater text; of two servers they cannot be compared. */
bool dir_csn_same_writer(const char *a, const char *b);

/* The one table from libldap's codes to our kinds. `sent`: the request had left. `intent` is a short phrase ("adding a
 * person"). */
bool dir_fail(struct cv_error *err, LDAP *ld, int code, const char *server_text, bool sent, const char *intent);

/* First line of a file that nobody else can read, without its newline. */
bool dir_read_password(const char *path, char *out, size_t size, size_t *out_len, struct cv_error *err);
extern const char *const dir_reader_names[]; /* ends with NULL */

/* ---- record maps (map_*.c) ---- each puts objectClass and all attributes of the record but revision bookkeeping */
void dir_map_staff(const struct dom_staff *staff, const char *base, struct dir_attrs *out);
bool dir_unmap_staff(const struct dir_entry *entry, struct cv_arena *arena, struct dom_staff *out,
                     struct cv_error *err);
void dir_map_unit(const struct dom_unit *unit, const char *base, struct dir_attrs *out);
bool dir_unmap_unit(const struct dir_entry *entry, struct cv_arena *arena, struct dom_unit *out, struct cv_error *err);
void dir_map_system(const struct dom_system *system, const char *base, struct dir_attrs *out);
bool dir_unmap_system(const struct dir_entry *entry, struct cv_arena *arena, struct dom_system *out,
                      struct cv_error *err);
void dir_map_token(const struct dom_token *token, const char *base, struct dir_attrs *out);
bool dir_unmap_token(const struct dir_entry *entry, struct cv_arena *arena, struct dom_token *out,
                     struct cv_error *err);
bool dir_unmap_usage(const struct dir_entry *entry, struct cv_arena *arena, struct dom_usage *out,
                     struct cv_error *err);
bool dir_unmap_usage_feed(const struct dir_entry *entry, struct dom_usage_feed *out, struct cv_error *err);

/* ---- object classes and attributes (deploy/openldap/congvu.schema) ----
 * cvStaff (auxiliary, on inetOrgPerson + authorizedServiceObject):
 *   cvId cvRevision cvActor cvCreatedAt cvUpdatedAt cvStaffCode cvCode(claims "staff/ns-0001", caseless key, current
 * and former) cvFormerCode cn(full name) sn(family, or given when none) givenName cvMiddleName cvFamilyName
 * cvSplitByHand employeeNumber(= staff code) cvCategory mobile cvBirthYear cvHiredOn cvUnit(DN of the primary unit)
 * title cvPost(JSON, one per post) uid(login) mail cvMailAlias cvFormerLogin(mailbox logins of aliases)
 * cvAliasUntil(JSON {address,until}) cvName cvMailStore cvNamingRule cvNamedByHand cvAccountState;x-SYS
 * cvAccountDesired;x-SYS cvAccountLogin;x-SYS cvAccountReason;x-SYS cvAccountCause;x-SYS cvAccountSince;x-SYS
 * cvAccountIssuedOn;x-SYS cvAccountError;x-SYS cvAccountAsked;x-SYS authorizedService (slugs of systems whose observed
 * state may log in, kind directory) cvSignIn(system/login of those) cvReceives (TRUE) cvLeave(JSON) cvDeparture(JSON,
 * one per departure) cvDepartureOn (current, ISO day) cvCredentialSet cvActivationDigest cvActivationUntil cvDueAt
 * cvWayIn("20261124000500Z stf_...") cvIdempotencyKey cvIdempotencyBody cvIdempotencyAt userPassword cvUnitEntry
 * (structural): cvId cvRevision cvActor ... cvUnitCode cvCode(claims "unit/h43.99", after dissolution
 * "unit/h43.99@2025-07-01") cvFormerCode cvLabel;lang-vi cvLabel;lang-en cvKind cvBlock cvParent(DN) cvSlug
 * cvSlugClaim("unt_parent/slug" while it has no end) cvPosition cvActiveFrom cvActiveTo cvHeadcount(JSON, one per day)
 * cvLetterhead(JSON) cvTarget(JSON, one per system) + idempotency cvSystemEntry (structural): cn(slug) cvLabel;lang-*
 * cvKind cvLoginRule cvLoginPerUnit cvReceivesMail cvRequired(JSON, one per line) cvActivity(JSON) cvRevision ...
 * cvTokenEntry (structural): cvId cvLabel cvTokenDigest cvScope(words) cvUnit(DN) cvEverywhere cvExpiresAt cvRevokedAt
 * cvCreatedBy
 * ... + idempotency cvBrakeEntry (structural): cvId cvDocument(JSON octet string) cvRevision cvStateEntry (structural):
 * cn, cvDocument, cvSchemaVersion, cvKeyFingerprint below ou=usage: cvUsageEntry (structural): cvId cvRevision
 * cvUseSeen;x-SYS("2026-11-20 123") cvUseDays;x-SYS(one a month, "2026-11:0003f1a0"); cvUsageFeedEntry (structural):
 * cn(slug) cvDataThrough cvReceivedAt
 * cvDocumentEntry (structural): cvDocumentName cvDocument cvRevision ... + idempotency; below ou=leases: cvLeaseEntry
 * (structural): cn cvLeaseHolder cvLeaseTurn
 */
