/* CSV of any program: charset and delimiter found out, the fields by libcsv. */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "intake/internal.h"

enum { PIECE = 32 << 10, SAMPLE = 256 << 10, LINES = 200 };

/* ---- charset ---- */
/* Without a byte order mark: every other byte of Vietnamese UTF-16 is 0 or 1 or 0x1E. */
static int utf16_by_zeros(const struct int_list *list)
{
    size_t even = 0, odd = 0, pairs = (list->len < 4096 ? list->len : 4096) / 2;
    for (size_t i = 0; i < pairs; i++) {
        even += list->bytes[2 * i] == 0;
        odd += list->bytes[2 * i + 1] == 0;
    }
    if (pairs < 4 || (even * 2 < pairs && odd * 2 < pairs))
        return -1;
    return even > odd ? INT_UTF16BE : INT_UTF16LE;
}

static bool take_text(struct int_list *list, const char *text, size_t len, struct cv_error *err)
{
    cv_buf_put(&list->text, text, len);
    return cv_buf_ok(&list->text) || int_too_large(err, "Tệp quá lớn", "The file is too large");
}

static bool take_charset(struct int_list *list, const char *charset, size_t skip, struct cv_error *err)
{
    struct cv_arena *arena = cv_arena_new((size_t)INT_FILE_MAX * 4);
    const char *text = arena ? cv_text_from_charset(arena, charset, list->bytes + skip, list->len - skip) : NULL;
    bool ok = text != NULL && take_text(list, text, strlen(text), err);
    cv_arena_free(&arena);
    return ok || int_unreadable(err, "Không đọc được bảng mã của tệp", "The charset of the file cannot be read");
}

static struct int_score score_of(struct cv_arena *arena, const char *text)
{
    struct int_score score = {0};
    int_score_text(text, arena, &score);
    return score;
}

/* A byte charset: the one in which most words are Vietnamese. 1258 is told here; TCVN3 and VNI are found over the cells
 * of a file that reads as Latin-1. */
