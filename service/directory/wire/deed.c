/* Writes before their witness: what is about to change, with secrets masked, and the mark that ties it to the write. */
#include <string.h>
#include <strings.h>

#include "congvu/json.h"
#include "congvu/text.h"
#include "directory/wire/session.h"

enum { VALUE_MAX = 2000, CHANGES_MAX = 40 << 10, CLAIMS_MAX = 64 };

/* Written without being recorded: what the machine observes and reminds itself of, nobody's wish. A change of anything
 * else beside it is recorded with all of it. */
static const char *const unrecorded[] = {
    "cvAccountState",    "cvAccountSince",   "cvAccountIssuedOn", "cvAccountError",  "cvAccountAsked",
    "cvAccountRetry",    "cvAccountSynced",  "cvAccountRemoteId", "cvAccountSeen",   "cvAccountFormer",
    "cvAccountSpan",     "cvCutOff",         "cvSessions",        "cvSignIn",        "cvDueAt",
    "authorizedService", "cvIdempotencyKey", "cvIdempotencyBody", "cvIdempotencyAt", "cvKeyFingerprint",
    "cvSchemaVersion",   "cvSingle"}; /* each process that sees it records who said so */
/* What every write brings along. */
static const char *const bookkeeping[] = {"cvActor", "cvUpdatedAt", "cvCreatedAt", "cvRevision", "objectClass"};
/* Never shown: whoever reads the log could use them. */
static const char *const secret[] = {"userPassword",      "cvTokenDigest", "cvActivationDigest", "cvIdempotencyKey",
                                     "cvIdempotencyBody", "cvTotp",        "cvSecondFactor",     "cvKey",
                                     "cvSubject"};
/* Whole databases and folders of which nothing is recorded. */
static const char *const unwatched[] = {"ou=snapshots,ou=system,"};

static bool named(const char *name, const char *const *list, size_t count, bool begins)
{
    size_t len = strcspn(name, ";");
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(list[i]);
        if ((begins ? len >= other : len == other) && strncasecmp(name, list[i], other) == 0)
            return true;
    }
    return false;
}
#define NAMED(name, list) named((name), (list), CV_COUNT(list), false)

static bool watched(const char *base, const char *dn)
{
    size_t len = strlen(dn), tail = strlen(base);
    if (len < tail || cv_ascii_casecmp(dn + len - tail, base) != 0)
        return false;
    for (size_t i = 0; i < CV_COUNT(unwatched); i++)
        if (strstr(dn, unwatched[i]) != NULL)
            return false;
    const char *parent = strchr(dn, ','); /* what congvud check-directory tries out and takes away again */
    return strncmp(dn, "cn=check-", 9) != 0 || parent == NULL || strncmp(parent, ",ou=system,", 11) != 0;
}

bool dir_deed_recorded(const char *base, const char *dn, const char *const *attributes, size_t count)
{
    if (!watched(base, dn))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!NAMED(attributes[i], bookkeeping) && !NAMED(attributes[i], unrecorded))
            return true;
    return count == 0;
}

