/* Slips for people who get an account: a fresh code each, as JSON or as the page to print. */
#include <stdlib.h>
#include <string.h>

#include "api/frame/tables.h"
#include "api/internal.h"
#include "congvu/paper.h"

enum { SLIPS_MAX = 500 };

struct slip {
    const char *key; /* of the person */
    size_t at;
    bool seen; /* else it is nobody whom the caller may see */
    struct view_staff staff;
    struct prov_code code;
    struct prov_staff_result result;
    struct view_unit home;
    struct cv_error err; /* problem none: the code was made */
};

struct question {
    const char *unit, *system;
    bool recursive;
    const struct cv_jin_list *staff;
    enum api_format format;
    enum cv_lang lang;
};

/* ---- what is asked ---- */

static void read_paper(struct htp_exchange *x, struct question *out)
{
    struct api_file file;
    api_read_file(x, API_PAGE, &file);
    out->format = file.format;
    out->lang = api_read_lang(x);
}

static bool read_question(struct htp_exchange *x, struct question *out)
{
    const struct cv_jin *body;
    *out = (struct question){.system = "mailbox", .recursive = true};
    read_paper(x, out);
    if (!api_faultless(x, cvp_validation_failed) || !api_body(x, &body))
        return false;
    cv_jin_string(body, "unit", CV_OPTIONAL, 64, &out->unit);
    cv_jin_bool(body, "recursive", CV_OPTIONAL, &out->recursive);
    cv_jin_string(body, "system", CV_OPTIONAL, 64, &out->system);
    cv_jin_array(body, "staff", CV_OPTIONAL, SLIPS_MAX, &out->staff);
    if ((out->unit != NULL) == (out->staff != NULL))
        cv_jin_fault(body, "staff", "not_together", "Chọn theo đơn vị hoặc theo từng người, không cả hai",
                     "Give either unit or staff");
    cv_jin_done(body);
    return api_faultless(x, cvp_validation_failed);
}

/* What a paper with names and addresses needs beside the right to make codes. */
static bool may_print(struct htp_exchange *x, const struct question *q, struct cv_error *err)
{
    if (!api_may_read_staff(x))
        return cv_fail(err, cvp_scope_missing, NULL, "Phiếu có họ tên nên cần quyền xem nhân sự",
                       "Slips show names, so they need the scope staff:read");
    return q->format != API_HTML || *api_of(x)->public_url != '\0' ||
           cv_fail(err, cvp_conflict, NULL,
                   "Chưa khai báo địa chỉ in trên phiếu; vui lòng nhờ người vận hành máy chủ khai báo địa chỉ này",
                   "The address to print is not known; the operator has to set public_url");
}

/* ---- whose ---- */

/* Whoever of the unit has not set a password yet. */
static bool of_unit(struct htp_exchange *x, const struct question *q, struct slip **out, size_t *out_count,
                    struct cv_error *err)
{
    struct view_unit unit;
    struct view_account_page page;
    struct view_account_query query = {.scope = api_actor(x)->scope,
                                       .has_unit = true,
                                       .recursive = q->recursive,
                                       .system = q->system,
                                       .states = UINT32_C(1) << DOM_PROVISIONED,
                                       .page_size = SLIPS_MAX,
                                       .want_total = true};
    if (!view_unit_find(api_of(x)->view, query.scope, q->unit, CV_NO_DAY, x->arena, &unit, err))
        return false;
    query.unit = unit.id;
    if (!view_account_list(api_of(x)->view, &query, x->arena, &page, err))
        return false;
    if (page.total > SLIPS_MAX)
        return cv_fail(err, cvp_conflict, "/unit",
                       "Đơn vị này còn %zu người chưa kích hoạt; mỗi lần in nhiều nhất %d, vui lòng in theo từng phòng",
                       "%zu people here have not activated; at most %d can be printed at once, please go unit by unit",
                       page.total, SLIPS_MAX);
    *out = CV_NEWS(x->arena, struct slip, page.count + 1);
    for (size_t i = 0; i < page.count; i++)
        (*out)[i] = (struct slip){
            .key = cv_id_kept("stf_", page.items[i].staff.id, x->arena), .seen = true, .staff = page.items[i].staff};
    *out_count = page.count;
    return true;
}

/* One is asked for by his code and his id, or twice: a second code would end the first one on its slip. */
static bool there_already(const struct slip *slips, size_t count, const struct slip *s)
{
    for (size_t i = 0; i < count; i++)
        if (slips[i].seen == s->seen &&
            (s->seen ? cv_id_equal(slips[i].staff.id, s->staff.id) : strcmp(slips[i].key, s->key) == 0))
            return true;
    return false;
}

static void of_list(struct htp_exchange *x, const struct question *q, struct slip **out, size_t *out_count)
{
    size_t count = cv_jin_count(q->staff);
    *out = CV_NEWS(x->arena, struct slip, count + 1);
    *out_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *key = cv_jin_item_string(q->staff, i, 64);
        struct slip s = {.key = key};
        struct cv_error none = {0};
        if (key == NULL)
            continue;
        s.seen = view_staff_find(api_of(x)->view, api_actor(x)->scope, key, x->arena, &s.staff, &none);
        if (!there_already(*out, *out_count, &s))
            (*out)[(*out_count)++] = s;
    }
}

/* ---- codes ---- */

static void make_slip(struct htp_exchange *x, const struct prov_call *call, const struct question *q, struct slip *s)
{
    struct prov_call own = *call;
    if (s->seen)
        view_unit_by_id(api_of(x)->view, s->staff.unit, x->arena, &s->home);
    own.idempotency = (struct dom_idempotency){0}; /* of many people: a newer code ends the older one instead */
    prov_credential_reset(&own, s->key, q->system, &s->code, &s->result, &s->err);
}

