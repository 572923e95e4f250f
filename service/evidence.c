/* The evidence log in the program: opened before the first write, looked after by a thread of its own, and its
 * witness by another (a file elsewhere may hang), verified by a command. */
#include <stdio.h>
#include <string.h>

#include "congvu/evidence.h"
#include "congvu/lease.h"
#include "congvu/log.h"
#include "congvu/naming.h"
#include "congvu/prov_evidence.h"
#include "service.h"

enum { LOOK_MS = 2000, LOOK_DEADLINE_MS = 10000, RESOLVE_MS = 20000, LOOKS_BAD = 30 };

bool evidence_open(struct service *s, const char *folder, const char *key, struct cv_error *err)
{
    struct prov_evidence_options options = {.folder = folder, .key_file = key, .site = dom_policy_domain(s->policy)};
    cv_key_derive(&s->key, "names in evidence", &options.names);
    if (!prov_evidence_open(&options, &s->evidence, err))
        return false;
    s->directory.witness = prov_evidence_witness(s->evidence);
    dir_session_deadline(s->timer_session, cv_deadline_in_ms(RESOLVE_MS));
    struct cv_error why = {0};
    if (!prov_evidence_resolve(s->evidence, s->timer_session, &why))
        cv_log_error(CV_LOG_WARN, "evidence", &why); /* the next start looks again */
    cv_error_clear(&why);
    if (!prov_evidence_announce(s->evidence, s->timer_session, &why))
        cv_log_error(CV_LOG_DEBUG, "evidence", &why); /* in a fresh directory there is nobody yet to be told */
    return true;
}

/* Said once until it has been well again. */
static void see_witness(void *ctx)
{
    struct service *s = ctx;
    struct cv_error err = {0};
    char note[EV_NOTE_MAX];
    struct ev_log *log = prov_evidence_log(s->evidence);
    if (log == NULL || !ev_published(log, note))
        return;
    bool well = ev_witness(s->conf.audit_witness, note, &err);
    if (!well && !s->witness_fails)
        cv_log_error(CV_LOG_ERROR, "evidence_witness", &err);
    s->witness_fails = !well;
}

static void share(struct service *s)
{
    struct cv_error err = {0};
    dir_session_deadline(s->evidence_session, cv_deadline_in_ms(LOOK_DEADLINE_MS));
    if (!prov_evidence_share(s->evidence, s->evidence_session, &err))
        cv_log_error(CV_LOG_DEBUG, "evidence", &err);
}

/* One of several processes looks through the directory's log. When it cannot for a minute it says so, once until it has
 * been well again. */
static void look_for_hands(struct service *s)
{
    struct cv_error err = {0};
    if (!dir_lease_held(s->lease)) {
        *s->traced = '\0';
        return;
    }
    dir_session_deadline(s->evidence_session, cv_deadline_in_ms(LOOK_DEADLINE_MS));
    bool well = prov_evidence_by_hand(s->evidence, s->evidence_session, s->traced, &err);
    s->looks_failed = well ? 0 : s->looks_failed + 1;
    if (!well)
        cv_log_error(s->looks_failed == LOOKS_BAD ? CV_LOG_WARN : CV_LOG_DEBUG, "by_hand", &err);
}

static void hear_single(struct service *s)
{
    struct dir_standby_state state;
    if (s->directory.standby == NULL)
        return;
    dir_standby_state(s->directory.standby, &state);
    prov_evidence_single(s->evidence, state.said, state.single[0] == '\0');
}

void evidence_tick(void *ctx)
{
    struct service *s = ctx;
    prov_evidence_look(s->evidence);
    hear_single(s);
    look_for_hands(s);
    share(s);
}

bool evidence_start(struct service *s, struct cv_error *err)
{
    return dir_session_open(&s->directory, &s->evidence_session, err) &&
           job_timer_start("evidence-look", LOOK_MS, evidence_tick, s, &s->evidence_timer, err) &&
           (*s->conf.audit_witness == '\0' ||
            job_timer_start("witness", LOOK_MS, see_witness, s, &s->witness_timer, err));
}

bool evidence_verify(const struct options *options, bool *out_sound, struct cv_error *err)
{
    struct ev_verdict verdict;
    const struct ev_verify what = {
        .folder = options->object, .key = options->audit_key, .witness = options->audit_witness};
    if (options->folder == NULL || strcmp(options->folder, "verify") != 0 || options->object == NULL)
        return cv_fail(err, cvp_validation_failed, NULL, "Cách dùng: congvud audit verify THƯ-MỤC",
                       "Usage: congvud audit verify DIR");
    *out_sound = ev_verify(&what, &verdict);
    if (!*out_sound)
        printf("%s\nThe first bad entry is %lld, or one behind it / Bản ghi sai đầu tiên: %lld, hoặc ngay sau đó\n",
               verdict.words, (long long)verdict.bad, (long long)verdict.bad);
    else if (what.witness != NULL)
        printf("%lld entries, nothing was changed; a witness saw the first %lld / bản ghi, không có gì bị sửa\n",
               (long long)verdict.size, (long long)verdict.witnessed);
    else
        printf("%lld entries, nothing was changed / bản ghi, không có gì bị sửa\n", (long long)verdict.size);
    return true;
}
