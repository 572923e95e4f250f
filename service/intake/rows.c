/* Rows as proposals: each cell a value, or a note that says why not. */
#include <stdlib.h>
#include <string.h>

#include "congvu/person_name.h"
#include "congvu/staff.h"
#include "congvu/text.h"
#include "intake/internal.h"
#include "intake/rows.h"

const char *const int_state_words[] = {"ready", "needs_review", "failed", "skipped", NULL};

enum { KEPT = 200 };

struct understanding {
    const struct int_table *table;
    int_proposal_fn *each;
    void *ctx;
    struct cv_arena *arena; /* of one row */
    struct int_proposal p;
    const struct int_row *row;
    struct int_row_kinds kinds;
    char above_name[KEPT], above_address[KEPT];
    int last_number;
};

/* ---- notes ---- */
static void note_at(struct understanding *u, int column, enum int_weight weight, const char *code, const char *vi,
                    const char *en)
{
    struct int_proposal *p = &u->p;
    if (p->note_count < INT_NOTES_MAX)
        p->notes[p->note_count++] =
            (struct int_note){.weight = weight, .column = column, .code = code, .text = {vi, en}};
    if (weight == INT_FAULT)
        p->state = INT_FAILED;
    else if (weight == INT_REVIEW && p->state == INT_READY)
        p->state = INT_NEEDS_REVIEW;
}

static void note(struct understanding *u, int field, enum int_weight weight, const char *code, const char *vi,
                 const char *en)
{
    note_at(u, field >= 0 ? u->table->column_of[field] : -1, weight, code, vi, en);
}

static const struct int_cell *cell_of(const struct understanding *u, int field)
{
    int column = u->table->column_of[field];
    return column >= 0 && (size_t)column < u->row->count ? &u->row->cells[column] : NULL;
}

static void note_hidden(struct understanding *u, int field, uint32_t sign)
{
    note(u, field, INT_FAULT, "bad_characters",
         cv_arena_printf(u->arena, "Giữa hai chữ có ký tự ẩn (U+%04X); vui lòng thay bằng dấu cách hoặc xóa đi", sign),
         cv_arena_printf(u->arena,
                         "There is a hidden sign (U+%04X) between two letters; please put a blank there or delete it",
                         sign));
}

/* The cell's text, when it is to be relied on; NULL = nothing there, or said why not. */
static const char *text_of(struct understanding *u, int field)
{
    const struct int_cell *cell = cell_of(u, field);
    if (cell == NULL || cell->kind == INT_EMPTY)
        return NULL;
    if (cell->unreadable)
        note(u, field, INT_FAULT, "bad_charset",
             "Có dấu hiệu sai bảng mã (TCVN3 hoặc VNI), vui lòng gõ lại ở dạng Unicode",
             "This looks like an old charset (TCVN3 or VNI); please type it again in Unicode");
    else if (cell->hidden != 0)
        note_hidden(u, field, cell->hidden);
    else if (cell->kind == INT_FORMULA)
        note(u, field, INT_FAULT, "formula", "Ô là công thức; vui lòng dán giá trị (Paste Special, Values)",
             "The cell is a formula; please paste its value (Paste Special, Values)");
    else if (cell->kind == INT_ERROR)
        note(u, field, INT_FAULT, "error_cell", "Ô báo lỗi của Excel", "The cell shows an error of Excel");
    else
        return cell->text;
    return NULL;
}

static void keep_text(struct understanding *u, int field)
{
    const struct int_cell *cell = cell_of(u, field);
    const char *text = text_of(u, field);
    u->p.value[field] = text;
    if (text && cell->merged)
        note(u, field, INT_SAID, "merged", "Lấy theo ô gộp phía trên", "Taken from the merged cell above");
}

/* ---- single values ---- */
static void note_serial(struct understanding *u, int field, const char *number, const char *day)
{
    cv_day parsed;
    char people[CV_DAY_TEXT];
    if (cv_day_parse(day, &parsed))
        note(u, field, INT_SAID, "serial",
             cv_arena_printf(u->arena, "Số %s của Excel được đọc là ngày %s", number, cv_day_people(parsed, people)),
             cv_arena_printf(u->arena, "Excel's number %s is read as the day %s", number,
                             cv_day_people(parsed, people)));
}

