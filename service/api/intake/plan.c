/* A list uploaded: understood, judged row by row, kept as a plan. */
#include <string.h>

#include "api/frame/window.h"
#include "api/intake/imports.h"

enum { SHORTER = 5 };

/* ---- the question ---- */

/* "B:full_name,D:ignored" */
static void read_columns(struct htp_exchange *x, struct imp_options *out)
{
    const char *list = htp_query(x, "columns");
    while (list && *list && out->override_count < INT_FIELDS) {
        size_t column = 0, letters = strspn(list, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), len = strcspn(list, ",");
        const char *word = len > letters ? cv_arena_strndup(x->arena, list + letters + 1, len - letters - 1) : "";
        int field = dom_word_index(int_field_words, word);
        for (size_t i = 0; i < letters && i < 3; i++)
            column = column * 26 + (size_t)(list[i] - 'A' + 1);
        if (letters == 0 || letters > 2 || list[letters] != ':' || field < 0) {
            api_query_fault(x, "columns", "bad_format", "Cần dạng B:full_name,D:ignored",
                            "Must look like B:full_name,D:ignored");
            return;
        }
        out->overrides[out->override_count++] = (struct int_override){column - 1, (enum int_field)field};
        list += len + (list[len] == ',');
    }
}

static bool read_options(struct htp_exchange *x, struct imp_options *out)
{
    const char *kind = htp_query(x, "kind"), *absent = htp_query(x, "absent_reason"),
               *category = htp_query(x, "category"), *unit = htp_query(x, "unit");
    struct view_unit found;
    struct cv_error err = {0};
    int at = kind ? dom_word_index(int_list_kind_words, kind) : -1;
    *out = (struct imp_options){.signed_on = CV_NO_DAY,
                                .effective_on = CV_NO_DAY,
                                .category = category,
                                .sheet = htp_query(x, "sheet"),
                                .decision = htp_query(x, "decision_number"),
                                .accept = htp_query(x, "accept"),
                                .name = htp_query(x, "name"),
                                .replaces = htp_query(x, "replaces")};
    if (at < 0)
        api_query_fault(x, "kind", kind ? "not_allowed_value" : "required",
                        "Cần loại danh sách: staff, leavers, headcounts, units hoặc roster",
                        "The kind of list is needed: staff, leavers, headcounts, units or roster");
    if (category && dom_word_index(dom_category_words, category) < 0)
        api_query_fault(x, "category", "not_allowed_value", "Không hiểu giá trị", "The value is not understood");
    if (absent && (dom_word_index(dom_reason_words, absent) < 0 || at != INT_ROSTER))
        api_query_fault(x, "absent_reason", "not_allowed_value",
                        "Chỉ dùng cho danh sách đối chiếu (roster), với một lý do nghỉ",
                        "Only for a roster, with a reason of departures");
    out->absent_reason = absent;
    htp_query_day(x, "signed_on", &out->signed_on);
    htp_query_day(x, "effective_on", &out->effective_on);
    htp_query_bool(x, "here_before", &out->here_before);
    read_columns(x, out);
    if (!api_faultless(x, cvp_invalid_parameter))
        return false;
    out->kind = (enum int_list_kind)at;
    if (!imp_may(x, out, &err) ||
        (unit && !view_unit_find(api_of(x)->view, api_actor(x)->scope, unit, CV_NO_DAY, x->arena, &found, &err))) {
        htp_problem(x, &err, NULL);
        return false;
    }
    if (unit) {
        out->has_unit = true;
        out->unit = found.id;
        out->unit_code = found.code;
    }
    return true;
}

/* ---- planning ---- */
struct planning {
    struct imp imp;
    struct imp_options options;
    struct int_table table;
    struct cv_arena *arena; /* of one row */
    struct cv_buf rows;
    int64_t sums[IMP_ACTIONS], skipped;
    struct cv_error *err;
    size_t absent;
    bool late, second; /* second: a second person has to agree */
};

