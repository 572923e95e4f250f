/* The tree of hashes by RFC 6962: leaves, nodes, and the right edge from which the root follows. */
#include <string.h>

#include "audit/internal.h"

struct ev_hash ev_leaf(const void *entry, size_t len)
{
    struct ev_hash h;
    cv_hash(0, entry, len, NULL, 0, h.bytes);
    return h;
}

struct ev_hash ev_node(struct ev_hash left, struct ev_hash right)
{
    struct ev_hash h;
    cv_hash(1, left.bytes, CV_HASH, right.bytes, CV_HASH, h.bytes);
    return h;
}

/* Complete subtrees of the list from the right, the smallest first; `tail` hangs right of all of them. */
static struct ev_hash fold(const struct ev_hash *hashes, size_t count, const struct ev_hash *tail);

struct ev_hash ev_over(const struct ev_hash *hashes, size_t count)
{
    struct ev_hash level[EV_WIDTH];
    if ((count & (count - 1)) != 0)
        return fold(hashes, count, NULL);
    memcpy(level, hashes, count * sizeof(*hashes));
    for (; count > 1; count /= 2)
        for (size_t i = 0; i < count / 2; i++)
            level[i] = ev_node(level[2 * i], level[2 * i + 1]);
    return level[0];
}

static struct ev_hash fold(const struct ev_hash *hashes, size_t count, const struct ev_hash *tail)
{
    struct ev_hash sum = tail != NULL ? *tail : (struct ev_hash){0};
    bool any = tail != NULL;
    for (size_t part = 1; part <= count; part *= 2) {
        if ((count & part) == 0)
            continue;
        struct ev_hash left = ev_over(hashes + (count & ~(2 * part - 1)), part);
        sum = any ? ev_node(left, sum) : left;
        any = true;
    }
    return sum;
}

size_t ev_tree_count(const struct ev_tree *tree, int level)
{
    return (size_t)(tree->size >> (8 * level)) & (EV_WIDTH - 1);
}

void ev_tree_add(struct ev_tree *tree, struct ev_hash leaf, int *out_full)
{
    int level = 0;
    for (; level < EV_LEVELS; level++) {
        size_t at = ev_tree_count(tree, level);
        tree->edge[level][at] = leaf;
        if (at + 1 < EV_WIDTH)
            break;
        leaf = ev_over(tree->edge[level], EV_WIDTH);
    }
    tree->size++;
    *out_full = level;
}

struct ev_hash ev_tree_root(const struct ev_tree *tree)
{
    struct ev_hash sum;
    bool any = false;
    if (tree->size == 0) {
        cv_hash(-1, "", 0, NULL, 0, sum.bytes);
        return sum;
    }
    for (int level = 0; level < EV_LEVELS; level++) {
        size_t count = ev_tree_count(tree, level);
        if (count == 0)
            continue;
        sum = fold(tree->edge[level], count, any ? &sum : NULL);
        any = true;
    }
    return sum;
}
