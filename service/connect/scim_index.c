/* Who was there at the last reading of everything: so that many lookups share one. Ids by login and by mark; what is
 * found is always read again. */
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "connect/scim.h"

enum { INDEX_MAX = 1 << 21, LIFE_S = 60 };

struct cell {
    uint64_t key;
    char *id; /* NULL = empty */
};

struct scim_index {
    struct cell *cells; /* open addressing */
    size_t count, cap;
    cv_moment begun_at;
    bool full; /* not all of them found room: it may not be asked */
};

static uint64_t key_of(bool by_login, const char *value, struct cv_arena *arena)
{
    uint64_t h = UINT64_C(14695981039346656037) + (by_login ? 1 : 2);
    for (const char *c = cv_text_fold(arena, value); *c != '\0'; c++)
        h = (h ^ (unsigned char)*c) * UINT64_C(1099511628211);
    return h;
}

static void place(struct scim_index *x, uint64_t key, char *id)
{
    size_t i = key % x->cap;
    while (x->cells[i].id != NULL)
        i = (i + 1) % x->cap;
    x->cells[i] = (struct cell){key, id};
    x->count++;
}

static bool grow(struct scim_index *x)
{
    struct scim_index bigger = {.cap = x->cap > 0 ? 2 * x->cap : 1024, .begun_at = x->begun_at};
    bigger.cells = bigger.cap <= INDEX_MAX ? calloc(bigger.cap, sizeof *bigger.cells) : NULL;
    if (bigger.cells == NULL)
        return false;
    for (size_t i = 0; i < x->cap; i++)
        if (x->cells[i].id != NULL)
            place(&bigger, x->cells[i].key, x->cells[i].id);
    free(x->cells);
    *x = bigger;
    return true;
}

struct scim_index *scim_index_new(void)
{
    struct scim_index *x = calloc(1, sizeof *x);
    if (x != NULL)
        x->begun_at = cv_now();
    return x;
}

void scim_index_free(struct scim_index **index)
{
    struct scim_index *x = *index;
    for (size_t i = 0; x != NULL && i < x->cap; i++)
        free(x->cells[i].id);
    if (x != NULL)
        free(x->cells);
    free(x);
    *index = NULL;
}

static void add(struct scim_index *x, bool by_login, const char *value, const char *id, struct cv_arena *arena)
{
    if (value == NULL || *value == '\0' || x->full)
        return;
    char *copy = 2 * x->count < x->cap || grow(x) ? strdup(id) : NULL;
    if (copy != NULL)
        place(x, key_of(by_login, value, arena), copy);
    x->full = copy == NULL;
}

void scim_index_add(struct scim_index *x, const struct con_scim_account *account, struct cv_arena *arena)
{
    if (x == NULL)
        return;
    add(x, true, account->login, account->id, arena);
    add(x, false, account->mark, account->id, arena);
}

void scim_index_note(struct con_scim *server, const struct con_scim_account *account, struct cv_arena *arena)
{
    cv_lock_take(&server->lock);
    scim_index_add(server->index, account, arena);
    cv_lock_give(&server->lock);
}

void scim_index_publish(struct con_scim *server, struct scim_index *index)
{
    cv_lock_take(&server->lock);
    struct scim_index *old = server->index;
    server->index = index;
    cv_lock_give(&server->lock);
    scim_index_free(&old);
}

bool scim_index_find(struct con_scim_call *call, bool by_login, const char *value, struct con_scim_account *out,
                     size_t max, size_t *out_count)
{
    struct con_scim *server = call->server;
    uint64_t key = key_of(by_login, value, call->arena);
    cv_moment now = cv_now();
    *out_count = 0;
    cv_lock_take(&server->lock);
    const struct scim_index *x = server->index;
    bool known = x != NULL && !x->full && x->begun_at >= call->not_before && now - x->begun_at < LIFE_S;
    for (size_t i = known && x->cap > 0 ? key % x->cap : 0; known && x->cap > 0 && x->cells[i].id != NULL;
         i = (i + 1) % x->cap)
        if (x->cells[i].key == key && *out_count < max)
            out[(*out_count)++] = (struct con_scim_account){.id = cv_arena_strdup(call->arena, x->cells[i].id)};
    cv_lock_give(&server->lock);
    return known;
}
