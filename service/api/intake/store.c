/* Uploads and plans in the directory's ou=work: a head, and bytes in parts beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/intake/imports.h"

static const char folder[] = "imports";
enum {
    PART = 1 << 20,
    PARTS_MAX = 64,
    SWEEP_ARENA = 4 << 20,
    UNDER_WAY_S = 86400 /* parts of an upload come before its head */
};

static bool not_found(struct cv_error *err)
{
    return cv_fail(err, cvp_import_not_found, NULL, "Không có danh sách này, hoặc đã quá 30 ngày",
                   "There is no such list, or its 30 days are over");
}

static bool add(struct prov_call *call, const char *name, const char *bytes, size_t len, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    struct dir_document doc = dir_document_of(folder, name, bytes, len);
    return dir_document_add(call->dir, &doc, &actor, NULL, err);
}

static bool add_parts(struct prov_call *call, const char *id, const char *what, const char *bytes, size_t len,
                      struct cv_error *err)
{
    for (size_t at = 0, part = 0; at < len; at += PART, part++) {
        const char *name = cv_arena_printf(call->arena, "%s.%s.%04zu", id, what, part);
        if (!add(call, name, bytes + at, len - at < PART ? len - at : PART, err))
            return false;
    }
    return true;
}

/* The head comes last: without it there is no plan. */
bool imp_store(struct prov_call *call, const struct imp_stored *in, struct cv_error *err)
{
    return add_parts(call, in->id, "file", in->file, in->file_len, err) &&
           add_parts(call, in->id, "rows", in->rows, in->rows_len, err) &&
           add(call, in->id, in->head, in->head_len, err);
}

static bool read_parts(struct prov_call *call, const char *id, const char *what, char **out, size_t *out_len,
                       struct cv_error *err)
{
    struct cv_buf all;
    cv_buf_init(&all, (size_t)PARTS_MAX * PART);
    for (int part = 0; part < PARTS_MAX; part++) {
        struct dir_document doc;
        const char *name = cv_arena_printf(call->arena, "%s.%s.%04d", id, what, part);
        if (!dir_document_read(call->dir, folder, name, call->arena, &doc, err)) {
            *out = cv_arena_bytes(call->arena, cv_buf_str(&all), all.len);
            *out_len = all.len;
            cv_buf_free(&all);
            return cv_error_forgive(err, CV_NOT_FOUND);
        }
        cv_buf_put(&all, doc.bytes, doc.len);
    }
    cv_buf_free(&all);
    return cv_fail(err, cvp_internal, NULL, "Danh sách đã lưu quá lớn", "The stored list is too large");
}

/* ---- the head's own members ---- */
static void read_options(struct cv_arena *arena, const struct cv_jany *head, struct imp_options *out)
{
    const struct cv_jany *o = cv_jany_get(head, "options");
    const char *kind = cv_jany_text(cv_jany_get(head, "kind"), arena), *day;
    int at = kind ? dom_word_index(int_list_kind_words, kind) : -1;
    *out = (struct imp_options){.kind = at >= 0 ? (enum int_list_kind)at : INT_STAFF,
                                .signed_on = CV_NO_DAY,
                                .effective_on = CV_NO_DAY,
                                .sheet = cv_jany_text(cv_jany_get(o, "sheet"), arena),
                                .category = cv_jany_text(cv_jany_get(o, "category"), arena),
                                .decision = cv_jany_text(cv_jany_get(o, "decision_number"), arena),
                                .absent_reason = cv_jany_text(cv_jany_get(o, "absent_reason"), arena)};
    if ((day = cv_jany_text(cv_jany_get(o, "signed_on"), arena)) != NULL)
        cv_day_parse(day, &out->signed_on);
    if ((day = cv_jany_text(cv_jany_get(o, "effective_on"), arena)) != NULL)
        cv_day_parse(day, &out->effective_on);
    cv_jany_bool(cv_jany_get(o, "here_before"), &out->here_before);
}