static void keep_row(struct planning *p, const struct imp_row *row)
{
    p->sums[row->action]++;
    imp_row_write(&p->rows, row);
}

/* A person is in one row only: what a second one says of him is not done. */
static void meet(struct planning *p, struct imp_row *row)
{
    const char *who = row->staff != NULL ? row->staff : row->key != NULL ? dom_code_key(p->arena, row->key) : NULL;
    int64_t above = who != NULL ? imp_texts_get(p->imp.met, who) : -1;
    if (who == NULL || (p->options.kind == INT_HEADCOUNTS))
        return;
    if (above >= 0)
        imp_ask(&p->imp, row, "row_repeats", cv_arena_printf(p->arena, "Đã có ở dòng %lld", (long long)above),
                cv_arena_printf(p->arena, "In row %lld already", (long long)above));
    else
        imp_texts_set(p->imp.met, who, row->row);
}

static bool plan_row(void *ctx, const struct int_proposal *proposal)
{
    struct planning *p = ctx;
    struct imp_row row;
    if (proposal->state == INT_SKIPPED) {
        p->skipped++;
        return true;
    }
    cv_arena_reset(p->arena);
    if (p->imp.roster != NULL && imp_judge_code(&p->imp, proposal, p->arena, &row))
        keep_row(p, &row);
    imp_judge(&p->imp, proposal, &p->table, p->arena, &row);
    meet(p, &row);
    keep_row(p, &row);
    p->late = cv_deadline_passed(p->imp.x->deadline);
    return !p->late && cv_buf_ok(&p->rows);
}

/* Of a roster: who is on the staff of the unit and in no row. */
static void add_absent(struct planning *p)
{
    struct imp_row row;
    size_t at = 0;
    for (cv_arena_reset(p->arena); imp_roster_absent(p->imp.roster, &at, &row, p->arena); cv_arena_reset(p->arena)) {
        imp_judge_absent(&p->imp, p->arena, &row);
        p->absent++;
        keep_row(p, &row);
    }
}

/* By the synonyms, by what was set right before, and by what this request sets. */
static bool find_table(struct planning *p, struct int_list *list, struct cv_error *err)
{
    struct imp_options *o = &p->options;
    struct cv_arena *arena = p->imp.x->arena;
    size_t given = o->override_count;
    bool found = int_find_table(list, o->kind, o->overrides, given, arena, &p->table, err);
    if (p->table.heading_row > 0 && imp_recall(&p->imp, &p->table, o) > 0) {
        cv_error_clear(err);
        found = int_find_table(list, o->kind, o->overrides, o->override_count, arena, &p->table, err);
    }
    if (found && given > 0 && !p->imp.call.validate_only)
        imp_remember(&p->imp, &p->table);
    return found;
}

static bool too_long(struct cv_error *err)
{
    return cv_fail(err, cvp_list_too_large, NULL, "Danh sách quá dài cho một lần xem trước; vui lòng chia nhỏ",
                   "The list is too long to be planned at once; please split it");
}

/* Once through all rows. */
static bool go_through(struct planning *p, struct int_list *list, struct cv_error *err)
{
    int64_t rows = 0;
    memset(p->sums, 0, sizeof p->sums);
    p->skipped = 0;
    p->absent = 0;
    cv_buf_reset(&p->rows);
    p->imp.met = imp_texts_new(p->imp.x->arena, int_about(list)->rows * IMP_MET_PER_ROW);
    imp_units_forget(&p->imp);
    if ((p->options.kind == INT_ROSTER && !imp_roster_make(&p->imp, list, &p->table, err)) ||
        !int_proposals(list, &p->table, plan_row, p, err))
        return false;
    if (p->late || !cv_buf_ok(&p->rows))
        return too_long(err);
    for (int i = 0; i < IMP_ACTIONS; i++)
        rows += p->sums[i];
    if (rows == 0)
        return cv_fail(err, cvp_list_unreadable, NULL, "Danh sách không có dòng nào", "The list has no rows");
    if (p->imp.roster != NULL)
        add_absent(p);
    return cv_buf_ok(&p->rows) || too_long(err);
}

