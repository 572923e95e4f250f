/* What is in the evidence log, for those who may see it. */
#include <string.h>

#include "provision/evidence/evidence.h"
#include "provision/evidence/targets.h"

enum { LOOK_AT_MOST = 20000, SCRATCH_MAX = 4 << 20 };

static bool broken(struct cv_error *err)
{
    return cv_fail(err, cvp_audit_unavailable, NULL,
                   "Chưa đọc được nhật ký kiểm tra; vui lòng thử lại, hoặc báo người quản trị",
                   "The evidence log cannot be read now; please try again, or tell the operator");
}

static const char *text_of(const struct cv_jany *entry, const char *name, struct cv_arena *arena)
{
    return cv_jany_text(cv_jany_get(entry, name), arena);
}

static bool understand(const char *text, size_t len, int64_t index, struct cv_arena *arena, struct prov_event *out)
{
    struct cv_error none = {0};
    const struct cv_jany *entry = cv_jany_parse(arena, text, len, &none);
    const char *at = entry != NULL ? text_of(entry, "at", arena) : NULL;
    *out = (struct prov_event){.index = index, .entry = entry};
    if (at == NULL || !cv_moment_parse_rfc3339(at, &out->at))
        return false;
    out->kind = text_of(entry, "kind", arena);
    out->actor = text_of(entry, "actor", arena);
    out->action = text_of(entry, "action", arena);
    out->target = text_of(entry, "target", arena);
    return out->kind != NULL;
}

static bool same(const char *wanted, const char *have)
{
    return wanted == NULL || (have != NULL && strcmp(wanted, have) == 0);
}

static bool fits(const struct prov_event_query *q, const struct prov_event *e)
{
    if (strcmp(e->kind, "outcome") == 0 || strcmp(e->kind, "abandoned") == 0 || strcmp(e->kind, "resolved") == 0)
        return false; /* told with their intents */
    return same(q->actor, e->actor) && same(q->action, e->action) && same(q->target, e->target) &&
           (q->from == CV_NO_MOMENT || e->at >= q->from) && (q->to == CV_NO_MOMENT || e->at < q->to) &&
           (q->shows == NULL || q->shows(q->ctx, e));
}

static const char *outcome_of(struct prov_targets *targets, int64_t index)
{
    static const char *const words[] = {[PROV_ENDED_DONE] = "done",
                                        [PROV_ENDED_NOT] = "not_done",
                                        [PROV_ENDED_ABANDONED] = "abandoned",
                                        [PROV_ENDED_UNKNOWN] = "unknown"};
    enum prov_ended ended = prov_targets_ended(targets, index);
    return ended == PROV_ENDED_OPEN ? NULL : words[ended];
}

static int64_t older(struct prov_targets *targets, const struct prov_event_query *q, int64_t before)
{
    return q->target != NULL ? prov_targets_before(targets, q->target, before) : before - 1;
}

struct walk {
    const struct prov_event_query *query;
    struct prov_targets *targets;
    struct ev_reader reader;
    struct cv_arena *arena, *scratch;
    struct prov_event *events;
    size_t count;
    bool past; /* what lies before is older than asked for */
};

/* False: damaged. */
static bool look_at(struct walk *w, int64_t index)
{
    const char *text;
    size_t len;
    struct prov_event event;
    cv_arena_reset(w->scratch);
    if (!ev_read(&w->reader, index, &text, &len))
        return false;
    if (!understand(text, len, index, w->scratch, &event))
        return true;
    w->past = w->query->from != CV_NO_MOMENT && event.at < w->query->from;
    if (!fits(w->query, &event) || !understand(text, len, index, w->arena, &event))
        return true;
    event.outcome = strcmp(event.kind, "intent") == 0 ? outcome_of(w->targets, index) : NULL;
    w->events[w->count++] = event;
    return true;
}

bool prov_events(struct prov_evidence *evidence, const struct prov_event_query *query, struct cv_arena *arena,
                 struct prov_event **out, size_t *out_count, int64_t *out_next, struct cv_error *err)
{
    struct ev_log *log = prov_evidence_log(evidence);
    struct walk w = {.query = query, .targets = evidence->targets, .arena = arena};
    if (log == NULL || !prov_targets_follow(w.targets, log))
        return broken(err);
    w.events = CV_NEWS(arena, struct prov_event, query->most + 1);
    w.scratch = cv_arena_new(SCRATCH_MAX);
    ev_reader_init(&w.reader, log);
    int64_t size = prov_targets_size(w.targets), looked = 0;
    int64_t at = older(w.targets, query, query->before >= 0 && query->before < size ? query->before : size);
    bool ok = w.scratch != NULL;
    for (; ok && at >= 0 && !w.past && w.count < query->most && looked < LOOK_AT_MOST; looked++) {
        ok = look_at(&w, at);
        at = older(w.targets, query, at);
    }
    ev_reader_free(&w.reader);
    cv_arena_free(&w.scratch);
    *out = w.events;
    *out_count = w.count;
    *out_next = at >= 0 && !w.past ? at + 1 : -1;
    return (ok && cv_arena_ok(arena)) || broken(err);
}

cv_moment prov_evidence_since(struct prov_evidence *evidence)
{
    struct ev_log *log = prov_evidence_log(evidence);
    struct ev_reader reader;
    struct prov_event first;
    const char *text;
    size_t len;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    if (log == NULL || !arena)
        return CV_NO_MOMENT;
    ev_reader_init(&reader, log);
    bool ok = ev_read(&reader, 0, &text, &len) && understand(text, len, 0, arena, &first);
    ev_reader_free(&reader);
    return ok ? first.at : CV_NO_MOMENT;
}

/* ---- for those who follow it from elsewhere ---- */

bool prov_evidence_checkpoint(struct prov_evidence *evidence, char out[EV_NOTE_MAX], struct cv_error *err)
{
    struct ev_log *log = prov_evidence_log(evidence);
    return (log != NULL && ev_published(log, out)) || broken(err);
}

bool prov_evidence_tile(struct prov_evidence *evidence, int level, const char *name, struct cv_buf *out,
                        struct cv_error *err)
{
    struct ev_log *log = prov_evidence_log(evidence);
    if (log == NULL)
        return broken(err);
    return ev_tile(log, level, name, out) ||
           cv_fail(err, cvp_not_found, NULL, "Nhật ký kiểm tra không có mảnh này", "The evidence log has no such tile");
}
