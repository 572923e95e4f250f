/* After a start: what a process that was killed had begun, and what became of it. And the logs of others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/log.h"
#include "congvu/trace.h"
#include "provision/evidence/evidence.h"
#include "provision/internal.h"

enum { OPEN_MAX = 4096, BACK_MAX = 200000, ARENA_MAX = 32 << 20 };

struct open_intent {
    int64_t index;
    const char *dn;
    cv_moment at;
};

struct looking_back {
    struct ev_log *log;
    struct cv_arena *kept, *scratch;
    int64_t *closed; /* intents with an outcome behind them */
    size_t closed_count, closed_room;
    struct open_intent open[OPEN_MAX];
    size_t open_count;
};

static void close_intent(struct looking_back *b, int64_t index)
{
    if (b->closed_count == b->closed_room) {
        b->closed_room = b->closed_room == 0 ? 1024 : b->closed_room * 2;
        int64_t *more = realloc(b->closed, b->closed_room * sizeof(*more));
        cv_must(more != NULL);
        b->closed = more;
    }
    b->closed[b->closed_count++] = index;
}

/* Outcomes come soon after their intents, so the search begins with the youngest. */
static bool is_closed(const struct looking_back *b, int64_t index)
{
    for (size_t i = b->closed_count; i > 0; i--)
        if (b->closed[i - 1] == index)
            return true;
    return false;
}

/* False: a former process began here, there is nothing before it. */
static bool take_entry(struct looking_back *b, int64_t index, const struct cv_jany *entry)
{
    const char *kind = cv_jany_text(cv_jany_get(entry, "kind"), b->scratch);
    int64_t of = -1;
    if (kind == NULL)
        return true;
    if (strcmp(kind, "started") == 0)
        return false;
    if (cv_jany_int(cv_jany_get(entry, "of"), &of))
        close_intent(b, of);
    if (strcmp(kind, "intent") == 0 && !is_closed(b, index) && b->open_count < OPEN_MAX) {
        const char *at = cv_jany_text(cv_jany_get(entry, "at"), b->scratch);
        const char *dn = cv_jany_text(cv_jany_get(entry, "dn"), b->scratch);
        struct open_intent *open = &b->open[b->open_count++];
        *open = (struct open_intent){.index = index, .dn = cv_arena_strdup(b->kept, dn != NULL ? dn : "")};
        if (at == NULL || !cv_moment_parse_rfc3339(at, &open->at))
            open->at = 0;
    }
    return true;
}

static void look_back(struct looking_back *b)
{
    struct ev_state state;
    struct ev_reader reader;
    bool on = true;
    ev_reader_init(&reader, b->log);
    ev_state(b->log, &state);
    int64_t least = state.size > BACK_MAX ? state.size - BACK_MAX : 0;
    for (int64_t i = state.size - 1; i >= least && on; i--) {
        const char *text;
        size_t len;
        struct cv_error err = {0};
        cv_arena_reset(b->scratch);
        on = ev_read(&reader, i, &text, &len);
        const struct cv_jany *entry = on ? cv_jany_parse(b->scratch, text, len, &err) : NULL;
        on = on && (entry == NULL || take_entry(b, i, entry));
    }
    ev_reader_free(&reader);
}

static bool put_resolved(struct looking_back *b, const struct open_intent *open, enum dir_found found)
{
    static const char *const words[] = {
        [DIR_FOUND] = "done", [DIR_FOUND_NOT] = "not_done", [DIR_FOUND_UNKNOWN] = "unknown"};
    struct prov_entry e;
    prov_entry_begin(&e, "resolved");
    cv_jout_int(&e.out, "of", open->index);
    cv_jout_string(&e.out, "outcome", words[found]);
    bool ok = prov_entry_end(&e) && ev_note(b->log, e.text.data, e.text.len);
    cv_buf_free(&e.text);
    return ok;
}

/* A log that lacks its last change proves nothing by what it lacks. */
static bool log_is_whole(struct looking_back *b, struct dir_session *session, bool *out, struct cv_error *err)
{
    enum dir_found last;
    const char *csn;
    if (!dir_trace_last(session, b->scratch, &last, &csn, err))
        return false;
    *out = last != DIR_FOUND_NOT;
    if (!*out)
        cv_log(CV_LOG_WARN, "directory_log",
               "cn=log lacks the directory's last change (%s), as a power cut may leave it; the evidence log has it",
               csn);
    return true;
}

