/* Which column is what: headings as lists of the field have them, in Vietnamese and English. */
#include <string.h>

#include "congvu/intake_rows.h"
#include "congvu/text.h"
#include "intake/internal.h"
#include "intake/rows.h"

const char *const int_list_kind_words[] = {"staff", "leavers", "headcounts", "units", "roster", NULL};
const char *const int_field_words[] = {"number",       "full_name",       "family_and_middle_name",
                                       "given_name",   "staff_code",      "former_code",
                                       "birth",        "title",           "unit",
                                       "unit_code",    "category",        "mobile",
                                       "address",      "decision_number", "signed_on",
                                       "effective_on", "hired_on",        "reason",
                                       "on",           "total",           "establishment",
                                       "unit_name",    "unit_kind",       "parent",
                                       "slug",         "ignored",         NULL};
_Static_assert(CV_COUNT(int_field_words) == INT_FIELDS + 1, "int_field_words differs from its enum");

enum { HEADING_ROWS = 40, LEAST_HEADINGS = 2 };

/* Folded. A heading is what it begins with, so the longer ones stand where they would be mistaken. */
static const struct {
    enum int_field field;
    const char *words;
} synonyms[] = {
    {INT_F_NUMBER, "stt"},
    {INT_F_NUMBER, "tt"},
    {INT_F_NUMBER, "so tt"},
    {INT_F_NUMBER, "so thu tu"},
    {INT_F_NUMBER, "no"},
    {INT_F_NAME, "ho va ten"},
    {INT_F_NAME, "ho ten"},
    {INT_F_NAME, "hoten"},
    {INT_F_NAME, "ho ten can bo"},
    {INT_F_NAME, "ho va ten khai sinh"},
    {INT_F_NAME, "ten nguoi dung"},
    {INT_F_NAME, "full name"},
    {INT_F_NAME, "fullname"},
    {INT_F_NAME, "name"},
    {INT_F_NAME, "can bo cong chuc vien chuc"},
    {INT_F_HEAD, "ho dem"},
    {INT_F_HEAD, "ho va dem"},
    {INT_F_HEAD, "ho va ten dem"},
    {INT_F_HEAD, "ho ten dem"},
    {INT_F_HEAD, "ho lot"},
    {INT_F_HEAD, "ho va lot"},
    {INT_F_HEAD, "ho va ten lot"},
    {INT_F_HEAD, "ho chu lot"},
    {INT_F_HEAD, "ho va chu lot"},
    {INT_F_HEAD, "ho chu dem"},
    {INT_F_HEAD, "ho va chu dem"},
    {INT_F_HEAD, "ho va ten chu dem"},
    {INT_F_HEAD, "ho"},
    {INT_F_GIVEN, "ten"},
    {INT_F_GIVEN, "given name"},
    {INT_F_OLD_CODE, "so hieu cu"},
    {INT_F_OLD_CODE, "ma so cu"},
    {INT_F_OLD_CODE, "ma cu"},
    {INT_F_OLD_CODE, "ma nhan vien cu"},
    {INT_F_OLD_CODE, "former code"},
    {INT_F_OLD_CODE, "old code"},
    {INT_F_CODE, "so hieu moi"},
    {INT_F_CODE, "ma moi"},
    {INT_F_CODE, "so hieu"},
    {INT_F_CODE, "ma so"},
    {INT_F_CODE, "ma nhan vien"},
    {INT_F_CODE, "ma can bo"},
    {INT_F_CODE, "ma cbccvc"},
    {INT_F_CODE, "ma cb"},
    {INT_F_CODE, "ma nv"},
    {INT_F_CODE, "ma ho so"},
    {INT_F_CODE, "staff code"},
    {INT_F_CODE, "employee code"},
    {INT_F_CODE, "code"},
    {INT_F_BIRTH, "ngay sinh"},
    {INT_F_BIRTH, "nam sinh"},
    {INT_F_BIRTH, "ngay thang nam sinh"},
    {INT_F_BIRTH, "sinh nam"},
    {INT_F_BIRTH, "date of birth"},
    {INT_F_BIRTH, "birth"},
    {INT_F_TITLE, "chuc vu"},
    {INT_F_TITLE, "chuc danh"},
    {INT_F_TITLE, "vi tri viec lam"},
    {INT_F_TITLE, "title"},
    {INT_F_TITLE, "position"},
    {INT_F_UNIT, "don vi"},
    {INT_F_UNIT, "phong ban"},
    {INT_F_UNIT, "bo phan"},
    {INT_F_UNIT, "co quan"},
    {INT_F_UNIT, "noi cong tac"},
    {INT_F_UNIT, "phong"},
    {INT_F_UNIT, "to chuc"},
    {INT_F_UNIT, "ten don vi"},
    {INT_F_UNIT, "unit"},
    {INT_F_UNIT, "department"},
    {INT_F_UNIT_CODE, "ma dinh danh"},
    {INT_F_UNIT_CODE, "ma don vi"},
    {INT_F_UNIT_CODE, "unit code"},
    {INT_F_CATEGORY, "doi tuong"},
    {INT_F_CATEGORY, "loai can bo"},
    {INT_F_CATEGORY, "dien"},
    {INT_F_CATEGORY, "loai lao dong"},
    {INT_F_CATEGORY, "loai hinh"},
    {INT_F_CATEGORY, "category"},
    {INT_F_MOBILE, "so dien thoai"},
    {INT_F_MOBILE, "dien thoai"},
    {INT_F_MOBILE, "di dong"},
    {INT_F_MOBILE, "so di dong"},
    {INT_F_MOBILE, "sdt"},
    {INT_F_MOBILE, "dtdd"},
    {INT_F_MOBILE, "so dt"},
    {INT_F_MOBILE, "so dtdd"},
    {INT_F_MOBILE, "dt"},
    {INT_F_MOBILE, "dien thoai di dong"},
    {INT_F_MOBILE, "so dien thoai di dong"},
    {INT_F_MOBILE, "mobile"},
    {INT_F_MOBILE, "phone"},
    {INT_F_ADDRESS, "thu dien tu"},
    {INT_F_ADDRESS, "dia chi thu"},
    {INT_F_ADDRESS, "dia chi mail"},
    {INT_F_ADDRESS, "dia chi email"},
    {INT_F_ADDRESS, "mail"},
    {INT_F_ADDRESS, "email"},
    {INT_F_ADDRESS, "e mail"},
    {INT_F_ADDRESS, "hop thu"},
    {INT_F_ADDRESS, "address"},
    {INT_F_DECISION, "so quyet dinh"},
    {INT_F_DECISION, "quyet dinh so"},
    {INT_F_DECISION, "quyet dinh"},
    {INT_F_DECISION, "so qd"},
    {INT_F_DECISION, "decision"},
    {INT_F_SIGNED, "ngay quyet dinh"},
    {INT_F_SIGNED, "ngay ky"},
    {INT_F_SIGNED, "ngay qd"},
    {INT_F_SIGNED, "quyet dinh ngay"},
    {INT_F_SIGNED, "signed on"},
    {INT_F_EFFECTIVE, "ngay hieu luc"},
    {INT_F_EFFECTIVE, "hieu luc"},
    {INT_F_EFFECTIVE, "tu ngay"},
    {INT_F_EFFECTIVE, "ngay nghi"},
    {INT_F_EFFECTIVE, "thoi diem nghi"},
    {INT_F_EFFECTIVE, "thoi gian nghi"},
    {INT_F_EFFECTIVE, "effective on"},
    {INT_F_HIRED, "ngay vao"},
    {INT_F_HIRED, "ngay tuyen dung"},
    {INT_F_HIRED, "ngay nhan viec"},
    {INT_F_HIRED, "hired on"},
    {INT_F_REASON, "ly do"},
    {INT_F_REASON, "hinh thuc nghi"},
    {INT_F_REASON, "reason"},
    {INT_F_DAY, "ngay chot"},
    {INT_F_DAY, "tinh den ngay"},
    {INT_F_DAY, "thoi diem"},
    {INT_F_TOTAL, "tong so"},
    {INT_F_TOTAL, "so luong"},
    {INT_F_TOTAL, "hien co"},
    {INT_F_TOTAL, "total"},
    {INT_F_ESTABLISHMENT, "bien che"},
    {INT_F_ESTABLISHMENT, "chi tieu bien che"},
    {INT_F_ESTABLISHMENT, "establishment"},
    {INT_F_UNIT_KIND, "loai don vi"},
    {INT_F_UNIT_KIND, "kind"},
    {INT_F_PARENT, "don vi cap tren"},
    {INT_F_PARENT, "don vi cha"},
    {INT_F_PARENT, "truc thuoc"},
    {INT_F_PARENT, "co quan chu quan"},
    {INT_F_PARENT, "ma don vi cap tren"},
    {INT_F_PARENT, "parent"},
    {INT_F_SLUG, "ten viet tat"},
    {INT_F_SLUG, "viet tat"},
    {INT_F_SLUG, "slug"},
    {INT_F_IGNORED, "gioi tinh"},
    {INT_F_IGNORED, "nam nu"},
    {INT_F_IGNORED, "cccd"},
    {INT_F_IGNORED, "cmnd"},
    {INT_F_IGNORED, "can cuoc"},
    {INT_F_IGNORED, "so cccd"},
    {INT_F_IGNORED, "so cmnd"},
    {INT_F_IGNORED, "so dinh danh"},
    {INT_F_IGNORED, "ghi chu"},
    {INT_F_IGNORED, "noi dung de nghi"},
    {INT_F_IGNORED, "trinh do"},
    {INT_F_IGNORED, "ngach"},
    {INT_F_IGNORED, "que quan"},
    {INT_F_IGNORED, "dan toc"},
    {INT_F_IGNORED, "ton giao"},
    {INT_F_IGNORED, "ten tai khoan"},
    {INT_F_IGNORED, "tai khoan"},
    {INT_F_IGNORED, "mat khau"},
    {INT_F_IGNORED, "note"},
    {INT_F_IGNORED, "dien thoai co quan"},
    {INT_F_IGNORED, "so dien thoai co quan"},
    {INT_F_IGNORED, "dt co quan"},
    {INT_F_IGNORED, "dien thoai ban"},
    {INT_F_IGNORED, "so dien thoai ban"},
    {INT_F_IGNORED, "dien thoai nha rieng"},
    {INT_F_IGNORED, "so dien thoai nha rieng"},
    {INT_F_IGNORED, "so may le"},
    {INT_F_IGNORED, "email ca nhan"},
    {INT_F_IGNORED, "mail ca nhan"},
    {INT_F_IGNORED, "thu dien tu ca nhan"},
    {INT_F_IGNORED, "dia chi email ca nhan"},
    {INT_F_IGNORED, "hop thu ca nhan"},
    {INT_F_IGNORED, "gmail"},
    {INT_F_IGNORED, "ma so thue"},
    {INT_F_IGNORED, "ma so bhxh"},
    {INT_F_IGNORED, "ma so bao hiem"},
    {INT_F_IGNORED, "ma so ngach"},
    {INT_F_IGNORED, "ma so cdnn"},
    {INT_F_IGNORED, "ma so chuc danh"},
    {INT_F_IGNORED, "ma so dinh danh"},
    {INT_F_IGNORED, "ma so hop dong"},
    {INT_F_IGNORED, "so hieu tai khoan"},
    {INT_F_IGNORED, "so hieu chung chi"},
    {INT_F_IGNORED, "ma dinh danh ca nhan"},
    {INT_F_IGNORED, "ma dinh danh cong dan"},
    {INT_F_IGNORED, "ngay vao dang"},
    {INT_F_IGNORED, "ngay vao doan"},
    {INT_F_IGNORED, "ngay vao nganh"},
    {INT_F_IGNORED, "ngay vao cong doan"},
    {INT_F_IGNORED, "chuc vu dang"},
    {INT_F_IGNORED, "chuc vu doan the"},
    {INT_F_IGNORED, "chuc vu trong dang"},
    {INT_F_IGNORED, "chuc vu kiem nhiem"},
    {INT_F_IGNORED, "chuc danh nghe nghiep"},
    {INT_F_IGNORED, "chuc danh khoa hoc"},
    {INT_F_IGNORED, "co quan cap"},
    {INT_F_IGNORED, "noi cap"},
};

