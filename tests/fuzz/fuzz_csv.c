/* CSV from anybody, in any charset: opened and read twice; what comes out is valid text, the same each time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/intake.h"
#include "congvu/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool sum_row(void *ctx, const struct int_row *row)
{
    uint64_t *sum = ctx;
    require(row->count <= INT_COLUMNS_MAX && row->number >= 1);
    for (size_t i = 0; i < row->count; i++) {
        const char *text = row->cells[i].text;
        require(cv_text_valid(text, strlen(text)) && (row->cells[i].kind != INT_EMPTY) == (*text != '\0'));
        *sum = *sum * 31 + strlen(text) + i;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cv_error err = {0};
    struct int_list *list = NULL;
    uint64_t first = 0, second = 0;
    require(cv_text_init(&err));
    if (!int_open(data, size, NULL, &list, &err)) {
        require(err.kind == CV_INVALID && err.text[CV_VI][0] && err.text[CV_EN][0]);
        return 0;
    }
    require(int_about(list)->sample_count <= INT_SAMPLES);
    require(int_rows(list, sum_row, &first, &err) && int_rows(list, sum_row, &second, &err) && first == second);
    int_close(&list);
    return 0;
}
