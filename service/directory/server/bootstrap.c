/* What must be there before anything else: containers, rules for passwords, identities of readers, the catalogue, and
 * the entry that says which version and whose key the data are of. Every step may find its work done, by an earlier
 * start or by another process this moment. */
#include <stdio.h>
#include <string.h>

#include "congvu/log.h"
#include "congvu/server.h"
#include "congvu/system.h"
#include "directory/server/slapd.h"

enum { SCRATCH_MAX = 4 << 20 };

struct work {
    struct dir_session *session;
    struct cv_arena *arena;
    const char *base;
};

static struct dir_attrs new_entry(const struct work *w, const char *object_class)
{
    struct dir_attrs a;
    dir_attrs_init(&a, w->arena);
    dir_put(&a, "objectClass", object_class);
    return a;
}

static bool ensure(const struct work *w, const char *dn, const struct dir_attrs *attrs, struct cv_error *err)
{
    return dir_add_entry(w->session, dn, attrs, NULL, err) || cv_error_forgive(err, CV_EXISTS);
}

/* "dc=congvu" or "o=UBND" or "ou=..."; the class follows from the attribute. */
static bool ensure_base(const struct work *w, struct cv_error *err)
{
    static const struct {
        const char *attr, *object_class;
    } known[] = {{"dc", "domain"}, {"o", "organization"}, {"ou", "organizationalUnit"}};
    size_t name = strcspn(w->base, "="), end = strcspn(w->base, ",");
    for (size_t i = 0; i < CV_COUNT(known); i++) {
        if (strlen(known[i].attr) != name || strncasecmp(w->base, known[i].attr, name) != 0 || end <= name + 1)
            continue;
        struct dir_attrs a = new_entry(w, known[i].object_class);
        dir_put_bytes(&a, known[i].attr, w->base + name + 1, end - name - 1);
        return ensure(w, w->base, &a, err);
    }
    return cv_fail_as(err, CV_INVALID, "base",
                      "Gốc thư mục phải bắt đầu bằng dc=, o= hoặc ou=", "The suffix must begin with dc=, o= or ou=");
}

static bool ensure_folder(const struct work *w, const char *parent, const char *name, struct cv_error *err)
{
    struct dir_attrs a = new_entry(w, "organizationalUnit");
    dir_put(&a, "ou", name);
    return ensure(w, dir_dn_child(w->arena, parent, "ou", name), &a, err);
}

/* A site's own server may not have the database yet: then it says so here, not when it is first needed. */
static bool ensure_database(const struct work *w, const char *name, struct cv_error *err)
{
    struct dir_attrs a = new_entry(w, "organizationalUnit");
    const char *suffix = cv_arena_printf(w->arena, "ou=%s", name);
    dir_put(&a, "ou", name);
    if (ensure(w, suffix, &a, err))
        return true;
    if (err->kind == CV_NOT_FOUND || err->lib_code == LDAP_UNWILLING_TO_PERFORM || err->lib_code == LDAP_REFERRAL)
        return cv_fail_as(err, CV_CONFLICT, suffix,
                          "Máy chủ thư mục chưa có cơ sở dữ liệu ou=%s; xem deploy/openldap/README.md",
                          "The directory server has no database ou=%s; see deploy/openldap/README.md", name);
    return false;
}

bool dir_leases_ready(struct dir_session *s, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    const struct work w = {s, arena, dir_session_base(s)};
    return ensure_database(&w, "leases", err);
}

static bool ensure_folders(const struct work *w, struct cv_error *err)
{
    static const char *const top[] = {"people", "units", "system"};
    static const char *const inner[] = {"systems",  "tokens",    "brakes",  "policies",  "readers",
                                        "reports",  "snapshots", "targets", "batches",   "duplicates",
                                        "requests", "swaps",     "holders", "decisions", "repeats"};
    const char *root = dir_dn_system_root(w->arena, w->base);
    if (!ensure_base(w, err))
        return false;
    for (size_t i = 0; i < CV_COUNT(top); i++)
        if (!ensure_folder(w, w->base, top[i], err))
            return false;
    for (size_t i = 0; i < CV_COUNT(inner); i++)
        if (!ensure_folder(w, root, inner[i], err))
            return false;
    return ensure_database(w, "usage", err) && ensure_database(w, "leases", err) && ensure_database(w, "work", err) &&
           ensure_folder(w, DIR_WORK_BASE, "imports", err);
}

