/* Requests between units: asked, listed, answered. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/requests/requests.h"
#include "api/staff/fields.h"

/* ---- JSON out ---- */

static void write_person(struct htp_exchange *x, const struct prov_request *r)
{
    struct cv_jout *j = &x->out;
    struct view_staff staff;
    struct cv_error none = {0};
    char id[CV_ID_TEXT];
    bool seen = !cv_id_is_zero(r->staff) && view_staff_find(api_of(x)->view, api_actor(x)->scope,
                                                            cv_id_text("stf_", r->staff, id), x->arena, &staff, &none);
    cv_jout_object(j, "person");
    cv_jout_string(j, "key", r->key);
    cv_jout_string(j, "full_name", r->full_name);
    cv_jout_end(j);
    if (seen)
        api_write_staff_ref(x, &staff);
    else
        cv_jout_null(j, "staff");
}

static void write_turn(struct htp_exchange *x, const struct prov_request *r)
{
    struct cv_jout *j = &x->out;
    cv_jout_day(j, "due_on", r->due_on);
    if (r->state == PROV_WAITING && api_sees_unit(x, r->waits_for))
        api_write_unit_ref(x, "waits_for", r->waits_for);
    else
        cv_jout_null(j, "waits_for");
    cv_jout_int(j, "risen", r->risen);
}

struct new_staff {
    struct htp_exchange *x;
    bool own;
};

static void write_new_member(void *ctx, const char *name, const struct cv_jany *value)
{
    const struct new_staff *w = ctx;
    if (strcmp(name, "mobile") == 0)
        cv_jout_string(&w->x->out, name, api_mobile(w->x, cv_jany_text(value, w->x->arena), w->own));
    else
        cv_jout_any(&w->x->out, name, value);
}

static void write_new_staff(struct htp_exchange *x, const struct prov_request *r)
{
    struct cv_error none = {0};
    struct new_staff w = {.x = x, .own = api_asked(x, r)};
    const struct cv_jany *body = r->body != NULL ? cv_jany_parse(x->arena, r->body, strlen(r->body), &none) : NULL;
    if (body == NULL) {
        cv_jout_null(&x->out, "new_staff");
        return;
    }
    cv_jout_object(&x->out, "new_staff");
    cv_jany_each(body, write_new_member, &w);
    cv_jout_end(&x->out);
}

static void write_members(struct htp_exchange *x, const struct prov_request *r)
{
    struct cv_jout *j = &x->out;
    char id[CV_ID_TEXT];
    cv_jout_string(j, "id", r->revision != 0 ? cv_id_text("req_", r->id, id) : NULL);
    cv_jout_string(j, "kind", prov_ask_words[r->kind]);
    cv_jout_string(j, "state", prov_answer_words[r->state]);
    api_write_unit_known(x, "unit", r->unit);
    write_person(x, r);
    cv_jout_string(j, "system", r->system);
    cv_jout_string(j, "reason", r->reason);
    cv_jout_string(j, "title", r->title);
    api_write_decision(j, "decision", &r->decision);
    write_new_staff(x, r);
    cv_jout_string(j, "note", r->note);
    cv_jout_moment(j, "asked_at", r->asked_at);
    cv_jout_string(j, "asked_by", r->asked_by);
    write_turn(x, r);
    cv_jout_moment(j, "answered_at", r->answered_at);
    cv_jout_string(j, "answered_by", r->answered_by);
    cv_jout_string(j, "answer", r->answer);
}

static void write_request(struct htp_exchange *x, const struct prov_request *r)
{
    cv_jout_object(&x->out, NULL);
    write_members(x, r);
    cv_jout_end(&x->out);
}

/* ---- asking ---- */

/* The members that a form has, and no others: nothing here reaches an account. */
static const char *read_new_staff(struct htp_exchange *x, const struct cv_jin *body)
{
    static const char *const texts[] = {"full_name", "family_name", "middle_name", "given_name", "staff_code",
                                        "title",     "category",    "mobile",      "hired_on"};
    const struct cv_jin *o = NULL;
    struct cv_jout j;
    cv_auto_buf buf = {0};
    int64_t year = 0;
    if (cv_jin_object(body, "new_staff", CV_OPTIONAL, &o) != CV_VALUE)
        return NULL;
    cv_buf_init(&buf, CV_MAX_BODY);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    for (size_t i = 0; i < CV_COUNT(texts); i++) {
        const char *text = NULL;
        if (cv_jin_string(o, texts[i], i == 0 ? CV_REQUIRED : CV_OPTIONAL, 200, &text) == CV_VALUE)
            cv_jout_string(&j, texts[i], text);
    }
    if (cv_jin_int(o, "birth_year", CV_OPTIONAL, 1900, 2100, &year) == CV_VALUE)
        cv_jout_int(&j, "birth_year", year);
    cv_jin_done(o);
    cv_jout_end(&j);
    return cv_arena_strndup(x->arena, cv_buf_str(&buf), buf.len);
}