/* Fields that a kind looks at; the others are of no use to it. */
static bool of_kind(enum int_list_kind kind, enum int_field field)
{
    bool unit_only =
        field == INT_F_UNIT_NAME || field == INT_F_UNIT_KIND || field == INT_F_PARENT || field == INT_F_SLUG;
    bool count_only = field == INT_F_DAY || field == INT_F_TOTAL || field == INT_F_ESTABLISHMENT;
    if (field == INT_F_NUMBER || field == INT_F_UNIT || field == INT_F_UNIT_CODE || field == INT_F_IGNORED)
        return true;
    if (kind == INT_UNITS)
        return unit_only;
    if (kind == INT_HEADCOUNTS)
        return count_only;
    return !unit_only && !count_only && (field != INT_F_REASON || kind == INT_LEAVERS);
}

/* Of a list of leavers alone: elsewhere it is the day on which somebody may retire. */
static bool tells_of_leaving(const char *words)
{
    return strcmp(words, "ngay nghi") == 0 || strcmp(words, "thoi diem nghi") == 0 ||
           strcmp(words, "thoi gian nghi") == 0;
}

/* Words of the heading that a synonym takes; 0 = none. What stands in brackets explains only. */
static size_t taken(const char *folded, const char *words)
{
    size_t len = strlen(words);
    return strncmp(folded, words, len) == 0 && (folded[len] == '\0' || folded[len] == ' ') ? len : 0;
}

