/* The verifier: from the files alone, whether anything was changed, and where. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/internal.h"

enum { TRIES = 20, SEGMENTS_MAX = 64, NOTE_LINES = 5 };

struct sight {
    int64_t size;
    struct ev_hash root;
};

struct run {
    const struct ev_verify *what;
    struct ev_verdict *verdict;
    char origin[EV_NAME_MAX];
    uint8_t key[CV_PUBLIC_KEY];
    struct ev_checkpoint published;
    struct sight *seen; /* what witnesses saw, ascending */
    size_t seen_count, seen_room, seen_met;
    struct ev_tree tree;
    bool moved; /* the log was written to meanwhile: once more */
};

static bool wrong(struct run *r, int64_t bad, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static bool wrong(struct run *r, int64_t bad, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(r->verdict->words, sizeof(r->verdict->words), fmt, ap);
    va_end(ap);
    r->verdict->bad = bad;
    return false;
}

/* ---- what signed words there are ---- */

static bool read_key(struct run *r)
{
    char path[EV_PATH_MAX];
    cv_auto_buf text = {0};
    if (r->what->key != NULL && *r->what->key != '\0')
        return ev_verifier_parse(r->what->key, r->origin, r->key) || wrong(r, 0, "the key cannot be read");
    if (!ev_path(path, r->what->folder, "verifier") || !ev_read_whole(path, EV_KEY_TEXT, &text))
        return wrong(r, 0, "there is no evidence log in this folder (no verifier)");
    return ev_verifier_parse(cv_buf_str(&text), r->origin, r->key) || wrong(r, 0, "the file verifier cannot be read");
}

static bool read_published(struct run *r)
{
    char path[EV_PATH_MAX];
    cv_auto_buf text = {0};
    size_t used;
    if (!ev_path(path, r->what->folder, "checkpoint") || !ev_read_whole(path, EV_NOTE_MAX, &text))
        return wrong(r, 0, "the checkpoint is missing");
    return ev_checkpoint_read(cv_buf_str(&text), text.len, r->origin, r->key, &r->published, &used) ||
           wrong(r, 0, "the checkpoint is not signed by this key");
}

static int by_size(const void *a, const void *b)
{
    const struct sight *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

/* The note at the beginning of the text. */
static bool take_sight(struct run *r, const char *text, size_t len, size_t *out_used)
{
    struct ev_checkpoint note;
    if (!ev_checkpoint_read(text, len, r->origin, r->key, &note, out_used))
        return false;
    if (r->seen_count == r->seen_room) {
        r->seen_room = r->seen_room == 0 ? 64 : r->seen_room * 2;
        struct sight *more = realloc(r->seen, r->seen_room * sizeof(*more));
        cv_must(more != NULL);
        r->seen = more;
    }
    r->seen[r->seen_count++] = (struct sight){.size = note.size, .root = note.root};
    return true;
}

/* What a power cut left of the last note; the service takes it away before the next one. */
static bool torn(const char *text, size_t len)
{
    int lines = 0;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    return lines < NOTE_LINES;
}

/* The file grows for years: no more of it than a note or two is held at a time. */
static bool take_sights(struct run *r, FILE *in)
{
    char window[2 * EV_NOTE_MAX];
    size_t len = 0, used;
    for (;; len -= used, memmove(window, window + used, len)) {
        len += fread(window + len, 1, sizeof(window) - len, in);
        if (ferror(in))
            return wrong(r, 0, "the witness file cannot be read");
        used = 0; /* empty lines between */
        while (used < len && window[used] == '\n')
            used++;
        if (len == 0)
            return true;
        if (used > 0 || take_sight(r, window, len, &used))
            continue;
        return (feof(in) && torn(window, len)) || wrong(r, 0, "the witness saw another key or log than this one");
    }
}

static bool read_witness(struct run *r)
{
    if (r->what->witness == NULL || *r->what->witness == '\0')
        return true;
    int fd = open(r->what->witness, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (in == NULL) {
        if (fd >= 0)
            close(fd);
        return wrong(r, 0, "the witness file cannot be read");
    }
    bool ok = take_sights(r, in);
    fclose(in);
    if (ok && r->seen_count > 0)
        qsort(r->seen, r->seen_count, sizeof(*r->seen), by_size);
    return ok;
}

/* ---- entries ---- */

static bool same_root(const struct run *r, const struct ev_hash *theirs)
{
    struct ev_hash root = ev_tree_root(&r->tree);
    return memcmp(root.bytes, theirs->bytes, CV_HASH) == 0;
}

/* All who signed at this size must have signed this tree. */
static bool meet(struct run *r)
{
    for (; r->seen_met < r->seen_count && r->seen[r->seen_met].size == r->tree.size; r->seen_met++) {
        if (!same_root(r, &r->seen[r->seen_met].root))
            return wrong(r, r->verdict->witnessed,
                         "from entry %lld on the log is not the one that the witness saw at %lld",
                         (long long)r->verdict->witnessed, (long long)r->tree.size);
        r->verdict->witnessed = r->tree.size;
    }
    if (r->tree.size == r->published.size && !same_root(r, &r->published.root))
        return wrong(r, r->verdict->witnessed,
                     "somewhere from entry %lld to %lld the log is not what its checkpoint signs",
                     (long long)r->verdict->witnessed, (long long)r->published.size - 1);
    return true;
}

static bool add(struct run *r, const char *entry, size_t len, const struct ev_hash *expected, int *out_full)
{
    struct ev_hash leaf = ev_leaf(entry, len);
    if (expected != NULL && memcmp(&leaf, expected, sizeof(leaf)) != 0)
        return wrong(r, r->tree.size, "entry %lld is not the one that was hashed", (long long)r->tree.size);
    ev_tree_add(&r->tree, leaf, out_full);
    return meet(r);
}

static bool same_tiles(struct run *r, int full)
{
    struct ev_hash tile[EV_WIDTH];
    for (int level = 1; level < full; level++) {
        int64_t n = (r->tree.size >> (8 * (level + 1))) - 1;
        if (!ev_tile_read(r->what->folder, level, n, 0, tile) || memcmp(tile, r->tree.edge[level], sizeof(tile)) != 0)
            return wrong(r, n << (8 * (level + 1)), "the tile %d/%lld is missing or was changed", level, (long long)n);
    }
    return true;
}

/* Bundle n, of which `width` entries are signed; its file may hold all of them by now. */
static bool read_bundle(struct run *r, int64_t n, size_t width, struct cv_buf *bundle, struct ev_hash *tile)
{
    char path[EV_PATH_MAX];
    size_t widths[2] = {width % EV_WIDTH, 0};
    for (int i = 0; i < 2; i++)
        if (ev_tile_path(path, r->what->folder, EV_BUNDLE, n, widths[i]) &&
            ev_read_whole(path, EV_BUNDLE_MAX, bundle)) {
            if (ev_tile_read(r->what->folder, 0, n, widths[i], tile))
                return true;
            cv_buf_free(bundle);
        }
    r->moved = true;
    return wrong(r, n * EV_WIDTH, "entries from %lld on, or their hashes, are missing", (long long)n * EV_WIDTH);
}

static bool walk_bundle(struct run *r, int64_t n, size_t width)
{
    struct ev_hash tile[EV_WIDTH];
    cv_auto_buf bundle = {0};
    const char *at;
    size_t used = 0;
    int full = 0;
    if (!read_bundle(r, n, width, &bundle, tile))
        return false;
    for (size_t i = 0; i < width; i++) {
        struct cv_buf rest = {.data = bundle.data + used, .len = bundle.len - used};
        size_t len;
        if (!ev_bundle_entry(&rest, 0, &at, &len))
            return wrong(r, r->tree.size, "the bundle of entry %lld is cut short", (long long)r->tree.size);
        used += len + 2;
        if (!add(r, at, len, &tile[i], &full))
            return false;
    }
    if (width == EV_WIDTH && used != bundle.len)
        return wrong(r, r->tree.size, "something was added behind entry %lld", (long long)r->tree.size - 1);
    return same_tiles(r, full);
}

static bool walk_tiles(struct run *r)
{
    int64_t whole = r->published.size / EV_WIDTH;
    size_t rest = (size_t)(r->published.size % EV_WIDTH);
    if (!meet(r)) /* an empty log is seen too */
        return false;
    for (int64_t n = 0; n < whole; n++)
        if (!walk_bundle(r, n, EV_WIDTH))
            return false;
    return rest == 0 || walk_bundle(r, whole, rest);
}

/* ---- the tail ---- */

static bool take_tail(void *ctx, int64_t index, const char *entry, size_t len)
{
    struct run *r = ctx;
    int full;
    if (index >= r->tree.size)
        return add(r, entry, len, NULL, &full);
    if (index / EV_WIDTH < r->tree.size / EV_WIDTH)
        return true;
    struct ev_hash leaf = ev_leaf(entry, len);
    return memcmp(&leaf, &r->tree.edge[0][index % EV_WIDTH], sizeof(leaf)) == 0 ||
           wrong(r, index, "entry %lld is another one in the tail than in its bundle", (long long)index);
}

static bool walk_tail(struct run *r)
{
    int64_t firsts[SEGMENTS_MAX];
    size_t count, good = 0;
    const struct ev_walk walk = {
        .folder = r->what->folder, .origin = r->origin, .key = r->key, .ctx = r, .each = take_tail};
    struct ev_checkpoint last = {0};
    struct ev_tree *tree = calloc(1, sizeof(*tree));
    cv_must(tree != NULL);
    bool ok = ev_segments(r->what->folder, firsts, SEGMENTS_MAX, &count);
    if (!ok) { /* a copy of what was published has no tail */
        free(tree);
        return true;
    }
    ok = count > 0;
    for (size_t i = 0; ok && i < count; i++)
        ok = ev_tree_load(r->what->folder, firsts[i], tree) && ev_segment_walk(&walk, firsts[i], tree, &last, &good) &&
             good > 0;
    free(tree);
    if (*r->verdict->words != '\0')
        return false;
    if (ok && last.size >= r->published.size)
        return true;
    r->moved = true;
    return wrong(r, ok ? last.size : 0, "the tail of the log (wal) is missing, or ends at %lld before its checkpoint",
                 (long long)last.size);
}

static bool witnesses_content(struct run *r)
{
    return r->seen_met == r->seen_count ||
           wrong(r, r->tree.size, "the log ends at %lld, the witness saw %lld entries: it was cut or rolled back",
                 (long long)r->tree.size, (long long)r->seen[r->seen_count - 1].size);
}

static bool verify_once(struct run *r)
{
    bool ok =
        read_key(r) && read_published(r) && read_witness(r) && walk_tiles(r) && walk_tail(r) && witnesses_content(r);
    r->verdict->size = r->tree.size;
    free(r->seen);
    return ok;
}

bool ev_verify(const struct ev_verify *what, struct ev_verdict *out)
{
    struct run *r = malloc(sizeof(*r));
    struct ev_checkpoint before = {0};
    bool ok = false, again = r != NULL;
    for (int i = 0; again && i < TRIES; i++) {
        *out = (struct ev_verdict){0};
        memset(r, 0, sizeof(*r));
        r->what = what;
        r->verdict = out;
        ok = verify_once(r);
        /* a running service moves on beneath us; a folder that stands still is judged once and again */
        again = !ok && r->moved && (i == 0 || memcmp(&before, &r->published, sizeof(before)) != 0);
        before = r->published;
    }
    free(r);
    return ok;
}
