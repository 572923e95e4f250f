/* Bytes that grow up to a bound. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/memory.h"

void cv_buf_init(struct cv_buf *b, size_t max)
{
    *b = (struct cv_buf){.max = max};
}

void cv_buf_free(struct cv_buf *b)
{
    free(b->data);
    *b = (struct cv_buf){.max = b->max};
}

void cv_buf_reset(struct cv_buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

bool cv_buf_ok(const struct cv_buf *b)
{
    return !b->failed;
}

/* Makes room for n more bytes and a NUL. The old content survives a failure, so that the owner can still log it. */
static bool reserve(struct cv_buf *b, size_t n)
{
    if (b->failed || n > b->max || b->len > b->max - n) {
        b->failed = true;
        return false;
    }
    size_t need = b->len + n + 1;

    if (need <= b->cap)
        return true;
    size_t cap = b->cap < 64 ? 64 : b->cap;

    while (cap < need)
        cap *= 2;
    if (cap > b->max + 1)
        cap = b->max + 1;
    char *data = realloc(b->data, cap);

    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->cap = cap;
    return true;
}

void cv_buf_put(struct cv_buf *b, const void *bytes, size_t n)
{
    if (!reserve(b, n))
        return;
    if (n > 0)
        memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void cv_buf_puts(struct cv_buf *b, const char *s)
{
    cv_buf_put(b, s, strlen(s));
}

void cv_buf_putc(struct cv_buf *b, char c)
{
    if (!reserve(b, 1))
        return;
    b->data[b->len++] = c;
    b->data[b->len] = '\0';
}

void cv_buf_vprintf(struct cv_buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);

    if (n < 0) {
        b->failed = true;
    } else if (reserve(b, (size_t)n)) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void cv_buf_printf(struct cv_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    cv_buf_vprintf(b, fmt, ap);
    va_end(ap);
}

void cv_buf_escaped(struct cv_buf *b, const char *text)
{
    static const char signs[] = "&<>\"'";
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

    while (text != NULL && *text != '\0') {
        size_t safe = strcspn(text, signs);
        cv_buf_put(b, text, safe);
        text += safe;
        if (*text != '\0')
            cv_buf_puts(b, names[strchr(signs, *text++) - signs]);
    }
}

const char *cv_buf_str(const struct cv_buf *b)
{
    return b->data ? b->data : "";
}

char *cv_buf_steal(struct cv_buf *b, size_t *out_len)
{
    if (!reserve(b, 0))
        return NULL;
    char *data = b->data;

    data[b->len] = '\0';
    if (out_len)
        *out_len = b->len;
    *b = (struct cv_buf){.max = b->max};
    return data;
}
