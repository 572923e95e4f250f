/* Requests as the forms that offices file: one a kind, asking unit and asker, with the columns of its kind. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/requests/requests.h"
#include "api/staff/fields.h"
#include "congvu/paper.h"
#include "congvu/prov_staff.h"
#include "congvu/prov_units.h"
#include "congvu/titles.h"

enum { COLUMNS_MAX = 8 };

struct sheet {
    struct htp_exchange *x;
    struct prov_call *call;
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
                       {{"STT", "Đơn vị/Cá nhân", "Chức vụ", "Đơn vị", "Hệ thống", "Nội dung đề nghị", "Căn cứ",
                         "Trạng thái"},
                        {"No.", "Person", "Position", "Unit", "System", "What is asked", "Decision", "State"}},
                       8},
    [PROV_ASK_RESTORE] = {{"Khôi phục tài khoản", "Restores"},
                          {{"STT", "Đơn vị/Cá nhân", "Bộ phận", "Hệ thống", "Địa chỉ thư điện tử công vụ",
                            "Số điện thoại", "Căn cứ", "Trạng thái"},
                           {"No.", "Person", "Unit", "System", "Mail address", "Phone", "Decision", "State"}},
                          8},
    [PROV_ASK_RESET] = {{"Cấp lại mật khẩu", "Password resets"},
                        {{"STT", "Đơn vị/Cá nhân", "Bộ phận", "Hệ thống", "Địa chỉ thư điện tử công vụ",
                          "Số điện thoại", "Căn cứ", "Trạng thái"},
                         {"No.", "Person", "Unit", "System", "Mail address", "Phone", "Decision", "State"}},
                        8},
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
    return api_in_language(unit.name, s->x->lang);
}

static bool find(struct sheet *s, struct cv_id staff, struct view_staff *out)
{
    return view_staff_by_id(api_of(s->x)->view, api_actor(s->x)->scope, staff, s->x->arena, out);
}

/* As far as the caller sees it. */
static const char *phone_of(struct sheet *s, struct cv_id staff)
{
    struct dom_staff record;
    struct cv_error none = {0};
    bool own = cv_id_equal(api_actor(s->x)->token, staff);
    return prov_staff_read(s->call, cv_id_kept("stf_", staff, s->x->arena), &record, &none)
               ? api_mobile(s->x, record.mobile, own)
               : NULL;
}

/* What stands from the third column on is the kind's own; returns how many columns that is. */
static size_t put_own(struct sheet *s, const struct prov_request *r, const char **cells)
{
    struct view_staff staff = {0};
    if (r->kind == PROV_ASK_TRANSFER) {
        memcpy(cells, (const char *[]){r->key, r->title, day_of(s, r->decision.effective_on)}, 3 * sizeof(*cells));
        return 3;
    }
    if (r->kind == PROV_ASK_NEW) {
        const char *mobile = api_mobile(s->x, member(s, r, "mobile"), api_asked(s->x, r));
        memcpy(cells, (const char *[]){member(s, r, "title"), unit_name(s, r->unit), mobile}, 3 * sizeof(*cells));
        return 3;
    }
    bool seen = find(s, r->staff, &staff);
    const char *unit = seen ? api_in_language(staff.unit_name, s->x->lang) : NULL;
    const char *system = r->system != NULL ? api_system_name(s->x, r->system) : NULL;
    if (r->kind == PROV_ASK_LOCK) {
        const char *asked = r->reason != NULL ? rep_lock_title(r->reason, s->en ? CV_EN : CV_VI) : NULL;
        memcpy(cells, (const char *[]){seen ? staff.title : NULL, unit, system, asked}, 4 * sizeof(*cells));
    } else {
        const char *phone = seen ? phone_of(s, r->staff) : NULL;
        memcpy(cells, (const char *[]){unit, system, seen ? staff.address : NULL, phone}, 4 * sizeof(*cells));
    }
    return 4;
}