static const char *policy_dn(const struct work *w, const char *name)
{
    return dir_dn_policy(w->arena, w->base, name);
}

static bool add_policy(const struct work *w, const char *name, const char *lockout, const char *failures,
                       struct cv_error *err)
{
    const char *const rules[][2] = {
        {"pwdAttribute", "userPassword"}, {"pwdCheckQuality", "2"},    {"pwdMinLength", "9"},
        {"pwdLockout", lockout},          {"pwdMaxFailure", failures}, {"pwdFailureCountInterval", "900"},
        {"pwdLockoutDuration", "900"},    {"pwdMustChange", "FALSE"},  {"pwdAllowUserChange", "FALSE"}};
    struct dir_attrs a = new_entry(w, "organizationalRole");
    dir_put(&a, "objectClass", "pwdPolicy");
    dir_put(&a, "cn", name);
    for (size_t i = 0; i < CV_COUNT(rules); i++)
        dir_put(&a, rules[i][0], rules[i][1]);
    return ensure(w, policy_dn(w, name), &a, err);
}

/* Length and counting belong to slapd, because it sees every attempt; what a password may contain is judged before.
 * Machines have long random passwords and are never locked: whoever can reach the port could stop all mail by trying.
 * Nor are people with a role: whoever knows a login could keep HR from working. Doors count their failures. */
static bool ensure_policies(const struct work *w, struct cv_error *err)
{
    return add_policy(w, "default", "TRUE", "12", err) && add_policy(w, "machines", "FALSE", "0", err) &&
           add_policy(w, DIR_POLICY_OFFICIALS, "FALSE", "0", err);
}

const char *const dir_reader_names[] = {"dovecot", "postfix", "eoffice", NULL};

/* Without a password they cannot bind; dir_readers_ready() or the site's administrator sets one. */
static bool ensure_readers(const struct work *w, struct cv_error *err)
{
    for (size_t i = 0; dir_reader_names[i]; i++) {
        struct dir_attrs a = new_entry(w, "cvReaderEntry");
        const char *name = dir_reader_names[i];
        dir_put(&a, "cn", name);
        if (!ensure(w, cv_arena_printf(w->arena, "cn=%s,ou=readers,ou=system,%s", name, w->base), &a, err))
            return false;
    }
    return true;
}

/* Nobody knows its password: a bind as it costs what one as somebody costs, and never succeeds. */
static bool ensure_decoy(const struct work *w, struct cv_error *err)
{
    enum { SIGNS = 48 };
    char password[SIGNS + 1];
    struct dir_entry found;
    const char *dn = dir_dn_decoy(w->arena, w->base);
    struct dir_attrs a = new_entry(w, "cvReaderEntry"), none;
    dir_put(&a, "cn", "decoy");
    if (!ensure(w, dn, &a, err) || !dir_read_operational(w->session, dn, w->arena, &found, err))
        return false;
    if (dir_get(&found, "pwdChangedTime") != NULL)
        return true;
    dir_attrs_init(&none, w->arena);
    dir_attrs_init(&a, w->arena);
    cv_random_text(password, SIGNS, false);
    dir_put(&a, "userPassword", password);
    return dir_modify_entry(w->session, dn, &none, &a, NULL, NULL, err);
}

static bool never_lock(const struct work *w, const char *dn, struct cv_error *err)
{
    struct dir_entry found;
    struct dir_attrs before, after;
    const char *policy = policy_dn(w, "machines");
    if (dir_find_entry(w->session, dn, dir_filter_eq(w->arena, "pwdPolicySubentry", policy), w->arena, &found, err))
        return true;
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    dir_attrs_init(&before, w->arena);
    dir_attrs_init(&after, w->arena);
    dir_put(&before, "pwdPolicySubentry", "-");
    dir_put(&after, "pwdPolicySubentry", policy);
    /* the embedded server knows the service by its user, without an entry */
    return dir_modify_entry(w->session, dn, &before, &after, NULL, NULL, err) || cv_error_forgive(err, CV_NOT_FOUND);
}

