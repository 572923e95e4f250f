/* What of a run lies in the directory's ou=work: who carries a plan out, and what came of it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/runs/run.h"

enum { PART = 1 << 20, PARTS_MAX = 64, STALE_S = 20, MARKERS_MAX = 1000 };
static const char folder[] = "imports", prefix[] = "running.";
static const struct dir_actor itself = {.name = "system", .request_id = "-", .via = "imports"};

const char *const imp_run_state_words[] = {"planned", "running", "interrupted", "ended", NULL};
_Static_assert(CV_COUNT(imp_run_state_words) == IMP_RUN_STATES + 1, "a word for each state");

/* ---- whose run it is ---- */

void imp_owner_of_this(struct imp_owner *out)
{
    *out = (struct imp_owner){.pid = getpid()};
    cv_id_text("run_", cv_id_make(), out->life);
    if (gethostname(out->host, sizeof(out->host) - 1) != 0)
        out->host[0] = '\0';
}

/* On its own machine a process is asked for; of another machine only silence tells. */
bool imp_marker_stale(const struct imp_marker *marker, const struct imp_owner *mine)
{
    const struct imp_owner *o = &marker->owner;
    if (strcmp(o->life, mine->life) == 0)
        return false;
    if (strcmp(o->host, mine->host) == 0 && (o->pid == mine->pid || (kill((pid_t)o->pid, 0) != 0 && errno == ESRCH)))
        return true;
    return cv_now() - marker->beat > STALE_S;
}

/* ---- JSON ---- */

static void write_progress(struct cv_jout *j, const struct imp_progress *p)
{
    cv_jout_string(j, "state", imp_run_state_words[p->state]);
    cv_jout_string(j, "by", p->by);
    cv_jout_moment(j, "started_at", p->started_at);
    cv_jout_moment(j, "ended_at", p->ended_at);
    cv_jout_int(j, "rows", p->rows);
    cv_jout_int(j, "run", p->run);
    for (int i = 0; i < IMP_OUTCOMES; i++)
        cv_jout_int(j, imp_outcome_words[i], p->sums[i]);
}

static cv_moment moment_of(const struct cv_jany *o, const char *name, struct cv_arena *arena)
{
    cv_moment out = CV_NO_MOMENT;
    const char *text = cv_jany_text(cv_jany_get(o, name), arena);
    return text != NULL && cv_moment_parse_rfc3339(text, &out) ? out : CV_NO_MOMENT;
}

static void read_progress(const struct cv_jany *o, struct cv_arena *arena, struct imp_progress *out)
{
    const char *state = cv_jany_text(cv_jany_get(o, "state"), arena);
    int at = state != NULL ? dom_word_index(imp_run_state_words, state) : -1;
    *out = (struct imp_progress){.state = at >= 0 ? (enum imp_run_state)at : IMP_INTERRUPTED,
                                 .by = cv_jany_text(cv_jany_get(o, "by"), arena),
                                 .started_at = moment_of(o, "started_at", arena),
                                 .ended_at = moment_of(o, "ended_at", arena)};
    cv_jany_int(cv_jany_get(o, "rows"), &out->rows);
    cv_jany_int(cv_jany_get(o, "run"), &out->run);
    for (int i = 0; i < IMP_OUTCOMES; i++)
        cv_jany_int(cv_jany_get(o, imp_outcome_words[i]), &out->sums[i]);
}

static const char *json_of_marker(const struct imp_marker *m, struct cv_arena *arena, size_t *out_len)
{
    char top[CV_ID_TEXT], lender[CV_ID_TEXT];
    const struct api_actor *actor = &m->asker.actor;
    const struct view_scope *scope = &actor->scope;
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 16);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "host", m->owner.host);
    cv_jout_string(&j, "life", m->owner.life);
    cv_jout_int(&j, "pid", m->owner.pid);
    cv_jout_moment(&j, "beat", m->beat);
    cv_jout_string(&j, "top", scope->everywhere ? NULL : cv_id_text("unt_", scope->top, top));
    cv_jout_int(&j, "scopes", actor->scopes);
    cv_jout_string(&j, "role", actor->is_person ? actor->label : NULL);
    cv_jout_string(&j, "on_behalf_of", cv_id_is_zero(actor->behalf) ? NULL : cv_id_text("stf_", actor->behalf, lender));
    write_progress(&j, &m->progress);
    cv_jout_end(&j);
    *out_len = buf.len;
    return cv_arena_strdup(arena, cv_buf_str(&buf));
}

