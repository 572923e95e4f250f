/* Where in the list what is wrong with a row stands, so that the clerk finds the cell. */
#include <string.h>

#include "api/intake/imports.h"

static const struct {
    const char *code;
    enum int_field fields[2];
} of_codes[] = {
    {"unit_unknown", {INT_F_UNIT_CODE, INT_F_UNIT}},   {"unit_ambiguous", {INT_F_UNIT_CODE, INT_F_UNIT}},
    {"name_mismatch", {INT_F_NAME, INT_F_GIVEN}},      {"several_of_name", {INT_F_NAME, INT_F_GIVEN}},
    {"possible_duplicate", {INT_F_NAME, INT_F_GIVEN}}, {"staff_not_found", {INT_F_CODE, INT_F_ADDRESS}},
    {"code_taken", {INT_F_CODE, INT_F_CODE}},          {"not_found", {INT_F_CODE, INT_F_UNIT}},
};

static const struct {
    const char *at;
    enum int_field field;
} of_members[] = {
    {"/full_name", INT_F_NAME},
    {"/given_name", INT_F_GIVEN},
    {"/family_name", INT_F_HEAD},
    {"/middle_name", INT_F_HEAD},
    {"/staff_code", INT_F_CODE},
    {"/birth_year", INT_F_BIRTH},
    {"/title", INT_F_TITLE},
    {"/unit", INT_F_UNIT},
    {"/category", INT_F_CATEGORY},
    {"/mobile", INT_F_MOBILE},
    {"/effective_on", INT_F_EFFECTIVE},
    {"/hired_on", INT_F_HIRED},
    {"/on", INT_F_DAY},
    {"/reason", INT_F_REASON},
    {"/decision", INT_F_DECISION},
};

/* Asked of the whole list, when it has no such column. */
static const struct {
    const char *at, *text[CV_LANGS];
} missing[] = {
    {"/category",
     {"Thiếu đối tượng; vui lòng ghi ở cột “Đối tượng”, hoặc chọn một đối tượng cho cả danh sách",
      "The category is missing; please give it in a column “Đối tượng”, or choose one for the whole list"}},
    {"/unit",
     {"Thiếu đơn vị; vui lòng ghi ở cột “Đơn vị”, hoặc chọn một đơn vị cho cả danh sách",
      "The unit is missing; please give it in a column “Đơn vị”, or choose one for the whole list"}},
    {"/on",
     {"Thiếu ngày; vui lòng ghi ở cột “Tính đến ngày”, hoặc chọn một ngày cho cả danh sách",
      "The day is missing; please give it in a column “Tính đến ngày”, or choose one for the whole list"}},
    {"/decision",
     {"Thiếu số quyết định; vui lòng ghi ở cột “Số quyết định”, hoặc nhập một số cho cả danh sách",
      "The decision's number is missing; please give it in a column “Số quyết định”, or one for the whole list"}},
};

static const char *letters_of(const struct int_table *table, enum int_field field, struct cv_arena *arena)
{
    int column = table != NULL ? table->column_of[field] : -1;
    return column >= 0 ? int_column_letters((size_t)column, cv_arena_alloc(arena, INT_COLUMN_TEXT)) : NULL;
}

const char *imp_column_of(const struct int_table *table, const char *code, struct cv_arena *arena)
{
    for (size_t i = 0; i < CV_COUNT(of_codes); i++)
        if (strcmp(code, of_codes[i].code) == 0) {
            const char *first = letters_of(table, of_codes[i].fields[0], arena);
            return first != NULL ? first : letters_of(table, of_codes[i].fields[1], arena);
        }
    return NULL;
}

/* "/decision/number" lies in "/decision". */
static bool lies_in(const char *at, const char *member)
{
    size_t len = strlen(member);
    return at != NULL && strncmp(at, member, len) == 0 && (at[len] == '\0' || at[len] == '/');
}

struct imp_note imp_note_of_fault(const struct int_table *table, const struct cv_fault *fault, struct cv_arena *arena)
{
    struct imp_note note = {.code = fault->code, .weight = "fault", .text = {fault->text[CV_VI], fault->text[CV_EN]}};
    for (size_t i = 0; i < CV_COUNT(of_members) && note.column == NULL; i++)
        if (lies_in(fault->at, of_members[i].at))
            note.column = letters_of(table, of_members[i].field, arena);
    for (size_t i = 0; i < CV_COUNT(missing) && strcmp(fault->code, "required") == 0; i++)
        if (lies_in(fault->at, missing[i].at))
            memcpy(note.text, missing[i].text, sizeof(note.text));
    return note;
}
