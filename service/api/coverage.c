/* Coverage: who has what they must have. The hot path: a ready answer is kept for as long as the figures stay as they
 * are. */
#include "api/state.h"
#include "api/units.h"

#include <string.h>

enum { KEY_MAX = 1024 };
#define DEFINITION "coverage-1" /* version of the rules of counting */

struct question {
    struct view_coverage_query view;
    bool declared;          /* basis */
    const char *categories; /* as sent, or NULL */
    const char *slugs[DOM_SYSTEMS_MAX];
};

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

/* ---- the question ---- */

static void read_grouping(struct htp_exchange *x, struct view_coverage_query *q)
{
    static const char *const names[] = {"unit", "system", "unit,system", "system,unit"};
    const char *value = htp_query(x, "group_by");
    q->by_unit = q->by_system = value == NULL;
    for (size_t i = 0; value != NULL && i < CV_COUNT(names); i++) {
        if (strcmp(value, names[i]) != 0)
            continue;
        q->by_unit = i != 1;
        q->by_system = i != 0;
    }
    if (!q->by_unit && !q->by_system)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "group_by", "not_allowed_value",
                     "group_by là unit, system hoặc unit,system", "group_by is unit, system or unit,system");
}

static bool asked_already(const struct question *question, const char *slug)
{
    for (size_t i = 0; i < question->view.system_count; i++)
        if (strcmp(question->slugs[i], slug) == 0)
            return true;
    return false;
}

static void read_systems(struct htp_exchange *x, struct question *question)
{
    const char *value = htp_query(x, "system");
    struct view_coverage_query *q = &question->view;
    char *rest = value != NULL ? cv_arena_strdup(x->arena, value) : NULL;
    q->required = value != NULL && strcmp(value, "required") == 0;
    q->systems = question->slugs;
    for (char *slug = strsep(&rest, ","); slug != NULL && !q->required; slug = strsep(&rest, ",")) {
        if (*slug == '\0' || strlen(slug) > DOM_SLUG_MAX || strcmp(slug, "required") == 0)
            cv_fault_add(&x->faults, CV_AT_PARAMETER, "system", "not_allowed_value",
                         "system là danh sách hệ thống, hoặc riêng từ required",
                         "system is a list of systems, or the one word required");
        else if (!asked_already(question, slug) && q->system_count < DOM_SYSTEMS_MAX)
            question->slugs[q->system_count++] = slug;
    }
}

/* The top of the caller's subtree; a token for everything needs one top unit to have an obvious answer. */
static bool own_top(struct htp_exchange *x, struct cv_id *out, struct cv_error *err)
{
    const struct api_actor *actor = api_actor(x);
    struct view_unit_query roots = {.scope = actor->scope, .page_size = 2};
    struct view_unit_page page;
    *out = actor->scope.top;
    if (!actor->scope.everywhere)
        return true;
    if (!view_unit_list(api_of(x)->view, &roots, x->arena, &page, err))
        return false;
    if (page.count == 0)
        return cv_fail(err, cvp_unit_not_found, "unit", "Chưa có đơn vị nào", "There is no unit yet");
    *out = page.items[0].id;
    if (page.count == 1)
        return true;
    cv_fault_add(&x->faults, CV_AT_PARAMETER, "unit", "required",
                 "Có nhiều đơn vị cấp cao nhất; hãy chọn một bằng tham số unit",
                 "There are several top units; choose one with the parameter unit");
    return cv_faults_check(&x->faults, cvp_validation_failed, err);
}

static bool read_unit(struct htp_exchange *x, struct cv_id *out, struct cv_error *err)
{
    struct view_unit unit;
    const char *key = htp_query(x, "unit");
    if (key == NULL)
        return own_top(x, out, err);
    if (!view_unit_find(api_of(x)->view, api_actor(x)->scope, key, CV_NO_DAY, x->arena, &unit, err))
        return false;
    *out = unit.id;
    return true;
}