/* Whoever sees all that its maker saw may see it. */
static bool may_see(struct htp_exchange *x, const struct cv_jany *head)
{
    const struct api_actor *actor = api_actor(x);
    const char *top = cv_jany_text(cv_jany_get(head, "top"), x->arena);
    struct cv_id unit;
    if (top == NULL)
        return actor->scope.everywhere;
    return cv_id_parse("unt_", top, &unit) && view_reaches_people(api_of(x)->view, actor->scope, unit);
}

static bool take_head(struct htp_exchange *x, const struct dir_document *doc, struct imp_stored *out,
                      struct cv_error *err)
{
    const struct cv_jany *head = cv_jany_parse(x->arena, doc->bytes, doc->len, err);
    if (head == NULL || !may_see(x, head) || cv_now() - doc->created_at > (cv_moment)IMP_KEEP_DAYS * 86400)
        return not_found(err);
    *out = (struct imp_stored){.id = doc->name,
                               .head = doc->bytes,
                               .head_len = doc->len,
                               .revision = doc->revision,
                               .created_at = cv_jany_text(cv_jany_get(head, "created_at"), x->arena)};
    cv_jany_bool(cv_jany_get(head, "needs_approval"), &out->needs_approval);
    read_options(x->arena, head, &out->options);
    return true;
}

/* ---- corrected copies: beside the head of the old one stands the id of the new one ---- */
static const char *successor_name(struct cv_arena *arena, const char *id)
{
    return cv_arena_printf(arena, "%s.replaced", id);
}

/* out->name NULL: there is none. */
static bool look_for(struct prov_call *call, const char *name, struct dir_document *out, struct cv_error *err)
{
    *out = (struct dir_document){0};
    return dir_document_read(call->dir, folder, name, call->arena, out, err) || cv_error_forgive(err, CV_NOT_FOUND);
}

/* *out NULL: none; one that is deleted replaces nothing. `mark` says which one was named. */
static bool successor(struct prov_call *call, const char *id, struct dir_document *mark, const char **out,
                      struct cv_error *err)
{
    struct dir_document copy = {0};
    if (!look_for(call, successor_name(call->arena, id), mark, err) ||
        (mark->name != NULL && !look_for(call, cv_arena_strndup(call->arena, mark->bytes, mark->len), &copy, err)))
        return false;
    *out = copy.name;
    return true;
}

static bool take_successor(struct prov_call *call, struct imp_stored *out, struct cv_error *err)
{
    struct dir_document mark;
    return successor(call, out->id, &mark, &out->replaced_by, err);
}

bool imp_replaced(struct prov_call *call, const char *id, bool *out, struct cv_error *err)
{
    struct dir_document mark;
    bool known = look_for(call, successor_name(call->arena, id), &mark, err);
    *out = known && mark.name != NULL;
    return known;
}

/* Another copy may have been named meanwhile: only the mark that was looked at goes. */
bool imp_not_replaced(struct prov_call *call, const char *id, struct cv_error *err)
{
    struct dir_document mark;
    const char *copy = NULL;
    if (!successor(call, id, &mark, &copy, err))
        return false;
    if (mark.name == NULL || (copy == NULL && dir_document_delete_read(call->dir, &mark, err)) ||
        cv_error_forgive(err, CV_NOT_FOUND)) /* somebody else has asked too */
        return true;
    if (copy == NULL && !cv_error_forgive(err, CV_STALE))
        return false;
    return cv_fail(err, cvp_import_replaced, NULL, "Danh sách này đã được thay bằng bản đã sửa",
                   "This list has been replaced by a corrected copy");
}

/* The mark that is there may go, or become another one, while this one is made. */
bool imp_replace(struct prov_call *call, const char *old, const char *id, struct cv_error *err)
{
    enum { TIMES = 8 };
    struct dir_document mark;
    struct dir_actor actor = prov_dir_actor(call);
    const char *name = successor_name(call->arena, old);
    for (int i = 0; i < TIMES; i++) {
        cv_error_clear(err);
        if (add(call, name, id, strlen(id), err))
            return true;
        if (!cv_error_forgive(err, CV_EXISTS))
            return false;
        if (dir_document_read(call->dir, folder, name, call->arena, &mark, err) &&
            dir_document_save(call->dir, &mark, id, strlen(id), &actor, NULL, err))
            return true;
        if (err->kind != CV_NOT_FOUND && err->kind != CV_STALE)
            return false;
    }
    return false;
}

