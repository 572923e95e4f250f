/* Changes by hand: writes in the directory's log that no evidence log knows. A mark is only a text that anybody who can
 * write could write too, so one of ours is believed when our log has its intent, about this record, and nobody came
 * with it before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/log.h"
#include "congvu/trace.h"
#include "provision/evidence/evidence.h"
#include "provision/internal.h"

enum { ARENA_MAX = 32 << 20, TRACES = 400 };

struct hands {
    struct prov_evidence *evidence;
    struct ev_log *log;
    struct dir_session *session;
    struct cv_arena *arena;
    struct ev_reader reader;
    const char **origins; /* of the others' logs; NULL = not asked yet */
    size_t origin_count;
};

/* ---- marks ---- */

/* False: this index came before. */
static bool first_use(struct prov_evidence *evidence, int64_t index)
{
    size_t byte = (size_t)index / 8;
    uint8_t bit = (uint8_t)(1u << (index % 8));
    if (byte >= evidence->used_size) {
        size_t size = byte + 4096;
        uint8_t *used = realloc(evidence->used, size);
        if (used == NULL)
            return true;
        memset(used + evidence->used_size, 0, size - evidence->used_size);
        evidence->used = used;
        evidence->used_size = size;
    }
    bool first = (evidence->used[byte] & bit) == 0;
    evidence->used[byte] |= bit;
    return first;
}

static bool intent_about(struct hands *h, int64_t index, const char *dn)
{
    const char *text;
    size_t len;
    struct cv_error none = {0};
    if (!ev_read(&h->reader, index, &text, &len))
        return false;
    const struct cv_jany *entry = cv_jany_parse(h->arena, text, len, &none);
    const char *kind = entry != NULL ? cv_jany_text(cv_jany_get(entry, "kind"), h->arena) : NULL;
    const char *theirs = entry != NULL ? cv_jany_text(cv_jany_get(entry, "dn"), h->arena) : NULL;
    return kind != NULL && strcmp(kind, "intent") == 0 && theirs != NULL && cv_ascii_casecmp(theirs, dn) == 0;
}

/* Whose log is not here: that there is one is all that can be asked. Asked anew each time, for a process says so before
 * its first write. False + *err: the directory did not answer. */
static bool of_another(struct hands *h, const char *origin, bool *out, struct cv_error *err)
{
    *out = false;
    if (h->origins == NULL && !dir_checkpoint_origins(h->session, h->arena, &h->origins, &h->origin_count, err))
        return false;
    for (size_t i = 0; i < h->origin_count; i++)
        *out = *out || strcmp(h->origins[i], origin) == 0;
    return true;
}

static bool believed(struct hands *h, const struct dir_trace *t, bool *out, struct cv_error *err)
{
    const char *slash = t->mark != NULL ? strrchr(t->mark, '/') : NULL;
    *out = false;
    if (slash == NULL)
        return true;
    const char *origin = cv_arena_strndup(h->arena, t->mark, (size_t)(slash - t->mark));
    if (strcmp(origin, ev_origin(h->log)) != 0)
        return of_another(h, origin, out, err);
    int64_t index = strtoll(slash + 1, NULL, 10);
    *out = intent_about(h, index, t->dn) && first_use(h->evidence, index);
    return true;
}

/* ---- what is by hand ---- */

static bool put_by_hand(struct ev_log *log, const struct dir_trace *t)
{
    struct prov_entry e;
    prov_entry_begin(&e, "by_hand");
    cv_jout_string(&e.out, "actor", t->who);
    cv_jout_string(&e.out, "action", "directory.by_hand");
    cv_jout_string(&e.out, "verb", t->verb);
    cv_jout_string(&e.out, "dn", t->dn);
    const char *target = strchr(t->dn, '=');
    char name[128] = "";
    if (target != NULL)
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(target + 1, ","), target + 1);
    cv_jout_string(&e.out, "target", name);
    cv_jout_string(&e.out, "log_at", t->at);
    if (t->mark != NULL)
        cv_jout_string(&e.out, "false_mark", t->mark);
    cv_jout_strings(&e.out, "attributes", t->attributes, t->attribute_count);
    bool ok = prov_entry_end(&e) && ev_note(log, e.text.data, e.text.len);
    cv_buf_free(&e.text);
    return ok;
}

