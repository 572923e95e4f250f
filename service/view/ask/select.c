/* Order and positions of lists, and the best few of many. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

/* ---- what a list is sorted by, as bytes ---- */
enum { VALUE_MAX = 64 };
struct value {
    uint8_t rank; /* before the bytes, where lists have one */
    const uint8_t *bytes;
    size_t len;
    uint8_t own[VALUE_MAX];
};

static void number_value(struct value *out, int64_t number)
{
    uint64_t shifted = (uint64_t)number ^ UINT64_C(1) << 63; /* so that negative ones come first */
    for (int i = 0; i < 8; i++)
        out->own[i] = (uint8_t)(shifted >> (56 - 8 * i));
    out->bytes = out->own;
    out->len = 8;
}

static void code_value(struct value *out, const char *code)
{
    out->bytes = out->own;
    for (out->len = 0; code && code[out->len] && out->len < VALUE_MAX; out->len++)
        out->own[out->len] = (uint8_t)cv_ascii_lower(code[out->len]);
}

static uint8_t rank_of(const struct person *p, const struct view_filter *f)
{
    return view_name_is(p, f->words, f->word_len, f->word_count) ? 0 : 1;
}

static void value_of(const struct person *p, struct view_sorting sort, struct value *out)
{
    out->rank = sort.by == VIEW_BY_MATCH ? rank_of(p, sort.f) : 0;
    switch (sort.by) {
    case VIEW_BY_STAFF_CODE:
        code_value(out, person_text(p, p->code));
        break;
    case VIEW_BY_HIRED_ON:
        number_value(out, p->hired_on);
        break;
    case VIEW_BY_UPDATED_AT:
        number_value(out, p->updated_at);
        break;
    case BY_DEPARTURE:
        number_value(out, person_leaving(p) ? person_leaving(p)->on : CV_NO_DAY);
        break;
    default:
        out->bytes = p->data + p->key;
        out->len = p->key_len;
    }
}

static int bytes_order(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    size_t len = a_len < b_len ? a_len : b_len;
    int order = len ? memcmp(a, b, len) : 0;
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

/* ---- positions: value, then id ---- */
bool view_position_read(const void *after, size_t len, struct view_position *out)
{
    if (after == NULL || len < sizeof out->id.bytes)
        return false;
    out->value = after;
    out->len = len - sizeof out->id.bytes;
    memcpy(out->id.bytes, out->value + out->len, sizeof out->id.bytes);
    return true;
}

/* The rank, where there is one, then the value. */
const void *view_position_write(struct cv_arena *arena, const struct person *p, struct view_sorting sort,
                                size_t *out_len)
{
    size_t ranked = sort.by == VIEW_BY_MATCH;
    struct value value;
    value_of(p, sort, &value);
    uint8_t *out = cv_arena_alloc(arena, ranked + value.len + 16);
    out[0] = value.rank;
    memcpy(out + ranked, value.bytes, value.len);
    memcpy(out + ranked + value.len, p->id.bytes, 16);
    *out_len = ranked + value.len + 16;
    return out;
}

int view_position_order(const struct person *p, struct view_sorting sort, const struct view_position *at)
{
    struct value value;
    size_t ranked = sort.by == VIEW_BY_MATCH && at->len > 0;
    value_of(p, sort, &value);
    int order = ranked ? value.rank - at->value[0] : 0;
    if (order == 0)
        order = bytes_order(value.bytes, value.len, at->value + ranked, at->len - ranked);
    return order ? order : memcmp(p->id.bytes, at->id.bytes, 16);
}

/* ---- the best few: a heap with the worst on top ---- */
static int order_of(const struct view_best *b, uint32_t x, uint32_t y)
{
    const struct person *p = b->v->people[x], *q = b->v->people[y];
    struct value pv, qv;
    value_of(p, b->sort, &pv);
    value_of(q, b->sort, &qv);
    int order = pv.rank - qv.rank;
    if (order == 0)
        order = bytes_order(pv.bytes, pv.len, qv.bytes, qv.len);
    if (order == 0)
        order = memcmp(p->id.bytes, q->id.bytes, 16);
    return b->descending ? -order : order;
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t t = *a;
    *a = *b;
    *b = t;
}

static void sink(struct view_best *b, size_t count)
{
    size_t at = 0;
    for (;;) {
        size_t worst = at, left = 2 * at + 1;
        for (size_t child = left; child < left + 2 && child < count; child++)
            if (order_of(b, b->slots[child], b->slots[worst]) > 0)
                worst = child;
        if (worst == at)
            return;
        swap(&b->slots[at], &b->slots[worst]);
        at = worst;
    }
}

void view_best_offer(struct view_best *b, uint32_t slot)
{
    if (b->count == b->cap) {
        if (b->cap == 0 || order_of(b, slot, b->slots[0]) >= 0)
            return;
        b->slots[0] = slot;
        sink(b, b->count);
        return;
    }
    size_t at = b->count++;
    b->slots[at] = slot;
    for (; at > 0 && order_of(b, b->slots[at], b->slots[(at - 1) / 2]) > 0; at = (at - 1) / 2)
        swap(&b->slots[at], &b->slots[(at - 1) / 2]);
}

void view_best_finish(struct view_best *b)
{
    for (size_t left = b->count; left > 1;) {
        swap(&b->slots[0], &b->slots[--left]);
        sink(b, left);
    }
}
