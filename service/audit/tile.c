/* Tiles and bundles of entries: their paths, what is in them. */
#include <string.h>

#include "audit/internal.h"

/* N in groups of three digits, all but the last behind an x: 1234067 is x001/x234/067. */
static void put_number(char *out, size_t size, int64_t n)
{
    char digits[32];
    int len = snprintf(digits, sizeof(digits), "%lld", (long long)n), pad = (3 - len % 3) % 3, at = 0;
    char padded[40];
    snprintf(padded, sizeof(padded), "%.*s%s", pad, "00", digits);
    for (int i = 0; i < pad + len; i += 3)
        at += snprintf(out + at, size - (size_t)at, "%s%.3s%s", i + 3 < pad + len ? "x" : "", padded + i,
                       i + 3 < pad + len ? "/" : "");
}

bool ev_tile_path(char out[EV_PATH_MAX], const char *folder, int level, int64_t n, size_t width)
{
    char number[64], kind[16], part[32] = "";
    put_number(number, sizeof(number), n);
    snprintf(kind, sizeof(kind), level == EV_BUNDLE ? "entries" : "%d", level);
    if (width > 0)
        snprintf(part, sizeof(part), ".p/%zu", width);
    return ev_path(out, folder, "tile/%s/%s%s", kind, number, part);
}

bool ev_tile_read(const char *folder, int level, int64_t n, size_t width, struct ev_hash *out)
{
    char path[EV_PATH_MAX];
    cv_auto_buf bytes = {0};
    size_t count = width == 0 ? EV_WIDTH : width;
    if (!ev_tile_path(path, folder, level, n, width) || !ev_read_whole(path, EV_WIDTH * sizeof(*out), &bytes) ||
        bytes.len != count * sizeof(*out))
        return false;
    memcpy(out, bytes.data, bytes.len);
    return true;
}

void ev_bundle_put(struct cv_buf *bundle, const void *entry, size_t len)
{
    cv_buf_putc(bundle, (char)(len >> 8));
    cv_buf_putc(bundle, (char)len);
    cv_buf_put(bundle, entry, len);
}

bool ev_bundle_entry(const struct cv_buf *bundle, size_t i, const char **out, size_t *out_len)
{
    for (size_t at = 0; at + 2 <= bundle->len; i--) {
        size_t len = (size_t)(uint8_t)bundle->data[at] << 8 | (uint8_t)bundle->data[at + 1];
        at += 2;
        if (at + len > bundle->len)
            return false;
        if (i == 0) {
            *out = bundle->data + at;
            *out_len = len;
            return true;
        }
        at += len;
    }
    return false;
}

/* Level by level: what stands in the last tile of one are the hashes of the whole tiles below it. */
bool ev_tree_load(const char *folder, int64_t size, struct ev_tree *out)
{
    struct ev_hash tile[EV_WIDTH];
    out->size = size;
    for (int level = 1; level < EV_LEVELS; level++) {
        size_t count = ev_tree_count(out, level);
        int64_t first = (size >> (8 * level)) - (int64_t)count;
        for (size_t i = 0; i < count; i++) {
            if (!ev_tile_read(folder, level - 1, first + (int64_t)i, 0, tile))
                return false;
            out->edge[level][i] = ev_over(tile, EV_WIDTH);
        }
    }
    return true;
}