/* *out_len: how much of it was understood. */
static int field_of(struct cv_arena *arena, const char *heading, enum int_list_kind kind, size_t *out_len)
{
    const char *plain = cv_arena_strndup(arena, heading, strcspn(heading, "(["));
    const char *folded = cv_text_fold(arena, plain);
    size_t best = 0;
    int field = -1;
    for (size_t i = 0; i < CV_COUNT(synonyms); i++) {
        size_t len = taken(folded, synonyms[i].words);
        bool whole = len > 0 && folded[len] == '\0';
        bool loose =
            len >= 5 || strcmp(synonyms[i].words, "mail") == 0; /* "ho", "ten", "tt" are the whole heading or nothing */
        bool apart = kind != INT_LEAVERS && tells_of_leaving(synonyms[i].words);
        if ((whole || loose) && !apart && len > best && of_kind(kind, synonyms[i].field)) {
            best = len;
            field = (int)synonyms[i].field;
        }
    }
    *out_len = best;
    return kind == INT_UNITS && field == INT_F_UNIT ? INT_F_UNIT_NAME : field;
}

static bool is_known(struct cv_arena *arena, const char *heading, enum int_list_kind kind)
{
    size_t len;
    return field_of(arena, heading, kind, &len) >= 0;
}

/* ---- a second row of headings: "Nam", "Nữ" below "Ngày sinh" over two columns ---- */

