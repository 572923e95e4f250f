/* Batches: what is kept so that a repeat under the same Idempotency-Key runs nothing a second time. */
#include <string.h>

#include "provision/internal.h"

static const char folder[] = "batches";

static bool claim(struct prov_call *call, struct prov_batch *batch, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    batch->document = dir_document_of(folder, call->idempotency.key, "", 0);
    batch->document.idempotency = prov_new_idempotency(call);
    return dir_document_add(call->dir, &batch->document, &actor, NULL, err);
}

static bool find(struct prov_call *call, struct prov_batch *batch, struct cv_error *err)
{
    if (!dir_document_read(call->dir, folder, call->idempotency.key, call->arena, &batch->document, err))
        return false;
    if (batch->document.len > 0)
        batch->outcomes = cv_arena_strndup(call->arena, batch->document.bytes, batch->document.len);
    return prov_replay_ok(call, &batch->document.idempotency, err);
}

bool prov_batch_begin(struct prov_call *call, struct prov_batch *out, struct cv_error *err)
{
    *out = (struct prov_batch){.keyed = call->idempotency.key != NULL && !call->validate_only};
    if (!out->keyed || find(call, out, err))
        return true;
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    if (claim(call, out, err))
        return true;
    if (err->kind != CV_EXISTS && err->kind != CV_CONFLICT)
        return false;
    cv_error_clear(err); /* another request of the same key was faster */
    return find(call, out, err);
}

void prov_batch_end(struct prov_call *call, const struct prov_batch *batch, const char *outcomes)
{
    struct dir_actor actor = prov_dir_actor(call);
    struct cv_error err = {0};
    if (!batch->keyed || batch->outcomes != NULL ||
        dir_document_save(call->dir, &batch->document, outcomes, strlen(outcomes), &actor, NULL, &err))
        return;
    if (err.kind != CV_STALE) /* the same key, run twice at once: the first one's outcomes stay */
        cv_log_error(CV_LOG_WARN, "batch_key", &err);
}