static void take_day(struct understanding *u, int field)
{
    const char *text = text_of(u, field);
    char *day = cv_arena_alloc(u->arena, CV_DAY_TEXT);
    if (text == NULL)
        return;
    enum value_found found = int_read_day(text, day);
    if (found == VALUE_MENDED)
        note_serial(u, field, text, day);
    if (found == VALUE_FINE || found == VALUE_MENDED)
        u->p.value[field] = day;
    else
        note(u, field, INT_REVIEW, found == VALUE_AMBIGUOUS ? "two_digit_year" : "bad_day",
             "Không đọc chắc được ngày; vui lòng ghi dạng ngày/tháng/năm, ví dụ 05/11/2026",
             "The day cannot be read for sure; please write day/month/year, such as 05/11/2026");
}

/* Men in one column, women in the other. */
static const char *birth_text(struct understanding *u)
{
    const char *text = text_of(u, INT_F_BIRTH);
    int too = u->table->birth_too;
    const struct int_cell *cell = too >= 0 && (size_t)too < u->row->count ? &u->row->cells[too] : NULL;
    bool there = cell != NULL && (cell->kind == INT_TEXT || cell->kind == INT_NUMBER || cell->kind == INT_DATE);
    return text == NULL && there && !cell->unreadable ? cell->text : text;
}

static void take_birth(struct understanding *u)
{
    const char *text = birth_text(u);
    char day[CV_DAY_TEXT];
    int year = 0;
    if (text == NULL)
        return;
    enum value_found found = int_read_year(text, &year);
    if (found == VALUE_MENDED && int_read_day(text, day) == VALUE_MENDED)
        note_serial(u, INT_F_BIRTH, text, day);
    if (found == VALUE_FINE || found == VALUE_MENDED)
        u->p.value[INT_F_BIRTH] = cv_arena_printf(u->arena, "%d", year);
    else
        note(u, INT_F_BIRTH, INT_REVIEW, "bad_birth",
             "Không đọc chắc được ngày sinh; vui lòng ghi dạng ngày/tháng/năm hoặc năm",
             "The birth date cannot be read for sure; please write day/month/year or the year");
}

static void take_mobile(struct understanding *u)
{
    const char *text = text_of(u, INT_F_MOBILE);
    char *mobile = cv_arena_alloc(u->arena, INT_MOBILE_TEXT);
    if (text == NULL)
        return;
    enum value_found found = int_read_mobile(text, mobile);
    if (found == VALUE_FINE || found == VALUE_MENDED)
        u->p.value[INT_F_MOBILE] = mobile;
    if (found == VALUE_MENDED)
        note(u, INT_F_MOBILE, INT_SAID, "lost_zero", "Thêm số 0 ở đầu mà Excel đã làm mất",
             "The leading 0 that Excel dropped was put back");
    else if (found == VALUE_AMBIGUOUS)
        note(u, INT_F_MOBILE, INT_REVIEW, "two_phones", "Ô có nhiều số điện thoại; vui lòng để lại một số",
             "The cell has several phone numbers; please leave one");
    else if (found == VALUE_BAD)
        note(u, INT_F_MOBILE, INT_REVIEW, "bad_phone", "Không phải số di động 10 chữ số (ví dụ 0912 345 678)",
             "This is no mobile number of 10 digits (such as 0912 345 678)");
}

static void take_address(struct understanding *u)
{
    const char *text = text_of(u, INT_F_ADDRESS), *address = NULL;
    const struct int_cell *cell = cell_of(u, INT_F_ADDRESS);
    if (text == NULL)
        return;
    if (cell->lines || int_read_address(u->arena, text, &address) != VALUE_FINE)
        note(u, INT_F_ADDRESS, INT_REVIEW, "bad_address",
             "Địa chỉ thư không đầy đủ hoặc thừa ký tự (thiếu @, thiếu tên miền, dấu phẩy, khoảng trắng)",
             "The address is cut off or has signs that do not belong (no @, no domain, a comma, a blank)");
    else if (strcmp(address, u->above_address) == 0)
        note(u, INT_F_ADDRESS, INT_REVIEW, "same_as_above", "Trùng địa chỉ với dòng trên",
             "The same address as in the row above");
    else
        u->p.value[INT_F_ADDRESS] = address;
    snprintf(u->above_address, KEPT, "%s", address ? address : "");
}

static void take_word(struct understanding *u, int field, const char *word, const char *text)
{
    u->p.value[field] = word;
    if (word == NULL && text != NULL)
        note(u, field, INT_REVIEW, "unknown_word", "Không hiểu giá trị này; vui lòng chọn lại theo mẫu",
             "The value is not understood; please choose one of the template");
}

