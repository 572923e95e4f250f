/* The tail of the log: segments of frames. A frame is "E" or "C", three bytes of nothing, its length and the beginning
 * of its hash (little endian), then its bytes. What no checkpoint follows was told to nobody and counts for nothing. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "audit/internal.h"

enum { HEAD = 16, CHECK = 8, SEGMENT_READ_MAX = 64 << 20 };

static void put_frame(struct cv_buf *out, enum ev_frame_kind kind, const void *bytes, size_t len,
                      const struct ev_hash *hash)
{
    uint8_t head[HEAD] = {(uint8_t)kind};
    for (int i = 0; i < 4; i++)
        head[4 + i] = (uint8_t)(len >> (8 * i));
    memcpy(head + 8, hash->bytes, CHECK);
    cv_buf_put(out, head, HEAD);
    cv_buf_put(out, bytes, len);
}

void ev_frame_put(struct cv_buf *out, enum ev_frame_kind kind, const void *bytes, size_t len)
{
    struct ev_hash hash = ev_leaf(bytes, len);
    put_frame(out, kind, bytes, len, &hash);
}

void ev_frame_put_leaf(struct cv_buf *out, const void *entry, size_t len, const struct ev_hash *leaf)
{
    put_frame(out, EV_FRAME_ENTRY, entry, len, leaf);
}

bool ev_frame_next(const char *bytes, size_t len, size_t *at, struct ev_frame *out)
{
    uint8_t head[HEAD];
    if (*at > len || len - *at < HEAD)
        return false;
    memcpy(head, bytes + *at, HEAD);
    size_t size = (size_t)head[4] | (size_t)head[5] << 8 | (size_t)head[6] << 16 | (size_t)head[7] << 24;
    if ((head[0] != EV_FRAME_ENTRY && head[0] != EV_FRAME_CHECKPOINT) || size > EV_ENTRY_MAX || size > len - *at - HEAD)
        return false;
    struct ev_hash hash = ev_leaf(bytes + *at + HEAD, size);
    if (memcmp(hash.bytes, head + 8, CHECK) != 0)
        return false;
    *out = (struct ev_frame){.kind = (enum ev_frame_kind)head[0], .bytes = bytes + *at + HEAD, .len = size};
    *at += HEAD + size;
    return true;
}

bool ev_segment_path(char out[EV_PATH_MAX], const char *folder, int64_t first)
{
    return ev_path(out, folder, "wal/%015lld", (long long)first);
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

bool ev_segments(const char *folder, int64_t *out, size_t max, size_t *out_count)
{
    char path[EV_PATH_MAX];
    *out_count = 0;
    DIR *dir = ev_path(path, folder, "wal") ? opendir(path) : NULL;
    if (dir == NULL)
        return false;
    for (struct dirent *e = readdir(dir); e != NULL && *out_count < max; e = readdir(dir))
        if (strlen(e->d_name) == 15 && strspn(e->d_name, "0123456789") == 15)
            out[(*out_count)++] = strtoll(e->d_name, NULL, 10);
    closedir(dir);
    qsort(out, *out_count, sizeof(*out), ascending);
    return true;
}

/* Entries of one group, read before the checkpoint that covers them. */
struct group {
    struct ev_frame *frames;
    size_t count, room;
};

static bool keep(struct group *g, const struct ev_frame *frame)
{
    if (g->count == g->room) {
        size_t room = g->room == 0 ? 256 : g->room * 2;
        struct ev_frame *more = realloc(g->frames, room * sizeof(*more));
        if (more == NULL)
            return false;
        g->frames = more;
        g->room = room;
    }
    g->frames[g->count++] = *frame;
    return true;
}

/* Does the checkpoint sign the tree with this group? Then the tree has it, and each entry was handed on. */
static bool close_group(const struct ev_walk *w, struct group *g, const struct ev_frame *frame, struct ev_tree *tree,
                        struct ev_checkpoint *last)
{
    struct ev_checkpoint checkpoint;
    size_t used;
    int full;
    int64_t first = tree->size;
    if (!ev_checkpoint_read(frame->bytes, frame->len, w->origin, w->key, &checkpoint, &used) ||
        checkpoint.size != first + (int64_t)g->count)
        return false;
    struct ev_tree *trial = malloc(sizeof(*trial));
    if (trial == NULL)
        return false;
    *trial = *tree;
    for (size_t i = 0; i < g->count; i++)
        ev_tree_add(trial, ev_leaf(g->frames[i].bytes, g->frames[i].len), &full);
    struct ev_hash root = ev_tree_root(trial);
    bool good = memcmp(root.bytes, checkpoint.root.bytes, CV_HASH) == 0;
    if (good)
        *tree = *trial;
    free(trial);
    for (size_t i = 0; good && i < g->count; i++)
        good = w->each == NULL || w->each(w->ctx, first + (int64_t)i, g->frames[i].bytes, g->frames[i].len);
    if (good)
        *last = checkpoint;
    g->count = 0;
    return good;
}

bool ev_segment_walk(const struct ev_walk *walk, int64_t first, struct ev_tree *tree, struct ev_checkpoint *out_last,
                     size_t *out_good)
{
    char path[EV_PATH_MAX];
    cv_auto_buf bytes = {0};
    struct ev_frame frame;
    struct group group = {0};
    size_t at = 0;
    bool on = true;
    *out_good = 0;
    if (tree->size != first || !ev_segment_path(path, walk->folder, first) ||
        !ev_read_whole(path, SEGMENT_READ_MAX, &bytes))
        return false;
    while (on && bytes.data != NULL && ev_frame_next(bytes.data, bytes.len, &at, &frame)) {
        on = frame.kind == EV_FRAME_ENTRY ? keep(&group, &frame) : close_group(walk, &group, &frame, tree, out_last);
        if (on && frame.kind == EV_FRAME_CHECKPOINT)
            *out_good = at;
    }
    free(group.frames);
    return true;
}
