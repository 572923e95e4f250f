/* A list of any kind from anybody, understood: what comes out is text, and says of every row what it is. The first byte
 * chooses the kind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/intake_rows.h"
#include "congvu/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool look_at(void *ctx, const struct int_proposal *p)
{
    size_t *rows = ctx;
    require(p->state < INT_STATES && (p->state == INT_SKIPPED) == (p->skipped != NULL) &&
            p->note_count <= INT_NOTES_MAX);
    for (size_t f = 0; f < INT_FIELDS; f++)
        require(p->value[f] == NULL || cv_text_valid(p->value[f], strlen(p->value[f])));
    for (size_t i = 0; i < p->note_count; i++)
        require(*p->notes[i].text[CV_VI] && *p->notes[i].text[CV_EN] && p->notes[i].column < INT_COLUMNS_MAX);
    (*rows)++;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct int_table table;
    struct cv_error err = {0};
    struct int_list *list = NULL;
    size_t rows = 0;
    require(cv_text_init(&err));
    if (size < 2 || !int_open(data + 1, size - 1, NULL, &list, &err))
        return 0;
    struct cv_arena *arena = cv_arena_new(64 << 20);
    require(arena != NULL);
    enum int_list_kind kind = (enum int_list_kind)(data[0] % INT_LIST_KINDS);
    if (int_find_table(list, kind, NULL, 0, arena, &table, &err))
        require(int_proposals(list, &table, look_at, &rows, &err) && rows <= int_about(list)->rows);
    cv_arena_free(&arena);
    int_close(&list);
    return 0;
}
