/* Documents: what the service keeps for itself as bytes, by folder and name. */
#include <stdlib.h>
#include <string.h>

#include "congvu/records.h"
#include "directory/records/records.h"

enum { NAME_MAX_BYTES = 200 };

static const char *const classes[] = {"top", "cvDocumentEntry", NULL};

static void put_bytes(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dir_document *d = record;

    (void)base;
    dir_put_bytes(out, "cvDocument", d->bytes, d->len);
}

static bool take_bytes(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dir_document *d = r->record;

    (void)tag;
    d->bytes = attr->values[0].bytes;
    d->len = attr->values[0].len;
    return true;
}

/* "tok_... req-... http": the first word is the actor. */
static bool take_actor(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    const char *text = attr->values[0].bytes;

    (void)tag;
    ((struct dir_document *)r->record)->actor = cv_arena_strndup(r->arena, text, strcspn(text, " "));
    return true;
}

static const struct dir_field fields[] = {
    {"cvDocumentName", DIR_TEXT, .at = offsetof(struct dir_document, name), .flags = DIR_NEEDED},
    {"cvDocument", DIR_OWN, .put = put_bytes, .take = take_bytes},
    {"cvRevision", DIR_LONG, .at = offsetof(struct dir_document, revision), .flags = DIR_BOOK | DIR_NEEDED},
    {"cvActor", DIR_OWN, .take = take_actor, .flags = DIR_BOOK},
    {"cvCreatedAt", DIR_MOMENT, .at = offsetof(struct dir_document, created_at), .flags = DIR_BOOK},
    {"cvUpdatedAt", DIR_MOMENT, .at = offsetof(struct dir_document, updated_at), .flags = DIR_BOOK},
    {"cvIdempotencyKey", DIR_TEXT, .at = offsetof(struct dir_document, idempotency.key)},
    {"cvIdempotencyBody", DIR_TEXT, .at = offsetof(struct dir_document, idempotency.body)},
    {"cvIdempotencyAt", DIR_MOMENT, .at = offsetof(struct dir_document, idempotency.at)},
};
static const struct dir_fields document_fields = {fields, CV_COUNT(fields), classes};

static const char *document_dn(struct dir_session *s, struct cv_arena *arena, const char *folder, const char *name)
{
    return dir_dn_child(arena, dir_dn_folder(arena, dir_session_base(s), folder), "cvDocumentName", name);
}

/* What a save compares is held twice, before and after. */
static struct cv_arena *document_scratch(size_t before, size_t after, struct cv_error *err)
{
    if (before > DIR_DOCUMENT_MAX || after > DIR_DOCUMENT_MAX) {
        cv_fail_as(err, CV_LIMIT, "cvDocument", "Tài liệu quá lớn", "The document is too large");
        return NULL;
    }
    return dir_scratch(err);
}

struct dir_document dir_document_of(const char *folder, const char *name, const char *bytes, size_t len)
{
    return (struct dir_document){.folder = folder,
                                 .name = name,
                                 .bytes = bytes,
                                 .len = len,
                                 .created_at = cv_now(),
                                 .updated_at = CV_NO_MOMENT,
                                 .idempotency = {.at = CV_NO_MOMENT},
                                 .revision = 1};
}

static const char *kept(struct cv_arena *arena, const char *text)
{
    return text != NULL ? cv_arena_strdup(arena, text) : NULL;
}

struct dir_document dir_document_copy(struct cv_arena *arena, const struct dir_document *doc)
{
    struct dir_document out = *doc;
    out.folder = kept(arena, doc->folder);
    out.name = kept(arena, doc->name);
    out.bytes = cv_arena_bytes(arena, doc->bytes, doc->len);
    out.actor = kept(arena, doc->actor);
    out.idempotency.key = kept(arena, doc->idempotency.key);
    out.idempotency.body = kept(arena, doc->idempotency.body);
    return out;
}

bool dir_document_add(struct dir_session *s, const struct dir_document *doc, const struct dir_actor *actor,
                      struct dir_stamp *out, struct cv_error *err)
{
    cv_auto_arena arena = document_scratch(0, doc->len, err);

    if (!arena)
        return false;
    if (strlen(doc->name) > NAME_MAX_BYTES)
        return cv_fail_as(err, CV_INVALID, "cvDocumentName", "Tên tài liệu quá dài", "The name is too long");
    struct dir_write w = {arena, &document_fields, document_dn(s, arena, doc->folder, doc->name), actor};

    return dir_record_add(s, &w, doc, doc->created_at, out, err);
}

