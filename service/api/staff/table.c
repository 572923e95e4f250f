/* A list of people or of accounts as a file: all that the question finds, not a page of them. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/staff/table.h"
#include "congvu/titles.h"

enum { PAGE = 500, ROWS_MAX = 20000, ACCOUNTS_MAX = 16 << 10 };
enum column {
    ORDER,
    CODE,
    NAME,
    TITLE,
    UNIT_CODE,
    UNIT,
    CATEGORY,
    STATUS,
    ADDRESS,
    ACCOUNTS,
    PROVINCE,
    OF_PEOPLE,
    SYSTEM = OF_PEOPLE, /* of one account, from here on */
    LOGIN,
    STATE,
    LAST_USE,
    VALID_TO,
    SERIAL,
    CUSTODIAN,
    RETURNED,
    COLUMNS
};

/* Which columns, in which order. National platforms ask for the second; the last is no layout of people. */
enum layout { PEOPLE, ACCOUNT_LIST, LAYOUTS_OF_PEOPLE, ROWS = LAYOUTS_OF_PEOPLE, LAYOUTS };
static const char *const layout_words[] = {"people", "accounts", NULL};
static const struct {
    enum column columns[COLUMNS];
    size_t count;
    const char *plain[CV_LANGS], *name[CV_LANGS];
} layouts[LAYOUTS] = {
    [PEOPLE] = {{ORDER, CODE, NAME, TITLE, UNIT_CODE, UNIT, CATEGORY, STATUS, ADDRESS, ACCOUNTS},
                10,
                {"danh-sach-nhan-su", "staff"},
                {"Danh sách nhân sự", "Staff"}},
    [ACCOUNT_LIST] = {{NAME, ADDRESS, UNIT, PROVINCE},
                      4,
                      {"danh-sach-tai-khoan", "accounts"},
                      {"Danh sách tài khoản", "Accounts"}},
    [ROWS] = {{ORDER, CODE, NAME, UNIT_CODE, UNIT, SYSTEM, LOGIN, STATE, LAST_USE, VALID_TO, SERIAL, CUSTODIAN,
               RETURNED},
              13,
              {"tai-khoan", "accounts"},
              {"Tài khoản theo hệ thống", "Accounts by system"}},
};

static const struct {
    const char *title[CV_LANGS];
    int width;
} columns[COLUMNS] = {
    [ORDER] = {{"STT", "No."}, 6},
    [CODE] = {{"Số hiệu", "Staff number"}, 14},
    [NAME] = {{"Họ và tên", "Full name"}, 28},
    [TITLE] = {{"Chức vụ", "Position"}, 24},
    [UNIT_CODE] = {{"Mã đơn vị", "Unit code"}, 16},
    [UNIT] = {{"Đơn vị", "Unit"}, 34},
    [CATEGORY] = {{"Đối tượng", "Category"}, 16},
    [STATUS] = {{"Trạng thái", "Status"}, 14},
    [ADDRESS] = {{"Thư điện tử", "Address"}, 34},
    [ACCOUNTS] = {{"Tài khoản", "Accounts"}, 44},
    [PROVINCE] = {{"Tỉnh, thành phố", "Province"}, 24},
    [SYSTEM] = {{"Hệ thống", "System"}, 26},
    [LOGIN] = {{"Tên tài khoản", "Login"}, 24},
    [STATE] = {{"Tình trạng", "State"}, 18},
    [LAST_USE] = {{"Sử dụng gần nhất", "Last use"}, 14},
    [VALID_TO] = {{"Chứng thư có hiệu lực đến", "Certificate valid until"}, 16},
    [SERIAL] = {{"Số hiệu thiết bị", "Device"}, 20},
    [CUSTODIAN] = {{"Người giữ thiết bị", "Device kept by"}, 26},
    [RETURNED] = {{"Ngày trả thiết bị", "Device returned on"}, 14},
};

/* One file. The systems are asked for once: with its rules of long ago one of them is large. */
struct sheet {
    struct htp_exchange *x;
    struct rep_table *t;
    enum layout layout;
    struct dom_system *systems;
    size_t system_count;
};

static const char *system_name(const struct sheet *s, const char *slug)
{
    for (size_t i = 0; i < s->system_count; i++) {
        const struct dom_system *system = &s->systems[i];
        if (strcmp(system->slug, slug) == 0)
            return api_in_language(system->name, s->x->lang);
    }
    return slug;
}

