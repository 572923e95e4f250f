/* Intents before writes, outcomes behind them: the directory's witness. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/log.h"
#include "provision/evidence/evidence.h"

enum { PATIENCE_MS = 5000 };

static void put_decision(struct prov_entry *e, const struct dom_decision *decision)
{
    if (decision == NULL || decision->number == NULL)
        return;
    cv_jout_object(&e->out, "decision");
    cv_jout_string(&e->out, "number", decision->number);
    cv_jout_day(&e->out, "signed_on", decision->signed_on);
    cv_jout_end(&e->out);
}

/* Whoever looks for a name finds its claim by hashing it; the log itself does not tell names. */
static void put_claims(struct prov_entry *e, const struct cv_key *key, const struct dir_deed *deed)
{
    char digest[CV_DIGEST_TEXT];
    if (deed->claim_count == 0)
        return;
    cv_jout_array(&e->out, "claims");
    for (size_t i = 0; i < deed->claim_count; i++) {
        cv_digest(key, deed->claims[i], strlen(deed->claims[i]), digest);
        cv_jout_string(&e->out, NULL, digest);
    }
    cv_jout_end(&e->out);
}

static const char *const verbs[] = {[DIR_ADDS] = "add", [DIR_CHANGES] = "change", [DIR_DELETES] = "delete"};

/* A write outside any use case: what the machine does by itself. */
static void put_own(struct prov_entry *e, const struct dir_deed *deed)
{
    size_t len = deed->actor != NULL ? strcspn(deed->actor, " ") : 0;
    char actor[64];
    snprintf(actor, sizeof(actor), "%.*s", len > 0 && len < sizeof(actor) ? (int)len : 6,
             len > 0 && len < sizeof(actor) ? deed->actor : "system");
    cv_jout_string(&e->out, "actor", actor);
    cv_jout_string(&e->out, "via", "service");
    cv_jout_string(&e->out, "action", "directory.write");
}

static bool write_intent(struct prov_entry *e, const struct prov_evidence *evidence, const struct prov_audit *audit,
                         const struct dir_deed *deed, bool with_changes)
{
    char digest[CV_DIGEST_TEXT];
    prov_entry_begin(e, "intent");
    if (audit != NULL) {
        prov_entry_who(e, audit->call);
        cv_jout_string(&e->out, "action", audit->action);
        put_decision(e, audit->decision);
        if (audit->call->reason != NULL)
            cv_jout_string(&e->out, "reason", audit->call->reason);
    } else {
        put_own(e, deed);
    }
    cv_jout_string(&e->out, "verb", verbs[deed->verb]);
    cv_jout_string(&e->out, "folder", deed->folder);
    cv_jout_string(&e->out, "target", deed->target);
    cv_jout_string(&e->out, "dn", deed->dn);
    put_claims(e, &evidence->options.names, deed);
    if (with_changes) {
        cv_jout_raw(&e->out, "changes", deed->changes, strlen(deed->changes));
    } else {
        cv_sha256(deed->changes, strlen(deed->changes), digest);
        cv_jout_string(&e->out, "changes_sha256", digest);
    }
    return prov_entry_end(e);
}

/* ---- the witness ---- */

static bool without_log(struct cv_error *err)
{
    return cv_fail(err, cvp_audit_unavailable, NULL,
                   "Nhật ký kiểm tra không mở được nên không thay đổi gì; vui lòng báo người quản trị",
                   "The evidence log cannot be opened, so nothing was changed; please tell the operator");
}

static bool before(void *ctx, const void *doing, const struct dir_deed *deed, struct cv_deadline deadline,
                   char mark[DIR_MARK_TEXT], struct cv_error *err)
{
    struct prov_evidence *evidence = ctx;
    struct ev_log *log = atomic_load(&evidence->log);
    struct prov_entry e;
    int64_t index;
    if (log == NULL)
        return without_log(err);
    bool ok = write_intent(&e, evidence, doing, deed, true);
    if (!ok) {
        cv_buf_free(&e.text);
        ok = write_intent(&e, evidence, doing, deed, false) ||
             cv_fail_as(err, CV_LIMIT, "", "Bản ghi quá lớn", "The record is too large");
    }
    int64_t left = cv_deadline_left_ms(deadline) / 2;
    struct cv_deadline patience = cv_deadline_in_ms(left < PATIENCE_MS ? left : PATIENCE_MS);
    ok = ok && ev_append(log, e.text.data, e.text.len, &index, err) && ev_wait(log, index, patience, err);
    cv_buf_free(&e.text);
    if (!ok)
        return false;
    ev_under_way(log, true);
    snprintf(mark, DIR_MARK_TEXT, "%.130s/%lld", ev_origin(log), (long long)index);
    return true;
}

