/* What the bytes are, and the letters of the whole list. */
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "intake/internal.h"

bool int_rows(struct int_list *list, int_row_fn *each, void *ctx, struct cv_error *err)
{
    struct int_making *m = calloc(1, sizeof(*m));
    if (m == NULL)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    m->list = list;
    m->each = each;
    m->ctx = ctx;
    m->err = err;
    int_clear_row(m);
    bool ok = list->about.format == INT_CSV ? int_csv_rows(m) : int_xlsx_rows(m);
    cv_arena_reset(list->scratch);
    free(m);
    return ok;
}

/* ---- the first look: how many rows, which letters ---- */
struct survey {
    struct int_list *list;
    struct cv_arena *words;
    struct int_score tcvn3, vni;
    size_t legacy, unicode;
    size_t rows;
};

static void weigh(struct survey *s, const struct int_cell *cell)
{
    if (!int_latin_only(cell->text)) {
        for (const char *p = cell->text; *p; p++)
            if ((unsigned char)*p >= 0xC4) { /* a letter beyond Latin-1 */
                s->unicode++;
                return;
            }
        return;
    }
    s->legacy += cell->unreadable;
    int_score_text(int_from_tcvn3(s->words, cell->text), s->words, &s->tcvn3);
    int_score_text(int_from_vni(s->words, cell->text), s->words, &s->vni);
    cv_arena_reset(s->words);
}

static bool survey_row(void *ctx, const struct int_row *row)
{
    struct survey *s = ctx;
    s->rows = row->count > 0 ? row->number : s->rows;
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].kind == INT_TEXT)
            weigh(s, &row->cells[i]);
    return true;
}

static bool convincing(const struct int_score *score, const struct int_score *other)
{
    size_t words = score->good + score->bad;
    return words > 0 && score->good * 10 >= words * 8 && score->good > other->good;
}

/* One old charset for all, or none: a list that mixes them is not translated. */
static void judge(struct survey *s)
{
    struct int_about *about = &s->list->about;
    about->rows = s->rows;
    if (s->legacy == 0)
        return;
    about->mixed = s->unicode > 0;
    if (about->mixed)
        return;
    if (convincing(&s->tcvn3, &s->vni))
        about->encoding = INT_ENC_TCVN3;
    else if (convincing(&s->vni, &s->tcvn3))
        about->encoding = INT_ENC_VNI;
    else
        return;
    about->decoded = s->list->latin = true;
}

static bool sample_row(void *ctx, const struct int_row *row)
{
    struct int_list *list = ctx;
    struct int_about *about = &list->about;
    for (size_t i = 0; i < row->count && about->sample_count < INT_SAMPLES; i++) {
        const char *text = row->cells[i].text, *p = text;
        while (*p && (unsigned char)*p < 0x80)
            p++;
        if (*p && row->cells[i].kind == INT_TEXT && row->number > 1)
            about->samples[about->sample_count++] = cv_arena_strdup(list->arena, text);
    }
    return about->sample_count < INT_SAMPLES;
}

static bool look(struct int_list *list, struct cv_error *err)
{
    struct survey s = {.list = list, .words = cv_arena_new(INT_SCRATCH)};
    if (s.words == NULL)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    bool ok = int_rows(list, survey_row, &s, err);
    cv_arena_free(&s.words);
    if (!ok)
        return false;
    judge(&s);
    if (list->about.encoding == INT_ENC_TCVN3 || list->about.encoding == INT_ENC_VNI || s.unicode + s.legacy > 0)
        return int_rows(list, sample_row, list, err);
    return true;
}

/* ---- what the bytes are ---- */
struct magic {
    const char *bytes;
    size_t len;
    const char *vi, *en;
};

