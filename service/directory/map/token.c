/* An API credential: only a digest of its secret. */
#include "congvu/token.h"
#include "directory/map/common.h"

#define AT(m) .at = offsetof(struct dom_token, m)

static const char *const classes[] = {"top", "cvTokenEntry", NULL};

static void put_scopes(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_token *t = record;

    (void)base;
    for (size_t i = 0; (1u << i) <= DOM_ALL_SCOPES; i++)
        if (t->scopes & (1u << i))
            dir_put(out, "cvScope", dom_scope_words[i]);
}

static bool take_scopes(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_token *t = r->record;

    (void)tag;
    for (size_t i = 0; i < attr->count; i++) {
        int word = dom_word_index(dom_scope_words, attr->values[i].bytes);

        if (word < 0)
            return dir_unreadable(r->err, r->entry, attr->name, "has a value that is not understood");
        t->scopes |= 1u << word;
    }
    return true;
}

static void put_unit(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_token *t = record;

    if (!t->everywhere)
        dir_put(out, "cvUnit", dir_dn_unit(out->arena, base, t->unit));
}

static bool take_unit(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_token *t = r->record;

    (void)tag;
    return dir_dn_id(attr->values[0].bytes, "unt_", &t->unit) ||
           dir_unreadable(r->err, r->entry, attr->name, "is not the name of a unit");
}

static const struct dir_field fields[] = {
    {"cvId", DIR_ID, AT(id), .prefix = "tok_", .flags = DIR_NEEDED},
    {"cvRevision", DIR_LONG, AT(revision), .flags = DIR_BOOK | DIR_NEEDED},
    {"cvCreatedAt", DIR_MOMENT, AT(created_at), .flags = DIR_BOOK},
    {"cvLabel", DIR_TEXT, AT(name)},
    {"cvTokenDigest", DIR_TEXT, AT(digest), .flags = DIR_NEEDED},
    {"cvScope", DIR_OWN, .put = put_scopes, .take = take_scopes},
    {"cvUnit", DIR_OWN, .put = put_unit, .take = take_unit},
    {"cvEverywhere", DIR_BOOL, AT(everywhere)},
    {"cvFeed", DIR_BOOL, AT(feed)},
    {"cvExpiresAt", DIR_MOMENT, AT(expires_at)},
    {"cvRevokedAt", DIR_MOMENT, AT(revoked_at)},
    {"cvOwner", DIR_ID, AT(owner), .prefix = "stf_"},
    {"cvCreatedBy", DIR_TEXT, AT(created_by)},
    {"cvIdempotencyKey", DIR_TEXT, AT(idempotency.key), .flags = DIR_UNFED},
    {"cvIdempotencyBody", DIR_TEXT, AT(idempotency.body), .flags = DIR_UNFED},
    {"cvIdempotencyAt", DIR_MOMENT, AT(idempotency.at), .flags = DIR_UNFED},
};
const struct dir_fields dir_token_fields = {fields, CV_COUNT(fields), classes};

void dir_map_token(const struct dom_token *token, const char *base, struct dir_attrs *out)
{
    dir_fields_put(&dir_token_fields, token, base, out);
}

bool dir_unmap_token(const struct dir_entry *entry, struct cv_arena *arena, struct dom_token *out, struct cv_error *err)
{
    struct dom_token t = {.expires_at = CV_NO_MOMENT,
                          .revoked_at = CV_NO_MOMENT,
                          .created_at = CV_NO_MOMENT,
                          .idempotency.at = CV_NO_MOMENT};

    if (!dir_fields_take(&dir_token_fields, entry, arena, &t, err))
        return false;
    if (!t.everywhere && cv_id_is_zero(t.unit)) {
        return dir_unreadable(err, entry, "cvUnit",
                              "is missing"); /* or the token would be good for nothing or for all */
    }
    *out = t;
    return true;
}
