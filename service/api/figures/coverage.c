/* Coverage and adoption: who has what they must have, and who uses it. The hot path: a ready answer is kept for as long
 * as the figures stay as they are. */
#include <string.h>

#include "api/figures/figures.h"
#include "api/frame/state.h"
#include "api/frame/tables.h"

enum { KEY_MAX = 1024 };
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

static bool asked_already(const struct api_figures *question, const char *slug)
{
    for (size_t i = 0; i < question->view.system_count; i++)
        if (strcmp(question->slugs[i], slug) == 0)
            return true;
    return false;
}

static void read_systems(struct htp_exchange *x, struct api_figures *question)
{
    const char *value = htp_query(x, "system");
    struct view_coverage_query *q = &question->view;
    char *rest = value != NULL ? cv_arena_strdup(x->arena, value) : NULL;
    q->required = value != NULL && strcmp(value, "required") == 0;
    q->systems = question->slugs;
    for (char *slug = strsep(&rest, ","); slug != NULL && !q->required; slug = strsep(&rest, ","))
        if (*slug == '\0' || strlen(slug) > DOM_SLUG_MAX || strcmp(slug, "required") == 0)
            cv_fault_add(&x->faults, CV_AT_PARAMETER, "system", "not_allowed_value",
                         "system là danh sách hệ thống, hoặc riêng từ required",
                         "system is a list of systems, or the one word required");
        else if (!asked_already(question, slug) && q->system_count < DOM_SYSTEMS_MAX)
            question->slugs[q->system_count++] = slug;
}

static bool read_question(struct htp_exchange *x, struct api_figures *question, struct cv_error *err)
{
    static const char *const bases[] = {"declared", "recorded", NULL};
    struct view_coverage_query *q = &question->view;
    int64_t depth = 1;
    uint32_t basis = 1;
    question->view = (struct view_coverage_query){.scope = api_actor(x)->scope, .recursive = true};
    question->categories = htp_query(x, "category");
    htp_query_bool(x, "recursive", &q->recursive);
    htp_query_int(x, "depth", 0, 32, &depth);
    htp_query_words(x, "category", dom_category_words, &q->categories);
    htp_query_words(x, "basis", bases, &basis);
    htp_query_bool(x, "targets", &question->targets);
    if (basis == 3)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "basis", "not_together", "Chỉ chọn một basis", "Choose one basis");
    question->declared = basis == 1;
    q->depth = (int)depth;
    read_grouping(x, q);
    read_systems(x, question);
    api_read_window(x, &question->window);
    q->window = question->window.days;
    question->unit = htp_query(x, "unit");
    api_read_past(x, question);
    return cv_faults_check(&x->faults, cvp_validation_failed, err) &&
           (question->as_of.day != CV_NO_DAY || api_figures_unit(x, &q->unit, err));
}

/* ---- the answer ---- */

/* Use of people of whom nothing is said is no 0. */
static void know_less(struct view_coverage *coverage)
{
    for (size_t i = 0; i < coverage->count; i++) {
        struct view_coverage_row *row = &coverage->rows[i];
        row->activation_known &= !row->not_recorded_yet;
        row->used_known &= !row->not_recorded_yet;
        row->regular_known &= !row->not_recorded_yet;
    }
}

/* Where the figures come from. */
static bool find_figures(struct htp_exchange *x, struct api_figures *question, struct view_coverage *out,
                         struct cv_error *err)
{
    bool found = question->as_of.day != CV_NO_DAY ? api_find_past(x, question, out, err)
                                                  : view_coverage(api_of(x)->view, &question->view, x->arena, out, err);
    if (found)
        know_less(out);
    if (found && api_reconstructed(x, question))
        found = api_take_kept(x, question, out, err);
    return found && (question->compare.day == CV_NO_DAY || api_find_previous(x, question, out, err));
}