static bool take_document(const struct dir_entry *entry, const char *folder, struct cv_arena *arena,
                          struct dir_document *out, struct cv_error *err)
{
    struct dir_document doc = {.folder = cv_arena_strdup(arena, folder),
                               .bytes = "",
                               .created_at = CV_NO_MOMENT,
                               .updated_at = CV_NO_MOMENT,
                               .idempotency.at = CV_NO_MOMENT};

    if (!dir_fields_take(&document_fields, entry, arena, &doc, err))
        return false;
    *out = doc;
    return true;
}

bool dir_document_read(struct dir_session *s, const char *folder, const char *name, struct cv_arena *arena,
                       struct dir_document *out, struct cv_error *err)
{
    struct dir_entry entry;

    return dir_read_entry(s, document_dn(s, arena, folder, name), arena, &entry, err) &&
           take_document(&entry, folder, arena, out, err);
}

bool dir_document_find_idempotency(struct dir_session *s, const char *folder, const char *key, struct cv_arena *arena,
                                   struct dir_document *out, struct cv_error *err)
{
    struct dir_entry entry;

    return dir_find_entry(s, dir_dn_folder(arena, dir_session_base(s), folder),
                          dir_filter_eq(arena, "cvIdempotencyKey", key), arena, &entry, err) &&
           take_document(&entry, folder, arena, out, err);
}

bool dir_document_save(struct dir_session *s, const struct dir_document *before, const char *bytes, size_t len,
                       const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err)
{
    struct dir_document after = *before;
    cv_auto_arena arena = document_scratch(before->len, len, err);

    if (!arena)
        return false;
    after.bytes = bytes;
    after.len = len;
    struct dir_write w = {arena, &document_fields, document_dn(s, arena, before->folder, before->name), actor};

    return dir_record_save(s, &w, before, &after, before->revision, false, out, err);
}

/* A delete carries no attributes, so the actor is named only by the caller's own log line. */
bool dir_document_delete(struct dir_session *s, const char *folder, const char *name, const struct dir_actor *actor,
                         struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    (void)actor;
    return arena && dir_delete_entry(s, document_dn(s, arena, folder, name), NULL, err);
}

bool dir_document_delete_read(struct dir_session *s, const struct dir_document *doc, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    return arena && dir_delete_entry(s, document_dn(s, arena, doc->folder, doc->name),
                                     dir_filter_revision(arena, doc->revision, ""), err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct dir_value *)a)->bytes, ((const struct dir_value *)b)->bytes);
}

/* The server answers in no order, so all names with the prefix come, and are sorted here. */
static bool list_names(struct dir_session *s, const char *folder, const char *prefix, const char *after,
                       struct cv_arena *arena, struct dir_attr *out, struct cv_error *err)
{
    const char *filter = dir_filter_prefix(arena, "cvDocumentName", prefix);

    filter = dir_filter_and(arena, dir_filter_class(arena, "cvDocumentEntry"), filter);
    if (after)
        filter = dir_filter_and(arena, filter, dir_filter_from(arena, "cvDocumentName", after));
    if (!dir_list_values(s, dir_dn_folder(arena, dir_session_base(s), folder), filter, "cvDocumentName",
                         DIR_DOCUMENT_NAMES_MAX, arena, out, err))
        return false;
    if (out->count > 1)
        qsort(out->values, out->count, sizeof(*out->values), by_name);
    return true;
}

bool dir_document_list(struct dir_session *s, const char *folder, const char *prefix, const char *after, size_t max,
                       bool with_bytes, struct cv_arena *arena, struct dir_document **out, size_t *out_count,
                       struct cv_error *err)
{
    struct dir_attr names;
    size_t count = 0;

    if (!list_names(s, folder, prefix, after, arena, &names, err))
        return false;
    struct dir_document *docs = CV_NEWS(arena, struct dir_document, names.count < max ? names.count + 1 : max + 1);

    for (size_t i = 0; i < names.count && count < max && cv_arena_ok(arena); i++) {
        const char *name = names.values[i].bytes;

        if (after && strcmp(name, after) <= 0)
            continue;
        docs[count] = (struct dir_document){.folder = folder, .name = name};
        if (with_bytes && !dir_document_read(s, folder, name, arena, &docs[count], err)) {
            if (!cv_error_forgive(err, CV_NOT_FOUND)) /* deleted since the names were read */
                return false;
            continue;
        }
        count++;
    }
    if (!cv_arena_ok(arena))
        return cv_fail_as(err, CV_LIMIT, "", "Danh sách quá dài", "The list is too long");
    *out = docs;
    *out_count = count;
    return true;
}
