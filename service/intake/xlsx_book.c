/* An XLSX file (ISO/IEC 29500): which sheet, the shared strings, which styles show a day. */
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "intake/internal.h"

enum { NAME_MAX_BYTES = 200, FORMATS_MAX = 2000 };

/* ---- workbook: sheets and where they lie ---- */
struct sheet {
    const char *name, *link, *part;
    bool hidden;
};

struct workbook {
    struct int_list *list;
    struct sheet sheets[INT_SHEETS_MAX];
    size_t count;
};

static void book_begin(struct int_xml *x, const char *name, const char **attributes)
{
    struct workbook *w = int_xml_ctx(x);
    const char *value = strcmp(name, "workbookPr") == 0 ? int_xml_attribute(attributes, "date1904") : NULL;
    if (value)
        w->list->book.from_1904 = strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
    if (strcmp(name, "sheet") != 0 || w->count == INT_SHEETS_MAX)
        return;
    const char *title = int_xml_attribute(attributes, "name"), *state = int_xml_attribute(attributes, "state");
    const char *link = NULL;
    for (size_t i = 0; attributes[i]; i += 2) /* r:id, never the plain one */
        if (strchr(attributes[i], ':') && strcmp(strchr(attributes[i], ':'), ":id") == 0)
            link = attributes[i + 1];
    if (!title || !link || strlen(title) > NAME_MAX_BYTES || strlen(link) > NAME_MAX_BYTES)
        return;
    w->sheets[w->count++] = (struct sheet){.name = cv_arena_strdup(w->list->arena, title),
                                           .link = cv_arena_strdup(w->list->arena, link),
                                           .hidden = state && strcmp(state, "visible") != 0};
}

static void link_begin(struct int_xml *x, const char *name, const char **attributes)
{
    struct workbook *w = int_xml_ctx(x);
    const char *id = int_xml_attribute(attributes, "Id"), *target = int_xml_attribute(attributes, "Target");
    const char *mode = int_xml_attribute(attributes, "TargetMode");
    if (strcmp(name, "Relationship") != 0 || !id || !target || strlen(target) > NAME_MAX_BYTES ||
        (mode && strcmp(mode, "External") == 0))
        return;
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->sheets[i].link, id) == 0)
            w->sheets[i].part = *target == '/' ? cv_arena_strdup(w->list->arena, target + 1)
                                               : cv_arena_printf(w->list->arena, "xl/%s", target);
}

static const struct sheet *choose(struct workbook *w, const char *wanted)
{
    const struct sheet *first = NULL;
    for (size_t i = 0; i < w->count; i++) {
        const struct sheet *s = &w->sheets[i];
        if (!s->part)
            continue;
        if (wanted && strcmp(cv_text_fold(w->list->arena, s->name), cv_text_fold(w->list->arena, wanted)) == 0)
            return s;
        if (!first && !s->hidden)
            first = s;
    }
    return wanted ? NULL : first;
}

static bool find_sheet(struct int_list *list, const char *wanted, struct cv_error *err)
{
    struct workbook *w = CV_NEW(list->arena, struct workbook);
    w->list = list;
    struct int_xml_handlers book = {.begin = book_begin, .ctx = w}, links = {.begin = link_begin, .ctx = w};
    if (!int_xml_part(list, "xl/workbook.xml", false, &book, err) ||
        !int_xml_part(list, "xl/_rels/workbook.xml.rels", false, &links, err))
        return false;
    const struct sheet *sheet = choose(w, wanted);
    if (sheet == NULL && wanted)
        return cv_fail(err, cvp_list_unreadable, "sheet", "Tệp không có trang tính “%s”", "The file has no sheet “%s”",
                       wanted);
    if (sheet == NULL)
        return int_unreadable(err, "Tệp không có trang tính nào", "The file has no sheet");
    for (size_t i = 0; i < w->count; i++) {
        list->about.hidden[list->about.sheet_count] = w->sheets[i].hidden;
        list->about.sheets[list->about.sheet_count++] = w->sheets[i].name;
    }
    list->about.sheet = sheet->name;
    list->book.sheet_part = sheet->part;
    return true;
}

/* ---- shared strings ---- */
struct strings {
    struct int_list *list;
    struct cv_error *err;
    size_t cap;
    bool inside, phonetic;
};

static void strings_full(struct int_xml *x, struct strings *s)
{
    int_too_large(s->err, "Tệp có quá nhiều chữ trong các ô", "The cells of the file hold too much text");
    int_xml_stop(x);
}

static void string_new(struct int_xml *x, struct strings *s)
{
    struct int_book *book = &s->list->book;
    if (book->string_count + 2 > s->cap) {
        s->cap = s->cap ? s->cap * 2 : 1024;
        uint32_t *grown = s->cap <= 2 * INT_STRINGS_MAX ? realloc(book->string_at, s->cap * sizeof(*grown)) : NULL;
        if (grown == NULL) {
            strings_full(x, s);
            return;
        }
        book->string_at = grown;
    }
    book->string_at[book->string_count++] = (uint32_t)book->strings.len;
}

static void strings_begin(struct int_xml *x, const char *name, const char **attributes)
{
    struct strings *s = int_xml_ctx(x);
    (void)attributes;
    if (strcmp(name, "si") == 0)
        string_new(x, s);
    else if (strcmp(name, "rPh") == 0)
        s->phonetic = true;
    else if (strcmp(name, "t") == 0)
        s->inside = !s->phonetic;
}

static void strings_text(struct int_xml *x, const char *text, int len)
{
    struct strings *s = int_xml_ctx(x);
    struct cv_buf *all = &s->list->book.strings;
    if (!s->inside || s->list->book.string_count == 0)
        return;
    cv_buf_put(all, text, (size_t)len);
    if (!cv_buf_ok(all))
        strings_full(x, s);
}

