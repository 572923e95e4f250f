/* Calls about somebody who is there, repeated under their Idempotency-Key: a document for each key says whom it was
 * about, because a person holds but the key by which he was made. */
#include <string.h>

#include "provision/core/turns.h"
#include "provision/staff/once.h"

static const char folder[] = "repeats";

/* A document for a key, and not its person: he is nobody any more. */
static bool recall(struct prov_call *call, struct dom_staff *out, struct dom_idempotency *pair, bool *out_found,
                   struct cv_error *err)
{
    struct dir_document document;
    struct cv_id id = {0};
    *out_found = dir_document_read(call->dir, folder, call->idempotency.key, call->arena, &document, err);
    if (!*out_found)
        return true;
    *pair = document.idempotency;
    cv_id_parse("stf_", cv_arena_strndup(call->arena, document.bytes, document.len), &id);
    return dir_staff_read(call->dir, id, call->arena, out, err) ||
           (err->kind == CV_NOT_FOUND && prov_unseen(err, cvp_staff_not_found));
}

static bool seen(struct prov_call *call, struct prov_staff_result *out, bool *out_replay, struct cv_error *err)
{
    struct dom_idempotency pair = {0};
    bool found = false;
    if (!recall(call, &out->staff, &pair, &found, err))
        return false;
    out->outcome = PROV_REPLAYED;
    const struct prov_recall before = {.found = found,
                                       .pair = &pair,
                                       .visible = found && prov_sees_staff(call, &out->staff),
                                       .missing = cvp_staff_not_found};
    return prov_seen_before(call, &before, out_replay, err);
}

/* What was done is done: of a kill before this, or a directory that is gone, nobody has had an answer, or a repeat does
 * it again. */
static void note(struct prov_call *call, struct cv_id staff)
{
    struct dir_actor actor = prov_dir_actor(call);
    struct cv_error err = {0};
    const char *whom = cv_id_kept("stf_", staff, call->arena);
    struct dir_document document = dir_document_of(folder, call->idempotency.key, whom, strlen(whom));
    document.idempotency = prov_new_idempotency(call);
    if (!dir_document_add(call->dir, &document, &actor, NULL, &err))
        cv_log_error(CV_LOG_WARN, "repeat_key", &err);
}

static bool once(struct prov_call *call, prov_once_fn *fn, void *ctx, struct prov_staff_result *out,
                 struct cv_error *err)
{
    bool replayed = false;
    if (!seen(call, out, &replayed, err))
        return false;
    if (replayed)
        return true;
    if (!fn(call, ctx, out, err))
        return false;
    note(call, out->staff.id);
    return true;
}

bool prov_staff_once(struct prov_call *call, prov_once_fn *fn, void *ctx, struct prov_staff_result *out,
                     struct cv_error *err)
{
    const char *key = call->idempotency.key;
    *out = (struct prov_staff_result){0};
    if (key == NULL || call->validate_only)
        return fn(call, ctx, out, err);
    if (!prov_turn_begin(call, key, err))
        return false;
    bool ok = once(call, fn, ctx, out, err);
    prov_turn_end(call, key);
    return ok;
}
