/* Inside view/: memory that grows, hash tables, arrays and bits of slots, copies of records, shared texts. */
#pragma once

#include <stdint.h>
#include <string.h>

#include "congvu/memory.h"
#include "congvu/system.h"
#include "congvu/token.h"
#include "congvu/unit.h"

#define NONE         UINT32_MAX
#define NO_DAY_AHEAD INT32_MAX

void *view_must(void *memory);                                       /* aborts on NULL */
void *view_grow(void *items, size_t *cap, size_t need, size_t size); /* doubles an array */

/* ---- hash -> slots; several values may share a hash, the caller compares ---- */
struct view_cell {
    uint32_t hash, value;
};
struct view_lookup {
    struct view_cell *cells;
    size_t cap, count;
};
struct view_probe {
    size_t at;
    uint32_t hash;
};
uint32_t view_hash(const void *bytes, size_t len);
uint32_t view_hash_text(const char *text); /* ASCII letters caselessly */
uint32_t view_hash_code(const char *code); /* and without the leading zeros of a number */
void view_lookup_put(struct view_lookup *l, uint32_t hash, uint32_t value);
void view_lookup_drop(struct view_lookup *l, uint32_t hash, uint32_t value); /* one such pair */
/* Walks the values of a hash; NONE ends. */
uint32_t view_lookup_first(const struct view_lookup *l, uint32_t hash, struct view_probe *probe);
uint32_t view_lookup_next(const struct view_lookup *l, struct view_probe *probe);

/* ---- arrays of slots ---- */
struct view_slots {
    uint32_t *items;
    size_t count, cap;
};

/* ---- a bit a place ---- */
struct view_bits {
    uint64_t *items;
    size_t words;
};
uint32_t view_bits_next(const struct view_bits *bits, uint32_t from); /* the first one set at or behind it, or NONE */
size_t view_bits_count(const struct view_bits *bits);

/* ---- copies of records: pieces of malloc for the view itself, an arena for answers ---- */
struct view_piece;
struct view_pool {
    struct view_piece *pieces;
    struct cv_arena *arena;
};
void *view_pool_alloc(struct view_pool *k, size_t size);
const char *view_pool_text(struct view_pool *k, const char *text); /* NULL stays NULL */
void view_pool_free(struct view_pool *k);
void view_copy_unit(struct view_pool *k, const struct dom_unit *in, struct dom_unit *out);
void view_copy_system(struct view_pool *k, const struct dom_system *in, struct dom_system *out);
void view_copy_token(struct view_pool *k, const struct dom_token *in, struct dom_token *out);

/* ---- shared texts: titles and reasons, counted ---- */
struct view_word {
    char *text;
    const char *folded;
    uint32_t uses, next_free;
};
struct view_words {
    struct view_word *items;
    size_t count, cap;
    uint32_t free;
    struct view_lookup by_text;
};
uint32_t view_word_take(struct view_words *w, const char *text, struct cv_arena *scratch); /* NONE for NULL */
bool view_word_placed(const struct view_words *w, const char *text);                       /* is it kept already? */
void view_word_drop(struct view_words *w, uint32_t word);
void view_words_free(struct view_words *w);
static inline const char *view_word_text(const struct view_words *w, uint32_t word)
{
    return word == NONE ? NULL : w->items[word].text;
}
