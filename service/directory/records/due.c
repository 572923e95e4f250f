/* What the clockwork looks for: idempotency keys that have had their day, people with whom something is due. */
#include <string.h>

#include "congvu/records.h"
#include "congvu/text.h"
#include "directory/records/records.h"

static bool lies_in(const char *dn, const char *folder)
{
    size_t dn_len = strlen(dn), len = strlen(folder);

    return dn_len > len && cv_ascii_casecmp(dn + dn_len - len, folder) == 0;
}

static bool kept_for_the_key(struct dir_session *s, struct cv_arena *arena, const char *dn)
{
    const char *base = dir_session_base(s);

    return lies_in(dn, dir_dn_folder(arena, base, "batches")) || lies_in(dn, dir_dn_folder(arena, base, "repeats"));
}

static bool forget_key(struct dir_session *s, struct cv_arena *arena, const struct dir_entry *entry,
                       const char *expired, struct cv_error *err)
{
    static const char *const names[] = {"cvIdempotencyKey", "cvIdempotencyBody", "cvIdempotencyAt"};
    struct dir_attrs was, will;

    if (kept_for_the_key(s, arena, entry->dn))
        return dir_delete_entry(s, entry->dn, NULL, err) || err->kind == CV_NOT_FOUND; /* another replica's clockwork */
    dir_attrs_init(&was, arena);
    dir_attrs_init(&will, arena);
    for (size_t i = 0; i < CV_COUNT(names); i++)
        dir_put(&was, names[i], dir_get_text(entry, names[i]));
    /* not the key of a later request, which may have come in between */
    return dir_modify_entry(s, entry->dn, &was, &will, cv_arena_printf(arena, "(|%s(!(cvIdempotencyKey=*)))", expired),
                            NULL, err);
}

bool dir_idempotency_forget(struct dir_session *s, cv_moment until, bool *out_found, struct cv_error *err)
{
    char moment[CV_MOMENT_TEXT];
    struct dir_entry entry;
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    const char *expired = cv_arena_printf(arena, "(cvIdempotencyAt<=%s)", cv_moment_ldap(until, moment));

    *out_found = dir_find_entry(s, dir_session_base(s), expired, arena, &entry, err);
    if (*out_found)
        return forget_key(s, arena, &entry, expired, err);
    return cv_error_forgive(err, CV_NOT_FOUND);
}

static bool find_people(struct dir_session *s, const char *filter, struct cv_id *out, size_t max, size_t *out_count,
                        struct cv_arena *arena, struct cv_error *err)
{
    static const char *const no_attributes[] = {"1.1", NULL};
    struct dir_entry *found = NULL;
    size_t count = 0;

    if (!dir_find_named(s, dir_dn_people(arena, dir_session_base(s)), filter, no_attributes, max, arena, &found, &count,
                        err))
        return false;
    *out_count = 0;
    for (size_t i = 0; i < count; i++)
        *out_count += dir_dn_id(found[i].dn, "stf_", &out[*out_count]);
    return true;
}

bool dir_staff_due(struct dir_session *s, cv_moment until, struct cv_id *out, size_t max, size_t *out_count,
                   struct cv_error *err)
{
    char moment[CV_MOMENT_TEXT];
    cv_auto_arena arena = dir_scratch(err);

    return arena && find_people(s, cv_arena_printf(arena, "(cvDueAt<=%s)", cv_moment_ldap(until, moment)), out, max,
                                out_count, arena, err);
}

bool dir_staff_holding(struct dir_session *s, const char *login, struct cv_id *out, size_t max, size_t *out_count,
                       struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    return arena && find_people(s, login ? dir_filter_eq(arena, "cvHolds", login) : "(cvHolds=*)", out, max, out_count,
                                arena, err);
}
