/* Answers that are files for people: which one is wanted, its name, CSV and XLSX. */
#include <string.h>

#include "api/frame/tables.h"

const char *const api_format_words[] = {"json", "html", "csv", "xlsx", "pdf", "docx", NULL};
static const char *const delimiter_words[] = {"comma", "semicolon", NULL};

static const char *const media[API_FORMATS] = {
    [API_JSON] = "application/json", [API_HTML] = "text/html",
    [API_CSV] = "text/csv",          [API_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    [API_PDF] = "application/pdf",   [API_DOCX] = API_DOCX_TYPE,
};

const char *api_media_type(enum api_format format)
{
    static const char *const texts[API_FORMATS] = {
        [API_HTML] = "text/html; charset=utf-8", [API_CSV] = "text/csv; charset=utf-8"};
    return texts[format] != NULL ? texts[format] : media[format];
}

static enum api_format accepted(const struct htp_exchange *x, unsigned formats)
{
    for (int f = API_JSON; f < API_FORMATS; f++)
        if ((formats & 1u << f) != 0 && htp_accepts(x, media[f]))
            return (enum api_format)f;
    return API_JSON;
}

bool api_wants_file(const struct htp_exchange *x)
{
    const char *format = htp_query(x, "format");
    return format != NULL ? strcmp(format, api_format_words[API_JSON]) != 0 : accepted(x, API_TABLE) != API_JSON;
}

static int choose(struct htp_exchange *x, const char *name, const char *const *words, int usual)
{
    const char *value = htp_query(x, name);
    int i = value != NULL ? dom_word_index(words, value) : usual;
    if (i >= 0)
        return i;
    cv_fault_add(&x->faults, CV_AT_PARAMETER, name, "not_allowed_value", "Giá trị không được hỗ trợ: %s",
                 "Not one of the values that are there: %s", value);
    return usual;
}

enum cv_lang api_read_lang(struct htp_exchange *x)
{
    static const char *const words[] = {[CV_VI] = "vi", [CV_EN] = "en", NULL};
    return (enum cv_lang)choose(x, "lang", words, (int)x->lang);
}

bool api_has_file(struct htp_exchange *x, const char *etag, enum cv_lang lang)
{
    htp_header_set(x, "ETag", "%s", etag);
    htp_header_set(x, "Content-Language", "%s", lang == CV_EN ? "en" : "vi");
    htp_header_set(x, "Cache-Control", "private, no-cache");
    if (!htp_none_match(x, etag))
        return false;
    htp_reply_empty(x, 304);
    return true;
}

void api_read_file(struct htp_exchange *x, unsigned formats, struct api_file *out)
{
    int format = choose(x, "format", api_format_words, accepted(x, formats));
    if ((formats & 1u << format) == 0)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "format", "not_allowed_value", "Ở đây không có %s",
                     "There is no %s here", api_format_words[format]);
    out->format = (enum api_format)format;
    out->delimiter = choose(x, "csv_delimiter", delimiter_words, 0) == 1 ? ';' : ',';
}

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
}

static const char *plain_name(struct cv_arena *arena, const char *text)
{
    char *out = cv_arena_strdup(arena, text);
    for (char *p = out; *p != '\0'; p++)
        if (!is_plain(*p))
            *p = '-';
    return out;
}

static const char *percent_coded(struct cv_arena *arena, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = cv_arena_alloc(arena, 3 * strlen(text) + 1), *p = out;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (is_plain(*text)) {
            *p++ = *text;
            continue;
        }
        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 15];
    }
    *p = '\0';
    return out;
}

void api_name_file(struct htp_exchange *x, enum api_format format, const char *plain, const char *people)
{
    const char *word = api_format_words[format];
    htp_header_set(x, "Content-Disposition", "%s; filename=\"%s.%s\"; filename*=UTF-8''%s.%s",
                   format == API_HTML || format == API_JSON || format == API_PDF ? "inline" : "attachment",
                   plain_name(x->arena, plain), word, percent_coded(x->arena, people), word);
}

bool api_write_tables(struct htp_exchange *x, const struct api_file *file, const struct rep_table *const *tables,
                      size_t count, const struct rep_xlsx_options *options, struct cv_buf *out, struct cv_error *err)
{
    struct rep_xlsx_options with_place = *options;
    with_place.tmp_dir = api_of(x)->tmp_dir;
    if (file->format == API_CSV)
        rep_csv(out, tables, count, file->delimiter);
    else if (!rep_xlsx(out, tables, count, &with_place, err))
        return false;
    return (cv_buf_ok(out) && cv_arena_ok(x->arena)) ||
           cv_fail(err, cvp_internal, NULL, "Câu trả lời quá lớn", "The answer is too large");
}
