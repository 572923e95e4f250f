/* Records in and out: what is the same for all of them, and units, systems and tokens. */
#include <string.h>

#include "congvu/records.h"
#include "congvu/token.h"
#include "directory/records/records.h"

enum { SCRATCH_MAX = 8 << 20 };

struct cv_arena *dir_scratch(struct cv_error *err)
{
    struct cv_arena *arena = cv_arena_new(SCRATCH_MAX);

    if (!arena)
        cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    return arena;
}

const char *dir_actor_text(struct cv_arena *arena, const struct dir_actor *actor)
{
    return cv_arena_printf(arena, "%s %s %s%s%s", actor->name ? actor->name : "-",
                           actor->request_id ? actor->request_id : "-", actor->via ? actor->via : "-",
                           actor->behalf ? " for " : "", actor->behalf ? actor->behalf : "");
}

const char *dir_dn_units(struct cv_arena *arena, const char *base)
{
    return dir_dn_child(arena, base, "ou", "units");
}

const char *dir_dn_tokens(struct cv_arena *arena, const char *base)
{
    return dir_dn_child(arena, dir_dn_system_root(arena, base), "ou", "tokens");
}

/* The unique overlay searches from the suffix under the controls of the write, assertion and all (slapd 2.5): the
 * assertion must hold for the suffix too, or every change of a unique attribute fails. The suffix has no revision;
 * every record has one. */
const char *dir_filter_revision(struct cv_arena *arena, int64_t revision, const char *also)
{
    return cv_arena_printf(arena, "(|(&(cvRevision=%lld)%s)(!(cvRevision=*)))", (long long)revision, also);
}

static bool has_field(const struct dir_fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (strcmp(fields->items[i].name, name) == 0)
            return true;
    return false;
}

bool dir_record_add(struct dir_session *s, const struct dir_write *w, const void *record, cv_moment created_at,
                    struct dir_stamp *out, struct cv_error *err)
{
    struct dir_attrs attrs;
    cv_moment now = cv_now();

    dir_attrs_init(&attrs, w->arena);
    dir_fields_put(w->fields, record, dir_session_base(s), &attrs);
    dir_put_int(&attrs, "cvRevision", 1);
    dir_put(&attrs, "cvActor", dir_actor_text(w->arena, w->actor));
    dir_put_moment(&attrs, "cvCreatedAt", created_at == CV_NO_MOMENT ? now : created_at);
    if (has_field(w->fields, "cvUpdatedAt"))
        dir_put_moment(&attrs, "cvUpdatedAt", created_at == CV_NO_MOMENT ? now : created_at);
    return dir_add_entry(s, w->dn, &attrs, out, err);
}

void dir_record_pair(const struct dir_write *w, const char *base, const void *before, const void *after,
                     int64_t revision, bool quiet, struct dir_attrs *out_before, struct dir_attrs *out_after)
{
    dir_attrs_init(out_before, w->arena);
    dir_attrs_init(out_after, w->arena);
    dir_fields_put(w->fields, before, base, out_before);
    dir_fields_put(w->fields, after, base, out_after);
    dir_put_int(out_before, "cvRevision", revision);
    dir_put_int(out_after, "cvRevision", quiet ? revision : revision + 1);
    dir_put(out_after, "cvActor", dir_actor_text(w->arena, w->actor));
    dir_put_moment(out_after, "cvUpdatedAt", cv_now());
}

bool dir_record_save(struct dir_session *s, const struct dir_write *w, const void *before, const void *after,
                     int64_t revision, bool quiet, struct dir_stamp *out, struct cv_error *err)
{
    struct dir_attrs was, will;

    dir_record_pair(w, dir_session_base(s), before, after, revision, quiet, &was, &will);
    return dir_record_send(s, w, &was, &will, dir_filter_revision(w->arena, revision, ""), out, err);
}

bool dir_record_send(struct dir_session *s, const struct dir_write *w, const struct dir_attrs *was,
                     const struct dir_attrs *will, const char *asserted, struct dir_stamp *out, struct cv_error *err)
{
    if (!dir_modify_entry(s, w->dn, was, will, asserted, out, err))
        return false;
    if (out)
        out->updated_at = dir_get_moment(&(const struct dir_entry){.attrs = *will}, "cvUpdatedAt");
    return true;
}

/* ---- units ---- */
bool dir_unit_add(struct dir_session *s, const struct dom_unit *unit, const struct dir_actor *actor,
                  struct dir_stamp *out, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_unit_fields, dir_dn_unit(arena, dir_session_base(s), unit->id), actor};

    return dir_record_add(s, &w, unit, unit->created_at, out, err);
}