static void copy_text(const struct cv_jany *o, const char *name, struct cv_arena *arena, char *out, size_t size)
{
    const char *text = cv_jany_text(cv_jany_get(o, name), arena);
    snprintf(out, size, "%s", text != NULL ? text : "");
}

static void read_asker(const struct cv_jany *o, struct cv_arena *arena, struct imp_asker *out)
{
    const char *top = cv_jany_text(cv_jany_get(o, "top"), arena);
    const char *role = cv_jany_text(cv_jany_get(o, "role"), arena);
    const char *lender = cv_jany_text(cv_jany_get(o, "on_behalf_of"), arena);
    int kind = role != NULL ? dom_word_index(dom_role_words, role) : -1;
    int64_t scopes = 0;
    out->actor.label = kind >= 0 ? dom_role_words[kind] : "self";
    copy_text(o, "by", arena, out->by, sizeof(out->by));
    cv_jany_int(cv_jany_get(o, "scopes"), &scopes);
    out->actor.scopes = (uint32_t)scopes;
    out->actor.scope.everywhere = top == NULL;
    out->actor.is_person = cv_id_parse("stf_", out->by, &out->actor.token);
    if (!out->actor.is_person && !cv_id_parse("tok_", out->by, &out->actor.token))
        out->actor.scopes = 0;
    if ((top != NULL && !cv_id_parse("unt_", top, &out->actor.scope.top)) ||
        (lender != NULL && !cv_id_parse("stf_", lender, &out->actor.behalf)))
        out->actor.scopes = 0;
}

/* ---- the marker ---- */

static const char *marker_name(struct cv_arena *arena, const char *import)
{
    return cv_arena_printf(arena, "%s%s", prefix, import);
}

bool imp_marker_read(struct dir_session *dir, const char *import, struct cv_arena *arena, struct imp_marker *out,
                     struct cv_error *err)
{
    *out = (struct imp_marker){0};
    if (!dir_document_read(dir, folder, marker_name(arena, import), arena, &out->document, err)) {
        out->document.name = NULL;
        return false;
    }
    const struct cv_jany *o = cv_jany_parse(arena, out->document.bytes, out->document.len, err);
    if (o == NULL)
        return false;
    copy_text(o, "host", arena, out->owner.host, sizeof(out->owner.host));
    copy_text(o, "life", arena, out->owner.life, sizeof(out->owner.life));
    cv_jany_int(cv_jany_get(o, "pid"), &out->owner.pid);
    out->beat = moment_of(o, "beat", arena);
    read_asker(o, arena, &out->asker);
    read_progress(o, arena, &out->progress);
    return true;
}

bool imp_marker_write(struct dir_session *dir, const char *import, struct cv_arena *arena, struct imp_marker *marker,
                      struct cv_error *err)
{
    size_t len = 0;
    marker->beat = cv_now();
    const char *bytes = json_of_marker(marker, arena, &len);
    if (marker->document.name != NULL) {
        if (!dir_document_save(dir, &marker->document, bytes, len, &itself, NULL, err))
            return false;
        marker->document.revision++;
    } else {
        const struct dir_document fresh = dir_document_of(folder, marker_name(arena, import), bytes, len);
        if (!dir_document_add(dir, &fresh, &itself, NULL, err))
            return false;
        marker->document = fresh;
    }
    marker->document.bytes = bytes;
    marker->document.len = len;
    return true;
}

bool imp_marker_delete(struct dir_session *dir, const char *import, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(1 << 16);
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    return dir_document_delete(dir, folder, marker_name(arena, import), &itself, err) || err->kind == CV_NOT_FOUND;
}