static bool read_question(struct htp_exchange *x, struct question *question, struct cv_error *err)
{
    static const char *const bases[] = {"declared", "recorded", NULL};
    struct view_coverage_query *q = &question->view;
    int64_t depth = 1;
    uint32_t basis = 1;
    *question = (struct question){.view = {.scope = api_actor(x)->scope, .recursive = true},
                                  .categories = htp_query(x, "category")};
    htp_query_bool(x, "recursive", &q->recursive);
    htp_query_int(x, "depth", 0, 32, &depth);
    htp_query_words(x, "category", dom_category_words, &q->categories);
    htp_query_words(x, "basis", bases, &basis);
    if (basis == 3)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "basis", "not_together", "Chỉ chọn một basis", "Choose one basis");
    question->declared = basis == 1;
    q->depth = (int)depth;
    read_grouping(x, q);
    read_systems(x, question);
    return cv_faults_check(&x->faults, cvp_validation_failed, err) && read_unit(x, &q->unit, err);
}

/* ---- the answer ---- */

static void write_person_figures(struct cv_jout *j, const struct view_coverage_row *row)
{
    const struct dom_counts *c = &row->counts;
    bool any = false;
    if (c->declared_units > 0)
        cv_jout_int(j, "headcount", c->headcount);
    else
        cv_jout_null(j, "headcount");
    cv_jout_day(j, "headcount_on", row->headcount_on);
    for (int i = 0; i < DOM_CATEGORIES; i++) {
        if (row->headcount_by_category[i] < 0)
            continue;
        if (!any)
            cv_jout_object(j, "headcount_by_category");
        any = true;
        cv_jout_int(j, dom_category_words[i], row->headcount_by_category[i]);
    }
    if (any)
        cv_jout_end(j);
    else
        cv_jout_null(j, "headcount_by_category");
    cv_jout_int(j, "recorded", c->recorded);
    cv_jout_int(j, "over_recorded", c->over_recorded);
    cv_jout_object(j, "undeclared");
    cv_jout_int(j, "units", c->undeclared_units);
    cv_jout_int(j, "recorded", c->undeclared_recorded);
    cv_jout_end(j);
}

/* To exactly the people that the figure counts; none where names are not for the caller, and none for pairs. */
static void write_links(struct htp_exchange *x, const struct question *question, const struct view_coverage_row *row)
{
    struct cv_jout *j = &x->out;
    bool below = row->kind == VIEW_ROW_TOTAL ? question->view.recursive : row->kind == VIEW_ROW_UNIT;
    cv_jout_object(j, "links");
    if (row->system != NULL && (api_actor(x)->scopes & DOM_STAFF_READ) != 0)
        cv_jout_string(j, "missing",
                       cv_arena_printf(x->arena,
                                       "/v1/staff?unit=%s&recursive=%s&system=%s&stage=missing%s%s&include_total=true",
                                       api_unit_id(x, row->unit.id), below ? "true" : "false", row->system,
                                       question->categories != NULL ? "&category=" : "",
                                       question->categories != NULL ? question->categories : ""));
    cv_jout_end(j);
}

static void write_row(struct htp_exchange *x, const struct question *question, const struct view_coverage_row *row)
{
    static const char *const kinds[] = {[VIEW_ROW_TOTAL] = "total", [VIEW_ROW_OWN] = "own", [VIEW_ROW_UNIT] = "unit"};
    const struct dom_counts *c = &row->counts;
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "row_kind", kinds[row->kind]);
    api_write_unit_row_ref(x, "unit", &row->unit);
    cv_jout_int(j, "depth", row->depth);
    cv_jout_string(j, "system", question->view.required ? "required" : row->system);
    cv_jout_string(j, "unit_of_count", row->system != NULL ? "person" : "pair");
    if (row->system != NULL)
        write_person_figures(j, row);
    else
        cv_jout_int(j, "complete", c->complete_people);
    cv_jout_int(j, "unrecorded", c->unrecorded);
    cv_jout_int(j, "eligible", c->eligible);
    cv_jout_int(j, "issued", c->issued);
    cv_jout_int(j, "locked", c->locked);
    cv_jout_int(j, "on_long_leave", c->on_long_leave);
    cv_jout_object(j, "missing");
    cv_jout_int(j, "people", c->eligible - c->issued);
    cv_jout_int(j, "unrecorded", c->unrecorded);
    cv_jout_end(j);
    cv_jout_ratio(j, "coverage", c->issued, dom_coverage_base(c, question->declared));
    write_links(x, question, row);
    cv_jout_end(j);
}

