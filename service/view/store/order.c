/* People in the order of every paper list: given name, family, middle, then id. */
#include <stdlib.h>
#include <string.h>

#include "view/store/view.h"

int view_person_order(const struct person *a, const struct person *b)
{
    size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
    int order = memcmp(a->data + a->key, b->data + b->key, len);
    if (order == 0 && a->key_len != b->key_len)
        return a->key_len < b->key_len ? -1 : 1;
    return order ? order : memcmp(a->id.bytes, b->id.bytes, 16);
}

/* The first bytes of the key beside the slot: most comparisons of a first load need no look at the people. */
struct sorted {
    uint64_t high, low;
    uint32_t slot;
};

static uint64_t big_endian(const uint8_t *bytes, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < 8; i++)
        word = word << 8 | (i < len ? bytes[i] : 0);
    return word;
}

static int sorted_order(const void *a, const void *b, void *ctx)
{
    const struct sorted *x = a, *y = b;
    const struct view *v = ctx;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return view_person_order(v->people[x->slot], v->people[y->slot]);
}

void view_order_sort(struct view *v)
{
    size_t count = 0;
    struct sorted *all = view_must(malloc((v->people_end + 1) * sizeof(*all)));
    for (uint32_t i = 0; i < v->people_end; i++) {
        const struct person *p = v->people[i];
        if (p == NULL)
            continue;
        const uint8_t *key = p->data + p->key;
        all[count++] =
            (struct sorted){big_endian(key, p->key_len), p->key_len > 8 ? big_endian(key + 8, p->key_len - 8u) : 0, i};
    }
    qsort_r(all, count, sizeof(*all), sorted_order, v);
    v->order.count = 0;
    v->order.items = view_grow(v->order.items, &v->order.cap, count, sizeof(uint32_t));
    for (size_t i = 0; i < count; i++)
        view_slots_add(&v->order, all[i].slot);
    free(all);
}

static size_t place_of(const struct view *v, const struct person *p)
{
    size_t low = 0, high = v->order.count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (view_person_order(v->people[v->order.items[mid]], p) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Before the first refresh is complete nothing is in order; it is sorted once then. */
void view_order_add(struct view *v, uint32_t slot)
{
    if (atomic_load(&v->loaded))
        view_slots_insert(&v->order, place_of(v, v->people[slot]), slot);
}

/* What lies between the two places makes way for him, and nothing else. */
void view_order_move(struct view *v, uint32_t slot, const struct person *next)
{
    const struct person *now = v->people[slot];
    if (!atomic_load(&v->loaded) || view_person_order(now, next) == 0)
        return;
    uint32_t *items = v->order.items;
    size_t from = place_of(v, now), to = place_of(v, next);
    if (to > from) /* counted with himself */
        memmove(items + from, items + from + 1, (--to - from) * sizeof(*items));
    else
        memmove(items + to + 1, items + to, (from - to) * sizeof(*items));
    items[to] = slot;
}

void view_order_cut(struct view *v, uint32_t slot)
{
    if (atomic_load(&v->loaded))
        view_slots_cut(&v->order, place_of(v, v->people[slot]));
}
