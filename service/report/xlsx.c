/* XLSX by libxlsxwriter, which nobody else includes. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "report/internal.h"

enum {
    A4 = 9,
    SHEET_NAME_MAX = 31,
    NUMBER_STYLES = 4,
    LINE_KINDS = 4,
    PATH_ROOM = 64,
    WIDTH_MOST = 255,
    TYPED_ROWS = 5000,
    LINE_HEIGHT = 15, /* points, of letters of 11 */
    TITLE_HEIGHT = 18,
    HEIGHT_MOST = 409,
};
enum style { S_TEXT, S_INT, S_PERCENT, S_DECIMAL };

struct book {
    lxw_workbook *book;
    const struct rep_xlsx_options *options;
    lxw_format *title, *head, *number, *note, *typed, *letterhead[2]; /* plain, bold */
    lxw_format *cells[LINE_KINDS][NUMBER_STYLES], *words[LINE_KINDS]; /* words in a column of numbers */
    lxw_error failed;                                                 /* the first */
};

static void note_error(struct book *b, lxw_error code)
{
    if (b->failed == LXW_NO_ERROR)
        b->failed = code;
}

static lxw_format *plain(struct book *b)
{
    lxw_format *f = workbook_add_format(b->book);
    format_set_font_name(f, "Times New Roman");
    format_set_font_size(f, 11);
    return f;
}

static lxw_format *framed(struct book *b)
{
    lxw_format *f = plain(b);
    format_set_border(f, LXW_BORDER_THIN);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    format_set_text_wrap(f);
    return f;
}

/* Over several columns. */
static lxw_format *spread(struct book *b, enum lxw_format_alignments align)
{
    lxw_format *f = plain(b);
    format_set_align(f, align);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    format_set_text_wrap(f);
    return f;
}

static lxw_format *of_line(struct book *b, int line)
{
    lxw_format *f = framed(b);
    if (line == REP_LINE_GROUP || line == REP_LINE_TOTAL)
        format_set_bold(f);
    if (line == REP_LINE_OWN)
        format_set_italic(f);
    return f;
}

static void make_cell_formats(struct book *b)
{
    static const char *const patterns[NUMBER_STYLES] = {
        [S_TEXT] = NULL, [S_INT] = "#,##0", [S_PERCENT] = "0.00%", [S_DECIMAL] = "#,##0.00"};
    for (int line = 0; line < LINE_KINDS; line++) {
        for (int style = 0; style < NUMBER_STYLES; style++) {
            lxw_format *f = b->cells[line][style] = of_line(b, line);
            if (patterns[style] == NULL)
                continue;
            format_set_num_format(f, patterns[style]);
            format_set_align(f, LXW_ALIGN_RIGHT);
        }
        b->words[line] = of_line(b, line);
        format_set_align(b->words[line], LXW_ALIGN_RIGHT);
    }
}

static void make_formats(struct book *b)
{
    b->title = spread(b, LXW_ALIGN_CENTER);
    format_set_bold(b->title);
    format_set_font_size(b->title, 13);
    b->note = spread(b, LXW_ALIGN_LEFT);
    format_set_italic(b->note);
    for (int bold = 0; bold < 2; bold++)
        b->letterhead[bold] = spread(b, LXW_ALIGN_CENTER);
    format_set_bold(b->letterhead[true]);
    b->head = framed(b);
    format_set_bold(b->head);
    format_set_align(b->head, LXW_ALIGN_CENTER);
    format_set_bg_color(b->head, 0xE7E6E6);
    b->number = framed(b);
    format_set_italic(b->number);
    format_set_font_size(b->number, 9);
    format_set_align(b->number, LXW_ALIGN_CENTER);
    b->typed = plain(b);
    format_set_num_format(b->typed, "@");
    make_cell_formats(b);
}

/* ---- rows as high as their text ---- */

static double width_of(const struct rep_table *t, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += t->columns[i].width < WIDTH_MOST ? t->columns[i].width : WIDTH_MOST;
    return sum;
}

