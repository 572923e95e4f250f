/* People: each add, save and activation is one write. */
#include <stdint.h>
#include <string.h>

#include "congvu/records.h"
#include "directory/records/records.h"

static const char *dn_of(struct dir_session *s, struct cv_arena *arena, struct cv_id id)
{
    return dir_dn_staff(arena, dir_session_base(s), id);
}

/* Such an entry could be written but never be read again. */
static bool whole(const struct dom_staff *staff, struct cv_error *err)
{
    for (size_t i = 0; i < staff->post_count; i++)
        if (staff->posts[i].primary)
            return true;
    return cv_fail_as(err, CV_INTERNAL, "cvPost", "Một người phải có vị trí công tác chính",
                      "A person needs a primary post");
}

bool dir_staff_add(struct dir_session *s, const struct dom_staff *staff, const struct dir_actor *actor,
                   struct dir_stamp *out, struct cv_error *err)
{
    if (!whole(staff, err))
        return false;
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_staff_fields, dn_of(s, arena, staff->id), actor};

    return dir_record_add(s, &w, staff, staff->created_at, out, err);
}

bool dir_staff_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_staff *out,
                    struct cv_error *err)
{
    struct dir_entry entry;

    return dir_read_entry(s, dn_of(s, arena, id), arena, &entry, err) && dir_unmap_staff(&entry, arena, out, err);
}

/* A step is taken once, whichever replica takes it: quiet saves leave the revision alone, so it is asserted too. */
static const char *step_as_read(struct cv_arena *arena, const struct dom_staff *before, const struct dom_staff *after)
{
    if (before->factor_step == after->factor_step)
        return "";
    if (before->factor_step == 0)
        return "(!(cvSecondFactorStep=*))";
    return cv_arena_printf(arena, "(cvSecondFactorStep=%lld)", (long long)before->factor_step);
}

bool dir_staff_save(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after, bool quiet,
                    const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err)
{
    if (!whole(after, err))
        return false;
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_staff_fields, dn_of(s, arena, before->id), actor};
    struct dir_attrs was, will;

    dir_record_pair(&w, dir_session_base(s), before, after, before->revision, quiet, &was, &will);
    if (before->credential_set && !after->credential_set)
        dir_put(&was, "userPassword", "-"); /* whatever it is: it goes */
    return dir_record_send(s, &w, &was, &will,
                           dir_filter_revision(arena, before->revision, step_as_read(arena, before, after)), out, err);
}

bool dir_staff_same(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after, bool *out,
                    struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);
    struct dir_attrs was, will;

    if (!arena)
        return false;
    dir_attrs_init(&was, arena);
    dir_attrs_init(&will, arena);
    dir_fields_put(&dir_staff_fields, before, dir_session_base(s), &was);
    dir_fields_put(&dir_staff_fields, after, dir_session_base(s), &will);
    *out = dir_attrs_same(&was, &will) && before->credential_set == after->credential_set;
    return true;
}

/* A delete carries no attributes, so the actor of a delete is named only by the caller's own log line. */
bool dir_staff_delete(struct dir_session *s, const struct dom_staff *staff, const struct dir_actor *actor,
                      struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    (void)actor;
    return arena &&
           dir_delete_entry(s, dn_of(s, arena, staff->id), dir_filter_revision(arena, staff->revision, ""), err);
}

static bool find(struct dir_session *s, const char *attribute, const char *value, struct cv_arena *arena,
                 struct dom_staff *out, struct cv_error *err)
{
    struct dir_entry entry;

    return dir_find_entry(s, dir_dn_people(arena, dir_session_base(s)), dir_filter_eq(arena, attribute, value), arena,
                          &entry, err) &&
           dir_unmap_staff(&entry, arena, out, err);
}

bool dir_staff_find_code(struct dir_session *s, const char *code, struct cv_arena *arena, struct dom_staff *out,
                         struct cv_error *err)
{
    return find(s, "cvCode", cv_arena_printf(arena, "staff/%s", dom_code_key(arena, code)), arena, out, err);
}

bool dir_staff_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_staff *out,
                                struct cv_error *err)
{
    return find(s, "cvIdempotencyKey", key, arena, out, err);
}