static const char *accounts_of(const struct sheet *s, const struct view_staff *p)
{
    cv_auto_buf out = {0};
    cv_buf_init(&out, ACCOUNTS_MAX);
    for (size_t i = 0; i < p->account_count; i++)
        cv_buf_printf(&out, "%s%s: %s", i > 0 ? "; " : "", system_name(s, p->accounts[i].system),
                      rep_account_title(p->accounts[i].observed, s->x->lang));
    return cv_arena_strdup(s->x->arena, cv_buf_str(&out));
}

static struct rep_cell day_cell(const struct htp_exchange *x, cv_day day)
{
    char text[CV_DAY_TEXT];
    return rep_text(day != CV_NO_DAY ? cv_arena_strdup(x->arena, cv_day_people(day, text)) : NULL);
}

/* Nobody else has it: the holder. Who is not the caller's to see is not named. */
static const char *keeper_of(const struct htp_exchange *x, const struct view_staff *holder,
                             const struct dom_certificate *c)
{
    struct view_staff keeper;
    if (c->token_serial == NULL || c->returned_on != CV_NO_DAY)
        return NULL;
    if (cv_id_is_zero(c->custodian))
        return holder->full_name;
    bool seen = view_staff_by_id(api_of(x)->view, api_actor(x)->scope, c->custodian, x->arena, &keeper);
    return seen ? keeper.full_name : x->lang == CV_EN ? "somebody of another unit" : "người của đơn vị khác";
}

static struct rep_cell account_cell(const struct sheet *s, const struct view_account_row *row, enum column column)
{
    const struct htp_exchange *x = s->x;
    static const struct dom_certificate nothing = {.valid_to = CV_NO_DAY, .returned_on = CV_NO_DAY};
    const struct dom_certificate *c = row->account.certificate != NULL ? row->account.certificate : &nothing;
    switch (column) {
    case SYSTEM:
        return rep_text(system_name(s, row->account.system));
    case LOGIN:
        return rep_code(row->account.login);
    case STATE:
        return rep_text(rep_account_title(row->account.observed, x->lang));
    case LAST_USE:
        return day_cell(x, row->account.last_active_on);
    case VALID_TO:
        return day_cell(x, c->valid_to);
    case SERIAL:
        return rep_code(c->token_serial);
    case CUSTODIAN:
        return rep_text(keeper_of(x, &row->staff, c));
    default:
        return day_cell(x, c->returned_on);
    }
}

static struct rep_cell cell_of(const struct sheet *s, const struct view_staff *p, enum column column)
{
    const struct htp_exchange *x = s->x;
    const struct rep_table *t = s->t;
    bool home = api_reaches_people(x, p->unit);
    const char *unit = api_in_language(p->unit_name, t->lang);
    switch (column) {
    case ORDER:
        return rep_int((int64_t)t->line_count);
    case CODE:
        return rep_code(p->staff_code);
    case NAME:
        return rep_text(p->full_name);
    case TITLE:
        return rep_text(home ? p->title : NULL);
    case UNIT_CODE:
        return rep_code(home ? p->unit_code : NULL);
    case UNIT:
        return rep_text(home ? unit : NULL);
    case CATEGORY:
        return rep_text(rep_category_title(p->category, t->lang));
    case STATUS:
        return rep_text(rep_status_title(p->status, t->lang));
    case ADDRESS:
        return rep_text(p->address);
    case ACCOUNTS:
        return rep_text(accounts_of(s, p));
    default:
        return rep_text(*api_of(x)->province != '\0' ? api_of(x)->province : NULL);
    }
}

static void put_person(const struct sheet *s, const struct view_staff *p)
{
    if (s->layout == ACCOUNT_LIST && p->address == NULL)
        return;
    struct rep_cell *cells = rep_table_line(s->t, REP_LINE_PLAIN);
    for (size_t i = 0; i < layouts[s->layout].count; i++)
        cells[i] = cell_of(s, p, layouts[s->layout].columns[i]);
}

static void put_account(const struct sheet *s, const struct view_account_row *row)
{
    struct rep_cell *cells = rep_table_line(s->t, REP_LINE_PLAIN);
    for (size_t i = 0; i < layouts[ROWS].count; i++) {
        enum column column = layouts[ROWS].columns[i];
        cells[i] = column < OF_PEOPLE ? cell_of(s, &row->staff, column) : account_cell(s, row, column);
    }
}

