/* Structured log lines, JSON, one write each. */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/inner.h"
#include "congvu/log.h"

enum { RING = 32, RING_LINE = 384, TAIL = 4 /* quote, brace, newline, NUL */ };

struct ring {
    char lines[RING][RING_LINE];
    unsigned next, kept;
};

static _Atomic int least = CV_LOG_INFO;
static _Thread_local char request[64];
static _Thread_local struct ring ring;

static const char *const words[] = {"debug", "info", "warn", "error"};

void cv_log_level(enum cv_level level)
{
    atomic_store_explicit(&least, (int)level, memory_order_relaxed);
}

bool cv_log_level_parse(const char *word, enum cv_level *out)
{
    for (size_t i = 0; i < CV_COUNT(words); i++) {
        if (strcmp(words[i], word) == 0) {
            *out = (enum cv_level)i;
            return true;
        }
    }
    return false;
}

void cv_log_request(const char *request_id)
{
    size_t n = request_id ? strnlen(request_id, sizeof(request) - 1) : 0;

    if (n > 0)
        memcpy(request, request_id, n);
    request[n] = '\0';
    if (n == 0)
        ring.kept = 0; /* what one request did explains no error of the next */
}

/* One line under construction. A text that does not fit is cut; the line stays valid JSON. */
struct line {
    char *text;
    size_t len, room; /* room for content, with the tail kept free */
};

static void add_plain(struct line *l, const char *s)
{
    size_t n = strlen(s);

    if (n <= l->room - l->len) {
        memcpy(l->text + l->len, s, n);
        l->len += n;
    }
}

/* ,"name":"value" or nothing when not even the frame fits. */
static void add_member(struct line *l, const char *name, const char *value)
{
    size_t frame = strlen(name) + 6;

    if (l->room - l->len < frame + 8)
        return;
    add_plain(l, ",\"");
    add_plain(l, name);
    add_plain(l, "\":\"");
    l->len += cv_json_escape(value, strlen(value), l->text + l->len, l->room - l->len - 1);
    l->text[l->len++] = '"';
}

/* {"time":"2026-11-24T00:05:00.123Z", always UTC and independent of the clock's zone: a log line must not fail. */
static void begin(struct line *l, enum cv_level level)
{
    struct timespec ts;
    int64_t year;
    int month, day;
    char stamp[32], *p = stamp;

    clock_gettime(CLOCK_REALTIME, &ts);
    int64_t days = ts.tv_sec / 86400, s = ts.tv_sec % 86400;

    cv_civil_from_days(days, &year, &month, &day);
    p = cv_put_digits(p, (uint64_t)year, 4), *p++ = '-';
    p = cv_put_digits(p, (uint64_t)month, 2), *p++ = '-';
    p = cv_put_digits(p, (uint64_t)day, 2), *p++ = 'T';
    p = cv_put_digits(p, (uint64_t)(s / 3600), 2), *p++ = ':';
    p = cv_put_digits(p, (uint64_t)(s / 60 % 60), 2), *p++ = ':';
    p = cv_put_digits(p, (uint64_t)(s % 60), 2), *p++ = '.';
    p = cv_put_digits(p, (uint64_t)(ts.tv_nsec / 1000000), 3), *p++ = 'Z', *p = '\0';
    add_plain(l, "{\"time\":\"");
    add_plain(l, stamp);
    add_plain(l, "\"");
    add_member(l, "level", words[level]);
}

static void end(struct line *l)
{
    l->text[l->len++] = '}';
    l->text[l->len++] = '\n';
    l->text[l->len] = '\0';
}

static void emit(const char *text, size_t len)
{
    ssize_t n;

    do {
        n = write(STDERR_FILENO, text, len);
    } while (n < 0 && errno == EINTR);
}

/* The lines that nobody wanted to see until now. */
static void emit_ring(void)
{
    unsigned first = (ring.next + RING - ring.kept) % RING;

    for (unsigned i = 0; i < ring.kept; i++) {
        const char *text = ring.lines[(first + i) % RING];

        emit(text, strlen(text));
    }
    ring.kept = 0;
}

static struct line line_start(char *text, size_t size, enum cv_level level, const char *event)
{
    struct line l = {.text = text, .room = size - TAIL};

    begin(&l, level);
    add_member(&l, "event", event);
    if (*request)
        add_member(&l, "request_id", request);
    return l;
}

static void line_out(struct line *l, enum cv_level level)
{
    end(l);
    if (level == CV_LOG_ERROR)
        emit_ring();
    emit(l->text, l->len);
}

__attribute__((format(printf, 2, 0))) static void keep(const char *event, const char *fmt, va_list ap)
{
    char said[RING_LINE];

    vsnprintf(said, sizeof(said), fmt, ap);
    said[cv_utf8_whole(said, strlen(said))] = '\0';
    struct line l = line_start(ring.lines[ring.next], RING_LINE, CV_LOG_DEBUG, event);

    add_member(&l, "message", said);
    end(&l);
    ring.next = (ring.next + 1) % RING;
    ring.kept += ring.kept < RING;
}

void cv_log(enum cv_level level, const char *event, const char *fmt, ...)
{
    bool shown = (int)level >= atomic_load_explicit(&least, memory_order_relaxed);
    char text[CV_MAX_LOG_LINE], said[CV_MAX_LOG_LINE];
    va_list ap;

    if (!shown && level != CV_LOG_DEBUG)
        return;
    va_start(ap, fmt);
    if (!shown) {
        keep(event, fmt, ap);
        va_end(ap);
        return;
    }
    vsnprintf(said, sizeof(said), fmt, ap);
    va_end(ap);
    said[cv_utf8_whole(said, strlen(said))] = '\0';
    struct line l = line_start(text, sizeof(text), level, event);

    add_member(&l, "message", said);
    line_out(&l, level);
}

void cv_log_error(enum cv_level level, const char *event, const struct cv_error *err)
{
    static const char *const kinds[CV_KIND_COUNT] = {
        [CV_OK] = "ok",
        [CV_INVALID] = "invalid",
        [CV_REFUSED] = "refused",
        [CV_NOT_FOUND] = "not_found",
        [CV_EXISTS] = "exists",
        [CV_CONFLICT] = "conflict",
        [CV_STALE] = "stale",
        [CV_LIMIT] = "limit",
        [CV_UNAVAILABLE] = "unavailable",
        [CV_UNKNOWN] = "unknown",
        [CV_INTERNAL] = "internal",
    };
    char text[CV_MAX_LOG_LINE], number[16];

    if ((int)level < atomic_load_explicit(&least, memory_order_relaxed))
        return;
    struct line l = line_start(text, sizeof(text), level, event);

    add_member(&l, "message", err->text[CV_EN]);
    add_member(&l, "kind", (unsigned)err->kind < CV_KIND_COUNT ? kinds[err->kind] : "?");
    add_member(&l, "problem", cv_problem_row(err->problem)->code);
    if (*err->field)
        add_member(&l, "field", err->field);
    if (err->lib_code != 0 || *err->lib_text) {
        snprintf(number, sizeof(number), "%d", err->lib_code);
        add_member(&l, "lib_code", number);
        add_member(&l, "lib_text", err->lib_text);
    }
    line_out(&l, level);
}
