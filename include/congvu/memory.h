/* Memory: the bounded buffer and the request arena.
 *
 * Story of use. A buffer cannot be made without its maximum; appending past it (or out of memory) sets `failed` once,
 * further appends do nothing, and the owner looks at the end: `if (!cv_buf_ok(&b)) ...`. So there is no clean-up
 * branch at each append.
 *
 *     struct cv_buf b;
 *     cv_buf_init(&b, CV_MAX_RESPONSE);
 *     cv_buf_puts(&b, "hello");
 *     cv_buf_printf(&b, " %d", n);
 *     ...
 *     cv_buf_free(&b);
 *
 * An arena serves one request: allocations are never freed one by one, all go with cv_arena_reset(). Allocating past
 * its ceiling sets `overflow` and still gives real memory, so callers need no NULL checks but must test cv_arena_ok()
 * before they act on what they built (cv_faults_check() tests it too). One that goes on to twice the ceiling without
 * looking (or past it by 1 MiB, whichever is more), or meets the end of the machine's memory, is stopped by abort().
 * With CV_ARENA_MALLOC=1 at compile time (sanitizer presets) each allocation is one malloc, so that the sanitizers see
 * its bounds.
 *
 * Thread: a buffer and an arena belong to one thread at a time; they may be handed over. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All maxima in one place (bytes unless said). */
enum {
    CV_MAX_BODY = 1 << 20,      /* request body, API contract section 4 */
    CV_MAX_RESPONSE = 64 << 20, /* one answer */
    CV_MAX_ARENA = 96 << 20,    /* one request's working memory */
    CV_MAX_LOG_LINE = 4096,
    CV_MAX_DN = 2048,
    CV_MAX_FILTER = 64 << 10,
    CV_MAX_JSON_DEPTH = 32,
};

struct cv_buf {
    char *data; /* NUL-terminated whenever len > 0 */
    size_t len, cap, max;
    bool failed;
};

void cv_buf_init(struct cv_buf *b, size_t max);
void cv_buf_free(struct cv_buf *b);  /* accepts a zeroed one; leaves it zeroed but for max */
void cv_buf_reset(struct cv_buf *b); /* empties, keeps the memory, clears failed */
bool cv_buf_ok(const struct cv_buf *b);
void cv_buf_put(struct cv_buf *b, const void *bytes, size_t n);
void cv_buf_puts(struct cv_buf *b, const char *s);
void cv_buf_putc(struct cv_buf *b, char c);
void cv_buf_printf(struct cv_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cv_buf_vprintf(struct cv_buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* Text for HTML and XML: signs that mean something there are escaped. NULL writes nothing. */
void cv_buf_escaped(struct cv_buf *b, const char *text);
/* Always a valid string, "" when empty. */
const char *cv_buf_str(const struct cv_buf *b);
/* Hands the bytes over to the caller (free() them), leaves the buffer empty. NULL when it failed. */
char *cv_buf_steal(struct cv_buf *b, size_t *out_len);
#define cv_auto_buf __attribute__((cleanup(cv_buf_free))) struct cv_buf

struct cv_arena;
/* NULL only when the process is out of memory. */
struct cv_arena *cv_arena_new(size_t max);
void cv_arena_free(struct cv_arena **arena);
/* Everything allocated is gone; the first block is kept for the next request. */
void cv_arena_reset(struct cv_arena *arena);
bool cv_arena_ok(const struct cv_arena *arena);
/* Something that belongs in here could not be made: cv_arena_ok() says so until the reset. */
void cv_arena_overflow(struct cv_arena *arena);
size_t cv_arena_used(const struct cv_arena *arena);
/* Aligned for any type, zeroed. Never NULL (see overflow above). */
void *cv_arena_alloc(struct cv_arena *arena, size_t size) __attribute__((returns_nonnull, alloc_size(2)));
/* n * size bytes; a product that does not fit is stopped by abort(). */
void *cv_arena_alloc_n(struct cv_arena *arena, size_t n, size_t size)
    __attribute__((returns_nonnull, alloc_size(2, 3)));
/* The same, not zeroed: for what is written whole at once. */
void *cv_arena_room(struct cv_arena *arena, size_t n, size_t size) __attribute__((returns_nonnull, alloc_size(2, 3)));
/* All of them, whatever they are, and a NUL behind them. */
char *cv_arena_bytes(struct cv_arena *arena, const void *bytes, size_t len) __attribute__((returns_nonnull));
char *cv_arena_strdup(struct cv_arena *arena, const char *s) __attribute__((returns_nonnull));
/* Texts: a NUL ends them. */
char *cv_arena_strndup(struct cv_arena *arena, const char *s, size_t n) __attribute__((returns_nonnull));
char *cv_arena_printf(struct cv_arena *arena, const char *fmt, ...)
    __attribute__((returns_nonnull, format(printf, 2, 3)));
char *cv_arena_vprintf(struct cv_arena *arena, const char *fmt, va_list ap)
    __attribute__((returns_nonnull, format(printf, 2, 0)));
/* Runs fn(object) when the arena is reset or freed: for what only free() of a library can release. */
void cv_arena_defer(struct cv_arena *arena, void (*fn)(void *), void *object);
#define CV_NEW(arena, type)     ((type *)cv_arena_alloc((arena), sizeof(type)))
#define CV_NEWS(arena, type, n) ((type *)cv_arena_alloc_n((arena), (size_t)(n), sizeof(type)))
#define CV_ROOM(arena, type, n) ((type *)cv_arena_room((arena), (size_t)(n), sizeof(type)))
static inline void cv_arena_free_p(struct cv_arena **a)
{
    cv_arena_free(a);
}
#define cv_auto_arena __attribute__((cleanup(cv_arena_free_p))) struct cv_arena *

#define CV_COUNT(a) (sizeof(a) / sizeof((a)[0]))
