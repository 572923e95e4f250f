/* Rows that are no people: headings of groups, sums, numbers below the headings, remarks and signatures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "intake/internal.h"
#include "intake/rows.h"

enum { ROMAN_MAX = 6, LEAST_REPEATED = 2 };

struct looking {
    struct int_row_kinds *k;
    const struct int_table *t;
    const struct int_row *row;
    struct cv_arena *arena;
};

static size_t filled(const struct int_row *row, size_t *only)
{
    size_t n = 0;
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].kind != INT_EMPTY && !row->cells[i].merged) {
            *only = i;
            n++;
        }
    return n;
}

static const char *text_at(const struct int_table *t, const struct int_row *row, int field)
{
    int column = t->column_of[field];
    bool there = column >= 0 && (size_t)column < row->count && !row->cells[column].merged;
    return there ? row->cells[column].text : "";
}

bool int_stands_alone(const struct int_table *t, const struct int_row *row)
{
    size_t only = 0;
    return filled(row, &only) == 1 && (int)only == t->column_of[INT_F_NAME];
}

/* "I", "II.", "A.", "1.2" before a heading of a group. */
static const char *behind_mark(const char *text)
{
    size_t len = strspn(text, "IVX");
    if (len == 0 || len > ROMAN_MAX)
        len = *text >= 'A' && *text <= 'H' && strchr(". )-", text[1]) ? 1 : 0;
    if (len == 0)
        len = strspn(text, "0123456789.");
    if (len == 0 || (text[len] != '.' && text[len] != ' ' && text[len] != ')' && text[len] != '-' && text[len] != ':'))
        return text;
    text += len;
    return text + strspn(text, ".)- :");
}

static bool mark_alone(const char *text)
{
    size_t len = strspn(text, "IVX");
    len = len > 0 ? len : *text >= 'A' && *text <= 'H' ? 1 : 0;
    return len > 0 && (text[len] == '\0' || (text[len] == '.' && text[len + 1] == '\0'));
}

bool int_begins(struct cv_arena *arena, const char *text, const char *const *heads, size_t count)
{
    const char *folded = cv_text_fold(arena, text);
    for (size_t i = 0; i < count; i++)
        if (strncmp(folded, heads[i], strlen(heads[i])) == 0)
            return true;
    return false;
}

/* Marks kept: Trương, Đoàn and Bàn are family names. */
bool int_is_unit_name(struct cv_arena *arena, const char *text)
{
    static const char *const heads[] = {
        "phòng ",   "văn phòng",  "trung tâm", "trường ", "sở ",     "chi cục", "cục ",     "hội ",       "ủy ban",
        "uỷ ban",   "ubnd",       "hđnd",      "khối ",   "đảng ủy", "đảng uỷ", "huyện ủy", "ban ",       "thanh tra",
        "mặt trận", "đoàn thanh", "liên đoàn", "trạm ",   "tổ ",     "đội ",    "công an",  "bệnh viện",  "xã ",
        "phường ",  "thị trấn",   "huyện ",    "bộ phận", "đơn vị",  "chi bộ",  "đặc khu",  "ban quản lý"};
    const char *lower = cv_text_lower(arena, text);
    for (size_t i = 0; i < CV_COUNT(heads); i++)
        if (strncmp(lower, heads[i], strlen(heads[i])) == 0)
            return true;
    return false;
}

/* A name in two columns: "Tống" and "Công" stand alone in theirs. */
static bool is_half_name(const struct looking *l, int column)
{
    int head = l->t->column_of[INT_F_HEAD], given = l->t->column_of[INT_F_GIVEN];
    return (column == head && *text_at(l->t, l->row, INT_F_GIVEN) != '\0') ||
           (column == given && *text_at(l->t, l->row, INT_F_HEAD) != '\0');
}

