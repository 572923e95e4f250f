/* Memory of one request, freed as a whole. */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/inner.h"
#include "congvu/memory.h"

enum { FIRST_BLOCK = 16 << 10, LARGEST_BLOCK = 1 << 20, GRACE = 1 << 20 };

struct block {
    struct block *next;
    size_t size, used; /* bytes of `bytes` */
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *object;
};

struct cv_arena {
    struct block *blocks; /* newest first; the last one is the first block, which is kept */
    struct deferred *deferred;
    size_t max, used;
    bool overflow;
};

static size_t round_up(size_t size)
{
    size_t align = alignof(max_align_t);

    return (size + align - 1) & ~(align - 1);
}

static struct block *block_new(size_t size)
{
    struct block *b = malloc(sizeof(*b) + size);

    if (b) {
        b->next = NULL;
        b->size = size;
        b->used = 0;
    }
    return b;
}

struct cv_arena *cv_arena_new(size_t max)
{
    struct cv_arena *arena = calloc(1, sizeof(*arena));

    if (!arena)
        return NULL;
    arena->max = max < SIZE_MAX / 4 ? max : SIZE_MAX / 4;
#ifndef CV_ARENA_MALLOC
    arena->blocks = block_new(FIRST_BLOCK);
    if (!arena->blocks) {
        free(arena);
        return NULL;
    }
#endif
    return arena;
}

/* Newest first: what was deferred later may need what was deferred before. */
static void run_deferred(struct cv_arena *arena)
{
    while (arena->deferred) {
        struct deferred *d = arena->deferred;

        arena->deferred = d->next;
        d->fn(d->object);
    }
}

static void free_blocks(struct cv_arena *arena)
{
    while (arena->blocks) {
        struct block *b = arena->blocks;

        arena->blocks = b->next;
        free(b);
    }
}

void cv_arena_free(struct cv_arena **arena)
{
    if (!arena || !*arena)
        return;
    run_deferred(*arena);
    free_blocks(*arena);
    free(*arena);
    *arena = NULL;
}

void cv_arena_reset(struct cv_arena *arena)
{
    run_deferred(arena);
#ifdef CV_ARENA_MALLOC
    free_blocks(arena);
#else
    struct block *b = arena->blocks;

    while (b->next) {
        struct block *older = b->next;

        free(b);
        b = older;
    }
    b->used = 0;
    arena->blocks = b;
#endif
    arena->used = 0;
    arena->overflow = false;
}

bool cv_arena_ok(const struct cv_arena *arena)
{
    return !arena->overflow;
}

void cv_arena_overflow(struct cv_arena *arena)
{
    arena->overflow = true;
}

size_t cv_arena_used(const struct cv_arena *arena)
{
    return arena->used;
}

/* Past the ceiling the memory is still real and apart (so that nothing built from it can point into something else)
 * until the caller looks at cv_arena_ok(); a caller that never looks is stopped. */
static void account(struct cv_arena *arena, size_t size)
{
    size_t grace = arena->max > GRACE ? arena->max : GRACE;

    if (size > arena->max + grace - arena->used)
        cv_die("an arena is far past its ceiling");
    arena->used += size;
    if (arena->used > arena->max)
        arena->overflow = true;
}

/* A block that has `size` bytes free, at the head of the chain. */
static struct block *block_for(struct cv_arena *arena, size_t size)
{
#ifdef CV_ARENA_MALLOC
    size_t want = size;
#else
    struct block *head = arena->blocks;

    if (head->size - head->used >= size)
        return head;
    size_t want = head->size < LARGEST_BLOCK ? head->size * 2 : LARGEST_BLOCK;

    if (want < size)
        want = size;
#endif
    struct block *b = block_new(want);

    if (!b)
        cv_die("out of memory");
    b->next = arena->blocks;
    arena->blocks = b;
    return b;
}

static void *take(struct cv_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        cv_die("an allocation of impossible size");
    size_t full = round_up(size ? size : 1);

    account(arena, full);
#ifdef CV_ARENA_MALLOC
    full = size ? size : 1; /* exact bounds for the sanitizers */
#endif
    struct block *b = block_for(arena, full);
    void *p = b->bytes + b->used;

    b->used += full;
#ifdef CV_ARENA_MALLOC
    memset(p, 0xA5, full); /* nobody may count on what was there */
#endif
    return p;
}

static size_t product(size_t n, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(n, size, &total))
        cv_die("an allocation of impossible size");
    return total;
}

void *cv_arena_alloc(struct cv_arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *cv_arena_alloc_n(struct cv_arena *arena, size_t n, size_t size)
{
    return cv_arena_alloc(arena, product(n, size));
}

void *cv_arena_room(struct cv_arena *arena, size_t n, size_t size)
{
    return take(arena, product(n, size));
}

char *cv_arena_bytes(struct cv_arena *arena, const void *bytes, size_t len)
{
    char *copy = take(arena, len + 1);

    memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *cv_arena_strndup(struct cv_arena *arena, const char *s, size_t n)
{
    return cv_arena_bytes(arena, s, strnlen(s, n));
}

char *cv_arena_strdup(struct cv_arena *arena, const char *s)
{
    return cv_arena_bytes(arena, s, strlen(s));
}

char *cv_arena_vprintf(struct cv_arena *arena, const char *fmt, va_list ap)
{
    char quick[256]; /* most texts are short: one formatting pass */
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(quick, sizeof(quick), fmt, ap);
    char *out;

    if (n < 0) {
        out = cv_arena_alloc(arena, 1);
    } else if ((size_t)n < sizeof(quick)) {
        out = cv_arena_strdup(arena, quick);
    } else {
        out = cv_arena_alloc(arena, (size_t)n + 1);
        vsnprintf(out, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return out;
}

char *cv_arena_printf(struct cv_arena *arena, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *out = cv_arena_vprintf(arena, fmt, ap);
    va_end(ap);
    return out;
}

void cv_arena_defer(struct cv_arena *arena, void (*fn)(void *), void *object)
{
    struct deferred *d = CV_NEW(arena, struct deferred);

    *d = (struct deferred){.next = arena->deferred, .fn = fn, .object = object};
    arena->deferred = d;
}
