/* A copy of what is published, while the log is written to: the checkpoint first, then what it covers. */
#include <string.h>

#include "audit/internal.h"

enum { TRIES = 20 };

struct copy {
    const char *from, *to;
    int64_t size;
};

static bool put(const struct copy *c, const char *name, const void *bytes, size_t len)
{
    char path[EV_PATH_MAX];
    return ev_path(path, c->to, "%s", name) && ev_write_whole(path, bytes, len, true);
}

static bool copy_file(const struct copy *c, const char *name)
{
    char path[EV_PATH_MAX];
    cv_auto_buf bytes = {0};
    return ev_path(path, c->from, "%s", name) && ev_read_whole(path, EV_KEY_TEXT, &bytes) &&
           put(c, name, cv_buf_str(&bytes), bytes.len);
}

static bool copy_tile(const struct copy *c, int level, int64_t n, size_t width)
{
    char to[EV_PATH_MAX];
    cv_auto_buf bytes = {0};
    return ev_tile_path(to, c->to, level, n, width) && ev_tile_then(c->from, level, n, width, &bytes) &&
           ev_write_whole(to, bytes.data, bytes.len, true);
}

static bool copy_level(const struct copy *c, int level)
{
    int64_t hashes = c->size >> (level > 0 ? 8 * level : 0);
    for (int64_t n = 0; n < hashes / EV_WIDTH; n++)
        if (!copy_tile(c, level, n, 0))
            return false;
    size_t width = (size_t)(hashes % EV_WIDTH);
    return width == 0 || copy_tile(c, level, hashes / EV_WIDTH, width);
}

static bool copy_once(struct copy *c)
{
    char path[EV_PATH_MAX];
    cv_auto_buf note = {0};
    const char *size;
    if (!ev_path(path, c->from, "checkpoint") || !ev_read_whole(path, EV_NOTE_MAX, &note) ||
        (size = strchr(cv_buf_str(&note), '\n')) == NULL)
        return false;
    c->size = 0;
    for (size++; *size >= '0' && *size <= '9' && c->size < INT64_MAX / 100; size++)
        c->size = c->size * 10 + (*size - '0');
    for (int level = EV_BUNDLE; level < EV_LEVELS; level++)
        if (!copy_level(c, level))
            return false;
    return copy_file(c, "verifier") && put(c, "checkpoint", note.data, note.len);
}

bool ev_copy(const char *from, const char *to, struct cv_error *err)
{
    struct copy c = {.from = from, .to = to};
    struct ev_verdict verdict = {0};
    const struct ev_verify what = {.folder = to};
    for (int i = 0; i < TRIES; i++)
        if (copy_once(&c) && ev_verify(&what, &verdict))
            return true;
    return cv_fail(err, cvp_internal, NULL, "Không sao chép được nhật ký kiểm tra %s%s%s",
                   "The evidence log %s could not be copied%s%s", from, *verdict.words != '\0' ? ": " : "",
                   verdict.words);
}