static bool is_total(const struct looking *l)
{
    static const char *const heads[] = {"tong cong", "tong so", "danh sach nay co", "danh sach gom",
                                        "an dinh danh sach"};
    static const char *const alone[] = {"tong", "cong", "total"}; /* Tống and Công begin names and words */
    bool numbered = int_has_number(l->t, l->row);
    for (size_t i = 0; i < l->row->count && i < 4; i++) {
        const struct int_cell *cell = &l->row->cells[i];
        const char *folded = cell->kind == INT_TEXT ? cv_text_fold(l->arena, cell->text) : "";
        for (size_t k = 0; k < CV_COUNT(alone) && !numbered && !is_half_name(l, (int)i); k++)
            if (strcmp(folded, alone[k]) == 0)
                return true;
        if (*folded && int_begins(l->arena, cell->text, heads, CV_COUNT(heads)))
            return true;
    }
    return false;
}

/* A heading row met again further down, as on each printed page. */
static bool repeats_headings(const struct int_table *table, const struct int_row *row)
{
    size_t same = 0, some = 0;
    for (size_t i = 0; i < row->count && i < table->column_count; i++) {
        some += *row->cells[i].text != '\0';
        same += *row->cells[i].text != '\0' && strcmp(row->cells[i].text, table->columns[i].heading) == 0;
    }
    return same >= LEAST_REPEATED && same * 2 > some;
}

/* (1) (2) (3) below the headings, each the next one: counts may be small too. */
static bool is_numbering(const struct int_row *row)
{
    size_t numbers = 0, others = 0;
    long last = -1;
    for (size_t i = 0; i < row->count; i++) {
        const char *text = row->cells[i].text;
        if (*text == '\0')
            continue;
        text += *text == '(';
        size_t len = strspn(text, "0123456789");
        bool number = len > 0 && len < 3 && (text[len] == '\0' || strcmp(text + len, ")") == 0);
        long value = number ? strtol(text, NULL, 10) : 0;
        others += !number || (last >= 0 && value != last + 1);
        numbers += number;
        last = value;
    }
    return numbers >= 3 && others == 0;
}

static bool is_remark(const struct looking *l, const char *text)
{
    static const char *const heads[] = {"nguoi lap", "thu truong",   "ghi chu", "noi nhan", "ngay ", "xac nhan",
                                        "chu tich",  "truong phong", "ky ten",  "duyet",    "luu y"};
    return int_begins(l->arena, text, heads, CV_COUNT(heads)) || strchr(text, ':') != NULL;
}

/* "Ninh Sơn, ngày 05 tháng 11 năm 2026" */
static bool is_place_and_day(const struct looking *l, const char *text)
{
    const char *folded = cv_text_fold(l->arena, text), *day = strstr(folded, "ngay "),
               *month = strstr(folded, "thang ");
    return day != NULL && month != NULL && day < month && strstr(month, "nam ") != NULL;
}

/* Nobody's name begins so, and no cell beside a number. */
static bool is_signature(const struct looking *l, const char *text)
{
    static const char *const heads[] = {"nguoi lap", "lap bieu", "nguoi duyet",    "thu truong", "ky ten",
                                        "ky ghi ro", "xac nhan", "nguoi tong hop", "ky dong dau"};
    return *text != '\0' && int_begins(l->arena, text, heads, CV_COUNT(heads));
}

static bool is_digits(const char *text)
{
    size_t len = strspn(text, "0123456789");
    return len > 0 && (text[len] == '\0' || text[len] == '.');
}

/* What stands below the last person: the day, who signs, and his name. */
static bool begins_ending(const struct looking *l, size_t cells, const char *text)
{
    bool signs = cells == 1 && is_place_and_day(l, text);
    for (size_t i = 0; i < l->row->count && !signs; i++)
        signs = l->row->cells[i].kind == INT_TEXT && is_signature(l, l->row->cells[i].text);
    return signs;
}

/* The end of an address or a number that did not fit into the cell above: never the name of a group. */
static bool is_tail(const struct looking *l, size_t column)
{
    return (int)column == l->t->column_of[INT_F_ADDRESS] || (int)column == l->t->column_of[INT_F_MOBILE];
}