static int by_unit(const void *a, const void *b)
{
    const struct slip *one = a, *other = b;
    const char *first = one->home.code != NULL ? one->home.code : "";
    int order = strcmp(first, other->home.code != NULL ? other->home.code : "");
    if (order == 0)
        order = memcmp(one->home.id.bytes, other->home.id.bytes, sizeof(one->home.id.bytes));
    return order != 0 ? order : (one->at > other->at) - (one->at < other->at);
}

static const char *url_of(struct htp_exchange *x, const struct slip *s)
{
    const char *site = api_of(x)->public_url;
    return *site != '\0' && *s->code.code != '\0' ? cv_arena_printf(x->arena, "%s/kichhoat#%s", site, s->code.code)
                                                  : NULL;
}

/* ---- answers ---- */

static const struct dom_account *account_of(const struct question *q, const struct slip *s)
{
    return s->err.problem == cvp_none ? dom_account_of(&s->result.staff, q->system) : NULL;
}

static void write_slip(struct htp_exchange *x, const struct question *q, const struct slip *s)
{
    struct cv_jout *j = &x->out;
    const struct dom_account *account = account_of(q, s);
    bool made = s->err.problem == cvp_none;
    cv_jout_object(j, NULL);
    if (s->seen)
        api_write_staff_ref(x, &s->staff);
    else
        cv_jout_null(j, "staff");
    cv_jout_string(j, "key", s->key);
    cv_jout_string(j, "login", account != NULL ? account->login : NULL);
    cv_jout_string(j, "address", made ? s->result.staff.address : NULL);
    cv_jout_string(j, "code", *s->code.code != '\0' ? s->code.code : NULL);
    cv_jout_string(j, "url", url_of(x, s));
    cv_jout_moment(j, "expires_at", made ? s->code.expires_at : CV_NO_MOMENT);
    if (!made)
        api_write_problem(x, &s->err);
    cv_jout_end(j);
}

static void reply_json(struct htp_exchange *x, const struct question *q, const struct slip *slips, size_t count)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "system", q->system);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        write_slip(x, q, &slips[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

static struct pap_slip on_paper(struct htp_exchange *x, const struct question *q, const struct slip *s)
{
    const struct dom_account *account = account_of(q, s);
    const char *unit = api_in_language(s->home.name, q->lang);
    struct pap_slip paper = {.full_name = s->seen ? s->staff.full_name : s->key,
                             .title = s->seen ? s->staff.title : NULL,
                             .unit = unit != NULL ? unit : "",
                             .unit_code = s->home.code,
                             .unit_id = s->home.id,
                             .why = account == NULL ? s->err.text[q->lang] : NULL};
    if (account == NULL)
        return paper;
    paper.address = s->result.staff.address;
    paper.login = account->login;
    paper.code = *s->code.code != '\0' ? s->code.code : NULL;
    paper.url = url_of(x, s);
    paper.expires_at = s->code.expires_at;
    return paper;
}

static void reply_page(struct htp_exchange *x, const struct question *q, const struct slip *slips, size_t count)
{
    struct pap_slip *items = CV_NEWS(x->arena, struct pap_slip, count + 1);
    const char *site = strstr(api_of(x)->public_url, "://");
    struct pap_slips paper = {.site = cv_arena_printf(x->arena, "%s/kichhoat", site != NULL ? site + 3 : ""),
                              .system = q->system,
                              .made_on = cv_today(),
                              .items = items,
                              .count = count};
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    for (size_t i = 0; i < count; i++)
        items[i] = on_paper(x, q, &slips[i]);
    if (!pap_slips_html(&out, &paper, q->lang) || !cv_arena_ok(x->arena)) {
        struct cv_error err = {0};
        cv_fail(&err, cvp_internal, NULL, "Câu trả lời quá lớn", "The answer is too large");
        htp_problem(x, &err, NULL);
        return;
    }
    htp_header_set(x, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    htp_header_set(x, "Content-Language", "%s", q->lang == CV_EN ? "en" : "vi");
    htp_header_set(x, "Cache-Control", "no-store");
    api_name_file(x, API_HTML, q->lang == CV_EN ? "slips" : "phieu-giao-tai-khoan",
                  q->lang == CV_EN ? "Account slips" : "Phiếu giao tài khoản");
    htp_reply_text(x, 200, api_media_type(API_HTML), cv_buf_str(&out), out.len);
}

void api_create_slips(struct htp_exchange *x)
{
    struct prov_call call;
    struct question q;
    struct slip *slips = NULL;
    size_t count = 0;
    struct cv_error err = {0};
    struct dom_system system;
    if (!api_call(x, &call) || !read_question(x, &q))
        return;
    bool ok = may_print(x, &q, &err) && view_system_find(api_of(x)->view, q.system, x->arena, &system, &err);
    if (ok && q.staff != NULL)
        of_list(x, &q, &slips, &count);
    else
        ok = ok && of_unit(x, &q, &slips, &count, &err);
    if (!ok || !api_faultless(x, cvp_validation_failed)) {
        if (!ok)
            htp_problem(x, &err, &x->faults);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        slips[i].at = i;
        make_slip(x, &call, &q, &slips[i]);
    }
    if (count > 1)
        qsort(slips, count, sizeof(*slips), by_unit);
    if (q.format == API_HTML)
        reply_page(x, &q, slips, count);
    else
        reply_json(x, &q, slips, count);
    if (slips != NULL)
        explicit_bzero(slips, count * sizeof(*slips));
}
