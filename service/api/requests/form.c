/* Requests as the forms that offices file: one a kind and asking unit, with the columns of its kind. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/requests/requests.h"
#include "api/staff/fields.h"
#include "congvu/paper.h"
#include "congvu/titles.h"

enum { COLUMNS_MAX = 8 };

struct sheet {
    struct htp_exchange *x;
    const struct prov_request *items;
    size_t count;
    bool more; /* older ones are on the next page */
    bool en;
};

static const struct {
    const char *subject[CV_LANGS];
    const char *heads[CV_LANGS][COLUMNS_MAX];
    size_t columns;
} kinds[PROV_ASKS] = {
    [PROV_ASK_TRANSFER] = {{"Tiếp nhận từ đơn vị khác", "Receiving somebody from another unit"},
                           {{"STT", "Họ và tên", "Số hiệu, địa chỉ", "Chức vụ mới", "Từ ngày", "Căn cứ", "Trạng thái"},
                            {"No.", "Name", "Code, address", "New position", "From", "Decision", "State"}},
                           7},
    [PROV_ASK_NEW] = {{"Cấp mới tài khoản", "New accounts"},
                      {{"STT", "Họ và tên", "Chức vụ", "Đơn vị/bộ phận công tác", "Số điện thoại", "Căn cứ",
                        "Trạng thái"},
                       {"No.", "Name", "Position", "Unit", "Phone", "Decision", "State"}},
                      7},
    [PROV_ASK_LOCK] = {{"Tạm khóa tài khoản", "Locks"},
                       {{"STT", "Đơn vị/Cá nhân", "Chức vụ", "Hệ thống", "Nội dung đề nghị", "Căn cứ", "Trạng thái"},
                        {"No.", "Person", "Position", "System", "What is asked", "Decision", "State"}},
                       7},
    [PROV_ASK_RESTORE] = {{"Khôi phục tài khoản", "Restores"},
                          {{"STT", "Đơn vị/Cá nhân", "Chức vụ", "Hệ thống", "Địa chỉ thư điện tử công vụ", "Căn cứ",
                            "Trạng thái"},
                           {"No.", "Person", "Position", "System", "Mail address", "Decision", "State"}},
                          7},
    [PROV_ASK_RESET] = {{"Cấp lại mật khẩu", "Password resets"},
                        {{"STT", "Đơn vị/Cá nhân", "Chức vụ", "Hệ thống", "Địa chỉ thư điện tử công vụ", "Căn cứ",
                          "Trạng thái"},
                         {"No.", "Person", "Position", "System", "Mail address", "Decision", "State"}},
                        7},
};
static const char *const states[PROV_ANSWERS][CV_LANGS] = {{"Chờ xử lý", "Waiting"}, {"Đang thực hiện", "Being done"},
                                                           {"Đã thực hiện", "Done"}, {"Từ chối", "Refused"},
                                                           {"Đã rút", "Withdrawn"},  {"Quá thời hạn", "Lapsed"}};

bool api_asked(struct htp_exchange *x, const struct prov_request *r)
{
    return strcmp(r->asked_by, api_actor_name(x)) == 0;
}

static const char *decision_text(struct sheet *s, const struct prov_request *r)
{
    char day[CV_DAY_TEXT];
    if (r->decision.number == NULL)
        return "";
    if (r->decision.signed_on == CV_NO_DAY)
        return r->decision.number;
    return cv_arena_printf(s->x->arena, s->en ? "%s of %s" : "%s ngày %s", r->decision.number,
                           cv_day_people(r->decision.signed_on, day));
}

static const char *member(struct sheet *s, const struct prov_request *r, const char *name)
{
    struct cv_error none = {0};
    const char *text = NULL;
    const struct cv_jin *o = r->body != NULL ? cv_json_parse_own(s->x->arena, r->body, strlen(r->body), &none) : NULL;
    return o != NULL && cv_jin_string(o, name, CV_OPTIONAL, 200, &text) == CV_VALUE ? text : "";
}

static const char *day_of(struct sheet *s, cv_day day)
{
    char text[CV_DAY_TEXT];
    return day != CV_NO_DAY ? cv_arena_strdup(s->x->arena, cv_day_people(day, text)) : "";
}

static const char *unit_name(struct sheet *s, struct cv_id id)
{
    struct view_unit unit;
    if (!view_unit_by_id(api_of(s->x)->view, id, s->x->arena, &unit))
        return "";
    return s->en && unit.name[CV_EN] != NULL ? unit.name[CV_EN] : unit.name[CV_VI];
}