static void write_coverage(struct htp_exchange *x, const struct question *question,
                           const struct view_coverage *coverage)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_moment(j, "as_of", coverage->as_of);
    cv_jout_string(j, "unit_tree", coverage->unit_tree);
    cv_jout_string(j, "basis", question->declared ? "declared" : "recorded");
    cv_jout_string(j, "definition", DEFINITION);
    cv_jout_array(j, "rows");
    for (size_t i = 0; i < coverage->count; i++)
        write_row(x, question, &coverage->rows[i]);
    cv_jout_end(j);
    cv_jout_end(j);
}

static struct htp_shared *build(struct htp_exchange *x, struct cv_error *err)
{
    struct question question;
    struct view_coverage coverage;
    char tag[CV_DIGEST_TEXT];
    if (!read_question(x, &question, err) || !view_coverage(api_of(x)->view, &question.view, x->arena, &coverage, err))
        return NULL;
    write_coverage(x, &question, &coverage);
    if (!cv_jout_ok(&x->out) || !cv_arena_ok(x->arena)) {
        cv_fail(err, cvp_internal, NULL, "Câu trả lời quá lớn", "The answer is too large");
        return NULL;
    }
    const char *body = cv_buf_str(&x->body_out);
    api_body_tag(api_of(x), body, x->body_out.len, tag);
    struct htp_shared *shared = htp_shared_new(body, x->body_out.len, "application/json", tag);
    if (shared == NULL)
        cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    return shared;
}

/* What an answer depends on beside the figures: reach, names or not, language, question. NULL = too long to be kept. */
static const char *answer_key(const struct htp_exchange *x, char out[KEY_MAX])
{
    const struct api_actor *actor = api_actor(x);
    char top[CV_ID_TEXT] = "*";
    size_t query_len = strlen(x->query_string);
    if (!actor->scope.everywhere)
        cv_id_text("unt_", actor->scope.top, top);
    if (query_len + sizeof(top) + sizeof(" 00 ") > KEY_MAX)
        return NULL;
    char *p = stpcpy(out, top); /* not printf: this is half of what a ready answer costs */
    *p++ = ' ';
    *p++ = (char)('0' + ((actor->scopes & DOM_STAFF_READ) != 0));
    *p++ = (char)('0' + (int)x->lang);
    *p++ = ' ';
    memcpy(p, x->query_string, query_len + 1);
    return out;
}

void api_get_coverage(struct htp_exchange *x)
{
    struct api *api = api_of(x);
    struct view_state state;
    struct cv_error err = {0};
    char space[KEY_MAX];
    const char *key = answer_key(x, space);
    view_state(api->view, &state); /* before the figures: a change in between makes the answer old, never wrong */
    struct htp_shared *answer = key != NULL ? api_answer_get(api, key, state.generation) : NULL;
    if (answer == NULL) {
        answer = build(x, &err);
        if (answer == NULL) {
            fail(x, &err);
            return;
        }
        if (key != NULL)
            api_answer_put(api, key, state.generation, answer, x->body_out.len);
    }
    if (!state.alive)
        htp_header_set(x, "Congvu-View-Age", "%.1f", (double)state.age_ms / 1000);
    htp_reply_shared(x, answer);
    htp_shared_unref(&answer);
}