static void take_count(struct understanding *u, int field)
{
    const struct int_cell *cell = cell_of(u, field);
    const char *text = text_of(u, field);
    int count = 0;
    if (cell == NULL || text == NULL)
        return;
    enum value_found found = int_read_count(text, cell->kind != INT_NUMBER, &count);
    if (found != VALUE_BAD)
        u->p.value[field] = cv_arena_printf(u->arena, "%d", count);
    if (found == VALUE_MENDED)
        note(u, field, INT_SAID, "rounded", "Bỏ phần lẻ do bảng tính sinh ra",
             "What the spreadsheet put behind the point was left out");
    if (found == VALUE_BAD)
        note(u, field, INT_REVIEW, "bad_number", "Cần một số nguyên không âm", "A whole number is needed");
}

/* "12.0": what a spreadsheet made of 12. */
static const char *without_point(struct understanding *u, int field, const char *text)
{
    size_t len = strspn(text, "0123456789");
    if (len == 0 || strcmp(text + len, ".0") != 0)
        return text;
    note(u, field, INT_SAID, "rounded", "Bỏ phần lẻ do bảng tính sinh ra",
         "What the spreadsheet put behind the point was left out");
    return cv_arena_strndup(u->arena, text, len);
}

static void take_code(struct understanding *u, int field)
{
    const char *text = text_of(u, field);
    if (text == NULL)
        return;
    if (dom_citizen_id(text))
        note(u, field, INT_FAULT, "citizen_id", "Đây có vẻ là số căn cước; không dùng số căn cước làm số hiệu",
             "This seems to be a citizen id; it is not taken as a staff code");
    else
        u->p.value[field] = without_point(u, field, text);
}

/* ---- names ---- */
static size_t words_in(const char *text)
{
    size_t n = *text != '\0';
    for (; *text; text++)
        n += *text == ' ';
    return n;
}

static const char *joined_name(struct understanding *u)
{
    const char *head = text_of(u, INT_F_HEAD), *given = text_of(u, INT_F_GIVEN);
    if (u->table->column_of[INT_F_NAME] >= 0 && u->table->column_of[INT_F_GIVEN] < 0)
        return text_of(u, INT_F_NAME);
    if (head == NULL)
        head = text_of(u, INT_F_NAME); /* "Họ và tên" over two columns: the first is family and middle name */
    if (head == NULL || given == NULL)
        return given ? given : head;
    u->p.value[INT_F_HEAD] = head;
    u->p.value[INT_F_GIVEN] = given;
    return cv_arena_printf(u->arena, "%s %s", head, given);
}

/* "Hồ Kim ánh": a word all small, as lists in the fonts of TCVN3 have where the letter was a capital with a mark. */
static bool small_word(struct cv_arena *arena, const char *name)
{
    char *words = cv_arena_strdup(arena, name), *save = NULL;
    for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
        if (strcmp(word, cv_text_lower(arena, word)) == 0 && strcmp(word, cv_text_upper(arena, word)) != 0)
            return true;
    return false;
}

static const char *in_proper_case(struct cv_arena *arena, const char *name)
{
    const char *proper = cv_text_proper(arena, name);
    return proper == NULL && small_word(arena, name) ? cv_text_proper(arena, cv_text_upper(arena, name)) : proper;
}

/* "Nguyễn Văn Minh PGĐ", "Y sĩ Lê Thị Ê", "Chị Hoa", and one word alone where it is known that it is not all. */
static bool has_abbreviation(struct cv_arena *arena, const char *name)
{
    static const char *const heads[] = {"y sĩ ",    "bác sĩ ",  "thạc sĩ ",    "tiến sĩ ", "kỹ sư ",
                                        "cử nhân ", "dược sĩ ", "điều dưỡng ", "hộ sinh ", "giáo viên ",
                                        "cô ",      "thầy ",    "chị ",        "bà "};
    const char *lower = cv_text_lower(arena, name);
    char *words = cv_arena_strdup(arena, name), *save = NULL;
    bool all_capitals = strcmp(name, cv_text_upper(arena, name)) == 0;
    for (size_t i = 0; i < CV_COUNT(heads); i++)
        if (strncmp(lower, heads[i], strlen(heads[i])) == 0)
            return true;
    for (char *word = strtok_r(words, " ", &save); word && !all_capitals; word = strtok_r(NULL, " ", &save))
        if (word[1] != '\0' && strcmp(word, cv_text_upper(arena, word)) == 0 &&
            strcmp(word, cv_text_lower(arena, word)) != 0 && strpbrk(cv_text_fold(arena, word), "aeiouy") == NULL)
            return true;
    return false;
}