static void set_height(struct book *b, lxw_worksheet *ws, lxw_row_t row, double height)
{
    note_error(b, worksheet_set_row(ws, row, height < HEIGHT_MOST ? height : HEIGHT_MOST, NULL));
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* ---- cells ---- */

static bool is_number(struct rep_cell c)
{
    return c.kind == REP_INT || c.kind == REP_PERCENT || c.kind == REP_DECIMAL;
}

/* One that says numbers in some line; a dash or "unknown" in it stands below them. */
static bool of_numbers(const struct rep_table *t, size_t column)
{
    for (size_t i = 0; i < t->line_count; i++)
        if (is_number(t->lines[i].cells[column]))
            return true;
    return false;
}

static void write_cell(struct book *b, lxw_worksheet *ws, lxw_row_t row, lxw_col_t col, struct rep_cell c,
                       enum rep_line_kind line, bool among_numbers)
{
    lxw_format *const *formats = b->cells[line];
    switch (c.kind) {
    case REP_CODE:
    case REP_TEXT: /* a string cell is never run as a formula */
        note_error(b, worksheet_write_string(ws, row, col, c.text, among_numbers ? b->words[line] : formats[S_TEXT]));
        return;
    case REP_INT:
        note_error(b, worksheet_write_number(ws, row, col, (double)c.n, formats[S_INT]));
        return;
    case REP_PERCENT:
        note_error(b, worksheet_write_number(ws, row, col, (double)c.n / 10000, formats[S_PERCENT]));
        return;
    case REP_DECIMAL:
        note_error(b, worksheet_write_number(ws, row, col, (double)c.n / 100, formats[S_DECIMAL]));
        return;
    case REP_EMPTY:
        note_error(b, worksheet_write_blank(ws, row, col, formats[S_TEXT]));
        return;
    }
}

static lxw_row_t write_lines(struct book *b, lxw_worksheet *ws, const struct rep_table *t, lxw_row_t row)
{
    bool *numbers = CV_NEWS(t->arena, bool, t->column_count);
    for (size_t k = 0; k < t->column_count; k++)
        numbers[k] = of_numbers(t, k);
    for (size_t i = 0; i < t->line_count; i++, row++) {
        const struct rep_cell *cells = t->lines[i].cells;
        int high = 1;
        for (size_t k = 0; k < t->column_count; k++)
            high = most(high, is_number(cells[k]) ? 1 : rep_lines_of(cells[k].text, t->columns[k].width));
        if (high > 1)
            set_height(b, ws, row, LINE_HEIGHT * high);
        for (size_t k = 0; k < t->column_count; k++)
            write_cell(b, ws, row, (lxw_col_t)k, cells[k], t->lines[i].kind, numbers[k]);
    }
    return row;
}

/* A text over columns from..to-1. */
static void write_over(struct book *b, lxw_worksheet *ws, lxw_row_t row, size_t from, size_t to, const char *text,
                       lxw_format *format)
{
    if (text != NULL && to > from + 1)
        note_error(b, worksheet_merge_range(ws, row, (lxw_col_t)from, row, (lxw_col_t)(to - 1), text, format));
    else if (text != NULL && to > from)
        note_error(b, worksheet_write_string(ws, row, (lxw_col_t)from, text, format));
}

static void write_across(struct book *b, lxw_worksheet *ws, const struct rep_table *t, lxw_row_t row, const char *text,
                         lxw_format *format, int line_height)
{
    set_height(b, ws, row, line_height * rep_lines_of(text, width_of(t, 0, t->column_count)));
    write_over(b, ws, row, 0, t->column_count, text, format);
}

/* The column where the right half of the sheet begins. */
static size_t middle(const struct rep_table *t)
{
    size_t at = 1;
    while (at + 1 < t->column_count && 2 * width_of(t, 0, at) < width_of(t, 0, t->column_count))
        at++;
    return at;
}

static lxw_row_t write_letterhead(struct book *b, lxw_worksheet *ws, const struct rep_table *t, lxw_row_t row)
{
    size_t half = middle(t), all = t->column_count;
    for (size_t i = 0; i < b->options->letterhead_lines; i++, row++) {
        const struct rep_beside *l = &b->options->letterhead[i];
        int high =
            most(rep_lines_of(l->text[0], width_of(t, 0, half)), rep_lines_of(l->text[1], width_of(t, half, all)));
        set_height(b, ws, row, LINE_HEIGHT * high);
        write_over(b, ws, row, 0, half, l->text[0], b->letterhead[l->bold[0]]);
        write_over(b, ws, row, half, all, l->text[1], b->letterhead[l->bold[1]]);
    }
    return row + (b->options->letterhead_lines > 0);
}

static lxw_row_t write_titles(struct book *b, lxw_worksheet *ws, const struct rep_table *t)
{
    lxw_row_t row = 0;
    if (t->title_count == 0)
        return row; /* a machine expects the head on top */
    row = write_letterhead(b, ws, t, row);
    for (size_t i = 0; i < t->title_count; i++)
        write_across(b, ws, t, row++, t->titles[i], b->title, TITLE_HEIGHT);
    return row + 1;
}

static void page(struct book *b, lxw_worksheet *ws, const struct rep_table *t)
{
    worksheet_set_landscape(ws);
    worksheet_set_paper(ws, A4);
    worksheet_fit_to_pages(ws, 1, 0);
    worksheet_set_margins(ws, 0.5, 0.5, 0.6, 0.6);
    worksheet_set_footer(ws, "&C&P/&N");
    for (size_t i = 0; i < t->column_count; i++)
        note_error(b, worksheet_set_column(ws, (lxw_col_t)i, (lxw_col_t)i, width_of(t, i, i + 1), NULL));
}

/* A drop-down below the heading; something else may be typed all the same, and is looked at later. */
static void offer(struct book *b, lxw_worksheet *ws, const struct rep_typed *c, lxw_row_t row, lxw_col_t col)
{
    char formula[SHEET_NAME_MAX + 32];
    snprintf(formula, sizeof(formula), "='%s'!$A$2:$A$%zu", c->choices, c->choice_count + 1);
    lxw_data_validation list = {.validate = LXW_VALIDATION_TYPE_LIST_FORMULA,
                                .value_formula = formula,
                                .error_type = LXW_VALIDATION_ERROR_TYPE_WARNING};
    note_error(b, worksheet_data_validation_range(ws, row, col, row + TYPED_ROWS - 1, col, &list));
}

static void open_columns(struct book *b, lxw_worksheet *ws, const struct rep_table *t, lxw_row_t row)
{
    for (size_t i = 0; t->typed != NULL && i < t->column_count; i++) {
        note_error(b, worksheet_set_column(ws, (lxw_col_t)i, (lxw_col_t)i, t->columns[i].width, b->typed));
        if (t->typed[i].choices != NULL && t->typed[i].choice_count > 0)
            offer(b, ws, &t->typed[i], row, (lxw_col_t)i);
    }
}

/* Returns the row below it. */
static lxw_row_t write_head(struct book *b, lxw_worksheet *ws, const struct rep_table *t, lxw_row_t row)
{
    const lxw_row_t first = row;
    int high = 1, numbers_high = 1;
    for (size_t i = 0; i < t->column_count; i++) {
        high = most(high, rep_lines_of(t->columns[i].title, t->columns[i].width));
        numbers_high = most(numbers_high, rep_lines_of(t->columns[i].number, t->columns[i].width));
    }
    set_height(b, ws, row, LINE_HEIGHT * high);
    for (size_t i = 0; i < t->column_count; i++)
        note_error(b, worksheet_write_string(ws, row, (lxw_col_t)i, t->columns[i].title, b->head));
    row++;
    if (rep_table_is_numbered(t)) {
        set_height(b, ws, row, LINE_HEIGHT * numbers_high);
        for (size_t i = 0; i < t->column_count; i++)
            note_error(b, worksheet_write_string(ws, row, (lxw_col_t)i, t->columns[i].number, b->number));
        row++;
    }
    note_error(b, worksheet_repeat_rows(ws, first, row - 1));
    worksheet_freeze_panes(ws, row, t->column_count > 2 ? 2 : 0);
    return row;
}

static void write_sheet(struct book *b, const struct rep_table *t)
{
    char name[SHEET_NAME_MAX + 1];
    snprintf(name, sizeof(name), "%s", t->sheet);
    for (unsigned n = 2; workbook_get_worksheet_by_name(b->book, name) != NULL && n < 100; n++)
        snprintf(name, sizeof(name), "%.*s~%u", SHEET_NAME_MAX - 3, t->sheet, n % 100); /* cut, two may be alike */
    lxw_worksheet *ws = workbook_add_worksheet(b->book, name);
    if (ws == NULL) {
        note_error(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    page(b, ws, t);
    lxw_row_t row = write_head(b, ws, t, write_titles(b, ws, t));
    open_columns(b, ws, t, row);
    row = write_lines(b, ws, t, row);
    for (size_t i = 0; i < t->note_count; i++)
        write_across(b, ws, t, ++row, t->notes[i], b->note, LINE_HEIGHT);
}

/* The library writes files only; this one never gets a name. */
static bool make(int fd, const struct rep_table *const *tables, size_t count, const struct rep_xlsx_options *o,
                 lxw_error *out_code)
{
    char path[PATH_ROOM];
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)o->tmp_dir};
    lxw_doc_properties about = {.title = (char *)o->title, .author = (char *)o->author, .created = (time_t)o->made_at};
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    struct book b = {.book = workbook_new_opt(path, &options), .options = o};
    if (b.book == NULL)
        return false;
    note_error(&b, workbook_set_properties(b.book, &about));
    make_formats(&b);
    for (size_t i = 0; i < count; i++)
        write_sheet(&b, tables[i]);
    note_error(&b, workbook_close(b.book));
    *out_code = b.failed;
    return b.failed == LXW_NO_ERROR;
}

static bool copy(int fd, struct cv_buf *out)
{
    char piece[16384];
    ssize_t got;
    if (lseek(fd, 0, SEEK_SET) != 0)
        return false;
    while ((got = read(fd, piece, sizeof(piece))) != 0)
        if (got > 0)
            cv_buf_put(out, piece, (size_t)got);
        else if (errno != EINTR)
            return false;
    return cv_buf_ok(out);
}

bool rep_xlsx(struct cv_buf *out, const struct rep_table *const *tables, size_t count,
              const struct rep_xlsx_options *options, struct cv_error *err)
{
    lxw_error code = LXW_ERROR_MEMORY_MALLOC_FAILED;
    int fd = memfd_create("report", MFD_CLOEXEC);
    bool ok = fd >= 0 && make(fd, tables, count, options, &code) && copy(fd, out);
    if (fd >= 0)
        close(fd);
    if (ok)
        return true;
    cv_fail(err, cvp_internal, NULL, "Không tạo được tệp XLSX", "The XLSX file could not be made");
    err->lib_code = (int)code;
    return false;
}