static void read_person(const struct cv_jin *body, struct prov_request *r)
{
    const struct cv_jin *person = NULL;
    if (cv_jin_object(body, "person", CV_OPTIONAL, &person) != CV_VALUE)
        return;
    cv_jin_string(person, "key", CV_REQUIRED, 200, &r->key);
    cv_jin_string(person, "full_name", r->kind == PROV_ASK_TRANSFER ? CV_REQUIRED : CV_OPTIONAL, 200, &r->full_name);
    cv_jin_done(person);
}

/* What one kind needs and another has no use for. */
static void check_kind(const struct cv_jin *body, const struct prov_request *r)
{
    bool account = r->kind == PROV_ASK_LOCK || r->kind == PROV_ASK_RESTORE || r->kind == PROV_ASK_RESET;
    if ((r->kind == PROV_ASK_NEW) != (r->body != NULL))
        cv_jin_fault(body, "new_staff", r->body == NULL ? "required" : "not_allowed",
                     "Thông tin người mới đi cùng và chỉ đi cùng phiếu xin cấp tài khoản mới",
                     "new_staff belongs to new_account, and to it alone");
    if ((r->kind == PROV_ASK_NEW) == (r->key != NULL))
        cv_jin_fault(body, "person", r->key == NULL ? "required" : "not_allowed",
                     "Cần nêu phiếu này về ai; phiếu xin cấp tài khoản mới thì không",
                     "It has to be said who (person), but not for new_account");
    if (r->reason != NULL && dom_word_index(dom_lock_reason_words, r->reason) < 0)
        cv_jin_fault(body, "reason", "not_allowed_value", "Lý do khóa “%s” không có trong danh mục",
                     "“%s” is not a lock reason", r->reason);
    if ((r->kind == PROV_ASK_LOCK) != (r->reason != NULL))
        cv_jin_fault(body, "reason", r->reason == NULL ? "required" : "not_allowed", "Tạm khóa cần có lý do",
                     "A lock needs a reason, nothing else has one");
    if (r->system != NULL && !account)
        cv_jin_fault(body, "system", "not_allowed", "Hệ thống chỉ nêu trong phiếu tạm khóa, mở lại hoặc cấp lại mã",
                     "system belongs to lock, restore and reset");
    if (r->title != NULL && r->kind != PROV_ASK_TRANSFER)
        cv_jin_fault(body, "title", "not_allowed", "Chức vụ chỉ nêu trong phiếu tiếp nhận người",
                     "title belongs to a transfer");
}

static const char *read_request(struct htp_exchange *x, const struct cv_jin *body, struct prov_request *r)
{
    const char *unit = NULL;
    int kind = 0;
    struct prov_decision decision = {0};
    *r = (struct prov_request){.answered_at = CV_NO_MOMENT};
    cv_jin_word(body, "kind", CV_REQUIRED, prov_ask_words, &kind);
    r->kind = (enum prov_ask)kind;
    cv_jin_string(body, "unit", CV_REQUIRED, 64, &unit);
    read_person(body, r);
    r->body = read_new_staff(x, body);
    cv_jin_string(body, "system", CV_OPTIONAL, 64, &r->system);
    cv_jin_string(body, "reason", CV_OPTIONAL, 64, &r->reason);
    cv_jin_string(body, "title", CV_OPTIONAL, 200, &r->title);
    cv_jin_string(body, "note", CV_OPTIONAL, 1000, &r->note);
    api_read_decision(body, "decision", &decision);
    r->decision = decision.value;
    check_kind(body, r);
    cv_jin_done(body);
    if (r->system == NULL && r->kind >= PROV_ASK_LOCK)
        r->system = "mailbox";
    return unit;
}

struct asking {
    struct htp_exchange *x;
    const char *unit; /* as sent */
};

/* What may have changed since the first one is nothing to a replay, so it is looked at for a new request only. */
static bool prepare(struct prov_call *call, struct prov_request *r, void *ctx, struct cv_error *err)
{
    const struct asking *a = ctx;
    struct view_unit found;
    if (!view_unit_of_people(api_of(a->x)->view, call->scope, a->unit, call->arena, &found, err))
        return false;
    r->unit = found.id;
    return r->body == NULL || api_request_try_new(a->x, call, r, err);
}

