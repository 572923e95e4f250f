/* What all use cases share: names on their way, idempotency, retries, settling. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "provision/core/attempts.h"
#include "provision/internal.h"

bool prov_new(const struct prov_options *options, struct prov **out, struct cv_error *err)
{
    struct prov *prov = calloc(1, sizeof(*prov));
    if (prov == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    cv_lock_init(&prov->lock, CV_RANK_NAMES);
    cv_cond_init(&prov->turned);
    prov->attempts = prov_attempts_new();
    prov->pairs = prov_attempts_new();
    if (prov->attempts == NULL || prov->pairs == NULL) {
        prov_free(&prov);
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    }
    prov->options = *options;
    prov->usage_folded = CV_NO_DAY;
    prov->snapshot_day = CV_NO_DAY;
    prov->activation_on = CV_NO_DAY;
    prov->reminded_at = CV_NO_MOMENT;
    *out = prov;
    return true;
}

cv_day prov_snapshot_day(const struct prov *prov)
{
    return prov->snapshot_day;
}

void prov_free(struct prov **prov)
{
    if (*prov == NULL)
        return;
    for (size_t i = 0; i < (*prov)->reserved_count; i++)
        free((*prov)->reserved[i]);
    prov_attempts_free(&(*prov)->attempts);
    prov_attempts_free(&(*prov)->pairs);
    pthread_cond_destroy(&(*prov)->turned);
    cv_lock_destroy(&(*prov)->lock);
    free(*prov);
    *prov = NULL;
}

void prov_on_write(struct prov *prov, void (*wrote)(void *ctx), void *ctx)
{
    prov->wrote = wrote;
    prov->wrote_ctx = ctx;
}

/* Where the name stands, or reserved_count. Under the lock. */
static size_t reserved_at(const struct prov *prov, const char *name)
{
    size_t i = 0;
    while (i < prov->reserved_count && cv_ascii_casecmp(prov->reserved[i], name) != 0)
        i++;
    return i;
}

static bool reserve_locked(struct prov *prov, const char *name)
{
    if (reserved_at(prov, name) < prov->reserved_count)
        return false;
    char *copy = prov->reserved_count < PROV_RESERVED_MAX ? strdup(name) : NULL;
    if (copy != NULL) /* no room: the directory still arbitrates */
        prov->reserved[prov->reserved_count++] = copy;
    return true;
}

bool prov_reserve(struct prov *prov, const char *name)
{
    cv_lock_take(&prov->lock);
    bool ok = reserve_locked(prov, name);
    cv_lock_give(&prov->lock);
    return ok;
}

void prov_unreserve(struct prov *prov, const char *name)
{
    cv_lock_take(&prov->lock);
    size_t at = reserved_at(prov, name);
    if (at < prov->reserved_count) {
        free(prov->reserved[at]);
        prov->reserved[at] = prov->reserved[--prov->reserved_count];
    }
    cv_lock_give(&prov->lock);
}

struct dir_actor prov_dir_actor(const struct prov_call *call)
{
    return (struct dir_actor){
        .name = call->actor, .request_id = call->request_id, .via = call->via, .behalf = call->behalf};
}

cv_day prov_holds_from(const struct prov_call *call, cv_moment created_at)
{
    cv_day today = cv_today();
    bool first_day = created_at != CV_NO_MOMENT && cv_day_of(created_at) == today;
    return first_day || today <= view_dated_since(call->prov->options.view) ? CV_NO_DAY : today;
}

static struct cv_deadline patience(const struct prov_call *call)
{
    return cv_deadline_min(cv_deadline_in_ms(PROV_VIEW_WAIT_MS), call->deadline);
}

void prov_settle(struct prov_call *call, const struct dir_stamp *stamp)
{
    if (!stamp->changed || call->prov->options.view == NULL)
        return;
    if (!view_wait(call->prov->options.view, stamp, patience(call)))
        cv_count(CVM_view_wait_timeouts);
    if (call->prov->wrote != NULL)
        call->prov->wrote(call->prov->wrote_ctx);
}

void prov_settle_gone(struct prov_call *call, struct cv_id id)
{
    if (!view_wait_gone(call->prov->options.view, id, patience(call)))
        cv_count(CVM_view_wait_timeouts);
}

struct prov_call prov_unasked(const struct prov_call *call)
{
    struct prov_call own = *call;
    own.match = PROV_MATCH_ANY;
    return own;
}

bool prov_check_match(const struct prov_call *call, int64_t revision, struct cv_error *err)
{
    if (call->create_only)
        return cv_fail(err, cvp_etag_mismatch, "If-None-Match", "Bản ghi đã có", "The record is already there");
    if (call->match != PROV_MATCH_REVISION || call->match_revision == revision)
        return true;
    cv_fail(err, cvp_etag_mismatch, "If-Match", "Bản ghi đã được người khác sửa, vui lòng đọc lại trước khi sửa",
            "The record has changed since you read it; please read it again first");
    snprintf(err->etag, sizeof(err->etag), "\"%lld\"", (long long)revision);
    return false;
}

struct dom_idempotency prov_new_idempotency(const struct prov_call *call)
{
    struct dom_idempotency fresh = call->idempotency;
    fresh.at = cv_now();
    return fresh.key != NULL ? fresh : (struct dom_idempotency){.at = CV_NO_MOMENT};
}

bool prov_replay_ok(const struct prov_call *call, const struct dom_idempotency *found, struct cv_error *err)
{
    if (found->body != NULL && call->idempotency.body != NULL && strcmp(found->body, call->idempotency.body) == 0)
        return true;
    return cv_fail(err, cvp_idempotency_key_reused, "Idempotency-Key",
                   "Khóa Idempotency-Key này đã dùng cho nội dung khác, vui lòng dùng khóa mới",
                   "This Idempotency-Key was used for another body; please use a new key");
}

bool prov_seen_before(struct prov_call *call, const struct prov_recall *recall, bool *out_replay, struct cv_error *err)
{
    *out_replay = recall->found;
    if (recall->found)
        return prov_replay_ok(call, recall->pair, err) && (recall->visible || prov_unseen(err, recall->missing));
    return cv_error_forgive(err, CV_NOT_FOUND);
}

/* The directory refused because somebody else wrote in between; what the caller's own If-Match says is final. */
bool prov_somebody_faster(const struct prov_call *call, const struct cv_error *err)
{
    return err->kind == CV_STALE && call->match != PROV_MATCH_REVISION && !call->create_only;
}

bool prov_write(struct prov_call *call, const char *action, const char *target, prov_attempt_fn *attempt, void *ctx,
                struct cv_error *err)
{
    struct dir_stamp stamp = {0};
    struct prov_audit audit;
    bool ok = false;
    prov_audit_begin(&audit, call, action, target, NULL);
    for (int i = 0; i < PROV_RETRIES && !ok && !cv_deadline_passed(call->deadline); i++) {
        cv_error_clear(err);
        ok = attempt(call, ctx, &stamp, err);
        if (!ok && !prov_somebody_faster(call, err))
            break;
    }
    if (ok)
        prov_settle(call, &stamp);
    prov_audit_end(&audit, ok, err);
    return ok;
}
