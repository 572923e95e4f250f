/* Forms to be filled in: a list as it is understood for certain, with the caller's units to choose from. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/intake/imports.h"
#include "congvu/titles.h"

enum { COLUMNS_MAX = 16, UNITS_MAX = 20000 };
enum choice { FREE, OF_UNITS, OF_CATEGORIES };
struct heading {
    const char *title;
    int width;
    enum choice choice;
};
#define UNITS_SHEET      "Đơn vị"
#define CATEGORIES_SHEET "Đối tượng"

static const struct heading headings[INT_LIST_KINDS][COLUMNS_MAX] = {
    [INT_STAFF] = {{"STT", 6, FREE},
                   {"Họ và tên", 28, FREE},
                   {"Ngày sinh", 12, FREE},
                   {"Giới tính", 10, FREE},
                   {"Số hiệu", 14, FREE},
                   {"Chức vụ", 24, FREE},
                   {"Đơn vị", 36, OF_UNITS},
                   {"Mã định danh đơn vị", 20, FREE},
                   {"Đối tượng", 24, OF_CATEGORIES},
                   {"Số điện thoại", 16, FREE},
                   {"Số quyết định", 18, FREE},
                   {"Ngày quyết định", 14, FREE},
                   {"Ngày hiệu lực", 14, FREE},
                   {"Nội dung đề nghị", 28, FREE},
                   {"Ghi chú", 24, FREE}},
    [INT_ROSTER] = {{"STT", 6, FREE},
                    {"Số hiệu cũ", 14, FREE},
                    {"Số hiệu", 14, FREE},
                    {"Họ và tên", 28, FREE},
                    {"Ngày sinh", 12, FREE},
                    {"Chức vụ", 24, FREE},
                    {"Đơn vị", 36, OF_UNITS},
                    {"Đối tượng", 24, OF_CATEGORIES},
                    {"Thư điện tử", 30, FREE}},
    [INT_LEAVERS] = {{"STT", 6, FREE},
                     {"Số hiệu", 14, FREE},
                     {"Họ và tên", 28, FREE},
                     {"Lý do", 24, FREE},
                     {"Ngày nghỉ", 14, FREE},
                     {"Số quyết định", 18, FREE},
                     {"Ngày quyết định", 14, FREE}},
    [INT_HEADCOUNTS] = {{"STT", 6, FREE},
                        {"Đơn vị", 36, OF_UNITS},
                        {"Tổng số", 12, FREE},
                        {"Biên chế", 12, FREE},
                        {"Tính đến ngày", 14, FREE}},
    [INT_UNITS] = {{"STT", 6, FREE},
                   {"Mã đơn vị", 20, FREE},
                   {"Tên đơn vị", 36, FREE},
                   {"Loại đơn vị", 20, FREE},
                   {"Trực thuộc", 36, OF_UNITS},
                   {"Viết tắt", 16, FREE}},
};

static struct rep_table *column_of(struct htp_exchange *x, const char *title)
{
    struct rep_table *t = rep_table_new(x->arena, CV_VI, 1);
    t->sheet = title;
    t->columns[0] = (struct rep_column){.title = title, .width = 60};
    return t;
}

static struct rep_table *categories(struct htp_exchange *x)
{
    struct rep_table *t = column_of(x, CATEGORIES_SHEET);
    for (int i = 0; dom_category_words[i] != NULL; i++)
        rep_table_line(t, REP_LINE_PLAIN)[0] = rep_text(rep_category_title((enum dom_category)i, CV_VI));
    return t;
}

static struct rep_table *form(struct htp_exchange *x, enum int_list_kind kind, const struct rep_table *units,
                              const struct rep_table *kinds_of_staff)
{
    const struct heading *h = headings[kind];
    size_t count = 0;
    while (count < COLUMNS_MAX && h[count].title != NULL)
        count++;
    struct rep_table *t = rep_table_new(x->arena, CV_VI, count);
    struct rep_typed *typed = CV_NEWS(x->arena, struct rep_typed, count);
    t->sheet = "Danh sách";
    t->typed = typed;
    for (size_t i = 0; i < count; i++) {
        const struct rep_table *from = h[i].choice == OF_UNITS        ? units
                                       : h[i].choice == OF_CATEGORIES ? kinds_of_staff
                                                                      : NULL;
        t->columns[i] = (struct rep_column){.title = h[i].title, .width = h[i].width};
        if (from != NULL)
            typed[i] = (struct rep_typed){from->sheet, from->line_count};
    }
    return t;
}

/* The units' names, each as it is understood for certain: of several of one name, with the unit above. */
static bool units_of(struct htp_exchange *x, struct rep_table **out, struct cv_error *err)
{
    struct imp imp = {.x = x, .options = &(const struct imp_options){0}};
    const char **names = NULL;
    size_t count = 0;
    *out = column_of(x, UNITS_SHEET);
    if (!imp_units_load(&imp, err) || !imp_unit_names(&imp, &names, &count))
        return err->kind == CV_OK;
    for (size_t i = 0; i < count; i++)
        rep_table_line(*out, REP_LINE_PLAIN)[0] = rep_text(names[i]);
    return true;
}

void api_get_import_template(struct htp_exchange *x)
{
    const struct api_file file = {.format = API_XLSX};
    const struct rep_xlsx_options options = {.title = "Congvu", .author = "Congvu", .made_at = cv_now()};
    const char *word = htp_query(x, "kind");
    int kind = word ? dom_word_index(int_list_kind_words, word) : INT_STAFF;
    struct rep_table *units = NULL;
    struct cv_error err = {0};
    cv_auto_buf out = {0};
    if (kind < 0)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "kind", "not_allowed_value", "Không có loại danh sách này",
                     "There is no such kind of list");
    if (!api_faultless(x, cvp_invalid_parameter))
        return;
    cv_buf_init(&out, CV_MAX_RESPONSE);
    if (!units_of(x, &units, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    struct rep_table *staff = categories(x);
    const struct rep_table *tables[] = {form(x, (enum int_list_kind)kind, units, staff), units, staff};
    if (!api_write_tables(x, &file, tables, CV_COUNT(tables), &options, &out, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    api_name_file(x, API_XLSX, cv_arena_printf(x->arena, "%s-form", int_list_kind_words[kind]), "Mẫu danh sách");
    htp_reply_text(x, 200, api_media_type(API_XLSX), cv_buf_str(&out), out.len);
}