static void put_row(struct sheet *s, const struct prov_request *r, size_t number, const char **cells)
{
    cells[0] = cv_arena_printf(s->x->arena, "%zu", number);
    cells[1] = r->kind == PROV_ASK_NEW ? member(s, r, "full_name") : r->full_name;
    size_t at = 2 + put_own(s, r, &cells[2]);
    cells[at] = decision_text(s, r);
    cells[at + 1] = states[r->state][s->en ? CV_EN : CV_VI];
}

/* One form is of one kind, of one unit, and by whom it was asked for. */
static bool on_form(const struct prov_request *r, const struct prov_request *first)
{
    return r->kind == first->kind && cv_id_equal(r->unit, first->unit) && strcmp(r->asked_by, first->asked_by) == 0;
}

/* The body above is the one that signs for the unit, or the one above that where the unit signs itself. */
static void put_letterhead(struct sheet *s, const struct prov_request *first, struct pap_form *f)
{
    struct dom_letterhead of;
    struct cv_error none = {0};
    if (!prov_unit_letterhead(s->call, first->unit, cv_today(), &of, &none))
        return;
    bool own = of.issuing_body == NULL || strcmp(of.issuing_body, f->unit) == 0;
    f->superior = own ? of.superior_body : of.issuing_body;
    f->place = of.place;
}

static void put_asker(struct sheet *s, const struct prov_request *first, struct pap_form *f)
{
    struct cv_id id;
    struct view_staff staff;
    if (!cv_id_parse("stf_", first->asked_by, &id) || !find(s, id, &staff))
        return; /* a program, or somebody whom the caller does not see */
    bool titled = staff.title != NULL && *staff.title != '\0';
    f->asked_by = titled ? cv_arena_printf(s->x->arena, "%s, %s", staff.full_name, staff.title) : staff.full_name;
    f->phone = phone_of(s, id);
}

static const char *sum_of(struct sheet *s, enum prov_ask kind, size_t rows)
{
    if (kind == PROV_ASK_TRANSFER)
        return cv_arena_printf(s->x->arena, s->en ? "Asked for: %zu" : "Danh sách đề nghị: %zu người", rows);
    return cv_arena_printf(s->x->arena, s->en ? "Accounts asked for: %zu" : "Danh sách đề nghị: %zu tài khoản", rows);
}

static struct pap_form make_form(struct sheet *s, const struct prov_request *first)
{
    enum cv_lang lang = s->en ? CV_EN : CV_VI;
    size_t columns = kinds[first->kind].columns, rows = 0, room = 0;
    for (size_t i = 0; i < s->count; i++)
        room += on_form(&s->items[i], first);
    const char **cells = CV_NEWS(s->x->arena, const char *, room *columns);
    for (size_t i = 0; i < s->count && cv_arena_ok(s->x->arena); i++)
        if (on_form(&s->items[i], first)) {
            put_row(s, &s->items[i], rows + 1, &cells[rows * columns]);
            rows++;
        }
    struct pap_form form = {.title = s->en ? "REQUEST" : "PHIẾU ĐỀ NGHỊ",
                            .subject = kinds[first->kind].subject[lang],
                            .unit = unit_name(s, first->unit),
                            .heads = kinds[first->kind].heads[lang],
                            .column_count = columns,
                            .cells = cells,
                            .row_count = rows,
                            .sum = sum_of(s, first->kind, rows),
                            .note = !s->more ? NULL
                                    : s->en  ? "This print is not complete: older requests are on the next page."
                                            : "Bản in này chưa đủ: những đề nghị cũ hơn ở trang sau."};
    put_letterhead(s, first, &form);
    put_asker(s, first, &form);
    return form;
}

static bool is_first(const struct sheet *s, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (on_form(&s->items[i], &s->items[at]))
            return false;
    return true;
}

void api_request_reply_form(struct htp_exchange *x, struct prov_call *call, const struct prov_request *items,
                            size_t count, bool more)
{
    struct sheet s = {.x = x, .call = call, .items = items, .count = count, .more = more, .en = x->lang == CV_EN};
    struct pap_form *forms = CV_NEWS(x->arena, struct pap_form, count + 1);
    size_t made = 0;
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    for (size_t i = 0; i < count && cv_arena_ok(x->arena); i++)
        if (is_first(&s, i))
            forms[made++] = make_form(&s, &items[i]);
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