static bool is_of_people(const struct int_table *t)
{
    return t->kind == INT_STAFF || t->kind == INT_ROSTER || t->kind == INT_LEAVERS;
}

/* Of which rows it is the heading, for sure; NULL = none. */
static const char *sure_group(const struct looking *l, size_t cells, size_t only)
{
    const char *number = text_at(l->t, l->row, INT_F_NUMBER), *name = text_at(l->t, l->row, INT_F_NAME);
    if (is_of_people(l->t) && mark_alone(number) && *name != '\0')
        return name;
    if (mark_alone(number) && cells == 2)
        return l->row->cells[only].text;
    bool unit = is_of_people(l->t) && !is_digits(number) && int_is_unit_name(l->arena, behind_mark(name));
    return unit && (cells == 1 || l->t->column_of[INT_F_NUMBER] >= 0) ? name : NULL;
}

static const char *group_of(const struct looking *l, size_t cells, size_t only)
{
    const char *text = l->row->cells[only].text, *group = sure_group(l, cells, only);
    bool alone = cells == 1 && ((int)only != l->t->column_of[INT_F_NAME] || behind_mark(text) != text);
    return group == NULL && alone ? text : group;
}

static const char *begin_group(struct int_row_kinds *k, const char *group)
{
    snprintf(k->group, INT_GROUP_TEXT, "%s", behind_mark(group));
    k->end = INT_GOES_ON;
    return "group";
}

/* Behind a sum another group may come, behind a signature nothing but a number or a group for sure. */
static const char *kind_at_end(const struct looking *l, size_t cells, size_t only)
{
    const char *group = l->k->end == INT_SIGNED ? sure_group(l, cells, only) : group_of(l, cells, only);
    bool remark = cells == 1 && is_remark(l, l->row->cells[only].text);
    return group != NULL && !remark ? begin_group(l->k, group) : "remark";
}

bool int_has_number(const struct int_table *t, const struct int_row *row)
{
    return is_digits(text_at(t, row, INT_F_NUMBER));
}

/* One with a number is of people again. */
static bool has_number(const struct looking *l)
{
    if (!int_has_number(l->t, l->row))
        return false;
    l->k->numbered = true;
    l->k->end = INT_GOES_ON;
    return true;
}

static const char *kind_of_any(const struct looking *l, size_t cells, size_t only)
{
    const char *text = l->row->cells[only].text;
    if (cells == 1 && is_remark(l, text) && behind_mark(text) == text)
        return "remark";
    if (cells == 1 && is_tail(l, only))
        return "remark";
    const char *group = group_of(l, cells, only);
    return group != NULL ? begin_group(l->k, group) : NULL;
}

static const char *kind_of_other(const struct looking *l)
{
    struct int_row_kinds *k = l->k;
    size_t only = 0, cells = filled(l->row, &only);
    if (is_total(l)) {
        k->end = k->numbered && k->end == INT_GOES_ON ? INT_SUMMED : k->end;
        return "total";
    }
    if (!is_of_people(l->t) || has_number(l))
        return kind_of_any(l, cells, only);
    if (begins_ending(l, cells, l->row->cells[only].text)) {
        k->end = INT_SIGNED;
        return "remark";
    }
    return k->end == INT_GOES_ON ? kind_of_any(l, cells, only) : kind_at_end(l, cells, only);
}

const char *int_kind_of_row(struct int_row_kinds *k, const struct int_table *t, const struct int_row *row,
                            struct cv_arena *arena)
{
    const struct looking l = {k, t, row, arena};
    if (repeats_headings(t, row)) {
        k->begun = false;
        return "heading";
    }
    if (!k->begun && is_numbering(row))
        return "numbering";
    const char *kind = kind_of_other(&l);
    k->begun |= kind == NULL;
    return kind;
}