static const struct magic foreign[] = {
    {"\xD0\xCF\x11\xE0", 4,
     "Đây là tệp Excel cũ (.xls) hoặc tệp có mật khẩu; vui lòng bỏ mật khẩu và lưu lại dạng .xlsx",
     "This is an old Excel file (.xls) or one with a password; please save it as .xlsx without a password"},
    {"%PDF", 4, "Đây là tệp PDF; vui lòng gửi bảng tính .xlsx hoặc .csv", "This is a PDF; please send .xlsx or .csv"},
    {"{\\rtf", 5, "Đây là tệp văn bản; vui lòng gửi bảng tính .xlsx hoặc .csv",
     "This is a text document; please send .xlsx or .csv"},
    {"\x89PNG", 4, "Đây là tệp ảnh; vui lòng gửi bảng tính .xlsx hoặc .csv",
     "This is a picture; please send .xlsx or .csv"},
    {"\xFF\xD8\xFF", 3, "Đây là tệp ảnh; vui lòng gửi bảng tính .xlsx hoặc .csv",
     "This is a picture; please send .xlsx or .csv"},
};

static bool markup(const struct int_list *list)
{
    static const char *const heads[] = {"<html", "<!doctype", "<table", "<?xml"};
    const char *p = (const char *)list->bytes;
    size_t left = list->len < 200 ? list->len : 200;
    while (left > 0 && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t' || (unsigned char)*p >= 0xBB)) {
        p++;
        left--;
    }
    for (size_t i = 0; i < CV_COUNT(heads); i++) {
        size_t n = 0;
        while (heads[i][n] && n < left && cv_ascii_lower(p[n]) == heads[i][n])
            n++;
        if (heads[i][n] == '\0')
            return true;
    }
    return false;
}

static bool of_a_kind_we_read(const struct int_list *list, struct cv_error *err)
{
    if (list->len == 0)
        return int_unreadable(err, "Tệp trống", "The file is empty");
    if (list->len > INT_FILE_MAX)
        return int_too_large(err, "Tệp lớn quá 8 MB", "The file has more than 8 MB");
    for (size_t i = 0; i < CV_COUNT(foreign); i++)
        if (list->len >= foreign[i].len && memcmp(list->bytes, foreign[i].bytes, foreign[i].len) == 0)
            return int_unreadable(err, foreign[i].vi, foreign[i].en);
    if (markup(list))
        return int_unreadable(
            err, "Đây là trang web lưu dưới tên bảng tính; vui lòng mở bằng Excel và lưu lại dạng .xlsx",
            "This is a web page saved under a spreadsheet's name; please open it in Excel and save it "
            "as .xlsx");
    return true;
}

static bool open_bytes(struct int_list *list, const char *sheet, struct cv_error *err)
{
    if (!of_a_kind_we_read(list, err))
        return false;
    bool zip = list->len >= 4 && memcmp(list->bytes, "PK\3\4", 4) == 0;
    list->about.format = zip ? INT_XLSX : INT_CSV;
    return (zip ? int_xlsx_open(list, sheet, err) : int_csv_open(list, err)) && look(list, err);
}

bool int_open(const void *bytes, size_t len, const struct int_options *options, struct int_list **out,
              struct cv_error *err)
{
    struct int_list *list = calloc(1, sizeof(*list));
    if (list != NULL) {
        list->arena = cv_arena_new(INT_ARENA);
        list->scratch = cv_arena_new(INT_SCRATCH);
        cv_buf_init(&list->book.strings, INT_STRING_BYTES);
        cv_buf_init(&list->text, (size_t)INT_FILE_MAX * 2);
    }
    if (list == NULL || list->arena == NULL || list->scratch == NULL) {
        int_close(&list);
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    }
    list->bytes = bytes;
    list->len = len;
    if (!open_bytes(list, options ? options->sheet : NULL, err)) {
        int_close(&list);
        return false;
    }
    *out = list;
    return true;
}

const struct int_about *int_about(const struct int_list *list)
{
    return &list->about;
}

void int_close(struct int_list **list)
{
    if (*list == NULL)
        return;
    int_xlsx_close(&(*list)->book);
    cv_buf_free(&(*list)->text);
    cv_arena_free(&(*list)->scratch);
    cv_arena_free(&(*list)->arena);
    free(*list);
    *list = NULL;
}
