/* The rows of figures as a table: a line for each, every percentage from the counts of its own line. */
#include <string.h>

#include "api/figures/figures.h"
#include "api/frame/tables.h"
#include "congvu/titles.h"

enum column {
    SYSTEM,
    KIND,
    CODE,
    UNIT,
    HEADCOUNT,
    UNRECORDED,
    BASE,
    ISSUED,
    COVERAGE,
    ACTIVATED,
    ON_LEAVE,
    USED,
    ADOPTION,
    REGULAR,
    REGULAR_RATIO,
    UNKNOWN,
    LOCKED,
    BEYOND,
    COLUMNS
};

static const struct {
    const char *title[CV_LANGS];
    const char *number;
    int width;
} columns[COLUMNS] = {
    [SYSTEM] = {{"Hệ thống", "System"}, "(1)", 14},
    [KIND] = {{"Dòng", "Row"}, "(2)", 10},
    [CODE] = {{"Mã đơn vị", "Unit code"}, "(3)", 16},
    [UNIT] = {{"Đơn vị", "Unit"}, "(4)", 36},
    [HEADCOUNT] = {{"Tổng số hiện có", "People in post"}, "(5)", 10},
    [UNRECORDED] = {{"Chưa có trên hệ thống", "Not in the system"}, "(6)", 10},
    [BASE] = {{"Thuộc diện phải cấp (b)", "To be issued (b)"}, "(7)", 10},
    [ISSUED] = {{"Đã cấp (a)", "Issued (a)"}, "(8)", 10},
    [COVERAGE] = {{"a/b (%)", "a/b (%)"}, "(9)=(8)/(7)", 11},
    [ACTIVATED] = {{"Đã kích hoạt", "Activated"}, "(10)", 10},
    [ON_LEAVE] = {{"Nghỉ dài ngày, không sử dụng (n)", "On long leave, not using (n)"}, "(11)", 12},
    [USED] = {{"Có sử dụng", "Used"}, "(12)", 10},
    [ADOPTION] = {{"Có sử dụng / (b − n) (%)", "Used / (b − n) (%)"}, "(13)=(12)/((7)−(11))", 14},
    [REGULAR] = {{"Thường xuyên sử dụng", "Regularly used"}, "(14)", 11},
    [REGULAR_RATIO] = {{"Thường xuyên / (b − n) (%)", "Regular / (b − n) (%)"}, "(15)=(14)/((7)−(11))", 14},
    [UNKNOWN] = {{"Chưa xác định", "Unknown"}, "(16)", 10},
    [LOCKED] = {{"Tạm khóa", "Locked"}, "(17)", 10},
    [BEYOND] = {{"Cấp ngoài diện phải cấp", "Issued beyond those required"}, "(18)", 11},
};

static struct rep_cell known(bool is, struct rep_cell cell, enum cv_lang lang)
{
    return is ? cell : rep_text(lang == CV_EN ? "unknown" : "chưa xác định");
}

static struct rep_cell counted(int32_t people, bool known)
{
    return known ? rep_int(people) : rep_text("–");
}

/* "mailbox, td-office" where one row sums both. */
static const char *summed(const struct view_coverage *coverage, struct cv_arena *arena)
{
    const char *list = "";
    for (size_t i = 0; i < coverage->system_count; i++)
        list = cv_arena_printf(arena, "%s%s%s", list, i > 0 ? ", " : "", coverage->systems[i].system);
    return list;
}