struct below {
    uint32_t row; /* 0 = none */
    const char *texts[INT_COLUMNS_MAX];
    size_t count;
};

/* Words alone, none where people have their number and name, and one at least where the row above has nothing. */
static bool is_below(struct cv_arena *arena, const struct int_table *t, const struct int_row *row,
                     enum int_list_kind kind)
{
    size_t under_nothing = 0;
    for (size_t i = 0; i < row->count; i++) {
        const struct int_cell *cell = &row->cells[i];
        const char *above = i < t->column_count ? t->columns[i].heading : "";
        size_t len;
        if (cell->kind == INT_EMPTY || cell->merged)
            continue;
        int field = field_of(arena, above, kind, &len);
        if (cell->kind != INT_TEXT || strpbrk(cell->text, "0123456789") || field == INT_F_NUMBER ||
            field == INT_F_NAME || field == INT_F_UNIT_NAME)
            return false;
        under_nothing += *above == '\0';
    }
    return under_nothing > 0;
}

static void keep_below(struct below *below, const struct int_row *row, struct cv_arena *arena)
{
    below->row = row->number;
    below->count = row->count;
    for (size_t i = 0; i < row->count; i++) {
        const struct int_cell *cell = &row->cells[i];
        below->texts[i] = cell->merged ? "" : cv_arena_strdup(arena, cell->text);
    }
}

/* What both say together, unless the lower one is a heading by itself and the upper one said no more. */
static const char *joined(struct cv_arena *arena, const char *above, const char *below, enum int_list_kind kind)
{
    const char *both = cv_arena_printf(arena, "%s %s", above, below);
    size_t more = 0, upper = 0, lower = 0;
    int first = field_of(arena, above, kind, &upper), own = field_of(arena, below, kind, &lower);
    (void)field_of(arena, both, kind, &more);
    bool of_name = first == INT_F_NAME && (own == INT_F_HEAD || own == INT_F_GIVEN);
    return more > upper || (!of_name && first >= 0) || own < 0 ? both : below;
}

static void join_below(struct int_table *t, const struct below *below, struct cv_arena *arena)
{
    const char *above = "";
    for (size_t i = 0; i < below->count; i++) {
        if (i >= t->column_count)
            t->columns[t->column_count++] = (struct int_column){.heading = "", .field = -1};
        if (*t->columns[i].heading != '\0')
            above = t->columns[i].heading;
        if (*below->texts[i] != '\0')
            t->columns[i].heading = joined(arena, above, below->texts[i], t->kind);
    }
    t->below_row = below->row;
}

