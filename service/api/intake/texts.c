/* Texts met in a list, each with a number. */
#include <string.h>

#include "api/intake/imports.h"

struct slot {
    const char *text;
    int64_t number;
};
struct imp_texts {
    struct cv_arena *arena;
    struct slot *slots;
    size_t size, used;
};

struct imp_texts *imp_texts_new(struct cv_arena *arena, size_t most)
{
    struct imp_texts *all = CV_NEW(arena, struct imp_texts);
    size_t size = 64;
    while (size < most * 2 + 2)
        size *= 2;
    *all = (struct imp_texts){.arena = arena, .slots = CV_NEWS(arena, struct slot, size), .size = size};
    return all;
}

static struct slot *slot_of(const struct imp_texts *all, const char *text)
{
    uint32_t hash = UINT32_C(2166136261);
    for (const char *c = text; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * UINT32_C(16777619);
    size_t at = hash & (all->size - 1);
    while (all->slots[at].text != NULL && strcmp(all->slots[at].text, text) != 0)
        at = (at + 1) & (all->size - 1);
    return &all->slots[at];
}

int64_t imp_texts_get(const struct imp_texts *all, const char *text)
{
    const struct slot *slot = slot_of(all, text);
    return slot->text != NULL ? slot->number : -1;
}

void imp_texts_set(struct imp_texts *all, const char *text, int64_t number)
{
    struct slot *slot = slot_of(all, text);
    if (slot->text == NULL && all->used + 1 >= all->size)
        return;
    if (slot->text == NULL) {
        slot->text = cv_arena_strdup(all->arena, text);
        all->used++;
    }
    slot->number = number;
}