static void put_row(struct rep_table *t, const struct api_figures *question, const struct view_coverage_row *row,
                    const char *all)
{
    static const char *const kinds[] = {[VIEW_ROW_TOTAL] = "total", [VIEW_ROW_OWN] = "own", [VIEW_ROW_UNIT] = "unit"};
    const struct dom_counts *c = &row->counts;
    const char *name = api_in_language(row->unit.name, t->lang);
    int64_t base = dom_coverage_base(c, question->declared), use_base = dom_adoption_base(c, question->declared);
    bool people = !row->not_recorded_yet;
    struct rep_cell *cells = rep_table_line(t, row->kind == VIEW_ROW_TOTAL ? REP_LINE_TOTAL
                                               : row->kind == VIEW_ROW_OWN ? REP_LINE_OWN
                                                                           : REP_LINE_PLAIN);
    cells[SYSTEM] = rep_text(question->view.required ? "required" : row->system != NULL ? row->system : all);
    cells[KIND] = rep_text(kinds[row->kind]);
    cells[CODE] = rep_code(row->unit.code);
    cells[UNIT] = rep_text(name);
    if (row->system != NULL)
        cells[HEADCOUNT] = counted(c->headcount, dom_counts_declared(c));
    cells[UNRECORDED] = counted(c->unrecorded, api_gap_known(question, row));
    cells[BASE] = known(people, rep_int(base), t->lang);
    cells[ISSUED] = known(people, rep_int(c->issued), t->lang);
    cells[COVERAGE] = known(people, rep_percent(c->issued, base), t->lang);
    cells[ACTIVATED] = known(row->activation_known, rep_int(c->activated), t->lang);
    cells[ON_LEAVE] = known(row->used_known, rep_int(c->on_leave_unused), t->lang);
    cells[USED] = known(row->used_known, rep_int(c->used), t->lang);
    cells[ADOPTION] = known(row->used_known, rep_percent(c->used, use_base), t->lang);
    cells[REGULAR] = known(row->regular_known, rep_int(c->regular), t->lang);
    cells[REGULAR_RATIO] = known(row->regular_known, rep_percent(c->regular, use_base), t->lang);
    cells[UNKNOWN] = known(people, rep_int(c->unknown), t->lang);
    cells[LOCKED] = known(people && !row->locked_unknown, rep_int(c->locked), t->lang);
    cells[BEYOND] = known(people && !row->beyond_unknown, rep_int(c->issued_beyond), t->lang);
}

/* A CSV has no title but its name. */
static void name_file(struct htp_exchange *x, const struct api_file *file, const struct api_figures *question,
                      const char *only)
{
    const char *plain = x->lang == CV_EN ? "coverage" : "ty-le-cap-su-dung",
               *people = x->lang == CV_EN ? "Coverage" : "Tỷ lệ cấp, sử dụng";
    if (*only != '\0')
        plain = cv_arena_printf(x->arena, "%s-%s", plain, question->categories);
    api_name_file(x, file->format, plain, cv_arena_printf(x->arena, "%s%s", people, only));
}

bool api_figures_file(struct htp_exchange *x, const struct api_file *file, const struct api_figures *question,
                      const struct view_coverage *coverage, struct cv_buf *out, struct cv_error *err)
{
    char from[CV_DAY_TEXT], to[CV_DAY_TEXT];
    struct rep_table *t = rep_table_new(x->arena, x->lang, COLUMNS);
    const struct rep_table *tables[] = {t};
    struct rep_xlsx_options options = {.title = "Congvu", .author = "Congvu", .made_at = coverage->as_of};
    t->sheet = x->lang == CV_EN ? "coverage" : "ty-le";
    for (int i = 0; i < COLUMNS; i++)
        t->columns[i] = (struct rep_column){columns[i].title[x->lang], columns[i].number, columns[i].width};
    const char *only = rep_only_text(question->view.categories, x->lang, x->arena);
    rep_table_title(
        t, cv_arena_printf(x->arena, "%s%s", x->lang == CV_EN ? "Issue and use" : "Tình hình cấp và sử dụng", only));
    rep_table_title(t, cv_arena_printf(x->arena, "%s - %s", cv_day_people(coverage->window.from, from),
                                       cv_day_people(coverage->window.to, to)));
    const char *all = summed(coverage, x->arena);
    for (size_t i = 0; i < coverage->count; i++)
        put_row(t, question, &coverage->rows[i], all);
    name_file(x, file, question, only);
    return api_write_tables(x, file, tables, 1, &options, out, err);
}