struct finding {
    enum int_list_kind kind;
    struct cv_arena *arena;
    struct int_table *table;
    size_t best;
    struct below below;
};

static bool look_at_row(void *ctx, const struct int_row *row)
{
    struct finding *f = ctx;
    size_t known = 0;
    for (size_t i = 0; i < row->count; i++)
        known += row->cells[i].kind == INT_TEXT && is_known(f->arena, row->cells[i].text, f->kind);
    bool next = f->table->heading_row > 0 && row->number == f->table->heading_row + 1;
    if (next && known <= f->best && is_below(f->arena, f->table, row, f->kind))
        keep_below(&f->below, row, f->arena);
    if (known > f->best && known >= LEAST_HEADINGS) {
        f->best = known;
        f->below.row = 0;
        f->table->heading_row = row->number;
        f->table->column_count = row->count;
        for (size_t i = 0; i < row->count; i++)
            f->table->columns[i] =
                (struct int_column){.heading = cv_arena_strdup(f->arena, row->cells[i].text), .field = -1};
    }
    return row->number < HEADING_ROWS;
}

static void assign(struct int_table *table, size_t column, int field)
{
    table->columns[column].field = field;
    if (field >= 0 && field != INT_F_IGNORED && table->column_of[field] < 0)
        table->column_of[field] = (int)column;
    else if (field == INT_F_BIRTH && table->birth_too < 0)
        table->birth_too = (int)column;
}

/* Headings that say it whole go before those that only begin so: "Chức vụ" before "Chức danh, nhiệm vụ". */
static void assign_known(struct int_table *t, struct cv_arena *arena, bool whole)
{
    for (size_t i = 0; i < t->column_count; i++) {
        size_t len = 0;
        const char *heading = t->columns[i].heading;
        int field = t->columns[i].field < 0 ? field_of(arena, heading, t->kind, &len) : -1;
        if (field < 0 || (whole && len < strlen(cv_text_fold(arena, heading))))
            continue;
        bool taken_already = field != INT_F_IGNORED && t->column_of[field] >= 0;
        if (!taken_already || (field == INT_F_BIRTH && t->birth_too < 0))
            assign(t, i, field);
        if (t->notes < 0 && field == INT_F_IGNORED && strncmp(cv_text_fold(arena, heading), "ghi chu", 7) == 0)
            t->notes = (int)i;
    }
}

/* ---- "Họ và tên" over two columns, the second without a heading ---- */

struct second_column {
    const struct int_table *table;
    struct cv_arena *arena;
    size_t column, names, both, words, unfinished, sexes;
};

/* One word of letters. */
static bool is_word(struct cv_arena *arena, const char *text)
{
    return *text != '\0' && !strpbrk(text, " 0123456789.,;:/()-@") && strpbrk(cv_text_fold(arena, text), "aeiouy");
}

/* Nobody's given name: what follows is in the next column. */
static bool ends_unfinished(struct cv_arena *arena, const char *name)
{
    const char *last = strrchr(name, ' '), *lower = cv_text_lower(arena, last != NULL ? last + 1 : name);
    return strcmp(lower, "thị") == 0 || strcmp(lower, "văn") == 0 || last == NULL;
}

static bool look_at_second(void *ctx, const struct int_row *row)
{
    enum { ENOUGH = 300 };
    struct second_column *s = ctx;
    size_t name = (size_t)s->table->column_of[INT_F_NAME];
    if (row->number <= s->table->heading_row || row->number == s->table->below_row || row->count <= name ||
        row->cells[name].kind != INT_TEXT)
        return true;
    if (s->table->column_of[INT_F_NUMBER] >= 0 && !int_has_number(s->table, row))
        return true;
    s->names++;
    if (row->count > s->column && row->cells[s->column].kind == INT_TEXT) {
        const char *text = row->cells[s->column].text, *folded = cv_text_fold(s->arena, text);
        s->both++;
        s->words += is_word(s->arena, text);
        s->sexes += strcmp(folded, "nam") == 0 || strcmp(folded, "nu") == 0;
        s->unfinished += ends_unfinished(s->arena, row->cells[name].text);
    }
    return s->names < ENOUGH;
}