static bool ensure_machines(const struct work *w, struct cv_error *err)
{
    static const char *const machines[] = {"service", "replica"};
    for (size_t i = 0; i < CV_COUNT(machines); i++)
        if (!never_lock(w, cv_arena_printf(w->arena, "cn=%s,ou=system,%s", machines[i], w->base), err))
            return false;
    for (size_t i = 0; dir_reader_names[i]; i++)
        if (!never_lock(w, cv_arena_printf(w->arena, "cn=%s,ou=readers,ou=system,%s", dir_reader_names[i], w->base),
                        err))
            return false;
    return never_lock(w, dir_dn_decoy(w->arena, w->base), err);
}

/* A shipped catalogue is only a beginning: once there is any system, the site decides. */
static bool ensure_systems(const struct work *w, const struct dir_bootstrap *what, struct cv_error *err)
{
    struct dir_entry found;
    const char *folder = cv_arena_printf(w->arena, "ou=systems,ou=system,%s", w->base);
    if (dir_find_entry(w->session, folder, dir_filter_class(w->arena, "cvSystemEntry"), w->arena, &found, err))
        return true;
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    for (size_t i = 0; i < what->system_count; i++) {
        struct dir_attrs a;
        dir_attrs_init(&a, w->arena);
        dir_map_system(&what->systems[i], w->base, &a);
        dir_put_int(&a, "cvRevision", 1);
        dir_put(&a, "cvActor", "system");
        dir_put_moment(&a, "cvUpdatedAt", cv_now());
        if (!ensure(w, dir_dn_system(w->arena, w->base, what->systems[i].slug), &a, err))
            return false;
    }
    return true;
}

static const char *state_dn(const struct work *w)
{
    return cv_arena_printf(w->arena, "cn=state,ou=system,%s", w->base);
}

static bool check_state(const struct dir_entry *state, const char *fingerprint, struct cv_error *err)
{
    const char *theirs = dir_get_text(state, "cvKeyFingerprint");
    if (dir_get_int(state, "cvSchemaVersion", 0) > DIR_SCHEMA_VERSION)
        return dir_newer_data(err);
    if (!theirs || strcmp(theirs, fingerprint) != 0)
        return cv_fail_as(err, CV_CONFLICT, "cvKeyFingerprint",
                          "Tệp khóa không phải của dữ liệu này; hãy dùng đúng secret.key (key_file)",
                          "The key file does not belong to these data; use the right secret.key (key_file)");
    return true;
}

/* 1 = there and ours, 0 = not there, -1 = refused or failed */
static int look_at_state(const struct work *w, const char *fingerprint, struct cv_error *err)
{
    struct dir_entry state;
    if (dir_read_entry(w->session, state_dn(w), w->arena, &state, err))
        return check_state(&state, fingerprint, err) ? 1 : -1;
    if (err->kind != CV_NOT_FOUND)
        return -1;
    cv_error_clear(err);
    return 0;
}

/* Last of all, so that its presence says that the rest is there. Of two first starts with different keys one loses,
 * here. */
static bool add_state(const struct work *w, const char *fingerprint, struct cv_error *err)
{
    struct dir_attrs a = new_entry(w, "cvStateEntry");
    dir_put(&a, "cn", "state");
    dir_put_int(&a, "cvSchemaVersion", DIR_SCHEMA_VERSION);
    dir_put(&a, "cvKeyFingerprint", fingerprint);
    dir_put_moment(&a, "cvCreatedAt", cv_now());
    return ensure(w, state_dn(w), &a, err) && look_at_state(w, fingerprint, err) == 1;
}

