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

/* Words of the heading that a synonym takes; 0 = none. What stands in brackets explains only. */
static size_t taken(const char *folded, const char *words)
{
    size_t len = strlen(words);
    return strncmp(folded, words, len) == 0 && (folded[len] == '\0' || folded[len] == ' ') ? len : 0;
}

static int field_of(struct cv_arena *arena, const char *heading, enum int_list_kind kind)
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
        if ((whole || loose) && len > best && of_kind(kind, synonyms[i].field)) {
            best = len;
            field = (int)synonyms[i].field;
        }
    }
    if (kind == INT_UNITS && field == INT_F_UNIT)
        return INT_F_UNIT_NAME;
    return field;
}

struct finding {
    enum int_list_kind kind;
    struct cv_arena *arena;
    struct int_table *table;
    size_t best;
};

static bool look_at_row(void *ctx, const struct int_row *row)
{
    struct finding *f = ctx;
    size_t known = 0;
    for (size_t i = 0; i < row->count; i++)
        known += row->cells[i].kind == INT_TEXT && field_of(f->arena, row->cells[i].text, f->kind) >= 0;
    if (known > f->best && known >= LEAST_HEADINGS) {
        f->best = known;
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

bool int_find_table(struct int_list *list, enum int_list_kind kind, const struct int_override *overrides, size_t count,
                    struct cv_arena *arena, struct int_table *out, struct cv_error *err)
{
    struct finding f = {.kind = kind, .arena = arena, .table = out};
    *out = (struct int_table){.kind = kind};
    for (size_t i = 0; i < INT_FIELDS; i++)
        out->column_of[i] = -1;
    if (!int_rows(list, look_at_row, &f, err))
        return false;
    if (out->heading_row == 0)
        return int_unreadable(err, "Không tìm thấy dòng tiêu đề (Họ và tên, Đơn vị, ...) trong 40 dòng đầu",
                              "No row of headings (full name, unit, ...) was found in the first 40 rows");
    for (size_t i = 0; i < count; i++)
        if (overrides[i].column < INT_COLUMNS_MAX)
            assign(out, overrides[i].column, (int)overrides[i].field);
    for (size_t i = 0; i < out->column_count; i++)
        if (out->columns[i].field < 0) {
            int field = field_of(arena, out->columns[i].heading, kind);
            assign(out, i, field >= 0 && field != INT_F_IGNORED && out->column_of[field] >= 0 ? -1 : field);
        }
    return needed(out, err);
}

/* A heading row met again further down, as on each printed page. */
bool int_repeats_headings(const struct int_table *table, const struct int_row *row)
{
    size_t same = 0, some = 0;
    for (size_t i = 0; i < row->count && i < table->column_count; i++) {
        some += *row->cells[i].text != '\0';
        same += *row->cells[i].text != '\0' && strcmp(row->cells[i].text, table->columns[i].heading) == 0;
    }
    return same >= LEAST_HEADINGS && same * 2 > some;
}
