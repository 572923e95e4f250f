/* The other annexes: people on a list, and lines of a scoring table. */
#include <string.h>

#include "congvu/titles.h"
#include "report/internal.h"

static void titles(struct rep_table *t, const struct rep_report *r, const char *title)
{
    rep_table_title(t, title);
    rep_table_title(t, rep_name(r->name, t->lang));
    rep_table_title(t, rep_period_text(r, t->lang, t->arena));
}

static void name_columns(struct rep_table *t, const char *const title[][CV_LANGS], const int *widths)
{
    for (size_t i = 0; i < t->column_count; i++)
        t->columns[i] = (struct rep_column){title[i][t->lang], NULL, widths[i]};
}

static void locked_line(struct rep_table *t, const struct rep_person *p, struct rep_cell *cells)
{
    cells[5] = rep_text(rep_date(t->arena, p->since));
    cells[6] = rep_text(rep_lock_title(p->reason, t->lang));
    cells[7] = rep_text(rep_date(t->arena, p->revoke_on));
}

/* People of a unit stand together. */
static bool begins_unit(const struct rep_sheet *s, size_t at)
{
    return at == 0 || strcmp(s->people[at].unit_code, s->people[at - 1].unit_code) != 0;
}

static const char *unit_of(const struct rep_sheet *s, const struct rep_person *p, const struct rep_table *t)
{
    const char *name = rep_name(p->unit_name, t->lang);
    bool twice = false;
    for (size_t i = 0; i < s->people_count; i++)
        twice |= begins_unit(s, i) && strcmp(s->people[i].unit_code, p->unit_code) != 0 &&
                 strcmp(rep_name(s->people[i].unit_name, t->lang), name) == 0;
    return rep_unit_text(name, p->unit_code, twice, t->arena);
}

/* A heading for each unit, as the list goes to its head. */
static void unit_heading(struct rep_table *t, const char *unit)
{
    struct rep_cell *cells = rep_table_line(t, REP_LINE_GROUP);
    cells[1] = rep_text(unit);
}

static void person_line(struct rep_table *t, const struct rep_person *p, const char *unit, size_t number, bool locked)
{
    struct rep_cell *cells = rep_table_line(t, REP_LINE_PLAIN);
    cells[0] = rep_int((int64_t)number);
    cells[1] = rep_text(p->full_name);
    cells[2] = rep_text(p->title);
    cells[3] = rep_text(unit);
    cells[4] = rep_text(p->address);
    if (locked)
        locked_line(t, p, cells);
    else
        cells[5] = rep_text(rep_stage_title(p->stage, t->lang));
}

struct rep_table *rep_people_table(const struct rep_report *r, const struct rep_sheet *s, enum cv_lang lang,
                                   struct cv_arena *arena)
{
    static const char *const locked[][CV_LANGS] = {{"STT", "No."},          {"Họ và tên", "Full name"},
                                                   {"Chức vụ", "Position"}, {"Đơn vị", "Unit"},
                                                   {"Địa chỉ", "Address"},  {"Ngày khóa", "Locked on"},
                                                   {"Lý do", "Reason"},     {"Hạn thu hồi", "To be revoked on"}};
    static const char *const unused[][CV_LANGS] = {{"STT", "No."},          {"Họ và tên", "Full name"},
                                                   {"Chức vụ", "Position"}, {"Đơn vị", "Unit"},
                                                   {"Địa chỉ", "Address"},  {"Tình trạng", "State"}};
    static const int locked_widths[] = {7, 28, 22, 32, 34, 13, 26, 14}, unused_widths[] = {7, 28, 24, 34, 36, 26};
    bool is_locked = r->kind == REP_LOCKED;
    struct rep_table *t = rep_table_new(arena, lang, is_locked ? CV_COUNT(locked) : CV_COUNT(unused));
    t->key = t->sheet = s->system;
    name_columns(t, is_locked ? locked : unused, is_locked ? locked_widths : unused_widths);
    titles(t, r, rep_sheet_title(r, s, lang, arena));
    const char *unit = "";
    for (size_t i = 0; i < s->people_count; i++) {
        bool begins = begins_unit(s, i);
        unit = begins ? unit_of(s, &s->people[i], t) : unit;
        if (begins && !is_locked)
            unit_heading(t, unit);
        person_line(t, &s->people[i], unit, i + 1, is_locked);
    }
    rep_table_note(t, cv_arena_printf(arena, REP_SAY(lang, "Danh sách có %s người.", "The list has %s people."),
                                      rep_number(arena, lang, (int64_t)s->people_count)));
    rep_sheet_notes(r, s, t);
    return t;
}