bool dir_staff_find_activation(struct dir_session *s, const char *digest, struct cv_arena *arena, struct dom_staff *out,
                               struct cv_error *err)
{
    return find(s, "cvActivationDigest", digest, arena, out, err);
}

bool dir_staff_find_subject(struct dir_session *s, const char *subject, struct cv_arena *arena, struct dom_staff *out,
                            struct cv_error *err)
{
    return find(s, "cvCode", dir_subject_claim(arena, subject), arena, out, err);
}

bool dir_staff_find_hr_ref(struct dir_session *s, const char *digest, struct cv_arena *arena, struct dom_staff *out,
                           struct cv_error *err)
{
    return find(s, "cvCode", cv_arena_printf(arena, "hr/%s", digest), arena, out, err);
}

static const char *any_of(struct cv_arena *arena, const char *const *names, size_t count)
{
    struct cv_buf filter;

    cv_buf_init(&filter, 1 << 20);
    cv_buf_puts(&filter, "(|");
    for (size_t i = 0; i < count; i++)
        cv_buf_puts(&filter, dir_filter_eq(arena, "cvName", names[i]));
    cv_buf_puts(&filter, ")");
    const char *text = cv_buf_ok(&filter) ? cv_arena_strdup(arena, cv_buf_str(&filter)) : NULL;

    cv_buf_free(&filter);
    return text;
}

bool dir_names_held(struct dir_session *s, const char *const *names, size_t count, bool *out_any, struct cv_error *err)
{
    struct dir_entry entry;
    cv_auto_arena arena = dir_scratch(err);
    const char *filter = arena ? any_of(arena, names, count) : NULL;

    if (!filter) {
        if (arena)
            cv_fail_as(err, CV_INTERNAL, NULL, "Quá nhiều tên", "Too many names");
        return false;
    }
    bool found = dir_find_entry(s, dir_session_base(s), filter, arena, &entry, err);

    if (!found && !cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    *out_any = found;
    return true;
}

bool dir_name_held(struct dir_session *s, const char *name, bool *out_held, struct cv_error *err)
{
    return dir_names_held(s, &name, 1, out_held, err);
}

static void wipe_password(const struct dir_attrs *attrs)
{
    const struct dir_entry view = {.attrs = *attrs};
    const struct dir_attr *attr = dir_get(&view, "userPassword");

    for (size_t i = 0; attr && i < attr->count; i++)
        explicit_bzero((void *)(uintptr_t)attr->values[i].bytes, attr->values[i].len);
}

/* One write with a new password; `asserted` is what it is asserted on. */
static bool save_password(struct dir_session *s, const struct dir_write *w, const struct dom_staff *before,
                          const struct dom_staff *after, bool quiet, const char *asserted, const char *password,
                          struct dir_stamp *out, struct cv_error *err)
{
    struct dir_attrs was, will;

    dir_record_pair(w, dir_session_base(s), before, after, before->revision, quiet, &was, &will);
    dir_put(&will, "userPassword", password);
    bool done = dir_modify_entry(s, w->dn, &was, &will, asserted, out, err);

    wipe_password(&will);
    return done;
}

bool dir_staff_save_password(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after,
                             const char *password, const struct dir_actor *actor, struct dir_stamp *out,
                             struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_staff_fields, dn_of(s, arena, before->id), actor};

    return save_password(s, &w, before, after, true, dir_filter_revision(arena, before->revision, ""), password, out,
                         err);
}

/* Asserted on the digest and on the revision: two redeemers cannot both win, and a change made meanwhile is not
 * overwritten. */
bool dir_staff_activate(struct dir_session *s, const struct dom_staff *before, const struct dom_staff *after,
                        const char *password, const struct dir_actor *actor, struct dir_stamp *out,
                        struct cv_error *err)
{
    struct dom_staff redeemed = *after;

    if (!before->activation_digest) {
        return cv_fail_as(err, CV_STALE, "cvActivationDigest", "Mã kích hoạt đã được dùng",
                          "The code was used already");
    }
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_staff_fields, dn_of(s, arena, before->id), actor};
    const char *unused = dir_filter_revision(arena, before->revision,
                                             dir_filter_eq(arena, "cvActivationDigest", before->activation_digest));

    redeemed.activation_digest = NULL;
    redeemed.activation_until = CV_NO_MOMENT;
    return save_password(s, &w, before, &redeemed, false, unused, password, out, err);
}