static bool take_bytes(struct int_list *list, struct cv_error *err)
{
    size_t len = list->len < SAMPLE ? list->len : SAMPLE;
    struct cv_arena *arena = cv_arena_new(64 << 20);
    if (arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    const char *latin = cv_text_from_charset(arena, "ISO-8859-1", list->bytes, len);
    const char *windows = cv_text_from_charset(arena, "windows-1258", list->bytes, len);
    struct int_score by_1258 = score_of(arena, windows ? windows : ""),
                     by_tcvn3 = score_of(arena, int_from_tcvn3(arena, latin ? latin : "")),
                     by_vni = score_of(arena, int_from_vni(arena, latin ? latin : ""));
    cv_arena_free(&arena);
    size_t best = by_tcvn3.good > by_vni.good ? by_tcvn3.good : by_vni.good, words = by_1258.good + by_1258.bad;
    list->about.decoded = true;
    if (by_1258.good > best && by_1258.good * 10 >= words * 8) {
        list->about.encoding = INT_WINDOWS_1258;
        return take_charset(list, "windows-1258", 0, err);
    }
    if (best * 10 < (by_tcvn3.good > by_vni.good ? by_tcvn3.good + by_tcvn3.bad : by_vni.good + by_vni.bad) * 8)
        return int_unreadable(err, "Không nhận ra bảng mã của tệp; vui lòng lưu lại dạng .xlsx hoặc CSV UTF-8",
                              "The charset of the file is not known; please save it as .xlsx or CSV UTF-8");
    list->latin = true;
    list->about.encoding = by_tcvn3.good > by_vni.good ? INT_ENC_TCVN3 : INT_ENC_VNI;
    return take_charset(list, "ISO-8859-1", 0, err);
}

static bool read_charset(struct int_list *list, struct cv_error *err)
{
    const uint8_t *b = list->bytes;
    size_t len = list->len;
    if (len >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF && cv_text_valid((const char *)b + 3, len - 3))
        return take_text(list, (const char *)b + 3, len - 3, err);
    int wide = len >= 2 && b[0] == 0xFF && b[1] == 0xFE   ? INT_UTF16LE
               : len >= 2 && b[0] == 0xFE && b[1] == 0xFF ? INT_UTF16BE
                                                          : -1;
    size_t skip = wide >= 0 ? 2 : 0;
    wide = wide >= 0 ? wide : utf16_by_zeros(list);
    if (wide >= 0) {
        list->about.encoding = (enum int_encoding)wide;
        return take_charset(list, wide == INT_UTF16LE ? "UTF-16LE" : "UTF-16BE", skip, err);
    }
    if (memchr(b, 0, len))
        return int_unreadable(err, "Đây không phải tệp CSV hoặc XLSX", "This is neither a CSV nor an XLSX file");
    return cv_text_valid((const char *)b, len) ? take_text(list, (const char *)b, len, err) : take_bytes(list, err);
}

/* ---- delimiter ---- */
/* Excel's own first line "sep=;". */
static bool told_delimiter(struct int_list *list)
{
    const char *text = cv_buf_str(&list->text);
    if (strncmp(text, "sep=", 4) != 0 || text[4] == '\0' || (text[5] != '\r' && text[5] != '\n'))
        return false;
    list->about.delimiter = text[4];
    list->text_from = text[5] == '\r' && text[6] == '\n' ? 7 : 6;
    return true;
}

/* The sign that stands most evenly: in how many lines as often as in the line that has it most. */
static size_t evenness(const char *text, char sign)
{
    size_t counts[LINES] = {0}, line = 0, best = 0;
    bool quoted = false;
    for (; *text && line < LINES; text++) {
        quoted ^= *text == '"';
        if (!quoted && *text == sign)
            counts[line]++;
        if (!quoted && *text == '\n')
            line++;
    }
    line += line < LINES;
    for (size_t i = 0; i < line; i++) {
        size_t same = 0;
        for (size_t k = 0; counts[i] > 0 && k < line; k++)
            same += counts[k] == counts[i];
        size_t weight = same * counts[i];
        best = weight > best ? weight : best;
    }
    return best;
}

static void find_delimiter(struct int_list *list)
{
    static const char signs[] = {';', '\t', ',', '|'};
    size_t best = 0;
    if (told_delimiter(list))
        return;
    list->about.delimiter = ',';
    for (size_t i = 0; i < sizeof signs; i++) {
        size_t even = evenness(cv_buf_str(&list->text), signs[i]);
        if (even > best) {
            best = even;
            list->about.delimiter = signs[i];
        }
    }
}

bool int_csv_open(struct int_list *list, struct cv_error *err)
{
    if (!read_charset(list, err))
        return false;
    find_delimiter(list);
    return true;
}

/* ---- fields ---- */
struct fields {
    struct int_making *m;
    size_t column;
    uint32_t number;
    bool over;
};

/* A number with a sign of its own is not told here: CSV has only text. What would be a formula in Excel is one. */
static enum int_cell_kind kind_of(const char *text, size_t len)
{
    if (len == 0)
        return INT_EMPTY;
    bool calls = text[0] == '@' || text[0] == '-' || text[0] == '+';
    if (text[0] == '=' || (calls && memchr(text, '(', len)))
        return INT_FORMULA;
    if (text[0] == '#' && (len == 4 || len == 5 || len == 6 || len == 7) &&
        (text[len - 1] == '!' || text[len - 1] == '?' || memcmp(text, "#N/A", 4) == 0))
        return INT_ERROR;
    return INT_TEXT;
}

static void field(void *text, size_t len, void *ctx)
{
    struct fields *f = ctx;
    if (f->over)
        return;
    f->m->row.number = f->number + 1;
    f->over = !int_put_cell(f->m, f->column++, kind_of(text ? text : "", len), text ? text : "", len);
}

static void row_end(int terminator, void *ctx)
{
    struct fields *f = ctx;
    (void)terminator;
    if (f->over)
        return;
    f->column = 0;
    f->over = !int_end_row(f->m, ++f->number);
}

/* libcsv collects a field in memory of this function's: bounded, so that a quotation mark without end is seen soon. */
static void *bounded(void *memory, size_t size)
{
    return size <= 2 * PIECE ? realloc(memory, size) : NULL;
}

/* Line ends as LF alone: with CR LF libcsv would see an empty line after each. */
static size_t piece_of(const char *from, size_t left, char out[PIECE], size_t *taken)
{
    size_t n = 0, i = 0;
    for (; i < left && n < PIECE; i++) {
        bool pair = from[i] == '\r' && i + 1 < left && from[i + 1] == '\n';
        if (!pair)
            out[n++] = from[i] == '\r' ? '\n' : from[i];
    }
    *taken = i;
    return n;
}

static bool broken(struct int_making *m, const struct fields *f)
{
    return cv_fail(
        m->err, cvp_list_unreadable, NULL, "Dòng %u: dấu ngoặc kép không được đóng, đứng giữa ô, hoặc ô quá dài",
        "Row %u: a quotation mark is not closed or stands inside a cell, or the cell is too long", f->number + 1);
}

static bool parse(struct int_making *m, struct csv_parser *parser, struct fields *f)
{
    char *piece = cv_arena_alloc(m->list->arena, PIECE);
    const char *at = cv_buf_str(&m->list->text) + m->list->text_from;
    size_t left = m->list->text.len - m->list->text_from;
    while (left > 0 && !f->over) {
        size_t taken = 0, len = piece_of(at, left, piece, &taken);
        if (csv_parse(parser, piece, len, field, row_end, f) != len)
            return f->over || broken(m, f);
        at += taken;
        left -= taken;
    }
    if (!f->over && csv_fini(parser, field, row_end, f) != 0)
        return broken(m, f);
    return true;
}

bool int_csv_rows(struct int_making *m)
{
    struct csv_parser parser;
    struct fields f = {.m = m};
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL | CSV_APPEND_NULL) != 0)
        return cv_fail_as(m->err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    csv_set_realloc_func(&parser, bounded);
    csv_set_delim(&parser, (unsigned char)m->list->about.delimiter);
    bool ok = parse(m, &parser, &f);
    csv_free(&parser);
    return ok && !m->failed;
}
