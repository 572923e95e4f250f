/* A list taken back by a plan of its own: each row as it was before, unless somebody has changed it since. */
#include <string.h>

#include "api/runs/run.h"
#include "congvu/text.h"

enum { ROWS_MAX = 48 << 20, BODY_MAX = 1 << 16 };

struct taking {
    struct imp imp;
    const struct imp_stored *list;
    struct imp_outcomes did;
    struct imp_texts *codes; /* that go back to somebody */
    struct cv_arena *arena;  /* of one row */
    struct cv_buf rows;
    int64_t sums[IMP_ACTIONS], skipped;
    bool second; /* a second person has to agree */
};

/* ---- notes ---- */

static void end_row(struct imp_row *r, enum imp_action action, const char *code, const char *vi, const char *en)
{
    r->action = action;
    r->notes[r->note_count++] = (struct imp_note){.code = code, .weight = "fault", .text = {vi, en}};
}

static void since_changed(struct imp_row *r)
{
    end_row(r, IMP_SINCE_CHANGED, "changed_since", "Đã có người thay đổi sau khi thực hiện danh sách",
            "Somebody has changed it since the list was carried out");
}

static void cannot(struct imp_row *r, const struct imp_trial *t)
{
    bool why = t != NULL && t->err.problem != cvp_none;
    end_row(r, IMP_FAILED, why ? cv_problem_row(t->err.problem)->code : "cannot_go_back",
            why ? cv_arena_strdup(t->x.arena, t->err.text[CV_VI]) : "Dòng này không thể đưa về như trước",
            why ? cv_arena_strdup(t->x.arena, t->err.text[CV_EN]) : "This row cannot go back to what was before");
}

/* ---- bodies ---- */

static const char *text_of(struct cv_arena *arena, const struct cv_jany *change, const char *name)
{
    return cv_jany_text(cv_jany_get(change, name), arena);
}

/* "title", or "name/vi": a member of a member. */
static size_t put_back(struct cv_jout *j, struct cv_arena *arena, const struct cv_jany *body,
                       const struct cv_jany *change)
{
    const char *field = text_of(arena, change, "field"), *inner = field != NULL ? strchr(field, '/') : NULL;
    const char *outer = inner != NULL ? cv_arena_strndup(arena, field, (size_t)(inner - field)) : field;
    const struct cv_jany *set = outer != NULL ? cv_jany_get(body, outer) : NULL;
    if (set == NULL || (inner != NULL && cv_jany_get(set, inner + 1) == NULL))
        return 0;
    if (inner != NULL)
        cv_jout_object(j, outer);
    cv_jout_any(j, inner != NULL ? inner + 1 : outer, cv_jany_get(change, "from"));
    if (inner != NULL)
        cv_jout_end(j);
    return 1;
}

/* Members that the row had set, as they were; NULL: none. */
static const char *body_before(struct cv_arena *arena, const struct imp_row *row)
{
    struct cv_error none = {0};
    struct cv_jout j;
    cv_auto_buf buf = {0};
    size_t count = 0;
    const struct cv_jany *changes =
        row->changes ? cv_jany_parse(arena, row->changes, strlen(row->changes), &none) : NULL;
    const struct cv_jany *body = cv_jany_parse(arena, row->body, strlen(row->body), &none);
    cv_buf_init(&buf, BODY_MAX);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    for (size_t i = 0; i < cv_jany_count(changes); i++) {
        const struct cv_jany *change = cv_jany_item(changes, i);
        count += put_back(&j, arena, body, change);
    }
    cv_jout_end(&j);
    return count > 0 ? cv_arena_strdup(arena, cv_buf_str(&buf)) : NULL;
}

static const char *as_json(struct cv_arena *arena, const struct cv_jany *value)
{
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, BODY_MAX);
    cv_jout_init(&j, &buf);
    cv_jout_array(&j, NULL);
    cv_jout_any(&j, NULL, value);
    cv_jout_end(&j);
    return cv_arena_strdup(arena, cv_buf_str(&buf));
}

