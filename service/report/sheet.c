/* The annex tables: what is printed for each unit, every percentage from the counts of its own line. */
#include <string.h>

#include "report/internal.h"

enum column {
    ORDER,
    UNIT,
    HEADCOUNT,
    UNRECORDED,
    BASE,
    ISSUED,
    ISSUED_RATE,
    ACTIVATED,
    ACTIVATED_RATE,
    ON_LEAVE,
    USED,
    USED_RATE,
    REGULAR,
    REGULAR_RATE,
    UNKNOWN,
    LOCKED,
    REVOKED,
    BEYOND,
    REMARK,
    COLUMNS
};

static const struct {
    const char *title[CV_LANGS];
    const char *number;
    int width;
} columns[COLUMNS] = {
    [ORDER] = {{"STT", "No."}, "(1)", 7},
    [UNIT] = {{"Đơn vị", "Unit"}, "(2)", 34},
    [HEADCOUNT] = {{"Tổng số hiện có", "People in post"}, "(3)", 9},
    [UNRECORDED] = {{"Chưa có trên hệ thống", "Not in the system"}, "(4)", 9},
    [BASE] = {{"Thuộc diện phải cấp (b)", "To be issued (b)"}, "(5)", 9},
    [ISSUED] = {{"Đã cấp (a)", "Issued (a)"}, "(6)", 9},
    [ISSUED_RATE] = {{"a/b (%)", "a/b (%)"}, "(7)=(6)/(5)", 10},
    [ACTIVATED] = {{"Đã kích hoạt", "Activated"}, "(8)", 9},
    [ACTIVATED_RATE] = {{"Kích hoạt / đã cấp (%)", "Activated / issued (%)"}, "(9)=(8)/(6)", 10},
    [ON_LEAVE] = {{"Nghỉ dài ngày, không sử dụng (n)", "On long leave, not using (n)"}, "(10)", 12},
    [USED] = {{"Có sử dụng", "Used"}, "(11)", 9},
    [USED_RATE] = {{"Có sử dụng / (b − n) (%)", "Used / (b − n) (%)"}, "(12)=(11)/((5)−(10))", 12},
    [REGULAR] = {{"Thường xuyên sử dụng", "Regularly used"}, "(13)", 11},
    [REGULAR_RATE] = {{"Thường xuyên / (b − n) (%)", "Regular / (b − n) (%)"}, "(14)=(13)/((5)−(10))", 12},
    [UNKNOWN] = {{"Chưa xác định", "Unknown"}, "(15)", 9},
    [LOCKED] = {{"Tạm khóa", "Locked"}, "(16)", 8},
    [REVOKED] = {{"Thu hồi trong kỳ", "Revoked in the period"}, "(17)", 8},
    [BEYOND] = {{"Cấp ngoài diện phải cấp", "Issued beyond those required"}, "(18)", 9},
    [REMARK] = {{"Ghi chú", "Remarks"}, "(19)", 26},
};

static struct rep_cell number(int32_t n, enum cv_lang lang)
{
    return n == REP_NONE ? rep_text(rep_unknown(lang)) : rep_int(n);
}

static struct rep_cell declared(int32_t n)
{
    return n == REP_NONE ? rep_text("–") : rep_int(n);
}

static struct rep_cell rate(int32_t a, int32_t b, enum cv_lang lang)
{
    return a == REP_NONE || b == REP_NONE ? rep_text(rep_unknown(lang)) : rep_percent(a, b);
}

/* What a reader of this line must know: who was not declared, who is above the declared number, who is away. */
static const char *remark(const struct rep_counts *c, enum cv_lang lang, struct cv_arena *arena)
{
    const char *out = rep_not_recorded_yet(c) ? rep_not_recorded_text(lang) : NULL;
    struct {
        int32_t n;
        const char *vi, *en;
    } const parts[] = {
        {c->undeclared_recorded, "chưa khai báo số hiện có, trên hệ thống", "not declared, recorded"},
        {c->over_recorded, "vượt số khai báo", "above the declared number"},
        {c->on_long_leave, "nghỉ dài ngày", "on long leave"},
        {c->leave_undecided, "nghỉ dài ngày chưa có quyết định", "on long leave without a decision"},
        {c->seconded_out, "biệt phái đi", "seconded out"},
        {c->seconded_in, "biệt phái đến", "seconded in"},
        {c->too_new, "mới cấp dưới 14 ngày", "issued under 14 days ago"},
        {c->category_left, "thôi thuộc diện do đổi đối tượng", "no more to be issued, category changed"},
    };
    for (size_t i = 0; i < CV_COUNT(parts); i++) {
        if (parts[i].n <= 0)
            continue;
        const char *more = cv_arena_printf(arena, "%s: %s", REP_SAY(lang, parts[i].vi, parts[i].en),
                                           rep_number(arena, lang, parts[i].n));
        out = out == NULL ? more : cv_arena_printf(arena, "%s; %s", out, more);
    }
    return out;
}