bool imp_load(struct htp_exchange *x, struct prov_call *call, const char *id, bool rows, bool file,
              struct imp_stored *out, struct cv_error *err)
{
    struct dir_document doc;
    struct cv_id parsed;
    if (!cv_id_parse("imp_", id, &parsed))
        return not_found(err);
    if (!dir_document_read(call->dir, folder, id, call->arena, &doc, err))
        return err->kind == CV_NOT_FOUND ? not_found(err) : false;
    return take_head(x, &doc, out, err) && take_successor(call, out, err) &&
           (!rows || read_parts(call, id, "rows", &out->rows, &out->rows_len, err)) &&
           (!file || read_parts(call, id, "file", &out->file, &out->file_len, err));
}

/* Parts first: a head that is left can be deleted again. */
bool imp_delete(struct prov_call *call, const char *id, struct cv_error *err)
{
    struct dir_document *docs = NULL;
    struct dir_actor actor = prov_dir_actor(call);
    size_t count = 0;
    if (!dir_document_list(call->dir, folder, id, NULL, DIR_DOCUMENT_NAMES_MAX, false, call->arena, &docs, &count, err))
        return false;
    for (size_t i = count; i-- > 0;)
        if (!dir_document_delete(call->dir, folder, docs[i].name, &actor, err))
            return false;
    return true;
}

static bool is_head(const struct dir_document *doc)
{
    return strchr(doc->name, '.') == NULL;
}

/* A head past its days, or a part that no head came for. */
static bool is_over(struct prov_call *call, const struct dir_document *first)
{
    struct dir_document doc;
    struct cv_error none = {0};
    cv_moment most = is_head(first) ? (cv_moment)IMP_KEEP_DAYS * 86400 : UNDER_WAY_S;
    return dir_document_read(call->dir, folder, first->name, call->arena, &doc, &none) &&
           cv_now() - doc.created_at > most;
}

/* By name the head stands before its parts; all of one plan stand together. */
void api_imports_sweep(const struct prov_call *call)
{
    struct dir_document *docs = NULL;
    struct cv_error err = {0};
    size_t count = 0, len = 0;
    struct prov_call own = *call;
    cv_auto_arena arena = cv_arena_new(SWEEP_ARENA);
    if (arena == NULL || !dir_document_list(call->dir, folder, "imp_", NULL, DIR_DOCUMENT_NAMES_MAX, false, call->arena,
                                            &docs, &count, &err))
        return;
    own.arena = arena;
    for (size_t i = 0; i < count; i++, cv_arena_reset(arena)) {
        bool same = i > 0 && strncmp(docs[i].name, docs[i - 1].name, len) == 0 && strcspn(docs[i].name, ".") == len;
        len = strcspn(docs[i].name, ".");
        if (!same && is_over(&own, &docs[i]))
            (void)imp_delete(&own, cv_arena_strndup(arena, docs[i].name, len), &err);
        cv_error_clear(&err);
    }
}

static int by_age(const void *a, const void *b)
{
    const struct imp_stored *one = a, *other = b;
    int order = one->created_at != NULL && other->created_at != NULL ? strcmp(one->created_at, other->created_at) : 0;
    return order != 0 ? order : strcmp(one->id, other->id);
}

