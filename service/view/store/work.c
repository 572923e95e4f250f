/* Whom the reconciler may have to work on: a bit a person and system, so that a look costs those and not everybody. */
#include <stdlib.h>
#include <string.h>

#include "view/store/view.h"

static void room(struct view_bits *bits, size_t slots)
{
    size_t words = (slots + 63) / 64;
    if (words <= bits->words)
        return;
    bits->items = view_must(realloc(bits->items, words * sizeof *bits->items));
    memset(bits->items + bits->words, 0, (words - bits->words) * sizeof *bits->items);
    bits->words = words;
}

static void set(struct view_bits *bits, uint32_t slot, size_t slots, bool on)
{
    if (on)
        room(bits, slots);
    else if (slot / 64 >= bits->words)
        return;
    uint64_t bit = UINT64_C(1) << slot % 64;
    bits->items[slot / 64] = on ? bits->items[slot / 64] | bit : bits->items[slot / 64] & ~bit;
}

uint32_t view_bits_next(const struct view_bits *bits, uint32_t from)
{
    for (size_t word = from / 64; word < bits->words; word++) {
        uint64_t left = bits->items[word];
        if (word == from / 64)
            left &= UINT64_MAX << from % 64;
        if (left != 0)
            return (uint32_t)(word * 64 + (size_t)__builtin_ctzll(left));
    }
    return NONE;
}

size_t view_bits_count(const struct view_bits *bits)
{
    size_t count = 0;
    for (size_t i = 0; i < bits->words; i++)
        count += (size_t)__builtin_popcountll(bits->items[i]);
    return count;
}

struct dom_connector_look view_connector_look(const struct person *p, const struct account *a)
{
    const struct account_more more = view_account_more(p, a);
    return (struct dom_connector_look){.desired = (enum dom_desired)a->desired,
                                       .observed = (enum dom_observed)a->observed,
                                       .since = a->since != 0 ? (cv_moment)a->since : CV_NO_MOMENT,
                                       .synced = a->synced,
                                       .formers = a->formers,
                                       .lost_at = (cv_moment)more.lost_at};
}

void view_work_forget(struct view *v, uint32_t slot)
{
    for (unsigned i = 0; i < v->system_count; i++) {
        set(&v->systems[i].work, slot, v->people_cap, false);
        set(&v->systems[i].lost, slot, v->people_cap, false);
    }
}

void view_work_note(struct view *v, uint32_t slot)
{
    const struct person *p = v->people[slot];
    view_work_forget(v, slot);
    for (size_t i = 0; i < p->accounts; i++) {
        const struct account *a = &person_accounts(p)[i];
        const struct dom_connector_look look = view_connector_look(p, a);
        set(&v->systems[a->system].work, slot, v->people_cap, dom_connector_ever_due(&look));
        set(&v->systems[a->system].lost, slot, v->people_cap, look.lost_at != 0);
    }
}

void view_work_free(struct view *v)
{
    for (unsigned i = 0; i < v->system_count; i++) {
        free(v->systems[i].work.items);
        free(v->systems[i].lost.items);
    }
}
