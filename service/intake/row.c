/* Rows on their way to whoever reads the list: bounds, and letters in today's. */
#include <string.h>

#include "congvu/text.h"
#include "intake/internal.h"

bool int_unreadable(struct cv_error *err, const char *vi, const char *en)
{
    return cv_fail(err, cvp_list_unreadable, NULL, "%s%.0s", "%.0s%s", vi, en);
}

bool int_too_large(struct cv_error *err, const char *vi, const char *en)
{
    return cv_fail(err, cvp_list_too_large, NULL, "%s%.0s", "%.0s%s", vi, en);
}

const char *int_column_letters(size_t column, char out[INT_COLUMN_TEXT])
{
    char *at = out + INT_COLUMN_TEXT - 1;
    *at = '\0';
    for (column++; column > 0 && at > out; column = (column - 1) / 26)
        *--at = (char)('A' + (column - 1) % 26);
    return at;
}

static bool too_wide(struct int_making *m)
{
    m->failed = true;
    return cv_fail(m->err, cvp_list_too_large, NULL, "Dòng %u có quá %d cột", "Row %u has more than %d columns",
                   m->row.number, (int)INT_COLUMNS_MAX);
}

static bool too_long(struct int_making *m, size_t column)
{
    char letters[INT_COLUMN_TEXT];
    m->failed = true;
    return cv_fail(m->err, cvp_list_too_large, NULL, "Ô %s%u dài quá %d byte (có thể thiếu dấu ngoặc kép đóng)",
                   "Cell %s%u has more than %d bytes (perhaps a quotation mark is not closed)",
                   int_column_letters(column, letters), m->row.number, (int)INT_CELL_MAX);
}

static const char *legible(struct int_list *list, const char *text, bool *unreadable)
{
    const struct int_about *about = &list->about;
    if (list->latin && int_latin_only(text) && about->encoding == INT_ENC_TCVN3)
        return int_from_tcvn3(list->scratch, text);
    if (list->latin && int_latin_only(text) && about->encoding == INT_ENC_VNI)
        return int_from_vni(list->scratch, text);
    *unreadable = cv_text_legacy_charset(text) || (about->mixed && int_latin_only(text));
    return text;
}

bool int_put_cell(struct int_making *m, size_t column, enum int_cell_kind kind, const char *text, size_t len)
{
    if (column >= INT_COLUMNS_MAX)
        return too_wide(m);
    if (len > INT_CELL_MAX)
        return too_long(m, column);
    const char *end = text + len;
    while (end > text && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == ' '))
        end--;
    struct int_cell cell = {.kind = kind, .lines = memchr(text, '\n', (size_t)(end - text)) != NULL};
    const char *raw = cv_arena_strndup(m->list->scratch, text, len), *nfc = cv_text_nfc(m->list->scratch, raw);
    cell.hidden = cv_text_hidden_sign(raw);
    cell.text = nfc ? nfc : "";
    cell.unreadable = nfc == NULL;
    if (nfc)
        cell.text = legible(m->list, nfc, &cell.unreadable);
    if (*cell.text == '\0')
        cell.kind = INT_EMPTY;
    m->cells[column] = cell;
    if (cell.kind != INT_EMPTY && m->row.count <= column)
        m->row.count = column + 1;
    return true;
}

void int_clear_row(struct int_making *m)
{
    for (size_t i = 0; i < INT_COLUMNS_MAX; i++)
        m->cells[i] = (struct int_cell){.text = ""};
    m->row = (struct int_row){.cells = m->cells};
    cv_arena_reset(m->list->scratch);
}

bool int_end_row(struct int_making *m, uint32_t number)
{
    m->row.number = number;
    if (number > INT_ROWS_MAX && m->row.count == 0) { /* formatted down to the last one, as programs leave them */
        int_clear_row(m);
        return true;
    }
    if (number > INT_ROWS_MAX) {
        m->failed = true;
        return cv_fail(m->err, cvp_list_too_large, NULL, "Danh sách có quá %d dòng", "The list has more than %d rows",
                       (int)INT_ROWS_MAX);
    }
    m->stopped = !m->each(m->ctx, &m->row);
    int_clear_row(m);
    return !m->stopped;
}