bool dir_unit_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_unit *out,
                   struct cv_error *err)
{
    struct dir_entry entry;

    return dir_read_entry(s, dir_dn_unit(arena, dir_session_base(s), id), arena, &entry, err) &&
           dir_unmap_unit(&entry, arena, out, err);
}

bool dir_unit_save(struct dir_session *s, const struct dom_unit *before, const struct dom_unit *after, bool quiet,
                   const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_unit_fields, dir_dn_unit(arena, dir_session_base(s), before->id), actor};

    return dir_record_save(s, &w, before, after, before->revision, quiet, out, err);
}

/* A delete carries no attributes, so the actor of a delete is named only by the caller's own log line. */
bool dir_unit_delete(struct dir_session *s, const struct dom_unit *unit, const struct dir_actor *actor,
                     struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    (void)actor;
    return arena && dir_delete_entry(s, dir_dn_unit(arena, dir_session_base(s), unit->id),
                                     dir_filter_revision(arena, unit->revision, ""), err);
}

static bool find_unit(struct dir_session *s, const char *filter, struct cv_arena *arena, struct dom_unit *out,
                      struct cv_error *err)
{
    struct dir_entry entry;

    return dir_find_entry(s, dir_dn_units(arena, dir_session_base(s)), filter, arena, &entry, err) &&
           dir_unmap_unit(&entry, arena, out, err);
}

bool dir_unit_find_code(struct dir_session *s, const char *code, struct cv_arena *arena, struct dom_unit *out,
                        struct cv_error *err)
{
    const char *claim = cv_arena_printf(arena, "unit/%s", dom_code_key(arena, code));

    return find_unit(s, dir_filter_eq(arena, "cvCode", claim), arena, out, err);
}

bool dir_unit_find_mailbox(struct dir_session *s, const char *login, struct cv_arena *arena, struct dom_unit *out,
                           struct cv_error *err)
{
    return find_unit(s, dir_filter_eq(arena, "uid", login), arena, out, err);
}

bool dir_unit_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_unit *out,
                               struct cv_error *err)
{
    return find_unit(s, dir_filter_eq(arena, "cvIdempotencyKey", key), arena, out, err);
}

/* ---- systems ---- */
bool dir_system_read(struct dir_session *s, const char *slug, struct cv_arena *arena, struct dom_system *out,
                     struct cv_error *err)
{
    struct dir_entry entry;

    return dir_read_entry(s, dir_dn_system(arena, dir_session_base(s), slug), arena, &entry, err) &&
           dir_unmap_system(&entry, arena, out, err);
}

bool dir_system_add(struct dir_session *s, const struct dom_system *system, const struct dir_actor *actor,
                    struct dir_stamp *out, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_system_fields, dir_dn_system(arena, dir_session_base(s), system->slug), actor};

    return dir_record_add(s, &w, system, CV_NO_MOMENT, out, err);
}

bool dir_system_save(struct dir_session *s, const struct dom_system *before, const struct dom_system *after,
                     const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_system_fields, dir_dn_system(arena, dir_session_base(s), before->slug), actor};

    return dir_record_save(s, &w, before, after, before->revision, false, out, err);
}

/* ---- tokens ---- */
bool dir_token_add(struct dir_session *s, const struct dom_token *token, const struct dir_actor *actor,
                   struct dir_stamp *out, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_token_fields, dir_dn_token(arena, dir_session_base(s), token->id), actor};

    return dir_record_add(s, &w, token, token->created_at, out, err);
}

bool dir_token_read(struct dir_session *s, struct cv_id id, struct cv_arena *arena, struct dom_token *out,
                    struct cv_error *err)
{
    struct dir_entry entry;

    return dir_read_entry(s, dir_dn_token(arena, dir_session_base(s), id), arena, &entry, err) &&
           dir_unmap_token(&entry, arena, out, err);
}

bool dir_token_save(struct dir_session *s, const struct dom_token *before, const struct dom_token *after,
                    const struct dir_actor *actor, struct dir_stamp *out, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    struct dir_write w = {arena, &dir_token_fields, dir_dn_token(arena, dir_session_base(s), before->id), actor};

    return dir_record_save(s, &w, before, after, before->revision, false, out, err);
}

bool dir_token_find_idempotency(struct dir_session *s, const char *key, struct cv_arena *arena, struct dom_token *out,
                                struct cv_error *err)
{
    struct dir_entry entry;

    return dir_find_entry(s, dir_dn_tokens(arena, dir_session_base(s)), dir_filter_eq(arena, "cvIdempotencyKey", key),
                          arena, &entry, err) &&
           dir_unmap_token(&entry, arena, out, err);
}