static void strings_end(struct int_xml *x, const char *name)
{
    struct strings *s = int_xml_ctx(x);
    if (strcmp(name, "t") == 0)
        s->inside = false;
    else if (strcmp(name, "rPh") == 0)
        s->phonetic = false;
}

static bool read_strings(struct int_list *list, struct cv_error *err)
{
    struct strings s = {.list = list, .err = err};
    struct int_xml_handlers handlers = {.begin = strings_begin, .text = strings_text, .end = strings_end, .ctx = &s};
    if (!int_xml_part(list, "xl/sharedStrings.xml", true, &handlers, err))
        return false;
    if (list->book.string_count > 0)
        list->book.string_at[list->book.string_count] = (uint32_t)list->book.strings.len;
    return true;
}

/* ---- styles ---- */
struct styles {
    struct int_list *list;
    struct cv_arena *arena;
    bool cells;
    unsigned formats[FORMATS_MAX]; /* numbers of own formats that show a day */
    size_t format_count;
};

/* A format that shows a day or a month; what stands in quotes or brackets is text and colours. */
static bool shows_day(const char *code)
{
    for (; *code && *code != ';'; code++) {
        if (*code == '"' || *code == '[') {
            const char *close = strchr(code + 1, *code == '[' ? ']' : '"');
            if (!close)
                return false;
            code = close;
        } else if (*code == '\\' && code[1]) {
            code++;
        } else if (strchr("dDyY", *code)) {
            return true;
        }
    }
    return false;
}

static bool builtin_day(unsigned format)
{
    return (format >= 14 && format <= 17) || format == 22 || (format >= 27 && format <= 31) || format == 36 ||
           (format >= 50 && format <= 58);
}

static bool is_day(const struct styles *s, unsigned format)
{
    for (size_t i = 0; i < s->format_count; i++)
        if (s->formats[i] == format)
            return true;
    return builtin_day(format);
}

static void styles_begin(struct int_xml *x, const char *name, const char **attributes)
{
    struct styles *s = int_xml_ctx(x);
    struct int_book *book = &s->list->book;
    const char *id = int_xml_attribute(attributes, "numFmtId");
    const char *code = strcmp(name, "numFmt") == 0 ? int_xml_attribute(attributes, "formatCode") : NULL;
    unsigned number = id ? (unsigned)strtoul(id, NULL, 10) : 0;
    if (code && shows_day(code) && s->format_count < FORMATS_MAX)
        s->formats[s->format_count++] = number;
    if (strcmp(name, "cellXfs") == 0)
        s->cells = true;
    if (s->cells && strcmp(name, "xf") == 0 && book->style_count < INT_STYLES_MAX)
        book->dates[book->style_count++] = is_day(s, number);
}

static void styles_end(struct int_xml *x, const char *name)
{
    if (strcmp(name, "cellXfs") == 0)
        int_xml_stop(x);
}

static bool read_styles(struct int_list *list, struct cv_error *err)
{
    struct styles *s = CV_NEW(list->arena, struct styles);
    s->list = list;
    list->book.dates = CV_NEWS(list->arena, uint8_t, INT_STYLES_MAX);
    struct int_xml_handlers handlers = {.begin = styles_begin, .end = styles_end, .ctx = s};
    return int_xml_part(list, "xl/styles.xml", true, &handlers, err);
}

/* ---- the file ---- */
static bool open_zip(struct int_list *list, struct cv_error *err)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(list->bytes, list->len, 0, &error);
    list->book.zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : NULL;
    if (list->book.zip == NULL && source)
        zip_source_free(source);
    zip_error_fini(&error);
    if (list->book.zip == NULL)
        return int_unreadable(
            err, "Tệp .xlsx bị hỏng hoặc tải lên chưa đủ; vui lòng mở và lưu lại bằng Excel",
            "The .xlsx file is damaged or came incomplete; please open it in Excel and save it again");
    if (zip_get_num_entries(list->book.zip, 0) > INT_ENTRIES_MAX)
        return int_too_large(err, "Tệp có quá nhiều phần bên trong", "The file has too many parts");
    if (zip_name_locate(list->book.zip, "content.xml", 0) >= 0)
        return int_unreadable(err, "Đây là tệp .ods; vui lòng lưu lại dạng .xlsx",
                              "This is an .ods file; please save it as .xlsx");
    if (zip_name_locate(list->book.zip, "word/document.xml", ZIP_FL_NOCASE) >= 0)
        return int_unreadable(err, "Đây là tệp Word; vui lòng gửi bảng tính .xlsx hoặc .csv",
                              "This is a Word document; please send .xlsx or .csv");
    if (zip_name_locate(list->book.zip, "xl/workbook.bin", ZIP_FL_NOCASE) >= 0)
        return int_unreadable(err, "Đây là tệp .xlsb; vui lòng lưu lại dạng .xlsx",
                              "This is an .xlsb file; please save it as .xlsx");
    if (zip_name_locate(list->book.zip, "xl/workbook.xml", ZIP_FL_NOCASE) < 0)
        return int_unreadable(err, "Tệp nén này không phải bảng tính .xlsx",
                              "This packed file is no .xlsx spreadsheet");
    return true;
}

bool int_xlsx_open(struct int_list *list, const char *sheet, struct cv_error *err)
{
    return open_zip(list, err) && find_sheet(list, sheet, err) && read_strings(list, err) && read_styles(list, err) &&
           int_xlsx_merges(list, err);
}

void int_xlsx_close(struct int_book *book)
{
    if (book->zip)
        zip_discard(book->zip);
    cv_buf_free(&book->strings);
    free(book->string_at);
    free(book->merges);
    *book = (struct int_book){0};
}