/* "Nguyen Thi Hoa": nobody's family name is written so, the marks were lost on the way. Mai, Cao and others bear none.
 */
static bool lost_marks(struct cv_arena *arena, const char *name)
{
    static const char *const marked[] = {"nguyen", "tran", "le",    "pham",  "hoang",  "huynh", "vu",
                                         "vo",     "dang", "bui",   "do",    "ho",     "ngo",   "duong",
                                         "dinh",   "doan", "luong", "trinh", "truong", "dao"};
    const char *lower = cv_text_lower(arena, name);
    size_t family = strcspn(lower, " ");
    for (const char *c = lower; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80)
            return false;
    for (size_t i = 0; i < CV_COUNT(marked) && lower[family] == ' '; i++)
        if (strlen(marked[i]) == family && strncmp(marked[i], lower, family) == 0)
            return true;
    return false;
}

/* What stands beside the name without a heading, and what stands alone in a column of given names. */
static void watch_parts(struct understanding *u, const char *name)
{
    const struct int_table *t = u->table;
    const struct int_cell *beside =
        t->beside_name >= 0 && (size_t)t->beside_name < u->row->count ? &u->row->cells[t->beside_name] : NULL;
    bool alone = t->column_of[INT_F_NAME] < 0 && t->column_of[INT_F_HEAD] < 0;
    if (beside != NULL && beside->kind == INT_TEXT)
        note(u, INT_F_NAME, INT_REVIEW, "name_over_two",
             cv_arena_printf(u->arena,
                             "Ô bên phải không có tiêu đề và ghi “%s”: nếu là tên, vui lòng đặt tiêu đề “Tên”",
                             beside->text),
             cv_arena_printf(u->arena,
                             "The cell to its right has no heading and says “%s”: if that is the given name, "
                             "please give the column the heading “Tên”",
                             beside->text));
    if (alone && strchr(name, ' ') == NULL)
        note(u, INT_F_GIVEN, INT_REVIEW, "given_name_alone", "Chỉ có tên, thiếu họ; vui lòng ghi đủ họ và tên",
             "The given name alone; please write the full name");
}

static void note_proper(struct understanding *u, const char *proper)
{
    note(u, INT_F_NAME, INT_SAID, "capitals", cv_arena_printf(u->arena, "Viết lại thành “%s”", proper),
         cv_arena_printf(u->arena, "Written as “%s”", proper));
}

static void take_name(struct understanding *u)
{
    enum { LONGEST = 6 };
    struct cv_faults faults;
    const struct int_cell *cell = cell_of(u, INT_F_NAME);
    const char *name = joined_name(u), *proper = name ? in_proper_case(u->arena, name) : NULL, *family = NULL,
               *given = NULL;
    cv_faults_init(&faults, u->arena);
    if (name == NULL)
        return;
    u->p.value[INT_F_NAME] = proper ? proper : name;
    watch_parts(u, name);
    if (proper && !int_is_unit_name(u->arena, name) && dom_person_name_ok(u->arena, name, false, &faults, ""))
        note_proper(u, proper);
    cv_faults_init(&faults, u->arena);
    if ((cell && cell->lines) || words_in(name) > LONGEST)
        note(u, INT_F_NAME, INT_REVIEW, "two_people", "Ô có thể có hai người; mỗi người cần một dòng riêng",
             "There may be two people in the cell; each needs a row");
    else if (int_is_unit_name(u->arena, name))
        note(u, INT_F_NAME, INT_FAULT, "unit_as_name",
             "Ô họ tên ghi tên đơn vị; danh sách này gồm người, mỗi người một dòng",
             "The cell of the name holds a unit; this list is of people, a row each");
    else if (!dom_person_name_ok(u->arena, name, false, &faults, ""))
        note(u, INT_F_NAME, INT_FAULT, faults.items[0].code, faults.items[0].text[CV_VI], faults.items[0].text[CV_EN]);
    else if (has_abbreviation(u->arena, name))
        note(u, INT_F_NAME, INT_REVIEW, "title_in_name",
             "Có thể có chức danh, học vị hoặc từ xưng hô trong ô họ tên; vui lòng chỉ ghi họ và tên",
             "There may be a title, a degree or a form of address in the name; please give the name alone");
    else if (lost_marks(u->arena, name))
        note(u, INT_F_NAME, INT_SAID, "lost_marks",
             "Họ tên có vẻ bị mất dấu; vui lòng ghi họ tên có dấu như trong hồ sơ",
             "The name seems to have lost its marks; please write it with them, as in the file");
    else if (dom_split_given_first(u->arena, u->p.value[INT_F_NAME], &family, &given))
        note(u, INT_F_NAME, INT_REVIEW, "given_name_first",
             cv_arena_printf(u->arena, "Tên đứng trước? Đề xuất: tên “%s”, họ “%s”", given, family),
             cv_arena_printf(u->arena, "Does the given name stand first? Proposed: given “%s”, family “%s”", given,
                             family));
}

