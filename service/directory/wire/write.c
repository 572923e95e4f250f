/* Writes: one entry, one request; what differs and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "directory/wire/disk.h"
#include "directory/wire/session.h"
#include "directory/wire/standby.h"

/* ---- what the server tells after the write (RFC 4527) ---- */

static void keep_stamp_value(const struct berval *name, const struct berval *value, struct dir_entry *entry)
{
    char label[64];
    if (name->bv_len >= sizeof label)
        return;
    memcpy(label, name->bv_val, name->bv_len);
    label[name->bv_len] = '\0';
    dir_put_bytes(&entry->attrs, label, value->bv_val, value->bv_len);
}

/* SearchResultEntry = { dn, { {name, [values]} ... } }; libldap has no parser for it. */
static bool parse_read_entry(const struct berval *bytes, struct dir_entry *entry)
{
    BerElement *ber = ber_init((struct berval *)(uintptr_t)bytes);
    ber_len_t len;
    char *end;
    struct berval dn, name;
    if (!ber)
        return false;
    bool ok = ber_scanf(ber, "{m", &dn) != LBER_ERROR;
    for (ber_tag_t tag = ok ? ber_first_element(ber, &len, &end) : LBER_ERROR; tag != LBER_DEFAULT && tag != LBER_ERROR;
         tag = ber_next_element(ber, &len, end)) {
        struct berval *values = NULL;
        if (ber_scanf(ber, "{m[W]}", &name, &values) == LBER_ERROR) {
            ok = false;
            break;
        }
        if (values && values[0].bv_val)
            keep_stamp_value(&name, &values[0], entry);
        ber_bvarray_free(values);
    }
    ber_free(ber, 1);
    return ok;
}

static bool stamp_from(const struct dir_entry *entry, struct dir_stamp *out)
{
    const char *csn = dir_get_text(entry, "entryCSN");
    struct dir_stamp stamp = {.changed = true, .revision = dir_get_int(entry, "cvRevision", 0)};
    if (!csn || strlen(csn) >= sizeof stamp.csn || !dir_get_uuid(entry, stamp.uuid))
        return false;
    memcpy(stamp.csn, csn, strlen(csn) + 1);
    *out = stamp;
    return true;
}

