/* A list of people as a file: all whom the question finds, not a page of them. */
#include "api/frame/tables.h"
#include "api/staff/table.h"
#include "congvu/titles.h"

enum { PAGE = 500, ROWS_MAX = 20000 };
enum column { ORDER, CODE, NAME, TITLE, UNIT_CODE, UNIT, CATEGORY, STATUS, ADDRESS, ACCOUNTS, PROVINCE, COLUMNS };

/* Which columns, in which order. National platforms ask for the second. */
enum layout { PEOPLE, ACCOUNT_LIST, LAYOUTS };
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
};

static const char *system_name(const struct htp_exchange *x, const char *slug)
{
    struct dom_system system;
    struct cv_error none = {0};
    if (!view_system_find(api_of(x)->view, slug, x->arena, &system, &none))
        return slug;
    return system.name[x->lang] != NULL ? system.name[x->lang] : system.name[CV_VI];
}

static const char *accounts_of(const struct htp_exchange *x, const struct view_staff *p)
{
    const char *out = "";
    for (size_t i = 0; i < p->account_count; i++)
        out = cv_arena_printf(x->arena, "%s%s%s: %s", out, i > 0 ? "; " : "", system_name(x, p->accounts[i].system),
                              rep_account_title(p->accounts[i].observed, x->lang));
    return out;
}

static struct rep_cell cell_of(const struct htp_exchange *x, const struct rep_table *t, const struct view_staff *p,
                               enum column column)
{
    bool home = api_reaches_people(x, p->unit);
    const char *unit = p->unit_name[t->lang] != NULL ? p->unit_name[t->lang] : p->unit_name[CV_VI];
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
        return rep_text(accounts_of(x, p));
    default:
        return rep_text(*api_of(x)->province != '\0' ? api_of(x)->province : NULL);
    }
}

static void put_person(const struct htp_exchange *x, struct rep_table *t, enum layout layout,
                       const struct view_staff *p)
{
    if (layout == ACCOUNT_LIST && p->address == NULL)
        return;
    struct rep_cell *cells = rep_table_line(t, REP_LINE_PLAIN);
    for (size_t i = 0; i < layouts[layout].count; i++)
        cells[i] = cell_of(x, t, p, layouts[layout].columns[i]);
}

static bool fill(struct htp_exchange *x, struct view_staff_query *q, struct rep_table *t, enum layout layout,
                 struct cv_error *err)
{
    struct view_staff_page page;
    q->page_size = PAGE;
    do {
        if (!view_staff_list(api_of(x)->view, q, x->arena, &page, err))
            return false;
        if (t->line_count + page.count > ROWS_MAX) {
            cv_fault_add(&x->faults, CV_AT_PARAMETER, "format", "too_many", "Hơn %d người; hãy lọc hẹp hơn",
                         "More than %d people; narrow the question", ROWS_MAX);
            return cv_faults_check(&x->faults, cvp_validation_failed, err);
        }
        for (size_t i = 0; i < page.count; i++)
            put_person(x, t, layout, &page.items[i]);
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

bool api_reply_staff_file(struct htp_exchange *x, struct view_staff_query *q, size_t *out_count, struct cv_error *err)
{
    struct api_file file;
    enum layout layout = layout_of(x);
    struct rep_table *t = rep_table_new(x->arena, x->lang, layouts[layout].count);
    const struct rep_table *tables[] = {t};
    struct rep_xlsx_options options = {.title = "Congvu", .author = "Congvu", .made_at = cv_now()};
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    api_read_file(x, API_TABLE, &file);
    t->sheet = x->lang == CV_EN ? "staff" : "nhan-su";
    for (size_t i = 0; i < layouts[layout].count; i++) {
        enum column column = layouts[layout].columns[i];
        t->columns[i] = (struct rep_column){columns[column].title[x->lang], NULL, columns[column].width};
    }
    if (!cv_faults_check(&x->faults, cvp_validation_failed, err) || !fill(x, q, t, layout, err) ||
        !api_write_tables(x, &file, tables, 1, &options, &out, err))
        return false;
    api_name_file(x, file.format, layouts[layout].plain[x->lang], layouts[layout].name[x->lang]);
    *out_count = t->line_count;
    htp_reply_text(x, 200, api_media_type(file.format), cv_buf_str(&out), out.len);
    return true;
}
