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

/* A partial tile may have become a whole one since: its beginning is the same. */
static bool copy_tile(const struct copy *c, int level, int64_t n, size_t width)
{
    char from[EV_PATH_MAX], whole[EV_PATH_MAX], to[EV_PATH_MAX];
    cv_auto_buf bytes = {0};
    if (!ev_tile_path(from, c->from, level, n, width) || !ev_tile_path(whole, c->from, level, n, 0) ||
        !ev_tile_path(to, c->to, level, n, width))
        return false;
    if (!ev_read_whole(from, EV_BUNDLE_MAX, &bytes) && !ev_read_whole(whole, EV_BUNDLE_MAX, &bytes))
        return false;
    size_t len = bytes.len;
    if (width > 0 && level != EV_BUNDLE && len > width * CV_HASH)
        len = width * CV_HASH;
    if (width > 0 && level == EV_BUNDLE) {
        const char *entry;
        size_t entry_len;
        if (!ev_bundle_entry(&bytes, width - 1, &entry, &entry_len))
            return false;
        len = (size_t)(entry + entry_len - bytes.data);
    }
    return ev_write_whole(to, bytes.data, len, true);
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