/* Looked at before each page is written down, so that no list goes far past the ceiling. */
static bool has_room(const struct sheet *s, size_t more, struct cv_error *err)
{
    struct cv_faults *faults = &s->x->faults;
    if (s->t->line_count + more > ROWS_MAX)
        cv_fault_add(faults, CV_AT_PARAMETER, "format", "too_many", "Hơn %d dòng; hãy lọc hẹp hơn",
                     "More than %d lines; narrow the question", ROWS_MAX);
    else if (!cv_arena_ok(s->x->arena))
        cv_fault_add(faults, CV_AT_PARAMETER, "format", "too_many", "Quá nhiều dữ liệu cho một tệp; hãy lọc hẹp hơn",
                     "Too much for one file; narrow the question");
    return cv_faults_check(faults, cvp_validation_failed, err);
}

typedef bool fill_fn(const struct sheet *s, void *query, struct cv_error *err);

static bool fill_people(const struct sheet *s, void *query, struct cv_error *err)
{
    struct view_staff_query *q = query;
    struct view_staff_page page;
    q->page_size = PAGE;
    do {
        if (!view_staff_list(api_of(s->x)->view, q, s->x->arena, &page, err) || !has_room(s, page.count, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            put_person(s, &page.items[i]);
        q->after = page.next;
        q->after_len = page.next_len;
    } while (page.next != NULL);
    return true;
}

static bool fill_accounts(const struct sheet *s, void *query, struct cv_error *err)
{
    struct view_account_query *q = query;
    struct view_account_page page;
    q->page_size = PAGE;
    do {
        if (!view_account_list(api_of(s->x)->view, q, s->x->arena, &page, err) || !has_room(s, page.count, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            put_account(s, &page.items[i]);
        q->after = page.next;
        q->after_len = page.next_len;
    } while (page.next != NULL);
    return true;
}

static enum layout layout_of(struct htp_exchange *x)
{
    const char *word = htp_query(x, "layout");
    int layout = word != NULL ? dom_word_index(layout_words, word) : PEOPLE;
    if (layout < 0)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "layout", "not_allowed_value", "Giá trị không được hỗ trợ: %s",
                     "Not one of the values that are there: %s", word);
    return layout < 0 ? PEOPLE : (enum layout)layout;
}

static bool reply(struct htp_exchange *x, enum layout layout, fill_fn *fill, void *query, size_t *out_count,
                  struct cv_error *err)
{
    struct api_file file;
    struct rep_table *t = rep_table_new(x->arena, x->lang, layouts[layout].count);
    const struct rep_table *tables[] = {t};
    struct sheet sheet = {.x = x, .t = t, .layout = layout};
    struct rep_xlsx_options options = {.title = "Congvu", .author = "Congvu", .made_at = cv_now()};
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    api_read_file(x, API_TABLE, &file);
    t->sheet = layout == ROWS ? layouts[ROWS].plain[x->lang] : x->lang == CV_EN ? "staff" : "nhan-su";
    for (size_t i = 0; i < layouts[layout].count; i++) {
        enum column column = layouts[layout].columns[i];
        t->columns[i] = (struct rep_column){columns[column].title[x->lang], NULL, columns[column].width};
    }
    if (!cv_faults_check(&x->faults, cvp_validation_failed, err) ||
        !view_systems(api_of(x)->view, x->arena, &sheet.systems, &sheet.system_count, err) ||
        !fill(&sheet, query, err) || !api_write_tables(x, &file, tables, 1, &options, &out, err))
        return false;
    api_name_file(x, file.format, layouts[layout].plain[x->lang], layouts[layout].name[x->lang]);
    *out_count = t->line_count;
    htp_reply_text(x, 200, api_media_type(file.format), cv_buf_str(&out), out.len);
    return true;
}

bool api_reply_staff_file(struct htp_exchange *x, struct view_staff_query *q, size_t *out_count, struct cv_error *err)
{
    return reply(x, layout_of(x), fill_people, q, out_count, err);
}

bool api_reply_account_file(struct htp_exchange *x, struct view_account_query *q, size_t *out_count,
                            struct cv_error *err)
{
    return reply(x, ROWS, fill_accounts, q, out_count, err);
}