/* a / b * max, never the full number unless a = b. */
static int64_t points(const struct rep_indicator *i)
{
    int64_t rounded = (2 * (int64_t)i->a * i->max_hundredths + i->b) / (2 * (int64_t)i->b);
    return rounded == i->max_hundredths && i->a < i->b && rounded > 0 ? rounded - 1 : rounded;
}

static void indicator_line(struct rep_table *t, const struct rep_report *r, const struct rep_indicator *i,
                           size_t number)
{
    struct rep_cell *cells = rep_table_line(t, REP_LINE_PLAIN);
    bool known = i->a != REP_NONE && i->b != REP_NONE;
    const struct rep_cell unknown = rep_text(rep_unknown(t->lang));
    cells[0] = rep_int((int64_t)number);
    cells[1] = rep_text(rep_indicator_name(r, i, t->lang, t->arena));
    cells[2] = known ? rep_int(i->a) : unknown;
    cells[3] = i->b != REP_NONE ? rep_int(i->b) : unknown;
    cells[4] = known ? rep_percent(i->a, i->b) : unknown;
    cells[5] = (struct rep_cell){.kind = REP_DECIMAL, .n = i->max_hundredths};
    if (!known)
        cells[6] = unknown;
    else
        cells[6] = i->b > 0 ? (struct rep_cell){.kind = REP_DECIMAL, .n = points(i)} : rep_text("–");
    cells[7] = i->issued_beyond != REP_NONE ? rep_int(i->issued_beyond) : rep_text("");
    cells[8] = rep_text(i->evidence);
}

/* Whom a rate of use leaves out. */
static void note_deducted(struct rep_table *t, const struct rep_report *r, const struct rep_indicator *i, size_t number)
{
    const struct rep_sheet *s = rep_sheet_of(r, i->system);
    const struct rep_row *total = s != NULL ? rep_total_row(s) : NULL;
    bool of_use = i->figure == REP_FIGURE_USED || i->figure == REP_FIGURE_REGULAR;
    int32_t away = total != NULL && of_use ? rep_lever_people(&total->counts, REP_LEAVE_DEDUCTED) : 0;
    if (away > 0)
        rep_table_note(
            t, cv_arena_printf(t->arena,
                               REP_SAY(t->lang, "Dòng %zu: b không tính %s người nghỉ dài ngày, không sử dụng%s.",
                                       "Line %zu: b is without %s people on long leave who did not use it%s."),
                               number, rep_number(t->arena, t->lang, away),
                               rep_undeducted_text(i->a, &total->counts, t->lang, t->arena)));
}

struct rep_table *rep_indicator_table(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    static const char *const columns[][CV_LANGS] = {{"STT", "No."},
                                                    {"Chỉ số", "Indicator"},
                                                    {"a", "a"},
                                                    {"b", "b"},
                                                    {"Tỷ lệ a/b (%)", "Rate a/b (%)"},
                                                    {"Điểm tối đa", "Maximum"},
                                                    {"Điểm", "Points"},
                                                    {"Cấp ngoài diện phải cấp", "Issued beyond those required"},
                                                    {"Tài liệu kiểm chứng", "Evidence"}};
    static const char *const numbers[] = {"(1)", "(2)", "(3)", "(4)", "(5)=(3)/(4)", "(6)", "(7)=(3)/(4)×(6)",
                                          "(8)", "(9)"};
    static const int widths[] = {7, 46, 10, 10, 13, 13, 18, 13, 30};
    struct rep_table *t = rep_table_new(arena, lang, CV_COUNT(columns));
    t->sheet = REP_SAY(lang, "chi-so", "indicators");
    name_columns(t, columns, widths);
    for (size_t i = 0; i < t->column_count; i++)
        t->columns[i].number = numbers[i];
    titles(t, r, rep_report_title(r, lang, arena));
    for (size_t i = 0; i < r->indicator_count; i++) {
        indicator_line(t, r, &r->indicators[i], i + 1);
        note_deducted(t, r, &r->indicators[i], i + 1);
    }
    for (size_t i = 0; i < r->sheet_count; i++)
        rep_sheet_notes(r, &r->sheets[i], t);
    return t;
}

void rep_tables(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena, const struct rep_table ***out,
                size_t *out_count)
{
    const struct rep_table **tables = CV_NEWS(arena, const struct rep_table *, r->sheet_count + 2);
    size_t n = 0;
    if (r->kind == REP_INDICATORS)
        tables[n++] = rep_indicator_table(r, lang, arena);
    for (size_t i = 0; i < r->sheet_count && r->kind != REP_INDICATORS; i++)
        tables[n++] = r->kind == REP_COVERAGE ? rep_sheet_table(r, &r->sheets[i], lang, arena)
                                              : rep_people_table(r, &r->sheets[i], lang, arena);
    *out = tables;
    *out_count = n;
}
