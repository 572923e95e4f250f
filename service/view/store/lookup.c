/* Open addressing, linear probing, no tombstones: a removal moves the followers up. */
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "view/store/view.h"

enum { FIRST_CAP = 64 };

void *view_must(void *memory)
{
    cv_must(memory != NULL);
    return memory;
}

void *view_grow(void *items, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return items;
    size_t more = *cap < 8 ? 8 : *cap + *cap / 2;
    *cap = more < need ? need : more;
    return view_must(reallocarray(items, *cap, size));
}

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    return h ^ h >> 29;
}

uint32_t view_hash(const void *bytes, size_t len)
{
    const uint8_t *b = bytes;
    uint64_t h = UINT64_C(0x9E3779B97F4A7C15) ^ len;
    for (; len >= 8; b += 8, len -= 8) {
        uint64_t w;
        memcpy(&w, b, 8);
        h = mix(h ^ w);
    }
    uint64_t rest = 0;
    memcpy(&rest, b, len);
    return (uint32_t)mix(h ^ rest);
}

uint32_t view_hash_text(const char *text)
{
    uint64_t h = UINT64_C(0x9E3779B97F4A7C15);
    for (; *text; text++)
        h = (h ^ (uint8_t)cv_ascii_lower(*text)) * UINT64_C(0x100000001B3);
    return (uint32_t)mix(h);
}

uint32_t view_hash_code(const char *code)
{
    if (code[strspn(code, "0123456789")] == '\0')
        while (*code == '0' && code[1] != '\0')
            code++;
    return view_hash_text(code);
}

/* A hash lies at its share of the table, so that a table can have any size. */
static size_t home_of(const struct view_lookup *l, uint32_t hash)
{
    return (size_t)((uint64_t)hash * l->cap >> 32);
}

static size_t behind(const struct view_lookup *l, size_t at)
{
    return at + 1 == l->cap ? 0 : at + 1;
}

static size_t steps(const struct view_lookup *l, size_t from, size_t to)
{
    return to >= from ? to - from : to + l->cap - from;
}

static void place(struct view_lookup *l, struct view_cell cell)
{
    size_t at = home_of(l, cell.hash);
    while (l->cells[at].value != NONE)
        at = behind(l, at);
    l->cells[at] = cell;
}

static void resize(struct view_lookup *l, size_t cap)
{
    struct view_lookup bigger = {view_must(malloc(cap * sizeof(struct view_cell))), cap, l->count};
    memset(bigger.cells, 0xFF, cap * sizeof(struct view_cell));
    for (size_t i = 0; i < l->cap; i++)
        if (l->cells[i].value != NONE)
            place(&bigger, l->cells[i]);
    free(l->cells);
    *l = bigger;
}

/* At most 7/8 full. It grows by a quarter: doubled, the four tables of a million people took 25 bytes a person more. */
void view_lookup_put(struct view_lookup *l, uint32_t hash, uint32_t value)
{
    if (l->count + 1 > l->cap - l->cap / 8)
        resize(l, l->cap == 0 ? FIRST_CAP : l->cap + l->cap / 4);
    place(l, (struct view_cell){hash, value});
    l->count++;
}

static void close_gap(struct view_lookup *l, size_t gap)
{
    for (size_t at = behind(l, gap); l->cells[at].value != NONE; at = behind(l, at)) {
        size_t home = home_of(l, l->cells[at].hash);
        if (steps(l, home, at) >= steps(l, gap, at)) { /* it may lie in the gap */
            l->cells[gap] = l->cells[at];
            gap = at;
        }
    }
    l->cells[gap] = (struct view_cell){NONE, NONE};
}

void view_lookup_drop(struct view_lookup *l, uint32_t hash, uint32_t value)
{
    struct view_probe probe;
    for (uint32_t got = view_lookup_first(l, hash, &probe); got != NONE; got = view_lookup_next(l, &probe)) {
        if (got != value)
            continue;
        close_gap(l, probe.at == 0 ? l->cap - 1 : probe.at - 1);
        l->count--;
        return;
    }
}

uint32_t view_lookup_first(const struct view_lookup *l, uint32_t hash, struct view_probe *probe)
{
    if (l->cap == 0)
        return NONE;
    *probe = (struct view_probe){home_of(l, hash), hash};
    return view_lookup_next(l, probe);
}

uint32_t view_lookup_next(const struct view_lookup *l, struct view_probe *probe)
{
    for (;;) {
        struct view_cell cell = l->cells[probe->at];
        if (cell.value == NONE)
            return NONE;
        probe->at = behind(l, probe->at);
        if (cell.hash == probe->hash)
            return cell.value;
    }
}
