/* The user's own list again, with a column of what is to be looked at. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/intake/imports.h"

enum { FILE_COLUMNS = 64 };

struct giving_back {
    struct htp_exchange *x;
    struct rep_table *table;
    const char **said; /* by number of the row */
    size_t said_count, columns;
    uint32_t given; /* rows so far */
};

/* A row of a roster stands in the plan twice when its code becomes another. */
static const char *said_of(struct htp_exchange *x, const struct imp_row *row, const char *before)
{
    const char *out = before != NULL ? before : "";
    for (size_t i = 0; i < row->note_count; i++)
        if (strcmp(row->notes[i].weight, "said") != 0)
            out = cv_arena_printf(x->arena, "%s%s%s%s%s", out, *out ? "; " : "",
                                  row->notes[i].column ? row->notes[i].column : "", row->notes[i].column ? ": " : "",
                                  row->notes[i].text[x->lang]);
    return out;
}

static bool collect(struct giving_back *g, const struct imp_stored *stored, struct cv_error *err)
{
    const char *at = stored->rows, *end = stored->rows + stored->rows_len, *line = NULL;
    struct imp_row row;
    size_t len = 0;
    cv_auto_arena arena = cv_arena_new(IMP_ROW_ARENA);
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    for (; imp_next_line(&at, end, &line, &len); cv_arena_reset(arena))
        if (imp_row_read(arena, line, len, &row) && row.row > 0 && (size_t)row.row < g->said_count)
            g->said[row.row] = said_of(g->x, &row, g->said[row.row]);
    return true;
}

/* A sheet may leave empty rows out; here each has its line, so that a line is found by the number of its row. */
static bool give_row(void *ctx, const struct int_row *row)
{
    struct giving_back *g = ctx;
    for (; g->given + 1 < row->number; g->given++)
        rep_table_line(g->table, REP_LINE_PLAIN);
    g->given = row->number;
    struct rep_cell *cells = rep_table_line(g->table, REP_LINE_PLAIN);
    const char *said = row->number < g->said_count ? g->said[row->number] : NULL;
    cells[0] = rep_text(said);
    for (size_t i = 0; i < row->count && i + 1 < g->columns; i++)
        cells[i + 1] = rep_text(cv_arena_strdup(g->x->arena, row->cells[i].text));
    return true;
}

static bool widest(void *ctx, const struct int_row *row)
{
    size_t *columns = ctx;
    *columns = row->count > *columns ? row->count : *columns;
    return true;
}

static bool give_back(struct htp_exchange *x, const struct imp_stored *stored, struct cv_error *err)
{
    struct giving_back g = {.x = x};
    struct int_list *list = NULL;
    struct api_file file;
    struct rep_xlsx_options options = {.title = "Congvu", .author = "Congvu", .made_at = cv_now()};
    size_t columns = 0;
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    api_read_file(x, API_SHEET, &file);
    if (!cv_faults_check(&x->faults, cvp_invalid_parameter, err) ||
        !int_open_list(stored->file, stored->file_len, stored->options.sheet, stored->options.kind, &list, err))
        return false;
    bool ok = int_rows(list, widest, &columns, err);
    g.columns = (columns < FILE_COLUMNS ? columns : FILE_COLUMNS) + 1;
    g.said_count = int_about(list)->rows + 2;
    g.said = CV_NEWS(x->arena, const char *, g.said_count);
    g.table = rep_table_new(x->arena, x->lang, g.columns);
    g.table->sheet = x->lang == CV_EN ? "list" : "danh-sach";
    g.table->columns[0] = (struct rep_column){x->lang == CV_EN ? "To be looked at" : "Cần kiểm tra", NULL, 48};
    for (size_t i = 1; i < g.columns; i++)
        g.table->columns[i] =
            (struct rep_column){int_column_letters(i - 1, cv_arena_alloc(x->arena, INT_COLUMN_TEXT)), NULL, 20};
    const struct rep_table *tables[] = {g.table};
    ok = ok && collect(&g, stored, err) && int_rows(list, give_row, &g, err) &&
         api_write_tables(x, &file, tables, 1, &options, &out, err);
    int_close(&list);
    if (!ok)
        return false;
    api_name_file(x, file.format, "list", x->lang == CV_EN ? "List" : "Danh sách cần kiểm tra");
    htp_reply_text(x, 200, api_media_type(file.format), cv_buf_str(&out), out.len);
    return true;
}

void api_get_import_file(struct htp_exchange *x)
{
    struct prov_call call;
    struct imp_stored stored;
    struct cv_error err = {0};
    if (imp_open(x, &call, IMP_ROWS | IMP_FILE, &stored) && !give_back(x, &stored, &err))
        htp_problem(x, &err, &x->faults);
}