/* Is everything that would go back still what the list made of it? */
static bool still_so(struct cv_arena *arena, const char *back, const struct imp_row *row)
{
    struct cv_error none = {0};
    const struct cv_jany *now = cv_jany_parse(arena, back, strlen(back), &none);
    const struct cv_jany *then = cv_jany_parse(arena, row->changes, strlen(row->changes), &none);
    for (size_t i = 0; i < cv_jany_count(now); i++) {
        const struct cv_jany *change = cv_jany_item(now, i);
        const char *field = text_of(arena, change, "field");
        for (size_t k = 0; k < cv_jany_count(then); k++) {
            const struct cv_jany *was = cv_jany_item(then, k);
            const char *same = text_of(arena, was, "field");
            if (field && same && strcmp(field, same) == 0 &&
                strcmp(as_json(arena, cv_jany_get(change, "from")), as_json(arena, cv_jany_get(was, "to"))) != 0)
                return false;
        }
    }
    return true;
}

/* ---- each kind of row ---- */

/* Another row of the plan may write the same record before: another day of the unit, the person's code. */
static bool by_changes(enum imp_op op)
{
    return op == IMP_PUT_HEADCOUNT || op == IMP_PATCH_STAFF;
}

static bool try_back(struct taking *t, struct imp_row *out, const struct imp_row *row)
{
    struct imp_trial trial;
    imp_trial_begin(&trial, &t->imp, t->arena, true);
    bool ok = imp_try(&trial, out->op, out->key, out->body);
    if (ok) {
        out->action = imp_action_of(&trial, out->op, &out->changes);
        out->revision = by_changes(out->op) ? IMP_BY_CHANGES : imp_revision_of(&trial, out->op);
    } else if (trial.err.problem == cvp_etag_mismatch) {
        since_changed(out);
    } else {
        cannot(out, &trial);
    }
    if (ok && out->changes && row->changes && !still_so(t->arena, out->changes, row))
        since_changed(out);
    imp_trial_end(&trial);
    return ok;
}

static void fields_back(struct taking *t, struct imp_row *out, const struct imp_row *row, enum imp_op op)
{
    out->op = op;
    out->body = body_before(t->arena, row);
    if (out->body != NULL)
        try_back(t, out, row);
    else
        cannot(out, NULL);
}

/* Who was made by the list leaves: his names are never given again. */
static void person_back(struct taking *t, struct imp_row *out, const struct imp_row *row,
                        const struct imp_result *result)
{
    char day[CV_DAY_TEXT];
    out->op = IMP_PUT_DEPARTURE;
    out->key = result->staff;
    out->body = cv_arena_printf(t->arena,
                                "{\"reason\":\"khac\",\"reason_text\":\"Hoàn tác danh sách\",\"effective_on\":\"%s\"}",
                                cv_day_iso(cv_today(), day));
    if (out->key == NULL)
        cannot(out, NULL);
    else if (try_back(t, out, row) && out->revision != result->revision)
        since_changed(out);
}

/* The order that there is now: is it the row's? Where there is none any more, the request says so. */
static bool ordered_as(struct taking *t, const char *key, const struct imp_row *row)
{
    struct imp_trial trial;
    struct dom_staff staff;
    struct cv_error none = {0};
    cv_day day = CV_NO_DAY;
    const struct cv_jany *body = cv_jany_parse(t->arena, row->body, strlen(row->body), &none);
    const char *reason = text_of(t->arena, body, "reason"), *on = text_of(t->arena, body, "effective_on");
    const char *number = text_of(t->arena, cv_jany_get(body, "decision"), "number");
    imp_trial_begin(&trial, &t->imp, t->arena, true);
    bool read = prov_staff_read(&trial.call, key, &staff, &trial.err);
    const struct dom_departure *now = read ? dom_current_departure(&staff) : NULL;
    imp_trial_end(&trial);
    if (on != NULL)
        cv_day_parse(on, &day);
    return now == NULL ||
           ((reason == NULL || strcmp(reason, dom_reason_words[now->reason]) == 0) &&
            (on == NULL || day == now->effective_on) && (number == NULL || cv_text_same(number, now->decision.number)));
}