/* ---- the whole row ---- */
/* No unit is called so. */
static bool is_title(struct understanding *u, const char *text)
{
    static const char *const heads[] = {
        "truong phong", "pho truong phong", "pho phong", "chu tich",   "pho chu tich",    "giam doc",    "pho giam doc",
        "hieu truong",  "pho hieu truong",  "bi thu",    "pho bi thu", "chanh van phong", "chuyen vien", "nhan vien"};
    return text != NULL && int_begins(u->arena, text, heads, CV_COUNT(heads));
}

static void take_unit(struct understanding *u)
{
    keep_text(u, INT_F_UNIT);
    keep_text(u, INT_F_UNIT_CODE);
    if (is_title(u, u->p.value[INT_F_UNIT]))
        note(u, INT_F_UNIT, INT_REVIEW, "title_in_unit", "Ô đơn vị ghi chức vụ; vui lòng ghi tên đơn vị",
             "The cell of the unit holds a title; please write the unit");
    if (u->p.value[INT_F_UNIT] == NULL && u->p.value[INT_F_UNIT_CODE] == NULL && *u->kinds.group != '\0') {
        u->p.value[INT_F_UNIT] = cv_arena_strdup(u->arena, u->kinds.group);
        note(u, INT_F_UNIT, INT_SAID, "unit_from_group", "Đơn vị lấy theo dòng nhóm phía trên",
             "The unit is taken from the group's row above");
    }
}

/* A number left out may be a row that a converter lost; one given twice, a row copied. */
static void watch_numbers(struct understanding *u)
{
    const struct int_cell *cell = cell_of(u, INT_F_NUMBER);
    int number = 0;
    if (cell == NULL || int_read_count(cell->text, true, &number) == VALUE_BAD)
        return;
    if (u->last_number > 0 && number > u->last_number + 1)
        note(u, INT_F_NUMBER, INT_SAID, "numbering_gap", "Số thứ tự bị nhảy: có thể thiếu dòng phía trên",
             "A number is left out: perhaps a row is missing above");
    u->last_number = number;
}

/* A list of those who are here, and a remark that somebody is not. */
static void watch_remark(struct understanding *u)
{
    static const char *const words[] = {"nghi huu",  "thoi viec", "nghi viec", "chuyen cong tac",
                                        "da chuyen", "tu tran",   "da mat",    "het hop dong",
                                        "cham dut",  "da nghi",   "qua doi"};
    int at = u->table->notes;
    const char *text = at >= 0 && (size_t)at < u->row->count ? u->row->cells[at].text : "";
    const char *folded = *text != '\0' && u->table->kind != INT_LEAVERS ? cv_text_fold(u->arena, text) : "";
    for (size_t i = 0; i < CV_COUNT(words); i++)
        if (strstr(folded, words[i]) != NULL) {
            note_at(
                u, at, INT_REVIEW, "remark_of_leaving",
                "Ghi chú cho biết người này có thể đã nghỉ hoặc chuyển đi; vui lòng bỏ dòng này hoặc xác nhận còn làm "
                "việc",
                "The remark says that this person may have left; please take the row out or confirm that he is here");
            return;
        }
}

/* A name and nothing else, without a number where others have one: a person, or a heading? */
static void watch_alone(struct understanding *u)
{
    if (u->kinds.numbered && u->p.value[INT_F_NAME] != NULL && int_stands_alone(u->table, u->row))
        note(u, INT_F_NAME, INT_REVIEW, "name_alone", "Dòng chỉ có một ô: là tên người hay tên nhóm?",
             "The row has this cell alone: a person, or the heading of a group?");
}

