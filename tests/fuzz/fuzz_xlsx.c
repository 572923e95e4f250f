/* A sheet, strings and styles from anybody, packed into a sound XLSX file (a packed file hides its XML from a fuzzer):
 * the input is cut at NUL bytes into the parts. Beginning with PK it is taken as the packed file itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "congvu/intake.h"
#include "congvu/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool look_at(void *ctx, const struct int_row *row)
{
    size_t *cells = ctx;
    require(row->count <= INT_COLUMNS_MAX && row->number <= INT_ROWS_MAX);
    for (size_t i = 0; i < row->count; i++) {
        require(cv_text_valid(row->cells[i].text, strlen(row->cells[i].text)));
        *cells += row->cells[i].kind != INT_EMPTY;
    }
    return true;
}

static void read_list(const void *bytes, size_t len)
{
    struct cv_error err = {0};
    struct int_list *list = NULL;
    size_t cells = 0;
    if (!int_open(bytes, len, NULL, &list, &err)) {
        require(err.kind == CV_INVALID && err.text[CV_VI][0]);
        return;
    }
    require(int_rows(list, look_at, &cells, &err));
    int_close(&list);
}

static void pack(const char *const parts[3], const size_t lens[3])
{
    static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml",
                                        "xl/workbook.xml", "xl/_rels/workbook.xml.rels"};
    static const char book[] = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"s\" r:id=\"a\"/></sheets></workbook>";
    static const char links[] =
        "<Relationships><Relationship Id=\"a\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    zip_error_t error;
    zip_stat_t stat;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    require(zip != NULL);
    zip_source_keep(source);
    for (size_t i = 0; i < 5; i++) {
        const char *text = i < 3 ? parts[i] : i == 3 ? book : links;
        size_t len = i < 3 ? lens[i] : strlen(text);
        zip_int64_t at = zip_file_add(zip, names[i], zip_source_buffer(zip, text, len, 0), 0);
        require(at >= 0);
        zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0);
    }
    require(zip_close(zip) == 0 && zip_source_open(source) == 0 && zip_source_stat(source, &stat) == 0);
    char *bytes = malloc(stat.size);
    require(bytes && zip_source_read(source, bytes, stat.size) == (zip_int64_t)stat.size);
    zip_source_close(source);
    zip_source_free(source);
    read_list(bytes, stat.size);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cv_error err = {0};
    const char *parts[3] = {"", "", ""}, *at = (const char *)data, *end = at + size;
    size_t lens[3] = {0};
    require(cv_text_init(&err));
    if (size > 2 && memcmp(data, "PK", 2) == 0) {
        read_list(data, size);
        return 0;
    }
    for (size_t i = 0; i < 3 && at < end; i++) {
        const char *cut = i < 2 ? memchr(at, '\0', (size_t)(end - at)) : end;
        cut = cut ? cut : end;
        parts[i] = at;
        lens[i] = (size_t)(cut - at);
        at = cut < end ? cut + 1 : end;
    }
    pack(parts, lens);
    return 0;
}