static void departure_back(struct taking *t, struct imp_row *out, const struct imp_row *row)
{
    struct imp_row again = *out;
    if (!ordered_as(t, out->key, row)) {
        since_changed(out);
        return;
    }
    if (row->corrects) { /* what was ordered before is not known any more */
        cannot(out, NULL);
        return;
    }
    out->op = IMP_WITHDRAW_DEPARTURE;
    out->body = again.body = "{}";
    if (try_back(t, out, row))
        return;
    again.op = IMP_REINSTATE_STAFF;
    if (try_back(t, &again, row))
        *out = again;
}

static void code_back(struct taking *t, struct imp_row *out, const struct imp_row *row)
{
    struct cv_error none = {0};
    struct cv_id holder;
    char id[CV_ID_TEXT];
    const struct cv_jany *body = cv_jany_parse(t->arena, row->body, strlen(row->body), &none);
    const char *was = text_of(t->arena, body, "was"), *code = text_of(t->arena, body, "staff_code");
    struct cv_jout j;
    cv_auto_buf buf = {0};
    if (was == NULL) {
        out->op = IMP_PATCH_STAFF;
        out->body = "{\"staff_code\":null}";
        try_back(t, out, row);
        return;
    }
    out->op = IMP_SET_CODE;
    cv_buf_init(&buf, BODY_MAX);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "staff_code", was);
    cv_jout_string(&j, "was", code);
    if (view_code_holder(api_of(t->imp.x)->view, was, &holder) &&
        strcmp(cv_id_text("stf_", holder, id), row->staff ? row->staff : row->key) != 0)
        cv_jout_string(&j, "taken_from", id);
    cv_jout_bool(&j, "given_on", imp_texts_get(t->codes, dom_code_key(t->arena, code)) >= 0);
    cv_jout_end(&j);
    out->body = cv_arena_strdup(t->arena, cv_buf_str(&buf));
    try_back(t, out, row);
}

static void headcount_back(struct taking *t, struct imp_row *out, const struct imp_row *row)
{
    struct cv_error none = {0};
    const struct cv_jany *body = cv_jany_parse(t->arena, row->body, strlen(row->body), &none);
    const struct cv_jany *changes =
        row->changes ? cv_jany_parse(t->arena, row->changes, strlen(row->changes), &none) : NULL;
    int64_t total = -1, establishment = -1, before = 0;
    cv_jany_int(cv_jany_get(body, "total"), &total);
    cv_jany_int(cv_jany_get(body, "establishment"), &establishment);
    for (size_t i = 0; i < cv_jany_count(changes); i++) {
        const struct cv_jany *change = cv_jany_item(changes, i);
        bool known = cv_jany_int(cv_jany_get(change, "from"), &before);
        if (strcmp(text_of(t->arena, change, "field"), "total") == 0)
            total = known ? before : -1;
        else
            establishment = known ? before : -1;
    }
    if (total < 0) {
        cannot(out, NULL); /* a day without a headcount before */
        return;
    }
    const char *more =
        establishment >= 0 ? cv_arena_printf(t->arena, ",\"establishment\":%lld", (long long)establishment) : "";
    out->op = IMP_PUT_HEADCOUNT;
    out->body = cv_arena_printf(t->arena, "{\"total\":%lld%s,\"on\":\"%s\"}", (long long)total, more,
                                text_of(t->arena, body, "on"));
    try_back(t, out, row);
}

/* What lies in it is asked when it is done: units below it may be of the same list, and go first. */
static void unit_back(struct taking *t, struct imp_row *out, const struct imp_result *result)
{
    struct dom_unit unit;
    struct imp_trial trial;
    out->op = IMP_DELETE_UNIT;
    out->body = "{}";
    imp_trial_begin(&trial, &t->imp, t->arena, true);
    if (!prov_unit_read(&trial.call, out->key, &unit, &trial.err)) {
        cannot(out, &trial);
    } else if (unit.revision != result->revision) {
        since_changed(out);
    } else {
        out->action = IMP_REMOVE;
        out->revision = unit.revision;
    }
    imp_trial_end(&trial);
}

/* What is as it was first written is new: of a question nobody knew before somebody answered it. */
static bool made_new(const struct imp_row *row, const struct imp_result *result)
{
    return row->action == IMP_CREATE || (row->action == IMP_QUESTION && result->revision == 1);
}