static bool tell(struct hands *h, const struct dir_trace *t)
{
    if (!put_by_hand(h->log, t))
        return false; /* no room now: it is found again */
    atomic_fetch_add(&h->evidence->by_hand, 1);
    cv_log(CV_LOG_WARN, "by_hand", "%s %s by %s, not through this service", t->verb, t->dn, t->who);
    return true;
}

uint64_t prov_evidence_hands(struct prov_evidence *evidence)
{
    return atomic_load(&evidence->by_hand);
}

/* ---- from where whoever looked last had come to ---- */

static bool find_place(struct hands *h, char last[PROV_TRACE_TEXT], struct cv_error *err)
{
    const char *place;
    if (*last != '\0')
        return true;
    if (h->evidence->used != NULL) /* what is read again is met again */
        memset(h->evidence->used, 0, h->evidence->used_size);
    if (!dir_trace_place(h->session, h->arena, &place, err))
        return false;
    if (*place == '\0')
        (void)cv_moment_ldap(cv_now(), last);
    else
        snprintf(last, PROV_TRACE_TEXT, "%s", place);
    return true;
}

/* False: it cannot be judged or told now, and is looked at again. */
static bool judge(struct hands *h, const struct dir_trace *t, struct cv_error *err)
{
    bool good = t->own;
    return (good || believed(h, t, &good, err)) && (good || tell(h, t));
}

static bool look_on(struct hands *h, char last[PROV_TRACE_TEXT], struct cv_error *err)
{
    struct dir_trace *traces = NULL;
    size_t count = 0, seen = 0;
    const char *next;
    if (!find_place(h, last, err) || !dir_trace_since(h->session, last, TRACES, h->arena, &traces, &count, &next, err))
        return false;
    while (seen < count && judge(h, &traces[seen], err))
        seen++;
    if (seen > 0)
        snprintf(last, PROV_TRACE_TEXT, "%s", traces[seen - 1].at);
    return err->kind == CV_OK && (seen == 0 || dir_trace_place_put(h->session, last, err));
}

bool prov_evidence_by_hand(struct prov_evidence *evidence, struct dir_session *session, char last[PROV_TRACE_TEXT],
                           struct cv_error *err)
{
    struct hands h = {.evidence = evidence, .log = prov_evidence_log(evidence), .session = session};
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);
    h.arena = arena;
    if (h.log == NULL || !arena)
        return true;
    ev_reader_init(&h.reader, h.log);
    bool ok = look_on(&h, last, err);
    ev_reader_free(&h.reader);
    return ok;
}

/* ---- what is said on a machine ---- */

static bool put_said(struct ev_log *log, const char *action, const char *said)
{
    struct prov_entry e;
    prov_entry_begin(&e, "on_machine");
    cv_jout_string(&e.out, "action", action);
    cv_jout_string(&e.out, "said", said);
    bool ok = prov_entry_end(&e) && ev_note(log, e.text.data, e.text.len);
    cv_buf_free(&e.text);
    return ok;
}

/* What finds no room now is met again. */
void prov_evidence_single(struct prov_evidence *evidence, const char *said, bool over)
{
    struct ev_log *log = prov_evidence_log(evidence);
    bool fresh = strcmp(said, evidence->single) != 0;
    if (log == NULL || (fresh && !put_said(log, "directory.single", said)))
        return;
    if (fresh) {
        snprintf(evidence->single, sizeof(evidence->single), "%s", said);
        evidence->single_over = false;
    }
    if (over && *said != '\0' && !evidence->single_over)
        evidence->single_over = put_said(log, "directory.single_over", said);
}
