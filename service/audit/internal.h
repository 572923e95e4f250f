/* Inside audit/: the tree of hashes, signed notes, tiles and the tail of the log. Nobody else includes this.
 *
 * The format is C2SP's: tlog-tiles (RFC 6962 hashing, tiles of 256 hashes, bundles of 256 entries) and signed notes as
 * checkpoints. What is younger than the last full tile lies in the tail: segments DIR/wal/INDEX of frames, in which
 * every group of entries is followed by the checkpoint that signs it. Thread: see congvu/evidence.h; nothing here
 * locks. */
#pragma once

#include <stdio.h>

#include "congvu/evidence.h"
#include "congvu/lock.h"
#include "congvu/signature.h"

enum { EV_WIDTH = 256, EV_LEVELS = 7 /* 2^56 entries */, EV_NAME_MAX = 200, EV_PATH_MAX = 4096 };

/* ---- the tree (tree.c) ---- */
struct ev_hash {
    uint8_t bytes[CV_HASH];
};
struct ev_hash ev_leaf(const void *entry, size_t len);
struct ev_hash ev_node(struct ev_hash left, struct ev_hash right);
/* Hash of a whole or partial tile: the tree over its `count` (1 to 256) hashes. */
struct ev_hash ev_over(const struct ev_hash *hashes, size_t count);
/* The right edge: of every level what its last tile holds so far. */
struct ev_tree {
    int64_t size;
    struct ev_hash edge[EV_LEVELS][EV_WIDTH];
};
/* *out_full: how many tiles, from level 0 up, this leaf filled; their hashes are still in edge[] until the next one. */
void ev_tree_add(struct ev_tree *tree, struct ev_hash leaf, int *out_full);
size_t ev_tree_count(const struct ev_tree *tree, int level); /* hashes in the last tile of a level, 0 to 255 */
struct ev_hash ev_tree_root(const struct ev_tree *tree);

/* ---- checkpoints (note.c) ---- */
struct ev_checkpoint {
    char origin[EV_NAME_MAX];
    int64_t size;
    struct ev_hash root;
};
enum { EV_KEY_TEXT = EV_NAME_MAX + 64 };
#define EV_NOTE_DASH "\xe2\x80\x94 " /* begins the line of a signature, a note's last */
/* "origin+hash+key", as Go's note.NewVerifier takes it. */
void ev_verifier(const char *origin, const uint8_t key[CV_PUBLIC_KEY], char out[EV_KEY_TEXT]);
bool ev_verifier_parse(const char *text, char origin[EV_NAME_MAX], uint8_t key[CV_PUBLIC_KEY]);
void ev_checkpoint_sign(const struct ev_checkpoint *what, const struct cv_signer *signer, char out[EV_NOTE_MAX]);
/* False: not a note of this origin signed by this key. `len` may hold more behind it: *out_len is the note's. */
bool ev_checkpoint_read(const char *text, size_t len, const char *origin, const uint8_t key[CV_PUBLIC_KEY],
                        struct ev_checkpoint *out, size_t *out_len);

/* ---- files (file.c) ---- */
bool ev_path(char out[EV_PATH_MAX], const char *folder, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool ev_make_folders(char *path); /* those above the last part */
/* Under another name first; flush: so that a power cut leaves the former one or this one. */
bool ev_write_whole(char *path, const void *bytes, size_t len, bool flush);
bool ev_read_whole(const char *path, size_t max, struct cv_buf *out); /* false: not there, or too large */
bool ev_flush(const char *path);                                      /* file or folder */

/* ---- tiles (tile.c) ---- `width` 0 = whole; level EV_BUNDLE = entries */
enum { EV_BUNDLE_MAX = EV_WIDTH * (EV_ENTRY_MAX + 2) };
bool ev_tile_path(char out[EV_PATH_MAX], const char *folder, int level, int64_t n, size_t width);
bool ev_tile_read(const char *folder, int level, int64_t n, size_t width, struct ev_hash *out);
/* As it was when `width` of it were there, whatever it has grown to since. */
bool ev_tile_then(const char *folder, int level, int64_t n, size_t width, struct cv_buf *out);
void ev_bundle_put(struct cv_buf *bundle, const void *entry, size_t len);
/* Entry `i` of a bundle; false when the bundle is not whole up to there. */
bool ev_bundle_entry(const struct cv_buf *bundle, size_t i, const char **out, size_t *out_len);
/* Sets the tree to what full tiles say, for a size that is a multiple of 256. */
bool ev_tree_load(const char *folder, int64_t size, struct ev_tree *out);

/* ---- the tail (tail.c) ---- */
enum ev_frame_kind { EV_FRAME_ENTRY = 'E', EV_FRAME_CHECKPOINT = 'C' };
struct ev_frame {
    enum ev_frame_kind kind;
    const char *bytes;
    size_t len;
};
void ev_frame_put(struct cv_buf *out, enum ev_frame_kind kind, const void *bytes, size_t len);
/* An entry whose leaf is known already. */
void ev_frame_put_leaf(struct cv_buf *out, const void *entry, size_t len, const struct ev_hash *leaf);
/* The next one; false at the end or where bytes are no frame (*at stays). */
bool ev_frame_next(const char *bytes, size_t len, size_t *at, struct ev_frame *out);
/* First indices of the segments, ascending. */
bool ev_segments(const char *folder, int64_t *out, size_t max, size_t *out_count);
bool ev_segment_path(char out[EV_PATH_MAX], const char *folder, int64_t first);
/* Walks one segment: each(ctx, index, entry) for what its checkpoints cover, from the tree at its beginning on; the
 * last good checkpoint is *out_last. False: it begins where `tree` does not reach, or cannot be read. */
struct ev_walk {
    const char *folder, *origin;
    const uint8_t *key;
    void *ctx;
    bool (*each)(void *ctx, int64_t index, const char *entry, size_t len); /* false ends it */
};
bool ev_segment_walk(const struct ev_walk *walk, int64_t first, struct ev_tree *tree, struct ev_checkpoint *out_last,
                     size_t *out_good);
