/* XLSX by libxlsxwriter, which nobody else includes. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "congvu/table.h"

enum {
    A4 = 9,
    SHEET_NAME_MAX = 31,
    NUMBER_STYLES = 4,
    LINE_KINDS = 4,
    PATH_ROOM = 64,
    WIDTH_MOST = 255,
    TYPED_ROWS = 5000
};
enum style { S_TEXT, S_INT, S_PERCENT, S_DECIMAL };

struct book {
    lxw_workbook *book;
    lxw_format *title, *head, *number, *note, *typed;
    lxw_format *cells[LINE_KINDS][NUMBER_STYLES];
    lxw_error failed; /* the first */
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

static void make_cell_formats(struct book *b)
{
    static const char *const patterns[NUMBER_STYLES] = {
        [S_TEXT] = NULL, [S_INT] = "#,##0", [S_PERCENT] = "0.00%", [S_DECIMAL] = "#,##0.00"};
    for (int line = 0; line < LINE_KINDS; line++)
        for (int style = 0; style < NUMBER_STYLES; style++) {
            lxw_format *f = framed(b);
            if (patterns[style] != NULL)
                format_set_num_format(f, patterns[style]);
            if (line == REP_LINE_GROUP || line == REP_LINE_TOTAL)
                format_set_bold(f);
            if (line == REP_LINE_OWN)
                format_set_italic(f);
            b->cells[line][style] = f;
        }
}

static void make_formats(struct book *b)
{
    b->title = plain(b);
    format_set_bold(b->title);
    format_set_font_size(b->title, 13);
    b->note = plain(b);
    format_set_italic(b->note);
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

static void write_cell(struct book *b, lxw_worksheet *ws, lxw_row_t row, lxw_col_t col, struct rep_cell c,
                       enum rep_line_kind line)
{
    lxw_format *const *formats = b->cells[line];
    switch (c.kind) {
    case REP_CODE:
    case REP_TEXT: /* a string cell is never run as a formula */
        note_error(b, worksheet_write_string(ws, row, col, c.text, formats[S_TEXT]));
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

static void page(struct book *b, lxw_worksheet *ws, const struct rep_table *t, lxw_row_t head)
{
    worksheet_set_landscape(ws);
    worksheet_set_paper(ws, A4);
    worksheet_fit_to_pages(ws, 1, 0);
    worksheet_set_margins(ws, 0.5, 0.5, 0.6, 0.6);
    worksheet_set_footer(ws, "&C&P/&N");
    note_error(b, worksheet_repeat_rows(ws, head, head));
    for (size_t i = 0; i < t->column_count; i++)
        note_error(b, worksheet_set_column(ws, (lxw_col_t)i, (lxw_col_t)i,
                                           t->columns[i].width < WIDTH_MOST ? t->columns[i].width : WIDTH_MOST, NULL));
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

static lxw_row_t write_head(struct book *b, lxw_worksheet *ws, const struct rep_table *t, lxw_row_t row)
{
    bool numbered = false;
    for (size_t i = 0; i < t->column_count; i++) {
        note_error(b, worksheet_write_string(ws, row, (lxw_col_t)i, t->columns[i].title, b->head));
        numbered = numbered || t->columns[i].number != NULL;
    }
    row++;
    for (size_t i = 0; i < t->column_count && numbered; i++)
        note_error(b, worksheet_write_string(ws, row, (lxw_col_t)i, t->columns[i].number, b->number));
    row += numbered;
    worksheet_freeze_panes(ws, row, t->column_count > 2 ? 2 : 0);
    return row;
}

static void write_sheet(struct book *b, const struct rep_table *t)
{
    char name[SHEET_NAME_MAX + 1];
    lxw_row_t row = 0;
    snprintf(name, sizeof(name), "%s", t->sheet);
    lxw_worksheet *ws = workbook_add_worksheet(b->book, name);
    if (ws == NULL) {
        note_error(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    lxw_row_t head = t->title_count > 0 ? (lxw_row_t)t->title_count + 1 : 0; /* a machine expects it on top */
    page(b, ws, t, head);
    for (size_t i = 0; i < t->title_count; i++)
        note_error(b, worksheet_write_string(ws, row++, 0, t->titles[i], b->title));
    row = write_head(b, ws, t, head);
    open_columns(b, ws, t, row);
    for (size_t i = 0; i < t->line_count; i++, row++)
        for (size_t k = 0; k < t->column_count; k++)
            write_cell(b, ws, row, (lxw_col_t)k, t->lines[i].cells[k], t->lines[i].kind);
    for (size_t i = 0; i < t->note_count; i++)
        note_error(b, worksheet_write_string(ws, ++row, 0, t->notes[i], b->note));
}

/* The library writes files only; this one never gets a name. */
static bool make(int fd, const struct rep_table *const *tables, size_t count, const struct rep_xlsx_options *o,
                 lxw_error *out_code)
{
    char path[PATH_ROOM];
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)o->tmp_dir};
    lxw_doc_properties about = {.title = (char *)o->title, .author = (char *)o->author, .created = (time_t)o->made_at};
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    struct book b = {.book = workbook_new_opt(path, &options)};
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