/* Sure when nearly every name has one word more there, and many of them are no names without it. */
static bool find_second_column(struct int_list *list, struct int_table *t, struct cv_arena *arena, struct cv_error *err)
{
    struct second_column s = {.table = t, .arena = arena, .column = (size_t)(t->column_of[INT_F_NAME] + 1)};
    bool unnamed =
        s.column >= t->column_count || (*t->columns[s.column].heading == '\0' && t->columns[s.column].field < 0);
    if (t->column_of[INT_F_NAME] < 0 || t->column_of[INT_F_GIVEN] >= 0 || t->column_of[INT_F_HEAD] >= 0 ||
        s.column >= INT_COLUMNS_MAX || !unnamed)
        return true;
    if (!int_rows(list, look_at_second, &s, err))
        return false;
    if (s.both == 0 || s.words * 2 < s.both)
        return true;
    if (s.words * 10 >= s.names * 8 && s.unfinished * 3 >= s.both && s.sexes < s.both) {
        if (s.column >= t->column_count)
            t->columns[t->column_count++] = (struct int_column){.heading = "", .field = -1};
        assign(t, s.column, INT_F_GIVEN);
    } else {
        t->beside_name = (int)s.column;
    }
    return true;
}

static bool needed(const struct int_table *t, struct cv_error *err)
{
    const int *of = t->column_of;
    bool person = of[INT_F_NAME] >= 0 || of[INT_F_GIVEN] >= 0;
    bool key = of[INT_F_CODE] >= 0 || of[INT_F_ADDRESS] >= 0;
    bool unit = of[INT_F_UNIT] >= 0 || of[INT_F_UNIT_CODE] >= 0;
    const char *missing = NULL;
    if ((t->kind == INT_STAFF || t->kind == INT_ROSTER) && !person)
        missing = "Họ và tên";
    else if (t->kind == INT_LEAVERS && !key)
        missing = "Số hiệu";
    else if (t->kind == INT_HEADCOUNTS && (!unit || of[INT_F_TOTAL] < 0))
        missing = unit ? "Tổng số" : "Đơn vị";
    else if (t->kind == INT_UNITS && (of[INT_F_UNIT_NAME] < 0 || of[INT_F_UNIT_CODE] < 0))
        missing = of[INT_F_UNIT_NAME] < 0 ? "Tên đơn vị" : "Mã đơn vị";
    return missing == NULL ||
           cv_fail(err, cvp_list_unreadable, NULL, "Danh sách thiếu cột “%s” (dòng tiêu đề là dòng %u)",
                   "The list lacks the column “%s” (row %u holds the headings)", missing, t->heading_row);
}

/* A workbook may have the list on another sheet. */
static bool no_headings(struct int_list *list, struct cv_error *err)
{
    const struct int_about *about = int_about(list);
    if (about->sheet_count < 2)
        return int_unreadable(err, "Không tìm thấy dòng tiêu đề (Họ và tên, Đơn vị, ...) trong 40 dòng đầu",
                              "No row of headings (full name, unit, ...) was found in the first 40 rows");
    size_t other = strcmp(about->sheets[0], about->sheet) == 0 ? 1 : 0;
    return cv_fail(
        err, cvp_list_unreadable, "sheet",
        "Trang tính “%s” không có dòng tiêu đề (Họ và tên, Đơn vị, ...) trong 40 dòng đầu; tệp còn trang tính "
        "“%s”, vui lòng chọn trang có danh sách",
        "The sheet “%s” has no row of headings (full name, unit, ...) in its first 40 rows; the file has the "
        "sheet “%s” too, please choose the one with the list",
        about->sheet, about->sheets[other]);
}

bool int_find_table(struct int_list *list, enum int_list_kind kind, const struct int_override *overrides, size_t count,
                    struct cv_arena *arena, struct int_table *out, struct cv_error *err)
{
    struct finding f = {.kind = kind, .arena = arena, .table = out};
    *out = (struct int_table){.kind = kind, .birth_too = -1, .beside_name = -1, .notes = -1};
    for (size_t i = 0; i < INT_FIELDS; i++)
        out->column_of[i] = -1;
    if (!int_rows(list, look_at_row, &f, err))
        return false;
    if (out->heading_row == 0)
        return no_headings(list, err);
    if (f.below.row > 0)
        join_below(out, &f.below, arena);
    for (size_t i = 0; i < count; i++)
        if (overrides[i].column < INT_COLUMNS_MAX)
            assign(out, overrides[i].column, (int)overrides[i].field);
    assign_known(out, arena, true);
    assign_known(out, arena, false);
    return needed(out, err) && find_second_column(list, out, arena, err);
}
