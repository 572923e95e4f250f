/* Tiles for those who follow the log from elsewhere: by the names that tlog-tiles gives them, also in the widths of
 * checkpoints that are over. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "audit/log.h"

enum { TRIES = 5 };

/* The widest partial tile of the place; 0 = none. */
static size_t widest(const char *folder, int level, int64_t n)
{
    char path[EV_PATH_MAX];
    size_t width = 0;
    if (!ev_tile_path(path, folder, level, n, 1))
        return 0;
    *strrchr(path, '/') = '\0';
    DIR *dir = opendir(path);
    if (dir == NULL)
        return 0;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        char *end;
        size_t found = strtoul(e->d_name, &end, 10);
        width = *end == '\0' && found > width ? found : width;
    }
    closedir(dir);
    return width;
}

static bool read_file(const char *folder, int level, int64_t n, size_t width, struct cv_buf *out)
{
    char path[EV_PATH_MAX];
    return ev_tile_path(path, folder, level, n, width) && ev_read_whole(path, EV_BUNDLE_MAX, out);
}

/* The file of that width, or of one that has it as its beginning. It may grow between the looks. */
static bool find(const char *folder, int level, int64_t n, size_t width, struct cv_buf *out)
{
    for (int i = 0; i < TRIES; i++) {
        if (read_file(folder, level, n, width, out) || (width > 0 && read_file(folder, level, n, 0, out)))
            return true;
        size_t wider = width > 0 ? widest(folder, level, n) : 0;
        if (wider > width && read_file(folder, level, n, wider, out))
            return true;
    }
    return false;
}

bool ev_tile_then(const char *folder, int level, int64_t n, size_t width, struct cv_buf *out)
{
    const char *entry;
    size_t len = width == 0 ? EV_WIDTH : width, entry_len;
    if (!find(folder, level, n, width, out))
        return false;
    if (level != EV_BUNDLE)
        len *= CV_HASH;
    else if (ev_bundle_entry(out, len - 1, &entry, &entry_len))
        len = (size_t)(entry + entry_len - out->data);
    else
        return false;
    if (out->len < len)
        return false;
    out->len = len;
    return true;
}

/* ---- names ---- */

static bool read_number(const char **at, int64_t *out)
{
    *out = 0;
    for (; (**at >= '0' && **at <= '9') || **at == 'x' || **at == '/'; (*at)++) {
        if (*out > INT64_MAX / 16 / EV_WIDTH)
            return false;
        if (**at >= '0' && **at <= '9')
            *out = *out * 10 + (**at - '0');
    }
    return true;
}

/* One name for each: what it says, written again, is the name itself. */
static bool read_name(const char *name, int level, int64_t *n, size_t *width)
{
    char path[EV_PATH_MAX], place[EV_PATH_MAX];
    int64_t part = 0;
    const char *at = name;
    if (!read_number(&at, n))
        return false;
    if (strncmp(at, ".p/", 3) == 0 && (at += 3, !read_number(&at, &part) || part < 1 || part >= EV_WIDTH))
        return false;
    *width = (size_t)part;
    if (level == EV_BUNDLE)
        snprintf(place, sizeof(place), "/tile/entries/%s", name);
    else
        snprintf(place, sizeof(place), "/tile/%d/%s", level, name);
    return ev_tile_path(path, "", level, *n, *width) && strcmp(path, place) == 0;
}

bool ev_tile(struct ev_log *log, int level, const char *name, struct cv_buf *out)
{
    int64_t n;
    size_t width;
    return level >= EV_BUNDLE && level < EV_LEVELS && read_name(name, level, &n, &width) &&
           ev_tile_then(log->options.folder, level, n, width, out);
}
