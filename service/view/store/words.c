/* Titles and reasons: a few hundred different ones among all people, so each is kept once and counted. */
#include <stdlib.h>
#include <string.h>

#include "view/store/view.h"

static uint32_t find(const struct view_words *w, const char *text, uint32_t hash)
{
    struct view_probe probe;
    uint32_t at = view_lookup_first(&w->by_text, hash, &probe);
    while (at != NONE && strcmp(w->items[at].text, text) != 0)
        at = view_lookup_next(&w->by_text, &probe);
    return at;
}

bool view_word_placed(const struct view_words *w, const char *text)
{
    return text == NULL || find(w, text, view_hash(text, strlen(text))) != NONE;
}

static uint32_t make_place(struct view_words *w)
{
    if (w->free != 0) {
        uint32_t at = w->free - 1;
        w->free = w->items[at].next_free;
        return at;
    }
    w->items = view_grow(w->items, &w->cap, w->count + 1, sizeof(*w->items));
    return (uint32_t)w->count++;
}

uint32_t view_word_take(struct view_words *w, const char *text, struct cv_arena *scratch)
{
    if (text == NULL)
        return NONE;
    uint32_t hash = view_hash(text, strlen(text));
    uint32_t at = find(w, text, hash);
    if (at == NONE) {
        const char *folded = cv_text_fold(scratch, text);
        size_t size = strlen(text) + 1, folded_size = strlen(folded) + 1;
        char *both = view_must(malloc(size + folded_size));
        memcpy(both, text, size);
        memcpy(both + size, folded, folded_size);
        at = make_place(w);
        w->items[at] = (struct view_word){.text = both, .folded = both + size};
        view_lookup_put(&w->by_text, hash, at);
    }
    w->items[at].uses++;
    return at;
}

void view_word_drop(struct view_words *w, uint32_t word)
{
    if (word == NONE || --w->items[word].uses > 0)
        return;
    struct view_word *item = &w->items[word];
    view_lookup_drop(&w->by_text, view_hash(item->text, strlen(item->text)), word);
    free(item->text);
    *item = (struct view_word){.next_free = w->free};
    w->free = word + 1;
}

void view_words_free(struct view_words *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->items[i].text);
    free(w->items);
    free(w->by_text.cells);
}