bool imp_markers(struct dir_session *dir, struct cv_arena *arena, const char ***out, size_t *out_count,
                 struct cv_error *err)
{
    struct dir_document *docs = NULL;
    size_t count = 0;
    if (!dir_document_list(dir, folder, prefix, NULL, MARKERS_MAX, false, arena, &docs, &count, err))
        return false;
    *out = CV_NEWS(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        (*out)[i] = docs[i].name + strlen(prefix);
    *out_count = count;
    return true;
}

/* ---- what came of it ---- */

static void write_result(struct cv_buf *out, const struct imp_result *r)
{
    struct cv_jout j;
    cv_jout_init(&j, out);
    cv_jout_object(&j, NULL);
    cv_jout_int(&j, "row", r->row);
    cv_jout_int(&j, "revision", r->revision);
    cv_jout_string(&j, "op", imp_op_words[r->op]);
    cv_jout_string(&j, "outcome", imp_outcome_words[r->outcome]);
    cv_jout_bool(&j, "made", r->made);
    cv_jout_string(&j, "key", r->key);
    cv_jout_string(&j, "staff", r->staff);
    cv_jout_string(&j, "address", r->address);
    cv_jout_string(&j, "changes", r->changes);
    cv_jout_string(&j, "code", r->code);
    cv_jout_string(&j, "vi", r->text[CV_VI]);
    cv_jout_string(&j, "en", r->text[CV_EN]);
    cv_jout_end(&j);
    cv_buf_putc(out, '\n');
}

static bool add(struct dir_session *dir, const char *name, const char *bytes, size_t len, struct cv_error *err)
{
    const struct dir_document doc = dir_document_of(folder, name, bytes, len);
    return dir_document_add(dir, &doc, &itself, NULL, err);
}

/* A head names the parts that tell what came of each row: those of a run before stay until it names the new ones. */
static const char *head_name(struct cv_arena *arena, const char *import)
{
    return cv_arena_printf(arena, "%s.run", import);
}

/* `written` NULL: by a version that knew one set of them. */
static const char *parts_of(struct cv_arena *arena, const char *import, const char *written)
{
    return cv_arena_printf(arena, "%s.out.%s%s", import, written != NULL ? written : "", written != NULL ? "." : "");
}

static const char *part_name(struct cv_arena *arena, const char *parts, int part)
{
    return cv_arena_printf(arena, "%s%04d", parts, part);
}

static bool forget_others(struct dir_session *dir, const char *import, const char *parts, struct cv_arena *arena,
                          struct cv_error *err)
{
    struct dir_document *docs = NULL;
    size_t count = 0;
    const char *all = parts_of(arena, import, NULL);
    if (!dir_document_list(dir, folder, all, NULL, DIR_DOCUMENT_NAMES_MAX, false, arena, &docs, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strncmp(docs[i].name, parts, strlen(parts)) != 0 &&
            !dir_document_delete(dir, folder, docs[i].name, &itself, err))
            return false;
    return true;
}

static bool write_head(struct dir_session *dir, const char *name, const char *bytes, size_t len, struct cv_arena *arena,
                       struct cv_error *err)
{
    struct dir_document before;
    if (dir_document_read(dir, folder, name, arena, &before, err))
        return dir_document_save(dir, &before, bytes, len, &itself, NULL, err);
    if (!cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    return add(dir, name, bytes, len, err);
}

static bool write_parts(struct dir_session *dir, const char *parts, const struct imp_result *results, size_t count,
                        struct cv_arena *arena, struct cv_error *err)
{
    cv_auto_buf buf = {0};
    int part = 0;
    bool ok = true;
    cv_buf_init(&buf, 2 * PART);
    for (size_t i = 0; i < count && ok; i++) {
        write_result(&buf, &results[i]);
        if (buf.len < PART / 2 && i + 1 < count)
            continue;
        ok = add(dir, part_name(arena, parts, part++), cv_buf_str(&buf), buf.len, err);
        cv_buf_reset(&buf);
    }
    return ok;
}

bool imp_ended_write(struct dir_session *dir, const char *import, const struct imp_progress *progress,
                     const struct imp_result *results, size_t count, struct cv_arena *arena, struct cv_error *err)
{
    struct cv_jout j;
    cv_auto_buf buf = {0};
    struct dir_document head;
    if (!dir_document_read(dir, folder, import, arena, &head, err)) /* the plan was deleted meanwhile */
        return cv_error_forgive(err, CV_NOT_FOUND);
    char written[CV_ID_TEXT];
    const char *parts = parts_of(arena, import, cv_id_text("run_", cv_id_make(), written));
    cv_buf_init(&buf, 1 << 16);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    write_progress(&j, progress);
    cv_jout_string(&j, "written", written);
    cv_jout_end(&j);
    return write_parts(dir, parts, results, count, arena, err) &&
           write_head(dir, head_name(arena, import), cv_buf_str(&buf), buf.len, arena, err) &&
           forget_others(dir, import, parts, arena, err);
}

static const char *kept_text(const struct cv_jany *o, const char *name, struct cv_arena *scratch,
                             struct cv_arena *arena)
{
    const char *text = cv_jany_text(cv_jany_get(o, name), scratch);
    return text != NULL ? cv_arena_strdup(arena, text) : NULL;
}

static void read_result(const char *line, size_t len, struct cv_arena *scratch, struct cv_arena *arena,
                        struct imp_result *out)
{
    struct cv_error none = {0};
    const struct cv_jany *o = cv_jany_parse(scratch, line, len, &none);
    const char *outcome = o != NULL ? cv_jany_text(cv_jany_get(o, "outcome"), scratch) : NULL;
    int at = outcome != NULL ? dom_word_index(imp_outcome_words, outcome) : -1;
    *out = (struct imp_result){.outcome = at >= 0 ? (enum imp_outcome)at : IMP_NOT_DONE};
    const char *op = cv_jany_text(cv_jany_get(o, "op"), scratch);
    out->op = op != NULL && dom_word_index(imp_op_words, op) >= 0 ? (enum imp_op)dom_word_index(imp_op_words, op)
                                                                  : IMP_PUT_STAFF;
    cv_jany_int(cv_jany_get(o, "row"), &out->row);
    cv_jany_int(cv_jany_get(o, "revision"), &out->revision);
    out->key = kept_text(o, "key", scratch, arena);
    out->staff = kept_text(o, "staff", scratch, arena);
    out->address = kept_text(o, "address", scratch, arena);
    out->changes = kept_text(o, "changes", scratch, arena);
    out->code = kept_text(o, "code", scratch, arena);
    out->text[CV_VI] = kept_text(o, "vi", scratch, arena);
    out->text[CV_EN] = kept_text(o, "en", scratch, arena);
    out->made = out->outcome == IMP_DONE || out->outcome == IMP_SCHEDULED ||
                (out->outcome == IMP_SAME && out->key == NULL); /* as of versions that did not say it */
    cv_jany_bool(cv_jany_get(o, "made"), &out->made);
}

static bool read_parts(struct dir_session *dir, const char *parts, size_t most, struct cv_arena *arena,
                       struct imp_result *out, size_t *out_count, struct cv_error *err)
{
    cv_auto_arena scratch = cv_arena_new(PART);
    if (scratch == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    for (int part = 0; part < PARTS_MAX; part++) {
        struct dir_document doc;
        if (!dir_document_read(dir, folder, part_name(arena, parts, part), arena, &doc, err))
            return cv_error_forgive(err, CV_NOT_FOUND);
        const char *at = doc.bytes, *end = doc.bytes + doc.len, *line = NULL;
        size_t len = 0;
        for (; *out_count < most && imp_next_line(&at, end, &line, &len); cv_arena_reset(scratch))
            read_result(line, len, scratch, arena, &out[(*out_count)++]);
    }
    return true;
}

bool imp_ended_read(struct dir_session *dir, const char *import, bool results, struct cv_arena *arena,
                    struct imp_progress *out, struct imp_result **out_results, size_t *out_count, struct cv_error *err)
{
    struct dir_document doc;
    if (!dir_document_read(dir, folder, head_name(arena, import), arena, &doc, err))
        return false;
    const struct cv_jany *o = cv_jany_parse(arena, doc.bytes, doc.len, err);
    if (o == NULL)
        return false;
    read_progress(o, arena, out);
    if (!results)
        return true;
    size_t most = out->run > 0 ? (size_t)out->run : 0;
    *out_results = CV_NEWS(arena, struct imp_result, most + 1);
    *out_count = 0;
    const char *parts = parts_of(arena, import, cv_jany_text(cv_jany_get(o, "written"), arena));
    return read_parts(dir, parts, most, arena, *out_results, out_count, err);
}