bool imp_list(struct htp_exchange *x, struct prov_call *call, struct imp_stored **out, size_t *count,
              struct cv_error *err)
{
    struct dir_document *docs = NULL;
    size_t found = 0;
    *count = 0;
    if (!dir_document_list(call->dir, folder, "imp_", NULL, DIR_DOCUMENT_NAMES_MAX, false, call->arena, &docs, &found,
                           err))
        return false;
    *out = CV_NEWS(call->arena, struct imp_stored, found + 1);
    for (size_t i = 0; i < found; i++) {
        struct dir_document doc;
        struct cv_error none = {0};
        struct imp_stored *next = &(*out)[*count];
        if (is_head(&docs[i]) && dir_document_read(call->dir, folder, docs[i].name, call->arena, &doc, &none) &&
            take_head(x, &doc, next, &none) && take_successor(call, next, &none))
            (*count)++;
    }
    qsort(*out, *count, sizeof **out, by_age);
    return true;
}

/* ---- rows, a line of JSON each ---- */
void imp_row_write(struct cv_buf *out, const struct imp_row *row)
{
    struct cv_jout j;
    cv_jout_init(&j, out);
    cv_jout_object(&j, NULL);
    cv_jout_int(&j, "row", row->row);
    cv_jout_string(&j, "action", imp_action_words[row->action]);
    cv_jout_string(&j, "op", imp_op_words[row->op]);
    cv_jout_string(&j, "key", row->key);
    cv_jout_string(&j, "staff", row->staff);
    cv_jout_string(&j, "name", row->name);
    cv_jout_string(&j, "address", row->address);
    cv_jout_int(&j, "revision", row->revision);
    cv_jout_string(&j, "body", row->body);
    cv_jout_string(&j, "changes", row->changes);
    if (row->corrects)
        cv_jout_bool(&j, "corrects", true);
    cv_jout_array(&j, "notes");
    for (size_t i = 0; i < row->note_count; i++) {
        const struct imp_note *n = &row->notes[i];
        cv_jout_object(&j, NULL);
        cv_jout_string(&j, "column", n->column);
        cv_jout_string(&j, "code", n->code);
        cv_jout_string(&j, "weight", n->weight);
        cv_jout_string(&j, "vi", n->text[CV_VI]);
        cv_jout_string(&j, "en", n->text[CV_EN]);
        cv_jout_end(&j);
    }
    cv_jout_end(&j);
    cv_jout_end(&j);
    cv_buf_putc(out, '\n');
}

static const char *text(const struct cv_jany *o, const char *name, struct cv_arena *arena)
{
    return cv_jany_text(cv_jany_get(o, name), arena);
}

bool imp_row_read(struct cv_arena *arena, const char *line, size_t len, struct imp_row *out)
{
    struct cv_error none = {0};
    const struct cv_jany *o = cv_jany_parse(arena, line, len, &none), *notes = o ? cv_jany_get(o, "notes") : NULL;
    const char *action = o ? text(o, "action", arena) : NULL;
    const char *op_word = o ? text(o, "op", arena) : NULL;
    int at = action ? dom_word_index(imp_action_words, action) : -1,
        op = op_word ? dom_word_index(imp_op_words, op_word) : -1;
    if (at < 0 || op < 0)
        return false;
    *out = (struct imp_row){.action = (enum imp_action)at,
                            .op = (enum imp_op)op,
                            .key = text(o, "key", arena),
                            .staff = text(o, "staff", arena),
                            .name = text(o, "name", arena),
                            .address = text(o, "address", arena),
                            .body = text(o, "body", arena),
                            .changes = text(o, "changes", arena)};
    cv_jany_int(cv_jany_get(o, "row"), &out->row);
    cv_jany_int(cv_jany_get(o, "revision"), &out->revision);
    cv_jany_bool(cv_jany_get(o, "corrects"), &out->corrects);
    for (size_t i = 0; i < cv_jany_count(notes) && i < IMP_NOTES; i++) {
        const struct cv_jany *n = cv_jany_item(notes, i);
        out->notes[out->note_count++] = (struct imp_note){.column = text(n, "column", arena),
                                                          .code = text(n, "code", arena),
                                                          .weight = text(n, "weight", arena),
                                                          .text = {text(n, "vi", arena), text(n, "en", arena)}};
    }
    return true;
}
