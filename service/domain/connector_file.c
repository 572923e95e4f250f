/* Names of files in the operator's folders, and a system that is reached by files: its configuration as JSON. */
#include <string.h>

#include "congvu/connector.h"
#include "congvu/text.h"

enum { TITLE_MAX = 100, WORD_MAX = 60 };

const char *const dom_file_format_words[] = {"xlsx", "csv", NULL};
static const char *const line_number = "line";

bool dom_secret_name_valid(const char *name)
{
    size_t len = strlen(name);
    return len >= 1 && len <= 100 && *name != '.' &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

struct dom_file dom_file_default(void)
{
    return (struct dom_file){.hour = 22, .active = "1", .inactive = "0", .checksum = true};
}

/* ---- reading ---- */
static void read_word(const struct cv_jin *o, const char *name, const char **out)
{
    const char *given = NULL;
    if (cv_jin_string(o, name, CV_REQUIRED, WORD_MAX, &given) != CV_VALUE)
        return;
    if (*given == '\0')
        cv_jin_fault(o, name, "too_short", "Không được để trống", "It may not be empty");
    else
        *out = given;
}

static void read_words(const struct cv_jin *o, struct cv_arena *arena, struct dom_file *f)
{
    const struct cv_jin *words = NULL;
    if (cv_jin_object(o, "active_words", CV_OPTIONAL, &words) != CV_VALUE)
        return;
    read_word(words, "active", &f->active);
    read_word(words, "inactive", &f->inactive);
    if (strcmp(cv_text_fold(arena, f->active), cv_text_fold(arena, f->inactive)) == 0)
        cv_jin_fault(words, "inactive", "not_allowed_value", "Hai trạng thái phải khác nhau",
                     "The two words must differ");
    cv_jin_done(words);
}

static bool titled(const struct dom_file *f, size_t count, const char *title, struct cv_arena *arena)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(cv_text_fold(arena, f->columns[i].title), cv_text_fold(arena, title)) == 0)
            return true;
    return false;
}

static bool sent(const struct dom_file *f, size_t count, int field)
{
    for (size_t i = 0; i < count; i++)
        if (f->columns[i].field == field)
            return true;
    return false;
}

static int field_of(const struct cv_jin *o)
{
    static const char *const none[] = {"line", NULL};
    const char *word = NULL;
    int field = 0;
    if (cv_jin_string(o, "field", CV_REQUIRED, WORD_MAX, &word) != CV_VALUE)
        return DOM_FILE_LINE;
    if (strcmp(word, none[0]) == 0)
        return DOM_FILE_LINE;
    field = dom_word_index(dom_field_words, word);
    if (field < 0)
        cv_jin_fault(o, "field", "not_allowed_value", "Không có trường %s", "There is no field %s", word);
    return field;
}

static void read_columns(const struct cv_jin *o, struct cv_arena *arena, struct dom_file *f)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "columns", CV_OPTIONAL, DOM_FILE_COLUMNS, &list) != CV_VALUE)
        return;
    f->columns = CV_NEWS(arena, struct dom_file_column, DOM_FILE_COLUMNS);
    f->column_count = 0;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        struct dom_file_column column = {0};
        if (item == NULL)
            continue;
        bool named = cv_jin_string(item, "title", CV_REQUIRED, TITLE_MAX, &column.title) == CV_VALUE;
        column.field = field_of(item);
        if (named && (*cv_text_fold(arena, column.title) == '\0' || titled(f, f->column_count, column.title, arena)))
            cv_jin_fault(item, "title", "repeated", "Tên cột trống hoặc ghi hai lần",
                         "The title is empty or there twice");
        else if (named && column.field >= 0 && sent(f, f->column_count, column.field))
            cv_jin_fault(item, "field", "repeated", "Trường ghi hai lần", "The field is there twice");
        else if (named)
            f->columns[f->column_count++] = column;
        cv_jin_done(item);
    }
    if (!sent(f, f->column_count, DOM_FIELD_LOGIN) || !sent(f, f->column_count, DOM_FIELD_ACTIVE))
        cv_jin_fault(o, "columns", "required", "Cần có cột login và active", "Columns of login and active are needed");
}

void dom_file_read(const struct cv_jin *o, struct cv_arena *arena, struct dom_file *f)
{
    int64_t hour = 0;
    int word = 0;
    const char *folder = NULL;
    if (cv_jin_string(o, "folder", CV_OPTIONAL, 100, &folder) == CV_VALUE) {
        if (dom_secret_name_valid(folder))
            f->folder = folder;
        else
            cv_jin_fault(o, "folder", "bad_format", "Cần tên một thư mục trong connector_file_dir, không có đường dẫn",
                         "It must be the name of a folder in connector_file_dir, without a path");
    }
    if (cv_jin_word(o, "format", CV_OPTIONAL, dom_file_format_words, &word) == CV_VALUE)
        f->format = (enum dom_file_format)word;
    if (cv_jin_int(o, "hour", CV_OPTIONAL, 0, 23, &hour) == CV_VALUE)
        f->hour = (int)hour;
    cv_jin_bool(o, "checksum", CV_OPTIONAL, &f->checksum);
    read_words(o, arena, f);
    read_columns(o, arena, f);
}

/* ---- writing ---- */
void dom_file_write(struct cv_jout *j, const struct dom_file *f)
{
    cv_jout_string(j, "folder", f->folder);
    cv_jout_string(j, "format", dom_file_format_words[f->format]);
    cv_jout_bool(j, "checksum", f->checksum);
    cv_jout_int(j, "hour", f->hour);
    cv_jout_object(j, "active_words");
    cv_jout_string(j, "active", f->active);
    cv_jout_string(j, "inactive", f->inactive);
    cv_jout_end(j);
    cv_jout_array(j, "columns");
    for (size_t i = 0; i < f->column_count; i++) {
        int field = f->columns[i].field;
        cv_jout_object(j, NULL);
        cv_jout_string(j, "title", f->columns[i].title);
        cv_jout_string(j, "field", field < 0 ? line_number : dom_field_words[field]);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}