static bool read_stamp(LDAP *ld, LDAPMessage *answer, struct dir_stamp *out)
{
    LDAPControl **controls = NULL;
    bool ok = false;
    if (ldap_parse_result(ld, answer, NULL, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS || !controls)
        return false;
    cv_auto_arena arena = cv_arena_new(64 << 10);
    LDAPControl *control = ldap_control_find(LDAP_CONTROL_POST_READ, controls, NULL);
    if (arena && control) {
        struct dir_entry entry = {0};
        dir_attrs_init(&entry.attrs, arena);
        ok = parse_read_entry(&control->ldctl_value, &entry) && stamp_from(&entry, out);
    }
    ldap_controls_free(controls);
    return ok;
}

/* ---- controls ---- */

struct controls {
    LDAPControl assertion, post_read, permissive, *list[4];
    int count;
    struct berval filter_bytes;
    BerElement *names_ber;
};

static void controls_free(struct controls *c)
{
    ldap_memfree(c->filter_bytes.bv_val);
    if (c->names_ber)
        ber_free(c->names_ber, 1);
}

static bool add_post_read(struct controls *c)
{
    struct berval value;
    c->names_ber = ber_alloc_t(LBER_USE_DER);
    if (!c->names_ber || ber_printf(c->names_ber, "{sss}", "entryUUID", "entryCSN", "cvRevision") == -1 ||
        ber_flatten2(c->names_ber, &value, 0) == -1)
        return false;
    c->post_read = (LDAPControl){(char *)(uintptr_t)LDAP_CONTROL_POST_READ, value, 1};
    c->list[c->count++] = &c->post_read;
    return true;
}

static bool add_assertion(struct controls *c, const char *filter)
{
    LDAP *ld = NULL; /* only a place for the library's error; nothing connects */
    if (ldap_initialize(&ld, NULL) != LDAP_SUCCESS)
        return false;
    int rc = ldap_create_assertion_control_value(ld, (char *)(uintptr_t)filter, &c->filter_bytes);
    ldap_unbind_ext(ld, NULL, NULL);
    if (rc != LDAP_SUCCESS)
        return false;
    c->assertion = (LDAPControl){(char *)(uintptr_t)LDAP_CONTROL_ASSERT, c->filter_bytes, 1};
    c->list[c->count++] = &c->assertion;
    return true;
}

/* Adding what is there, or deleting what is not, is no fault (Active Directory's control, known to slapd). */
static void add_permissive(struct controls *c)
{
    c->permissive = (LDAPControl){.ldctl_oid = (char *)(uintptr_t)LDAP_CONTROL_X_PERMISSIVE_MODIFY};
    c->list[c->count++] = &c->permissive;
}

static bool controls_make(struct controls *c, const char *assert_filter, bool post_read, bool permissive,
                          struct cv_error *err)
{
    *c = (struct controls){0};
    if (permissive)
        add_permissive(c);
    if ((!assert_filter || add_assertion(c, assert_filter)) && (!post_read || add_post_read(c)))
        return true;
    return dir_fail(err, NULL, LDAP_ENCODING_ERROR, NULL, false, "preparing a write");
}

/* ---- sending ---- */

static int start_add(LDAP *ld, const struct dir_request *r, struct timeval *left, int *out_msgid)
{
    (void)left;
    return ldap_add_ext(ld, r->dn, r->mods, r->controls, NULL, out_msgid);
}

static int start_modify(LDAP *ld, const struct dir_request *r, struct timeval *left, int *out_msgid)
{
    (void)left;
    return ldap_modify_ext(ld, r->dn, r->mods, r->controls, NULL, out_msgid);
}

static int start_delete(LDAP *ld, const struct dir_request *r, struct timeval *left, int *out_msgid)
{
    (void)left;
    return ldap_delete_ext(ld, r->dn, r->controls, NULL, out_msgid);
}

/* ---- the server that follows ---- */

/* What must never be given twice, also when another server takes over. */
static bool gives_name(LDAPMod *const *mods)
{
    static const char *const names[] = {"cvName", "cvCode", "cvSlugClaim"};
    for (; *mods; mods++)
        for (size_t i = 0; i < CV_COUNT(names); i++)
            if (cv_ascii_casecmp((*mods)->mod_type, names[i]) == 0 &&
                ((*mods)->mod_op & ~LDAP_MOD_BVALUES) != LDAP_MOD_DELETE && (*mods)->mod_bvalues)
                return true;
    return false;
}

/* The other databases hold what can be sent or done again. */
static bool is_record(const char *dn)
{
    static const char *const others[] = {DIR_LEASES_BASE, DIR_USAGE_BASE, DIR_WORK_BASE};
    for (size_t i = 0; i < CV_COUNT(others); i++)
        if (dir_below(dn, others[i]))
            return false;
    return true;
}

static struct dir_standby *standby_of(const struct dir_session *s, const char *dn)
{
    return is_record(dn) ? dir_session_config(s)->standby : NULL;
}

static bool may_give(const struct dir_session *s, const char *dn, LDAPMod *const *mods, struct cv_error *err)
{
    return !gives_name(mods) || dir_standby_admits(standby_of(s, dn), err);
}

static bool follow(struct dir_session *s, const struct dir_request *request, const struct dir_stamp *stamp,
                   struct cv_error *err)
{
    struct dir_standby *standby = standby_of(s, request->dn);
    bool name = gives_name(request->mods);
    if (!standby || dir_standby_reached(standby, stamp->csn, name, dir_session_until(s)) || !name)
        return true;
    return cv_fail_as(err, CV_UNKNOWN, "",
                      "Đã ghi, nhưng máy chủ dự phòng chưa có; vui lòng đọc lại rồi gửi lại như cũ",
                      "It is written, but the standby server does not have it yet; please read it back and repeat it");
}

/* Sends a write; out NULL when no stamp is asked for. */
static bool send_write(struct dir_session *s, struct dir_request *request, const char *assert_filter,
                       struct dir_stamp *out, struct cv_error *err)
{
    __attribute__((cleanup(controls_free))) struct controls controls = {0};
    dir_auto_answer answer = NULL;
    int code;
    struct dir_disk *disk = is_record(request->dn) ? dir_session_config(s)->disk : NULL;
    if (!dir_disk_admits(disk, err))
        return false;
    if (!controls_make(&controls, assert_filter, out != NULL, request->permissive, err))
        return false;
    request->write = true;
    request->controls = controls.list;
    dir_session_wrote(s);
    dir_disk_sent(disk);
    bool answered = dir_exchange(s, request, &answer, &code, err);
    dir_disk_answered(disk);
    if (!answered)
        return false;
    if (code == LDAP_OTHER && dir_room_gone(dir_session_config(s)->room))
        return dir_room_full(err);
    if (code != LDAP_SUCCESS)
        return dir_refused(s, request, answer, err);
    /* done, but we cannot say which version it made: reading back tells */
    if (out && !read_stamp(dir_session_handle(s), answer, out))
        return dir_fail(err, NULL, LDAP_DECODING_ERROR, "no post-read in the answer", true, request->intent);
    return dir_disk_settle(disk, err) && (!out || follow(s, request, out, err));
}

/* ---- building modifications in the arena ---- */

struct mods {
    struct cv_arena *arena;
    LDAPMod **list;
    size_t count;
    bool merges; /* holds single values of an attribute that others write at the same time */
};

static struct mods mods_new(struct cv_arena *arena, size_t most)
{
    return (struct mods){.arena = arena, .list = CV_NEWS(arena, LDAPMod *, most + 1)};
}

/* Values NULL with count 0 = the whole attribute. */
static void mods_put(struct mods *m, int op, const char *name, struct dir_value *const *values, size_t count)
{
    LDAPMod *mod = CV_NEW(m->arena, LDAPMod);
    struct berval **pointers = CV_NEWS(m->arena, struct berval *, count + 1);
    struct berval *bytes = CV_NEWS(m->arena, struct berval, count + 1);
    if (!cv_arena_ok(m->arena))
        return;
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (struct berval){values[i]->len, (char *)(uintptr_t)values[i]->bytes};
        pointers[i] = &bytes[i];
    }
    mod->mod_op = op | LDAP_MOD_BVALUES;
    mod->mod_type = (char *)(uintptr_t)name;
    mod->mod_bvalues = count ? pointers : NULL;
    m->list[m->count++] = mod;
}