/* The oldest first. */
static struct dir_sought *sought(struct looking_back *b)
{
    struct dir_sought *items = CV_NEWS(b->kept, struct dir_sought, b->open_count + 1);
    for (size_t i = 0; i < b->open_count; i++) {
        const struct open_intent *open = &b->open[b->open_count - 1 - i];
        const char *mark = cv_arena_printf(b->kept, "%.130s/%lld", ev_origin(b->log), (long long)open->index);
        items[i] = (struct dir_sought){.dn = open->dn, .mark = mark, .at = open->at};
    }
    return items;
}

static bool resolve_all(struct looking_back *b, struct dir_session *session, struct cv_error *err)
{
    bool whole = true, ok = log_is_whole(b, session, &whole, err);
    struct dir_sought *items = sought(b);
    ok = ok && (b->open_count == 0 || dir_trace_find(session, items, b->open_count, err));
    for (size_t i = 0; i < b->open_count && ok; i++) {
        enum dir_found found = items[i].found == DIR_FOUND_NOT && !whole ? DIR_FOUND_UNKNOWN : items[i].found;
        ok = put_resolved(b, &b->open[b->open_count - 1 - i], found);
    }
    if (b->open_count > 0)
        cv_log(CV_LOG_WARN, "evidence", "%zu intents of a former process had no outcome; looked up", b->open_count);
    return ok;
}

static void put_started(struct ev_log *log)
{
    struct prov_entry e;
    prov_entry_begin(&e, "started");
    cv_jout_string(&e.out, "version", CONGVU_VERSION);
    if (prov_entry_end(&e))
        (void)ev_note(log, e.text.data, e.text.len);
    cv_buf_free(&e.text);
}

bool prov_evidence_resolve(struct prov_evidence *evidence, struct dir_session *session, struct cv_error *err)
{
    struct ev_log *log = prov_evidence_log(evidence);
    struct looking_back *b = log != NULL ? calloc(1, sizeof(*b)) : NULL;
    if (b == NULL)
        return true;
    b->log = log;
    b->kept = cv_arena_new(ARENA_MAX);
    b->scratch = cv_arena_new(ARENA_MAX);
    look_back(b);
    bool ok = resolve_all(b, session, err);
    if (ok)
        put_started(log);
    cv_arena_free(&b->kept);
    cv_arena_free(&b->scratch);
    free(b->closed);
    free(b);
    return ok;
}

/* ---- the others ---- */

static void keep_peers(struct prov_evidence *evidence, const char *own, const char *const *names, size_t count)
{
    cv_lock_take(&evidence->lock);
    evidence->peer_count = 0;
    for (size_t i = 0; i < count && evidence->peer_count < PROV_PEERS; i++)
        if (strcmp(names[i], own) != 0)
            snprintf(evidence->peers[evidence->peer_count++], PROV_PEER_TEXT, "%s", names[i]);
    cv_lock_give(&evidence->lock);
}

bool prov_evidence_announce(struct prov_evidence *evidence, struct dir_session *session, struct cv_error *err)
{
    struct ev_log *log = prov_evidence_log(evidence);
    char note[EV_NOTE_MAX];
    return log == NULL || dir_checkpoint_put(session, ev_origin(log), ev_published(log, note) ? note : "-", err);
}

bool prov_evidence_share(struct prov_evidence *evidence, struct dir_session *session, struct cv_error *err)
{
    char note[EV_NOTE_MAX];
    struct ev_log *log = prov_evidence_log(evidence);
    const char **names;
    size_t count;
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);
    if (log == NULL || !arena || !ev_published(log, note))
        return true;
    bool moved = strcmp(note, evidence->shared) != 0;
    if ((moved && !dir_checkpoint_put(session, ev_origin(log), note, err)) ||
        !dir_checkpoint_origins(session, arena, &names, &count, err))
        return false;
    memcpy(evidence->shared, note, sizeof(note));
    keep_peers(evidence, ev_origin(log), names, count);
    return true;
}

size_t prov_evidence_peers(struct prov_evidence *evidence, struct cv_arena *arena, const char ***out)
{
    cv_lock_take(&evidence->lock);
    size_t count = evidence->peer_count;
    *out = CV_NEWS(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        (*out)[i] = cv_arena_strdup(arena, evidence->peers[i]);
    cv_lock_give(&evidence->lock);
    return count;
}