/* From here on an older program refuses these data. */
static bool raise_version(const struct work *w, struct cv_error *err)
{
    struct dir_entry state;
    if (!dir_read_entry(w->session, state_dn(w), w->arena, &state, err))
        return false;
    if (dir_get_int(&state, "cvSchemaVersion", 0) >= DIR_SCHEMA_VERSION)
        return true;
    struct dir_attrs before, after;
    dir_attrs_init(&before, w->arena);
    dir_attrs_init(&after, w->arena);
    dir_put_int(&before, "cvSchemaVersion", dir_get_int(&state, "cvSchemaVersion", 0));
    dir_put_int(&after, "cvSchemaVersion", DIR_SCHEMA_VERSION);
    return dir_modify_entry(w->session, state_dn(w), &before, &after, NULL, NULL, err);
}

/* Once, by the first program that keeps days. */
static bool begin_days(const struct work *w, cv_day today, struct cv_error *err)
{
    struct dir_entry state;
    struct dir_attrs before, after;
    if (!dir_read_entry(w->session, state_dn(w), w->arena, &state, err))
        return false;
    if (today == 0 || dir_get_text(&state, "cvDatedSince"))
        return true;
    dir_attrs_init(&before, w->arena);
    dir_attrs_init(&after, w->arena);
    dir_put_day(&after, "cvDatedSince", today);
    return dir_modify_entry(w->session, state_dn(w), &before, &after, NULL, NULL, err);
}

bool dir_dated_since(struct dir_session *s, cv_day *out, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    struct dir_entry state;
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    const struct work w = {s, arena, dir_session_base(s)};
    if (!dir_read_entry(s, state_dn(&w), arena, &state, err))
        return false;
    const char *day = dir_get_text(&state, "cvDatedSince");
    if (!day || !cv_day_parse(day, out))
        *out = cv_today();
    return true;
}

bool dir_bootstrap(struct dir_session *s, const struct dir_bootstrap *what, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    const struct work w = {s, arena, dir_session_base(s)};
    int state = look_at_state(&w, what->key_fingerprint, err);
    if (state < 0)
        return false;
    bool done = ensure_folders(&w, err) && ensure_policies(&w, err) && ensure_readers(&w, err) &&
                ensure_decoy(&w, err) && ensure_machines(&w, err) && ensure_systems(&w, what, err) &&
                add_state(&w, what->key_fingerprint, err) && raise_version(&w, err) && begin_days(&w, what->today, err);
    if (done || state != 1 || err->lib_code != LDAP_REFERRAL)
        return done;
    cv_log(CV_LOG_WARN, "directory.read_only", "no server takes writes: the data are looked at as they are");
    cv_error_clear(err);
    return true;
}

bool dir_data_fingerprint(struct dir_session *s, char out[17], struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    struct dir_entry state;
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    const struct work w = {s, arena, dir_session_base(s)};
    out[0] = '\0';
    if (dir_read_entry(s, state_dn(&w), arena, &state, err)) {
        const char *theirs = dir_get_text(&state, "cvKeyFingerprint");
        snprintf(out, 17, "%s", theirs ? theirs : "?");
        return true;
    }
    return cv_error_forgive(err, CV_NOT_FOUND);
}

bool dir_newest_write(struct dir_session *s, cv_moment *out, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    struct dir_entry suffix;
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    if (!dir_read_operational(s, dir_session_base(s), arena, &suffix, err))
        return false;
    const struct dir_attr *context = dir_get(&suffix, "contextCSN");
    *out = CV_NO_MOMENT;
    for (size_t i = 0; context && i < context->count; i++) {
        cv_moment at;
        const char *csn = context->values[i].bytes;
        const char *time = cv_arena_printf(arena, "%.*s", (int)strcspn(csn, "#"), csn);
        if (cv_moment_parse_ldap(time, &at) && at > *out)
            *out = at;
    }
    return true;
}

bool dir_no_token(struct dir_session *s, bool *out_none, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    struct dir_entry found;
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    const char *folder = cv_arena_printf(arena, "ou=tokens,ou=system,%s", dir_session_base(s));
    bool any = dir_find_entry(s, folder, dir_filter_class(arena, "cvTokenEntry"), arena, &found, err);
    if (!any && !cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    *out_none = !any;
    return true;
}