static void take_person(struct understanding *u)
{
    const char *category = text_of(u, INT_F_CATEGORY);
    take_name(u);
    watch_alone(u);
    watch_remark(u);
    take_code(u, INT_F_CODE);
    take_code(u, INT_F_OLD_CODE);
    take_birth(u);
    take_mobile(u);
    take_address(u);
    keep_text(u, INT_F_TITLE);
    take_word(u, INT_F_CATEGORY, category ? int_read_category(u->arena, category) : NULL, category);
    if (u->table->kind != INT_LEAVERS && u->p.value[INT_F_NAME] == NULL && u->p.state != INT_FAILED)
        note(u, INT_F_NAME, INT_FAULT, "required", "Thiếu họ và tên", "The name is missing");
}

static void take_leaver(struct understanding *u)
{
    const char *reason = text_of(u, INT_F_REASON);
    take_word(u, INT_F_REASON, reason ? int_read_reason(u->arena, reason) : NULL, reason);
    if (u->p.value[INT_F_CODE] == NULL && u->p.value[INT_F_ADDRESS] == NULL && u->p.state == INT_READY)
        note(u, INT_F_CODE, INT_FAULT, "required", "Cần số hiệu hoặc địa chỉ thư",
             "A staff code or an address is needed");
}

static void take_unit_row(struct understanding *u)
{
    const char *kind = text_of(u, INT_F_UNIT_KIND);
    keep_text(u, INT_F_UNIT_NAME);
    keep_text(u, INT_F_PARENT);
    keep_text(u, INT_F_SLUG);
    take_word(u, INT_F_UNIT_KIND, kind ? int_read_unit_kind(u->arena, kind) : NULL, kind);
    if (u->p.value[INT_F_UNIT_NAME] == NULL)
        note(u, INT_F_UNIT_NAME, INT_FAULT, "required", "Thiếu tên đơn vị", "The unit's name is missing");
}

static void take_headcount(struct understanding *u)
{
    take_day(u, INT_F_DAY);
    take_count(u, INT_F_TOTAL);
    take_count(u, INT_F_ESTABLISHMENT);
    if (u->p.value[INT_F_TOTAL] == NULL && u->p.state == INT_READY)
        note(u, INT_F_TOTAL, INT_FAULT, "required", "Thiếu tổng số", "The total is missing");
}

static void take_row(struct understanding *u)
{
    watch_numbers(u);
    if (u->table->kind == INT_UNITS || u->table->kind == INT_HEADCOUNTS) {
        keep_text(u, INT_F_UNIT);
        keep_text(u, INT_F_UNIT_CODE);
        (u->table->kind == INT_UNITS ? take_unit_row : take_headcount)(u);
        return;
    }
    take_person(u);
    take_unit(u);
    keep_text(u, INT_F_DECISION);
    take_day(u, INT_F_SIGNED);
    take_day(u, INT_F_EFFECTIVE);
    take_day(u, INT_F_HIRED);
    if (u->table->kind == INT_LEAVERS)
        take_leaver(u);
}

static bool understand(void *ctx, const struct int_row *row)
{
    struct understanding *u = ctx;
    if (row->number <= u->table->heading_row || row->count == 0)
        return true;
    cv_arena_reset(u->arena);
    u->row = row;
    memset(&u->p, 0, sizeof(u->p));
    u->p.row = row->number;
    u->p.skipped = row->number == u->table->below_row ? "heading" : int_kind_of_row(&u->kinds, u->table, row, u->arena);
    if (u->p.skipped)
        u->p.state = INT_SKIPPED;
    else
        take_row(u);
    return u->each(u->ctx, &u->p);
}

bool int_proposals(struct int_list *list, const struct int_table *table, int_proposal_fn *each, void *ctx,
                   struct cv_error *err)
{
    struct understanding *u = calloc(1, sizeof(*u));
    if (u != NULL)
        u->arena = cv_arena_new(INT_SCRATCH);
    if (u == NULL || u->arena == NULL) {
        free(u);
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    }
    u->table = table;
    u->each = each;
    u->ctx = ctx;
    bool ok = int_rows(list, understand, u, err);
    cv_arena_free(&u->arena);
    free(u);
    return ok;
}