static int compare_values(const void *a, const void *b)
{
    const struct dir_value *x = *(struct dir_value *const *)a, *y = *(struct dir_value *const *)b;
    int order = memcmp(x->bytes, y->bytes, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Pointers to the values in order, each once: a repeated value would be refused. */
static struct dir_value **sorted_values(struct cv_arena *arena, const struct dir_attr *attr, size_t *out_count)
{
    size_t n = attr ? attr->count : 0, kept = 0;
    struct dir_value **list = CV_NEWS(arena, struct dir_value *, n + 1);
    *out_count = 0;
    if (!cv_arena_ok(arena))
        return list;
    for (size_t i = 0; i < n; i++)
        list[i] = &attr->values[i];
    if (n > 1)
        qsort(list, n, sizeof *list, compare_values);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || compare_values(&list[kept - 1], &list[i]) != 0)
            list[kept++] = list[i];
    *out_count = kept;
    return list;
}

struct difference {
    struct dir_value **gone, **fresh, **all;
    size_t gone_count, fresh_count, before_count, all_count;
};

static struct difference compare_attr(struct cv_arena *arena, const struct dir_attr *before,
                                      const struct dir_attr *after)
{
    struct difference d = {0};
    struct dir_value **old = sorted_values(arena, before, &d.before_count);
    d.all = sorted_values(arena, after, &d.all_count);
    d.gone = CV_NEWS(arena, struct dir_value *, d.before_count + 1);
    d.fresh = CV_NEWS(arena, struct dir_value *, d.all_count + 1);
    if (!cv_arena_ok(arena))
        return (struct difference){0};
    for (size_t i = 0, j = 0; i < d.before_count || j < d.all_count;) {
        int order = i == d.before_count ? 1 : j == d.all_count ? -1 : compare_values(&old[i], &d.all[j]);
        if (order < 0)
            d.gone[d.gone_count++] = old[i];
        else if (order > 0)
            d.fresh[d.fresh_count++] = d.all[j];
        i += order <= 0;
        j += order >= 0;
    }
    return d;
}

/* Every write says who and when, even when the text is the same as last time; none of them alone is a reason to write.
 */
static bool bookkeeping(const char *name)
{
    static const char *const names[] = {"cvActor", "cvUpdatedAt", "cvRevision"};
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (cv_ascii_casecmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Of every system one value, and systems are observed side by side without raising the revision: one writer's set must
 * not undo what another one has just added. */
static bool shared_by_systems(const char *name)
{
    return cv_ascii_casecmp(name, "authorizedService") == 0 || cv_ascii_casecmp(name, "cvSignIn") == 0;
}

/* Single values (and sets that changed more than half) are replaced, which also works when the old value is not what we
 * think; large sets travel as single values, so that accesslog and replicas do not carry them whole. Deletes go first:
 * "An" to "AN" is one value to slapd. */
static bool put_difference(struct mods *m, const char *name, const struct dir_attr *before,
                           const struct dir_attr *after)
{
    struct difference d = compare_attr(m->arena, before, after);
    if (d.gone_count + d.fresh_count == 0)
        return false;
    bool small = d.before_count <= 1 && d.all_count <= 1, shared = shared_by_systems(name);
    m->merges = m->merges || shared;
    if (!shared && (small || d.all_count == 0 || d.gone_count + d.fresh_count > d.all_count)) {
        mods_put(m, LDAP_MOD_REPLACE, name, d.all, d.all_count);
        return true;
    }
    if (d.gone_count)
        mods_put(m, LDAP_MOD_DELETE, name, d.gone, d.gone_count);
    if (d.fresh_count)
        mods_put(m, LDAP_MOD_ADD, name, d.fresh, d.fresh_count);
    return true;
}

static const struct dir_attr *attr_in(const struct dir_attrs *attrs, const char *name)
{
    const struct dir_entry view = {.attrs = *attrs};
    return dir_get(&view, name);
}

static bool put_differences(struct mods *m, const struct dir_attrs *before, const struct dir_attrs *after)
{
    bool any = false;
    for (size_t i = 0; i < after->count; i++)
        if (!bookkeeping(after->items[i].name))
            any |= put_difference(m, after->items[i].name, attr_in(before, after->items[i].name), &after->items[i]);
    for (size_t i = 0; i < before->count; i++)
        if (!bookkeeping(before->items[i].name) && !attr_in(after, before->items[i].name))
            any |= put_difference(m, before->items[i].name, &before->items[i], NULL);
    return any;
}

bool dir_attrs_same(const struct dir_attrs *before, const struct dir_attrs *after)
{
    struct mods mods = mods_new(after->arena, (before->count + after->count) * 2);
    return !put_differences(&mods, before, after);
}

static void put_bookkeeping(struct mods *m, const struct dir_attrs *after)
{
    for (size_t i = 0; i < after->count; i++) {
        if (!bookkeeping(after->items[i].name))
            continue;
        size_t count;
        struct dir_value **values = sorted_values(m->arena, &after->items[i], &count);
        mods_put(m, LDAP_MOD_REPLACE, after->items[i].name, values, count);
    }
}

static bool too_large(struct cv_error *err)
{
    return cv_fail_as(err, CV_LIMIT, "", "Bản ghi quá lớn", "The record is too large");
}

/* ---- the calls ---- */

bool dir_add_entry(struct dir_session *s, const char *dn, const struct dir_attrs *attrs, struct dir_stamp *out,
                   struct cv_error *err)
{
    struct mods mods = mods_new(attrs->arena, attrs->count);
    for (size_t i = 0; i < attrs->count && cv_arena_ok(attrs->arena); i++) {
        size_t count;
        struct dir_value **values = sorted_values(attrs->arena, &attrs->items[i], &count);
        mods_put(&mods, LDAP_MOD_ADD, attrs->items[i].name, values, count);
    }
    if (!cv_arena_ok(attrs->arena))
        return too_large(err);
    if (!dir_room_for(dir_session_room(s), dn, true, err) || !may_give(s, dn, mods.list, err))
        return false;
    struct dir_request request = {.intent = "adding an entry", .start = start_add, .dn = dn, .mods = mods.list};
    struct dir_stamp stamp;
    struct dir_seen seen;
    if (!dir_deed_begin(s, dn, mods.list, NULL, attrs->arena, NULL, &seen, err))
        return false;
    bool done = send_write(s, &request, seen.filter, &stamp, err);
    dir_deed_end(&seen, done, &stamp, err);
    if (!done) {
        if (err->lib_code == LDAP_TYPE_OR_VALUE_EXISTS) /* a new entry cannot be out of date */
            return cv_fail_as(err, CV_INVALID, err->field, "Một giá trị được ghi hai lần", "A value is given twice");
        return false;
    }
    if (out)
        *out = stamp;
    return true;
}

bool dir_modify_entry(struct dir_session *s, const char *dn, const struct dir_attrs *before,
                      const struct dir_attrs *after, const char *assert_filter, struct dir_stamp *out,
                      struct cv_error *err)
{
    struct cv_arena *arena = after->arena;
    struct mods mods = mods_new(arena, (before->count + after->count) * 2);
    struct dir_stamp stamp = {0};
    if (!cv_arena_ok(arena))
        return too_large(err);
    bool any = put_differences(&mods, before, after);
    put_bookkeeping(&mods, after);
    if (!cv_arena_ok(arena))
        return too_large(err);
    if (any && (!dir_room_for(dir_session_room(s), dn, false, err) || !may_give(s, dn, mods.list, err)))
        return false;
    if (any) {
        struct dir_request request = {.intent = "changing an entry",
                                      .start = start_modify,
                                      .dn = dn,
                                      .mods = mods.list,
                                      .permissive = mods.merges};
        struct dir_seen seen;
        if (!dir_deed_begin(s, dn, mods.list, before, arena, assert_filter, &seen, err))
            return false;
        bool done = send_write(s, &request, seen.filter, &stamp, err);
        dir_deed_end(&seen, done, &stamp, err);
        if (!done)
            return false;
    } else {
        const struct dir_entry was = {.attrs = *before};
        stamp.revision = dir_get_int(&was, "cvRevision", 0);
    }
    if (out)
        *out = stamp;
    return true;
}

bool dir_delete_entry(struct dir_session *s, const char *dn, const char *assert_filter, struct cv_error *err)
{
    struct dir_request request = {.intent = "deleting an entry", .start = start_delete, .dn = dn};
    struct dir_seen seen;
    cv_auto_arena arena = cv_arena_new(64 << 10);
    if (!arena)
        return too_large(err);
    if (!dir_room_to_delete(dir_session_room(s), dn, err) ||
        !dir_deed_begin(s, dn, NULL, NULL, arena, assert_filter, &seen, err))
        return false;
    bool done = send_write(s, &request, seen.filter, NULL, err);
    dir_deed_end(&seen, done, NULL, err);
    return done;
}