/* What stands in the third to the fifth column is the kind's own. */
static void put_own(struct sheet *s, const struct prov_request *r, const char **cells)
{
    struct view_staff staff = {0};
    struct cv_error none = {0};
    char id[CV_ID_TEXT];
    enum cv_lang lang = s->en ? CV_EN : CV_VI;
    if (r->kind == PROV_ASK_TRANSFER) {
        memcpy(cells, (const char *[]){r->key, r->title, day_of(s, r->decision.effective_on)}, 3 * sizeof(*cells));
        return;
    }
    if (r->kind == PROV_ASK_NEW) {
        const char *mobile = api_mobile(s->x, member(s, r, "mobile"), api_asked(s->x, r));
        memcpy(cells, (const char *[]){member(s, r, "title"), unit_name(s, r->unit), mobile}, 3 * sizeof(*cells));
        return;
    }
    bool seen = view_staff_find(api_of(s->x)->view, api_actor(s->x)->scope, cv_id_text("stf_", r->staff, id),
                                s->x->arena, &staff, &none);
    memcpy(cells,
           (const char *[]){seen ? staff.title : "", r->system != NULL ? api_system_name(s->x, r->system) : NULL,
                            r->reason != NULL ? rep_lock_title(r->reason, lang)
                            : seen            ? staff.address
                                              : ""},
           3 * sizeof(*cells));
}

static void put_row(struct sheet *s, const struct prov_request *r, size_t number, const char **cells)
{
    cells[0] = cv_arena_printf(s->x->arena, "%zu", number);
    cells[1] = r->kind == PROV_ASK_NEW ? member(s, r, "full_name") : r->full_name;
    put_own(s, r, &cells[2]);
    cells[5] = decision_text(s, r);
    cells[6] = states[r->state][s->en ? CV_EN : CV_VI];
}

static bool on_form(const struct prov_request *r, enum prov_ask kind, struct cv_id unit)
{
    return r->kind == kind && cv_id_equal(r->unit, unit);
}

static struct pap_form make_form(struct sheet *s, enum prov_ask kind, struct cv_id unit)
{
    enum cv_lang lang = s->en ? CV_EN : CV_VI;
    size_t columns = kinds[kind].columns, rows = 0, room = 0;
    for (size_t i = 0; i < s->count; i++)
        room += on_form(&s->items[i], kind, unit);
    const char **cells = CV_NEWS(s->x->arena, const char *, room *columns);
    for (size_t i = 0; i < s->count && cv_arena_ok(s->x->arena); i++)
        if (on_form(&s->items[i], kind, unit)) {
            put_row(s, &s->items[i], rows + 1, &cells[rows * columns]);
            rows++;
        }
    return (struct pap_form){
        .title = s->en ? "REQUEST" : "PHIẾU ĐỀ NGHỊ",
        .subject = kinds[kind].subject[lang],
        .unit = unit_name(s, unit),
        .heads = kinds[kind].heads[lang],
        .column_count = columns,
        .cells = cells,
        .row_count = rows,
        .sum = cv_arena_printf(s->x->arena, s->en ? "Asked for: %zu" : "Danh sách đề nghị: %zu trường hợp", rows),
        .note = !s->more ? NULL
                : s->en  ? "This print is not complete: older requests are on the next page."
                         : "Bản in này chưa đủ: những đề nghị cũ hơn ở trang sau."};
}

static bool is_first(const struct sheet *s, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (on_form(&s->items[i], s->items[at].kind, s->items[at].unit))
            return false;
    return true;
}

void api_request_reply_form(struct htp_exchange *x, const struct prov_request *items, size_t count, bool more)
{
    struct sheet s = {.x = x, .items = items, .count = count, .more = more, .en = x->lang == CV_EN};
    struct pap_form *forms = CV_NEWS(x->arena, struct pap_form, count + 1);
    size_t made = 0;
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    for (size_t i = 0; i < count && cv_arena_ok(x->arena); i++)
        if (is_first(&s, i))
            forms[made++] = make_form(&s, items[i].kind, items[i].unit);
    pap_forms_html(&out, forms, made, cv_today(), x->lang);
    if (!cv_buf_ok(&out) || !cv_arena_ok(x->arena)) {
        struct cv_error err = {0};
        cv_fail(&err, cvp_internal, NULL, "Câu trả lời quá lớn", "The answer is too large");
        htp_problem(x, &err, NULL);
        return;
    }
    htp_header_set(x, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    htp_header_set(x, "Content-Language", "%s", s.en ? "en" : "vi");
    api_name_file(x, API_HTML, s.en ? "requests" : "phieu-de-nghi", s.en ? "Requests" : "Phiếu đề nghị");
    htp_reply_text(x, 200, api_media_type(API_HTML), cv_buf_str(&out), out.len);
}