/* Again when the directory has names that the view had not heard of: rows show what they would get. */
static bool plan(struct planning *p, struct int_list *list, struct cv_error *err)
{
    enum { TIMES = 3 };
    struct htp_exchange *x = p->imp.x;
    struct prov_planned *held = prov_planned_new(x->arena, int_about(list)->rows);
    p->imp.call.agreed_by = p->imp.call.actor; /* for the dry runs: of all rows together the brake is asked below */
    if (!view_may_deny(api_of(x)->view, err) || !find_table(p, list, err) || !imp_units_load(&p->imp, err))
        return false;
    for (int i = 0; i < TIMES && held != NULL; i++) {
        p->imp.call.planned = held;
        if (!go_through(p, list, err) || !prov_planned_held(&p->imp.call, &held, err))
            return false;
    }
    return true;
}

/* ---- the head ---- */
static void write_file(struct cv_jout *j, const struct int_about *about, const char *name, size_t size)
{
    cv_jout_object(j, "file");
    if (name != NULL)
        cv_jout_string(j, "name", name);
    cv_jout_int(j, "bytes", (int64_t)size);
    cv_jout_string(j, "format", about->format == INT_XLSX ? "xlsx" : "csv");
    cv_jout_string(j, "encoding", int_encoding_words[about->encoding]);
    cv_jout_bool(j, "decoded", about->decoded);
    cv_jout_bool(j, "mixed", about->mixed);
    cv_jout_string(j, "sheet", about->sheet);
    cv_jout_strings(j, "sheets", about->sheets, about->sheet_count);
    cv_jout_strings(j, "samples", about->samples, about->sample_count);
    cv_jout_end(j);
}

static void write_columns(struct cv_jout *j, const struct int_table *table)
{
    char letters[INT_COLUMN_TEXT];
    cv_jout_array(j, "columns");
    for (size_t i = 0; i < table->column_count; i++) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "column", int_column_letters(i, letters));
        cv_jout_string(j, "heading", table->columns[i].heading);
        cv_jout_string(j, "field", table->columns[i].field >= 0 ? int_field_words[table->columns[i].field] : NULL);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void write_options(struct cv_jout *j, const struct imp_options *o)
{
    cv_jout_object(j, "options");
    cv_jout_string(j, "unit", o->unit_code);
    cv_jout_string(j, "sheet", o->sheet);
    cv_jout_string(j, "category", o->category);
    cv_jout_string(j, "decision_number", o->decision);
    cv_jout_day(j, "signed_on", o->signed_on);
    cv_jout_day(j, "effective_on", o->effective_on);
    cv_jout_bool(j, "here_before", o->here_before);
    cv_jout_string(j, "absent_reason", o->absent_reason);
    cv_jout_string(j, "accept", o->accept);
    cv_jout_end(j);
}

/* Who is in no row leaves: of a fifth of the staff or more a second person sees the names first; and of as many as the
 * brake would hold. */
static bool needs_second(struct planning *p, bool *out, struct cv_error *err)
{
    *out = p->imp.roster != NULL && p->options.absent_reason != NULL && p->absent > 0 &&
           p->absent * SHORTER >= imp_roster_size(p->imp.roster);
    return *out || imp_lets_many_go(&p->imp, &p->rows, p->sums[IMP_DEPART], out, err);
}

static void write_approval(struct cv_jout *j, const struct planning *p)
{
    char digest[CV_DIGEST_TEXT];
    cv_sha256(cv_buf_str(&p->rows), p->rows.len, digest);
    cv_jout_string(j, "digest", digest);
    cv_jout_bool(j, "needs_approval", p->second);
}