static bool recorded(const struct dir_session *s, const char *dn, LDAPMod **mods, struct cv_arena *arena)
{
    size_t count = 0;
    while (mods != NULL && mods[count] != NULL)
        count++;
    const char **names = CV_NEWS(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        names[i] = mods[i]->mod_type;
    return dir_deed_recorded(dir_session_base(s), dn, names, count);
}

/* ---- values as the log shows them ---- */

static void put_shortened(struct cv_jout *j, struct cv_arena *arena, const char *bytes, size_t len)
{
    size_t keep = len;
    if (len > VALUE_MAX)
        for (keep = VALUE_MAX; keep > 0 && ((unsigned char)bytes[keep] & 0xc0) == 0x80;)
            keep--;
    const char *text = cv_arena_strndup(arena, bytes, keep);
    cv_jout_string(j, NULL, keep < len ? cv_arena_printf(arena, "%s… (%zu)", text, len) : text);
}

/* A number that only its owner knows by its end. */
static void put_mobile(struct cv_jout *j, struct cv_arena *arena, const char *bytes, size_t len)
{
    cv_jout_string(j, NULL, cv_arena_printf(arena, "***%.*s", len > 3 ? 3 : 0, len > 3 ? bytes + len - 3 : ""));
}

static void put_value(struct cv_jout *j, struct cv_arena *arena, const char *name, const char *bytes, size_t len)
{
    char digest[CV_DIGEST_TEXT];
    if (named(name, secret, CV_COUNT(secret), true)) {
        cv_jout_string(j, NULL, "***");
    } else if (cv_ascii_casecmp(name, "mobile") == 0) {
        put_mobile(j, arena, bytes, len);
    } else if (cv_ascii_casecmp(name, "cvDocument") == 0) {
        cv_sha256(bytes, len, digest);
        cv_jout_string(j, NULL, cv_arena_printf(arena, "sha256:%s", digest));
    } else {
        put_shortened(j, arena, bytes, len);
    }
}

static bool has_value(struct berval *const *values, const char *bytes, size_t len)
{
    for (; values != NULL && *values != NULL; values++)
        if ((*values)->bv_len == len && memcmp((*values)->bv_val, bytes, len) == 0)
            return true;
    return false;
}

static const struct dir_attr *was(const struct dir_attrs *before, const char *name)
{
    const struct dir_entry entry = {.attrs = before != NULL ? *before : (struct dir_attrs){0}};
    return before != NULL ? dir_get(&entry, name) : NULL;
}

/* What leaves the attribute by this modification. */
static void put_gone(struct cv_jout *j, struct cv_arena *arena, const LDAPMod *mod, const struct dir_attrs *before)
{
    int op = mod->mod_op & ~LDAP_MOD_BVALUES;
    const struct dir_attr *old = op == LDAP_MOD_REPLACE ? was(before, mod->mod_type) : NULL;
    cv_jout_array(j, "before");
    for (size_t i = 0; old != NULL && i < old->count; i++)
        if (!has_value(mod->mod_bvalues, old->values[i].bytes, old->values[i].len))
            put_value(j, arena, mod->mod_type, old->values[i].bytes, old->values[i].len);
    for (struct berval **v = op == LDAP_MOD_DELETE ? mod->mod_bvalues : NULL; v != NULL && *v != NULL; v++)
        put_value(j, arena, mod->mod_type, (*v)->bv_val, (*v)->bv_len);
    cv_jout_end(j);
}

static bool is_new(const LDAPMod *mod, const struct dir_attrs *before, const struct berval *value)
{
    const struct dir_attr *old =
        (mod->mod_op & ~LDAP_MOD_BVALUES) == LDAP_MOD_REPLACE ? was(before, mod->mod_type) : NULL;
    for (size_t i = 0; old != NULL && i < old->count; i++)
        if (old->values[i].len == value->bv_len && memcmp(old->values[i].bytes, value->bv_val, value->bv_len) == 0)
            return false;
    return true;
}

static void put_fresh(struct cv_jout *j, struct cv_arena *arena, const LDAPMod *mod, const struct dir_attrs *before)
{
    bool deletes = (mod->mod_op & ~LDAP_MOD_BVALUES) == LDAP_MOD_DELETE;
    cv_jout_array(j, "after");
    for (struct berval **v = deletes ? NULL : mod->mod_bvalues; v != NULL && *v != NULL; v++)
        if (is_new(mod, before, *v))
            put_value(j, arena, mod->mod_type, (*v)->bv_val, (*v)->bv_len);
    cv_jout_end(j);
}

static const char *changes_of(LDAPMod **mods, const struct dir_attrs *before, struct cv_arena *arena)
{
    cv_auto_buf text = {0};
    struct cv_jout j;
    cv_buf_init(&text, 8 << 20);
    cv_jout_init(&j, &text);
    cv_jout_array(&j, NULL);
    for (; mods != NULL && *mods != NULL; mods++) {
        if (NAMED((*mods)->mod_type, bookkeeping) || cv_ascii_casecmp((*mods)->mod_type, "cvName") == 0)
            continue;
        cv_jout_object(&j, NULL);
        cv_jout_string(&j, "attribute", (*mods)->mod_type);
        if (text.len < CHANGES_MAX) {
            put_gone(&j, arena, *mods, before);
            put_fresh(&j, arena, *mods, before);
        } else {
            cv_jout_bool(&j, "too_long", true);
        }
        cv_jout_end(&j);
    }
    cv_jout_end(&j);
    return cv_jout_ok(&j) ? cv_arena_strdup(arena, cv_buf_str(&text)) : "[]";
}

/* ---- who and what ---- */

static void collect_claims(LDAPMod **mods, struct cv_arena *arena, struct dir_deed *deed)
{
    const char **names = CV_NEWS(arena, const char *, CLAIMS_MAX);
    deed->claims = names;
    for (; mods != NULL && *mods != NULL; mods++)
        if (cv_ascii_casecmp((*mods)->mod_type, "cvName") == 0 &&
            ((*mods)->mod_op & ~LDAP_MOD_BVALUES) != LDAP_MOD_DELETE)
            for (struct berval **v = (*mods)->mod_bvalues; v != NULL && *v != NULL && deed->claim_count < CLAIMS_MAX;
                 v++)
                names[deed->claim_count++] = cv_arena_strndup(arena, (*v)->bv_val, (*v)->bv_len);
}

static LDAPMod *mod_of(LDAPMod **mods, const char *name)
{
    for (; mods != NULL && *mods != NULL; mods++)
        if (cv_ascii_casecmp((*mods)->mod_type, name) == 0)
            return *mods;
    return NULL;
}

/* The value of an RDN: what stands between = and the next comma. */
static const char *rdn_value(struct cv_arena *arena, const char *dn)
{
    const char *from = strchr(dn, '=');
    return from == NULL ? "" : cv_arena_strndup(arena, from + 1, strcspn(from + 1, ","));
}

static struct dir_deed deed_of(const char *dn, LDAPMod **mods, const struct dir_attrs *before, struct cv_arena *arena)
{
    const char *parent = strchr(dn, ',');
    LDAPMod *actor = mod_of(mods, "cvActor");
    struct dir_deed deed = {.verb = mods == NULL     ? DIR_DELETES
                                    : before == NULL ? DIR_ADDS
                                                     : DIR_CHANGES,
                            .target = rdn_value(arena, dn),
                            .folder = parent != NULL ? rdn_value(arena, parent + 1) : "",
                            .dn = dn,
                            .changes = changes_of(mods, before, arena)};
    if (actor != NULL && actor->mod_bvalues != NULL)
        deed.actor = cv_arena_strndup(arena, (*actor->mod_bvalues)->bv_val, (*actor->mod_bvalues)->bv_len);
    collect_claims(mods, arena, &deed);
    return deed;
}

/* In cvActor where the write sets it; else in the assertion, which slapd's log keeps too: "nobody is called so" is
 * always true. */
static const char *mark_write(LDAPMod **mods, const char *mark, const char *filter, const char *actor,
                              struct cv_arena *arena)
{
    LDAPMod *mod = mod_of(mods, "cvActor");
    if (mod != NULL && actor != NULL) {
        char *text = cv_arena_printf(arena, "%s %s", actor, mark);
        **mod->mod_bvalues = (struct berval){strlen(text), text};
        return filter;
    }
    return cv_arena_printf(arena, "(&%s(!(description=%s)))", filter != NULL ? filter : "", mark);
}

bool dir_deed_begin(struct dir_session *s, const char *dn, LDAPMod **mods, const struct dir_attrs *before,
                    struct cv_arena *arena, const char *filter, struct dir_seen *out, struct cv_error *err)
{
    const struct dir_witness *witness = dir_session_config(s)->witness;
    *out = (struct dir_seen){.filter = filter};
    if (witness == NULL || !recorded(s, dn, mods, arena))
        return true;
    struct dir_deed deed = deed_of(dn, mods, before, arena);
    if (!witness->before(witness->ctx, dir_session_does(s), &deed, dir_session_until(s), out->mark, err))
        return false;
    out->witness = witness;
    out->filter = mark_write(mods, out->mark, filter, deed.actor, arena);
    if (cv_arena_ok(arena))
        return true;
    cv_fail_as(err, CV_LIMIT, "", "Bản ghi quá lớn", "The record is too large");
    dir_deed_end(out, false, NULL, err);
    return false;
}

void dir_deed_end(const struct dir_seen *seen, bool done, const struct dir_stamp *stamp, const struct cv_error *err)
{
    enum dir_end end = done ? DIR_DONE : err->kind == CV_UNKNOWN ? DIR_END_UNKNOWN : DIR_NOT_DONE;
    if (seen->witness != NULL)
        seen->witness->after(seen->witness->ctx, seen->mark, end, done ? stamp : NULL);
}