static void take_row_back(struct taking *t, const struct imp_row *planned, const struct imp_result *result)
{
    struct imp_row with_answer = *planned;
    const struct imp_row *row = &with_answer;
    if (result->changes != NULL)
        with_answer.changes = result->changes;
    struct imp_row out = {.row = row->row,
                          .key = result->staff ? result->staff : row->key,
                          .staff = result->staff,
                          .name = row->name,
                          .address = row->address};
    if (row->op == IMP_PUT_STAFF && made_new(row, result))
        person_back(t, &out, row, result);
    else if (row->op == IMP_PUT_STAFF)
        fields_back(t, &out, row, IMP_PATCH_STAFF);
    else if (row->op == IMP_PUT_DEPARTURE)
        departure_back(t, &out, row);
    else if (row->op == IMP_SET_CODE)
        code_back(t, &out, row);
    else if (row->op == IMP_PUT_HEADCOUNT)
        headcount_back(t, &out, row);
    else if (row->op == IMP_PUT_UNIT && made_new(row, result))
        unit_back(t, &out, result);
    else if (row->op == IMP_PUT_UNIT)
        fields_back(t, &out, row, IMP_PATCH_UNIT);
    else
        cannot(&out, NULL);
    t->sums[out.action]++;
    imp_row_write(&t->rows, &out);
}

/* ---- the plan ---- */

struct line {
    const char *at;
    size_t len;
};

static size_t lines_of(struct taking *t, struct line **out)
{
    const char *at = t->list->rows, *end = at + t->list->rows_len, *line = NULL;
    size_t len = 0, count = 0;
    for (const char *c = at; c < end; c++)
        count += *c == '\n';
    *out = CV_NEWS(t->imp.x->arena, struct line, count + 1);
    for (count = 0; imp_next_line(&at, end, &line, &len); count++)
        (*out)[count] = (struct line){line, len};
    return count;
}

/* Codes that somebody gets back are free for him. */
static void note_code(struct taking *t, const struct imp_row *row)
{
    struct cv_error none = {0};
    if (row->op != IMP_SET_CODE)
        return;
    const struct cv_jany *body = cv_jany_parse(t->arena, row->body, strlen(row->body), &none);
    const char *was = text_of(t->arena, body, "was");
    if (was != NULL)
        imp_texts_set(t->codes, dom_code_key(t->arena, was), row->row);
}

/* The last row first: what stands on another goes before it. */
static bool take_all(struct taking *t, struct cv_error *err)
{
    struct line *lines = NULL;
    struct imp_row row;
    size_t count = lines_of(t, &lines);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = count; i-- > 0;) {
            cv_arena_reset(t->arena);
            if (!imp_row_read(t->arena, lines[i].at, lines[i].len, &row) || !imp_to_be_done(row.action))
                continue;
            const struct imp_result *result = imp_made_before(&t->did, &row, t->arena);
            if (pass == 0 && result != NULL)
                note_code(t, &row);
            else if (pass == 1 && result != NULL)
                take_row_back(t, &row, result);
            else if (pass == 1)
                t->skipped++;
            if (cv_deadline_passed(t->imp.x->deadline))
                return cv_fail(err, cvp_list_too_large, NULL, "Danh sách quá dài cho một lần xem trước",
                               "The list is too long to be planned at once");
        }
    return cv_buf_ok(&t->rows) || cv_fail(err, cvp_list_too_large, NULL, "Danh sách quá dài cho một lần hoàn tác",
                                          "The list is too long to be taken back at once");
}

static void copy(struct cv_jout *j, const struct cv_jany *head, const char *name)
{
    cv_jout_any(j, name, cv_jany_get(head, name));
}