/* *out_keep: it changes with the view alone. */
static struct htp_shared *build(struct htp_exchange *x, bool use_first, bool *out_keep, struct cv_error *err)
{
    struct api_figures question = {.use_first = use_first};
    struct view_coverage coverage;
    char tag[CV_DIGEST_TEXT];
    if (!read_question(x, &question, err) || !find_figures(x, &question, &coverage, err))
        return NULL;
    *out_keep = !api_reconstructed(x, &question);
    api_write_figures(x, &question, &coverage);
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

/* Snapshots change without the view. */
static bool rests_on_documents(const struct htp_exchange *x)
{
    return htp_query(x, "as_of") != NULL || htp_query(x, "compare") != NULL;
}

/* What an answer depends on beside the figures: reach, names or not, language, question. NULL = it is not kept, or too
 * long for it. */
static const char *answer_key(const struct htp_exchange *x, bool use_first, char out[KEY_MAX])
{
    const struct api_actor *actor = api_actor(x);
    char top[CV_ID_TEXT] = "*";
    size_t query_len = strlen(x->query_string);
    if (!actor->scope.everywhere)
        cv_id_text("unt_", actor->scope.top, top);
    if (query_len + sizeof(top) + sizeof(" 000 ") > KEY_MAX || rests_on_documents(x))
        return NULL;
    char *p = stpcpy(out, top); /* not printf: this is half of what a ready answer costs */
    *p++ = ' ';
    *p++ = (char)('0' + ((actor->scopes & DOM_STAFF_READ) != 0));
    *p++ = (char)('0' + (int)x->lang);
    *p++ = (char)('0' + use_first);
    *p++ = ' ';
    memcpy(p, x->query_string, query_len + 1);
    return out;
}

/* The same figures for a spreadsheet; never kept ready. */
static bool build_file(struct htp_exchange *x, struct cv_buf *out, struct api_file *file, struct cv_error *err)
{
    struct api_figures question = {0};
    struct view_coverage coverage;
    api_read_file(x, API_TABLE, file);
    return read_question(x, &question, err) && find_figures(x, &question, &coverage, err) &&
           api_figures_file(x, file, &question, &coverage, out, err);
}

static void answer_file(struct htp_exchange *x)
{
    struct api_file file;
    struct cv_error err = {0};
    char tag[CV_DIGEST_TEXT];
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    if (!build_file(x, &out, &file, &err)) {
        fail(x, &err);
        return;
    }
    api_body_tag(api_of(x), cv_buf_str(&out), out.len, tag);
    const char *etag = cv_arena_printf(x->arena, "W/\"%s\"", tag);
    htp_header_set(x, "ETag", "%s", etag);
    htp_header_set(x, "Cache-Control", "private, no-cache");
    api_view_age(x);
    if (htp_none_match(x, etag))
        htp_reply_empty(x, 304);
    else
        htp_reply_text(x, 200, api_media_type(file.format), cv_buf_str(&out), out.len);
}

static void answer(struct htp_exchange *x, bool use_first)
{
    struct api *api = api_of(x);
    struct view_state state;
    struct cv_error err = {0};
    char space[KEY_MAX];
    const char *key = answer_key(x, use_first, space);
    view_state(api->view, &state); /* before the figures: a change in between makes the answer old, never wrong */
    struct htp_shared *ready = key != NULL ? api_answer_get(api, key, state.generation) : NULL;
    if (ready == NULL) {
        bool keep = true;
        ready = build(x, use_first, &keep, &err);
        if (ready == NULL) {
            fail(x, &err);
            return;
        }
        if (key != NULL && keep)
            api_answer_put(api, key, state.generation, ready, x->body_out.len);
    }
    if (!state.alive)
        htp_header_set(x, "Congvu-View-Age", "%.1f", (double)state.age_ms / 1000);
    htp_reply_shared(x, ready);
    htp_shared_unref(&ready);
}

/* Figures that are not kept are added up from the people; those of other days lie in the directory. */
bool api_figures_costly(const struct htp_exchange *x)
{
    static const char *const names[] = {"period", "category", "as_of", "compare"};
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (htp_query(x, names[i]) != NULL)
            return true;
    return api_wants_file(x);
}

void api_get_coverage(struct htp_exchange *x)
{
    if (api_wants_file(x))
        answer_file(x);
    else
        answer(x, false);
}

void api_get_adoption(struct htp_exchange *x)
{
    if (api_wants_file(x))
        answer_file(x);
    else
        answer(x, true);
}
