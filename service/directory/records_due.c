/* What the clockwork looks for: idempotency keys that have had their day, people with whom something is due. */
#include "directory/records.h"
#include "directory/session.h"

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

static char due_id[] = "cvId";
static char *due_names[] = {due_id, NULL};

static bool collect_ids(LDAP *ld, LDAPMessage *answer, struct cv_arena *arena, struct cv_id *out, size_t max,
                        size_t *out_count, struct cv_error *err)
{
    *out_count = 0;
    for (LDAPMessage *m = ldap_first_entry(ld, answer); m && *out_count < max; m = ldap_next_entry(ld, m)) {
        struct dir_entry entry;

        if (!dir_entry_copy(ld, m, arena, &entry, err)) {
            return false;
        }
        const char *id = dir_get_text(&entry, "cvId");

        *out_count += id && cv_id_parse("stf_", id, &out[*out_count]);
    }
    return true;
}

bool dir_staff_due(struct dir_session *s, cv_moment until, struct cv_id *out, size_t max, size_t *out_count,
                   struct cv_error *err)
{
    char moment[CV_MOMENT_TEXT];
    cv_auto_arena arena = dir_scratch(err);
    dir_auto_answer answer = NULL;
    int code;

    if (!arena) {
        return false;
    }
    const struct dir_request request = {
        .intent = "asking who is due",
        .start = dir_start_search,
        .dn = dir_dn_people(arena, dir_session_base(s)),
        .scope = LDAP_SCOPE_ONELEVEL,
        .filter = cv_arena_printf(arena, "(cvDueAt<=%s)", cv_moment_ldap(until, moment)),
        .names = due_names,
        .size_limit = (int)max,
    };

    if (!dir_exchange(s, &request, &answer, &code, err)) {
        return false;
    }
    if (code != LDAP_SUCCESS && code != LDAP_SIZELIMIT_EXCEEDED) {
        return dir_refused(s, &request, answer, err);
    }
    return collect_ids(dir_session_handle(s), answer, arena, out, max, out_count, err);
}