static const char *head_of(struct planning *p, const char *id, const struct int_list *list, size_t size)
{
    struct htp_exchange *x = p->imp.x;
    const struct api_actor *actor = api_actor(x);
    char top[CV_ID_TEXT];
    struct cv_buf buf;
    struct cv_jout j;
    cv_buf_init(&buf, 1 << 20);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "id", id);
    cv_jout_string(&j, "kind", int_list_kind_words[p->options.kind]);
    cv_jout_moment(&j, "created_at", cv_now());
    cv_jout_moment(&j, "expires_at", cv_now() + (cv_moment)IMP_KEEP_DAYS * 86400);
    cv_jout_string(&j, "created_by", p->imp.call.actor);
    cv_jout_string(&j, "top", actor->scope.everywhere ? NULL : cv_id_text("unt_", actor->scope.top, top));
    if (p->options.replaces != NULL)
        cv_jout_string(&j, "replaces", p->options.replaces);
    write_file(&j, int_about(list), p->options.name, size);
    cv_jout_int(&j, "heading_row", p->table.heading_row);
    write_columns(&j, &p->table);
    write_options(&j, &p->options);
    cv_jout_object(&j, "summary");
    for (int i = 0; i < IMP_ACTIONS; i++)
        cv_jout_int(&j, imp_action_words[i], p->sums[i]);
    cv_jout_int(&j, "skipped", p->skipped);
    cv_jout_end(&j);
    write_approval(&j, p);
    cv_jout_end(&j);
    const char *head = cv_arena_strdup(x->arena, cv_buf_str(&buf));
    cv_buf_free(&buf);
    return head;
}

static bool make_plan(struct planning *p, struct int_list *list, const char *bytes, size_t len, struct imp_stored *out,
                      struct cv_error *err)
{
    char *id = cv_arena_alloc(p->imp.x->arena, CV_ID_TEXT);
    if (!plan(p, list, err) || !needs_second(p, &p->second, err))
        return false;
    cv_id_text("imp_", cv_id_make(), id);
    *out = (struct imp_stored){.id = id,
                               .rows = (char *)(uintptr_t)cv_buf_str(&p->rows),
                               .rows_len = p->rows.len,
                               .file = (char *)(uintptr_t)bytes,
                               .file_len = len,
                               .revision = 1};
    out->head = head_of(p, id, list, len);
    out->head_len = strlen(out->head);
    if (p->imp.call.validate_only)
        return true;
    return imp_store(&p->imp.call, out, err) &&
           (p->options.replaces == NULL || imp_replace(&p->imp.call, p->options.replaces, id, err));
}

/* Who corrects a list may see it and carry it out. */
static bool may_replace(struct htp_exchange *x, struct prov_call *call, const char *id, struct cv_error *err)
{
    struct imp_stored old;
    return id == NULL || (imp_load(x, call, id, false, false, &old, err) && imp_may(x, &old.options, err));
}

static bool planning_begin(struct planning *p, struct htp_exchange *x)
{
    *p = (struct planning){.imp = {.x = x}, .arena = cv_arena_new(IMP_ROW_ARENA)};
    cv_buf_init(&p->rows, 48 << 20);
    p->imp.options = &p->options;
    return p->arena != NULL;
}

void api_create_import(struct htp_exchange *x)
{
    struct planning *p = CV_NEW(x->arena, struct planning);
    struct int_list *list = NULL;
    struct imp_stored stored;
    struct cv_error err = {0};
    size_t len = 0;
    const char *bytes = htp_body(x, &len);
    if (!planning_begin(p, x) || !api_call(x, &p->imp.call) || !read_options(x, &p->options)) {
        cv_arena_free(&p->arena);
        return;
    }
    bool ok = may_replace(x, &p->imp.call, p->options.replaces, &err) &&
              int_open_list(bytes, len, p->options.sheet, p->options.kind, &list, &err) &&
              make_plan(p, list, bytes, len, &stored, &err);
    if (ok && !p->imp.call.validate_only)
        htp_header_set(x, "Location", "/v1/imports/%s", stored.id);
    if (ok)
        imp_write_head(x, p->imp.call.validate_only ? 200 : 201, &stored);
    else
        htp_problem(x, &err, &x->faults);
    int_close(&list);
    cv_buf_free(&p->rows);
    cv_arena_free(&p->arena);
}