static void fill(struct rep_table *t, enum rep_line_kind kind, const char *order, const char *name,
                 const struct rep_counts *c)
{
    enum cv_lang lang = t->lang;
    struct rep_cell *cells = rep_table_line(t, kind);
    cells[ORDER] = rep_text(order);
    cells[UNIT] = rep_text(name);
    cells[HEADCOUNT] = declared(c->headcount);
    cells[UNRECORDED] = declared(c->unrecorded);
    cells[BASE] = number(c->base, lang);
    cells[ISSUED] = number(c->issued, lang);
    cells[ISSUED_RATE] = rate(c->issued, c->base, lang);
    cells[ACTIVATED] = number(c->activated, lang);
    cells[ACTIVATED_RATE] = rate(c->activated, c->issued, lang);
    cells[ON_LEAVE] = number(c->on_leave_unused, lang);
    cells[USED] = number(c->used, lang);
    cells[USED_RATE] = rate(c->used, c->usage_base, lang);
    cells[REGULAR] = number(c->regular, lang);
    cells[REGULAR_RATE] = rate(c->regular, c->usage_base, lang);
    cells[UNKNOWN] = number(c->unknown, lang);
    cells[LOCKED] = number(c->locked, lang);
    cells[REVOKED] = rep_int(c->revoked);
    cells[BEYOND] = number(c->issued_beyond, lang);
    cells[REMARK] = rep_text(remark(c, lang, t->arena));
}

static void row(struct rep_table *t, const struct rep_sheet *s, const struct rep_row *r, int *number_in_group)
{
    const char *name = rep_row_name(s, r, t->lang, t->arena);
    if (rep_row_is_top(s, r))
        fill(t, REP_LINE_OWN, "", name, &r->counts);
    else
        fill(t, REP_LINE_PLAIN, cv_arena_printf(t->arena, "%d", ++*number_in_group), name, &r->counts);
}

static bool in_group(const struct rep_sheet *s, const struct rep_row *r, enum rep_group g)
{
    return r->kind != REP_ROW_TOTAL && !rep_row_is_top(s, r) && r->group == g;
}

/* Nobody there must have it, nobody has, and nobody is missing: one line for all of these, so that the others still add
 * up. */
static bool is_bare(const struct rep_row *r)
{
    return r->counts.base == 0 && r->counts.issued_beyond <= 0 && r->counts.unrecorded <= 0;
}

struct sum {
    struct rep_counts counts;
    int lines;
    const struct rep_row *last;
};

static void add(struct sum *to, const struct rep_row *more)
{
    to->last = more;
    if (to->lines++ == 0)
        to->counts = more->counts;
    else
        rep_counts_add(&to->counts, &more->counts);
}

/* One unit of the group's own name: nothing stands below it that it does not say itself. */
static bool says_it_all(const struct sum *all, const char *title, const struct rep_sheet *s, const struct rep_table *t)
{
    return all->lines == 1 && strcmp(rep_row_name(s, all->last, t->lang, t->arena), title) == 0;
}

static const char *bare_name(int units, enum cv_lang lang, struct cv_arena *arena)
{
    return cv_arena_printf(
        arena, REP_SAY(lang, "%s đơn vị không có người thuộc diện phải cấp", "Units where nobody is to be issued: %s"),
        rep_number(arena, lang, units));
}

/* False: nobody is of that group. */
static bool group(struct rep_table *t, const struct rep_sheet *s, enum rep_group g, const char *order)
{
    struct sum all = {.lines = 0}, bare = all;
    int number_in_group = 0;
    for (size_t i = 0; i < s->row_count; i++) {
        const struct rep_row *r = &s->rows[i];
        if (!in_group(s, r, g))
            continue;
        add(&all, r);
        if (is_bare(r))
            add(&bare, r);
    }
    if (all.lines == 0)
        return false;
    const char *title = rep_group_title(g, t->lang);
    fill(t, REP_LINE_GROUP, order, title, &all.counts);
    if (says_it_all(&all, title, s, t))
        return true;
    for (size_t i = 0; i < s->row_count; i++)
        if (in_group(s, &s->rows[i], g) && !is_bare(&s->rows[i]))
            row(t, s, &s->rows[i], &number_in_group);
    if (bare.lines > 0)
        fill(t, REP_LINE_PLAIN, "", bare_name(bare.lines, t->lang, t->arena), &bare.counts);
    return true;
}

static void lines(struct rep_table *t, const struct rep_sheet *s)
{
    static const char *const roman[] = {"I", "II", "III", "IV"};
    int none = 0, groups = 0;
    for (size_t i = 0; i < s->row_count; i++)
        if (rep_row_is_top(s, &s->rows[i]))
            row(t, s, &s->rows[i], &none);
    for (int g = 0; g < REP_GROUPS; g++)
        groups += group(t, s, (enum rep_group)g, roman[groups]);
    const struct rep_row *total = rep_total_row(s);
    if (total == NULL)
        return;
    if (t->line_count == 0)
        row(t, s, total, &none); /* a unit without others below it */
    fill(t, REP_LINE_TOTAL, "", REP_SAY(t->lang, "TỔNG CỘNG", "TOTAL"), &total->counts);
}

struct rep_table *rep_sheet_table(const struct rep_report *r, const struct rep_sheet *s, enum cv_lang lang,
                                  struct cv_arena *arena)
{
    struct rep_table *t = rep_table_new(arena, lang, COLUMNS);
    t->key = s->system;
    t->sheet = s->system;
    for (int i = 0; i < COLUMNS; i++)
        t->columns[i] = (struct rep_column){columns[i].title[lang], columns[i].number, columns[i].width};
    rep_table_title(t, rep_sheet_title(r, s, lang, arena));
    rep_table_title(t, rep_name(r->name, lang));
    rep_table_title(t, rep_period_text(r, lang, arena));
    lines(t, s);
    rep_sheet_notes(r, s, t);
    return t;
}