static const char *head_of(struct taking *t, const char *id, struct cv_error *err)
{
    struct htp_exchange *x = t->imp.x;
    static const char *const as_before[] = {"file", "heading_row", "columns", "options"};
    const struct cv_jany *head = cv_jany_parse(x->arena, t->list->head, t->list->head_len, err);
    const struct api_actor *actor = api_actor(x);
    char top[CV_ID_TEXT], digest[CV_DIGEST_TEXT];
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 20);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "id", id);
    copy(&j, head, "kind");
    cv_jout_moment(&j, "created_at", cv_now());
    cv_jout_moment(&j, "expires_at", cv_now() + (cv_moment)IMP_KEEP_DAYS * 86400);
    cv_jout_string(&j, "created_by", t->imp.call.actor);
    cv_jout_string(&j, "top", actor->scope.everywhere ? NULL : cv_id_text("unt_", actor->scope.top, top));
    cv_jout_string(&j, "takes_back", t->list->id);
    for (size_t i = 0; i < CV_COUNT(as_before); i++)
        copy(&j, head, as_before[i]);
    cv_jout_object(&j, "summary");
    for (int i = 0; i < IMP_ACTIONS; i++)
        cv_jout_int(&j, imp_action_words[i], t->sums[i]);
    cv_jout_int(&j, "skipped", t->skipped);
    cv_jout_end(&j);
    cv_sha256(cv_buf_str(&t->rows), t->rows.len, digest);
    cv_jout_string(&j, "digest", digest);
    cv_jout_bool(&j, "needs_approval", t->second);
    cv_jout_end(&j);
    return cv_arena_strdup(x->arena, cv_buf_str(&buf));
}

/* What a run that goes on, or that died, has done is not known yet. */
static bool nothing_under_way(struct taking *t, struct cv_error *err)
{
    struct imp_marker marker;
    if (imp_marker_read(t->imp.call.dir, t->list->id, t->imp.x->arena, &marker, err))
        return cv_fail(err, cvp_import_not_run, NULL,
                       "Danh sách này đang được thực hiện hoặc bị ngắt giữa chừng; vui lòng chờ, hoặc thực hiện tiếp "
                       "cho xong rồi hoàn tác",
                       "This list is being carried out, or was cut short; please wait, or have it carried out to its "
                       "end, and take it back then");
    return cv_error_forgive(err, CV_NOT_FOUND);
}

static bool load_results(struct taking *t, struct cv_error *err)
{
    struct htp_exchange *x = t->imp.x;
    struct imp_progress progress;
    if (!nothing_under_way(t, err))
        return false;
    if (!imp_outcomes_read(t->imp.call.dir, t->list->id, x->arena, &progress, &t->did, err)) {
        if (err->kind == CV_NOT_FOUND)
            cv_fail(err, cvp_import_not_run, NULL, "Danh sách này chưa thực hiện xong, chưa có gì để hoàn tác",
                    "This list has not been carried out to its end; there is nothing to take back");
        return false;
    }
    t->codes = imp_texts_new(x->arena, t->did.count);
    return true;
}

static bool make(struct taking *t, struct imp_stored *out, struct cv_error *err)
{
    char *id = cv_arena_alloc(t->imp.x->arena, CV_ID_TEXT);
    t->imp.call.agreed_by = t->imp.call.actor; /* for the dry runs: of all rows together the brake is asked below */
    if (!load_results(t, err) || !imp_units_load(&t->imp, err) || !take_all(t, err) ||
        !imp_lets_many_go(&t->imp, &t->rows, t->sums[IMP_DEPART], &t->second, err))
        return false;
    cv_id_text("imp_", cv_id_make(), id);
    *out = *t->list;
    out->id = id;
    out->rows = (char *)(uintptr_t)cv_buf_str(&t->rows);
    out->rows_len = t->rows.len;
    out->revision = 1;
    out->head = head_of(t, id, err);
    out->head_len = strlen(out->head);
    return t->imp.call.validate_only || imp_store(&t->imp.call, out, err);
}

void api_take_import_back(struct htp_exchange *x)
{
    struct imp_stored stored, out;
    struct cv_error err = {0};
    struct taking t = {.imp = {.x = x, .options = &stored.options}, .list = &stored};
    if (!imp_open(x, &t.imp.call, IMP_ROWS | IMP_FILE, &stored))
        return;
    t.arena = cv_arena_new(IMP_ROW_ARENA);
    cv_buf_init(&t.rows, ROWS_MAX);
    bool ok =
        (t.arena != NULL || cv_fail(&err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory")) && make(&t, &out, &err);
    if (ok && !t.imp.call.validate_only)
        htp_header_set(x, "Location", "/v1/imports/%s", out.id);
    if (ok)
        imp_write_head(x, t.imp.call.validate_only ? 200 : 201, &out);
    else
        htp_problem(x, &err, NULL);
    cv_buf_free(&t.rows);
    cv_arena_free(&t.arena);
}
