/* Idempotency keys that have had their day: taken off the records that they made. */
#include "directory/records.h"

static bool forget_key(struct dir_session *s, struct cv_arena *arena, const struct dir_entry *entry,
                       const char *expired, struct cv_error *err)
{
    static const char *const names[] = {"cvIdempotencyKey", "cvIdempotencyBody", "cvIdempotencyAt"};
    struct dir_attrs was, will;

    dir_attrs_init(&was, arena);
    dir_attrs_init(&will, arena);
    for (size_t i = 0; i < CV_COUNT(names); i++) {
        dir_put(&was, names[i], dir_get_text(entry, names[i]));
    }
    /* not the key of a later request, which may have come in between */
    return dir_modify_entry(s, entry->dn, &was, &will, cv_arena_printf(arena, "(|%s(!(cvIdempotencyKey=*)))", expired),
                            NULL, err);
}

bool dir_idempotency_forget(struct dir_session *s, cv_moment until, bool *out_found, struct cv_error *err)
{
    char moment[CV_MOMENT_TEXT];
    struct dir_entry entry;
    cv_auto_arena arena = dir_scratch(err);

    if (!arena) {
        return false;
    }
    const char *expired = cv_arena_printf(arena, "(cvIdempotencyAt<=%s)", cv_moment_ldap(until, moment));

    *out_found = dir_find_entry(s, dir_session_base(s), expired, arena, &entry, err);
    if (*out_found) {
        return forget_key(s, arena, &entry, expired, err);
    }
    if (err->kind != CV_NOT_FOUND) {
        return false;
    }
    cv_error_clear(err);
    return true;
}