static int64_t index_of(const char *mark)
{
    const char *slash = strrchr(mark, '/');
    return slash != NULL ? strtoll(slash + 1, NULL, 10) : -1;
}

static void after(void *ctx, const char *mark, enum dir_end end, const struct dir_stamp *stamp)
{
    static const char *const words[] = {
        [DIR_DONE] = "done", [DIR_NOT_DONE] = "not_done", [DIR_END_UNKNOWN] = "unknown"};
    struct prov_evidence *evidence = ctx;
    struct ev_log *log = atomic_load(&evidence->log);
    struct prov_entry e;
    prov_entry_begin(&e, "outcome");
    cv_jout_int(&e.out, "of", index_of(mark));
    cv_jout_string(&e.out, "outcome", words[end]);
    if (stamp != NULL)
        cv_jout_int(&e.out, "revision", stamp->revision);
    if (prov_entry_end(&e))
        (void)ev_note(log, e.text.data, e.text.len);
    ev_under_way(log, false);
    cv_buf_free(&e.text);
}

/* The flush came after its request had been refused: nothing was written. */
static void given_up(void *ctx, int64_t index, char *out, size_t size, size_t *out_len)
{
    struct prov_entry e;
    (void)ctx;
    prov_entry_begin(&e, "abandoned");
    cv_jout_int(&e.out, "of", index);
    *out_len = 0;
    if (prov_entry_end(&e) && e.text.len < size) {
        memcpy(out, e.text.data, e.text.len);
        *out_len = e.text.len;
    }
    cv_buf_free(&e.text);
}

/* ---- opening ---- */

static bool open_log(struct prov_evidence *evidence, struct cv_error *err)
{
    const struct ev_options options = {.folder = evidence->options.folder,
                                       .key_file = evidence->options.key_file,
                                       .site = evidence->options.site,
                                       .given_up = given_up,
                                       .ctx = evidence};
    struct ev_log *log = NULL;
    if (!ev_open(&options, &log, err))
        return false;
    atomic_store(&evidence->log, log);
    return true;
}

bool prov_evidence_open(const struct prov_evidence_options *options, struct prov_evidence **out, struct cv_error *err)
{
    struct prov_evidence *evidence = calloc(1, sizeof(*evidence));
    struct cv_error why = {0};
    if (evidence == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    evidence->options = *options;
    evidence->witness = (struct dir_witness){.ctx = evidence, .before = before, .after = after};
    evidence->targets = prov_targets_new();
    prov_readings_init(evidence);
    if (evidence->targets == NULL) {
        prov_evidence_close(&evidence);
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    }
    if (!open_log(evidence, &why))
        cv_log_error(CV_LOG_ERROR, "evidence", &why);
    *out = evidence;
    return true;
}

void prov_evidence_close(struct prov_evidence **pointer)
{
    struct prov_evidence *evidence = *pointer;
    *pointer = NULL;
    if (evidence == NULL)
        return;
    struct ev_log *log = atomic_load(&evidence->log);
    prov_readings_look(evidence, true);
    if (log != NULL)
        ev_close(&log);
    prov_targets_free(&evidence->targets);
    cv_lock_destroy(&evidence->lock);
    free(evidence->used);
    free(evidence);
}

const struct dir_witness *prov_evidence_witness(const struct prov_evidence *evidence)
{
    return &evidence->witness;
}

struct ev_log *prov_evidence_log(struct prov_evidence *evidence)
{
    return atomic_load(&evidence->log);
}

void prov_evidence_look(struct prov_evidence *evidence)
{
    struct cv_error err = {0};
    if (atomic_load(&evidence->log) == NULL && !open_log(evidence, &err))
        cv_log_error(CV_LOG_DEBUG, "evidence", &err);
    prov_readings_look(evidence, false);
}
