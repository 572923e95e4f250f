/* Prints what is understood of a list, for tests/lists: read_list KIND FILE [SHEET]. A line of JSON for the file, then
 * one for each row that is not empty. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/intake_rows.h"
#include "congvu/json.h"
#include "congvu/text.h"

static void end_line(struct cv_jout *j, struct cv_buf *buf)
{
    (void)j;
    puts(cv_buf_str(buf));
    cv_buf_free(buf);
}

static bool show(void *ctx, const struct int_proposal *p)
{
    const struct int_table *table = ctx;
    struct cv_buf buf;
    struct cv_jout j;
    char letters[INT_COLUMN_TEXT];
    (void)table;
    cv_buf_init(&buf, 1 << 20);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_int(&j, "row", p->row);
    cv_jout_string(&j, "state", int_state_words[p->state]);
    if (p->skipped)
        cv_jout_string(&j, "skipped", p->skipped);
    for (int f = 0; f < INT_FIELDS; f++)
        if (p->value[f])
            cv_jout_string(&j, int_field_words[f], p->value[f]);
    cv_jout_array(&j, "notes");
    for (size_t i = 0; i < p->note_count; i++) {
        const struct int_note *n = &p->notes[i];
        cv_jout_string(&j, NULL, n->column >= 0 ? int_column_letters((size_t)n->column, letters) : "-");
        cv_jout_string(&j, NULL, n->code);
    }
    cv_jout_end(&j);
    cv_jout_end(&j);
    end_line(&j, &buf);
    return true;
}

static int refuse(const struct cv_error *err)
{
    printf("{\"refused\": true, \"vi\": \"%s\", \"en\": \"%s\"}\n", err->text[CV_VI], err->text[CV_EN]);
    return 0;
}

static void show_about(const struct int_about *about, const struct int_table *table)
{
    struct cv_buf buf;
    struct cv_jout j;
    cv_buf_init(&buf, 1 << 20);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "encoding", int_encoding_words[about->encoding]);
    cv_jout_bool(&j, "decoded", about->decoded);
    cv_jout_bool(&j, "mixed", about->mixed);
    cv_jout_string(&j, "sheet", about->sheet);
    cv_jout_int(&j, "heading_row", table->heading_row);
    cv_jout_array(&j, "columns");
    for (size_t i = 0; i < table->column_count; i++)
        cv_jout_string(&j, NULL, table->columns[i].field >= 0 ? int_field_words[table->columns[i].field] : "-");
    cv_jout_end(&j);
    cv_jout_end(&j);
    end_line(&j, &buf);
}

static int read_list(enum int_list_kind kind, const void *bytes, size_t len, const char *sheet)
{
    struct cv_error err = {0};
    struct int_list *list = NULL;
    struct int_table *table = calloc(1, sizeof *table);
    cv_auto_arena arena = cv_arena_new(8 << 20);
    int code = 0;
    if (table == NULL || !int_open_list(bytes, len, sheet, kind, &list, &err)) {
        free(table);
        return refuse(&err);
    }
    if (!int_find_table(list, kind, NULL, 0, arena, table, &err)) {
        code = refuse(&err);
    } else {
        show_about(int_about(list), table);
        code = int_proposals(list, table, show, table, &err) ? 0 : refuse(&err);
    }
    int_close(&list);
    free(table);
    return code;
}

int main(int argc, char **argv)
{
    enum { MAX = 9 << 20 };
    struct cv_error err = {0};
    int kind = 0;
    if (argc < 3 || !cv_text_init(&err))
        return 2;
    while (int_list_kind_words[kind] && strcmp(int_list_kind_words[kind], argv[1]) != 0)
        kind++;
    FILE *f = fopen(argv[2], "rb");
    char *bytes = malloc(MAX);
    if (!f || !bytes || !int_list_kind_words[kind])
        return 2;
    size_t len = fread(bytes, 1, MAX, f);
    fclose(f);
    int code = read_list((enum int_list_kind)kind, bytes, len, argc > 3 ? argv[3] : NULL);
    free(bytes);
    cv_text_close();
    return code;
}