void api_create_request(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_request request;
    struct cv_error err = {0};
    const struct cv_jin *body;
    bool replayed = false;
    char id[CV_ID_TEXT];
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    struct asking asking = {.x = x, .unit = read_request(x, body, &request)};
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_request_create(&call, &request, prepare, &asking, &replayed, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    if (replayed)
        htp_header_set(x, "Idempotency-Replayed", "true");
    if (!call.validate_only)
        htp_header_set(x, "Location", "/v1/requests/%s", cv_id_text("req_", request.id, id));
    write_request(x, &request);
    htp_reply(x, call.validate_only ? 200 : 201);
}

/* ---- reading ---- */

void api_get_request(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_request request;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_request_read(&call, htp_param(x, "request"), &request, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    write_request(x, &request);
    htp_reply(x, 200);
}

static bool read_query(struct htp_exchange *x, struct prov_request_query *q, struct cv_error *err)
{
    struct view_unit unit;
    const char *turn = htp_query(x, "waits_for");
    htp_query_words(x, "state", prov_answer_words, &q->states);
    htp_query_words(x, "kind", prov_ask_words, &q->kinds);
    if (turn == NULL)
        return true;
    if (!view_unit_find(api_of(x)->view, api_actor(x)->scope, turn, CV_NO_DAY, x->arena, &unit, err))
        return false;
    q->has_turn = true;
    q->turn = unit.id;
    return true;
}

static void reply_list(struct htp_exchange *x, const char *bound, const struct api_page *page,
                       const struct prov_request *items, size_t count, const char *next)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        write_request(x, &items[i]);
    cv_jout_end(&x->out);
    api_page_out(x, bound, next, next != NULL ? strlen(next) : 0, page, 0);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_list_requests(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_request_query q = {0};
    struct prov_request *items;
    struct api_page page;
    struct api_file file;
    size_t count = 0;
    const char *next = NULL, *bound = api_page_bound(x);
    struct cv_error err = {0};
    api_read_file(x, API_PAGE, &file);
    bool known = read_query(x, &q, &err);
    if (!known) {
        htp_problem(x, &err, NULL);
        return;
    }
    if (!api_page_in(x, bound, &page) || !api_call(x, &call))
        return;
    q.max = page.size;
    q.before = page.after != NULL ? cv_arena_strndup(x->arena, page.after, page.after_len) : NULL;
    if (!prov_requests(&call, &q, &items, &count, &next, &err))
        htp_problem(x, &err, NULL);
    else if (file.format == API_HTML) {
        api_page_link(x, bound, next, next != NULL ? strlen(next) : 0);
        api_request_reply_form(x, &call, items, count, next != NULL);
    } else
        reply_list(x, bound, &page, items, count, next);
}

/* ---- answering ---- */

static void write_done(struct htp_exchange *x, const struct prov_call *call, const struct api_request_effect *e)
{
    struct cv_jout *j = &x->out;
    if (call->validate_only && e->result.outcome == PROV_WOULD)
        api_write_staff_changes(x, &e->result.before, &e->result.staff);
    if (*e->code.code == '\0')
        return;
    cv_jout_string(j, "code", e->code.code);
    cv_jout_moment(j, "expires_at", e->code.expires_at);
}

void api_put_request_answer(struct htp_exchange *x)
{
    static const char *const words[] = {"confirmed", "refused", "withdrawn", NULL};
    static const enum prov_answer answers[] = {PROV_CONFIRMED, PROV_REFUSED, PROV_WITHDRAWN};
    struct prov_call call;
    struct api_request_effect effect = {.x = x};
    struct prov_request_answer in = {.carry_out = api_request_carry_out, .ctx = &effect};
    struct prov_request request;
    struct prov_staff_input ignored = {0};
    struct cv_error err = {0};
    int word = 0;
    if (!api_call(x, &call) || !api_body(x, &effect.body))
        return;
    cv_jin_word(effect.body, "answer", CV_REQUIRED, words, &word);
    cv_jin_string(effect.body, "reason", CV_OPTIONAL, 1000, &in.text);
    api_read_not_same_as(effect.body, &ignored, x);
    cv_jin_done(effect.body);
    in.answer = answers[word];
    if (in.answer == PROV_REFUSED && in.text == NULL)
        cv_jin_fault(effect.body, "reason", "required", "Từ chối cần nêu lý do", "A refusal says why");
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_request_answer(&call, htp_param(x, "request"), &in, &request, &err)) {
        if (err.problem == cvp_possible_duplicate)
            x->aside = &effect.result;
        htp_problem(x, &err, &x->faults);
        return;
    }
    cv_jout_object(&x->out, NULL);
    write_members(x, &request);
    write_done(x, &call, &effect);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
    explicit_bzero(&effect.code, sizeof(effect.code));
}
